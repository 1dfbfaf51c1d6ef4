"""Capability and intervals: published examples, one-sided specifications, few values, charts that signal."""

import math
from collections.abc import Callable
from decimal import Decimal
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techfloor.measures.capability import Capability, Indices, Method, Spec, Word, capability, indices
from techfloor.measures.control_charts import c_chart, i_mr_charts, x_r_charts, x_s_charts
from techfloor.measures.drift import DataError
from techfloor.measures.estimates import mean_interval, mean_interval_of, sd_interval_of, t_test_of

D = Decimal
CALM = [D(x) / 100 for x in (1002, 998, 1001, 999, 1000, 1003, 997, 1001, 1000, 999, 1002, 998)]


def ends(found: Indices, name: str) -> tuple[float, float]:
    index = getattr(found, name)
    assert index.interval is not None
    return index.interval.low, index.interval.high


def judged(spec: Spec, values: list[Decimal] | None = None) -> Capability:
    chosen = CALM if values is None else values
    return capability(chosen, spec, i_mr_charts(chosen))


def test_the_interval_of_cp_is_that_of_the_book() -> None:
    """Montgomery, example 8.4: 38 to 62, n = 20, s = 1.75; 2.29 with 1.57 to 3.01."""
    found = indices(Spec(38, 62), 50, 1.75, n=20, dof=19)
    assert found.p is not None
    assert found.p.value == pytest.approx(2.29, abs=0.005)
    assert ends(found, "p") == pytest.approx((1.57, 3.01), abs=0.006)
    assert found.p.method is Method.chi_square


def test_the_interval_of_cpk_is_that_of_bissell() -> None:
    """1.33 from 20 values (Montgomery, equation 8.21): 1.33·(1 ± 1.96·√(1/(9·20·1.33²) + 1/38))."""
    found = indices(Spec(0, 13.98), 7.98 + 2.01, 1, n=20, dof=19)
    assert found.pk.value == pytest.approx(1.33)
    half = 1.33 * 1.959964 * math.sqrt(1 / (180 * 1.33**2) + 1 / 38)
    assert ends(found, "pk") == pytest.approx((1.33 - half, 1.33 + half), abs=1e-5)
    assert found.pk.method is Method.bissell


def test_cpm_counts_how_far_the_mean_is_off_the_target() -> None:
    found = indices(Spec(8, 20), 16, 2, n=50, dof=49)
    assert found.pm is not None
    assert found.pm.value == pytest.approx(12 / (6 * math.sqrt(4 + 4)))
    assert indices(Spec(8, 20, 16), 16, 2).pm == indices(Spec(8, 20), 14, 2).pm
    assert found.pm.method is Method.boyles
    assert ends(found, "pm")[0] < found.pm.value < ends(found, "pm")[1]


def test_one_limit_gives_one_sided_indices() -> None:
    found = indices(Spec(None, 20), 16, 2, n=40, dof=39)
    assert (found.p, found.pl, found.pm, found.k, found.below) == (None, None, None, None, 0)
    assert found.pu is not None
    assert found.pk.value == found.pu.value == pytest.approx(4 / 6)
    assert found.above == pytest.approx(1 - NormalDist().cdf(2))


def test_the_share_expected_outside_keeps_its_digits_far_out() -> None:
    assert indices(Spec(-6, 6), 0, 1).outside == pytest.approx(1.973e-9, rel=1e-3)


def test_without_n_an_index_has_no_interval() -> None:
    assert indices(Spec(8, 20), 16, 2).pk.interval is None


def test_indices_within_and_overall_are_named_apart() -> None:
    found = judged(Spec(D("9.9"), D("10.1")))
    assert found.within is not None
    assert found.within.p is not None
    assert found.overall.p is not None
    assert (found.within.p.name, found.within.pk.name) == ("Cp", "Cpk")
    assert (found.overall.p.name, found.overall.pk.name) == ("Pp", "Ppk")
    assert found.within.pm is None
    assert found.overall.pm is not None
    assert found.overall.pm.name == "Cpm"
    assert found.within.sigma != found.overall.sigma
    assert found.word is Word.capability


def test_what_is_out_of_control_is_called_performance() -> None:
    found = judged(Spec(D("9"), D("12")), [*CALM, D("11.9")])
    assert (found.word, found.within) == (Word.performance, None)


@pytest.mark.parametrize(("n", "few"), [(29, True), (30, False)])
def test_few_values_are_marked(n: int, few: bool) -> None:
    assert judged(Spec(9, 11), (CALM * 3)[:n]).few is few


def test_values_outside_are_counted_and_a_value_on_a_limit_is_inside() -> None:
    found = judged(Spec(D("9.98"), D("10.02")))
    assert (found.counted_below, found.counted_above) == (1, 1)


def test_subgroups_carry_their_degrees_of_freedom() -> None:
    groups = [[D(a), D(b), D(c), D(d), D(e)] for a, b, c, d, e in [(1, 3, 2, 5, 4), (2, 4, 4, 3, 1), (5, 1, 3, 2, 3)]]
    values = [value for group in groups for value in group]
    by_range, by_s = (chart(groups).parameters.dof for chart in (x_r_charts, x_s_charts))
    assert by_range == pytest.approx(3 * 3.62, abs=0.02)
    assert by_s == pytest.approx(3 * 3.79, abs=0.02)
    found = capability(values, Spec(-9, 15), x_r_charts(groups))
    assert found.within is not None
    assert found.within.dof == by_range


def test_moving_ranges_are_worth_six_tenths_of_a_degree_each() -> None:
    dof = i_mr_charts([*range(500), *range(500)]).parameters.dof
    assert dof == pytest.approx(0.605 * 999, rel=0.002)


@given(st.floats(5, 23), st.floats(0.5, 5), st.integers(2, 300))
def test_cpk_is_never_above_cp_and_lies_in_its_interval(centre: float, sigma: float, n: int) -> None:
    found = indices(Spec(8, 20), centre, sigma, n=n, dof=n - 1)
    assert found.p is not None
    assert found.pm is not None
    assert found.pk.value <= found.p.value + 1e-12
    assert found.pm.value <= found.p.value + 1e-12
    assert ends(found, "pk")[0] < found.pk.value < ends(found, "pk")[1]
    assert found.k is not None
    assert found.pk.value == pytest.approx(found.p.value * (1 - found.k))


@given(st.floats(-100, 100), st.floats(0.1, 10))
def test_indices_do_not_depend_on_the_unit(by: float, times: float) -> None:
    one = indices(Spec(8, 20), 15, 2)
    other = indices(Spec(8 * times + by, 20 * times + by), 15 * times + by, 2 * times)
    assert other.pk.value == pytest.approx(one.pk.value)
    assert other.outside == pytest.approx(one.outside, rel=1e-6)


def test_the_interval_of_a_mean_holds_the_mean_as_often_as_it_says() -> None:
    found = mean_interval([D(1), D(2), D(3)], 0.9)
    assert found.value == 2
    assert found.high - 2 == pytest.approx(2.919986 / math.sqrt(3), abs=1e-6)


def test_the_interval_of_a_standard_deviation_is_that_of_the_handbook() -> None:
    """NIST/SEMATECH e-Handbook 1.3.5.8, gear data: n = 100, s = 0.006278 7; 0.005 51 to 0.007 29 at 95 %."""
    found = sd_interval_of(100, 0.0062789)
    assert (found.low, found.high) == pytest.approx((0.005513, 0.007294), abs=2e-6)


def test_the_t_of_a_mean_is_that_of_the_handbook() -> None:
    """NIST/SEMATECH e-Handbook 1.3.5.2, ZARR13: t = 2611.284 against 5, with 194 degrees of freedom."""
    found = t_test_of(195, 9.261460, 0.02278881, 5)
    assert found.t == pytest.approx(2611.284, abs=0.01)
    assert found.dof == 194
    assert found.p == pytest.approx(0, abs=1e-12)
    assert t_test_of(11, 1, math.sqrt(11), 0).p == pytest.approx(0.34089, abs=1e-5)


BAD: list[tuple[Callable[[], object], str]] = [
    (lambda: Spec(None, None), "a lower limit, an upper one, or both"),
    (lambda: Spec(2, 2), "lies below the upper one"),
    (lambda: Spec(3, 2), "lies below the upper one"),
    (lambda: Spec(math.nan, 2), "finite numbers"),
    (lambda: indices(Spec(1, 2), 1.5, 0), "standard deviation above 0"),
    (lambda: indices(Spec(1, 2), math.nan, 1), "finite mean"),
    (lambda: indices(Spec(1, 2), 1.5, 1, n=1, dof=0), "two values or more"),
    (lambda: indices(Spec(1, 2), 1.5, 1, n=5, dof=0), "degrees of freedom above 0"),
    (lambda: indices(Spec(1, 2), 1.5, 1, n=5, dof=4, confidence=1), "between 0 and 1"),
    (lambda: capability([1, 2], Spec(0, 1), c_chart([4, 5])), "chart them as I-MR, X-R or X-s"),
    (lambda: capability([3], Spec(0, 1), i_mr_charts([1, 2])), "2 values or more"),
    (lambda: capability([3, 3], Spec(0, 1), i_mr_charts([1, 2])), "do not scatter"),
    (lambda: mean_interval_of(1, 2, 3), "two values or more"),
    (lambda: mean_interval_of(9, 2, -3), "one from 0"),
    (lambda: mean_interval_of(9, math.nan, 3), "finite number"),
    (lambda: mean_interval_of(9, 2, 3, 1.0), "between 0 and 1"),
    (lambda: t_test_of(9, 2, 0, 1), "do not scatter"),
]


@pytest.mark.parametrize(("question", "sentence"), BAD)
def test_what_has_no_answer_is_refused(question: Callable[[], object], sentence: str) -> None:
    with pytest.raises(DataError, match=sentence):
        question()
