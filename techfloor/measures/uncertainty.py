"""Uncertainty budgets: combined with GTC, expanded by Student's t or by convolution, rounded for reports.

The rules are those of JCGM 100:2008 (GUM) and EA-4/02; floats only, because all of it is statistics.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, ROUND_UP, Context, Decimal
from enum import StrEnum
from functools import lru_cache
from statistics import NormalDist
from typing import Any, NamedTuple

from techfloor.measures.convolution import HALF_WIDTHS, Distribution, Term, coverage_half_width
from techfloor.measures.quantity import exponent_of

__all__ = [
    "Budget", "BudgetError", "Component", "Correlation", "Distribution", "DofRule", "Method", "Origin", "Per",
    "Point", "Row", "Uncertainty", "evaluate", "normal_divisor", "propagate", "report_round", "round_to",
    "t_factor",
]  # fmt: skip

NORMAL_COVERAGE = 0.9545
CONVOLUTION_COVERAGE = 0.95
# EA-4/02 S9: a shape dominates when everything else together is at most this share of it.
DOMINANCE = 0.3

_LONG = Context(prec=60)


class BudgetError(ValueError):
    """A budget cannot be worked out as it is written."""


class Origin(StrEnum):
    """Where a term comes from; TUR is shown without and with the item's own terms."""

    standard = "standard"
    environment = "environment"
    item = "item"


class Per(StrEnum):
    """What the value of a term counts."""

    constant = "constant"
    percent_of_reading = "percent_of_reading"
    half_resolution = "half_resolution"
    certificate = "certificate"


class Method(StrEnum):
    """How the coverage factor was found."""

    k_2 = "k = 2"
    effective_dof = "effective degrees of freedom"
    convolution = "convolution"


class DofRule(StrEnum):
    """How effective degrees of freedom that are not whole are used."""

    truncated = "truncated"
    interpolated = "interpolated"


@dataclass(frozen=True)
class Point:
    """Where a budget is worked out: the value, the gauge's resolution and U of the standard's certificate."""

    value: Decimal
    resolution: Decimal | None = None
    certificate: Decimal | None = None


@dataclass(frozen=True)
class Component:
    """One row of a budget.

    `value` is a half-width, or for a normal shape an uncertainty, in the unit of the result (per constant) or
    in % of the reading; for half_resolution and certificate it is how many of them (mostly 1). `divisor`
    turns it into a standard uncertainty and must be the one of the shape. `dof` None means infinite.
    """

    name: str
    value: Decimal
    distribution: Distribution = Distribution.normal
    divisor: Decimal = Decimal(1)
    origin: Origin = Origin.item
    per: Per = Per.constant
    dof: float | None = None
    sensitivity: float = 1.0

    def __post_init__(self) -> None:
        """Refuse a divisor that is not the one of the shape, and values that mean nothing."""
        if self.value < 0 or self.divisor <= 0 or (self.dof is not None and self.dof <= 0):
            raise BudgetError(f"{self.name}: value, divisor and degrees of freedom are positive")
        exact = HALF_WIDTHS.get(self.distribution)
        if exact is not None and abs(float(self.divisor) - exact) > 0.005:
            raise BudgetError(f"{self.name}: the divisor of a {self.distribution.value} term is {exact:.3f}")

    def standard_uncertainty(self, point: Point) -> float:
        """Give u of the input itself at one point, before its sensitivity."""
        divisor = HALF_WIDTHS.get(self.distribution, float(self.divisor))
        return float(self.value) * self._unit_of_value(point) / divisor

    def _unit_of_value(self, point: Point) -> float:
        if self.per is Per.constant:
            return 1.0
        if self.per is Per.percent_of_reading:
            return abs(float(point.value)) / 100
        given = point.resolution if self.per is Per.half_resolution else point.certificate
        if given is None:
            raise BudgetError(f"{self.name}: the {self.per.value} of the point is not known")
        return float(given) / (2 if self.per is Per.half_resolution else 1)


class Correlation(NamedTuple):
    """The correlation coefficient of two components, by name."""

    one: str
    other: str
    coefficient: float


@dataclass(frozen=True)
class Budget:
    """The terms of one uncertainty, with names of their own, and what is correlated among them."""

    components: tuple[Component, ...]
    correlations: tuple[Correlation, ...] = ()

    def __post_init__(self) -> None:
        """Refuse an empty budget, two terms of one name, and correlations that cannot be."""
        names = [each.name for each in self.components]
        if not names or len(set(names)) != len(names):
            raise BudgetError("a budget needs components, each with a name of its own")
        for one, other, coefficient in self.correlations:
            if one == other or not {one, other} <= set(names) or abs(coefficient) > 1:
                raise BudgetError(f"the correlation of {one} and {other} cannot be used")

    def only(self, *origins: Origin) -> "Budget":
        """Give the budget of some origins alone, as for the TUR of reference and environment."""
        kept = tuple(each for each in self.components if each.origin in origins)
        names = {each.name for each in kept}
        return Budget(kept, tuple(c for c in self.correlations if {c.one, c.other} <= names))

    def without(self, name: str) -> "Budget":
        """Give the budget without one component."""
        return replace(self, components=tuple(each for each in self.components if each.name != name))


class Row(NamedTuple):
    """One term as the budget table shows it: its contribution and its share of the variance."""

    name: str
    u: float
    share: float


@dataclass(frozen=True)
class Uncertainty:
    """The evaluated budget: U = k·u with coverage probability `coverage`; `dof` is infinite or effective."""

    u: float
    dof: float
    k: float
    U: float
    coverage: float
    method: Method
    dof_rule: DofRule
    rows: tuple[Row, ...]


@lru_cache(maxsize=1024)
def evaluate(
    budget: Budget, point: Point, *, coverage: float | None = None, dof_rule: DofRule = DofRule.truncated
) -> Uncertainty:
    """Combine a budget at one point and expand it.

    Where one or two rectangular (or arcsine) terms are so large that everything else together is at most 0.3
    of them (EA-4/02 S9 and S10), k comes from the convolution of all terms; otherwise k = 2, or Student's t
    where the effective degrees of freedom are finite. Without `coverage` that is 95 % for the convolution, as
    EA-4/02 prints it, and 95.45 % otherwise. Raises BudgetError.
    """
    contributions = [abs(each.sensitivity) * each.standard_uncertainty(point) for each in budget.components]
    u, dof = _combine(budget, point)
    if not budget.correlations and _is_dominated(budget, contributions):
        method, covered = Method.convolution, coverage or CONVOLUTION_COVERAGE
        k = _convolved_factor(budget, contributions, covered, u)
    else:
        covered = coverage or NORMAL_COVERAGE
        method, k = _student_factor(dof, coverage, dof_rule)
    rows = tuple(
        Row(each.name, part, part * part / (u * u) if u else 0.0)
        for each, part in zip(budget.components, contributions, strict=True)
    )
    return Uncertainty(u, dof, k, k * u, covered, method, dof_rule, rows)


def _combine(budget: Budget, point: Point) -> tuple[float, float]:
    """Let GTC combine the terms: combined standard uncertainty and effective degrees of freedom."""
    import GTC  # noqa: PLC0415 - heavy to import, and only budgets need it

    correlated = {name for row in budget.correlations for name in (row.one, row.other)}
    inputs: dict[str, Any] = {}
    for each in budget.components:
        if each.name in correlated and each.dof is not None:
            raise BudgetError(f"{each.name}: a correlated term has no finite degrees of freedom")
        u, dof = each.standard_uncertainty(point), math.inf if each.dof is None else each.dof
        inputs[each.name] = GTC.ureal(0, u, dof, label=each.name, independent=each.name not in correlated)
    for one, other, coefficient in budget.correlations:
        GTC.set_correlation(coefficient, inputs[one], inputs[other])
    total = sum(each.sensitivity * inputs[each.name] for each in budget.components)
    return float(GTC.uncertainty(total)), float(GTC.dof(total))


def _is_dominated(budget: Budget, contributions: list[float]) -> bool:
    flat = {Distribution.rectangular, Distribution.arcsine}
    by_size = sorted(
        (part for each, part in zip(budget.components, contributions, strict=True) if each.distribution in flat),
        reverse=True,
    )
    whole = math.hypot(*contributions)
    largest = math.hypot(*by_size[:2])
    rest = math.sqrt(max(0.0, whole * whole - largest * largest))
    return largest > 0 and rest <= DOMINANCE * largest


def _convolved_factor(budget: Budget, contributions: list[float], coverage: float, u: float) -> float:
    terms = [Term(part, each.distribution) for each, part in zip(budget.components, contributions, strict=True)]
    return coverage_half_width(terms, coverage) / u


def _student_factor(dof: float, coverage: float | None, rule: DofRule) -> tuple[Method, float]:
    if math.isfinite(dof):
        used = max(1.0, math.floor(dof + 1e-9)) if rule is DofRule.truncated else dof
        return Method.effective_dof, t_factor(used, coverage or NORMAL_COVERAGE)
    if coverage is None or coverage == NORMAL_COVERAGE:
        return Method.k_2, 2.0
    return Method.effective_dof, t_factor(dof, coverage)


def t_factor(dof: float, coverage: float) -> float:
    """Give Student's t for a two-sided coverage probability (GUM Table G.2); dof may be infinite."""
    if math.isinf(dof):
        return normal_divisor(coverage)
    from scipy.special import stdtrit  # noqa: PLC0415

    return float(stdtrit(dof, (1 + coverage) / 2))


def normal_divisor(coverage: float) -> float:
    """Give what divides a half-width of known probability into a standard uncertainty (GUM 4.3.4, 4.3.5)."""
    return NormalDist().inv_cdf((1 + coverage) / 2)


def propagate(
    model: Callable[..., Any], estimates: Sequence[tuple[float, float]], coverage: float = NORMAL_COVERAGE
) -> tuple[float, float, float]:
    """Carry independent (value, u) estimates through any formula with GTC: value, u and k·u."""
    import GTC  # noqa: PLC0415

    result = model(*(GTC.ureal(value, u) for value, u in estimates))
    u = float(GTC.uncertainty(result))
    return float(GTC.value(result)), u, t_factor(float(GTC.dof(result)), coverage) * u


def report_round(uncertainty: Decimal | float, digits: int = 2, *, allowed_loss: Decimal = Decimal("0.05")) -> Decimal:
    """Round U to 1 or 2 significant digits, up where plain rounding would lower it by more than 5 %.

    `allowed_loss=0` always rounds up (GUM 7.2.6). The exponent of the answer is the place to report the value
    to; print it with quantity.plain, as 59 to one digit is 6E+1.
    """
    exact = Decimal(repr(uncertainty)) if isinstance(uncertainty, float) else uncertainty
    if digits not in {1, 2} or not exact.is_finite() or exact < 0:
        raise BudgetError("an uncertainty is reported to one or two digits, and is not negative")
    if exact == 0:
        return exact
    rounded = _to_digits(exact, digits, ROUND_HALF_EVEN)
    if rounded < exact * (1 - allowed_loss):
        return _to_digits(exact, digits, ROUND_UP)
    return rounded


def _to_digits(value: Decimal, digits: int, rounding: str) -> Decimal:
    place = Decimal(1).scaleb(value.adjusted() - digits + 1)
    rounded = value.quantize(place, rounding=rounding, context=_LONG)
    # 9.96 became 10.0: one digit too many.
    grown = rounded.adjusted() > value.adjusted()
    return rounded.quantize(place.scaleb(1), rounding=rounding, context=_LONG) if grown else rounded


def round_to(value: Decimal, place: Decimal) -> Decimal:
    """Round a value to the last place of another number, as a result to its reported uncertainty."""
    return value.quantize(Decimal(1).scaleb(exponent_of(place)), rounding=ROUND_HALF_EVEN, context=_LONG)
