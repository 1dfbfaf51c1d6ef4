"""Amending a signed study: the reason and the kind, what is wrong put right, and what pages say of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from techfloor.duties.gauge_studies import amending, content, queries
from techfloor.duties.gauge_studies.forms import RightForm
from techfloor.duties.gauge_studies.permissions import AMEND
from techfloor.duties.gauge_studies.queries import Appraiser, Study
from techfloor.duties.gauge_studies.rules import Sort
from techfloor.duties.gauge_studies.views.measuring import shown
from techfloor.duties.gauge_studies.views.pages import by, pages, study_url
from techfloor.places.here import plant
from techfloor.records import versions
from techfloor.records.lifecycle import State
from techfloor.records.signing import signatures_of
from techfloor.records.version_pages import AmendForm, Changed, ChangedLine
from techfloor.records.versions import MEANINGS, Version
from techfloor.said import begun, in_words
from techfloor.web.pages import Page, see
from techfloor.web.show import to_the_second
from techfloor.web.visitor import visitor


def may_amend(study: Study, every: Sequence[Version]) -> bool:
    """Tell whether this visitor can amend what a page shows: signed, standing, and not being amended."""
    signed = study.record.state in (State.PERFORMED, State.CLOSED, State.REJECTED) and not study.in_error
    return signed and visitor().may(AMEND) and versions.next_in(every, study.record.id) is None


@pages.page("/<number>/amend", permission=AMEND)
def ask(number: str) -> Page:
    """Ask what is wrong with a signed study, and what is to be done."""
    study = queries.study(number)
    if not may_amend(study, versions.all_of(study.record)):
        return see(study_url(number))
    return _ask_page(study, AmendForm())


@pages.act(
    "/<number>/amend",
    permission=AMEND,
    action="studies:study:amend",
    reason="reason",
    title=_l("Amendment begun"),
    alone="record:{number}",
    endpoint="ask_post",
)
def ask_post(number: str) -> Page:
    """Open the next version."""
    form = AmendForm()
    if form.attempt(lambda: amending.amend(number, form.kind.data or "", form.reason.data or "", by())):
        return see(f"{study_url(number)}/amendment")
    return _ask_page(queries.study(number), form), 422


def _ask_page(study: Study, form: AmendForm) -> str:
    return render_template(
        "gauge_studies/amend.html",
        study=study,
        next_version=versions.all_of(study.record)[-1].version + 1,
        form=form,
        owner=visitor().person_id,
    )


@pages.page("/<number>/amendment", permission=AMEND)
def amendment(number: str) -> Page:
    """Show what an amendment may change, and what it changed so far; one that withdraws goes on to its signature."""
    study = queries.worked_on(number)
    if study.amends is None or not study.open:
        return see(study_url(number))
    if study.in_error:
        return see(f"{study_url(number)}/check")
    called = content.names(study)
    return render_template(
        "gauge_studies/amendment.html",
        study=study,
        changed=changed(study, content.changed(study, plant())),
        appraisers=[(called[each.id], _leave_url(study, each)) for each in study.staying],
        lines=[_line(study, part.n) for part in study.parts],
    )


def _leave_url(study: Study, each: Appraiser) -> str:
    return f"{study_url(study.number)}/appraisers/{each.id}"


def _line(study: Study, n: int) -> tuple[str, list[list[tuple[str, str]]]]:
    """Return a part, and of each appraiser (value, the page that changes it) in the order of the repeats."""
    part = study.parts[n - 1]
    cells = [
        [(shown(row, study), f"{study_url(study.number)}/values/{row.id}/correct") for row in study.of_part(each, part)]
        for each in study.staying
    ]
    return part.label, cells


# --- what was set up ---


@pages.page("/<number>/amendment/set-up", permission=AMEND)
def right(number: str) -> Page:
    """Show how the study was set up, to be put right."""
    study = queries.worked_on(number)
    if study.amends is None or study.in_error or not study.open:
        return see(study_url(number))
    form = RightForm.standing(study)
    form.fit(study)
    return _right_page(study, form)


@pages.act(
    "/<number>/amendment/set-up",
    permission=AMEND,
    action="studies:study:put-right",
    title=_l("Set-up of a study put right"),
    alone="record:{number}",
    endpoint="right_post",
)
def right_post(number: str) -> Page:
    """Keep what was wrong as it is right."""
    study, form = queries.worked_on(number), RightForm()
    form.fit(study)
    if form.attempt(lambda: amending.put_right(study, form.entry(study))):
        return see(f"{study_url(number)}/amendment")
    return _right_page(study, form), 422


def _right_page(study: Study, form: RightForm) -> str:
    return render_template("gauge_studies/right.html", study=study, form=form, judged=study.sort is Sort.ATTRIBUTE)


# --- what an amendment says ---


def changed(study: Study, changes: Sequence[Mapping[str, Any]]) -> Changed:
    """Return what an amendment changed beside the version before: as it was signed, before that as it stands now."""
    amends, signature = study.amends, next((s for s in signatures_of(study.record.id) if s.meaning in _MEANINGS), None)
    assert amends is not None
    at = to_the_second(signature.signed_at) if signature else ""
    name = signature.printed_name if signature else amends.by
    what = {"version": amends.version, "reason": amends.reason}
    if amends.in_error:
        title = _("Version %(version)s was entered in error: %(reason)s", **what)
        said = _("Declared by %(name)s, %(moment)s", name=name, moment=at) if at else _("To be signed")
        return Changed(title, said, (_withdrawn(study, name, at),), "")
    title = _("Amendment of version %(version)s: %(reason)s", **what)
    said = _("Corrected by %(name)s, %(moment)s", name=name, moment=at) if at else _("To be signed")
    nothing = _("Nothing was changed.") if at else _("Nothing is changed yet.")
    return Changed(title, said, tuple(_changed(each, study, at) for each in changes), nothing)


_MEANINGS = frozenset(MEANINGS.values())


def _changed(change: Mapping[str, Any], study: Study, signed: str) -> ChangedLine:
    assert study.amends is not None
    when = to_the_second(datetime.fromisoformat(change["at"])) if change["at"] else signed
    return ChangedLine(
        what=begun(in_words(change["what"])),
        before=in_words(change["from"]),
        now=in_words(change["to"]),
        who=change["by"] or study.amends.by,
        when=when or "–",
        why=begun(in_words(change["reason"])) or study.amends.reason,
    )


def _withdrawn(study: Study, name: str, at: str) -> ChangedLine:
    before = content.former(study)
    assert before is not None
    assert study.amends is not None
    was = in_words(before["verdict"]["words"])
    return ChangedLine(_("Verdict"), was, _("counts no more"), name, at or "–", study.amends.reason)
