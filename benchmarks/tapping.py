"""The tablets: each with a connection of its own that it keeps, and a reading to save every second, or at once."""

import re
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlencode
from uuid import uuid4

_CSRF = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@dataclass(frozen=True)
class Tablet:
    """A signed-in tablet: its cookies, and what it will save as (page, field, value), the first to warm up with."""

    cookies: str
    saves: tuple[tuple[str, str, str], ...]


@dataclass
class Outcome:
    """What all tablets saw: milliseconds of each save from the moment it was due, and how many were taken."""

    took: list[float] = field(default_factory=list)
    acknowledged: int = 0
    failed: int = 0
    failures: list[str] = field(default_factory=list)
    seconds: float = 0.0
    """How long all of it took, without the first save of each."""

    @property
    def sent(self) -> int:
        """How many saves were sent."""
        return self.acknowledged + self.failed

    @property
    def first_failure(self) -> str:
        """What went wrong first, for the table."""
        return f": {self.failures[0]}" if self.failures else ""


class _Tapping:
    """One tablet at work."""

    def __init__(self, host: str, port: int, tablet: Tablet) -> None:
        self.connection = HTTPConnection(host, port, timeout=30)
        self.tablet = tablet
        self.cookies, self.token = tablet.cookies, ""
        self.seen = Outcome()

    def open_form(self) -> None:
        """Read the page of the first reading: its form carries the token that all its saves carry."""
        self.connection.request("GET", self.tablet.saves[0][0], headers={"Cookie": self.cookies})
        answer = self.connection.getresponse()
        page = answer.read().decode()
        form_cookie = (answer.getheader("Set-Cookie") or "").partition(";")[0]
        found = _CSRF.search(page)
        if answer.status != 200 or found is None:
            raise RuntimeError(f"{self.tablet.saves[0][0]} answered {answer.status}")
        self.token = found[1]
        self.cookies = f"{self.cookies}; {form_cookie}"

    def warm_up(self) -> None:
        """Save the first reading: it is counted, but not timed."""
        self._count(self._save(*self.tablet.saves[0]))

    def run(self, began: float, every: float) -> None:
        """Save one reading every so many seconds from `began`; what is late counts from when it was due.

        With 0 a reading is due when the one before is saved.
        """
        for n, save in enumerate(self.tablet.saves[1:]):
            due = max(began, began + n * every if every else time.perf_counter())
            time.sleep(max(0.0, due - time.perf_counter()))
            problem = self._save(*save)
            self.seen.took.append((time.perf_counter() - due) * 1000)
            self._count(problem)
        self.connection.close()

    def _count(self, problem: str) -> None:
        if problem:
            self.seen.failed += 1
            self.seen.failures.append(problem)
        else:
            self.seen.acknowledged += 1

    def _save(self, path: str, name: str, value: str) -> str:
        body = urlencode({"csrf_token": self.token, "entry_key": uuid4().hex, name: value})
        headers = {"Cookie": self.cookies, "Content-Type": "application/x-www-form-urlencoded"}
        try:
            self.connection.request("POST", path, body, headers)
            answer = self.connection.getresponse()
            answer.read()
        except (OSError, HTTPException) as error:
            self.connection.close()
            return repr(error)
        return "" if answer.status == 303 else f"{path} answered {answer.status}"


def tap(host: str, port: int, tablets: Sequence[Tablet], every: float) -> Outcome:
    """Let all tablets save once to warm up, then the rest, spread over each second; add up what they saw.

    `every` is the seconds from one save of a tablet to its next, 0 for as soon as the one before is taken.
    """
    at_work = [_Tapping(host, port, tablet) for tablet in tablets]
    for one in at_work:
        one.open_form()
        one.warm_up()
    began = time.perf_counter() + 1
    turns = [(one, began + n / len(at_work)) for n, one in enumerate(at_work)]
    threads = [threading.Thread(target=one.run, args=(first, every), daemon=True) for one, first in turns]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(len(tablets[0].saves) + 60)
    seen = _together([one.seen for one in at_work])
    seen.seconds = time.perf_counter() - began
    return seen


def _together(seen: Sequence[Outcome]) -> Outcome:
    return Outcome(
        [each for one in seen for each in one.took],
        sum(one.acknowledged for one in seen),
        sum(one.failed for one in seen),
        [each for one in seen for each in one.failures],
    )
