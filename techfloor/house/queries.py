"""Reads of the house: a code that stands on a label, the newest records, and what there is to say of an issued PDF."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import aliased

from techfloor.equipment.lists import code_like
from techfloor.equipment.models import Equipment
from techfloor.people.models import Person
from techfloor.places.models import Area, Plant, Shift, Station
from techfloor.records import documents
from techfloor.records.models import LegalHoldLine, Record
from techfloor.records.versions import stands
from techfloor.refusals import NotFound
from techfloor.store import db, search
from techfloor.store.paging import Key, Order, Page


@dataclass(frozen=True)
class RecordLine:
    """One record in the list of all."""

    id: int
    kind: str
    number: str
    version: int
    state: str
    amendment: str | None
    performed_at: datetime
    opened_by: str
    equipment: str | None
    from_day: date | None
    """From when a document is in force; None for what is no document."""


def code_as_written(typed: str) -> str | None:
    """Return the code of a piece of equipment as its label has it, however it was typed; None for an unknown one.

    "g14", "G014" and "14" are G-014 where no other code ends so.
    """
    exact = db.session.scalar(select(Equipment.code).where(Equipment.code == typed))
    if exact is not None:
        return exact
    same = db.session.scalar(select(Equipment.code).where(func.upper(Equipment.code) == typed.upper()))
    return same if same is not None else code_like(typed)


def equipment_id(typed: str) -> int | None:
    """Return the piece of equipment that a code stands for, however it was typed; None for an unknown one."""
    return db.session.scalar(select(Equipment.id).where(Equipment.code == code_as_written(typed)))


def record_named(typed: str) -> tuple[str, str] | None:
    """Return number and kind of a record as they are written; None when there is none of that number."""
    found = db.session.execute(
        select(Record.number, Record.kind).where(Record.number == typed.upper()).limit(1)
    ).first()
    return (found.number, found.kind) if found else None


@dataclass(frozen=True)
class RecordsWanted:
    """What the list of all records is narrowed to: kinds, on which day of the plant, and what narrows it further.

    `numbers` None means that no word was searched for; `beginning` is that of a number.
    """

    kinds: tuple[str, ...]
    today: date
    state: str = ""
    area: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    numbers: tuple[str, ...] | None = None
    beginning: str = ""


NEWEST_FIRST = Order(Key(Record.id, int, descending=True))


def found_numbers(words: str, kinds: Sequence[str]) -> tuple[str, ...]:
    """Return the numbers of the newest records of some kinds that fit what was typed."""
    return tuple(hit.key for hit in search.find(words, kinds=kinds, limit=search.MOST_FOUND))


def record_page(wanted: RecordsWanted, at: str = "") -> Page[RecordLine]:
    """Read one page of the records in one statement, newest first: of each number what stands, and what will."""
    return NEWEST_FIRST.page(_fitting(wanted), RecordLine, at)


def fitting_ids(wanted: RecordsWanted, most: int) -> list[int]:
    """Return every version of what the list shows on all its pages together, `most` and one more if there are more."""
    every = aliased(Record)
    shown = _fitting(wanted).with_only_columns(Record.number)
    return list(db.session.scalars(select(every.id).where(every.number.in_(shown)).limit(most + 1)))


def _fitting(wanted: RecordsWanted) -> Select[*tuple[Any, ...]]:
    first = aliased(Record)  # who amends a piece of work did not do it
    query = (
        select(
            Record.id,
            Record.kind,
            Record.number,
            Record.version,
            Record.state,
            Record.amendment,
            Record.performed_at,
            Person.name,
            Equipment.code,
            documents.first_day(),
        )
        .outerjoin(first, and_(Record.amendment.is_not(None), first.number == Record.number, first.version == 1))
        .join(Person, Person.id == func.coalesce(first.opened_by, Record.opened_by))
        .outerjoin(Equipment, Equipment.id == Record.equipment_id)
        .where(Record.kind.in_(wanted.kinds), documents.listed(wanted.today))
    )
    if wanted.beginning:
        query = query.where(Record.number >= wanted.beginning, Record.number < wanted.beginning + _LAST_SIGN)
    if wanted.state:
        query = query.where(Record.state == wanted.state)
    if wanted.area is not None:
        query = query.where(Equipment.area_id == wanted.area)
    if wanted.since is not None:
        query = query.where(Record.performed_at >= wanted.since)
    if wanted.until is not None:
        query = query.where(Record.performed_at < wanted.until)
    if wanted.numbers is not None:
        query = query.where(Record.number.in_(wanted.numbers))
    return query


_LAST_SIGN = "\N{LATIN SMALL LETTER Z}"
"""Comes after every sign of a number."""


@dataclass(frozen=True)
class HeldLine:
    """A record that a legal hold names, as it stands, with how many of its versions are held."""

    number: str
    kind: str
    state: str
    performed_at: datetime
    equipment: str | None
    name: str | None
    versions: int


BY_NUMBER = Order(Key(Record.number, str))


def held_page(hold_id: int, at: str = "") -> Page[HeldLine]:
    """Read one page of the records that a legal hold names, each once, by their numbers, in one statement.

    The state is that of the version that stands: an amendment that was given up or rejected ends nothing.
    """
    held = aliased(Record)
    versions = (
        select(func.count())
        .select_from(LegalHoldLine)
        .join(held, held.id == LegalHoldLine.record_id)
        .where(LegalHoldLine.hold_id == hold_id, held.number == Record.number)
        .scalar_subquery()
    )
    numbers = select(held.number).join(LegalHoldLine, LegalHoldLine.record_id == held.id)
    query = (
        select(
            Record.number,
            Record.kind,
            Record.state,
            Record.performed_at,
            Equipment.code,
            Equipment.name,
            versions,
        )
        .outerjoin(Equipment, Equipment.id == Record.equipment_id)
        .where(Record.number.in_(numbers.where(LegalHoldLine.hold_id == hold_id)), stands())
    )
    return BY_NUMBER.page(query, HeldLine, at)


@dataclass(frozen=True)
class AreaWithStations:
    """An area and the codes of its stations."""

    area: Area
    stations: tuple[str, ...]


def plant_row() -> Plant:
    """Return the plant as it is written; raises NotFound before it is set up."""
    found: Plant | None = db.session.scalar(select(Plant))
    if found is None:
        raise NotFound("The plant is not set up yet.")
    return found


def areas_with_stations() -> list[AreaWithStations]:
    """Return every area with its stations, in the order they were made."""
    codes: dict[int, list[str]] = {}
    for area_id, code in db.session.execute(select(Station.area_id, Station.code).order_by(Station.code)):
        codes.setdefault(area_id, []).append(code)
    return [
        AreaWithStations(area, tuple(codes.get(area.id, ())))
        for area in db.session.scalars(select(Area).order_by(Area.id))
    ]


def area(area_id: int) -> AreaWithStations:
    """Return one area with its stations; raises NotFound when there is none."""
    found = db.session.get(Area, area_id)
    if found is None:
        raise NotFound("This area is not here.")
    codes = db.session.scalars(select(Station.code).where(Station.area_id == area_id).order_by(Station.code))
    return AreaWithStations(found, tuple(codes))


def shifts() -> list[Shift]:
    """Return the shifts in the order they were made."""
    return list(db.session.scalars(select(Shift).order_by(Shift.id)))


def shift(shift_id: int) -> Shift:
    """Return one shift; raises NotFound when there is none."""
    found = db.session.get(Shift, shift_id)
    if found is None:
        raise NotFound("This shift is not here.")
    return found
