"""The certified values of a standard over its certificates: how it drifts, and whether both U explain a change."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask import render_template, request
from flask_babel import format_date
from flask_babel import gettext as _

from techfloor.duties.calibration.queries.bench_lines import standard_facts
from techfloor.duties.calibration.rules import standard_drift
from techfloor.duties.calibration.rules.drift import Band
from techfloor.duties.calibration.rules.intervals import LINE
from techfloor.duties.calibration.rules.standard_drift import Certified, Paper, ValueHistory
from techfloor.duties.calibration.views.pages import pages
from techfloor.duties.calibration.views.traceability import HOME, READ, tabs_of
from techfloor.equipment.queries import by_code, certificates_of, standards_for
from techfloor.equipment.shapes import StandardView
from techfloor.equipment.statuses import Kind
from techfloor.measures.quantity import plain, signed
from techfloor.measures.units import show_unit
from techfloor.places.here import today
from techfloor.refusals import NotFound
from techfloor.reports.charts import BandPoint, DriftChart, DriftPoint, drift_chart
from techfloor.web.show import day


@dataclass(frozen=True)
class Chosen:
    """The value that is drawn, with its certificates."""

    title: str
    chart: DriftChart | None
    rows: list[dict[str, Any]]
    words: str


@pages.page("/traceability/<code>/values", permission=READ)
def standard_values(code: str) -> str:
    """Show what the certificates of a standard say of each nominal value, one after the other."""
    item = by_code(code)
    if item.kind != Kind.STANDARD:
        raise NotFound("%(code)s is no standard: the page of a gauge shows how it drifts.", code=item.code)
    (standard,) = standards_for([item.code], today())
    histories = [] if standard.reference_material else standard_drift.value_histories(*_papers(standard))
    place = standard_drift.chosen(histories, request.args.get("value", type=int))
    return render_template(
        "calibration/standard_values.html",
        item=item,
        tabs=tabs_of(item, "values"),
        lots=standard.reference_material,
        chosen=_chosen(standard, histories[place]) if place is not None else None,
        rows=[_summary(item.code, n, each, current=n == place) for n, each in enumerate(histories)],
    )


def _papers(standard: StandardView) -> tuple[list[Paper], str]:
    """Return the certificates that stand, and the unit of their values."""
    standing = [paper.certificate for paper in certificates_of(standard.id) if paper.stands]
    papers = [
        Paper(
            each.id,
            each.number,
            each.issued,
            standard_facts(standard.code, each.certified, standard.unit, each.uncertainty),
        )
        for each in standing
    ]
    return papers, standard.unit


def _chosen(standard: StandardView, history: ValueHistory) -> Chosen:
    valid_until = standard.certificate.valid_until if standard.certificate else history.certified[-1].paper.on
    band, unit = history.band(valid_until), show_unit(history.unit)
    return Chosen(
        title=_("Deviation from %(nominal)s %(unit)s", nominal=history.nominal, unit=unit),
        chart=_chart(history, band) if len(history.certified) > 1 else None,
        rows=[_row(standard.code, each, history) for each in reversed(history.certified)],
        words=_band_words(band, valid_until, unit),
    )


def _chart(history: ValueHistory, band: Band | None) -> DriftChart:
    unit, nominal = show_unit(history.unit), Decimal(history.nominal)
    return drift_chart(
        [
            DriftPoint(
                each.paper.on,
                each.value - nominal,
                not each.moved,
                "",
                f"{each.paper.number}, {day(each.paper.on)}: {signed(each.value - nominal)} {unit}",
            )
            for each in history.certified
        ],
        unit=unit,
        band=[BandPoint(p.on, p.low, p.high) for p in band.points] if band else (),
        day_label=lambda on: str(format_date(on, "MMM yy")),
    )


def _band_words(band: Band | None, until: date, unit: str) -> str:
    if band is None:
        return str(_("From %(count)s certificates on, it is drawn where the next value is expected.", count=LINE))
    words = {"low": f"{signed(band.low)} {unit}", "high": f"{signed(band.high)} {unit}", "day": day(until)}
    return str(_("At the end of its certificate, on %(day)s, %(low)s to %(high)s is expected (95 %%).", **words))


def _row(code: str, each: Certified, history: ValueHistory) -> dict[str, Any]:
    unit = show_unit(history.unit)
    return {
        "number": each.paper.number,
        "url": f"/equipment/{code}/certificates/{each.paper.id}",
        "on": day(each.paper.on),
        "value": f"{plain(each.value)} {unit}",
        "u": "–" if each.u is None else f"{plain(each.u.normalize() + 0)} {unit}",
        "change": "–" if each.change is None else f"{signed(each.change)} {unit}",
        "share": _percent(each.share),
        "moved": each.moved,
    }


def _summary(code: str, n: int, history: ValueHistory, *, current: bool) -> dict[str, Any]:
    unit = show_unit(history.unit)
    return {
        "nominal": f"{history.nominal} {unit}",
        "url": f"{HOME}/{code}/values?value={n}",
        "current": current,
        "count": len(history.certified),
        "newest": f"{plain(history.certified[-1].value)} {unit}",
        "change": f"{signed(history.change)} {unit}" if len(history.certified) > 1 else "–",
        "share": _percent(history.largest if history.largest >= 0 else None),
        "moved": any(each.moved for each in history.certified),
    }


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{round(100 * share)} %"
