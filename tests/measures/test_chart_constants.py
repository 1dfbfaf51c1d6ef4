"""The factors of control charts: the frozen table, closed forms, and how they run with n."""

import math
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techfloor.measures.chart_constants import FROZEN, LARGEST, factors, integrated_range, sd_mean
from techfloor.measures.drift import DataError

SIZES = range(2, 51)


def test_the_frozen_table_is_what_integration_gives() -> None:
    assert set(FROZEN) == set(SIZES)
    for n, (d2, d3) in FROZEN.items():
        assert integrated_range(n) == pytest.approx((d2, d3), rel=0, abs=5.1e-11)


def test_d2_and_d3_are_those_of_closed_form_where_there_is_one() -> None:
    assert integrated_range(2) == pytest.approx((2 / math.sqrt(math.pi), math.sqrt(2 - 4 / math.pi)), abs=1e-12)
    assert integrated_range(3)[0] == pytest.approx(3 / math.sqrt(math.pi), abs=1e-12)


def test_beyond_the_table_the_factors_go_on_by_integration() -> None:
    assert factors(100).d2 == pytest.approx(5.0151872729, abs=1e-9)


@pytest.mark.parametrize("n", [0, 1, -3, LARGEST + 1])
def test_a_size_without_a_range_is_refused(n: int) -> None:
    with pytest.raises(DataError, match="a subgroup holds 2 to 1000 values"):
        factors(n)


def test_a_standard_deviation_of_one_value_is_refused() -> None:
    with pytest.raises(DataError, match="two values"):
        sd_mean(1)


def test_factors_run_one_way_as_subgroups_grow() -> None:
    for smaller, larger in pairwise(factors(n) for n in SIZES):
        assert larger.d2 > smaller.d2
        assert larger.c4 > smaller.c4
        assert larger.d3 < smaller.d3 or larger.n == 3
        for name in ("A", "A2", "A3", "B4", "D4", "E2"):
            assert getattr(larger, name) < getattr(smaller, name)
        for name in ("B3", "D3"):
            assert getattr(larger, name) >= getattr(smaller, name)


@given(st.integers(2, 50))
def test_the_limits_from_sigma_and_from_the_mean_agree(n: int) -> None:
    row = factors(n)
    assert pytest.approx(row.D4 * row.d2) == row.D2
    assert pytest.approx(row.B4 * row.c4) == row.B6
    assert pytest.approx(row.D3 * row.d2) == row.D1
    assert pytest.approx(row.B3 * row.c4) == row.B5
    assert row.A2 * row.d2 == pytest.approx(row.A)


def test_factors_of_25_are_printed_as_tables_have_them() -> None:
    printed = factors(25).rounded()
    assert (
        printed
        | {
            "d2": Decimal("3.931"),
            "d3": Decimal("0.708"),
            "c4": Decimal("0.9896"),
            "A2": Decimal("0.153"),
            "A3": Decimal("0.606"),
            "B3": Decimal("0.565"),
            "B4": Decimal("1.435"),
            "D3": Decimal("0.459"),
            "D4": Decimal("1.541"),
        }
        == printed
    )


def test_factors_can_be_printed_with_more_places() -> None:
    assert factors(2).rounded(5)["E2"] == Decimal("2.65868")
    assert factors(5).rounded(4)["d2"] == Decimal("2.3259")
