"""A sheet: what a printed page says, as plain data, and how it becomes HTML."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property
from pathlib import Path

import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from techfloor.reports.charts import ErrorChart

Translate = Callable[[str], str]

TEMPLATES = Path(__file__).parents[2] / "templates"


class Tone(StrEnum):
    """What a verdict feels like; the sign and the word say the same without colour."""

    PASS = "pass"  # noqa: S105 - a verdict
    FAIL = "fail"
    CAUTION = "caution"
    PLAIN = "plain"


class Align(StrEnum):
    """Where the cells of a column stand."""

    START = "start"
    END = "end"


@dataclass(frozen=True)
class Fact:
    """A label and what stands beside it; `code` is set in the type of codes and comes first."""

    label: str
    text: str = ""
    code: str = ""


@dataclass(frozen=True)
class FactColumn:
    """Facts under one heading."""

    title: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class VerdictLine:
    """One line of the verdict box."""

    sign: str
    text: str
    tone: Tone


@dataclass(frozen=True)
class VerdictBox:
    """The answer of the sheet, top right."""

    lines: tuple[VerdictLine, ...]
    note: str
    tone: Tone


@dataclass(frozen=True)
class Column:
    """A column of a table: its heading, the unit under it, and how its cells are set."""

    head: str
    unit: str = ""
    align: Align = Align.START
    code: bool = False


@dataclass(frozen=True)
class Cell:
    """One cell; `note` stands small under its text."""

    text: str
    tone: Tone = Tone.PLAIN
    sign: str = ""
    note: str = ""


@dataclass(frozen=True)
class Row:
    """One row of a table; its first cell heads it."""

    cells: tuple[Cell, ...]
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True)
class Table:
    """A table with its title."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    note: str = ""

    @property
    def shape(self) -> str:
        """How close the table is set, so that most certificates stay on one page: dense, long, both or plain."""
        close = [name for name, many in (("dense", len(self.columns) > 9), ("long", len(self.rows) > 8)) if many]
        return " ".join(close) or "plain"


@dataclass(frozen=True)
class ChangedValue:
    """What was changed, from what to what, and why."""

    what: str
    before: str
    now: str
    why: str


@dataclass(frozen=True)
class AmendmentBox:
    """What stands under the title of a version that replaces another: which, why, by whom, and what was changed."""

    title: str
    text: str
    changed: tuple[ChangedValue, ...]


@dataclass(frozen=True)
class Remark:
    """A paragraph under its own short heading."""

    label: str
    text: str


@dataclass(frozen=True)
class SignatureBox:
    """Who signed: the meaning, the printed name, and when and how."""

    meaning: str
    name: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class PageWords:
    """The words around the page number and the number of pages, in the sheet's language."""

    before: str
    between: str
    after: str

    @classmethod
    def of(cls, translate: Translate) -> "PageWords":
        """Cut the translated sentence at its two numbers; every language must keep their order."""
        before, rest = translate("Page %(page)s of %(pages)s").split("%(page)s")
        between, after = rest.split("%(pages)s")
        return cls(before, between, after)


@dataclass(frozen=True)
class Sheet:
    """Everything one printed document says."""

    house: str
    title: str
    qualifier: str
    subtitle: tuple[Fact, ...]
    number: str
    version: str
    language: str
    demo: str
    verdict: VerdictBox
    facts: tuple[FactColumn, ...]
    tables: tuple[Table, ...]
    chart: ErrorChart | None
    chart_title: str
    remarks: tuple[Remark, ...]
    signatures: tuple[SignatureBox, ...]
    verify_url: str
    verify_code: str
    trail: str
    footer: str
    page_words: PageWords
    annexes: tuple[Table, ...]
    end: str
    amendment: AmendmentBox | None = None

    @cached_property
    def qr(self) -> "Qr":
        """The address of the verification page as a QR drawing."""
        return Qr.of(self.verify_url)


@dataclass(frozen=True)
class Qr:
    """A QR code as one path of strokes one module thick, in a square of `size` modules with its quiet zone."""

    size: int
    path: str

    QUIET = 2

    @classmethod
    def of(cls, text: str, error: str = "m") -> "Qr":
        """Encode `text`, usually with error correction M: a creased sheet still scans."""
        code = segno.make(text, error=error, micro=False)
        strokes = [
            f"M{x + cls.QUIET} {y + cls.QUIET}.5h{length}"
            for y, row in enumerate(code.matrix)
            for x, length in _bars(bytes(row))
        ]
        return cls(len(code.matrix) + 2 * cls.QUIET, "".join(strokes))


def _bars(row: bytes) -> list[tuple[int, int]]:
    """Return the dark stretches of one row: where each begins and how long it is."""
    bars: list[tuple[int, int]] = []
    for x, dark in enumerate(row):
        if not dark:
            continue
        if bars and sum(bars[-1]) == x:
            bars[-1] = (bars[-1][0], bars[-1][1] + 1)
        else:
            bars.append((x, 1))
    return bars


@cache
def environment(gettext: Translate, templates: Path = TEMPLATES) -> Environment:
    """Return the environment that draws sheets: strict, escaped, and apart from the one that draws pages.

    It is made once for each `gettext`: compiling the templates takes as long as a third of a certificate.
    """
    drawing = Environment(
        loader=FileSystemLoader(templates),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    drawing.globals["_"] = gettext
    return drawing


def render_html(sheet: Sheet, template: str, drawing: Environment, paper: str = "A4") -> str:
    """Write `sheet` as HTML with `template`, for A4 or Letter."""
    return drawing.get_template(template).render(sheet=sheet, paper=paper)
