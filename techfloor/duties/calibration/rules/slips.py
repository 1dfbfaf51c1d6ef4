"""Whether a value that was typed is likely to be a slip. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Slip:
    """A value that looks mistyped, and what it was compared with; `other` is the point that it is the value of."""

    typed: Decimal
    low: Decimal
    high: Decimal
    seen: int
    other: Decimal | None = None


def likely_slip(
    value: Decimal,
    expected: Decimal,
    half_width: Decimal | None,
    step: Decimal | None,
    history: Sequence[Decimal],
    others: Collection[Decimal] = (),
) -> Slip | None:
    """Return a question when a value lies far outside what earlier ones, or the nominal, let expect.

    Far is ten times the tolerance beyond them, or ten steps of the gauge where these are more; without a tolerance a
    tenth of the value: a moved decimal point and a swapped digit go further, a gauge out of tolerance does not. A
    value out of tolerance here and that of another point exactly, one of `others`, was likely typed at the wrong one.
    """
    seen = list(history)
    low, high = (min(seen), max(seen)) if seen else (expected, expected)
    width = half_width if half_width is not None else abs(expected) / 100
    room = max(10 * width, 10 * (step or Decimal(0)))
    if value != expected and value in others and abs(value - expected) > width:
        return Slip(value, low, high, len(seen), other=value)
    if low - room <= value <= high + room:
        return None
    return Slip(value, low, high, len(seen))
