"""An upgrade that is killed, at whichever statement, leaves the database as it was or as it shall be, never between."""

import os
import re
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from databases import Keeper
from next_version import next_version
from sqlalchemy import Engine, event, inspect

from techfloor.migrations.models import METADATA
from techfloor.migrations.upgrade import differences, engine_for, upgrade
from techfloor.settings import Settings
from techfloor.store import databases
from techfloor.store.verify import verify

STRIDE = 61
"""The short form kills at every so many statements that write, the long one at each."""
Stand = tuple[set[str], dict[str, str]]


def stand(keeper: Keeper, settings: Settings) -> Stand:
    """Return the tables and the triggers of a database."""
    with engine_for(keeper.master_url(settings)).connect() as connection:
        return set(inspect(connection).get_table_names()), databases.of(connection).installed_triggers(connection)


def upgraded_until(statement: int, settings: Settings) -> bool:
    """Upgrade in a process that is killed before its nth statement that writes; tells whether it lived through."""
    child = os.fork()
    if child == 0:
        met = 0

        def count(words: object) -> None:
            nonlocal met
            if not READS.match(str(words)):
                met += 1
                if met == statement:
                    os.kill(os.getpid(), signal.SIGKILL)

        tell_each_statement(count)
        try:
            upgrade(settings)
        finally:
            os._exit(0 if met < statement else 1)
    _pid, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return not os.WIFSIGNALED(status)


READS = re.compile(r"\s*(--|select(?!.*tf_seal)|pragma|with)\b", re.IGNORECASE | re.DOTALL)
"""What changes nothing: killed before it is killed before the next that does. SQLite tells of triggers after --."""


def tell_each_statement(count: Callable[[object], None]) -> None:
    """Have every statement told before it is run, by the drivers themselves: not all of them go through SQLAlchemy."""

    @event.listens_for(Engine, "connect")
    def listen(raw: Any, _record: object) -> None:
        if hasattr(raw, "set_trace_callback"):
            raw.set_trace_callback(count)

    execute, commit = psycopg.Cursor.execute, psycopg.Connection.commit

    def told(cursor: Any, query: Any, *given: Any, **named: Any) -> Any:
        count(query)
        return execute(cursor, query, *given, **named)

    def told_commit(connection: Any) -> None:
        count("COMMIT")
        commit(connection)

    psycopg.Cursor.execute = told  # type: ignore[assignment, method-assign]
    psycopg.Connection.commit = told_commit  # type: ignore[assignment, method-assign]


def killed_everywhere(
    settings: Settings, keeper: Keeper, old: Stand, new: Stand, again: Callable[[], None], stride: int
) -> int:
    """Kill the upgrade at every `stride`th statement; returns how often."""
    statement, kills = 1, 0
    while not upgraded_until(statement, settings):
        found = stand(keeper, settings)
        assert found in (old, new), f"between, when killed at statement {statement}"
        if found == new:
            again()
        statement += stride
        kills += 1
    assert stand(keeper, settings) == new
    print(f"{kills} kills among {statement - 1} statements, stride {stride}")
    return kills


@pytest.mark.timeout(3600)
def test_the_first_upgrade(tmp_path: Path, keeper: Keeper, request: pytest.FixtureRequest) -> None:
    name = f"test-upgrade-{os.getpid()}"
    made = keeper.of(tmp_path / "whole", f"{name}-whole")
    upgrade(made)
    new = stand(keeper, made)
    settings = keeper.of(tmp_path / "killed", name)
    settings.instance.mkdir()

    def never() -> None:
        pytest.fail("it was whole, and yet was killed")

    old = stand(keeper, settings)
    assert old[0] == set()
    kills = killed_everywhere(settings, keeper, old, new, never, _stride(request))
    assert kills > len(METADATA.tables) / STRIDE
    with engine_for(keeper.master_url(settings)).connect() as connection:
        assert differences(connection) == []
    keeper.drop(made)
    keeper.drop(settings)


@pytest.mark.timeout(3600)
def test_an_upgrade_of_records(settings: Settings, keeper: Keeper, request: pytest.FixtureRequest) -> None:
    """The triggers of the version before are taken away, and those of this one written, in one step."""
    new = stand(keeper, settings)
    url = keeper.master_url(settings)

    def of_before() -> None:
        with engine_for(url).connect() as connection:
            where = "" if connection.dialect.name == "sqlite" else " ON area"
            connection.exec_driver_sql(f"DROP TRIGGER tf_area_update{where}")
            connection.commit()

    of_before()
    old = stand(keeper, settings)
    assert old != new
    assert killed_everywhere(settings, keeper, old, new, of_before, _stride(request)) > 0
    with engine_for(url).connect() as connection:
        assert verify(connection, settings.instance / "anchors.log").problems == []


def _stride(request: pytest.FixtureRequest) -> int:
    return 1 if request.config.getoption("--long") else STRIDE


@pytest.mark.timeout(3600)
def test_an_upgrade_to_the_next_version(
    settings: Settings, keeper: Keeper, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """A step with rows: the column, what the trail is told of it, and the triggers stand together or not at all."""
    stride = 1 if request.config.getoption("--long") else 8 * STRIDE
    with next_version(tmp_path / "step"):
        old, statement, kills = stand(keeper, settings), 1, 0
        while not upgraded_until(statement, settings) and stand(keeper, settings) == old:
            statement += stride
            kills += 1
        assert kills > 0
        print(f"{kills} kills among {statement - 1} statements, stride {stride}")
        assert stand(keeper, settings) != old
        with engine_for(keeper.master_url(settings)).connect() as connection:
            assert differences(connection) == []
            assert verify(connection, settings.instance / "anchors.log").problems == []
