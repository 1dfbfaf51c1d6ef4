"""The trail: every change of a record's tables, chained act by act, written by the database itself."""

import hashlib
import json
from collections.abc import Iterator

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Text, text
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.schema import Computed
from sqlalchemy.schema import Table as SchemaTable

from techfloor.store.acts import Act
from techfloor.store.base import Audit, Base, Table
from techfloor.store.types import canonical_json

GENESIS = "0" * 64


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
    record: Mapped[int | None] = mapped_column(Integer, Computed("json_extract(body, '$.record')", persisted=False))
    __table_args__ = (
        CheckConstraint("json_valid(body)", name="json"),
        Index("ix_change_record", "record", sqlite_where=text("record IS NOT NULL")),
    )


def seal_hash(prev: str, act_body: str, changes: list[str]) -> str:
    """Return the SHA-256 over the previous hash, the act and its changes in order, each with its length before it."""
    digest = hashlib.sha256(prev.encode())
    for part in (act_body, *changes):
        data = part.encode()
        digest.update(f"\n{len(data)}\n".encode())
        digest.update(data)
    return digest.hexdigest()


def seal(cursor: object, act: Act) -> tuple[int, str] | None:
    """Seal `act` on a raw DBAPI cursor inside its transaction.

    Returns its place and hash, None when it changed nothing.
    """
    run = cursor.execute  # type: ignore[attr-defined]
    changes = [row[0] for row in run("SELECT body FROM change WHERE act = ? ORDER BY id", (act.id,)).fetchall()]
    if not changes:
        return None
    last = run("SELECT seq, hash FROM act ORDER BY seq DESC LIMIT 1").fetchone() or (0, GENESIS)
    body = canonical_json(act.body())
    sealed = seal_hash(last[1], body, changes)
    run(
        "INSERT INTO act (id, seq, body, prev, hash) VALUES (?, ?, ?, ?, ?)",
        (act.id, last[0] + 1, body, last[1], sealed),
    )
    return last[0] + 1, sealed


def audited() -> list[tuple[SchemaTable, Audit]]:
    """Return every audited table with its declaration, by name."""
    found = []
    for mapper in Base.registry.mappers:
        table, audit = mapper.local_table, mapper.class_.__audit__
        if audit is not None and isinstance(table, SchemaTable):
            found.append((table, audit))
    return sorted(found, key=lambda pair: pair[0].name)


def row_json(table: SchemaTable, audit: Audit, alias: str) -> str:
    """Return the SQL that writes a row of `table` as JSON, as triggers record it and `verify` compares it."""
    parts = []
    for column in table.columns:
        value = f'{alias}."{column.name}"'
        if column.name in audit.hidden:
            value = f"tf_sha256({value})"
        parts.append(f"'{column.name}', {value}")
    return f"json_object({', '.join(parts)})"


def row_key(table: SchemaTable, alias: str) -> str:
    """Return the SQL of a row's key as text; a key of several columns is joined with a slash."""
    return " || '/' || ".join(f'CAST({alias}."{column.name}" AS TEXT)' for column in table.primary_key)


def triggers(table: SchemaTable, audit: Audit) -> dict[str, str]:
    """Return the triggers of one table for SQLite, by name."""
    made = dict(_recording(table, audit))
    made.update(_refusing(table, audit))
    if audit.locks:
        made.update(_locking(table, audit))
    return made


def _recording(table: SchemaTable, audit: Audit) -> Iterator[tuple[str, str]]:
    for op, images in {"insert": ("NEW",), "update": ("OLD", "NEW"), "delete": ("OLD",)}.items():
        if (audit.append_only and op != "insert") or (op == "delete" and not audit.deletable):
            continue
        main = images[-1]
        record = f'{main}."{audit.root}"' if audit.root else "NULL"
        rows = ", ".join(f"'{image.lower()}', {row_json(table, audit, image)}" for image in images)
        yield (
            f"tf_{table.name}_{op}",
            (
                f'CREATE TRIGGER tf_{table.name}_{op} AFTER {op.upper()} ON "{table.name}" BEGIN\n'
                f"INSERT INTO change (act, body) VALUES (tf_act(), json_object('op', '{op}', 'table', '{table.name}', "
                f"'row', {row_key(table, main)}, 'record', {record}, {rows}));\nEND"
            ),
        )


def _guard(table: str, name: str, event: str, when: str, word: str) -> tuple[str, str]:
    full = f"tf_{table}_{name}"
    condition = f" WHEN {when}" if when else ""
    return full, (
        f'CREATE TRIGGER {full} BEFORE {event} ON "{table}"{condition} BEGIN\n'
        f"SELECT RAISE(ABORT, 'techfloor: {table} {word}');\nEND"
    )


def _refusing(table: SchemaTable, audit: Audit) -> Iterator[tuple[str, str]]:
    same = " AND ".join(f'"{column.name}" = NEW."{column.name}"' for column in table.primary_key)
    # INSERT OR REPLACE deletes the old row first; this closes that door.
    yield _guard(table.name, "replace", "INSERT", f'EXISTS (SELECT 1 FROM "{table.name}" WHERE {same})', "exists")
    if audit.append_only:
        yield _guard(table.name, "fixed", "UPDATE", "", "is never changed")
    if not audit.deletable:
        yield _guard(table.name, "kept", "DELETE", "", "is never deleted")


def _locking(table: SchemaTable, audit: Audit) -> Iterator[tuple[str, str]]:
    def signed(image: str) -> str:
        if table.name == "record":
            return f"{image}.content_sha256 IS NOT NULL"
        return f'(SELECT content_sha256 FROM record WHERE id = {image}."{audit.root}") IS NOT NULL'

    fixed = ", ".join(f'"{column.name}"' for column in table.columns if column.name not in audit.free)
    if not audit.append_only:
        yield _guard(table.name, "signed", f"UPDATE OF {fixed}", signed("OLD"), "is signed")
    if table.name != "record":
        yield _guard(table.name, "closed", "INSERT", signed("NEW"), "is signed")


_CHAIN_GUARDS = dict(
    _guard(name, verb.lower(), verb, "", "is never changed")
    for name in ("act", "change")
    for verb in ("UPDATE", "DELETE")
)


def expected_triggers() -> dict[str, str]:
    """Return the whole set of triggers that the models ask for, by name."""
    made = dict(_CHAIN_GUARDS)
    for table, audit in audited():
        made.update(triggers(table, audit))
    return made


def installed_triggers(connection: Connection) -> dict[str, str]:
    """Return the triggers that stand in the database, by name."""
    rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    return {row[0]: row[1] for row in rows}


def drop_triggers(connection: Connection) -> None:
    """Take the generated triggers away, as a migration must before it changes tables."""
    for name in installed_triggers(connection):
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')


def install_triggers(connection: Connection) -> str:
    """Write the triggers the models ask for and return the hash of the set."""
    drop_triggers(connection)
    for sql in expected_triggers().values():
        connection.exec_driver_sql(sql)
    return trigger_set_hash(installed_triggers(connection))


def trigger_set_hash(found: dict[str, str]) -> str:
    """Return the SHA-256 of a set of triggers."""
    return hashlib.sha256(json.dumps(found, sort_keys=True).encode()).hexdigest()
