"""Random shares, risks and lives: against the distributions of SciPy."""

import math
from decimal import Decimal

import numpy as np
from scipy import stats

from agreement.made_up import Seeds, chance, relative
from techfloor.measures.decision import Rule, conformance_probability, guard_band, specific_risk
from techfloor.measures.interval import at_most, clopper_pearson_lower, clopper_pearson_upper
from techfloor.measures.reliability import mtbf_bounds, survival
from techfloor.measures.risk import Zone, global_risk
from techfloor.measures.uncertainty import t_factor


def test_bounds_of_a_share_are_those_of_the_beta_distribution(seeds: Seeds) -> None:
    for seed in seeds:
        rng = chance("share", seed)
        n = int(rng.integers(1, 200))
        count, confidence = int(rng.integers(0, n + 1)), float(rng.choice([0.8, 0.9, 0.95, 0.99]))
        expected = stats.binomtest(count, n).proportion_ci(2 * confidence - 1, "exact")
        assert abs(clopper_pearson_lower(count, n, confidence) - expected.low) < 1e-9, seed
        assert abs(clopper_pearson_upper(count, n, confidence) - expected.high) < 1e-9, seed


def test_at_most_is_the_binomial_distribution(seeds: Seeds) -> None:
    for seed in seeds:
        rng = chance("binomial", seed)
        n, share = int(rng.integers(1, 300)), float(rng.uniform(0, 1))
        count = int(rng.integers(0, n + 1))
        assert abs(at_most(count, n, share) - stats.binom.cdf(count, n, share)) < 1e-10, seed


def test_students_t_is_scipys(seeds: Seeds) -> None:
    for seed in seeds:
        rng = chance("t", seed)
        dof, coverage = float(rng.uniform(1, 200)), float(rng.uniform(0.5, 0.999))
        assert relative(t_factor(dof, coverage), float(stats.t.ppf((1 + coverage) / 2, dof))) < 1e-8, seed


def test_the_risk_of_one_result_is_what_lies_beyond_the_limits(seeds: Seeds) -> None:
    for seed in seeds:
        rng = chance("risk", seed)
        y, u = float(rng.normal(0, 2)), float(rng.uniform(0.01, 2))
        lower, upper = sorted(rng.normal(0, 2, 2).tolist())
        true = stats.norm(y, u)
        assert abs(specific_risk(y, u, lower, upper) - (true.cdf(lower) + true.sf(upper))) < 1e-12, seed
        assert abs(conformance_probability(y, u, None, upper) - true.cdf(upper)) < 1e-12, seed


def test_a_guard_band_by_risk_leaves_just_that_risk(seeds: Seeds) -> None:
    for seed in seeds:
        rng = chance("guard", seed)
        u, half = Decimal(f"{rng.uniform(0.01, 0.3):.4f}"), Decimal(f"{rng.uniform(1, 3):.3f}")
        risk = float(rng.choice([0.01, 0.02, 0.05]))
        guard = guard_band(-half, half, u=u, k=None, rule=Rule.pfa, max_pfa=Decimal(str(risk)))
        true = stats.norm(float(half - guard), float(u))
        assert abs(true.cdf(-float(half)) + true.sf(float(half)) - risk) < 1e-9, seed


def test_the_risks_of_a_process_are_volumes_of_the_binormal_distribution(few: Seeds) -> None:
    """The true value and the result are jointly normal; SciPy integrates their distribution over the rectangles."""
    for seed in few:
        rng = chance("process", seed)
        spread, u = float(rng.uniform(0.3, 1.5)), float(rng.uniform(0.05, 0.5))
        centre, inside = float(rng.normal(0, 0.2)), float(rng.uniform(0.5, 1.1))
        found = global_risk(Zone(-1, 1), Zone(-inside, inside), spread, u, centre)
        both = stats.multivariate_normal([centre, centre], [[spread**2, spread**2], [spread**2, spread**2 + u**2]])
        accepted = stats.norm(centre, math.hypot(spread, u))
        good = stats.norm(centre, spread)
        accepted_share = accepted.cdf(inside) - accepted.cdf(-inside)
        good_share = good.cdf(1) - good.cdf(-1)
        good_and_accepted = float(both.cdf([1, inside], lower_limit=np.array([-1, -inside])))
        assert abs(found.pfa - (accepted_share - good_and_accepted)) < 2e-5, seed
        assert abs(found.pfr - (good_share - good_and_accepted)) < 2e-5, seed


def test_bounds_of_an_mtbf_are_quantiles_of_the_chi_squared_distribution(seeds: Seeds) -> None:
    for seed in seeds:
        rng = chance("mtbf", seed)
        time, failures = int(rng.integers(1, 100_000)), int(rng.integers(1, 50))
        confidence, ended = float(rng.uniform(0.5, 0.99)), bool(rng.integers(2))
        lower, upper = mtbf_bounds(time, failures, confidence, ended_by_failure=ended)
        tail = (1 - confidence) / 2
        # The count of failures at the lower bound is Poisson: seeing no more than these has the chance of the tail.
        if not ended:
            assert abs(stats.poisson.cdf(failures, time / lower) - tail) < 1e-9, seed
        assert relative(lower, 2 * time / float(stats.chi2.ppf(1 - tail, 2 * failures + 2 * (not ended)))) < 1e-9, seed
        assert abs(stats.poisson.sf(failures - 1, time / upper) - tail) < 1e-9, seed


def test_survival_is_that_of_the_exponential_distribution(seeds: Seeds) -> None:
    for seed in seeds:
        rng = chance("survival", seed)
        time, mtbf = int(rng.integers(0, 1000)), int(rng.integers(1, 1000))
        assert relative(survival(time, mtbf), float(stats.expon.sf(time, scale=mtbf))) < 1e-9, seed
