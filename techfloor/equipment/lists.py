"""The lists of equipment: one statement each, paged by code."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    exists,
    false,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.orm import aliased

from techfloor.equipment.ledger import CALIBRATION
from techfloor.equipment.models import Equipment, EquipmentDue, EquipmentHold, Gauge, Standard
from techfloor.equipment.shapes import Line, Wanted
from techfloor.equipment.statuses import FALLS_DUE, Status, status_of
from techfloor.places.models import Area, Station
from techfloor.records.models import Definition, Record
from techfloor.store import db
from techfloor.store.paging import PAGE, Key, Order, Page
from techfloor.store.search import SearchItem, keys_that_fit

HELD, OVERDUE, DUE = "held", "overdue", "due"
"""What a list can be narrowed to beside the statuses."""
DUE_SOON = timedelta(days=30)
"""What is due within this time is listed as due, with what is overdue."""

_OPEN = and_(EquipmentHold.equipment_id == Equipment.id, EquipmentHold.lifted_at.is_(None))
_HOLD = func.coalesce(
    select(EquipmentHold.reason).where(_OPEN).order_by(EquipmentHold.id).limit(1).scalar_subquery(), ""
)
_CALIBRATION_DUE = and_(EquipmentDue.equipment_id == Equipment.id, EquipmentDue.work == CALIBRATION)


def _lines() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Equipment.code,
            Equipment.name,
            Equipment.kind,
            func.coalesce(Gauge.kind, Standard.quantity, ""),
            func.coalesce(Area.name, ""),
            func.coalesce(Station.code, ""),
            Equipment.lifecycle,
            Equipment.availability,
            Gauge.status,
            _HOLD,
            EquipmentDue.due,
            Gauge.expected_back,
            func.coalesce(Gauge.limited_use, ""),
        )
        .outerjoin(Gauge, Gauge.equipment_id == Equipment.id)
        .outerjoin(Standard, Standard.equipment_id == Equipment.id)
        .outerjoin(Area, Area.id == Equipment.area_id)
        .outerjoin(Station, Station.id == Equipment.station_id)
        .outerjoin(EquipmentDue, _CALIBRATION_DUE)
    )


BY_CODE = Order(Key(Equipment.code, str))


def list_page(wanted: Wanted, *, size: int = PAGE) -> Page[Line]:
    """Read one page of the list in the order of codes, in one statement."""
    return BY_CODE.page(_narrowed(_lines(), wanted), _line, wanted.at, size=size)


@dataclass(frozen=True)
class RegisterLine:
    """One line of the register: a line of the list with what stands on the card beside it."""

    line: Line
    maker: str
    serial: str
    part_of: str
    procedure: str
    interval_months: int | None
    last_done: date | None
    last_record: str


def register_page(wanted: Wanted, *, size: int = PAGE) -> Page[RegisterLine]:
    """Read one page of the register in the order of codes, in one statement."""
    whole = aliased(Equipment)
    more = (
        Equipment.maker,
        Equipment.serial,
        func.coalesce(whole.code, ""),
        func.coalesce(Definition.code, ""),
        func.coalesce(Gauge.interval_months, Standard.interval_months),
        EquipmentDue.last_done,
        func.coalesce(Record.number, ""),
    )
    statement = (
        _lines()
        .add_columns(*more)
        .outerjoin(whole, whole.id == Equipment.part_of_id)
        .outerjoin(Definition, Definition.id == Gauge.procedure_id)
        .outerjoin(Record, Record.id == EquipmentDue.last_record_id)
    )

    def made(*row: Any) -> RegisterLine:
        return RegisterLine(_line(*row[: -len(more)]), *row[-len(more) :])

    return BY_CODE.page(_narrowed(statement, wanted), made, wanted.at, size=size)


def fitting(wanted: Wanted, most: int) -> list[tuple[int, str]]:
    """Return (id, code) of what a list shows on all its pages, in the order of codes, one more than `most` at most."""
    statement = _narrowed(_lines(), wanted).with_only_columns(Equipment.id, Equipment.code)
    return [(row.id, row.code) for row in db.session.execute(statement.order_by(Equipment.code).limit(most + 1))]


def _line(*row: Any) -> Line:
    code, name, kind, sort, area, station, lifecycle, availability, gauge_status, hold, due, back, limited = row
    status = status_of(kind, lifecycle, availability, gauge_status)
    return Line(code, name, kind, sort, area, station, status, hold, due, back, limited)


def _narrowed(statement: Select[*tuple[Any, ...]], wanted: Wanted) -> Select[*tuple[Any, ...]]:
    statement = statement.where(Equipment.kind == wanted.kind)
    if wanted.area_id is not None:
        statement = statement.where(Equipment.area_id == wanted.area_id)
    if wanted.status:
        statement = statement.where(_in_status(wanted))
    found = keys_that_fit(wanted.words, "equipment")
    if found is not None:
        fits = Equipment.code.in_(found.with_only_columns(SearchItem.key).order_by(None))
        statement = statement.where(or_(fits, Equipment.code == code_like(wanted.words)))
    return statement


_SHORT = re.compile(r"([^\W\d_]*)[\s.-]*0*([1-9]\d*)")


def code_like(typed: str) -> str | None:
    """Return the only code that is meant by "g14", "G014" or "14"; None for other words, and for two such codes."""
    wanted = _SHORT.fullmatch(typed.strip().upper())
    if wanted is None:
        return None
    letters, digits = wanted.groups()
    ending = db.session.scalars(select(Equipment.code).where(Equipment.code.endswith(digits, autoescape=True)))
    parts = [(code, _SHORT.fullmatch(code.upper())) for code in ending]
    alike = [code for code, cut in parts if cut and cut[2] == digits and letters in {"", cut[1]}]
    return alike[0] if len(alike) == 1 else None


def _in_status(wanted: Wanted) -> ColumnElement[bool]:
    if wanted.status == HELD:
        return exists().where(_OPEN)
    if wanted.status in {OVERDUE, DUE}:
        last = wanted.today + (DUE_SOON if wanted.status == DUE else timedelta(days=-1))
        late = or_(EquipmentDue.due <= last, and_(EquipmentDue.due.is_(None), Gauge.equipment_id.is_not(None)))
        falls_due = or_(Gauge.status.in_(FALLS_DUE), Gauge.equipment_id.is_(None))
        return and_(late, falls_due, Equipment.lifecycle != Status.RETIRED)
    if wanted.status == Status.SENT_OUT:
        return or_(Gauge.status == wanted.status, Equipment.availability == wanted.status)
    # A standard has no column of its own for being in use.
    return or_(
        Gauge.status == wanted.status,
        and_(Gauge.equipment_id.is_(None), Equipment.lifecycle == wanted.status),
        and_(
            Standard.equipment_id.is_not(None),
            Equipment.lifecycle == Status.IN_SERVICE,
            Equipment.availability != Status.SENT_OUT,
            true() if wanted.status == Status.IN_USE else false(),
        ),
    )
