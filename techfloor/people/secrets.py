"""Secrets: how a password, a PIN, a badge and a one-time code are made, kept and compared.

Argon2id with the parameters of the OWASP password storage sheet: 19 MiB, two passes, one lane, about 30 ms. That is
too long for a transaction: each writer here hashes first and touches the database after.
"""

import functools
import hashlib
import secrets as random_secrets
import unicodedata
from datetime import datetime, timedelta
from enum import StrEnum

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select

from techfloor.people.models import Person, Secret
from techfloor.people.pins import check_password, check_pin
from techfloor.refusals import NotFound, Refusal
from techfloor.store import db

CODE_DIGITS = 8
CODE_LIVES = timedelta(hours=72)
VOID = ""
"""The hash of a secret that no longer opens anything."""

_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


class Kind(StrEnum):
    """The kinds of secret a person may have, one of each."""

    PASSWORD = "password"  # noqa: S105 - the name of a kind
    PIN = "pin"
    BADGE = "badge"
    CODE = "code"


def hash_secret(text: str) -> str:
    """Return the argon2id hash of a secret, the same for each way a keyboard composes its letters."""
    return _HASHER.hash(_normal(text))


def fits(stored: str, text: str) -> bool:
    """Tell whether `text` is the secret behind `stored`; takes as long when there is none."""
    try:
        _HASHER.verify(stored or _nobodys(), _normal(text))
    except (VerificationError, InvalidHashError):
        return False
    return stored != VOID


@functools.cache
def _nobodys() -> str:
    return _HASHER.hash(random_secrets.token_hex(16))


def _normal(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def badge_hash(code: str) -> str:
    """Return the SHA-256 of what the scanner types for a badge: it says who somebody is and proves nothing."""
    return hashlib.sha256(code.strip().upper().encode()).hexdigest()


def new_code() -> str:
    """Return a new one-time code, digits only so that it can be typed on the pad of a tablet."""
    return f"{random_secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"


def set_password(person_id: int, password: str, at: datetime) -> None:
    """Give a person a password; raises Refusal for a weak one."""
    set_own(person_id, at, password=password)


def set_pin(person_id: int, pin: str, at: datetime) -> None:
    """Give a person a PIN; raises Refusal for a weak one, and for the number on their badge."""
    set_own(person_id, at, pin=pin)


def set_own(person_id: int, at: datetime, *, password: str = "", pin: str = "") -> None:
    """Set the password, the PIN, or both, as their owner chose them; a one-time code has then done its work.

    Raises Refusal for a weak one.
    """
    if pin:
        check_pin(pin)
    hashed = {kind: hash_secret(text) for kind, text in ((Kind.PASSWORD, password), (Kind.PIN, pin)) if text}
    kept = _kept(person_id)
    if password:
        check_password(password, _user_name(person_id))
    if pin and Kind.BADGE in kept and kept[Kind.BADGE].hash == badge_hash(pin):
        raise Refusal("The PIN may not be the number on your badge.", field="pin")
    for kind, text in hashed.items():
        _keep(kept, person_id, kind, text, at)
    if Kind.CODE in kept:
        kept[Kind.CODE].hash = VOID
    db.session.flush()


def set_badge(person_id: int, code: str, at: datetime) -> None:
    """Give a person a badge, or take it away with an empty code; raises Refusal for one that somebody else has."""
    kept = _kept(person_id)
    if not code.strip():
        if Kind.BADGE in kept:
            kept[Kind.BADGE].hash = VOID
        db.session.flush()
        return
    hashed = badge_hash(code)
    owner = db.session.scalar(select(Secret.person_id).where(Secret.kind == Kind.BADGE, Secret.hash == hashed))
    if owner is not None and owner != person_id:
        raise Refusal("Somebody else has this badge. Take it away from them first.", field="badge")
    _keep(kept, person_id, Kind.BADGE, hashed, at)
    db.session.flush()


def give_code(person_id: int, at: datetime) -> str:
    """Put a new one-time code in place of a person's password and PIN and return it; it is kept only as a hash."""
    code = new_code()
    hashed = hash_secret(code)
    kept = _kept(person_id)
    for kind in (Kind.PASSWORD, Kind.PIN):
        if kind in kept:
            kept[kind].hash = VOID
    _keep(kept, person_id, Kind.CODE, hashed, at, one_time=True)
    db.session.flush()
    return code


def _kept(person_id: int) -> dict[str, Secret]:
    return {row.kind: row for row in db.session.scalars(select(Secret).where(Secret.person_id == person_id))}


def _keep(
    kept: dict[str, Secret], person_id: int, kind: Kind, hashed: str, at: datetime, *, one_time: bool = False
) -> None:
    if kind in kept:
        kept[kind].hash, kept[kind].set_at = hashed, at
    else:
        db.session.add(Secret(person_id=person_id, kind=kind.value, hash=hashed, one_time=one_time, set_at=at))


def _user_name(person_id: int) -> str:
    found = db.session.scalar(select(Person.user_name).where(Person.id == person_id))
    if found is None:
        raise NotFound("This person is not here.")
    return found
