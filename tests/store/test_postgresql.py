"""What only PostgreSQL needs: the application's role adds to the trail and changes none of it, and acts may race."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from techfloor import store
from techfloor.places.models import Area
from techfloor.records.numbering import next_number
from techfloor.store import databases, db

from .conftest import Outside

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def only_here(house: Flask) -> None:
    """Leave these tests to a run on PostgreSQL."""
    if databases.of(db.session.connection()).name != "postgresql":
        pytest.skip("SQLite answers these attacks in test_attacks")
    db.session.rollback()


def make_area(key: str = "machining") -> None:
    with store.act("places:area:add"):
        db.session.add(Area(key=key, name=key))


def test_an_act_that_was_sealed_takes_in_nothing_more(house: Flask, outside: Outside) -> None:
    make_area()
    sealed = db.session.execute(text("SELECT id FROM act")).scalar_one()
    with pytest.raises(DatabaseError, match="sealed"), store.act("attack:act:reuse"):
        db.session.execute(text("SELECT set_config('tf.act', :id, true)"), {"id": sealed})
        db.session.add(Area(key="x", name="X"))
        db.session.flush()
    assert outside.verify().sound


def test_a_change_without_a_seal_is_never_committed(house: Flask, outside: Outside) -> None:
    engine = db.engine
    with pytest.raises(DatabaseError, match="fk_change_act"), store.quiet():
        db.session.execute(text("SELECT set_config('tf.act', 'made-up', true)"))
        db.session.add(Area(key="x", name="X"))
    assert engine is db.engine
    assert outside.verify().sound


def at_once(house: Flask, deed: Callable[[int], None], many: int) -> list[BaseException]:
    """Run a deed in several threads that begin at the same moment; return what they raised."""
    raised: list[BaseException] = []
    ready = threading.Barrier(many)

    def run(n: int) -> None:
        with house.app_context():
            ready.wait(10)
            try:
                deed(n)
            except BaseException as error:
                raised.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(many)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return raised


def test_acts_of_many_writers_are_one_chain(house: Flask, outside: Outside) -> None:
    def write(n: int) -> None:
        for k in range(10):
            with store.act("places:area:add"):
                db.session.add_all([Area(key=f"{n}-{k}", name="x"), Area(key=f"{n}-{k}-b", name="x")])

    assert at_once(house, write, 8) == []
    found = outside.verify()
    assert found.problems == []
    assert (found.acts, found.changes) == (80, 160)


def test_two_who_ask_for_the_first_number_of_a_year_get_two(house: Flask) -> None:
    numbers: list[str] = []

    def ask(_n: int) -> None:
        with store.act("records:number:give"):
            numbers.append(next_number("CAL", AT, "Europe/Berlin"))

    assert at_once(house, ask, 8) == []
    assert sorted(numbers) == [f"CAL-2026-{n:05d}" for n in range(1, 9)]
