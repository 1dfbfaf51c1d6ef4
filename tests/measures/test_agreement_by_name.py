"""Kappa, and agreement of appraisers who judge by name."""

from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from techfloor.measures.attribute_study import AttributeStudy, agreement, attribute_study, share
from techfloor.measures.drift import DataError
from techfloor.measures.kappa import cohen, fleiss
from techfloor.measures.study import StudyError

# Fleiss (1971) as worked through in many texts: ten things, fourteen judges, five categories.
WORKED = (
    """0 0 0 0 14  0 2 6 4 2  0 0 3 5 6  0 3 9 2 0  2 2 8 1 1  7 7 0 0 0  3 2 6 3 0  2 5 3 2 2  6 5 2 1 0  0 2 2 3 7"""
)
NAMES = st.sampled_from("abc")


def judged(text: str, names: int) -> list[list[int]]:
    counts = list(map(int, text.split()))
    rows = [counts[i : i + names] for i in range(0, len(counts), names)]
    return [[name for name, count in enumerate(row) for _ in range(count)] for row in rows]


def from_table(table: Sequence[Sequence[int]]) -> tuple[list[int], list[int]]:
    pairs = [(i, j) for i, row in enumerate(table) for j, count in enumerate(row) for _ in range(count)]
    return [one for one, _ in pairs], [other for _, other in pairs]


def test_the_worked_example_of_fleiss_comes_out() -> None:
    found = fleiss(judged(WORKED, 5)).overall
    assert (found.observed, found.expected, found.value) == pytest.approx((0.378, 0.213, 0.210), abs=5e-4)


def test_the_worked_example_of_cohen_comes_out() -> None:
    found = cohen(*from_table([[20, 5], [10, 15]]))
    assert (found.value, found.observed, found.expected) == pytest.approx((0.4, 0.7, 0.5))
    assert found.n == 50


def kappa_of(shares: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> float:
    expected = float(shares.sum(axis=1) @ shares.sum(axis=0))
    return float((np.trace(shares) - expected) / (1 - expected))


@pytest.mark.parametrize("table", [[[45, 5], [10, 40]], [[30, 9, 1], [2, 20, 6], [0, 14, 18]]])
def test_the_standard_error_of_cohen_is_that_of_the_delta_method(table: list[list[int]]) -> None:
    n = sum(map(sum, table))
    shares = np.array(table) / n
    slopes = np.zeros(shares.shape)
    for at in np.ndindex(shares.shape):
        moved = shares.copy()
        moved[at] += 1e-6
        slopes[at] = (kappa_of(moved) - kappa_of(shares)) / 1e-6
    variance = ((shares * slopes**2).sum() - (shares * slopes).sum() ** 2) / n
    assert cohen(*from_table(table)).se == pytest.approx(float(np.sqrt(variance)), rel=1e-4)


def test_the_standard_error_of_fleiss_leaves_out_each_thing_once() -> None:
    things = [["g", "g"], ["g", "b"], ["b", "b"], ["g", "g"]]
    values = [fleiss(things[:i] + things[i + 1 :]).overall.value for i in range(4)]
    assert fleiss(things).overall.se == pytest.approx(float(np.sqrt(3 * np.var(values))))


def test_the_error_by_chance_is_that_of_judges_who_do_not_look() -> None:
    random = np.random.default_rng(3)
    twos = random.choice(3, p=[0.6, 0.3, 0.1], size=(300, 60, 2))
    pairs = [cohen(each[:, 0].tolist(), each[:, 1].tolist()) for each in twos]
    assert np.mean([each.se_chance or 0 for each in pairs]) == pytest.approx(np.std([e.value for e in pairs]), rel=0.12)
    fours = [fleiss(each.tolist()).overall for each in random.choice(3, p=[0.6, 0.3, 0.1], size=(300, 40, 4))]
    assert np.mean([each.se_chance or 0 for each in fours]) == pytest.approx(np.std([e.value for e in fours]), rel=0.12)


def test_the_jackknife_of_fleiss_is_the_scatter_of_new_things() -> None:
    random = np.random.default_rng(5)
    found = []
    for _ in range(150):
        truth = random.integers(0, 2, size=40)
        calls = np.where(random.random((40, 3)) < 0.8, truth[:, None], 1 - truth[:, None])
        found.append(fleiss(calls.tolist()).overall)
    assert np.mean([each.se or 0 for each in found]) == pytest.approx(np.std([each.value for each in found]), rel=0.15)


@given(st.lists(st.tuples(NAMES, NAMES), min_size=2, max_size=30))
def test_kappa_is_one_for_full_agreement_alone_and_the_same_both_ways(pairs: list[tuple[str, str]]) -> None:
    one, other = [a for a, _ in pairs], [b for _, b in pairs]
    if len({*one, *other}) == 1:
        with pytest.raises(DataError):
            cohen(one, other)
        return
    found = cohen(one, other)
    assert found == cohen(other, one)
    assert (found.value == 1) == (one == other)
    assert found.value <= 1


@given(st.lists(st.lists(NAMES, min_size=3, max_size=3), min_size=2, max_size=12))
def test_the_order_of_judges_and_things_changes_nothing_for_fleiss(things: list[list[str]]) -> None:
    if len({name for each in things for name in each}) == 1:
        return
    found, turned = fleiss(things).overall, fleiss([each[::-1] for each in things[::-1]]).overall
    assert found.value == pytest.approx(turned.value)
    assert found.se_chance == pytest.approx(turned.se_chance)


def test_with_two_categories_both_have_the_kappa_of_all() -> None:
    found = fleiss([["g", "g"], ["g", "b"], ["b", "b"], ["g", "g"]])
    assert [each.value for each in found.categories] == pytest.approx([found.overall.value] * 2)
    assert [each.se_chance for each in found.categories] == pytest.approx([found.overall.se_chance] * 2)


def study(reference: Mapping[str, str] | None = None, accepting: str | None = None) -> AttributeStudy:
    """Four parts, two appraisers, two repeats: A always right, B misses part 3 twice and wavers at part 4."""
    calls = {
        "A": {"1": ["ok", "ok"], "2": ["ok", "ok"], "3": ["bad", "bad"], "4": ["bad", "bad"]},
        "B": {"1": ["ok", "ok"], "2": ["ok", "ok"], "3": ["ok", "ok"], "4": ["bad", "ok"]},
    }
    return attribute_study(calls, reference, accepting)


TRUTH = {"1": "ok", "2": "ok", "3": "bad", "4": "bad"}


def test_each_appraiser_is_compared_with_themselves_and_the_reference() -> None:
    a, b = agreement(study(TRUTH, "ok")).appraisers
    assert a.within is not None
    assert b.within is not None
    assert a.right is not None
    assert b.right is not None
    assert (a.within.count, b.within.count, a.right.count, b.right.count) == (4, 3, 4, 2)
    assert (a.wrong_always, a.mixed, b.wrong_always, b.mixed) == (0, 0, 1, 1)
    assert a.against is not None
    assert a.against.value == 1
    assert b.against is not None
    assert b.against.value == pytest.approx(0.25)
    assert b.repeated is not None


def test_misses_are_counted_in_bad_parts_and_false_alarms_in_good_ones() -> None:
    _, b = agreement(study(TRUTH, "ok")).appraisers
    assert b.errors is not None
    assert b.errors.misses is not None
    assert b.errors.false_alarms is not None
    assert (b.errors.misses.count, b.errors.misses.n, b.errors.misses.percent) == (3, 4, 75)
    assert (b.errors.false_alarms.count, b.errors.false_alarms.n) == (0, 4)


def test_all_together_agree_where_every_judgement_does() -> None:
    found = agreement(study(TRUTH, "ok"))
    assert found.between is not None
    assert found.system is not None
    assert (found.between.count, found.system.count) == (2, 2)
    (pair,) = found.pairs
    assert (pair.one, pair.other) == ("A", "B")
    assert pair.kappa is not None
    assert pair.kappa.value == pytest.approx(0.25)
    assert found.together is not None


def test_without_a_reference_nothing_is_said_of_right_and_wrong() -> None:
    found = agreement(study())
    assert (found.system, found.appraisers[0].right, found.appraisers[0].against) == (None, None, None)
    assert (found.appraisers[0].errors, found.appraisers[0].wrong_always) == (None, None)


def test_one_appraiser_alone_agrees_with_themselves_and_has_no_pairs() -> None:
    found = agreement(attribute_study({"A": {"1": ["ok", "ok"], "2": ["bad", "ok"]}}))
    assert (found.pairs, found.between, found.together) == ((), None, None)
    assert found.appraisers[0].mixed == 1


def test_one_category_has_no_kappa_and_a_chance_that_was_not_there_no_rate() -> None:
    same = {"1": ["ok"], "2": ["ok"]}
    found = agreement(attribute_study({"A": same, "B": same}, {"1": "ok", "2": "ok"}, "ok"))
    assert (found.together, found.pairs[0].kappa, found.appraisers[0].repeated) == (None, None, None)
    assert found.appraisers[0].errors is not None
    assert found.appraisers[0].errors.misses is None


def test_a_share_has_the_bounds_of_clopper_and_pearson() -> None:
    found = share(45, 50)
    # Published for 45 of 50: 78.19 % to 96.67 %.
    assert (round(found.percent, 2), round(found.low, 2), round(found.high, 2)) == (90.0, 78.19, 96.67)


@pytest.mark.parametrize(
    ("calls", "reference", "accepting", "sentence"),
    [
        ({}, None, None, "two parts"),
        ({"A": {"1": ["x"]}}, None, None, "two parts"),
        ({"A": {"1": ["x"], "2": ["y"]}}, None, None, "agrees with nobody"),
        ({"A": {"1": ["x", "x"], "2": ["y"]}}, None, None, "A judged part 2 1 times, not 2 times"),
        ({"A": {"1": [], "2": []}}, None, None, "A judged part 1 0 times"),
        ({"A": {"1": ["x"], "2": ["y"]}, "B": {"1": ["x"]}}, None, None, "B judged part 2 0 times"),
        ({"A": {"1": ["x"], "2": ["y"]}}, {"1": "x"}, None, "nothing of part 2"),
        ({"A": {"1": ["x"], "2": ["y"]}}, {"1": "x", "2": "y"}, "z", "says “z”"),
    ],
)
def test_judgements_that_are_no_study_are_refused_by_name(
    calls: Mapping[str, Mapping[str, Sequence[str]]],
    reference: Mapping[str, str] | None,
    accepting: str | None,
    sentence: str,
) -> None:
    with pytest.raises(StudyError, match=sentence):
        attribute_study(calls, reference, accepting)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: cohen([], []),
        lambda: cohen(["a"], ["a", "b"]),
        lambda: cohen(["a", "b"], ["a", "b"], confidence=1),
        lambda: fleiss([]),
        lambda: fleiss([["a"], ["b"]]),
        lambda: fleiss([["a", "b"], ["b"]]),
        lambda: fleiss([["a", "a"], ["a", "a"]]),
        lambda: agreement(study(), confidence=0),
    ],
)
def test_nothing_to_compare_is_refused(wrong: object) -> None:
    assert callable(wrong)
    with pytest.raises(DataError):
        wrong()
