"""The connection rules: how the engine is made, and what each transaction is begun and ended with."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import BinaryIO

from flask import Flask
from sqlalchemy import Engine, event
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from techfloor.settings import Settings
from techfloor.store import databases
from techfloor.store.acts import Act, Mode, current_mode
from techfloor.store.base import db
from techfloor.store.databases import Database, Line
from techfloor.store.disk import force_folder
from techfloor.store.queue import WriteQueue

log = logging.getLogger("techfloor")

WRITE_WAIT_SECONDS = 10.0
_CLOCK_BACK = timedelta(minutes=1)


@dataclass
class Keeping:
    """What one engine's events share: the database, the queue of its writers, and the file of anchors."""

    database: Database
    queue: WriteQueue = field(default_factory=WriteQueue)
    anchors: Path | None = None
    anchors_copy: Path | None = None
    begun: set[Path] = field(default_factory=set)
    newest: datetime | None = None

    def keep_time(self, at: datetime) -> None:
        """Say in the log that the clock was set back: acts keep their order all the same, their times do not."""
        if self.newest is not None and self.newest - at > _CLOCK_BACK:
            log.warning("The clock stands %s behind the act before. Set it right", self.newest - at)
        self.newest = at

    def anchor(self, sealed: tuple[int, str]) -> None:
        """Write the head of the chain beside the database, and to the copy outside when one is set."""
        line = f"{sealed[0]} {sealed[1]}\n".encode("ascii")
        for file in (self.anchors, self.anchors_copy):
            if file is None:
                continue
            try:
                self._append(file, line)
            except OSError:
                # The act is committed: what was acknowledged stands, and the next anchor covers it too.
                self.begun.discard(file)
                log.exception("The anchor of act %s could not be written to %s", sealed[0], file)

    def _append(self, file: Path, line: bytes) -> None:
        """Add a line; the first of this process is forced to the disk: a power cut never takes all anchors along.

        To force each would double the wait of every act, and the next anchor covers the acts of a lost one.
        """
        first = file not in self.begun
        with file.open("ab+" if first else "ab") as anchors:
            anchors.write(b"\n" + line if first and _broken_off(anchors) else line)
            if first:
                anchors.flush()
                os.fsync(anchors.fileno())
        if first:
            force_folder(file.parent)
            self.begun.add(file)


def _broken_off(anchors: BinaryIO) -> bool:
    """Tell whether a power cut or a full disk left the last line without its end."""
    if not anchors.seek(0, os.SEEK_END):
        return False
    anchors.seek(-1, os.SEEK_END)
    return anchors.read(1) != b"\n"


def init_app(app: Flask, settings: Settings) -> None:
    """Give `app` its database under the connection rules."""
    settings.instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    database = databases.named(settings.database)
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = database.engine_options()
    db.init_app(app)
    copy = Path(settings.anchors_copy) if settings.anchors_copy else None
    with app.app_context():
        attach(db.engine, Keeping(database, anchors=settings.instance / "anchors.log", anchors_copy=copy))


def attach(engine: Engine, keeping: Keeping) -> None:
    """Put the connection rules on a serving engine."""

    @event.listens_for(engine, "connect")
    def connect(raw: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
        line = Line()
        entry.info["line"] = line
        keeping.database.opened(raw, line, serving=True)

    @event.listens_for(engine, "checkout")
    def checkout(raw: DBAPIConnection, _entry: ConnectionPoolEntry, _proxy: PoolProxiedConnection) -> None:
        if not keeping.database.alive(raw):
            raise InvalidatePoolError  # the server has gone, and took the others along

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        _begin(connection, keeping)

    @event.listens_for(engine, "commit")
    def commit(connection: Connection) -> None:
        line: Line = connection.info["line"]
        if isinstance(line.mode, Act):
            line.sealing = True
            try:
                with _told(connection, "seal"):
                    # The driver's own connection: SQLAlchemy's statements would begin another round of events.
                    line.sealed = keeping.database.seal(connection.connection.dbapi_connection, line.mode)
            finally:
                line.sealing = False

    # SQLAlchemy's own event comes before the database has answered, and there is none after.
    engine.dialect.do_commit = partial(_commit, keeping)  # type: ignore[method-assign]

    @event.listens_for(engine, "rollback")
    def rollback(connection: Connection) -> None:
        if not connection.invalidated:  # else it is gone, and its line with it
            connection.info["line"].sealed = None

    @event.listens_for(engine, "checkin")
    def checkin(_raw: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
        _end(entry.info.get("line"), keeping)


def _begin(connection: Connection, keeping: Keeping) -> None:
    line: Line = connection.info["line"]
    line.mode = current_mode()
    line.sealed, line.unconfirmed = None, False
    if line.mode is not Mode.READ and keeping.database.one_writer:
        keeping.queue.enter(WRITE_WAIT_SECONDS)
        line.in_queue = True
    with _told(connection, "begin"):
        keeping.database.begin(connection.connection.dbapi_connection, line)


@contextmanager
def _told(connection: Connection, what: str) -> Iterator[None]:
    """Say what the driver says in an event as SQLAlchemy says it elsewhere, for those who answer it."""
    driver = connection.dialect.loaded_dbapi.Error
    try:
        yield
    except driver as error:
        raise DBAPIError.instance(what, None, error, driver, dialect=connection.dialect) from error


def _commit(keeping: Keeping, connection: PoolProxiedConnection) -> None:
    line: Line = connection.info["line"]
    try:
        keeping.database.commit(connection.dbapi_connection, line)
    except BaseException:
        line.sealed = None  # what may not stand gets no anchor: it would speak of an act that is not there
        raise


def _end(line: Line | None, keeping: Keeping) -> None:
    if line is None:
        return
    sealed, mode, line.sealed, line.mode = line.sealed, line.mode, None, Mode.READ
    try:
        if isinstance(mode, Act) and sealed is not None:
            keeping.keep_time(mode.at)
            keeping.anchor(sealed)
    finally:
        if line.in_queue:
            line.in_queue = False
            keeping.queue.leave()
