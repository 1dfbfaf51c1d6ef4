"""Applications of the house: one before its plant is set up, and one with a plant and somebody in front of it."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from keyed_client import KeyedClient

from techfloor import clock, store
from techfloor.app import create_app
from techfloor.cli.prepare import prepare
from techfloor.people.actions import create_person
from techfloor.people.rules import PersonEntry
from techfloor.places import actions
from techfloor.places.rules import AreaEntry, PlantEntry, ShiftEntry
from techfloor.settings import Settings
from techfloor.web.visitor import Caller, Visitor

NOON = datetime(2026, 11, 18, 13, 38, tzinfo=UTC)
VisitAs = Callable[..., FlaskClient]


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance folder whose database is at its newest and empty."""
    folder = tmp_path_factory.mktemp("house")
    prepare(Settings(instance=folder), demo=False)
    return folder


@pytest.fixture
def empty_app(migrated: Path, tmp_path: Path) -> Iterator[Flask]:
    """The application of a plant that nobody has set up."""
    instance = tmp_path / "instance"
    shutil.copytree(migrated, instance)
    app = create_app(Settings(instance=instance, max_upload_mb=1))
    app.test_client_class = KeyedClient
    app.config["WTF_CSRF_ENABLED"] = False
    yield app
    with app.app_context():
        store.db.engine.dispose()


@pytest.fixture
def house_app(empty_app: Flask) -> Flask:
    """The application of a small plant with one area, a late shift and one person."""
    with empty_app.app_context(), store.act("test:plant:set-up"):
        area = actions.set_up_plant(PlantEntry("Plant North", "Europe/Berlin"), AreaEntry("Machining", "Line 2"))
        actions.add_shift(ShiftEntry("Late", "14:00", "22:00", ("mon", "tue", "wed", "thu", "fri")))
        create_person(NOON, PersonEntry("Tara Kowalski", "tara", frozenset({"technician"}), area.id))
    return empty_app


@pytest.fixture
def visit(house_app: Flask) -> VisitAs:
    """Return a client whose requests come from a person of these roles, as the app would have found them."""

    def as_person(*roles: str, theme: str = "light", device_id: int | None = None) -> FlaskClient:
        held = house_app.extensions["techfloor"].permission_roles
        who = Visitor(
            person_id=1,
            session_id=1,
            name="Tara Kowalski",
            initials="TK",
            roles=frozenset(roles),
            permissions=frozenset(key for key, owners in held.items() if owners & set(roles)),
            area_id=1,
            area_name="Machining",
            line="Line 2",
            theme=theme,
            device_id=device_id,
        )
        first = house_app.before_request_funcs[None]
        found = next(place for place, function in enumerate(first) if function.__name__ == "find_caller")
        first.insert(found + 1, lambda: setattr(g, "caller", Caller(visitor=who)))
        return house_app.test_client()

    return as_person


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with clock.set_to(NOON):
        yield
