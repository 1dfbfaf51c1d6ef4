"""Random sampling plans and studies of gauges: against the distributions of SciPy, brute force, and least squares."""

import math
from collections import Counter
from typing import Any

import numpy as np
from scipy import optimize, stats

from agreement.made_up import Array, Seeds, chance, floats, relative, typed
from techfloor.measures.anova import one_way, two_way
from techfloor.measures.chances import Model
from techfloor.measures.kappa import cohen, fleiss
from techfloor.measures.linearity import bias, linearity
from techfloor.measures.operating_curve import acceptance, behaviour, double, outgoing_limit, quality_at, single
from techfloor.measures.plan_search import RiskPoint, find_plan
from techfloor.measures.variables_plan import VariablesPlan, find_variables_plan, judge


def counted(n: int, p: float, model: Model, lot: int) -> Any:
    """The distribution of the bad items in a sample."""
    if model is Model.hypergeometric:
        return stats.hypergeom(lot, round(p * lot), n)
    return stats.binom(n, p) if model is Model.binomial else stats.poisson(n * p)


def a_model(rng: np.random.Generator) -> Model:
    return list(Model)[rng.integers(3)]


def test_a_single_plan_accepts_as_its_distribution_says(seeds: Seeds) -> None:
    for seed in seeds:
        rng = chance("single plan", seed)
        n, model = int(rng.integers(1, 500)), a_model(rng)
        c, lot = int(rng.integers(0, min(n, 25))), n + int(rng.integers(0, 3000))
        bad = int(rng.integers(0, lot + 1) * rng.uniform(0, 0.2))
        found = acceptance(single(n, c), bad / lot, model, lot if model is Model.hypergeometric else None)
        assert abs(found - float(counted(n, bad / lot, model, lot).cdf(c))) < 1e-9, seed


def test_a_double_plan_accepts_and_draws_as_two_samples_do(seeds: Seeds) -> None:
    for seed in seeds:
        rng = chance("double plan", seed)
        n1, n2 = int(rng.integers(2, 150)), int(rng.integers(2, 150))
        c1 = int(rng.integers(0, 5))
        r1 = c1 + int(rng.integers(2, 6))
        c2, lot, model = r1 - 1 + int(rng.integers(0, 4)), n1 + n2 + int(rng.integers(0, 2000)), a_model(rng)
        bad = int(rng.integers(0, max(2, lot // 8)))
        p = bad / lot
        first = counted(n1, p, model, lot)
        accepted = float(first.cdf(c1))
        for found in range(c1 + 1, r1):
            if model is Model.hypergeometric:
                if found > bad:
                    continue
                second = stats.hypergeom(lot - n1, bad - found, n2)
            else:
                second = counted(n2, p, model, lot)
            accepted += float(first.pmf(found) * second.cdf(c2 - found))
        again = float(first.cdf(r1 - 1) - first.cdf(c1))
        plan = behaviour(double(n1, c1, r1, n2, c2), p, model, lot if model is Model.hypergeometric else None)
        assert abs(plan.pa - accepted) < 1e-9, seed
        assert abs(plan.asn - (n1 + n2 * again)) < 1e-8, seed


def test_the_quality_of_a_risk_is_a_quantile_of_the_beta_or_gamma_distribution(seeds: Seeds) -> None:
    for seed in seeds:
        rng = chance("limiting quality", seed)
        n, pa = int(rng.integers(2, 400)), float(rng.uniform(0.02, 0.98))
        c = int(rng.integers(0, min(n, 15)))
        assert abs(quality_at(single(n, c), pa) - float(stats.beta.ppf(1 - pa, c + 1, n - c))) < 1e-9, seed
        poisson = quality_at(single(n, c), pa, Model.poisson)
        assert relative(poisson, float(stats.gamma.ppf(1 - pa, c + 1)) / n) < 1e-9, seed


def test_the_outgoing_limit_is_the_top_of_p_times_pa(few: Seeds) -> None:
    for seed in few:
        rng = chance("outgoing", seed)
        n = int(rng.integers(5, 200))
        c = int(rng.integers(0, min(n - 1, 8)))
        top = optimize.minimize_scalar(
            lambda p, n=n, c=c: -p * stats.binom.cdf(c, n, p), bounds=(0, (c + 3) / n), method="bounded",
            options={"xatol": 1e-10},
        )  # fmt: skip
        found = outgoing_limit(single(n, c))
        assert relative(found.aoql, -float(top.fun)) < 1e-7, seed


def test_a_found_plan_is_the_smallest_that_brute_force_finds(few: Seeds) -> None:
    for seed in few:
        rng = chance("find plan", seed)
        good = RiskPoint(float(rng.uniform(0.002, 0.05)), float(rng.uniform(0.85, 0.99)))
        poor = RiskPoint(good.p * float(rng.uniform(3, 12)), float(rng.uniform(0.01, 0.2)))
        model = Model.poisson if rng.random() < 0.5 else Model.binomial
        found = find_plan(good, poor, model)
        n, c = brute_force(good, poor, model)
        assert (found.n, found.c) == (n, c), seed


def brute_force(good: RiskPoint, poor: RiskPoint, model: Model) -> tuple[int, int]:
    """Try every sample size, and the acceptance numbers that keep the consumer's risk in it."""
    for n in range(1, 20_000):
        c = int(counted(n, poor.p, model, 0).ppf(poor.pa))
        while c >= 0 and counted(n, poor.p, model, 0).cdf(c) > poor.pa:
            c -= 1
        if c >= 0 and counted(n, good.p, model, 0).cdf(c) >= good.pa:
            return n, c
    raise AssertionError("no plan below 20 000")


def test_a_plan_by_variables_accepts_as_the_non_central_t_says(seeds: Seeds) -> None:
    for seed in seeds:
        rng = chance("variables", seed)
        n, k, p = int(rng.integers(2, 150)), float(rng.uniform(0.3, 3)), float(rng.uniform(0.001, 0.4))
        apart = float(stats.norm.isf(p))
        known = float(stats.norm.cdf(math.sqrt(n) * (apart - k)))
        assert abs(VariablesPlan(n, k, True).acceptance(p) - known) < 1e-9, seed
        unknown = float(stats.nct.sf(k * math.sqrt(n), n - 1, apart * math.sqrt(n)))
        assert abs(VariablesPlan(n, k, False).acceptance(p) - unknown) < 1e-6, seed


def test_a_found_plan_by_variables_keeps_both_risks_and_no_smaller_one_does(few: Seeds) -> None:
    for seed in few:
        rng = chance("find variables", seed)
        good = RiskPoint(float(rng.uniform(0.002, 0.03)), float(rng.uniform(0.9, 0.97)))
        poor = RiskPoint(good.p * float(rng.uniform(4, 10)), float(rng.uniform(0.05, 0.15)))
        found = find_variables_plan(good, poor)
        n, root = found.plan.n, math.sqrt(found.plan.n)
        assert stats.nct.sf(found.plan.k * root, n - 1, stats.norm.isf(good.p) * root) >= good.pa - 1e-6, seed
        assert stats.nct.sf(found.plan.k * root, n - 1, stats.norm.isf(poor.p) * root) <= poor.pa + 1e-6, seed
        if n > 2:
            root = math.sqrt(n - 1)
            k = float(stats.nct.isf(good.pa, n - 2, stats.norm.isf(good.p) * root)) / root
            assert stats.nct.sf(k * root, n - 2, stats.norm.isf(poor.p) * root) > poor.pa - 1e-6, seed


def test_a_measured_sample_is_judged_by_its_mean_and_deviation(seeds: Seeds) -> None:
    for seed in seeds:
        rng = chance("judge", seed)
        values = typed(rng.normal(10, 1, rng.integers(4, 40)), 3)
        x, k = floats(values), float(rng.uniform(0.5, 2.5))
        found = judge(VariablesPlan(len(values), k, False), values, upper=typed([12.5], 1)[0])
        q = (12.5 - x.mean()) / x.std(ddof=1)
        assert found.q_upper is not None
        assert abs(found.q_upper - q) < 1e-9, seed
        assert found.accepted == (q >= k), seed


def test_an_analysis_of_one_factor_is_scipys(seeds: Seeds) -> None:
    for seed in seeds:
        rng = chance("one way", seed)
        groups = [typed(rng.normal(rng.normal(0, 0.5), 1, rng.integers(2, 15)), 3) for _ in range(rng.integers(2, 8))]
        found, other = one_way(groups), stats.f_oneway(*(floats(group) for group in groups))
        assert relative(found.between.f or 0.0, float(other.statistic)) < 1e-8, seed
        assert abs((found.between.p or 0.0) - float(other.pvalue)) < 1e-9, seed


def left_over(y: Array, *factors: Array) -> float:
    """The sum of squares that a model of these factors leaves, by least squares over their indicators."""
    columns = [np.ones(len(y))]
    for factor in factors:
        columns += [np.asarray(factor == level, float) for level in np.unique(factor)]
    design = np.column_stack(columns)
    solved, *_rest = np.linalg.lstsq(design, y, rcond=None)
    return float(((y - design @ solved) ** 2).sum())


def test_an_analysis_of_two_factors_is_what_least_squares_leaves_over(seeds: Seeds) -> None:
    for seed in seeds:
        rng = chance("two way", seed)
        a, b, r = (int(n) for n in rng.integers(2, 6, 3))
        cells = [[typed(rng.normal(i * 0.3 - j * 0.2, 1, r), 3) for j in range(b)] for i in range(a)]
        y = np.array([float(value) for row in cells for cell in row for value in cell])
        first, second = np.repeat(np.arange(a), b * r), np.tile(np.repeat(np.arange(b), r), a)
        both = first * b + second
        found = two_way(cells)
        rows = (
            (found.first.ss, left_over(y, second) - left_over(y, first, second)),
            (found.second.ss, left_over(y, first) - left_over(y, first, second)),
            (found.error.ss, left_over(y, both)),
            (found.total.ss, float(((y - y.mean()) ** 2).sum())),
        )
        assert found.interaction is not None
        assert abs(found.interaction.ss - (left_over(y, first, second) - left_over(y, both))) < 1e-8, seed
        assert all(abs(mine - theirs) < 1e-8 for mine, theirs in rows), seed


def test_kappas_are_those_of_the_tables(seeds: Seeds) -> None:
    for seed in seeds:
        rng = chance("kappa", seed)
        n, words = int(rng.integers(10, 80)), ["good", "bad", "rework"]
        one = rng.choice(words, n).tolist()
        other = [word if rng.random() < 0.6 else str(rng.choice(words)) for word in one]
        table = np.array([[sum(p == (a, b) for p in zip(one, other, strict=True)) for b in words] for a in words]) / n
        chance_of = float(table.sum(axis=1) @ table.sum(axis=0))
        found = cohen(one, other)
        assert abs(found.value - (float(np.trace(table)) - chance_of) / (1 - chance_of)) < 1e-9, seed
        judged = [[a, b, str(rng.choice(words))] for a, b in zip(one, other, strict=True)]
        counts = np.array([[Counter(row)[word] for word in words] for row in judged])
        agree = float(((counts * (counts - 1)).sum(axis=1) / 6).mean())
        share = counts.sum(axis=0) / counts.sum()
        expected = (agree - float(share @ share)) / (1 - float(share @ share))
        assert abs(fleiss(judged).overall.value - expected) < 1e-9, seed


def test_bias_and_linearity_are_scipys(seeds: Seeds) -> None:
    for seed in seeds:
        rng = chance("linearity", seed)
        references = typed(np.sort(rng.uniform(1, 100, rng.integers(3, 7))), 1)
        levels = [(ref, typed(float(ref) + rng.normal(0.01 * float(ref), 0.5, 8), 3)) for ref in references]
        found = linearity(levels)
        xs = np.concatenate([np.full(8, float(ref)) for ref, _readings in levels])
        errors = np.concatenate([floats(readings) - float(ref) for ref, readings in levels])
        other = stats.linregress(xs, errors)
        assert abs(found.slope.value - other.slope) < 1e-9, seed
        assert abs(found.intercept.value - other.intercept) < 1e-8, seed
        assert relative(found.slope.standard_error, other.stderr) < 1e-8, seed
        assert abs((found.slope.p or 0.0) - other.pvalue) < 1e-8, seed
        reference, readings = levels[0]
        mine, theirs = bias(readings, reference), stats.ttest_1samp(floats(readings), float(reference))
        assert mine.t is not None
        assert relative(mine.t, float(theirs.statistic), floor=1e-3) < 1e-8, seed
        low, high = theirs.confidence_interval(0.95)
        assert abs(mine.low + float(reference) - low) < 1e-8, seed
        assert abs(mine.high + float(reference) - high) < 1e-8, seed
