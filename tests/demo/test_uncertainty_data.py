"""The budgets of the demo plant's procedures, recomputed with the product's own functions."""

from decimal import Decimal

import pytest
from tellings import seen

from techfloor.cli.demo.reading import Plant
from techfloor.cli.demo.shapes import Gauge, Procedure
from techfloor.measures.budgets import balance_budget
from techfloor.measures.uncertainty import (
    Budget,
    Component,
    Distribution,
    Method,
    Origin,
    Point,
    Uncertainty,
    evaluate,
    report_round,
)

RATIO_FLAGS = {"CAL-P-06D": "1.7", "CAL-P-10": "2.4"}


def budget_of(procedure: Procedure) -> Budget:
    """Make the budget of a procedure whose rows carry their own numbers; pooled rows by the root of the repeats."""
    components = []
    for row in procedure.budget:
        value = Decimal(row.value)
        if row.basis == "pooled":
            value /= Decimal(procedure.repeats).sqrt()
        shape = Distribution(row.distribution)
        components.append(
            Component(row.component, value, shape, Decimal(row.divisor), Origin(row.came_from)),
        )
    return Budget(tuple(components))


def budget_for(plant: Plant, gauge: Gauge) -> Budget:
    procedure = plant.procedure(gauge.procedure)
    if gauge.kind != "balance":
        return budget_of(procedure)
    weights = [(Decimal(v.nominal), Decimal(v.u)) for v in plant.standard("S-001").values]
    load = max(Decimal(point.nominal) for point in gauge.points)
    return balance_budget(load, weights, Decimal(gauge.resolution))


def combined(budget: Budget) -> Uncertainty:
    return evaluate(budget, Point(Decimal(1)))


def in_house(plant: Plant) -> list[Gauge]:
    return [gauge for gauge in plant.gauges if plant.procedure(gauge.procedure).budget]


def tolerance_of(plant: Plant, gauge: Gauge) -> float:
    """In the unit of the budget: a share of the reading stays a percentage."""
    return float(gauge.tolerance.removesuffix(" %"))


def test_example_s10_gives_u_of_0_06_mm_with_k_1_83_by_convolution(plant: Plant) -> None:
    procedure = plant.procedure("CAL-P-02")
    result = combined(budget_of(procedure))
    assert result.method is Method.convolution
    assert procedure.coverage == "convolution"
    assert f"{result.k:.2f}" == procedure.k == "1.83"
    assert str(report_round(result.U, procedure.significant_digits)) == "0.06"


def test_example_s10_has_an_error_exactly_on_its_limit(plant: Plant) -> None:
    vernier = plant.gauge("G-014")
    point = next(point for point in vernier.points if point.nominal == "150.00")
    limit = vernier.function(point.function).tolerance.width(Decimal(150), Decimal(150), Decimal("0.05"))
    assert Decimal("150.10") - Decimal(point.nominal) == limit == Decimal("0.10")


def test_example_s2_gives_10_000_025_g_with_u_of_59_mg(plant: Plant) -> None:
    procedure, standard = plant.procedure("CAL-P-11"), plant.standard("S-007")
    newest = [c for c in plant.history if c.gauge == "G-021"][-1]
    differences = [Decimal(reading.difference) for reading in newest.as_found.readings]
    result = combined(budget_of(procedure))
    assert Decimal(standard.values[0].value) + sum(differences, Decimal(0)) / len(differences) == Decimal("10000.025")
    assert abs(result.u - 0.0293) < 0.00005
    assert str(report_round(result.U, procedure.significant_digits)) == "0.059"


def test_example_s2_rests_on_the_u_of_its_standard_and_the_pooled_s(plant: Plant) -> None:
    procedure, standard = plant.procedure("CAL-P-11"), plant.standard("S-007")
    rows = {row.basis: row for row in reversed(procedure.budget)}
    assert rows["certificate"].value == standard.values[0].u == "0.045"
    assert rows["pooled"].value == procedure.pooled_s == "0.025"


def test_no_u_reaches_the_tolerance(plant: Plant) -> None:
    for gauge in seen(in_house(plant)):
        procedure = plant.procedure(gauge.procedure)
        u = float(procedure.k) * combined(budget_for(plant, gauge)).u
        assert u < tolerance_of(plant, gauge), gauge.code


def test_a_ratio_below_four_is_declared_and_no_other(plant: Plant) -> None:
    for gauge in seen(in_house(plant)):
        procedure = plant.procedure(gauge.procedure)
        outside_the_item = budget_for(plant, gauge).only(Origin.standard, Origin.environment)
        ratio = tolerance_of(plant, gauge) / (2 * combined(outside_the_item).u)
        assert (ratio < float(procedure.min_tur)) == bool(procedure.tur_flag), gauge.code
        if procedure.tur_flag:
            assert f"TUR {ratio:.1f}" in procedure.tur_flag


@pytest.mark.parametrize("code", ["CAL-P-01", "CAL-P-03", "CAL-P-05", "CAL-P-06", "CAL-P-08"])
def test_a_procedure_names_its_components_once(plant: Plant, code: str) -> None:
    assert budget_of(plant.procedure(code)).components


def test_every_in_house_procedure_has_what_its_form_asks(plant: Plant) -> None:
    for procedure in seen(plant.procedures):
        assert procedure.method.endswith("."), procedure.code
        assert procedure.mode in {"apply", "match", "both", "comparison", "attribute", "certificate"}
        if procedure.mode == "certificate":
            continue
        assert procedure.repeats >= 1
        assert procedure.point_sets, procedure.code
        assert procedure.soak_minutes > 0
        assert procedure.environment, procedure.code
        assert procedure.verdict_on in {"each reading", "mean"}
        assert all(plant.standard(code) for code in procedure.standards)


def test_environment_limits_leave_room(plant: Plant) -> None:
    for procedure in seen(plant.procedures):
        for limit in procedure.environment:
            assert Decimal(limit.low) < Decimal(limit.high), procedure.code
            assert limit.text


def test_the_go_no_go_procedure_says_what_goes(plant: Plant) -> None:
    attribute = [procedure for procedure in plant.procedures if procedure.mode == "attribute"]
    answers = {point.expected for each in attribute for points in each.point_sets.values() for point in points}
    assert answers == {"goes", "does not go"}
