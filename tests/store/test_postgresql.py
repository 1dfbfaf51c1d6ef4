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

ATTACKS = (
    "UPDATE act SET body = '{}'",
    "DELETE FROM act",
    "TRUNCATE act CASCADE",
    "INSERT INTO act VALUES ('x', 99, '{}', 'p', 'h')",
    "UPDATE change SET body = '{}'",
    "DELETE FROM change",
    "TRUNCATE change",
    "INSERT INTO change (act, body) VALUES ('x', '{}')",
    "COPY change (act, body) FROM PROGRAM 'true'",
    "DELETE FROM area",
    "TRUNCATE area CASCADE",
    "DELETE FROM record",
    "DELETE FROM signature",
    "UPDATE signature SET remark = 'x'",
    "UPDATE record_content SET body = '{}'",
    "DELETE FROM record_content",
    "UPDATE issued_pdf SET sha256 = 'x'",
    "DELETE FROM issued_pdf",
    "UPDATE blob SET data = ''",
    "DELETE FROM blob",
    "CREATE TABLE other (id integer)",
    "CREATE TEMP TABLE act (id integer)",
    "CREATE TEMP TABLE change (act text, body text)",
    "CREATE SCHEMA other",
    "CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
    "CREATE OR REPLACE FUNCTION tf_area_insert() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
    "ALTER TABLE area DISABLE TRIGGER ALL",
    "ALTER TABLE area ADD COLUMN other text",
    "ALTER TABLE change DROP CONSTRAINT fk_change_act",
    "DROP TRIGGER tf_area_insert ON area",
    "DROP FUNCTION tf_seal(text)",
    "DROP TABLE change",
    "ALTER FUNCTION tf_seal(text) OWNER TO CURRENT_USER",
    "CREATE TRIGGER mine BEFORE INSERT ON area FOR EACH ROW EXECUTE FUNCTION tf_change_open()",
    "CREATE RULE mine AS ON INSERT TO change DO INSTEAD NOTHING",
    "SET session_replication_role = replica",
    "SET ROLE techfloor_owner",
    "WITH gone AS (DELETE FROM change RETURNING 1) SELECT count(*) FROM gone",
    "ALTER ROLE CURRENT_USER SUPERUSER",
    "SELECT lo_import('/etc/passwd')",
    "SELECT pg_read_file('/etc/passwd')",
    "COPY area TO PROGRAM 'cat'",
)


@pytest.fixture(autouse=True)
def only_here(house: Flask) -> None:
    """Leave these tests to a run on PostgreSQL."""
    if databases.of(db.session.connection()).name != "postgresql":
        pytest.skip("SQLite answers these attacks in test_trail")
    db.session.rollback()


def make_area(key: str = "machining") -> None:
    with store.act("places:area:add"):
        db.session.add(Area(key=key, name=key))


@pytest.mark.parametrize("statement", ATTACKS)
def test_the_application_s_role_cannot_be_talked_into(house: Flask, outside: Outside, statement: str) -> None:
    make_area()
    with pytest.raises(DatabaseError), store.act("attack:trail:try"):
        db.session.execute(text(statement))
    assert outside.verify().sound


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
