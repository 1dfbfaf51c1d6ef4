"""A dump is played on the server that is there, whichever client programs wrote it."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from databases import Keeper

from techfloor.cli.replaying import replay
from techfloor.migrations.upgrade import engine_for
from techfloor.settings import Settings

AS_PROGRAMS_OF_17_BEGIN = "SET statement_timeout = 0;\nSET lock_timeout = 0;\nSET transaction_timeout = 0;\n"


class Said:
    """A connection of a server that notes what it is told."""

    def __init__(self, server_version: int) -> None:
        self.info = SimpleNamespace(server_version=server_version)
        self.statements: list[str] = []

    def cursor(self) -> "Said":
        return self

    def __enter__(self) -> "Said":
        return self

    def __exit__(self, *_given: object) -> None:
        return None

    def execute(self, statement: str) -> None:
        self.statements.append(statement)


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """The statements of a dump, as client programs of version 17 write them."""
    file = tmp_path / "dump.sql"
    file.write_text(f"{AS_PROGRAMS_OF_17_BEGIN}CREATE TABLE replayed (id integer);\n", "utf-8")
    return file


@pytest.mark.parametrize(("server", "told"), [(150018, False), (160009, False), (170000, True), (180001, True)])
def test_a_setting_is_said_to_a_server_that_knows_it(script: Path, server: int, told: bool) -> None:
    raw = Said(server)
    replay(script, raw)
    assert ("transaction_timeout" in raw.statements[0]) is told
    assert "CREATE TABLE replayed" in raw.statements[0]
    assert "SET lock_timeout = 0;" in raw.statements[0]


def test_the_server_that_is_there_takes_it(settings: Settings, keeper: Keeper, script: Path) -> None:
    with engine_for(keeper.master_url(settings)).connect() as connection:
        if connection.dialect.name != "postgresql":
            pytest.skip("a backup of SQLite is no dump")
        raw: Any = connection.connection.dbapi_connection
        replay(script, raw)
        assert connection.exec_driver_sql("SELECT count(*) FROM public.replayed").scalar_one() == 0
        connection.rollback()
