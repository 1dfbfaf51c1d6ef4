"""The pad of a reading stands in one place whatever is above it, Next in sight: both ways up, glove or not."""

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
    box = page.locator("[name=indication]")
    expect(box).to_be_in_viewport(ratio=1)
    covered = box.evaluate(
        "box => { const r = box.getBoundingClientRect();"
        " return document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2) !== box }"
    )
    assert not covered
