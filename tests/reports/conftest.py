"""Certificates drawn once for all tests that read them."""

import functools
import json
from collections.abc import Callable, Iterator

import pypdfium2 as pdfium
import pytest

from techfloor.duties.calibration.report.certificate import TEMPLATE, sheet
from techfloor.reports import pdf
from techfloor.reports.issue import IssueFacts
from techfloor.reports.press import Press
from techfloor.reports.sheets import environment, render_html

from .samples import ISSUE, SIGNATURES, Content

Pages = list[str]


def written(content: Content, signatures: object = SIGNATURES, issue: IssueFacts = ISSUE) -> str:
    """The certificate as HTML."""
    made = sheet(content, signatures, issue)  # type: ignore[arg-type]
    return render_html(made, TEMPLATE, environment(str))


def canonical(content: Content) -> bytes:
    """The bytes that travel inside the PDF."""
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def drawn(content: Content, issue: IssueFacts = ISSUE) -> bytes:
    """The certificate as PDF."""
    attachment = pdf.Attachment(f"{content['number']}.json", canonical(content), "Canonical content")
    return pdf.render(written(content, issue=issue), [attachment], title=f"Certificate {content['number']}", lang="en")


def read(document: bytes) -> Pages:
    """The text of every page, with single spaces."""
    opened = pdfium.PdfDocument(document)
    try:
        pages = []
        for page in opened:
            text = page.get_textpage()
            pages.append(" ".join(text.get_text_range().split()))
            text.close()
            page.close()
        return pages
    finally:
        opened.close()


@pytest.fixture(scope="session", autouse=True)
def _no_press_left() -> Iterator[None]:
    yield
    pdf.press().close()


@pytest.fixture(scope="session")
def certificate() -> Callable[[Callable[[], Content]], bytes]:
    """Draw a sample once."""
    return functools.cache(lambda make: drawn(make()))


@pytest.fixture
def press() -> Iterator[Press]:
    """A press of the test's own, which may be killed."""
    own = Press(pdf.FONTS, pdf.STYLESHEET, timeout=30)
    yield own
    own.close()
