"""A plant's first hour in a browser: set up, what comes next, and a PIN that has grown too old."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import update

from browser import steps
from browser.conftest import OpenDesk, OpenTablet
from browser.inspecting import inspect
from browser.watching import Watch
from techfloor import store
from techfloor.cli.prepare import prepare
from techfloor.house.setup import pending_token
from techfloor.people.models import LoginSession
from techfloor.people.sessions import BY_OLD_PIN
from techfloor.settings import Settings
from techfloor.store import db

pytestmark = pytest.mark.browser

SECRET = "a lathe, a mill and tea"


class TestBeforeThereIsAPlant:
    """On an instance that nobody has set up."""

    @pytest.fixture
    def settings(self, tmp_path: Path) -> Settings:
        made = Settings(instance=tmp_path / "empty")
        prepare(made, demo=False)
        return made

    @pytest.fixture
    def setup(self, open_desk: OpenDesk, settings: Settings) -> Page:
        """The page that sets up a plant, in a browser in Lisbon."""
        page = open_desk(timezone_id="Europe/Lisbon")
        page.goto(f"/setup?token={pending_token(settings)}")
        return page

    def _fill(self, page: Page) -> None:
        typed = {"plant": "Falk Tools", "name": "Dana Weiss", "user_name": "dana", "pin": "840256"}
        for name, value in {**typed, "pin_again": typed["pin"], "password": SECRET, "password_again": SECRET}.items():
            page.locator(f"[name={name}]").fill(value)
        steps.go_on(page)

    def test_the_zone_of_the_browser_is_chosen(self, setup: Page) -> None:
        expect(setup.locator("[name=zone]")).to_have_value("Europe/Lisbon")

    def test_it_can_be_used_by_everybody_also_when_it_was_refused(self, setup: Page, watch: Watch) -> None:
        watch.expects(422)
        assert inspect(setup) == []
        steps.go_on(setup)
        assert setup.title().startswith("Error:")
        assert inspect(setup) == []

    def test_what_comes_next_stays_on_the_home_page(self, setup: Page) -> None:
        self._fill(setup)
        assert inspect(setup) == []
        steps.go_on(setup)
        setup.locator("[name=user_name]").fill("dana")
        setup.locator("[name=password]").fill(SECRET)
        steps.go_on(setup)
        assert setup.locator(".first-steps li").count() == 5
        assert inspect(setup) == []


def test_a_pin_that_is_too_old_is_replaced_on_the_pad(
    open_tablet: OpenTablet, app: Flask, profile: Callable[[str], None]
) -> None:
    page = open_tablet("T", viewport={"width": 1180, "height": 820})
    profile("regulated")
    with app.app_context(), store.quiet():
        db.session.execute(update(LoginSession).values(method=BY_OLD_PIN))
    page.goto("/")
    assert page.url.endswith("/me/secret")
    assert "a PIN is good for 365 days, and yours is older" in page.inner_text("main")
    assert inspect(page) == []
    for box in ("pin", "pin_again"):
        page.locator(f"[name={box}]").tap()
        for digit in "804517":
            page.locator(f'[data-key="{digit}"]').tap()
        expect(page.locator(f"[name={box}]")).to_have_value("804517")
    steps.go_on(page)
    assert "Your PIN is set." in page.inner_text("main")
