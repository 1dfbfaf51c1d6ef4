"""Pages of a list by key: each goes on from the last line of the one before, so a long list is as quick as a short.

Never by OFFSET: that reads all lines before, and a line added while one reads would shift the next page.
"""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, and_, false, or_, true

from techfloor.refusals import NotFound
from techfloor.store.base import db
from techfloor.store.types import utc_moment, utc_text

T = TypeVar("T")

PAGE = 50
LONGEST_CURSOR = 800
_LARGEST_ID = 2**63 - 1

Value = str | int | date | datetime | None
"""What a list can be ordered by."""


@dataclass(frozen=True)
class Key:
    """A column that a list is ordered by; where it may be empty, empty is smaller than anything."""

    column: ColumnElement[Any] | Any
    kind: type[str] | type[int] | type[date] | type[datetime]
    descending: bool = False
    nullable: bool = False


@dataclass(frozen=True)
class Cursor:
    """The line from which a page goes on: onward to the lines after it, or back to those before."""

    onward: bool
    values: tuple[Value, ...]

    def text(self) -> str:
        """Return it as it stands in an address."""
        raw = json.dumps([self.onward, *map(_plain, self.values)], separators=(",", ":"), ensure_ascii=False)
        return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")


@dataclass(frozen=True)
class Page(Generic[T]):
    """A page of a list, with the cursors of its neighbours; '' at an end."""

    lines: list[T]
    back: str = ""
    onward: str = ""


class Order:
    """The columns a list is ordered by, the last of them different in every line."""

    def __init__(self, *keys: Key) -> None:
        self.keys = keys

    def read(self, text: str) -> Cursor | None:
        """Read an address's cursor, None for the top of the list; raises NotFound for one that this list never gave."""
        if not text:
            return None
        gone = NotFound("This page of the list is not here. Begin at its top.")
        if len(text) > LONGEST_CURSOR:
            raise gone
        try:
            raw = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), b"-_", validate=True)
            onward, *values = json.loads(raw)
            if not isinstance(onward, bool):
                raise gone
            return Cursor(onward, tuple(_value(key, value) for key, value in zip(self.keys, values, strict=True)))
        except (ValueError, TypeError, RecursionError, binascii.Error) as error:
            raise gone from error

    def page(
        self, statement: Select[*tuple[Any, ...]], make: type[T] | Any, at: str = "", *, size: int = PAGE
    ) -> Page[T]:
        """Read one page in one statement; `make` turns the columns of a row into a line.

        Raises NotFound for a cursor `at` that this list never gave.
        """
        cursor = self.read(at)
        back = cursor is not None and not cursor.onward
        statement = statement.add_columns(*(key.column for key in self.keys))
        if cursor is not None:
            statement = statement.where(_beyond(self.keys, cursor.values, onward=cursor.onward))
        statement = statement.order_by(None).order_by(*(_ordered(key, back=back) for key in self.keys))
        rows = [tuple(row) for row in db.session.execute(statement.limit(size + 1))]
        more, rows = len(rows) > size, rows[:size]
        if back:
            rows.reverse()
        return Page(
            [make(*row[: -len(self.keys)]) for row in rows],
            back=self._cursor(rows[:1], onward=False) if (more if back else cursor is not None) else "",
            onward=self._cursor(rows[-1:], onward=True) if back or more else "",
        )

    def _cursor(self, row: Sequence[tuple[Any, ...]], *, onward: bool) -> str:
        return Cursor(onward, row[0][-len(self.keys) :]).text() if row else ""


def _plain(value: Value) -> str | int | None:
    if isinstance(value, datetime):
        return utc_text(value)
    return value.isoformat() if isinstance(value, date) else value


def _value(key: Key, plain: object) -> Value:
    """Read a value of a cursor; raises ValueError for one that the column cannot hold."""
    if plain is None and key.nullable:
        return None
    if key.kind is int:
        if type(plain) is int and abs(plain) <= _LARGEST_ID:
            return plain
    elif isinstance(plain, str) and "\0" not in plain:
        plain.encode()  # half a surrogate pair is no text that a database takes
        return plain if key.kind is str else _day_or_moment(key, plain)
    raise ValueError("no value of this column")


def _day_or_moment(key: Key, plain: str) -> Value:
    value: date = utc_moment(plain) if key.kind is datetime else date.fromisoformat(plain)
    if _plain(value) != plain:
        raise ValueError("not as a cursor writes it")
    return value


def _ordered(key: Key, *, back: bool) -> Any:
    # Empty first is SQLite's own order and costs nothing there; PostgreSQL must be told.
    if key.descending != back:
        return key.column.desc().nulls_last() if key.nullable else key.column.desc()
    return key.column.asc().nulls_first() if key.nullable else key.column.asc()


def _beyond(keys: Sequence[Key], values: Sequence[Value], *, onward: bool) -> ColumnElement[bool]:
    """Keep the lines beyond a key; where the first column is equal, the next decides.

    Written as `a <= x AND (a < x OR ...)`: the first half alone bounds the range that is read of the index.
    """
    key, value, greater = keys[0], values[0], onward != keys[0].descending
    if len(keys) == 1:
        return _past(key, value, greater=greater)
    rest = _beyond(keys[1:], values[1:], onward=onward)
    return and_(_not_before(key, value, greater=greater), or_(_past(key, value, greater=greater), rest))


def _past(key: Key, value: Value, *, greater: bool) -> ColumnElement[bool]:
    if value is None:
        return key.column.is_not(None) if greater else false()
    if greater:
        return key.column > value
    return _or_empty(key, key.column < value)


def _not_before(key: Key, value: Value, *, greater: bool) -> ColumnElement[bool]:
    if value is None:
        return true() if greater else key.column.is_(None)
    if greater:
        return key.column >= value
    return _or_empty(key, key.column <= value)


def _or_empty(key: Key, smaller: Any) -> ColumnElement[bool]:
    return or_(smaller, key.column.is_(None)) if key.nullable else smaller
