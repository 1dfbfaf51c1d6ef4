"""The two databases behind one behaviour: how each begins a transaction, and how it keeps the trail."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy.engine import Connection
from sqlalchemy.schema import Table as SchemaTable

from techfloor.store.acts import Act, Mode
from techfloor.store.base import Audit


@dataclass
class Line:
    """What one database connection remembers between the events of its transaction."""

    mode: Act | Mode = Mode.READ
    read_only: bool = False
    in_queue: bool = False
    sealing: bool = False
    sealed: tuple[int, str] | None = None
    unconfirmed: bool = False
    """The server gave up waiting for its standby."""

    @property
    def act(self) -> str | None:
        """The id of the act under way."""
        return self.mode.id if isinstance(self.mode, Act) else None


class Database(Protocol):
    """What the store asks of a database; `raw` is a connection of its driver, inside engine events."""

    name: str
    one_writer: bool
    """True where writers wait for each other in the application's queue."""

    def engine_options(self) -> dict[str, Any]:
        """Return what a serving engine is made with."""

    def upgrade_options(self) -> dict[str, Any]:
        """Return what the engine of an upgrade or a check is made with."""

    def opened(self, raw: Any, line: Line, *, serving: bool) -> None:
        """Prepare a new connection; a serving one may neither change the schema nor touch the trail."""

    def begin(self, raw: Any, line: Line) -> None:
        """Begin the transaction that `line.mode` asks for."""

    def seal(self, raw: Any, act: Act) -> tuple[int, str] | None:
        """Seal the act under way; returns its place and hash, None when it changed nothing."""

    def commit(self, raw: Any, line: Line) -> None:
        """Commit; raises Uncertain where nobody can tell whether the act stands."""

    def alive(self, raw: Any) -> bool:
        """Tell whether an idle connection still leads to its server, without asking it."""

    def begin_upgrade(self, raw: Any) -> None:
        """Begin the one transaction of an upgrade, shutting every other upgrade out."""

    def broken_references(self, connection: Connection) -> list[str]:
        """Return the tables whose references lead nowhere."""

    def tables(self, connection: Connection) -> list[str]:
        """Return the tables that stand in the database and whose rows an upgrade must not lose."""

    def after_upgrade(self, connection: Connection, role: str) -> None:
        """Give the application what it may do with the tables as they stand now."""

    def stream(self, connection: Connection, query: str) -> Iterator[Any]:
        """Read rows of a long trail as the driver gives them, without holding them all.

        Nothing else may be asked over this connection before the last row was read.
        """

    def row_json(self, table: SchemaTable, audit: Audit, alias: str) -> str:
        """Return the SQL that writes a row as JSON text, as triggers record it and `verify` compares it."""

    def upgrade_json(self, table: SchemaTable, audit: Audit, alias: str) -> str:
        """Return the SQL that writes, as the body of a change, what an upgrade made of a row."""

    def name_act(self, raw: Any, act: Act) -> None:
        """Name the act to the function that seals, in a transaction that `begin` did not begin."""

    def servers(self, connection: Connection) -> int:
        """Return how many connections of servers there are to a database server; 0 for a file, which is locked."""

    def expected_triggers(self) -> dict[str, str]:
        """Return the whole set of triggers that the models ask for, by name."""

    def installed_triggers(self, connection: Connection) -> dict[str, str]:
        """Return the triggers that stand in the database, by name."""

    def drop_triggers(self, connection: Connection) -> None:
        """Take the generated triggers away, as a migration must before it changes tables."""

    def install_triggers(self, connection: Connection) -> None:
        """Write the triggers the models ask for, in place of those that stand there."""


def named(url: str) -> Database:
    """Return the database that a URL names; raises ValueError for one that techfloor does not keep records in."""
    from techfloor.store.databases.postgresql import PostgreSQL  # noqa: PLC0415 - both rest on this module
    from techfloor.store.databases.sqlite import SQLite  # noqa: PLC0415

    kind = url.partition(":")[0].partition("+")[0]
    if kind == "sqlite":
        return SQLite()
    if kind == "postgresql":
        return PostgreSQL()
    raise ValueError(f"Records are kept in SQLite or PostgreSQL, not in “{kind}”.")


def of(connection: Connection) -> Database:
    """Return the database that a connection leads to."""
    return named(connection.dialect.name)


def row_key(table: SchemaTable, alias: str) -> str:
    """Return the SQL of a row's key as text; a key of several columns is joined with a slash."""
    return " || '/' || ".join(f'CAST({alias}."{column.name}" AS TEXT)' for column in table.primary_key)
