"""What an upgrade owes the trail: rows checked as the older version left them, and what became of them written down."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from sqlalchemy import MetaData, inspect, select
from sqlalchemy.engine import Connection
from sqlalchemy.schema import Table

from techfloor.store import databases, trail
from techfloor.store.acts import Act
from techfloor.store.base import Audit
from techfloor.store.verify import Image, Newest, Verdict, hash_of, read

Row = tuple[str, str]
"""A table and the key of a row in it."""
_AT_ONCE = 500


def verify_as_it_stands(connection: Connection, anchors: Path | None = None) -> Verdict:
    """Check a database of an older version: the chain, the anchors, and every row by the columns it has."""
    verdict, newest = read(connection, anchors)
    verdict.problems.extend(f"{table} {row} was changed outside the trail." for table, row in _odd(connection, newest))
    return verdict


def odd_rows(connection: Connection) -> set[Row]:
    """Return the rows that are not what the trail last recorded of them, by the columns that stand there."""
    _verdict, newest = read(connection)
    return set(_odd(connection, newest))


def _odd(connection: Connection, newest: Newest) -> Iterator[Row]:
    there = set(inspect(connection).get_table_names())
    for table, audit in trail.audited():
        if table.name not in there:
            continue
        known = dict(newest.of.get(table.name, {}))
        standing = Table(table.name, MetaData(), autoload_with=connection)
        for row, image in _images(connection, standing, audit):
            if not _is_recorded(connection, known.pop(row, None), image):
                yield table.name, row
        yield from ((table.name, row) for row, last in known.items() if last.sha)


def _is_recorded(connection: Connection, last: Image | None, image: str) -> bool:
    if last is None or last.sha is None:
        return False
    return last.sha == hash_of(image) or _recorded(connection, last.change) == json.loads(image)


def _images(connection: Connection, table: Table, audit: Audit) -> Sequence[tuple[str, str]]:
    database = databases.of(connection)
    return list(
        database.stream(
            connection,
            f"SELECT {databases.row_key(table, 'this')}, {database.row_json(table, audit, 'this')} "  # noqa: S608 - names of the tables
            f'FROM "{table.name}" AS this',
        )
    )


def _recorded(connection: Connection, change: int) -> object:
    body = connection.scalar(select(trail.ChangeRow.body).where(trail.ChangeRow.id == change))
    return json.loads(body or "{}").get("new")


def tell(connection: Connection, act: Act, odd: set[Row]) -> tuple[int, str] | None:
    """Write into the trail what an upgrade made of the rows, as one act; returns its place and hash.

    `odd` are the rows that nobody accounted for before: an upgrade does not account for them either.
    """
    database = databases.of(connection)
    raw = connection.connection.dbapi_connection
    cursor = connection.connection.cursor()
    database.name_act(raw, act)
    _verdict, newest = read(connection)
    for table, audit in trail.audited():
        known = newest.of.get(table.name, {})
        images = _images(connection, table, audit)
        changed = [
            row
            for row, image in images
            if (table.name, row) not in odd and (row not in known or known[row].sha != hash_of(image))
        ]
        for where in _wheres(table, changed, whole=len(changed) == len(images)):
            cursor.execute(
                f"INSERT INTO change (act, body) SELECT '{act.id}', {database.upgrade_json(table, audit, 'this')} "  # noqa: S608
                f'FROM "{table.name}" AS this{where}'
            )
    cursor.close()
    return database.seal(raw, act)


def _wheres(table: Table, rows: Sequence[str], *, whole: bool) -> Iterator[str]:
    """Return the conditions that pick rows, so many at once; none where all are picked."""
    if rows and whole:
        yield ""
        return
    for start in range(0, len(rows), _AT_ONCE):
        listed = ", ".join("'" + row.replace("'", "''") + "'" for row in rows[start : start + _AT_ONCE])
        yield f" WHERE {databases.row_key(table, 'this')} IN ({listed})"
