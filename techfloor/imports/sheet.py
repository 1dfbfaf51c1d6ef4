"""A table as it came out of a file: its head and its rows as text, whatever the file was."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import chain

from techfloor.refusals import Refusal

MOST_ROWS = 1000
"""What one act brings in: it holds the turn to write for its length."""
MOST_COLUMNS = 100
MOST_TITLES = 5
"""So many lines above the head are taken for titles."""
LONGEST_CELL = 10_000
"""What the values of a set of gauge blocks take."""

_DECIMAL_COMMA = re.compile(r"[+-]?(?:0,\d+|\d+,\d{1,2}|\d+,\d{4,})")
_DECIMAL_POINT = re.compile(r"[+-]?\d+\.\d+")


@dataclass(frozen=True)
class Row:
    """One row, by its number in the file; `problem` is a sentence where a cell cannot be taken, with its parameters."""

    number: int
    cells: tuple[str, ...]
    problem: Refusal | None = None


@dataclass(frozen=True)
class Sheet:
    """The first row that is not empty, and those below it; `notes` say what of the file was left out."""

    head: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[Refusal, ...] = field(default=())

    @property
    def decimal_comma(self) -> bool:
        """Whether numbers are written with a comma throughout, so that 1,234 is a bit more than one."""
        cells = [cell for row in self.rows for cell in row.cells]
        return any(map(_DECIMAL_COMMA.fullmatch, cells)) and not any(map(_DECIMAL_POINT.fullmatch, cells))


def gathered(rows: Iterable[Row]) -> Sheet:
    """Take the head and the rows of a table; reads no further than the most that one act brings in.

    Raises Refusal for a table without a head or without rows, with two columns of one name, too wide or too long.
    """
    filled = (row for row in rows if any(row.cells) or row.problem is not None)
    titles, first, below = _past_titles(filled)
    head = _head(first)
    found = [_fitted(row, len(head)) for row in _at_most(below, MOST_ROWS)]
    if not found:
        raise Refusal("The file has no rows below its first. Choose one that has.", field="file")
    return Sheet(head, tuple(found), tuple(titles))


def _past_titles(filled: Iterator[Row]) -> tuple[list[Refusal], Row | None, Iterator[Row]]:
    """Find the head, and return it with the rows below: rows of one cell above one of several are titles, and said."""
    above: list[Row] = []
    for row in filled:
        if _filled(row) == 1 and len(above) < MOST_TITLES:
            above.append(row)
            continue
        if _filled(row) > 1:
            return [_title(each) for each in above], row, filled
        above.append(row)
        break
    return [], above[0] if above else None, chain(above[1:], filled)


def _title(row: Row) -> Refusal:
    words = next(cell for cell in row.cells if cell)
    return Refusal("Row %(row)s is taken for a title: “%(words)s”.", row=row.number, words=words[:40])


def _filled(row: Row) -> int:
    return sum(map(bool, row.cells))


def _at_most(rows: Iterator[Row], most: int) -> Iterator[Row]:
    for place, row in enumerate(rows):
        if place == most:
            raise Refusal(
                "The file has more than %(most)s rows. Split it and bring in one part after the other.",
                field="file",
                most=most,
            )
        yield row


def _head(row: Row | None) -> tuple[str, ...]:
    if row is None:
        raise Refusal("The file is empty. Choose another.", field="file")
    words = _without_tail(row.cells)
    if row.problem is not None:
        raise Refusal(row.problem.sentence, field="file", **row.problem.parameters)
    if len(words) > MOST_COLUMNS:
        raise Refusal("The file has more than %(most)s columns. Take out some.", field="file", most=MOST_COLUMNS)
    named = [word.casefold() for word in words if word]
    twice = next((word for word in words if word and named.count(word.casefold()) > 1), None)
    if twice is not None:
        raise Refusal("Two columns are called “%(name)s”. Rename one.", field="file", name=twice)
    return words


def _without_tail(cells: Sequence[str]) -> tuple[str, ...]:
    last = max((place for place, cell in enumerate(cells, 1) if cell), default=0)
    return tuple(cells[:last])


def _fitted(row: Row, width: int) -> Row:
    """Give a row as many cells as the head has; what stands further right has no name and is refused."""
    cells = _without_tail(row.cells)
    problem = row.problem
    if problem is None and len(cells) > width:
        problem = Refusal("There is something right of the last named column: “%(words)s”.", words=cells[-1][:40])
    if problem is None and any(len(cell) > LONGEST_CELL for cell in cells):
        problem = Refusal("A cell is longer than %(most)s letters.", most=LONGEST_CELL)
    return Row(row.number, (*cells[:width], *[""] * (width - len(cells))), problem)


def formula(column: int) -> Refusal:
    """Say that a cell holds a formula; `column` counts from 0."""
    return Refusal("Column %(letter)s holds a formula. Write its value there instead.", letter=letter(column))


def letter(column: int) -> str:
    """Name a column as a spreadsheet does: A for 0, AA for 26."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


_APOSTROPHE = re.compile(r"(^|;)'(?=[\s\u200b-\u200f\u2060-\u2064\ufeff]*[=+\-@＝＋－＠])")


def tidy(text: str) -> str:
    """Return what stands in a cell, without blanks at its ends and the apostrophes before what is no formula."""
    return _APOSTROPHE.sub(r"\1", text.replace("\u00a0", " ").strip())


def number_as_shown(value: float, shown_as: str) -> str:
    """Write a number of a spreadsheet as its cell shows it: 0.1 in a cell of format 0.00 is 0.10."""
    exact = Decimal(repr(value))
    places = re.fullmatch(r"[#,]*0(?:\.(0+))?(?:;.*)?", shown_as.partition("_")[0])
    wanted = len(places[1]) if places and places[1] else 0
    text = format(exact.normalize() if exact == exact.to_integral_value() else exact, "f")
    has = len(text.partition(".")[2])
    return text if has >= wanted else f"{text}{'' if has else '.'}{'0' * (wanted - has)}"
