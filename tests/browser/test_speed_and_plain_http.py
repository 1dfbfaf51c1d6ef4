"""Checks 9, 13 and 14 of the design: a slow tablet on plain http, and a status read without its colour."""

import gzip
from collections.abc import Callable

import pytest
from plant_client import SignedInAs
from playwright.sync_api import CDPSession, Page, Response

from browser import steps
from browser.conftest import OpenDesk, OpenTablet
from browser.floor import HOST
from browser.seeding import Seeds
from browser.watching import Watch

pytestmark = pytest.mark.browser

THROTTLE = 4
FIRST_PAINT_MS = 1_500
FEEDBACK_MS = 100
PAGE_KB = 150
TRIES = 3  # the best of them counts: others work on this machine too

_FIRST_PAINT = """() => new Promise((resolve) => {
  const seen = () => performance.getEntriesByName('first-contentful-paint')[0];
  const look = () => seen() ? resolve(seen().startTime) : setTimeout(look, 20);
  look();
})"""
_TYPES = """() => new Promise((resolve) => {
  const box = document.querySelector('main [data-number]');
  const key = document.querySelector('main [data-key="1"]');
  const began = performance.now();
  key.click();
  requestAnimationFrame(() => setTimeout(() => resolve([box.value, performance.now() - began]), 0));
})"""
_SENDS = """() => new Promise((resolve) => {
  const button = document.querySelector('main .button-primary');
  addEventListener('submit', (event) => event.preventDefault());
  const began = performance.now();
  button.click();
  requestAnimationFrame(() => setTimeout(() => resolve([button.textContent, performance.now() - began]), 0));
})"""


def _throttled(page: Page) -> CDPSession:
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": THROTTLE})
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    return session


def _best(measure: Callable[[], float]) -> float:
    return min(measure() for _ in range(TRIES))


@pytest.fixture
def with_history() -> bool:
    """Lists are as long as they get in the demo plant."""
    return True


@pytest.mark.parametrize("path", ["/", "/calibration/", "/calibration/gauges", "/equipment/"])
def test_a_list_is_painted_soon_on_a_slow_tablet(open_tablet: OpenTablet, path: str) -> None:
    page = open_tablet("T")
    _throttled(page)

    def first_paint() -> float:
        page.goto(path)
        return float(page.evaluate(_FIRST_PAINT))

    assert _best(first_paint) <= FIRST_PAINT_MS


@pytest.mark.parametrize(("deed", "shown"), [(_TYPES, "1"), (_SENDS, "Sending…")])
def test_a_tap_is_answered_at_once_on_a_slow_tablet(
    open_tablet: OpenTablet, as_: SignedInAs, deed: str, shown: str
) -> None:
    page = open_tablet("T")
    _throttled(page)
    place = f"/calibration/{Seeds(as_)['begun']}/as-found/2/1"

    def feedback() -> float:
        page.goto(place)
        page.locator("main [data-number]").fill("")
        said, took = page.evaluate(deed)
        assert said == shown
        return float(took)

    assert _best(feedback) <= FEEDBACK_MS


@pytest.mark.parametrize("path", ["/", "/calibration/", "/calibration/gauges", "/calibration/gauges/G-011"])
def test_a_page_is_light(open_tablet: OpenTablet, path: str) -> None:
    page = open_tablet("T")
    _throttled(page)
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108 - playwright marks the function
    page.goto(path)
    page.wait_for_load_state("networkidle")
    assert sum(_compressed(answer) for answer in answers) <= PAGE_KB * 1024


def _compressed(answer: Response) -> int:
    """Return the size as a server that compresses sends it; fonts and pictures are compressed already."""
    if not 200 <= answer.status < 300:
        return 0
    body = answer.body()
    is_text = "font" not in answer.headers.get("content-type", "")
    return len(gzip.compress(body, 6)) if is_text else len(body)


def test_nothing_is_asked_of_anybody_else(open_tablet: OpenTablet, watch: Watch) -> None:
    page = open_tablet("T")
    for path in ("/", "/calibration/gauges/G-011", "/calibration/", "/equipment/G-014"):
        page.goto(path)
        page.wait_for_load_state("networkidle")
    assert len(watch.asked) > 20
    assert [url for url in watch.asked if not url.startswith(watch.address)] == []


def test_on_plain_http_the_browser_grants_nothing_and_the_work_goes_on(open_tablet: OpenTablet) -> None:
    page = open_tablet("T")
    page.goto("/")
    assert f"//{HOST}:" in page.url
    assert page.evaluate("isSecureContext") is False
    assert page.evaluate("navigator.serviceWorker === undefined")
    assert page.evaluate("navigator.mediaDevices === undefined")
    steps.start(page, "G-014", {"temperature": "20.3"})
    steps.read(page, ["0.00"])
    assert "Pass" in page.inner_text(".panel-last")


@pytest.mark.parametrize("path", ["/calibration/", "/calibration/gauges", "/equipment/"])
def test_a_status_is_a_symbol_and_a_word_whatever_the_colours(open_desk: OpenDesk, path: str) -> None:
    page = open_desk("Q", forced_colors="active")
    page.goto(path)
    assert page.evaluate("matchMedia('(forced-colors: active)').matches")
    signs = page.locator("main .tag[class*='is-'], main .verdict")
    assert signs.count() > 3
    for sign in signs.all():
        assert sign.inner_text().strip()
        symbol = sign.locator("svg").bounding_box()
        assert symbol is not None
        assert symbol["width"] >= 12
