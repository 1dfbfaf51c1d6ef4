"""Tablets that save as fast as they can at a server that comes and goes, and send again what was not acknowledged."""

import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlencode
from uuid import uuid4

from techfloor import clock
from techfloor.settings import Settings

from .nursery import token_of

TABLETS = 4
WAITS_AFTER_A_FAULT = 0.1
"""Seconds: who is told that something went wrong does not send again at once."""
SIGN_IN = 401
"""What a redirect to another page than the form counts as."""
ROOT = Path(__file__).parents[2]


@dataclass
class House:
    """Where the server of the moment listens; 0 while there is none."""

    port: int = 0
    over: bool = False

    def __enter__(self) -> None:
        """Open it."""

    def __exit__(self, *fault: object) -> None:
        """End the tablets however the rounds ended."""
        self.over, self.port = True, 0

    @property
    def closed(self) -> bool:
        """Tell whether nobody will answer any more."""
        return self.over and not self.port


@contextmanager
def nursery_of(settings: Settings) -> Iterator[Callable[..., tuple[int, int]]]:
    """Start the nursery; gives what bears a server, on a port it may be told, and returns process and port."""
    words = [sys.executable, "-m", "tests.faults.nursery", str(settings.instance)]
    words += [settings.database_url, settings.database_owner_url, clock.now().isoformat()]
    process = subprocess.Popen(words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    asked, told = process.stdin, process.stdout

    def bear(port: int = 0) -> tuple[int, int]:
        asked.write(f"{port}\n")
        asked.flush()
        pid, at = told.readline().split()
        return int(pid), int(at)

    try:
        yield bear
    finally:
        asked.close()
        process.wait(timeout=20)
        told.close()


@dataclass
class Tablet:
    """A tablet that saves as fast as it can, and sends again what was not acknowledged."""

    name: str
    cookies: str
    house: House
    same_key: bool
    token: str = ""
    acknowledged: list[str] = field(default_factory=list)
    in_flight: str = ""
    answers: Counter[int] = field(default_factory=Counter)

    def open_form(self) -> None:
        """Read the page once, for the token that all saves carry."""
        connection = HTTPConnection("127.0.0.1", self.house.port, timeout=10)
        connection.request("GET", "/fault", headers={"Cookie": self.cookies})
        answer = connection.getresponse()
        token = token_of(answer.read().decode())
        self.cookies += "; " + (answer.getheader("Set-Cookie") or "").partition(";")[0]
        self.token = token
        connection.close()

    def run(self) -> None:
        """Save until it is over."""
        n = 0
        while not self.house.over:
            n += 1
            self.in_flight = f"{self.name}-{n}"
            key = uuid4().hex
            while not self._save(self.in_flight, key):
                if self.house.closed:
                    return
                time.sleep(0.005)
                key = key if self.same_key else uuid4().hex
            self.acknowledged.append(self.in_flight)
            self.in_flight = ""

    def _save(self, words: str, key: str) -> bool:
        port = self.house.port
        if not port:
            return False
        body = urlencode({"csrf_token": self.token, "entry_key": key, "words": words})
        headers = {"Cookie": self.cookies, "Content-Type": "application/x-www-form-urlencoded"}
        connection = HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            connection.request("POST", "/fault", body, headers)
            answer = connection.getresponse()
            status = answer.status if answer.getheader("Location", "/fault") == "/fault" else SIGN_IN
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()
        self.answers[status] += 1
        if status != 303:
            time.sleep(WAITS_AFTER_A_FAULT)
        return status == 303


class Room:
    """The tablets of a test, each with a thread of its own."""

    def __init__(self, cookies: list[str], *, same_key: bool = True) -> None:
        self.house = House()
        self.tablets = [Tablet(f"t{n}", each, self.house, same_key) for n, each in enumerate(cookies)]
        self._threads = [threading.Thread(target=each.run, daemon=True) for each in self.tablets]

    def begin(self) -> None:
        """Open the form on each tablet, and save."""
        for tablet in self.tablets:
            tablet.open_form()
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        """Let each tablet finish what it is saving."""
        self.house.over = True
        for thread in self._threads:
            thread.join(30)

    def saved(self) -> int:
        """Return how many saves were acknowledged by now."""
        return sum(len(tablet.acknowledged) for tablet in self.tablets)

    @property
    def acknowledged(self) -> set[str]:
        """The words of all that was acknowledged."""
        return {words for tablet in self.tablets for words in tablet.acknowledged}

    @property
    def answers(self) -> Counter[int]:
        """How often each status was answered."""
        return sum((tablet.answers for tablet in self.tablets), Counter[int]())
