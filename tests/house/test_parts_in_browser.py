"""The page of parts in a real browser: who cannot see, cannot hit small targets or has no script can use it too."""

import os
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, sync_playwright

from house.parts_render import STATIC, TOP, render
from techfloor.web.headers import CSP

pytestmark = pytest.mark.browser

AXE = (TOP / "tests" / "vendor" / "axe" / "axe.min.js").read_text()
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SMALL_TARGETS = """(least) => [...document.querySelectorAll('button, input, select, textarea, a[href], summary')]
  .filter((item) => !item.matches('.skip, [type=hidden]') && item.getClientRects().length)
  .map((item) => [item.outerHTML.slice(0, 90), (item.closest('.number-box') ?? item).getBoundingClientRect()])
  .filter(([, box]) => Math.min(box.width, box.height) < least - 0.5).map(([html]) => html)"""
THREE_TAPS = """async () => {
  const form = document.querySelector('form[data-draft]');
  const went = [];
  const sent = new Promise((tell) => addEventListener('submit', (event) => {
    tell(went.push(event.defaultPrevented));
    event.preventDefault();
  }));
  const next = form.querySelector('.key-next');
  form.requestSubmit(next);
  form.requestSubmit(next);
  await sent;
  form.requestSubmit(next);
  return [...went, next.textContent];
}"""


class _Plant(SimpleHTTPRequestHandler):
    """Serves the page of parts, the static files, and takes drafts."""

    def do_GET(self) -> None:
        path = urlsplit(self.path)
        if path.path.startswith("/static/"):
            self.path = path.path.removeprefix("/static")
            super().do_GET()
        elif path.path == "/parts":
            query: dict[str, Any] = dict(parse_qsl(path.query))
            self._answer(render(**{**query, "glove": query.get("glove") == "on"}).encode())
        else:
            self._answer(path.path.encode())

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(b'{"saved_at": "14:33"}')

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Security-Policy", CSP)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: Any) -> None:
        """Say nothing: the tests say what is wrong."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Plant, directory=str(STATIC)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    env: dict[str, str | float | bool] = {**os.environ, "HOME": str(tmp_path_factory.mktemp("browser"))}
    with sync_playwright() as play:
        found = play.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=FLAGS, env=env
        )
        yield found
        found.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport={"width": 820, "height": 1180})
    yield made
    made.close()


@pytest.fixture
def opened(context: BrowserContext, address: str) -> Callable[..., Page]:
    def open_page(query: str = "page_kind=floor", width: int = 820, height: int = 1180) -> Page:
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": height})
        page.goto(f"{address}/parts?{query}")
        page.wait_for_load_state("networkidle")
        return page

    return open_page


@pytest.mark.parametrize(
    ("kind", "theme", "width"),
    [
        ("floor", "light", 820),
        ("floor", "dark", 820),
        ("floor", "light", 320),
        ("desk", "light", 1280),
        ("desk", "dark", 1280),
    ],
)
def test_axe_finds_nothing(opened: Callable[..., Page], kind: str, theme: str, width: int) -> None:
    page = opened(f"page_kind={kind}&theme={theme}", width)
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")
    page.evaluate(AXE)
    options = {
        "runOnly": {"type": "tag", "values": RULES},
        "rules": {"color-contrast-enhanced": {"enabled": kind == "floor"}},
    }
    found = page.evaluate("(options) => axe.run(document, options)", options)
    assert [(each["id"], [node["target"] for node in each["nodes"]]) for each in found["violations"]] == []


@pytest.mark.parametrize(
    ("query", "least"), [("page_kind=floor", 56), ("page_kind=desk", 48), ("page_kind=floor&glove=on", 104)]
)
def test_every_control_is_large_enough(opened: Callable[..., Page], query: str, least: int) -> None:
    assert opened(query).evaluate(SMALL_TARGETS, least) == []


@pytest.mark.parametrize("kind", ["floor", "desk"])
@pytest.mark.parametrize("width", [320, 768, 820, 1280])
def test_nothing_scrolls_sideways_at_any_text_size(opened: Callable[..., Page], kind: str, width: int) -> None:
    page = opened(f"page_kind={kind}", width)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("100.05", "Pass: error +0.05 mm, 0.05 mm inside the limit"),
        ("100,05", "Pass: error +0.05 mm, 0.05 mm inside the limit"),
        ("100.10", "Pass: error +0.10 mm, exactly on the limit"),
        ("100.100000000000000001", "Fail: error +0.100000000000000001 mm, 0.000000000000000001 mm outside the limit"),
        ("100.14", "Fail: error +0.14 mm, 0.04 mm outside the limit"),
        ("99.85", "Fail: error −0.15 mm, 0.05 mm outside the limit"),
        ("1,234", "Is 1,234 a decimal comma? Type a point to be sure."),
        ("", "Type the reading"),
    ],
)
def test_the_verdict_follows_what_is_typed(opened: Callable[..., Page], typed: str, words: str) -> None:
    page = opened()
    page.fill("#reading", typed)
    assert page.inner_text('[data-live-for="reading"] [data-live-words]') == words


@pytest.mark.parametrize(
    ("box", "typed", "words"),
    [
        ("torque", "57.86", "Pass: error +3.70 %, 0.30 % inside the limit"),
        ("torque", "57.6", "Fail: error +4.17 %, 0.17 % outside the limit"),
        ("torque", "62.6", "Fail: error −4.15 %, 0.15 % outside the limit"),
        ("process", "5.15", "Conditional pass: 0.05 bar outside the acceptance limit (tolerance less the guard band)"),
        ("process", "5.0", "Pass: 0.2 bar inside the limit"),
    ],
)
def test_the_verdict_knows_matching_and_guard_bands(
    opened: Callable[..., Page], box: str, typed: str, words: str
) -> None:
    page = opened()
    page.fill(f"#{box}", typed)
    assert page.inner_text(f'[data-live-for="{box}"] [data-live-words]') == words


def test_the_pad_types_and_the_sign_turns(opened: Callable[..., Page]) -> None:
    page = opened()
    page.fill("#reading", "")
    for key in ("1", "2", ".", "00", "5", "back"):
        page.click(f'[data-keypad-for="reading"] [data-key="{key}"]')
    assert page.input_value("#reading") == "12.00"
    page.click('[data-sign-for="reading"]')
    assert page.input_value("#reading") == "-12.00"


def test_a_number_box_takes_no_letters(opened: Callable[..., Page]) -> None:
    page = opened()
    page.fill("#number-empty", "")
    page.locator("#number-empty").press_sequentially("2x0,5e")
    assert page.input_value("#number-empty") == "20,5"


def test_enter_goes_to_the_next_box_of_a_grid(opened: Callable[..., Page]) -> None:
    page = opened()
    page.focus("#number-empty")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "number-filled"


def test_reading_starts_at_the_error_summary(opened: Callable[..., Page]) -> None:
    page = opened()
    assert page.evaluate("document.activeElement.matches('[data-error-summary]')")
    page.click("[data-error-summary] a")
    assert page.evaluate("document.activeElement.id") == "number-error"


def test_a_second_tap_is_not_sent(opened: Callable[..., Page]) -> None:
    assert opened().evaluate(THREE_TAPS) == [False, "Sending…"]


def test_a_draft_is_saved_on_the_server(opened: Callable[..., Page]) -> None:
    page = opened()
    with page.expect_request("**/drafts/house-parts") as sent:
        page.fill("#reading", "100.07")
    assert sent.value.post_data_json == {"page": "/parts", "values": {"reading": "100.07"}}
    assert sent.value.headers["x-csrftoken"] == "a-token"
    page.get_by_text("Saved on the server 14:33").wait_for()


def _give(body: str, route: Route) -> None:
    route.fulfill(body=body, content_type="text/html")


def test_a_draft_waits_on_the_tablet_and_returns_to_its_owner_only(opened: Callable[..., Page]) -> None:
    page = opened()
    page.route("**/drafts/*", lambda route: route.abort())
    page.fill("#reading", "99.95")
    page.get_by_text("Kept on this tablet").wait_for()
    html = page.request.get(page.url).text().replace('value="100.05"', 'value=""')
    for owner, value in (("somebody-else", ""), ("sample", "99.95")):
        body = html.replace('draft-owner="sample"', f'draft-owner="{owner}"')
        page.route("**/parts?*", partial(_give, body))
        page.reload()
        page.wait_for_load_state("networkidle")
        assert page.input_value("#reading") == value


def test_a_hand_scanner_opens_the_code(opened: Callable[..., Page]) -> None:
    page = opened()
    page.keyboard.type("http://plant.local/e/G-014")
    page.keyboard.press("Enter")
    page.wait_for_url("**/e/G-014")


def test_an_idle_tablet_warns_and_locks(context: BrowserContext, address: str) -> None:
    page = context.new_page()
    page.clock.install()
    # Answered without a page: a context that is closed in the middle of a navigation may wait for it for ever.
    page.route("**/sign-in/lock", lambda route: route.fulfill(status=204))
    page.goto(f"{address}/parts")
    page.clock.run_for(9 * 60_000 + 35_000)
    assert page.is_visible("[data-idle-warning]")
    with page.expect_request("**/sign-in/lock") as sent:
        page.clock.run_for(30_000)
    assert sent.value.method == "POST"


def test_the_page_says_when_the_server_is_gone(context: BrowserContext, address: str) -> None:
    page = context.new_page()
    page.goto(f"{address}/parts")
    page.route("**/healthz", lambda route: route.abort())
    page.evaluate("dispatchEvent(new Event('offline'))")
    page.get_by_text("Server not reachable").wait_for()


def test_without_scripts_no_dead_button_is_shown(browser: Browser, address: str) -> None:
    plain = browser.new_context(java_script_enabled=False, viewport={"width": 820, "height": 1180})
    page = plain.new_page()
    page.goto(f"{address}/parts")
    assert [item for item in page.locator("[data-needs-js]").all() if item.is_visible()] == []
    assert page.is_visible("text=Next point")
    plain.close()


def test_no_request_leaves_the_plant_and_nothing_complains(context: BrowserContext, address: str) -> None:
    page = context.new_page()
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("response", lambda answer: complaints.append(answer.url) if answer.status >= 400 else None)
    page.goto(f"{address}/parts")
    page.wait_for_load_state("networkidle")
    assert [url for url in asked if not url.startswith(address)] == []
    assert complaints == []
