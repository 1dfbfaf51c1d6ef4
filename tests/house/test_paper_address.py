"""Where codes on paper lead: the plant's address; without one, who can mend it is told before it is printed."""

from dataclasses import replace

import pytest
from flask import Flask
from plant_client import SignedInAs

from techfloor.web.address import dead_host

pytestmark = pytest.mark.pages

CAUTION = "Set public_url"


@pytest.mark.parametrize(
    ("served", "dead"),
    [
        ("", True),
        ("http://127.0.0.1:8000", True),
        ("http://localhost", True),
        ("http://[::1]:8000", True),
        ("http://10.0.0.7", False),
        ("http://plant.lan", False),
    ],
)
def test_paper_from_a_loopback_address_leads_nowhere(app: Flask, served: str, dead: bool) -> None:
    house = app.extensions["techfloor"]
    house.settings = replace(house.settings, served_url=served)
    with app.test_request_context("/"):
        assert bool(dead_host()) == dead


def test_a_request_cannot_name_the_address_on_paper(as_: SignedInAs) -> None:
    label = as_("T").get("/equipment/G-014/label", headers={"Host": "evil.example"}).text
    assert "evil.example" not in label


def test_a_set_address_is_the_one_on_paper(app: Flask) -> None:
    house = app.extensions["techfloor"]
    house.settings = replace(house.settings, public_url="https://plant.example/")
    with app.test_request_context("/", base_url="http://127.0.0.1"):
        assert dead_host() == ""


def test_quality_is_told_and_a_technician_is_not(as_: SignedInAs) -> None:
    assert CAUTION in as_("Q").get("/equipment/G-014/label").text
    assert CAUTION not in as_("T").get("/equipment/G-014/label").text


def test_the_administrator_is_told_at_home_and_nobody_else(as_: SignedInAs) -> None:
    assert CAUTION in as_("D").get("/").text
    assert CAUTION not in as_("Q").get("/").text
