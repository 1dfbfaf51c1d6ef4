"""No form of another site gets in: every writing route asks first of all for the token of this very session."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from werkzeug.test import TestResponse

from attacks.conftest import Besieged
from attacks.doors import Door
from attacks.test_doors import roles_of
from techfloor.store.acts import new_id

_FORM = "application/x-www-form-urlencoded"

pytestmark = [pytest.mark.database, pytest.mark.pages, pytest.mark.usefixtures("bare_refusals")]


@pytest.fixture
def reached(plant: Besieged, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The views that a request got to; none of them does anything meanwhile."""
    found: list[str] = []

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


def send(plant: Besieged, key: str, door: Door, form: dict[str, str]) -> TestResponse:
    """Send just these values, and ask for no page before."""
    return plant.as_(key).post(plant.doors.address(door), data=urlencode(form), content_type=_FORM)


def send_without(plant: Besieged, reached: list[str], *, all_of_them: bool) -> None:
    """Send every form without a token, with a wrong one, and with two of other sessions; or one of these, in turn."""
    for nth, (key, door) in enumerate(writing(plant)):
        of_others = (plant.token("S"), plant.token("" if key else "T"))
        tokens = [{}, *({"csrf_token": text} for text in ("x" * 90, *of_others))]
        for token in tokens if all_of_them else [tokens[nth % 4]]:
            answer = send(plant, key, door, {"entry_key": new_id(), **token})
            assert answer.status_code in {303, 400, 401}
            assert reached == [], (key, door.endpoint, token)


def test_without_the_token_of_its_session_no_form_reaches_a_page(plant: Besieged, reached: list[str]) -> None:
    send_without(plant, reached, all_of_them=False)


@pytest.mark.long
def test_no_token_but_that_of_its_session_opens_any_form(plant: Besieged, reached: list[str]) -> None:
    send_without(plant, reached, all_of_them=True)


def test_with_it_each_form_does(plant: Besieged, reached: list[str]) -> None:
    for key, door in writing(plant):
        send(plant, key, door, {"csrf_token": plant.token(key)})
        assert reached == [door.endpoint]
        reached.clear()


def test_no_route_takes_another_verb(plant: Besieged, reached: list[str]) -> None:
    urls = dict.fromkeys(plant.doors.address(door) for door in plant.doors)
    header, verbs = {"X-CSRFToken": plant.token("D")}, ("PUT", "PATCH", "DELETE", "TRACE")
    asked = [(url, verbs[nth % 4]) for nth, url in enumerate(urls)]

    assert {plant.as_("D").open(url, method=verb, headers=header).status_code for url, verb in asked} == {405}
    assert reached == []
