"""One process at a time: a lock on a file that the system frees when its holder ends, however that comes."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from techfloor.cli.steps import StepError

if sys.platform == "win32":
    import msvcrt

    def _take(handle: int, wait: bool) -> bool:
        while True:
            try:
                msvcrt.locking(handle, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
            except OSError:
                if not wait:
                    return False
            else:
                return True

else:
    import fcntl

    def _take(handle: int, wait: bool) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            return False
        return True


ELSEWHERE = "A server is at work on this database. Stop every server first, on other machines too."
"""What is said where the lock of a folder does not reach: to a database server from other machines."""


def refuse_running() -> None:
    """Refuse, as `on_busy` of an instance's lock, to touch records that a server is at work on."""
    raise StepError("A server is at work on this instance. Stop it first.")


@contextmanager
def locked(path: Path, on_busy: Callable[[], None]) -> Iterator[None]:
    """Hold the lock on `path`; if another process holds it, call `on_busy` (which may raise), then wait."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        if not _take(handle, wait=False):
            on_busy()
            _take(handle, wait=True)
        yield
    finally:
        os.close(handle)
