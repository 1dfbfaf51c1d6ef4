"""Sampling plans against R where it is installed: its distributions, the non-central t among them."""

import numpy as np

from agreement.made_up import Asked, Seeds, chance
from techfloor.measures.chances import Model
from techfloor.measures.operating_curve import acceptance, quality_at, single
from techfloor.measures.variables_plan import VariablesPlan


def test_single_plans_accept_as_r_says(seeds: Seeds, r: Asked) -> None:
    rows, found = [], []
    for seed in seeds:
        rng = chance("r plan", seed)
        n = int(rng.integers(1, 500))
        c, lot = int(rng.integers(0, min(n, 25))), n + int(rng.integers(0, 3000))
        bad = int(rng.integers(0, lot + 1) * rng.uniform(0, 0.2))
        plan, p = single(n, c), bad / lot
        rows.append([c, n, bad, lot])
        found.append([acceptance(plan, p, model, lot if model is Model.hypergeometric else None) for model in Model])
    said = {
        Model.binomial: r("pbinom(x[1], x[2], x[3] / x[4])", rows),
        Model.poisson: r("ppois(x[1], x[2] * x[3] / x[4])", rows),
        Model.hypergeometric: r("phyper(x[1], x[3], x[4] - x[3], x[2])", rows),
    }
    assert np.abs(np.array(found) - np.array([said[model] for model in Model]).T).max() < 1e-9


def test_limiting_qualities_are_rs_quantiles(seeds: Seeds, r: Asked) -> None:
    rows = []
    for seed in seeds:
        rng = chance("r quality", seed)
        n = int(rng.integers(2, 400))
        rows.append([n, int(rng.integers(0, min(n, 15))), float(rng.uniform(0.02, 0.98))])
    said = r("qbeta(1 - x[3], x[2] + 1, x[1] - x[2])", rows)
    found = [quality_at(single(int(n), int(c)), pa) for n, c, pa in rows]
    assert np.abs(np.array(found) - np.array(said)).max() < 1e-9


def test_plans_by_variables_accept_as_rs_non_central_t(seeds: Seeds, r: Asked) -> None:
    rows = []
    for seed in seeds:
        rng = chance("r variables", seed)
        rows.append([int(rng.integers(2, 150)), float(rng.uniform(0.3, 3)), float(rng.uniform(0.001, 0.4))])
    said = r("pt(x[2] * sqrt(x[1]), x[1] - 1, qnorm(x[3], lower.tail = FALSE) * sqrt(x[1]), lower.tail = FALSE)", rows)
    found = [VariablesPlan(int(n), k, False).acceptance(p) for n, k, p in rows]
    assert np.abs(np.array(found) - np.array(said)).max() < 1e-6
