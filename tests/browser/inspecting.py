"""What every page must be, whoever uses it: readable, large enough, without sideways scrolling, one way forward.

`inspect` looks at a page in the state it is in and returns what is wrong, each finding with the check it failed.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = (Path(__file__).parents[1] / "vendor" / "axe" / "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
FLOOR, DESK, LARGE, GLOVE = 56, 48, 72, 104
WIDTHS = (320, 768, 820, 1280)

_SETTLE = """() => {
  document.querySelectorAll('details').forEach((each) => { each.open = true });
  const still = new CSSStyleSheet();
  still.replaceSync('* { transition: none !important; animation: none !important }');
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, still];
}"""
_SMALL = """([least, which]) => [...document.querySelectorAll(which)]
  .filter((item) => item.getClientRects().length && getComputedStyle(item).visibility !== 'hidden')
  .filter((item) => !item.matches('.skip, .vh, [type=hidden], p a, li p a, dd a, .panel-detail a'))
  .map((item) => [item, item.closest('.number-box, label, .choice') ?? item])
  .map(([item, around]) => [item.outerHTML.slice(0, 110).replace(/\\s+/g, ' '), around.getBoundingClientRect()])
  .filter(([, box]) => Math.min(box.width, box.height) < least - 0.5)
  .map(([html, box]) => `${Math.round(box.width)} x ${Math.round(box.height)}: ${html}`)"""
_CONTROLS = "button, input, select, textarea, a[href], summary"
_LARGE = "main .key, main .button-big, main .key-next, main .answers label, main .row-choices label"
_COLOUR_ONLY = """() => [...document.querySelectorAll('.verdict, .panel, .notice, .tag[class*=is-], .online')]
  .filter((item) => item.getClientRects().length)
  .filter((item) => !item.innerText.trim() || !(item.querySelector('svg, [data-symbol]') || item.matches('.online')))
  .map((item) => item.outerHTML.slice(0, 110))"""
_RUN_AXE = "async (options) => (await axe.run(document, options)).violations"
_PRIMARIES = "main .button-primary:visible"


def inspect(page: Page, *, at_most_one_primary: bool = True) -> list[str]:
    """Return every finding on the page as it stands; afterwards it is in its light theme and its old size."""
    page.evaluate(_SETTLE)
    found = [*_axe(page), *_sizes(page), *_sideways(page)]
    found += [f"colour only: {html}" for html in page.evaluate(_COLOUR_ONLY)]
    if at_most_one_primary and page.locator(_PRIMARIES).count() > 1:
        found.append(f"primary buttons: {page.locator(_PRIMARIES).all_inner_texts()}")
    return found


def is_floor(page: Page) -> bool:
    """Tell whether the page is one of the technicians', with larger type and targets."""
    return bool(page.evaluate("document.body.classList.contains('floor')"))


def axe(page: Page, *, enhanced: bool = False) -> list[str]:
    """Return what axe finds, WCAG 2.2 A and AA, and the contrast of AAA where `enhanced`."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(f"{{ {AXE} }}; null")  # null: what it returns would be sent over, all of it, each time
    options = {
        "runOnly": {"type": "tag", "values": RULES},
        "rules": {"color-contrast-enhanced": {"enabled": enhanced}},
        "resultTypes": ["violations"],
    }
    found: list[dict[str, Any]] = page.evaluate(_RUN_AXE, options)
    return [f"{each['id']}: {node['target']} {node['html'][:110]}" for each in found for node in each["nodes"]]


def _axe(page: Page) -> Iterator[str]:
    enhanced = is_floor(page)
    for theme in ("dark", "light"):
        page.evaluate("(theme) => { document.documentElement.dataset.theme = theme }", theme)
        yield from (f"axe, {theme}: {words}" for words in axe(page, enhanced=enhanced))


def _sizes(page: Page) -> Iterator[str]:
    floor = is_floor(page)
    yield from (f"small: {html}" for html in page.evaluate(_SMALL, [FLOOR if floor else DESK, _CONTROLS]))
    if not floor:
        return
    yield from (f"not large: {html}" for html in page.evaluate(_SMALL, [LARGE, _LARGE]))
    page.evaluate("document.documentElement.dataset.glove = 'on'")
    yield from (f"small for gloves: {html}" for html in page.evaluate(_SMALL, [GLOVE, _CONTROLS]))
    page.evaluate("document.documentElement.dataset.glove = 'off'")


def _sideways(page: Page) -> Iterator[str]:
    size = page.viewport_size
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 1180})
        for text in ("100%", "200%"):
            page.evaluate("(text) => { document.documentElement.style.fontSize = text }", text)
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                yield f"sideways: {wide} px wide at {width} px with {text} text"
    page.evaluate("document.documentElement.style.fontSize = ''")
    if size is not None:
        page.set_viewport_size(size)
