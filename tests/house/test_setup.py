"""Setting up a plant: with the token of the terminal, once, as one act, and nobody is signed in by it."""

import json
import stat
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from techfloor import store
from techfloor.house.setup import pending_token
from techfloor.people.models import Person, PersonRole, Secret
from techfloor.places.models import Area, Plant
from techfloor.settings import Settings
from techfloor.store.trail import ActRow


def entry(app: Flask, **changed: str) -> dict[str, str]:
    filled = {
        "token": pending_token(_settings(app)) or "",
        "plant": "Falk Tools",
        "zone": "Europe/Berlin",
        "units": "metric",
        "language": "en",
        "profile": "small",
        "area": "Workshop",
        "name": "Dana Weiss",
        "user_name": "dana",
        "password": "a lathe, a mill and tea",
        "password_again": "a lathe, a mill and tea",
        "pin": "840256",
        "pin_again": "840256",
        "also_works": "y",
    }
    return {**filled, **changed}


def _settings(app: Flask) -> Settings:
    found: Settings = app.extensions["techfloor"].settings
    return found


def _count(app: Flask, table: type) -> int:
    with app.app_context():
        return len(list(store.db.session.scalars(select(table))))


def test_before_the_plant_is_set_up_every_page_leads_to_setup(empty_app: Flask) -> None:
    answer = empty_app.test_client().get("/records")

    assert answer.status_code == 302
    assert answer.location == "/setup"


def test_the_token_is_kept_for_its_owner_alone(empty_app: Flask) -> None:
    token = pending_token(_settings(empty_app))

    file = _settings(empty_app).instance / "setup.token"
    assert token
    assert file.read_text() == token
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_the_token_stays_the_same_until_it_is_used(empty_app: Flask) -> None:
    assert pending_token(_settings(empty_app)) == pending_token(_settings(empty_app))


def test_setting_up_writes_plant_area_and_administrator(empty_app: Flask) -> None:
    answer = empty_app.test_client().post("/setup", data=entry(empty_app))

    assert (answer.status_code, answer.location) == (303, "/setup/next")
    with empty_app.app_context():
        plant = store.db.session.scalars(select(Plant)).one()
        person = store.db.session.scalars(select(Person)).one()
        roles = set(store.db.session.scalars(select(PersonRole.role)))
        area = store.db.session.scalars(select(Area)).one()
        kinds = set(store.db.session.scalars(select(Secret.kind)))
    assert (plant.name, plant.zone, plant.profile, plant.demo) == ("Falk Tools", "Europe/Berlin", "small", False)
    assert (person.name, person.initials, person.area_id) == ("Dana Weiss", "DW", area.id)
    assert roles == {"administrator", "technician", "supervisor", "quality"}
    assert kinds == {"password", "pin"}


def test_setting_up_is_one_act_of_the_trail(empty_app: Flask) -> None:
    empty_app.test_client().post("/setup", data=entry(empty_app))

    with empty_app.app_context():
        acts = [json.loads(row.body) for row in store.db.session.scalars(select(ActRow))]
    assert [(act["action"], act["zone"]) for act in acts] == [("house:plant:set-up", "Europe/Berlin")]


def test_the_token_is_gone_afterwards(empty_app: Flask) -> None:
    empty_app.test_client().post("/setup", data=entry(empty_app))

    assert not (_settings(empty_app).instance / "setup.token").exists()
    assert pending_token(_settings(empty_app)) is None


def test_nobody_is_signed_in_by_it(empty_app: Flask) -> None:
    client = empty_app.test_client()
    client.post("/setup", data=entry(empty_app))

    assert client.get("/records").location == "/sign-in?next=%2Frecords"


def test_the_next_page_says_what_to_do(empty_app: Flask) -> None:
    client = empty_app.test_client()

    page = client.post("/setup", data=entry(empty_app), follow_redirects=True)

    assert "Falk Tools is set up" in page.text
    assert 'href="/sign-in"' in page.text


def test_a_wrong_token_sets_up_nothing_and_keeps_what_was_typed(empty_app: Flask) -> None:
    page = empty_app.test_client().post("/setup", data=entry(empty_app, token="WRONG"))

    assert page.status_code == 422
    assert "This is not the token" in page.text
    assert 'value="Falk Tools"' in page.text
    assert _count(empty_app, Plant) == 0


def test_secrets_are_never_sent_back(empty_app: Flask) -> None:
    page = empty_app.test_client().post("/setup", data=entry(empty_app, token="WRONG"))

    assert "a lathe, a mill and tea" not in page.text
    assert "840256" not in page.text


def test_the_token_of_the_address_is_filled_in(empty_app: Flask) -> None:
    page = empty_app.test_client().get("/setup?token=ABCDE-FGHJK")

    assert 'value="ABCDE-FGHJK"' in page.text


def test_the_token_may_be_typed_in_small_letters_without_dashes(empty_app: Flask) -> None:
    typed = (pending_token(_settings(empty_app)) or "").lower().replace("-", " ")

    assert empty_app.test_client().post("/setup", data=entry(empty_app, token=typed)).status_code == 303


def test_a_second_set_up_is_refused(empty_app: Flask) -> None:
    client = empty_app.test_client()
    again = entry(empty_app, plant="Another")
    client.post("/setup", data=entry(empty_app))

    assert client.post("/setup", data=again).status_code == 404
    page = client.get("/setup")
    assert page.status_code == 404
    assert "set up already" in page.text
    assert _count(empty_app, Plant) == 1


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"password": "short", "password_again": "short"}, "Use at least 12 letters"),
        ({"password_again": "something else"}, "The two passwords differ"),
        ({"pin": "123456", "pin_again": "123456"}, "easy to guess"),
        ({"pin": "12", "pin_again": "12"}, "6 to 12 digits"),
        ({"pin_again": "840265"}, "The two PINs differ"),
        ({"zone": "Mars/Olympus"}, "Not a valid choice"),
        ({"zone": ""}, "Choose the time zone."),
        ({"plant": "  "}, "Enter the name of the plant."),
        ({"user_name": "Dana Weiss"}, "Use 2 to 40 of these"),
        ({"profile": "regulated"}, "makes no records"),
    ],
)
def test_what_will_not_do_is_said_and_nothing_is_written(
    empty_app: Flask, changed: dict[str, str], sentence: str
) -> None:
    page = empty_app.test_client().post("/setup", data=entry(empty_app, **changed))

    assert page.status_code == 422
    assert sentence in page.text
    assert _count(empty_app, Plant) == _count(empty_app, Person) == 0


def test_a_regulated_plant_begins_with_an_administrator_alone(empty_app: Flask) -> None:
    empty_app.test_client().post("/setup", data=entry(empty_app, profile="regulated") | {"also_works": ""})

    with empty_app.app_context():
        assert set(store.db.session.scalars(select(PersonRole.role))) == {"administrator"}


def test_the_next_page_before_set_up_leads_to_setup(empty_app: Flask) -> None:
    assert empty_app.test_client().get("/setup/next").location == "/setup"


def test_the_token_is_made_anew_when_its_file_was_lost(empty_app: Flask, tmp_path: Path) -> None:
    first = pending_token(_settings(empty_app))
    (_settings(empty_app).instance / "setup.token").unlink()

    assert pending_token(_settings(empty_app)) != first
