"""How figures are kept: as text, with as many digits as mean something."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from techfloor.duties.gauge_studies.rules import Basis
from techfloor.measures.quantity import plain, signed
from techfloor.measures.units import show_unit

Facts = dict[str, object]


def figure(value: float | None, digits: int = 4) -> str | None:
    """Write a figure with so many significant digits, never with an exponent; "∞" has none."""
    if value is None:
        return None
    if math.isinf(value):
        return "∞"
    return format(Decimal(f"{value:.{digits - 1}e}"), "f") if value else "0"


def percent(value: float | None) -> str | None:
    """Write a percentage with two decimals, which keeps it on its side of a whole limit but for the last place."""
    return None if value is None else f"{value:.2f}"


def whole(value: float | None) -> str | None:
    """Write a percentage that was counted, with one decimal."""
    return None if value is None else f"{value:.1f}"


def limit_words(basis: str, lower: Decimal, upper: Decimal, unit: str) -> str:
    """Write limits: those of the product as values, those on the gauge's card as the errors they are: ± 0.05 mm."""
    shown = show_unit(unit)
    if basis != Basis.CARD:
        return f"{plain(lower)} … {plain(upper)} {shown}"
    return f"± {plain(upper)} {shown}" if lower == -upper else f"{signed(lower)} … {signed(upper)} {shown}"


@dataclass(frozen=True)
class Told:
    """What a study comes to: how it looks (pass, caution, fail), the key of its sentence, and what to do next."""

    look: str
    key: str
    values: Mapping[str, object] = field(default_factory=dict)
    following: tuple[tuple[str, Mapping[str, object]], ...] = ()
