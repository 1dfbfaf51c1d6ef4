"""Random uncertainty budgets: against GTC set up by its own functions, linear algebra, and Monte Carlo."""

import math
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import GTC
import numpy as np
from scipy import stats

from agreement.made_up import Array, Seeds, chance, relative
from techfloor.measures.uncertainty import (
    Budget,
    Component,
    Correlation,
    Distribution,
    DofRule,
    Method,
    Origin,
    Per,
    Point,
    Uncertainty,
    evaluate,
    report_round,
)

DRAWS = 200_000
SHAPES = {
    Distribution.normal: 1.0,
    Distribution.rectangular: math.sqrt(3),
    Distribution.triangular: math.sqrt(6),
    Distribution.arcsine: math.sqrt(2),
}


def number(value: float) -> Decimal:
    return Decimal(f"{value:.6g}")


def a_component(rng: np.random.Generator, name: str, *, with_dof: bool = True) -> Component:
    """Make up a row as plants write them: any shape, any basis, often with finite degrees of freedom."""
    shape = list(SHAPES)[rng.integers(4)]
    divisor = number(SHAPES[shape]) if shape is not Distribution.normal else number(rng.choice([1, 2, 3]))
    return Component(
        name,
        number(10 ** rng.uniform(-4, 1)),
        shape,
        divisor,
        list(Origin)[rng.integers(3)],
        list(Per)[rng.integers(4)],
        float(rng.integers(1, 40)) if with_dof and rng.random() < 0.4 else None,
        float(rng.choice([-1.0, 1.0, rng.uniform(-3, 3) or 1.0])),
    )


def a_point(rng: np.random.Generator) -> Point:
    return Point(number(rng.uniform(-200, 200)), number(10 ** rng.uniform(-4, 0)), number(10 ** rng.uniform(-4, 0)))


def size(each: Component, point: Point) -> float:
    """What the value of a row is in the unit of the result, said once more in words of this test."""
    assert point.resolution is not None
    assert point.certificate is not None
    basis = {
        Per.constant: 1.0,
        Per.percent_of_reading: abs(float(point.value)) / 100,
        Per.half_resolution: float(point.resolution) / 2,
        Per.certificate: float(point.certificate),
    }
    return float(each.value) * basis[each.per]


def input_of(each: Component, point: Point) -> Any:
    """Set up one row with the functions that GTC has for its shape."""
    half, dof = size(each, point), math.inf if each.dof is None else each.dof
    made: dict[Distribution, Callable[[], Any]] = {
        Distribution.normal: lambda: half / float(each.divisor),
        Distribution.rectangular: lambda: GTC.tb.uniform(half),
        Distribution.triangular: lambda: GTC.tb.triangular(half),
        Distribution.arcsine: lambda: GTC.tb.arcsine(half),
    }
    return GTC.ureal(float(point.value), made[each.distribution](), dof)


def a_budget(rng: np.random.Generator) -> Budget:
    return Budget(tuple(a_component(rng, f"row {n}") for n in range(rng.integers(1, 9))))


def disagreements(found: Uncertainty, u: float, dof: float) -> list[str]:
    wrong = []
    if relative(found.u, u) > 1e-9:
        wrong.append(f"u {found.u} {u}")
    if math.isinf(dof) != math.isinf(found.dof) or (math.isfinite(dof) and relative(found.dof, dof) > 1e-9):
        wrong.append(f"dof {found.dof} {dof}")
    return wrong


def test_u_and_degrees_of_freedom_are_those_that_gtc_gives_by_itself(seeds: Seeds) -> None:
    wrong = {}
    for seed in seeds:
        rng = chance("gtc", seed)
        budget, point = a_budget(rng), a_point(rng)
        result = sum(each.sensitivity * input_of(each, point) for each in budget.components)
        off = disagreements(evaluate(budget, point), result.u, result.df)
        if off:
            wrong[seed] = off
    assert wrong == {}


def test_u_degrees_of_freedom_and_k_are_those_of_the_formulas(seeds: Seeds) -> None:
    """Root sum of squares, Welch and Satterthwaite, Student's t of SciPy (GUM 5.1.2, G.4.1, G.3)."""
    wrong = {}
    for seed in seeds:
        rng = chance("formula", seed)
        budget, point, coverage = a_budget(rng), a_point(rng), float(rng.choice([0.90, 0.95, 0.99]))
        rule = list(DofRule)[rng.integers(2)]
        found = evaluate(budget, point, coverage=coverage, dof_rule=rule)
        parts = np.array([each.sensitivity * size(each, point) / divisor_of(each) for each in budget.components])
        u = float(np.sqrt(parts @ parts))
        below = sum(
            part**4 / each.dof for part, each in zip(parts, budget.components, strict=True) if each.dof is not None
        )
        dof = u**4 / below if below else math.inf
        off = disagreements(found, u, dof)
        used = max(1.0, float(math.floor(dof + 1e-9))) if math.isfinite(dof) and rule is DofRule.truncated else dof
        k = float(stats.norm.ppf((1 + coverage) / 2) if math.isinf(dof) else stats.t.ppf((1 + coverage) / 2, used))
        if found.method is not Method.convolution and relative(found.k, k) > 1e-8:
            off.append(f"k {found.k} {k}")
        if relative(found.U, found.k * found.u) > 1e-12:
            off.append("U is not k u")
        if off:
            wrong[seed] = off
    assert wrong == {}


def divisor_of(each: Component) -> float:
    return float(each.divisor) if each.distribution is Distribution.normal else SHAPES[each.distribution]


def test_correlated_rows_combine_by_their_covariance(seeds: Seeds) -> None:
    """GUM 5.2.2, with a correlation matrix that can be: that of random vectors."""
    wrong = {}
    for seed in seeds:
        rng = chance("correlated", seed)
        count = int(rng.integers(2, 6))
        rows = tuple(a_component(rng, f"row {n}", with_dof=False) for n in range(count))
        matrix = np.round(np.corrcoef(rng.normal(size=(count, count + 3))), 6)
        pairs = [(i, j) for i in range(count) for j in range(i)]
        budget = Budget(rows, tuple(Correlation(rows[i].name, rows[j].name, float(matrix[i, j])) for i, j in pairs))
        point = a_point(rng)
        parts = np.array([each.sensitivity * size(each, point) / divisor_of(each) for each in rows])
        u = float(np.sqrt(parts @ matrix @ parts))
        found = evaluate(budget, point)
        if relative(found.u, u, floor=1e-6 * float(np.abs(parts).max())) > 1e-7:
            wrong[seed] = (found.u, u)
    assert wrong == {}


def draws(rng: np.random.Generator, each: Component, point: Point) -> Array:
    """Draw errors of one row from its distribution, not from its standard uncertainty."""
    half = abs(each.sensitivity) * size(each, point)
    if each.distribution is Distribution.normal:
        return rng.normal(0, half / float(each.divisor), DRAWS)
    if each.distribution is Distribution.rectangular:
        return rng.uniform(-half, half, DRAWS)
    if each.distribution is Distribution.triangular:
        return rng.triangular(-half, 0, half, DRAWS)
    return half * np.cos(rng.uniform(0, math.pi, DRAWS))


def dominated(rng: np.random.Generator) -> tuple[Budget, Point]:
    """Make up a budget in which one or two flat rows outweigh everything else."""
    point = a_point(rng)
    shapes = [Distribution.rectangular, Distribution.arcsine]
    flat = [shapes[rng.integers(2)] for _ in range(rng.integers(1, 3))]
    rest = [list(SHAPES)[rng.integers(4)] for _ in range(rng.integers(1, 5))]
    rows = [
        Component(f"row {n}", number(rng.uniform(0.8, 1.2)), shape, number(SHAPES[shape]))
        for n, shape in enumerate(flat)
    ]
    rows += [
        Component(f"small {n}", number(rng.uniform(0.001, 0.05)), shape, number(SHAPES[shape]))
        for n, shape in enumerate(rest)
    ]
    return Budget(tuple(rows)), point


def test_a_convolved_coverage_factor_holds_what_it_says_by_monte_carlo(seeds: Seeds) -> None:
    """JCGM 101: draw from every row, and count how many sums lie within U; 5 standard deviations are allowed."""
    wrong = {}
    for seed in seeds:
        rng = chance("convolution", seed)
        budget, point = dominated(rng)
        coverage = float(rng.choice([0.90, 0.95, 0.99]))
        found = evaluate(budget, point, coverage=coverage)
        assert found.method is Method.convolution
        total = np.zeros(DRAWS)
        for each in budget.components:
            total += draws(rng, each, point)
        inside = float(np.mean(np.abs(total) <= found.U))
        allowed = 5 * math.sqrt(coverage * (1 - coverage) / DRAWS) + 3e-4
        if abs(inside - coverage) > allowed:
            wrong[seed] = (inside, coverage)
    assert wrong == {}


def test_u_is_the_standard_deviation_of_what_monte_carlo_draws(few: Seeds) -> None:
    wrong = {}
    for seed in few:
        rng = chance("spread", seed)
        point = a_point(rng)
        budget = Budget(tuple(a_component(rng, f"row {n}", with_dof=False) for n in range(rng.integers(1, 6))))
        spread = float(np.std(sum(draws(rng, each, point) for each in budget.components), ddof=1))
        if relative(spread, evaluate(budget, point).u) > 0.012:
            wrong[seed] = (spread, evaluate(budget, point).u)
    assert wrong == {}


def test_a_rounded_uncertainty_has_its_digits_and_is_never_much_smaller(seeds: Seeds) -> None:
    for seed in seeds:
        rng = chance("rounding", seed)
        exact, digits = Decimal(repr(10 ** rng.uniform(-8, 8))), int(rng.integers(1, 3))
        rounded = report_round(exact, digits)
        assert len(rounded.as_tuple().digits) <= digits
        assert exact * Decimal("0.95") <= rounded <= exact * (1 + Decimal(10) ** (1 - digits))
