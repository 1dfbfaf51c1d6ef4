"""Every door of the house, tried by everybody: who may pass passes, nobody else does, and behind it is only what is."""

from collections.abc import Iterator
from typing import Any

import pytest
from plant_client import PlantClient
from werkzeug.test import TestResponse

from attacks.conftest import Besieged
from attacks.doors import Door
from techfloor.cli.demo import cast
from techfloor.store.acts import new_id
from techfloor.web.access import OPEN

pytestmark = [pytest.mark.database, pytest.mark.pages, pytest.mark.usefixtures("bare_refusals")]

NOBODY = ""
EVERYBODY = ("T", "S", "I", "Q", "A", "D")
ROOM_SAYS_NO = {
    # A gauge is entered and changed by who may measure, not by everybody who may enter a machine.
    ("equipment.new_gauge", "S"),
    ("equipment.edit", "S"),
    # Everybody may read; which change of status is whose stands in equipment.statuses.
    ("equipment.status", "I"),
    ("equipment.status", "A"),
    ("equipment.status", "D"),
}
"""Where the room asks for more than the permission on its door."""


def roles_of(key: str) -> frozenset[str]:
    return frozenset(cast.person(key).roles) if key else frozenset()


def knock(plant: Besieged, key: str, door: Door, **others: Any) -> TestResponse:
    """Ask a door as somebody; a form goes without its key, so that who is let in changes nothing."""
    client, url = plant.as_(key), plant.doors.address(door, **others)
    if door.method == "GET":
        return client.get(url)
    return client.post(url, data={"csrf_token": plant.token(key), "entry_key": ""})


def who_try(plant: Besieged, door: Door, nth: int) -> Iterator[str]:
    """Name nobody, and one of those whom the door refuses, or of all where it refuses none; in turn."""
    yield NOBODY
    refused = [key for key in EVERYBODY if not lets_in(plant, door, key)] or EVERYBODY
    yield refused[nth % len(refused)]


def lets_in(plant: Besieged, door: Door, key: str) -> bool:
    return plant.doors.lets_in(door, roles_of(key)) and (door.endpoint, key) not in ROOM_SAYS_NO


def try_all(plant: Besieged, *, all_of_them: bool) -> list[str]:
    """Try every door and return what went otherwise than the permissions promise."""
    wrong = []
    for nth, door in enumerate(door for door in plant.doors if (door.method, door.permission) != ("POST", OPEN)):
        for key in (NOBODY, *EVERYBODY) if all_of_them else who_try(plant, door, nth):
            answer = knock(plant, key, door)
            if passed(answer, key) != lets_in(plant, door, key):
                wrong.append(f"{key or 'nobody'} {door.method} {answer.request.path}: {answer.status_code}")
    return wrong


def passed(answer: TestResponse, key: str) -> bool:
    """Tell whether an answer comes from behind the door; who is signed in is told no, who is not is asked to."""
    if key:
        return answer.status_code != 403
    return answer.status_code != 401 and not (answer.location or "").startswith("/sign-in?next=")


def test_no_door_opens_to_nobody_or_to_who_may_not(plant: Besieged) -> None:
    assert try_all(plant, all_of_them=False) == []


@pytest.mark.long
def test_each_of_the_cast_passes_the_doors_that_their_roles_open_and_no_others(plant: Besieged) -> None:
    assert try_all(plant, all_of_them=True) == []


WRONG: dict[str, tuple[Any, ...]] = {
    "number": ("CAL-2026-99999", "\0", "CAL-2026-00001' OR '1'='1"),
    "code": ("G-999", "\0", "' OR 1=1--", "../../techfloor.toml"),
    "run": ("as-else",),
    "deed": ("explode",),
    "kind": ("robot",),
    "name": ("pirate",),
    "ready": ("sundial",),
    "key": ("no.such", "__class__"),
}
NUMBERS = (99_999, 2**31, 2**80)
LEADS_ON = {
    "sign_in.pin": "only a tablet has PINs",
    "sign_in.enter_by_pin": "only a tablet has PINs",
}


def strangers_to(door: Door, nth: int, *, all_of_them: bool) -> Iterator[dict[str, Any]]:
    """Give what the address of a door may name wrongly, one name at a time; all values or one, in turn."""
    for name in door.values:
        values = WRONG.get(name, NUMBERS)
        for value in values if all_of_them else [values[nth % len(values)]]:
            yield {name: value}


def found_by(plant: Besieged, *, all_of_them: bool) -> list[str]:
    """Ask every door for what is not there, and return what it answered but "not found"."""
    found = []
    for nth, door in enumerate(door for door in plant.doors if door.endpoint not in LEADS_ON):
        # Tara has the calibration under way: what she asks of it is answered, and not where it is taken over.
        key = next(key for key in ("T", "Q", "D") if plant.doors.lets_in(door, roles_of(key)))
        for others in strangers_to(door, nth, all_of_them=all_of_them):
            answer = with_key(plant.as_(key, tablet=key == "T"), plant, door, others)
            if answer.status_code != 404:
                found.append(f"{key} {door.method} {answer.request.path}: {answer.status_code}")
    return found


def test_what_is_not_there_is_not_found_by_any_door(plant: Besieged) -> None:
    assert found_by(plant, all_of_them=False) == []


@pytest.mark.long
def test_nothing_that_is_not_there_is_found_under_any_name(plant: Besieged) -> None:
    assert found_by(plant, all_of_them=True) == []


def with_key(client: PlantClient, plant: Besieged, door: Door, others: dict[str, Any]) -> TestResponse:
    """Ask a door as its form does, with nothing filled in."""
    url = plant.doors.address(door, **others)
    if door.method == "GET":
        return client.get(url)
    return client.post(url, data={"csrf_token": plant.token_of(client), "entry_key": new_id()})


OF_ANOTHER = {
    "calibration.correct": "reading_id",
    "calibration.correct_post": "reading_id",
    "calibration.change_room": "ambient_id",
    "calibration.change_room_post": "ambient_id",
    "calibration.file": "attachment_id",
    "calibration.doubt_certificate": "certificate_id",
    "calibration.doubt_certificate_post": "certificate_id",
    "equipment.certificate": "certificate_id",
    "equipment.paper_of_certificate": "certificate_id",
    "equipment.correct_certificate": "certificate_id",
    "equipment.replace_certificate": "certificate_id",
    "equipment.withdraw_certificate": "certificate_id",
    "equipment.take_back_certificate": "certificate_id",
    "equipment.open_lot": "certificate_id",
    "equipment.note_opened": "certificate_id",
    "gauge_studies.correct": "value_id",
    "gauge_studies.correct_post": "value_id",
    "gauge_studies.appraiser": "appraiser_id",
    "gauge_studies.replace": "appraiser_id",
    "gauge_studies.leave": "appraiser_id",
}


@pytest.mark.parametrize("endpoint", OF_ANOTHER)
def test_what_belongs_to_another_is_not_found_through_this_one(plant: Besieged, endpoint: str) -> None:
    door = next(door for door in plant.doors if door.endpoint == endpoint)
    owner = "number" if "number" in door.values else "code"
    other = {"number": plant.doors.names["ready"], "code": "S-003"}[owner]
    key = "T" if plant.doors.lets_in(door, roles_of("T")) else "Q"

    assert with_key(plant.as_(key, tablet=key == "T"), plant, door, {owner: other}).status_code == 404


def test_every_door_of_a_part_is_asked_for_the_part_of_another(plant: Besieged) -> None:
    parts = {door.endpoint for door in plant.doors if {"number", "code"} & door.values.keys() and has_id(door)}

    assert parts == set(OF_ANOTHER)


def has_id(door: Door) -> bool:
    return any(name.endswith("_id") for name in door.values)


def test_a_session_is_ended_by_its_owner_alone(plant: Besieged) -> None:
    door = next(door for door in plant.doors if door.endpoint == "me.end_session")

    assert with_key(plant.as_("A"), plant, door, {}).status_code == 404
    assert plant.as_("T", tablet=True).get("/me").status_code == 200
