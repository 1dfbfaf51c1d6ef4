"""A table as a workbook: text as text, days as days, and a sheet beside it that says what it is."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from tempfile import TemporaryFile
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

_BROADEST = 60


def written(
    title: str,
    heads: Sequence[tuple[str, int]],
    rows: Iterable[Sequence[str | int | Decimal | date | datetime | None]],
    about: tuple[str, Sequence[tuple[str, str]]],
    zone: ZoneInfo,
) -> BinaryIO:
    """Return a workbook at its beginning: `heads` are (heading, least width), `about` the title and lines of its sheet.

    Rows are written one by one; a moment stands as the clock of `zone` shows it.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_safe_title(title))
    sheet.freeze_panes = "A2"
    for n, (head, least) in enumerate(heads, start=1):
        sheet.column_dimensions[get_column_letter(n)].width = min(max(len(head) + 3, least), _BROADEST)
    sheet.append([_heading(sheet, head, zone) for head, _least in heads])
    count = 1
    for row in rows:
        sheet.append([_typed(sheet, value, zone) for value in row])
        count += 1
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(heads))}{count}"
    beside = book.create_sheet(about[0])
    for line in about[1]:
        beside.append([_typed(beside, words, zone) for words in line])
    made = TemporaryFile()  # noqa: SIM115 - who sends it closes it
    book.save(made)
    made.seek(0)
    return made


def _safe_title(title: str) -> str:
    return "".join(sign for sign in title if sign not in "[]:*?/\\")[:31]


def _heading(sheet: Any, text: str, zone: ZoneInfo) -> Any:
    head = _typed(sheet, text, zone)
    head.font, head.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
    return head


def _typed(sheet: Any, value: str | int | Decimal | date | datetime | None, zone: ZoneInfo) -> Any:
    """Return a cell: a day as a day, a number as a number, all else as text, also what looks like a formula."""
    if isinstance(value, datetime):
        made = WriteOnlyCell(sheet, value.astimezone(zone).replace(tzinfo=None))
        made.number_format = "yyyy-mm-dd hh:mm"
    elif isinstance(value, date):
        made = WriteOnlyCell(sheet, value)
        made.number_format = "yyyy-mm-dd"
    elif isinstance(value, Decimal):
        made = WriteOnlyCell(sheet, value)
        made.number_format = "0" + f"{value:f}".partition(".")[1] + "0" * max(-int(value.as_tuple().exponent), 0)
    elif value is None or isinstance(value, int):
        made = WriteOnlyCell(sheet, value)
    else:
        made = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", value))
        made.data_type = "s"
    return made
