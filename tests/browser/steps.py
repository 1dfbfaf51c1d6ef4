"""What people do at a tablet or a desk, step by step: sign in, start, read, adjust, sign."""

import base64
from collections.abc import Iterable

import pypdfium2
from playwright.sync_api import Locator, Page

from techfloor.cli.demo import cast
from techfloor.cli.demo.cast import Person

PRIMARY = "main .button-primary"
READING = "main [data-number]"


def follow(page: Page, target: Locator | str) -> None:
    """Tap what leads to another page, and wait until that page stands."""
    found = page.locator(target) if isinstance(target, str) else target
    with page.expect_navigation():
        found.tap() if _is_touched(page) else found.click()


def _is_touched(page: Page) -> bool:
    return bool(page.evaluate("matchMedia('(pointer: coarse)').matches"))


def go_on(page: Page) -> None:
    """Press the one primary button of the page."""
    follow(page, PRIMARY)


def type_on_pad(page: Page, digits: str, box: str) -> None:
    """Type on the pad of the page, key by key."""
    for digit in digits:
        page.locator(f'[data-keypad-for="{box}"] [data-key="{digit}"]').tap()


def sign_in_by_tile(page: Page, key: str, to: str = "/") -> Person:
    """Sign in on an enrolled tablet: one's tile, then the PIN on the pad."""
    who = cast.person(key)
    page.goto(to)
    follow(page, page.get_by_role("link", name=who.name))
    type_on_pad(page, who.pin, "pin")
    go_on(page)
    return who


def sign_in_by_password(page: Page, key: str, to: str = "/") -> Person:
    """Sign in at a desk."""
    who = cast.person(key)
    page.goto(to)
    page.get_by_label("User name").fill(who.user_name)
    page.get_by_label("Password").fill(who.password)
    go_on(page)
    return who


def start(page: Page, code: str, room: dict[str, str]) -> str:
    """Scan a gauge, say how the room is, and open its calibration; returns its number."""
    page.goto(f"/e/{code}")
    if "/start/" not in page.url:  # not due yet: its page offers it
        follow(page, page.get_by_role("link", name="Calibrate", exact=True))
    for quantity, value in room.items():
        page.locator(f"[name={quantity}]").fill(value)
    page.locator("[name=condition]").first.check()
    page.locator("[name=soaked]").check()
    go_on(page)
    return page.url.split("/")[4]


def read(page: Page, values: Iterable[str]) -> None:
    """Give one reading after the other, each on the page that follows the one before."""
    for value in values:
        page.locator(READING).first.fill(value)
        go_on(page)


def adjust(page: Page, words: str = "") -> None:
    """Say that the gauge was adjusted, and how; or that it was not."""
    page.locator(f"[name=adjusted][value={'yes' if words else 'no'}]").check()
    if words:
        page.locator("[name=words]").fill(words)
    go_on(page)


def sign(page: Page, who: Person, *, accepts: bool = False) -> None:
    """Sign what the page shows; `accepts` also accepts the policy, as at one's first signature."""
    at_desk = page.locator("[data-keypad-for=secret]").count() == 0
    if accepts:
        page.locator("[name=accepts]").check()
    if page.locator("[name=user_name]").count():
        page.locator("[name=user_name]").fill(who.user_name)
    page.locator("[name=secret]").fill(who.password if at_desk else who.pin)
    go_on(page)


def review(page: Page, who: Person, *, accepts: bool = False) -> None:
    """Accept the calibration on the page, and sign for it."""
    page.locator("[name=outcome][value=accept]").check()
    sign(page, who, accepts=accepts)


_FETCH = """async (url) => {
  const bytes = new Uint8Array(await (await fetch(url)).arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}"""


def certificate_file(page: Page) -> bytes:
    """Follow the link to the certificate on the page of a calibration; returns the PDF."""
    link = page.get_by_role("link", name="Certificate PDF").get_attribute("href")
    return base64.b64decode(page.evaluate(_FETCH, f"{link}.pdf"))


def certificate(page: Page) -> str:
    """Return the words of the certificate of the calibration on the page, one line."""
    pdf = pypdfium2.PdfDocument(certificate_file(page))
    return " ".join(" ".join(sheet.get_textpage().get_text_bounded() for sheet in pdf).split())
