"""Single sampling by attributes: code letters, master tables and the plan for a lot.

ISO 2859-1:1999, ANSI/ASQ Z1.4 and, with the same numbers for normal and tightened inspection, MIL-STD-105E. The
master tables are not kept: along each diagonal (letter + AQL) the acceptance number is the same, so a table is
its diagonal rule.
"""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from techfloor.measures.because import Because, because

LETTERS = "ABCDEFGHJKLMNPQRS"
"""Code letters; S exists for tightened inspection alone."""
SIZES = (2, 3, 5, 8, 13, 20, 32, 50, 80, 125, 200, 315, 500, 800, 1250, 2000, 3150)
_REDUCED_SIZES = (2, 2, *SIZES[:14])

AQLS = tuple(
    Decimal(f"{Decimal(first).scaleb(power):f}")
    for power in range(-2, 4)
    for first in ("1.0", "1.5", "2.5", "4.0", "6.5")
)[:26]
"""Preferred values: per cent nonconforming up to 10, nonconformities per 100 items at all."""

# MIL-STD-105E, table I (ISO 2859-1:1999, table 1): the last lot size of each row but the last.
_LOTS = (8, 15, 25, 50, 90, 150, 280, 500, 1200, 3200, 10_000, 35_000, 150_000, 500_000)


class SamplingError(ValueError):
    """There is no such plan; the sentence says why, with the nearest one where there is one."""


class Level(StrEnum):
    """The inspection level: how much is inspected at one lot size."""

    s1 = "S-1"
    s2 = "S-2"
    s3 = "S-3"
    s4 = "S-4"
    one = "I"
    two = "II"
    three = "III"


# The letters of those rows, and of the last one.
_ROWS = {
    Level.s1: "AAAABBBBCCCCDDD",
    Level.s2: "AAABBBCCCDDDEEE",
    Level.s3: "AABBCCDDEEFFGGH",
    Level.s4: "AABCCDEEFGGHJJK",
    Level.one: "AABCCDEFGHJKLMN",
    Level.two: "ABCDEFGHJKLMNPQ",
    Level.three: "BCDEFGHJKLMNPQR",
}


class Severity(StrEnum):
    """How severely lots are inspected now (ISO 2859-1:1999, 9)."""

    normal = "normal"
    tightened = "tightened"
    reduced = "reduced"


class Arrow(StrEnum):
    """Where a cell of a master table without a plan leads."""

    down = "down"
    up = "up"


@dataclass(frozen=True)
class Cell:
    """One cell of a master table: acceptance and rejection number, or the arrow."""

    ac: int = -1
    re: int = -1
    arrow: Arrow | None = None


@dataclass(frozen=True)
class SamplingPlan:
    """What to inspect of a lot: n items, accepted up to `ac` nonconforming, rejected from `re`.

    `letter` is what the lot size asks for, `used_letter` the row whose plan holds; they differ where an arrow
    moved it, and n, Ac and Re are all of that row. `n` is never more than the lot; `table_n` is the table's.
    Between Ac and Re, which happens in reduced inspection only, the lot is accepted and inspection goes back to
    normal. `why` gives the steps in words.
    """

    lot: int
    level: Level
    aql: Decimal
    severity: Severity
    letter: str
    used_letter: str
    n: int
    table_n: int
    ac: int
    re: int
    moved: Arrow | None
    why: tuple[Because, ...]

    @property
    def whole_lot(self) -> bool:
        """Whether every item is inspected, since the sample is not smaller than the lot (MIL-STD-105E, 4.9.4)."""
        return self.n == self.lot

    @property
    def per_hundred(self) -> bool:
        """Whether the AQL can only count nonconformities per 100 items: above 10 it is no percentage."""
        return self.aql > 10

    def accepts(self, nonconforming: int) -> bool:
        """Say whether a lot with so many nonconforming in the sample is accepted.

        Raises SamplingError for a count below 0.
        """
        if nonconforming < 0:
            raise SamplingError("What is found nonconforming is counted from 0.")
        return nonconforming < self.re

    def back_to_normal(self, nonconforming: int) -> bool:
        """Say whether an accepted lot ends reduced inspection: more than Ac, less than Re (MIL-STD-105E, 4.7.4 b)."""
        return self.ac < nonconforming < self.re


def code_letter(lot: int, level: Level = Level.two) -> str:
    """Give the code letter of a lot of 1 or more items; lots of 1 are of the first row, which starts at 2."""
    if lot < 1:
        raise SamplingError("A lot has at least one item.")
    row = next((i for i, last in enumerate(_LOTS) if lot <= last), len(_LOTS))
    return _ROWS[level][row]


def aql_of(value: Decimal | str | float) -> Decimal:
    """Give the AQL of the table that a number means, as the table writes it.

    Raises SamplingError for one that is not in the table, naming the nearest ones.
    """
    try:
        asked = Decimal(str(value))
        found = next((aql for aql in AQLS if aql == asked), None)
    except InvalidOperation:
        raise SamplingError(f"“{value}” is not an AQL.") from None
    if found is not None:
        return found
    if not asked.is_finite():
        raise SamplingError(f"“{value}” is not an AQL.")
    near = [str(aql) for aql in (max((a for a in AQLS if a < asked), default=None), _next_above(asked)) if aql]
    raise SamplingError(f"AQL {value} is not in the table; the nearest is {' or '.join(near)}.")


def _next_above(asked: Decimal) -> Decimal | None:
    return min((aql for aql in AQLS if aql > asked), default=None)


def letters_of(severity: Severity) -> str:
    """Give the letters that a master table has rows for."""
    return LETTERS if severity is Severity.tightened else LETTERS[:-1]


def size_of(letter: str, severity: Severity) -> int:
    """Give the sample size of a letter; reduced inspection takes that of two letters before."""
    sizes = _REDUCED_SIZES if severity is Severity.reduced else SIZES
    return sizes[letters_of(severity).index(letter)]


# From the first diagonal that has an acceptance number other than 0. Rows F and later end two before A to E.
_NORMAL = (1, 2, 3, 5, 7, 10, 14, 21, 30, 44)
_TIGHTENED = (1, 2, 3, 5, 8, 12, 18, 27, 41)
_REDUCED = ((0, 2), (1, 3), (1, 4), (2, 5), (3, 6), (5, 8), (7, 10), (10, 13), (14, 17), (21, 24))
# At n = 2, where table II-C has rows of their own.
_REDUCED_A = ((1, 2), (2, 3), (3, 4), (5, 6), (7, 8), (10, 11), (14, 15), (21, 22), (30, 31))
_REDUCED_B = ((0, 2), (1, 3), (2, 4), (3, 5), *_REDUCED_A[3:])


def cell(letter: str, aql: Decimal | str | float, severity: Severity = Severity.normal) -> Cell:
    """Give one cell of a master table: II-A normal, II-B tightened, II-C reduced (ISO 2859-1: 2-A, 2-B, none).

    Raises SamplingError for a letter or an AQL that the table does not have.
    """
    if letter not in letters_of(severity):
        raise SamplingError(f"There is no code letter {letter} in {severity} inspection.")
    i, j = LETTERS.index(letter), AQLS.index(aql_of(aql))
    if letter == "S" and j != 2:
        return Cell(arrow=Arrow.up)
    found = _on_diagonal(letter, i + j, severity)
    if found.arrow is Arrow.down and not _has_plan_below(i, j, severity):
        return Cell(arrow=Arrow.up)
    if found.arrow is Arrow.up and i == 0:
        return Cell(arrow=Arrow.down)
    return found


def _on_diagonal(letter: str, diagonal: int, severity: Severity) -> Cell:
    zero = 15 if severity is Severity.tightened else 14
    if diagonal < zero:
        return Cell(arrow=Arrow.down)
    if diagonal == zero:
        return Cell(0, 1)
    if diagonal < zero + 3:
        first = diagonal == zero + 1 and severity is not Severity.tightened
        return Cell(arrow=Arrow.up if first else Arrow.down)
    pairs = _pairs(letter, severity)
    place = diagonal - zero - 3
    return Cell(*pairs[place]) if place < len(pairs) else Cell(arrow=Arrow.up)


def _pairs(letter: str, severity: Severity) -> tuple[tuple[int, int], ...]:
    if severity is Severity.reduced:
        return {"A": _REDUCED_A, "B": _REDUCED_B}.get(letter, _REDUCED if letter < "F" else _REDUCED[:-2])
    numbers = _NORMAL if severity is Severity.normal else _TIGHTENED
    return tuple((ac, ac + 1) for ac in (numbers if letter < "F" else numbers[:-2]))


def _has_plan_below(i: int, j: int, severity: Severity) -> bool:
    """Say whether a row below has a plan at this AQL; the last rows end before their arrows do."""
    rows = enumerate(letters_of(severity))
    return any(_on_diagonal(row, k + j, severity).arrow is None for k, row in rows if k > i and (row != "S" or j == 2))


def single_plan(
    lot: int,
    aql: Decimal | str | float,
    level: Level = Level.two,
    severity: Severity = Severity.normal,
    *,
    reduced_allowed: bool = False,
) -> SamplingPlan:
    """Find the single sampling plan of a lot: letter, then the cell, then along its arrows.

    Reduced inspection needs `reduced_allowed`: its numbers are those of MIL-STD-105E, table II-C (ISO 2859-1:1999
    has others), and the plant compares them with its licensed copy first. Raises SamplingError.
    """
    if severity is Severity.reduced and not reduced_allowed:
        raise SamplingError(
            "Reduced inspection is not switched on: compare its table with your copy of the standard first."
        )
    value = aql_of(aql)
    letter = code_letter(lot, level)
    used, moved, found = _follow(letter, value, severity)
    table_n = size_of(used, severity)
    n = min(table_n, lot)
    why = [because("A lot of %(lot)s at level %(level)s has letter %(letter)s.", lot=lot, level=level, letter=letter)]
    if moved:
        why.append(
            because(
                "At AQL %(aql)s the table of %(severity)s inspection leads %(way)s from %(letter)s to %(used)s:"
                " n and Ac are those of %(used)s.",
                aql=value,
                severity=severity,
                way=moved,
                letter=letter,
                used=used,
            )
        )
    if n == lot:
        why.append(because("The sample of %(n)s is not smaller than the lot: inspect every item.", n=table_n))
    if severity is Severity.reduced:
        why.append(because("Reduced inspection as in MIL-STD-105E, table II-C; compare it with your licensed copy."))
    return SamplingPlan(lot, level, value, severity, letter, used, n, table_n, found.ac, found.re, moved, tuple(why))


def _follow(letter: str, aql: Decimal, severity: Severity) -> tuple[str, Arrow | None, Cell]:
    rows = letters_of(severity)
    place, moved = rows.index(letter), None
    while (found := cell(rows[place], aql, severity)).arrow is not None:
        moved = found.arrow
        place += 1 if moved is Arrow.down else -1
    return rows[place], moved, found
