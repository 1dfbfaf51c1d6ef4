"""How long records are kept, and what holds them longer: nothing is ever deleted here, what is due is only told.

A legal hold names its records one by one when it is placed, so that each record's own trail tells of it. It holds their
numbers: every version that there is, and every one to come.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select, update
from sqlalchemy.orm import aliased

from techfloor.clock import midnight
from techfloor.people.models import Person
from techfloor.records.lifecycle import State
from techfloor.records.models import Definition, LegalHold, LegalHoldLine, Record, RetentionRule, Revision
from techfloor.refusals import NotFound, Refusal
from techfloor.store import db
from techfloor.store.paging import Key, Order, Page

MOST = 5000
"""So many records one hold may name."""
LONGEST_YEARS = 100
_BETWEEN = re.compile(r"[\s,;]+")
_OVER = (State.CLOSED.value, State.REJECTED.value, State.DISCONTINUED.value)


def years_of() -> dict[str, int | None]:
    """Return how long each kind is kept, where the plant said so; None is for ever."""
    return {rule.kind: rule.years for rule in db.session.scalars(select(RetentionRule))}


def set_years(kind: str, years: int | None) -> None:
    """Say how many years records of a kind are kept, None for ever; raises Refusal for what no plant means."""
    if years is not None and not 1 <= years <= LONGEST_YEARS:
        raise Refusal("Enter 1 to %(most)s years, or nothing for ever.", field="years", most=LONGEST_YEARS)
    rule = db.session.get(RetentionRule, kind)
    if rule is None:
        db.session.add(RetentionRule(kind=kind, years=years))
    else:
        rule.years = years
    db.session.flush()


# --- what is due ---


@dataclass(frozen=True)
class DueLine:
    """A record that was kept as long as the plant said."""

    id: int
    number: str
    version: int
    state: str
    ended_at: datetime
    held: bool


def _ended(record: Any = Record) -> ColumnElement[datetime]:
    return func.coalesce(record.closed_at, record.performed_at)


def _held() -> ColumnElement[bool]:
    lines = select(LegalHoldLine.id).where(LegalHoldLine.record_id == Record.id, LegalHoldLine.lifted_at.is_(None))
    return lines.exists()


def _due(kind: str, before: datetime) -> list[ColumnElement[bool]]:
    """Return the conditions of what is due: a number goes as a whole, for each version names the one before."""
    other = aliased(Record)
    goes_on = other.state.not_in(_OVER) | (_ended(other) >= before) | _in_force(other)
    same = (other.kind == Record.kind, other.number == Record.number)
    return [Record.kind == kind, Record.performed_at < before, ~select(other.id).where(*same, goes_on).exists()]


def _in_force(record: Any) -> ColumnElement[bool]:
    """Return the condition of the records of documents that are in force, or will be."""
    live = select(Revision.id).join(Definition, Definition.id == Revision.definition_id)
    mine = (Revision.id == record.revision_id, Definition.kind == record.kind)
    return live.where(*mine, Revision.state.in_(("effective", "approved"))).exists()


OLDEST_FIRST = Order(Key(Record.performed_at, datetime), Key(Record.id, int))


def due_page(kind: str, before: datetime, at: str = "") -> Page[DueLine]:
    """Read one page of the records of a kind whose every version ended before a moment, the oldest first."""
    rows = select(Record.id, Record.number, Record.version, Record.state, _ended(), _held(), Record.performed_at)
    return OLDEST_FIRST.page(rows.where(*_due(kind, before)), _due_line, at)


def _due_line(*row: Any) -> DueLine:
    return DueLine(*row[:6])


def counts(kind: str, before: datetime) -> tuple[int, int]:
    """Return how many records of a kind are due, and how many of these a legal hold keeps."""
    found = select(func.count()).select_from(Record).where(*_due(kind, before))
    return db.session.scalar(found) or 0, db.session.scalar(found.where(_held())) or 0


def before_of(years: int, today: date, zone: str) -> datetime:
    """Return the moment before which a record must have ended to be due: so many years ago, at the plant's midnight."""
    day = date(today.year - years, today.month, min(today.day, 28) if today.month == 2 else today.day)
    return midnight(day, zone)


# --- legal holds ---


@dataclass(frozen=True)
class HoldEntry:
    """Which records are to be held, and why: by their numbers, or by kind, equipment and days."""

    reason: str
    numbers: str = ""
    kind: str = ""
    equipment_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    asked: Mapping[str, str] | None = None


def place(entry: HoldEntry, *, actor: int, at: datetime) -> LegalHold:
    """Hold records; raises Refusal without a reason, for a number that is none, for no record and for too many.

    Numbers together with what picks records are refused: it could mean either, and one of them would not be held.
    """
    reason = entry.reason.strip()
    if not reason:
        raise Refusal("Say why these records must be kept.", field="reason")
    if entry.numbers.strip() and (entry.kind or entry.equipment_id or entry.since or entry.until):
        raise Refusal(
            "Type numbers, or choose by kind, equipment and days, not both. For both place two holds.", field="numbers"
        )
    ids = _every_version(_by_number(entry.numbers) if entry.numbers.strip() else _by_filter(entry))
    asked = {name: value for name, value in (entry.asked or {}).items() if value}
    hold = LegalHold(reason=reason, asked=asked, placed_by=actor, placed_at=at)
    db.session.add(hold)
    db.session.flush()
    db.session.add_all(LegalHoldLine(hold_id=hold.id, record_id=record_id) for record_id in ids)
    db.session.flush()
    return hold


def _every_version(ids: Sequence[int]) -> Sequence[int]:
    """Return the keys of all versions of some records; a next one that is being opened is waited for."""
    _keep_apart(ids)
    numbers = select(Record.number).where(Record.id.in_(ids))
    return db.session.scalars(select(Record.id).where(Record.number.in_(numbers)).order_by(Record.id)).all()


def _keep_apart(ids: Sequence[int]) -> None:
    """Let nobody else place a hold on these records, or open their next versions, until the act ends."""
    rows = select(Record.id).where(Record.id.in_(ids)).order_by(Record.id)
    # Rows, and not `alone`: 5000 records under one hold are more than a server keeps such locks for.
    db.session.execute(rows.with_for_update(key_share=True)).all()


def carry_on(former_id: int, record_id: int) -> None:
    """Hold the next version of a record by what holds the one before; to be called in the act that makes it."""
    _keep_apart([former_id])
    mine = select(LegalHoldLine.hold_id).where(LegalHoldLine.record_id == former_id, LegalHoldLine.lifted_at.is_(None))
    still = select(LegalHold.id).where(LegalHold.id.in_(mine), LegalHold.lifted_at.is_(None)).order_by(LegalHold.id)
    ids = db.session.scalars(still.with_for_update(read=True)).all()
    db.session.add_all(LegalHoldLine(hold_id=hold_id, record_id=record_id) for hold_id in ids)
    db.session.flush()


def _by_number(typed: str) -> list[int]:
    numbers = list(dict.fromkeys(each.upper() for each in _BETWEEN.split(typed) if each))
    _not_too_many(len(numbers))
    found = db.session.execute(select(Record.id, Record.number).where(Record.number.in_(numbers))).all()
    missing = [number for number in numbers if number not in {row.number for row in found}]
    if missing:
        raise Refusal("There is no record %(number)s.", field="numbers", number=missing[0])
    return [row.id for row in found]


def _by_filter(entry: HoldEntry) -> list[int]:
    wanted: Select[int] = select(Record.id).order_by(Record.id).limit(MOST + 1)
    if not (entry.equipment_id or entry.since or entry.until):
        raise Refusal("Type record numbers, or narrow by equipment or days.", field="numbers")
    if entry.kind:
        wanted = wanted.where(Record.kind == entry.kind)
    if entry.equipment_id is not None:
        wanted = wanted.where(Record.equipment_id == entry.equipment_id)
    if entry.since is not None:
        wanted = wanted.where(Record.performed_at >= entry.since)
    if entry.until is not None:
        wanted = wanted.where(Record.performed_at < entry.until)
    ids = list(db.session.scalars(wanted))
    if not ids:
        raise Refusal("No record fits. Narrow it otherwise, or type the numbers.", field="numbers")
    _not_too_many(len(ids))
    return ids


def _not_too_many(count: int) -> None:
    if count > MOST:
        raise Refusal("These are more than %(most)s records. Narrow them further.", field="numbers", most=MOST)


def lift(hold_id: int, because: str, *, actor: int, at: datetime) -> None:
    """End a hold; raises Refusal without words, or for one that was lifted."""
    found = hold_of(hold_id)
    db.session.refresh(found, with_for_update=True)  # a version that is being opened is waited for: it is lifted too
    if found.lifted_at is not None:
        raise Refusal("This hold was lifted already.")
    if not because.strip():
        raise Refusal("Say why the records need not be held any more.", field="because")
    found.lifted_by, found.lifted_at, found.lifted_because = actor, at, because.strip()
    db.session.flush()
    lines = update(LegalHoldLine).where(LegalHoldLine.hold_id == hold_id, LegalHoldLine.lifted_at.is_(None))
    db.session.execute(lines.values(lifted_at=at))
    db.session.flush()


def hold_of(hold_id: int) -> LegalHold:
    """Return a hold; raises NotFound."""
    found = db.session.get(LegalHold, hold_id)
    if found is None:
        raise NotFound("This legal hold is not here.")
    return found


@dataclass(frozen=True)
class HoldLine:
    """A hold in a list, or on the page of a record."""

    id: int
    reason: str
    placed_at: datetime
    placed_by: str
    lifted_at: datetime | None
    records: int
    versions: int


class Holds(list[HoldLine]):
    """The holds that keep a record now, and its number, for who places another."""

    def __init__(self, number: str, lines: Iterable[HoldLine]) -> None:
        super().__init__(lines)
        self.number = number


_STILL_FIRST = case((LegalHold.lifted_at.is_(None), 0), else_=1)
HOLDING_FIRST = Order(Key(_STILL_FIRST, int), Key(LegalHold.id, int, descending=True))


def holds_page(at: str = "") -> Page[HoldLine]:
    """Read one page of the holds, those that still hold first, the newest first."""
    return HOLDING_FIRST.page(_holds(), HoldLine, at)


def on_record(record_id: int) -> Holds:
    """Return the holds that keep a record now."""
    mine = select(LegalHoldLine.hold_id).where(LegalHoldLine.record_id == record_id, LegalHoldLine.lifted_at.is_(None))
    rows = db.session.execute(_holds().where(LegalHold.id.in_(mine)).order_by(LegalHold.id))
    return Holds(db.session.get_one(Record, record_id).number, (HoldLine(*row) for row in rows))


def _holds() -> Select[*tuple[Any, ...]]:
    mine = select(func.count(Record.number.distinct())).join(LegalHoldLine, LegalHoldLine.record_id == Record.id)
    records = mine.where(LegalHoldLine.hold_id == LegalHold.id).scalar_subquery()
    versions = select(func.count()).where(LegalHoldLine.hold_id == LegalHold.id).scalar_subquery()
    columns = (LegalHold.id, LegalHold.reason, LegalHold.placed_at, Person.name, LegalHold.lifted_at)
    return select(*columns, records, versions).join(Person, Person.id == LegalHold.placed_by)


def counted(hold_id: int) -> HoldLine:
    """Return a hold with how many records it names, each once, in how many versions; raises NotFound."""
    row = db.session.execute(_holds().where(LegalHold.id == hold_id)).one_or_none()
    if row is None:
        raise NotFound("This legal hold is not here.")
    return HoldLine(*row)


def numbers_under(hold_id: int) -> Sequence[tuple[str, int]]:
    """Return (number, version) of every record that a hold names, in their order."""
    rows = db.session.execute(
        select(Record.number, Record.version)
        .join(LegalHoldLine, LegalHoldLine.record_id == Record.id)
        .where(LegalHoldLine.hold_id == hold_id)
        .order_by(Record.number, Record.version)
    )
    return [(row.number, row.version) for row in rows]
