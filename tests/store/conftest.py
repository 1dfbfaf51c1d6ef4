"""A small database of its own, with the trail on, for the keeping room's tests."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from databases import Keeper, said_to
from flask import Flask

from techfloor import store
from techfloor.migrations.models import METADATA
from techfloor.migrations.upgrade import engine_for, upgrade
from techfloor.settings import Settings
from techfloor.store import connections, databases, db
from techfloor.store.blobs import kept_by
from techfloor.store.verify import Verdict, verify

from . import rows


@pytest.fixture
def settings(tmp_path: Path, keeper: Keeper) -> Iterator[Settings]:
    """An instance with an empty database."""
    assert METADATA.tables
    made = keeper.of(tmp_path / "instance", f"test-{uuid.uuid4().hex[:16]}")
    upgrade(made)
    yield made
    keeper.drop(made)


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
    """Somebody who holds the file, or is superuser of the server: statements without the application's guard."""

    def __init__(self, settings: Settings, keeper: Keeper) -> None:
        self.settings = settings
        self.url = keeper.master_url(settings)
        self.database = databases.named(self.url).name

    def run(self, *statements: str) -> None:
        """Run statements past the application, each committed; written for SQLite, and said so to PostgreSQL."""
        with engine_for(self.url).connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(said_to(connection.dialect.name, statement))
                connection.commit()

    def mend_triggers(self) -> None:
        """Put the triggers back, as somebody would who covers up."""
        with engine_for(self.url).connect() as connection:
            databases.of(connection).install_triggers(connection)
            connection.commit()

    def verify(self) -> Verdict:
        """Return what `verify` says of the database."""
        with engine_for(self.url).connect() as connection:
            return verify(connection, self.settings.instance / "anchors.log")


@pytest.fixture
def outside(settings: Settings, keeper: Keeper) -> Outside:
    """Somebody who holds the database."""
    return Outside(settings, keeper)


@pytest.fixture(scope="module")
def lived_in(
    history_template: Path, keeper: Keeper, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Flask, Settings]]:
    """A bare application on three years of records, one for all tests of a module: nothing they do may stay."""
    settings = keeper.copy(history_template, tmp_path_factory.mktemp("lived-in") / "instance")
    app = Flask("bare")
    connections.init_app(app, settings)
    with app.app_context():
        with store.act("tests:rows:fill"):
            rows.fill(db.session.connection(), kept_by(settings))
        yield app, settings
        db.session.remove()
        db.engine.dispose()
    keeper.drop(settings)
