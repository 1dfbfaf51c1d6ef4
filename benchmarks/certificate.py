"""The certificate: its first issue against the same document in bare WeasyPrint, and served again."""

import functools
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from unittest.mock import patch

import weasyprint
from weasyprint.text.fonts import FontConfiguration

from benchmarks.browsing import Answer, Browser, csrf_token
from benchmarks.figures import Figure, Scale, middle, milliseconds, undisturbed
from benchmarks.plants import MICROMETER, closed, inside, more_gauges, new_plant, running, signed_in
from techfloor.reports import pdf
from techfloor.reports.pdf import Attachment
from techfloor.store.acts import new_id

WARMING = 2
"""Certificates that are made before any is timed."""


@dataclass(frozen=True)
class Drawn:
    """What one issue had rendered."""

    html: str
    attachments: tuple[Attachment, ...]


@dataclass
class Times:
    """Milliseconds of each round."""

    first: list[float]
    bare: list[float]
    again: list[float]


def measure(folder: Path, scale: Scale) -> list[Figure]:
    """Issue certificates of as many calibrations, and draw each again without the application around it."""
    with running(new_plant(folder / "certificate")) as app:
        with inside(app) as plant:
            (technician,), (quality,) = signed_in("technician"), signed_in("quality")
            codes = more_gauges(MICROMETER, WARMING + scale.certificates)
            numbers = closed(codes, plant, technician, quality)
        with undisturbed():
            times = _rounds(Browser.of(app, quality), numbers)
    pdf.press().close()
    return _figures(times)


def _rounds(browser: Browser, numbers: list[str]) -> Times:
    times = Times([], [], [])
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as beside:  # as the press is: one warm process
        for number in numbers:
            first, drawn = _issue(browser, number)
            times.first.append(first.took)
            times.bare.append(beside.submit(draw_bare, drawn).result())
            browser.get(f"/calibration/{number}")  # as before the first issue: nobody comes but from the record's page
            answer = browser.get(f"/calibration/{number}/certificate.pdf")
            assert answer.body.startswith(b"%PDF")
            times.again.append(answer.took)
    return Times(*(values[WARMING:] for values in (times.first, times.bare, times.again)))


def _issue(browser: Browser, number: str) -> tuple[Answer, Drawn]:
    """Have a certificate issued, from the request to its answer; return that and what was rendered."""
    token = csrf_token(browser.get(f"/calibration/{number}").body.decode())
    with _noting() as noted:
        answer = browser.post(f"/calibration/{number}/certificate", {"csrf_token": token, "entry_key": new_id()})
    return answer, noted[0]


@contextmanager
def _noting() -> Iterator[list[Drawn]]:
    """Note what is handed to the press, which draws it as always."""
    noted: list[Drawn] = []
    render = pdf.render

    def note(html: str, attachments: Any = (), **named: Any) -> bytes:
        noted.append(Drawn(html, tuple(attachments)))
        return render(html, attachments, **named)

    with patch.object(pdf, "render", note):
        yield noted


@functools.cache
def _style() -> tuple[FontConfiguration, Any]:
    """Return the house's fonts and style, loaded once as the press loads them."""
    fonts = FontConfiguration()
    css = pdf.STYLESHEET.read_text("utf-8").replace('url("font:', f'url("{pdf.FONTS.as_uri()}/')
    return fonts, weasyprint.CSS(string=css, font_config=fonts)


def draw_bare(drawn: Drawn) -> float:
    """Draw a document with nothing but WeasyPrint; return the milliseconds."""
    fonts, style = _style()
    attachments = [
        weasyprint.Attachment(string=one.content, name=one.name, relationship=one.relationship)
        for one in drawn.attachments
    ]
    return milliseconds(
        lambda: weasyprint.HTML(string=drawn.html).write_pdf(
            font_config=fonts, stylesheets=[style], pdf_variant=pdf.VARIANT, attachments=attachments
        )
    )


def _figures(times: Times) -> list[Figure]:
    first, bare, again = middle(times.first), middle(times.bare), middle(times.again)
    rounds = f"medians of {len(times.first)} rounds"
    return [
        Figure(
            "Certificate: first issue / bare WeasyPrint",
            first / bare,
            "×",
            1.3,
            f"{first:.0f} ms / {bare:.0f} ms, {rounds}",
        ),
        Figure(
            "Certificate: served again / first issue",
            again / first,
            "×",
            0.02,
            f"{again:.2f} ms / {first:.0f} ms, {rounds}",
        ),
    ]
