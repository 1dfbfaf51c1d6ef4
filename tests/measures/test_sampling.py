"""Sampling plans of the master tables, and switching between them."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techfloor.measures.because import because
from techfloor.measures.sampling import (
    AQLS,
    LETTERS,
    Arrow,
    Level,
    SamplingError,
    SamplingPlan,
    Severity,
    aql_of,
    cell,
    code_letter,
    letters_of,
    single_plan,
    size_of,
)
from techfloor.measures.switching import (
    Lot,
    Standing,
    SwitchingRules,
    after,
    back_to_normal,
    resume,
)

D = Decimal
STANDARD = SwitchingRules()
GOOD, BAD = Lot(accepted=True), Lot(accepted=False)
ANY_PLAN = st.builds(
    single_plan,
    st.integers(1, 2_000_000),
    st.sampled_from(AQLS),
    st.sampled_from(Level),
    st.sampled_from(Severity),
    reduced_allowed=st.just(True),
)


def numbers(lot: int, aql: str, level: Level = Level.two, severity: Severity = Severity.normal) -> tuple[int, int, int]:
    found = single_plan(lot, aql, level, severity, reduced_allowed=True)
    return found.n, found.ac, found.re


@pytest.mark.parametrize(
    ("lot", "aql", "severity", "expected"),
    [
        # Montgomery's lot of 2 000 at 0.65 %: K, normal 125/2/3, tightened 125/1/2, reduced 50/1/3.
        (2000, "0.65", Severity.normal, (125, 2, 3)),
        (2000, "0.65", Severity.tightened, (125, 1, 2)),
        (2000, "0.65", Severity.reduced, (50, 1, 3)),
        # J at 0.25: up to H; F at 1.5: down to G; in each case n and Ac.
        (1000, "0.25", Severity.normal, (50, 0, 1)),
        (100, "1.5", Severity.normal, (32, 1, 2)),
        # A at 10: no row above, so down, over B to C.
        (8, "15", Severity.normal, (3, 1, 2)),
        # R at 0.015: no row below, so up to Q and on to P.
        (600_000, "0.010", Severity.normal, (1250, 0, 1)),
        # Q and R at 0.025 tightened: down to S, which stands for nothing else.
        (2_000_000, "0.025", Severity.tightened, (3150, 1, 2)),
    ],
)
def test_a_lot_gets_the_plan_of_the_table(
    lot: int, aql: str, severity: Severity, expected: tuple[int, int, int]
) -> None:
    assert numbers(lot, aql, severity=severity) == expected


def test_tightened_inspection_of_the_largest_lots_reaches_the_row_s() -> None:
    found = single_plan(600_000, "0.025", Level.three, Severity.tightened)
    assert (found.letter, found.used_letter, found.n, found.ac, found.moved) == ("R", "S", 3150, 1, Arrow.down)


@pytest.mark.parametrize(
    ("letter", "row"),
    [
        ("E", "v v 1 v v 2 3 4"),
        ("F", "v 1 v v 2 3 4 6"),
        ("G", "1 v v 2 3 4 6 9"),
        ("H", "v v 2 3 4 6 9 13"),
        ("J", "v 2 3 4 6 9 13 19"),
        ("K", "2 3 4 6 9 13 19 ^"),
        ("L", "3 4 6 9 13 19 ^ ^"),
    ],
)
def test_the_tightened_table_is_as_nibs_reproduces_it(letter: str, row: str) -> None:
    signs = {Arrow.down: "v", Arrow.up: "^"}
    found = [cell(letter, aql, Severity.tightened) for aql in AQLS[9:17]]
    assert " ".join(signs[one.arrow] if one.arrow else str(one.re) for one in found) == row


# MIL-STD-105E, table I: the rows of lot sizes against the seven levels.
@pytest.mark.parametrize(
    ("level", "letters"),
    [
        (Level.s1, "AAAABBBBCCCCDDD"),
        (Level.s2, "AAABBBCCCDDDEEE"),
        (Level.s3, "AABBCCDDEEFFGGH"),
        (Level.s4, "AABCCDEEFGGHJJK"),
        (Level.one, "AABCCDEFGHJKLMN"),
        (Level.two, "ABCDEFGHJKLMNPQ"),
        (Level.three, "BCDEFGHJKLMNPQR"),
    ],
)
def test_the_letters_of_a_level_rise_with_the_lot(level: Level, letters: str) -> None:
    ends = (8, 15, 25, 50, 90, 150, 280, 500, 1200, 3200, 10_000, 35_000, 150_000, 500_000)
    assert "".join(code_letter(lot, level) for lot in (2, *(end + 1 for end in ends))) == letters
    assert "".join(code_letter(lot, level) for lot in (*ends, 9_000_000)) == letters


def test_a_sample_as_large_as_the_lot_is_the_whole_lot() -> None:
    found = single_plan(50, "0.10", Level.two)
    assert (found.letter, found.used_letter, found.table_n, found.n, found.whole_lot) == ("D", "K", 125, 50, True)
    assert "inspect every item" in str(found.why[-1])
    assert single_plan(125, "0.10", Level.two).whole_lot
    assert not single_plan(126, "0.10", Level.two).whole_lot


def test_an_arrow_is_told_in_words() -> None:
    (letter, arrow) = single_plan(100, "1.5").why
    assert str(letter) == "A lot of 100 at level II has letter F."
    assert str(arrow) == "At AQL 1.5 the table of normal inspection leads down from F to G: n and Ac are those of G."


def test_reasons_without_values_are_their_sentence() -> None:
    assert str(because("It is 100 %.")) == "It is 100 %."


def test_the_lot_is_decided_by_the_count() -> None:
    found = single_plan(2000, "0.65")
    assert [found.accepts(count) for count in (0, 2, 3)] == [True, True, False]
    assert not any(found.back_to_normal(count) for count in (0, 2, 3))
    with pytest.raises(SamplingError):
        found.accepts(-1)


def test_between_ac_and_re_reduced_inspection_accepts_and_ends() -> None:
    found = single_plan(2000, "0.65", severity=Severity.reduced, reduced_allowed=True)
    assert [(found.accepts(count), found.back_to_normal(count)) for count in (1, 2, 3)] == [
        (True, False),
        (True, True),
        (False, False),
    ]


def test_reduced_inspection_is_asked_for_twice() -> None:
    with pytest.raises(SamplingError, match="not switched on"):
        single_plan(2000, "0.65", severity=Severity.reduced)


@pytest.mark.parametrize(
    ("aql", "sentence"),
    [
        ("0.9", "AQL 0.9 is not in the table; the nearest is 0.65 or 1.0."),
        ("0.001", "AQL 0.001 is not in the table; the nearest is 0.010."),
        ("5000", "AQL 5000 is not in the table; the nearest is 1000."),
        ("one", "“one” is not an AQL."),
        ("NaN", "“NaN” is not an AQL."),
        ("Infinity", "“Infinity” is not an AQL."),
    ],
)
def test_an_aql_of_no_table_is_refused_with_its_neighbours(aql: str, sentence: str) -> None:
    with pytest.raises(SamplingError) as refused:
        aql_of(aql)
    assert str(refused.value) == sentence


@pytest.mark.parametrize("written", ["1", "1.00", 1, 1.0, D("1.0")])
def test_an_aql_is_found_however_it_is_written(written: str | float | Decimal) -> None:
    assert str(aql_of(written)) == "1.0"


def test_a_lot_of_nothing_and_a_letter_of_no_row_are_refused() -> None:
    with pytest.raises(SamplingError, match="at least one item"):
        single_plan(0, "1.0")
    with pytest.raises(SamplingError, match="no code letter S in normal"):
        cell("S", "0.025")


def test_above_10_an_aql_counts_per_hundred() -> None:
    assert [single_plan(500, aql).per_hundred for aql in ("10", "15")] == [False, True]


@given(ANY_PLAN)
def test_every_lot_has_a_plan_whose_numbers_are_of_one_row(plan: SamplingPlan) -> None:
    assert 1 <= plan.n <= plan.lot
    assert plan.n == min(plan.lot, size_of(plan.used_letter, plan.severity))
    assert 0 <= plan.ac < plan.re
    assert (plan.moved is None) == (plan.letter == plan.used_letter)


@given(st.integers(1, 10**7), st.integers(1, 10**7), st.sampled_from(Level))
def test_a_larger_lot_has_no_earlier_letter(one: int, other: int, level: Level) -> None:
    small, large = sorted((one, other))
    assert LETTERS.index(code_letter(small, level)) <= LETTERS.index(code_letter(large, level))


@pytest.mark.parametrize("severity", list(Severity))
def test_along_each_row_the_acceptance_number_never_falls(severity: Severity) -> None:
    for letter in letters_of(severity):
        found = [cell(letter, aql, severity) for aql in AQLS]
        numbers = [one.ac for one in found if one.arrow is None]
        assert numbers == sorted(numbers)


def test_tightened_inspection_is_never_easier_than_normal() -> None:
    for letter in letters_of(Severity.normal):
        for aql in AQLS:
            normal, tightened = cell(letter, aql), cell(letter, aql, Severity.tightened)
            if normal.arrow is None and tightened.arrow is None:
                assert tightened.ac <= normal.ac


def run(*lots: Lot, rules: SwitchingRules = STANDARD) -> list[Standing]:
    standings = [Standing()]
    for lot in lots:
        standings.append(after(standings[-1], lot, rules))
    return standings[1:]


def test_two_rejected_of_five_lead_to_tightened() -> None:
    standings = run(BAD, GOOD, GOOD, GOOD, BAD)
    assert [each.severity for each in standings] == [Severity.normal] * 4 + [Severity.tightened]
    assert str(standings[-1].why) == "2 of 5 consecutive lots were rejected."


def test_two_rejected_six_lots_apart_change_nothing() -> None:
    assert run(BAD, GOOD, GOOD, GOOD, GOOD, BAD)[-1].severity is Severity.normal


def test_five_accepted_in_a_row_lead_back_and_the_past_is_forgotten() -> None:
    standings = run(BAD, BAD, *[GOOD] * 5, BAD)
    assert [each.severity for each in standings[1:]] == [Severity.tightened] * 5 + [Severity.normal] * 2
    assert str(standings[-2].why) == "5 lots in a row were accepted."


def test_four_in_a_row_and_one_rejected_stay_tightened() -> None:
    assert run(BAD, BAD, *[GOOD] * 4, BAD, *[GOOD] * 4)[-1].severity is Severity.tightened


def test_the_fifth_rejected_lot_of_a_stretch_stops_inspection() -> None:
    standings = run(BAD, BAD, *[GOOD, BAD] * 4, BAD)
    assert [each.discontinued for each in standings] == [False] * 10 + [True]
    with pytest.raises(SamplingError, match="discontinued"):
        after(standings[-1], GOOD)
    assert resume(standings[-1]).severity is Severity.tightened
    assert resume(standings[-1]).rejected == 0


def test_the_older_rule_stops_after_ten_lots_on_tightened() -> None:
    rules = SwitchingRules(discontinue_after=None, discontinue_after_lots=10)
    standings = run(BAD, BAD, *[GOOD, BAD] * 5, rules=rules)
    assert [each.discontinued for each in standings[-2:]] == [False, True]


def test_without_its_setting_nothing_leads_to_reduced() -> None:
    assert all(each.severity is Severity.normal for each in run(*[GOOD] * 100))


def test_a_score_of_30_leads_to_reduced_and_a_rejected_lot_back() -> None:
    rules = SwitchingRules(reduced_score=30)
    standings = run(*[GOOD] * 15, BAD, rules=rules)
    assert [each.score for each in standings[:14]] == list(range(2, 30, 2))
    assert [each.severity for each in standings[13:]] == [Severity.normal, Severity.reduced, Severity.normal]


def test_ten_accepted_in_a_row_lead_to_reduced_where_the_plant_says_so() -> None:
    standings = run(GOOD, BAD, *[GOOD] * 10, rules=SwitchingRules(reduced_after=10))
    assert [each.severity for each in standings[-2:]] == [Severity.normal, Severity.reduced]


def test_with_ac_2_the_score_counts_what_a_tighter_plan_accepts() -> None:
    rules = SwitchingRules(reduced_score=30)
    good, loose = Lot(True, accepted_one_step_tighter=True, ac=2), Lot(True, ac=2)
    assert [each.score for each in run(good, good, loose, good, rules=rules)] == [3, 6, 0, 3]


def test_a_lot_between_ac_and_re_ends_reduced_inspection() -> None:
    reduced = Standing(Severity.reduced)
    assert after(reduced, GOOD).severity is Severity.reduced
    assert after(reduced, Lot(True, between=True)).severity is Severity.normal
    assert back_to_normal(reduced, because("Production stopped.")).severity is Severity.normal


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: SwitchingRules(rejected_of_five=0),
        lambda: SwitchingRules(rejected_of_five=6),
        lambda: SwitchingRules(discontinue_after=0),
        lambda: resume(Standing()),
        lambda: back_to_normal(Standing(), because("x")),
    ],
)
def test_rules_that_cannot_be_and_moves_that_are_not_are_refused(wrong: object) -> None:
    assert callable(wrong)
    with pytest.raises(SamplingError):
        wrong()


@given(st.lists(st.booleans(), max_size=60))
def test_inspection_only_ever_moves_as_the_rules_allow(accepted: list[bool]) -> None:
    standing = Standing()
    for one in accepted:
        if standing.discontinued:
            standing = resume(standing)
        following = after(standing, Lot(one))
        if following.severity is Severity.normal and standing.severity is Severity.tightened:
            assert one
        if following.severity is Severity.tightened and standing.severity is Severity.normal:
            assert not one
        assert (following.why is None) == (
            following.severity is standing.severity and following.discontinued == standing.discontinued
        )
        standing = following


def test_sizes_rise_with_the_letter() -> None:
    for severity in Severity:
        sizes = [size_of(letter, severity) for letter in letters_of(severity)]
        assert all(one <= other for one, other in pairwise(sizes))
