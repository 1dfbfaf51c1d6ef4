"""A small plant with its cast, their secrets and one enrolled tablet."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from keyed_client import KeyedClient

from techfloor import clock, store
from techfloor.app import create_app
from techfloor.cli.prepare import prepare
from techfloor.people import actions, secrets, sessions
from techfloor.people.models import Person, Secret
from techfloor.people.rules import DeviceEntry, PersonEntry
from techfloor.places import actions as places
from techfloor.places.rules import AreaEntry, PlantEntry
from techfloor.settings import Settings

NOON = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
PASSWORD = "blue lathe at noon"
PIN = "274913"
TABLET_KEY = "the key of tablet T-04"

CAST = {
    "T": ("Tara Kowalski", "technician", "Machining"),
    "O": ("Otto Lindqvist", "technician", "Assembly"),
    "S": ("Selma Brandt", "supervisor", "Machining"),
    "I": ("Ivo Marchetti", "trainer", ""),
    "Q": ("Quinn Bauer", "quality", ""),
    "A": ("Amal Haddad", "auditor", ""),
    "D": ("Dana Weiss", "administrator", ""),
}


def user_name(key: str) -> str:
    """Return the user name of one of the cast."""
    return CAST[key][0].split()[0].lower()


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance folder with the plant, its cast and its tablet."""
    folder = tmp_path_factory.mktemp("people")
    settings = Settings(instance=folder)
    prepare(settings, demo=False)
    app = create_app(settings)
    with clock.set_to(NOON - timedelta(days=30)), app.app_context():
        with store.act("test:plant:furnish"):
            _furnish()
        store.db.engine.dispose()
    return folder


def _furnish() -> None:
    now = clock.now()
    first = places.set_up_plant(PlantEntry("Plant North", "Europe/Berlin"), AreaEntry("Machining", "Line 2"))
    areas = {"": None, "Machining": first.id, "Assembly": places.add_area(AreaEntry("Assembly", "Line 4")).id}
    password, pin = secrets.hash_secret(PASSWORD), secrets.hash_secret(PIN)
    for key, (name, role, area) in CAST.items():
        person = actions.create_person(now, PersonEntry(name, user_name(key), frozenset({role}), areas[area]))
        for kind, hashed in ((secrets.Kind.PASSWORD, password), (secrets.Kind.PIN, pin)):
            row = Secret(person_id=person.id, kind=kind.value, hash=hashed, one_time=False, set_at=now)
            store.db.session.add(row)
        secrets.set_badge(person.id, f"B-{key}", now)
    supervisor = actions.person_of(3)
    actions.enrol_device(supervisor.id, now, DeviceEntry("T-04", first.id, 10))
    actions.device_of(1).key_hash = sessions.token_hash(TABLET_KEY)


@pytest.fixture
def people_app(furnished: Path, tmp_path: Path) -> Iterator[Flask]:
    """The application of that plant, at noon."""
    instance = tmp_path / "instance"
    shutil.copytree(furnished, instance)
    app = create_app(Settings(instance=instance))
    app.test_client_class = KeyedClient
    app.config["WTF_CSRF_ENABLED"] = False
    with clock.set_to(NOON):
        yield app
    with app.app_context():
        store.db.engine.dispose()


@pytest.fixture
def ids(people_app: Flask) -> dict[str, int]:
    """The ids of the cast, by letter."""
    with people_app.app_context(), store.looking_at() as session:
        named = {person.user_name: person.id for person in session.query(Person)}
    return {key: named[user_name(key)] for key in CAST}


SignedIn = Callable[[str], FlaskClient]


@pytest.fixture
def at_desk(people_app: Flask) -> SignedIn:
    """Return a browser that is not enrolled, signed in as one of the cast by password."""

    def client(key: str) -> FlaskClient:
        browser = people_app.test_client()
        answer = browser.post("/sign-in", data={"user_name": user_name(key), "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        return browser

    return client


@pytest.fixture
def tablet(people_app: Flask) -> FlaskClient:
    """The browser of the enrolled tablet T-04 of machining, nobody signed in."""
    browser = people_app.test_client()
    browser.set_cookie(sessions.DEVICE_COOKIE, TABLET_KEY)
    return browser


@pytest.fixture
def at_tablet(tablet: FlaskClient, ids: dict[str, int]) -> SignedIn:
    """Return the tablet, signed in as one of the cast by PIN."""

    def client(key: str) -> FlaskClient:
        answer = tablet.post(f"/sign-in/pin/{ids[key]}", data={"pin": PIN})
        assert answer.status_code == 303, answer.text
        return tablet

    return client
