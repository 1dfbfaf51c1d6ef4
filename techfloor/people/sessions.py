"""Sessions: who is signed in, on which device. The browser holds a random token, the database its SHA-256.

A session ends within one request when it is signed out, locked, idle too long or too old, when its person is
deactivated or has had their last day, and when its device is revoked or its token turns up without that device's key.
"""

import hashlib
import secrets as random_secrets
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, current_app
from sqlalchemy import Row, bindparam, func, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, aliased

from techfloor import store
from techfloor.people.models import Device, LoginSession, Person, PersonRole
from techfloor.people.roles import roles_text
from techfloor.people.rules import IDLE_MINUTES, Ended, over
from techfloor.places.models import Area
from techfloor.places.profile import Profile
from techfloor.places.queries import PlantFacts
from techfloor.store.queue import Busy
from techfloor.web import cookies
from techfloor.web.visitor import Caller, EnrolledDevice, Visitor

SESSION_COOKIE = "techfloor_session"
DEVICE_COOKIE = "techfloor_device"
TOUCH_EVERY = timedelta(minutes=1)
LONGEST = timedelta(hours=14)
"""A shift with its overtime: after it everybody signs in again, however busy they were."""
_DEVICE_COOKIE_LIVES = 400 * 24 * 3600  # browsers keep none longer; each sign-in renews it

BY_CODE = "one-time code"
BY_OLD_PIN = "expired PIN"
_MUST_SET = frozenset({BY_CODE, BY_OLD_PIN})

Found = Row[*tuple[Any, ...]]

_DeviceArea = aliased(Area)
_ROLES = (
    select(func.aggregate_strings(PersonRole.role, ","))
    .where(PersonRole.person_id == Person.id)
    .correlate(Person)
    .scalar_subquery()
)
_DEVICE_COLUMNS = (
    Device.id.label("device_id"),
    Device.name.label("device_name"),
    Device.area_id.label("device_area_id"),
    _DeviceArea.name.label("device_area_name"),
    _DeviceArea.line.label("device_line"),
    Device.glove,
    Device.theme,
    Device.idle_minutes,
    Device.key_hash,
    Device.revoked_at,
)
_SESSION = (
    select(
        LoginSession.id.label("session_id"),
        LoginSession.device_id.label("bound_to"),
        LoginSession.method,
        LoginSession.started_at,
        LoginSession.seen_at,
        LoginSession.ended_at,
        LoginSession.ended_why,
        LoginSession.signed_once,
        Person.id.label("person_id"),
        Person.name,
        Person.initials,
        Person.active,
        Person.last_day,
        Person.area_id,
        Area.name.label("area_name"),
        Area.line.label("line"),
        _ROLES.label("roles"),
        *_DEVICE_COLUMNS,
    )
    .join(Person, Person.id == LoginSession.person_id)
    .outerjoin(Area, Area.id == Person.area_id)
    .outerjoin(Device, Device.id == LoginSession.device_id)
    .outerjoin(_DeviceArea, _DeviceArea.id == Device.area_id)
    .where(LoginSession.token_hash == bindparam("token_hash"))
)
_OPEN = (
    select(
        Person.user_name,
        Person.active,
        Person.last_day,
        LoginSession.device_id.label("bound_to"),
        LoginSession.started_at,
        LoginSession.seen_at,
        LoginSession.ended_at,
        LoginSession.ended_why,
        Device.idle_minutes,
        Device.revoked_at,
    )
    .join(Person, Person.id == LoginSession.person_id)
    .outerjoin(Device, Device.id == LoginSession.device_id)
    .where(LoginSession.ended_at.is_(None), LoginSession.started_at > bindparam("started_after"))
)
_DEVICE = (
    select(*_DEVICE_COLUMNS)
    .join(_DeviceArea, _DeviceArea.id == Device.area_id)
    .where(Device.key_hash == bindparam("key_hash"), Device.revoked_at.is_(None))
)


def token_hash(token: str) -> str:
    """Return what the database keeps of a token or a device key; they are random, so SHA-256 is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def find_caller(
    session: Session,
    given: Mapping[str, str],
    plant: PlantFacts,
    permission_roles: Mapping[str, frozenset[str]],
    now: datetime,
) -> Caller:
    """Return who asks and on which device, in at most two statements.

    Of a session that has ended, `extra["lapsed"]` names the person, so that nobody else is led to their page, and
    `extra["ended"]` why others ended it.
    """
    key_hash = token_hash(given[DEVICE_COOKIE]) if DEVICE_COOKIE in given else None
    found = _row(session, given.get(SESSION_COOKIE))
    device = None
    if found is not None and key_hash is not None and found.key_hash == key_hash and found.revoked_at is None:
        device = _device(found)
    elif key_hash is not None:
        row = session.execute(_DEVICE, {"key_hash": key_hash}).first()
        device = _device(row) if row else None
    if found is None:
        return Caller(device=device)
    minutes = idle_minutes(device.idle_minutes if device else None, plant.profile)
    why = _ended_by_others(found, now.astimezone(ZoneInfo(plant.zone)).date())
    if why is not None or not _alive(found, device.id if device else None, minutes, now):
        return Caller(device=device, extra={"lapsed": found.person_id, "ended": why})
    return Caller(
        visitor=_visitor(found, device, minutes, permission_roles, given),
        device=device,
        extra={"seen_at": found.seen_at},
    )


def _row(session: Session, token: str | None) -> Found | None:
    if not token:
        return None
    return session.execute(_SESSION, {"token_hash": token_hash(token)}).first()


def _device(row: Found) -> EnrolledDevice:
    return EnrolledDevice(
        id=row.device_id,
        name=row.device_name,
        area_id=row.device_area_id,
        area_name=row.device_area_name,
        line=row.device_line,
        glove=row.glove,
        theme=row.theme,
        idle_minutes=row.idle_minutes,
    )


def signed_in_now(plant: PlantFacts, now: datetime) -> frozenset[str]:
    """Return the user names of those whose next request finds them signed in."""
    today = now.astimezone(ZoneInfo(plant.zone)).date()
    return frozenset(
        row.user_name
        for row in store.db.session.execute(_OPEN, {"started_after": now - LONGEST})
        if _ended_by_others(row, today) is None
        and _alive(row, row.bound_to, idle_minutes(row.idle_minutes, plant.profile), now)
    )


def idle_minutes(own: int | None, profile: Profile) -> int:
    """Return after how many idle minutes a session locks: its device's own, else the profile's, 3 to 30."""
    shortest, longest = IDLE_MINUTES
    return min(max(own or profile.whole("people.idle_lock_minutes"), shortest), longest)


def _ended_by_others(row: Found, today: date) -> Ended | None:
    """Return why a session is over that its person did not end: it bites at the next request."""
    if not row.active:
        return Ended.DEACTIVATED
    if over(row.last_day, today):
        return Ended.LAST_DAY
    if row.revoked_at is not None:
        return Ended.DEVICE
    return Ended(row.ended_why) if row.ended_at is not None and row.ended_why else None


def _alive(row: Found, device_id: int | None, minutes: int, now: datetime) -> bool:
    """Tell whether the session goes on; it lives on the device where it began and nowhere else."""
    return (
        row.ended_at is None
        and row.bound_to == device_id
        and now - row.seen_at <= timedelta(minutes=minutes)
        and now - row.started_at <= LONGEST
    )


def _visitor(
    row: Found,
    device: EnrolledDevice | None,
    minutes: int,
    permission_roles: Mapping[str, frozenset[str]],
    given: Mapping[str, str],
) -> Visitor:
    roles = frozenset((row.roles or "").split(",")) - {""}
    return Visitor(
        person_id=row.person_id,
        session_id=row.session_id,
        name=row.name,
        initials=row.initials,
        roles=roles,
        permissions=frozenset(key for key, allowed in permission_roles.items() if allowed & roles),
        area_id=device.area_id if device else row.area_id,
        area_name=(device.area_name if device else row.area_name) or "",
        line=(device.line if device else row.line) or "",
        device_id=device.id if device else None,
        device_name=device.name if device else "",
        glove=device.glove if device else given.get("techfloor_glove") == "on",
        theme=device.theme if device else "dark" if given.get("techfloor_theme") == "dark" else "light",
        idle_minutes=minutes,
        signed_once=row.signed_once,
        must_set_secret=row.method in _MUST_SET,
        pin_expired=row.method == BY_OLD_PIN,
        roles_text=roles_text(roles),
    )


def touch(caller: Caller, now: datetime) -> None:
    """Note that the session is in use, at most once a minute: the one write that a GET may cause."""
    seen_at = caller.extra.get("seen_at")
    if caller.visitor is None or not isinstance(seen_at, datetime) or now - seen_at < TOUCH_EVERY:
        return
    try:
        with store.apart() as session:
            session.execute(
                update(LoginSession)
                .where(LoginSession.id == caller.visitor.session_id, LoginSession.seen_at < now)
                .values(seen_at=now)
            )
    except (Busy, OperationalError):
        # The page is worth more than the note; the next request writes it.
        current_app.logger.warning("The session %s could not be touched", caller.visitor.session_id)


def open_session(session: Session, person_id: int, device_id: int | None, method: str, at: datetime) -> str:
    """Write a new session and return its token, which stands nowhere else."""
    token = random_secrets.token_urlsafe(32)
    session.add(
        LoginSession(
            token_hash=token_hash(token),
            person_id=person_id,
            device_id=device_id,
            method=method,
            started_at=at,
            seen_at=at,
        )
    )
    session.flush()
    return token


def rotate(session: Session, session_id: int, method: str, at: datetime) -> str:
    """Give a session that goes on a new token, after its person proved again who they are; return it."""
    token = random_secrets.token_urlsafe(32)
    session.execute(
        update(LoginSession)
        .where(LoginSession.id == session_id)
        .values(token_hash=token_hash(token), method=method, seen_at=at)
    )
    return token


def end(session: Session, session_id: int, at: datetime) -> None:
    """End one session."""
    session.execute(
        update(LoginSession).where(LoginSession.id == session_id, LoginSession.ended_at.is_(None)).values(ended_at=at)
    )


def end_token(session: Session, token: str, at: datetime) -> None:
    """End the session of a token, whether or not it is still awake."""
    session.execute(
        update(LoginSession)
        .where(LoginSession.token_hash == token_hash(token), LoginSession.ended_at.is_(None))
        .values(ended_at=at)
    )


def forget_signings() -> None:
    """Make the next signature of every session take user name and secret again, as after a restart."""
    with store.apart() as session:
        session.execute(update(LoginSession).where(LoginSession.signed_once.is_(True)).values(signed_once=False))


def hand_token(response: Response, token: str) -> None:
    """Put a session's token into the browser, until it is closed."""
    cookies.hand(response, SESSION_COOKIE, token)


def take_token(response: Response) -> None:
    """Take the session's token out of the browser."""
    cookies.take(response, SESSION_COOKIE)


def hand_device_key(response: Response, key: str) -> None:
    """Put a device's key into its browser, for as long as a browser keeps one."""
    cookies.hand(response, DEVICE_COOKIE, key, lives=_DEVICE_COOKIE_LIVES)
