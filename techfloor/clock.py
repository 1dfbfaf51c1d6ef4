"""The only reader of the wall clock, so that a test or a loader of history can set it; and when a day begins."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""The days of the week as they are kept, in the order of `datetime.weekday`."""

_set_to: ContextVar[datetime | None] = ContextVar("clock", default=None)


def now() -> datetime:
    """Return the moment it is, aware, in UTC."""
    return _set_to.get() or datetime.now(UTC)


def midnight(day: date, zone: str) -> datetime:
    """Return the moment at which a day begins on the clock of a zone, in UTC: days there may have 23 or 25 hours."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


@contextmanager
def set_to(moment: datetime) -> Iterator[None]:
    """Make `now` answer `moment` inside the block; `moment` must be aware."""
    if moment.tzinfo is None:
        raise ValueError("the clock is set to aware moments only")
    token = _set_to.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _set_to.reset(token)
