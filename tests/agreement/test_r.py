"""The same against R where it is installed: its distributions, its lm, and the run lengths of its package spc.

Debian has r-base-core and r-cran-spc, but neither qcc nor AcceptanceSampling; what those would say is said by R's own
distributions here.
"""

import pytest

from agreement.made_up import Asked, Seeds, chance, floats, relative, typed
from techfloor.measures.chart_constants import factors
from techfloor.measures.drift import fit_line
from techfloor.measures.interval import clopper_pearson_lower
from techfloor.measures.reliability import mtbf_bounds
from techfloor.measures.run_length import cusum_run_length, ewma_run_length
from techfloor.measures.uncertainty import t_factor


def test_quantiles_and_bounds_are_rs(seeds: Seeds, r: Asked) -> None:
    rows = []
    for seed in seeds:
        rng = chance("r quantile", seed)
        n = int(rng.integers(2, 400))
        rows.append([n, int(rng.integers(0, min(n, 15))), float(rng.uniform(0.02, 0.98)), int(rng.integers(1, 60))])
    lower = r("if (x[2] == 0) 0 else qbeta(1 - x[3], x[2], x[1] - x[2] + 1)", rows)
    t = r("qt((1 + x[3]) / 2, x[4])", rows)
    mtbf = r("2 * 1000 / qchisq(1 - (1 - x[3]) / 2, 2 * x[4] + 2)", rows)
    for (of, c, share, dof), *said in zip(rows, lower, t, mtbf, strict=True):
        assert abs(clopper_pearson_lower(int(c), int(of), share) - said[0]) < 1e-9
        assert relative(t_factor(dof, share), said[1]) < 1e-8
        assert relative(mtbf_bounds(1000, int(dof), share)[0], said[2]) < 1e-9


def test_lines_are_rs_lm(seeds: Seeds, r: Asked) -> None:
    rows, fits = [], []
    for seed in seeds:
        rng = chance("r line", seed)
        count = int(rng.integers(3, 30))
        xs = typed(rng.uniform(0, 1000, count), 1)
        ys = typed(rng.uniform(-5, 5) + 0.05 * floats(xs) + rng.normal(0, 1, count), 4)
        rows.append([*floats(xs), *floats(ys)])
        fits.append(fit_line(xs, ys))
    fitted = "summary(lm(x[-seq_len(length(x) / 2)] ~ x[seq_len(length(x) / 2)]))"
    slopes, errors = r(f"{fitted}$coefficients[2, 1]", rows), r(f"{fitted}$coefficients[2, 2]", rows)
    for fit, slope, error, spread in zip(fits, slopes, errors, r(f"{fitted}$sigma", rows), strict=True):
        assert relative(fit.coefficients[1], slope, floor=1e-4) < 1e-7
        assert relative(fit.standard_errors[1], error, floor=1e-4) < 1e-7
        assert relative(fit.residual_sd, spread, floor=1e-4) < 1e-7


def test_the_mean_range_is_that_of_rs_studentized_range(few: Seeds, r: Asked) -> None:
    sizes = [[int(chance("r range", seed).integers(2, 60))] for seed in few]
    said = r("integrate(function(q) 1 - ptukey(q, x[1], Inf), 0, 15, rel.tol = 1e-10)$value", sizes)
    assert max(abs(factors(int(n)).d2 - d2) for (n,), d2 in zip(sizes, said, strict=True)) < 1e-6


def test_run_lengths_are_those_of_the_package_spc(few: Seeds, r: Asked) -> None:
    if r("as.numeric(requireNamespace('spc', quietly = TRUE))", [[0]]) != [1]:
        pytest.skip("R's package spc is not installed: apt-get install r-cran-spc")
    rows = []
    for seed in few:
        rng = chance("r run", seed)
        rows.append([rng.uniform(0.25, 1), rng.uniform(2, 5), rng.uniform(0, 2), rng.uniform(0.05, 0.5)])
    one = r("spc::xcusum.arl(x[1], x[2], x[3], sided = 'one', r = 60)", rows)
    two = r("spc::xcusum.arl(x[1], x[2], x[3], sided = 'two', r = 60)", rows)
    ewma = r("spc::xewma.arl(x[4], 2.8, x[3], sided = 'two', r = 60)", rows)
    for (k, h, shift, weight), *said in zip(rows, one, two, ewma, strict=True):
        assert relative(cusum_run_length(k, h, shift, sided=1), said[0]) < 1e-4
        assert relative(cusum_run_length(k, h, shift, sided=2), said[1]) < 1e-4
        assert relative(ewma_run_length(weight, 2.8, shift), said[2]) < 1e-4
