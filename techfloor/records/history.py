"""What the trail says of one record, or of what is no record: who did what, when, and what changed."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, select, true

from techfloor.people.models import Person
from techfloor.store import db
from techfloor.store.trail import UPGRADE, ActRow, ChangeRow
from techfloor.store.types import utc_moment
from techfloor.web.editing import Kept, WhoChanged

LOOKED_AT = 1000
"""So many changes are read to say who changed something since a form was opened."""


@dataclass(frozen=True)
class Change:
    """One row that an act changed: what it was before, empty for a new one, and what it is."""

    table: str
    op: str
    old: Mapping[str, Any]
    new: Mapping[str, Any]


@dataclass(frozen=True)
class Event:
    """One act that touched a record."""

    seq: int
    action: str
    at: datetime
    who: str
    reason: str
    changes: tuple[Change, ...]


def timeline(record_ids: Iterable[int]) -> list[Event]:
    """Return all acts of a record's versions, newest first: one statement by their index, and one for the names."""
    rows = db.session.execute(
        select(ActRow.seq, ActRow.body, ChangeRow.body.label("change"))
        .join(ChangeRow, ChangeRow.act == ActRow.id)
        .where(ChangeRow.record.in_(list(record_ids)))
        .order_by(ActRow.seq.desc(), ChangeRow.id)
    ).all()
    return _events(rows)


def timeline_about(
    tables: Iterable[str],
    wanted: Callable[[Change], bool],
    most: int = 200,
    narrowed: ColumnElement[bool] = true(),  # noqa: B008 - it never changes
) -> list[Event]:
    """Return the acts that changed rows of these tables which are no records, newest first, at most `most`.

    `wanted` picks among the changes that are `narrowed` down to. One statement by the index of such changes, and one
    for the names.
    """
    rows = db.session.execute(
        select(ActRow.seq, ActRow.body, ChangeRow.body.label("change"))
        .join(ChangeRow, ChangeRow.act == ActRow.id)
        .where(ChangeRow.about.in_(list(tables)), narrowed)
        .order_by(ActRow.seq.desc(), ChangeRow.id)
    ).all()
    changes = [(row, _change(json.loads(row.change))) for row in rows]
    return _events([row for row, change in changes if change.op != UPGRADE and wanted(change)])[:most]


def who_changed(kept: Sequence[Kept]) -> WhoChanged:
    """Return who changed each box of a form last, found among the newest `LOOKED_AT` changes of where it is kept.

    One statement by the index of such changes, and one for the names, whatever the number of boxes.
    """
    tables = [each.table for each in kept]
    rows = db.session.execute(
        select(ActRow.seq, ActRow.body, ChangeRow.body.label("change"))
        .join(ChangeRow, ChangeRow.act == ActRow.id)
        .where(ChangeRow.about.in_(tables))
        .order_by(ChangeRow.id.desc())
        .limit(LOOKED_AT)
    ).all()
    events = _events([row for row in rows if _at_home(_change(json.loads(row.change)), kept)])

    def of_box(name: str) -> tuple[str, datetime] | None:
        found = next((each for each in events if any(_shows(name, change, kept) for change in each.changes)), None)
        return (found.who, found.at) if found and found.who else None

    return of_box


def _at_home(change: Change, kept: Sequence[Kept]) -> bool:
    row = change.new or change.old
    return change.op != UPGRADE and any(
        each.table == change.table and str(row.get(each.column)) == str(each.value) for each in kept
    )


def _shows(name: str, change: Change, kept: Sequence[Kept]) -> bool:
    """Tell whether a change is one of what a box shows: of the columns it was given, else of that with its name."""
    given = [(each.table, each.boxes[name]) for each in kept if name in each.boxes]
    tables = given or [(each.table, (name,)) for each in kept]
    columns = next((columns for table, columns in tables if table == change.table), None)
    if columns is None:
        return False
    return not columns or any(change.old.get(each) != change.new.get(each) for each in columns)


def _events(rows: Sequence[Row[int, str, str]]) -> list[Event]:
    acts: dict[int, tuple[dict[str, object], list[Change]]] = {}
    for seq, body, change in rows:
        entry = acts.setdefault(seq, (json.loads(body), []))
        entry[1].append(_change(json.loads(change)))
    names = _names({int(str(body["actor"])) for body, _ in acts.values() if body["actor"] is not None})
    return [_event(seq, body, changes, names) for seq, (body, changes) in acts.items()]


def _change(body: Mapping[str, Any]) -> Change:
    return Change(body["table"], body["op"], body.get("old", {}), body.get("new", {}))


def _event(seq: int, body: dict[str, object], changes: list[Change], names: dict[int, str]) -> Event:
    actor = body["actor"]
    return Event(
        seq=seq,
        action=str(body["action"]),
        at=utc_moment(str(body["at"])),
        who=names.get(int(str(actor)), "") if actor is not None else "",
        reason=str(body["reason"] or ""),
        changes=tuple(changes),
    )


def _names(ids: set[int]) -> dict[int, str]:
    return {row.id: row.name for row in db.session.execute(select(Person.id, Person.name).where(Person.id.in_(ids)))}
