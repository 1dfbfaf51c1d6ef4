"""A file that is brought in while somebody works on what it changes: nobody's change is lost."""

import pytest
from crossing import Crossing, Hand
from databases import Keeper
from faults.test_two_editors import filled
from flask import Flask
from plant_client import SignedInAs

from imports.conftest import Desk
from imports.sheets import csv_of
from techfloor.equipment import actions, queries
from techfloor.settings import Settings


@pytest.fixture
def crossing(settings: Settings, keeper: Keeper, monkeypatch: pytest.MonkeyPatch) -> Crossing:
    """Two requests, of which the first stops until the second waits for it."""
    return Crossing(settings, keeper, monkeypatch)


def test_a_note_saved_at_the_moment_of_an_import_is_not_taken_back(
    app: Flask, quinn: Desk, as_: SignedInAs, crossing: Crossing
) -> None:
    quinn.look("gauges", csv_of(("Code", "Name", "Type", "Maker"), ("G-014", "", "", "Mahr")))
    page, dana = "/equipment/G-014/edit", as_("D")
    editing = Hand(app, dana, page, page, {**filled(dana.get(page).text), "note": "Dropped on Friday."})
    importing = Hand(app, quinn.client, quinn.looked, quinn.action, {})
    first, second = crossing.run(editing, importing, stop_after=(actions, "_changed"))
    assert crossing.waited
    assert first.status_code == 303, first.text
    with app.app_context():
        gauge = queries.gauge_view("G-014")
    assert gauge.item.note == "Dropped on Friday."
    assert second.status_code in {303, 409}
