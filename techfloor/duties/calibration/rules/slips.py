"""Whether a value that was typed is likely to be a slip. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Slip:
    """A value that looks mistyped, and what it was compared with."""

    typed: Decimal
    low: Decimal
    high: Decimal
    seen: int


def likely_slip(
    value: Decimal,
    expected: Decimal,
    half_width: Decimal | None,
    step: Decimal | None,
    history: Sequence[Decimal],
) -> Slip | None:
    """Return a question when a value lies far outside what earlier ones, or the nominal, let expect.

    Far is ten times the tolerance beyond them, or a tenth of the value where that is more: a moved decimal
    point and a swapped digit go further, a gauge out of tolerance does not.
    """
    seen = list(history)
    low, high = (min(seen), max(seen)) if seen else (expected, expected)
    room = max(10 * (half_width or Decimal(0)), abs(expected) / 10, 10 * (step or Decimal(0)))
    if low - room <= value <= high + room:
        return None
    return Slip(value, low, high, len(seen))
