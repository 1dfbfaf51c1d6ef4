"""Verdicts from error, limits and uncertainty by the plant's decision rule, and the risks behind them.

The rules are those of ILAC-G8:09/2019, JCGM 106 and ANSI/NCSL Z540.3. Everything that decides is exact
decimal arithmetic on unrounded values; floats appear in probabilities only.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from enum import StrEnum
from statistics import NormalDist

RULE_VERSION = 1

_EXACT = Context(prec=60)
_NORMAL = NormalDist()


class Rule(StrEnum):
    """How the acceptance limits follow from the tolerance limits."""

    simple = "simple"
    guard_band = "guard-band"
    method_6 = "method-6"
    four_outcome = "four-outcome"
    pfa = "pfa"


class Verdict(StrEnum):
    """What a result says about conformity, best first."""

    pass_ = "pass"  # noqa: S105 - a verdict, no secret
    conditional_pass = "conditional pass"  # noqa: S105 - a verdict, no secret
    conditional_fail = "conditional fail"
    fail = "fail"


class DecisionError(ValueError):
    """A rule cannot decide with what it was given."""


@dataclass(frozen=True)
class Decision:
    """A verdict and everything it was reached from.

    `guard` is how far each acceptance limit lies inside its tolerance limit; `margin` is the distance from
    the error to the nearest acceptance limit, negative when it lies outside. Without an uncertainty the
    verdict is simple acceptance and `considered_u` is False. Acceptance limits that cross accept nothing.
    """

    verdict: Verdict
    lower: Decimal | None
    upper: Decimal | None
    acceptance_lower: Decimal | None
    acceptance_upper: Decimal | None
    guard: Decimal
    margin: Decimal
    rule: Rule
    version: int
    considered_u: bool


def decide(
    error: Decimal,
    lower: Decimal | None,
    upper: Decimal | None,
    *,
    u: Decimal | None = None,
    k: Decimal | None = None,
    rule: Rule = Rule.simple,
    r: Decimal = Decimal(1),
    max_pfa: Decimal = Decimal("0.02"),
) -> Decision:
    """Decide on one error; a result exactly on an acceptance limit is accepted.

    `lower` and `upper` are error limits, None where a side is open; `u` is the standard uncertainty and `k`
    its coverage factor (2 where not given), both unrounded, all in one unit. `r` widens the guard band r·U;
    `max_pfa` is the risk of rule pfa. Raises DecisionError without any limit, with crossed limits, or when a
    rule other than simple acceptance has no uncertainty.
    """
    _refuse_bad_limits(lower, upper)
    with localcontext(_EXACT):
        guard = guard_band(lower, upper, u=u, k=k, rule=rule, r=r, max_pfa=max_pfa)
        low = None if lower is None else lower + guard
        high = None if upper is None else upper - guard
        margin = _inside(error, low, high)
        verdict = _verdict(margin, _inside(error, lower, upper), guard, rule)
    return Decision(verdict, lower, upper, low, high, guard, margin, rule, RULE_VERSION, u is not None)


def _refuse_bad_limits(lower: Decimal | None, upper: Decimal | None) -> None:
    if lower is None and upper is None:
        raise DecisionError("a verdict needs at least one limit")
    if lower is not None and upper is not None and lower > upper:
        raise DecisionError("the lower limit is above the upper limit")


def _inside(error: Decimal, lower: Decimal | None, upper: Decimal | None) -> Decimal:
    gaps = [error - lower] if lower is not None else []
    if upper is not None:
        gaps.append(upper - error)
    return min(gaps)


def _verdict(margin: Decimal, inside_tolerance: Decimal, guard: Decimal, rule: Rule) -> Verdict:
    if margin >= 0:
        return Verdict.pass_
    if rule is not Rule.four_outcome:
        return Verdict.fail
    if inside_tolerance >= 0:
        return Verdict.conditional_pass
    return Verdict.conditional_fail if inside_tolerance >= -guard else Verdict.fail


def guard_band(
    lower: Decimal | None,
    upper: Decimal | None,
    *,
    u: Decimal | None,
    k: Decimal | None,
    rule: Rule,
    r: Decimal = Decimal(1),
    max_pfa: Decimal = Decimal("0.02"),
) -> Decimal:
    """Give the width that the rule takes off each tolerance limit, in their unit, never below zero."""
    if rule is Rule.simple:
        return Decimal(0)
    if u is None:
        raise DecisionError(f"the rule {rule.value} needs an uncertainty")
    factor = Decimal(2) if k is None else k
    with localcontext(_EXACT):
        if rule is Rule.method_6:
            return factor * u * _method_6(tur(lower, upper, u, factor), u)
        if rule is Rule.pfa:
            return _pfa_guard(lower, upper, u, float(max_pfa))
        return r * factor * u


def _method_6(ratio: Decimal | None, u: Decimal) -> Decimal:
    if u == 0:
        return Decimal(0)
    if ratio is None:
        raise DecisionError("the rule method-6 needs both limits")
    return max(Decimal(0), dobbert_multiplier(ratio)) if ratio else Decimal(1)


def dobbert_multiplier(ratio: Decimal) -> Decimal:
    """Give M of Z540.3 handbook method 6, M = 1.04 - exp(0.38 ln TUR - 0.54); the guard band is U·M."""
    return Decimal("1.04") - (Decimal("0.38") * ratio.ln() - Decimal("0.54")).exp()


def _pfa_guard(lower: Decimal | None, upper: Decimal | None, u: Decimal, risk: float) -> Decimal:
    """Find how far inside a limit the specific risk falls to `risk`; the whole span where it never does."""
    if u == 0:
        return Decimal(0)
    one_sided = u * Decimal(repr(_NORMAL.inv_cdf(1 - risk)))
    if lower is None or upper is None:
        return max(Decimal(0), one_sided)
    span = float((upper - lower) / u)
    if specific_risk(span / 2, 1.0, 0.0, span) > risk:
        return upper - lower
    near, far = 0.0, span / 2
    for _ in range(80):
        middle = (near + far) / 2
        near, far = (middle, far) if specific_risk(middle, 1.0, 0.0, span) > risk else (near, middle)
    return u * Decimal(repr(far))


def tur(lower: Decimal | None, upper: Decimal | None, u: Decimal, k: Decimal = Decimal(2)) -> Decimal | None:
    """Give the test uncertainty ratio span / (2·k·u) of ANSI/NCSL Z540.3; None with an open side."""
    if lower is None or upper is None or u == 0:
        return None
    return (upper - lower) / (2 * k * u)


def conformance_probability(y: float, u: float, lower: float | None, upper: float | None) -> float:
    """Give the probability that the true value conforms, for a result y with standard uncertainty u.

    Normal distribution about the result (JCGM 106:2012, 7.2 to 7.4).
    """
    if u == 0:
        return float((lower is None or y >= lower) and (upper is None or y <= upper))
    return 1.0 - specific_risk(y, u, lower, upper)


def specific_risk(y: float, u: float, lower: float | None, upper: float | None) -> float:
    """Give the probability that the true value lies outside the limits, for a result y with u above zero."""
    below = 0.0 if lower is None else _NORMAL.cdf((lower - y) / u)
    above = 0.0 if upper is None else _NORMAL.cdf((y - upper) / u)
    return min(1.0, below + above)


ACCEPTED = frozenset({Verdict.pass_, Verdict.conditional_pass})
"""The verdicts by which a gauge is accepted at a point."""


def verdict_risk(verdict: Verdict, y: float, u: float, lower: float | None, upper: float | None) -> float:
    """Give the probability that a verdict is wrong: accepted but out of tolerance, or rejected but within it.

    The specific risk of ILAC-G8:09/2019, from the result alone (JCGM 106:2012, clause 7).
    """
    conforms = conformance_probability(y, u, lower, upper)
    return 1.0 - conforms if verdict in ACCEPTED else conforms


_ORDER = list(Verdict)


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Give the worst of some verdicts; there must be at least one."""
    found = list(verdicts)
    if not found:
        raise DecisionError("there is no verdict to compare")
    return max(found, key=_ORDER.index)
