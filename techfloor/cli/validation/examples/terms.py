"""What the examples of uncertainty are put together from: the terms of a budget as a source states them."""

from decimal import Decimal
from typing import Any

from techfloor.measures.convolution import HALF_WIDTHS
from techfloor.measures.uncertainty import Budget, Component, Distribution, Point, evaluate

Inputs = dict[str, Any]
"""What a case gives, by name."""
Results = dict[str, Any]
"""What comes out, under the names of what is expected."""

HERE = Point(Decimal(1))


def number(value: float | str) -> Decimal:
    """Return a number of a case as it stands there."""
    return Decimal(str(value))


def normal(name: str, u: float, *, dof: float | None = None, sensitivity: float = 1.0) -> Component:
    """Return a term that is stated as a standard uncertainty."""
    return Component(name, number(u), dof=dof, sensitivity=sensitivity)


def shaped(
    name: str,
    half_width: float,
    distribution: Distribution = Distribution.rectangular,
    *,
    dof: float | None = None,
    sensitivity: float = 1.0,
) -> Component:
    """Return a term that is stated as the half-width of a distribution."""
    divisor = number(HALF_WIDTHS[distribution])
    return Component(name, number(half_width), distribution, divisor, dof=dof, sensitivity=sensitivity)


def certificate(name: str, expanded: float, k: float) -> Component:
    """Return a term that is stated as an expanded uncertainty with its k."""
    return Component(name, number(expanded), Distribution.normal, number(k))


def u_of(*components: Component) -> float:
    """Return the combined standard uncertainty of some terms."""
    return evaluate(Budget(components), HERE).u


def terms_alone(component: Component) -> Component:
    """Return a term without its sensitivity."""
    return Component(component.name, component.value, component.distribution, component.divisor)
