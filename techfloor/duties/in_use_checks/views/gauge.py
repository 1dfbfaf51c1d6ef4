"""The page of one checked gauge: how it stands, its chart, its months."""

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template
from flask_babel import format_date
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from techfloor.duties.in_use_checks import actions, baselines, months, queries
from techfloor.duties.in_use_checks.baselines import ENOUGH
from techfloor.duties.in_use_checks.forms import AnewForm
from techfloor.duties.in_use_checks.months import Month
from techfloor.duties.in_use_checks.queries import CheckRow, InForce
from techfloor.duties.in_use_checks.rules import Check, Outcome
from techfloor.duties.in_use_checks.views.pages import gauge_url, pages
from techfloor.duties.in_use_checks.views.shown import by, is_due_now, may_correct, shown
from techfloor.equipment.ledger import IN_USE_CHECK
from techfloor.equipment.queries import gauge_view
from techfloor.equipment.rules import gauge_page, plant_day
from techfloor.equipment.shapes import GaugeView
from techfloor.equipment.wording import days_words
from techfloor.measures.quantity import plain
from techfloor.measures.units import show_unit
from techfloor.places.here import plant, today
from techfloor.reports.charts import ControlChart, ControlPoint, UsualLimits, control_chart
from techfloor.reports.charts.control import Look
from techfloor.said import in_words, word
from techfloor.web.pages import Page, see
from techfloor.web.show import day
from techfloor.web.visitor import visitor

DRAWN = 60
"""So many values stand on the chart; the months hold the others."""


@dataclass(frozen=True)
class Sign:
    """How a gauge stands, as a symbol with its words."""

    look: str
    words: str


@pages.page("/gauges/<code>", permission="checks:read")
def gauge(code: str) -> str | Response:
    """Show the checks of one gauge."""
    view = gauge_view(code)
    if view.code != code:
        return redirect(gauge_url(view.code), code=301)
    return _page(view, AnewForm(formdata=None, drafted=False))


def _page(view: GaugeView, anew: AnewForm) -> str:
    newest = queries.newest(view.code)
    rows = queries.values_of(view.id, newest.check.series, newest=DRAWN) if newest else []
    base = queries.baseline(view.id, newest.check.series) if newest else None
    return render_template(
        "in_use_checks/gauge.html",
        gauge=view,
        found=newest,
        check=newest.check if newest else None,
        sign=_sign(view, newest, rows),
        facts=_facts(view, newest) if newest else [],
        holds=[(hold.id, in_words(hold.words)) for hold in view.holds if hold.work == IN_USE_CHECK],
        chart=_chart(newest.check, rows, base) if newest and base and len(rows) > 1 else None,
        note=_chart_note(newest.check, base, len(rows)) if newest and base else "",
        rows=[shown(row, newest.check.unit, may_correct=may_correct(row)) for row in reversed(rows)] if newest else [],
        months=_months(view, newest),
        calibrations=gauge_page(view.code),
        anew=anew if base and base.parameters else None,
        may_log=visitor().may("checks:log"),
        may_set_up=visitor().may("checks:set-up"),
    )


def _sign(view: GaugeView, found: InForce | None, rows: list[CheckRow]) -> Sign:
    if view.holds:
        return Sign("hold", _("Held: do not use it"))
    if found is None or found.check.ended:
        return Sign("waiting", _("Not checked in use"))
    last = rows[-1] if rows else None
    if last is not None and last.outcome == Outcome.FAIL and is_due_now(found):
        return Sign("fail", _("Outside its limits: clean it and try once more"))
    if is_due_now(found):
        return Sign("caution", _("Check due"))
    if last is not None and last.caution:
        return Sign("caution", _("Good, but unusual"))
    return Sign("pass", _("Good"))


def _facts(view: GaugeView, found: InForce) -> list[tuple[str, str]]:
    check = found.check
    due = next((each for each in view.dues if each.work == IN_USE_CHECK), None)
    facts = [
        (_("Function"), check.function),
        (_("Applied"), check.applied_words),
        (_("Should show"), check.nominal_words),
        (_("Limits"), check.limit_words),
        (_("How often"), word(check.every, "every")),
        (_("Due"), f"{day(due.due)}, {days_words(due.due, today())}" if due else ""),
        (_("What to do"), check.words),
        (_("Version"), _("%(version)s, from %(day)s", version=check.version, day=day(found.since or today()))),
    ]
    return [fact for fact in facts if fact[1]]


# --- the chart ---


def _chart(check: Check, rows: list[CheckRow], base: queries.Baseline) -> ControlChart:
    usual = baselines.usual(base.parameters) if base.parameters else None
    nominal = float(check.nominal)
    limits = UsualLimits(usual.centre - nominal, usual.lower - nominal, usual.upper - nominal) if usual else None
    return control_chart(
        [_point(row, check) for row in rows],
        unit=show_unit(check.unit),
        lower=None if check.lower is None else check.lower - check.nominal,
        upper=None if check.upper is None else check.upper - check.nominal,
        usual=limits,
        day_label=lambda on: str(format_date(on, "d MMM")),
    )


def _point(row: CheckRow, check: Check) -> ControlPoint:
    assert row.value is not None
    on = plant_day(row.performed_at, plant().zone)
    label = f"{day(on)}: {plain(row.value)} {show_unit(check.unit)}"
    look: Look = "fail" if row.outcome == Outcome.FAIL else "caution" if row.caution else "pass"
    return ControlPoint(on, row.value - check.nominal, look, label)


def _chart_note(check: Check, base: queries.Baseline, count: int) -> str:
    parts = [_("Deviation from %(value)s", value=check.nominal_words)]
    if base.parameters:
        parts.append(_("dashed: usual for this gauge, 3 s from its first %(n)s values", n=base.parameters["values"]))
    elif count < ENOUGH:
        parts.append(_("what is usual shows from %(n)s good values on", n=ENOUGH))
    else:
        parts.append(_("the values do not scatter: what is usual cannot be told"))
    return " · ".join(parts)


# --- its months ---


def _months(view: GaugeView, found: InForce | None) -> list[dict[str, Any]]:
    """Return the last twelve months since the gauge was first checked, the newest first."""
    if found is None:
        return []
    reviewed, first = months.reviewed_months(view.id), months.first_day(view.code)
    month = Month.of(today())
    lines: list[dict[str, Any]] = []
    while len(lines) < 12 and month.last >= first:
        lines.append(_month(view, month, reviewed.get(month.text, "")))
        month = month.before
    return lines


def _month(view: GaugeView, month: Month, number: str) -> dict[str, Any]:
    return {
        "words": month_words(month),
        "url": f"{gauge_url(view.code)}/months/{month.text}",
        "number": number,
        "over": today() > month.last,
    }


def month_words(month: Month) -> str:
    """Write a month as people read it: November 2026."""
    return str(format_date(month.first, "MMMM y"))


# --- what is usual ---


@pages.act(
    "/gauges/<code>/begin-anew",
    permission="checks:set-up",
    action="checks:baseline:begin-anew",
    reason="words",
    title=_l("What is usual begins anew"),
    alone="equipment:{code}",
)
def begin_anew(code: str) -> Page:
    """Let the next values say what is usual."""
    form, found = AnewForm(), queries.needed(code)
    if form.attempt(lambda: actions.begin_anew(found, form.words.data or "", by())):
        flash(_("The next %(n)s good values say what is usual.", n=ENOUGH), "success")
        return see(gauge_url(found.gauge_code))
    return _page(gauge_view(code), form), 422
