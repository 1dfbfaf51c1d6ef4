"""EWMA and tabular CUSUM: published series, exact limits, head starts, and what is refused."""

import math
from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techfloor.measures.chart_parts import Estimator
from techfloor.measures.chart_parts import given as known
from techfloor.measures.chart_rules import Side
from techfloor.measures.control_charts import i_mr_charts, p_chart
from techfloor.measures.drift import DataError
from techfloor.measures.memory_charts import cusum_chart, ewma_chart

D = Decimal
# Montgomery, Table 9.1: twenty values about 10, then ten about 11; the standard deviation is 1.
SHIFTED = [9.45, 7.99, 9.29, 11.66, 12.16, 10.18, 8.04, 11.46, 9.2, 10.34, 9.03, 11.47, 10.51, 9.4, 10.08]
SHIFTED += [9.37, 10.62, 10.31, 8.52, 10.84, 10.9, 9.33, 12.29, 11.5, 10.6, 11.08, 10.38, 11.62, 11.31, 10.52]
TEN = known(10, 1)
series = st.lists(st.integers(70, 130).map(lambda n: D(n) / 10), min_size=1, max_size=30)


def test_the_cusum_finds_the_shift_where_the_book_does() -> None:
    found = cusum_chart(SHIFTED, TEN, k=D("0.5"), h=5)
    (first, *_) = found.shifts
    assert (first.at, first.side, first.points[0]) == (29, Side.above, 23)
    assert found.points[28].high == pytest.approx(5.28)
    assert found.points[28].high_for == 7
    assert first.level == pytest.approx(11.25, abs=0.005)


def test_the_ewma_has_the_averages_and_limits_of_the_book() -> None:
    found = ewma_chart(SHIFTED, TEN, weight=D("0.1"), width=D("2.7")).location
    assert found.points[0].value == 9.945
    assert (found.points[0].lower, found.points[0].upper) == (9.73, 10.27)
    assert found.points[-1].upper == pytest.approx(10.62, abs=0.005)
    assert [point.value for point in found.points[27:]] == pytest.approx([10.5731, 10.6468, 10.6341], abs=5e-5)
    assert found.beyond_limits == (29, 30)


def test_the_first_limits_of_an_ewma_are_those_of_one_weighted_value() -> None:
    (point,) = ewma_chart([10.3], known(10, 0.1), weight=0.3).location.points
    assert (point.value, point.upper) == (10.09, 10.09)
    assert ewma_chart([10.3], known(10, 0.1), weight=0.3).in_control
    assert not ewma_chart([D("10.30001")], known(10, 0.1), weight=0.3).in_control


def test_steady_limits_do_not_open_up() -> None:
    (limit,) = {point.upper for point in ewma_chart(SHIFTED, TEN, weight=0.1, steady=True).location.points}
    assert limit == pytest.approx(10 + 3 * math.sqrt(0.1 / 1.9))


def test_a_weight_of_one_is_a_chart_of_single_values() -> None:
    found = ewma_chart(SHIFTED, TEN, weight=1).location
    assert [point.value for point in found.points] == SHIFTED
    assert {(point.lower, point.upper) for point in found.points} == {(7, 13)}


def test_means_of_subgroups_scatter_less() -> None:
    one, four = (ewma_chart([10], TEN, weight=0.2, size=n).location.points[0] for n in (1, 4))
    assert one.upper is not None
    assert four.upper is not None
    assert (one.upper - 10) == pytest.approx(2 * (four.upper - 10))
    assert cusum_chart([10], TEN, k=1, h=4, size=4).interval == 2


def test_a_thousand_points_stay_exact_enough_and_quick() -> None:
    found = ewma_chart([D("10.1"), D("9.9")] * 500, TEN, weight=D("0.07")).location
    assert len(found.points) == 1000
    assert found.points[-1].upper == pytest.approx(10 + 3 * math.sqrt(0.07 / 1.93))


def test_a_sum_that_equals_its_interval_is_not_out() -> None:
    assert cusum_chart([D("10.8")], known(10, D("0.1")), k=D("0.5"), h=D("7.5")).in_control
    assert not cusum_chart([D("10.80001")], known(10, D("0.1")), k=D("0.5"), h=D("7.5")).in_control


def test_a_head_start_begins_both_sums_part_of_the_way() -> None:
    (point,) = cusum_chart([10], TEN, k=D("0.5"), h=5, head_start=D("0.5")).points
    assert (point.high, point.low) == (2, 2)


def test_the_sums_go_on_after_a_shift() -> None:
    found = cusum_chart([13, 13, 13], TEN, k=D("0.5"), h=4)
    assert [shift.at for shift in found.shifts] == [2, 3]
    assert [point.high for point in found.points] == [2.5, 5, 7.5]


def test_centre_and_spread_may_come_from_a_chart() -> None:
    base = i_mr_charts(SHIFTED[:20])
    assert cusum_chart(SHIFTED, base.parameters, k=0.5, h=5, baseline="B-1").estimator is Estimator.moving_range
    assert ewma_chart(SHIFTED, base.parameters, weight=0.2, baseline="B-1").baseline == "B-1"


@given(series)
def test_a_mirrored_series_has_its_sums_exchanged(values: list[Decimal]) -> None:
    one = cusum_chart(values, TEN, k=D("0.5"), h=4)
    other = cusum_chart([20 - value for value in values], TEN, k=D("0.5"), h=4)
    assert [(p.high, p.low) for p in one.points] == [(p.low, p.high) for p in other.points]
    assert [(s.at, s.side) for s in one.shifts] == [(s.at, Side(-s.side)) for s in other.shifts] or len(
        {s.at for s in one.shifts}
    ) < len(one.shifts)


@given(series, st.integers(-50, 50), st.integers(1, 9))
def test_shifting_and_scaling_moves_the_average_and_its_limits(values: list[Decimal], by: int, times: int) -> None:
    one = ewma_chart(values, TEN, weight=D("0.2")).location
    other = ewma_chart([v * times + by for v in values], known(10 * times + by, times), weight=D("0.2")).location
    for here, there in zip(one.points, other.points, strict=True):
        assert there.value == pytest.approx(here.value * times + by)
        assert there.upper == pytest.approx((here.upper or 0) * times + by)
    assert one.beyond_limits == other.beyond_limits


BAD: list[tuple[Callable[[], object], str]] = [
    (lambda: ewma_chart([], TEN, weight=0.2), "1 values or more"),
    (lambda: ewma_chart([1], TEN, weight=0), "above 0 and is at most 1"),
    (lambda: ewma_chart([1], TEN, weight=1.01), "above 0 and is at most 1"),
    (lambda: ewma_chart([1], TEN, weight=0.2, size=0), "one value or more"),
    (lambda: ewma_chart([1], known(10), weight=0.2), "needs the standard deviation"),
    (lambda: ewma_chart([math.nan], TEN, weight=0.2), "finite numbers"),
    (lambda: ewma_chart([1], p_chart([1, 2], 9).parameters, weight=0.2), "needs the standard deviation"),
    (lambda: cusum_chart([], TEN, k=0.5, h=5), "1 values or more"),
    (lambda: cusum_chart([1], TEN, k=-1, h=5), "k from 0, h above 0"),
    (lambda: cusum_chart([1], TEN, k=0.5, h=0), "k from 0, h above 0"),
    (lambda: cusum_chart([1], TEN, k=0.5, h=5, head_start=1), "less than 1"),
]


@pytest.mark.parametrize(("chart", "sentence"), BAD)
def test_data_of_which_no_chart_can_come_are_refused(chart: Callable[[], object], sentence: str) -> None:
    with pytest.raises(DataError, match=sentence):
        chart()
