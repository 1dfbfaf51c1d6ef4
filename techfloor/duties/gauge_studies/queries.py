"""Reads of gauge studies: one study with all that belongs to it, lists, and what waits for whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import aliased

from techfloor.duties.gauge_studies import rules
from techfloor.duties.gauge_studies.models import GaugeStudy, StudyAppraiser, StudyPart, StudyValue
from techfloor.duties.gauge_studies.permissions import EVALUATORS
from techfloor.duties.gauge_studies.rules import Basis, Near, Sort
from techfloor.equipment.models import Equipment
from techfloor.equipment.rules import plant_day
from techfloor.people.models import Device, Person
from techfloor.people.queries import who_may_be_here
from techfloor.places.queries import PlantFacts
from techfloor.records import versions
from techfloor.records.lifecycle import State
from techfloor.records.models import Record
from techfloor.records.versions import Amends
from techfloor.refusals import NotFound
from techfloor.said import Said
from techfloor.store import db
from techfloor.store.paging import Key, Order, Page

KIND, PREFIX = "gauge study", "MSA"
"""The kind of record that a study is; its numbers begin as AIAG calls its book."""


@dataclass(frozen=True)
class Part:
    """A part of a study."""

    id: int
    n: int
    label: str
    reference: str


@dataclass(frozen=True)
class Appraiser:
    """Who measures in a study, with the order of their parts."""

    id: int
    n: int
    person_id: int
    name: str
    turns: tuple[int, ...]
    left_at: datetime | None
    left_why: str

    @property
    def stays(self) -> bool:
        """Whether their values count."""
        return self.left_at is None


@dataclass(frozen=True)
class Value:
    """One value or call as it was given; it counts unless another row corrects it."""

    id: int
    appraiser_id: int
    turn: int
    value: Decimal | None
    call: str
    corrects_id: int | None
    correction: str
    confirmed: bool
    performed_at: datetime
    device: str
    by: str
    counts: bool


@dataclass(frozen=True)
class Study:
    """A study with all that belongs to it."""

    record: Record
    body: GaugeStudy
    code: str
    gauge_name: str
    parts: tuple[Part, ...]
    appraisers: tuple[Appraiser, ...]
    rows: tuple[Value, ...]

    @property
    def number(self) -> str:
        """Its number."""
        return self.record.number

    @property
    def sort(self) -> Sort:
        """Whether it is of numbers or of judgements."""
        return Sort(self.body.sort)

    @property
    def open(self) -> bool:
        """Whether values may still come in or be corrected."""
        return self.record.state == State.IN_PROGRESS

    @cached_property
    def amends(self) -> Amends | None:
        """What it says as an amendment; None for a first version."""
        return versions.amends(self.record)

    @property
    def in_error(self) -> bool:
        """True where it only says that the version before was entered in error."""
        return self.amends is not None and self.amends.in_error

    @cached_property
    def values(self) -> Mapping[tuple[int, int], Value]:
        """What counts, by appraiser and turn."""
        return {(row.appraiser_id, row.turn): row for row in self.rows if row.counts}

    @property
    def staying(self) -> tuple[Appraiser, ...]:
        """The appraisers whose values count."""
        return tuple(each for each in self.appraisers if each.stays)

    def done(self, appraiser: Appraiser) -> int:
        """Return how many values an appraiser has given."""
        return sum(key == appraiser.id for key, _turn in self.values)

    def next_turn(self, appraiser: Appraiser) -> int | None:
        """Return the first turn without a value; None where all are in."""
        every = range(1, len(appraiser.turns) + 1)
        return next((turn for turn in every if (appraiser.id, turn) not in self.values), None)

    @property
    def complete(self) -> bool:
        """Whether every value of everybody who stays is in."""
        return all(self.next_turn(each) is None for each in self.staying)

    def appraiser_of(self, person_id: int) -> Appraiser | None:
        """Return a person as an appraiser who stays."""
        return next((each for each in self.staying if each.person_id == person_id), None)

    def part_at(self, appraiser: Appraiser, turn: int) -> Part:
        """Return the part that an appraiser reads in a turn."""
        return self.parts[appraiser.turns[turn - 1] - 1]

    def of_part(self, appraiser: Appraiser, part: Part) -> list[Value]:
        """Return what an appraiser read on a part, in the order of the repeats."""
        turns = [turn for turn, n in enumerate(appraiser.turns, start=1) if n == part.n]
        return [self.values[appraiser.id, turn] for turn in turns if (appraiser.id, turn) in self.values]

    @property
    def near(self) -> Near:
        """What is known of where a value lies; limits of error on the gauge's card say nothing of that."""
        body = self.body
        lower, upper = (body.lower, body.upper) if body.basis == Basis.PRODUCT else (None, None)
        return Near(body.low, body.high, body.step, lower, upper)

    def seen(self, appraiser: Appraiser, besides: int | None = None) -> list[Decimal]:
        """Return what one appraiser read and counts, but for one row.

        Whether a value is asked about must not depend on what others read: who tries values would learn it.
        """
        mine = [row for row in self.values.values() if row.appraiser_id == appraiser.id and row.id != besides]
        return [row.value for row in mine if row.value is not None]


def study(number: str) -> Study:
    """Read a study whole, in the version that stands; raises NotFound."""
    return _study(number, versions.stands())


def version(number: str, n: int) -> Study:
    """Read one version of a study; raises NotFound."""
    return _study(number, Record.version == n)


def worked_on(number: str) -> Study:
    """Read what is worked on of a study: its amendment where one is under way, else what stands; raises NotFound."""
    under_way = (Record.kind == KIND, Record.number == number, Record.supersedes_id.is_not(None))
    found = db.session.scalar(select(Record.version).where(*under_way, Record.state == State.IN_PROGRESS))
    return study(number) if found is None else version(number, found)


def _study(number: str, which: ColumnElement[bool]) -> Study:
    row = db.session.execute(
        select(Record, GaugeStudy, Equipment.code, Equipment.name)
        .join(GaugeStudy, GaugeStudy.record_id == Record.id)
        .join(Equipment, Equipment.id == GaugeStudy.gauge_id)
        .where(Record.kind == KIND, Record.number == number, which)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NotFound("There is no gauge study %(number)s.", number=number)
    record, body, code, name = row
    return Study(record, body, code, name, _parts(record.id), _appraisers(record.id), _rows(record.id))


def _parts(record_id: int) -> tuple[Part, ...]:
    rows = db.session.execute(
        select(StudyPart.id, StudyPart.n, StudyPart.label, StudyPart.reference)
        .where(StudyPart.record_id == record_id)
        .order_by(StudyPart.n)
    )
    return tuple(Part(*row) for row in rows)


def _appraisers(record_id: int) -> tuple[Appraiser, ...]:
    rows = db.session.execute(
        select(
            StudyAppraiser.id,
            StudyAppraiser.n,
            StudyAppraiser.person_id,
            Person.name,
            StudyAppraiser.turns,
            StudyAppraiser.left_at,
            StudyAppraiser.left_why,
        )
        .join(Person, Person.id == StudyAppraiser.person_id)
        .where(StudyAppraiser.record_id == record_id)
        .order_by(StudyAppraiser.n)
    )
    return tuple(_appraiser(*row) for row in rows)


def _appraiser(*row: Any) -> Appraiser:
    id_, n, person_id, name, turns, left_at, left_why = row
    return Appraiser(id_, n, person_id, name, tuple(turns), left_at, left_why)


def _rows(record_id: int) -> tuple[Value, ...]:
    later = aliased(StudyValue)
    corrected = select(later.id).where(later.corrects_id == StudyValue.id).exists()
    rows = db.session.execute(
        select(
            StudyValue.id,
            StudyValue.appraiser_id,
            StudyValue.turn,
            StudyValue.value,
            StudyValue.call,
            StudyValue.corrects_id,
            StudyValue.correction,
            StudyValue.confirmed,
            StudyValue.performed_at,
            func.coalesce(Device.name, ""),
            Person.name,
            ~corrected,
        )
        .join(Person, Person.id == StudyValue.by_id)
        .outerjoin(Device, Device.id == StudyValue.device_id)
        .where(StudyValue.record_id == record_id)
        .order_by(StudyValue.id)
    )
    return tuple(_value(*row) for row in rows)


def _value(*row: Any) -> Value:
    return Value(*row)


# --- lists ---


@dataclass(frozen=True)
class Line:
    """One study in a list."""

    number: str
    code: str
    gauge_name: str
    sort: str
    subject: str
    state: str
    amendment: str | None
    look: str
    verdict: Said | None
    opened_at: datetime


_NEWEST = Order(Key(Record.opened_at, datetime, descending=True), Key(Record.id, int, descending=True))


def lines(gauge_id: int | None = None, *, at: str = "") -> Page[Line]:
    """Return a page of the studies, the newest first, of all gauges or of one."""
    wanted = _lines().where(GaugeStudy.gauge_id == gauge_id) if gauge_id is not None else _lines()
    return _NEWEST.page(wanted, Line, at)


def _lines() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Record.number,
            Equipment.code,
            Equipment.name,
            GaugeStudy.sort,
            GaugeStudy.subject,
            Record.state,
            Record.amendment,
            GaugeStudy.look,
            GaugeStudy.verdict,
            Record.opened_at,
        )
        .join(GaugeStudy, GaugeStudy.record_id == Record.id)
        .join(Equipment, Equipment.id == GaugeStudy.gauge_id)
        .where(versions.stands())
    )


@dataclass(frozen=True)
class Waiting:
    """A study under way: how many values are in, and how many there will be."""

    number: str
    code: str
    gauge_name: str
    sort: str
    given: int
    wanted: int


def waiting_for(person_id: int) -> list[Waiting]:
    """Return the studies in which a person still has to measure."""
    return [each for each in _waiting(StudyAppraiser.person_id == person_id) if each.given < each.wanted]


def waiting_for_signature() -> list[Waiting]:
    """Return the studies of which every value is in."""
    return [each for each in _waiting() if each.given >= each.wanted]


def _waiting(*which: ColumnElement[bool]) -> list[Waiting]:
    first = (StudyValue.appraiser_id == StudyAppraiser.id, StudyValue.corrects_id.is_(None))
    given = select(func.count()).where(*first).correlate(StudyAppraiser).scalar_subquery()
    parts = select(func.count()).where(StudyPart.record_id == Record.id).correlate(Record).scalar_subquery()
    rows = db.session.execute(
        select(
            Record.number,
            Equipment.code,
            Equipment.name,
            GaugeStudy.sort,
            func.sum(given),
            func.sum(parts * GaugeStudy.repeats),
        )
        .join(GaugeStudy, GaugeStudy.record_id == Record.id)
        .join(Equipment, Equipment.id == GaugeStudy.gauge_id)
        .join(StudyAppraiser, StudyAppraiser.record_id == Record.id)
        .where(Record.state == State.IN_PROGRESS, Record.supersedes_id.is_(None))
        .where(StudyAppraiser.left_at.is_(None), *which)
        .group_by(Record.id, Record.number, Equipment.code, Equipment.name, GaugeStudy.sort)
        .order_by(Record.id)
    )
    return [_waits(*row) for row in rows]


@dataclass(frozen=True)
class Amending:
    """An amendment of a study under way."""

    number: str
    code: str
    gauge_name: str
    by: str


def amendments() -> list[Amending]:
    """Return the amendments that were begun and not signed, the oldest first."""
    rows = db.session.execute(
        select(Record.number, Equipment.code, Equipment.name, Person.name)
        .join(GaugeStudy, GaugeStudy.record_id == Record.id)
        .join(Equipment, Equipment.id == GaugeStudy.gauge_id)
        .join(Person, Person.id == Record.opened_by)
        .where(Record.state == State.IN_PROGRESS, Record.supersedes_id.is_not(None))
        .order_by(Record.id)
    )
    return [Amending(*row) for row in rows]


def _waits(*row: Any) -> Waiting:
    number, code, name, sort, given, wanted = row
    return Waiting(number, code, name, sort, int(given), int(wanted))


def may_measure(plant: PlantFacts, at: datetime, roles: Sequence[str]) -> dict[int, str]:
    """Return the name of everybody who is here with one of these roles, by id."""
    here = who_may_be_here(plant_day(at, plant.zone))
    return {each.id: each.name for each in here if set(each.roles) & set(roles)}


def may_evaluate(study: Study, person_id: int, plant: PlantFacts, at: datetime) -> bool:
    """Tell whether somebody may see what all have read, once all is in, and sign it.

    Who measures in it may not while somebody else can: before it is signed they see no value of others. Where nobody
    else can, they do, and their own values stay as they are from then on (`actions.may_correct`).
    """
    able = may_measure(plant, at, EVALUATORS)
    inside = {each.person_id for each in study.staying}
    return person_id in able and (person_id not in inside or not able.keys() - inside)


def sealed() -> list[int]:
    """Return the records of the studies under way: an archive holds their values, and whoever reads may yet measure.

    That of an amendment holds values that were signed.
    """
    under_way = (Record.kind == KIND, Record.state == State.IN_PROGRESS, Record.supersedes_id.is_(None))
    return list(db.session.scalars(select(Record.id).where(*under_way)))


def repeat_of(appraiser: Appraiser, turn: int) -> int:
    """Return for the how manieth time the part of a turn is read."""
    return rules.repeat_of(appraiser.turns, turn)
