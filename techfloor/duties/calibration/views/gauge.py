"""The page of one gauge: how it drifts, how it stands now, its calibrations, and the next deed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import redirect, render_template, request
from flask_babel import format_date, ngettext
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from techfloor.duties.calibration.queries import lists
from techfloor.duties.calibration.queries import old_records as old_lines
from techfloor.duties.calibration.queries import records as queries
from techfloor.duties.calibration.queries.gauges import IN_HOUSE, item_of
from techfloor.duties.calibration.queries.intervals import method_of
from techfloor.duties.calibration.queries.lists import HistoryLine
from techfloor.duties.calibration.queries.old_records import OldLine
from techfloor.duties.calibration.queries.records import IN_PROGRESS, PERFORMED, REJECTED
from techfloor.duties.calibration.rules import drift
from techfloor.duties.calibration.rules.drift import Band, PointHistory
from techfloor.duties.calibration.rules.intervals import Method
from techfloor.duties.calibration.rules.old_records import is_old, url_of
from techfloor.duties.calibration.rules.procedure import Procedure
from techfloor.duties.calibration.views.lists import by_words, performed_words, version_words
from techfloor.duties.calibration.views.old_records import old_row
from techfloor.duties.calibration.views.pages import pages
from techfloor.duties.calibration.views.shown import with_unit
from techfloor.duties.calibration.views.whose_tolerance import whose_tolerance
from techfloor.duties.calibration.views.wording import (
    Deed,
    Rejection,
    due_words,
    gauge_sign,
    one_primary,
    reviewed_words,
    verdict_sign,
)
from techfloor.equipment.offers import cautioned, offers_on
from techfloor.equipment.queries import gauge_view, standards_for
from techfloor.equipment.rules import usable, use_policy
from techfloor.equipment.shapes import GaugeView, StandardView
from techfloor.equipment.statuses import Kind, Status
from techfloor.equipment.views.seeing import changed_since
from techfloor.equipment.wording import told
from techfloor.measures.due import add_months
from techfloor.measures.quantity import plain, signed
from techfloor.measures.units import show_unit
from techfloor.places.here import plant, today
from techfloor.records import reviewing
from techfloor.records.versions import Amendment
from techfloor.reports.charts import BandPoint, DriftChart, DriftPoint, drift_chart
from techfloor.reports.lists_out import FORM_WORDS
from techfloor.web.show import day
from techfloor.web.visitor import visitor

_AWAY = frozenset({Status.LOST, Status.RETIRED, Status.SENT_OUT})


@pages.page("/gauges/<code>", permission="calibration:read")
def gauge(code: str) -> str | Response:
    """Show one gauge."""
    found = gauge_view(code)
    if found.code != code:
        return redirect(f"/calibration/gauges/{found.code}", code=301)
    now, in_force = today(), queries.in_force_under(found.procedure_id)
    revision = in_force[1] if in_force else None
    lines, old = lists.history(found.id), old_lines.lines_of(found.id)
    newest = next((line for line in lines if line.amendment != Amendment.ENTERED_IN_ERROR), None)
    mine = frozenset(line.id for line in lines if _may_review(line))
    offers, changed = offers_on(found.code, Kind.GAUGE, visitor()), changed_since(found.id)
    sign, *_others = cautioned([gauge_sign(found, newest, now)], offers)
    return render_template(
        "calibration/gauge.html",
        gauge=found,
        sign=sign,
        drift=_drift(found, lines, old, revision, changed=bool(changed)),
        changed=changed,
        facts=_facts(found, revision, now),
        # The hardest alone: what is held is not also told to be calibrated.
        objections=[told(one) for one in usable(found.facts(), now, use_policy(plant().profile))][:1],
        rows=[_row(line, mine) for line in lines],
        old=[old_row(line) for line in old],
        rejection=_rejection(newest),
        deeds=_deeds(found, lines, mine),
        offers=offers,
        out=[(words, f"/calibration/gauges/{found.code}/list.{form}") for form, words in FORM_WORDS.items()],
        may_equipment=visitor().may("equipment:read"),
        shows_interval=method_of(plant()) is not Method.NONE,
        paper_form=revision is not None and found.calibrated_by == IN_HOUSE and visitor().may("calibration:log"),
    )


def _rejection(newest: HistoryLine | None) -> Rejection | None:
    """Return why the newest calibration does not count; nothing once another was begun."""
    if newest is None or newest.state != REJECTED or newest.reviewed_at is None:
        return None
    return Rejection(newest.number, newest.remark or "", newest.reviewed_by or "", newest.reviewed_at)


# --- now ---


def _facts(found: GaugeView, procedure: Procedure | None, now: date) -> list[tuple[str, str, str]]:
    """Return (name, code, words) of each fact; a code stands in the face of codes."""
    due = found.due.due if found.due else None
    look_back = lists.look_back_open(found.id)
    months = ngettext("%(num)d month", "%(num)d months", found.interval_months)
    facts = [
        (_("Due"), "", due_words(due, now)),
        (_("Interval"), "", months),
        (_("Look-back"), "", _("open: the work done with it is being looked at") if look_back else ""),
        (_("Limited use"), "", found.limited_use),
        (_("Procedure"), *_procedure_words(found, procedure)),
        *_standard_facts(procedure, now),
        (_("Calibrated"), "", _("in house") if found.calibrated_by == IN_HOUSE else _("by an outside laboratory")),
        (_("Tolerance"), "", _tolerances(found)),
        (_("Tolerance that counts"), "", _whose_tolerance(found, procedure)),
        (_("Serial"), "", found.item.serial),
        (_("Place"), "", found.item.place or _("no fixed place")),
    ]
    return [fact for fact in facts if fact[1] or fact[2]]


def _tolerances(found: GaugeView) -> str:
    """Return the tolerance of what it measures, as its card says; each with its name where there are several."""
    said = [(each.name, each.tolerance) for each in found.functions if each.tolerance]
    several = len({tolerance for _name, tolerance in said}) > 1
    return "; ".join(dict.fromkeys(f"{name}: {words}" if several else words for name, words in said))


def _procedure_words(found: GaugeView, procedure: Procedure | None) -> tuple[str, str]:
    if procedure is None:
        return "", _no_procedure(chosen=found.procedure_id is not None)
    return procedure.code, str(_("version %(version)s", version=procedure.version))


def _whose_tolerance(found: GaugeView, procedure: Procedure | None) -> str:
    return whose_tolerance(procedure, item_of(found), found.code) if procedure else ""


def _no_procedure(*, chosen: bool) -> str:
    """Say what is missing, and to whoever may do it not to ask for it."""
    if visitor().may("calibration:procedures"):
        return str(_("none in force: approve a version of it") if chosen else _("none chosen yet"))
    if chosen:
        return str(_("none in force: ask quality to approve one"))
    return str(_("none chosen yet: ask quality to choose one"))


def _standard_facts(procedure: Procedure | None, now: date) -> list[tuple[str, str, str]]:
    if procedure is None or not procedure.standards:
        return []
    return [
        (_("Standard for the next one"), standard.code, _paper(standard, now))
        for standard in standards_for(procedure.standards, now)
    ]


def _paper(standard: StandardView, now: date) -> str:
    if standard.certificate is None:
        return str(_("no certificate"))
    number, until = standard.certificate.number, standard.certificate.valid_until
    if until < now:
        return str(_("certificate %(number)s, ended on %(day)s", number=number, day=day(until)))
    return str(_("certificate %(number)s", number=number))


# --- calibrations ---


def _row(line: HistoryLine, mine: frozenset[int]) -> dict[str, Any]:
    return {
        "number": line.number,
        "version": version_words(line.version),
        "url": _record_url(line),
        "performed": performed_words(line),
        "by": by_words(line),
        "found": line.worst_found or "–",
        "left": line.worst_left,
        "verdict": verdict_sign(line),
        "reviewed": reviewed_words(line, for_me=line.id in mine),
    }


def _record_url(line: HistoryLine) -> str:
    return f"/calibration/{line.number}"


def _may_review(line: HistoryLine) -> bool:
    if line.state != PERFORMED or line.being_amended or not visitor().may("calibration:review"):
        return False
    return visitor().person_id not in reviewing.barred(plant(), line.id)


def _deeds(found: GaugeView, lines: Sequence[HistoryLine], mine: frozenset[int]) -> list[Deed]:
    """Return what the visitor can do with this gauge, the one that is due first; `mine` are those they may review."""
    waiting = next((line for line in lines if line.id in mine), None)
    under_way = next((line for line in lines if line.state == IN_PROGRESS), None)
    deeds = []
    if waiting is not None:
        deeds.append(Deed(_("Review"), f"/calibration/{waiting.number}/review"))
    if under_way is not None:
        return one_primary([*deeds, *_go_on(under_way)])
    return one_primary([*deeds, *_next_calibration(found)])


def _go_on(line: HistoryLine) -> list[Deed]:
    if line.source == "outside":
        return _if_may("calibration:outside", _("Go on with the certificate"), f"/calibration/outside/{line.number}")
    return _if_may("calibration:log", _("Resume"), f"/calibration/{line.number}/next")


def _next_calibration(found: GaugeView) -> list[Deed]:
    base = f"/calibration/gauges/{found.code}"
    if found.item.status == Status.SENT_OUT:
        return _if_may("calibration:outside", _("Back with certificate"), f"{base}/certificate")
    if found.item.status in _AWAY:
        return []
    outside = _if_may("calibration:outside", _("Send out"), f"{base}/send-out")
    if found.calibrated_by != IN_HOUSE:
        return [*outside, *_if_may("calibration:outside", _("Enter certificate"), f"{base}/certificate")]
    calibrate = _if_may("calibration:log", _("Calibrate"), f"/calibration/start/{found.code}")
    choose = [] if found.procedure_id else _if_may("calibration:procedures", _("Choose procedure"), f"{base}/procedure")
    return [*choose, *calibrate, *outside]


def _if_may(permission: str, words: str, url: str) -> list[Deed]:
    return [Deed(words, url)] if visitor().may(permission) else []


# --- drift ---


@dataclass(frozen=True)
class DriftShown:
    """The drift chart of a gauge at one point, with its numbers and the other points to choose."""

    title: str
    note: str
    chart: DriftChart | None
    rows: list[dict[str, Any]]
    words: str
    points: list[dict[str, Any]]


def _drift(
    found: GaugeView,
    lines: Sequence[HistoryLine],
    old: Sequence[OldLine],
    procedure: Procedure | None,
    *,
    changed: bool,
) -> DriftShown | None:
    """Return the drift at the point asked for, else at the one that moved most; None before the first reading."""
    percent = procedure is not None and procedure.in_percent
    readings = lists.found_readings(lines, plant().zone) + old_lines.found_readings(old, lists.plan_of(lines))
    # The newest calibration names the points: one that it does not know comes last.
    numbers = [line.number for line in lines] + [line.number for line in old]
    order = {number: n for n, number in enumerate(numbers)}
    histories = drift.histories(sorted(readings, key=lambda r: order[r.number]), percent=percent)
    place = drift.chosen(histories, request.args.get("point", type=int))
    if place is None:
        return None
    history = histories[place]
    band = drift.band(history, _until(found, history))
    drawn = None if band and band.wide else band
    return DriftShown(
        title=_("As-found error at %(point)s", point=_point_words(history)),
        note=_note(history, drawn, changed=changed),
        chart=_chart(history, drawn) if len(history.found) > 1 else None,
        rows=[_drift_row(history, n) for n in range(len(history.found) - 1, -1, -1)],
        words=_band_words(history, band),
        points=[
            {"words": _point_words(one), "url": f"/calibration/gauges/{found.code}?point={n}", "current": n == place}
            for n, one in enumerate(histories)
        ],
    )


def _until(found: GaugeView, history: PointHistory) -> date:
    """Return how far the band reaches: to the next calibration, at least one interval after the newest."""
    newest = history.found[-1].on
    due = found.due.due if found.due else newest
    return max(due, add_months(newest, found.interval_months))


def _point_words(history: PointHistory) -> str:
    point = history.point
    arrow = {"up": " ↑", "down": " ↓"}.get(point.direction, "")
    label = with_unit(point.label, point.unit) + arrow
    named = point.function and point.function.lower() not in point.label.lower()
    return f"{label} ({point.function})" if named else label


def _note(history: PointHistory, band: Band | None, *, changed: bool) -> str:
    newest = history.found[-1]
    tolerance = _tolerance_words(newest, show_unit(history.unit))
    said = _("tolerance at its last calibration %(tolerance)s") if changed else _("tolerance %(tolerance)s")
    parts = [said % {"tolerance": tolerance}] if tolerance else []
    if band is not None:
        parts.append(_("prediction band 95 %%, from %(count)s calibrations", count=band.count))
    if any(is_old(one.number) for one in history.found):
        parts.append(_("OLD: from the old records"))
    return " · ".join(parts)


def _tolerance_words(found: drift.Found, unit: str) -> str:
    lower, upper = found.lower, found.upper
    if lower is not None and upper is not None and lower == -upper:
        return f"±{plain(upper)} {unit}"
    ends = [f"{signed(v)} {unit}" for v in (lower, upper) if v is not None]
    return " … ".join(ends)


def _chart(history: PointHistory, band: Band | None) -> DriftChart:
    newest, unit = history.found[-1], show_unit(history.unit)
    return drift_chart(
        [
            DriftPoint(
                one.on,
                one.error,
                one.passed,
                "",  # the tables below lead to the records: a mark is too small for a glove
                f"{one.number}, {day(one.on)}: {signed(one.error)} {unit}",
            )
            for one in history.found
        ],
        unit=unit,
        lower=newest.lower,
        upper=newest.upper,
        band=[BandPoint(p.on, p.low, p.high) for p in band.points] if band else (),
        day_label=lambda on: str(format_date(on, "MMM yy")),
    )


def _drift_row(history: PointHistory, n: int) -> dict[str, Any]:
    one = history.found[n]
    return {
        "number": one.number,
        "url": url_of(one.number),
        "on": day(one.on),
        "error": f"{signed(one.error)} {show_unit(history.unit)}",
        "passed": one.passed,
        "adjusted": _("adjusted") if one.adjusted else "",
    }


def _band_words(history: PointHistory, band: Band | None) -> str:
    """Say what the band means; it never names a day on which a limit would be crossed."""
    if band is None:
        count = drift.FEWEST
        return str(_("A prediction needs %(count)s calibrations since the last adjustment or fail.", count=count))
    if band.wide:
        return str(
            _("The last %(count)s calibrations are too few, or too scattered, to expect anything.", count=band.count)
        )
    unit = show_unit(history.unit)
    words = {"low": f"{signed(band.low)} {unit}", "high": f"{signed(band.high)} {unit}"}
    if band.ahead:
        said = str(_("At the next calibration an error of %(low)s to %(high)s is expected (95 %%).", **words))
        leaves = band.leaves(history.found[-1].lower, history.found[-1].upper)
        return f"{said} {_('That reaches beyond its tolerance.')}" if leaves else said
    expected = _("Expected was %(low)s to %(high)s (95 %%), from the calibrations before.", **words)
    newest = f"{signed(history.found[-1].error)} {unit}"
    if history.found[-1].adjusted:
        return f"{expected} {_('Found was %(newest)s, and it was adjusted.', newest=newest)}"
    return f"{expected} {_('Found was %(newest)s, a fail.', newest=newest)}"
