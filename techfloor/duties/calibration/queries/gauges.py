"""The gauge as a calibration needs it, and the procedure it is calibrated by."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, bindparam, select

from techfloor.duties.calibration.queries.records import WORK, in_force_under
from techfloor.duties.calibration.rules.procedure import Item, ItemFunction, Procedure
from techfloor.equipment.models import Equipment, EquipmentDue, EquipmentHold, Gauge, GaugeFunction
from techfloor.equipment.rules import HoldFact
from techfloor.equipment.shapes import GaugeView
from techfloor.equipment.statuses import FALLS_DUE
from techfloor.measures.quantity import plain
from techfloor.measures.units import show_unit
from techfloor.places.models import Area, Station
from techfloor.records.models import Revision
from techfloor.refusals import NotFound, Refusal
from techfloor.said import Said, say
from techfloor.store import db

IN_HOUSE = "in house"

# Put together once: building a statement takes longer than SQLite's answer.
_equipment, _gauges, _dues = (kind.__table__.c for kind in (Equipment, Gauge, EquipmentDue))
_functions, _holds = (kind.__table__.c for kind in (GaugeFunction, EquipmentHold))
_areas, _stations = (kind.__table__.c for kind in (Area, Station))

GAUGE_COLUMNS = (
    _equipment.id.label("gauge_id"),
    _equipment.code.label("gauge_code"),
    _equipment.name.label("gauge_name"),
    _equipment.serial,
    _equipment.maker,
    _gauges.kind.label("gauge_kind"),
    _gauges.status,
    _gauges.limited_use,
    _gauges.interval_months,
    _gauges.calibrated_by,
    _gauges.procedure_id,
    _gauges.point_set,
    _gauges.loads,
    _gauges.sent_on,
    _gauges.expected_back,
    _areas.name.label("area"),
    _stations.code.label("station"),
    _dues.due,
)
GAUGES = (
    Equipment.__table__.join(Gauge.__table__, _gauges.equipment_id == _equipment.id)
    .outerjoin(Area.__table__, _areas.id == _equipment.area_id)
    .outerjoin(Station.__table__, _stations.id == _equipment.station_id)
    .outerjoin(EquipmentDue.__table__, and_(_dues.equipment_id == _equipment.id, _dues.work == WORK))
)
_GAUGE = select(*GAUGE_COLUMNS).select_from(GAUGES).where(_equipment.code == bindparam("code"))
_FUNCTIONS = (
    select(
        _functions.name,
        _functions.unit,
        _functions.low,
        _functions.high,
        _functions.resolution,
        _functions.reads_to,
        _functions.tolerance,
    )
    .where(_functions.gauge_id == bindparam("gauge"))
    .order_by(_functions.place)
)
_HOLDS = select(_holds.reason, _holds.words).where(
    _holds.equipment_id == bindparam("gauge"), _holds.lifted_at.is_(None)
)


@dataclass(frozen=True)
class GaugeFacts:
    """A gauge as this duty needs it."""

    id: int
    code: str
    name: str
    kind: str
    serial: str
    maker: str
    place: str
    status: str
    limited_use: str
    interval_months: int
    calibrated_by: str
    procedure_id: int | None
    due: date | None
    held: tuple[HoldFact, ...]
    sent_on: date | None
    expected_back: date | None
    item: Item
    range_said: str | Said
    resolution_text: str

    @property
    def identity(self) -> dict[str, str | Said]:
        """What it is, as its card says today; where it stands and what it may be used for are of their day."""
        return {
            "name": self.name,
            "kind": self.kind,
            "serial": self.serial,
            "maker": self.maker,
            "range": self.range_said,
            "resolution": self.resolution_text,
        }


def gauge_by_code(code: str) -> GaugeFacts:
    """Return a gauge by its code, typed in any case; raises NotFound for a code that is no gauge's."""
    row = db.session.execute(_GAUGE, {"code": code.strip().upper()}).one_or_none()
    if row is None:
        raise NotFound("There is no gauge %(code)s. Check the code on its label.", code=code)
    return gauge_facts(row)


def gauge_facts(row: Any) -> GaugeFacts:
    functions = db.session.execute(_FUNCTIONS, {"gauge": row.gauge_id}).all()
    holds = db.session.execute(_HOLDS, {"gauge": row.gauge_id}).all()
    first = functions[0] if functions else None
    return GaugeFacts(
        id=row.gauge_id,
        code=row.gauge_code,
        name=row.gauge_name,
        kind=row.gauge_kind,
        serial=row.serial,
        maker=row.maker,
        place=", ".join(part for part in (row.area, row.station) if part),
        status=row.status,
        limited_use=row.limited_use,
        interval_months=row.interval_months,
        calibrated_by=row.calibrated_by,
        procedure_id=row.procedure_id,
        due=row.due,
        held=tuple(HoldFact(*hold) for hold in holds),
        sent_on=row.sent_on,
        expected_back=row.expected_back,
        item=Item(tuple(_item_function(f) for f in functions), row.point_set, row.loads, row.gauge_kind),
        range_said=_range_said(first),
        resolution_text=f"{plain(first.resolution)} {show_unit(first.unit)}" if first and first.resolution else "",
    )


def item_of(found: GaugeView) -> Item:
    """Return what a gauge that was read for its page measures, without its loads."""
    return Item(tuple(_item_function(function) for function in found.functions), found.point_set)


def _item_function(function: Any) -> ItemFunction:
    return ItemFunction(
        name=function.name,
        unit=function.unit,
        low=_text(function.low),
        high=_text(function.high),
        resolution=_text(function.resolution),
        reads_to=_text(function.reads_to),
        tolerance=function.tolerance,
    )


def _text(value: Decimal | None) -> str:
    return "" if value is None else plain(value)


def _range_said(function: Any) -> str | Said:
    if function is None or function.low is None or function.high is None:
        return ""
    low, high, unit = plain(function.low), plain(function.high), show_unit(function.unit)
    return say("calibration.range", low=low, high=high, unit=unit)


def without_procedure(kind: str = "") -> list[str]:
    """Return the codes of the gauges in use, of a kind or of all, that this plant calibrates and has no procedure for.

    Kinds are told apart as people do: "Digital caliper" is a digital caliper.
    """
    wanted = (
        select(Equipment.code, Gauge.kind)
        .join(Gauge, Gauge.equipment_id == Equipment.id)
        .where(Gauge.procedure_id.is_(None), Gauge.calibrated_by == IN_HOUSE, Gauge.status.in_(FALLS_DUE))
        .order_by(Equipment.code)
    )
    return [code for code, own in db.session.execute(wanted) if not kind or own.casefold() == kind.casefold()]


def procedure_in_force(gauge: GaugeFacts) -> tuple[Revision, Procedure]:
    """Return the revision of the gauge's procedure in force; raises Refusal when there is none."""
    found = in_force_under(gauge.procedure_id)
    if gauge.procedure_id is None:
        raise Refusal("No procedure is chosen for %(code)s yet. Ask quality to choose one.", code=gauge.code)
    if found is None:
        raise Refusal("%(code)s has no calibration procedure in force. Ask quality to approve one.", code=gauge.code)
    return found
