"""A document that asks for what lies outside of it gets nothing, by any channel; one that never ends is cut off.

That a document ends with its time and its memory also in the short form stands in `reports/test_press.py`.
"""

import contextlib
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from reports.conftest import read, written
from reports.samples import caliper

from techfloor.reports import pdf
from techfloor.reports.press import PdfFailed, Press

CANARY = "canary-of-this-machine-7f3a"

CHANNELS = {
    "picture": '<img src="{url}" alt="x">',
    "pictures to choose": '<img srcset="{url} 2x" alt="x"><picture><source srcset="{url}"><img alt="x"></picture>',
    "style sheet": '<link rel="stylesheet" href="{url}">',
    "import": '<style>@import "{url}"; @import url("{url}") print;</style>',
    "background": "<p style=\"background: url('{url}')\">x</p>",
    "body background": '<table background="{url}"><tr><td background="{url}">x</td></tr></table>',
    "font": '<style>@font-face {{ font-family: f; src: url("{url}") }} p {{ font-family: f }}</style>',
    "page background": '<style>@page {{ background: url("{url}") }}</style>',
    "margin box": '<style>@page {{ @top-left {{ content: url("{url}") }} }}</style>',
    "bullet": "<ul style=\"list-style-image: url('{url}')\"><li>x</li></ul>",
    "border": "<p style=\"border: 9px solid; border-image-source: url('{url}')\">x</p>",
    "generated": '<style>p::before {{ content: url("{url}") }}</style>',
    "mask and cursor": "<p style=\"mask-image: url('{url}'); cursor: url('{url}')\">x</p>",
    "picture set": "<p style=\"background: image-set('{url}' 1x)\">x</p>",
    "object": '<object data="{url}">x</object>',
    "embed": '<embed src="{url}">',
    "frame": '<iframe src="{url}"></iframe>',
    "video": '<video poster="{url}" src="{url}"></video><audio src="{url}"></audio>',
    "image button": '<input type="image" src="{url}">',
    "attachment": '<link rel="attachment" href="{url}" title="x">',
    "attachment link": '<a rel="attachment" href="{url}">x</a>',
    "script": '<script src="{url}"></script>',
    "refresh": '<meta http-equiv="refresh" content="0; url={url}">',
    "include": '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{url}" parse="text"/>',
    "drawn picture": '<svg><image href="{url}" width="9" height="9"/><image xlink:href="{url}" width="9"/></svg>',
    "drawn use": '<svg><use href="{url}#a"/><use xlink:href="{url}#a"/></svg>',
    "drawn style": '<svg><style>@import url("{url}"); rect {{ fill: url("{url}#a") }}</style><rect width="9"/></svg>',
    "drawn filter": '<svg><filter id="f"><feImage href="{url}"/></filter><rect filter="url({url}#f)" width="9"/></svg>',
    "drawn text": '<svg><text font-family="f" style="marker: url({url}#m)">x</text></svg>',
    "drawn asset": '<img src="job:evil.svg" alt="x">',
}
ASSET = (
    '<!DOCTYPE svg [<!ENTITY outside SYSTEM "{url}">]><svg xmlns="http://www.w3.org/2000/svg" '
    'xmlns:xlink="http://www.w3.org/1999/xlink" width="9" height="9"><style>@import "{url}";</style>'
    '<image href="{url}" width="9" height="9"/><use xlink:href="{url}#a"/><text>&outside;</text></svg>'
)
"""A picture handed over with the job that asks for more by itself."""


class Listener:
    """Counts who comes, on a port of this machine."""

    def __init__(self) -> None:
        self.calls = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._count, daemon=True).start()

    def _count(self) -> None:
        while True:
            try:
                call, _address = self._socket.accept()
            except OSError:
                return
            self.calls += 1
            call.close()

    def close(self) -> None:
        """Stop listening."""
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    """Somebody who waits for a request."""
    made = Listener()
    yield made
    made.close()


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    """A file that no document may read: words that are a style sheet and a text alike."""
    file = tmp_path / "canary.css"
    file.write_text(f'p::after {{ content: "{CANARY}" }}')
    return file


def addresses(listener: Listener, canary: Path) -> list[str]:
    here = f"127.0.0.1:{listener.port}/x"
    outside = [f"{scheme}://{here}" for scheme in ("http", "https", "ftp", "gopher", "HTTP")]
    files = [canary.as_uri(), f"FILE://{canary}", f"file://localhost{canary}", str(canary), "../../../../../etc/passwd"]
    own = [f"font:{canary}", f"job:{canary}", f"job:../{canary}", "font:../../../settings.py"]
    return [*outside, f"//{here}", *files, *own, "data:text/css,p::after{content:'" + CANARY + "'}"]


def inside(document: bytes) -> list[bytes]:
    """Return all that a PDF holds, unpacked."""
    with pikepdf.open(BytesIO(document)) as opened:
        assert list(opened.attachments) == []
        streams = [each.read_bytes() for each in opened.objects if isinstance(each, pikepdf.Stream)]
        return [*streams, " ".join(read(document)).encode()]


def test_nothing_outside_is_asked_for_or_read_by_any_channel(listener: Listener, canary: Path) -> None:
    urls = addresses(listener, canary)
    assert len(CHANNELS) >= 12
    html = "".join(shape.format(url=url) for url in urls for shape in CHANNELS.values())
    assets = [pdf.Asset("evil.svg", "image/svg+xml", ASSET.format(url=urls[0]).encode())]
    base = f'<base href="http://127.0.0.1:{listener.port}/"><p>The end</p>'

    made = pdf.render(base + html, title="Attack", lang="en", assets=assets)

    assert listener.calls == 0
    held = inside(made)
    assert any(b"The end" in text for text in held)
    assert not any(CANARY.encode() in text or b"root:" in text for text in held)


def test_what_people_typed_is_text_on_the_sheet_and_asks_for_nothing(listener: Listener, canary: Path) -> None:
    content, url = caliper(), f"http://127.0.0.1:{listener.port}/x"
    hostile = f'"><img src="{url}"><link rel="attachment" href="{canary.as_uri()}">{{{{ 7 * 191 }}}}'
    content["gauge"].update(name=hostile, serial=hostile, maker=hostile, place=hostile)
    content["procedure"].update(title=hostile, method=hostile)
    content["plant"].update(name=hostile, address=hostile)
    content.update(performed_by=hostile, deviations=[hostile])
    content["runs"][0]["points"][0]["label"] = hostile

    made = pdf.render(written(content), title=hostile, lang="en")

    assert listener.calls == 0
    shown = "".join(" ".join(read(made)).split())
    assert "".join(f'"><img src="{url}">'.split()) in shown
    assert "{{7*191}}" in shown
    assert "1337" not in shown
    assert not any(CANARY.encode() in text for text in inside(made))


def test_a_colour_profile_from_elsewhere_ends_the_document(listener: Listener, canary: Path) -> None:
    for url in (f"http://127.0.0.1:{listener.port}/x", canary.as_uri()):
        style = f'<style>@color-profile --p {{ src: url("{url}") }} p {{ color: color(--p 1 0 0 0) }}</style>'
        with pytest.raises(PdfFailed, match="not an asset of this document"):
            pdf.render(f"{style}<p>x</p>", title="Attack", lang="en")

    assert listener.calls == 0


USUAL = """
import sys, weasyprint
weasyprint.HTML(string=sys.stdin.read()).write_pdf(sys.argv[1])
"""


@pytest.mark.long
def test_the_usual_way_of_drawing_would_ask_and_read(listener: Listener, canary: Path, tmp_path: Path) -> None:
    """The control: without the shelf the same channels reach out, so the test above can fail."""
    html = "".join(
        shape.format(url=url)
        for url in (f"http://127.0.0.1:{listener.port}/x", canary.as_uri())
        for shape in CHANNELS.values()
    )
    made = tmp_path / "usual.pdf"
    subprocess.run([sys.executable, "-c", USUAL, str(made)], input=html.encode(), check=True, capture_output=True)

    assert listener.calls >= 5
    with pikepdf.open(made) as opened:
        kept = [file.get_file().read_bytes() for file in opened.attachments.values()]
    assert any(CANARY.encode() in text for text in kept)


_LAUGHS = "".join(
    f'<g id="l{n}">{"".join(f"""<use href="#l{n - 1}"/>""" for _ in range(10))}</g>' for n in range(1, 10)
)
BOMBS = {
    "nested without end": "<div>" * 60_000,
    "drawing that uses itself": f'<svg><g id="l0"><rect width="1" height="1"/></g>{_LAUGHS}<use href="#l9"/></svg>',
    "table of a million cells": "<table>" + ("<tr>" + "<td>x</td>" * 100 + "</tr>") * 10_000 + "</table>",
    "text without a blank": f"<p>{'x' * 20_000_000}</p>",
    "page of a kilometre": "<style>@page { size: 1e9cm 1e9cm }</style><p style='height: 1e9cm'>x</p>" * 1000,
    "floats in floats": '<div style="float: left; width: 50%">' * 3000 + "x",
}


@pytest.mark.long
@pytest.mark.parametrize("name", BOMBS)
def test_a_document_that_never_ends_is_cut_off_and_the_next_is_drawn(name: str) -> None:
    press = Press(pdf.FONTS, pdf.STYLESHEET, timeout=1, memory_mb=512)
    header: dict[str, object] = {
        "title": "T", "lang": "en", "at": "2026-11-21T10:00:00+00:00", "attachments": [], "assets": []
    }  # fmt: skip
    try:
        press.timeout = 60  # what must end it is the limit of processor time, and of memory
        with contextlib.suppress(PdfFailed):
            press.draw(header, [BOMBS[name].encode()])
        assert press.draw(header, [b"<p>next</p>"]).startswith(b"%PDF")
    finally:
        press.close()
