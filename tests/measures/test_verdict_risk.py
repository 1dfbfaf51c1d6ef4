"""The risk of one verdict, beside the integral of the normal density that SciPy works out."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from techfloor.measures.decision import ACCEPTED, Verdict, verdict_risk

WIDE = 12.0


def within(y: float, u: float, lower: float | None, upper: float | None) -> float:
    """The share of a normal density about `y` that lies within the limits, integrated over pieces of it."""
    low = y - WIDE * u if lower is None else max(lower, y - WIDE * u)
    high = y + WIDE * u if upper is None else min(upper, y + WIDE * u)
    if low >= high:
        return 0.0

    def density(x: float) -> float:
        return math.exp(-(((x - y) / u) ** 2) / 2) / (u * math.sqrt(2 * math.pi))

    found, _error = quad(density, low, high, points=[y] if low < y < high else None, epsabs=1e-12, limit=200)
    return float(found)


@pytest.mark.parametrize("verdict", list(Verdict))
@pytest.mark.parametrize("limits", [(-0.1, 0.1), (-0.05, 0.2), (None, 0.1), (-0.1, None)])
@pytest.mark.parametrize("y", [-0.11, -0.1, 0.0, 0.06, 0.1, 0.14])
def test_the_risk_of_a_verdict_is_the_share_of_the_density_that_speaks_against_it(
    verdict: Verdict, limits: tuple[float | None, float | None], y: float
) -> None:
    inside = within(y, 0.0323, *limits)
    expected = 1 - inside if verdict in ACCEPTED else inside
    assert verdict_risk(verdict, y, 0.0323, *limits) == pytest.approx(expected, abs=1e-9)


@given(st.floats(-2, 2), st.floats(0.01, 1))
def test_to_accept_and_to_reject_share_the_whole_risk(y: float, u: float) -> None:
    risks = (verdict_risk(verdict, y, u, -1, 1) for verdict in (Verdict.pass_, Verdict.fail))
    assert sum(risks) == pytest.approx(1)


def test_on_the_limit_of_a_wide_tolerance_half_the_risk_is_left() -> None:
    assert verdict_risk(Verdict.pass_, 0.1, 0.001, -0.1, 0.1) == pytest.approx(0.5)


def test_without_uncertainty_a_verdict_by_the_limits_bears_no_risk() -> None:
    assert verdict_risk(Verdict.pass_, 0.1, 0, -0.1, 0.1) == 0
    assert verdict_risk(Verdict.fail, 0.11, 0, -0.1, 0.1) == 0
