"""Checks 10 and 15 of the design: few taps from the scan to the signature; by keyboard alone; with scripts off."""

import pytest
from check_work import checked_in_october
from flask import Flask
from playwright.sync_api import Locator, Page
from sqlalchemy import select

from browser import steps
from browser.conftest import OpenDesk, OpenTablet
from techfloor import clock, store
from techfloor.cli.demo import cast
from techfloor.records import definitions
from techfloor.records.definitions import Approval
from techfloor.records.models import Definition
from techfloor.store import db

pytestmark = pytest.mark.browser

MOST_TAPS, MOST_TAPS_FOR_TEN = 6, 24
TEN_POINTS = [str(n * 15) for n in range(1, 11)]
COUNTS_TAPS = """addEventListener('click', (event) => {
  if (event.isTrusted && !event.target.closest('[data-key]')) console.debug(`tap ${event.target.tagName}`);
}, { capture: true })"""


def _points(app: Flask, nominals: list[str]) -> None:
    """Put a procedure of the vernier caliper in force with these outside points, each read once."""
    with app.app_context(), store.act("records:procedure:approve"):
        definition = db.session.scalars(select(Definition).where(Definition.code == "CAL-P-02")).one()
        body = dict(definitions.effective(definition.id).body)  # type: ignore[call-overload]
        for each in body["point_set"]:
            last = next(point for point in each["points"] if point["nominal"] == "150.00")
            each["points"] = [{**last, "nominal": f"{nominal}.00", "stack": []} for nominal in nominals]
        definitions.put_in_force(definitions.draft(definition, body), Approval(5, clock.now(), clock.now().date()))


def _counted(page: Page) -> list[str]:
    """Return the list that each tap of the page is added to, but for digits."""
    taps: list[str] = []
    page.on("console", lambda said: taps.append(said.text) if said.text.startswith("tap ") else None)
    page.add_init_script(COUNTS_TAPS)
    return taps


def _from_scan_to_signature(page: Page, nominals: list[str]) -> None:
    page.goto("/e/G-014")  # what a hand scanner or the camera opens
    if "/start/" not in page.url:
        steps.follow(page, page.get_by_role("link", name="Calibrate", exact=True))
    temperature = page.locator("[name=temperature]").get_attribute("id") or ""
    for key in "20.3":
        page.locator(f'[data-keypad-for="{temperature}"] [data-key="{key}"]').tap()
    page.locator("[name=condition]").first.tap()
    page.locator("[name=soaked]").tap()
    steps.go_on(page)
    for nominal in nominals:
        assert page.evaluate("document.activeElement.name") == "indication", "a reading needs no tap on its box"
        steps.type_on_pad(page, nominal, "indication")
        page.locator('[data-key="."]').tap()
        steps.type_on_pad(page, "05", "indication")
        steps.go_on(page)
    steps.type_on_pad(page, cast.person("T").pin, "secret")
    steps.go_on(page)
    assert "Signed." in page.inner_text("main")


@pytest.mark.parametrize(("nominals", "most"), [(["150"], MOST_TAPS), (TEN_POINTS, MOST_TAPS_FOR_TEN)])
def test_few_taps_from_the_scanned_gauge_to_the_signature(
    app: Flask, open_tablet: OpenTablet, nominals: list[str], most: int
) -> None:
    _points(app, nominals)
    page = open_tablet("T")
    taps = _counted(page)
    _from_scan_to_signature(page, nominals)
    assert len(taps) <= most, taps


def test_the_room_and_the_standard_of_before_are_shown_and_not_typed_again(app: Flask, open_tablet: OpenTablet) -> None:
    _points(app, ["150"])
    page = open_tablet("T")
    _from_scan_to_signature(page, ["150"])
    taps = _counted(page)
    page.goto("/calibration/start/G-001")
    assert page.locator("[name=temperature]").input_value() == "20.3"
    assert "As you typed at" in page.inner_text("main")
    assert page.locator("[name=standard]:checked").get_attribute("value") == "S-003"
    page.locator("[name=condition]").first.tap()
    page.locator("[name=soaked]").tap()
    steps.go_on(page)
    assert len(taps) <= 3, taps


def test_a_check_in_use_takes_two_taps_from_the_scan_to_its_verdict(open_tablet: OpenTablet, app: Flask) -> None:
    checked_in_october(app)
    page = open_tablet("T")
    taps: list[str] = []
    page.on("console", lambda said: taps.append(said.text) if said.text.startswith("tap ") else None)
    page.add_init_script(COUNTS_TAPS)
    page.goto("/e/G-016")
    assert page.evaluate("document.activeElement.name") == "value", "it is typed without touching its box"
    for key in "200.1":
        page.locator(f'[data-keypad-for="value"] [data-key="{key}"]').tap()
    steps.go_on(page)
    assert "Good" in page.inner_text("main")
    steps.go_on(page)
    assert page.url.endswith("/"), "back to what is due"
    assert len(taps) <= 3, taps


# --- by keyboard ---


def _tab_to(page: Page, selector: str, most: int = 80) -> None:
    """Press Tab until the focus is on `selector`."""
    for _ in range(most):
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            assert page.evaluate("document.activeElement.matches(':focus-visible')"), "it is seen where the focus is"
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not come to {selector} on {page.url}")


def _press(page: Page, key: str = "Enter") -> None:
    with page.expect_navigation():
        page.keyboard.press(key)


def test_a_whole_calibration_by_keyboard_alone(open_desk: OpenDesk) -> None:
    tara, page = cast.person("T"), open_desk()
    page.goto("/")
    _tab_to(page, "[name=user_name]")
    page.keyboard.type(tara.user_name)
    _tab_to(page, "[name=password]")
    page.keyboard.type(tara.password)
    _press(page)
    _tab_to(page, "a[href='/scan']")
    _press(page)
    _tab_to(page, "[name=code]")
    page.keyboard.type("G-021")
    _press(page)
    _tab_to(page, "main a.button-primary")
    _press(page)
    _tab_to(page, "[name=temperature]")
    page.keyboard.type("20.3")
    _tab_to(page, "[name=humidity]")
    page.keyboard.type("48")
    _tab_to(page, "[name=condition]")
    page.keyboard.press("Space")
    _tab_to(page, "[name=soaked]")
    page.keyboard.press("Space")
    _tab_to(page, "main .button-primary")
    _press(page)
    for typed in ("0.010", "0.030", "0.020"):
        _tab_to(page, "[name=difference]")
        page.keyboard.type(typed)
        _press(page)
    _tab_to(page, "[name=user_name]")
    page.keyboard.type(tara.user_name)
    _tab_to(page, "[name=secret]")
    page.keyboard.type(tara.password)
    _press(page)
    assert "Signed." in page.inner_text("main")


# --- without scripts ---


def test_a_whole_calibration_with_scripts_off(open_tablet: OpenTablet) -> None:
    page = open_tablet(device="T-04", java_script_enabled=False)
    tara = cast.person("T")
    page.goto("/")
    _click(page, page.get_by_role("link", name=tara.name).first)
    page.locator("[name=pin]").fill(tara.pin)
    _click(page, page.locator(steps.PRIMARY))
    page.goto("/e/G-021")
    _click(page, page.get_by_role("link", name="Calibrate", exact=True))
    page.locator("[name=temperature]").fill("20.3")
    page.locator("[name=humidity]").fill("48")
    page.locator("[name=condition]").first.check()
    page.locator("[name=soaked]").check()
    _click(page, page.locator(steps.PRIMARY))
    for typed in ("0.010", "0.030", "0.020"):
        page.locator("[name=difference]").fill(typed)
        _click(page, page.locator(steps.PRIMARY))
    page.locator("[name=secret]").fill(tara.pin)
    _click(page, page.locator(steps.PRIMARY))
    assert "Signed." in page.inner_text("main")


def _click(page: Page, target: Locator) -> None:
    """Click what leads on; without scripts the page cannot be asked whether it is touched."""
    with page.expect_navigation():
        target.click()


def test_with_scripts_off_no_dead_button_is_shown(open_tablet: OpenTablet) -> None:
    page = open_tablet("T", java_script_enabled=False)
    for path in ("/", "/scan", "/calibration/start/G-014", "/me/pin"):
        page.goto(path)
        assert [one for one in page.locator("[data-needs-js]").all() if one.is_visible()] == []
