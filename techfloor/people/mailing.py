"""E-mail addresses, who chose which list of what is due, and which of them were sent."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import and_, or_, select
from sqlalchemy.exc import IntegrityError

from techfloor import store
from techfloor.people.models import Mailing, MailSent, Person, PersonRole
from techfloor.people.queries import may_come_in
from techfloor.people.rules import tidy_address
from techfloor.places.models import Area
from techfloor.refusals import Refusal
from techfloor.store import db

AGAIN_AFTER = timedelta(minutes=10)
"""A list that failed is tried again after this time, then after twice as long each time."""
MOST_TRIES = 7
LONGEST_WHY = 300


class Lists(StrEnum):
    """How often somebody gets their list."""

    NONE = ""
    DAILY = "daily"
    WEEKLY = "weekly"


class Sent(StrEnum):
    """What became of a list."""

    SENDING = "sending"
    SENT = "sent"
    NOTHING = "nothing"
    FAILED = "failed"


@dataclass(frozen=True)
class Reader:
    """Somebody who waits for the list of a day."""

    person_id: int
    name: str
    initials: str
    address: str
    area_id: int | None
    area: str
    line: str
    day: date
    roles: frozenset[str]


def _may_try(tries: int, at: datetime, now: datetime) -> bool:
    return tries < MOST_TRIES and at <= now - AGAIN_AFTER * 2 ** (tries - 1)


def address_of(person_id: int) -> str:
    """Return the e-mail address of a person, '' for none."""
    return db.session.scalar(select(Mailing.address).where(Mailing.person_id == person_id)) or ""


def lists_of(person_id: int) -> str:
    """Return which list a person chose, '' for none."""
    return db.session.scalar(select(Mailing.lists).where(Mailing.person_id == person_id)) or ""


def set_address(person_id: int, typed: str) -> None:
    """Keep the e-mail address of a person, '' for none; raises Refusal for what is no address."""
    address, found = tidy_address(typed), db.session.get(Mailing, person_id)
    if found is not None:
        found.address = address
    elif address:
        db.session.add(Mailing(person_id=person_id, address=address))
    db.session.flush()


def choose(person_id: int, lists: str) -> None:
    """Choose the list of a person; raises Refusal for none of them, and without an address."""
    found = db.session.get(Mailing, person_id)
    if lists not in set(Lists):
        raise Refusal("Choose how often the list comes.", field="lists")
    if found is None or not found.address:
        raise Refusal("Ask an administrator to enter your e-mail address first.")
    found.lists = lists
    db.session.flush()


def waiting(today: date, now: datetime) -> list[Reader]:
    """Return who waits for a list: the daily one of today, the weekly one of the week that began on Monday."""
    monday = today - timedelta(days=today.weekday())
    return [
        reader
        for lists, day in ((Lists.DAILY, today), (Lists.WEEKLY, monday))
        for reader in _of(lists, day, today, now)
    ]


def _of(lists: Lists, day: date, today: date, now: datetime) -> list[Reader]:
    person = Person.id, Person.name, Person.initials, Mailing.address, Person.area_id, Area.name, Area.line
    rows = db.session.execute(
        select(*person, MailSent.tries, MailSent.at)
        .join(Mailing, Mailing.person_id == Person.id)
        .outerjoin(Area, Area.id == Person.area_id)
        .outerjoin(MailSent, and_(MailSent.person_id == Person.id, MailSent.day == day))
        .where(Mailing.lists == lists, Mailing.address != "", may_come_in(today))
        .where(or_(MailSent.person_id.is_(None), MailSent.state == Sent.FAILED))
        .order_by(Person.id)
    ).all()
    return [
        Reader(key, name, initials, address, area_id, area or "", line or "", day, _roles(key))
        for key, name, initials, address, area_id, area, line, tries, at in rows
        if tries is None or _may_try(tries, at, now)
    ]


def _roles(person_id: int) -> frozenset[str]:
    return frozenset(db.session.scalars(select(PersonRole.role).where(PersonRole.person_id == person_id)))


def claim(person_id: int, day: date, now: datetime) -> bool:
    """Take it on to send a list, before the mail server is asked; False where another server has."""
    try:
        with store.quiet():
            found = db.session.get(MailSent, (person_id, day), with_for_update=True, populate_existing=True)
            if found is None:
                db.session.add(MailSent(person_id=person_id, day=day, state=Sent.SENDING, tries=1, at=now))
            elif found.state == Sent.FAILED and _may_try(found.tries, found.at, now):
                found.state, found.tries, found.at, found.why = Sent.SENDING, found.tries + 1, now, ""
            else:
                return False
    except IntegrityError:
        return False
    return True


def end(person_id: int, day: date, state: Sent, now: datetime, why: str = "") -> None:
    """Keep what became of a list."""
    with store.quiet():
        found = db.session.get_one(MailSent, (person_id, day))
        found.state, found.at, found.why = state, now, why[:LONGEST_WHY]


@dataclass(frozen=True)
class Trouble:
    """A list that could not be sent, or of which nobody knows whether it was."""

    name: str
    at: datetime
    why: str
    unknown: bool


def troubles(now: datetime) -> list[Trouble]:
    """Return what could not be sent since two days, the newest first."""
    unknown = and_(MailSent.state == Sent.SENDING, MailSent.at < now - AGAIN_AFTER)
    rows = db.session.execute(
        select(Person.name, MailSent.at, MailSent.why, MailSent.state)
        .join(Person, Person.id == MailSent.person_id)
        .where(or_(MailSent.state == Sent.FAILED, unknown), MailSent.at > now - timedelta(days=2))
        .order_by(MailSent.at.desc())
        .limit(20)
    )
    return [Trouble(name, at, why, state == Sent.SENDING) for name, at, why, state in rows]
