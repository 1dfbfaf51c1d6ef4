"""The lock against guessing: 5 wrong tries lock for 15 minutes, 10 until a supervisor resets it. Pure.

It is counted from the tries that stand in the database, so that it is the same for every client and server, for
sign-in and for signing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

TRIES = 5
LIMIT = 10
LOCKED_FOR = timedelta(minutes=15)


class Outcome(StrEnum):
    """What a try led to; `cleared` is a reset by somebody who may."""

    RIGHT = "right"
    WRONG = "wrong"
    CLEARED = "cleared"


@dataclass(frozen=True)
class Try:
    """One proof that was tried."""

    outcome: str
    at: datetime


@dataclass(frozen=True)
class Lock:
    """How things stand after the tries so far; `until` is set while a lock runs."""

    wrong: int = 0
    until: datetime | None = None
    needs_reset: bool = False

    @property
    def closed(self) -> bool:
        """True when no try is let through."""
        return self.needs_reset or self.until is not None

    @property
    def left(self) -> int:
        """The wrong tries that are left before the next lock."""
        return (TRIES if self.wrong < TRIES else LIMIT) - self.wrong


def lock_after(newest_first: Sequence[Try], now: datetime) -> Lock:
    """Return the lock that follows from a person's tries; the last LIMIT of them are enough."""
    wrong: list[Try] = []
    for each in newest_first:
        if each.outcome != Outcome.WRONG:
            break
        wrong.append(each)
    if len(wrong) >= LIMIT:
        return Lock(len(wrong), needs_reset=True)
    if len(wrong) < TRIES:
        return Lock(len(wrong))
    until = wrong[-TRIES].at + LOCKED_FOR
    return Lock(len(wrong), until=until if now < until else None)
