"""Reading a CSV file: its encoding, its separator, its rows."""

import csv
import io
import re
from collections.abc import Iterator

from techfloor.imports.sheet import Row, Sheet, formula, gathered, tidy
from techfloor.refusals import Refusal

SEPARATORS = ";,\t"
_TITLES = 5
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_LOOKED_AT = 4096
_CONTROL = re.compile("[\\x00-\\x08\\x0e-\\x1f\\x7f]")
"""No sheet holds these; bytes of something else do."""


def read_csv(data: bytes) -> Sheet:
    """Read a table in UTF-8, UTF-16 or Windows-1252, separated by semicolons, commas or tabs.

    Raises Refusal for what is none.
    """
    text = _decoded(data)
    return gathered(_rows(text, _separator(text)))


def _decoded(data: bytes) -> str:
    for encoding in _encodings(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not _CONTROL.search(text):
            return text
    raise Refusal("This is no text. Save the sheet as CSV UTF-8 or as XLSX, and choose that file.", field="file")


def _encodings(data: bytes) -> list[str]:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return [encoding]
    begin = data[:_LOOKED_AT]
    if begin[1::2].count(0) > len(begin) // 4:
        return ["utf-16-le"]
    if begin[::2].count(0) > len(begin) // 4:
        return ["utf-16-be"]
    return ["utf-8", "cp1252"]


def _separator(text: str) -> str:
    """Return the separator by which the head falls into most parts; what stands in one part above it is a title."""
    start = text.lstrip("\ufeff\r\n \t;,")[:_LOOKED_AT]
    for line in start.splitlines()[:_TITLES]:
        parts = {sign: len(next(csv.reader([line], delimiter=sign), [])) for sign in SEPARATORS}
        if max(parts.values()) > 1:
            return max(SEPARATORS, key=lambda sign: parts[sign])
    return SEPARATORS[0]


def _rows(text: str, separator: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    began = 1
    try:
        for cells in reader:
            # One of Excel's own lines, which says what the separator is.
            if not (began == 1 and len(cells) <= 2 and cells and cells[0].startswith("sep=")):
                yield _row(began, cells)
            began = reader.line_num + 1
    except csv.Error:
        raise Refusal(
            "The quotation marks from line %(line)s on do not close. Mend them, or save the sheet as XLSX.",
            field="file",
            line=began,
        ) from None


def _row(number: int, cells: list[str]) -> Row:
    found = next((place for place, cell in enumerate(cells) if cell.strip()[:1] == "="), None)
    return Row(number, tuple(map(tidy, cells)), None if found is None else formula(found))
