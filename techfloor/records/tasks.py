"""Tasks: what somebody must do, one person or whoever holds a permission."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, or_, select

from techfloor.people.models import Person
from techfloor.people.queries import may_come_in
from techfloor.records.models import Record, Task
from techfloor.store import db


@dataclass(frozen=True)
class OpenTask:
    """One line of somebody's list."""

    id: int
    kind: str
    words: str
    due: date | None
    raised_at: datetime
    record_number: str | None


def raise_task(task: Task) -> Task:
    """Put a task on the list; the same kind for the same record stands there once."""
    if task.record_id is not None:
        same = db.session.scalar(
            select(Task).where(Task.record_id == task.record_id, Task.kind == task.kind, Task.done_at.is_(None))
        )
        if same is not None:
            return same
    db.session.add(task)
    db.session.flush()
    return task


def finish(record_ids: Iterable[int], kind: str, *, by: int, at: datetime, outcome: str = "") -> None:
    """Mark the open tasks of one kind for a record, or for several of its versions, as done."""
    rows = db.session.scalars(
        select(Task).where(Task.record_id.in_(list(record_ids)), Task.kind == kind, Task.done_at.is_(None))
    )
    for task in rows:
        task.done_at, task.done_by, task.outcome = at, by, outcome


def finish_on(equipment_id: int, kind: str, *, by: int, at: datetime, outcome: str = "") -> None:
    """Mark the open tasks of one kind for a piece of equipment as done."""
    wanted = (Task.equipment_id == equipment_id, Task.kind == kind, Task.done_at.is_(None))
    for task in db.session.scalars(select(Task).where(*wanted)):
        task.done_at, task.done_by, task.outcome = at, by, outcome


def is_open(record_ids: Iterable[int], kind: str) -> bool:
    """Tell whether a task of one kind stands open for a record, whichever of these versions raised it."""
    wanted = (Task.record_id.in_(list(record_ids)), Task.kind == kind, Task.done_at.is_(None))
    return db.session.scalar(select(Task.id).where(*wanted).limit(1)) is not None


def open_of(record_ids: Iterable[int], kinds: Iterable[str]) -> list[Task]:
    """Return the open tasks of some kinds for a record, in the order they were raised."""
    wanted = (Task.record_id.in_(list(record_ids)), Task.kind.in_(list(kinds)), Task.done_at.is_(None))
    return list(db.session.scalars(select(Task).where(*wanted).order_by(Task.id)))


def open_words(record_ids: Iterable[int], kinds: Iterable[str]) -> list[str]:
    """Return the words of the open tasks of some kinds for a record, in the order they were raised."""
    return [task.words for task in open_of(record_ids, kinds)]


@dataclass(frozen=True)
class Doer:
    """Who asks what there is to do: a person, what they may do, and the area they work in."""

    person_id: int
    permissions: frozenset[str]
    area_id: int | None = None
    today: date | None = None
    """The day at the plant: a task of somebody whose last day is over is the others' too."""


def open_for(doer: Doer, *, besides: Iterable[str] = (), limit: int = 50) -> list[OpenTask]:
    """Return the open tasks of a person, by name or by a permission, soonest first; none of the kinds in `besides`."""
    here = Person.active.is_(True) if doer.today is None else may_come_in(doer.today)
    named_is_here = select(Person.id).where(Person.id == Task.for_person_id, here)
    theirs = or_(
        Task.for_person_id == doer.person_id,
        and_(
            Task.for_permission.in_(doer.permissions),
            or_(Task.for_area_id.is_(None), Task.for_area_id == doer.area_id),
            ~named_is_here.exists(),
        ),
    )
    rows = db.session.execute(
        select(Task.id, Task.kind, Task.words, Task.due, Task.raised_at, Record.number)
        .outerjoin(Record, Record.id == Task.record_id)
        .where(Task.done_at.is_(None), theirs, Task.kind.not_in(list(besides)))
        .order_by(Task.due.is_(None), Task.due, Task.id)
        .limit(limit)
    )
    return [OpenTask(*row) for row in rows]
