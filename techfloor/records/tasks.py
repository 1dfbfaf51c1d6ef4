"""Tasks: what somebody must do, one person or whoever holds a permission."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select

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


def finish(record_id: int, kind: str, *, by: int, at: datetime, outcome: str = "") -> None:
    """Mark the open tasks of one kind for a record as done."""
    rows = db.session.scalars(
        select(Task).where(Task.record_id == record_id, Task.kind == kind, Task.done_at.is_(None))
    )
    for task in rows:
        task.done_at, task.done_by, task.outcome = at, by, outcome


def open_for(
    person_id: int, permissions: Iterable[str], *, besides: Iterable[str] = (), limit: int = 50
) -> list[OpenTask]:
    """Return the open tasks of a person, by name or by a permission, soonest first; none of the kinds in `besides`."""
    theirs = or_(Task.for_person_id == person_id, Task.for_permission.in_(list(permissions)))
    rows = db.session.execute(
        select(Task.id, Task.kind, Task.words, Task.due, Task.raised_at, Record.number)
        .outerjoin(Record, Record.id == Task.record_id)
        .where(Task.done_at.is_(None), theirs, Task.kind.not_in(list(besides)))
        .order_by(Task.due.is_(None), Task.due, Task.id)
        .limit(limit)
    )
    return [OpenTask(*row) for row in rows]
