"""Gauge studies by averages and ranges, and the charts of a study."""

import math
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from techfloor.cli.validation.reference import cases
from techfloor.measures.average_range import average_range, range_factor, range_method
from techfloor.measures.gauge_study import Scale, Source
from techfloor.measures.study import Study, StudyError, study_of
from techfloor.measures.study_charts import study_charts

D = Decimal
AIAG = next(case for case in cases() if case.id == "AIAG-GRR-ANOVA").inputs["data_A_B_C[part][trial]"]
CELLS = st.lists(
    st.lists(st.lists(st.integers(-99, 99), min_size=2, max_size=2), min_size=3, max_size=3), min_size=2, max_size=2
)


def aiag() -> Study:
    return study_of(
        {who: {str(n): [D(str(v)) for v in values] for n, values in enumerate(parts, 1)} for who, parts in AIAG.items()}
    )


def named(cells: list[list[list[int]]]) -> Study:
    assume(len({value for line in cells for cell in line for value in cell}) > 1)
    return study_of({str(a): {str(p): cell for p, cell in enumerate(line)} for a, line in enumerate(cells)})


# AIAG MSA, 4th edition, appendix C: d2* by values and ranges.
@pytest.mark.parametrize(
    ("values", "ranges", "printed"),
    [
        (2, 1, 1.41421),
        (3, 1, 1.91155),
        (4, 1, 2.23887),
        (5, 1, 2.48124),
        (10, 1, 3.17905),
        (2, 5, 1.19105),
        (3, 10, 1.71573),
        (2, None, 1.12838),
        (3, None, 1.69257),
    ],
)
def test_the_factors_are_those_of_the_table(values: int, ranges: int | None, printed: float) -> None:
    assert range_factor(values, ranges) == pytest.approx(printed, abs=2e-5)


@given(st.integers(2, 20), st.integers(1, 30))
def test_more_ranges_bring_the_factor_down_to_d2(values: int, ranges: int) -> None:
    assert range_factor(values, ranges) > range_factor(values, ranges + 1) > range_factor(values)
    assert range_factor(values + 1, ranges) > range_factor(values, ranges)


def test_the_form_of_aiag_comes_out_as_printed() -> None:
    found = average_range(aiag())
    assert found.mean_range == pytest.approx(0.3417, abs=5e-5)
    assert found.appraiser_span == pytest.approx(0.4447, abs=5e-5)
    assert found.part_span == pytest.approx(3.511, abs=5e-4)
    assert (found.k1, found.k2, found.k3) == pytest.approx((0.5908, 0.5231, 0.3146), abs=5e-5)
    result = found.result
    assert result.line(Source.repeatability).sd == pytest.approx(0.20188, abs=2e-5)
    assert result.line(Source.appraiser).sd == pytest.approx(0.22963, abs=6e-5)
    assert result.line(Source.gauge).sd == pytest.approx(0.30575, abs=6e-5)
    # The form multiplies by factors of four places.
    assert result.line(Source.part).sd == pytest.approx(1.10456, abs=2e-4)
    assert result.line(Source.total).sd == pytest.approx(1.14610, abs=2e-4)
    percents = [result.line(source).study_percent for source in (Source.repeatability, Source.appraiser, Source.gauge)]
    assert percents == pytest.approx([17.62, 20.04, 26.68], abs=0.01)
    assert result.ndc == 5
    assert result.notes == ()


def test_appraisers_closer_than_repeatability_explains_count_as_equal() -> None:
    found = average_range(study_of({"A": {"1": [1, 5], "2": [9, 5]}, "B": {"1": [5, 1], "2": [5, 9]}})).result
    line = found.line(Source.appraiser)
    assert (line.variance, line.clipped) == (0.0, True)
    assert "came out negative" in str(found.notes[0])
    assert found.line(Source.gauge).variance == found.line(Source.repeatability).variance


@given(CELLS, st.integers(2, 9), st.integers(-50, 50))
def test_shifting_and_scaling_readings_scales_the_deviations(
    cells: list[list[list[int]]], times: int, shift: int
) -> None:
    study = named(cells)
    moved = named([[[value * times + shift for value in cell] for cell in line] for line in cells])
    for one, other in zip(average_range(study).result.lines, average_range(moved).result.lines, strict=True):
        assert other.sd == pytest.approx(one.sd * times, abs=1e-6)
        assert other.contribution == pytest.approx(one.contribution, abs=1e-6)


def test_shares_of_the_tolerance_are_given_where_it_is() -> None:
    line = average_range(aiag(), Scale(tolerance=10.0)).result.line(Source.gauge)
    assert line.tolerance_percent == pytest.approx(60 * line.sd)


def test_the_short_method_of_aiag_comes_out_as_printed() -> None:
    a, b = ["0.85", "0.75", "1.00", "0.45", "0.50"], ["0.80", "0.70", "0.95", "0.55", "0.60"]
    found = range_method([(D(one), D(other)) for one, other in zip(a, b, strict=True)], process_sd=0.0777)
    assert found.mean_range == pytest.approx(0.07)
    assert found.factor == pytest.approx(1.19105, abs=1e-5)
    assert found.sd == pytest.approx(0.0588, abs=5e-5)
    assert found.percent == pytest.approx(75.7, abs=0.1)
    assert range_method([(1, 2), (1, 3)]).percent is None


def test_the_charts_of_aiag_have_their_limits() -> None:
    found = study_charts(aiag())
    assert found.ranges.centre == pytest.approx(0.3417, abs=5e-5)
    assert found.ranges.upper == pytest.approx(0.3417 * 2.574, abs=5e-4)
    assert found.ranges.lower == 0.0
    assert found.means.upper - found.means.centre == pytest.approx(0.3417 * 1.023, abs=5e-4)
    assert found.means.centre == pytest.approx(0.0014, abs=5e-5)
    # The spread of B's readings of part 4 is the only one out; most averages are.
    assert [(point.appraiser, point.part) for point in found.points if point.range_out] == [("B", "4")]
    assert found.discriminates
    assert not found.consistent


def test_points_go_by_appraiser_then_part() -> None:
    found = study_charts(aiag())
    assert [(point.appraiser, point.part) for point in found.points[:2]] == [("A", "1"), ("A", "2")]
    assert [point.part for point in found.of("C")] == [str(n) for n in range(1, 11)]
    assert found.points[0].readings == (0.29, 0.41, 0.64)
    assert dict(found.by_part)["1"] == pytest.approx(0.1689, abs=5e-5)
    assert dict(found.by_appraiser) == pytest.approx({"A": 0.1903, "B": 0.0683, "C": -0.2543}, abs=5e-5)


def test_a_point_on_its_limit_is_not_out() -> None:
    found = study_charts(study_of({"A": {"1": [1, 1], "2": [2, 2]}, "B": {"1": [1, 1], "2": [2, 2]}}))
    assert not any(point.range_out for point in found.points)
    assert all(point.mean_out for point in found.points)


@given(CELLS)
def test_the_means_of_parts_and_of_appraisers_have_one_centre(cells: list[list[list[int]]]) -> None:
    found = study_charts(named(cells))
    for levels in (found.by_part, found.by_appraiser):
        assert math.fsum(level for _, level in levels) / len(levels) == pytest.approx(found.means.centre, abs=1e-9)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: range_factor(1),
        lambda: range_factor(2, 0),
        lambda: range_method([(1, 2)]),
        lambda: range_method([(1,), (2,)]),
        lambda: range_method([(1, 2), (1, 2, 3)]),
        lambda: range_method([(1, 2), (1, 2)], process_sd=0),
    ],
)
def test_too_little_is_refused(wrong: object) -> None:
    assert callable(wrong)
    with pytest.raises(StudyError):
        wrong()
