"""The chart of a gauge's checks: individuals against limits frozen from its first 20 values. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from techfloor.measures.chart_parts import ENOUGH_SUBGROUPS, Estimator, Family, Parameters, known
from techfloor.measures.chart_rules import DEFAULT, RUNS, Rule
from techfloor.measures.control_charts import i_mr_charts
from techfloor.measures.drift import DataError

ENOUGH = ENOUGH_SUBGROUPS
FROZEN_FROM = 5 * ENOUGH
"""So many values are looked at for the limits, where the first ones did not scatter at all."""
LOOKED_AT = max(RUNS[rule].of for rule in DEFAULT) - 1
"""So many values before one say with it whether a rule fires."""


@dataclass(frozen=True)
class Usual:
    """What is usual for a gauge: centre and limits of three standard deviations, from `count` values."""

    centre: float
    lower: float
    upper: float
    count: int


def frozen(values: Sequence[Decimal]) -> dict[str, object] | None:
    """Return the parameters of the limits; None for fewer than 20 values, and where they do not scatter at all."""
    if len(values) < ENOUGH:
        return None
    try:
        found = i_mr_charts(list(values), rules=()).parameters
    except DataError:
        return None
    return {"centre": str(found.centre), "sigma": str(found.sigma), "values": len(values)}


def usual(kept: Mapping[str, Any]) -> Usual:
    """Return the limits of a baseline."""
    centre, sigma = Fraction(kept["centre"]), Fraction(kept["sigma"])
    return Usual(float(centre), float(centre - 3 * sigma), float(centre + 3 * sigma), int(kept["values"]))


def signals(kept: Mapping[str, Any], values: Sequence[Decimal]) -> dict[int, tuple[Rule, ...]]:
    """Return the rules that fired, by the place of the value from 0 (Western Electric 1 and 4)."""
    if not values:
        return {}
    count = int(kept["values"])
    parameters = Parameters(
        Fraction(kept["centre"]), Fraction(kept["sigma"]), Estimator.moving_range, subgroups=count, values=count
    )
    charts = i_mr_charts(list(values), baseline=known("frozen", Family.i_mr, parameters))
    found: dict[int, tuple[Rule, ...]] = {}
    for signal in charts.location.signals:
        found[signal.at - 1] = (*found.get(signal.at - 1, ()), signal.rule)
    return found
