"""How much of its tolerance an error uses."""

from decimal import Decimal
from fractions import Fraction

from techfloor.measures.tolerance import BEYOND_ZERO, use_of_tolerance


def test_each_side_is_measured_by_its_own_limit() -> None:
    assert use_of_tolerance(Decimal("0.05"), Decimal("-0.2"), Decimal("0.1")) == Fraction(1, 2)
    assert use_of_tolerance(Decimal("-0.05"), Decimal("-0.2"), Decimal("0.1")) == Fraction(-1, 4)
    assert use_of_tolerance(Decimal("0.05"), Decimal("-0.2"), None) is None


def test_beyond_a_limit_of_zero_is_worst_of_all() -> None:
    assert use_of_tolerance(Decimal("-0.01"), Decimal(0), Decimal("0.1")) == -BEYOND_ZERO
    assert use_of_tolerance(Decimal(0), Decimal(0), Decimal(0)) == 0
