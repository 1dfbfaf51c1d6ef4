"""One transaction, one act: who changes what, by which device, and why; without an act nothing is written."""

import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from sqlalchemy import text
from sqlalchemy.orm import Session

from techfloor import __version__, clock
from techfloor.store.base import db
from techfloor.store.types import utc_text


def new_id() -> str:
    """Return a new identifier that sorts by its time (UUID version 7, RFC 9562), as 32 hex digits."""
    milliseconds = int(clock.now().timestamp() * 1000)
    rest = uuid.uuid4().int & ((1 << 80) - 1)
    value = (milliseconds << 80) | rest
    value = value & ~(0xF << 76) | (0x7 << 76)
    value = value & ~(0x3 << 62) | (0x2 << 62)
    return f"{value:032x}"


@dataclass(frozen=True)
class Act:
    """One deed of one person, as the trail keeps it; `action` is source:subject:verb."""

    action: str
    at: datetime
    actor: int | None = None
    device: int | None = None
    zone: str = "UTC"
    request: str | None = None
    reason: str | None = None
    id: str = field(default_factory=new_id)

    def body(self) -> dict[str, object]:
        """Return what is hashed of the act itself."""
        return {
            "action": self.action,
            "actor": self.actor,
            "at": utc_text(self.at),
            "device": self.device,
            "reason": self.reason,
            "request": self.request,
            "version": __version__,
            "zone": self.zone,
        }


class Mode(Enum):
    """What a transaction without an act may do."""

    READ = "read"
    QUIET = "quiet"  # writes what is no record: drafts, session touches, search


_mode: ContextVar[Act | Mode] = ContextVar("mode", default=Mode.READ)


def current_mode() -> Act | Mode:
    """Return the act under way, or what may be done without one."""
    return _mode.get()


def now_writing() -> bool:
    """Tell whether a transaction opened now may write."""
    return _mode.get() is not Mode.READ


class Unit:
    """The transaction of an act; `refuse` makes it end without a trace."""

    def __init__(self) -> None:
        self.refused = False

    def refuse(self) -> None:
        """Roll back at the end instead of committing."""
        self.refused = True


@contextmanager
def _transaction(mode: Act | Mode, session: Session) -> Iterator[Unit]:
    if now_writing():
        raise RuntimeError("an act inside an act: one transaction has one act")
    if session.in_transaction():
        session.commit()  # ends a reading transaction; what was read stays loaded
    token = _mode.set(mode)
    unit = Unit()
    try:
        yield unit
        if unit.refused:
            session.rollback()
        else:
            session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        _mode.reset(token)


@contextmanager
def act(
    action: str,
    *,
    actor: int | None = None,
    device: int | None = None,
    zone: str = "UTC",
    request: str | None = None,
    reason: str | None = None,
) -> Iterator[Unit]:
    """Run the block as one act on db.session: commit at its end, roll back when it raises."""
    deed = Act(action, clock.now(), actor, device, zone, request, reason)
    with _transaction(deed, db.session()) as unit:
        yield unit


@contextmanager
def quiet() -> Iterator[Unit]:
    """Run the block as a transaction that may write only what is no record."""
    with _transaction(Mode.QUIET, db.session()) as unit:
        yield unit


@contextmanager
def apart(action: str | None = None, *, actor: int | None = None, device: int | None = None) -> Iterator[Session]:
    """Run the block on a session of its own that commits by itself: what a refusal must still remember.

    With an `action` it is an act, without one it is quiet. It must come before the request's own transaction
    begins, or it would wait for itself.
    """
    if db.session().in_transaction() and now_writing():
        raise RuntimeError("a transaction apart must come before the request's own")
    mode = Act(action, clock.now(), actor, device) if action else Mode.QUIET
    token = _mode.set(Mode.READ)
    try:
        with Session(db.engine, expire_on_commit=False) as session, _transaction(mode, session):
            yield session
    finally:
        _mode.reset(token)


def alone(what: str, session: Session | None = None) -> None:
    """Wait until no other act works on `what`, and keep the others out until this one ends.

    To be asked before a rule reads what it decides by. SQLite's writers stand in line anyway; PostgreSQL's do not.
    """
    bound = session or db.session()
    if now_writing() and bound.get_bind().dialect.name == "postgresql":
        bound.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:what, 0))"), {"what": what})


def all_alone(whats: Iterable[str]) -> None:
    """Do as `alone` for several things, in one statement, and for whoever asks in one order."""
    bound, wanted = db.session(), sorted(set(whats))
    if wanted and now_writing() and bound.get_bind().dialect.name == "postgresql":
        asked = "SELECT pg_advisory_xact_lock(hashtextextended(what, 0)) FROM unnest(CAST(:whats AS text[])) AS what"
        bound.execute(text(asked), {"whats": wanted})


@contextmanager
def looking_at() -> Iterator[Session]:
    """Read on a session of its own, before or beside the request's transaction."""
    token = _mode.set(Mode.READ)
    try:
        with Session(db.engine, expire_on_commit=False) as session:
            yield session
    finally:
        _mode.reset(token)
