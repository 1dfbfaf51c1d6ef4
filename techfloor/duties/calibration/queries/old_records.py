"""Reads of what stands from the old records: lines of a gauge with the file they came from, what they found."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import aliased

from techfloor.duties.calibration.models import OldCalibration
from techfloor.duties.calibration.queries.records import KIND
from techfloor.duties.calibration.rules.drift import FoundReading
from techfloor.duties.calibration.rules.old_records import OldEntry, OldReading, found_of, number_of
from techfloor.duties.calibration.rules.procedure import PlannedPoint
from techfloor.equipment.models import Equipment, EquipmentDue, Gauge
from techfloor.equipment.rules import plant_day
from techfloor.equipment.statuses import Kind
from techfloor.imports.models import ImportRun
from techfloor.people.models import Person
from techfloor.records import versions
from techfloor.records.models import Record
from techfloor.refusals import NotFound
from techfloor.store import db


@dataclass(frozen=True)
class OldLine:
    """A line from the old records: what it says, and who brought it in when, from which file."""

    id: int
    gauge_id: int
    code: str
    name: str
    entry: OldEntry
    use: Fraction | None
    run_id: int
    file: str
    sha256: str
    by: str
    at: datetime
    ended_at: datetime | None
    ended_by: str | None
    ended_why: str

    @property
    def number(self) -> str:
        """By what it is named beside records."""
        return number_of(self.id)


def _lines(*conditions: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    ender = aliased(Person)
    return (
        select(
            OldCalibration,
            Equipment.code,
            Equipment.name,
            ImportRun.name,
            ImportRun.sha256,
            Person.name,
            ImportRun.at,
            ender.name,
        )
        .join(Equipment, Equipment.id == OldCalibration.gauge_id)
        .join(ImportRun, ImportRun.id == OldCalibration.run_id)
        .join(Person, Person.id == ImportRun.by_id)
        .outerjoin(ender, ender.id == OldCalibration.ended_by)
        .where(*conditions)
        .order_by(OldCalibration.performed_on.desc(), OldCalibration.id.desc())
    )


def _line(found: Any) -> OldLine:
    row, code, name, file, sha256, by, at, ended_by = found
    return OldLine(
        id=row.id,
        gauge_id=row.gauge_id,
        code=code,
        name=name,
        entry=entry_of(row),
        use=Fraction(row.use) if row.use else None,
        run_id=row.run_id,
        file=file,
        sha256=sha256,
        by=by,
        at=at,
        ended_at=row.ended_at,
        ended_by=ended_by,
        ended_why=row.ended_why,
    )


def entry_of(row: OldCalibration) -> OldEntry:
    """Return a line as it was entered."""
    kept = {each.name: getattr(row, each.name) for each in fields(OldEntry)}
    return OldEntry(**{**kept, "readings": tuple(OldReading(**reading) for reading in row.readings)})


STANDING = OldCalibration.ended_at.is_(None)


def lines_of(gauge_id: int, *, limit: int = 60) -> list[OldLine]:
    """Return what stands of a gauge from the old records, the newest first."""
    rows = db.session.execute(_lines(OldCalibration.gauge_id == gauge_id, STANDING).limit(limit))
    return [_line(row) for row in rows]


def line_by_id(line_id: int) -> OldLine:
    """Return one line, withdrawn or not; raises NotFound."""
    found = db.session.execute(_lines(OldCalibration.id == line_id)).one_or_none()
    if found is None:
        raise NotFound("There is no such line from the old records.")
    return _line(found)


def found_readings(lines: Sequence[OldLine], plan: Sequence[PlannedPoint]) -> list[FoundReading]:
    """Return what was found at each point, the points of a plan as it names them."""
    return [each for line in lines for each in found_of(line.number, line.entry, line.entry.readings, plan)]


def results(gauges: Sequence[ColumnElement[bool]]) -> list[tuple[int, str, date, str]]:
    """Return (gauge, number, day, verdict as found) of what stands of the gauges that conditions name, by day."""
    o = OldCalibration
    rows = db.session.execute(
        select(o.gauge_id, o.id, o.performed_on, o.as_found)
        .join(Gauge, Gauge.equipment_id == o.gauge_id)
        .where(STANDING, *gauges)
        .order_by(o.performed_on, o.id)
    )
    return [(gauge_id, number_of(line_id), on, verdict) for gauge_id, line_id, on, verdict in rows]


def of_gauges(gauge_ids: Collection[int] | None = None) -> list[tuple[str, OldCalibration]]:
    """Return (code of the gauge, line) of what stands from the old records; of all gauges without `gauge_ids`."""
    wanted = (
        select(Equipment.code, OldCalibration)
        .join(Equipment, Equipment.id == OldCalibration.gauge_id)
        .where(STANDING)
        .order_by(Equipment.code, OldCalibration.performed_on, OldCalibration.id)
    )
    if gauge_ids is not None:
        wanted = wanted.where(OldCalibration.gauge_id.in_(gauge_ids))
    return [(code, row) for code, row in db.session.execute(wanted)]


def calibrated_here(gauge_ids: Collection[int], zone: str) -> dict[tuple[int, date], str]:
    """Return the numbers of the calibrations that count, by gauge and day at the plant."""
    rows = db.session.execute(
        select(Record.equipment_id, Record.performed_at, Record.number).where(
            Record.kind == KIND, Record.equipment_id.in_(gauge_ids), versions.in_force()
        )
    )
    return {(gauge_id, plant_day(at, zone)): number for gauge_id, at, number in rows if gauge_id is not None}


def due_by_record(gauge_ids: Collection[int]) -> set[int]:
    """Return the gauges whose due day follows from a record."""
    d = EquipmentDue
    wanted = select(d.equipment_id).where(d.equipment_id.in_(gauge_ids), d.work == KIND, d.last_record_id.is_not(None))
    return set(db.session.scalars(wanted))


def gauge_codes() -> list[str]:
    """Return the codes of all gauges."""
    return list(db.session.scalars(select(Equipment.code).where(Equipment.kind == Kind.GAUGE)))
