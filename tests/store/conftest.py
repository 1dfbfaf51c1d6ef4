"""A small database of its own, with the trail on, for the keeping room's tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from techfloor.migrations.models import METADATA
from techfloor.migrations.upgrade import engine_for, upgrade
from techfloor.settings import Settings
from techfloor.store import connections, db
from techfloor.store.verify import Verdict, verify


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An instance with an empty database."""
    assert METADATA.tables
    made = Settings(instance=tmp_path / "instance")
    upgrade(made)
    return made


@pytest.fixture
def house(settings: Settings) -> Iterator[Flask]:
    """A bare application on that database, its context pushed."""
    app = Flask("bare")
    connections.init_app(app, settings)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


class Outside:
    """Somebody who holds the file: statements without the application's guard."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def run(self, *statements: str) -> None:
        """Run statements past the application, each committed."""
        engine = engine_for(self.settings.database)
        with engine.connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)

    def verify(self) -> Verdict:
        """Return what `verify` says of the file."""
        engine = engine_for(self.settings.database)
        with engine.connect() as connection:
            return verify(connection, self.settings.instance / "anchors.log")


@pytest.fixture
def outside(settings: Settings) -> Outside:
    """Somebody who holds the file."""
    return Outside(settings)
