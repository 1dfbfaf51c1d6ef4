"""A server of the test's own instance, and the browsers of the plant: tablets on the floor, desks in the office."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest
from flask import Flask
from plant_client import GAUGE_ROOM, device_key, sign_in
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from browser.floor import HOST, Floor, serving
from browser.watching import Watch
from techfloor import clock
from techfloor.cli.demo import cast
from techfloor.people.sessions import DEVICE_COOKIE, SESSION_COOKIE

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--host-resolver-rules=MAP {HOST} 127.0.0.1",
]
PATIENCE = 30_000
TABLET: dict[str, Any] = {"viewport": {"width": 820, "height": 1180}, "has_touch": True}
DESK: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}}


class OpenTablet(Protocol):
    """Opens a page on an enrolled tablet, signed in as a person of the cast, or as nobody for the empty key."""

    def __call__(self, who: str = "", *, device: str = GAUGE_ROOM, **options: Any) -> Page:
        """Return the page, still blank; `options` are those of a browser context."""


class OpenDesk(Protocol):
    """Opens a page at a desk, signed in as a person of the cast, or as nobody for the empty key."""

    def __call__(self, who: str = "", **options: Any) -> Page:
        """Return the page, still blank; `options` are those of a browser context."""


@pytest.fixture(scope="package")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """The browser of this worker; where it is missing tests are skipped, but not in CI."""
    if shutil.which(CHROMIUM) is None:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{CHROMIUM} is missing, and without a browser these tests show nothing")
        pytest.skip(f"{CHROMIUM} is missing")
    env: dict[str, str | float | bool] = {**os.environ, "HOME": str(tmp_path_factory.mktemp("browser"))}
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS, env=env)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def _served() -> Iterator[Floor]:
    with serving() as floor:
        yield floor


@pytest.fixture
def floor(_served: Floor, app: Flask) -> Iterator[Floor]:
    """The server, at work on the test's own app from the moment the test's clock stands at."""
    with _served.opened(app, clock.now()):
        yield _served


@pytest.fixture
def watch(floor: Floor) -> Iterator[Watch]:
    """What watches every page; the test fails for what it saw."""
    made = Watch(floor.address)
    yield made
    assert made.complaints == []


@pytest.fixture
def new_context(chromium: Browser, floor: Floor, watch: Watch) -> Iterator[Callable[..., BrowserContext]]:
    """Make browser contexts of the plant, closed before the server forgets the test."""
    made: list[BrowserContext] = []

    def new(**options: Any) -> BrowserContext:
        context = chromium.new_context(base_url=floor.address, locale="en-GB", **options)
        context.set_default_timeout(PATIENCE)
        watch.context(context)
        made.append(context)
        return context

    yield new
    for context in made:
        context.close()


@pytest.fixture
def open_tablet(new_context: Callable[..., BrowserContext], floor: Floor, app: Flask) -> OpenTablet:
    """Tablets of the plant."""

    def open_page(who: str = "", *, device: str = GAUGE_ROOM, **options: Any) -> Page:
        context = new_context(**{**TABLET, **options})
        _cookie(context, floor, DEVICE_COOKIE, f'"{device_key(device)}"')  # quoted, for the blanks in it
        if who:
            _enter(context, floor, app, who, device)
        return context.new_page()

    return open_page


@pytest.fixture
def open_desk(new_context: Callable[..., BrowserContext], floor: Floor, app: Flask) -> OpenDesk:
    """Desks of the plant."""

    def open_page(who: str = "", **options: Any) -> Page:
        context = new_context(**{**DESK, **options})
        if who:
            _enter(context, floor, app, who, "")
        return context.new_page()

    return open_page


def _enter(context: BrowserContext, floor: Floor, app: Flask, who: str, device: str) -> None:
    client = sign_in(app, cast.person(who), device, lambda: floor.now)
    token = client.get_cookie(SESSION_COOKIE)
    assert token is not None
    _cookie(context, floor, SESSION_COOKIE, token.value)


def _cookie(context: BrowserContext, floor: Floor, name: str, value: str) -> None:
    context.add_cookies([{"name": name, "value": value, "url": floor.address, "httpOnly": True, "sameSite": "Lax"}])


@pytest.fixture
def log(instance: Path) -> Callable[[], str]:
    """Read the log of the test's instance."""
    return lambda: (instance / "techfloor.log").read_text("utf-8")
