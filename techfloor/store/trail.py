"""The trail: every change of a record's tables, chained act by act, written by the database itself."""

import hashlib
import json
import re
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Text, text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.schema import Computed
from sqlalchemy.schema import Table as SchemaTable
from sqlalchemy.sql.expression import ColumnElement

from techfloor.store.base import Audit, Base, Table

GENESIS = "0" * 64
UPGRADE = "upgrade"
"""The operation of a change that an upgrade of the tables made: no person's deed, and on no timeline."""


class RecordOfBody(ColumnElement[int]):
    """The record that a change belongs to, read from its body by the database."""

    inherit_cache = True


class TableOfNoRecord(ColumnElement[str]):
    """The table of a change that belongs to no record, read from its body by the database."""

    inherit_cache = True


class BodyIsJson(ColumnElement[bool]):
    """True for a change whose body the database can read."""

    inherit_cache = True


class TableOfChange(ColumnElement[str]):
    """The table that a change was made in, for a query over `change`."""

    inherit_cache = True


class ActorOfAct(ColumnElement[int]):
    """The person whose act it was, NULL for the system, for a query over `act`."""

    inherit_cache = True


@compiles(ActorOfAct, "sqlite")
def _sqlite_actor(_element: ActorOfAct, _compiler: Any, **_options: Any) -> str:
    return "json_extract(act.body, '$.actor')"


@compiles(ActorOfAct, "postgresql")
def _postgresql_actor(_element: ActorOfAct, _compiler: Any, **_options: Any) -> str:
    return "(act.body::json ->> 'actor')::integer"


@compiles(TableOfChange, "sqlite")
def _sqlite_table(_element: TableOfChange, _compiler: Any, **_options: Any) -> str:
    return "json_extract(change.body, '$.table')"


@compiles(TableOfChange, "postgresql")
def _postgresql_table(_element: TableOfChange, _compiler: Any, **_options: Any) -> str:
    return "(change.body::json ->> 'table')"


@compiles(RecordOfBody, "sqlite")
def _sqlite_record(_element: RecordOfBody, _compiler: Any, **_options: Any) -> str:
    return "json_extract(body, '$.record')"


@compiles(RecordOfBody, "postgresql")
def _postgresql_record(_element: RecordOfBody, _compiler: Any, **_options: Any) -> str:
    return "(body::jsonb ->> 'record')::integer"


@compiles(TableOfNoRecord, "sqlite")
def _sqlite_no_record(_element: TableOfNoRecord, _compiler: Any, **_options: Any) -> str:
    return "CASE WHEN json_extract(body, '$.record') IS NULL THEN json_extract(body, '$.table') END"


@compiles(TableOfNoRecord, "postgresql")
def _postgresql_no_record(_element: TableOfNoRecord, _compiler: Any, **_options: Any) -> str:
    return "CASE WHEN (body::jsonb ->> 'record') IS NULL THEN body::jsonb ->> 'table' END"


@compiles(BodyIsJson, "sqlite")
def _sqlite_json(_element: BodyIsJson, _compiler: Any, **_options: Any) -> str:
    return "json_valid(body)"


@compiles(BodyIsJson, "postgresql")
def _postgresql_json(_element: BodyIsJson, _compiler: Any, **_options: Any) -> str:
    return "body::jsonb IS NOT NULL"


class ActRow(Table):
    """One sealed act: its body, and the hash that chains it to the one before."""

    __tablename__ = "act"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    seq: Mapped[int] = mapped_column(Integer, unique=True)
    body: Mapped[str] = mapped_column(Text)
    prev: Mapped[str] = mapped_column(Text, unique=True)
    hash: Mapped[str] = mapped_column(Text, unique=True)


class ChangeRow(Table):
    """One change of one row, as its trigger wrote it; the deferred key lets nothing commit without a seal."""

    __tablename__ = "change"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    act: Mapped[str] = mapped_column(
        ForeignKey("act.id", deferrable=True, initially="DEFERRED"), nullable=False, index=True
    )
    body: Mapped[str] = mapped_column(Text, nullable=False)
    record: Mapped[int | None] = mapped_column(Integer, Computed(RecordOfBody(), persisted=True))
    about: Mapped[str | None] = mapped_column(Text, Computed(TableOfNoRecord(), persisted=True))
    __table_args__ = (
        CheckConstraint(BodyIsJson(), name="json"),
        Index(
            "ix_change_record",
            "record",
            sqlite_where=text("record IS NOT NULL"),
            postgresql_where=text("record IS NOT NULL"),
        ),
        Index(
            "ix_change_about",
            "about",
            sqlite_where=text("about IS NOT NULL"),
            postgresql_where=text("about IS NOT NULL"),
        ),
    )


def seal_hash(prev: str, act_body: str, changes: list[str]) -> str:
    """Return the SHA-256 over the previous hash, the act and its changes in order, each with its length before it."""
    pieces = [prev]
    for part in (act_body, *changes):
        pieces += str(len(part) if part.isascii() else len(part.encode())), part
    return hashlib.sha256("\n".join(pieces).encode()).hexdigest()


_HEAD = re.compile(
    r'\{"op" ?: ?"\w+", ?"table" ?: ?"(\w+)", ?"row" ?: ?("(?:[^"\\]|\\.)*"), ?"record" ?: ?(?:\d+|null), ?', re.ASCII
)
_OLD, _NEW = re.compile(r'"old" ?: ?'), re.compile(r'(?:, ?)?"new" ?: ?')
_end_of = json.JSONDecoder().raw_decode


def change_of(body: str) -> tuple[str, str, str | None]:
    """Return the table and the key of a change, and its row's new image as the text it stands in, None if deleted.

    The text is as a trigger wrote it; another one raises ValueError. A database takes ten times as long for it.
    """
    head = _HEAD.match(body)
    if head is None:
        raise ValueError("no change of a row")
    place, old = head.end(), _OLD.match(body, head.end())
    if old is not None:
        place = _end_of(body, old.end())[1]
    new = _NEW.match(body, place)
    key = json.loads(head[2]) if "\\" in head[2] else head[2][1:-1]
    return head[1], key, body[new.end() : -1] if new else None


def audited() -> list[tuple[SchemaTable, Audit]]:
    """Return every audited table with its declaration, by name."""
    found = []
    for mapper in Base.registry.mappers:
        table, audit = mapper.local_table, mapper.class_.__audit__
        if audit is not None and isinstance(table, SchemaTable):
            found.append((table, audit))
    return sorted(found, key=lambda pair: pair[0].name)


def recorded(audit: Audit) -> dict[str, tuple[str, ...]]:
    """Return the operations that can happen to rows of a table, each with the images a trigger sees of it."""
    images: dict[str, tuple[str, ...]] = {"insert": ("NEW",)}
    if not audit.append_only:
        images["update"] = ("OLD", "NEW")
        if audit.deletable:
            images["delete"] = ("OLD",)
    return images


def fixed_columns(table: SchemaTable, audit: Audit) -> list[str]:
    """Return the columns of a table that may not change once its record is signed."""
    return [column.name for column in table.columns if column.name not in audit.free]


def place_columns(table: SchemaTable, audit: Audit) -> list[str]:
    """Return the columns that never change: the key, and of what a signature locks the record that it belongs to."""
    key = [column.name for column in table.primary_key]
    return [*key, audit.root] if audit.locks and audit.root and audit.root not in key else key


def trigger_set_hash(found: dict[str, str]) -> str:
    """Return the SHA-256 of a set of triggers."""
    return hashlib.sha256(json.dumps(found, sort_keys=True).encode()).hexdigest()
