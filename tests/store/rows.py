"""Rows for any table of the registry: copied from one that stands there, or made up from what its columns ask for."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, Column, Integer, Table, UniqueConstraint, func, insert, select
from sqlalchemy.engine import Connection

from techfloor.store import Day, ExactDecimal, JsonText, UtcTime, trail
from techfloor.store.base import Base
from techfloor.store.blobs import NAMED_IN, Blobs

_MADE = count(1)
_UNSIGNED = {"state": "in progress", "content_sha256": None, "content_schema": None}
_OTHERWISE: dict[str, dict[str, Any]] = {"revision": {"state": "draft"}, "record": _UNSIGNED}
AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def tables() -> list[Table]:
    """Return every table of the registry, by name."""
    return sorted(Base.metadata.tables.values(), key=lambda table: table.name)


def new_row(connection: Connection, table: Table) -> dict[str, Any]:
    """Return the values of a row that `table` has room for."""
    there = connection.execute(select(table).limit(1)).mappings().one_or_none()
    values = dict(there) if there is not None else {column.name: _made_up(column) for column in table.columns}
    for column in table.columns:
        if column.computed is not None or _numbered(column):
            del values[column.name]
        elif column.foreign_keys and (there is None or column.name == "record_id") and not column.nullable:
            values[column.name] = _newest(connection, column)
    values |= _OTHERWISE.get(table.name, {})
    for names in _unique(table):
        _make_fresh(connection, [table.columns[name] for name in names], values)
    return values


def another(connection: Connection, column: Column[Any], value: Any) -> Any:
    """Return another value that the column may hold."""
    for key in column.foreign_keys:
        return connection.scalar(select(func.min(key.column)).where(key.column != value))
    listed = _listed(column)
    if listed:
        return next(each for each in listed if each != value)
    if value is None:
        return _made_up(column, asked=True)
    others: dict[type, Any] = {
        str: f"{value}x",
        bool: value is False,
        int: value + 1 if isinstance(value, int) else 1,
        datetime: AT + timedelta(1),
    }
    others |= {date: date(2026, 11, 21), Decimal: Decimal("2.5"), dict: {"other": "x"}, list: ["x"]}
    return others[type(value)]


def _numbered(column: Column[Any]) -> bool:
    return column.primary_key and isinstance(column.type, Integer) and not column.foreign_keys


def _newest(connection: Connection, column: Column[Any]) -> Any:
    target = next(iter(column.foreign_keys)).column
    return connection.scalar(select(func.max(target)))


def _made_up(column: Column[Any], *, asked: bool = False) -> Any:
    if column.nullable and not asked:
        return None
    if _listed(column):
        return _listed(column)[0]
    made: dict[type, Any] = {UtcTime: AT, Day: date(2026, 11, 20), ExactDecimal: Decimal("1.5"), JsonText: {}}
    made |= {Boolean: False, Integer: 1}
    return next((value for kind, value in made.items() if isinstance(column.type, kind)), f"x{next(_MADE)}")


def _listed(column: Column[Any]) -> list[str]:
    """Return the words that a column may hold, [] where it may hold any."""
    checks = [str(each.sqltext) for each in column.table.constraints if isinstance(each, CheckConstraint)]
    wanted = [each for each in checks if re.search(rf"\b{column.name} IN ", each)]
    return re.findall(r"'([^']*)'", wanted[0]) if wanted else []


def _unique(table: Table) -> list[list[str]]:
    found = [[column.name for column in table.primary_key]]
    found += [
        [column.name for column in each.columns] for each in table.constraints if isinstance(each, UniqueConstraint)
    ]
    found += [[column.name for column in index.columns] for index in table.indexes if index.unique]
    return found


def _make_fresh(connection: Connection, columns: list[Column[Any]], values: dict[str, Any]) -> None:
    """Let one of the columns that are unique together hold what no row holds yet."""
    if any(values.get(column.name) is None for column in columns):
        return  # what is NULL is like nothing else, and what is numbered is new
    free = [column for column in columns if not (column.foreign_keys or _listed(column)) and column.name in values]
    if free:
        free.sort(key=lambda column: not isinstance(values[column.name], str))
        before = values[free[0].name]
        values[free[0].name] = f"{before}{next(_MADE)}" if isinstance(before, str) else 900_000 + next(_MADE)
        return
    taken = select(columns[0]).where(*(column == values[column.name] for column in columns))
    if connection.execute(taken.limit(1)).first() is None:
        return
    for column in columns:
        if column.foreign_keys:
            target = next(iter(column.foreign_keys)).column
            unused = select(func.max(target)).where(target.not_in(select(column).where(column.is_not(None))))
            found = connection.scalar(unused)
            if found is not None:
                values[column.name] = found
                return


def fill(connection: Connection, blobs: Blobs) -> None:
    """Give every audited table a row, and unsigned records their work and room for it: nothing is out of reach."""
    _open_record(connection)
    for table, _audit in trail.audited():
        if table.name in _WORK or connection.scalar(select(func.count()).select_from(table)) == 0:
            named = {"sha256": blobs.put(b"%PDF-1.7")} if table.name in NAMED_IN else {}
            connection.execute(insert(table), [new_row(connection, table) | named])
    _open_record(connection)


def _open_record(connection: Connection) -> None:
    record = Base.metadata.tables["record"]
    connection.execute(insert(record), [new_row(connection, record)])


_WORK = ("calibration", "calibration_standard", "calibration_ambient", "calibration_reading")
