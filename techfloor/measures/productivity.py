"""Productivity: output over what it took, of one factor or of several, and its change against a base.

The ratios are those of Heizer and Render, Operations Management; sums over periods, never averages of ratios.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from techfloor.measures.amounts import Exact, amount, ratio, total
from techfloor.measures.drift import DataError


@dataclass(frozen=True)
class Period:
    """What came out of a period, and what went in by factor (labour, material, energy) in one unit per factor."""

    output: Exact
    inputs: Mapping[str, Exact]


def productivity(output: Exact, used: Exact) -> Fraction | None:
    """Give output per unit of one factor, such as pieces per hour of labour; None where nothing was used."""
    return ratio(amount(output, "output"), amount(used, "input"))


def multifactor(output: Exact, inputs: Iterable[Exact]) -> Fraction | None:
    """Give output over the sum of the inputs, which must be in one unit, mostly money; None where they sum to zero."""
    return ratio(amount(output, "output"), total(amount(each, "input") for each in inputs))


def change(now: Exact, base: Exact) -> Fraction | None:
    """Give how much more (or less) there is than in the base, as a share of it; None where the base is zero."""
    return ratio(amount(now, "productivity") - amount(base, "base"), amount(base, "base"))


def of_factor(periods: Iterable[Period], factor: str) -> Fraction | None:
    """Give the productivity of one factor over some periods, from their sums.

    Raises DataError for a period that does not say what it used of the factor: its output would count for nothing.
    """
    periods = list(periods)
    if any(factor not in each.inputs for each in periods):
        raise DataError(f"each period says how much {factor} it used")
    return productivity(
        total(amount(each.output, "output") for each in periods),
        total(amount(each.inputs[factor], factor) for each in periods),
    )
