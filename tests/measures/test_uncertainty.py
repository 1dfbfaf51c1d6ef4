"""Budgets: contributions, coverage factors, rounding."""

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techfloor.measures.budgets import balance_budget, budget_from_rows, weights_for
from techfloor.measures.convolution import Distribution, Term, coverage_half_width
from techfloor.measures.drift import DataError
from techfloor.measures.quantity import plain
from techfloor.measures.repeats import pooled_sd, repeatability, type_a
from techfloor.measures.uncertainty import (
    Budget,
    BudgetError,
    Component,
    Correlation,
    DofRule,
    Method,
    Origin,
    Per,
    Point,
    evaluate,
    propagate,
    report_round,
    round_to,
    t_factor,
)

D = Decimal
AT_150 = Point(D(150))
ROOT_3 = D("1.732")

# The budgets of the demonstration plant: procedure, rows, and the k that the procedure states.
PROCEDURES = {
    "CAL-P-01": (
        "2",
        None,
        [
            ["gauge blocks, certificate", "0.00014", "normal", "2", "standard"],
            ["block deviation not corrected", "0.00040", "rectangular", "1.732", "standard"],
            ["temperature difference 1 C over 150 mm", "0.0017", "rectangular", "1.732", "environment"],
            ["resolution at zero", "0.005", "rectangular", "1.732", "item"],
            ["resolution at the point", "0.005", "rectangular", "1.732", "item"],
            ["jaw parallelism and Abbe", "0.010", "rectangular", "1.732", "item"],
        ],
    ),
    "CAL-P-02": (
        "1.83",
        None,
        [
            ["gauge blocks", "0.0008", "rectangular", "1.732", "standard"],
            ["temperature difference 2 C over 150 mm", "0.0034", "rectangular", "1.732", "environment"],
            ["resolution 0.05 mm", "0.025", "rectangular", "1.732", "item"],
            ["mechanical effects", "0.050", "rectangular", "1.732", "item"],
        ],
    ),
    "CAL-P-03": (
        "2",
        None,
        [
            ["gauge blocks, certificate, stack of two", "0.00012", "normal", "2", "standard"],
            ["block deviation not corrected", "0.00020", "rectangular", "1.732", "standard"],
            ["temperature difference 0.5 C over 50 mm", "0.00029", "rectangular", "1.732", "environment"],
            ["resolution", "0.0005", "rectangular", "1.732", "item"],
            ["anvil flatness and force", "0.0005", "rectangular", "1.732", "item"],
            ["repeatability", "0.0004", "normal", "1", "item"],
        ],
    ),
    "CAL-P-05": (
        "2",
        "%",
        [
            ["analyser, certificate", "0.50", "normal", "2", "standard"],
            ["analyser drift in a year", "0.20", "rectangular", "1.732", "standard"],
            ["scale resolution 0.5 N m at 20 N m", "1.25", "rectangular", "1.732", "item"],
            ["repeatability, five readings", "0.15", "normal", "1", "item"],
        ],
    ),
    "CAL-P-06": (
        "2",
        None,
        [
            ["calibrator, certificate", "0.006", "normal", "2", "standard"],
            ["reading to a fifth of a division (0.02 bar)", "0.010", "rectangular", "1.732", "item"],
            ["hysteresis", "0.010", "rectangular", "1.732", "item"],
        ],
    ),
    "CAL-P-08": (
        "2",
        None,
        [
            ["reference thermometer and dry block", "0.15", "normal", "2", "standard"],
            ["immersion", "0.10", "rectangular", "1.732", "environment"],
            ["resolution", "0.05", "rectangular", "1.732", "item"],
            ["repeatability", "0.05", "normal", "1", "item"],
        ],
    ),
}


def flat(name: str, half_width: str) -> Component:
    return Component(name, D(half_width), Distribution.rectangular, ROOT_3)


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_the_evaluated_factor_is_the_one_the_procedure_states(procedure: str) -> None:
    stated, unit, rows = PROCEDURES[procedure]
    assert f"{evaluate(budget_from_rows(rows, unit), AT_150).k:.2f}" == f"{float(stated):.2f}"


def test_a_percentage_budget_grows_with_the_reading() -> None:
    budget = budget_from_rows(PROCEDURES["CAL-P-05"][2], "%")
    at_20, at_100 = evaluate(budget, Point(D(20))), evaluate(budget, Point(D(100)))
    assert math.isclose(at_100.U, 5 * at_20.U)
    assert report_round(at_20.U) == D("0.31")


def test_the_standard_and_the_environment_can_be_taken_alone() -> None:
    budget = budget_from_rows(PROCEDURES["CAL-P-01"][2])
    alone = budget.only(Origin.standard, Origin.environment)
    assert [each.origin for each in alone.components] == [
        Origin.standard,
        Origin.standard,
        Origin.environment,
    ]
    assert evaluate(alone, AT_150).u == pytest.approx(math.hypot(0.00007, 0.0004 / 3**0.5, 0.0017 / 3**0.5))


def test_the_shares_of_the_variance_add_up_to_one() -> None:
    rows = evaluate(budget_from_rows(PROCEDURES["CAL-P-03"][2]), AT_150).rows
    assert sum(row.share for row in rows) == pytest.approx(1)
    assert rows[5].name == "repeatability"
    assert rows[5].share == pytest.approx(0.43, abs=0.005)


def test_the_multimeter_of_ea_4_02_s9_is_expanded_by_convolution() -> None:
    """EA-4/02 takes the resolution alone and prints 1.65; all three terms give 1.71 and the same 0.05 V."""
    found = evaluate(
        Budget((Component("standard", D("0.001")), flat("drift", "0.011"), flat("resolution", "0.05"))), AT_150
    )
    assert (found.method, found.coverage) == (Method.convolution, 0.95)
    assert found.k == pytest.approx(1.710, abs=0.001)
    assert plain(report_round(found.U, 1)) == "0.05"


def test_a_single_rectangle_reaches_exactly_its_share() -> None:
    found = evaluate(Budget((flat("a", "1"),)), AT_150)
    assert found.k == pytest.approx(0.95 * 3**0.5, abs=1e-6)


@pytest.mark.parametrize(
    ("distribution", "expected"),
    [
        (Distribution.normal, 1.959964),
        (Distribution.rectangular, 0.95 * 3**0.5),
        (Distribution.triangular, 6**0.5 * (1 - 0.05**0.5)),
        (Distribution.arcsine, 2**0.5 * math.sin(0.95 * math.pi / 2)),
    ],
)
def test_convolution_of_one_term_agrees_with_its_formula(distribution: Distribution, expected: float) -> None:
    assert coverage_half_width([Term(1.0, distribution)], 0.95) == pytest.approx(expected, abs=1e-3)


def test_two_equal_rectangles_make_a_triangle() -> None:
    pair = [Term(1.0, Distribution.rectangular)] * 2
    triangle = [Term(2**0.5, Distribution.triangular)]
    assert coverage_half_width(pair, 0.95) == pytest.approx(coverage_half_width(triangle, 0.95), abs=1e-3)


def test_convolution_of_nothing_is_nothing() -> None:
    assert coverage_half_width([Term(0.0, Distribution.normal)], 0.95) == 0.0


def test_finite_degrees_of_freedom_widen_the_factor() -> None:
    budget = Budget((Component("repeatability", D("0.1"), dof=4), Component("standard", D("0.05"))))
    cut, kept = evaluate(budget, AT_150), evaluate(budget, AT_150, dof_rule=DofRule.interpolated)
    assert cut.method is Method.effective_dof
    assert cut.dof == pytest.approx(6.25)
    assert cut.k == pytest.approx(t_factor(6, 0.9545))
    assert kept.k == pytest.approx(t_factor(6.25, 0.9545))
    assert (cut.dof_rule, kept.dof_rule) == (DofRule.truncated, DofRule.interpolated)


def test_another_coverage_has_another_factor() -> None:
    found = evaluate(Budget((Component("standard", D(1)),)), AT_150, coverage=0.99)
    assert found.k == pytest.approx(2.5758, abs=1e-4)
    assert found.coverage == 0.99


def test_a_row_can_count_resolution_or_the_certificate() -> None:
    budget = Budget(
        (
            Component("resolution", D(1), Distribution.rectangular, ROOT_3, per=Per.half_resolution),
            Component("certificate", D(1), divisor=D(2), origin=Origin.standard, per=Per.certificate),
        )
    )
    rows = evaluate(budget, Point(D(20), D("0.5"), D("0.1"))).rows
    assert [row.u for row in rows] == [pytest.approx(0.25 / 3**0.5), pytest.approx(0.05)]
    with pytest.raises(BudgetError, match="half_resolution"):
        evaluate(budget, Point(D(20)))


def test_fully_correlated_terms_add_without_squares() -> None:
    terms = (Component("one", D(3)), Component("other", D(4)))
    assert evaluate(Budget(terms), AT_150).u == pytest.approx(5)
    assert evaluate(Budget(terms, (Correlation("one", "other", 1.0),)), AT_150).u == pytest.approx(7)


def test_a_correlated_term_has_no_finite_degrees_of_freedom() -> None:
    terms = (Component("one", D(3), dof=5), Component("other", D(4)))
    with pytest.raises(BudgetError, match="degrees of freedom"):
        evaluate(Budget(terms, (Correlation("one", "other", 1.0),)), AT_150)


def test_a_correlation_names_two_terms_of_the_budget() -> None:
    terms = (Component("one", D(3)), Component("other", D(4)))
    with pytest.raises(BudgetError, match="correlation"):
        Budget(terms, (Correlation("one", "third", 0.5),))


def test_a_correlation_goes_with_its_terms() -> None:
    terms = (Component("one", D(3), origin=Origin.standard), Component("other", D(4)))
    assert Budget(terms, (Correlation("one", "other", 0.5),)).only(Origin.standard).correlations == ()


def test_a_budget_of_zeros_has_no_uncertainty() -> None:
    found = evaluate(Budget((Component("nothing", D(0)),)), AT_150)
    assert (found.u, found.U, found.rows[0].share) == (0.0, 0.0, 0.0)


def test_a_budget_needs_terms_with_names_of_their_own() -> None:
    with pytest.raises(BudgetError):
        Budget(())
    with pytest.raises(BudgetError):
        Budget((Component("one", D(1)), Component("one", D(2))))


def test_the_repeatability_row_can_be_replaced() -> None:
    budget = budget_from_rows(PROCEDURES["CAL-P-03"][2]).without("repeatability")
    assert len(budget.components) == 5


def test_the_divisor_must_fit_the_shape() -> None:
    with pytest.raises(BudgetError, match=r"1\.732"):
        Component("resolution", D(1), Distribution.rectangular, D(2))


def test_a_negative_term_is_refused() -> None:
    with pytest.raises(BudgetError, match="positive"):
        Component("standard", D(-1))


@pytest.mark.parametrize(
    "row",
    [
        ["too", "short"],
        ["a", "x", "normal", "2", "item"],
        ["a", "1", "cosine", "2", "item"],
        ["a", "1", "normal", "2", "moon"],
        ["a", "1", "rectangular", "2", "item"],
    ],
)
def test_a_budget_row_of_another_form_is_refused(row: list[str]) -> None:
    with pytest.raises(BudgetError, match="cannot be read"):
        budget_from_rows([row])


def test_a_formula_carries_uncertainties_through() -> None:
    value, u, expanded = propagate(lambda a, b: a * b, [(3.0, 0.3), (4.0, 0.4)])
    assert value == 12.0
    assert u == pytest.approx(12 * math.hypot(0.1, 0.1))
    assert expanded == pytest.approx(2 * u, rel=1e-4)


WEIGHTS = [(D(n), D(u)) for n, u in (("1", "0.00003"), ("100", "0.00016"), ("200", "0.0003"), ("500", "0.0008"))]


def test_the_weights_of_a_load_are_chosen_heaviest_first() -> None:
    assert weights_for(D("300.000"), [n for n, _ in WEIGHTS]) == [200, 100]
    assert weights_for(D("0.000"), [n for n, _ in WEIGHTS]) == []
    with pytest.raises(BudgetError, match="no weights"):
        weights_for(D(400), [n for n, _ in WEIGHTS])


def test_a_balance_adds_the_uncertainties_of_its_weights() -> None:
    found = evaluate(balance_budget(D("300.000"), WEIGHTS, D("0.001")), Point(D(300)))
    assert found.rows[0].u == pytest.approx(0.00023)
    expected = math.sqrt(0.00023**2 + 2 * (0.0005 / 3**0.5) ** 2 + 0.0005**2)
    assert math.isclose(found.U, 2 * expected)


def test_repeats_of_a_point_are_evaluated_about_their_mean() -> None:
    found = type_a([D("19.91"), D("19.87"), D("19.89"), D("19.86"), D("19.87")])
    assert found.mean == pytest.approx(19.88)
    assert found.s == pytest.approx(0.02)
    assert found.dof == 4


def test_pooled_deviations_are_weighed_by_their_degrees_of_freedom() -> None:
    s, dof = pooled_sd([[D(1), D(3)], [D(0), D(0), D(0)], [D(7)]])
    assert s == pytest.approx((2 / 3) ** 0.5)
    assert dof == 3
    with pytest.raises(DataError):
        pooled_sd([[D(1)]])


def test_the_pooled_deviation_stands_in_until_the_last_repeat() -> None:
    early = repeatability([D(1), D(2)], 5, pooled_s=0.1, pooled_dof=20)
    assert float(early.value) == pytest.approx(0.1 / 5**0.5)
    assert early.dof == 20
    final = repeatability([D(1), D(2), D(3), D(4), D(5)], 5, pooled_s=0.1)
    assert float(final.value) == pytest.approx((2.5 / 5) ** 0.5)
    assert final.dof == 4
    with pytest.raises(DataError, match="pooled"):
        repeatability([D(1)], 5)


@pytest.mark.parametrize(
    ("exact", "digits", "reported"),
    [
        ("0.0592", 1, "0.06"),
        ("58.52", 2, "59"),
        ("0.0324", 1, "0.04"),
        ("28.05", 2, "28"),
        ("10.47", 2, "10"),
        ("10.6", 2, "11"),
        ("1.04", 1, "1"),
        ("1.06", 1, "2"),
        ("9.96", 1, "10"),
        ("0.0996", 2, "0.10"),
        ("59", 1, "60"),
        ("0", 2, "0"),
    ],
)
def test_an_uncertainty_is_rounded_for_the_report(exact: str, digits: int, reported: str) -> None:
    assert plain(report_round(D(exact), digits)) == reported


def test_a_reported_uncertainty_has_one_or_two_digits() -> None:
    with pytest.raises(BudgetError):
        report_round(D(1), 3)
    with pytest.raises(BudgetError):
        report_round(math.nan)


def test_the_value_is_rounded_to_the_place_of_its_uncertainty() -> None:
    assert round_to(D("10.05762"), D("0.027")) == D("10.058")
    assert plain(round_to(D("10057.62"), report_round(D(59), 1))) == "10060"


@given(st.decimals("0.0001", 10000, places=6), st.sampled_from([1, 2]))
def test_rounding_never_lowers_an_uncertainty_by_more_than_five_percent(exact: Decimal, digits: int) -> None:
    rounded = report_round(exact, digits)
    assert rounded >= exact * D("0.95")
    assert len(rounded.as_tuple().digits) == digits


@given(st.lists(st.integers(1, 1000), min_size=1, max_size=6))
def test_a_combined_uncertainty_is_the_root_of_the_squares(parts: list[int]) -> None:
    budget = Budget(tuple(Component(str(i), D(part)) for i, part in enumerate(parts)))
    assert evaluate(budget, AT_150).u == pytest.approx(math.hypot(*parts))
