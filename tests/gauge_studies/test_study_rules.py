"""What a study asks for, in which order parts are read, which value is asked about, and what the figures mean."""

import random
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techfloor.duties.gauge_studies import agreeing, analysis, rules
from techfloor.duties.gauge_studies.figures import figure, limit_words
from techfloor.duties.gauge_studies.rules import Basis, Call, Near, Part, SetUp, Sort
from techfloor.measures.gauge_study import Scale, Source, crossed
from techfloor.measures.study import study_of
from techfloor.refusals import Refusal

WHOLE = SetUp(
    sort=Sort.VARIABLE,
    subject="diameter 25",
    parts=tuple(Part(str(n)) for n in range(1, 11)),
    appraisers=(1, 2, 3),
    repeats=3,
    function="outside",
    basis=Basis.PRODUCT,
    lower=Decimal("24.9"),
    upper=Decimal("25.1"),
)


@given(st.integers(2, 20), st.integers(2, 10), st.integers(0, 999))
def test_every_part_is_read_once_in_each_round_and_none_twice_in_a_row(parts: int, repeats: int, seed: int) -> None:
    turns = rules.draw(parts, repeats, random.Random(seed).shuffle)
    rounds = [turns[n : n + parts] for n in range(0, len(turns), parts)]
    assert [sorted(each) for each in rounds] == [list(range(1, parts + 1))] * repeats
    assert all(one != other for one, other in pairwise(turns))
    assert Counter(rules.repeat_of(turns, turn) for turn in range(1, len(turns) + 1)) == dict.fromkeys(
        range(1, repeats + 1), parts
    )


@pytest.mark.parametrize(
    ("other", "sentence", "field"),
    [
        ({"parts": (Part("a"), Part("b"), Part("A"))}, "A stands there twice.", "labels"),
        ({"parts": (Part("a"),)}, "A study has 2 to 20 parts: here are 1.", "labels"),
        ({"parts": tuple(Part(str(n)) for n in range(21))}, "here are 21.", "labels"),
        ({"parts": (Part("x" * 41), Part("b"))}, "below 40 letters", "labels"),
        ({"appraisers": (1,)}, "Choose 2 to 10 appraisers.", "appraisers"),
        ({"repeats": 1}, "Each part is measured 2 to 10 times.", "repeats"),
        ({"subject": ""}, "Enter what is measured", "subject"),
        ({"lower": None}, "Enter both limits", "lower"),
        ({"upper": None}, "Enter both limits", "upper"),
        ({"upper": Decimal("24.9")}, "The upper limit must be above the lower one.", "upper"),
        ({"sort": Sort.ATTRIBUTE, "parts": (Part("a", "pass"), Part("b", "pass"))}, "Take good parts and bad", "bad"),
    ],
)
def test_what_cannot_be_worked_out_is_refused_beside_its_box(
    other: dict[str, object], sentence: str, field: str
) -> None:
    with pytest.raises(Refusal) as no:
        rules.check(replace(WHOLE, **other))  # type: ignore[arg-type]
    assert sentence in str(no.value)
    assert no.value.field == field


def test_a_whole_study_is_accepted() -> None:
    rules.check(WHOLE)


NEAR = Near(Decimal(0), Decimal(150), Decimal("0.05"), Decimal(24), Decimal(26))


@pytest.mark.parametrize(
    ("value", "seen", "asked"),
    [
        ("25.00", [], False),
        ("30.00", [], False),
        ("30.05", [], True),
        ("2.50", [], True),
        ("151", ["151"] * 9, True),
        ("25.00", ["24.50", "24.60", "24.55", "24.50"], False),
        ("26.00", ["24.50", "24.60", "24.55", "24.50"], True),
    ],
)
def test_a_value_far_from_all_that_was_seen_is_asked_about(value: str, seen: list[str], asked: bool) -> None:
    assert rules.is_unlikely(Decimal(value), NEAR, [Decimal(each) for each in seen]) is asked


@pytest.mark.parametrize(
    ("basis", "lower", "upper", "words"),
    [
        (Basis.CARD, "-0.005", "0.005", "± 0.005 g"),
        (Basis.CARD, "-0.02", "0.01", "\N{MINUS SIGN}0.02 … +0.01 g"),
        (Basis.PRODUCT, "24.90", "25.10", "24.90 … 25.10 g"),
    ],
)
def test_limits_of_error_are_written_as_errors(basis: Basis, lower: str, upper: str, words: str) -> None:
    assert limit_words(basis, Decimal(lower), Decimal(upper), "g") == words


def read(*cells: tuple[str, ...]) -> dict[str, list[Decimal]]:
    return {str(n): [*map(Decimal, cell)] for n, cell in enumerate(cells, start=1)}


GOOD = {
    "Tara": read(("1.00", "1.01"), ("2.00", "2.00"), ("3.00", "3.01"), ("4.00", "4.00")),
    "Otto": read(("1.00", "1.00"), ("2.01", "2.00"), ("3.00", "3.00"), ("4.01", "4.00")),
}
APART = {
    "Tara": read(("1.0", "1.0"), ("2.0", "2.1"), ("3.0", "3.0"), ("4.0", "4.0")),
    "Otto": read(("3.0", "3.0"), ("4.0", "4.0"), ("5.1", "5.0"), ("6.0", "6.0")),
}
NOISY = {
    "Tara": read(("1.0", "2.4"), ("2.0", "0.9"), ("1.5", "2.9"), ("2.0", "0.5")),
    "Otto": read(("2.2", "0.8"), ("0.9", "2.1"), ("2.6", "1.4"), ("0.7", "2.1")),
}


@pytest.mark.parametrize(
    ("readings", "width", "look", "key", "following"),
    [
        (GOOD, "10", "pass", "studies.verdict.good.tolerance", ["studies.next.nothing"]),
        (GOOD, None, "pass", "studies.verdict.good.study", ["studies.next.nothing"]),
        (APART, "4", "fail", "studies.verdict.bad.tolerance", ["studies.next.reproducibility", "studies.next.few"]),
        (NOISY, "4", "fail", "studies.verdict.bad.tolerance", ["studies.next.repeatability", "studies.next.few"]),
        (NOISY, "100", "caution", "studies.verdict.few.tolerance", ["studies.next.few"]),
    ],
)
def test_the_figures_say_what_to_do_next(
    readings: analysis.Readings, width: str | None, look: str, key: str, following: list[str]
) -> None:
    told = analysis.analyse(readings, None if width is None else Decimal(width)).told
    assert (told.look, told.key) == (look, key)
    assert [each for each, _values in told.following if each != "studies.next.ranges"] == following


@pytest.mark.parametrize(
    ("share", "key"), [("9.96", "good"), ("10.04", "marginal"), ("29.96", "marginal"), ("30.04", "bad")]
)
def test_a_share_is_written_on_its_side_of_the_limit(share: str, key: str) -> None:
    of_one = crossed(study_of(GOOD), Scale(tolerance=1)).line(Source.gauge).tolerance_percent
    assert of_one is not None
    told = analysis.analyse(GOOD, Decimal(of_one / float(share))).told
    assert (told.key, told.values["percent"]) == (f"studies.verdict.{key}.tolerance", share)


def test_a_gauge_that_shows_one_value_for_all_parts_is_blind() -> None:
    found = analysis.analyse({name: read(("1", "1"), ("1", "1")) for name in ("Tara", "Otto")}, None)
    assert (found.facts, found.told.look, found.told.key) == ({"blind": True}, "fail", "studies.verdict.blind")


REFERENCE = {**{str(n): Call.PASS.value for n in range(1, 11)}, **{str(n): Call.FAIL.value for n in range(11, 21)}}


def judged(*wrong: tuple[str, int]) -> dict[str, list[str]]:
    """Return two judgements of each part, the given ones wrong."""
    other = {"pass": "fail", "fail": "pass"}
    return {part: [other[true] if (part, n) in wrong else true for n in (1, 2)] for part, true in REFERENCE.items()}


@pytest.mark.parametrize(
    ("wrong", "look", "following"),
    [
        ((), "pass", ["studies.next.nothing"]),
        ((("1", 1),), "pass", ["studies.next.nothing"]),
        ((("11", 1),), "caution", ["studies.next.mixed", "studies.next.misses"]),
        ((("1", 1), ("1", 2), ("2", 1), ("2", 2), ("3", 1)), "fail", ["studies.next.mixed", "studies.next.wrong"]),
    ],
)
def test_the_worst_of_effectiveness_misses_and_false_alarms_decides(
    wrong: tuple[tuple[str, int], ...], look: str, following: list[str]
) -> None:
    told = agreeing.compare({"Tara": judged(*wrong), "Otto": judged()}, REFERENCE).told
    assert told.look == look
    assert [each for each, _values in told.following] == following


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.000123456, "0.0001235"), (12345.6, "12350"), (0.0, "0"), (float("inf"), "∞"), (None, None), (2.0, "2.000")],
)
def test_a_figure_is_kept_with_its_digits_and_no_exponent(value: float | None, text: str | None) -> None:
    assert figure(value) == text
