"""Check 12 of the design: who signs, with what secret, and what exactly."""

import pytest
from flask import Flask
from plant_client import SignedInAs
from playwright.sync_api import Page
from policies import new_policy
from sqlalchemy import func, select

from browser import steps
from browser.conftest import OpenDesk, OpenTablet
from browser.seeding import CALIPER, Seeds
from browser.watching import Watch
from techfloor.cli.demo import cast
from techfloor.records.models import Record, Signature
from techfloor.store import db

pytestmark = pytest.mark.browser

SUMMARY = "[data-error-summary] li"


@pytest.fixture(autouse=True)
def _refusals(watch: Watch) -> None:
    watch.expects(422)


def _signatures(app: Flask) -> int:
    with app.app_context():
        calibrations = select(Record.id).where(Record.kind == "calibration")
        return db.session.scalar(select(func.count(Signature.id)).where(Signature.record_id.in_(calibrations))) or 0


def _at_check(page: Page, as_: SignedInAs) -> str:
    number = Seeds(as_)["ready"]
    page.goto(f"/calibration/{number}/check")
    return number


def test_the_card_names_who_signs_what_and_which_record(open_tablet: OpenTablet, as_: SignedInAs) -> None:
    page = open_tablet("T")
    number = _at_check(page, as_)
    card = " ".join(page.inner_text("main form").split())
    assert f"Name Tara Kowalski Meaning Performed Record {number}" in card


def test_a_wrong_pin_signs_nothing_and_says_so(open_tablet: OpenTablet, as_: SignedInAs, app: Flask) -> None:
    page = open_tablet("T")
    _at_check(page, as_)
    page.locator("[name=secret]").fill("000000")
    steps.go_on(page)
    assert "PIN" in page.inner_text(".pin-box .error-text")
    assert page.evaluate("document.activeElement.name") == "secret", "the place is kept"
    assert page.input_value("[name=secret]") == ""
    assert _signatures(app) == 0
    steps.sign(page, cast.person("T"))
    assert _signatures(app) == 1


def test_nobody_signs_for_the_one_who_performed(open_tablet: OpenTablet, as_: SignedInAs) -> None:
    page = open_tablet("O")
    _at_check(page, as_)
    assert "Tara Kowalski performed this and signs it" in page.inner_text("main")
    assert page.locator("[name=secret]").count() == 0


def test_the_performer_does_not_review(open_desk: OpenDesk) -> None:
    page = open_desk("Q")
    number = steps.start(page, "G-014", {"temperature": "20.3"})
    steps.read(page, CALIPER)
    steps.sign(page, cast.person("Q"))
    page.goto(f"/calibration/{number}/review")
    assert "Somebody else reviews it" in page.inner_text("main")
    assert page.locator("[name=secret]").count() == 0


def test_at_a_desk_the_first_signature_takes_the_user_name_and_the_second_only_the_password(
    open_desk: OpenDesk, as_: SignedInAs
) -> None:
    seeds, page = Seeds(as_), open_desk("Q")
    page.goto(f"/calibration/{seeds['performed']}/review")
    assert page.locator("[name=user_name]").count() == 1
    steps.review(page, cast.person("Q"))
    steps.start(page, "G-021", {"temperature": "20.3", "humidity": "48"})
    steps.read(page, ("0.010", "0.030", "0.020"))
    assert page.locator("[name=user_name]").count() == 0
    steps.sign(page, cast.person("Q"))
    assert "Signed." in page.inner_text("main")


def test_whoever_signs_for_the_first_time_accepts_the_policy(
    open_tablet: OpenTablet, as_: SignedInAs, app: Flask
) -> None:
    new_policy(app)
    page = open_tablet("T")
    _at_check(page, as_)
    steps.sign(page, cast.person("T"))
    assert "Read the e-signature policy and accept it" in page.inner_text(SUMMARY)
    steps.sign(page, cast.person("T"), accepts=True)
    assert "Signed." in page.inner_text("main")


def test_what_changed_since_it_was_shown_is_not_signed(open_tablet: OpenTablet, as_: SignedInAs, app: Flask) -> None:
    shown, other = open_tablet("T"), open_tablet("T", device="T-01")
    number = _at_check(shown, as_)
    other.goto(f"/calibration/{number}/correct/1")
    other.locator("main [data-number]").fill("0.05")
    other.get_by_label("Misread the scale").check()
    steps.go_on(other)

    steps.sign(shown, cast.person("T"))
    assert _signatures(app) == 0
    assert "changed" in shown.inner_text(SUMMARY)
    assert "0.05" in shown.inner_text("main"), "the page shows what stands there now"
    steps.sign(shown, cast.person("T"))
    assert _signatures(app) == 1


def test_a_review_that_rejects_says_why(open_desk: OpenDesk, as_: SignedInAs, app: Flask) -> None:
    page = open_desk("Q")
    page.goto(f"/calibration/{Seeds(as_)['performed']}/review")
    page.locator("[name=outcome][value=reject]").check()
    steps.sign(page, cast.person("Q"))
    assert page.inner_text(SUMMARY) == "Enter what is wrong with it."
    page.locator("[name=remark]").fill("the outer jaw was not used")
    steps.sign(page, cast.person("Q"))
    assert "Rejected" in page.inner_text(".page-head")
