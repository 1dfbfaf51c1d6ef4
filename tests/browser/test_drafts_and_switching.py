"""Checks 7 and 11 of the design: nothing typed is lost, and nothing of one person is shown to another."""

import pytest
from plant_client import SignedInAs
from playwright.sync_api import Page, expect

from browser import steps
from browser.conftest import OpenTablet
from browser.seeding import Seeds

pytestmark = pytest.mark.browser

BOX = "main [data-number]"
SAVED = "Saved on the server"


@pytest.fixture
def place(as_: SignedInAs) -> str:
    """The address of the next reading of a calibration of Tara's."""
    return f"/calibration/{Seeds(as_)['begun']}/as-found/2/1"


def _type(page: Page, place: str, typed: str) -> None:
    page.goto(place)
    page.locator(BOX).fill(typed)
    page.get_by_text(SAVED).wait_for()


def test_what_was_typed_survives_a_killed_tab(open_tablet: OpenTablet, place: str) -> None:
    first = open_tablet("T")
    _type(first, place, "25.05")
    first.context.close()
    again = open_tablet("T")
    again.goto(place)
    expect(again.locator(BOX)).to_have_value("25.05")


def test_it_is_there_on_another_tablet_of_its_owner(open_tablet: OpenTablet, place: str) -> None:
    _type(open_tablet("T", device="T-04"), place, "25.05")
    other = open_tablet("T", device="T-01")
    other.goto(place)
    expect(other.locator(BOX)).to_have_value("25.05")


def test_somebody_else_does_not_see_it(open_tablet: OpenTablet, place: str) -> None:
    _type(open_tablet("T"), place, "25.05")
    other = open_tablet("O")
    other.goto(place)
    steps.follow(other, other.get_by_role("button", name="Take over"))
    other.goto(place)
    expect(other.locator(BOX)).to_have_value("")


_NO_DRAFTS = """() => {
  const through = window.fetch;
  window.fetch = (to, how) => to === "/draft" ? Promise.reject(new TypeError("no network")) : through(to, how);
}"""


def test_without_the_server_it_waits_on_the_tablet_for_its_owner_alone(open_tablet: OpenTablet, place: str) -> None:
    page = open_tablet("T")
    page.goto(place)
    # Not by an aborted request: the watch would hear of it.
    page.evaluate(_NO_DRAFTS)
    page.locator(BOX).fill("25.10")
    page.get_by_text("Kept on this tablet").wait_for()
    steps.follow(page, page.get_by_role("button", name="Switch"))
    steps.sign_in_by_tile(page, "O", place)
    expect(page.locator("main")).to_contain_text("Begun by Tara Kowalski")
    expect(page.locator("main")).not_to_contain_text("25.10")
    steps.follow(page, page.get_by_role("button", name="Switch"))
    steps.sign_in_by_tile(page, "T", place)
    expect(page.locator(BOX)).to_have_value("25.10")


def test_saving_what_was_typed_signs_and_logs_nothing(open_tablet: OpenTablet, place: str) -> None:
    page = open_tablet("T")
    _type(page, place, "25.05")
    page.goto(place.partition("/as-found")[0])
    assert "25.05" not in page.inner_text("main")


def test_a_draft_is_gone_once_its_reading_is_in(open_tablet: OpenTablet, place: str) -> None:
    page = open_tablet("T")
    _type(page, place, "25.05")
    steps.go_on(page)
    expect(page.locator(BOX)).to_have_value("")


def test_switching_takes_two_taps_and_a_pin(open_tablet: OpenTablet, place: str) -> None:
    page = open_tablet("T")
    page.goto(place)
    steps.follow(page, page.get_by_role("button", name="Switch"))
    steps.follow(page, page.get_by_role("link", name="Otto Lindqvist"))
    steps.type_on_pad(page, "618305", "pin")
    steps.go_on(page)
    assert "Otto Lindqvist" in page.locator(".who").inner_text()


def test_back_shows_nothing_of_the_former_user(open_tablet: OpenTablet, place: str) -> None:
    page = open_tablet("T")
    page.goto("/me")
    _type(page, place, "25.05")
    steps.follow(page, page.get_by_role("button", name="Switch"))
    for _ in range(2):
        page.go_back()
        assert "/sign-in" in page.url
        assert "TK" not in page.locator(".who").inner_text()
    steps.sign_in_by_tile(page, "O")
    for _ in range(3):
        page.go_back()
        assert "Tara" not in page.locator("body").inner_text()
        assert page.locator(BOX).count() == 0 or page.locator(BOX).input_value() == ""


def test_who_leaves_right_after_the_last_letter_loses_nothing(open_tablet: OpenTablet, place: str) -> None:
    page = open_tablet("T")
    page.goto(place)
    with page.expect_navigation(url="**/"):
        page.locator(BOX).evaluate(_TYPED_AND_GONE)
    page.goto(place)
    expect(page.locator(BOX)).to_have_value("25.05")


_TYPED_AND_GONE = """(box) => {
  box.value = "25.05";
  box.dispatchEvent(new Event("input", { bubbles: true }));
  location.assign("/");
}"""
