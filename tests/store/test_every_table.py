"""Whatever is written into an audited table, by whichever way, stands in the trail; without an act nothing is."""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, Integer, Table, delete, insert, select, text, update
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from techfloor import store
from techfloor.settings import Settings
from techfloor.store import databases, db, trail
from techfloor.store.base import Audit, Base

from .rows import another, new_row, tables

pytestmark = pytest.mark.database

NO_RECORD = {
    "act": "the trail itself: the seal alone adds to it, and nothing changes it",
    "change": "the trail itself: triggers alone add to it, and nothing changes it",
    "draft": "typed and not given",
    "job_line": "how far a job is; what it makes has a trail of its own",
    "mail_sent": "which list of what is due went to whom",
    "login_session": "touched once a minute; signing in and out is a sign_in_event",
    "search_item": "words to find records by, made anew from them at any time",
    "submission": "the keys of forms that were sent, beside what they wrote",
}
"""The tables without a trail, and why."""

WAYS = ("orm add", "orm change", "orm delete", "many", "core change", "core delete", "change", "delete", "upsert")
OR = ("ABORT", "FAIL", "IGNORE", "REPLACE", "ROLLBACK")
ON_SQLITE = tuple(f"{deed} or {word}" for deed in ("insert", "update") for word in OR)


def of_name(name: str) -> tuple[Table, Audit]:
    """Return an audited table."""
    return next(pair for pair in trail.audited() if pair[0].name == name)


def rows_of(connection: Connection, table: Table, audit: Audit) -> dict[str, Any]:
    """Return each row of a table by its key, as the trail would keep it."""
    image = databases.of(connection).row_json(table, audit, "this")
    found = connection.exec_driver_sql(
        f'SELECT {databases.row_key(table, "this")}, {image} FROM "{table.name}" AS this'
    )
    return {key: json.loads(body) for key, body in found}


def retold(connection: Connection, before: dict[str, Any], table: Table, act: str) -> dict[str, Any]:
    """Return the rows as the act's changes say they are after it."""
    told = dict(before)
    bodies = connection.execute(text("SELECT body FROM change WHERE act = :act ORDER BY id"), {"act": act}).scalars()
    for change in map(json.loads, bodies):
        if change["table"] != table.name:
            continue
        if change["op"] != "insert":
            assert told.pop(change["row"]) == change["old"]
        if change["op"] != "delete":
            told[change["row"]] = change["new"]
    return told


class Hand:
    """Somebody who writes into one table, in one way or another."""

    def __init__(self, table: Table, draw: st.DataObject) -> None:
        self.table, self.draw = table, draw
        self.key = next(iter(table.primary_key))
        self.model = next(each.class_ for each in Base.registry.mappers if each.local_table is table)

    def column(self) -> Column[Any]:
        """Choose a column to change."""
        changed = [column for column in self.table.columns if column.computed is None]
        return self.draw.draw(st.sampled_from(changed))

    def keys(self) -> list[Any]:
        """Choose rows: the newest ones, of which some are not signed."""
        newest = db.session.execute(select(self.key).order_by(self.key.desc()).limit(3)).scalars().all()
        return self.draw.draw(st.lists(st.sampled_from(newest), min_size=1, unique=True)) if newest else []

    def value(self, column: Column[Any]) -> Any:
        """Choose a value that the column may have."""
        there = db.session.execute(select(column).limit(20)).scalars().all()
        more = [None, 77] if isinstance(column.type, Integer) else [None]
        return self.draw.draw(st.sampled_from([*there, *more]))

    def write(self, way: str) -> None:
        """Write in one way; raises what the database says."""
        deed, _, word = way.partition(" or ")
        if word:
            self._with_word(deed, word)
        else:
            getattr(self, "_" + way.replace(" ", "_"))()
        db.session.flush()

    def _rows(self, most: int = 3) -> list[dict[str, Any]]:
        connection = db.session.connection()
        return [new_row(connection, self.table) for _ in range(self.draw.draw(st.integers(1, most)))]

    def _orm_add(self) -> None:
        db.session.add(self.model(**self._rows(1)[0]))

    def _orm_change(self) -> None:
        column = self.column()
        for key in self.keys():
            for row in db.session.scalars(select(self.model).where(self.key == key)):
                setattr(row, column.name, self.value(column))

    def _orm_delete(self) -> None:
        for row in db.session.scalars(select(self.model).where(self.key.in_(self.keys()))):
            db.session.delete(row)

    def _many(self) -> None:
        db.session.execute(insert(self.model), self._rows())

    def _core_change(self) -> None:
        column = self.column()
        db.session.execute(update(self.table).where(self.key.in_(self.keys())).values({column: self.value(column)}))

    def _core_delete(self) -> None:
        db.session.execute(delete(self.table).where(self.key.in_(self.keys())))

    def _change(self) -> None:
        column = self.column()
        value = f'"{column.name}" + 1' if isinstance(column.type, Integer) else "NULL" if column.nullable else "'{}'"
        db.session.execute(text(f'UPDATE "{self.table.name}" SET "{column.name}" = {value}'))

    def _delete(self) -> None:
        db.session.execute(text(f'DELETE FROM "{self.table.name}"'))

    def _upsert(self) -> None:
        row, columns = self._again(), ", ".join(f'"{each.name}"' for each in self.table.primary_key)
        column = self.column().name
        values = ", ".join(f":{name}" for name in row)
        names = ", ".join(f'"{name}"' for name in row)
        db.session.execute(
            text(
                f'INSERT INTO "{self.table.name}" ({names}) VALUES ({values}) '
                f'ON CONFLICT ({columns}) DO UPDATE SET "{column}" = excluded."{column}"'
            ),
            row,
        )

    def _again(self) -> dict[str, Any]:
        """Return a row that stands there, as the database gives it."""
        keys = self.keys()
        wanted = f'SELECT * FROM "{self.table.name}" ORDER BY "{self.key.name}" DESC LIMIT 1'
        row = db.session.execute(text(wanted)).mappings().first() if keys else None
        return {name: value for name, value in (row or {}).items() if self.table.columns[name].computed is None}

    def _with_word(self, deed: str, word: str) -> None:
        if deed == "insert":
            db.session.execute(insert(self.table).prefix_with(f"OR {word}"), self._rows())
            row = self._again()
            if row:
                names, values = ", ".join(f'"{name}"' for name in row), ", ".join(f":{name}" for name in row)
                db.session.execute(text(f'INSERT OR {word} INTO "{self.table.name}" ({names}) VALUES ({values})'), row)
            return
        column = self.column()
        changed = update(self.table).prefix_with(f"OR {word}").where(self.key.in_(self.keys()))
        db.session.execute(changed.values({column: self.value(column)}))


@contextmanager
def taken_back(how: str) -> Iterator[str]:
    """Begin as an act, quietly or to read, and leave nothing; gives the act's id."""
    db.session.remove()
    mode = store.act("tests:rows:write") if how == "act" else store.quiet() if how == "quiet" else None
    if mode is None:
        yield ""
        db.session.rollback()
        return
    with mode as unit:
        unit.refuse()
        current = store.acts.current_mode()
        yield current.id if isinstance(current, store.Act) else ""


@pytest.fixture
def written_in(lived_in: tuple[Flask, Settings]) -> Iterator[str]:
    """The name of the database that all is written into."""
    db.session.remove()
    name = databases.of(db.session.connection()).name
    db.session.remove()
    yield name
    db.session.remove()


def written(table: Table, audit: Audit, how: str, ways: list[str], draw: st.DataObject) -> int:
    """Write in some ways and compare what stands there then with what the trail says; returns how much it says."""
    with taken_back(how) as act:
        connection = db.session.connection()
        before, hand = rows_of(connection, table, audit), Hand(table, draw)
        for way in ways:
            try:
                hand.write(way)
            except (SQLAlchemyError, LookupError):
                if connection.dialect.name == "postgresql" or not connection.in_transaction():
                    return 0  # it takes the whole transaction back
                db.session.expunge_all()
        with suppress(SQLAlchemyError):
            after = rows_of(connection, table, audit)
            assert after == (retold(connection, before, table, act) if act else before)
            return connection.scalar(text("SELECT count(*) FROM change WHERE act = :act"), {"act": act}) or 0
    return 0


@pytest.mark.parametrize("name", [table.name for table, _audit in trail.audited()])
def test_what_is_written_stands_in_the_trail(written_in: str, request: pytest.FixtureRequest, name: str) -> None:
    table, audit = of_name(name)
    ways = WAYS + ON_SQLITE if written_in == "sqlite" else WAYS
    tries = 200 if request.config.getoption("--long") else 2

    @settings(max_examples=tries, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(how=st.sampled_from(["act", "act", "act", "quiet", "read"]), draw=st.data())
    def write(how: str, draw: st.DataObject) -> None:
        chosen = draw.draw(st.lists(st.sampled_from(ways), min_size=1, max_size=3))
        written(table, audit, how, chosen, draw)

    write()


@pytest.mark.parametrize("name", [table.name for table, _audit in trail.audited()])
def test_what_happens_to_a_new_row_is_heard(written_in: str, name: str) -> None:
    """The other test would say little of a table into which nothing gets."""
    table, audit = of_name(name)
    with taken_back("act") as act:
        connection = db.session.connection()
        before = rows_of(connection, table, audit)
        key = next(iter(connection.execute(insert(table), [new_row(connection, table)]).inserted_primary_key_rows))
        heard = 1 + len(list(changes_of(connection, table, audit, key)))
        after = rows_of(connection, table, audit)
        assert len(after) == len(before) + (0 if audit.deletable else 1)
        assert after == retold(connection, before, table, act)
        assert connection.scalar(text("SELECT count(*) FROM change WHERE act = :act"), {"act": act}) == heard
        assert heard > 1 or audit.append_only


def changes_of(connection: Connection, table: Table, audit: Audit, key: Any) -> Iterator[str]:
    """Change all that may change of a row, one column after the other, and delete it where that may be."""
    this = [column == value for column, value in zip(table.primary_key, key, strict=True)]
    fixed = {*trail.place_columns(table, audit)} if not audit.append_only else {*table.columns.keys()}
    changing = [column for column in table.columns if column.name not in fixed and column.computed is None]
    changing.sort(key=lambda column: column.name in audit.free)  # a state settles the rest
    for column in [each for each in changing if not each.foreign_keys] or changing:
        other = another(connection, column, connection.scalar(select(column).where(*this)))
        if other is not None:
            with suppress(IntegrityError), connection.begin_nested():  # some columns change with others alone
                connection.execute(update(table).where(*this).values({column: other}))
                yield column.name
    if audit.deletable:
        connection.execute(delete(table).where(*this))
        yield "deleted"


def test_the_tables_without_a_trail_are_those_named() -> None:
    assert {table.name for table in tables()} - {table.name for table, _ in trail.audited()} == set(NO_RECORD)
