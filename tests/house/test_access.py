"""Who may open what: each route names its permission, and the open ones are listed here one by one."""

import pytest
from flask import Flask

from techfloor.web.access import OPEN, SIGNED_IN

from .conftest import VisitAs

OPEN_ROUTES = {
    "about.healthz",
    "about.parts",
    "calendar.read",
    "devices.display",
    "setup.after",
    "setup.ask",
    "setup.set_up",
    "sign_in.badge",
    "sign_in.enter",
    "sign_in.enter_by_pin",
    "sign_in.lock",
    "sign_in.others",
    "sign_in.pin",
    "sign_in.sign_in",
    "sign_in.sign_out",
    "sign_in.switch",
    "verify.ask",
    "verify.look_up",
    "verify.show",
}


@pytest.mark.clause("21 CFR 11.10(d)")
def test_the_routes_open_to_strangers_are_these_and_no_others(house_app: Flask) -> None:
    access = house_app.extensions["techfloor"].access

    assert {name for name, permission in access.items() if permission == OPEN} == OPEN_ROUTES


@pytest.mark.clause("21 CFR 11.10(d)")
def test_every_route_names_a_permission_that_exists(house_app: Flask) -> None:
    house = house_app.extensions["techfloor"]
    known = house.permission_roles.keys() | {OPEN, SIGNED_IN}
    routes = {rule.endpoint for rule in house_app.url_map.iter_rules()} - {"static"}

    assert {name: house.access.get(name) for name in routes if house.access.get(name) not in known} == {}


@pytest.mark.parametrize("path", ["/", "/more", "/search", "/records", "/scan", "/about", "/settings", "/e/G-014"])
def test_a_stranger_is_asked_to_sign_in(house_app: Flask, path: str) -> None:
    answer = house_app.test_client().get(path)

    assert answer.status_code == 303
    assert answer.location.startswith("/sign-in?next=")


@pytest.mark.parametrize("role", ["technician", "trainer"])
def test_settings_are_seen_by_who_needs_them(visit: VisitAs, role: str) -> None:
    assert visit(role).get("/settings").status_code == 403


def test_the_page_of_parts_needs_a_sign_in_in_a_real_plant(house_app: Flask) -> None:
    assert house_app.test_client().get("/house/parts").status_code == 303


def test_the_page_of_parts_shows_every_part(visit: VisitAs) -> None:
    assert visit("technician").get("/house/parts").status_code == 200
