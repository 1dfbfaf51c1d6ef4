"""What is counted or timed: exact, finite and not negative, so that sums and shares stay exact."""

from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction

from techfloor.measures.drift import DataError
from techfloor.measures.quantity import plain
from techfloor.measures.units import decimal_of

Exact = Decimal | Fraction | int
NOT_AVAILABLE = "n/a"

_LONG = Context(prec=60)


def amount(value: Exact, what: str) -> Fraction:
    """Give an amount as a fraction; a float, a negative and what is not finite raise DataError."""
    if isinstance(value, bool | float):
        raise DataError(f"{what} is a whole or a decimal number, kept as it was typed")
    try:
        exact = Fraction(value)
    except (ValueError, OverflowError) as problem:
        raise DataError(f"{what} is not a number") from problem
    if exact < 0:
        raise DataError(f"{what} is not negative")
    return exact


def total(values: Iterable[Fraction]) -> Fraction:
    """Give the exact sum, 0 of nothing."""
    return sum(values, Fraction(0))


def ratio(part: Fraction, whole: Fraction) -> Fraction | None:
    """Give part over whole; None where the whole is zero and the ratio says nothing."""
    return part / whole if whole else None


def percent(share: Fraction | None, places: int = 1) -> str:
    """Print a share in per cent, `88.8`; `n/a` where there is none. Only what is printed is rounded."""
    if share is None:
        return NOT_AVAILABLE
    rounded = decimal_of(share * 100).quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN, _LONG)
    return plain(rounded)
