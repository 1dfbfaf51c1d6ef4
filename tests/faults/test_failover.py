"""A PostgreSQL primary that is lost takes nothing acknowledged along, and its standby goes on in its place."""

import os
import random
import signal
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from contextvars import copy_context
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest
from databases import APPLICATION, OWNER, Keeper, OnServer
from flask import Flask
from plant_client import PlantClient, sign_in, watch_over
from sqlalchemy import make_url, text

from techfloor import clock, roster
from techfloor.app import create_app
from techfloor.cli.cluster import programs, run_client
from techfloor.cli.demo import cast
from techfloor.cli.verify import whole
from techfloor.migrations.upgrade import engine_for
from techfloor.settings import Settings
from techfloor.store import db

from . import nursery
from .pair import Pair
from .tablets import Room, nursery_of

ROUNDS, LONG_ROUNDS = 3, 8
SAVES = 20
"""Saves that are acknowledged before a primary is lost, at least."""


@dataclass(frozen=True)
class Outcome:
    """What stood on the new primary after the last round."""

    acknowledged: int
    lost: int
    wrong: int
    seconds_until_back: list[float]
    problems: list[str]

    def __str__(self) -> str:
        """Return the figures."""
        kept = f"{self.acknowledged} acknowledged, {self.lost} lost, {self.wrong} halved or doubled"
        return f"{kept}, {len(self.problems)} problems, back after {self.seconds_until_back} s"


@pytest.fixture(scope="module")
def pair(keeper: Keeper) -> Iterator[Pair]:
    """Two machines, the second not a standby yet."""
    found = programs()
    if not isinstance(keeper, OnServer) or found is None:
        pytest.skip("a file has no standby")
    with tempfile.TemporaryDirectory(prefix="techfloor-pair-") as name:
        made = Pair(found, Path(name))
        yield made
        made.end()


@pytest.fixture
def moved(pair: Pair, settings: Settings, keeper: Keeper, cookies: list[str], tmp_path: Path) -> Settings:
    """The settings of the plant, its records on the pair and its tablets signed in."""
    dump = tmp_path / "dump"
    run_client("pg_dump", ["--format=custom", f"--file={dump}"], keeper.master_url(settings))
    with closing(OnServer(pair.admin_url)) as there:
        made = there.of(settings.instance, f"pair-{uuid4().hex[:8]}")
        run_client("pg_restore", ["--exit-on-error", str(dump)], there.master_url(made))
    name = str(make_url(made.database).database)
    return replace(made, database_url=pair.url(APPLICATION, name), database_owner_url=pair.url(OWNER, name))


def rounds(pair: Pair, moved: Settings, cookies: list[str], many: int, *, synchronous: bool = True) -> Outcome:
    """Lose the primary `many` times under tablets that save; every second time the standby heard nothing any more."""
    chance, room, seconds = random.Random(many), Room(cookies), list[float]()
    with nursery_of(moved) as bear, room.house:
        _pid, room.house.port = bear()
        for n in range(many):
            if n or not synchronous or not pair.is_whole:
                pair.renew(synchronous=synchronous)
            if n == 0:
                room.begin()
            pair.until(partial(_more_than, room, room.saved() + SAVES))
            if n % 2 or not synchronous:
                pair.cut_off()
            if not synchronous:
                pair.until(partial(_more_than, room, room.saved() + SAVES))
            time.sleep(chance.uniform(0.05, 0.3))
            lost_at = time.monotonic()
            pair.lose_primary(chance)
            pair.promote()
            pair.until(partial(_more_than, room, room.saved()))
            seconds.append(round(time.monotonic() - lost_at, 2))
        room.end()
    return _count(pair, moved, room, seconds)


def _more_than(room: Room, many: int) -> bool:
    return room.saved() > many


def _count(pair: Pair, moved: Settings, room: Room, seconds: list[float]) -> Outcome:
    name = str(make_url(moved.database).database)
    master = make_url(pair.admin_url).set(drivername="postgresql+psycopg", database=name)
    with engine_for(master.render_as_string(hide_password=False)).connect() as connection:
        rows = connection.execute(
            text("SELECT words, count(*) AS many FROM equipment_log WHERE event = 'note' GROUP BY words")
        )
        there: dict[str, int] = {row.words: row.many for row in rows}
        found = whole(connection, moved)
    return Outcome(
        acknowledged=len(room.acknowledged),
        lost=len(room.acknowledged - there.keys()),
        wrong=sum(1 for lines in there.values() if lines != nursery.LINES),
        seconds_until_back=seconds,
        problems=found.problems,
    )


@pytest.fixture
def running(moved: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The application on the pair, with the page that writes ten lines."""
    everywhere = roster.pages
    monkeypatch.setattr(roster, "pages", lambda: [*everywhere(), nursery.pages])
    app = create_app(moved)
    app.test_client_class = PlantClient
    watch_over(app)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    for handler in app.logger.handlers[:]:
        app.logger.removeHandler(handler)
        handler.close()


def test_a_save_that_no_standby_confirmed_is_not_acknowledged(pair: Pair, running: Flask) -> None:
    """The server gives up waiting for the save, and for the question whether it stands. Then it is sent again."""
    pair.renew()
    client = sign_in(running, cast.person("T"), "", clock.now)
    typed = {
        "words": "unconfirmed",
        "entry_key": uuid4().hex,
        "csrf_token": nursery.token_of(client.get("/fault").text),
    }
    answers: list[int] = []

    def send() -> None:
        answers.append(client.post("/fault", data=typed).status_code)

    sending = threading.Thread(target=copy_context().run, args=(send,))  # the clock of the test goes along
    hears = pair.receiver()
    os.kill(hears, signal.SIGSTOP)
    try:
        sending.start()
        first = pair.until(pair.commit_that_waits)
        pair.give_up_waiting(first)
        pair.give_up_waiting(pair.until(lambda: pair.commit_that_waits(but=first)))
        sending.join(30)
    finally:
        os.kill(hears, signal.SIGCONT)
    assert answers == [503]
    assert client.post("/fault", data=typed).status_code == 303
    with running.app_context(), db.engine.connect() as connection:
        lines = connection.scalar(text("SELECT count(*) FROM equipment_log WHERE words = 'unconfirmed'"))
        replays = connection.scalar(
            text("SELECT replays FROM submission WHERE key = :key"), {"key": typed["entry_key"]}
        )
    assert (lines, replays) == (nursery.LINES, 2)


@pytest.mark.timeout(3600)
def test_a_lost_primary_takes_nothing_acknowledged_along(
    pair: Pair, moved: Settings, cookies: list[str], request: pytest.FixtureRequest
) -> None:
    many = LONG_ROUNDS if request.config.getoption("--long") else ROUNDS
    found = rounds(pair, moved, cookies, many)
    print(f"{many} rounds: {found}")
    assert (found.lost, found.wrong, found.problems) == (0, 0, [])
    assert found.acknowledged >= many * SAVES


def test_without_a_synchronous_standby_acknowledged_records_are_lost(
    pair: Pair, moved: Settings, cookies: list[str]
) -> None:
    """The control: the same round must show loss, and `verify` tells of it by the anchors."""
    found = rounds(pair, moved, cookies, 1, synchronous=False)
    print(f"1 round without synchronous replication: {found}")
    assert found.lost > 0
    assert any("history was cut off" in each for each in found.problems)
