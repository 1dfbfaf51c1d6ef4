"""Analysis of variance: one way, two ways crossed, and nested.

Sums of squares are exact fractions until the last step, so that data with many constant leading digits (NIST StRD
SmLs07 to 09) lose nothing. Montgomery, Design and Analysis of Experiments; NIST/SEMATECH e-Handbook, 7.4.3.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from techfloor.measures.drift import DataError, Number, root

Cells = Sequence[Sequence[Sequence[Number]]]
"""Readings by level of the first factor, level of the second, repeat."""


@dataclass(frozen=True)
class AnovaRow:
    """One line of the table; F and p are None where the line is tested against nothing.

    F is infinite where what it is tested against does not scatter at all, and None where neither does.
    """

    source: str
    ss: float
    df: int
    ms: float
    f: float | None = None
    p: float | None = None


@dataclass(frozen=True)
class OneWay:
    """The table of one factor; `residual_sd` is the root of the mean square within, `r_squared` the share between."""

    between: AnovaRow
    within: AnovaRow
    total: AnovaRow
    means: tuple[float, ...]
    grand_mean: float
    residual_sd: float
    r_squared: float | None


def f_test(ms: float, df: int, against: float, df_against: int) -> tuple[float | None, float | None]:
    """Give F and the probability of one at least as large where there is no effect."""
    if against == 0:
        return (math.inf, 0.0) if ms else (None, None)
    from scipy.special import fdtrc  # noqa: PLC0415 - heavy to import

    ratio = ms / against
    return ratio, float(fdtrc(df, df_against, ratio))


def _row(source: str, ss: Fraction, df: int) -> AnovaRow:
    return AnovaRow(source, float(ss), df, float(ss / df))


def tested(row: AnovaRow, against: AnovaRow) -> AnovaRow:
    """Give a line with its F and p against another."""
    return AnovaRow(row.source, row.ss, row.df, row.ms, *f_test(row.ms, row.df, against.ms, against.df))


def one_way(groups: Sequence[Sequence[Number]]) -> OneWay:
    """Compare the means of two or more groups, which may differ in size. Raises DataError."""
    if len(groups) < 2 or any(not group for group in groups):
        raise DataError("an analysis of variance needs two groups, and a value in each")
    exact = [_exact(group) for group in groups]
    n = sum(map(len, exact))
    if n == len(groups):
        raise DataError("an analysis of variance needs a group with two values")
    corrected = _correction(exact)
    between = _squares_of_sums(exact) - corrected
    total = _squares([value for group in exact for value in group]) - corrected
    within_row = _row("within", total - between, n - len(groups))
    return OneWay(
        tested(_row("between", between, len(groups) - 1), within_row),
        within_row,
        _row("total", total, n - 1),
        tuple(float(sum(group) / len(group)) for group in exact),
        float(sum(map(sum, exact)) / Fraction(n)),
        root((total - between) / (n - len(groups))),
        float(between / total) if total else None,
    )


def _exact(values: Sequence[Number]) -> list[Fraction]:
    try:
        return [Fraction(value) for value in values]
    except (ValueError, OverflowError):
        raise DataError("a value is no number") from None


def _squares(values: Sequence[Fraction]) -> Fraction:
    return sum((value * value for value in values), Fraction(0))


def _squares_of_sums(groups: Sequence[Sequence[Fraction]]) -> Fraction:
    return sum((Fraction(sum(group)) ** 2 / len(group) for group in groups), Fraction(0))


def _correction(groups: Sequence[Sequence[Fraction]]) -> Fraction:
    return Fraction(sum(map(sum, groups))) ** 2 / sum(map(len, groups))


@dataclass(frozen=True)
class TwoWay:
    """The table of two crossed factors.

    With repeats each factor is tested against the interaction (both factors random, as in a gauge study) and the
    interaction against the repeats. `interaction` is None where cells hold one value, or it was pooled: then the
    factors are tested against `error`.
    """

    first: AnovaRow
    second: AnovaRow
    interaction: AnovaRow | None
    error: AnovaRow
    total: AnovaRow

    @property
    def rows(self) -> tuple[AnovaRow, ...]:
        """All lines in their order."""
        lines = (self.first, self.second, self.interaction, self.error, self.total)
        return tuple(line for line in lines if line is not None)

    def pooled(self) -> "TwoWay":
        """Give the table without interaction: its squares and degrees of freedom go to the error."""
        if self.interaction is None:
            return self
        ss, df = self.interaction.ss + self.error.ss, self.interaction.df + self.error.df
        error = AnovaRow(self.error.source, ss, df, ss / df)
        return TwoWay(tested(self.first, error), tested(self.second, error), None, error, self.total)


def _shape(cells: Cells) -> tuple[int, int, int]:
    """Give the number of levels and of repeats; raises DataError where cells differ in size or are empty."""
    sizes = {len(cell) for line in cells for cell in line}
    if len(cells) < 2 or len({len(line) for line in cells}) != 1 or len(cells[0]) < 2:
        raise DataError("two factors need two levels each, and every combination of them")
    if len(sizes) != 1 or 0 in sizes:
        raise DataError("every combination needs the same number of values")
    return len(cells), len(cells[0]), sizes.pop()


def two_way(cells: Cells, names: tuple[str, str] = ("first", "second")) -> TwoWay:
    """Analyse two crossed random factors, with the same number of values in each cell. Raises DataError."""
    a, b, r = _shape(cells)
    exact = [[_exact(cell) for cell in line] for line in cells]
    every = [cell for line in exact for cell in line]
    corrected = _correction(every)
    total = _squares([value for cell in every for value in cell]) - corrected
    first = _squares_of_sums([_joined(line) for line in exact]) - corrected
    second = _squares_of_sums([_joined(column) for column in zip(*exact, strict=True)]) - corrected
    within_cells = _squares_of_sums(every) - corrected
    rows = _row(names[0], first, a - 1), _row(names[1], second, b - 1)
    crossed = _row(f"{names[0]} x {names[1]}", within_cells - first - second, (a - 1) * (b - 1))
    whole = _row("total", total, a * b * r - 1)
    if r == 1:
        error = AnovaRow("error", crossed.ss, crossed.df, crossed.ms)
        return TwoWay(tested(rows[0], error), tested(rows[1], error), None, error, whole)
    error = _row("repeatability", total - within_cells, a * b * (r - 1))
    return TwoWay(tested(rows[0], crossed), tested(rows[1], crossed), tested(crossed, error), error, whole)


def _joined(groups: Sequence[Sequence[Fraction]]) -> list[Fraction]:
    return [value for group in groups for value in group]


@dataclass(frozen=True)
class Nested:
    """The table of a factor and another within it: the first is tested against the second, that against the error."""

    first: AnovaRow
    second: AnovaRow
    error: AnovaRow
    total: AnovaRow

    @property
    def rows(self) -> tuple[AnovaRow, ...]:
        """All lines in their order."""
        return self.first, self.second, self.error, self.total


def nested(cells: Cells, names: tuple[str, str] = ("first", "second")) -> Nested:
    """Analyse levels of a second factor that each belong to one level of the first. Raises DataError."""
    a, b, r = _shape(cells)
    if r < 2:
        raise DataError("a nested analysis needs two values of each")
    exact = [[_exact(cell) for cell in line] for line in cells]
    every = [cell for line in exact for cell in line]
    corrected = _correction(every)
    total = _squares([value for cell in every for value in cell]) - corrected
    first = _squares_of_sums([_joined(line) for line in exact]) - corrected
    within_cells = _squares_of_sums(every) - corrected
    error = _row("repeatability", total - within_cells, a * b * (r - 1))
    second = _row(f"{names[1]} ({names[0]})", within_cells - first, a * (b - 1))
    return Nested(
        tested(_row(names[0], first, a - 1), second), tested(second, error), error, _row("total", total, a * b * r - 1)
    )
