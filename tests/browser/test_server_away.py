"""The server is killed while a form is open at a desk: the page stays, and what is sent again is saved once."""

import os
import signal

import pytest
from faults.tablets import nursery_of
from flask import Flask
from plant_client import sign_in
from playwright.sync_api import Browser, expect
from sqlalchemy import func, select

from browser.conftest import DESK, PATIENCE, OpenDesk
from browser.floor import HOST
from techfloor import clock
from techfloor.cli.demo import cast
from techfloor.equipment.models import Equipment
from techfloor.people.sessions import SESSION_COOKIE
from techfloor.records.models import Submission
from techfloor.settings import Settings
from techfloor.store import db

pytestmark = pytest.mark.browser


def test_what_is_sent_while_the_server_is_away_stays_and_is_saved_exactly_once(
    settings: Settings, app: Flask, chromium: Browser
) -> None:
    client = sign_in(app, cast.person("Q"), "", clock.now)
    token = client.get_cookie(SESSION_COOKIE)
    assert token is not None
    with nursery_of(settings) as bear:
        pid, port = bear()
        home = f"http://{HOST}:{port}"
        context = chromium.new_context(base_url=home, **DESK)
        context.set_default_timeout(PATIENCE)
        context.add_cookies([{"name": SESSION_COOKIE, "value": token.value, "url": home}])
        page = context.new_page()
        page.goto("/equipment/new/machine")
        page.get_by_label("Code").fill("M-901")
        page.get_by_label("Name", exact=True).fill("Turned away")
        os.kill(pid, signal.SIGKILL)
        save = page.locator("main form .button-primary")
        key = page.locator("main [name=entry_key]").input_value()
        for _time in range(2):
            save.click()
            expect(page.get_by_role("alert")).to_contain_text("Not sent. The server cannot be reached.")
        expect(page.locator("[data-online]")).to_have_attribute("data-state", "off")
        expect(page.get_by_label("Name", exact=True)).to_have_value("Turned away")
        expect(save).not_to_have_attribute("aria-disabled", "true")
        assert page.url == f"{home}/equipment/new/machine"
        pid, _port = bear(port)
        with page.expect_navigation():
            page.get_by_role("button", name="Try again").click()
        expect(page.locator("h1")).to_contain_text("Turned away")
        context.close()
        os.kill(pid, signal.SIGKILL)
    with app.app_context():
        assert db.session.scalar(select(func.count()).where(Equipment.code == "M-901")) == 1
        assert db.session.scalars(select(Submission.replays).where(Submission.key == key)).all() == [0]


NEWER_THAN_OLD_TABLETS = "delete AbortSignal.timeout; delete Element.prototype.replaceChildren;"


def test_a_browser_of_an_old_tablet_sends_its_forms(open_desk: OpenDesk) -> None:
    page = open_desk("Q")
    page.add_init_script(NEWER_THAN_OLD_TABLETS)
    page.goto("/equipment/new/machine")
    page.get_by_label("Code").fill("M-902")
    page.get_by_label("Name", exact=True).fill("Typed on an old tablet")
    with page.expect_navigation():
        page.locator("main form .button-primary").click()
    expect(page.locator("h1")).to_contain_text("Typed on an old tablet")
