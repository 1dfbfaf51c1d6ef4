"""A server that is killed loses nothing it acknowledged, keeps no half of an act, and doubles none."""

import os
import random
import signal
import time
from dataclasses import dataclass

import pytest
from databases import Keeper
from sqlalchemy import text

from techfloor.cli.verify import whole
from techfloor.migrations.upgrade import engine_for
from techfloor.settings import Settings

from . import nursery
from .tablets import Room, nursery_of

LIVES_AT_MOST = 20.0


@dataclass(frozen=True)
class Outcome:
    """What was left after the last kill."""

    acknowledged: int
    lost: int
    halves: int
    doubled: int
    problems: list[str]
    other_answers: dict[int, int]

    def __str__(self) -> str:
        """Return the figures."""
        kept = f"{self.acknowledged} acknowledged, {self.lost} lost, {self.halves} halves, {self.doubled} doubled"
        return f"{kept}, {len(self.problems)} problems, other answers {self.other_answers}"


def rounds(
    settings: Settings, keeper: Keeper, cookies: list[str], *, kills: int, saves: int, same_key: bool = True
) -> Outcome:
    """Kill the server `kills` times, each after `saves` at least; return what is there of it afterwards."""
    chance, room = random.Random(kills), Room(cookies, same_key=same_key)
    with nursery_of(settings) as bear, room.house:
        for lived in range(kills + 1):
            pid, room.house.port = bear()
            if lived == 0:
                room.begin()
            wanted, until = room.saved() + saves, time.monotonic() + LIVES_AT_MOST
            while room.saved() < wanted and time.monotonic() < until:
                time.sleep(0.002)
            time.sleep(chance.uniform(0, 0.05))
            if lived == kills:
                room.end()
            room.house.port = 0
            os.kill(pid, signal.SIGKILL)
    return _count(settings, keeper, room)


def _count(settings: Settings, keeper: Keeper, room: Room) -> Outcome:
    with engine_for(keeper.master_url(settings)).connect() as connection:
        rows = connection.execute(
            text("SELECT words, count(*) AS many FROM equipment_log WHERE event = 'note' GROUP BY words")
        )
        there: dict[str, int] = {row.words: row.many for row in rows}
        found = whole(connection, settings)
    return Outcome(
        acknowledged=len(room.acknowledged),
        lost=sum(1 for words in room.acknowledged if there.get(words, 0) < nursery.LINES),
        halves=sum(1 for many in there.values() if many % nursery.LINES),
        doubled=sum(1 for many in there.values() if many > nursery.LINES),
        problems=found.problems,
        other_answers={status: many for status, many in room.answers.items() if status != 303},
    )


@pytest.mark.clause("PI 041 Enduring")
@pytest.mark.timeout(3600)
def test_nothing_acknowledged_is_lost_halved_or_doubled(
    settings: Settings, keeper: Keeper, cookies: list[str], request: pytest.FixtureRequest
) -> None:
    long = bool(request.config.getoption("--long"))
    kills = 200 if long else 50
    found = rounds(settings, keeper, cookies, kills=kills, saves=50 if long else 6)
    print(f"{kills} kills: {found}")
    assert (found.lost, found.halves, found.doubled, found.problems) == (0, 0, 0, [])
    assert found.other_answers == {}
    assert found.acknowledged >= (10_000 if long else 300)


@pytest.mark.timeout(600)
def test_without_its_key_an_entry_sent_again_is_done_again(
    settings: Settings, keeper: Keeper, cookies: list[str]
) -> None:
    """The control: the same loop with a new key for every try must show duplicates, or it would show nothing."""
    found = rounds(settings, keeper, cookies, kills=12, saves=6, same_key=False)
    print(f"12 kills without keys: {found}")
    assert found.doubled > 0
    assert (found.lost, found.problems) == (0, [])
