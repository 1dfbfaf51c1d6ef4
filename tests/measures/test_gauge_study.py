"""Analysis of variance, and gauge studies by it: crossed, nested, and what is said of bad data."""

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from techfloor.cli.validation.reference import cases
from techfloor.measures.anova import AnovaRow, nested, one_way, two_way
from techfloor.measures.drift import DataError
from techfloor.measures.gauge_intervals import Term, interval_of
from techfloor.measures.gauge_study import (
    Rating,
    Scale,
    Source,
    categories,
    crossed,
    nested_study,
    rating,
)
from techfloor.measures.study import Study, StudyError, study_of, study_of_rows

D = Decimal
ONE_VALUE = st.integers(-500, 500)
AIAG = next(case for case in cases() if case.id == "AIAG-GRR-ANOVA").inputs["data_A_B_C[part][trial]"]


def aiag() -> Study:
    return study_of(
        {who: {str(n): [D(str(v)) for v in values] for n, values in enumerate(parts)} for who, parts in AIAG.items()}
    )


def cells_of(a: int, b: int, r: int) -> st.SearchStrategy[list[list[list[int]]]]:
    cell = st.lists(ONE_VALUE, min_size=r, max_size=r)
    line = st.lists(cell, min_size=b, max_size=b)
    return st.lists(line, min_size=a, max_size=a)


# NIST StRD SmLs01 to 09: nine groups around 1.4, 1.3 and 1.5, each of one value at its mean and the others 0.1 off.
@pytest.mark.parametrize("offset", ["0", "1000000", "1000000000000"])
@pytest.mark.parametrize(("repeats", "certified"), [(21, 21.0), (201, 201.0), (2001, 2001.0)])
def test_the_data_of_simon_and_lesage_lose_no_digit(offset: str, repeats: int, certified: float) -> None:
    means = [D(offset) + D(mean) for mean in ("1.4", *("1.3", "1.5") * 4)]
    groups = [[mean, *[mean - D("0.1"), mean + D("0.1")] * (repeats // 2)] for mean in means]
    found = one_way(groups)
    assert found.between.f == pytest.approx(certified, rel=1e-13)
    assert found.between.ss == pytest.approx(0.08 * repeats, rel=1e-14)
    assert found.residual_sd == pytest.approx(0.1, rel=1e-14)


@given(st.lists(st.lists(ONE_VALUE, min_size=1, max_size=6), min_size=2, max_size=5))
def test_one_way_agrees_with_scipy(groups: list[list[int]]) -> None:
    if sum(map(len, groups)) == len(groups):
        with pytest.raises(DataError):
            one_way(groups)
        return
    found = one_way(groups)
    assert found.between.ss + found.within.ss == pytest.approx(found.total.ss)
    if found.within.ss and found.between.ss:
        expected = stats.f_oneway(*groups)
        assert found.between.f == pytest.approx(float(expected.statistic), rel=1e-6, abs=1e-9)
        assert found.between.p == pytest.approx(float(expected.pvalue), rel=1e-5, abs=1e-9)


def test_groups_without_scatter_differ_infinitely_or_not_at_all() -> None:
    assert (one_way([[1, 1], [2, 2]]).between.f, one_way([[1, 1], [2, 2]]).between.p) == (math.inf, 0.0)
    alike = one_way([[1, 1], [1, 1]])
    assert (alike.between.f, alike.between.p, alike.r_squared) == (None, None, None)


@pytest.mark.parametrize("groups", [[[1, 2]], [[1, 2], []], [[1], [2]], [[1.0, math.nan], [1.0, 2.0]]])
def test_groups_that_cannot_be_compared_are_refused(groups: Sequence[Sequence[float]]) -> None:
    with pytest.raises(DataError):
        one_way(groups)


@given(cells_of(3, 4, 2))
def test_the_squares_of_two_factors_are_those_of_the_textbook(cells: list[list[list[int]]]) -> None:
    found = two_way(cells)
    data = np.array(cells, float)
    grand = data.mean()
    first = 8 * ((data.mean(axis=(1, 2)) - grand) ** 2).sum()
    second = 6 * ((data.mean(axis=(0, 2)) - grand) ** 2).sum()
    error = ((data - data.mean(axis=2, keepdims=True)) ** 2).sum()
    assert [found.first.ss, found.second.ss, found.error.ss] == pytest.approx([first, second, error], abs=1e-6)
    assert math.fsum(row.ss for row in found.rows[:-1]) == pytest.approx(found.total.ss)
    assert sum(row.df for row in found.rows[:-1]) == found.total.df == 23


def test_one_value_in_each_cell_tests_against_what_is_left() -> None:
    found = two_way([[[1], [2], [4]], [[2], [4], [7]]])
    assert (found.interaction, found.error.df, len(found.rows)) == (None, 2, 4)
    assert found.first.f == pytest.approx(found.first.ms / found.error.ms)
    assert found.pooled() is found


@given(cells_of(3, 2, 3))
def test_nested_squares_add_up_and_are_tested_one_by_the_next(cells: list[list[list[int]]]) -> None:
    found = nested(cells)
    assert math.fsum(row.ss for row in found.rows[:-1]) == pytest.approx(found.total.ss)
    assert [row.df for row in found.rows] == [2, 3, 12, 17]
    within = [one_way(line) for line in cells]
    assert found.second.ss == pytest.approx(sum(each.between.ss for each in within), abs=1e-6)
    if found.second.ms:
        assert found.first.f == pytest.approx(found.first.ms / found.second.ms)


def test_shapes_that_are_no_table_are_refused() -> None:
    with pytest.raises(DataError, match="same number"):
        two_way([[[1], [2]], [[1], [2, 3]]])
    with pytest.raises(DataError, match="two levels"):
        two_way([[[1], [2]]])
    with pytest.raises(DataError, match="every combination"):
        two_way([[[1], []], [[1], []]])
    with pytest.raises(DataError, match="two values of each"):
        nested([[[1], [2]], [[1], [2]]])


def test_the_reduced_table_of_aiag_is_as_minitab_prints_it() -> None:
    found = crossed(aiag())
    assert found.pooled
    assert found.reduced is not None
    assert found.reduced.first.f == pytest.approx(245.614, abs=0.0005)
    assert found.reduced.second.f == pytest.approx(39.617, abs=0.0005)
    assert found.reduced.error.df == 78
    assert [str(note) for note in found.notes] == [
        "The interaction (p = 0.974) is above the pooling alpha of 0.05 and counts as repeatability."
    ]
    assert found.line(Source.part).study_percent == pytest.approx(96.04, abs=0.005)
    with pytest.raises(StudyError):
        found.line(Source.interaction)


def test_without_pooling_a_negative_interaction_counts_as_nothing_and_is_named() -> None:
    found = crossed(aiag(), alpha=None)
    line = found.line(Source.interaction)
    assert (line.variance, line.clipped, found.pooled) == (0.0, True, False)
    assert "appraiser x part came out negative" in str(found.notes[0])


def test_with_an_interaction_it_is_part_of_reproducibility() -> None:
    study = study_of({"A": {"1": [1, 2], "2": [9, 8], "3": [4, 5]}, "B": {"1": [8, 7], "2": [2, 3], "3": [5, 4]}})
    found = crossed(study)
    table = two_way(study.by_part)
    assert table.interaction is not None
    assert not found.pooled
    expected = (table.interaction.ms - table.error.ms) / 2
    assert found.line(Source.interaction).variance == pytest.approx(expected)
    total = found.line(Source.appraiser).variance + found.line(Source.interaction).variance
    assert found.line(Source.reproducibility).variance == pytest.approx(total)


def test_shares_of_tolerance_and_process_need_them() -> None:
    found = crossed(aiag(), Scale(multiplier=5.15, tolerance=8.0, process_sd=2.0)).line(Source.gauge)
    assert found.study_variation == pytest.approx(5.15 * 0.302372, abs=1e-4)
    assert found.tolerance_percent == pytest.approx(100 * 5.15 * 0.302372 / 8, abs=1e-3)
    assert found.process_percent == pytest.approx(15.1186, abs=1e-3)
    bare = crossed(aiag()).line(Source.gauge)
    assert (bare.tolerance_percent, bare.process_percent) == (None, None)


@settings(max_examples=40)
@given(cells_of(2, 3, 2), st.integers(1, 50), st.integers(-1000, 1000))
def test_shifted_and_scaled_readings_give_the_same_shares(cells: list[list[list[int]]], times: int, shift: int) -> None:
    if len({value for line in cells for cell in line for value in cell}) == 1:
        return
    named = {str(a): {str(p): cell for p, cell in enumerate(line)} for a, line in enumerate(cells)}
    moved = {
        a: {p: [Fraction(value * times + shift, 7) for value in cell] for p, cell in line.items()}
        for a, line in named.items()
    }
    plain = crossed(study_of(named))
    scaled = crossed(study_of({a: {p: list(map(float, c)) for p, c in line.items()} for a, line in moved.items()}))
    if plain.pooled == scaled.pooled:
        for one, other in zip(plain.lines, scaled.lines, strict=True):
            assert one.contribution == pytest.approx(other.contribution, abs=1e-6)
    assert sum(plain.line(source).contribution for source in (Source.gauge, Source.part)) == pytest.approx(100)


def test_the_order_of_appraisers_and_parts_changes_nothing() -> None:
    turned = {who: dict(reversed(list(enumerate(parts)))) for who, parts in reversed(list(AIAG.items()))}
    found = crossed(study_of({who: {str(n): values for n, values in parts.items()} for who, parts in turned.items()}))
    assert found.line(Source.gauge).variance == pytest.approx(crossed(aiag()).line(Source.gauge).variance)


def test_a_nested_study_solves_its_own_mean_squares() -> None:
    study = study_of({"A": {"1": [1, 2], "2": [9, 8], "3": [4, 5]}, "B": {"1": [8, 7], "2": [2, 3], "3": [5, 4]}})
    found = nested_study(study)
    table = nested(study.readings)
    assert found.line(Source.part).variance == pytest.approx((table.second.ms - table.error.ms) / 2)
    assert found.line(Source.appraiser).variance == 0.0
    assert found.line(Source.appraiser).clipped
    assert (found.reduced, found.alpha) == (None, None)


def test_categories_are_truncated_and_at_least_one() -> None:
    count, ratio = categories(1.04233, 0.30237)
    assert count == 4
    assert ratio == pytest.approx(4.8605, abs=1e-3)
    assert categories(0.1, 1.0)[0] == 1
    assert categories(1.0, 0.0) == (None, math.inf)


def test_a_gauge_is_rated_by_its_share() -> None:
    assert [rating(x) for x in (9.99, 10.0, 30.0, 30.01)] == [Rating.good, Rating.marginal, Rating.marginal, Rating.bad]


def test_the_interval_of_repeatability_is_that_of_chi_square() -> None:
    found = crossed(aiag()).line(Source.repeatability)
    assert found.interval is not None
    squares = 78 * found.variance
    assert found.interval.low == pytest.approx(squares / float(stats.chi2.ppf(0.975, 78)))
    assert found.interval.high == pytest.approx(squares / float(stats.chi2.ppf(0.025, 78)))


def test_the_interval_of_a_difference_turns_exactly_at_its_f_test() -> None:
    """The bounds of a difference reach 0 just where the F test of its two mean squares is significant."""
    f = float(stats.f.ppf(0.975, 9, 18))
    for factor, positive in ((1.001, True), (0.999, False)):
        terms = [Term(1, AnovaRow("part", 0, 9, f * factor)), Term(-1, AnovaRow("error", 0, 18, 1.0))]
        assert (interval_of(terms).low > 0) is positive


def test_a_higher_confidence_is_wider_and_contains_the_estimate() -> None:
    narrow, wide = crossed(aiag(), confidence=0.8), crossed(aiag(), confidence=0.99)
    for source in (Source.gauge, Source.repeatability, Source.part):
        one, other = narrow.line(source), wide.line(source)
        assert one.interval is not None
        assert other.interval is not None
        assert other.interval.low < one.interval.low < one.variance < one.interval.high < other.interval.high


def test_rows_in_the_order_of_reading_make_the_same_study() -> None:
    rows = [
        (who, str(n), D(str(parts[n][repeat]))) for repeat in range(3) for n in range(10) for who, parts in AIAG.items()
    ]
    assert study_of_rows(rows) == aiag()


@pytest.mark.parametrize(
    ("readings", "sentence"),
    [
        ({}, "two appraisers"),
        ({"A": {"1": [1, 2], "2": [1, 2]}}, "two appraisers"),
        ({"A": {"1": [1, 2]}, "B": {"1": [1, 2]}}, "two parts"),
        ({"A": {"1": [1], "2": [1]}, "B": {"1": [1], "2": [2]}}, "read twice"),
        ({"A": {"1": [1, 2], "2": [1, 2]}, "B": {"1": [1, 2]}}, "B did not read part 2."),
        ({"A": {"1": [1, 2], "2": []}, "B": {"1": [1, 2], "2": [1, 2]}}, "A did not read part 2."),
        ({"A": {"1": [1, 2], "2": [1, 2]}, "B": {"1": [1], "2": [1, 2]}}, "B read part 1 1 times"),
        ({"A": {"1": [1, 1], "2": [1, 1]}, "B": {"1": [1, 1], "2": [1, 1]}}, "All readings are equal"),
    ],
)
def test_readings_that_are_no_study_are_refused_by_name(
    readings: Mapping[str, Mapping[str, Sequence[int]]], sentence: str
) -> None:
    with pytest.raises(StudyError, match=sentence):
        study_of(readings)


def test_settings_that_cannot_be_are_refused() -> None:
    with pytest.raises(StudyError):
        Scale(multiplier=0)
    with pytest.raises(StudyError):
        Scale(tolerance=-1.0)
    with pytest.raises(StudyError):
        crossed(aiag(), alpha=1.5)
    with pytest.raises(DataError):
        crossed(aiag(), confidence=1.0)
