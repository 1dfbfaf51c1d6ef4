"""The status of a gauge, and who is asked to calibrate it, once what had returned it to use counts no more."""

from datetime import timedelta

import pytest
from amending_work import amended, amending, calibrated
from bench_work import review, sign
from flask import Flask
from plant_client import ClockAt, SignedInAs
from sqlalchemy import select

from techfloor import clock, store
from techfloor.duties.calibration.queries.gauges import gauge_by_code
from techfloor.equipment.actions import change_status
from techfloor.equipment.statuses import Deed
from techfloor.people.models import Person
from techfloor.places.actions import change_setting
from techfloor.store import db

WAITS, IN_USE = "calibrate before use", "limited use"
"""In use is the caliper only for some work, as before all of this."""


def status(app: Flask) -> str:
    """Return the status of the caliper."""
    with app.app_context():
        return gauge_by_code("G-014").status


@pytest.fixture
def found_again(app: Flask) -> None:
    """Let the caliper be lost and found: it is calibrated before it is used, and not due for long."""
    with app.app_context(), store.act("test:gauge:find"):
        key, actor = gauge_by_code("G-014").id, db.session.scalars(select(Person.id).limit(1)).one()
        for deed in (Deed.REPORT_LOST, Deed.REPORT_FOUND):
            change_status(key, deed, "under the bench", actor=actor, at=clock.now())


@pytest.mark.clause("ISO 9001 7.1.5.2")
@pytest.mark.usefixtures("found_again")
def test_a_gauge_that_only_an_error_returned_to_use_is_calibrated_before_use(app: Flask, as_: SignedInAs) -> None:
    tara, quinn = as_("T", tablet=True), as_("Q")
    number = calibrated(tara)
    assert review(quinn, number).status_code == 303
    assert status(app) == IN_USE
    amending(tara, number, "entered in error", "this was G-013")
    assert sign(tara, number).status_code == 303
    assert status(app) == WAITS, "at once: what makes it usable waits for the review, this does not"
    assert review(quinn, number).status_code == 303
    assert status(app) == WAITS


@pytest.mark.usefixtures("found_again")
def test_a_rejected_withdrawal_gives_the_status_back(app: Flask, as_: SignedInAs) -> None:
    tara, quinn = as_("T", tablet=True), as_("Q")
    number = calibrated(tara)
    assert review(quinn, number).status_code == 303
    amending(tara, number, "entered in error", "this was G-013")
    assert sign(tara, number).status_code == 303
    assert review(quinn, number, "reject", remark="it was this one").status_code == 303
    assert status(app) == IN_USE


@pytest.mark.usefixtures("found_again")
@pytest.mark.parametrize("waits", [False, True])
def test_a_later_calibration_keeps_the_gauge_in_use(
    app: Flask, as_: SignedInAs, clock_at: ClockAt, waits: bool
) -> None:
    """A second clean one is closed by its signature, unless the plant reviews every one."""
    if waits:
        with app.app_context(), store.act("places:setting:change"):
            change_setting("signatures.calibration_review", "every")
    wrong = calibrated(as_("T", tablet=True))
    clock_at(clock.now() + timedelta(hours=1))
    tara = as_("T", tablet=True)
    calibrated(tara)
    amending(tara, wrong, "entered in error", "this was G-013")
    assert sign(tara, wrong).status_code == 303
    assert status(app) == IN_USE


def test_a_gauge_that_an_error_did_not_return_to_use_keeps_its_status(app: Flask, as_: SignedInAs) -> None:
    tara = as_("T", tablet=True)
    wrong = calibrated(tara)
    amending(tara, wrong, "entered in error", "this was G-013")
    assert sign(tara, wrong).status_code == 303
    assert status(app) == IN_USE


def test_a_rejected_amendment_of_a_rejected_calibration_leaves_the_gauge_out_of_use(
    app: Flask, as_: SignedInAs
) -> None:
    tara, quinn = as_("T", tablet=True), as_("Q")
    number = calibrated(tara)
    assert review(quinn, number, "reject", remark="wrong blocks").status_code == 303
    assert status(app) == WAITS
    amended(app, tara, number)
    assert status(app) == IN_USE, "usable when performed"
    assert review(quinn, number, "reject", remark="still the wrong blocks").status_code == 303
    assert status(app) == WAITS


@pytest.mark.parametrize(("decision", "asked"), [("accept", True), ("reject", False)])
def test_who_was_asked_to_calibrate_again_is_asked_anew_once_the_answer_was_an_error(
    as_: SignedInAs, clock_at: ClockAt, decision: str, asked: bool
) -> None:
    tara, quinn = as_("T", tablet=True), as_("Q")
    assert review(quinn, calibrated(tara), "reject", remark="wrong blocks").status_code == 303
    clock_at(clock.now() + timedelta(hours=1))
    tara, quinn = as_("T", tablet=True), as_("Q")
    wrong = calibrated(tara)
    assert "wrong blocks" not in tara.get("/").text
    amending(tara, wrong, "entered in error", "this was G-013")
    assert sign(tara, wrong).status_code == 303
    assert "wrong blocks" in tara.get("/").text
    assert review(quinn, wrong, decision, remark="it was this one").status_code == 303
    assert ("wrong blocks" in tara.get("/").text) is asked
