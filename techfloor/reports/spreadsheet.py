"""A table as CSV, for a spreadsheet that must not take what people typed for a formula."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

_NUMBER = re.compile(r"[+-]?[\d.,]+")
_UNSEEN = r"[\s\u200b-\u200f\u2060-\u2064\ufeff]*"
_BEGINS = re.compile(rf"(^|[;\t\r\n])(?={_UNSEEN}[=+\-@＝＋－＠]|[\t\r])")
"""Where a sheet may see a formula: at the beginning, behind signs that nobody sees, and behind a semicolon.

A sheet of a country that writes 0,5 parts a file at its semicolons, whatever its separator is.
"""


def csv_bytes(names: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Return a table with its head, in UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerows([cell(value) for value in row] for row in (names, *rows))
    return out.getvalue().encode()


def cell(value: object) -> str:
    """Return a value as a sheet shows it: an apostrophe stands before what it would take for a formula."""
    text = "" if value is None else str(value)
    return text if _NUMBER.fullmatch(text) else _BEGINS.sub(r"\1'", text)
