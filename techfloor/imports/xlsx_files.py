"""Reading an XLSX file row by row, in bounded memory: what is no plain value is said, and nothing of it is run."""

import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, time
from io import BytesIO
from typing import IO, Any

from techfloor.imports.sheet import (
    MOST_COLUMNS,
    MOST_ROWS,
    Row,
    Sheet,
    formula,
    gathered,
    letter,
    number_as_shown,
    tidy,
)
from techfloor.refusals import Refusal

MEGABYTE = 1024 * 1024
LARGEST_WORDS = 16 * MEGABYTE
"""The words that cells share are read one after the other, and all kept."""
MOST_WORD_TAGS = 400_000
"""A shared word is four of them at least: so many words take a few seconds."""
LARGEST_WHOLE = 2 * MEGABYTE
"""What is read whole: styles, the list of sheets."""
MOST_WHOLE_TAGS = 50_000
LARGEST_BESIDE = 64 * MEGABYTE
"""What no parser gets beyond its first letter: pictures, the settings of printers."""
LARGEST_ROW = MEGABYTE
"""The sheets are read row by row, and may unpack to more; but no row, and nothing beside them, to more than this."""
LARGEST_SHEETS = 64 * MEGABYTE
MOST_SHEET_TAGS = 1_000_000
"""Empty cells cost as much as filled ones; the most that one act brings in has four tags in each of 100 000 cells."""
MOST_PARTS = 1000
MOST_ROWS_LOOKED_AT = 20_000
"""Empty ones between and below the filled ones are looked at too, and a sheet may number its rows as it likes."""

_SHEETS, _WORDS, _TYPES = "xl/worksheets/", "xl/sharedstrings.xml", "[Content_Types].xml"

_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^<>]*?ref="([A-Z]{1,3}[0-9]+:[A-Z]{1,3}[0-9]+)"')
_TO_LAST_ROW = re.compile(rb".*[<:]row[\s/>]", re.DOTALL)
_DECLARES = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_PIECE = 64 * 1024
_BEFORE_XML = b"\xef\xbb\xbf\xfe\xff\0 \t\r\n"


def read_xlsx(data: bytes) -> Sheet:
    """Read the first sheet that is shown; raises Refusal for what is no workbook or would not stay small."""
    try:
        _look_over(data)
        with warnings.catch_warnings():
            # What is left out of a workbook that is only read, such as drop-down lists, is told by warnings.
            warnings.simplefilter("ignore")
            return _first_sheet(data)
    except (
        zipfile.BadZipFile,
        zlib.error,
        KeyError,
        ValueError,
        TypeError,
        AttributeError,
        OSError,
        EOFError,
    ) as error:
        raise _unreadable() from error
    except (SyntaxError, NotImplementedError, RuntimeError, IndexError, AssertionError) as error:
        raise _unreadable() from error


def _unreadable() -> Refusal:
    return Refusal("This workbook cannot be read. Open it, save it again as XLSX, and choose that file.", field="file")


def _look_over(data: bytes) -> None:
    """Refuse a workbook that unpacks to far more than it says, or declares entities, before a parser sees it.

    Which part is what is told by the workbook itself, in lists of its own: only what bears its usual name may be large.
    """
    with zipfile.ZipFile(BytesIO(data)) as archive:
        parts = archive.infolist()
        sheets = [part for part in parts if _is_sheet(part.filename)]
        words = [part for part in parts if part.filename.casefold() == _WORDS]
        others = [part for part in parts if part not in sheets and part not in words]
        sizes = [sum(part.file_size for part in some) for some in (sheets, words, others)]
        if len(parts) > MOST_PARTS or any(map(int.__gt__, sizes, (LARGEST_SHEETS, LARGEST_WORDS, LARGEST_BESIDE))):
            raise _too_large()
        _look_at_parts(archive, others, LARGEST_WHOLE, MOST_WHOLE_TAGS)
        _check_names(archive, others)
        _look_at_parts(archive, words, LARGEST_WORDS, MOST_WORD_TAGS)
        for part in sheets:
            with archive.open(part) as opened:
                _look_at_rows(opened)


def _is_sheet(name: str) -> bool:
    return name.startswith(_SHEETS) and not name.endswith(".rels")


def _look_at_parts(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo], largest: int, most_tags: int) -> None:
    """Refuse parts that are XML, whatever they are called, and together too large or of too many tags."""
    size = tags = 0
    for part in parts:
        begun = is_xml = False
        with archive.open(part) as opened:
            for piece in _pieces(opened):
                if not begun and (first := piece.lstrip(_BEFORE_XML)[:1]):
                    begun, is_xml = True, first == b"<"
                if begun and not is_xml:
                    break
                size, tags = size + len(piece), tags + piece.count(b"<")
                if size > largest or tags > most_tags:
                    raise _too_large()


def _pieces(opened: IO[bytes]) -> Iterator[bytes]:
    """Read a part piece by piece; refuses one that declares entities, wherever it does."""
    tail = b""
    while piece := opened.read(_PIECE):
        text = tail + piece.replace(b"\0", b"")
        if b"<!" in text and _DECLARES.search(text):
            raise Refusal("The workbook holds XML that is not allowed here. Save it anew.", field="file")
        tail = text[-20:]
        yield piece


def _check_names(archive: zipfile.ZipFile, others: list[zipfile.ZipInfo]) -> None:
    """Refuse a workbook that has another part under the name of a sheet or of the shared words, or these elsewhere."""
    from openpyxl.xml.functions import fromstring  # noqa: PLC0415 - heavy to import, and only imports need it

    for part in others:
        if part.filename != _TYPES and not part.filename.endswith(".rels"):
            continue
        for said in fromstring(archive.read(part)).iter():
            name = (said.get("PartName") or said.get("Target") or "").casefold()
            kind = (said.get("ContentType") or said.get("Type") or "").casefold().removesuffix("+xml")
            is_words, is_sheet = "sharedstrings.xml" in name, _SHEETS.removeprefix("xl/") in name
            if kind.endswith("/hyperlink"):
                continue
            if is_words != kind.endswith("sharedstrings") or (is_sheet and not kind.endswith("worksheet")):
                raise _unreadable()


def _too_large() -> Refusal:
    return Refusal(
        "The workbook is too large. Copy the rows, at most %(most)s, into a new one and choose that.",
        field="file",
        most=MOST_ROWS,
    )


def _look_at_rows(sheet: IO[bytes]) -> None:
    """Refuse a sheet with a stretch that a parser would have to keep whole and that is longer than any row."""
    since = tags = 0
    for piece in _pieces(sheet):
        tags += piece.count(b"<")
        last = _TO_LAST_ROW.match(piece)
        since = len(piece) - last.end() if last else since + len(piece)
        if since > LARGEST_ROW or tags > MOST_SHEET_TAGS:
            raise _too_large()


def _first_sheet(data: bytes) -> Sheet:
    import openpyxl  # noqa: PLC0415 - heavy to import, and only imports need it

    book = openpyxl.load_workbook(BytesIO(data), read_only=True, data_only=False, keep_links=False)
    with closing(book):
        shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"] or book.worksheets
        if not shown:
            raise Refusal("The workbook has no sheet with rows. Choose another.", field="file")
        sheet = shown[0]
        found = gathered(_rows(sheet))
        merged = _merged(data, sheet._worksheet_path)
    notes = [Refusal("Only the sheet “%(name)s” is read.", name=sheet.title)] if len(book.sheetnames) > 1 else []
    if merged:
        said = ", ".join(merged[:5]) + (" …" if len(merged) > 5 else "")
        notes.append(Refusal("Cells are merged: %(cells)s. Only the first of each counts.", cells=said))
    return replace(found, notes=(*notes, *found.notes))


def _rows(sheet: Any) -> Iterator[Row]:
    # What a file says of its own size may be wrong: rows and cells are counted as they come.
    sheet.reset_dimensions()
    for number, cells in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS + 1), 1):
        if number > MOST_ROWS_LOOKED_AT:
            raise _too_large()
        if any(cell.value is not None for cell in cells):
            yield _row(number, cells)


def _row(number: int, cells: tuple[Any, ...]) -> Row:
    problem: Refusal | None = None
    words = []
    for place, cell in enumerate(cells):
        kind = getattr(cell, "data_type", "n")
        if kind == "f":
            problem = problem or formula(place)
        elif kind == "e":
            problem = problem or Refusal(
                "Column %(letter)s holds an error: %(words)s.", letter=letter(place), words=cell.value
            )
        words.append("" if kind in {"f", "e"} else _words(cell))
    return Row(number, tuple(words), problem)


def _words(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, int | float):
        return number_as_shown(value, str(cell.number_format or ""))
    return tidy(str(value))


def _merged(data: bytes, path: str) -> list[str]:
    """Find the merged cells, which a reader row by row is not told of; they stand behind the rows."""
    found, tail = [], b""
    with zipfile.ZipFile(BytesIO(data)) as archive, archive.open(path.lstrip("/")) as opened:
        while piece := opened.read(_PIECE):
            text = tail + piece
            found += [match[1].decode() for match in _MERGED.finditer(text)]
            cut = text.rfind(b"<")
            tail = text[cut:][:_PIECE] if cut >= 0 else b""
    return found
