"""The people of the demo plant."""

from collections import Counter

import pytest
from tellings import seen

from techfloor.cli.demo.cast import CAST, accounts, people, person
from techfloor.cli.demo.reading import Plant

ROLES = {"technician", "supervisor", "trainer", "quality", "auditor", "administrator"}


def test_the_cast_is_seven_people_one_for_each_part_of_the_story() -> None:
    assert [who.key for who in CAST] == list("TOSIQAD")
    assert {role for who in CAST for role in who.roles} == ROLES
    assert {person("T").area, person("O").area} == {"machining", "assembly"}


def test_the_people_are_as_many_as_the_plant_says(plant: Plant) -> None:
    counts = Counter((role, who.area) for who in people() for role in who.roles)
    trained = {"technician"}
    for account in plant.role_accounts:
        found = sum(
            number for (role, area), number in counts.items() if role == account.role and area == (account.area or area)
        )
        assert found == account.count, account
    assert sum(n for (role, _), n in counts.items() if role in trained) == plant.technicians == 24


def test_nobody_shares_a_name_a_badge_a_pin_or_a_password() -> None:
    for attribute in seen(("key", "name", "user_name", "password", "pin", "badge")):
        values = [getattr(who, attribute) for who in people()]
        assert len(set(values)) == len(values), attribute


def test_every_pin_has_six_digits_that_are_not_all_alike() -> None:
    for who in seen(people()):
        assert who.pin.isdigit()
        assert len(who.pin) == 6
        assert len(set(who.pin)) > 2, who


def test_people_belong_to_areas_of_the_plant(plant: Plant) -> None:
    assert {who.area for who in people()} <= {area.key for area in plant.areas} | {""}


def test_the_printed_accounts_open_the_cast() -> None:
    printed = accounts()
    assert [account.role for account in printed] == [
        "technician",
        "technician",
        "supervisor",
        "trainer",
        "quality",
        "auditor",
        "administrator",
    ]
    assert printed[0].user_name == "tara"
    assert printed[0].pin == person("T").pin


def test_a_key_that_nobody_has_is_refused() -> None:
    with pytest.raises(KeyError):
        person("Z")
