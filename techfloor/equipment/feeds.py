"""Calendar feeds: due days for calendar programs, at an address whose secret somebody makes and revokes."""

import hashlib
import secrets as random_secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from icalendar import Calendar, Event, vDuration
from sqlalchemy import or_, select

from techfloor.equipment.models import CalendarFeed, Equipment, EquipmentDue, Gauge
from techfloor.equipment.statuses import FALLS_DUE, Status
from techfloor.people.models import Person
from techfloor.places.models import Area, Station
from techfloor.refusals import NotFound, Refusal
from techfloor.store import db
from techfloor.store.trail import ActRow

SECRET_BYTES = 32
READ_AGAIN = timedelta(hours=6)
"""How often calendar programs are asked to look."""


@dataclass(frozen=True)
class FeedLine:
    """A feed as the page lists it; `area` is '' for the whole plant."""

    id: int
    area: str
    made_by: str
    made_at: datetime


@dataclass(frozen=True)
class DueDay:
    """What falls due on a day."""

    id: int
    code: str
    name: str
    work: str
    due: date
    area: str
    station: str

    @property
    def place(self) -> str:
        """Where it is."""
        return ", ".join(part for part in (self.area, self.station) if part)


def hash_of(secret: str) -> str:
    """Return what is kept of a secret; it is random and long, so that SHA-256 is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def make(area_id: int | None, *, actor: int, at: datetime) -> str:
    """Make a feed of an area, or of the plant; returns its secret, which nobody is told again."""
    if area_id is not None and db.session.get(Area, area_id) is None:
        raise Refusal("Choose an area from the list.", field="area")
    secret = random_secrets.token_urlsafe(SECRET_BYTES)
    db.session.add(CalendarFeed(area_id=area_id, secret_hash=hash_of(secret), made_by=actor, made_at=at))
    db.session.flush()
    return secret


def revoke(feed_id: int, *, actor: int, at: datetime) -> None:
    """End a feed: its address leads nowhere from now on; raises NotFound."""
    feed = db.session.get(CalendarFeed, feed_id)
    if feed is None or feed.revoked_at is not None:
        raise NotFound("This calendar feed is not here any more.")
    feed.revoked_by, feed.revoked_at = actor, at
    db.session.flush()


def standing() -> list[FeedLine]:
    """Return the feeds that are not revoked, the newest first."""
    f = CalendarFeed
    rows = db.session.execute(
        select(f.id, Area.name, Person.name, f.made_at)
        .outerjoin(Area, Area.id == f.area_id)
        .join(Person, Person.id == f.made_by)
        .where(f.revoked_at.is_(None))
        .order_by(f.id.desc())
    )
    return [FeedLine(key, area or "", by, at) for key, area, by, at in rows]


def of_secret(secret: str) -> CalendarFeed:
    """Return the feed that a secret opens; raises NotFound for a wrong and for a revoked one alike.

    It is looked up by its hash, so the time it takes tells nothing of how near a guess was.
    """
    f = CalendarFeed
    feed = db.session.scalar(select(f).where(f.secret_hash == hash_of(secret), f.revoked_at.is_(None)))
    if feed is None:
        raise NotFound("There is no such calendar.")
    return feed


def state(feed: CalendarFeed) -> str:
    """Return what changes with each act, and with the feed: the same as before means that nothing is new."""
    newest = db.session.scalar(select(ActRow.hash).order_by(ActRow.seq.desc()).limit(1)) or ""
    return hash_of(f"{feed.secret_hash} {newest}")


def due_days(area_id: int | None) -> list[DueDay]:
    """Return what falls due in an area, or in the plant, in the order of the days."""
    d, e = EquipmentDue, Equipment
    wanted = (
        select(d.id, e.code, e.name, d.work, d.due, Area.name, Station.code)
        .join(e, e.id == d.equipment_id)
        .outerjoin(Gauge, Gauge.equipment_id == e.id)
        .outerjoin(Area, Area.id == e.area_id)
        .outerjoin(Station, Station.id == e.station_id)
        .where(e.lifecycle != Status.RETIRED, or_(Gauge.equipment_id.is_(None), Gauge.status.in_(FALLS_DUE)))
        .order_by(d.due, e.code)
    )
    if area_id is not None:
        wanted = wanted.where(e.area_id == area_id)
    rows = db.session.execute(wanted)
    return [DueDay(*row[:5], row[5] or "", row[6] or "") for row in rows]


def calendar(name: str, zone: str, days: list[tuple[DueDay, str, str]], now: datetime) -> bytes:
    """Write due days, each with its words and its link ('' for none), as iCalendar (RFC 5545), as whole days."""
    made = Calendar()
    made.add("prodid", "-//techfloor//due days//EN")
    made.add("version", "2.0")
    made.add("x-wr-calname", name)
    made.add("x-wr-timezone", zone)
    made.add("refresh-interval", READ_AGAIN, {"value": "DURATION"})
    made.add("x-published-ttl", vDuration(READ_AGAIN))
    for each, words, link in days:
        if each.due < date.max:  # a whole day ends on the next one
            made.add_component(_event(each, words, link, now))
    return bytes(made.to_ical())


def _event(each: DueDay, words: str, link: str, now: datetime) -> Event:
    event = Event()
    event.add("uid", f"due-{each.id}@techfloor")
    event.add("dtstamp", now)
    event.add("dtstart", each.due)
    event.add("dtend", each.due + timedelta(days=1))
    event.add("summary", words)
    if each.place:
        event.add("location", each.place)
    if link:
        event.add("url", link)
        event.add("description", link)
    event.add("transp", "TRANSPARENT")
    return event
