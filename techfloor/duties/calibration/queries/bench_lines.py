"""What lies beside a calibration, as plain rows: its standards, the conditions of the room, its readings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, exists, select

from techfloor.duties.calibration.models import Ambient, Reading, StandardUsed
from techfloor.duties.calibration.rules import results
from techfloor.duties.calibration.rules.certified import StandardFacts
from techfloor.duties.calibration.rules.results import ReadingFacts
from techfloor.equipment.models import Equipment, Standard, StandardCertificate
from techfloor.equipment.shapes import CertificateView, StandardView
from techfloor.people.models import Person
from techfloor.store import db

# What every reading asks for is put together once, and where plain rows will do, from tables past the mapper:
# building and mapping take longer than SQLite's answer.
_ambients, _readings, _persons, _equipment = (kind.__table__.c for kind in (Ambient, Reading, Person, Equipment))
_correction = StandardCertificate.__table__.alias("correction")
_standards, _certificates, _used = (kind.__table__.c for kind in (Standard, StandardCertificate, StandardUsed))


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
    ended_at: datetime | None = None
    """When that certificate was corrected or withdrawn; None while it stands."""
    corrected: bool = False
    """Whether another entry stands in its place."""


def standard_facts(
    code: str, rows: Sequence[Mapping[str, str]], unit: str, uncertainty: Mapping[str, str]
) -> StandardFacts:
    """Return the certified values of a certificate and the U it states, ready for rules."""
    certified = {row["nominal"]: (Decimal(row["value"]), Decimal(row["u"]) if row.get("u") else None) for row in rows}
    return StandardFacts(code, certified, unit, uncertainty)


@dataclass(frozen=True)
class AmbientValue:
    """A condition of the room, as it was given."""

    id: int
    quantity: str
    value: Decimal
    unit: str
    limits: str
    within: bool
    corrects_id: int | None
    correction: str
    by: str
    by_id: int
    recorded_at: datetime


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
    difference: Decimal | None = None

    @property
    def late(self) -> bool:
        """True where it came in later than the way to the server takes; a correction is no entry of its own."""
        return self.corrects_id is None and self.recorded_at - self.performed_at > results.LATE


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
        _certificates.ended_at,
        exists().where(_correction.c.replaces_id == _certificates.id).label("corrected"),
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
    select(
        _ambients.id,
        _ambients.quantity,
        _ambients.value,
        _ambients.unit,
        _ambients.limits,
        _ambients.within,
        _ambients.corrects_id,
        _ambients.correction,
        _persons.name.label("by"),
        _ambients.by_id,
        _ambients.recorded_at,
    )
    .join_from(Ambient.__table__, Person.__table__, _persons.id == _ambients.by_id)
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
        _readings.difference,
    )
    .join_from(Reading.__table__, Person.__table__, _persons.id == _readings.by_id)
    .where(_readings.record_id == bindparam("record"), _readings.id > bindparam("after"))
    .order_by(_readings.id)
)


_STANDARD_COLUMNS = tuple(field.name for field in fields(StandardOnBench) if field.name != "facts")


def standards_used(record_id: int) -> tuple[StandardOnBench, ...]:
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


def ambient_of(record_id: int) -> tuple[AmbientValue, ...]:
    """Return the conditions of the room in which a calibration was begun, as they count."""
    return counting_of(ambient_given(record_id))


def counting_of(given: Sequence[AmbientValue]) -> tuple[AmbientValue, ...]:
    """Return those that no correction has replaced, in the order of the procedure."""
    replaced = {a.corrects_id for a in given}
    order = [a.quantity for a in given]
    return tuple(sorted((a for a in given if a.id not in replaced), key=lambda a: order.index(a.quantity)))


def ambient_given(record_id: int) -> tuple[AmbientValue, ...]:
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
        row.difference,
    )
