"""Reads of calibrations: the one on the bench, lists, a gauge's history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, select

from techfloor.duties.calibration import results
from techfloor.duties.calibration.certified import StandardFacts
from techfloor.duties.calibration.drift import PointKey
from techfloor.duties.calibration.models import Ambient, Calibration, Reading, StandardUsed
from techfloor.duties.calibration.procedure import Item, ItemFunction, PlannedPoint, Procedure, read_procedure
from techfloor.duties.calibration.results import ReadingFacts, RunResult
from techfloor.equipment.models import (
    Equipment,
    EquipmentDue,
    EquipmentHold,
    Gauge,
    GaugeFunction,
    Standard,
    StandardCertificate,
)
from techfloor.equipment.shapes import CertificateView, StandardView
from techfloor.measures.quantity import plain
from techfloor.people.models import Person
from techfloor.places.models import Area, Station
from techfloor.records.lifecycle import State
from techfloor.records.models import Attachment, Definition, Record, Revision
from techfloor.refusals import NotFound, Refusal
from techfloor.store import db

KIND = "calibration"
WORK = "calibration"
IN_PROGRESS, PERFORMED, CLOSED, REJECTED, DISCONTINUED = State


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


# What every reading asks for is put together once, and where plain rows will do, from tables past the mapper:
# building and mapping take longer than SQLite's answer.
_functions, _holds, _ambients, _readings = (
    kind.__table__.c for kind in (GaugeFunction, EquipmentHold, Ambient, Reading)
)
_persons, _calibrations, _records = (kind.__table__.c for kind in (Person, Calibration, Record))
_equipment, _gauges, _dues = (kind.__table__.c for kind in (Equipment, Gauge, EquipmentDue))
_areas, _stations = (kind.__table__.c for kind in (Area, Station))
_standards, _certificates, _used = (kind.__table__.c for kind in (Standard, StandardCertificate, StandardUsed))
_definitions, _revisions = (kind.__table__.c for kind in (Definition, Revision))

_GAUGE_COLUMNS = (
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
_GAUGES = (
    Equipment.__table__.join(Gauge.__table__, _gauges.equipment_id == _equipment.id)
    .outerjoin(Area.__table__, _areas.id == _equipment.area_id)
    .outerjoin(Station.__table__, _stations.id == _equipment.station_id)
    .outerjoin(EquipmentDue.__table__, and_(_dues.equipment_id == _equipment.id, _dues.work == WORK))
)
_GAUGE = select(*_GAUGE_COLUMNS).select_from(_GAUGES).where(_equipment.code == bindparam("code"))
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
_HOLDS = select(_holds.words).where(_holds.equipment_id == bindparam("gauge"), _holds.lifted_at.is_(None))


def gauge_by_code(code: str) -> GaugeFacts:
    """Return a gauge by its code, typed in any case; raises NotFound for a code that is no gauge's."""
    row = db.session.execute(_GAUGE, {"code": code.strip().upper()}).one_or_none()
    if row is None:
        raise NotFound("There is no gauge %(code)s. Check the code on its label.", code=code)
    return _gauge_facts(row)


def _gauge_facts(row: Any) -> GaugeFacts:
    functions = db.session.execute(_FUNCTIONS, {"gauge": row.gauge_id}).all()
    holds = db.session.scalars(_HOLDS, {"gauge": row.gauge_id}).all()
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
        held=tuple(holds),
        sent_on=row.sent_on,
        expected_back=row.expected_back,
        item=Item(tuple(_item_function(f) for f in functions), row.point_set, row.loads),
        range_text=_range_text(first),
        resolution_text=f"{plain(first.resolution)} {first.unit}" if first and first.resolution else "",
    )


def _item_function(function: Any) -> ItemFunction:
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


def _range_text(function: Any) -> str:
    if function is None or function.low is None or function.high is None:
        return ""
    return f"{plain(function.low)} to {plain(function.high)} {function.unit}"


def procedure_in_force(gauge: GaugeFacts) -> tuple[Revision, Procedure]:
    """Return the revision of the gauge's procedure in force; raises Refusal when there is none."""
    found = in_force_under(gauge.procedure_id)
    if found is None:
        raise Refusal("%(code)s has no calibration procedure in force. Ask quality to approve one.", code=gauge.code)
    return found


def in_force_under(definition_id: int | None) -> tuple[Revision, Procedure] | None:
    """Return the revision in force under a definition, and the procedure it holds; None where there is none."""
    row = db.session.execute(
        select(Revision, Definition)
        .join(Definition, Definition.id == Revision.definition_id)
        .where(Revision.definition_id == definition_id, Revision.state == "effective")
    ).one_or_none()
    if row is None:
        return None
    definition, revision = row.Definition, row.Revision
    assert isinstance(revision.body, dict)
    return revision, read_procedure(definition.code, revision.version, definition.title, revision.body)


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


def standard_facts(
    code: str, rows: Sequence[Mapping[str, str]], unit: str, uncertainty: Mapping[str, str]
) -> StandardFacts:
    """Return the certified values of a certificate and the U it states, ready for rules."""
    certified = {row["nominal"]: (Decimal(row["value"]), Decimal(row["u"]) if row.get("u") else None) for row in rows}
    return StandardFacts(code, certified, unit, uncertainty)


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
    by_id: int


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
    _runs: dict[str, RunResult] = field(default_factory=dict, init=False, repr=False, compare=False)

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
        """Add up one run, once: nothing that it rests on changes under a bench."""
        if run not in self._runs:
            self._runs[run] = results.run_result(self.procedure, self.plan, self.readings(), run, self.standard)
        return self._runs[run]

    def point(self, n: int) -> PlannedPoint:
        """Return a planned point; raises NotFound for a number that is not planned."""
        if not 1 <= n <= len(self.plan):
            raise NotFound("This calibration has no such point.")
        return self.plan[n - 1]


_RECORD = (
    select(Record)
    .where(Record.kind == KIND, Record.number == bindparam("number"))
    .order_by(Record.version.desc())
    .limit(1)
)


def record_row(number: str) -> Record:
    """Return the newest version of a calibration's header; raises NotFound."""
    found = db.session.scalar(_RECORD, {"number": number})
    if found is None:
        raise NotFound("There is no calibration %(number)s.", number=number)
    return found


_BENCH = (
    select(Record, Calibration)
    .join(Calibration, Calibration.record_id == Record.id)
    .where(Record.kind == KIND, Record.number == bindparam("number"))
    .order_by(Record.version.desc())
    .limit(1)
)
_AROUND_IT = (
    select(
        _definitions.code.label("procedure_code"),
        _definitions.title.label("procedure_title"),
        _revisions.version.label("procedure_version"),
        _revisions.body.label("procedure_body"),
        _persons.name.label("performer"),
        *_GAUGE_COLUMNS,
    )
    .select_from(_GAUGES)
    .join(Revision.__table__, _revisions.id == bindparam("revision"))
    .join(Definition.__table__, _definitions.id == _revisions.definition_id)
    .join(Person.__table__, _persons.id == bindparam("performer_id"))
    .where(_equipment.id == bindparam("gauge"))
)
_STANDARDS_USED = (
    select(
        _equipment.id,
        _equipment.code,
        _equipment.name,
        _equipment.serial,
        _standards.unit,
        _certificates.id,
        _certificates.number,
        _certificates.laboratory,
        _certificates.issued,
        _certificates.valid_until,
        _certificates.uncertainty_text,
        _certificates.certified,
        _certificates.uncertainty,
    )
    .join_from(StandardUsed.__table__, Equipment.__table__, _equipment.id == _used.standard_id)
    .join(Standard.__table__, _standards.equipment_id == _equipment.id)
    .join(StandardCertificate.__table__, _certificates.id == _used.certificate_id)
    .where(_used.record_id == bindparam("record"))
    .order_by(_used.id)
)
_AMBIENT = (
    select(_ambients.quantity, _ambients.value, _ambients.unit, _ambients.limits, _ambients.within)
    .where(_ambients.record_id == bindparam("record"))
    .order_by(_ambients.id)
)
_GIVEN = (
    select(
        _readings.id,
        _readings.run,
        _readings.point,
        _readings.repeat,
        _readings.reference,
        _readings.indication,
        _readings.error,
        _readings.lower,
        _readings.upper,
        _readings.u,
        _readings.k,
        _readings.verdict,
        _readings.cannot_measure,
        _readings.note,
        _persons.name.label("by"),
        _readings.by_id,
        _readings.performed_at,
        _readings.recorded_at,
        _readings.corrects_id,
        _readings.correction,
        _readings.confirmed_slip,
    )
    .join_from(Reading.__table__, Person.__table__, _persons.id == _readings.by_id)
    .where(_readings.record_id == bindparam("record"), _readings.id > bindparam("after"))
    .order_by(_readings.id)
)


def bench(number: str) -> Bench:
    """Return a calibration with everything that belongs to it; raises NotFound."""
    row: Any = db.session.execute(_BENCH, {"number": number}).one_or_none()
    if row is None:
        raise NotFound("There is no calibration %(number)s.", number=number)
    record, body = row.Record, row.Calibration
    wanted = {"revision": record.revision_id, "performer_id": body.performed_by, "gauge": body.gauge_id}
    around: Any = db.session.execute(_AROUND_IT, wanted).one()
    return Bench(
        record=record,
        body=body,
        gauge=_gauge_facts(around),
        procedure=read_procedure(
            around.procedure_code, around.procedure_version, around.procedure_title, around.procedure_body
        ),
        plan=tuple(PlannedPoint.from_plain(point) for point in body.plan),
        standards=_standards_used(record.id),
        ambient=_ambient(record.id),
        given=given_readings(record.id),
        performer=around.performer,
    )


_STANDARD_COLUMNS = tuple(field.name for field in fields(StandardOnBench) if field.name != "facts")


def _standards_used(record_id: int) -> tuple[StandardOnBench, ...]:
    rows: Any = db.session.execute(_STANDARDS_USED, {"record": record_id})
    return tuple(_standard_used(row) for row in rows)


def _standard_used(row: Any) -> StandardOnBench:
    columns = dict(zip(_STANDARD_COLUMNS, row[:-2], strict=True))
    return StandardOnBench(**columns, facts=standard_facts(row.code, row.certified, row.unit, row.uncertainty))


def on_bench(standard: StandardView, certificate: CertificateView) -> StandardOnBench:
    """Put a standard and its certificate together."""
    return StandardOnBench(
        id=standard.id,
        code=standard.code,
        name=standard.name,
        serial=standard.serial,
        unit=standard.unit,
        certificate_id=certificate.id,
        certificate=certificate.number,
        laboratory=certificate.laboratory,
        issued=certificate.issued,
        valid_until=certificate.valid_until,
        uncertainty_text=certificate.uncertainty_text,
        facts=standard_facts(standard.code, certificate.certified, standard.unit, certificate.uncertainty),
    )


def _ambient(record_id: int) -> tuple[AmbientValue, ...]:
    return tuple(AmbientValue(*row) for row in db.session.execute(_AMBIENT, {"record": record_id}))


def given_readings(record_id: int, *, after: int = 0) -> tuple[GivenReading, ...]:
    """Return the readings of a calibration in the order they were given, also those that were corrected.

    With `after`, the id of a reading, only what was given after that one.
    """
    rows = db.session.execute(_GIVEN, {"record": record_id, "after": after})
    return tuple(_given_reading(row) for row in rows)


def _given_reading(row: Any) -> GivenReading:
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
        row.by_id,
    )


@dataclass(frozen=True)
class LastRoom:
    """The room as somebody last gave it, and when."""

    at: datetime
    values: Mapping[str, Decimal]


def last_ambient(person_id: int, since: datetime) -> LastRoom | None:
    """Return the room as a person last gave it, None when that was before `since`."""
    row: Any = db.session.execute(
        select(Record.id, Record.opened_at)
        .where(Record.kind == KIND, Record.opened_by == person_id, Record.opened_at >= since)
        .order_by(Record.opened_at.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else LastRoom(row.opened_at, {a.quantity: a.value for a in _ambient(row.id)})


def opener(bench: Bench) -> str:
    """Return the name of the person who opened a calibration."""
    return db.session.scalars(select(Person.name).where(Person.id == bench.record.opened_by)).one()


def newest_number(gauge_id: int) -> str | None:
    """Return the number of the newest calibration of a gauge."""
    return db.session.scalar(
        select(Record.number)
        .where(Record.kind == KIND, Record.equipment_id == gauge_id)
        .order_by(Record.id.desc())
        .limit(1)
    )


def open_on_gauge(gauge_id: int) -> str | None:
    """Return the number of the calibration in progress on a gauge."""
    return db.session.scalar(
        select(Record.number).where(Record.kind == KIND, Record.equipment_id == gauge_id, Record.state == IN_PROGRESS)
    )


def last_good(bench: Bench) -> Record | None:
    """Return the calibration before this one in which the gauge was within tolerance as it went."""
    went = func.coalesce(func.nullif(Calibration.as_left, ""), Calibration.as_found)
    return db.session.scalar(
        select(Record)
        .join(Calibration, Calibration.record_id == Record.id)
        .where(
            Record.kind == KIND,
            Record.equipment_id == bench.gauge.id,
            Record.state.in_((PERFORMED, CLOSED)),
            Record.performed_at < bench.record.performed_at,
            went.in_(("pass", "conditional pass")),
        )
        .order_by(Record.performed_at.desc(), Record.id.desc())
        .limit(1)
    )


def revision_used_before(revision_id: int, record_id: int) -> bool:
    """Tell whether another calibration was signed under this revision before."""
    return (
        db.session.scalar(
            select(Record.id)
            .where(Record.revision_id == revision_id, Record.id != record_id, Record.content_sha256.is_not(None))
            .limit(1)
        )
        is not None
    )


_newest_signed = (
    select(_calibrations.record_id)
    .join_from(Calibration.__table__, Record.__table__, _records.id == _calibrations.record_id)
    .where(
        _calibrations.gauge_id == bindparam("gauge"),
        _calibrations.record_id < bindparam("before"),
        _records.content_sha256.is_not(None),
    )
    .order_by(_calibrations.record_id.desc())
    .limit(bindparam("most"))
    .subquery("newest_signed")
)
_newer = Reading.__table__.alias("newer")


def _earlier(column: Any) -> Select[*tuple[Any, ...]]:
    return (
        select(column)
        .join_from(_newest_signed, Reading.__table__, _readings.record_id == _newest_signed.c.record_id)
        .where(
            _readings.place == bindparam("place"),
            _readings.run == results.AS_FOUND,
            column.is_not(None),
            ~select(_newer.c.id).where(_newer.c.corrects_id == _readings.id).exists(),
        )
        .order_by(_readings.id.desc())
        .limit(bindparam("most"))
    )


_EARLIER_REFERENCES, _EARLIER_INDICATIONS = _earlier(_readings.reference), _earlier(_readings.indication)


def earlier_values(gauge_id: int, point: PlannedPoint, *, typed: str, before: int, limit: int = 5) -> list[Decimal]:
    """Return what was read at a point in the last signed calibrations of a gauge, newest first, as it counts there.

    The point is the same by what it is: another version of the procedure may number it differently.
    """
    query = _EARLIER_REFERENCES if typed == "reference" else _EARLIER_INDICATIONS
    wanted = {"gauge": gauge_id, "before": before, "most": limit, "place": PointKey.of(point).text}
    return [value for value in db.session.scalars(query, wanted) if value is not None]


def attachments(record_id: int) -> list[Attachment]:
    """Return the files that belong to a calibration."""
    return list(db.session.scalars(select(Attachment).where(Attachment.record_id == record_id).order_by(Attachment.id)))
