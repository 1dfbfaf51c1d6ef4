"""What a new plant still needs stands on the administrator's home until it is there."""

import re

import pytest
from flask import Flask

from techfloor import store
from techfloor.equipment.models import Equipment
from techfloor.people.actions import create_person
from techfloor.people.rules import PersonEntry
from techfloor.records.models import Record

from .conftest import NOON, VisitAs

TITLE = "What next in the new plant"


def ticks(page: str) -> list[bool]:
    """Return for each line of the card whether it is ticked."""
    card = page[page.index("first-steps") :]
    return ["Done" in line for line in re.findall(r"<li>.*?</li>", card[: card.index("</ol>")], re.DOTALL)]


def test_in_a_new_plant_nothing_is_ticked(visit: VisitAs) -> None:
    assert ticks(visit("administrator", "quality").get("/").text) == [False] * 5


def test_each_line_is_ticked_by_what_is_there(house_app: Flask, visit: VisitAs) -> None:
    with house_app.app_context(), store.act("test:plant:fill"):
        create_person(NOON, PersonEntry("Quinn Bauer", "quinn", frozenset({"quality"}), 1))
        store.db.session.add(Equipment(code="G-1", kind="gauge", name="Caliper"))

    assert ticks(visit("administrator", "quality").get("/").text) == [True, False, False, False, True]


@pytest.mark.parametrize("role", ["technician", "quality", "auditor"])
def test_others_are_not_shown_it(visit: VisitAs, role: str) -> None:
    assert TITLE not in visit(role).get("/").text


def test_the_list_stays_when_work_begins_and_goes_when_it_is_put_away(house_app: Flask, visit: VisitAs) -> None:
    with house_app.app_context(), store.act("test:record:open"):
        store.db.session.add(
            Record(
                kind="calibration",
                number="CAL-2026-00001",
                state="in progress",
                opened_by=1,
                opened_at=NOON,
                performed_at=NOON,
                recorded_at=NOON,
            )
        )
    administrator = visit("administrator", "quality")
    assert TITLE in administrator.get("/").text

    assert administrator.post("/first-steps/put-away").status_code == 303

    assert TITLE not in administrator.get("/").text
    assert administrator.get("/settings/profile").status_code == 200


def test_only_who_changes_settings_puts_the_list_away(visit: VisitAs) -> None:
    assert visit("quality").post("/first-steps/put-away").status_code == 403
