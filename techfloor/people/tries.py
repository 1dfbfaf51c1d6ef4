"""Trying to prove who one is: the lock is asked, the secret compared, and what came of it written down.

A wrong try must be remembered although the request is refused, so it commits apart, before the request's own
transaction. The lock is asked once more inside that transaction, where writers stand in line: of a hundred guesses
sent at the same moment only as many are answered as the lock allows. Which way a try counts for follows from where it
was typed: on a tablet for that tablet, elsewhere for the password (`locks`).
"""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from flask import current_app
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from techfloor import store
from techfloor.people.locks import Lock, Outcome
from techfloor.people.models import Person, Secret, SignInEvent
from techfloor.people.queries import lock_on, may_come_in
from techfloor.people.secrets import CODE_LIVES, VOID, Kind, badge_hash, fits
from techfloor.refusals import Refusal
from techfloor.web.show import hour, plant_zone


@dataclass(frozen=True)
class Claim:
    """Who somebody says they are, what they will prove it with, and from where.

    `who` is a user name, and on a tablet also a badge. `purpose` names the act in the trail. `code_will_do` lets a
    one-time code stand for the secret.
    """

    purpose: str
    kind: Kind
    person_id: int | None = None
    who: str = ""
    device_id: int | None = None
    address: str = ""
    code_will_do: bool = False


@dataclass(frozen=True)
class Proven:
    """A person who proved who they are, with which kind of secret, and when that secret was set."""

    person_id: int
    name: str
    kind: Kind
    set_at: datetime


@dataclass(frozen=True)
class _Known:
    """What is on file of the one who is claimed; nobody, when the name is unknown."""

    person_id: int | None
    typed: str
    name: str = ""
    hashes: Mapping[str, tuple[str, datetime]] = field(default_factory=dict)


Then = Callable[[Session, Proven], None]


def attempt(claim: Claim, secret: str, at: datetime, then: Then | None = None) -> Proven:
    """Return who has proven who they are; raises Refusal for a wrong secret and while the lock is on.

    `then` writes in the same transaction as the try, for what must happen with it or not at all.
    """
    with store.looking_at() as session:
        known = _look_up(session, claim, at.astimezone(plant_zone()).date())
        lock = _lock(session, known, claim, at)
    _refuse_closed(lock, claim)
    proven = _compare(known, claim, secret, at)
    if proven is not None and then is None and lock.wrong == 0:
        return _still_open(proven, known, claim, at)
    lock = _write_down(claim, known, proven, at, then)
    _refuse_closed(lock, claim)
    if proven is None:
        raise _wrong(claim, lock)
    return proven


def _still_open(proven: Proven, known: _Known, claim: Claim, at: datetime) -> Proven:
    """Ask the lock again, after the time the comparison took; there is nothing to write down."""
    with store.looking_at() as session:
        _refuse_closed(_lock(session, known, claim, at), claim)
    return proven


def _write_down(claim: Claim, known: _Known, proven: Proven | None, at: datetime, then: Then | None) -> Lock:
    """Write the try down unless the lock fell meanwhile; return the lock as it is now."""
    outcome = Outcome.RIGHT if proven else Outcome.WRONG
    actor = proven.person_id if proven else None
    with store.apart(f"people:{claim.purpose}:{outcome}", actor=actor, device=claim.device_id) as session:
        store.alone(f"try:{known.typed}", session)
        lock = _lock(session, known, claim, at)
        if lock.closed:
            return lock
        session.add(
            SignInEvent(
                person_id=known.person_id,
                typed=known.typed,
                device_id=claim.device_id,
                kind=proven.kind if proven else claim.kind,
                outcome=outcome,
                address=claim.address[:60],
                at=at,
            )
        )
        session.flush()
        if proven and then:
            then(session, proven)
        return _lock(session, known, claim, at)


def keep_other_name(person_id: int, own: str, typed: str, address: str, at: datetime) -> None:
    """Write down that somebody signed in typed another's user name to sign: for both, where the other is somebody.

    Whether the secret was the other's is not asked, and no lock counts it.
    """
    with store.apart("people:signing:other-name", actor=person_id) as session:
        meant = session.scalar(select(Person).where(Person.user_name == typed.strip().lower()))
        where = {"kind": Kind.PASSWORD, "address": address[:60], "at": at}
        said = meant.user_name if meant else _fingerprint(typed)
        session.add(SignInEvent(person_id=person_id, typed=said, outcome=Outcome.OTHER_NAME, **where))
        if meant:
            session.add(SignInEvent(person_id=meant.id, typed=own, outcome=Outcome.NAMED, **where))


def _look_up(session: Session, claim: Claim, today: date) -> _Known:
    rows = session.execute(
        select(
            Person.id,
            Person.user_name,
            Person.name,
            may_come_in(today).label("may_come_in"),
            Secret.kind,
            Secret.hash,
            Secret.set_at,
        )
        .outerjoin(Secret, Secret.person_id == Person.id)
        .where(_meant(claim))
    ).all()
    if not rows:
        return _Known(None, _fingerprint(claim.who))
    first = rows[0]
    hashes = {row.kind: (row.hash, row.set_at) for row in rows if row.may_come_in and row.hash}
    return _Known(first.id, first.user_name, first.name, hashes)


def _meant(claim: Claim) -> ColumnElement[bool]:
    if claim.person_id is not None:
        return Person.id == claim.person_id
    named = Person.user_name == claim.who.strip().lower()
    if claim.kind is not Kind.PIN:
        return named
    owner = select(Secret.person_id).where(Secret.kind == Kind.BADGE, Secret.hash == badge_hash(claim.who))
    return or_(named, Person.id.in_(owner))


def _fingerprint(who: str) -> str:
    """Return what stands in the trail for an unknown name: tries on it are counted, but a password typed into the
    wrong box must not be kept."""
    key = current_app.secret_key
    data = key if isinstance(key, bytes) else str(key).encode()
    return "?" + hmac.new(data, who.strip().lower().encode(), hashlib.sha256).hexdigest()[:24]


def _lock(session: Session, known: _Known, claim: Claim, at: datetime) -> Lock:
    meant: ColumnElement[bool] = SignInEvent.person_id == known.person_id
    if known.person_id is None:
        meant = SignInEvent.person_id.is_(None) & (SignInEvent.typed == known.typed)
    return lock_on(session, meant, claim.device_id, at)


def _compare(known: _Known, claim: Claim, secret: str, at: datetime) -> Proven | None:
    """Compare with the one secret that is in force: exactly one argon2, whoever is claimed."""
    kind = claim.kind
    if claim.code_will_do and Kind.CODE in known.hashes and at - known.hashes[Kind.CODE][1] < CODE_LIVES:
        kind = Kind.CODE
    stored, set_at = known.hashes.get(kind, (VOID, at))
    typed = secret if kind is Kind.PASSWORD else "".join(secret.split())
    if not fits(stored, typed) or known.person_id is None:
        return None
    return Proven(known.person_id, known.name, kind, set_at)


def _refuse_closed(lock: Lock, claim: Claim) -> None:
    on_tablet = claim.device_id is not None
    if lock.needs_reset:
        sentence = "Too many wrong tries. A supervisor has to reset the lock, on the page People."
        if on_tablet:
            sentence = "Too many wrong PINs. A supervisor has to reset the lock, on the page People."
        raise Refusal(sentence)
    if lock.until is not None:
        sentence = "Too many wrong tries. Locked until %(until)s."
        if on_tablet:
            sentence = "Too many wrong PINs on this tablet. Locked until %(until)s."
        raise Refusal(sentence, until=hour(lock.until.astimezone(plant_zone())))


def _wrong(claim: Claim, lock: Lock) -> Refusal:
    if claim.kind is Kind.PIN:
        return Refusal("This PIN is not right. Tries left: %(left)s.", field="pin", left=lock.left)
    if claim.purpose == "sign-in":
        sentence = "The user name or the password is not right. Tries left: %(left)s."
    else:
        sentence = "This password is not right. Tries left: %(left)s."
    return Refusal(sentence, field="password", left=lock.left)
