"""Verdicts: exact at the limits, by every rule, with one side or two."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techfloor.measures.decision import (
    RULE_VERSION,
    Decision,
    DecisionError,
    Rule,
    Verdict,
    conformance_probability,
    decide,
    dobbert_multiplier,
    specific_risk,
    tur,
    worst,
)

D = Decimal
TWO = D(2)
RULES = list(Rule)

errors = st.decimals(-2, 2, places=3)
limits = st.decimals("0.001", 1, places=3)
uncertainties = st.decimals("0.001", "0.5", places=4)


def caliper(error: str, rule: Rule = Rule.simple, u: str | None = "0.0323", k: str = "1.83") -> Decision:
    """The vernier caliper of EA-4/02 S10: ± 0.10 mm, U = 0.06 mm."""
    return decide(D(error), D("-0.10"), D("0.10"), u=None if u is None else D(u), k=D(k) if u else None, rule=rule)


def test_an_error_exactly_on_the_limit_passes() -> None:
    assert caliper("0.10").verdict is Verdict.pass_
    assert caliper("-0.10").verdict is Verdict.pass_


def test_the_caliper_of_s10_fails_by_one_division_with_a_guard_band() -> None:
    found = caliper("0.05", Rule.guard_band, u="0.03", k="2")
    assert found.acceptance_upper == D("0.04")
    assert found.verdict is Verdict.fail
    assert found.margin == D("-0.01")


def test_decimal_arithmetic_does_not_fail_a_part_that_is_exactly_on_tolerance() -> None:
    assert decide(D("3.0") - D("2.9"), None, D("0.1")).verdict is Verdict.pass_


def test_a_decision_keeps_what_it_was_reached_from() -> None:
    found = caliper("0.07")
    assert (found.lower, found.upper) == (D("-0.10"), D("0.10"))
    assert (found.acceptance_lower, found.acceptance_upper) == (D("-0.10"), D("0.10"))
    assert (found.margin, found.guard) == (D("0.03"), D(0))
    assert (found.rule, found.version, found.considered_u) == (Rule.simple, RULE_VERSION, True)


def test_without_an_uncertainty_it_is_simple_acceptance_and_says_so() -> None:
    found = caliper("0.05", u=None)
    assert found.verdict is Verdict.pass_
    assert not found.considered_u


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule is not Rule.simple])
def test_every_other_rule_needs_an_uncertainty(rule: Rule) -> None:
    with pytest.raises(DecisionError, match="needs an uncertainty"):
        caliper("0.05", rule, u=None)


def test_a_verdict_needs_a_limit() -> None:
    with pytest.raises(DecisionError, match="at least one limit"):
        decide(D(0), None, None)


def test_crossed_tolerance_limits_are_refused() -> None:
    with pytest.raises(DecisionError, match="above"):
        decide(D(0), D(1), D(-1))


def test_one_open_side_limits_nothing_there() -> None:
    assert decide(D(-1000), None, D("0.30")).verdict is Verdict.pass_
    assert decide(D("0.31"), None, D("0.30")).verdict is Verdict.fail
    assert decide(D(1000), D("-5.40"), None).verdict is Verdict.pass_


def test_each_side_of_an_asymmetric_tolerance_is_its_own() -> None:
    verdicts = [decide(D(e), D("-0.1"), D("0.2")).verdict for e in ("-0.11", "-0.10", "0.20", "0.21")]
    assert verdicts == [Verdict.fail, Verdict.pass_, Verdict.pass_, Verdict.fail]


def test_method_6_takes_its_multiplier_of_the_uncertainty() -> None:
    found = decide(D(0), D("-0.010"), D("0.010"), u=D("0.003"), k=TWO, rule=Rule.method_6)
    ratio = D("0.010") / D("0.006")
    assert found.guard == pytest.approx(D("0.006") * dobbert_multiplier(ratio), abs=D("1e-20"))


def test_method_6_needs_no_guard_band_at_a_high_ratio() -> None:
    assert decide(D(1), D(-1), D(1), u=D("0.05"), k=TWO, rule=Rule.method_6).guard == 0


def test_method_6_needs_both_limits() -> None:
    with pytest.raises(DecisionError, match="both limits"):
        decide(D(0), None, D(1), u=D("0.1"), k=TWO, rule=Rule.method_6)


def test_the_fixed_risk_rule_accepts_up_to_its_risk() -> None:
    found = decide(D(0), D(-1), D(1), u=D("0.2"), rule=Rule.pfa)
    assert found.acceptance_upper is not None
    assert specific_risk(float(found.acceptance_upper), 0.2, -1, 1) == pytest.approx(0.02, abs=1e-9)


def test_the_fixed_risk_rule_accepts_nothing_where_even_the_middle_is_too_risky() -> None:
    found = decide(D(0), D(-1), D(1), u=D("0.6"), rule=Rule.pfa)
    assert found.verdict is Verdict.fail
    assert found.guard == 2


def test_a_zero_uncertainty_needs_no_guard_band() -> None:
    for rule in RULES:
        assert decide(D(1), D(-1), D(1), u=D(0), rule=rule).verdict is Verdict.pass_


@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        ("2.0", Verdict.pass_),
        ("2.1", Verdict.conditional_pass),
        ("3.0", Verdict.conditional_pass),
        ("-3.1", Verdict.conditional_fail),
        ("4.0", Verdict.conditional_fail),
        ("-4.1", Verdict.fail),
    ],
)
def test_four_outcomes_change_at_the_limits_and_the_guard_bands(error: str, verdict: Verdict) -> None:
    found = decide(D(error), D(-3), D(3), u=D("0.5"), k=TWO, rule=Rule.four_outcome)
    assert found.verdict is verdict


def test_the_uncertainty_ratio_is_the_span_over_twice_u95() -> None:
    assert tur(D("9.8"), D("10.2"), D("0.025")) == 4
    assert tur(None, D(1), D(1)) is None
    assert tur(D(-1), D(1), D(0)) is None


def test_the_risk_of_a_known_value_is_all_or_nothing() -> None:
    assert conformance_probability(1.0, 0.0, -1, 1) == 1.0
    assert conformance_probability(1.1, 0.0, -1, 1) == 0.0


def test_the_worst_verdict_speaks_for_the_run() -> None:
    assert worst([Verdict.pass_, Verdict.conditional_pass]) is Verdict.conditional_pass
    assert worst(list(Verdict)) is Verdict.fail
    with pytest.raises(DecisionError):
        worst([])


@given(errors, limits, uncertainties, st.sampled_from(RULES))
def test_a_smaller_error_never_gets_a_worse_verdict(error: Decimal, limit: Decimal, u: Decimal, rule: Rule) -> None:
    order = list(Verdict)
    near = decide(error / 2, -limit, limit, u=u, k=TWO, rule=rule).verdict
    far = decide(error, -limit, limit, u=u, k=TWO, rule=rule).verdict
    assert order.index(near) <= order.index(far)


@given(errors, limits, uncertainties, st.sampled_from(RULES))
def test_the_sign_of_an_error_does_not_matter_within_equal_limits(
    error: Decimal, limit: Decimal, u: Decimal, rule: Rule
) -> None:
    one = decide(error, -limit, limit, u=u, k=TWO, rule=rule)
    other = decide(-error, -limit, limit, u=u, k=TWO, rule=rule)
    assert (one.verdict, one.margin) == (other.verdict, other.margin)


@given(limits, uncertainties, st.sampled_from(RULES))
def test_exactly_on_the_acceptance_limit_is_accepted(limit: Decimal, u: Decimal, rule: Rule) -> None:
    found = decide(D(0), -limit, limit, u=u, k=TWO, rule=rule)
    assert found.acceptance_lower is not None
    assert found.acceptance_upper is not None
    if found.acceptance_lower > found.acceptance_upper:
        return
    on_it = decide(found.acceptance_upper, -limit, limit, u=u, k=TWO, rule=rule)
    assert on_it.verdict is Verdict.pass_
    assert on_it.margin == 0


@given(errors, limits, uncertainties, st.sampled_from(RULES))
def test_a_rule_never_accepts_what_simple_acceptance_rejects(
    error: Decimal, limit: Decimal, u: Decimal, rule: Rule
) -> None:
    if decide(error, -limit, limit, u=u, k=TWO, rule=rule).verdict is Verdict.pass_:
        assert decide(error, -limit, limit).verdict is Verdict.pass_
