"""Budgets as a plant writes them: the rows of a procedure, and a balance from the weights put on its pan."""

from collections.abc import Sequence
from decimal import Decimal

from techfloor.measures.uncertainty import Budget, BudgetError, Component, Distribution, Origin, Per

ROOT_3 = Decimal("1.732")


def budget_from_rows(rows: Sequence[Sequence[str]], budget_unit: str | None = None) -> Budget:
    """Turn rows of [component, half-width or U, distribution, divisor, origin] into a budget.

    The numbers are in the unit of the result, or in % of the reading with `budget_unit="%"`. Raises
    BudgetError for a row that is not of this form.
    """
    per = Per.percent_of_reading if budget_unit == "%" else Per.constant
    return Budget(tuple(_component(row, per) for row in rows))


def _component(row: Sequence[str], per: Per) -> Component:
    try:
        name, value, distribution, divisor, origin = row
        shape, source = Distribution(distribution), Origin(origin)
        return Component(name, Decimal(value), shape, Decimal(divisor), source, per)
    except (ValueError, ArithmeticError) as problem:
        raise BudgetError(f"the budget row {list(row)} cannot be read: {problem}") from problem


def weights_for(load: Decimal, nominals: Sequence[Decimal]) -> list[Decimal]:
    """Choose the weights that make a load, the heaviest first, each piece of the set used once.

    Raises BudgetError where the set cannot make the load this way.
    """
    chosen, left = [], load
    for nominal in sorted(nominals, reverse=True):
        if nominal <= left:
            chosen.append(nominal)
            left -= nominal
    if left:
        raise BudgetError(f"the set has no weights for {load}")
    return chosen


def balance_budget(load: Decimal, weights: Sequence[tuple[Decimal, Decimal]], resolution: Decimal) -> Budget:
    """Make the budget of a balance at one load from the set's (nominal, U with k = 2) pairs.

    The U of the weights really on the pan add up, because one laboratory calibrated them all together; the
    reading is rounded twice, at zero and under load; repeatability is half a digit.
    """
    set_u = dict(weights)
    on_the_pan = sum((set_u[nominal] for nominal in weights_for(load, list(set_u))), Decimal(0))
    half = resolution / 2
    flat = Distribution.rectangular
    return Budget(
        (
            Component("weights, certificate", on_the_pan, divisor=Decimal(2), origin=Origin.standard),
            Component("resolution at zero", half, flat, ROOT_3),
            Component("resolution at the load", half, flat, ROOT_3),
            Component("repeatability, half a digit", half),
        )
    )
