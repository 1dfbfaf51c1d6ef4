"""What sampling plans do: curves, outgoing quality, plans found for two risks, plans by variables."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from techfloor.measures.chances import Model, at_most_of_lot, binomial, hypergeometric, poisson
from techfloor.measures.operating_curve import (
    Plan,
    Stage,
    acceptance,
    behaviour,
    curve,
    double,
    outgoing_limit,
    plan_of,
    quality_at,
    single,
)
from techfloor.measures.plan_search import RiskPoint, find_plan
from techfloor.measures.sampling import SamplingError, Severity, single_plan
from techfloor.measures.variables_plan import VariablesPlan, find_variables_plan, judge, judge_summary

GOOD, POOR = RiskPoint(0.05, 0.95), RiskPoint(0.15, 0.075)
PLANS = st.builds(lambda n, c: single(n, min(c, n)), st.integers(1, 400), st.integers(0, 15))
SHARES = st.floats(0.0005, 0.6)


@given(st.integers(0, 30), st.integers(1, 5000), SHARES)
def test_the_probabilities_are_those_of_scipy(count: int, n: int, p: float) -> None:
    assert binomial(count, n, p) == pytest.approx(float(stats.binom.pmf(count, n, p)), rel=1e-8, abs=1e-300)
    assert poisson(count, n * p) == pytest.approx(float(stats.poisson.pmf(count, n * p)), rel=1e-8, abs=1e-300)


@given(st.integers(0, 12), st.integers(1, 60), st.integers(0, 40), st.integers(60, 300))
def test_the_probability_of_a_single_lot_is_that_of_scipy(count: int, n: int, bad: int, lot: int) -> None:
    expected = float(stats.hypergeom.pmf(count, lot, bad, n))
    assert hypergeometric(count, n, bad, lot) == pytest.approx(expected, rel=1e-8, abs=1e-15)
    below = float(stats.hypergeom.cdf(count, lot, bad, n))
    assert at_most_of_lot(count, n, bad, lot) == pytest.approx(below, rel=1e-8, abs=1e-12)


def test_what_cannot_happen_has_no_probability() -> None:
    assert (binomial(-1, 5, 0.5), binomial(6, 5, 0.5), binomial(5, 5, 1.0), binomial(0, 5, 0.0)) == (0, 0, 1, 1)
    assert (poisson(-1, 2.0), poisson(1, 0.0), poisson(0, 0.0)) == (0, 0, 1)


@given(PLANS, SHARES, SHARES)
def test_worse_lots_are_accepted_no_more_often(plan: Plan, one: float, other: float) -> None:
    better, worse = sorted((one, other))
    for model in (Model.binomial, Model.poisson):
        assert acceptance(plan, worse, model) <= acceptance(plan, better, model) + 1e-12


@given(PLANS, st.floats(0.02, 0.98))
def test_the_quality_at_a_probability_is_accepted_with_it(plan: Plan, pa: float) -> None:
    if plan.n > plan.stages[0].re:
        assert acceptance(plan, quality_at(plan, pa)) == pytest.approx(pa, abs=1e-9)
    assert acceptance(plan, quality_at(plan, pa, Model.poisson), Model.poisson) == pytest.approx(pa, abs=1e-9)


def test_the_quality_of_a_single_lot_is_its_first_count_that_is_rare_enough() -> None:
    plan = single(20, 1)
    p = quality_at(plan, 0.1, Model.hypergeometric, 100)
    before = acceptance(plan, p - 0.01, Model.hypergeometric, 100)
    assert acceptance(plan, p, Model.hypergeometric, 100) <= 0.1 < before


# NIST/SEMATECH e-Handbook 6.2.3.2: n = 52, c = 3, lots of 10 000; AOQ and ATI by p in per cent.
@pytest.mark.parametrize(
    ("percent", "aoq", "ati"),
    [(1, 0.0099, 70), (2, 0.0196, 253), (3, 0.0278, 753), (4, 0.0338, 1584), (5, 0.0369, 2655), (6, 0.0372, 3836)],
)
def test_what_goes_out_and_what_is_inspected_are_as_printed(percent: int, aoq: float, ati: int) -> None:
    found = behaviour(single(52, 3), percent / 100, lot=10_000)
    assert found.aoq == pytest.approx(aoq, abs=0.0003)
    assert found.ati == pytest.approx(ati, abs=1.0)


def test_the_outgoing_limit_is_the_top_of_its_curve() -> None:
    found = outgoing_limit(single(89, 2), lot=10_000)
    assert found.aoql == pytest.approx(0.0155, abs=0.0003)  # Montgomery, 15.2, read off a curve
    near = curve(single(89, 2), [found.p * factor for factor in (0.9, 0.99, 1.01, 1.1)], lot=10_000)
    assert all(point.aoq <= found.aoql for point in near)


def test_the_worst_of_a_large_lot_is_found_without_trying_every_count() -> None:
    found, endless = outgoing_limit(single(125, 3), Model.hypergeometric, 500_000), outgoing_limit(single(125, 3))
    assert found.aoql == pytest.approx(endless.aoql, rel=1e-3)
    assert found.p == pytest.approx(endless.p, rel=0.01)


@pytest.mark.parametrize("lot", [900, 1150, 1400])
def test_a_closer_look_around_the_best_misses_nothing(lot: int) -> None:
    plan = single(89, 2)
    every = max(behaviour(plan, bad / lot, Model.hypergeometric, lot).aoq for bad in range(lot + 1))
    assert outgoing_limit(plan, Model.hypergeometric, lot).aoql == every


def test_a_lot_lowers_the_outgoing_limit_by_what_was_inspected() -> None:
    endless, small = outgoing_limit(single(50, 1)), outgoing_limit(single(50, 1), lot=200)
    assert small.aoql == pytest.approx(endless.aoql * (1 - 50 / 200), rel=1e-9)


def test_the_outgoing_limit_of_single_lots_is_found_by_counting() -> None:
    found = outgoing_limit(single(89, 2), Model.hypergeometric, 1000)
    assert found.p == pytest.approx(0.025)
    assert found.aoql == pytest.approx(0.01396, abs=1e-5)


def test_a_double_plan_accepts_as_sas_computes() -> None:
    # SAS/QC, PROBACC2(0, 2, 1, 13, 13, 0.18).
    assert acceptance(double(13, 0, 2, 13, 1), 0.18) == pytest.approx(0.0921738126, abs=1e-10)


def test_the_second_sample_of_a_lot_is_drawn_from_what_is_left() -> None:
    found = acceptance(double(50, 1, 4, 100, 3), 0.05, Model.hypergeometric, 200)
    first = stats.hypergeom(200, 10, 50)
    second = sum(first.pmf(d) * stats.hypergeom(150, 10 - d, 100).cdf(3 - d) for d in (2, 3))
    assert found == pytest.approx(float(first.cdf(1) + second), rel=1e-12)


def test_the_average_sample_of_a_double_plan_counts_the_second_where_it_is_drawn() -> None:
    found = behaviour(double(50, 1, 4, 100, 3), 0.05)
    undecided = float(stats.binom.pmf(2, 50, 0.05) + stats.binom.pmf(3, 50, 0.05))
    assert found.asn == pytest.approx(50 + 100 * undecided)


def test_a_multiple_plan_may_not_accept_at_first() -> None:
    plan = Plan((Stage(20, None, 2), Stage(20, 0, 3), Stage(20, 2, 3)))
    found = behaviour(plan, 0.02, lot=1000)
    assert found.decided[0][0] == 0.0
    assert found.pa == pytest.approx(sum(accepted for accepted, _ in found.decided))
    assert found.pa + sum(rejected for _, rejected in found.decided) == pytest.approx(1.0)


@given(st.integers(1, 60), st.integers(1, 60), st.integers(0, 4), SHARES)
def test_two_samples_of_which_the_first_only_rejects_what_is_lost_are_one(n1: int, n2: int, c: int, p: float) -> None:
    both = Plan((Stage(n1, None, c + 1), Stage(n2, c, c + 1)))
    for model in (Model.binomial, Model.poisson):
        assert acceptance(both, p, model) == pytest.approx(acceptance(single(n1 + n2, c), p, model), abs=1e-9)


@given(st.integers(1, 40), st.integers(0, 5), st.integers(0, 200))
def test_the_whole_of_two_draws_from_a_lot_is_one_draw(n: int, c: int, bad: int) -> None:
    both = Plan((Stage(n, None, c + 1), Stage(n, c, c + 1)))
    one = acceptance(single(2 * n, c), bad / 200, Model.hypergeometric, 200)
    assert acceptance(both, bad / 200, Model.hypergeometric, 200) == pytest.approx(one, abs=1e-9)


def test_a_plan_of_the_table_decides_as_it_says() -> None:
    found = single_plan(2000, "0.65", severity=Severity.reduced, reduced_allowed=True)
    assert plan_of(found) == single(50, 2)


@pytest.mark.parametrize(
    ("producer", "consumer", "model", "lot", "expected"),
    [
        (GOOD, POOR, Model.binomial, None, (80, 7)),
        # R's AccSamplingDesign, introduction: 1 % and 5 % with risks of 5 and 10 %.
        (RiskPoint(0.01, 0.95), RiskPoint(0.05, 0.10), Model.binomial, None, (132, 3)),
    ],
)
def test_the_smallest_plan_for_two_risks_is_found(
    producer: RiskPoint, consumer: RiskPoint, model: Model, lot: int | None, expected: tuple[int, int]
) -> None:
    found = find_plan(producer, consumer, model, lot)
    assert (found.n, found.c) == expected


def test_items_may_have_more_nonconformities_than_one() -> None:
    found = find_plan(RiskPoint(1.5, 0.95), RiskPoint(2.5, 0.05), Model.poisson)
    assert found.c >= found.n
    assert acceptance(single(found.n, found.c), 1.5, Model.poisson) == pytest.approx(found.at_producer)
    assert found.at_producer >= 0.95
    assert found.at_consumer <= 0.05


@settings(max_examples=30)
@given(st.floats(0.005, 0.08), st.floats(2.0, 8.0), st.sampled_from(Model))
def test_a_found_plan_keeps_both_risks_and_none_smaller_does(p: float, times: float, model: Model) -> None:
    lot = 400 if model is Model.hypergeometric else None
    producer, consumer = RiskPoint(p, 0.95), RiskPoint(min(0.9, p * times), 0.10)
    try:
        found = find_plan(producer, consumer, model, lot)
    except SamplingError:
        assert lot is not None
        return
    assert found.at_producer >= 0.95
    assert found.at_consumer <= 0.10
    for c in range(found.c + 1):
        smaller = single(found.n - 1, c) if c < found.n - 1 else None
        if smaller is not None:
            good, bad = (acceptance(smaller, point.p, model, lot) for point in (producer, consumer))
            assert good < 0.95 or bad > 0.10


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: find_plan(POOR, GOOD),
        lambda: find_plan(RiskPoint(0.05, 0.05), RiskPoint(0.15, 0.95)),
        lambda: find_plan(RiskPoint(0, 0.95), POOR),
        lambda: find_plan(RiskPoint(0.05, 1.0), POOR),
        lambda: find_plan(GOOD, RiskPoint(1.5, 0.1)),
        lambda: find_plan(GOOD, POOR, Model.hypergeometric),
        lambda: find_plan(RiskPoint(0.100, 0.95), RiskPoint(0.101, 0.01), Model.hypergeometric, 20),
        lambda: Plan(()),
        lambda: single(0, 0),
        lambda: single(5, -1),
        lambda: Plan((Stage(5, 0, 2),)),
        lambda: Plan((Stage(5, None, 2),)),
        lambda: double(5, 2, 4, 5, 1),
        lambda: double(5, 2, 2, 5, 4),
        lambda: acceptance(single(5, 1), 1.2),
        lambda: acceptance(single(5, 1), -0.1),
        lambda: acceptance(single(5, 1), math.nan),
        lambda: acceptance(single(5, 1), 0.2, Model.hypergeometric),
        lambda: acceptance(single(50, 1), 0.2, Model.hypergeometric, 20),
        lambda: quality_at(single(5, 1), 1.0),
        lambda: outgoing_limit(single(5, 1), Model.hypergeometric),
        lambda: VariablesPlan(1, 1.5, sigma_known=False),
        lambda: VariablesPlan(5, math.nan, sigma_known=False),
        lambda: VariablesPlan(5, 1.5, sigma_known=False).acceptance(2),
        lambda: judge(VariablesPlan(3, 1.5, sigma_known=False), [1, 2], upper=5),
        lambda: judge(VariablesPlan(2, 1.5, sigma_known=True), [1, 2], upper=5),
        lambda: judge(VariablesPlan(2, 1.5, sigma_known=False), [1, 2]),
        lambda: judge(VariablesPlan(2, 1.5, sigma_known=False), [1, 1], upper=5),
        lambda: judge(VariablesPlan(2, 1.5, sigma_known=False), [1, 2], upper=5, lower=5),
        lambda: find_variables_plan(RiskPoint(0.05, 0.95), RiskPoint(0.050001, 0.1)),
        lambda: find_variables_plan(RiskPoint(0.05, 0.95), RiskPoint(0.050001, 0.1), sigma_known=True),
    ],
)
def test_plans_and_questions_that_cannot_be_are_refused(wrong: object) -> None:
    assert callable(wrong)
    with pytest.raises(SamplingError):
        wrong()


def test_the_plans_by_variables_are_those_of_r() -> None:
    unknown = find_variables_plan(GOOD, POOR)
    assert unknown.plan.n == 49
    assert unknown.plan.k == pytest.approx(1.326538, abs=5e-6)


@pytest.mark.parametrize("sigma_known", [True, False])
def test_every_k_between_the_two_keeps_both_risks(sigma_known: bool) -> None:
    found = find_variables_plan(GOOD, POOR, sigma_known)
    for k in (found.k_low, found.k_high):
        plan = VariablesPlan(found.plan.n, k, sigma_known)
        assert plan.acceptance(GOOD.p) >= GOOD.pa - 1e-9
        assert plan.acceptance(POOR.p) <= POOR.pa + 1e-9
    smaller = VariablesPlan(found.plan.n - 1, found.k_high, sigma_known)
    assert smaller.acceptance(GOOD.p) < GOOD.pa or smaller.acceptance(POOR.p) > POOR.pa


@given(st.integers(2, 80), st.floats(0.5, 3.0), st.floats(0.001, 0.5))
def test_the_curve_of_an_unknown_deviation_is_that_of_scipy(n: int, k: float, p: float) -> None:
    expected = stats.nct.sf(k * math.sqrt(n), n - 1, math.sqrt(n) * stats.norm.isf(p))
    assert VariablesPlan(n, k, sigma_known=False).acceptance(p) == pytest.approx(float(expected), abs=1e-7)


def test_nothing_bad_is_always_accepted_and_all_bad_never() -> None:
    plan = VariablesPlan(5, 1.5, sigma_known=True)
    assert (plan.acceptance(0), plan.acceptance(1)) == (1.0, 0.0)


def test_a_measured_sample_is_judged_as_in_the_example_of_mil_std_414() -> None:
    # Table B-5 of MIL-STD-414 gives 2.19 % for Q = 1.59 and n = 5; the example: 197, 188, 184, 205, 201 against 209.
    found = judge(VariablesPlan(5, 1.53, sigma_known=False), [197, 188, 184, 205, 201], upper=209)
    assert (found.mean, round(found.sd, 2)) == (195, 8.8)
    assert found.q_upper == pytest.approx(1.59, abs=0.002)
    assert found.fraction_upper == pytest.approx(0.0219, abs=0.0003)
    assert found.accepted
    assert (found.q_lower, found.fraction_lower) == (None, None)


def test_exactly_k_is_accepted_and_each_limit_is_judged() -> None:
    plan = VariablesPlan(10, 2.0, sigma_known=True)
    assert judge_summary(plan, 5.0, 1.0, lower=3).accepted
    both = judge_summary(plan, 5.0, 1.0, lower=3, upper=6)
    assert (both.q_lower, both.q_upper, both.margin, both.accepted) == (2.0, 1.0, -1.0, False)
    assert both.fraction_upper == pytest.approx(float(stats.norm.sf(math.sqrt(10 / 9))))


def test_too_small_a_sample_estimates_no_fraction() -> None:
    assert judge(VariablesPlan(2, 1.0, sigma_known=False), [1, 2], upper=9).fraction_upper is None
    assert judge(VariablesPlan(1, 1.0, sigma_known=True), [1], upper=9, sigma=1.0).fraction_upper is None
