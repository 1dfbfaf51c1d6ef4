"""Bring a database to the newest tables: all of it or nothing."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, event, pool
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.engine.interfaces import DBAPIConnection

from techfloor.settings import Settings
from techfloor.store import connections, trail


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
    made = create_engine(
        url,
        module=connections.sqlite_module(),
        poolclass=pool.NullPool,
        connect_args={"isolation_level": None, "timeout": 30.0},
    )

    @event.listens_for(made, "connect")
    def connect(raw: DBAPIConnection, _entry: object) -> None:
        connections.prepare_for_upgrade(raw)

    return made


def upgrade(settings: Settings) -> bool:
    """Bring the database of `settings` up to date; returns whether anything had to be done."""
    settings.instance.mkdir(parents=True, exist_ok=True)
    engine = engine_for(settings.database)
    with engine.connect() as connection:
        raw = connection.connection.cursor()
        if _current(raw) and _at_head(connection) and trail.installed_triggers(connection) == trail.expected_triggers():
            return False
        # Foreign keys off while tables are rebuilt: with them on, a batch rebuild deletes the children.
        raw.execute("PRAGMA foreign_keys=OFF")
        raw.execute("BEGIN IMMEDIATE")
        try:
            _step_up(connection)
            raw.execute("COMMIT")
        except BaseException:
            raw.execute("ROLLBACK")
            raise
    return True


def _current(raw: object) -> bool:
    found = raw.execute("SELECT count(*) FROM sqlite_master WHERE name = 'alembic_version'").fetchone()  # type: ignore[attr-defined]
    return bool(found[0])


def _at_head(connection: Connection) -> bool:
    from alembic.runtime.migration import MigrationContext  # noqa: PLC0415 - only an upgrade needs Alembic's runtime
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    head = ScriptDirectory.from_config(config()).get_current_head()
    return bool(MigrationContext.configure(connection).get_current_revision() == head)


def _step_up(connection: Connection) -> None:
    trail.drop_triggers(connection)
    before = _counts(connection)
    command.upgrade(config(connection), "head")
    after = _counts(connection)
    lost = {name: rows for name, rows in before.items() if name in after and after[name] != rows}
    if lost:
        raise UpgradeFailed(f"rows were lost in {', '.join(sorted(lost))}")
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise UpgradeFailed(f"references were broken in {sorted({row[0] for row in broken})}")
    trail.install_triggers(connection)


def _counts(connection: Connection) -> dict[str, int]:
    names = [
        row[0]
        for row in connection.exec_driver_sql(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!' "
            "AND name NOT LIKE 'search_words%' AND name != 'alembic_version'"
        )
    ]
    return {name: connection.exec_driver_sql(f'SELECT count(*) FROM "{name}"').scalar_one() for name in names}  # noqa: S608
