"""A study: how far it is, what came out, and the signature of who evaluates it."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import render_template
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from techfloor.duties.gauge_studies import actions, content, queries, report, report_tables, signing_acts
from techfloor.duties.gauge_studies.certificate import PAPER
from techfloor.duties.gauge_studies.figures import limit_words
from techfloor.duties.gauge_studies.permissions import AMEND
from techfloor.duties.gauge_studies.queries import Appraiser, Part, Study
from techfloor.duties.gauge_studies.views import amend
from techfloor.duties.gauge_studies.views.amend import changed
from techfloor.duties.gauge_studies.views.happened import happenings
from techfloor.duties.gauge_studies.views.measuring import shown
from techfloor.duties.gauge_studies.views.pages import by, pages, refuse_who_may_not, study_url, work_url
from techfloor.people.proof import Proof
from techfloor.places.here import plant
from techfloor.records import retention, versions
from techfloor.records.lifecycle import State
from techfloor.records.models import Record
from techfloor.records.reviewing import barred
from techfloor.records.signing import PERFORMED, signature_facts, signatures_of, stored_content
from techfloor.records.signing_page import SignForm, asking, signed
from techfloor.records.version_pages import version_lines, version_notice, version_state
from techfloor.records.wording import meaning_words, signature_box, standing
from techfloor.reports import paper
from techfloor.reports.paper_pages import Leaf, PaperOf, paper_pages
from techfloor.reports.sheets import Cell, Table
from techfloor.reports.words import PaperWords
from techfloor.said import in_words, word
from techfloor.web.pages import Page, afterwards, see
from techfloor.web.show import moment
from techfloor.web.visitor import visitor

MAY = "studies:set-up"


@pages.page("/<number>", permission="studies:read", endpoint="record")
def show(number: str) -> str:
    """Show a study: how far it is, or what came out."""
    study = queries.study(number)
    return _under_way(study) if study.record.content_sha256 is None else _signed_page(study)


@pages.page("/<number>/versions/<int:version>", permission="studies:read")
def show_version(number: str, version: int) -> Page:
    """Show one version of a study, as it was signed; the one that stands has the page of the study."""
    found = queries.version(number, version)
    if found.record.content_sha256 is None or found.record.id == queries.study(number).record.id:
        return see(study_url(number))
    return _signed_page(found, stands=False)


def _under_way(study: Study) -> str:
    mine = study.appraiser_of(visitor().person_id) if study.open else None
    ready = study.open and study.complete
    return render_template(
        "gauge_studies/under_way.html",
        study=study,
        state=standing(study.record.state, study.record.amendment),
        sort=word(study.body.sort, "study-sort"),
        facts=_design(study),
        lines=[_line(study, each) for each in study.appraisers],
        mine=mine is not None and study.next_turn(mine) is not None,
        may_change=study.open and visitor().may(MAY),
        ready=ready,
        may_evaluate=ready and _may_evaluate(study),
    )


def _design(study: Study) -> list[tuple[str, str]]:
    body, limits = study.body, ""
    if body.lower is not None and body.upper is not None:
        limits = limit_words(body.basis, body.lower, body.upper, body.unit)
    facts = [
        (_("Measured"), body.subject),
        (_("Function"), body.function),
        (_("Tolerance"), limits),
        (_("Parts"), ", ".join(part.label for part in study.parts)),
        (_("Each part"), _("%(repeats)s times by each appraiser", repeats=body.repeats)),
        (_("Begun"), moment(study.record.opened_at)),
        (_("Given up"), body.ended_why),
    ]
    return [fact for fact in facts if fact[1]]


def _line(study: Study, each: Appraiser) -> dict[str, Any]:
    given, total = study.done(each), len(each.turns)
    count = _("%(given)s of %(total)s", given=given, total=total)
    if not each.stays:
        look, words = "info", _("Left: %(why)s", why=each.left_why)
    elif given == total:
        look, words = "pass", _("All in")
    else:
        look, words = "waiting", _("Under way") if given else _("To begin")
    change = f"{study_url(study.number)}/appraisers/{each.id}" if each.stays else ""
    return {"name": each.name, "count": count, "look": look, "words": words, "change": change}


@pages.page("/<number>/values", permission=MAY)
def values(number: str) -> Page:
    """Show who evaluates every value, with the page that changes it."""
    study = queries.study(number)
    if study.amends is not None or not _may_sign(study):
        return see(study_url(number))
    return render_template(
        "gauge_studies/values.html",
        study=study,
        appraisers=[content.names(study)[each.id] for each in study.staying],
        lines=[(part.label, [_cells(study, each, part) for each in study.staying]) for part in study.parts],
    )


def _cells(study: Study, each: Appraiser, part: Part) -> list[tuple[str, str]]:
    """Return (value, the page that changes it, or '') of what an appraiser read on a part."""
    who, home = by(), study_url(study.number)
    return [
        (shown(row, study), f"{home}/values/{row.id}/correct" if actions.may_correct(study, row, who) else "")
        for row in study.of_part(each, part)
    ]


def _may_evaluate(study: Study) -> bool:
    who = by()
    return visitor().may(MAY) and queries.may_evaluate(study, who.actor, who.plant, who.at)


# --- what came out ---


def shown_tables(told: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the tables of a content as the part `table` shows them."""
    apart = report_tables.not_counted(told, lambda at: moment(datetime.fromisoformat(at)), _)
    every = [*report_tables.tables(told, _), report_tables.readings(told, _), *([apart] if apart else [])]
    return [_table(each) for each in every if each.rows]


def _table(each: Table) -> dict[str, Any]:
    columns = [
        {
            "key": str(n),
            "title": f"{column.head} {column.unit}".strip(),
            "end": column.align == "end",
            "lead": not n,
        }
        for n, column in enumerate(each.columns)
    ]
    rows = [{str(n): _cell(cell) for n, cell in enumerate(row.cells)} for row in each.rows]
    return {"title": each.title, "columns": columns, "rows": rows, "note": each.note}


def _cell(cell: Cell) -> str:
    text = f"{cell.sign} {cell.text}".strip()
    return f"{text} ({cell.note})" if cell.note else text


def outcome(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a page says of a content: the verdict, what to do next, tables and charts."""
    words = PaperWords(str(get_locale()), ZoneInfo(told["plant"]["zone"]), _)
    verdict = told["verdict"]
    return {
        "look": verdict["look"],
        "verdict": in_words(verdict["words"]),
        "late": report_tables.late_changes(told, lambda at: moment(datetime.fromisoformat(at)), _),
        "next": [in_words(each) for each in verdict["next"]],
        "facts": [
            (column.title, [(fact.label, f"{fact.code} {fact.text}".strip()) for fact in column.facts])
            for column in report.facts(told, words, _)
        ],
        "tables": shown_tables(told),
        "charts": report_tables.charts(told, _),
    }


def _signed_page(study: Study, *, stands: bool = True) -> str:
    told = json.loads(stored_content(study.record.id))
    record, every = study.record, versions.all_of(study.record)
    following = versions.next_in(every, record.id)
    waits = stands and record.state == State.PERFORMED and visitor().may("studies:review") and following is None
    return render_template(
        "gauge_studies/record.html",
        study=study,
        url=study_url(study.number) if stands else f"{study_url(study.number)}/versions/{record.version}",
        stands=stands,
        title=report.title(told),
        outcome=outcome(told),
        state=standing(record.state, record.amendment) if stands else version_state(record.id, record.state, every),
        version_notice=version_notice(record, study.amends, every),
        version_lines=version_lines(record, every, lambda n: f"{study_url(study.number)}/versions/{n}"),
        changed=changed(study, told["amendment"].get("changes", [])) if study.amends is not None else None,
        may_amend=stands and amend.may_amend(study, every),
        amending=stands and following is not None and visitor().may(AMEND),
        signatures=[signature_box(signature_facts(each)) for each in signatures_of(record.id)],
        legal_holds=retention.on_record(record.id),
        issued=paper.issued(record.id, None),
        events=happenings(study),
        may_issue=stands and record.state == State.CLOSED and visitor().may("studies:issue"),
        may_review=waits and visitor().person_id not in barred(plant(), record.id),
    )


# --- sign ---


@pages.page("/<number>/check", permission=MAY)
def check(number: str) -> Page:
    """Show what came out as it will stand in the record, and ask for the signature."""
    study = queries.worked_on(number)
    if not _may_sign(study):
        return see(study_url(number))
    return _check_page(study, asking(content.preview(study, plant()).sha256))


def _may_sign(study: Study) -> bool:
    if not study.open or not study.complete:
        return False
    return _may_evaluate(study) if study.amends is None else visitor().may(AMEND)


@pages.act(
    "/<number>/sign",
    permission=MAY,
    action="studies:study:sign",
    title=_l("Gauge study signed"),
    endpoint="sign",
)
def sign(number: str) -> Page:
    """Sign the evaluation; its PDF is issued once that is saved, unless it waits for a review."""

    refuse_who_may_not(queries.worked_on(number))

    def deed(proof: Proof, seen: str) -> None:
        study = signing_acts.sign_performed(number, proof, plant(), shown_sha256=seen)
        if study.record.state == State.CLOSED:
            afterwards(lambda: PAPER.issue_apart(number))

    form = signed(deed, lambda: _shown_now(number))
    if form is None:
        return see(study_url(number))
    study = queries.worked_on(number)
    return (_check_page(study, form), 422) if _may_sign(study) else see(study_url(number))


def _shown_now(number: str) -> str:
    study = queries.worked_on(number)
    if study.record.content_sha256 is not None:
        return study.record.content_sha256
    return content.preview(study, plant()).sha256 if study.complete else ""


def _check_page(study: Study, form: SignForm) -> str:
    told = json.loads(content.preview(study, plant()).text)
    return render_template(
        "gauge_studies/check.html",
        study=study,
        back=work_url(study),
        outcome=outcome(told),
        changed=changed(study, told["amendment"]["changes"]) if study.amends is not None else None,
        meaning=meaning_words(PERFORMED if study.amends is None else versions.MEANINGS[study.amends.kind]),
        form=form,
    )


# --- its paper ---


def _leaf(number: str) -> Leaf:
    record: Record = queries.study(number).record
    return Leaf(record, _("Gauge study %(number)s", number=number), [(number, study_url(number))])


def _leaf_of_version(number: str, version: int) -> Leaf:
    record: Record = queries.version(number, version).record
    heading = _("Gauge study %(number)s, version %(version)s", number=number, version=version)
    return Leaf(record, heading, [(number, f"{study_url(number)}/versions/{version}")])


paper_pages(
    pages,
    "/<number>/versions/<int:version>",
    PaperOf(PAPER, lambda number, version: (number, version), _leaf_of_version),
    see_it="studies:read",
    issue_it="studies:issue",
    name="version_",
)
paper_pages(
    pages,
    "/<number>",
    PaperOf(PAPER, lambda number: (number, None), _leaf),
    see_it="studies:read",
    issue_it="studies:issue",
)
