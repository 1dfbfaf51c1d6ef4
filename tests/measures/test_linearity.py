"""Bias at one reference, and linearity over the range."""

from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from techfloor.measures.drift import DataError
from techfloor.measures.linearity import Linearity, bias, linearity

D = Decimal
# AIAG MSA, 4th edition, linearity example: five parts, each read twelve times.
AIAG = {
    2: "2.7 2.5 2.4 2.5 2.7 2.3 2.5 2.5 2.4 2.4 2.6 2.4",
    4: "5.1 3.9 4.2 5.0 3.8 3.9 3.9 3.9 3.9 4.0 4.1 3.8",
    6: "5.8 5.7 5.9 5.9 6.0 6.1 6.0 6.1 6.4 6.3 6.0 6.1",
    8: "7.6 7.7 7.8 7.7 7.8 7.8 7.8 7.7 7.8 7.5 7.6 7.7",
    10: "9.1 9.3 9.5 9.3 9.4 9.5 9.5 9.5 9.6 9.2 9.3 9.4",
}


def aiag(confidence: float = 0.95) -> Linearity:
    return linearity([(x, [D(value) for value in text.split()]) for x, text in AIAG.items()], confidence)


def test_the_linearity_of_aiag_comes_out_as_printed() -> None:
    found = aiag()
    assert found.slope.value == pytest.approx(-0.13167, abs=5e-6)
    assert found.intercept.value == pytest.approx(0.73667, abs=5e-6)
    assert found.slope.t == pytest.approx(-12.043, abs=5e-4)
    assert found.intercept.t == pytest.approx(10.158, abs=5e-4)
    assert found.residual_sd == pytest.approx(0.23954, abs=5e-6)
    assert found.r_squared == pytest.approx(0.714, abs=5e-4)
    assert found.dof == 58
    assert not found.holds


def test_the_biases_of_aiag_come_out_one_by_one() -> None:
    assert [level.bias for level in aiag().levels] == pytest.approx(
        [0.491667, 0.125, 0.025, -0.291667, -0.616667], abs=5e-7
    )
    assert [level.significant for level in aiag().levels] == [True, False, False, True, True]


@given(st.lists(st.integers(-100, 100), min_size=2, max_size=20), st.integers(-50, 50))
def test_the_t_test_of_a_bias_is_that_of_scipy(values: list[int], reference: int) -> None:
    assume(len(set(values)) > 1)
    found, expected = bias(values, reference), stats.ttest_1samp(values, reference)
    bounds = expected.confidence_interval(0.95)
    assert found.t == pytest.approx(float(expected.statistic), abs=1e-9)
    assert found.p == pytest.approx(float(expected.pvalue), abs=1e-9)
    assert (found.low + reference, found.high + reference) == pytest.approx((bounds.low, bounds.high))
    assert found.significant == (not found.low <= 0 <= found.high)


def test_readings_without_scatter_have_a_bias_that_is_sure() -> None:
    found = bias([D("5.1"), D("5.1")], D("5.0"))
    assert (found.bias, found.t, found.p, found.significant) == (0.1, None, None, True)
    assert not bias([5, 5], 5).significant


def test_the_band_is_that_of_the_mean_and_narrowest_in_the_middle() -> None:
    found = aiag()
    middle = min(found.band, key=lambda point: point.high - point.low)
    assert middle.x == pytest.approx(6)
    half = float(stats.t.ppf(0.975, 58)) * found.residual_sd / 60**0.5
    assert middle.high - middle.line == pytest.approx(half)
    ends = found.band[0], found.band[-1]
    assert (ends[0].x, ends[1].x) == (2, 10)
    assert ends[0].high - ends[0].line == pytest.approx(half * (1 + 60 * 16 / 480) ** 0.5)


def test_linearity_holds_only_where_no_bias_lies_within_the_whole_band() -> None:
    near = [(0, [D("0.02"), D("-0.01")]), (5, [D("5.01"), D("4.98")]), (10, [D("10.02"), D("9.99")])]
    assert linearity(near).holds
    high = [(x, [value + D("0.05") for value in values]) for x, values in near]
    assert not linearity(high).holds


def test_a_bias_in_the_middle_is_found_between_the_references() -> None:
    """At both ends the band holds 0, in the middle, where it is narrow, it does not."""
    values = [D("0.42"), D("0.02"), D("0.37"), D("0.07")]
    found = linearity([(0, values), (10, [10 + value for value in values])])
    assert all(point.low <= 0 <= point.high for point in (found.band[0], found.band[-1]))
    assert not found.holds


@given(st.lists(st.lists(st.integers(-30, 60), min_size=2, max_size=4), min_size=2, max_size=4))
def test_what_the_picture_shows_outside_the_verdict_never_misses(errors: list[list[int]]) -> None:
    found = linearity([(10 * i, [10 * i + D(value) / 10 for value in each]) for i, each in enumerate(errors)])
    if not all(point.low <= 0 <= point.high for point in found.band):
        assert not found.holds


def test_linearity_is_a_share_of_any_variation() -> None:
    assert aiag().percent == pytest.approx(13.1667, abs=1e-4)
    assert aiag().over(6.0) == pytest.approx(0.79, abs=1e-4)
    with pytest.raises(DataError):
        aiag().over(0)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: bias([5], 5),
        lambda: bias([5, 6], 5, confidence=1),
        lambda: linearity([(1, [1, 2])]),
        lambda: linearity([(1, [1, 2]), (1, [1, 2])]),
        lambda: linearity([(1, [1, 2]), (2, [1])]),
        lambda: aiag(confidence=0),
    ],
)
def test_too_little_is_refused(wrong: object) -> None:
    assert callable(wrong)
    with pytest.raises(DataError):
        wrong()
