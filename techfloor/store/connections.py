"""The connection rules: how the engine is made, and what each transaction is begun and ended with."""

import hashlib
import logging
import sqlite3
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from flask import Flask
from sqlalchemy import Engine, event
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from techfloor.settings import Settings
from techfloor.store import trail
from techfloor.store.acts import Act, Mode, current_mode, now_writing
from techfloor.store.base import db
from techfloor.store.queue import WriteQueue

log = logging.getLogger("techfloor")

WRITE_WAIT_SECONDS = 10.0
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


@dataclass
class Line:
    """What one database connection remembers between the events of its transaction."""

    mode: Act | Mode = Mode.READ
    read_only: bool = False
    in_queue: bool = False
    sealed: tuple[int, str] | None = None


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


@dataclass
class Keeping:
    """What one engine's events share: the queue of writers and the file of anchors."""

    queue: WriteQueue = field(default_factory=WriteQueue)
    anchors: Path | None = None
    anchors_copy: Path | None = None

    def anchor(self, sealed: tuple[int, str]) -> None:
        """Write the head of the chain beside the database, and to the copy outside when one is set."""
        line = f"{sealed[0]} {sealed[1]}\n"
        for file in (self.anchors, self.anchors_copy):
            if file is None:
                continue
            try:
                with file.open("a", encoding="ascii") as anchors:
                    anchors.write(line)
            except OSError:
                # The act is committed: what was acknowledged stands, and the next anchor covers it too.
                log.exception("The anchor of act %s could not be written to %s", sealed[0], file)


def init_app(app: Flask, settings: Settings) -> None:
    """Give `app` its database under the connection rules."""
    settings.instance.mkdir(parents=True, exist_ok=True)
    module = sqlite_module()
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {
        "module": module,
        "connect_args": {"isolation_level": None, "timeout": 5.0, "cached_statements": 512},
        "poolclass": PoolByMode,
        "pool_size": 40,
        "max_overflow": 40,
    }
    db.init_app(app)
    copy = Path(settings.anchors_copy) if settings.anchors_copy else None
    with app.app_context():
        attach(db.engine, Keeping(anchors=settings.instance / "anchors.log", anchors_copy=copy), serving=True)


def attach(engine: Engine, keeping: Keeping, *, serving: bool) -> None:
    """Put the connection rules on `engine`; a serving one may neither change the schema nor touch the trail."""

    @event.listens_for(engine, "connect")
    def connect(raw: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
        line = Line()
        entry.info["line"] = line
        prepare(raw, line)
        if serving:
            raw.set_authorizer(_authorizer())

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        _begin(connection, keeping)

    @event.listens_for(engine, "commit")
    def commit(connection: Connection) -> None:
        line: Line = connection.info["line"]
        if isinstance(line.mode, Act):
            # The raw cursor: SQLAlchemy's own statements would begin another round of events.
            line.sealed = trail.seal(connection.connection.cursor(), line.mode)

    @event.listens_for(engine, "rollback")
    def rollback(connection: Connection) -> None:
        connection.info["line"].sealed = None

    @event.listens_for(engine, "checkin")
    def checkin(_raw: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
        _end(entry.info.get("line"), keeping)


def prepare(raw: DBAPIConnection, line: Line) -> None:
    """Give a new connection its pragmas, and the functions that the triggers name."""
    raw.create_function("tf_act", 0, lambda: line.mode.id if isinstance(line.mode, Act) else None)
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


def prepare_for_upgrade(raw: DBAPIConnection) -> None:
    """Give a connection that changes tables the functions its triggers name, and the same pragmas."""
    prepare(raw, Line())


def _sha256(value: str | None) -> str | None:
    return None if value is None else "sha256:" + hashlib.sha256(value.encode()).hexdigest()


def _begin(connection: Connection, keeping: Keeping) -> None:
    line: Line = connection.info["line"]
    line.mode = current_mode()
    line.sealed = None
    reading = line.mode is Mode.READ
    cursor = connection.connection.cursor()
    if reading != line.read_only:
        cursor.execute(f"PRAGMA query_only={'ON' if reading else 'OFF'}")
        line.read_only = reading
    if not reading:
        keeping.queue.enter(WRITE_WAIT_SECONDS)
        line.in_queue = True
    cursor.execute("BEGIN" if reading else "BEGIN IMMEDIATE")
    cursor.close()


def _end(line: Line | None, keeping: Keeping) -> None:
    if line is None:
        return
    sealed, line.sealed, line.mode = line.sealed, None, Mode.READ
    try:
        if sealed is not None:
            keeping.anchor(sealed)
    finally:
        if line.in_queue:
            line.in_queue = False
            keeping.queue.leave()


# What only a migration may do; the codes are SQLite's own (sqlite3.h, authorizer action codes).
_SCHEMA_ACTIONS = frozenset(range(1, 9)) | frozenset(range(10, 18)) | {24, 25, 26, 28, 29, 30}
_INSERT, _UPDATE, _DELETE, _PRAGMA = 18, 23, 9, 19
# query_only is how a reading transaction is begun; data_version is what the full-text index asks.
_PRAGMAS = frozenset({"query_only", "data_version"})


def _authorizer() -> Any:
    def allow(action: int, first: str | None, _second: str | None, _database: str | None, trigger: str | None) -> int:
        if action in _SCHEMA_ACTIONS:
            return 1
        if action == _PRAGMA and first not in _PRAGMAS:
            return 1
        if first == "change" and action in {_INSERT, _UPDATE, _DELETE} and trigger is None:
            return 1
        if first == "act" and action in {_UPDATE, _DELETE}:
            return 1
        return 0

    return allow
