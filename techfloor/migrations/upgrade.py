"""Bring a database to the newest tables: all of it or nothing."""

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, event, inspect, pool
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.engine.interfaces import DBAPIConnection

from techfloor.settings import Settings
from techfloor.store import databases
from techfloor.store.databases import Database, Line


class UpgradeFailed(Exception):
    """The upgrade was given up; the database is as it was."""


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
    def connect(raw: DBAPIConnection, _entry: object) -> None:
        database.opened(raw, Line(), serving=False)

    return made


def upgrade(settings: Settings) -> bool:
    """Bring the database of `settings` up to date; returns whether anything had to be done."""
    settings.instance.mkdir(parents=True, exist_ok=True)
    engine = engine_for(settings.owner_database)
    with engine.connect() as connection:
        database = databases.of(connection)
        if _up_to_date(connection, database):
            _refuse_differences(connection)
            return False
        connection.rollback()  # what was looked at held a transaction open, and the upgrade begins its own
        raw: Any = connection.connection.dbapi_connection
        database.begin_upgrade(raw)
        try:
            _step_up(connection, database)
            database.after_upgrade(connection, settings.database_role)
            raw.commit()
        except BaseException:
            raw.rollback()
            raise
    return True


def grant(settings: Settings) -> None:
    """Give the application's role its rights again: a backup that was put back on a server brings none."""
    with engine_for(settings.owner_database).connect() as connection:
        databases.of(connection).after_upgrade(connection, settings.database_role)
        connection.commit()


def _up_to_date(connection: Connection, database: Database) -> bool:
    if not inspect(connection).has_table("alembic_version") or not _at_head(connection):
        return False
    return database.installed_triggers(connection) == database.expected_triggers()


def _at_head(connection: Connection) -> bool:
    from alembic.runtime.migration import MigrationContext  # noqa: PLC0415 - only an upgrade needs Alembic's runtime
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    head = ScriptDirectory.from_config(config()).get_current_head()
    return bool(MigrationContext.configure(connection).get_current_revision() == head)


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

    from techfloor.migrations.models import METADATA  # noqa: PLC0415

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
