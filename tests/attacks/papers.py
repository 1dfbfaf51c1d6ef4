"""The forms of a page as they stand there, and filled in by somebody who knows what each box asks."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from io import BytesIO
from typing import Any

from techfloor.store.acts import new_id

PAPER = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< >>\n%%EOF\n"
TYPED: Mapping[str, str] = {
    "name": "Ring gauge",
    "code": "X-901",
    "user_name": "rita",
    "kind": "caliper",
    "quantity": "length",
    "unit": "mm",
    "interval_months": "6",
    "remark": "seen at the bench",
    "words": "seen at the bench",
    "reason": "seen at the bench",
    "why": "jaw chipped",
    "number": "2026-9",
    "laboratory": "Laboratory North",
    "issued": "2026-11-18",
    "valid_until": "2027-11-18",
    "opened": "2026-11-19",
    "u": "0.06",
    "k": "2",
    "certified": "50; 50.0001; 0.0001",
    "sent_on": "2026-11-19",
    "expected_back": "2026-12-01",
    "certificate": "2026-008-1533",
    "sent": "2026-11-02",
    "performed": "2026-11-12",
    "back": "2026-11-19",
    "uncertainty": "0.0012 mm (k = 2)",
    "indication": "0.010",
    "difference": "0.010",
    "reference": "0.010",
    "value": "20.3",
    "temperature": "20.3",
    "humidity": "45",
    "subject": "diameter 25",
    "good": "A",
    "bad": "B",
    "lower": "24.9",
    "upper": "25.1",
    "looked": "the lots of that week",
    "starts": "06:00",
    "ends": "14:00",
    "functions-0-name": "depth",
    "functions-0-unit": "mm",
    "functions-0-low": "0",
    "functions-0-high": "150.0",
    "functions-0-resolution": "0.05",
    "functions-0-tolerance": "± 0.10 mm",
}
"""What is typed into a box of this name that stands empty."""


@dataclass
class Box:
    """A field of a form: its name, what kind it is, what it holds, and what it offers."""

    name: str
    kind: str
    value: str = ""
    offered: list[str] = field(default_factory=list)

    @property
    def chooses(self) -> bool:
        """Tell whether it is one of several that the page offers."""
        return self.kind in {"select", "radio"} or (self.kind == "checkbox" and self.offered != ["y"])


@dataclass
class Paper:
    """A form of a page: where it is sent, and its boxes by name."""

    action: str
    boxes: dict[str, Box] = field(default_factory=dict)

    def filled(self, **others: str) -> dict[str, Any]:
        """Return what is sent of it: what stands in it, what is typed where nothing does, and `others`.

        The key of the form is new: each time is a first time.
        """
        given = {box.name: _given(box) for box in self.boxes.values() if _given(box)}
        files = {box.name: (BytesIO(PAPER), "paper.pdf") for box in self.boxes.values() if box.kind == "file"}
        return {**given, **files, "entry_key": new_id(), **others}

    @property
    def texts(self) -> list[str]:
        """Name the boxes that anything may be typed into."""
        return [box.name for box in self.boxes.values() if box.kind in {"text", "textarea", "search"}]


_OF_THE_FRAME = frozenset({"/display", "/sign-out", "/sign-in/switch", "/sign-in/lock"})
TICKED = frozenset({"soaked", "confirmed"})


def _given(box: Box) -> str:
    if box.name in TICKED:
        return "y"
    if box.value or box.kind in {"password", "file"}:
        return box.value
    if box.chooses:
        return next((value for value in box.offered if value), "")
    return "" if box.kind == "checkbox" else TYPED.get(re.sub(r"^results-\d+-|_\d+$", "", box.name), "")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.papers: list[Paper] = []
        self._open = False
        self._box: Box | None = None

    def _named(self, name: str, kind: str) -> Box:
        return self.papers[-1].boxes.setdefault(name, Box(name, kind))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = given.get("method", "").lower() == "post"
            if self._open:
                self.papers.append(Paper(given.get("action", "")))
        elif not self._open:
            return
        elif tag == "option" and self._box is not None:
            self._box.offered.append(given.get("value", ""))
            if "selected" in given:
                self._box.value = given.get("value", "")
        elif tag in {"input", "select", "textarea"} and given.get("name"):
            self._take(tag, given)

    def _take(self, tag: str, given: dict[str, str]) -> None:
        kind = given.get("type", "text") if tag == "input" else tag
        box = self._named(given["name"], kind)
        if kind in {"radio", "checkbox"}:
            box.offered.append(given.get("value", "y"))
            if "checked" in given:
                box.value = given.get("value", "y")
        elif tag == "input":
            box.value = given.get("value", "")
        else:
            self._box = box

    def handle_data(self, data: str) -> None:
        if self._box is not None and self._box.kind == "textarea":
            self._box.value += data.strip("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = False
        elif tag in {"select", "textarea"}:
            self._box = None


def papers(html: str) -> Iterator[Paper]:
    """Give the forms of a page that are sent, but those of the frame around every page."""
    reader = _Reader()
    reader.feed(html)
    yield from (paper for paper in reader.papers if paper.action not in _OF_THE_FRAME)
