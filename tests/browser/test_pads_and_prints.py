"""What a hand on a tablet needs: the whole pad in sight, upright or lying, and always a way back."""

from typing import Any

import pytest
from plant_client import SignedInAs
from playwright.sync_api import Page, expect

from browser import steps
from browser.conftest import OpenDesk, OpenTablet
from browser.seeding import Seeds

pytestmark = pytest.mark.browser

LYING: dict[str, Any] = {"viewport": {"width": 1180, "height": 820}}
UPRIGHT: dict[str, Any] = {"viewport": {"width": 820, "height": 1180}}
LEAST_KEY, LEAST_GAP = 64, 8
_GAPS = """() => {
  const keys = [...document.querySelectorAll('main .key, main .key-next')].map((key) => key.getBoundingClientRect());
  const gap = (a, b) => Math.max(b.left - a.right, a.left - b.right, b.top - a.bottom, a.top - b.bottom);
  return Math.min(...keys.flatMap((a, n) => keys.slice(n + 1).map((b) => gap(a, b))));
}"""


@pytest.fixture(params=[LYING, UPRIGHT], ids=["lying", "upright"])
def pin_page(request: pytest.FixtureRequest, open_tablet: OpenTablet) -> Page:
    """The page on which Tara types her PIN, on a tablet that lies or stands."""
    page = open_tablet(**request.param)
    page.goto("/sign-in/pin/1")
    return page


def test_the_pin_is_typed_without_scrolling(pin_page: Page) -> None:
    for part in (pin_page.locator(".pin-who"), pin_page.locator("[name=pin]"), *pin_page.locator(".key").all()):
        expect(part).to_be_in_viewport(ratio=1)
    expect(pin_page.get_by_role("button", name="Sign in")).to_be_in_viewport(ratio=1)
    assert "Tara Kowalski" in pin_page.inner_text(".pin-who")


def test_the_keys_of_the_pad_are_large_and_apart(pin_page: Page) -> None:
    boxes = [key.bounding_box() for key in pin_page.locator(".key").all()]
    assert len(boxes) == 12
    assert all(box and min(box["width"], box["height"]) >= LEAST_KEY for box in boxes)
    assert pin_page.evaluate(_GAPS) >= LEAST_GAP


def test_lying_the_pad_stands_beside_the_name(open_tablet: OpenTablet) -> None:
    page = open_tablet(**LYING)
    page.goto("/sign-in/pin/1")
    who, pad = page.locator(".pin-who").bounding_box(), page.locator(".keypad").bounding_box()
    assert who
    assert pad
    assert pad["x"] > who["x"] + who["width"]
    assert pad["y"] <= who["y"]


def test_a_certificate_is_shown_within_a_page_that_leads_back(open_desk: OpenDesk, as_: SignedInAs) -> None:
    page = open_desk("Q")
    number = Seeds(as_)["closed"]
    page.goto(f"/calibration/{number}")
    with page.expect_response(lambda answer: answer.url.endswith("/certificate.pdf")) as shown:
        steps.follow(page, page.get_by_role("link", name="Certificate PDF"))
    assert shown.value.headers["content-type"] == "application/pdf"
    assert len(page.context.pages) == 1
    steps.follow(page, page.get_by_role("link", name="Back"))
    assert page.url.endswith(f"/calibration/{number}")
