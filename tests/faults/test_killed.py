"""A server that is killed loses nothing it acknowledged, keeps no half of an act, and doubles none."""

import os
import random
import re
import signal
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

import pytest
from databases import Keeper
from flask import Flask
from plant_client import SignedInAs
from sqlalchemy import text

from techfloor import clock
from techfloor.migrations.upgrade import engine_for
from techfloor.people.sessions import DEVICE_COOKIE, SESSION_COOKIE
from techfloor.settings import Settings
from techfloor.store.verify import verify

from . import nursery

TABLETS = 4
SIGN_IN = 401
"""What a redirect to another page than the form counts as."""
LIVES_AT_MOST = 20.0
ROOT = Path(__file__).parents[2]
_TOKEN = re.compile(r'value="([^"]+)"')


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
def nursery_of(settings: Settings) -> Iterator[Callable[[], tuple[int, int]]]:
    """Start the nursery; gives the function that bears a server and returns its process and port."""
    words = [sys.executable, "-m", "tests.faults.nursery", str(settings.instance)]
    words += [settings.database_url, settings.database_owner_url, clock.now().isoformat()]
    process = subprocess.Popen(words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    asked, told = process.stdin, process.stdout

    def bear() -> tuple[int, int]:
        asked.write("\n")
        asked.flush()
        pid, port = told.readline().split()
        return int(pid), int(port)

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
        found = _TOKEN.search(answer.read().decode())
        assert found is not None, answer.status
        self.cookies += "; " + (answer.getheader("Set-Cookie") or "").partition(";")[0]
        self.token = found[1]
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
        return status == 303


@dataclass(frozen=True)
class Outcome:
    """What was left after the last kill."""

    acknowledged: int
    lost: int
    halves: int
    doubled: int
    problems: list[str]
    other_answers: dict[int, int]


def rounds(
    settings: Settings, keeper: Keeper, cookies: list[str], *, kills: int, saves: int, same_key: bool = True
) -> Outcome:
    """Kill the server `kills` times, each after `saves` at least; return what is there of it afterwards."""
    chance, house = random.Random(kills), House()
    tablets = [Tablet(f"t{n}", each, house, same_key) for n, each in enumerate(cookies)]
    threads = [threading.Thread(target=each.run, daemon=True) for each in tablets]

    def saved() -> int:
        return sum(len(tablet.acknowledged) for tablet in tablets)

    with nursery_of(settings) as bear, house:
        for lived in range(kills + 1):
            pid, house.port = bear()
            if lived == 0:
                for tablet in tablets:
                    tablet.open_form()
                for thread in threads:
                    thread.start()
            wanted, until = saved() + saves, time.monotonic() + LIVES_AT_MOST
            while saved() < wanted and time.monotonic() < until:
                time.sleep(0.002)
            time.sleep(chance.uniform(0, 0.05))
            if lived == kills:
                house.over = True
                for thread in threads:
                    thread.join(30)
            house.port = 0
            os.kill(pid, signal.SIGKILL)
        for thread in threads:
            thread.join(30)
    return _count(settings, keeper, tablets)


def _count(settings: Settings, keeper: Keeper, tablets: list[Tablet]) -> Outcome:
    with engine_for(keeper.master_url(settings)).connect() as connection:
        rows = connection.execute(
            text("SELECT words, count(*) AS many FROM equipment_log WHERE event = 'note' GROUP BY words")
        )
        there: dict[str, int] = {row.words: row.many for row in rows}
        found = verify(connection, settings.instance / "anchors.log")
    given = {words for tablet in tablets for words in tablet.acknowledged}
    answers = sum((tablet.answers for tablet in tablets), Counter[int]())
    return Outcome(
        acknowledged=len(given),
        lost=sum(1 for words in given if there.get(words, 0) < nursery.LINES),
        halves=sum(1 for many in there.values() if many % nursery.LINES),
        doubled=sum(1 for many in there.values() if many > nursery.LINES),
        problems=found.problems,
        other_answers={status: many for status, many in answers.items() if status != 303},
    )


@pytest.fixture
def cookies(app: Flask, as_: SignedInAs) -> list[str]:
    """The cookies of four tablets on which a technician is signed in."""
    found = []
    for key in "TOTO":
        client = as_(key, tablet=True)
        names = (SESSION_COOKIE, DEVICE_COOKIE)
        given = {name: client.get_cookie(name) for name in names}
        found.append("; ".join(f"{name}={cookie.value}" for name, cookie in given.items() if cookie))
    assert len(found) == TABLETS
    return found


@pytest.mark.clause("PI 041 Enduring")
@pytest.mark.timeout(1200)
def test_nothing_acknowledged_is_lost_halved_or_doubled(
    settings: Settings, keeper: Keeper, cookies: list[str], request: pytest.FixtureRequest
) -> None:
    long = bool(request.config.getoption("--long"))
    found = rounds(settings, keeper, cookies, kills=200 if long else 50, saves=50 if long else 6)
    assert (found.lost, found.halves, found.doubled, found.problems) == (0, 0, 0, [])
    assert found.other_answers == {}
    assert found.acknowledged >= (10_000 if long else 300)


@pytest.mark.timeout(600)
def test_without_its_key_an_entry_sent_again_is_done_again(
    settings: Settings, keeper: Keeper, cookies: list[str]
) -> None:
    """The control: the same loop with a new key for every try must show duplicates, or it would show nothing."""
    found = rounds(settings, keeper, cookies, kills=12, saves=6, same_key=False)
    assert found.doubled > 0
    assert (found.lost, found.problems) == (0, [])
