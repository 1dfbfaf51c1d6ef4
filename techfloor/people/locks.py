"""The lock against guessing: 5 wrong tries lock for 15 minutes, 10 until a supervisor resets it. Pure.

It is counted from the tries that stand in the database, so that it is the same for every client and server, for
sign-in and for signing. Each way to prove oneself has a lock of its own: the PIN on each tablet, and the password away
from tablets. Who stands at a tablet and guesses closes that tablet to a person and nothing else; from tablet to tablet
a guesser does not come further than `ALL_TABLETS`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import takewhile

TRIES = 5
LIMIT = 10
LOCKED_FOR = timedelta(minutes=15)
ALL_TABLETS = LIMIT
"""So many wrong PINs on all tablets together, since the last right one, close the PIN on each of them."""


class Outcome(StrEnum):
    """What a try led to; `cleared` is a reset by somebody who may, `ended` no try but the end of sessions.

    `other name` is no guess at a secret either: somebody signed in typed another's user name to sign; `named` is the
    same, told of the one who was named.
    """

    RIGHT = "right"
    WRONG = "wrong"
    CLEARED = "cleared"
    ENDED = "ended"
    OTHER_NAME = "other name"
    NAMED = "named"


NO_GUESS = (Outcome.ENDED, Outcome.OTHER_NAME, Outcome.NAMED)
"""What locks look past: it neither guesses at a secret nor shows that somebody knows it."""


@dataclass(frozen=True)
class Try:
    """One proof that was tried."""

    outcome: str
    at: datetime


@dataclass(frozen=True)
class Lock:
    """How things stand after the tries so far; `until` is set while a lock runs, `most` is how many may be wrong."""

    wrong: int = 0
    until: datetime | None = None
    needs_reset: bool = False
    most: int = LIMIT

    @property
    def closed(self) -> bool:
        """True when no try is let through."""
        return self.needs_reset or self.until is not None

    @property
    def left(self) -> int:
        """The wrong tries that are left before the next lock."""
        return min((TRIES if self.wrong < TRIES else LIMIT), self.most) - self.wrong


def lock_after(newest_first: Sequence[Try], now: datetime) -> Lock:
    """Return the lock that follows from a person's tries in one way; the last LIMIT of them are enough."""
    wrong = _wrong_since(newest_first)
    if len(wrong) >= LIMIT:
        return Lock(len(wrong), needs_reset=True)
    if len(wrong) < TRIES:
        return Lock(len(wrong))
    until = wrong[-TRIES].at + LOCKED_FOR
    return Lock(len(wrong), until=until if now < until else None)


def lock_on_tablet(here: Sequence[Try], on_all: Sequence[Try], now: datetime) -> Lock:
    """Return the lock of the PIN on one tablet, from the tries there and on all tablets, both newest first."""
    lock, others = lock_after(here, now), len(_wrong_since(on_all))
    if others >= ALL_TABLETS:
        return replace(lock, needs_reset=True)
    return replace(lock, most=lock.wrong + ALL_TABLETS - others)


def _wrong_since(newest_first: Sequence[Try]) -> list[Try]:
    return list(takewhile(lambda each: each.outcome == Outcome.WRONG, newest_first))
