"""The risks of a process, beside a double integral of the joint density and beside a small U worked out otherwise."""

import math
from statistics import NormalDist, fmean, variance

import numpy as np
import pytest
from scipy.integrate import dblquad, quad

from techfloor.measures.risk import FEWEST, Zone, global_risk, process_of

_NORMAL = NormalDist()


def density(x: float, centre: float, sd: float) -> float:
    return math.exp(-(((x - centre) / sd) ** 2) / 2) / (sd * math.sqrt(2 * math.pi))


def accepted_though_outside(inside: float, spread: float, u: float, centre: float) -> float:
    """Integrate the joint density of true value and result over the corners that are accepted though outside."""

    def joint(result: float, true: float) -> float:
        return density(true, centre, spread) * density(result, true, u)

    far = 9 * spread
    above, _e = dblquad(joint, 1, centre + far, -inside, inside, epsabs=1e-9)
    below, _e = dblquad(joint, centre - far, -1, -inside, inside, epsabs=1e-9)
    return float(above + below)


@pytest.mark.parametrize(("inside", "spread", "u", "centre"), [(1, 0.5, 0.2, 0), (0.8, 0.4, 0.25, 0.3)])
def test_false_accepts_are_the_double_integral_over_what_is_accepted_and_outside(
    inside: float, spread: float, u: float, centre: float
) -> None:
    found = global_risk(Zone(-1, 1), Zone(-inside, inside), spread, u, centre)
    assert found.pfa == pytest.approx(accepted_though_outside(inside, spread, u, centre), rel=1e-6)


@pytest.mark.parametrize("u", [0.1, 1e-2, 1e-3, 1e-4, 1e-5])
def test_a_small_uncertainty_is_not_stepped_over(u: float) -> None:
    """Counted in units of u from the limit on, the integrand is as wide for every u."""

    def beyond(t: float) -> float:
        return density(1 + u * t, 0, 0.5) * u * _NORMAL.cdf(-t)

    expected = 2 * quad(beyond, 0, 12, epsabs=1e-15, limit=200)[0]
    assert global_risk(Zone(-1, 1), Zone(-1, 1), 0.5, u).pfa == pytest.approx(expected, rel=1e-6)


def test_what_a_guard_band_rejects_is_counted_with_a_small_uncertainty_too() -> None:
    found = global_risk(Zone(-1, 1), Zone(-0.5, 0.5), 0.5, 1e-4)
    assert found.pfr == pytest.approx(2 * (_NORMAL.cdf(2) - _NORMAL.cdf(1)), rel=1e-3)


def test_the_scatter_of_the_measurement_is_taken_off_that_of_the_results() -> None:
    rng = np.random.default_rng(7)
    true = rng.normal(0.1, 0.3, 4000)
    found = process_of([(float(each), 0.2) for each in true + rng.normal(0, 0.2, true.size)])
    assert found is not None
    assert found.mean == pytest.approx(0.1, abs=0.02)
    assert found.sd == pytest.approx(0.3, abs=0.02)
    assert found.parted


def test_scatter_that_u_explains_alone_counts_as_that_of_the_gauges() -> None:
    errors = [0.01 * (n % 5) for n in range(FEWEST)]
    found = process_of([(error, 0.5) for error in errors])
    assert found is not None
    assert not found.parted
    assert found.sd == pytest.approx(math.sqrt(variance(errors)))
    assert found.mean == pytest.approx(fmean(errors))


def test_results_that_are_all_alike_are_no_process() -> None:
    assert process_of([(0.25, 0.1)] * FEWEST) is None


def test_fewer_results_are_refused() -> None:
    with pytest.raises(ValueError, match="at least 20"):
        process_of([(0.0, 0.1)] * (FEWEST - 1))
