"""Reads of persons, sessions and devices."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from techfloor.people.locks import ALL_TABLETS, LIMIT, NO_GUESS, Lock, Outcome, Try, lock_after, lock_on_tablet
from techfloor.people.models import Device, LoginSession, Person, PersonRole, Secret, SignInEvent
from techfloor.people.secrets import VOID, Kind
from techfloor.places.models import Area
from techfloor.store import db
from techfloor.store.paging import Key, Order, Page

PAGE = 100

_ROLES = (
    select(func.aggregate_strings(PersonRole.role, ","))
    .where(PersonRole.person_id == Person.id)
    .correlate(Person)
    .scalar_subquery()
)


def _last_right() -> ScalarSelect[datetime]:
    """Return the moment of the last right secret; UtcTime is sortable text, so its greatest is the latest."""
    return (
        select(SignInEvent.at)
        .where(SignInEvent.person_id == Person.id, SignInEvent.outcome == Outcome.RIGHT)
        .order_by(SignInEvent.id.desc())
        .limit(1)
        .correlate(Person)
        .scalar_subquery()
    )


def _split(roles: str | None) -> tuple[str, ...]:
    return tuple(roles.split(",")) if roles else ()


@dataclass(frozen=True)
class PersonLine:
    """One person in a list."""

    id: int
    name: str
    user_name: str
    initials: str
    active: bool
    area: str
    roles: tuple[str, ...]
    last_sign_in: datetime | None
    last_day: date | None


BY_NAME = Order(Key(Person.name, str), Key(Person.id, int))


def people(*, part: str = "", at: str = "", active: bool | None = None, size: int = PAGE) -> Page[PersonLine]:
    """Read one page of the persons by name; `part` is a piece of a name or user name, `at` the cursor of the page."""
    rows = select(
        Person.id,
        Person.name,
        Person.user_name,
        Person.initials,
        Person.active,
        func.coalesce(Area.name, ""),
        _ROLES,
        _last_right(),
        Person.last_day,
    ).outerjoin(Area, Area.id == Person.area_id)
    if part:
        in_name = Person.name.icontains(part, autoescape=True)
        rows = rows.where(or_(in_name, Person.user_name.contains(part.lower(), autoescape=True)))
    if active is not None:
        rows = rows.where(Person.active.is_(active))
    return BY_NAME.page(rows, _person_line, at, size=size)


def _person_line(*row: Any) -> PersonLine:
    id_, name, user_name, initials, active, area, roles, last, last_day = row
    return PersonLine(id_, name, user_name, initials, active, area, _split(roles), last, last_day)


@dataclass(frozen=True)
class Choice:
    """One person on the page where a shared tablet asks who it is."""

    id: int
    name: str
    initials: str
    area_id: int | None
    roles: tuple[str, ...]


def may_come_in(today: date) -> ColumnElement[bool]:
    """Return the condition of a person who may sign in on a day of the plant."""
    return and_(Person.active.is_(True), or_(Person.last_day.is_(None), Person.last_day >= today))


def leaving(first: date, last: date) -> list[tuple[int, str, date]]:
    """Return (id, name, last day) of who works here and has their last day between two days, the soonest first."""
    wanted = (Person.active.is_(True), Person.last_day >= first, Person.last_day <= last)
    rows = db.session.execute(
        select(Person.id, Person.name, Person.last_day).where(*wanted).order_by(Person.last_day, Person.name)
    )
    return [(row.id, row.name, row.last_day) for row in rows]


def who_may_be_here(today: date) -> list[Choice]:
    """Return everybody who may sign in, by name."""
    rows = db.session.execute(
        select(Person.id, Person.name, Person.initials, Person.area_id, _ROLES)
        .where(may_come_in(today))
        .order_by(Person.name, Person.id)
    )
    return [Choice(id_, name, short, area, _split(roles)) for id_, name, short, area, roles in rows if roles]


def names() -> dict[int, str]:
    """Return the name of everybody there ever was, by id."""
    return {row.id: row.name for row in db.session.execute(select(Person.id, Person.name))}


def active_person(person_id: int, today: date) -> Person | None:
    """Return a person who may sign in."""
    return db.session.scalar(select(Person).where(Person.id == person_id, may_come_in(today)))


def person_named(who: str, badge: str, today: date) -> int | None:
    """Return whose user name `who` is, or whose badge has the hash `badge`."""
    owner = select(Secret.person_id).where(Secret.kind == Kind.BADGE, Secret.hash == badge)
    named = or_(Person.user_name == who.strip().lower(), Person.id.in_(owner))
    return db.session.scalar(select(Person.id).where(named, may_come_in(today)).limit(1))


@dataclass(frozen=True)
class LockLine:
    """The lock of one way in which wrong secrets were typed; `tablet` is '' away from tablets."""

    tablet: str
    lock: Lock


def locks_of(person_id: int, now: datetime) -> list[LockLine]:
    """Return the locks on a person's secrets that have something to reset, the password's first."""
    e = SignInEvent
    tried = db.session.execute(
        select(e.device_id, func.coalesce(Device.name, ""))
        .outerjoin(Device, Device.id == e.device_id)
        .where(e.person_id == person_id, e.outcome == Outcome.WRONG)
        .distinct()
    )
    found = [LockLine(name, lock_on(db.session(), e.person_id == person_id, device, now)) for device, name in tried]
    return sorted((line for line in found if line.lock.wrong), key=lambda line: line.tablet)


@dataclass(frozen=True)
class LockedPerson:
    """Somebody whom wrong tries have locked out, and where: '' away from tablets."""

    person_id: int
    name: str
    tablet: str
    until: datetime | None
    """None where the lock stays until a reset."""


NEWEST_WRONG = 200
"""So many of the newest wrong tries are looked through for locks: who guesses more is still among them."""


def locked_people(now: datetime) -> list[LockedPerson]:
    """Return everybody who is locked out, a line for each way in."""
    newest = (
        select(SignInEvent.id, SignInEvent.person_id, SignInEvent.device_id)
        .where(SignInEvent.outcome == Outcome.WRONG)
        .order_by(SignInEvent.id.desc())
        .limit(NEWEST_WRONG)
        .subquery()
    )
    later = aliased(SignInEvent)
    same_way = later.device_id.is_not_distinct_from(newest.c.device_id)
    ended = exists().where(
        later.person_id == newest.c.person_id,
        later.id > newest.c.id,
        or_(later.outcome == Outcome.CLEARED, and_(later.outcome == Outcome.RIGHT, same_way)),
    )
    suspects = db.session.execute(
        select(Person.id, Person.name)
        .where(Person.active.is_(True), Person.id.in_(select(newest.c.person_id).where(~ended)))
        .order_by(Person.name)
    )
    return [
        LockedPerson(person_id, name, line.tablet, None if line.lock.needs_reset else line.lock.until)
        for person_id, name in suspects
        for line in locks_of(person_id, now)
        if line.lock.closed
    ]


def lock_on(session: Session, tried: ColumnElement[bool], device_id: int | None, now: datetime) -> Lock:
    """Return the lock on one way in: the PIN on a tablet, or the password away from tablets.

    `tried` picks the tries of one person, or of one name that nobody has. A reset counts for every way.
    """
    device = SignInEvent.device_id
    if device_id is None:
        return lock_after(_tries(session, tried & _counts(device.is_(None)), LIMIT), now)
    here = _tries(session, tried & _counts(device == device_id), LIMIT)
    return lock_on_tablet(here, _tries(session, tried & _counts(device.is_not(None)), ALL_TABLETS), now)


def _counts(way: ColumnElement[bool]) -> ColumnElement[bool]:
    return or_(way, SignInEvent.outcome == Outcome.CLEARED)


def _tries(session: Session, which: ColumnElement[bool], most: int) -> list[Try]:
    rows = session.execute(
        select(SignInEvent.outcome, SignInEvent.at)
        .where(which, SignInEvent.outcome.not_in(NO_GUESS))
        .order_by(SignInEvent.id.desc())
        .limit(most)
    )
    return [Try(row.outcome, row.at) for row in rows]


def last_sign_in(person_id: int) -> datetime | None:
    """Return when a person last typed a right secret that was written down."""
    return db.session.scalar(
        select(SignInEvent.at)
        .where(SignInEvent.person_id == person_id, SignInEvent.outcome == Outcome.RIGHT)
        .order_by(SignInEvent.id.desc())
        .limit(1)
    )


def secrets_of(person_id: int) -> Mapping[str, datetime]:
    """Return which kinds of secret open something for a person, and since when."""
    rows = db.session.execute(
        select(Secret.kind, Secret.set_at).where(Secret.person_id == person_id, Secret.hash != VOID)
    )
    return {row.kind: row.set_at for row in rows}


@dataclass(frozen=True)
class SessionLine:
    """One sign-in that has not been ended."""

    id: int
    method: str
    device: str
    started_at: datetime
    seen_at: datetime


def open_sessions(person_id: int, started_after: datetime) -> list[SessionLine]:
    """Return a person's sessions, the latest first."""
    rows = db.session.execute(
        select(
            LoginSession.id,
            LoginSession.method,
            func.coalesce(Device.name, ""),
            LoginSession.started_at,
            LoginSession.seen_at,
        )
        .outerjoin(Device, Device.id == LoginSession.device_id)
        .where(
            LoginSession.person_id == person_id,
            LoginSession.ended_at.is_(None),
            LoginSession.started_at > started_after,
        )
        .order_by(LoginSession.id.desc())
        .limit(50)
    )
    return [SessionLine(*row) for row in rows]


@dataclass(frozen=True)
class DeviceLine:
    """One enrolled device in the list."""

    id: int
    name: str
    area: str
    idle_minutes: int | None
    enrolled_by: str
    enrolled_at: datetime
    revoked_at: datetime | None
    last_used: datetime | None


def devices() -> list[DeviceLine]:
    """Return every device, those in use first, by name."""
    last = (
        select(func.max(LoginSession.seen_at))  # an earlier session may have been taken up again
        .where(LoginSession.device_id == Device.id)
        .correlate(Device)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(
            Device.id,
            Device.name,
            Area.name,
            Device.idle_minutes,
            Person.name,
            Device.enrolled_at,
            Device.revoked_at,
            last,
        )
        .join(Area, Area.id == Device.area_id)
        .join(Person, Person.id == Device.enrolled_by)
        .order_by(Device.revoked_at.is_not(None), Device.name)
    )
    return [DeviceLine(*row) for row in rows]
