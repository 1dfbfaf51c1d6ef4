"""A calibration with everything that belongs to it, as it lies on the bench, and what reads it."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, select

from techfloor.duties.calibration.models import Calibration
from techfloor.duties.calibration.queries.bench_lines import (
    AmbientValue,
    GivenReading,
    StandardOnBench,
    ambient_given,
    counting_of,
    given_readings,
    standards_used,
)
from techfloor.duties.calibration.queries.gauges import GAUGE_COLUMNS, GAUGES, GaugeFacts, gauge_facts
from techfloor.duties.calibration.queries.records import KIND, at_work, standing_row
from techfloor.duties.calibration.rules import results
from techfloor.duties.calibration.rules.certified import StandardFacts
from techfloor.duties.calibration.rules.procedure import Mode, PlannedPoint, Procedure, read_procedure
from techfloor.duties.calibration.rules.results import ReadingFacts, RunResult
from techfloor.equipment.models import Equipment
from techfloor.people.models import Person
from techfloor.records import versions
from techfloor.records.models import Definition, Record, Revision
from techfloor.records.signing import stored_content
from techfloor.refusals import NotFound
from techfloor.store import alone, db

_persons, _equipment = (kind.__table__.c for kind in (Person, Equipment))
_AMENDER = Person.__table__.alias("amender")
_amender = _AMENDER.c
_TRANSCRIBER = Person.__table__.alias("transcriber")
_transcriber = _TRANSCRIBER.c
_definitions, _revisions = (kind.__table__.c for kind in (Definition, Revision))


@dataclass(frozen=True)
class Bench:
    """A calibration with everything that belongs to it."""

    record: Record
    body: Calibration
    gauge: GaugeFacts
    procedure: Procedure
    plan: tuple[PlannedPoint, ...]
    standards: tuple[StandardOnBench, ...]
    ambient_given: tuple[AmbientValue, ...]
    given: tuple[GivenReading, ...]
    performer: str
    amender: str = ""
    transcriber: str = ""
    """Who has the amendment under way, or has signed it; "" in a first version."""
    amends: versions.Amends | None = None
    former: "Bench | None" = None
    """The version that this one replaces."""
    _runs: dict[str, RunResult] = field(default_factory=dict, init=False, repr=False, compare=False)
    _signed: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def number(self) -> str:
        """The record's number."""
        return self.record.number

    @property
    def signed(self) -> dict[str, Any]:
        """The content that was signed, as plain data, read once; raises NotFound where nobody has signed it."""
        if not self._signed:
            self._signed.update(json.loads(stored_content(self.record.id)))
        return self._signed

    @property
    def entered_in_error(self) -> bool:
        """True for an amendment that only says that the version before was entered in error."""
        return self.amends is not None and self.amends.in_error

    @property
    def in_house(self) -> bool:
        """True for what is worked on at the bench; what was entered in error is no certificate to read any more."""
        return self.body.source == "in house" or self.entered_in_error

    @property
    def standard(self) -> StandardFacts | None:
        """The standard that gives the reference values: the first."""
        return self.standards[0].facts if self.standards else None

    def compared_with(self, point: PlannedPoint) -> Decimal | None:
        """Return what a comparison adds its difference to: the certified value of the standard's pieces."""
        if self.procedure.mode is not Mode.comparison or point.role != "point" or self.standard is None:
            return None
        return self.standard.value_of(point.stack, point.value, point.unit)

    @property
    def ambient(self) -> tuple[AmbientValue, ...]:
        """The conditions of the room that count: those that no correction has replaced."""
        return counting_of(self.ambient_given)

    @property
    def counting(self) -> tuple[GivenReading, ...]:
        """The readings that count: those that no correction has replaced."""
        replaced = {g.corrects_id for g in self.given}
        return tuple(g for g in self.given if g.id not in replaced)

    @property
    def holder_id(self) -> int:
        """Who has it under way and signs it: who performs it, types it in from paper, or amends it."""
        return self.body.amended_by or self.record.transcribed_by or self.body.performed_by

    @property
    def holder(self) -> str:
        """The name of who has it under way and signs it."""
        return self.amender or self.transcriber or self.performer

    @property
    def amended_since(self) -> datetime | None:
        """When its first amendment was begun, None where there is none: who types from then on measures nothing."""
        earlier = self.former.amended_since if self.former else None
        return earlier or (self.amends.at if self.amends else None)

    @property
    def measured(self) -> tuple[GivenReading, ...]:
        """The readings that were given at the gauge, also those corrected since; not what an amendment says of them."""
        since = self.amended_since
        return tuple(g for g in self.given if since is None or g.recorded_at < since)

    def reader(self, given: GivenReading) -> str:
        """Return who read a value: of one that an amendment corrected, who read it then."""
        measured, found = {g.id for g in self.measured}, given
        while found.id not in measured and found.corrects_id is not None:
            found = next(g for g in self.given if g.id == found.corrects_id)
        return found.by

    @property
    def typist(self) -> str:
        """The name of who typed it in from paper, also in its amendments; "" of what was read at the bench."""
        return self.former.typist if self.former else self.transcriber

    def entered_by(self, given: GivenReading) -> str:
        """Return who gave a value: of what came from paper who typed it in, from an amendment on who amends."""
        since = self.amended_since
        return (self.typist if since is None or given.recorded_at < since else "") or given.by

    @property
    def measurers(self) -> tuple[str, ...]:
        """The names of all who read a value, also one that was corrected, in the order in which they began."""
        return tuple({g.by_id: g.by for g in self.measured}.values())

    @property
    def only_signer_measured(self) -> bool:
        """True where nobody but its performer read a value; a take-over makes it two, or leaves the performer none."""
        return {g.by_id for g in self.measured} <= {self.body.performed_by}

    @property
    def left_begun(self) -> bool:
        """True once something was read as left: the adjustment stands."""
        return any(g.facts.run == results.AS_LEFT for g in self.given)

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


_BENCH = (
    select(Record, Calibration)
    .join(Calibration, Calibration.record_id == Record.id)
    .where(Record.kind == KIND)
    .execution_options(populate_existing=True)
)
_AT_WORK = at_work(_BENCH.where(Record.number == bindparam("number")))
_BY_ID = _BENCH.where(Record.id == bindparam("id"))
_AROUND_IT = (
    select(
        _definitions.code.label("procedure_code"),
        _definitions.title.label("procedure_title"),
        _revisions.version.label("procedure_version"),
        _revisions.body.label("procedure_body"),
        _persons.name.label("performer"),
        _amender.name.label("amender"),
        _transcriber.name.label("transcriber"),
        *GAUGE_COLUMNS,
    )
    .select_from(GAUGES)
    .join(Revision.__table__, _revisions.id == bindparam("revision"))
    .join(Definition.__table__, _definitions.id == _revisions.definition_id)
    .join(Person.__table__, _persons.id == bindparam("performer_id"))
    .outerjoin(_AMENDER, _amender.id == bindparam("amender_id"))
    .outerjoin(_TRANSCRIBER, _transcriber.id == bindparam("transcriber_id"))
    .where(_equipment.id == bindparam("gauge"))
)


def bench_of(number: str) -> Bench:
    """Return a calibration with everything that belongs to it, to an act alone until it ends; raises NotFound.

    Of several versions it is the one that is worked on, else the one that stands.
    """
    alone(f"record:{number}")
    row: Any = db.session.execute(_AT_WORK, {"number": number}).one_or_none()
    if row is None:
        raise NotFound("There is no calibration with the number “%(number)s”.", number=number)
    return _bench(row.Record, row.Calibration)


def standing_bench(number: str) -> Bench:
    """Return the version of a calibration that stands, to an act alone until it ends; raises NotFound."""
    alone(f"record:{number}")
    return version_bench(standing_row(number).id)


def version_bench(record_id: int) -> Bench:
    """Return one version of a calibration by its key."""
    row: Any = db.session.execute(_BY_ID, {"id": record_id}).one()
    return _bench(row.Record, row.Calibration)


def _bench(record: Record, body: Calibration) -> Bench:
    people = {"performer_id": body.performed_by, "amender_id": body.amended_by}
    people["transcriber_id"] = record.transcribed_by
    wanted = {"revision": record.revision_id, "gauge": body.gauge_id, **people}
    around: Any = db.session.execute(_AROUND_IT, wanted).one()
    return Bench(
        record=record,
        body=body,
        gauge=gauge_facts(around),
        procedure=read_procedure(
            around.procedure_code, around.procedure_version, around.procedure_title, around.procedure_body
        ),
        plan=tuple(PlannedPoint.from_plain(point) for point in body.plan),
        standards=standards_used(record.id),
        ambient_given=ambient_given(record.id),
        given=given_readings(record.id),
        performer=around.performer,
        amender=around.amender or "",
        transcriber=around.transcriber or "",
        amends=versions.amends(record),
        former=None if record.supersedes_id is None else version_bench(record.supersedes_id),
    )


def opener(bench: Bench) -> str:
    """Return the name of the person who opened a calibration."""
    return db.session.scalars(select(Person.name).where(Person.id == bench.record.opened_by)).one()
