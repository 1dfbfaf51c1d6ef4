"""Average run lengths against published tables, against each other, and against counting by dice."""

import math
import random
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from techfloor.measures.chart_rules import NELSON, WESTERN_ELECTRIC, Rule
from techfloor.measures.control_charts import limits_chart
from techfloor.measures.drift import DataError
from techfloor.measures.run_length import (
    cusum_run_length,
    ewma_run_length,
    false_alarm_rate,
    shewhart_run_length,
    siegmund_run_length,
)

W1, W2, W3, W4 = WESTERN_ELECTRIC
OF_ZONES = [rule for rule in NELSON if rule not in {Rule.nelson_3, Rule.nelson_4}]


@pytest.mark.parametrize(
    ("rules", "length"),
    [
        ([W1], 370.40),
        ([W1, W2], 225.44),
        ([W1, W3], 166.05),
        ([W1, W4], 152.73),
        ([W1, W2, W3], 132.89),
        ([W1, W2, W4], 122.05),
        ([W1, W3, W4], 105.78),
        ([W1, W2, W3, W4], 91.75),
    ],
)
def test_rules_shorten_the_run_in_control_as_champ_and_woodall_print_it(rules: list[Rule], length: float) -> None:
    assert shewhart_run_length(rules).mean == pytest.approx(length, abs=0.005)


def test_one_rule_alone_runs_by_the_geometric_distribution() -> None:
    found, p = shewhart_run_length([W1]), false_alarm_rate()
    assert p == pytest.approx(0.0026998, abs=1e-7)
    assert (found.mean, found.sd) == pytest.approx((1 / p, math.sqrt(1 - p) / p))


@settings(max_examples=12, deadline=None)
@given(st.sets(st.sampled_from(OF_ZONES), min_size=1), st.floats(-3, 3))
def test_a_chart_does_not_mind_the_direction_of_a_shift(rules: set[Rule], shift: float) -> None:
    one, other = (shewhart_run_length(rules | {W1}, to) for to in (shift, -shift))
    assert one.mean == pytest.approx(other.mean, rel=1e-6)


@settings(max_examples=12, deadline=None)
@given(st.sets(st.sampled_from(OF_ZONES), min_size=1), st.sampled_from(OF_ZONES))
def test_one_more_rule_never_lengthens_the_run(rules: set[Rule], one: Rule) -> None:
    assert shewhart_run_length(rules | {W1, one}).mean <= shewhart_run_length(rules | {W1}).mean * (1 + 1e-9)


def test_a_larger_shift_is_found_sooner_and_a_larger_subgroup_finds_it_sooner() -> None:
    lengths = [shewhart_run_length(WESTERN_ELECTRIC, shift / 4).mean for shift in range(17)]
    assert all(later < earlier for earlier, later in pairwise(lengths))
    assert shewhart_run_length([W1], 1, size=4).mean == pytest.approx(shewhart_run_length([W1], 2).mean)


def test_the_chain_counts_what_the_chart_signals() -> None:
    dice = random.Random(11)
    rules = [W1, W2, W3, W4, Rule.nelson_8]
    runs = []
    for _ in range(150):
        points = [dice.gauss(1, 1) for _ in range(80)]
        runs.append(limits_chart(points, -3, 3, rules=rules).location.signals[0].at)
    found = shewhart_run_length(rules, 1)
    assert sum(runs) / 150 == pytest.approx(found.mean, abs=4 * found.sd / math.sqrt(150))


@pytest.mark.parametrize(
    ("shift", "four", "five"),
    [(0, 168, 465), (0.25, 74.2, 139), (0.5, 26.6, 38.0), (0.75, 13.3, 17.0), (1, 8.38, 10.4), (2, 3.34, 4.01)],
)
def test_a_cusum_runs_as_montgomery_prints_it(shift: float, four: float, five: float) -> None:
    assert cusum_run_length(0.5, 4, shift) == pytest.approx(four, rel=0.005)
    assert cusum_run_length(0.5, 5, shift) == pytest.approx(five, rel=0.005)


@pytest.mark.parametrize(("shift", "length"), [(0, 430), (0.25, 122), (0.5, 28.7), (1, 6.35), (1.5, 3.37), (2, 2.36)])
def test_a_head_start_finds_an_early_shift_as_lucas_and_crosier_print_it(shift: float, length: float) -> None:
    assert cusum_run_length(0.5, 5, shift, head_start=0.5) == pytest.approx(length, rel=0.003)


def test_two_sides_join_as_two_alarms_do() -> None:
    up, down = cusum_run_length(0.5, 5, 0.3, sided=1), cusum_run_length(0.5, 5, -0.3, sided=1)
    assert 1 / cusum_run_length(0.5, 5, 0.3) == pytest.approx(1 / up + 1 / down)


def test_a_cusum_without_room_is_a_chart_of_one_limit() -> None:
    assert cusum_run_length(3, 1e-9, sided=1) == pytest.approx(2 / false_alarm_rate(3), rel=1e-6)


def test_siegmunds_approximation_is_near() -> None:
    assert siegmund_run_length(0.5, 5) == pytest.approx(469.1, abs=0.05)
    assert siegmund_run_length(0.5, 5, 1, sided=1) == pytest.approx(10.34, abs=0.005)
    assert siegmund_run_length(0.5, 5, 0.5, sided=1) == pytest.approx(6.166**2)


@pytest.mark.parametrize(
    ("weight", "width", "lengths"),
    [
        (0.4, 3.054, (500, 224, 71.2, 28.4, 14.3, 3.5)),
        (0.25, 2.998, (500, 170, 48.2, 20.1, 11.1, 3.6)),
        (0.2, 2.962, (500, 150, 41.8, 18.2, 10.5, 3.7)),
        (0.1, 2.814, (500, 106, 31.3, 15.9, 10.3, 4.4)),
        (0.05, 2.615, (500, 84.1, 28.8, 16.4, 11.4, 5.2)),
    ],
)
def test_an_ewma_runs_as_lucas_and_saccucci_print_it(weight: float, width: float, lengths: tuple[float, ...]) -> None:
    found = [ewma_run_length(weight, width, shift) for shift in (0, 0.25, 0.5, 0.75, 1, 2)]
    assert found == [pytest.approx(length, rel=0.004, abs=0.06) for length in lengths]


@pytest.mark.parametrize("shift", [0, 0.5, 2])
def test_an_ewma_that_forgets_is_shewharts_chart(shift: float) -> None:
    assert ewma_run_length(1, 3, shift) == pytest.approx(shewhart_run_length([W1], shift).mean, rel=1e-9)


BAD: list[tuple[Callable[[], object], str]] = [
    (lambda: shewhart_run_length([]), "one or more"),
    (lambda: shewhart_run_length([W1, Rule.nelson_3]), "all but Nelson 3 and 4"),
    (lambda: shewhart_run_length([W1], math.nan), "finite number"),
    (lambda: shewhart_run_length([W1], 1, size=0), "one value or more"),
    (lambda: shewhart_run_length([W1], limit=0), "a limit lies above 0"),
    (lambda: cusum_run_length(0.5, 0), "h above 0"),
    (lambda: cusum_run_length(-0.5, 4), "k from 0"),
    (lambda: cusum_run_length(0.5, 4, sided=3), "one side or two"),
    (lambda: siegmund_run_length(0.5, 0), "h above 0"),
    (lambda: ewma_run_length(0, 3), "weight from 0.001 to 1"),
    (lambda: ewma_run_length(0.2, -1), "limits above 0"),
]


@pytest.mark.parametrize(("length", "sentence"), BAD)
def test_what_has_no_run_length_is_refused(length: Callable[[], object], sentence: str) -> None:
    with pytest.raises(DataError, match=sentence):
        length()
