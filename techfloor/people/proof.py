"""Proof of identity for one signature: made before the act begins, used once in it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update

from techfloor.people.models import LoginSession
from techfloor.said import as_text, say
from techfloor.store import db


@dataclass(frozen=True)
class Proof:
    """A person who has just proven who they are, and how."""

    person_id: int
    printed_name: str
    method: str
    at: datetime
    zone: str
    device_id: int | None = None
    session_id: int | None = None


def by_pin(device: str) -> str:
    """Say that somebody proved it by the PIN on an enrolled device, as it is kept with the signature."""
    return as_text(say("people.pin", device=device))


def by_password(*, named: bool) -> str:
    """Say that somebody proved it by the password, and by the user name where it was asked for too."""
    return as_text(say("people.name-and-password" if named else "people.password"))


def keep_signed(proof: Proof) -> None:
    """Note in the act under way that its session has signed: if the act is refused, the next signature is the first."""
    of_it = (LoginSession.id == proof.session_id, LoginSession.signed_once.is_(False))
    db.session.execute(update(LoginSession).where(*of_it).values(signed_once=True))
