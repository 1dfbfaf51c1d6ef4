"""Does a procedure fit a gauge: its points, its unit and quantity, its range, its uncertainty. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from techfloor.duties.calibration.rules import reading as rules
from techfloor.duties.calibration.rules.budget import ratio, uncertainty_at
from techfloor.duties.calibration.rules.certified import StandardFacts
from techfloor.duties.calibration.rules.limits import limits_at
from techfloor.duties.calibration.rules.printed import report_ratio
from techfloor.duties.calibration.rules.procedure import Item, ItemFunction, Mode, PlannedPoint, Procedure, plan
from techfloor.measures.decision import Rule
from techfloor.measures.quantity import plain, signed
from techfloor.measures.tolerance import ToleranceError
from techfloor.measures.uncertainty import report_round
from techfloor.measures.units import is_unit, same_unit, show_unit
from techfloor.refusals import Refusal

Limits = tuple[Decimal | None, Decimal | None]

_NO_UNIT = frozenset({"", "-"})
# What the certificate of a standard gives: left out where no standard is chosen yet, so that U is a least value.
_OF_STANDARD = frozenset({"certificate", "deviation"})


@dataclass(frozen=True)
class Fit:
    """How well a procedure fits a gauge at one set of its points.

    `objection` says why it does not; `ratio` is the smallest TUR of its points, None where no U is known; `reach` is
    the share of the gauge's range, 0 to 1, that the points cover.
    """

    objection: Refusal | None = None
    ratio: Decimal | None = None
    reach: Decimal = Decimal(0)
    low_ratio: bool = False


def fit(procedure: Procedure, item: Item, standard: StandardFacts | None = None) -> Fit:
    """Return how `procedure` fits; without a standard its uncertainty counts as the rest of the budget gives it."""
    if procedure.mode is Mode.certificate:
        return Fit(reach=Decimal(1))
    try:
        points = [point for point in plan(procedure, item) if point.role == "point"]
        if procedure.mode is Mode.attribute:
            _refuse_kind(item)
            return Fit(reach=_reach(points, item))
        for point in points:
            _refuse_unit(procedure, point)
            _refuse_range(point, item.function(point.function))
            refuse_pieces(point.nominal, point.stack)
            _refuse_rule(procedure, point)
        ratio = _smallest_ratio(procedure, points, standard)
    except Refusal as no:
        return Fit(no)
    least = Decimal(procedure.min_tur) if procedure.min_tur else Decimal(1)
    return Fit(None, ratio, _reach(points, item), ratio is not None and ratio < least)


def _refuse_kind(item: Item) -> None:
    """Refuse a gauge that is none of those that only go or do not go; one without a unit is, whatever it is called."""
    if is_attribute_gauge(item.kind) or all(function.unit in _NO_UNIT for function in item.functions):
        return
    raise Refusal(
        "It asks whether a plug, ring or snap gauge goes or does not go, and this one is entered as “%(kind)s”. "
        "If it is one, write go/no-go into the kind on its card.",
        kind=item.kind,
    )


_OF_ATTRIBUTES = re.compile(r"(?<!setting )\b(plug|ring|snap|attribute|go)\b", re.IGNORECASE)


def is_attribute_gauge(kind: str) -> bool:
    """Tell whether a gauge of this kind says only that something goes or does not go."""
    return _OF_ATTRIBUTES.search(kind) is not None


def measures_otherwise(procedure: Procedure, kind: str) -> bool:
    """Tell whether a procedure reads a value where a gauge of this kind has none; a certificate fits every gauge."""
    return is_attribute_gauge(kind) and procedure.mode not in {Mode.attribute, Mode.certificate}


def _refuse_unit(procedure: Procedure, point: PlannedPoint) -> None:
    own, asked = point.unit, procedure.unit
    if (own in _NO_UNIT and asked in _NO_UNIT) or own == asked:
        return
    if is_unit(own) and is_unit(asked) and same_unit(own, asked):
        return
    raise Refusal(
        "It measures in %(asked)s, this gauge in %(own)s.",
        asked=show_unit(asked) or "no unit",
        own=show_unit(own),
    )


def _refuse_range(point: PlannedPoint, function: ItemFunction) -> None:
    if not point.nominal:
        return
    below = function.low and point.value < Decimal(function.low)
    above = function.high and point.value > Decimal(function.high)
    if below or above:
        raise Refusal(
            "Its point %(point)s %(unit)s is outside the range of this gauge, %(low)s to %(high)s %(unit)s.",
            point=point.nominal,
            low=function.low or "…",
            high=function.high or "…",
            unit=show_unit(point.unit),
        )


def refuse_pieces(nominal: str, pieces: Sequence[str]) -> None:
    """Refuse pieces of the standard that do not come to the value of their point."""
    if not nominal or not pieces:
        return
    together = sum((Decimal(piece) for piece in pieces), Decimal(0))
    if together != Decimal(nominal):
        raise Refusal(
            "At %(point)s the pieces come to %(sum)s: %(pieces)s. Write those that come to it.",
            field="point_sets-0-points",
            point=nominal,
            sum=plain(together),
            pieces=" + ".join(pieces),
        )


def _refuse_rule(procedure: Procedure, point: PlannedPoint) -> None:
    """Refuse a decision rule that could not decide at a point: it would silently be another one."""
    if procedure.rule is Rule.simple:
        return
    if not procedure.budget or (procedure.budget_unit == "%" and point.value == 0):
        raise rules.no_uncertainty(procedure, point)
    if procedure.rule is Rule.method_6 and None in limits_at(point, point.value):
        raise Refusal(
            "The rule method-6 needs a limit on both sides, and at %(point)s one is open. "
            "Ask quality for another rule.",
            point=point.label,
        )


def _smallest_ratio(
    procedure: Procedure, points: Sequence[PlannedPoint], standard: StandardFacts | None
) -> Decimal | None:
    """Return the smallest TUR; raises Refusal at a point where U reaches the tolerance, or where nothing could pass."""
    counted = procedure if standard else without_standard(procedure)
    ratios = []
    for point in points:
        found = _limits_and_u(counted, point, standard)
        if found is None:
            continue
        limits, u, k = found
        _refuse_large_u(procedure, point, limits, u)
        guard = rules.decision_on(procedure, Decimal(0), *limits, u, k).guard
        _refuse_no_room(procedure, point, limits, guard)
        _refuse_no_error(procedure, point, limits, guard)
        ratios.append(ratio(limits, u))
    return min((ratio for ratio in ratios if ratio is not None), default=None)


def _refuse_large_u(procedure: Procedure, point: PlannedPoint, limits: Limits, u: Decimal) -> None:
    """Refuse a U that reaches half of the tolerance, or the nearer limit seen from a gauge without any error."""
    lower, upper = limits
    if not u:
        return
    shown = {
        "point": point.label,
        "u": plain(report_round(u, procedure.significant_digits)),
        "unit": show_unit(point.unit),
    }
    if lower is not None and lower == upper:
        raise Refusal(
            "At %(point)s the tolerance of this gauge is zero: a share of the reading leaves nothing there. "
            "Add a part in its unit, or leave the point out.",
            point=point.label,
        )
    if lower is not None and upper is not None and u * 2 >= upper - lower:
        raise Refusal(
            "At %(point)s its U of %(u)s %(unit)s reaches the tolerance of this gauge, ± %(half)s %(unit)s: "
            "no verdict could be trusted.",
            half=plain((upper - lower) / 2),
            **shown,
        )
    near = _nearer_limit(limits)
    if near is not None and u >= abs(near):
        raise Refusal(
            "At %(point)s its U of %(u)s %(unit)s reaches the limit of %(limit)s %(unit)s: "
            "of a gauge without any error no verdict could be trusted.",
            limit=signed(near),
            **shown,
        )


def _nearer_limit(limits: Limits) -> Decimal | None:
    """Return the limit nearer to an error of zero; None where zero is itself a limit, or lies outside."""
    lower, upper = limits
    if (lower is not None and lower >= 0) or (upper is not None and upper <= 0):
        return None
    return min((limit for limit in limits if limit is not None), key=abs, default=None)


def _refuse_no_room(procedure: Procedure, point: PlannedPoint, limits: Limits, guard: Decimal) -> None:
    lower, upper = limits
    if lower is None or upper is None or lower + guard <= upper - guard:
        return
    raise Refusal(
        "At %(point)s the rule %(rule)s takes %(guard)s %(unit)s off each limit, and nothing is left of the tolerance: "
        "no result could pass. Choose another rule, or lower U.",
        field="rule",
        point=point.label,
        rule=procedure.rule.value,
        guard=plain(report_round(guard, procedure.significant_digits)),
        unit=show_unit(point.unit),
    )


def _refuse_no_error(procedure: Procedure, point: PlannedPoint, limits: Limits, guard: Decimal) -> None:
    """Refuse a guard band that leaves a gauge without any error out of a tolerance that holds it: +4/0 with 1 off."""
    lower, upper = limits
    holds = (lower is None or lower <= 0) and (upper is None or upper >= 0)
    if not holds or not ((lower is not None and lower + guard > 0) or (upper is not None and upper - guard < 0)):
        return
    raise Refusal(
        "At %(point)s the rule %(rule)s takes %(guard)s %(unit)s off each limit: a gauge without any error could never "
        "pass. Choose another rule or tolerance, or lower U.",
        field="rule",
        point=point.label,
        rule=procedure.rule.value,
        guard=plain(report_round(guard, procedure.significant_digits)),
        unit=show_unit(point.unit),
    )


def without_standard(procedure: Procedure) -> Procedure:
    """Return a procedure whose budget counts only what is known before a standard is chosen: U is a least value."""
    rows = tuple(row for row in procedure.budget if row.basis not in _OF_STANDARD or row.fallback)
    return replace(procedure, budget=rows)


def _limits_and_u(
    procedure: Procedure, point: PlannedPoint, standard: StandardFacts | None
) -> tuple[Limits, Decimal, Decimal] | None:
    """Return (limits, U, k) of a point; None without U."""
    try:
        limits = limits_at(point, point.value)
    except ToleranceError as error:
        raise Refusal(
            "Its point %(point)s has no limits for this gauge. Enter the tolerance on the card of the gauge.",
            point=point.label,
        ) from error
    found = uncertainty_at(procedure, point, point.value, standard=standard)
    return None if found is None else (limits, *found)


def _reach(points: Sequence[PlannedPoint], item: Item) -> Decimal:
    values = [point.value for point in points if point.nominal]
    function = item.function(points[0].function) if points else None
    if not values or function is None or not (function.low and function.high):
        return Decimal(0)
    span = Decimal(function.high) - Decimal(function.low)
    return (max(values) - min(values)) / span if span else Decimal(1)


def likeness(procedure: Procedure, kind: str, item: Item) -> int:
    """Return how many words of the gauge's kind, and its resolution, stand in the title; to sort by."""
    title = procedure.title.casefold()
    words = sum(word in title for word in re.findall(r"\w+", kind.casefold()))
    resolutions = {f"{f.resolution} {f.unit}".strip() for f in item.functions if f.resolution}
    return 2 * words + any(shown.casefold() in title for shown in resolutions)


def is_of_kind(procedure: Procedure, kind: str) -> bool:
    """Tell whether the title names what the gauge is: the last word of its kind, `caliper` of `digital caliper`."""
    if is_attribute_gauge(kind):
        return not measures_otherwise(procedure, kind)
    words = re.findall(r"\w+", kind.casefold())
    return bool(words) and words[-1] in procedure.title.casefold()


def range_words(points: Sequence[PlannedPoint]) -> str:
    """Return the points in short: "0.00 to 150.00 mm"; "" for points without a value."""
    named = sorted((p for p in points if p.nominal and p.role == "point"), key=lambda p: p.value)
    return f"{named[0].nominal} to {named[-1].nominal} {show_unit(named[0].unit)}" if named else ""


def ratio_words(ratio: Decimal) -> str:
    """Return a TUR as people write it: 1.7, without its sign."""
    return report_ratio(ratio)
