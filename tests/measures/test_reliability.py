"""Time between failures, time to repair, availability, and what a watch without a failure says."""

import math
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techfloor.measures.drift import DataError
from techfloor.measures.reliability import Life, mtbf_bounds, reliability, survival

hours = st.decimals("0.1", 10_000, places=1)


def test_times_and_repairs_give_mtbf_mttr_rate_and_availability() -> None:
    found = reliability([Life(100), Life(Decimal("120.5")), Life(79, failed=False)], [Decimal("1.5"), Decimal("0.5")])
    assert found.mtbf == Fraction("149.75")
    assert found.mttr == 1
    assert found.failure_rate == Fraction(2) / Fraction("299.5")
    assert found.availability == Fraction("149.75") / Fraction("150.75")
    assert (found.failures, found.censored) == (2, 1)


def test_without_a_failure_there_is_no_mtbf_and_it_was_available_all_the_time() -> None:
    found = reliability([Life(500, failed=False)])
    assert (found.mtbf, found.mttr) == (None, None)
    assert found.failure_rate == 0
    assert found.availability == 1


def test_nothing_watched_says_nothing() -> None:
    found = reliability([])
    assert (found.mtbf, found.failure_rate, found.availability) == (None, None, None)


@given(st.lists(st.builds(Life, hours, st.booleans()), min_size=1, max_size=8))
def test_mtbf_and_failure_rate_are_each_others_inverse(lives: list[Life]) -> None:
    found = reliability(lives)
    if found.mtbf is not None and found.failure_rate is not None:
        assert found.mtbf * found.failure_rate == 1


@given(st.lists(hours, min_size=1, max_size=8), hours)
def test_a_censored_time_only_raises_the_mtbf(times: list[Decimal], more: Decimal) -> None:
    lives = [Life(each) for each in times]
    before, after = reliability(lives).mtbf, reliability([*lives, Life(more, failed=False)]).mtbf
    assert before is not None
    assert after is not None
    assert after > before


def test_the_chance_to_survive_the_mtbf_is_1_over_e() -> None:
    assert survival(100, 100) == pytest.approx(1 / math.e)
    with pytest.raises(DataError):
        survival(1, 0)


def test_bounds_hold_the_estimate_and_stay_finite_below_without_a_failure() -> None:
    lower, upper = mtbf_bounds(1000, 5, 0.90)
    assert lower < 200 < upper
    # One-sided 95 %: 2T / chi-square(0.95; 2), which is T / -ln(0.05).
    assert mtbf_bounds(1000, 0, 0.90)[0] == pytest.approx(1000 / -math.log(0.05))
    assert mtbf_bounds(1000, 0, 0.90)[1] == math.inf


def test_a_watch_that_ended_with_a_failure_has_a_narrower_bound() -> None:
    assert mtbf_bounds(1000, 5, ended_by_failure=True)[0] > mtbf_bounds(1000, 5)[0]


@pytest.mark.parametrize(
    ("time", "failures", "confidence", "ended"),
    [(0, 1, 0.9, False), (10, -1, 0.9, False), (10, 1, 1.0, False), (10, 0, 0.9, True)],
)
def test_bounds_of_nothing_are_refused(time: int, failures: int, confidence: float, ended: bool) -> None:
    with pytest.raises(DataError):
        mtbf_bounds(time, failures, confidence, ended_by_failure=ended)


def test_a_negative_time_is_refused() -> None:
    with pytest.raises(DataError):
        Life(-1)
