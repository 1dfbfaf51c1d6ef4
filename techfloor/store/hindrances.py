"""Why records could not be written or reached though the program is right: a full disk, a lock, a server away."""

import errno
from enum import StrEnum

from sqlalchemy.exc import DBAPIError

from techfloor.store.queue import Busy


class Hindrance(StrEnum):
    """What stood in the way; nothing was saved."""

    BUSY = "busy"
    FULL = "full"
    FIXED = "fixed"
    AWAY = "away"


# What SQLite and PostgreSQL say, without what they say around it.
_WORDS: dict[Hindrance, tuple[str, ...]] = {
    Hindrance.FULL: ("disk is full", "no space left on device", "could not extend file", "disk quota exceeded"),
    Hindrance.FIXED: ("readonly database", "read-only transaction", "read-only file system"),
    Hindrance.BUSY: ("is locked", "database is busy", "lock timeout", "deadlock detected"),
    Hindrance.AWAY: (
        "unable to open database file",
        "disk i/o error",
        "connection failed",
        "connection timeout",
        "connection refused",
        "server closed the connection",
        "terminating connection",
        "the connection is lost",
        "database system is",
    ),
}
_NUMBERS = {errno.ENOSPC: Hindrance.FULL, errno.EDQUOT: Hindrance.FULL, errno.EROFS: Hindrance.FIXED}


def hindrance(error: BaseException) -> Hindrance | None:
    """Return what hindered the database or the disk, None for a fault of the program."""
    if isinstance(error, Busy):
        return Hindrance.BUSY
    if isinstance(error, OSError):
        return _NUMBERS.get(error.errno or 0)
    if not isinstance(error, DBAPIError):
        return None
    said = str(error.orig).lower()
    return next((each for each, words in _WORDS.items() if any(word in said for word in words)), None)
