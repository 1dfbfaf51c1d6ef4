"""Bad input: a clear message beside the field, what was typed still there, no second record, nothing half saved."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from plant_client import SignedInAs
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from browser import steps
from browser.conftest import OpenDesk, OpenTablet
from browser.floor import Floor
from browser.seeding import Seeds
from browser.watching import Watch
from techfloor.duties.calibration.actions import work as actions
from techfloor.duties.calibration.models import Calibration, Reading
from techfloor.store import db

pytestmark = pytest.mark.browser

BOX = "main [data-number]"


@pytest.fixture
def page(open_tablet: OpenTablet, as_: SignedInAs) -> Page:
    """A tablet at the second reading of a calibration."""
    opened = open_tablet("T")
    opened.goto(f"/calibration/{Seeds(as_)['begun']}/as-found/2/1")
    return opened


def _readings(app: Flask) -> list[str]:
    with app.app_context():
        return [f"{value}" for value in db.session.scalars(select(Reading.indication).order_by(Reading.id))]


@pytest.mark.parametrize("typed", ["abc", "25.03", "1e3", ""])
def test_a_value_that_will_not_do_is_no_reading(page: Page, watch: Watch, app: Flask, typed: str) -> None:
    watch.expects(422)
    page.locator(BOX).evaluate("(box, typed) => { box.value = typed }", typed)
    steps.go_on(page)
    expect(page.locator(BOX)).to_have_value(typed)
    assert page.locator("main .error-text").first.is_visible()
    assert _readings(app) == ["0.00"]


def test_an_ambiguous_value_is_no_reading(open_tablet: OpenTablet, as_: SignedInAs, watch: Watch, app: Flask) -> None:
    watch.expects(422)
    page = open_tablet("T")
    page.goto(f"/calibration/{Seeds(as_)['weighed']}/as-found/1/2")
    page.locator(BOX).fill("1,235")
    steps.go_on(page)
    expect(page.locator(BOX)).to_have_value("1,235")
    assert "Is it 1.235 or 1235?" in page.inner_text("main")
    assert len(_readings(app)) == 1


def test_an_unknown_code_says_so_and_offers_to_scan_again(open_tablet: OpenTablet, watch: Watch) -> None:
    watch.expects(404)
    page = open_tablet("T")
    page.goto("/scan")
    page.locator("[name=code]").fill("G-999")
    steps.follow(page, page.get_by_role("button", name="Open"))
    assert "G-999" in page.inner_text("main")
    assert page.locator("main a[href='/scan'], main [name=code]").count() >= 1


def test_a_session_that_ended_gives_back_what_was_typed(page: Page, watch: Watch, floor: Floor, app: Flask) -> None:
    watch.expects(401)
    place = page.url
    page.locator(BOX).fill("25.05")
    page.get_by_text("Saved on the server").wait_for()
    floor.wait(hours=1)
    steps.go_on(page)
    assert _readings(app) == ["0.00"], "nobody was signed in"
    steps.type_on_pad(page, "274913", "pin")
    steps.go_on(page)
    assert page.url == place
    expect(page.locator(BOX)).to_have_value("25.05")
    steps.go_on(page)
    assert _readings(app) == ["0.00", "25.05"]


def test_what_is_not_yet_saved_comes_through_an_ended_session_too(page: Page, watch: Watch, floor: Floor) -> None:
    watch.expects(401)
    floor.wait(hours=1)
    page.locator(BOX).evaluate("(box) => { box.value = '25.05' }")
    steps.go_on(page)
    steps.type_on_pad(page, "274913", "pin")
    steps.go_on(page)
    expect(page.locator(BOX)).to_have_value("25.05")


def test_a_double_tap_is_one_reading(page: Page, app: Flask) -> None:
    page.locator(BOX).fill("25.05")
    with page.expect_navigation():
        page.locator(steps.PRIMARY).evaluate("(button) => { button.click(); button.click() }")
    assert page.url.split("?")[0].endswith("/as-found/3/1")
    assert _readings(app) == ["0.00", "25.05"]


def test_the_same_form_sent_twice_past_the_script_is_one_reading(page: Page, app: Flask) -> None:
    page.locator(BOX).fill("25.05")
    answers = page.evaluate("""async () => {
      const form = document.querySelector('main form');
      const send = () => fetch(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form)) });
      return (await Promise.all([send(), send()])).map((answer) => answer.url);
    }""")
    assert len(set(answers)) == 1, "both lead to the same page"
    assert _readings(app) == ["0.00", "25.05"]


def test_a_reload_after_sending_is_no_second_reading(page: Page, app: Flask) -> None:
    steps.read(page, ["25.05"])
    page.reload()
    assert _readings(app) == ["0.00", "25.05"]


def test_a_reload_in_the_middle_keeps_what_was_typed(page: Page, app: Flask) -> None:
    page.locator(BOX).fill("25.05")
    page.get_by_text("Saved on the server").wait_for()
    page.reload()
    expect(page.locator(BOX)).to_have_value("25.05")
    assert _readings(app) == ["0.00"]


def test_back_and_send_again_is_no_second_reading(page: Page, app: Flask) -> None:
    steps.read(page, ["25.05"])
    page.go_back()
    assert page.url.split("?")[0].endswith("/as-found/3/1"), "a place that has its reading leads on"
    assert _readings(app) == ["0.00", "25.05"]


def test_a_closed_tab_loses_nothing_and_starts_no_second_record(
    page: Page, open_tablet: OpenTablet, app: Flask
) -> None:
    page.context.close()
    again = open_tablet("T", device="T-01")
    again.goto("/e/G-014")
    if "/as-found/" not in again.url:
        steps.follow(again, again.get_by_role("link", name="Resume"))
    assert again.url.split("?")[0].endswith("/as-found/2/1")
    with app.app_context():
        assert db.session.scalar(select(func.count(Calibration.record_id))) == 1


def test_an_exception_shows_a_reference_that_stands_in_the_log_and_saves_nothing(
    page: Page, watch: Watch, app: Flask, monkeypatch: pytest.MonkeyPatch, log: Callable[[], str]
) -> None:
    watch.expects(500)
    kept = actions.log_reading

    def breaks(*given: object, **named: object) -> None:
        kept(*given, **named)  # type: ignore[arg-type]
        raise RuntimeError("the power went off")

    monkeypatch.setattr(actions, "log_reading", breaks)
    page.locator(BOX).fill("25.05")
    page.get_by_text("Saved on the server").wait_for()
    steps.go_on(page)
    words = page.inner_text("main")
    assert "Nothing was saved" in words
    assert "RuntimeError" not in words
    reference = re.search(r"\b[0-9a-f]{8}\b", words)
    assert reference is not None
    assert f"Fault {reference[0]} in POST" in log()
    assert "the power went off" in log()
    assert _readings(app) == ["0.00"], "the reading was written and taken back with everything else"

    monkeypatch.undo()
    page.go_back()
    expect(page.locator(BOX)).to_have_value("25.05")
    steps.go_on(page)
    assert _readings(app) == ["0.00", "25.05"]


def test_a_page_of_somebody_elses_role_says_who_may(open_desk: OpenDesk, watch: Watch) -> None:
    watch.expects(403)
    page = open_desk("T")
    page.goto("/calibration/review")
    assert "Your role does not allow this." in page.inner_text("main")
    assert "Quality" in page.inner_text("main")


def test_back_to_a_refused_page_asks_nothing(page: Page, watch: Watch) -> None:
    watch.expects(422)
    asked = page.url
    page.locator("main [data-number]").fill("")
    steps.go_on(page)
    assert page.locator("[aria-invalid=true]").count() == 1
    assert page.url == asked
    page.locator("main [data-number]").fill("25.00")
    steps.go_on(page)
    onward = page.url
    page.go_back()
    assert "point" in page.inner_text("h1"), "a page of the house, not the browser's question"
    assert page.url != onward or page.locator("main [data-number]").count() == 1


def test_back_to_a_refused_signature_leads_to_the_check(open_tablet: OpenTablet, as_: SignedInAs, watch: Watch) -> None:
    watch.expects(422)
    page = open_tablet("T")
    page.goto(f"/calibration/{Seeds(as_)['ready']}/check")
    page.locator("[name=secret]").fill("000000")
    steps.go_on(page)
    assert page.url.endswith("/check")
    page.goto("/more")
    page.go_back()
    assert page.url.endswith("/check")
    assert page.locator("[name=secret]").count() == 1
