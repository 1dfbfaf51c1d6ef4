"""The fair queue in front of SQLite's one writer, and how waiting for a database may end."""

import threading
from collections import deque


class Busy(Exception):
    """The database stayed busy for longer than a person waits; nothing was written."""


class Uncertain(Exception):
    """Nobody can tell yet whether an act stands: the connection broke in its commit, or no standby confirmed it."""


class WriteQueue:
    """Lets one writer in at a time, first come, first served.

    SQLite's own waiting is a lottery: with 64 savers a plain BEGIN IMMEDIATE left some waiting 5 s, and some failing.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._taken = False

    def enter(self, timeout: float) -> None:
        """Wait for the turn; raises Busy when it has not come after `timeout` seconds."""
        with self._guard:
            if not self._taken:
                self._taken = True
                return
            turn = threading.Event()
            self._waiting.append(turn)
        if turn.wait(timeout):
            return
        with self._guard:
            if not turn.is_set():
                self._waiting.remove(turn)
                raise Busy(f"no turn to write within {timeout:g} s")

    def leave(self) -> None:
        """Let the next one in."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._taken = False
