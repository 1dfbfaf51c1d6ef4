"""A record whose rows were changed past the trail is issued no more, and its papers no longer hold at /verify."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from bench_work import give_all, review, sign, start
from databases import Keeper
from flask import Flask
from plant_client import SignedInAs
from sqlalchemy import select
from sqlalchemy.engine import Connection
from stages import Reach
from statements import Statements

from techfloor import clock
from techfloor.migrations.upgrade import engine_for
from techfloor.records import integrity
from techfloor.records.models import Record
from techfloor.reports.models import IssuedPdf
from techfloor.settings import Settings
from techfloor.store import databases, db, upgrading
from techfloor.store.acts import Act

CALIPER = ["0.00", "25.00", "50.05", "100.00", "150.10", "25.00"]
SOUND, ODD = "Issued here, version current", "The record does not hold"


@pytest.fixture
def certified(reach: Reach, as_: SignedInAs) -> str:
    """A reviewed calibration with its certificate, by its number."""

    def made() -> str:
        tara, quinn = as_("T", tablet=True), as_("Q")
        number = start(tara, "G-014")
        give_all(tara, number, "indication", CALIPER)
        assert sign(tara, number).status_code == 303
        assert review(quinn, number).status_code == 303
        quinn.submit(f"/calibration/{number}/certificate", page=f"/calibration/{number}")
        return number

    return reach(made)


@contextmanager
def holding(settings: Settings, keeper: Keeper) -> Iterator[Connection]:
    """Hold the database whole, with no trigger in the way; what is done counts."""
    with engine_for(keeper.master_url(settings)).connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            databases.of(connection).drop_triggers(connection)
        else:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        yield connection
        connection.commit()


def issues(app: Flask, number: str) -> tuple[int, int, str]:
    """Return the id of a record, how many issues it has, and the code of the newest."""
    with app.app_context():
        found = select(IssuedPdf).join(Record, Record.id == IssuedPdf.record_id).where(Record.number == number)
        rows = db.session.scalars(found.order_by(IssuedPdf.issue_no)).all()
        db.session.remove()
        return rows[-1].record_id, len(rows), rows[-1].code


WAYS = [
    ("UPDATE calibration_reading SET indication = '59.99' WHERE record_id = {id} AND point = 3", "body line"),
    ("UPDATE signature SET printed_name = 'Evil Person' WHERE record_id = {id} AND meaning = 'reviewed'", "signature"),
    ("UPDATE record SET opened_at = '2025-01-01T00:00:00.000000Z' WHERE id = {id}", "header"),
    ("UPDATE calibration SET condition = 'as new' WHERE record_id = {id}", "body"),
    ("DELETE FROM signature WHERE record_id = {id} AND meaning = 'reviewed'", "signature taken away"),
    ("UPDATE calibration_reading SET record_id = 1 WHERE record_id = {id} AND point = 5", "body line moved away"),
    (
        "UPDATE signature SET content_sha256 = 'ff' WHERE record_id = {id} AND meaning = 'performed'",
        "signature under another content",
    ),
]


@pytest.mark.clause("21 CFR 11.10(a)", "21 CFR 11.70")
def test_a_record_with_other_rows_than_the_trail_says_is_not_issued_and_does_not_hold(
    certified: str, app: Flask, as_: SignedInAs, settings: Settings, keeper: Keeper
) -> None:
    quinn, visitor = as_("Q"), app.test_client()
    record_id, before, code = issues(app, certified)
    assert SOUND in visitor.get(f"/verify/{code}").text
    for way, what in WAYS:
        form = quinn.hidden(f"/calibration/{certified}", f"/calibration/{certified}/certificate")
        with holding(settings, keeper) as connection:
            table = way.split()[2 if way.startswith("DELETE") else 1]
            connection.exec_driver_sql(f"CREATE TABLE kept AS SELECT * FROM {table}")
            connection.exec_driver_sql(way.format(id=record_id))
        page = visitor.get(f"/verify/{code}").text
        assert (ODD in page, SOUND in page) == (True, False), what
        answer = quinn.post(f"/calibration/{certified}/certificate", data=form)
        assert answer.status_code != 303, what
        assert "python3 -m techfloor verify" in answer.text, what
        assert issues(app, certified)[1] == before, what
        assert quinn.get(f"/calibration/{certified}").status_code == 200, what
        with holding(settings, keeper) as connection:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
            connection.exec_driver_sql(f"DELETE FROM {table}")
            connection.exec_driver_sql(f"INSERT INTO {table} SELECT * FROM kept")
            connection.exec_driver_sql("DROP TABLE kept")
        assert SOUND in visitor.get(f"/verify/{code}").text, what


def test_what_an_upgrade_made_of_the_rows_is_what_the_trail_says_last(
    certified: str, app: Flask, settings: Settings, keeper: Keeper
) -> None:
    record_id, _count, code = issues(app, certified)
    with holding(settings, keeper) as connection:
        connection.exec_driver_sql(f"UPDATE calibration SET condition = 'as new' WHERE record_id = {record_id}")
        assert integrity.problems_of(connection, record_id) == [
            f"calibration {record_id} is not what the trail last said of it"
        ]
        upgrading.tell(connection, Act("store:tables:upgrade", clock.now()), set())
        assert integrity.problems_of(connection, record_id) == []
    assert SOUND in app.test_client().get(f"/verify/{code}").text


def test_the_check_of_one_record_takes_four_statements(certified: str, app: Flask) -> None:
    record_id, _count, _code = issues(app, certified)
    with app.app_context(), Statements(app) as statements:
        assert integrity.problems_of(db.session.connection(), record_id) == []
    assert len(statements.seen) == 4
