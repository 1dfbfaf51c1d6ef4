"""A month of checks: looked at, reviewed under a signature, and its paper."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flask import redirect, render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from techfloor import clock
from techfloor.duties.in_use_checks import content, months, report, signing_acts
from techfloor.duties.in_use_checks.certificate import PAPER
from techfloor.duties.in_use_checks.months import Month
from techfloor.duties.in_use_checks.rules import Outcome
from techfloor.duties.in_use_checks.views.gauge import month_words
from techfloor.duties.in_use_checks.views.pages import gauge_url, pages
from techfloor.duties.in_use_checks.views.shown import LOOKS
from techfloor.equipment.queries import gauge_view
from techfloor.equipment.shapes import GaugeView
from techfloor.people.proof import Proof
from techfloor.places.here import plant
from techfloor.records import retention
from techfloor.records.models import Record
from techfloor.records.signing import signature_facts, signatures_of, stored_content
from techfloor.records.signing_page import SignForm, asking, signed
from techfloor.records.version_pages import Changed, ChangedLine
from techfloor.records.wording import signature_box
from techfloor.reports import paper
from techfloor.reports.paper_pages import Leaf, PaperOf, paper_pages
from techfloor.said import begun, in_words, word
from techfloor.web.pages import Page, afterwards, see
from techfloor.web.show import iso_day, moment
from techfloor.web.visitor import visitor

MAY = "checks:review"


@pages.page("/gauges/<code>/months/<month>", permission="checks:read")
def month(code: str, month: str) -> str:
    """Show a month as it stands, and ask who reviews it for the signature."""
    view, shown = gauge_view(code), Month.read(month)
    form = asking(_shown_now(view, shown)) if _state(view, shown).may_sign else None
    return _page(view, shown, form)


def _shown_now(view: GaugeView, shown: Month) -> str:
    return content.preview(view, shown, plant(), clock.now()).sha256


class _State:
    """Where a month stands: its record, whether it says something else since, and whether the visitor may sign it."""

    def __init__(self, view: GaugeView, shown: Month) -> None:
        now, facts = clock.now(), plant()
        self.record = months.record_of(view.id, shown)
        self.now = content.preview(view, shown, facts, now)
        self.changed = self.record is not None and content.changed_since(self.record, self.now)
        self.ends = months.ends_at(view, shown, facts)
        self.over = now >= self.ends
        self.empty = not json.loads(self.now.text)["checks"]
        self.barred = signing_acts.barred(view, shown, visitor().person_id, facts)
        open_to_sign = self.over and not self.empty and (self.record is None or self.changed)
        self.wanted = open_to_sign and visitor().may(MAY)
        self.may_sign = self.wanted and not self.barred


def _state(view: GaugeView, shown: Month) -> _State:
    return _State(view, shown)


def _page(view: GaugeView, shown: Month, form: SignForm | None) -> str:
    state = _state(view, shown)
    told = json.loads(state.now.text)
    return render_template(
        "in_use_checks/month.html",
        gauge=view,
        month=month_words(shown),
        url=f"{gauge_url(view.code)}/months/{shown.text}",
        neighbours=[f"{gauge_url(view.code)}/months/{each.text}" for each in (shown.before, shown.after)],
        state=state,
        ends=moment(state.ends),
        content=told,
        lines=lines(told),
        missing=missing_words(told),
        form=form,
    )


def lines(told: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the rows of a content in words."""
    return [_line(row) for row in told["rows"]]


def _line(row: Mapping[str, Any]) -> dict[str, str]:
    outcome = Outcome(row["outcome"])
    caution = outcome is Outcome.GOOD and row["caution"]
    return {
        "at": moment(datetime.fromisoformat(row["at"])),
        "value": report.value_words(row),
        "limits": row["limits"] or "–",
        "look": ("caution" if caution else LOOKS[outcome]) if row["counts"] else "waiting",
        "verdict": word(outcome, "check-outcome") if row["counts"] else str(_("Counts no more")),
        "by": " · ".join(part for part in (row["by"], row["device"]) if part),
        "remark": report.remarks(row, _),
    }


def missing_words(told: Mapping[str, Any]) -> list[str]:
    """Return what is missing, day by day."""
    return [" ".join(part for part in (iso_day(each["day"]), each["shift"]) if part) for each in told["missing"]]


@pages.act(
    "/gauges/<code>/months/<month>/review",
    permission=MAY,
    action="checks:month:review",
    title=_l("Month of checks reviewed"),
    endpoint="review",
)
def review(code: str, month: str) -> Page:
    """Sign a month as reviewed; its PDF is issued once that is saved."""
    shown = Month.read(month)
    made: list[str] = []

    def deed(proof: Proof, seen: str) -> None:
        record = signing_acts.review(gauge_view(code), shown, proof, plant(), shown_sha256=seen)
        number = record.number
        made.append(f"/checks/{number}/{record.version}")
        afterwards(lambda: PAPER.issue_apart(number))

    form = signed(deed, lambda: _shown_now(gauge_view(code), shown))
    if form is None:
        return see(made[0])
    return _page(gauge_view(code), shown, form), 422


# --- the record ---


@pages.page("/<number>", permission="checks:read", endpoint="record")
def show(number: str) -> Response:
    """Lead to the version that stands."""
    record, _code = months.record(number)
    return redirect(f"/checks/{record.number}/{record.version}", code=303)


@pages.page("/<number>/<int:version>", permission="checks:read", endpoint="version")
def show_version(number: str, version: int) -> str:
    """Show a reviewed month as it was signed."""
    record, code = months.record(number, version)
    standing, _code = months.record(number)
    told = json.loads(stored_content(record.id))
    shown = Month(date.fromisoformat(f"{told['month']}-01"))
    return render_template(
        "in_use_checks/record.html",
        content=told,
        record=record,
        url=f"/checks/{number}/{version}",
        month=month_words(shown),
        gauge_url=gauge_url(code),
        code=code,
        lines=lines(told),
        checks=[_check_facts(each) for each in told["checks"] if not each["ended"]],
        missing=missing_words(told),
        legal_holds=retention.on_record(record.id),
        signatures=[signature_box(signature_facts(each)) for each in signatures_of(record.id)],
        issued=paper.issued(record.id, None),
        may_issue=visitor().may("checks:issue"),
        changed=_changed(told),
        standing=f"/checks/{number}/{standing.version}" if standing.id != record.id else "",
    )


def _changed(told: Mapping[str, Any]) -> Changed | None:
    """Return what was changed since the version before was reviewed; None for a first review."""
    changes, former = told.get("changes"), told.get("supersedes")
    if not changes or not former:
        return None
    lines = tuple(
        ChangedLine(
            what=begun(in_words(each["what"])),
            before=in_words(each["from"]),
            now=in_words(each["to"]),
            who=each["by"],
            when=moment(datetime.fromisoformat(each["at"])),
            why=in_words(each["reason"]),
        )
        for each in changes
    )
    title = _("Version %(version)s was reviewed again", version=former["version"])
    return Changed(title, _("A value was corrected since."), lines, "")


def _check_facts(check: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [
        (_("Version"), _("%(version)s, from %(day)s", version=check["version"], day=iso_day(check["from"]))),
        (_("Function"), check["function"]),
        (_("Applied"), check["applied"]),
        (_("Should show"), check["nominal"]),
        (_("Limits"), check["limits"]),
        (_("How often"), word(check["every"], "every")),
    ]


def _leaf(number: str, version: int) -> Leaf:
    found: Record = months.record(number, version)[0]
    heading = _("Checks in use %(number)s", number=number)
    return Leaf(found, heading, [(_("Checks in use"), "/checks/"), (number, f"/checks/{number}/{version}")])


_OF_NUMBER = PaperOf(PAPER, lambda number, version: (number, version), _leaf)
paper_pages(pages, "/<number>/<int:version>", _OF_NUMBER, see_it="checks:read", issue_it="checks:issue")
