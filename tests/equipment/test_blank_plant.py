"""A plant that has just been set up: each list says what to add first, and the first gauge needs no place."""

from collections.abc import Iterator
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
from techfloor.places import actions as places
from techfloor.places.rules import AreaEntry, PlantEntry
from techfloor.settings import Settings
from techfloor.store import db
from techfloor.web.visitor import Caller, Visitor

ROLES = frozenset({"administrator", "quality", "supervisor", "technician"})


@pytest.fixture
def blank(tmp_path: Path) -> Iterator[Flask]:
    """The application of a plant with one area and one person, and nothing else."""
    settings = Settings(instance=tmp_path)
    prepare(settings, demo=False)
    app = create_app(settings)
    app.config["WTF_CSRF_ENABLED"] = False
    app.test_client_class = KeyedClient
    with app.app_context(), store.act("test:plant:set-up"):
        area = places.set_up_plant(PlantEntry("Falk Tools", "Europe/Berlin"), AreaEntry("Workshop"))
        create_person(clock.now(), PersonEntry("Dana Weiss", "dana", ROLES, area.id))
    yield app
    with app.app_context():
        db.engine.dispose()


def visit(app: Flask, roles: frozenset[str]) -> FlaskClient:
    """Return a client whose requests come from Dana with these roles, as the app would have found her."""
    held = app.extensions["techfloor"].permission_roles
    may = frozenset(key for key, owners in held.items() if owners & roles)
    dana = Visitor(1, 1, "Dana Weiss", "DW", roles, may, area_id=1, area_name="Workshop")
    first = app.before_request_funcs[None]
    found = next(place for place, function in enumerate(first) if function.__name__ == "find_caller")
    first.insert(found + 1, lambda: setattr(g, "caller", Caller(visitor=dana)))
    return app.test_client()


@pytest.mark.parametrize(
    ("kind", "words"),
    [("machine", "No machines yet. Add the first one"), ("gauge", "No gauges yet."), ("standard", "No standards yet.")],
)
def test_an_empty_list_says_what_to_add_and_where(blank: Flask, kind: str, words: str) -> None:
    page = visit(blank, ROLES).get(f"/equipment/?kind={kind}").text
    assert words in page
    assert page.count(f'href="/equipment/new/{kind}"') == 2


def test_who_may_not_add_is_told_who_does(blank: Flask) -> None:
    page = visit(blank, frozenset({"technician"})).get("/equipment/").text
    assert "No gauges yet. Quality or the administrator adds the first one." in page
    assert "/equipment/new/" not in page


def test_the_first_gauge_of_a_small_plant_is_entered_in_one_form(blank: Flask) -> None:
    client = visit(blank, ROLES)
    assert 'value="G-001"' in client.get("/equipment/new/gauge/micrometer").text
    typed = {
        "code": "G-001",
        "name": "Micrometer",
        "kind": "micrometer",
        "interval_months": "6",
        "status": "in use",
        "calibrated_by": "in house",
        "functions-0-name": "outside",
        "functions-0-unit": "mm",
        "functions-0-tolerance": "± 0.004 mm",
    }
    assert client.post("/equipment/new/gauge/micrometer", data=typed).location == "/equipment/G-001"
    page = client.get("/equipment/G-001").text
    assert "G-001 has not been calibrated yet. Calibrate it now." in page
    assert "Not calibrated yet" in client.get("/equipment/").text
