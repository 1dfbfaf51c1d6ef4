"""A table as CSV, for a spreadsheet that must not take what people typed for a formula."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

_NUMBER = re.compile(r"[+-]?[\d.,]+")
_FORMULA = frozenset("=+-@\t\r")


def csv_bytes(names: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Return a table with its head, in UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerows([cell(value) for value in row] for row in (names, *rows))
    return out.getvalue().encode()


def cell(value: object) -> str:
    """Return a value as a sheet shows it: one that it would take for a formula begins with an apostrophe."""
    text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in _FORMULA and not _NUMBER.fullmatch(text) else text
