"""What several calibrations say: drift, due dates, intervals, derived results, risks of a process."""

import math
import subprocess
import sys
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from statistics import stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techfloor.measures.derived import corner_load, electrode_slope, hysteresis, repeatability_sd
from techfloor.measures.drift import (
    DataError,
    exact_mean,
    fit_line,
    fit_powers,
    lag_1,
    mean,
    prediction_band,
    root,
    sd,
)
from techfloor.measures.due import DueState, add_months, days_left, next_due, state
from techfloor.measures.interval import (
    at_most,
    clopper_pearson_lower,
    clopper_pearson_upper,
    lengthening_is_earned,
    method_a3,
    staircase,
)
from techfloor.measures.risk import Zone, global_risk, worst_case_pfa

D = Decimal
# Mean errors in % at 20 N m of a torque wrench that drifts, against years.
YEARS = [0.0, 0.5, 1.0, 1.5, 2.0, 2.5]
ERRORS = [D("0.60"), D("0.98"), D("1.52"), D("1.90"), D("2.41"), D("2.97")]


def test_a_large_offset_costs_no_digits() -> None:
    assert sd([D("1000000000.2"), D("1000000000.1"), D("1000000000.3")]) == pytest.approx(0.1, rel=1e-15)


@given(st.lists(st.integers(-1000, 1000), min_size=2, max_size=20))
def test_the_standard_deviation_agrees_with_the_standard_library(values: list[int]) -> None:
    assert sd(values) == pytest.approx(stdev(values), abs=1e-12)


@pytest.mark.parametrize("wrong", [lambda: mean([]), lambda: sd([D(1)]), lambda: lag_1([D(1), D(1)])])
def test_too_few_values_are_refused(wrong: object) -> None:
    assert callable(wrong)
    with pytest.raises(DataError):
        wrong()


def test_a_mean_is_exact_until_it_is_printed() -> None:
    assert exact_mean([D("0.1"), D("0.2"), D("0.2")]) == Fraction(1, 6)


def test_a_root_of_a_huge_or_tiny_fraction_is_found() -> None:
    assert root(Fraction(10**400, 10**390)) == pytest.approx(1e5)
    assert root(Fraction(1, 10**30)) == pytest.approx(1e-15)


def test_points_on_a_line_have_that_line_and_no_error() -> None:
    fit = fit_line([1, 2, 3], [D("1.5"), D("2.5"), D("3.5")])
    assert fit.coefficients == (0.5, 1.0)
    assert fit.residual_sd == 0.0


@pytest.mark.parametrize(("xs", "ys"), [([1, 2], [1, 2]), ([1, 1, 1], [1, 2, 3]), ([1, 2, 3], [1, 2])])
def test_points_that_do_not_determine_a_line_are_refused(xs: list[int], ys: list[int]) -> None:
    with pytest.raises(DataError):
        fit_line(xs, ys)


def test_a_zero_pivot_does_not_stop_a_fit() -> None:
    assert fit_powers([-1, 0, 1, 2], [0, 1, 2, 3], (1, 0)).coefficients == (1.0, 1.0)


def test_the_band_of_a_drifting_wrench_widens_to_the_future() -> None:
    band = prediction_band(YEARS, ERRORS, [1.25, 3.0])
    assert band[1].line == pytest.approx(3.39, abs=0.02)
    assert band[1].low < band[1].line < band[1].high
    assert band[1].high - band[1].low > band[0].high - band[0].low


def test_the_band_agrees_with_the_textbook_formula() -> None:
    xs, ys = [1, 2, 3, 4], [2, 4, 5, 8]
    (point,) = prediction_band(xs, ys, [5])
    # slope 1.9, intercept 0, residual sd sqrt(0.35), t(0.975, 2) = 4.30265, 1 + 1/4 + 2.5**2/5 = 2.5
    assert point.line == pytest.approx(9.5)
    assert point.high - point.line == pytest.approx(4.30265 * (0.35 * 2.5) ** 0.5, abs=1e-4)


def test_a_band_needs_three_points() -> None:
    with pytest.raises(DataError):
        prediction_band([1, 2], [1, 2], [3])


@pytest.mark.parametrize(
    ("performed", "months", "rule", "due"),
    [
        (date(2026, 11, 18), 6, "exact day", date(2027, 5, 18)),
        (date(2026, 8, 31), 6, "exact day", date(2027, 2, 28)),
        (date(2027, 8, 31), 6, "exact day", date(2028, 2, 29)),
        (date(2026, 11, 18), 6, "end of month", date(2027, 5, 31)),
        (date(2026, 8, 1), 6, "end of month", date(2027, 2, 28)),
        (date(2026, 12, 31), 12, "exact day", date(2027, 12, 31)),
    ],
)
def test_the_next_due_date_is_counted_in_months(performed: date, months: int, rule: str, due: date) -> None:
    assert next_due(performed, months, rule) == due


def test_an_unknown_due_rule_and_an_interval_of_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match="weekly"):
        next_due(date(2026, 1, 1), 1, "weekly")
    with pytest.raises(ValueError, match="one month"):
        next_due(date(2026, 1, 1), 0)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(-60, 60))
def test_months_keep_the_day_or_end_the_month(day: date, months: int) -> None:
    found = add_months(day, months)
    assert (found.year * 12 + found.month) - (day.year * 12 + day.month) == months
    assert found.day == day.day or (found + timedelta(days=1)).day == 1


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2026, 11, 19), DueState.in_date),
        (date(2026, 11, 20), DueState.due_today),
        (date(2026, 11, 25), DueState.in_grace),
        (date(2026, 11, 26), DueState.overdue),
    ],
)
def test_a_gauge_is_usable_on_its_due_day_and_in_grace(today: date, expected: DueState) -> None:
    assert state(date(2026, 11, 20), today, grace_days=5) is expected


def test_without_grace_the_day_after_is_overdue() -> None:
    assert state(date(2026, 11, 20), date(2026, 11, 21)) is DueState.overdue
    assert days_left(date(2026, 11, 20), date(2026, 11, 21)) == -1


def test_a_staircase_goes_up_slowly_and_down_fast() -> None:
    assert staircase(180, True) == 198
    assert staircase(180, False) == 99
    assert staircase(40, False) == 30
    with pytest.raises(ValueError, match="never"):
        staircase(180, True, longer=0.9)


def test_a_reliability_near_its_target_changes_nothing() -> None:
    found = method_a3(19, 20, 365, 0.95)
    assert not found.changed
    assert found.interval == 365


def test_a_few_passes_do_not_lengthen_an_interval() -> None:
    found = method_a3(20, 20, 365, 0.85)
    assert found.rejection > 0.5
    assert not lengthening_is_earned(20, 20, 0.95)
    assert not method_a3(20, 20, 365, 0.90).changed


def test_sixty_passes_lengthen_an_interval() -> None:
    assert lengthening_is_earned(60, 60, 0.95)
    found = method_a3(60, 60, 365, 0.95)
    assert found.changed
    assert 365 < found.interval <= 730


def test_a_change_stays_within_its_factor() -> None:
    assert method_a3(0, 20, 360, 0.95, max_change=2).interval == 180


def test_the_exact_bounds_of_a_share() -> None:
    assert clopper_pearson_lower(59, 59, 0.95) == pytest.approx(0.05 ** (1 / 59))
    assert clopper_pearson_lower(0, 5, 0.95) == 0.0
    assert clopper_pearson_upper(5, 5, 0.95) == 1.0
    assert clopper_pearson_upper(0, 5, 0.95) == pytest.approx(1 - 0.05 ** (1 / 5))


def test_any_number_of_results_can_be_judged() -> None:
    found = method_a3(978, 1030, 12, 0.9)
    assert found.lower < 978 / 1030 < found.upper
    assert found.interval > 12
    assert method_a3(99_000, 100_000, 12, 0.9).interval > 12


@pytest.mark.parametrize(("count", "n"), [(-1, 5), (0, 5), (3, 5), (5, 5), (17, 40), (39, 40)])
def test_at_most_is_the_sum_of_the_binomial_terms(count: int, n: int) -> None:
    share = Fraction(9, 10)
    terms = [math.comb(n, i) * share**i * (1 - share) ** (n - i) for i in range(count + 1)]
    assert at_most(count, n, 0.9) == pytest.approx(float(sum(terms)), rel=1e-12)


@pytest.mark.parametrize(("good", "n"), [(1, 0), (-1, 5), (6, 5)])
def test_counts_that_cannot_be_are_refused(good: int, n: int) -> None:
    with pytest.raises(ValueError, match="counted"):
        method_a3(good, n, 365, 0.95)


def test_hysteresis_is_the_largest_gap_between_up_and_down() -> None:
    points = [
        (D("0.00"), "up", D("0.002")),
        (D("2.00"), "up", D("1.980")),
        (D("4.00"), "up", D("4.010")),
        (D("10.00"), "up", D("10.500")),
        (D("4.00"), "down", D("3.970")),
        (D("2.0"), "down", D("1.995")),
    ]
    assert hysteresis(points) == D("0.040")
    with pytest.raises(DataError):
        hysteresis(points[:4])


def test_repeatability_and_corner_load_of_a_balance() -> None:
    assert repeatability_sd([D("300.000"), D("300.001"), D("300.002")]) == pytest.approx(0.001)
    corners = [D("200.002"), D("199.997"), D("200.001"), D("200.000")]
    assert corner_load(D("200.000"), corners) == D("0.003")
    with pytest.raises(DataError):
        corner_load(D(1), [])


def test_an_ideal_electrode_has_the_whole_slope_and_no_offset() -> None:
    found = electrode_slope([(D("4.01"), D("2.99") * D("59.16")), (D("7.00"), D(0))])
    assert (found.mv_per_ph, found.percent, found.offset_mv) == (D("-59.16"), D(100), D(0))


def test_a_worn_electrode_over_three_buffers() -> None:
    found = electrode_slope([(D("4.01"), D("175.0")), (D("7.00"), D("5.0")), (D("10.01"), D("-166.5"))])
    assert float(found.percent) == pytest.approx(96.2, abs=0.1)
    assert float(found.offset_mv) == pytest.approx(4.8, abs=0.3)
    with pytest.raises(DataError):
        electrode_slope([(D("7.00"), D(0)), (D("7.00"), D(1))])


def test_a_one_sided_process_risk_counts_its_one_side() -> None:
    both = global_risk(Zone(-2, 2), Zone(-2, 2), 1.0, 0.25)
    one = global_risk(Zone(float("-inf"), 2), Zone(float("-inf"), 2), 1.0, 0.25)
    assert one.pfa == pytest.approx(both.pfa / 2, rel=1e-6)
    assert one.pfr == pytest.approx(both.pfr / 2, rel=1e-6)


def test_a_guard_band_trades_false_accepts_for_false_rejects() -> None:
    plain = global_risk(Zone(-2, 2), Zone(-2, 2), 1.0, 0.25)
    guarded = global_risk(Zone(-2, 2), Zone(-1.75, 1.75), 1.0, 0.25)
    assert guarded.pfa < plain.pfa
    assert guarded.pfr > plain.pfr
    assert worst_case_pfa(4, 0.5) < worst_case_pfa(4)


def test_a_process_without_scatter_is_refused() -> None:
    with pytest.raises(ValueError, match="scatter"):
        global_risk(Zone(-1, 1), Zone(-1, 1), 0.0, 0.1)


def test_nothing_is_accepted_in_an_empty_zone() -> None:
    assert global_risk(Zone(-1, 1), Zone(1, -1), 1.0, 0.1).conditional_pfa == 0.0


def test_importing_the_mathematics_loads_no_heavy_library() -> None:
    rooms = "budgets convolution decision derived drift due interval quantity repeats risk tolerance uncertainty units"
    loaded = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys\n"
            + "".join(f"import techfloor.measures.{room}\n" for room in rooms.split())
            + "print(sorted({'GTC', 'scipy', 'numpy', 'flask', 'sqlalchemy'} & set(sys.modules)))",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert loaded.stdout.strip() == "[]"
