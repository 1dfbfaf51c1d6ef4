"""Productivity, Pareto and the scores of a certification: exact to the last digit."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techfloor.measures.amounts import percent
from techfloor.measures.drift import DataError
from techfloor.measures.pareto import OTHER, pareto, vital_few
from techfloor.measures.productivity import Period, change, multifactor, of_factor, productivity
from techfloor.measures.score import MT1, Certification, Module, Scheme, award, best

F = Fraction
D = Decimal
weights = st.dictionaries(st.text(max_size=4), st.decimals(0, 1000, places=2), max_size=8)
scores = st.decimals(0, 100, places=1)


def test_productivity_is_of_the_sums_and_never_an_average() -> None:
    periods = [Period(8, {"labour": 32}), Period(28, {"labour": 32})]
    assert of_factor(periods, "labour") == F(36, 64)
    assert productivity(5, 0) is None
    assert multifactor(5, []) is None
    assert change(7, 4) == F(3, 4)
    assert change(1, 4) == F(-3, 4)
    assert change(1, 0) is None


def test_a_period_that_does_not_say_what_it_used_is_refused() -> None:
    with pytest.raises(DataError):
        of_factor([Period(8, {"labour": 32}), Period(9, {})], "labour")


@given(weights)
def test_the_bars_hold_every_cause_once_and_add_up_to_all(given_weights: dict[str, D]) -> None:
    bars = pareto(given_weights)
    assert {bar.cause: bar.weight for bar in bars} == {cause: F(weight) for cause, weight in given_weights.items()}
    if any(given_weights.values()):
        assert bars[-1].cumulative == 1
        assert sum(bar.share or 0 for bar in bars) == 1


@given(weights, st.integers(1, 4))
def test_bars_fall_but_for_the_last_and_lumping_loses_nothing(given_weights: dict[str, D], most: int) -> None:
    bars = pareto(given_weights, most=most)
    named = [bar.weight for bar in bars if bar.cause != OTHER]
    assert named == sorted(named, reverse=True)
    assert len(named) <= most
    assert sum(bar.weight for bar in bars) == sum(F(weight) for weight in given_weights.values())


def test_of_equal_causes_the_first_given_stays_first_and_other_is_last_whatever_it_weighs() -> None:
    bars = pareto([("c", 2), (OTHER, 90), ("a", 2), ("b", 3), ("c", 1)])
    assert [bar.cause for bar in bars] == ["c", "b", "a", OTHER]


def test_the_vital_few_reach_80_percent_and_one_that_is_exactly_there_is_enough() -> None:
    assert [bar.cause for bar in vital_few(pareto({"a": 50, "b": 30, "c": 20}))] == ["a", "b"]
    assert vital_few(pareto({"a": 0, "b": 0})) == []


def test_without_any_weight_a_share_is_na() -> None:
    assert [percent(bar.share) for bar in pareto({"a": 0})] == ["n/a"]


@pytest.mark.parametrize("wrong", [{"a": -1}, {"a": D("NaN")}])
def test_a_weight_that_cannot_be_is_refused(wrong: dict[str, D | int]) -> None:
    with pytest.raises(DataError):
        pareto(wrong)
    with pytest.raises(DataError):
        pareto({"a": 1, "b": 1}, most=0)


def earned(math: str, spatial: str, quality: str) -> tuple[str | None, set[str]]:
    found = award(MT1, {"math": D(math), "spatial": D(spatial), "quality": D(quality)})
    return found.certification.key if found.certification else None, {each.key for each in found.passed}


def test_each_module_keeps_its_certificate_where_no_certification_is_earned() -> None:
    assert earned("80", "60", "90") == (None, {"math", "quality"})
    assert earned("75", "75", "74.99") == ("MS", {"math", "spatial"})
    assert earned("75.0", "75", "75") == ("MT1", {"math", "spatial", "quality"})
    assert earned("74.5", "100", "100")[0] is None


@given(scores, scores, scores)
def test_a_better_score_never_takes_anything_away(one: D, other: D, third: D) -> None:
    rank = {"MT1": 2, "MS": 1, None: 0}
    low, _ = earned(str(min(one, other)), str(third), str(third))
    high, _ = earned(str(max(one, other)), str(third), str(third))
    assert rank[high] >= rank[low]


def test_a_module_not_taken_is_to_take_and_one_not_passed_to_train() -> None:
    found = award(MT1, {"math": D(74)})
    assert [each.key for each in found.to_train] == ["math"]
    assert [each.key for each in found.to_take] == ["spatial", "quality"]


def test_thresholds_are_data() -> None:
    stricter = MT1.with_thresholds({"math": D(80)})
    assert award(stricter, dict.fromkeys(("math", "spatial", "quality"), D(79))).certification is None
    with pytest.raises(DataError):
        Scheme((Module("a", "A", D(1)),), (Certification("x", "X", frozenset({"b"})),))


def test_the_best_of_each_module_counts_over_attempts() -> None:
    assert best([{"math": D(80)}, {"math": D(60), "quality": D(75)}]) == {"math": D(80), "quality": D(75)}


@pytest.mark.parametrize("wrong", [{"math": D("100.1")}, {"math": D(-1)}, {"maths": D(80)}, {"math": D("NaN")}])
def test_a_score_that_cannot_be_is_refused(wrong: dict[str, D]) -> None:
    with pytest.raises(DataError):
        award(MT1, wrong)


def test_a_percentage_is_rounded_where_it_is_printed() -> None:
    assert (percent(F(2, 3), 2), percent(F(0)), percent(F(7, 5), 0), percent(None)) == ("66.67", "0.0", "140", "n/a")
