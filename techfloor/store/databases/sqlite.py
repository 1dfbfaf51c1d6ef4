"""SQLite: one writer at a time, every commit on the disk, triggers that name the act through the connection."""

import hashlib
import sqlite3
from collections.abc import Iterator
from functools import partial
from types import ModuleType
from typing import Any

from sqlalchemy.engine import Connection
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool
from sqlalchemy.schema import Table as SchemaTable

from techfloor.store import trail
from techfloor.store.acts import Act, Mode, now_writing
from techfloor.store.base import Audit
from techfloor.store.databases import Line, row_key
from techfloor.store.types import canonical_json

# The WAL-reset bug was mended in these lines of SQLite, and in all later ones.
_WAL_MENDED = ((3, 44, 6), (3, 50, 7), (3, 51, 3))


def sqlite_module() -> ModuleType:
    """Return the newest SQLite at hand: the wheel's where there is one, Python's own elsewhere."""
    try:
        from pysqlite3 import dbapi2  # noqa: PLC0415 - no wheel exists for some machines
    except ImportError:
        return sqlite3
    return dbapi2  # type: ignore[no-any-return]


def journal_mode(version: tuple[int, ...]) -> str:
    """Return WAL for an SQLite without the WAL-reset bug, else TRUNCATE, which is nearly as fast."""
    mended = any(version[:2] == line[:2] and version >= line for line in _WAL_MENDED)
    return "WAL" if mended or version >= (3, 52) else "TRUNCATE"


_legible = partial(str, encoding="utf-8", errors="replace")
"""Reads what no text can hold, too: a check that ended at the first damaged byte would tell nothing of all else."""


class PoolByMode(QueuePool):
    """Gives a reader a connection that last read, and a writer one that last wrote, while there is room for both.

    Between the two stands `PRAGMA query_only`, after which SQLite prepares every statement of a connection anew.
    """

    _sqla_logger_namespace = "sqlalchemy.pool"  # or it would speak in the application's own log

    def _do_get(self) -> ConnectionPoolEntry:
        reading, idle = not now_writing(), self._pool
        with idle.mutex:  # type: ignore[attr-defined]
            for entry in reversed(idle.queue):  # type: ignore[attr-defined]
                line: Line | None = entry.info.get("line")
                if line is not None and line.read_only == reading:
                    idle.queue.remove(entry)  # type: ignore[attr-defined]
                    return entry  # type: ignore[no-any-return]
        if self.overflow() >= 0 or not self._inc_overflow():
            return super()._do_get()
        try:
            return self._create_connection()
        except BaseException:
            self._dec_overflow()
            raise


class SQLite:
    """The rules of SQLite; see `Database` for what each method is asked."""

    name = "sqlite"
    one_writer = True

    def engine_options(self) -> dict[str, Any]:
        """Return what a serving engine is made with."""
        return {
            "module": sqlite_module(),
            "connect_args": {"isolation_level": None, "timeout": 5.0, "cached_statements": 512},
            "poolclass": PoolByMode,
            "pool_size": 40,
            "max_overflow": 40,
        }

    def upgrade_options(self) -> dict[str, Any]:
        """Return what the engine of an upgrade or a check is made with."""
        return {"module": sqlite_module(), "connect_args": {"isolation_level": None, "timeout": 30.0}}

    def opened(self, raw: Any, line: Line, *, serving: bool) -> None:
        """Give a new connection its pragmas, the functions that the triggers name, and a serving one its guard."""
        raw.create_function("tf_act", 0, lambda: line.act)
        raw.create_function("tf_sealing", 0, lambda: line.sealing)
        raw.create_function("tf_sha256", 1, _sha256, deterministic=True)
        cursor = raw.cursor()
        version = tuple(int(part) for part in cursor.execute("SELECT sqlite_version()").fetchone()[0].split("."))
        for pragma in (
            f"journal_mode={journal_mode(version)}",
            "synchronous=FULL",
            "foreign_keys=ON",
            "recursive_triggers=ON",
            "busy_timeout=5000",
            "cache_size=-16000",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()
        if serving:
            raw.set_authorizer(_allow)
        else:
            raw.text_factory = _legible

    def begin(self, raw: Any, line: Line) -> None:
        """Begin a snapshot to read, or take the one lock to write: a reader that turns writer later would fail."""
        cursor, reading = raw.cursor(), line.mode is Mode.READ
        if reading != line.read_only:
            cursor.execute(f"PRAGMA query_only={'ON' if reading else 'OFF'}")
            line.read_only = reading
        cursor.execute("BEGIN" if reading else "BEGIN IMMEDIATE")
        cursor.close()

    def seal(self, raw: Any, act: Act) -> tuple[int, str] | None:
        """Seal the act under way; returns its place and hash, None when it changed nothing."""
        run = raw.cursor().execute
        changes = [row[0] for row in run("SELECT body FROM change WHERE act = ? ORDER BY id", (act.id,)).fetchall()]
        if not changes:
            return None
        last = run("SELECT seq, hash FROM act ORDER BY seq DESC LIMIT 1").fetchone() or (0, trail.GENESIS)
        body = canonical_json(act.body())
        sealed = trail.seal_hash(last[1], body, changes)
        run(
            "INSERT INTO act (id, seq, body, prev, hash) VALUES (?, ?, ?, ?, ?)",
            (act.id, last[0] + 1, body, last[1], sealed),
        )
        return last[0] + 1, sealed

    def commit(self, raw: Any, line: Line) -> None:
        """Commit: it fails whole, and certainly."""
        raw.commit()

    def alive(self, raw: Any) -> bool:
        """Return True: a file does not hang up."""
        return True

    def begin_upgrade(self, raw: Any) -> None:
        """Begin with foreign keys off: with them on, rebuilding a table deletes its children."""
        cursor = raw.cursor()
        cursor.execute("PRAGMA foreign_keys=OFF")
        cursor.execute("BEGIN IMMEDIATE")

    def broken_references(self, connection: Connection) -> list[str]:
        """Return the tables whose references lead nowhere."""
        return sorted({row[0] for row in connection.exec_driver_sql("PRAGMA foreign_key_check")})

    def tables(self, connection: Connection) -> list[str]:
        """Return the tables that stand in the database and whose rows an upgrade must not lose."""
        rows = connection.exec_driver_sql(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!' "
            "AND name NOT LIKE 'search_words%' AND name != 'alembic_version'"
        )
        return [row[0] for row in rows]

    def after_upgrade(self, connection: Connection, role: str) -> None:
        """Do nothing: whoever may open the file may read it."""

    def stream(self, connection: Connection, query: str) -> Iterator[Any]:
        """Read rows as the driver gives them: of a long trail SQLAlchemy's own rows would be half the time."""
        cursor = connection.connection.cursor()
        cursor.execute(query)
        return iter(cursor)  # type: ignore[call-overload, no-any-return]

    def row_json(self, table: SchemaTable, audit: Audit, alias: str) -> str:
        """Return the SQL that writes a row as JSON text."""
        parts = []
        for column in table.columns:
            value = f'{alias}."{column.name}"'
            if column.name in audit.hidden:
                value = f"tf_sha256({value})"
            parts.append(f"'{column.name}', {value}")
        return f"json_object({', '.join(parts)})"

    def upgrade_json(self, table: SchemaTable, audit: Audit, alias: str) -> str:
        """Return the SQL that writes, as the body of a change, what an upgrade made of a row."""
        named = f"'op', '{trail.UPGRADE}', 'table', '{table.name}', 'row', {row_key(table, alias)}, 'record', NULL"
        return f"json_object({named}, 'new', {self.row_json(table, audit, alias)})"

    def name_act(self, raw: Any, act: Act) -> None:
        """Do nothing: the seal is told the act itself."""

    def servers(self, connection: Connection) -> int:
        """Return 0: the folder of the instance has a lock of its own."""
        return 0

    def expected_triggers(self) -> dict[str, str]:
        """Return the whole set of triggers that the models ask for, by name."""
        made = dict(_CHAIN_GUARDS)
        for table, audit in trail.audited():
            made.update(self._recording(table, audit))
            made.update(_refusing(table, audit))
            if audit.locks:
                made.update(_locking(table, audit))
        return made

    def installed_triggers(self, connection: Connection) -> dict[str, str]:
        """Return the triggers that stand in the database, by name."""
        rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        return {row[0]: row[1] for row in rows}

    def drop_triggers(self, connection: Connection) -> None:
        """Take the generated triggers away."""
        for name in self.installed_triggers(connection):
            connection.exec_driver_sql(f'DROP TRIGGER "{name}"')

    def install_triggers(self, connection: Connection) -> None:
        """Write the triggers the models ask for."""
        self.drop_triggers(connection)
        for sql in self.expected_triggers().values():
            connection.exec_driver_sql(sql)

    def _recording(self, table: SchemaTable, audit: Audit) -> Iterator[tuple[str, str]]:
        for op, images in trail.recorded(audit).items():
            main = images[-1]
            record = f'{main}."{audit.root}"' if audit.root else "NULL"
            rows = ", ".join(f"'{image.lower()}', {self.row_json(table, audit, image)}" for image in images)
            name = f"tf_{table.name}_{op}"
            body = f"'op', '{op}', 'table', '{table.name}', 'row', {row_key(table, main)}, 'record', {record}, {rows}"
            sql = (
                f'CREATE TRIGGER {name} AFTER {op.upper()} ON "{table.name}" BEGIN\n'
                # An OR IGNORE of the statement that caused it would pass over a row of `change` that has no act.
                f"SELECT RAISE(ABORT, 'techfloor: {table.name} is changed in an act') WHERE tf_act() IS NULL;\n"
                f"INSERT INTO change (act, body) VALUES (tf_act(), json_object({body}));\nEND"
            )
            yield name, sql


def _sha256(value: str | None) -> str | None:
    return None if value is None else "sha256:" + hashlib.sha256(value.encode()).hexdigest()


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
    else:
        yield _keeping_its_place(table, audit)
    if not audit.deletable:
        yield _guard(table.name, "kept", "DELETE", "", "is never deleted")
    if audit.settled:
        fixed = ", ".join(f'"{name}"' for name in trail.fixed_columns(table, audit))
        yield _guard(table.name, "settled", f"UPDATE OF {fixed}", audit.settled, "is settled")
        opened = f"({audit.settled}) AND NOT ({audit.settled_after})"
        yield _guard(table.name, "stays", "UPDATE", opened, "stays settled")


def _keeping_its_place(table: SchemaTable, audit: Audit) -> tuple[str, str]:
    names = trail.place_columns(table, audit)
    moved = " OR ".join(f'NEW."{name}" IS NOT OLD."{name}"' for name in names)
    of = ", ".join(f'"{name}"' for name in names)
    return _guard(table.name, "place", f"UPDATE OF {of}", moved, "keeps its key and its record")


def _locking(table: SchemaTable, audit: Audit) -> Iterator[tuple[str, str]]:
    def signed(image: str) -> str:
        if table.name == "record":
            return f"{image}.content_sha256 IS NOT NULL"
        return f'(SELECT content_sha256 FROM record WHERE id = {image}."{audit.root}") IS NOT NULL'

    fixed = ", ".join(f'"{name}"' for name in trail.fixed_columns(table, audit))
    if not audit.append_only:
        yield _guard(table.name, "signed", f"UPDATE OF {fixed}", signed("OLD"), "is signed")
    if table.name != "record":
        yield _guard(table.name, "closed", "INSERT", signed("NEW"), "is signed")


_CHAIN_GUARDS = dict(
    _guard(name, verb.lower(), verb, "", "is never changed")
    for name in ("act", "change")
    for verb in ("UPDATE", "DELETE")
)
_CHAIN_GUARDS.update([_guard("act", "insert", "INSERT", "NOT tf_sealing()", "is made by the seal alone")])

# What only a migration may do; the codes are SQLite's own (sqlite3.h, authorizer action codes).
_SCHEMA_ACTIONS = frozenset(range(1, 9)) | frozenset(range(10, 18)) | {24, 25, 26, 28, 29, 30}
_INSERT, _UPDATE, _DELETE, _PRAGMA = 18, 23, 9, 19
# query_only is how a reading transaction is begun; data_version is what the full-text index asks.
_PRAGMAS = frozenset({"query_only", "data_version"})


def _allow(action: int, first: str | None, _second: str | None, _database: str | None, trigger: str | None) -> int:
    """Answer SQLite's authorizer: 0 lets a statement through, 1 refuses it."""
    if action in _SCHEMA_ACTIONS:
        return 1
    if action == _PRAGMA and first not in _PRAGMAS:
        return 1
    if first == "change" and action in {_INSERT, _UPDATE, _DELETE} and trigger is None:
        return 1
    if first == "act" and action in {_UPDATE, _DELETE}:
        return 1
    return 0
