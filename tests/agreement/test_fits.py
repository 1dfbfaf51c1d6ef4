"""Random series: means, spreads, fits and bands against NumPy and SciPy."""

from fractions import Fraction

import numpy as np
from scipy import stats

from agreement.made_up import Seeds, chance, floats, relative, typed
from techfloor.measures.derived import electrode_slope
from techfloor.measures.drift import fit_line, fit_powers, lag_1, mean, prediction_band, sd
from techfloor.measures.repeats import pooled_sd, type_a


def test_mean_spread_and_autocorrelation_are_numpys(seeds: Seeds) -> None:
    wrong = {}
    for seed in seeds:
        rng = chance("series", seed)
        values = typed(rng.normal(rng.uniform(-50, 50), 10 ** rng.uniform(-1, 1), rng.integers(3, 60)), 3)
        x = floats(values)
        centred = x - x.mean()
        pairs = [
            (mean(values), x.mean()),
            (sd(values), x.std(ddof=1)),
            (type_a(values).s_mean, stats.sem(x)),
            (lag_1(values), float(centred[1:] @ centred[:-1] / (centred @ centred))),
        ]
        off = [pair for pair in pairs if relative(*pair, floor=1e-3) > 1e-9]
        if off:
            wrong[seed] = off
    assert wrong == {}


def test_a_pooled_spread_is_that_of_the_residuals_about_each_groups_mean(seeds: Seeds) -> None:
    for seed in seeds:
        rng = chance("pooled", seed)
        groups = [typed(rng.normal(0, 1, rng.integers(1, 8)), 4) for _ in range(rng.integers(1, 6))]
        groups.append(typed(rng.normal(0, 1, 3), 4))
        left = np.concatenate([floats(group) - floats(group).mean() for group in groups])
        dof = len(left) - len(groups)
        assert pooled_sd(groups)[1] == dof
        assert relative(pooled_sd(groups)[0], float(np.sqrt(left @ left / dof))) < 1e-9, seed


def test_a_line_is_scipys(seeds: Seeds) -> None:
    wrong = {}
    for seed in seeds:
        rng = chance("line", seed)
        count = int(rng.integers(3, 40))
        xs = typed(rng.uniform(0, 1000, count), 1)
        ys = typed(rng.uniform(-5, 5) + rng.uniform(-0.1, 0.1) * floats(xs) + rng.normal(0, 1, count), 4)
        fit, other = fit_line(xs, ys), stats.linregress(floats(xs), floats(ys))
        pairs = [
            (fit.coefficients[0], other.intercept),
            (fit.coefficients[1], other.slope),
            (fit.standard_errors[0], other.intercept_stderr),
            (fit.standard_errors[1], other.stderr),
        ]
        off = [pair for pair in pairs if relative(*pair, floor=1e-4) > 1e-7]
        if off:
            wrong[seed] = off
    assert wrong == {}


def test_a_sum_of_powers_is_numpys_least_squares(seeds: Seeds) -> None:
    """The columns are scaled before NumPy solves them, and its answer scaled back."""
    wrong = {}
    for seed in seeds:
        rng = chance("powers", seed)
        powers = sorted(rng.choice(5, size=rng.integers(1, 4), replace=False).tolist())
        count = int(rng.integers(len(powers) + 2, 30))
        xs = typed(rng.uniform(-10, 10, count), 3)
        x = floats(xs)
        ys = typed(sum(rng.uniform(-2, 2) * x**power for power in powers) + rng.normal(0, 1, count), 5)
        columns = np.column_stack([x**power for power in powers])
        scale = np.abs(columns).max(axis=0)
        q, r = np.linalg.qr(columns / scale)
        expected = np.linalg.solve(r, q.T @ floats(ys)) / scale
        left = floats(ys) - columns @ expected
        spread = float(np.sqrt(left @ left / (count - len(powers))))
        inverse = np.linalg.inv(r)
        errors = spread * np.sqrt((inverse * inverse).sum(axis=1)) / scale
        fit = fit_powers(xs, ys, powers)
        pairs = [
            *zip(fit.coefficients, expected, strict=True),
            *zip(fit.standard_errors, errors, strict=True),
            (fit.residual_sd, spread),
        ]
        off = [pair for pair in pairs if relative(float(pair[0]), float(pair[1]), floor=1e-6) > 1e-6]
        if off:
            wrong[seed] = off
    assert wrong == {}


def test_a_prediction_band_is_that_of_the_leverage(seeds: Seeds) -> None:
    """y ± t·s·√(1 + xᵀ(XᵀX)⁻¹x), from the matrix and SciPy's t."""
    for seed in seeds:
        rng = chance("band", seed)
        count, coverage = int(rng.integers(3, 20)), float(rng.choice([0.90, 0.95, 0.99]))
        xs, ys = typed(rng.uniform(0, 100, count), 2), typed(rng.normal(0, 1, count), 3)
        design = np.column_stack([np.ones(count), floats(xs)])
        solved, *_ = np.linalg.lstsq(design, floats(ys), rcond=None)
        left = floats(ys) - design @ solved
        s = np.sqrt(left @ left / (count - 2))
        at = typed(rng.uniform(-50, 150, 3), 1)
        for point in prediction_band(xs, ys, at, coverage):
            row = np.array([1.0, point.x])
            half = stats.t.ppf((1 + coverage) / 2, count - 2) * s
            half *= np.sqrt(1 + row @ np.linalg.inv(design.T @ design) @ row)
            line = float(row @ solved)
            assert relative(point.low, line - half, floor=1e-2) < 1e-6, seed
            assert relative(point.high, line + half, floor=1e-2) < 1e-6, seed


def test_the_slope_of_an_electrode_is_the_line_through_its_buffers(seeds: Seeds) -> None:
    for seed in seeds:
        rng = chance("electrode", seed)
        buffers = typed(rng.choice([1.68, 4.01, 6.86, 7.00, 9.18, 10.01, 12.45], rng.integers(2, 6), replace=False), 2)
        ph = floats(buffers)
        mv = typed(-59.16 * rng.uniform(0.9, 1.02) * (ph - 7) + rng.normal(0, 2, len(ph)), 1)
        slope, level = np.polyfit(ph, floats(mv), 1)
        found = electrode_slope(list(zip(buffers, mv, strict=True)))
        assert relative(float(found.mv_per_ph), float(slope)) < 1e-9, seed
        assert relative(float(found.offset_mv), float(level + 7 * slope), floor=1.0) < 1e-9, seed


def test_exact_sums_stand_where_floats_lose_their_digits(seeds: Seeds) -> None:
    """A large offset in front of a small spread: exact here, and in NumPy only after the offset is taken off."""
    for seed in seeds:
        rng = chance("offset", seed)
        small = typed(rng.normal(0, 1, rng.integers(3, 30)), 3)
        offset = 10 ** int(rng.integers(9, 16))
        moved = [value + offset for value in small]
        assert relative(sd(moved), float(floats(small).std(ddof=1))) < 1e-9, seed
        assert mean([Fraction(value) - offset for value in moved]) == mean(small)
