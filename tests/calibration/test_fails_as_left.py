"""A gauge that fails as left is held, whether it passed as found or not: in house and at a laboratory."""

import re

import pytest
from bench_work import give, give_all, place, problems, review, sign, start
from flask import Flask
from outside_work import entered
from plant_client import PlantClient, SignedInAs
from sqlalchemy import select
from stages import Reach

from techfloor.duties.calibration.models import LOOK_BACK
from techfloor.equipment.models import Equipment, EquipmentDue, EquipmentHold
from techfloor.records.models import Task
from techfloor.said import in_words
from techfloor.store import db

CALIPER = ["0.00", "25.00", "50.05", "100.00", "150.10", "25.00"]
FAILING = ["0.00", "25.00", "50.05", "100.00", "150.25", "25.00"]


def holds(app: Flask, code: str = "G-014") -> list[str]:
    """Return the words of the open holds for out of tolerance."""
    with app.app_context(), app.test_request_context():
        found = (
            select(EquipmentHold.words)
            .join(Equipment, Equipment.id == EquipmentHold.equipment_id)
            .where(Equipment.code == code, EquipmentHold.lifted_at.is_(None))
            .where(EquipmentHold.reason == "out of tolerance")
        )
        return [in_words(words) for words in db.session.scalars(found)]


def look_backs(app: Flask) -> int:
    with app.app_context():
        return len(db.session.scalars(select(Task).where(Task.kind == LOOK_BACK)).all())


@pytest.fixture
def spoilt(reach: Reach, as_: SignedInAs) -> tuple[PlantClient, str]:
    """A calibration that passes as found and, adjusted all the same, fails as left."""
    tara = as_("T", tablet=True)

    def made() -> str:
        number = start(tara, "G-014")
        give_all(tara, number, "indication", CALIPER)
        page = f"/calibration/{number}/adjust"
        assert tara.submit(page, {"adjusted": "yes", "words": "jaws set"}).status_code == 303
        give_all(tara, number, "indication", FAILING)
        return number

    return tara, reach(made)


def test_it_is_held_at_once_and_the_check_says_so(app: Flask, spoilt: tuple[PlantClient, str]) -> None:
    tara, number = spoilt
    assert holds(app) == [f"as left, {number}"]
    assert "Out of tolerance as left: the gauge is held" in tara.get(f"/calibration/{number}/check").text


def test_an_accepted_fail_as_left_stays_held_and_moves_no_due_day(
    app: Flask, as_: SignedInAs, spoilt: tuple[PlantClient, str]
) -> None:
    with app.app_context():
        due = db.session.execute(select(EquipmentDue.equipment_id, EquipmentDue.due)).all()
    tara, number = spoilt
    assert sign(tara, number).status_code == 303
    assert "Out of tolerance as left · waiting for review" in tara.get("/calibration/gauges/G-014").text
    assert review(as_("Q"), number).status_code == 303
    assert holds(app) == [f"as left, {number}"]
    assert "Out of tolerance as left · held" in tara.get("/calibration/gauges/G-014").text
    with app.app_context():
        assert db.session.execute(select(EquipmentDue.equipment_id, EquipmentDue.due)).all() == due


def test_no_work_is_looked_back_on_that_was_done_while_it_was_good(app: Flask, spoilt: tuple[PlantClient, str]) -> None:
    assert sign(*spoilt).status_code == 303
    assert look_backs(app) == 0


def test_a_correction_of_the_failing_reading_lifts_it(app: Flask, spoilt: tuple[PlantClient, str]) -> None:
    tara, number = spoilt
    links = re.findall(rf"/calibration/{number}/correct/\d+", tara.get(place(tara, number)).text)
    fifth_as_left = sorted(set(links), key=lambda url: int(url.rsplit("/", 1)[1]))[10]
    answer = tara.submit(fifth_as_left, {"indication": "150.10", "reason": "mistyped"})
    assert answer.status_code == 303
    assert holds(app) == []


def test_one_that_failed_as_found_stays_held_by_the_same_hold(app: Flask, as_: SignedInAs) -> None:
    tara = as_("T", tablet=True)
    number = start(tara, "G-014")
    give_all(tara, number, "indication", FAILING)
    tara.submit(f"/calibration/{number}/adjust", {"adjusted": "yes", "words": "jaws set"})
    give(tara, number, indication="0.25")
    assert holds(app) == [f"as found, {number}"]


def test_a_laboratory_s_fail_as_left_holds_it_too(app: Flask, as_: SignedInAs) -> None:
    number = entered(as_("Q"), as_left="fail", adjustment="cleaned")
    assert holds(app, "G-008") == [f"as left, {number}"]
    assert look_backs(app) == 0


def test_where_a_laboratory_does_not_say_how_it_was_found_a_fail_is_looked_back_on(app: Flask, as_: SignedInAs) -> None:
    entered(as_("Q"), as_found="not given", as_left="fail", adjustment="cleaned")
    assert look_backs(app) == 1


# An adjustment after readings as left


AGAIN = "There are readings as left of this adjustment. Sign it as it is, or end it, and begin again."


@pytest.mark.clause("ISO 9001 7.1.5.2(c)")
@pytest.mark.parametrize("said", [{"adjusted": "yes", "words": "jaws set once more"}, {"adjusted": "no"}])
def test_an_adjustment_is_not_changed_under_its_readings_as_left(
    spoilt: tuple[PlantClient, str], said: dict[str, str]
) -> None:
    tara, number = spoilt
    page = f"/calibration/{number}/adjust"
    check = tara.get(f"/calibration/{number}/check").text
    assert page not in check
    assert "Adjusted once more?" in check
    assert tara.get(page).location == f"/calibration/{number}/check"
    tokens = tara.hidden("/calibration/start/G-013", "/calibration/start/G-013")
    answer = tara.submit(page, {**tokens, **said})
    assert answer.status_code == 422
    assert problems(answer) == [AGAIN]


def test_before_the_first_of_them_its_words_may_still_change(as_: SignedInAs) -> None:
    tara = as_("T", tablet=True)
    number = start(tara, "G-014")
    give_all(tara, number, "indication", CALIPER)
    page = f"/calibration/{number}/adjust"
    for words in ("jaws set", "jaws set, scale cleaned"):
        assert tara.submit(page, {"adjusted": "yes", "words": words}).status_code == 303
