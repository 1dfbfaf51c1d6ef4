"""The connection rules: how the engine is made, and what each transaction is begun and ended with."""

import logging
from dataclasses import dataclass, field
from pathlib import Path

from flask import Flask
from sqlalchemy import Engine, event
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from techfloor.settings import Settings
from techfloor.store import databases
from techfloor.store.acts import Act, Mode, current_mode
from techfloor.store.base import db
from techfloor.store.databases import Database, Line
from techfloor.store.queue import WriteQueue

log = logging.getLogger("techfloor")

WRITE_WAIT_SECONDS = 10.0


@dataclass
class Keeping:
    """What one engine's events share: the database, the queue of its writers, and the file of anchors."""

    database: Database
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

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        _begin(connection, keeping)

    @event.listens_for(engine, "commit")
    def commit(connection: Connection) -> None:
        line: Line = connection.info["line"]
        if isinstance(line.mode, Act):
            # The driver's own connection: SQLAlchemy's statements would begin another round of events.
            line.sealed = keeping.database.seal(connection.connection.dbapi_connection, line.mode)

    @event.listens_for(engine, "rollback")
    def rollback(connection: Connection) -> None:
        connection.info["line"].sealed = None

    @event.listens_for(engine, "checkin")
    def checkin(_raw: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
        _end(entry.info.get("line"), keeping)


def _begin(connection: Connection, keeping: Keeping) -> None:
    line: Line = connection.info["line"]
    line.mode = current_mode()
    line.sealed = None
    if line.mode is not Mode.READ and keeping.database.one_writer:
        keeping.queue.enter(WRITE_WAIT_SECONDS)
        line.in_queue = True
    keeping.database.begin(connection.connection.dbapi_connection, line)


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
