"""Calendar feeds: whole days at the plant, for whoever has the address and until it is revoked."""

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from icalendar import Calendar
from plant_client import ClockAt, PlantClient, SignedInAs
from sqlalchemy import select

from techfloor import store
from techfloor.equipment import actions
from techfloor.equipment.models import CalendarFeed, Equipment, EquipmentDue
from techfloor.equipment.statuses import Deed
from techfloor.places.models import Area
from techfloor.store import db

from .conftest import Doing, id_of


def made(client: PlantClient, area: str = "") -> str:
    """Make a feed and return the path of its address."""
    answer = client.submit("/calendar", {"area": area})
    assert answer.status_code == 200, answer.text
    found = re.search(r"(/calendar/[\w-]{40,}\.ics)", answer.text)
    assert found
    return found[1]


def read(client: PlantClient, path: str) -> list[Any]:
    """Read the events of a feed as a calendar program does."""
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.mimetype == "text/calendar"
    return Calendar.from_ical(answer.data).walk("VEVENT")


def events(client: PlantClient, path: str) -> dict[str, date]:
    """Return the day of each event of a feed by its code."""
    return {str(each["summary"]).split()[0]: each["dtstart"].dt for each in read(client, path)}


def due_in_plant(app: Flask) -> dict[str, date]:
    """Return the due days of gauges that fall due, by their code."""
    with app.app_context():
        wanted = select(Equipment.code, EquipmentDue.due).join(EquipmentDue, EquipmentDue.equipment_id == Equipment.id)
        return {row.code: row.due for row in db.session.execute(wanted)}


def test_a_calendar_program_reads_the_due_days_without_signing_in(
    app: Flask, as_: SignedInAs, nobody: PlantClient
) -> None:
    path = made(as_("S"))
    found, due = events(nobody, path), due_in_plant(app)
    assert found["G-014"] == due["G-014"]
    assert type(found["G-014"]) is date
    assert found.items() <= due.items()
    assert {"S-001", "G-001"} <= set(found)
    event = next(each for each in read(nobody, path) if "G-014" in each["summary"])
    assert str(event["location"]).startswith("Machining")
    assert event["dtend"].dt == due["G-014"] + timedelta(days=1)
    assert event["transp"] == "TRANSPARENT"
    assert "url" not in event, "while the plant has no address, a link would lead nowhere"


def test_a_feed_says_how_often_to_look_again_as_a_duration(as_: SignedInAs, nobody: PlantClient) -> None:
    text = nobody.get(made(as_("S"))).text
    assert "X-PUBLISHED-TTL:PT6H\r\n" in text
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT6H\r\n" in text


def test_an_area_has_its_own(app: Flask, as_: SignedInAs, nobody: PlantClient) -> None:
    with app.app_context():
        machining = db.session.scalars(select(Area.id).where(Area.name == "Machining")).one()
    found = events(nobody, made(as_("Q"), str(machining)))
    assert "G-014" in found
    with app.app_context():
        places = set(db.session.scalars(select(Equipment.area_id).where(Equipment.code.in_(found))))
    assert places == {machining}


def test_what_is_retired_is_due_no_more(doing: Doing, as_: SignedInAs, nobody: PlantClient) -> None:
    path = made(as_("S"))
    assert "G-001" in events(nobody, path)
    with doing() as now:
        actions.change_status(id_of("G-001"), Deed.RETIRE, "worn", **now)
    assert "G-001" not in events(nobody, path)


def test_nothing_new_is_not_sent_again(doing: Doing, as_: SignedInAs, nobody: PlantClient, clock_at: ClockAt) -> None:
    path = made(as_("S"))
    tag = nobody.get(path).headers["ETag"]
    clock_at("2026-11-20 15:00")
    again = nobody.get(path, headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    with doing() as now:
        actions.place_hold(id_of("G-014"), "damaged", "jaw bent", **now)
    assert nobody.get(path, headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/Los_Angeles"])
def test_a_due_day_is_the_same_day_in_every_zone(app: Flask, as_: SignedInAs, nobody: PlantClient, zone: str) -> None:
    path = made(as_("S"))
    before = events(nobody, path)
    with app.app_context(), store.act("places:test:zone"):
        db.session.execute(db.text("UPDATE plant SET zone = :zone"), {"zone": zone})
    assert events(nobody, path) == before
    assert f"X-WR-TIMEZONE:{zone}" in nobody.get(path).text


def test_a_wrong_and_a_revoked_secret_are_not_found_alike(app: Flask, as_: SignedInAs, nobody: PlantClient) -> None:
    selma = as_("S")
    path = made(selma)
    with app.app_context():
        feed_id = db.session.scalars(select(CalendarFeed.id)).one()
    assert selma.submit(f"/calendar/{feed_id}/revoke", page="/calendar").status_code == 303
    wrong = nobody.get(path[:-6] + "AA.ics")
    revoked = nobody.get(path)
    assert wrong.status_code == revoked.status_code == 404
    assert "G-014" not in revoked.text
    assert path not in selma.get("/calendar").text


def test_the_secret_is_nowhere_to_be_read_again(app: Flask, as_: SignedInAs) -> None:
    selma = as_("S")
    secret = made(selma).removeprefix("/calendar/").removesuffix(".ics")
    assert secret not in selma.get("/calendar").text
    with app.app_context():
        kept = db.session.scalars(select(CalendarFeed.secret_hash)).one()
        trail = " ".join(db.session.scalars(db.text("SELECT body FROM change")))
        acts = " ".join(db.session.scalars(db.text("SELECT body FROM act")))
    assert len(kept) == 64
    assert secret not in kept + trail + acts
    assert kept not in trail


def test_only_who_may_makes_one(as_: SignedInAs) -> None:
    for key in ("T", "A"):
        assert as_(key).get("/calendar").status_code == 403


@pytest.mark.pages
def test_an_area_that_is_none_is_refused_beside_its_box(as_: SignedInAs) -> None:
    answer = as_("S").submit("/calendar", {"area": "999"})
    assert answer.status_code == 422
    assert "Choose an area from the list." in answer.text


def test_with_an_address_each_day_leads_to_its_gauge(app: Flask, as_: SignedInAs, nobody: PlantClient) -> None:
    path = made(as_("S"))
    house = app.extensions["techfloor"]
    house.settings = replace(house.settings, public_url="https://plant.example")
    assert "https://plant.example/e/G-014" in {str(each["url"]) for each in read(nobody, path)}
