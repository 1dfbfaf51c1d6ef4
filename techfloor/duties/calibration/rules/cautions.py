"""What whoever approves a procedure should see, though it does not speak against it. Pure."""

import itertools
from collections.abc import Sequence
from decimal import Decimal

from techfloor.duties.calibration.rules import foresight
from techfloor.duties.calibration.rules.certified import StandardFacts
from techfloor.duties.calibration.rules.foresight import WITHOUT_NUMBERS, User
from techfloor.duties.calibration.rules.limits import limits_at
from techfloor.duties.calibration.rules.off_nominal import off_nominal
from techfloor.duties.calibration.rules.points import of_full_scale
from techfloor.duties.calibration.rules.procedure import Item, PlannedPoint, Procedure, of_range, plan
from techfloor.duties.calibration.rules.tolerances import on_its_card
from techfloor.measures.decision import Rule
from techfloor.measures.tolerance import ToleranceError
from techfloor.measures.units import show_unit
from techfloor.refusals import Refusal


def cautions(procedure: Procedure, users: Sequence[User], standard: StandardFacts | None) -> list[Refusal]:
    """Return what to look at before a procedure is approved for the gauges that use it, or for none yet."""
    if procedure.mode in WITHOUT_NUMBERS:
        return []
    items = [user.item for user in users] or foresight.every_set(procedure, foresight.by_itself(procedure))
    points = [point for item in items for point in _points(procedure, item)]
    found = [*_cards(procedure, users), _no_limits(procedure, users, standard), _of_no_standard(procedure)]
    found += [_of_a_range(procedure, items)]
    found += [_on_the_limit(procedure, points), _off_nominal(procedure, points, standard)]
    return [each for each in found if each is not None]


def _points(procedure: Procedure, item: Item) -> Sequence[PlannedPoint]:
    try:
        return plan(procedure, item)
    except Refusal:
        return ()


def _cards(procedure: Procedure, users: Sequence[User]) -> list[Refusal]:
    held = [(user.code, on_its_card(procedure, user.item)) for user in users]
    words = "The tolerance on the card of %(gauge)s counts: %(own)s. %(procedure)s states %(other)s."
    named = {"procedure": procedure.code, "other": procedure.own_tolerance}
    return [Refusal(words, gauge=code, own=own, **named) for code, own in held if own]


def _no_limits(procedure: Procedure, users: Sequence[User], standard: StandardFacts | None) -> Refusal | None:
    """Return why the limits are not known where no gauge uses it yet; else what is wrong with them is refused."""
    if users or (procedure.own_tolerance and foresight.has_values(procedure)):
        return None
    try:
        for item in foresight.every_set(procedure, foresight.by_itself(procedure)):
            foresight.foresee(procedure, item, standard)
    except Refusal as no:
        words = "Its limits cannot be worked out before a gauge is given it: %(why)s"
        return Refusal(words, field=no.field, why=no)
    return None


def _of_no_standard(procedure: Procedure) -> Refusal | None:
    if not procedure.budget:
        return Refusal("It has no budget: its certificates say that measurement uncertainty was not evaluated.")
    if any(row.origin == "standard" for row in procedure.budget):
        return None
    return Refusal("No row of the budget comes from the standard, so U leaves out what its certificate states.")


def _of_a_range(procedure: Procedure, items: Sequence[Item]) -> Refusal | None:
    """Tell what a share of a range comes to that does not begin at zero: a share of the maximum may be meant."""
    sets = (procedure.body or {}).get("point_set", ())
    rows = [row for each in sets for row in each["points"] if "percent" in row and not of_full_scale(row)]
    for item, row in itertools.product(items, rows):
        function = item.function(row.get("function", ""))
        if not function.low or Decimal(function.low) == 0 or not function.high or Decimal(row["percent"]) == 100:
            continue
        return Refusal(
            "%(share)s %% counts from the low end of a range: of %(low)s to %(high)s %(unit)s it is %(value)s. "
            "Write %(share)s %% FS for so much of its largest value.",
            share=row["percent"],
            low=function.low,
            high=function.high,
            unit=show_unit(function.unit),
            value=of_range(row["percent"], function),
        )
    return None


def _on_the_limit(procedure: Procedure, points: Sequence[PlannedPoint]) -> Refusal | None:
    """Tell of a tolerance that ends at zero: a gauge without any error passes there only by a hair."""
    if procedure.rule is not Rule.simple:
        return None  # a guard band that leaves zero out is refused
    for point in points:
        if point.role == "point" and point.tolerance and _ends_at_zero(point):
            words = "At %(point)s a gauge without any error lies on the limit of its tolerance, %(tolerance)s."
            return Refusal(words, point=point.label, tolerance=point.tolerance)
    return None


def _ends_at_zero(point: PlannedPoint) -> bool:
    try:
        lower, upper = limits_at(point, point.value)
    except ToleranceError:
        return False
    return lower != upper and Decimal(0) in (lower, upper)


def _off_nominal(
    procedure: Procedure, points: Sequence[PlannedPoint], standard: StandardFacts | None
) -> Refusal | None:
    found = off_nominal(procedure, points, standard)
    if not found or standard is None:
        return None
    return Refusal(
        "The certificate of %(standard)s gives %(certified)s for %(nominal)s, off by more than its U, and nothing here "
        "counts that. Add a row “deviation on the certificate” to the budget.",
        **found[0].words(standard.code),
    )
