"""Reads of the checks in use: what is in force for a gauge, its rows, what is due, what is usual."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from techfloor.duties.in_use_checks import rules
from techfloor.duties.in_use_checks.models import InUseBaseline, InUseCheck
from techfloor.duties.in_use_checks.rules import Check, Outcome
from techfloor.equipment.ledger import IN_USE_CHECK
from techfloor.equipment.models import Equipment, EquipmentDue, EquipmentHold, Gauge, StandardCertificate
from techfloor.equipment.statuses import FALLS_DUE
from techfloor.people.models import Device, Person
from techfloor.places.models import Area
from techfloor.places.queries import PlantFacts
from techfloor.records.models import Definition, Revision, Task
from techfloor.refusals import NotFound
from techfloor.said import Said
from techfloor.store import db

KIND = IN_USE_CHECK
"""The kind of definition that says how a gauge is checked; its code is the gauge's."""
_LATER = aliased(InUseCheck, name="later")


@dataclass(frozen=True)
class InForce:
    """The check of a gauge in force."""

    gauge_id: int
    gauge_code: str
    gauge_name: str
    revision_id: int
    area_key: str
    since: date | None
    check: Check


def _in_force() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Equipment.id,
            Equipment.code,
            Equipment.name,
            func.coalesce(Area.key, "").label("area_key"),
            Revision.id.label("revision_id"),
            Revision.effective_from,
            Revision.version,
            Revision.body,
        )
        .join(Definition, and_(Definition.code == Equipment.code, Definition.kind == KIND))
        .join(Revision, and_(Revision.definition_id == Definition.id, Revision.state == "effective"))
        .outerjoin(Area, Area.id == Equipment.area_id)
    )


def _read(row: Any) -> InForce:
    check = rules.read(row.version, row.body)
    return InForce(row.id, row.code, row.name, row.revision_id, row.area_key, row.effective_from, check)


def newest(code: str) -> InForce | None:
    """Return the newest version of a gauge's check, also one that ended it."""
    row = db.session.execute(_in_force().where(Equipment.code == code.strip().upper())).one_or_none()
    return _read(row) if row is not None else None


def check_of(code: str) -> InForce | None:
    """Return the check of a gauge in force; None for a gauge that is not checked."""
    found = newest(code)
    return None if found is None or found.check.ended else found


def needed(code: str) -> InForce:
    """Return the check of a gauge in force; raises NotFound."""
    found = check_of(code)
    if found is None:
        raise NotFound("%(code)s is not checked in use. Quality sets a check up.", code=code.strip().upper())
    return found


def versions_of(code: str) -> Mapping[int, Check]:
    """Return every version of a gauge's check by the id of its revision."""
    rows = db.session.execute(
        select(Revision.id, Revision.version, Revision.body)
        .join(Definition, Definition.id == Revision.definition_id)
        .where(Definition.kind == KIND, Definition.code == code)
    )
    return {row.id: rules.read(row.version, row.body) for row in rows}


@dataclass(frozen=True)
class CheckRow:
    """One row as it was given; one that another replaced `counts` no more."""

    id: int
    gauge_id: int
    revision_id: int
    series: int
    outcome: str
    value: Decimal | None
    lower: Decimal | None
    upper: Decimal | None
    caution: list[Said]
    try_of_id: int | None
    corrects_id: int | None
    correction: str
    performed_at: datetime
    recorded_at: datetime
    by_id: int
    by: str
    device: str
    certificate: str
    counts: bool


def _rows(*where: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    c = InUseCheck
    return (
        select(
            c.id,
            c.gauge_id,
            c.revision_id,
            c.series,
            c.outcome,
            c.value,
            c.lower,
            c.upper,
            c.caution,
            c.try_of_id,
            c.corrects_id,
            c.correction,
            c.performed_at,
            c.recorded_at,
            c.by_id,
            Person.name,
            func.coalesce(Device.name, ""),
            func.coalesce(StandardCertificate.number, ""),
            _LATER.id.is_(None),
        )
        .join(Person, Person.id == c.by_id)
        .outerjoin(Device, Device.id == c.device_id)
        .outerjoin(StandardCertificate, StandardCertificate.id == c.certificate_id)
        .outerjoin(_LATER, _LATER.corrects_id == c.id)
        .where(*where)
    )


def _read_row(row: Any) -> CheckRow:
    values: tuple[Any, ...] = tuple(row)
    return CheckRow(*(*values[:-1], bool(values[-1])))


def row(check_id: int) -> CheckRow:
    """Return one row; raises NotFound."""
    found = db.session.execute(_rows(InUseCheck.id == check_id)).one_or_none()
    if found is None:
        raise NotFound("This check is not here.")
    return _read_row(found)


def rows_between(gauge_id: int, begins: datetime, ends: datetime) -> list[CheckRow]:
    """Return every row of a gauge that was performed from one moment to another, in their order."""
    c = InUseCheck
    found = _rows(c.gauge_id == gauge_id, c.performed_at >= begins, c.performed_at < ends)
    return [_read_row(each) for each in db.session.execute(found.order_by(c.performed_at, c.id))]


def values_of(
    gauge_id: int,
    series: int,
    since: datetime | None = None,
    *,
    before: datetime | None = None,
    good: bool = False,
    first: int = 0,
    newest: int = 0,
) -> list[CheckRow]:
    """Return the rows of a series that count and hold a value, in order: after a moment, before one, good ones alone.

    All of them, or the `first` few, or the `newest` few.
    """
    c = InUseCheck
    found = _rows(c.gauge_id == gauge_id, c.series == series, c.value.is_not(None), _LATER.id.is_(None))
    if since is not None:
        found = found.where(c.performed_at > since)
    if before is not None:
        found = found.where(c.performed_at < before)
    if good:
        found = found.where(c.outcome == Outcome.GOOD)
    if newest:
        found = found.order_by(c.performed_at.desc(), c.id.desc()).limit(newest)
        return [_read_row(each) for each in db.session.execute(found)][::-1]
    ordered = found.order_by(c.performed_at, c.id)
    return [_read_row(each) for each in db.session.execute(ordered.limit(first) if first else ordered)]


def last_row(gauge_id: int, series: int) -> CheckRow | None:
    """Return the last row that counts, of one series; what was entered in error leaves the one before."""
    c = InUseCheck
    found = _rows(c.gauge_id == gauge_id, c.series == series, _LATER.id.is_(None), c.outcome != Outcome.IN_ERROR)
    one = db.session.execute(found.order_by(c.performed_at.desc(), c.id.desc()).limit(1)).one_or_none()
    return _read_row(one) if one is not None else None


def to_try_again(gauge_id: int, series: int) -> CheckRow | None:
    """Return the first try that waits for its second."""
    last = last_row(gauge_id, series)
    if last is None or last.outcome != Outcome.FAIL or last.try_of_id is not None:
        return None
    return last


def last_done(gauge_id: int, series: int) -> datetime | None:
    """Return when a gauge was good last, or said to be out of use; None while it never was."""
    c = InUseCheck
    return db.session.scalar(
        select(c.performed_at)
        .outerjoin(_LATER, _LATER.corrects_id == c.id)
        .where(c.gauge_id == gauge_id, c.series == series, c.outcome.in_(rules.DONE), _LATER.id.is_(None))
        .order_by(c.performed_at.desc())
        .limit(1)
    )


def is_due(found: InForce, now: datetime, plant: PlantFacts) -> bool:
    """Tell whether a gauge is to be checked now, or once more."""
    series = found.check.series
    if to_try_again(found.gauge_id, series) is not None:
        return True
    done = last_done(found.gauge_id, series)
    return rules.is_due(found.check.every, done, now, plant.zone, plant.in_area(found.area_key).shifts)


def area_key(gauge_id: int) -> str:
    """Return the key of the area in which a gauge stands, "" where it has no place."""
    wanted = select(Area.key).join(Equipment, Equipment.area_id == Area.id).where(Equipment.id == gauge_id)
    return db.session.scalar(wanted) or ""


def first_of(row_id: int) -> int:
    """Return the id of the row that was given first, where one is the correction of another."""
    found = db.session.get_one(InUseCheck, row_id)
    while found.corrects_id is not None:
        found = db.session.get_one(InUseCheck, found.corrects_id)
    return found.id


@dataclass(frozen=True)
class Baseline:
    """Where the chart of a series begins, and what is usual since: None while there are too few values."""

    since: datetime | None
    parameters: Mapping[str, Any] | None

    def holds(self, at: datetime) -> bool:
        """Tell whether the limits were frozen from values of a time in which this moment lies."""
        if self.parameters is None:
            return False
        first, last = (datetime.fromisoformat(self.parameters[end]) for end in ("first", "last"))
        return first <= at <= last

    def judges(self, at: datetime) -> bool:
        """Tell whether the limits stood before this moment."""
        return self.parameters is not None and at > datetime.fromisoformat(self.parameters["last"])


def baseline(gauge_id: int, series: int) -> Baseline:
    """Return the baseline of a series as it stands."""
    b = InUseBaseline
    rows = db.session.scalars(select(b).where(b.gauge_id == gauge_id, b.series == series).order_by(b.id)).all()
    if not rows:
        return Baseline(None, None)
    return Baseline(rows[-1].since, rows[-1].parameters)


# --- lists ---


@dataclass(frozen=True)
class CheckedGauge:
    """One line of the list of checked gauges."""

    found: InForce
    area: str
    due: date | None
    held: bool
    status: str
    last_at: datetime | None
    last_outcome: str


def checked_gauges(area_id: int | None = None, *, due_until: date | None = None) -> list[CheckedGauge]:
    """Return the gauges that are checked in use, by code; those of one area, or those due until a day and in use."""
    c = InUseCheck
    held = select(EquipmentHold.id).where(EquipmentHold.equipment_id == Equipment.id, EquipmentHold.lifted_at.is_(None))
    statement = (
        _in_force()
        .add_columns(EquipmentDue.due, held.exists().label("held"), Gauge.status, c.performed_at, c.outcome)
        .join(Gauge, Gauge.equipment_id == Equipment.id)
        .outerjoin(EquipmentDue, and_(EquipmentDue.equipment_id == Equipment.id, EquipmentDue.work == KIND))
        .outerjoin(c, c.id == _last_id())
        .order_by(Equipment.code)
    )
    if area_id is not None:
        statement = statement.where(or_(Equipment.area_id == area_id, Equipment.area_id.is_(None)))
    if due_until is not None:
        statement = statement.where(EquipmentDue.due <= due_until, Gauge.status.in_(FALLS_DUE))
    lines = [
        CheckedGauge(_read(each), "", each.due, each.held, each.status, each.performed_at, each.outcome or "")
        for each in db.session.execute(statement)
    ]
    return [line for line in lines if not line.found.check.ended]


def _last_id() -> Any:
    c, later = aliased(InUseCheck), aliased(InUseCheck)
    return (
        select(c.id)
        .outerjoin(later, later.corrects_id == c.id)
        .where(c.gauge_id == Equipment.id, later.id.is_(None), c.outcome != Outcome.IN_ERROR)
        .order_by(c.performed_at.desc(), c.id.desc())
        .limit(1)
        .correlate(Equipment)
        .scalar_subquery()
    )


@dataclass(frozen=True)
class FailedGauge:
    """A gauge that failed its check and that quality is to look at."""

    code: str
    name: str
    words: str
    raised_at: datetime


def failed_gauges() -> list[FailedGauge]:
    """Return the gauges that wait for quality, the oldest first."""
    rows = db.session.execute(
        select(Equipment.code, Equipment.name, Task.words, Task.raised_at)
        .join(Task, Task.equipment_id == Equipment.id)
        .where(Task.kind == KIND, Task.done_at.is_(None))
        .order_by(Task.id)
    )
    return [FailedGauge(*each) for each in rows]
