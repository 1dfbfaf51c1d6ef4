"""The connection rules: one writer at a time, first come first served, and a lock never lost."""

import threading

import pytest
from flask import Flask

from techfloor import store
from techfloor.places.models import Area
from techfloor.settings import Settings
from techfloor.store import db
from techfloor.store.databases import Line
from techfloor.store.databases.sqlite import SQLite, journal_mode, sqlite_module
from techfloor.store.queue import Busy, WriteQueue


def test_the_wal_reset_bug_is_avoided() -> None:
    assert journal_mode((3, 40, 1)) == "TRUNCATE"
    assert journal_mode((3, 51, 2)) == "TRUNCATE"
    assert journal_mode((3, 44, 6)) == "WAL"
    assert journal_mode((3, 51, 3)) == "WAL"
    assert journal_mode((3, 53, 4)) == "WAL"


@pytest.mark.clause("PI 041 Enduring")
def test_every_commit_reaches_the_disk(settings: Settings) -> None:
    raw = sqlite_module().connect(settings.instance / "techfloor.sqlite", isolation_level=None)
    SQLite().opened(raw, Line(), serving=False)
    names = ("synchronous", "foreign_keys", "journal_mode")
    said = {name: raw.execute(f"PRAGMA {name}").fetchone()[0] for name in names}
    raw.close()
    assert said == {"synchronous": 2, "foreign_keys": 1, "journal_mode": "wal"}


def test_the_queue_lets_in_by_arrival() -> None:
    queue = WriteQueue()
    order: list[int] = []

    def wait_and_note(name: int) -> None:
        queue.enter(5)
        order.append(name)
        queue.leave()

    queue.enter(1)
    threads = []
    for name in range(8):
        thread = threading.Thread(target=wait_and_note, args=(name,))
        thread.start()
        threads.append(thread)
        while len(queue._waiting) <= name:
            pass
    queue.leave()
    for thread in threads:
        thread.join(5)
    assert order == list(range(8))


def test_a_writer_who_waits_too_long_hears_it_and_blocks_nobody() -> None:
    queue = WriteQueue()
    queue.enter(1)
    with pytest.raises(Busy):
        queue.enter(0.01)
    queue.leave()
    queue.enter(0.01)


def test_many_writers_at_once_all_get_through(house: Flask) -> None:
    failures: list[BaseException] = []

    def write(name: int) -> None:
        with house.app_context():
            try:
                for n in range(10):
                    with store.act("places:area:add"):
                        db.session.add(Area(key=f"{name}-{n}", name="x"))
            except BaseException as error:
                failures.append(error)

    threads = [threading.Thread(target=write, args=(name,)) for name in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert db.session.query(Area).count() == 120


def test_a_failed_act_gives_the_queue_back(house: Flask) -> None:
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), store.act("a:b:c"):
            db.session.add(Area(key="x", name="x"))
            db.session.flush()
            raise ZeroDivisionError
    with store.act("a:b:c"):
        db.session.add(Area(key="x", name="x"))
