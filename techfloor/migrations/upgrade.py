"""Bring a database to the newest tables: all of it or nothing."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, event, inspect, pool
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from techfloor import clock
from techfloor.migrations.models import METADATA  # the triggers that are expected are those of the tables known
from techfloor.settings import Settings
from techfloor.store import databases, mending, upgrading
from techfloor.store.acts import Act
from techfloor.store.connections import Keeping
from techfloor.store.databases import Database, Line


class UpgradeFailed(Exception):
    """The upgrade was given up; the database is as it was."""


class Standing(StrEnum):
    """How a database stands to this version."""

    EMPTY = "empty"
    OLDER = "older"
    CURRENT = "current"
    NEWER = "newer"


@dataclass(frozen=True)
class Schema:
    """The step that a database stands at, "" for none; the newest of this version; and what lies between in words."""

    found: str
    head: str
    standing: Standing
    steps: tuple[str, ...] = ()

    @property
    def refusal(self) -> str:
        """Why a newer database is not touched, and what to do."""
        return (
            f"This database was made by a newer version of techfloor (its tables are at step {self.found}, this "
            f"version knows those up to {self.head}). Use that version, or put back a backup of this one."
        )


def config(connection: Connection | None = None) -> Config:
    """Return Alembic's configuration for the steps of this package."""
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    made.attributes["connection"] = connection
    return made


def engine_for(url: str) -> Engine:
    """Return an engine for upgrades and checks: the connection rules, without the guard of serving connections."""
    database = databases.named(url)
    made = create_engine(url, poolclass=pool.NullPool, **database.upgrade_options())

    @event.listens_for(made, "connect")
    def connect(raw: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
        entry.info["line"] = line = Line()
        database.opened(raw, line, serving=False)

    return made


def upgrade(settings: Settings) -> bool:
    """Bring the database of `settings` up to date; returns whether anything had to be done."""
    settings.instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    engine = engine_for(settings.owner_database)
    with engine.connect() as connection:
        database = databases.of(connection)
        if (schema := schema_of(connection)).standing is Standing.NEWER:
            raise UpgradeFailed(schema.refusal)
        if _up_to_date(connection):
            _refuse_differences(connection)
            return False
        connection.rollback()  # what was looked at held a transaction open, and the upgrade begins its own
        raw: Any = connection.connection.dbapi_connection
        database.begin_upgrade(raw)
        try:
            sealed = _moved(connection, database, schema_of(connection))  # another server may have been quicker
            database.after_upgrade(connection, settings.database_role)
            raw.commit()
        except BaseException:
            raw.rollback()
            raise
    if sealed is not None:
        copy = Path(settings.anchors_copy) if settings.anchors_copy else None
        Keeping(database, anchors=settings.instance / "anchors.log", anchors_copy=copy).anchor(sealed)
    return True


def _moved(connection: Connection, database: Database, schema: Schema) -> tuple[int, str] | None:
    """Take the steps, and tell the trail what they made of the rows; returns the place and hash of that act."""
    if schema.standing is not Standing.OLDER:
        otherwise = mending.other_triggers(connection) if schema.standing is Standing.CURRENT else []
        _step_up(connection, database)
        act = Act("migrations:triggers:rewrite", clock.now())
        return mending.keep(connection, act, otherwise) if otherwise else None
    odd = upgrading.odd_rows(connection)
    _step_up(connection, database)
    act = Act("migrations:tables:upgrade", clock.now(), reason=f"from step {schema.found} to {schema.head}")
    line: Line = connection.info["line"]
    line.sealing = True
    try:
        return upgrading.tell(connection, act, odd)
    finally:
        line.sealing = False


def grant(settings: Settings) -> None:
    """Give the application's role its rights again: a backup that was put back on a server brings none."""
    with engine_for(settings.owner_database).connect() as connection:
        databases.of(connection).after_upgrade(connection, settings.database_role)
        connection.commit()


def _up_to_date(connection: Connection) -> bool:
    if schema_of(connection).standing is not Standing.CURRENT:
        return False
    return not mending.other_triggers(connection)


def schema_of(connection: Connection) -> Schema:
    """Return how a database stands to this version."""
    from alembic.runtime.migration import MigrationContext  # noqa: PLC0415 - only an upgrade needs Alembic's runtime
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    script = ScriptDirectory.from_config(config())
    head = script.get_current_head() or ""
    known = {step.revision for step in script.walk_revisions()}
    if not inspect(connection).has_table("alembic_version"):
        return Schema("", head, Standing.EMPTY)
    found = MigrationContext.configure(connection).get_current_revision() or ""
    if not found or found == head:
        return Schema(found, head, Standing.CURRENT if found else Standing.EMPTY)
    if found not in known:
        return Schema(found, head, Standing.NEWER)
    steps = [str(step.doc) for step in script.iterate_revisions(head, found)]
    return Schema(found, head, Standing.OLDER, tuple(reversed(steps)))


def newest_step() -> str:
    """Return the step that this version brings a database to."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - as above

    return ScriptDirectory.from_config(config()).get_current_head() or ""


def is_known(step: str) -> bool:
    """Tell whether this version knows a step, and may bring a database up from there."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - only an upgrade and a restore need it

    return step in {each.revision for each in ScriptDirectory.from_config(config()).walk_revisions()}


def _step_up(connection: Connection, database: Database) -> None:
    database.drop_triggers(connection)
    before = _counts(connection, database)
    command.upgrade(config(connection), "head")
    after = _counts(connection, database)
    lost = {name: rows for name, rows in before.items() if name in after and after[name] != rows}
    if lost:
        raise UpgradeFailed(f"rows were lost in {', '.join(sorted(lost))}")
    broken = database.broken_references(connection)
    if broken:
        raise UpgradeFailed(f"references were broken in {broken}")
    _refuse_differences(connection)
    database.install_triggers(connection)


def _refuse_differences(connection: Connection) -> None:
    found = differences(connection)
    if found:
        raise UpgradeFailed(
            f"This database is not as this version makes it: {'; '.join(found[:5])}. It was changed by hand, or made "
            "by a version that was never released. Put back a backup, or name another folder."
        )


def differences(connection: Connection) -> list[str]:
    """Return how tables, columns and indexes stand otherwise than the models say; empty when they agree."""
    from alembic.autogenerate import compare_metadata  # noqa: PLC0415 - only an upgrade and verify need it
    from alembic.runtime.migration import MigrationContext  # noqa: PLC0415

    context = MigrationContext.configure(connection, opts={"compare_type": False, "include_object": _is_ours})
    return [_told(each) for each in compare_metadata(context, METADATA)]


def _is_ours(_object: object, name: str | None, kind: str, _reflected: bool, _compared: object) -> bool:
    """Leave out what only one database has: the words of the search, and the blobs on a server."""
    return not (kind == "table" and name is not None and (name == "blob" or name.startswith("search_words")))


def _told(difference: Any) -> str:
    verb, *rest = difference if isinstance(difference, tuple) else difference[0]
    named = [str(getattr(each, "name", each)) for each in rest if each is not None and not isinstance(each, dict)]
    return f"{verb.replace('_', ' ')} {'.'.join(named)}"


def _counts(connection: Connection, database: Database) -> dict[str, int]:
    names = database.tables(connection)
    return {name: connection.exec_driver_sql(f'SELECT count(*) FROM "{name}"').scalar_one() for name in names}  # noqa: S608
