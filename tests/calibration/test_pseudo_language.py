"""Pages in a language of brackets: a text that stands outside of them was written without a way to translate it."""

import html
import re
from html.parser import HTMLParser

import pytest
from bench_work import eventful, place, start
from flask import Flask
from plant_client import PlantClient, SignedInAs
from pseudo import CLOSE, OPEN, spoken
from sqlalchemy import text

from techfloor.store import Table, db

pytestmark = pytest.mark.pages

SHOWN = {"title", "placeholder", "alt", "aria-label"}
SILENT = {"script", "style", "svg", "code", "template"}
GONE = "\n"
PARTS = re.compile(r"\s*(?:\b[A-Z]+-(?:[A-Z]-)?\d+[A-Z]?\b|[\n,;:()·→\[\]])+\s*")
NUMBER = re.compile(r"^[\d.]+ (?:mm|bar|°C|g|kg|% RH)\b")
A_WORD = re.compile(r"[A-Za-z]{4,}")

PROPER = " techfloor english apache-2.0 "
"""Names that are the same in every language; a language is named in itself."""

PAGES = (
    "/",
    "/more",
    "/scan",
    "/search?words=caliper",
    "/records",
    "/calibration/",
    "/calibration/start/G-014",
    "/calibration/gauges",
    "/calibration/gauges/G-014",
    "/calibration/procedures",
    "/calibration/review",
    "/equipment/",
    "/equipment/G-014",
    "/equipment/G-014/edit",
    "/equipment/S-003",
    "/equipment/new/gauge",
    "/people/",
    "/me",
    "/settings",
    "/devices",
    "/equipment/G-014/move",
    "/equipment/G-014/hold",
    "/calibration/gauges/G-020/send-out",
    "/calibration/gauges/G-008/certificate",
    "/calibration/gauges/G-014/procedure",
    "/verify",
    "/settings/profile",
)


class Visible(HTMLParser):
    """Collects what a reader sees, and what is read to who cannot see."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Go into a tag."""
        if tag not in {"input", "br", "img", "meta", "link", "hr", "path", "circle", "rect", "line", "use", "col"}:
            self._open.append(tag)
        self.found += [value for name, value in attrs if name in SHOWN and value]

    def handle_endtag(self, tag: str) -> None:
        """Come out of a tag."""
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        """Take what stands there."""
        if not SILENT & set(self._open):
            self.found.append(data)


def outside(shown: str) -> str:
    """Return what stands outside of the brackets, with a mark where they stood."""
    before = ""
    while before != shown:
        shown, before = re.sub(f"{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}", GONE, shown), shown
    return shown


def untranslated(page: str, known: str) -> list[str]:
    """Return what stands outside of the brackets and is no text of a row, part by part."""
    reader = Visible()
    reader.feed(page)
    whole = "\n".join(" ".join(each.split()) for each in reader.found)
    parts = [NUMBER.sub("", part).strip() for part in PARTS.split(outside(html.unescape(whole)))]
    return sorted({part for part in parts if A_WORD.search(part) and part.lower() not in known})


def rows_and_names() -> str:
    """Every text that stands in a row: what people typed, names, places, procedures."""
    rows = [
        str(tuple(row))
        for table in Table.metadata.sorted_tables
        if table.name not in {"act", "change"}
        for row in db.session.execute(text(f'SELECT * FROM "{table.name}"'))
    ]
    return " ".join(" ".join(rows).split()).lower()


@pytest.mark.parametrize("page", PAGES)
def test_every_text_of_a_page_can_be_translated(as_: SignedInAs, app: Flask, page: str) -> None:
    assert not_translated(app, as_("Q"), page) == {}


def test_every_text_on_the_way_through_a_calibration_can_be_translated(as_: SignedInAs, app: Flask) -> None:
    tara, quinn = as_("T", tablet=True), as_("Q")
    number = eventful(tara)
    assert not_translated(app, quinn, f"/calibration/{number}", f"/calibration/{number}/review") == {}
    second = start(tara, "G-001")
    here = place(tara, second)
    pages = (here, f"{here}/cannot", f"/calibration/{second}/discontinue", "/calibration/")
    assert not_translated(app, tara, *pages) == {}


def not_translated(app: Flask, client: PlantClient, *pages: str) -> dict[str, list[str]]:
    """Return what stands on each page without translation, where anything does."""
    with spoken():
        answers = {page: client.get(page, follow_redirects=True) for page in pages}
    assert [page for page, answer in answers.items() if answer.status_code != 200 or answer.text.count(OPEN) < 10] == []
    with app.app_context():
        known = rows_and_names() + PROPER
    found = {page: untranslated(answer.text, known) for page, answer in answers.items()}
    return {page: parts for page, parts in found.items() if parts}


def test_a_text_without_translation_would_be_found() -> None:
    assert untranslated(f"<p>{OPEN}Good{CLOSE} morning to all</p>", "") == ["morning to all"]
    assert untranslated('<input placeholder="Your name">', "") == ["Your name"]
    assert untranslated(f"<p>{OPEN}Of {OPEN}what{CLOSE} else{CLOSE} G-014 S-003</p>", "") == []
