"""An upgrade brings the tables to what the models say, or leaves everything as it was."""

import sqlite3
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from techfloor.migrations import upgrade as upgrades
from techfloor.migrations.models import METADATA
from techfloor.migrations.upgrade import UpgradeFailed, engine_for, upgrade
from techfloor.settings import Settings
from techfloor.store.databases.sqlite import SQLite


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(instance=tmp_path)


def test_the_steps_make_what_the_models_say(settings: Settings) -> None:
    assert upgrade(settings)
    with engine_for(settings.database).connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        found = compare_metadata(context, METADATA)
    differences = [d for d in found if "search_words" not in str(d)]
    assert differences == []


def test_the_triggers_are_those_of_the_models(settings: Settings) -> None:
    upgrade(settings)
    with engine_for(settings.database).connect() as connection:
        assert SQLite().installed_triggers(connection) == SQLite().expected_triggers()


def test_a_second_upgrade_has_nothing_to_do(settings: Settings) -> None:
    upgrade(settings)
    assert not upgrade(settings)


def test_a_missing_trigger_is_put_back(settings: Settings) -> None:
    upgrade(settings)
    with engine_for(settings.database).connect() as connection:
        connection.exec_driver_sql("DROP TRIGGER tf_area_insert")
    assert upgrade(settings)


def test_an_upgrade_that_loses_rows_is_given_up_whole(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    upgrade(settings)
    before = _everything(settings)
    with engine_for(settings.database).connect() as connection:
        connection.exec_driver_sql("DROP TRIGGER tf_area_insert")
        connection.exec_driver_sql("INSERT INTO area (key, name, line, ambient) VALUES ('a', 'A', '', '')")
        SQLite().install_triggers(connection)

    def lose(config: object, target: str) -> None:
        connection = config.attributes["connection"]  # type: ignore[attr-defined]
        connection.exec_driver_sql("DELETE FROM area")

    monkeypatch.setattr(command, "upgrade", lose)
    monkeypatch.setattr(upgrades, "_up_to_date", lambda _connection: False)
    with pytest.raises(UpgradeFailed, match="area"):
        upgrade(settings)
    assert _everything(settings).keys() == before.keys()
    with engine_for(settings.database).connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM area").scalar_one() == 1


def _everything(settings: Settings) -> dict[str, str]:
    with sqlite3.connect(settings.instance / "techfloor.sqlite") as connection:
        found = dict(connection.execute("SELECT type || name, coalesce(sql, '') FROM sqlite_master").fetchall())
    connection.close()
    return found


def test_a_database_that_stands_otherwise_is_refused_and_named(settings: Settings) -> None:
    upgrade(settings)
    with engine_for(settings.database).connect() as connection:
        connection.exec_driver_sql("DROP INDEX ix_calibration_reading_place")
    with pytest.raises(UpgradeFailed, match="add index ix_calibration_reading_place"):
        upgrade(settings)
