"""Pareto analysis: the causes by weight, the heaviest first, with shares that add up (Juran; ISO 13053-2)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from techfloor.measures.amounts import Exact, amount, ratio, total
from techfloor.measures.drift import DataError

OTHER = "other"


@dataclass(frozen=True)
class Bar:
    """One cause: its weight (a count, minutes, money), its share of all, and the share up to and with it.

    Shares are None where all weights are zero.
    """

    cause: str
    weight: Fraction
    share: Fraction | None
    cumulative: Fraction | None


def pareto(
    weights: Mapping[str, Exact] | Iterable[tuple[str, Exact]], *, other: str = OTHER, most: int | None = None
) -> list[Bar]:
    """Order causes by weight; of equal ones the first given stays first, and `other` is last whatever it weighs.

    A cause that is given more than once is added up. With `most` the lightest causes beyond that many are put
    into `other`.
    """
    sums = _added_up(weights)
    rest = sums.pop(other, None)
    ordered = sorted(sums.items(), key=lambda each: -each[1])
    if most is not None and len(ordered) > most:
        if most < 1:
            raise DataError("a Pareto chart shows at least one cause")
        rest = total(weight for _, weight in ordered[most:]) + (rest or 0)
        ordered = ordered[:most]
    return _bars([*ordered, *([(other, rest)] if rest is not None else [])])


def _added_up(weights: Mapping[str, Exact] | Iterable[tuple[str, Exact]]) -> dict[str, Fraction]:
    sums: dict[str, Fraction] = {}
    for cause, weight in weights.items() if isinstance(weights, Mapping) else weights:
        sums[cause] = sums.get(cause, Fraction(0)) + amount(weight, cause)
    return sums


def _bars(ordered: list[tuple[str, Fraction]]) -> list[Bar]:
    whole, so_far, bars = total(weight for _, weight in ordered), Fraction(0), []
    for cause, weight in ordered:
        so_far += weight
        bars.append(Bar(cause, weight, ratio(weight, whole), ratio(so_far, whole)))
    return bars


def vital_few(bars: Iterable[Bar], share: Fraction = Fraction(4, 5)) -> list[Bar]:
    """Give the fewest causes from the left that reach the share together, 80 % unless said otherwise."""
    few: list[Bar] = []
    for bar in bars:
        if bar.cumulative is None:
            break
        few.append(bar)
        if bar.cumulative >= share:
            break
    return few
