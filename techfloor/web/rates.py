"""How much one client may ask for: so many pages a second over a minute, far more than anybody at work asks for.

Each session, each tablet before somebody signs in, and each address of others has a store of its own, which fills again
by itself. It is kept in the memory of the process: it is against scripts that run wild and floods, and forgets at a
restart. Guessing is counted in the database, for every process and for long (`people.locks`).
"""

import math
import threading
import time
from collections.abc import Callable, Mapping

from flask import current_app, g, request

PAGE, ENTRY, PAPER = 1, 5, 60
"""What a page, an entry that is saved or one label, and what draws a PDF of many lines, packs an archive or reads a
whole file cost."""
SECONDS = 60
"""A full store lasts so long at its own speed: so much may come at once."""
STRANGERS = 10
"""Whoever has not signed in is known by an address alone, which everybody behind a proxy shares."""
_MOST_KEPT = 10_000


class TooFast(Exception):
    """The client asked for more than it may; it is let in again after `seconds`."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"let in again in {seconds} s")
        self.seconds = seconds


class Rates:
    """The stores of all clients of one process; `per_second` of 0 lets everybody through."""

    def __init__(self, per_second: int, now: Callable[[], float] = time.monotonic) -> None:
        self.per_second = per_second
        self._now, self._guard = now, threading.Lock()
        self._kept: dict[str, tuple[float, float]] = {}

    def take(self, who: str, cost: int, share: int = 1) -> float:
        """Take `cost` from the store of a client with `share` times the usual; return the seconds to wait, 0 if it may.

        What is refused costs nothing: who goes on too fast is let in at the usual speed, not shut out.
        """
        if self.per_second <= 0:
            return 0.0
        speed = self.per_second * share
        with self._guard:
            now = self._now()
            left, since = self._kept.get(who, (float(speed * SECONDS), now))
            left = min(left + (now - since) * speed, speed * SECONDS)
            waits = max(cost - left, 0) / speed
            self._kept[who] = (left if waits else left - cost, now)
            if len(self._kept) > _MOST_KEPT:
                self._forget(now)
        return waits

    def _forget(self, now: float) -> None:
        """Forget who has not asked for so long that their store is full again; of a flood, the older half."""
        self._kept = {who: kept for who, kept in self._kept.items() if now - kept[1] < SECONDS}
        if len(self._kept) > _MOST_KEPT:
            newest = sorted(self._kept.items(), key=lambda each: each[1][1])[-_MOST_KEPT // 2 :]
            self._kept = dict(newest)


def let_through() -> None:
    """Let the request under way through, or raise TooFast."""
    house = current_app.extensions["techfloor"]
    who, share = _client()
    waits = house.rates.take(who, _cost(house.costly), share)
    if waits:
        raise TooFast(math.ceil(waits))


def _client() -> tuple[str, int]:
    found = g.caller
    if found.visitor is not None:
        return f"session {found.visitor.session_id}", 1
    if found.device is not None:
        return f"tablet {found.device.id}", 1
    return f"address {request.remote_addr}", STRANGERS


def _cost(costly: Mapping[str, int]) -> int:
    usual = ENTRY if request.method == "POST" else PAGE
    return costly.get(request.endpoint or "", usual)
