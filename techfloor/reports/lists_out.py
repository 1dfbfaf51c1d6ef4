"""A list as a file: PDF to be hung up or filed, CSV and XLSX to be worked on. A list page gives its columns and rows.

Rows come one after the other and go into a file on the disk, so that a long list needs no more memory than a short one.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from itertools import islice
from tempfile import TemporaryFile
from typing import Any, BinaryIO, TypeVar

from flask import Response, render_template, request
from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from techfloor import clock
from techfloor.measures.quantity import MINUS, plain
from techfloor.places.here import plant
from techfloor.refusals import NotFound, Refusal
from techfloor.reports import pdf, sheets
from techfloor.reports.pdf import PdfFailed
from techfloor.reports.sheets import PageWords
from techfloor.reports.spreadsheet import cell
from techfloor.store.paging import Page
from techfloor.web.lists import Asked, address
from techfloor.web.show import day, moment, plant_zone
from techfloor.web.visitor import visitor

T = TypeVar("T")

RULE = "/list.<form>"
"""How the address of every list as a file ends."""
AT_ONCE_ON_PAPER = 1000
"""A row costs the layout about 5 ms: more of them are printed in the background (`lists_long`)."""
READ_AT_ONCE = 500
BOM = "\ufeff"
"""By it Excel knows UTF-8."""


class Form(StrEnum):
    """What a list is written as."""

    PDF = "pdf"
    XLSX = "xlsx"
    CSV = "csv"


FORM_WORDS = {Form.PDF: _l("PDF"), Form.XLSX: _l("Excel"), Form.CSV: _l("CSV")}
_TYPES = {
    Form.PDF: "application/pdf",
    Form.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Form.CSV: "text/csv; charset=utf-8",
}

Value = str | int | Decimal | date | datetime | None
"""A value of a row: what people typed stays text, a day stays a day."""


@dataclass(frozen=True)
class Column:
    """A column of a list: its heading, its share of the width of a page, and whether it holds codes.

    One that is `measured` holds words like "+4.82 %": in a file to be worked on a number, with its unit beside it.
    """

    head: str
    share: int
    code: bool = False
    measured: bool = False


@dataclass(frozen=True)
class ListOut:
    """A list to be written: `name` is that of the file, `narrowed` what it was narrowed to, in words.

    `back` is the address of its page.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: Iterable[Sequence[Value]]
    back: str
    narrowed: str = ""


_MEASURED = re.compile(rf"([+{MINUS}-]?)(\d+(?:\.\d+)?)(?:\s+(.*))?")


def _parted(listed: ListOut) -> ListOut:
    """Part what was measured into a column of numbers and one of units; words that are neither stay as they are."""
    if not any(column.measured for column in listed.columns):
        return listed
    columns: list[Column] = []
    for column in listed.columns:
        unit = gettext("%(head)s, unit", head=column.head)
        columns += [column, Column(unit, 6)] if column.measured else [column]
    return replace(listed, columns=tuple(columns), rows=(_row_parted(row, listed.columns) for row in listed.rows))


def _row_parted(row: Sequence[Value], columns: Sequence[Column]) -> list[Value]:
    made: list[Value] = []
    for value, column in zip(row, columns, strict=True):
        made += number_and_unit(value) if column.measured else [value]
    return made


def number_and_unit(value: Value) -> list[Value]:
    """Return what was measured as its number and its unit."""
    found = _MEASURED.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return [value, ""]
    sign, digits, unit = found.groups(default="")
    return [Decimal(digits) if sign in {"", "+"} else -Decimal(digits), unit]


def every_line(read: Callable[[str], Page[T]]) -> Iterator[T]:
    """Give every line of a list from its top; `read` reads the page at a cursor."""
    at, more = "", True
    while more:
        page = read(at)
        yield from page.lines
        at, more = page.onward, bool(page.onward)


def narrowed_words(wanted: Asked) -> str:
    """Say what a list was narrowed to: "Area: Machining, Status: Overdue"."""
    said = []
    for each in wanted.filters:
        value = wanted[each.name]
        if value:
            text = dict(each.choices)[value] if each.choices else day(date.fromisoformat(value))
            said.append(f"{each.label}: {text}")
    if wanted.words:
        said.append(gettext("Search: %(words)s", words=wanted.words))
    return ", ".join(said)


def addresses(wanted: Asked, path: str) -> list[tuple[str, str]]:
    """Return (words, address) of each form that the list of a page is written as, narrowed as it is."""
    return [
        (str(words), address(f"{path}/list.{form}", **wanted.kept, **wanted.values, q=wanted.words))
        for form, words in FORM_WORDS.items()
    ]


def served(listed: ListOut, form: str) -> Response | str:
    """Write a list and send it, or answer with the page of one that is long for paper.

    Raises NotFound for another form.
    """
    if form not in set(Form):
        raise NotFound("A list is there as PDF, Excel or CSV.")
    wanted = Form(form)
    ways: dict[Form, Callable[[ListOut], Any]] = {Form.PDF: _as_pdf, Form.XLSX: _as_xlsx, Form.CSV: _as_csv}
    made = ways[wanted](listed)
    if made is None:
        return long_for_paper(listed)
    response = Response(made, content_type=_TYPES[wanted], direct_passthrough=True)
    today = clock.now().astimezone(plant_zone()).date().isoformat()
    response.headers["Content-Disposition"] = f'attachment; filename="{listed.name}-{today}.{wanted}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def long_for_paper(listed: ListOut, *, too_long: int = 0) -> str:
    """Ask how a list is wanted that is long for paper; the PDF is asked for at the address of this page.

    One of more than `too_long` lines is not printed at all.
    """
    path, query = request.path.rpartition(".")[0], request.query_string.decode()
    ways = {form: f"{path}.{form}" + (f"?{query}" if query else "") for form in Form}
    others = [(FORM_WORDS[form], ways[form]) for form in (Form.XLSX, Form.CSV)]
    return render_template(
        "_house/list_long.html",
        listed=listed,
        most=AT_ONCE_ON_PAPER,
        others=others,
        here=ways[Form.PDF],
        too_long=too_long,
    )


def by_whom_and_when() -> str:
    """Say who takes a list, and when."""
    return str(gettext("%(name)s, %(at)s", name=visitor().name, at=moment(clock.now())))


# --- CSV ---


def _as_csv(listed: ListOut) -> BinaryIO:
    made = TemporaryFile()  # noqa: SIM115 - who sends it closes it
    text = io.TextIOWrapper(made, "utf-8", newline="")
    text.write(BOM)
    writer = csv.writer(text)
    listed = _parted(listed)
    writer.writerow([column.head for column in listed.columns])
    writer.writerows([_plain(value) for value in row] for row in listed.rows)
    text.detach()
    made.seek(0)
    return made


def _plain(value: Value) -> str:
    if isinstance(value, datetime):
        return value.astimezone(plant_zone()).isoformat(" ", "minutes")
    if isinstance(value, Decimal):
        return plain(value)
    return value.isoformat() if isinstance(value, date) else cell(value)


# --- XLSX ---


def _as_xlsx(listed: ListOut) -> BinaryIO:
    from techfloor.reports import workbook  # noqa: PLC0415 - heavy to import, and few lists are taken so

    about = [
        (str(gettext("List")), listed.title),
        (str(gettext("Narrowed to")), listed.narrowed or str(gettext("everything"))),
        (str(gettext("Plant")), f"{plant().name}{' · DEMO' if plant().demo else ''}"),
        (str(gettext("By")), by_whom_and_when()),
        (str(gettext("Times in")), plant().zone),
    ]
    listed = _parted(listed)
    heads = [(column.head, column.share) for column in listed.columns]
    return workbook.written(listed.title, heads, listed.rows, (str(gettext("About")), about), plant_zone())


# --- PDF ---


def _as_pdf(listed: ListOut) -> bytes | None:
    rows = [[shown(value) for value in row] for row in islice(iter(listed.rows), AT_ONCE_ON_PAPER + 1)]
    if len(rows) > AT_ONCE_ON_PAPER:
        return None
    return on_paper(replace(listed, rows=rows), by_whom_and_when(), str(len(rows)))


def on_paper(listed: ListOut, by: str, count: str, part: str = "") -> bytes:
    """Return a list as a PDF; `count` says which lines it holds, `part` of what it is a part, in words.

    Raises Refusal where the press cannot make it.
    """
    language = plant().language
    whole = sum(column.share for column in listed.columns)
    words = PageWords.of(gettext)
    html = (
        sheets.environment(gettext)
        .get_template("_house/list_print.html")
        .render(
            title=listed.title,
            columns=[(column, round(100 * column.share / whole, 2)) for column in listed.columns],
            rows=listed.rows,
            narrowed=listed.narrowed,
            count=count,
            by=by,
            house=plant().name,
            demo=gettext("DEMO – sample data") if plant().demo else "",
            language=language,
            paper=plant().paper,
            page_words=replace(words, before=f"{part}{words.before}"),
        )
    )
    try:
        return pdf.render(html, title=listed.title, lang=language)
    except PdfFailed as no:
        raise Refusal("The PDF could not be made. Try again.") from no


def shown(value: Value) -> str:
    """Return a value as a page shows it."""
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return day(value)
    return "" if value is None else str(value)
