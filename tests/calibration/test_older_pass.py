"""A pass that was performed before a fail frees nothing: neither in the list nor by itself."""

import re
from datetime import date, timedelta
from typing import Any

from bench_work import give_all, problems, review, sign, start
from flask import Flask
from plant_client import ClockAt, PlantClient, SignedInAs
from sqlalchemy import select

from techfloor import clock
from techfloor.duties.calibration.queries import records as queries
from techfloor.duties.calibration.queries import waiting
from techfloor.equipment.ledger import due_of
from techfloor.equipment.models import EquipmentDue, EquipmentHold
from techfloor.places.queries import read_plant
from techfloor.store import db

CALIPER = ["0.00", "25.00", "50.05", "100.00", "150.10", "25.00"]
FAILING = ["0.00", "25.00", "50.05", "100.00", "150.25", "25.00"]


def calibrated(client: PlantClient, readings: list[str]) -> str:
    number = start(client, "G-014")
    give_all(client, number, "indication", readings)
    if readings is FAILING:
        assert client.submit(f"/calibration/{number}/adjust", {"adjusted": "no"}).status_code == 303
    assert sign(client, number).status_code == 303
    return number


def passed_then_failed(as_: SignedInAs, clock_at: ClockAt) -> tuple[str, str]:
    older = calibrated(as_("T", tablet=True), CALIPER)
    clock_at(clock.now() + timedelta(hours=1))
    return older, calibrated(as_("T", tablet=True), FAILING)


def test_an_older_pass_does_not_lift_the_hold_of_a_later_fail(
    app: Flask, as_: SignedInAs, clock_at: ClockAt, profile: Any
) -> None:
    profile("regulated")
    older, failed = passed_then_failed(as_, clock_at)
    assert review(as_("Q"), older).status_code == 303
    with app.app_context():
        failing = queries.record_row(failed).id
        holds = db.session.scalars(select(EquipmentHold).where(EquipmentHold.record_id == failing)).all()
        assert [hold.lifted_at for hold in holds] == [None]
        moved = select(EquipmentDue).where(EquipmentDue.last_record_id == queries.record_row(older).id)
        assert db.session.scalars(moved).all() == [], "nor does it move the due day"


def test_a_later_pass_lifts_it(app: Flask, as_: SignedInAs, clock_at: ClockAt) -> None:
    _older, failed = passed_then_failed(as_, clock_at)
    clock_at(clock.now() + timedelta(hours=1))
    assert review(as_("Q"), calibrated(as_("T", tablet=True), CALIPER)).status_code == 303
    with app.app_context():
        own = select(EquipmentHold).where(EquipmentHold.reason == "out of tolerance", EquipmentHold.lifted_at.is_(None))
        assert queries.record_row(failed).id not in [hold.record_id for hold in db.session.scalars(own)]


def test_an_older_pass_reviewed_last_does_not_move_the_due_day_back(
    app: Flask, as_: SignedInAs, clock_at: ClockAt, profile: Any
) -> None:
    profile("regulated")
    older = calibrated(as_("T", tablet=True), CALIPER)
    clock_at("2026-12-20 10:00")
    newer = calibrated(as_("T", tablet=True), CALIPER)
    quinn = as_("Q")
    assert review(quinn, newer).status_code == 303
    assert review(quinn, older).status_code == 303
    with app.app_context():
        row = due_of(queries.record_row(newer).equipment_id or 0, "calibration")
        assert row is not None
        assert (row.due, row.last_done) == (date(2027, 6, 20), date(2026, 12, 20))
        assert row.last_record_id == queries.record_row(newer).id


def test_the_list_refuses_one_with_something_unusual_and_signs_none(app: Flask, as_: SignedInAs, profile: Any) -> None:
    profile("regulated")
    tara, quinn = as_("T", tablet=True), as_("Q")
    numbers = [calibrated(tara, CALIPER), calibrated(tara, CALIPER)]
    page = quinn.get("/calibration/review?show=clean").text
    assert re.findall(r'name="chosen" value="(CAL-[^:]+):', page) == numbers[1:], "the first is a first use"
    with app.app_context():
        chosen = [f"{number}:{queries.record_row(number).content_sha256}" for number in reversed(numbers)]
    given = {"chosen": chosen, "secret": quinn.secret, "user_name": quinn.who.user_name}
    answer = quinn.submit("/calibration/review", given, page="/calibration/review?show=clean")
    assert answer.status_code == 422
    assert problems(answer) == [f"{numbers[0]} has something unusual. Review it by itself."]
    with app.app_context():
        assert {queries.record_row(number).state for number in numbers} == {"performed"}


def test_a_pass_of_a_held_gauge_is_not_clean_in_the_list(app: Flask, as_: SignedInAs, clock_at: ClockAt) -> None:
    older, _failed = passed_then_failed(as_, clock_at)
    with app.app_context():
        plant = read_plant(db.session())
        assert plant is not None
        lines = waiting.waiting_for_review(0, plant)
        line = next(line for line in lines if line.number == older)
        assert line.held
        assert not line.clean
