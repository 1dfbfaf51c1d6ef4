"""Acts on persons and devices; the trail names who did them.

They are used by the pages, by the set-up of a new plant (no actor yet) and by the loader of the demo plant.
"""

import hashlib
import secrets as random_secrets
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, update

from techfloor.people import secrets
from techfloor.people.locks import Outcome
from techfloor.people.models import Device, LoginSession, Person, PersonRole, SignInEvent
from techfloor.people.rules import (
    DeviceEntry,
    Ended,
    PersonEntry,
    check_roles,
    initials_of,
    may_reset,
    tidy_device,
    tidy_initials,
    tidy_name,
    tidy_user_name,
)
from techfloor.places.models import Area
from techfloor.refusals import NotFound, Refusal
from techfloor.store import alone, db


def create_person(at: datetime, entry: PersonEntry, *, administrator_may_make_records: bool = True) -> Person:
    """Add a person, who cannot sign in before they have a secret or a one-time code.

    Raises Refusal for a user name that somebody has or had, and for roles that do not go together.
    """
    check_roles(entry.roles, administrator_may_make_records=administrator_may_make_records)
    name, user_name = tidy_name(entry.name), tidy_user_name(entry.user_name)
    if db.session.scalar(select(Person.id).where(Person.user_name == user_name)) is not None:
        raise Refusal("This user name is taken, now or by somebody who has left.", field="user_name")
    person = Person(
        user_name=user_name,
        name=name,
        initials=_free_initials(name, entry.initials),
        area_id=_area(entry.area_id),
        active=True,
        last_day=entry.last_day,
        created_at=at,
    )
    db.session.add(person)
    db.session.flush()
    _put_roles(person.id, entry.roles)
    return person


def _free_initials(name: str, wanted: str, own: str = "") -> str:
    taken = set(db.session.scalars(select(Person.initials))) - {own}
    return tidy_initials(wanted, taken) or initials_of(name, taken)


def _area(area_id: int | None) -> int | None:
    if area_id is not None and db.session.get(Area, area_id) is None:
        raise Refusal("Choose an area of this plant.", field="area_id")
    return area_id


def _put_roles(person_id: int, roles: frozenset[str]) -> None:
    held = {row.role: row for row in db.session.scalars(select(PersonRole).where(PersonRole.person_id == person_id))}
    for role in sorted(held.keys() - roles):
        db.session.delete(held[role])
    db.session.add_all(PersonRole(person_id=person_id, role=role) for role in sorted(roles - held.keys()))
    db.session.flush()


def person_of(person_id: int) -> Person:
    """Return a person; raises NotFound."""
    found = db.session.get(Person, person_id)
    if found is None:
        raise NotFound("This person is not here.")
    return found


def roles_of(person_id: int) -> frozenset[str]:
    """Return the roles a person holds."""
    return frozenset(db.session.scalars(select(PersonRole.role).where(PersonRole.person_id == person_id)))


def edit_person(person_id: int, *, name: str, initials: str, area_id: int | None) -> None:
    """Change what is printed of a person and where they work; signatures given before keep the name they had."""
    person = person_of(person_id)
    person.name = tidy_name(name)
    person.initials = _free_initials(person.name, initials, own=person.initials)
    person.area_id = _area(area_id)
    db.session.flush()


def set_roles(
    at: datetime,
    person_id: int,
    roles: frozenset[str],
    *,
    administrator_may_make_records: bool = True,
    keep_session: int | None = None,
) -> bool:
    """Give a person exactly these roles and return whether they changed.

    Their sessions end, but for `keep_session`, which gets a new token by its page. Raises Refusal when nobody would
    be administrator any more.
    """
    check_roles(roles, administrator_may_make_records=administrator_may_make_records)
    person = person_of(person_id)
    held = roles_of(person_id)
    if held == roles:
        return False
    if person.active and "administrator" in held - roles:
        _another_administrator(person_id, "roles")
    _put_roles(person_id, roles)
    end_sessions(person_id, at, Ended.ROLES, but=keep_session)
    return True


def _another_administrator(person_id: int, field: str | None) -> None:
    alone("administrators")
    other = select(PersonRole.id).join(Person, Person.id == PersonRole.person_id)
    stays = Person.active.is_(True) & Person.last_day.is_(None)
    rule = (PersonRole.role == "administrator") & stays & (Person.id != person_id)
    if db.session.scalar(other.where(rule).limit(1)) is None:
        raise Refusal("This is the last administrator. Make somebody else administrator first.", field=field)


def deactivate(actor: int, at: datetime, person_id: int) -> None:
    """Let a person who has left sign in no more, from this moment on; their records and signatures stay."""
    person = person_of(person_id)
    if person_id == actor:
        raise Refusal("You cannot deactivate yourself.")
    if "administrator" in roles_of(person_id):
        _another_administrator(person_id, None)
    person.active = False
    end_sessions(person_id, at, Ended.DEACTIVATED)


def reactivate(person_id: int) -> None:
    """Let a person who has come back sign in again."""
    person_of(person_id).active = True
    db.session.flush()


def end_sessions(person_id: int, at: datetime, why: Ended, *, but: int | None = None) -> None:
    """End every session of a person, but for one; who is thrown out reads why."""
    open_ones = (LoginSession.person_id == person_id) & LoginSession.ended_at.is_(None)
    if but is not None:
        open_ones &= LoginSession.id != but
    db.session.execute(update(LoginSession).where(open_ones).values(ended_at=at, ended_why=why.value))


def sign_out_everywhere(person_id: int, at: datetime, *, but: int | None = None) -> None:
    """End every session of a person, but for the one they are at; the trail keeps that it was done."""
    person = person_of(person_id)
    end_sessions(person_id, at, Ended.ELSEWHERE, but=but)
    _note_end(person, at)


def end_session(person_id: int, session_id: int, at: datetime) -> None:
    """End one session of a person; raises NotFound for anybody else's."""
    found = db.session.get(LoginSession, session_id)
    if found is None or found.person_id != person_id:
        raise NotFound("This session is not here.")
    if found.ended_at is None:
        found.ended_at, found.ended_why = at, Ended.ELSEWHERE.value
        _note_end(person_of(person_id), at, found.device_id)
    db.session.flush()


def _note_end(person: Person, at: datetime, device_id: int | None = None) -> None:
    """Write down that somebody ended sessions: a session itself is no record."""
    ended = SignInEvent(
        person_id=person.id,
        typed=person.user_name,
        device_id=device_id,
        kind="session",
        outcome=Outcome.ENDED.value,
        at=at,
    )
    db.session.add(ended)
    db.session.flush()


def check_may_end(actor: int, person_id: int) -> None:
    """Raise Refusal when the actor may not end this person's sessions: the rule is that of a one-time code."""
    if not may_reset(actor, roles_of(actor), person_id, roles_of(person_id)):
        raise Refusal("You may not sign this person out. Ask an administrator.")


def set_last_day(person_id: int, last_day: date | None) -> None:
    """Say until when a person signs in, None for no end; raises Refusal for the last administrator who stays."""
    person = person_of(person_id)
    if person.last_day == last_day:
        return
    if last_day is not None and "administrator" in roles_of(person_id):
        _another_administrator(person_id, "last_day")
    person.last_day = last_day
    db.session.flush()


def give_code(actor: int | None, at: datetime, person_id: int, *, account: str = "") -> str:
    """Reset a person's secrets and return the one-time code with which they set their own.

    Without an actor the command gives it; `account` is whose account of the machine ran it.

    Password and PIN stop working, sessions end, the lock is cleared. The giver knows the code and never the secret:
    who used it stands in the trail. Raises Refusal when the actor may not reset this person.
    """
    person = person_of(person_id)
    if actor is not None and not may_reset(actor, roles_of(actor), person_id, roles_of(person_id)):
        raise Refusal("You may not reset this person. Ask an administrator.")
    if not person.active:
        raise Refusal("This person is deactivated. Reactivate them first.")
    code = secrets.give_code(person_id, at)
    _clear(person, at, account)
    end_sessions(person_id, at, Ended.RESET)
    return code


def clear_lock(actor: int | None, at: datetime, person_id: int, *, account: str = "") -> None:
    """Let a person who typed too many wrong secrets try again; nobody clears their own lock.

    `account` is whose account of the machine did it by the command.
    """
    person = person_of(person_id)
    if actor == person_id:
        raise Refusal("Another supervisor or an administrator has to reset your lock.")
    _clear(person, at, account)


def _clear(person: Person, at: datetime, account: str = "") -> None:
    cleared = SignInEvent(
        person_id=person.id,
        typed=person.user_name,
        kind="reset",
        outcome=Outcome.CLEARED.value,
        address=account[:60],
        at=at,
    )
    db.session.add(cleared)
    db.session.flush()


@dataclass(frozen=True)
class Enrolled:
    """A device just enrolled, with the key that its browser alone will hold."""

    id: int
    key: str


def enrol_device(
    actor: int, at: datetime, entry: DeviceEntry, *, glove: bool = False, theme: str = "light"
) -> Enrolled:
    """Make a browser a shared device of an area, with the display it has; raises Refusal for a name already given."""
    tidy = _tidy_device(entry, own=None)
    key = random_secrets.token_urlsafe(32)
    device = Device(
        name=tidy.name,
        area_id=tidy.area_id,
        idle_minutes=tidy.idle_minutes,
        key_hash=hashlib.sha256(key.encode()).hexdigest(),
        glove=glove,
        theme=theme,
        enrolled_by=actor,
        enrolled_at=at,
    )
    db.session.add(device)
    db.session.flush()
    return Enrolled(device.id, key)


def _tidy_device(entry: DeviceEntry, *, own: int | None) -> DeviceEntry:
    tidy = tidy_device(entry)
    if db.session.get(Area, tidy.area_id) is None:
        raise Refusal("Choose an area of this plant.", field="area_id")
    other = db.session.scalar(select(Device.id).where(Device.name == tidy.name))
    if other is not None and other != own:
        raise Refusal("Another device has or had this name. Signatures name the device: take a new one.", field="name")
    return tidy


def device_of(device_id: int) -> Device:
    """Return a device; raises NotFound."""
    found = db.session.get(Device, device_id)
    if found is None:
        raise NotFound("This device is not here.")
    return found


def change_device(device_id: int, entry: DeviceEntry) -> None:
    """Change a device's name, area and idle lock; signatures given on it keep the name it had."""
    device = device_of(device_id)
    tidy = _tidy_device(entry, own=device_id)
    device.name, device.area_id, device.idle_minutes = tidy.name, tidy.area_id, tidy.idle_minutes
    db.session.flush()


def revoke_device(at: datetime, device_id: int) -> None:
    """Take a device out of use: whoever is signed in on it is signed out at once."""
    device = device_of(device_id)
    device.revoked_at = device.revoked_at or at
    db.session.execute(
        update(LoginSession)
        .where(LoginSession.device_id == device_id, LoginSession.ended_at.is_(None))
        .values(ended_at=at, ended_why=Ended.DEVICE.value)
    )
    db.session.flush()


def set_display(device_id: int, *, glove: bool | None = None, theme: str | None = None) -> None:
    """Set how a shared device looks: large targets for gloves, light or dark."""
    device = device_of(device_id)
    if glove is not None:
        device.glove = glove
    if theme in {"light", "dark"}:
        device.theme = theme
    db.session.flush()
