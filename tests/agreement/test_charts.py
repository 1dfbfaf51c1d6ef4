"""Random control charts: limits, signals, run lengths and indices against NumPy, SciPy and a plain reading."""

import math
from collections.abc import Sequence
from decimal import Decimal

import numpy as np
from scipy import integrate, special, stats

from agreement.made_up import Array, Seeds, chance, floats, relative, typed
from techfloor.measures.capability import Spec, capability, indices
from techfloor.measures.chart_constants import Factors, factors
from techfloor.measures.chart_parts import Chart, Family, given, known
from techfloor.measures.chart_rules import NELSON, WESTERN_ELECTRIC, Rule
from techfloor.measures.control_charts import c_chart, i_mr_charts, np_chart, p_chart, u_chart, x_r_charts, x_s_charts
from techfloor.measures.estimates import mean_interval, sd_interval_of, t_test_of
from techfloor.measures.memory_charts import cusum_chart, ewma_chart
from techfloor.measures.run_length import cusum_run_length, ewma_run_length, shewhart_run_length


def d2(n: int) -> float:
    """The mean range of n standard normal values, integrated once more (Tippett 1925)."""
    found, _error = integrate.quad(lambda x: 1 - special.ndtr(x) ** n - special.ndtr(-x) ** n, -12, 12, limit=200)
    return float(found)


def c4(n: int) -> float:
    return float(math.sqrt(2 / (n - 1)) * special.poch((n - 1) / 2, 0.5))


def off(chart: Chart, value: Array, lower: Array, centre: Array | float, upper: Array, scale: float) -> bool:
    """Tell whether any point or any of its limits lies elsewhere."""
    found = np.array([(p.value, p.lower or 0.0, p.centre, p.upper or 0.0) for p in chart.points])
    expected = np.column_stack([value, lower, np.broadcast_to(centre, value.shape), upper])
    return bool(np.abs(found - expected).max() > 1e-8 * scale)


def subgroups(rng: np.random.Generator, *, same: bool) -> list[list[Decimal]]:
    size = int(rng.integers(2, 11))
    sizes = [size if same else int(rng.integers(2, 11)) for _ in range(rng.integers(3, 30))]
    centre, spread = rng.uniform(-100, 100), 10 ** rng.uniform(-1, 1)
    return [typed(rng.normal(centre, spread, n), 3) for n in sizes]


def test_factors_are_those_of_the_integrals(few: Seeds) -> None:
    for seed in few:
        n = int(chance("factors", seed).integers(2, 200))
        row = factors(n)
        assert abs(row.d2 - d2(n)) < 2e-9, n
        assert abs(row.c4 - c4(n)) < 1e-12, n


def test_means_ranges_and_deviations_have_the_limits_of_the_textbook(seeds: Seeds) -> None:
    wrong = []
    for seed in seeds:
        rng = chance("shewhart", seed)
        groups = subgroups(rng, same=bool(rng.integers(2)))
        data = [floats(group) for group in groups]
        n = np.array([len(group) for group in data])
        means, ranges = np.array([g.mean() for g in data]), np.array([np.ptp(g) for g in data])
        deviations = np.array([g.std(ddof=1) for g in data])
        centre, scale = np.concatenate(data).mean(), float(ranges.max())
        rows = [factors(int(size)) for size in n]
        by_range = float(np.mean(ranges / [row.d2 for row in rows]))
        by_s = float(np.mean(deviations / [row.c4 for row in rows]))
        x_r, x_s = x_r_charts(groups), x_s_charts(groups)
        half = 3 * by_range / np.sqrt(n)
        wrong += [(seed, "x of R")] * off(x_r.location, means, centre - half, centre, centre + half, scale)
        half = 3 * by_s / np.sqrt(n)
        wrong += [(seed, "x of s")] * off(x_s.location, means, centre - half, centre, centre + half, scale)
        low, middle, high = (np.array([f(row) for row in rows]) * by_range for f in (_d1, _d2, _d2_high))
        assert x_r.spread is not None
        assert x_s.spread is not None
        wrong += [(seed, "R")] * off(x_r.spread, ranges, low, middle, high, scale)
        low, middle, high = (np.array([f(row) for row in rows]) * by_s for f in (_b5, _c4, _b6))
        wrong += [(seed, "s")] * off(x_s.spread, deviations, low, middle, high, scale)
    assert wrong == []


def _d1(row: Factors) -> float:
    return max(0.0, row.d2 - 3 * row.d3)


def _d2(row: Factors) -> float:
    return row.d2


def _d2_high(row: Factors) -> float:
    return row.d2 + 3 * row.d3


def _c4(row: Factors) -> float:
    return row.c4


def _b5(row: Factors) -> float:
    return max(0.0, _c4(row) - 3 * math.sqrt(1 - _c4(row) ** 2))


def _b6(row: Factors) -> float:
    return _c4(row) + 3 * math.sqrt(1 - _c4(row) ** 2)


def test_single_values_and_moving_ranges_have_the_limits_of_the_textbook(seeds: Seeds) -> None:
    for seed in seeds:
        rng = chance("single", seed)
        values = typed(rng.normal(50, 10 ** rng.uniform(-1, 1), rng.integers(3, 60)), 3)
        x = floats(values)
        moving = np.abs(np.diff(x))
        sigma = moving.mean() / (2 / math.sqrt(math.pi))
        charts = i_mr_charts(values)
        wide = np.full_like(x, 3 * sigma)
        assert not off(charts.location, x, x.mean() - wide, x.mean(), x.mean() + wide, float(moving.max())), seed
        assert charts.spread is not None
        assert relative(charts.spread.points[0].upper or 0.0, factors(2).D4 * float(moving.mean())) < 1e-8, seed


def test_charts_of_counts_have_the_limits_of_binomial_and_poisson(seeds: Seeds) -> None:
    for seed in seeds:
        rng = chance("counts", seed)
        k, p = int(rng.integers(3, 40)), float(rng.uniform(0.01, 0.4))
        n = rng.integers(20, 300, k)
        bad = rng.binomial(n, p)
        bad[0] = max(1, bad[0])
        share = bad.sum() / n.sum()
        half = 3 * np.sqrt(share * (1 - share) / n)
        low, high = np.clip(share - half, 0, 1), np.clip(share + half, 0, 1)
        chart = p_chart(bad.tolist(), n.tolist()).location
        assert not off(chart, bad / n, low, share, high, 1.0), seed
        size = int(n.max())
        share = bad.sum() / (size * k)
        half = 3 * math.sqrt(size * share * (1 - share))
        level = np.full(k, size * share)
        chart = np_chart(bad.tolist(), size).location
        assert not off(chart, bad * 1.0, np.maximum(level - half, 0), level, np.minimum(level + half, size), size), seed
        defects, units = rng.poisson(rng.uniform(1, 20), k), typed(rng.uniform(0.5, 5, k), 1)
        defects[0] = max(1, defects[0])
        mean = defects.sum() / floats(units).sum()
        half = 3 * np.sqrt(mean / floats(units))
        chart = u_chart(defects.tolist(), units).location
        assert not off(chart, defects / floats(units), np.maximum(mean - half, 0), mean, mean + half, float(mean)), seed
        mean = defects.mean()
        wide = np.full(k, 3 * math.sqrt(mean))
        chart = c_chart(defects.tolist()).location
        assert not off(chart, defects * 1.0, np.maximum(mean - wide, 0), mean, mean + wide, float(mean)), seed


def fired(rule: Rule, z: Array, x: Array, at: int) -> bool:
    """Read a rule once more, plainly: does the point at this place complete it?"""
    said = {Rule.western_2: (2, 3, 2.0), Rule.western_3: (4, 5, 1.0), Rule.western_4: (8, 8, 0.0)}
    said |= {Rule.nelson_2: (9, 9, 0.0), Rule.nelson_5: (2, 3, 2.0), Rule.nelson_6: (4, 5, 1.0)}
    if rule in {Rule.nelson_1, Rule.western_1}:
        return bool(abs(z[at]) > 3)
    if rule in said:
        need, of, beyond = said[rule]
        window = z[max(0, at - of + 1) : at + 1]
        return any(side * z[at] > beyond and (side * window > beyond).sum() >= need for side in (1, -1))
    length = {Rule.nelson_3: 6, Rule.nelson_4: 14, Rule.nelson_7: 15, Rule.nelson_8: 8}[rule]
    if at + 1 < length:
        return False
    steps, window = np.sign(np.diff(x[at - length + 1 : at + 1])), np.abs(z[at - length + 1 : at + 1])
    if rule is Rule.nelson_3:
        return bool(np.all(steps > 0) or np.all(steps < 0))
    if rule is Rule.nelson_4:
        return bool(np.all(steps != 0) and np.all(steps[1:] == -steps[:-1]))
    return bool(np.all(window < 1) if rule is Rule.nelson_7 else np.all(window > 1))


def a_course(rng: np.random.Generator) -> Array:
    """Make up a process that drifts, swings, hugs its centre or is let alone: every rule has something to do."""
    n, kind = 60, int(rng.integers(5))
    noise = rng.normal(0, [1.2, 0.3, 0.5, 1.0, 1.0][kind], n)
    swing = np.where(np.arange(n) % 2, 1.4, -1.4)
    still = np.zeros(n)
    return np.asarray(noise + [still, still, swing, np.linspace(-3, 3, n), still + rng.uniform(-1.5, 1.5)][kind])


def test_every_rule_fires_where_a_plain_reading_says_so(seeds: Seeds) -> None:
    wrong, seen = [], set()
    for seed in seeds:
        values = typed(a_course(chance("rules", seed)), 4)
        baseline = known("standard normal", Family.i_mr, given(0, 1))
        chart = i_mr_charts(values, baseline=baseline, rules=[*NELSON, *WESTERN_ELECTRIC]).location
        z = floats(values)
        for rule in Rule:
            found = {signal.at for signal in chart.signals if signal.rule is rule}
            expected = {at + 1 for at in range(len(z)) if fired(rule, z, z, at)}
            seen |= {rule} if found else set()
            if found != expected:
                wrong.append((seed, rule, found ^ expected))
    assert wrong == []
    assert seen == set(Rule)


def simulated(rules: Sequence[Rule], shift: float, rng: np.random.Generator, runs: int) -> tuple[float, float]:
    """Run a chart many times until it signals; mean and standard error of how long it ran."""
    lengths = []
    for _ in range(runs):
        z = np.zeros(0)
        while True:
            z = np.append(z, rng.normal(shift))
            if any(fired(rule, z[-9:], z[-9:], min(len(z), 9) - 1) for rule in rules):
                break
        lengths.append(len(z))
    return float(np.mean(lengths)), float(np.std(lengths, ddof=1) / math.sqrt(runs))


def test_the_run_length_of_rules_is_what_a_simulation_runs(few: Seeds) -> None:
    plain = [Rule.western_1, Rule.western_2, Rule.western_3, Rule.western_4, Rule.nelson_2]
    for seed in few:
        rng = chance("run", seed)
        rules = [Rule.western_1, *rng.choice(np.array(plain[1:], object), int(rng.integers(1, 4)), replace=False)]
        shift = float(rng.uniform(1.0, 3.0))
        mean, error = simulated(rules, shift, rng, 400)
        assert abs(shewhart_run_length(rules, shift).mean - mean) < 5 * error + 1e-9, seed


def test_a_chart_of_limits_alone_runs_one_over_p(seeds: Seeds) -> None:
    for seed in seeds:
        rng = chance("one rule", seed)
        shift, limit, size = float(rng.uniform(-3, 3)), float(rng.uniform(1.5, 3.5)), int(rng.integers(1, 6))
        away = shift * math.sqrt(size)
        p = float(stats.norm.sf(limit - away) + stats.norm.cdf(-limit - away))
        found = shewhart_run_length([Rule.nelson_1], shift, size=size, limit=limit)
        assert relative(found.mean, 1 / p) < 1e-9, seed
        assert relative(found.sd, math.sqrt(1 - p) / p, floor=1e-3) < 1e-6, seed


def chain(low: float, high: float, states: int, step: float, shift: float, memory: float, weight: float) -> Array:
    """Cut the scale into states (Brook and Evans 1972), and solve for the run length from each."""
    width = (high - low) / states
    middle = low + width * (np.arange(states) + 0.5)
    edges = low + width * np.arange(states + 1)
    at = (edges[None, :] - memory * middle[:, None] + step) / weight - shift
    below = special.ndtr(at)
    if memory == 1:  # a CUSUM stays at zero, where an EWMA goes on below
        below[:, 0] = 0.0
    return np.asarray(np.linalg.solve(np.eye(states) - np.diff(below, axis=1), np.ones(states)))


def test_an_ewma_runs_as_long_as_its_markov_chain(few: Seeds) -> None:
    for seed in few:
        rng = chance("ewma run", seed)
        weight, width, shift = float(rng.uniform(0.05, 0.5)), float(rng.uniform(2.2, 3.2)), float(rng.uniform(0, 2))
        end = width * math.sqrt(weight / (2 - weight))
        coarse, fine = (
            chain(-end, end, n, 0.0, shift, 1 - weight, weight)[n // 2] for n in (101, 303)
        )  # the error falls with the square of the width
        expected = fine + (fine - coarse) / 8
        assert relative(ewma_run_length(weight, width, shift), float(expected)) < 4e-3, seed


def test_a_one_sided_cusum_runs_as_long_as_its_markov_chain(few: Seeds) -> None:
    for seed in few:
        rng = chance("cusum run", seed)
        k, h, shift = float(rng.uniform(0.25, 1)), float(rng.uniform(2, 5)), float(rng.uniform(-0.25, 2))

        def from_zero(states: int, k: float = k, h: float = h, shift: float = shift) -> float:
            width = 2 * h / (2 * states - 1)  # the state of zero is half as wide
            low = -width / 2
            return float(chain(low, low + states * width, states, k, shift, 1.0, 1.0)[0])

        coarse, fine = from_zero(80), from_zero(240)
        assert relative(cusum_run_length(k, h, shift, sided=1), fine + (fine - coarse) / 8) < 4e-3, seed


def test_ewma_and_cusum_are_the_sums_of_their_definition(seeds: Seeds) -> None:
    for seed in seeds:
        rng = chance("memory", seed)
        values = typed(rng.normal(0.3, 1, 40), 3)
        weight, k, h = float(rng.choice([0.1, 0.2, 0.4])), 0.5, 4.0
        z = 0.0
        chart = ewma_chart(values, given(0, 1), weight=typed([weight], 1)[0]).location
        for i, (x, point) in enumerate(zip(floats(values), chart.points, strict=True), 1):
            z = weight * x + (1 - weight) * z
            spread = 3 * math.sqrt(weight / (2 - weight) * (1 - (1 - weight) ** (2 * i)))
            assert abs(point.value - z) < 1e-12, seed
            assert abs((point.upper or 0.0) - spread) < 1e-9, seed
        high = low = 0.0
        cusum = cusum_chart(values, given(0, 1), k=typed([k], 1)[0], h=typed([h], 1)[0])
        for x, step in zip(floats(values), cusum.points, strict=True):
            high, low = max(0.0, high + x - k), max(0.0, low - x - k)
            assert abs(step.high - high) < 1e-9, seed
            assert abs(step.low - low) < 1e-9, seed


def test_indices_and_their_intervals_are_those_of_the_formulas(seeds: Seeds) -> None:
    """NIST e-Handbook 6.1.6: chi-square for Cp, Bissell for Cpk."""
    for seed in seeds:
        rng = chance("indices", seed)
        n, centre, sigma = int(rng.integers(5, 200)), float(rng.normal(0, 1)), float(rng.uniform(0.2, 2))
        low, high = typed([-rng.uniform(2, 6), rng.uniform(2, 6)], 2)
        found = indices(Spec(low, high), centre, sigma, n=n, dof=n - 1, confidence=0.95)
        lsl, usl = float(low), float(high)
        cp, cpk = (usl - lsl) / (6 * sigma), min(usl - centre, centre - lsl) / (3 * sigma)
        assert found.p is not None
        assert relative(found.p.value, cp) < 1e-12, seed
        assert relative(found.pk.value, cpk, floor=1e-6) < 1e-12, seed
        assert found.p.interval is not None
        ends = cp * np.sqrt(stats.chi2.ppf([0.025, 0.975], n - 1) / (n - 1))
        assert relative(found.p.interval.low, float(ends[0])) < 1e-9, seed
        assert relative(found.p.interval.high, float(ends[1])) < 1e-9, seed
        assert found.pk.interval is not None
        half = stats.norm.ppf(0.975) * math.sqrt(1 / (9 * n) + cpk**2 / (2 * (n - 1)))
        assert abs(found.pk.interval.high - (cpk + half)) < 1e-9, seed
        true = stats.norm(centre, sigma)
        assert abs(found.outside - (true.cdf(lsl) + true.sf(usl))) < 1e-12, seed


def test_the_performance_of_values_is_that_of_their_standard_deviation(seeds: Seeds) -> None:
    for seed in seeds:
        rng = chance("performance", seed)
        values = typed(rng.normal(10, 1, rng.integers(10, 60)), 3)
        found = capability(values, Spec(4, 16), i_mr_charts(values))
        x = floats(values)
        assert found.overall.p is not None
        assert relative(found.overall.p.value, 12 / (6 * float(x.std(ddof=1)))) < 1e-9, seed
        assert (found.counted_below, found.counted_above) == ((x < 4).sum(), (x > 16).sum()), seed


def test_intervals_and_tests_of_means_are_scipys(seeds: Seeds) -> None:
    for seed in seeds:
        rng = chance("means", seed)
        values = typed(rng.normal(rng.uniform(-5, 5), 1, rng.integers(3, 50)), 3)
        x, confidence = floats(values), float(rng.choice([0.8, 0.95, 0.99]))
        n, s = len(x), float(x.std(ddof=1))
        low, high = stats.t.interval(confidence, n - 1, x.mean(), stats.sem(x))
        found = mean_interval(values, confidence)
        assert abs(found.low - low) < 1e-8, seed
        assert abs(found.high - high) < 1e-8, seed
        ends = s * np.sqrt((n - 1) / stats.chi2.ppf([(1 + confidence) / 2, (1 - confidence) / 2], n - 1))
        assert relative(sd_interval_of(n, s, confidence).low, float(ends[0])) < 1e-9, seed
        assert relative(sd_interval_of(n, s, confidence).high, float(ends[1])) < 1e-9, seed
        other = stats.ttest_1samp(x, 0.5)
        mine = t_test_of(n, float(x.mean()), s, 0.5)
        assert abs(mine.t - other.statistic) < 1e-8, seed
        assert abs(mine.p - other.pvalue) < 1e-9, seed
