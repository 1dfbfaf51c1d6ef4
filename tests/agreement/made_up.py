"""Made-up cases: one generator of random numbers for each seed, so that a case that fails can be had again."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Seeds = range
Asked = Callable[[str, Sequence[Sequence[float]]], list[float]]
"""Asks R for one number for each row of numbers, which it knows as x[1], x[2] and so on."""


def chance(area: str, seed: int) -> np.random.Generator:
    """Give the random numbers of one case of an area."""
    return np.random.default_rng([*area.encode(), seed])


def typed(values: Sequence[float] | Array, places: int) -> list[Decimal]:
    """Give values as somebody would have typed them."""
    return [Decimal(f"{value:.{places}f}") for value in values]


def floats(values: Sequence[Decimal]) -> Array:
    """Give typed values as an array of floats."""
    return np.array([float(value) for value in values])


def relative(found: float, expected: float, floor: float = 0.0) -> float:
    """Give how far `found` is off as a share of what is expected, or of `floor` where that is larger."""
    scale = max(abs(expected), floor)
    return abs(found - expected) / scale if scale else abs(found)
