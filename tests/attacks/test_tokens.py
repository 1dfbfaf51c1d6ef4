"""No form of another site gets in: every writing route asks first of all for the token of this very session."""

from collections.abc import Iterator
from typing import Any

import pytest

from attacks.conftest import Besieged
from attacks.doors import Door
from attacks.test_doors import roles_of
from techfloor.store.acts import new_id

pytestmark = [pytest.mark.database, pytest.mark.pages]


@pytest.fixture
def reached(plant: Besieged, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The views that a request got to; none of them does anything meanwhile."""
    found: list[str] = []
    for key in ("", "T", "Q", "D", "S"):
        plant.token(key)  # a page gives it, and pages are silent from here on

    def stand_in(endpoint: str) -> Any:
        def note(**_arguments: Any) -> str:
            found.append(endpoint)
            return ""

        return note

    for endpoint in plant.app.view_functions:
        monkeypatch.setitem(plant.app.view_functions, endpoint, stand_in(endpoint))
    return found


def writing(plant: Besieged) -> Iterator[tuple[str, Door]]:
    """Give every route that writes, with somebody who may use it."""
    for door in plant.doors:
        if door.method == "POST":
            yield next(key for key in ("", "T", "Q", "D") if plant.doors.lets_in(door, roles_of(key))), door


def test_without_the_token_of_its_session_no_form_reaches_a_page(plant: Besieged, reached: list[str]) -> None:
    for key, door in writing(plant):
        of_others = (plant.token("S"), plant.token("" if key else "T"))
        for token in ({}, *({"csrf_token": text} for text in ("x" * 90, *of_others))):
            form = {"entry_key": new_id(), **token}
            assert plant.as_(key).post(plant.doors.address(door), data=form).status_code in {303, 400, 401}
            assert reached == [], (key, door.endpoint, token)


def test_with_it_each_form_does(plant: Besieged, reached: list[str]) -> None:
    for key, door in writing(plant):
        plant.as_(key).post(plant.doors.address(door), data={"csrf_token": plant.token(key)})
        assert reached == [door.endpoint]
        reached.clear()


@pytest.mark.parametrize("verb", ["PUT", "PATCH", "DELETE", "TRACE"])
def test_no_route_takes_another_verb(plant: Besieged, reached: list[str], verb: str) -> None:
    urls = dict.fromkeys(plant.doors.address(door) for door in plant.doors)
    header = {"X-CSRFToken": plant.token("D")}

    assert {plant.as_("D").open(url, method=verb, headers=header).status_code for url in urls} == {405}
    assert reached == []
