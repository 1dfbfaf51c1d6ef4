"""Shewhart's charts: limits, who is out, frozen limits, sizes that differ, and data of which no chart can come."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from statistics import stdev

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from techfloor.measures.chart_constants import factors
from techfloor.measures.chart_parts import Charts, Estimator, Family, Kind, freeze, known
from techfloor.measures.chart_parts import given as parameters
from techfloor.measures.chart_rules import Rule
from techfloor.measures.control_charts import (
    c_chart,
    i_mr_charts,
    limits_chart,
    np_chart,
    p_chart,
    u_chart,
    x_r_charts,
    x_s_charts,
)
from techfloor.measures.drift import DataError

D = Decimal
EVERY = tuple(Rule)
# Viscosity of 15 batches (Montgomery, Table 6.6), and flow rates (NIST/SEMATECH e-Handbook 6.3.2.2).
VISCOSITY = [33.75, 33.05, 34.00, 33.81, 33.46, 34.02, 33.68, 33.27, 33.49, 33.20, 33.62, 33.00, 33.54, 33.12, 33.84]
FLOW = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]
# Defective cans of orange juice in samples of 50 (Montgomery, Table 7.1), boards (Table 7.7), orders (Table 7.4).
CANS = [12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 22, 8, 10, 5, 13, 11, 20, 18, 24, 15, 9, 12, 7, 13, 9, 6]
BOARDS = [21, 24, 16, 12, 15, 5, 28, 20, 31, 25, 20, 24, 16, 19, 10, 17, 13, 22, 18, 39, 30, 24, 16, 19, 17, 15]
ORDERS = [100, 80, 80, 100, 110, 110, 100, 100, 90, 90, 110, 120, 120]
ORDERS += [120, 110, 80, 80, 80, 90, 100, 100, 100, 100, 90, 90]
WRONG = [12, 8, 6, 9, 10, 12, 11, 16, 10, 6, 20, 15, 9, 8, 6, 8, 10, 7, 5, 8, 5, 8, 10, 6, 9]
GROUPS = [[D("10.1"), D("10.3"), D("9.8")], [D("10.0"), D("10.4"), D("10.2")], [D("9.9"), D("9.7"), D("10.1")]]

values = st.integers(-500, 500).map(lambda n: D(n) / 10)
same_size = st.integers(2, 6).flatmap(
    lambda n: st.lists(st.lists(values, min_size=n, max_size=n), min_size=2, max_size=12)
)
any_size = st.lists(st.lists(values, min_size=2, max_size=6), min_size=2, max_size=12)


def scattered(groups: Sequence[Sequence[Decimal]]) -> bool:
    return any(min(group) < max(group) for group in groups)


def drawn(charts: Charts) -> list[tuple[float | None, float, float | None]]:
    return [(point.lower, point.centre, point.upper) for chart in charts.drawn for point in chart.points]


def test_single_values_have_the_limits_of_their_moving_ranges() -> None:
    found = i_mr_charts(VISCOSITY)
    assert found.spread is not None
    limits = found.location.limits
    assert (limits.lower, limits.centre, limits.upper) == pytest.approx((32.24, 33.52, 34.80), abs=0.01)
    assert found.spread.limits.upper == pytest.approx(1.57, abs=0.005)
    assert found.spread.limits.lower == 0
    assert found.in_control


def test_the_flow_rates_have_the_limits_of_the_handbook_by_printed_factors() -> None:
    limits = i_mr_charts(FLOW, printed=True).location.limits
    assert (limits.lower, limits.centre, limits.upper) == pytest.approx((45.8158, 50.81, 55.8041), abs=2e-4)
    assert i_mr_charts(FLOW).location.limits.upper == pytest.approx(55.8024, abs=6e-5)


def test_printed_factors_give_limits_by_the_formulas_of_the_tables() -> None:
    r_bar, s_bar = 5.5, (stdev([1, 2, 3, 4, 6]) + stdev([10, 12, 13, 15, 16])) / 2
    x_r, x_s = (chart([[1, 2, 3, 4, 6], [10, 12, 13, 15, 16]], printed=True) for chart in (x_r_charts, x_s_charts))
    assert x_r.location.limits.upper == pytest.approx(x_r.location.limits.centre + 0.577 * r_bar)
    assert x_s.location.limits.upper == pytest.approx(x_s.location.limits.centre + 1.427 * s_bar)
    assert x_r.spread is not None
    assert x_s.spread is not None
    assert x_r.spread.limits.upper == pytest.approx(2.114 * r_bar)
    assert x_s.spread.limits.upper == pytest.approx(2.089 * s_bar)


def test_a_value_that_is_left_out_takes_its_moving_ranges_along() -> None:
    found = i_mr_charts([1, 2, 99, 4, 3], left_out=(3,))
    assert found.parameters.centre == Fraction(5, 2)
    assert float(found.parameters.sigma or 0) == pytest.approx(1 / 1.1283792)
    assert found.location.beyond_limits == (3,)


def test_the_first_moving_range_belongs_to_the_second_value() -> None:
    found = i_mr_charts([1, 2, 4, 3])
    assert found.spread is not None
    assert [(point.number, point.value) for point in found.spread.points] == [(2, 1), (3, 2), (4, 1)]


def test_a_wider_window_takes_the_range_of_more_values_in_a_row() -> None:
    found = i_mr_charts([1, 2, 4, 3, 3], window=3)
    assert found.spread is not None
    assert [(point.number, point.value) for point in found.spread.points] == [(3, 3), (4, 2), (5, 1)]
    assert found.parameters.dof is None


def test_shares_of_defective_pieces() -> None:
    found = p_chart(CANS, 50).location
    assert (found.limits.lower, found.limits.upper) == pytest.approx((0.0524, 0.4102), abs=5e-5)
    assert found.beyond_limits == (15, 23)
    assert np_chart(CANS, 50).location.beyond_limits == (15, 23)


def test_the_limits_of_shares_step_with_the_size_of_the_sample() -> None:
    found = p_chart(WRONG, ORDERS)
    assert float(found.parameters.centre) == pytest.approx(0.096, abs=0.0005)
    assert found.location.beyond_limits == (11,)
    first, second = found.location.points[:2]
    assert (first.lower, first.upper) == pytest.approx((0.007, 0.184), abs=0.001)
    assert (second.lower, second.upper) == pytest.approx((0, 0.194), abs=0.001)


def test_points_that_are_left_out_of_the_estimate_are_drawn_and_judged() -> None:
    found = c_chart(BOARDS, left_out=(6, 20))
    limits = found.location.limits
    assert (limits.lower, limits.centre, limits.upper) == pytest.approx((6.36, 19.67, 32.97), abs=0.005)
    assert found.location.beyond_limits == (6, 20)
    assert found.parameters.left_out == (6, 20)
    assert (found.parameters.subgroups, len(found.location.points)) == (24, 26)


def test_rates_step_with_the_units_looked_at() -> None:
    found = u_chart([4, 8], [D("2.5"), 10])
    assert found.parameters.centre == Fraction(12) / Fraction("12.5")
    assert found.parameters.values == 12.5
    wide, narrow = found.location.points
    assert wide.upper is not None
    assert narrow.upper is not None
    assert wide.upper - wide.centre == pytest.approx(2 * (narrow.upper - narrow.centre))


@pytest.mark.parametrize(
    ("charts", "on_limit"),
    [
        (c_chart([10], baseline=known("b", Family.c, parameters(4))), 10),
        (np_chart([19], 100, baseline=known("b", Family.np, parameters(D("0.1")))), 19),
        (p_chart([19], 100, baseline=known("b", Family.p, parameters(D("0.1")))), 0.19),
        (i_mr_charts([D("10.3")], baseline=known("b", Family.i_mr, parameters(10, D("0.1")))), 10.3),
        (i_mr_charts([10.3], baseline=known("b", Family.i_mr, parameters(10.0, 0.1))), 10.3),
        (limits_chart([D("0.3")], D("-0.1"), D("0.3")), 0.3),
    ],
)
def test_a_point_on_its_limit_is_not_out(charts: Charts, on_limit: float) -> None:
    (point,) = charts.location.points
    assert (point.value, point.upper) == (on_limit, on_limit)
    assert charts.in_control


@pytest.mark.parametrize(
    "charts",
    [
        c_chart([11], baseline=known("b", Family.c, parameters(4))),
        i_mr_charts([D("10.3000001")], baseline=known("b", Family.i_mr, parameters(10, D("0.1")))),
        x_r_charts([[D("10.15"), D("10.1500001")]], baseline=known("b", Family.x_r, parameters(10, D("0.07")))),
        limits_chart([D("-0.1000001")], D("-0.1"), D("0.3")),
    ],
)
def test_a_point_just_beyond_its_limit_is_out(charts: Charts) -> None:
    assert charts.location.beyond_limits == (1,)


def test_the_mean_of_a_subgroup_on_its_limit_is_not_out() -> None:
    frozen = known("b", Family.x_r, parameters(10, D("0.1")))
    assert x_r_charts([[D("10.15")] * 4], baseline=frozen).location.in_control
    assert not x_r_charts([[D("10.15")] * 3 + [D("10.16")]], baseline=frozen).location.in_control


def test_frozen_limits_hold_for_what_comes_later() -> None:
    first = x_r_charts(GROUPS)
    frozen = freeze("BL-2026-01", first)
    later = x_r_charts([[D("11.0"), D("11.2"), D("11.1")], [D("10.0"), D("10.1"), D("10.2")]], baseline=frozen)
    assert later.baseline == "BL-2026-01"
    assert later.location.limits == first.location.limits == frozen.limits[0]
    assert later.location.beyond_limits == (1,)
    assert (later.parameters.subgroups, later.parameters.values) == (3, 9)
    assert not later.parameters.is_firm


def test_frozen_limits_keep_their_width() -> None:
    frozen = freeze("B", c_chart(BOARDS, width=2))
    assert c_chart([33], baseline=frozen).location.width == 2


def test_frozen_limits_are_not_frozen_again_nor_used_for_another_chart() -> None:
    frozen = freeze("BL-1", x_r_charts(GROUPS))
    with pytest.raises(DataError, match="frozen already, as BL-1"):
        freeze("BL-2", x_r_charts(GROUPS, baseline=frozen))
    with pytest.raises(DataError, match="those of a X-R chart"):
        x_s_charts(GROUPS, baseline=frozen)
    with pytest.raises(DataError, match="an id"):
        freeze(" ", x_r_charts(GROUPS))


def test_typed_limits_are_not_frozen() -> None:
    with pytest.raises(DataError, match="works them out of its points"):
        freeze("B", limits_chart([1], 0, 2))


def test_parameters_are_written_down_and_read_again_without_loss() -> None:
    frozen = freeze("B", x_s_charts(GROUPS, estimator=Estimator.weighted_sd)).parameters
    again = replace(frozen, centre=Fraction(str(frozen.centre)), sigma=Fraction(str(frozen.sigma)))
    assert again == frozen


def test_the_limits_shown_are_those_of_the_usual_size() -> None:
    assert p_chart([1, 2, 1, 0], [50, 80, 80, 100]).location.limits.size == 80


def test_every_chart_names_its_estimator() -> None:
    assert x_r_charts(GROUPS).location.estimator is Estimator.mean_range
    assert x_s_charts(GROUPS, estimator=Estimator.pooled_sd).location.estimator is Estimator.pooled_sd
    assert i_mr_charts(FLOW).location.estimator is Estimator.moving_range
    assert c_chart(BOARDS).location.estimator is Estimator.poisson
    assert p_chart(CANS, 50).location.estimator is Estimator.binomial


def test_subgroups_of_one_size_pool_to_the_root_mean_square() -> None:
    by_size = x_s_charts(GROUPS, estimator=Estimator.pooled_by_size)
    assert by_size.spread is not None
    squares = [stdev(map(float, group)) ** 2 for group in GROUPS]
    assert by_size.spread.limits.centre == pytest.approx(math.sqrt(sum(squares) / 3))
    assert by_size.parameters.dof == 6


def test_weighted_estimates_trust_larger_subgroups_more() -> None:
    """The weights are d2²/d3² and c4²/(1 - c4²) (Burr 1969)."""
    groups = [[1, 2], [3, 9, 4, 5, 3]]
    two, five = factors(2), factors(5)
    weights = [(row.d2 / row.d3) ** 2 for row in (two, five)]
    expected = (weights[0] * 1 / two.d2 + weights[1] * 6 / five.d2) / sum(weights)
    found = x_r_charts(groups, estimator=Estimator.weighted_range).parameters
    assert float(found.sigma or 0) == pytest.approx(expected)
    assert found.dof == pytest.approx(sum(weights) / 2)
    weights = [row.c4**2 / (1 - row.c4**2) for row in (two, five)]
    expected = sum(w * stdev(g) / row.c4 for w, g, row in zip(weights, groups, (two, five), strict=True))
    found = x_s_charts(groups, estimator=Estimator.weighted_sd).parameters
    assert float(found.sigma or 0) == pytest.approx(expected / sum(weights))


def test_the_pooled_estimate_is_free_of_bias() -> None:
    found = x_s_charts([[1, 2], [3, 9, 4, 5, 3]], estimator=Estimator.pooled_sd).parameters
    pooled_s = math.sqrt((0.5 + 4 * stdev([3, 9, 4, 5, 3]) ** 2) / 5)
    assert float(found.sigma or 0) == pytest.approx(pooled_s / factors(6).c4)
    assert found.dof == 5


def test_larger_subgroups_have_narrower_limits() -> None:
    narrow, wide = x_r_charts([[1, 2, 3, 4, 5], [2, 4]]).location.points
    assert narrow.upper is not None
    assert wide.upper is not None
    assert (wide.upper - wide.centre) / (narrow.upper - narrow.centre) == pytest.approx(math.sqrt(5 / 2))


def test_the_median_of_moving_ranges_ignores_one_wild_value() -> None:
    calm = [D(10), D("10.1")] * 10
    wild = [*calm, D(50)]
    found = i_mr_charts(wild, estimator=Estimator.median_moving_range)
    assert float(found.parameters.sigma or 0) == pytest.approx(0.1 / 0.9539, rel=1e-4)


def test_typed_limits_may_be_missing_on_one_side() -> None:
    found = limits_chart([1, 9], None, 8, centre=0, rules=EVERY)
    assert found.location.beyond_limits == (2,)
    assert found.location.points[0].lower is None


def ranged(groups: Sequence[Sequence[Decimal]]) -> Charts:
    return x_r_charts(groups, rules=EVERY)


def deviated(groups: Sequence[Sequence[Decimal]]) -> Charts:
    return x_s_charts(groups, rules=EVERY, estimator=Estimator.weighted_sd)


def pooled(groups: Sequence[Sequence[Decimal]]) -> Charts:
    return x_s_charts(groups, rules=EVERY, estimator=Estimator.pooled_by_size)


CHARTS = pytest.mark.parametrize("chart", [ranged, deviated, pooled])


@CHARTS
@settings(max_examples=30)
@given(any_size.filter(scattered), values, st.integers(1, 9))
def test_shifting_and_scaling_the_data_shifts_and_scales_the_limits(
    chart: Callable[[Sequence[Sequence[Decimal]]], Charts], groups: list[list[Decimal]], by: Decimal, times: int
) -> None:
    one, other = chart(groups), chart([[value * times + by for value in group] for group in groups])
    for here, there in zip(one.location.points, other.location.points, strict=True):
        assert there.centre == pytest.approx(here.centre * times + float(by), abs=1e-9)
        assert there.upper == pytest.approx((here.upper or 0) * times + float(by), abs=1e-9)
        assert there.sigmas == pytest.approx(here.sigmas, abs=1e-9)
    assert one.location.beyond_limits == other.location.beyond_limits


@CHARTS
@settings(max_examples=30)
@given(any_size.filter(scattered), st.randoms())
def test_the_order_of_subgroups_changes_no_limits(
    chart: Callable[[Sequence[Sequence[Decimal]]], Charts], groups: list[list[Decimal]], dice: "st.DrawFn"
) -> None:
    mixed = list(groups)
    dice.shuffle(mixed)  # type: ignore[attr-defined]
    assert sorted(drawn(chart(groups)), key=str) == sorted(drawn(chart(mixed)), key=str)


@settings(max_examples=30)
@given(same_size.filter(scattered))
def test_for_one_size_weighing_changes_nothing(groups: list[list[Decimal]]) -> None:
    for chart, plain, weighted in (
        (x_r_charts, Estimator.mean_range, Estimator.weighted_range),
        (x_s_charts, Estimator.mean_sd, Estimator.weighted_sd),
    ):
        one, other = (chart(groups, estimator=estimator).parameters for estimator in (plain, weighted))
        assert float(one.sigma or 0) == pytest.approx(float(other.sigma or 0))
        assert one.dof == pytest.approx(other.dof)


@settings(max_examples=30)
@given(any_size.filter(scattered))
def test_points_carry_values_and_limits_that_go_together(groups: list[list[Decimal]]) -> None:
    for chart in ranged(groups).drawn:
        for point in chart.points:
            assert point.lower is not None
            assert point.upper is not None
            assert point.lower <= point.centre <= point.upper
            assert (abs(point.sigmas) > 3 + 1e-9) <= (point.number in chart.beyond_limits)


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(30, 60)), min_size=1, max_size=15))
def test_defectives_and_shares_agree(pairs: list[tuple[int, int]]) -> None:
    counted, sizes = [d for d, _ in pairs], [pairs[0][1]] * len(pairs)
    if not any(counted) or counted == sizes:
        return
    one, other = np_chart(counted, sizes[0]), p_chart(counted, sizes)
    assert one.location.signals == other.location.signals
    assert [p.sigmas for p in one.location.points] == [p.sigmas for p in other.location.points]


BAD: list[tuple[Callable[[], object], str]] = [
    (lambda: x_r_charts([]), "needs a subgroup"),
    (lambda: x_r_charts([[1, 2], [3]]), "two values or more; single values go on an I-MR chart"),
    (lambda: x_r_charts([[5, 5], [5, 5]]), "do not scatter"),
    (lambda: x_r_charts([[1, math.nan]]), "finite numbers"),
    (lambda: x_r_charts([[1, D("Infinity")]]), "finite numbers"),
    (lambda: x_r_charts([[1, D("NaN")]]), "finite numbers"),
    (lambda: x_r_charts(GROUPS, estimator=Estimator.mean_sd), "does not estimate by s̄/c4"),
    (lambda: x_r_charts(GROUPS, width=0), "more than 0 standard deviations"),
    (lambda: x_r_charts(GROUPS, left_out=(4,)), "by its number on the chart"),
    (lambda: x_r_charts(GROUPS, left_out=(1, 2, 3)), "all points are left out"),
    (lambda: x_s_charts([[5, 5], [7, 7]]), "do not scatter"),
    (lambda: i_mr_charts([]), "2 values or more"),
    (lambda: i_mr_charts([1]), "2 values or more"),
    (lambda: i_mr_charts([1, 1, 1]), "do not scatter"),
    (lambda: i_mr_charts([1, 2, 3], left_out=(2,)), "too few values in a row"),
    (lambda: i_mr_charts([1, 2, 3], window=4), "window of two values or more"),
    (lambda: i_mr_charts([1, 2, 3], estimator=Estimator.mean_sd), "single values give no s̄/c4"),
    (lambda: p_chart([], 5), "1 values or more"),
    (lambda: p_chart([6], 5), "no more defective pieces than pieces"),
    (lambda: p_chart([-1], 5), "whole number from 0"),
    (lambda: p_chart([1, 2], [5]), "as many sizes as counts"),
    (lambda: p_chart([1], 0), "above 0"),
    (lambda: p_chart([0, 0], 5), "nothing was counted, or everything"),
    (lambda: np_chart([5, 5], 5), "nothing was counted, or everything"),
    (lambda: c_chart([0, 0]), "nothing was counted"),
    (lambda: c_chart([1.5]), "whole number from 0"),  # type: ignore[list-item]
    (lambda: u_chart([1], -2), "above 0"),
    (lambda: limits_chart([1], 3, 2), "lower limit lies below"),
    (lambda: limits_chart([1], 2, 2), "lower limit lies below"),
    (lambda: limits_chart([1], 0, 2, centre=3), "lower limit lies below"),
    (lambda: limits_chart([1], 0, None), "needs a centre"),
    (lambda: parameters(1, 0), "above 0"),
    (lambda: known("b", Family.x_s, parameters(1)), "needs the standard deviation"),
    (lambda: known("", Family.c, parameters(1)), "need an id"),
]


@pytest.mark.parametrize(("chart", "sentence"), BAD)
def test_data_of_which_no_chart_can_come_are_refused(chart: Callable[[], object], sentence: str) -> None:
    with pytest.raises(DataError, match=sentence):
        chart()


def test_the_charts_of_a_pair_come_in_the_order_they_are_drawn() -> None:
    assert [chart.kind for chart in x_s_charts(GROUPS).drawn] == [Kind.mean, Kind.sd]
    assert [chart.kind for chart in i_mr_charts(FLOW).drawn] == [Kind.individuals, Kind.moving_range]
    assert [chart.kind for chart in u_chart([1], 2).drawn] == [Kind.rate]


def test_the_limits_of_pooled_subgroups_take_the_factors_of_each_size() -> None:
    groups = [[1, 2, 4], [3, 3, 5, 6, 2], [2, 8]]
    found = x_s_charts(groups, estimator=Estimator.pooled_by_size)
    pooled_s = math.sqrt(sum((len(g) - 1) * stdev(g) ** 2 for g in groups) / 7)
    assert found.spread is not None
    point, deviation = found.location.points[1], found.spread.points[1]
    assert point.upper == pytest.approx(3.6 + 1.42729 * pooled_s, rel=1e-5)
    assert deviation.upper == pytest.approx(2.08900 * pooled_s, rel=1e-4)
    assert deviation.centre == pytest.approx(pooled_s)
