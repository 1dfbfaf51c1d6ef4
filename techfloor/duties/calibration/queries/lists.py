"""Reads for the lists and for the page of a gauge: plain rows, one statement each, paged by key."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from techfloor.duties.calibration.models import LOOK_BACKS, Calibration, Reading
from techfloor.duties.calibration.queries.records import CLOSED, IN_PROGRESS, KIND
from techfloor.duties.calibration.rules.drift import FoundReading, PointKey
from techfloor.duties.calibration.rules.procedure import PlannedPoint
from techfloor.duties.calibration.rules.results import AS_FOUND
from techfloor.equipment.lists import code_like
from techfloor.equipment.models import Equipment, EquipmentDue, EquipmentHold, Gauge
from techfloor.equipment.rules import plant_day
from techfloor.equipment.statuses import Status
from techfloor.people.models import Person
from techfloor.places.models import Area
from techfloor.records import versions
from techfloor.records.models import Record, Signature, Task
from techfloor.store import db, search
from techfloor.store.paging import PAGE, Key, Order, Page


@dataclass(frozen=True)
class Wanted:
    """What the list of calibrations is narrowed to; `numbers` None means that nothing was searched for.

    `at` is the cursor of a page; `verdict` that of either run; performed from `since` on, and before `until`.
    """

    state: str = ""
    numbers: tuple[str, ...] | None = None
    at: str = ""
    verdict: str = ""
    area: int | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Line:
    """One calibration in the list, by its version that stands."""

    id: int
    number: str
    version: int
    amendment: str | None
    state: str
    performed_at: datetime
    source: str
    as_found: str
    as_left: str
    worst_found: str
    gauge_code: str
    gauge_name: str
    performer: str
    outside: dict[str, object] | None = None
    typist: str | None = None
    """Who typed it in from paper; None for what was read at the bench."""

    @property
    def by(self) -> str:
        """Who performed it: a technician, or the laboratory, which who enters its certificate is not."""
        return doer(self.performer, self.outside)


def doer(performer: str, outside: dict[str, object] | None) -> str:
    """Return who performed a calibration, by its person and by what a laboratory's certificate says."""
    return str((outside or {}).get("laboratory") or performer)


_first, _typist = aliased(Record), aliased(Person)
_OF_FIRST = and_(
    Record.amendment.is_not(None), _first.kind == Record.kind, _first.number == Record.number, _first.version == 1
)
_TYPED_BY = func.coalesce(_first.transcribed_by, Record.transcribed_by)
"""Who typed in from paper what stands now: an amendment does not say it of itself."""


NEWEST_FIRST = Order(Key(Record.performed_at, datetime, descending=True), Key(Record.id, int, descending=True))
"""Of those performed at the same moment the id decides."""


def _lines() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Record.id,
            Record.number,
            Record.version,
            Record.amendment,
            Record.state,
            Record.performed_at,
            Calibration.source,
            Calibration.as_found,
            Calibration.as_left,
            Calibration.worst_found,
            Equipment.code,
            Equipment.name,
            Person.name,
            Calibration.outside,
            _typist.name,
        )
        .join(Calibration, Calibration.record_id == Record.id)
        .join(Equipment, Equipment.id == Record.equipment_id)
        .join(Person, Person.id == Calibration.performed_by)
        .outerjoin(_first, _OF_FIRST)
        .outerjoin(_typist, _typist.id == _TYPED_BY)
        .where(Record.kind == KIND, versions.stands())
    )


def list_page(wanted: Wanted, *, size: int = PAGE) -> Page[Line]:
    """Read one page of the calibrations by the time they were performed, newest first, in one statement."""
    return NEWEST_FIRST.page(_fitting(_lines(), wanted), Line, wanted.at, size=size)


def fitting_ids(wanted: Wanted, most: int) -> list[int]:
    """Return every version of what a list shows on all its pages together, `most` and one more where there are more."""
    every = aliased(Record)
    numbers = _fitting(_lines(), wanted).with_only_columns(Record.number)
    ids = select(every.id).where(every.kind == KIND, every.number.in_(numbers)).limit(most + 1)
    return list(db.session.scalars(ids))


def closed_ones(wanted: Wanted, most: int) -> list[tuple[int, str]]:
    """Return (id, number) of what a list shows and is closed, on all its pages together, the first performed first.

    It is `most`, and one more where there are more.
    """
    rows = db.session.execute(
        _fitting(_lines(), wanted)
        .with_only_columns(Record.id, Record.number)
        .where(Record.state == CLOSED)
        .order_by(Record.performed_at, Record.id)
        .limit(most + 1)
    )
    return [(row.id, row.number) for row in rows]


def _fitting(query: Select[*tuple[Any, ...]], wanted: Wanted) -> Select[*tuple[Any, ...]]:
    if wanted.state:
        query = query.where(Record.state == wanted.state)
    if wanted.numbers is not None:
        query = query.where(Record.number.in_(wanted.numbers))
    if wanted.verdict:
        query = query.where(or_(Calibration.as_found == wanted.verdict, Calibration.as_left == wanted.verdict))
    if wanted.area is not None:
        query = query.where(Equipment.area_id == wanted.area)
    if wanted.since is not None:
        query = query.where(Record.performed_at >= wanted.since)
    if wanted.until is not None:
        query = query.where(Record.performed_at < wanted.until)
    return query


def found_numbers(words: str) -> tuple[str, ...] | None:
    """Return the numbers of the newest calibrations that fit what was typed; None when no word was typed.

    A code may be typed as people say it: "g14" is what "G-014" is.
    """
    if not search.plain_words(words):
        return None
    return tuple(hit.key for hit in search.find(code_like(words) or words, kind=KIND, limit=search.MOST_FOUND))


@dataclass(frozen=True)
class HistoryLine:
    """One calibration of a gauge, with who reviewed or rejected it."""

    id: int
    number: str
    version: int
    amendment: str | None
    state: str
    performed_at: datetime
    source: str
    as_found: str
    as_left: str
    worst_found: str
    worst_left: str
    adjusted: bool | None
    in_force: bool
    being_amended: bool
    performer: str
    reviewed_at: datetime | None
    reviewed_by: str | None
    remark: str | None
    plan: list[dict[str, Any]]
    outside: dict[str, object] | None
    typist: str | None

    @property
    def by(self) -> str:
        """Who performed it: a technician, or the laboratory."""
        return doer(self.performer, self.outside)


def history(gauge_id: int, *, limit: int = 60) -> list[HistoryLine]:
    """Return the newest calibrations of a gauge, newest first, in one statement."""
    reviewer = aliased(Person)
    rows: Any = db.session.execute(
        select(
            Record.id,
            Record.number,
            Record.version,
            Record.amendment,
            Record.state,
            Record.performed_at,
            Calibration.source,
            Calibration.as_found,
            Calibration.as_left,
            Calibration.worst_found,
            Calibration.worst_left,
            Calibration.adjusted,
            versions.in_force(),
            versions.being_amended(),
            Person.name,
            Signature.signed_at,
            reviewer.name,
            Signature.remark,
            Calibration.plan,
            Calibration.outside,
            _typist.name,
        )
        .join(Calibration, Calibration.record_id == Record.id)
        .join(Person, Person.id == Calibration.performed_by)
        .outerjoin(_first, _OF_FIRST)
        .outerjoin(_typist, _typist.id == _TYPED_BY)
        .outerjoin(Signature, and_(Signature.record_id == Record.id, Signature.meaning.in_(("reviewed", "rejected"))))
        .outerjoin(reviewer, reviewer.id == Signature.signer_id)
        .where(Record.kind == KIND, Record.equipment_id == gauge_id, versions.stands())
        .order_by(Record.performed_at.desc(), Record.id.desc())
        .limit(limit)
    )
    return [HistoryLine(*row) for row in rows]


@dataclass(frozen=True)
class DoneBy:
    """Who performed a calibration that was registered or typed in by another, and when."""

    record_id: int
    performed_at: datetime
    performer: str
    outside: dict[str, object] | None
    typist: str | None

    @property
    def by(self) -> str:
        """Who performed it: a technician, or the laboratory."""
        return doer(self.performer, self.outside)


def done_by_others(record_ids: Collection[int]) -> list[DoneBy]:
    """Return those of some records that a laboratory performed, or that somebody typed in from paper."""
    rows = db.session.execute(
        select(Record.id, Record.performed_at, Person.name, Calibration.outside, _typist.name)
        .join(Calibration, Calibration.record_id == Record.id)
        .join(Person, Person.id == Calibration.performed_by)
        .outerjoin(_first, _OF_FIRST)
        .outerjoin(_typist, _typist.id == _TYPED_BY)
        .where(Record.id.in_(record_ids), or_(Calibration.outside.is_not(None), _typist.id.is_not(None)))
    )
    return [DoneBy(*row) for row in rows]


def found_readings(lines: Sequence[HistoryLine], zone: str) -> list[FoundReading]:
    """Return the readings as found of what is in force, those that count there, in the order of the plan."""
    counting = {line.id: line for line in lines if line.in_force}
    if not counting:
        return []
    newer = aliased(Reading)
    rows = db.session.execute(
        select(
            Reading.record_id,
            Reading.point,
            Reading.reference,
            Reading.error,
            Reading.lower,
            Reading.upper,
            Reading.verdict,
        )
        .outerjoin(newer, newer.corrects_id == Reading.id)
        .where(
            Reading.record_id.in_(counting),
            Reading.run == AS_FOUND,
            Reading.error.is_not(None),
            newer.id.is_(None),
        )
        .order_by(Reading.point, Reading.record_id, Reading.repeat)
    ).all()
    keys = {line.id: _keys(line) for line in lines}
    return [_found_reading(row, counting[row.record_id], keys[row.record_id][row.point], zone) for row in rows]


def plan_of(lines: Sequence[HistoryLine]) -> list[PlannedPoint]:
    """Return the points of the newest calibration that counts; none before the first."""
    newest = next((line for line in lines if line.in_force), None)
    return [PlannedPoint.from_plain(point) for point in newest.plan] if newest else []


def _keys(line: HistoryLine) -> dict[int, PointKey]:
    points = [PlannedPoint.from_plain(point) for point in line.plan]
    return {point.n: PointKey.of(point) for point in points}


def _found_reading(row: Any, line: HistoryLine, point: PointKey, zone: str) -> FoundReading:
    return FoundReading(
        number=line.number,
        on=plant_day(line.performed_at, zone),
        point=point,
        reference=row.reference,
        error=row.error,
        lower=row.lower,
        upper=row.upper,
        verdict=row.verdict,
        adjusted=bool(line.adjusted),
    )


def look_back_open(gauge_id: int) -> bool:
    """Tell whether somebody still has to look back on the work done with a gauge."""
    wanted = (Task.equipment_id == gauge_id, Task.kind.in_(LOOK_BACKS), Task.done_at.is_(None))
    return db.session.scalar(select(Task.id).where(*wanted).limit(1)) is not None


@dataclass(frozen=True)
class OutLine:
    """A gauge that is at a laboratory, or whose certificate is being read."""

    code: str
    name: str
    area: str
    status: str
    sent_on: date | None
    expected_back: date | None
    due: date | None
    hold: str | None
    number: str | None


def outside_now(*, limit: int = 200) -> list[OutLine]:
    """Return the gauges that are out, and the certificates in progress, the longest expected first."""
    hold = (
        select(EquipmentHold.reason)
        .where(EquipmentHold.equipment_id == Equipment.id, EquipmentHold.lifted_at.is_(None))
        .order_by(EquipmentHold.id)
        .limit(1)
        .scalar_subquery()
    )
    reading = (
        select(Record.equipment_id, Record.number)
        .join(Calibration, Calibration.record_id == Record.id)
        .where(Record.kind == KIND, Record.state == IN_PROGRESS, Calibration.source == "outside")
        .where(Record.supersedes_id.is_(None))
        .subquery()
    )
    due = and_(EquipmentDue.equipment_id == Equipment.id, EquipmentDue.work == "calibration")
    rows = db.session.execute(
        select(
            Equipment.code,
            Equipment.name,
            Area.name,
            Gauge.status,
            Gauge.sent_on,
            Gauge.expected_back,
            EquipmentDue.due,
            hold,
            reading.c.number,
        )
        .join(Gauge, Gauge.equipment_id == Equipment.id)
        .outerjoin(Area, Area.id == Equipment.area_id)
        .outerjoin(EquipmentDue, due)
        .outerjoin(reading, reading.c.equipment_id == Equipment.id)
        .where(or_(Gauge.status == Status.SENT_OUT, reading.c.number.is_not(None)))
        .order_by(Gauge.expected_back.is_(None), Gauge.expected_back, Equipment.code)
        .limit(limit)
    )
    return [OutLine(row[0], row[1], row[2] or "", *row[3:]) for row in rows]
