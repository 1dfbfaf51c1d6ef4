"""Settings: the plant, its areas and shifts, and the profile with every difference, changed with a reason."""

import json
import re

import pytest
from flask import Flask
from sqlalchemy import select

from techfloor import store
from techfloor.house import setting_words
from techfloor.places.models import Area, Plant, PlantSetting, Shift, Station
from techfloor.places.profile import keys
from techfloor.store.trail import ActRow

from .conftest import VisitAs

LOCK = "people.idle_lock_minutes"
REASON = "The customer asks for it"


def last_act(app: Flask) -> dict[str, object]:
    with app.app_context():
        body = store.db.session.scalar(select(ActRow.body).order_by(ActRow.seq.desc()).limit(1))
    found: dict[str, object] = json.loads(body or "{}")
    return found


def kept(app: Flask, key: str) -> object:
    with app.app_context():
        return store.db.session.scalar(select(PlantSetting.value).where(PlantSetting.key == key))


def test_every_setting_has_its_words() -> None:
    assert set(setting_words.TITLES) == set(keys())
    assert set(keys()) >= setting_words.NOT_USED_YET
    shown = [*setting_words.in_use(), *setting_words.SAME_EVERYWHERE]
    assert sorted([*shown, *setting_words.NOT_USED_YET]) == sorted(keys())


def test_the_profile_page_shows_every_setting_and_what_is_none(visit: VisitAs) -> None:
    page = visit("auditor").get("/settings/profile").text

    assert all(str(title) in page for title in setting_words.TITLES.values())
    assert "A signed record never changes" in page
    assert "Nothing differs from it." in page


def test_what_this_version_does_not_follow_stands_folded_and_without_a_value(visit: VisitAs) -> None:
    page = visit("administrator").get("/settings/profile").text

    folded = page[page.index("<details") : page.index("</details>")]
    assert "Who releases a set-up" in folded
    assert "/settings/profile/signatures.setup_release" not in page
    assert "second person" not in folded


def test_another_profile_says_what_changes_before_it_does(house_app: Flask, visit: VisitAs) -> None:
    client = visit("administrator")
    client.post(f"/settings/profile/{LOCK}", data={"value": "7", "reason": REASON})

    page = client.get("/settings/profile/follow/regulated").text

    assert "a PIN older than 365 days" in page
    assert re.search(r"Which calibrations a second look reviews.*?exceptions.*?<strong>every</strong>", page, re.DOTALL)
    assert "stays: this plant has set it itself" in page
    assert "Who releases a set-up" not in page
    with house_app.app_context():
        assert store.db.session.scalar(select(Plant.profile)) == "small"


def test_a_profile_that_is_none_cannot_be_followed(visit: VisitAs) -> None:
    client = visit("administrator")

    assert client.get("/settings/profile/follow/loose").status_code == 404
    assert client.post("/settings/profile/follow/loose", data={"reason": REASON}).status_code in {404, 422}


def test_a_setting_is_changed_with_its_reason_in_the_trail(house_app: Flask, visit: VisitAs) -> None:
    answer = visit("administrator").post(f"/settings/profile/{LOCK}", data={"value": "7", "reason": REASON})

    assert answer.location == "/settings/profile"
    assert kept(house_app, LOCK) == 7
    act = last_act(house_app)
    assert (act["action"], act["reason"], act["actor"]) == ("places:setting:change", REASON, 1)


def test_a_setting_that_differs_is_marked(visit: VisitAs) -> None:
    client = visit("administrator")
    client.post(f"/settings/profile/{LOCK}", data={"value": "7", "reason": REASON})

    page = client.get("/settings/profile").text

    assert "differs from profile: 15" in page
    assert "1 setting differs from it." in page


def test_a_setting_set_back_to_its_profile_differs_no_more(house_app: Flask, visit: VisitAs) -> None:
    client = visit("administrator")
    for value in ("7", "15"):
        client.post(f"/settings/profile/{LOCK}", data={"value": value, "reason": REASON})

    assert kept(house_app, LOCK) is None
    assert "differs from profile" not in client.get("/settings/profile").text


def test_a_setting_is_not_changed_without_a_reason(house_app: Flask, visit: VisitAs) -> None:
    page = visit("administrator").post(f"/settings/profile/{LOCK}", data={"value": "7", "reason": " "})

    assert page.status_code == 422
    assert "Say in a few words why" in page.text
    assert 'value="7"' in page.text
    assert kept(house_app, LOCK) is None


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (LOCK, "2"),
        (LOCK, "31"),
        (LOCK, "5.5"),
        (LOCK, "²"),
        ("gate.gauge_overdue", "ignore"),
        ("gate.gauge_held_or_out_of_tolerance", "off"),
        ("calibration.due_date_on_certificate", "maybe"),
        ("signatures.gauge_usable", "never"),
    ],
)
def test_a_value_the_setting_cannot_have_is_refused(house_app: Flask, visit: VisitAs, key: str, value: str) -> None:
    page = visit("administrator").post(f"/settings/profile/{key}", data={"value": value, "reason": REASON})

    assert page.status_code == 422
    assert kept(house_app, key) is None


@pytest.mark.parametrize(
    ("key", "value", "stands"),
    [
        ("calibration.due_date_on_certificate", "yes", True),
        ("gate.gauge_overdue", "block", "block"),
        ("signatures.gauge_usable", "when reviewed", "when reviewed"),
    ],
)
def test_each_kind_of_setting_keeps_its_kind(
    house_app: Flask, visit: VisitAs, key: str, value: str, stands: object
) -> None:
    visit("administrator").post(f"/settings/profile/{key}", data={"value": value, "reason": REASON})

    assert kept(house_app, key) == stands


def test_every_setting_has_a_page(visit: VisitAs) -> None:
    client = visit("administrator")

    assert {client.get(f"/settings/profile/{key}").status_code for key in keys()} == {200}


def test_what_is_no_setting_is_not_here(visit: VisitAs) -> None:
    client = visit("administrator")

    assert client.get("/settings/profile/trail.off").status_code == 404
    assert client.post("/settings/profile/trail.off", data={"value": "1", "reason": REASON}).status_code == 404


def test_another_profile_keeps_what_this_plant_set(house_app: Flask, visit: VisitAs) -> None:
    client = visit("administrator")
    client.post(f"/settings/profile/{LOCK}", data={"value": "7", "reason": REASON})
    client.post("/settings/profile/follow/regulated", data={"reason": REASON})

    with house_app.app_context():
        assert store.db.session.scalars(select(Plant.profile)).one() == "regulated"
    assert kept(house_app, LOCK) == 7


@pytest.mark.clause("ISO 9001 7.5.3.2")
def test_an_auditor_changes_nothing(house_app: Flask, visit: VisitAs) -> None:
    client = visit("auditor")

    assert client.post(f"/settings/profile/{LOCK}", data={"value": "7", "reason": REASON}).status_code == 403
    assert f"/settings/profile/{LOCK}" not in client.get("/settings/profile").text
    assert kept(house_app, LOCK) is None


def test_the_plant_is_renamed_with_a_reason(house_app: Flask, visit: VisitAs) -> None:
    entry = {"name": "Plant South", "address": "", "zone": "Europe/Lisbon", "units": "metric", "language": "en"}

    answer = visit("administrator").post("/settings/plant", data={**entry, "reason": REASON})

    assert answer.location == "/settings"
    with house_app.app_context():
        plant = store.db.session.scalars(select(Plant)).one()
    assert (plant.name, plant.zone, plant.profile) == ("Plant South", "Europe/Lisbon", "small")


def test_an_area_and_its_station_are_added(house_app: Flask, visit: VisitAs) -> None:
    client = visit("administrator")
    client.post("/settings/areas/new", data={"name": "Gauge room", "line": "Services"})
    answer = client.post("/settings/areas/2/stations", data={"code": "GR-01"})

    assert answer.location == "/settings/areas/2"
    with house_app.app_context():
        area = store.db.session.scalars(select(Area).where(Area.id == 2)).one()
        station = store.db.session.scalars(select(Station)).one()
    assert (area.key, area.name) == ("gauge-room", "Gauge room")
    assert (station.area_id, station.code) == (2, "GR-01")


@pytest.mark.parametrize("name", ["machining", "", "x" * 41])
def test_an_area_needs_a_name_of_its_own(visit: VisitAs, name: str) -> None:
    assert visit("administrator").post("/settings/areas/new", data={"name": name}).status_code == 422


def test_a_renamed_area_keeps_its_key(house_app: Flask, visit: VisitAs) -> None:
    visit("administrator").post("/settings/areas/1", data={"name": "Turning", "line": "Line 2"})

    with house_app.app_context():
        area = store.db.session.scalars(select(Area).where(Area.id == 1)).one()
    assert (area.key, area.name) == ("machining", "Turning")


def test_a_shift_is_changed(house_app: Flask, visit: VisitAs) -> None:
    entry = {"name": "Late", "starts": "13:00", "ends": "21:00", "days": ["mon", "sat"]}

    visit("administrator").post("/settings/shifts/1", data=entry)

    with house_app.app_context():
        shift = store.db.session.scalars(select(Shift)).one()
    assert (shift.starts, shift.days) == ("13:00", ["mon", "sat"])


@pytest.mark.parametrize(("starts", "ends"), [("6", "14:00"), ("06:00", "24:00"), ("06:00", "06:00")])
def test_a_shift_has_hours_of_a_day(visit: VisitAs, starts: str, ends: str) -> None:
    entry = {"name": "Early", "starts": starts, "ends": ends, "days": ["mon"]}

    assert visit("administrator").post("/settings/shifts/new", data=entry).status_code == 422


@pytest.mark.parametrize("path", ["/settings/areas/99", "/settings/shifts/99"])
def test_what_is_not_there_is_a_404(visit: VisitAs, path: str) -> None:
    assert visit("administrator").get(path).status_code == 404
