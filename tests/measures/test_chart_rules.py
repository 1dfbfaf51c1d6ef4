"""The rules of Nelson and Western Electric: when each fires, when just not, and which points it names."""

from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techfloor.measures.chart_rules import DEFAULT, NELSON, WESTERN_ELECTRIC, Rule, Side, Signal
from techfloor.measures.control_charts import limits_chart
from techfloor.measures.drift import DataError

D = Decimal
HEIGHTS = st.lists(st.integers(-35, 35).map(lambda tenths: D(tenths) / 10), min_size=1, max_size=40)


def fired(heights: Sequence[Decimal | float | str], *rules: Rule) -> list[Signal]:
    """Chart points by their height in standard deviations and return what fired."""
    return list(limits_chart([D(str(z)) for z in heights], -3, 3, rules=rules).location.signals)


# What fires with its last point, at the last point alone; and what differs in one point and does not.
CASES = [
    (Rule.nelson_1, "3.1", "3", "above"),
    (Rule.nelson_1, "-3.1", "-3", "below"),
    (Rule.nelson_2, "0.1 " * 9, "0.1 " * 8 + "0", "above"),
    (Rule.nelson_3, "-2 -1 0 0.1 0.2 0.3", "-2 -1 0 0.1 0.1 0.3", "above"),
    (Rule.nelson_3, "2 1 0 -0.1 -0.2 -0.3", "2 1 0 -0.1 -0.2", "below"),
    (Rule.nelson_4, "0.1 -0.1 " * 7, "0.1 -0.1 " * 6 + "0.1 0.1", None),
    (Rule.nelson_5, "2.1 0 2.1", "2.1 0 2", "above"),
    (Rule.nelson_6, "-1.1 -1.1 0.5 -1.1 -1.1", "-1.1 -1.1 0.5 -1.1 -1", "below"),
    (Rule.nelson_7, "1 -1 0 " * 5, "1 -1 0 " * 4 + "1 -1 1.1", None),
    (Rule.nelson_8, "1.1 -1.1 " * 4, "1.1 -1.1 " * 3 + "1.1 -1", None),
    (Rule.western_1, "3.1", "3", "above"),
    (Rule.western_2, "-2.1 -2.1", "-2.1 2.1", "below"),
    (Rule.western_3, "1.1 1.1 1.1 1.1", "1.1 1.1 1.1 -1.1", "above"),
    (Rule.western_4, "-0.1 " * 8, "-0.1 " * 7 + "0.1", "below"),
]


@pytest.mark.parametrize(("rule", "heights", "just_not", "side"), CASES)
def test_a_rule_fires_at_the_point_that_completes_it_and_not_before(
    rule: Rule, heights: str, just_not: str, side: str | None
) -> None:
    found = fired(heights.split(), rule)
    assert [(signal.at, signal.side) for signal in found] == [(len(heights.split()), Side[side] if side else None)]
    assert fired(just_not.split(), rule) == []


def test_every_rule_is_tried_and_has_a_meaning() -> None:
    assert {case[0] for case in CASES} == set(Rule)
    assert all(rule.meaning for rule in Rule)
    assert (len(NELSON), len(WESTERN_ELECTRIC)) == (8, 4)


def test_a_signal_names_the_points_it_used_and_no_others() -> None:
    (found,) = fired(["0", "2.1", "0", "2.5"], Rule.nelson_5)
    assert found == Signal(Rule.nelson_5, 4, (2, 4), Side.above)
    (found,) = fired(["0", "-1", "0", "1", "1.5", "1.7", "2.9"], Rule.nelson_3)
    assert found.points == (2, 3, 4, 5, 6, 7)


def test_a_long_run_signals_at_each_further_point() -> None:
    assert [signal.at for signal in fired(["0.5"] * 10, Rule.western_4)] == [8, 9, 10]


@pytest.mark.parametrize("rule", [Rule.western_2, Rule.nelson_5])
def test_two_of_three_are_not_two_of_four(rule: Rule) -> None:
    assert fired(["2.1", "0", "0", "2.1"], rule) == []


@pytest.mark.parametrize("rule", [Rule.western_3, Rule.nelson_6])
def test_four_of_five_are_not_four_of_six(rule: Rule) -> None:
    assert fired(["1.1", "1.1", "1.1", "0", "0", "1.1"], rule) == []


def test_a_point_that_is_not_beyond_the_line_completes_nothing() -> None:
    assert [signal.at for signal in fired(["2.1", "2.1", "2"], Rule.western_2)] == [2]


def test_where_nobody_chooses_limits_and_eight_on_one_side_are_looked_at() -> None:
    assert [rule.meaning for rule in DEFAULT] == [
        "one point beyond a limit",
        "eight points in a row on one side of the centre line",
    ]


def test_a_rule_that_nobody_knows_is_refused() -> None:
    with pytest.raises(DataError, match="choose among those of Nelson and of Western Electric"):
        limits_chart([1], 0, 2, rules=["Nelson 9"])  # type: ignore[list-item]


@given(HEIGHTS)
def test_a_mirrored_chart_fires_the_same_rules_on_the_other_side(heights: list[Decimal]) -> None:
    there, back = fired(heights, *Rule), fired([-z for z in heights], *Rule)
    assert [(s.rule, s.at, s.points) for s in there] == [(s.rule, s.at, s.points) for s in back]
    assert [s.side for s in there] == [Side(-s.side) if s.side else None for s in back]


@given(HEIGHTS)
def test_what_fires_does_not_depend_on_what_comes_later(heights: list[Decimal]) -> None:
    early = [signal for signal in fired(heights, *Rule) if signal.at < len(heights)]
    assert early == fired(heights[:-1], *Rule) if len(heights) > 1 else early == []


@given(HEIGHTS)
def test_more_rules_never_fire_less(heights: list[Decimal]) -> None:
    assert set(fired(heights, *DEFAULT)) <= set(fired(heights, *Rule))
