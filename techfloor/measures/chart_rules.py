"""When a chart signals: the rules of Nelson and of Western Electric, and the points each of them used.

Nelson, The Shewhart Control Chart: Tests for Special Causes, Journal of Quality Technology 16 (1984) 237; Western
Electric, Statistical Quality Control Handbook (1956), p. 25 to 28. Every comparison is strict: a point on a limit
or on a zone line is not beyond it, a point on the centre line is on neither side.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from fractions import Fraction
from itertools import pairwise

from techfloor.measures.drift import DataError


class Rule(StrEnum):
    """A rule by its author and number; Nelson 1, 5 and 6 are Western Electric 1, 2 and 3."""

    nelson_1 = "Nelson 1"
    nelson_2 = "Nelson 2"
    nelson_3 = "Nelson 3"
    nelson_4 = "Nelson 4"
    nelson_5 = "Nelson 5"
    nelson_6 = "Nelson 6"
    nelson_7 = "Nelson 7"
    nelson_8 = "Nelson 8"
    western_1 = "Western Electric 1"
    western_2 = "Western Electric 2"
    western_3 = "Western Electric 3"
    western_4 = "Western Electric 4"

    @property
    def meaning(self) -> str:
        """What the rule looks for."""
        return _MEANINGS[self]


NELSON = tuple(rule for rule in Rule if rule.name.startswith("nelson"))
WESTERN_ELECTRIC = tuple(rule for rule in Rule if rule.name.startswith("western"))
DEFAULT = (Rule.western_1, Rule.western_4)
LIMITS_ALONE = (Rule.western_1,)

_BEYOND = "one point beyond a limit"
_TWO = "two of three points in a row beyond two standard deviations on one side"
_FOUR = "four of five points in a row beyond one standard deviation on one side"
_MEANINGS = {
    Rule.nelson_1: _BEYOND,
    Rule.nelson_2: "nine points in a row on one side of the centre line",
    Rule.nelson_3: "six points in a row rising, or six falling",
    Rule.nelson_4: "fourteen points in a row going up and down by turns",
    Rule.nelson_5: _TWO,
    Rule.nelson_6: _FOUR,
    Rule.nelson_7: "fifteen points in a row within one standard deviation of the centre line",
    Rule.nelson_8: "eight points in a row beyond one standard deviation, on either side",
    Rule.western_1: _BEYOND,
    Rule.western_2: _TWO,
    Rule.western_3: _FOUR,
    Rule.western_4: "eight points in a row on one side of the centre line",
}


class Side(IntEnum):
    """On which side of the centre line."""

    above = 1
    below = -1


@dataclass(frozen=True)
class Run:
    """`need` of `of` points in a row beyond some standard deviations on one side; None stands for the limit."""

    need: int
    of: int
    beyond: int | None


RUNS = {
    Rule.nelson_1: Run(1, 1, None),
    Rule.nelson_2: Run(9, 9, 0),
    Rule.nelson_5: Run(2, 3, 2),
    Rule.nelson_6: Run(4, 5, 1),
    Rule.western_1: Run(1, 1, None),
    Rule.western_2: Run(2, 3, 2),
    Rule.western_3: Run(4, 5, 1),
    Rule.western_4: Run(8, 8, 0),
}
TREND, TURNS, HUGGING, AVOIDING = 6, 14, 15, 8


@dataclass(frozen=True)
class Signal:
    """A rule that fired: at which point, on which side where it has one, and the points that it used.

    Points are named by their number on the chart, in order.
    """

    rule: Rule
    at: int
    points: tuple[int, ...]
    side: Side | None


@dataclass(frozen=True)
class Course:
    """The points as the rules see them: values, and heights above the centre as signed squares.

    A height is ±z², z in standard deviations of the point; squares stay exact where roots would not.
    """

    numbers: tuple[int, ...]
    values: tuple[Fraction, ...]
    heights: tuple[Fraction, ...]
    limit: Fraction

    def signal(self, rule: Rule, at: int, used: Sequence[int], side: Side | None) -> Signal:
        """Name the points of a signal by their numbers."""
        return Signal(rule, self.numbers[at], tuple(self.numbers[i] for i in used), side)


def signals(course: Course, rules: Collection[Rule]) -> tuple[Signal, ...]:
    """Give every signal of the chosen rules, by the point that completed it and the rule's place in `Rule`."""
    if not all(rule in _MEANINGS for rule in rules):
        raise DataError("this rule is not known; choose among those of Nelson and of Western Electric")
    chosen = [rule for rule in Rule if rule in rules]
    found = (_at(course, rule, at) for at in range(len(course.values)) for rule in chosen)
    return tuple(signal for signal in found if signal)


def _at(course: Course, rule: Rule, at: int) -> Signal | None:
    if rule in RUNS:
        return _run(course, rule, at)
    return _SHAPES[rule](course, rule, at)


def _run(course: Course, rule: Rule, at: int) -> Signal | None:
    run = RUNS[rule]
    beyond = (course.limit if run.beyond is None else run.beyond) ** 2
    for side in Side:
        if side * course.heights[at] > beyond:
            window = range(max(0, at - run.of + 1), at + 1)
            used = [i for i in window if side * course.heights[i] > beyond]
            return course.signal(rule, at, used, side) if len(used) >= run.need else None
    return None


def _last(at: int, length: int) -> range:
    """The window that ends here; nothing, where so many points are not there yet."""
    return range(at - length + 1, at + 1) if at + 1 >= length else range(0)


def _steps(course: Course, window: range) -> list[Fraction]:
    return [course.values[later] - course.values[earlier] for earlier, later in pairwise(window)]


def _trend(course: Course, rule: Rule, at: int) -> Signal | None:
    window = _last(at, TREND)
    steps = _steps(course, window)
    for side in Side:
        if steps and all(side * step > 0 for step in steps):
            return course.signal(rule, at, window, side)
    return None


def _turns(course: Course, rule: Rule, at: int) -> Signal | None:
    window = _last(at, TURNS)
    steps = _steps(course, window)
    if not steps or not all(one * other < 0 for one, other in pairwise(steps)):
        return None
    return course.signal(rule, at, window, None)


def _hugging(course: Course, rule: Rule, at: int) -> Signal | None:
    window = _last(at, HUGGING)
    within = window and all(abs(course.heights[i]) <= 1 for i in window)
    return course.signal(rule, at, window, None) if within else None


def _avoiding(course: Course, rule: Rule, at: int) -> Signal | None:
    window = _last(at, AVOIDING)
    beyond = window and all(abs(course.heights[i]) > 1 for i in window)
    return course.signal(rule, at, window, None) if beyond else None


_SHAPES: dict[Rule, Callable[[Course, Rule, int], Signal | None]] = {
    Rule.nelson_3: _trend,
    Rule.nelson_4: _turns,
    Rule.nelson_7: _hugging,
    Rule.nelson_8: _avoiding,
}
