"""How figures are kept: as text, with as many digits as mean something."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

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


@dataclass(frozen=True)
class Told:
    """What a study comes to: how it looks (pass, caution, fail), the key of its sentence, and what to do next."""

    look: str
    key: str
    values: Mapping[str, object] = field(default_factory=dict)
    following: tuple[tuple[str, Mapping[str, object]], ...] = ()
