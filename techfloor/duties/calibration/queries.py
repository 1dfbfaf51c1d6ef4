"""Reads of calibrations: the one on the bench, lists, a gauge's history."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy import Row, and_, or_, select
from sqlalchemy.orm import aliased

from techfloor.duties.calibration import results
from techfloor.duties.calibration.models import Ambient, Calibration, Reading, StandardUsed
from techfloor.duties.calibration.procedure import Item, ItemFunction, PlannedPoint, Procedure, read_procedure
from techfloor.duties.calibration.results import ReadingFacts, RunResult
from techfloor.duties.calibration.rules import StandardFacts
from techfloor.equipment.models import (
    Equipment,
    EquipmentDue,
    EquipmentHold,
    Gauge,
    GaugeFunction,
    Standard,
    StandardCertificate,
)
from techfloor.measures.quantity import plain
from techfloor.people.models import Person
from techfloor.places.models import Area, Station
from techfloor.records.models import Attachment, Definition, Record, Revision
from techfloor.refusals import NotFound, Refusal
from techfloor.store import db

T = TypeVar("T")

KIND = "calibration"
WORK = "calibration"
IN_PROGRESS, PERFORMED, CLOSED, REJECTED, DISCONTINUED = (
    "in progress",
    "performed",
    "closed",
    "rejected",
    "discontinued",
)
PAGE = 50


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
    held: tuple[str, ...]
    sent_on: date | None
    expected_back: date | None
    item: Item
    range_text: str
    resolution_text: str


def gauge_by_code(code: str) -> GaugeFacts:
    """Return a gauge; raises NotFound for a code that is no gauge's."""
    row = db.session.execute(
        select(Equipment, Gauge, Area.name.label("area"), Station.code.label("station"), EquipmentDue.due)
        .join(Gauge, Gauge.equipment_id == Equipment.id)
        .outerjoin(Area, Area.id == Equipment.area_id)
        .outerjoin(Station, Station.id == Equipment.station_id)
        .outerjoin(EquipmentDue, and_(EquipmentDue.equipment_id == Equipment.id, EquipmentDue.work == WORK))
        .where(Equipment.code == code)
    ).one_or_none()
    if row is None:
        raise NotFound("There is no gauge %(code)s. Check the code on its label.", code=code)
    return _gauge_facts(row)


def _gauge_facts(row: Any) -> GaugeFacts:
    equipment: Equipment = row.Equipment
    gauge: Gauge = row.Gauge
    functions = db.session.scalars(
        select(GaugeFunction).where(GaugeFunction.gauge_id == equipment.id).order_by(GaugeFunction.place)
    ).all()
    holds = db.session.scalars(
        select(EquipmentHold.words).where(EquipmentHold.equipment_id == equipment.id, EquipmentHold.lifted_at.is_(None))
    ).all()
    first = functions[0] if functions else None
    return GaugeFacts(
        id=equipment.id,
        code=equipment.code,
        name=equipment.name,
        kind=gauge.kind,
        serial=equipment.serial,
        maker=equipment.maker,
        place=", ".join(part for part in (row.area, row.station) if part),
        status=gauge.status,
        limited_use=gauge.limited_use,
        interval_months=gauge.interval_months,
        calibrated_by=gauge.calibrated_by,
        procedure_id=gauge.procedure_id,
        due=row.due,
        held=tuple(holds),
        sent_on=gauge.sent_on,
        expected_back=gauge.expected_back,
        item=Item(tuple(_item_function(f) for f in functions), gauge.point_set, gauge.loads),
        range_text=_range_text(first),
        resolution_text=f"{plain(first.resolution)} {first.unit}" if first and first.resolution else "",
    )


def _item_function(function: GaugeFunction) -> ItemFunction:
    return ItemFunction(
        name=function.name,
        unit=function.unit,
        high=_text(function.high),
        resolution=_text(function.resolution),
        reads_to=_text(function.reads_to),
        tolerance=function.tolerance,
    )


def _text(value: Decimal | None) -> str:
    return "" if value is None else plain(value)


def _range_text(function: GaugeFunction | None) -> str:
    if function is None or function.low is None or function.high is None:
        return ""
    return f"{plain(function.low)} to {plain(function.high)} {function.unit}"


def procedure_in_force(gauge: GaugeFacts) -> tuple[Revision, Procedure]:
    """Return the revision of the gauge's procedure in force; raises Refusal when there is none."""
    row = None
    if gauge.procedure_id is not None:
        row = db.session.execute(
            select(Revision, Definition)
            .join(Definition, Definition.id == Revision.definition_id)
            .where(Revision.definition_id == gauge.procedure_id, Revision.state == "effective")
        ).one_or_none()
    if row is None:
        raise Refusal("%(code)s has no calibration procedure in force. Ask quality to approve one.", code=gauge.code)
    return row.Revision, _procedure(row.Definition, row.Revision)


def _procedure(definition: Definition, revision: Revision) -> Procedure:
    body = revision.body
    assert isinstance(body, dict)
    return read_procedure(definition.code, revision.version, definition.title, body)


@dataclass(frozen=True)
class StandardOnBench:
    """A standard with the certificate it stood under."""

    id: int
    code: str
    name: str
    serial: str
    unit: str
    certificate_id: int
    certificate: str
    laboratory: str
    issued: date
    valid_until: date
    uncertainty_text: str
    facts: StandardFacts


def standard_facts(code: str, certificate: StandardCertificate) -> StandardFacts:
    """Return the certified values of a certificate, ready for rules."""
    certified = {
        row["nominal"]: (Decimal(row["value"]), Decimal(row["u"]) if row.get("u") else None)
        for row in certificate.certified
    }
    return StandardFacts(code, certified)


@dataclass(frozen=True)
class AmbientValue:
    """A condition of the room, as it was given."""

    quantity: str
    value: Decimal
    unit: str
    limits: str
    within: bool


@dataclass(frozen=True)
class GivenReading:
    """A reading as a page or the certificate shows it."""

    id: int
    facts: ReadingFacts
    note: str
    by: str
    performed_at: datetime
    recorded_at: datetime
    corrects_id: int | None
    correction: str
    confirmed_slip: bool


@dataclass(frozen=True)
class Bench:
    """A calibration with everything that belongs to it."""

    record: Record
    body: Calibration
    gauge: GaugeFacts
    procedure: Procedure
    plan: tuple[PlannedPoint, ...]
    standards: tuple[StandardOnBench, ...]
    ambient: tuple[AmbientValue, ...]
    given: tuple[GivenReading, ...]
    performer: str
    names: Mapping[int, str] = field(default_factory=dict)

    @property
    def number(self) -> str:
        """The record's number."""
        return self.record.number

    @property
    def standard(self) -> StandardFacts | None:
        """The standard that gives the reference values: the first."""
        return self.standards[0].facts if self.standards else None

    @property
    def counting(self) -> tuple[GivenReading, ...]:
        """The readings that count: those that no correction has replaced."""
        replaced = {g.corrects_id for g in self.given}
        return tuple(g for g in self.given if g.id not in replaced)

    def readings(self) -> list[ReadingFacts]:
        """Return the facts of the readings that count."""
        return [g.facts for g in self.counting]

    def run(self, run: str) -> RunResult:
        """Add up one run."""
        return results.run_result(self.procedure, self.plan, self.readings(), run, self.standard)

    def point(self, n: int) -> PlannedPoint:
        """Return a planned point; raises NotFound for a number that is not planned."""
        if not 1 <= n <= len(self.plan):
            raise NotFound("This calibration has no such point.")
        return self.plan[n - 1]


def record_row(number: str) -> Record:
    """Return the newest version of a calibration's header; raises NotFound."""
    found = db.session.scalar(
        select(Record).where(Record.kind == KIND, Record.number == number).order_by(Record.version.desc()).limit(1)
    )
    if found is None:
        raise NotFound("There is no calibration %(number)s.", number=number)
    return found


def bench(number: str) -> Bench:
    """Return a calibration with everything that belongs to it; raises NotFound."""
    record = record_row(number)
    body = db.session.get_one(Calibration, record.id)
    code = db.session.scalars(select(Equipment.code).where(Equipment.id == body.gauge_id)).one()
    row = db.session.execute(
        select(Revision, Definition)
        .join(Definition, Definition.id == Revision.definition_id)
        .where(Revision.id == record.revision_id)
    ).one()
    performer = db.session.scalars(select(Person.name).where(Person.id == body.performed_by)).one()
    return Bench(
        record=record,
        body=body,
        gauge=gauge_by_code(code),
        procedure=_procedure(row.Definition, row.Revision),
        plan=tuple(PlannedPoint.from_plain(point) for point in body.plan),
        standards=_standards_used(record.id),
        ambient=_ambient(record.id),
        given=given_readings(record.id),
        performer=performer,
    )


def _standards_used(record_id: int) -> tuple[StandardOnBench, ...]:
    rows = db.session.execute(
        select(Equipment, Standard, StandardCertificate)
        .join(StandardUsed, StandardUsed.standard_id == Equipment.id)
        .join(Standard, Standard.equipment_id == Equipment.id)
        .join(StandardCertificate, StandardCertificate.id == StandardUsed.certificate_id)
        .where(StandardUsed.record_id == record_id)
        .order_by(StandardUsed.id)
    )
    return tuple(on_bench(row.Equipment, row.Standard, row.StandardCertificate) for row in rows)


def on_bench(equipment: Equipment, standard: Standard, certificate: StandardCertificate) -> StandardOnBench:
    """Put a standard and its certificate together."""
    return StandardOnBench(
        id=equipment.id,
        code=equipment.code,
        name=equipment.name,
        serial=equipment.serial,
        unit=standard.unit,
        certificate_id=certificate.id,
        certificate=certificate.number,
        laboratory=certificate.laboratory,
        issued=certificate.issued,
        valid_until=certificate.valid_until,
        uncertainty_text=certificate.uncertainty_text,
        facts=standard_facts(equipment.code, certificate),
    )


def _ambient(record_id: int) -> tuple[AmbientValue, ...]:
    rows = db.session.scalars(select(Ambient).where(Ambient.record_id == record_id).order_by(Ambient.id))
    return tuple(AmbientValue(a.quantity, a.value, a.unit, a.limits, a.within) for a in rows)


def given_readings(record_id: int) -> tuple[GivenReading, ...]:
    """Return every reading of a calibration, also those that were corrected, in the order they were given."""
    rows = db.session.execute(
        select(Reading.__table__, Person.name.label("by"))
        .join(Person, Person.id == Reading.by_id)
        .where(Reading.record_id == record_id)
        .order_by(Reading.id)
    )
    return tuple(_given_reading(row) for row in rows)


def _given_reading(row: Row[Any]) -> GivenReading:
    facts = ReadingFacts(
        row.run,
        row.point,
        row.repeat,
        row.reference,
        row.indication,
        row.error,
        row.lower,
        row.upper,
        row.u,
        row.k,
        row.verdict,
        row.cannot_measure,
    )
    return GivenReading(
        row.id,
        facts,
        row.note,
        row.by,
        row.performed_at,
        row.recorded_at,
        row.corrects_id,
        row.correction,
        row.confirmed_slip,
    )


def last_ambient(person_id: int, since: datetime) -> dict[str, Decimal]:
    """Return the room as a person last gave it, none when that was before `since`."""
    record_id = db.session.scalar(
        select(Record.id)
        .where(Record.kind == KIND, Record.opened_by == person_id, Record.performed_at >= since)
        .order_by(Record.performed_at.desc())
        .limit(1)
    )
    return {} if record_id is None else {a.quantity: a.value for a in _ambient(record_id)}


def open_on_gauge(gauge_id: int) -> str | None:
    """Return the number of the calibration in progress on a gauge."""
    return db.session.scalar(
        select(Record.number).where(Record.kind == KIND, Record.equipment_id == gauge_id, Record.state == IN_PROGRESS)
    )


def revision_used_before(revision_id: int, record_id: int) -> bool:
    """Tell whether another calibration was signed under this revision before."""
    return (
        db.session.scalar(
            select(Record.id)
            .where(Record.revision_id == revision_id, Record.id != record_id, Record.state == CLOSED)
            .limit(1)
        )
        is not None
    )


def earlier_values(gauge_id: int, point: PlannedPoint, *, typed: str, before: int, limit: int = 5) -> list[Decimal]:
    """Return what was read at a point in the last calibrations of a gauge, newest first, for the slip question."""
    column = Reading.reference if typed == "reference" else Reading.indication
    rows = db.session.scalars(
        select(column)
        .join(Calibration, Calibration.record_id == Reading.record_id)
        .where(
            Calibration.gauge_id == gauge_id,
            Reading.record_id < before,
            Reading.point == point.n,
            Reading.run == results.AS_FOUND,
            column.is_not(None),
        )
        .order_by(Reading.id.desc())
        .limit(limit)
    )
    return [value for value in rows if value is not None]


@dataclass(frozen=True)
class ListFilter:
    """What a list page shows, and after which line it goes on."""

    state: str = ""
    gauge_id: int | None = None
    numbers: tuple[str, ...] | None = None
    before: tuple[datetime, int] | None = None


@dataclass(frozen=True)
class Line:
    """One line of the list."""

    id: int
    number: str
    state: str
    performed_at: datetime
    gauge_code: str
    gauge_name: str
    by: str
    as_found: str
    as_left: str
    worst_found: str
    worst_left: str
    source: str
    closed_at: datetime | None


def _lines(kind: type[T], rows: Iterable[Any]) -> list[T]:
    return [kind(*row) for row in rows]


def list_page(wanted: ListFilter) -> list[Line]:
    """Return up to PAGE + 1 lines, newest first: one statement, by key."""
    query = (
        select(
            Record.id,
            Record.number,
            Record.state,
            Record.performed_at,
            Equipment.code,
            Equipment.name,
            Person.name.label("by"),
            Calibration.as_found,
            Calibration.as_left,
            Calibration.worst_found,
            Calibration.worst_left,
            Calibration.source,
            Record.closed_at,
        )
        .join(Calibration, Calibration.record_id == Record.id)
        .join(Equipment, Equipment.id == Record.equipment_id)
        .join(Person, Person.id == Calibration.performed_by)
        .where(Record.kind == KIND)
        .order_by(Record.performed_at.desc(), Record.id.desc())
        .limit(PAGE + 1)
    )
    if wanted.state:
        query = query.where(Record.state == wanted.state)
    if wanted.gauge_id is not None:
        query = query.where(Record.equipment_id == wanted.gauge_id)
    if wanted.numbers is not None:
        query = query.where(Record.number.in_(wanted.numbers))
    if wanted.before is not None:
        moment, last_id = wanted.before
        query = query.where(
            Record.performed_at <= moment,
            or_(Record.performed_at < moment, Record.id < last_id),
        )
    return _lines(Line, db.session.execute(query))


@dataclass(frozen=True)
class Waiting:
    """A calibration that waits for a review, with what is unusual about it."""

    number: str
    content_sha256: str
    performed_at: datetime
    gauge_code: str
    gauge_name: str
    by: str
    as_found: str
    as_left: str
    worst_found: str
    exceptions: list[str]


def waiting_for_review(person_id: int, *, two_persons: bool, limit: int = 200) -> list[Waiting]:
    """Return what waits for a review by this person, oldest first; not their own where two persons are asked for."""
    query = (
        select(
            Record.number,
            Record.content_sha256,
            Record.performed_at,
            Equipment.code,
            Equipment.name,
            Person.name.label("by"),
            Calibration.as_found,
            Calibration.as_left,
            Calibration.worst_found,
            Calibration.exceptions,
        )
        .join(Calibration, Calibration.record_id == Record.id)
        .join(Equipment, Equipment.id == Record.equipment_id)
        .join(Person, Person.id == Calibration.performed_by)
        .where(Record.kind == KIND, Record.state == PERFORMED)
        .order_by(Record.performed_at, Record.id)
        .limit(limit)
    )
    if two_persons:
        query = query.where(Calibration.performed_by != person_id)
    return _lines(Waiting, db.session.execute(query))


def attachments(record_id: int) -> list[Attachment]:
    """Return the files that belong to a calibration."""
    return list(db.session.scalars(select(Attachment).where(Attachment.record_id == record_id).order_by(Attachment.id)))


@dataclass(frozen=True)
class DuePoint:
    """A gauge that is due, for the home page."""

    code: str
    name: str
    due: date
    area_id: int | None
    status: str
    open_number: str | None


def due_gauges(until: date, area_id: int | None, *, limit: int = 20) -> list[DuePoint]:
    """Return the gauges due up to a day that are calibrated in house, soonest first; of one area, or of all."""
    open_record, done = aliased(Record), aliased(Record)
    # A gauge whose calibration waits for its review is due to the reviewer, not to the technician.
    waiting = select(done.id).where(done.equipment_id == Equipment.id, done.kind == KIND, done.state == PERFORMED)
    query = (
        select(Equipment.code, Equipment.name, EquipmentDue.due, Equipment.area_id, Gauge.status, open_record.number)
        .join(Equipment, Equipment.id == EquipmentDue.equipment_id)
        .join(Gauge, Gauge.equipment_id == Equipment.id)
        .outerjoin(
            open_record,
            and_(
                open_record.equipment_id == Equipment.id,
                open_record.kind == KIND,
                open_record.state == IN_PROGRESS,
            ),
        )
        .where(
            EquipmentDue.work == WORK,
            EquipmentDue.due <= until,
            Gauge.status.in_(("in use", "limited use", "calibrate before use")),
            ~waiting.exists(),
        )
        .order_by(EquipmentDue.due, Equipment.code)
        .limit(limit)
    )
    if area_id is not None:
        query = query.where(Equipment.area_id == area_id)
    return _lines(DuePoint, db.session.execute(query))


@dataclass(frozen=True)
class UnderWay:
    """A calibration that somebody has begun and not signed."""

    number: str
    code: str
    name: str
    opened_at: datetime


def in_progress_of(person_id: int, *, limit: int = 20) -> list[UnderWay]:
    """Return the calibrations that a person has under way, the newest first."""
    rows = db.session.execute(
        select(Record.number, Equipment.code, Equipment.name, Record.opened_at)
        .join(Equipment, Equipment.id == Record.equipment_id)
        .join(Calibration, Calibration.record_id == Record.id)
        .where(
            Record.kind == KIND,
            Record.state == IN_PROGRESS,
            Record.opened_by == person_id,
            Calibration.source == "in house",
        )
        .order_by(Record.opened_at.desc())
        .limit(limit)
    )
    return _lines(UnderWay, rows)
