"""Tara checks a scale each day of a week: a value drifts, one fails twice, and the look-back knows of it."""

import re

import pytest
from bench_work import give, place, problems, review, sign, start
from check_work import CODE, check, open_holds, row_of, set_up
from flask import Flask
from plant_client import ClockAt, PlantClient, SignedInAs
from sqlalchemy import select

from techfloor.equipment.models import Equipment, EquipmentDue
from techfloor.records.models import Task
from techfloor.store import db


def panel(client: PlantClient, location: str) -> str:
    """Return what the page after a value says."""
    return str(re.findall(r'panel-words">(.*?)<', client.get(location).text)[0])


def due_day(app: Flask, work: str = "in-use check") -> str:
    """Return the day on which the scale is due."""
    with app.app_context():
        wanted = select(EquipmentDue.due).join(Equipment).where(Equipment.code == CODE, EquipmentDue.work == work)
        found = db.session.scalars(wanted).all()
    return found[0].isoformat() if found else ""


def calibrate(client: PlantClient, off: dict[str, str]) -> str:
    """Calibrate the scale: it reads what it should, but for points that are off; returns the number."""
    number = start(client, CODE)
    while not (at := place(client, number)).endswith(("/check", "/adjust")):
        words = re.findall(r">([\d.]+) g<|Reading at ([\d.]+) g", client.get(at).text)
        nominal = next(each for pair in words for each in pair if each)
        answer = give(client, number, indication=off.get(nominal, nominal))
        assert answer.status_code == 303, (at, problems(answer))
    if at.endswith("/adjust"):
        client.submit(at, {"adjusted": "no", "words": ""})
    assert sign(client, number).status_code == 303
    return number


def test_a_week_with_a_drift_and_a_fail_that_narrows_the_look_back(
    app: Flask, as_: SignedInAs, clock_at: ClockAt
) -> None:
    clock_at("2026-11-16 06:00")
    quinn = as_("Q")
    assert set_up(quinn).status_code == 303
    for day, value in (("16", "200.0"), ("17", "200.1"), ("18", "200.1"), ("19", "200.2")):
        clock_at(f"2026-11-{day} 06:05")
        tara = as_("T", tablet="T-03")
        assert "Check in use: due now" in tara.get("/").text, day
        assert tara.get(f"/e/{CODE}").location == f"/checks/gauges/{CODE}/now", "the scan opens what is due"
        page = tara.get(f"/checks/gauges/{CODE}/now").text
        assert "CW-200 weight" in page
        assert "Clean the pan." in page
        assert "200.1" not in page, "the last value is not shown"
        answer = check(tara, value)
        assert panel(tara, answer.location) == "Good", "exactly on the limit is good"
        assert due_day(app) == f"2026-11-{int(day) + 1}"
        assert "Check in use" not in tara.get("/").text

    clock_at("2026-11-20 06:05")
    tara = as_("T", tablet="T-03")
    answer = check(tara, "200.3")
    assert panel(tara, answer.location) == "Outside its limits"
    assert "Try once more" in tara.get(answer.location).text
    assert open_holds(app) == [], "one fail asks for a second try"
    again = tara.get(f"/checks/gauges/{CODE}/now").text
    assert "The first value was outside." in again
    assert "200.3" not in again
    clock_at("2026-11-20 06:07")
    answer = check(tara, "200.4")
    assert panel(tara, answer.location) == "Held: do not use it"
    assert open_holds(app) == ["in-use check"]
    assert "G-016 failed its check in use" not in tara.get("/").text
    assert "failed its check in use and is held" in as_("Q").get("/").text
    assert tara.get(f"/e/{CODE}").location != f"/checks/gauges/{CODE}/now", "what is held is not checked"

    clock_at("2026-11-20 07:00")
    quinn = as_("Q")
    number = calibrate(quinn, {"200.0": "200.4"})
    page = quinn.get(f"/calibration/{number}/look-back").text
    assert "good in the check in use on 19 Nov 2026 06:05" in page
    assert "Last good check" in page
    assert "200.2 g with CW-200 weight 200 g" in page
    assert "Last good one" in page, "both are kept"
    assert "Look back on work done with G-016 since the last good check on 19 Nov 2026" in quinn.get("/").text


def test_a_check_of_another_function_does_not_narrow_the_look_back(
    app: Flask, as_: SignedInAs, clock_at: ClockAt
) -> None:
    clock_at("2026-11-19 06:00")
    quinn = as_("Q")
    assert set_up(quinn, function="corner load").status_code == 303
    check(as_("T", tablet="T-03"), "200.0")
    clock_at("2026-11-20 07:00")
    quinn = as_("Q")
    number = calibrate(quinn, {"200.0": "200.4"})
    page = quinn.get(f"/calibration/{number}/look-back").text
    assert "The last good check does not count here: it looks at corner load, and weighing failed." in page
    assert "good in the check in use" not in page
    assert "since its last good calibration" in quinn.get("/").text


def test_a_check_of_another_value_does_not_narrow_the_look_back(app: Flask, as_: SignedInAs, clock_at: ClockAt) -> None:
    clock_at("2026-11-19 06:00")
    quinn = as_("Q")
    assert set_up(quinn).status_code == 303
    check(as_("T", tablet="T-03"), "200.0")
    clock_at("2026-11-20 07:00")
    quinn = as_("Q")
    number = calibrate(quinn, {"2000.0": "2002.0"})
    page = quinn.get(f"/calibration/{number}/look-back").text
    assert "it looks at 200.0 g alone, and what failed does not show there (2000.0)." in page
    assert "good in the check in use" not in page
    assert "Last good check" in page, "it is told all the same"
    assert "since its last good calibration" in quinn.get("/").text


@pytest.fixture
def failed(app: Flask, as_: SignedInAs, clock_at: ClockAt) -> int:
    """The scale, held by a check that failed twice; the second row."""
    clock_at("2026-11-20 06:00")
    set_up(as_("Q"))
    tara = as_("T", tablet="T-03")
    check(tara, "200.3")
    clock_at("2026-11-20 06:02")
    return row_of(check(tara, "200.4"))


def tasks_open(app: Flask) -> int:
    """Return how many gauges wait for quality."""
    with app.app_context():
        wanted = select(Task).where(Task.kind == "in-use check", Task.done_at.is_(None))
        return len(db.session.scalars(wanted).all())


def test_the_pages_of_a_gauge_say_what_its_check_found(app: Flask, as_: SignedInAs, clock_at: ClockAt) -> None:
    clock_at("2026-11-20 06:00")
    set_up(as_("Q"))
    tara = as_("T", tablet="T-03")
    pages = (f"/equipment/{CODE}", f"/calibration/gauges/{CODE}")
    assert ["In use" in tara.get(page).text for page in pages] == [True, True]
    check(tara, "200.3")
    for page in pages:
        assert "Outside in its check: try once more" in tara.get(page).text
        assert not re.search(r">\s*In use\s*<", tara.get(page).text)
    check(tara, "200.4")
    calibrations = tara.get(pages[1]).text
    assert "Outside in its check in use · held" in calibrations
    assert "Out of tolerance as found" not in calibrations


@pytest.mark.usefixtures("failed")
def test_a_calibration_that_passes_ends_the_hold_once_it_is_reviewed(
    app: Flask, as_: SignedInAs, clock_at: ClockAt
) -> None:
    clock_at("2026-11-20 07:00")
    number = calibrate(as_("T", tablet=True), {})
    assert open_holds(app) == ["in-use check"]
    assert review(as_("Q"), number).status_code == 303
    assert open_holds(app) == []
    assert tasks_open(app) == 0, "what the check asked for is answered"


@pytest.mark.usefixtures("failed")
def test_quality_lifts_the_hold_with_words(app: Flask, as_: SignedInAs) -> None:
    quinn = as_("Q")
    page = quinn.get(f"/equipment/{CODE}").text
    lift = re.search(r"/equipment/holds/\d+/lift", page)
    assert lift is not None
    assert quinn.submit(lift[0], {"remark": "the pan was not on its pins"}).status_code == 303
    assert open_holds(app) == []
    assert tasks_open(app) == 0
    assert due_day(app) == "2026-11-20", "and it is checked before it is used"


def test_a_first_fail_stands_on_the_home_page_until_it_is_tried_again(
    app: Flask, as_: SignedInAs, clock_at: ClockAt
) -> None:
    clock_at("2026-11-20 06:00")
    set_up(as_("Q"))
    tara = as_("T", tablet="T-03")
    check(tara, "200.0")
    clock_at("2026-11-20 07:00")
    tara = as_("T", tablet="T-03")
    check(tara, "200.9")
    assert due_day(app) == "2026-11-20"
    assert f"/checks/gauges/{CODE}/now" in tara.get("/").text
    clock_at("2026-11-20 07:01")
    check(tara, "200.0")
    assert due_day(app) == "2026-11-23"


def test_a_wrong_value_is_corrected_and_the_hold_stays_until_quality_lifts_it(
    app: Flask, as_: SignedInAs, failed: int
) -> None:
    tara = as_("T", tablet="T-03")
    answer = tara.submit(f"/checks/rows/{failed}/correct", {"value": "200.0", "reason": "mistyped"})
    assert panel(tara, answer.location) == "Good, but it stays held"
    assert open_holds(app) == ["in-use check"]
    page = tara.get(f"/checks/gauges/{CODE}/months/2026-11").text
    assert "200.4" in page, "the first value stays"
    assert "Counts no more" in page
    quinn = as_("Q")
    assert "G-016 stays held, the value of the check was corrected: 200.0 g" in quinn.get("/").text
    assert tasks_open(app) == 1, "one thing to look at, in its newest words"
    lift = re.search(r"/equipment/holds/\d+/lift", quinn.get(f"/checks/gauges/{CODE}").text)
    assert lift is not None
    assert quinn.submit(lift[0], {"remark": "he misread it"}).status_code == 303
    assert (open_holds(app), tasks_open(app)) == ([], 0)


def test_a_first_try_that_was_wrong_does_not_lift_the_hold_either(app: Flask, as_: SignedInAs, failed: int) -> None:
    tara = as_("T", tablet="T-03")
    tara.submit(f"/checks/rows/{failed - 1}/correct", {"value": "200.0", "reason": "misread"})
    assert open_holds(app) == ["in-use check"]
    assert "corrected: 200.0 g" in as_("Q").get("/").text


def test_a_good_value_that_was_wrong_is_no_good_check_any_more(app: Flask, as_: SignedInAs, clock_at: ClockAt) -> None:
    clock_at("2026-11-18 06:00")
    set_up(as_("Q"))
    tara = as_("T", tablet="T-03")
    check(tara, "200.0")
    clock_at("2026-11-19 06:00")
    tara = as_("T", tablet="T-03")
    wrong = row_of(check(tara, "200.1"))
    answer = tara.submit(f"/checks/rows/{wrong}/correct", {"value": "200.9", "reason": "misread"})
    assert panel(tara, answer.location) == "Outside its limits"
    assert due_day(app) == "2026-11-19", "it is to be tried once more"
    clock_at("2026-11-20 07:00")
    number = calibrate(as_("Q"), {"200.0": "200.4"})
    assert "good in the check in use on 18 Nov 2026" in as_("Q").get(f"/calibration/{number}/look-back").text
