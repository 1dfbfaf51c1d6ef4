"""The pad of a reading stands in one place, and what is typed into above it: both ways up, glove or not."""

from typing import Any

import pytest
from plant_client import SignedInAs
from playwright.sync_api import Page, expect
from sqlalchemy import update

from browser import steps
from browser.conftest import OpenTablet
from browser.seeding import Seeds
from browser.watching import Watch
from techfloor import store
from techfloor.people.models import Device
from techfloor.store import db

pytestmark = pytest.mark.browser

UPRIGHT, LYING = {"width": 820, "height": 1180}, {"width": 1180, "height": 820}


def _pad(page: Page) -> list[int]:
    expect(page.locator(".key-next")).to_be_in_viewport(ratio=1)
    expect(page.locator('[data-key="7"]')).to_be_in_viewport(ratio=1)
    box = page.locator(".keypad").bounding_box()
    assert box is not None
    return [round(box["x"]), round(box["y"]), round(box["width"]), round(box["height"])]


@pytest.mark.parametrize("viewport", [UPRIGHT, LYING], ids=["upright", "lying"])
@pytest.mark.parametrize("glove", [False, True], ids=["normal", "glove"])
def test_the_pad_does_not_move(
    open_tablet: OpenTablet, as_: SignedInAs, watch: Watch, app: Any, viewport: Any, glove: bool
) -> None:
    watch.expects(422)
    with app.app_context(), store.act("test:device:glove"):
        db.session.execute(update(Device).values(glove=glove))
    page = open_tablet("T", viewport=viewport)
    number = Seeds(as_).begun(readings=())
    page.goto(f"/calibration/{number}/next")
    first = _pad(page)
    page.locator("[name=indication]").fill("0.00")
    steps.go_on(page)
    assert page.locator(".panel-last").count() == 1
    assert _pad(page) == first, "below the strip of the reading before"
    steps.go_on(page)
    assert page.locator("[aria-invalid=true]").count() == 1
    assert _pad(page) == first, "with an error"
    _seen(page, "indication")


def _seen(page: Page, name: str) -> None:
    """A box is on the screen, and nothing lies over it."""
    box = page.locator(f"[name={name}]")
    expect(box).to_be_in_viewport(ratio=1)
    covered = box.evaluate(
        "box => { const r = box.getBoundingClientRect();"
        " const at = (part) => document.elementFromPoint(r.x + r.width / 2, r.y + r.height * part);"
        " return at(.05) !== box || at(.95) !== box }"
    )
    assert not covered, name


def _gloves(app: Any) -> None:
    with app.app_context(), store.act("test:device:glove"):
        db.session.execute(update(Device).values(glove=True))


@pytest.mark.parametrize("viewport", [UPRIGHT, LYING], ids=["upright", "lying"])
def test_a_correction_its_question_and_its_tick_stand_above_the_pad(
    open_tablet: OpenTablet, as_: SignedInAs, watch: Watch, app: Any, viewport: Any
) -> None:
    watch.expects(422)
    _gloves(app)
    page = open_tablet("T", viewport=viewport)
    page.goto(f"/calibration/{Seeds(as_).begun()}/correct/1")
    _pad(page)
    _seen(page, "indication")
    page.get_by_label("Mistyped").check()
    page.locator("[name=indication]").fill("100")
    steps.go_on(page)
    _pad(page)
    _seen(page, "indication")
    expect(page.get_by_text("You entered 100")).to_be_in_viewport(ratio=1)
    _seen(page, "confirmed")


@pytest.mark.parametrize("viewport", [UPRIGHT, LYING], ids=["upright", "lying"])
def test_at_the_start_the_pad_comes_with_a_number_and_goes_with_it(
    open_tablet: OpenTablet, app: Any, viewport: Any
) -> None:
    _gloves(app)
    page = open_tablet("T", viewport=viewport)
    page.goto("/calibration/start/G-014")
    _pad(page)
    _seen(page, "temperature")
    steps.type_on_pad(page, "21", "temperature")
    page.locator("[name=condition]").first.tap()
    assert page.locator("[name=condition]").first.is_checked()
    expect(page.locator('[data-key="7"]')).to_be_hidden()
    expect(page.locator("[name=temperature]")).to_have_value("21")
    page.locator("[name=temperature]").tap()
    _pad(page)
    _seen(page, "temperature")
