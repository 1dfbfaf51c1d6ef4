"""The browser of the tests: it fills in forms as people do, and fails a test for what a request leaves behind."""

from datetime import UTC, datetime

import pytest
from flask import Flask, abort
from plant_client import ClockAt, PlantClient, Post, SignedInAs

from techfloor import clock
from techfloor.people.models import Person
from techfloor.store import db

pytestmark = pytest.mark.pages

FORM = """<form action="/other"><input type="hidden" name="entry_key" value="no"></form>
<form action="/here"><input type="hidden" name="csrf_token" value="token"><input type="hidden" name="entry_key"
value="key"><input name="typed" value="not hidden"></form>"""


@pytest.fixture
def client(app: Flask) -> PlantClient:
    """A browser of an application with pages that misbehave."""

    def leave() -> str:
        db.session.add(Person(user_name="left", name="Left Over", initials="LO"))
        return "left"

    def hold() -> str:
        app.extensions["held"] = db.engine.connect()
        return "held"

    app.add_url_rule("/leave", "leave", leave)
    app.add_url_rule("/hold", "hold", hold)
    app.add_url_rule("/fault", "fault", lambda: abort(500))
    app.add_url_rule("/here", "here", lambda: FORM)
    made = app.test_client()
    assert isinstance(made, PlantClient)
    return made


def test_a_fault_fails_the_test(client: PlantClient) -> None:
    with pytest.raises(AssertionError, match="/fault answered 500"):
        client.get("/fault")


def test_a_fault_that_is_expected_is_an_answer(client: PlantClient) -> None:
    client.faults_allowed = True
    assert client.get("/fault").status_code == 500


def test_a_change_left_uncommitted_fails_the_test(client: PlantClient) -> None:
    with pytest.raises(AssertionError, match="left uncommitted: Person"):
        client.get("/leave")


def test_a_transaction_left_open_fails_the_test(client: PlantClient, app: Flask) -> None:
    try:
        with pytest.raises(AssertionError, match="left a transaction open"):
            client.get("/hold")
    finally:
        app.extensions["held"].close()


def test_the_hidden_fields_are_those_of_the_form_that_is_sent(client: PlantClient) -> None:
    assert client.hidden("/here", "/here") == {"csrf_token": "token", "entry_key": "key"}


def test_a_page_without_that_form_fails_the_test(client: PlantClient) -> None:
    with pytest.raises(AssertionError, match="has no form to /nowhere"):
        client.hidden("/here", "/nowhere")


def test_tests_happen_on_the_anchor_day(clock_at: ClockAt) -> None:
    assert clock.now() == datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    clock_at("2026-11-20 14:30")
    assert clock.now() == datetime(2026, 11, 20, 13, 30, tzinfo=UTC)


def test_a_form_is_sent_with_its_token_as_a_browser_sends_it(as_: SignedInAs, post: Post) -> None:
    answer = post(as_("D"), "/settings/areas/new", {"name": "Paint shop", "line": "", "ambient": ""})
    assert answer.status_code == 303


def test_a_form_without_its_token_changes_nothing(as_: SignedInAs) -> None:
    administrator = as_("D")
    administrator.post("/settings/areas/new", data={"name": "Paint shop", "line": "", "ambient": ""})
    assert "Paint shop" not in administrator.get("/settings").text


@pytest.mark.parametrize("key", list("TOSIQAD"))
def test_each_of_the_cast_is_signed_in_at_a_desk_and_on_a_tablet(as_: SignedInAs, key: str) -> None:
    for client in (as_(key), as_(key, tablet=True)):
        page = client.get("/")
        assert page.status_code == 200
        assert client.who.name in page.text or client.who.initials in page.text
