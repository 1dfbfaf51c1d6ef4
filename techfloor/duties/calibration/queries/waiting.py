"""What waits for whom: calibrations to review, gauges due, work under way."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    Null,
    Select,
    Subquery,
    and_,
    case,
    exists,
    func,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import aliased

from techfloor.duties.calibration.models import OF_CERTIFICATE, Calibration, Reading
from techfloor.duties.calibration.queries.gauges import IN_HOUSE
from techfloor.duties.calibration.queries.records import IN_PROGRESS, KIND, PERFORMED, WORK
from techfloor.duties.calibration.rules.deciding import Shared, deciding_use
from techfloor.duties.calibration.rules.results import AS_FOUND
from techfloor.equipment.models import (
    Equipment,
    EquipmentDue,
    EquipmentHold,
    Gauge,
)
from techfloor.equipment.rules import OUT_OF_TOLERANCE
from techfloor.equipment.statuses import FALLS_DUE
from techfloor.people.models import Person
from techfloor.places.queries import PlantFacts
from techfloor.records import versions
from techfloor.records.models import Record, Task
from techfloor.records.reviewing import reviewed_by
from techfloor.said import Said
from techfloor.store import db

FAILED = ("fail", "conditional fail")
"""The verdicts of a run that was out of tolerance."""

T = TypeVar("T")


def _lines(kind: type[T], rows: Iterable[Any]) -> list[T]:
    return [kind(*row) for row in rows]


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
    exceptions: list[Said]
    record_id: int
    before_id: int | None
    held: bool
    doubted: bool = False
    """A certificate that it rested on was in doubt, or withdrawn, since it was signed."""

    @property
    def clean(self) -> bool:
        """True when nothing is unusual about it and its gauge is not held: it may be reviewed in the list."""
        return not self.exceptions and not self.held and not self.doubted

    @property
    def failed(self) -> bool:
        """True where a run was out of tolerance, as found or as left."""
        return self.as_found in FAILED or self.as_left in FAILED


_earlier = aliased(Record)
_before = (
    select(_earlier.id)
    .where(
        _earlier.equipment_id == Record.equipment_id,
        _earlier.kind == KIND,
        versions.in_force(_earlier),
        _earlier.number != Record.number,
        or_(
            _earlier.performed_at < Record.performed_at,
            and_(_earlier.performed_at == Record.performed_at, _earlier.id < Record.id),
        ),
    )
    .order_by(_earlier.performed_at.desc(), _earlier.id.desc())
    .limit(1)
)


_OPEN = (EquipmentHold.reason == OUT_OF_TOLERANCE, EquipmentHold.lifted_at.is_(None))
_held = select(EquipmentHold.id).where(EquipmentHold.equipment_id == Record.equipment_id, *_OPEN)
_doubted = select(Task.id).where(Task.record_id == Record.id, Task.kind == OF_CERTIFICATE)
_item_held = select(EquipmentHold.id).where(EquipmentHold.equipment_id == Equipment.id, *_OPEN)


def waiting_for_review(person_id: int, plant: PlantFacts, *, limit: int = 200) -> list[Waiting]:
    """Return what waits for a review by this person; nothing they had a hand in where two persons are asked for.

    What failed comes first, then the oldest: a limit never hides a fail.
    """
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
            Record.id,
            _before.scalar_subquery(),
            _held.exists(),
            _doubted.exists(),
        )
        .join(Calibration, Calibration.record_id == Record.id)
        .join(Equipment, Equipment.id == Record.equipment_id)
        .join(Person, Person.id == Calibration.performed_by)
        .where(*_to_review(person_id, plant))
        .order_by(case((_FAILED, 0), else_=1), Record.performed_at, Record.id)
        .limit(limit)
    )
    return _lines(Waiting, db.session.execute(query))


def _to_review(person_id: int, plant: PlantFacts) -> list[ColumnElement[bool]]:
    """Return the conditions of what this person may review now: what is being amended waits for the amendment."""
    waits = [Record.kind == KIND, Record.state == PERFORMED, versions.stands(), ~versions.being_amended()]
    return [*waits, *reviewed_by(plant, person_id)]


_FAILED = or_(Calibration.as_found.in_(FAILED), Calibration.as_left.in_(FAILED))


def review_counts(person_id: int, plant: PlantFacts) -> tuple[int, int]:
    """Return how many calibrations wait for a review by this person, and how many of them failed."""
    query = (
        select(func.count(), func.coalesce(func.sum(case((_FAILED, 1), else_=0)), 0))
        .select_from(Record)
        .join(Calibration, Calibration.record_id == Record.id)
        .where(*_to_review(person_id, plant))
    )
    waiting, failed = db.session.execute(query).one()
    return int(waiting), int(failed)


@dataclass(frozen=True)
class Use:
    """The share of its tolerance that the worst point used as found, signed, and that point's the time before.

    `place` is the point, as a reading keeps it.
    """

    now: Fraction
    before: Fraction | None
    place: str


def uses(lines: Sequence[Waiting]) -> dict[int, Use]:
    """Return the use of tolerance by record, for those that have readings; one statement for the whole list."""
    ids = {each for line in lines for each in (line.record_id, line.before_id) if each is not None}
    newer = aliased(Reading)
    rows = db.session.execute(
        select(Reading.record_id, Reading.place, Reading.error, Reading.lower, Reading.upper, Reading.verdict)
        .outerjoin(newer, newer.corrects_id == Reading.id)
        .where(Reading.record_id.in_(ids), Reading.run == AS_FOUND, Reading.error.is_not(None), newer.id.is_(None))
        .order_by(Reading.id)
    )
    found: dict[int, dict[str, list[Shared]]] = {}
    for record_id, place, error, lower, upper, verdict in rows:
        assert error is not None
        found.setdefault(record_id, {}).setdefault(place, []).append(Shared(error, lower, upper, verdict))
    used = {record_id: _of_points(points) for record_id, points in found.items()}
    return {
        line.record_id: _use(used[line.record_id], used.get(line.before_id or 0, {}))
        for line in lines
        if used.get(line.record_id)
    }


def _of_points(points: Mapping[str, list[Shared]]) -> dict[str, Fraction]:
    used = {place: deciding_use(rows) for place, rows in points.items()}
    return {place: each for place, each in used.items() if each is not None}


def _use(now: Mapping[str, Fraction], before: Mapping[str, Fraction]) -> Use:
    place = max(now, key=lambda place: abs(now[place]))
    return Use(now[place], before.get(place), place)


def in_order(lines: Sequence[Waiting], used: Mapping[int, Use]) -> list[Waiting]:
    """Return what waits in the order of its review: fails, then what is unusual, then clean; most tolerance used first.

    What has no figure for its tolerance comes after what has one, the oldest first.
    """

    def place(line: Waiting) -> tuple[int, Fraction, datetime, int]:
        rank = 0 if line.failed else 1 if not line.clean else 2
        use = used.get(line.record_id)
        return rank, -abs(use.now) if use else Fraction(1), line.performed_at, line.record_id

    return sorted(lines, key=place)


@dataclass(frozen=True)
class DuePoint:
    """A gauge that is due, for the home page; `due` None was never calibrated."""

    code: str
    name: str
    due: date | None
    area_id: int | None
    status: str
    open_number: str | None
    held: bool
    """Held as out of tolerance."""


def due_gauges(until: date, area_id: int | None, *, outside: bool = False, limit: int = 20) -> list[DuePoint]:
    """Return the gauges due up to a day that are calibrated in house, of one area, or of all.

    What was never calibrated is due now and comes first, then the soonest. With `outside` those that are sent to a
    laboratory instead.
    """
    found = _found_due(until, area_id, outside=outside)
    query = select(found).order_by(found.c.due.nulls_first(), found.c.code).limit(limit)
    return _lines(DuePoint, db.session.execute(query))


def due_count(until: date, area_id: int | None, *, outside: bool = False) -> int:
    """Return how many gauges `due_gauges` would name without its limit."""
    found = _found_due(until, area_id, outside=outside)
    return db.session.scalar(select(func.count()).select_from(found)) or 0


def _found_due(until: date, area_id: int | None, *, outside: bool) -> Subquery:
    of_it = and_(EquipmentDue.equipment_id == Equipment.id, EquipmentDue.work == WORK)
    # Apart, so that what is dated is found by its day and not by looking at every gauge.
    dated = _to_do(EquipmentDue.due, EquipmentDue.due <= until, area_id, outside=outside).join(EquipmentDue, of_it)
    never = _to_do(null(), ~exists().where(of_it), area_id, outside=outside)
    return union_all(dated, never).subquery("found")


def _to_do(due: Any, which: ColumnElement[bool], area_id: int | None, *, outside: bool) -> Select[*tuple[Any, ...]]:
    """Select the gauges that fall due, but those whose calibration waits for its review: they wait for the reviewer.

    What is amended long after moves no due day on, so its gauge waits for nobody.
    """
    open_record, done = aliased(Record), aliased(Record)
    moves_on = true() if isinstance(due, Null) else or_(done.supersedes_id.is_(None), Calibration.next_due > due)
    waiting = (
        select(done.id)
        .join(Calibration, Calibration.record_id == done.id)
        .where(done.equipment_id == Equipment.id, done.kind == KIND, done.state == PERFORMED)
        .where(versions.in_force(done), moves_on)
    )
    item = (Equipment.code, Equipment.name, due.label("due"), Equipment.area_id, Gauge.status)
    query = (
        select(*item, open_record.number, _item_held.exists().label("held"))
        .select_from(Equipment)
        .join(Gauge, Gauge.equipment_id == Equipment.id)
        .outerjoin(
            open_record,
            and_(
                open_record.equipment_id == Equipment.id,
                open_record.kind == KIND,
                open_record.state == IN_PROGRESS,
                open_record.supersedes_id.is_(None),
            ),
        )
        .where(
            which,
            Gauge.status.in_(FALLS_DUE),
            Gauge.calibrated_by != IN_HOUSE if outside else Gauge.calibrated_by == IN_HOUSE,
            ~waiting.exists(),
        )
    )
    return query if area_id is None else query.where(Equipment.area_id == area_id)


@dataclass(frozen=True)
class UnderWay:
    """A calibration, or an amendment of one, that somebody has begun and not signed."""

    number: str
    version: int
    code: str
    name: str
    opened_at: datetime


def in_progress_of(person_id: int, *, limit: int = 20) -> list[UnderWay]:
    """Return the calibrations that a person has under way, begun or taken over, the newest first."""
    rows = db.session.execute(
        select(Record.number, Record.version, Equipment.code, Equipment.name, Record.opened_at)
        .join(Equipment, Equipment.id == Record.equipment_id)
        .join(Calibration, Calibration.record_id == Record.id)
        .where(
            Record.kind == KIND,
            Record.state == IN_PROGRESS,
            func.coalesce(Calibration.amended_by, Record.transcribed_by, Calibration.performed_by) == person_id,
            or_(Calibration.source == IN_HOUSE, Record.supersedes_id.is_not(None)),
        )
        .order_by(Record.opened_at.desc())
        .limit(limit)
    )
    return _lines(UnderWay, rows)
