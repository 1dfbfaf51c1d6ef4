"""A procedure as a person writes it in boxes, and the body that its revision keeps. Pure.

What the boxes do not show stays in the body as it was: `body_of` takes the body that is rewritten along.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import partial
from typing import Any, TypeVar

from techfloor.duties.calibration.rules.points import (
    Written,
    read_entries,
    read_points,
    without_unit,
    written_entries,
    written_points,
)
from techfloor.duties.calibration.rules.procedure import FIXED, OF_THE_GAUGE, Mode
from techfloor.measures.tolerance import Tolerance, ToleranceError
from techfloor.measures.uncertainty import BudgetError, Component, Distribution
from techfloor.measures.units import is_unit, same_unit, show_unit
from techfloor.refusals import Refusal, together

BASES = ("constant", "percent", "half resolution", "certificate", "deviation", "pooled", "repeats")
DERIVED = ("hysteresis", "repeatability", "corner_load", "slope", "offset")
COVERAGES = ("k", "convolution", FIXED)
_WITHOUT_NUMBERS = frozenset({Mode.attribute, Mode.certificate})


@dataclass(frozen=True)
class PointSetEntry:
    """A set of points: its name, and its points one in a line (`points.read_points`)."""

    key: str = ""
    points: str = ""


@dataclass(frozen=True)
class BudgetEntry:
    """A row of the budget; numbers as typed."""

    component: str = ""
    value: str = ""
    distribution: str = ""
    divisor: str = ""
    origin: str = ""
    basis: str = ""
    fallback: str = ""


@dataclass(frozen=True)
class LimitEntry:
    """What the room must be."""

    quantity: str = ""
    unit: str = ""
    low: str = ""
    high: str = ""
    text: str = ""
    max_change: str = ""


@dataclass(frozen=True)
class DerivedEntry:
    """A result that is computed; `entries` are the values typed for it alone, one in a line."""

    kind: str = ""
    name: str = ""
    function: str = ""
    unit: str = ""
    low: str = ""
    high: str = ""
    of_tolerance: str = ""
    text: str = ""
    entries: str = ""


@dataclass(frozen=True, kw_only=True)
class ProcedureEntry:
    """All that stands in the boxes of a procedure."""

    title: str = ""
    mode: str = Mode.apply.value
    unit: str = ""
    in_percent: bool = False
    tolerance: str = ""
    standards: tuple[str, ...] = ()
    point_sets: tuple[PointSetEntry, ...] = ()
    repeats: int = 1
    verdict_on: str = "each reading"
    rule: str = "simple"
    rule_text: str = ""
    coverage: str = "k"
    k: str = "2"
    significant_digits: int = 2
    min_tur: str = ""
    tur_flag: str = ""
    budget_unit: str = ""
    budget: tuple[BudgetEntry, ...] = ()
    environment: tuple[LimitEntry, ...] = ()
    soak_minutes: int = 0
    method: str = ""
    preload: str = ""
    derived: tuple[DerivedEntry, ...] = ()
    checks: tuple[str, ...] = ()
    change: str = ""


Row = TypeVar("Row", BudgetEntry, LimitEntry, DerivedEntry)
_AS_TYPED = (
    "title",
    "mode",
    "unit",
    "tolerance",
    "repeats",
    "verdict_on",
    "rule",
    "rule_text",
    "coverage",
    "k",
    "significant_digits",
    "min_tur",
    "tur_flag",
    "budget_unit",
    "soak_minutes",
    "method",
    "preload",
    "change",
)
"""What a box and the body have under one name."""
_EMPTY = ProcedureEntry()
_NAMED_OTHERWISE = {"origin": "from"}


def entry_of(body: Mapping[str, Any]) -> ProcedureEntry:
    """Return a body as it stands in the boxes."""
    given = {name: body[name] for name in _AS_TYPED if name in body}
    return ProcedureEntry(
        **given,
        in_percent=body.get("error_unit", "") == "%" and body.get("unit") != "%",
        standards=tuple(body.get("standards", ())),
        point_sets=tuple(PointSetEntry(row["key"], written_points(row["points"])) for row in body.get("point_set", ())),
        budget=tuple(_row(BudgetEntry, row) for row in body.get("budget", ())),
        environment=tuple(_row(LimitEntry, row) for row in body.get("environment", ())),
        derived=tuple(_derived_entry(row) for row in body.get("derived", ())),
        checks=tuple(body.get("checks", ())),
    )


def _row(kind: type[Any], row: Mapping[str, Any]) -> Any:
    names = {_NAMED_OTHERWISE.get(name, name): name for name in kind.__dataclass_fields__}
    return kind(**{names[key]: value for key, value in row.items() if key in names})


def _derived_entry(row: Mapping[str, Any]) -> DerivedEntry:
    plain_row = {key: value for key, value in row.items() if key != "entries"}
    made: DerivedEntry = _row(DerivedEntry, plain_row)
    return DerivedEntry(**{**asdict(made), "entries": written_entries(row.get("entries", ()))})


def body_of(entry: ProcedureEntry, carried: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body of what stands in the boxes; `carried` is the body that is rewritten, empty for a new one.

    Raises Refusal beside the box that cannot be read.
    """
    entry = _without_units(entry)
    _refuse_unreadable(entry)
    made: dict[str, Any] = {name: getattr(entry, name) for name in _AS_TYPED}
    made["error_unit"] = "%" if entry.in_percent else entry.unit
    made["standards"] = list(entry.standards)
    made["environment"] = _rows(entry.environment, "environment", carried, keep=("quantity", "unit", "text"))
    made["budget"] = _rows(entry.budget, "budget", carried, keep=_OF_BUDGET)
    _refuse_left_behind(entry, made["budget"], carried)
    made["point_set"] = [_set(n, each, entry) for n, each in enumerate(entry.point_sets)]
    made["derived"] = [_derived(n, each, carried) for n, each in enumerate(entry.derived)]
    made["checks"] = list(entry.checks)
    left_out = _unsaid(made, carried)
    return {
        **{key: value for key, value in carried.items() if key not in made},
        **{k: v for k, v in made.items() if k not in left_out},
    }


_IN_THE_UNIT = frozenset({"constant", "deviation", "pooled", "repeats"})


def _refuse_left_behind(entry: ProcedureEntry, budget: Sequence[Mapping[str, Any]], carried: Mapping[str, Any]) -> None:
    """Refuse a procedure whose unit was changed while its budget keeps the numbers of the unit before."""
    before = str(carried.get("unit", ""))
    if not before or before == "%" or entry.budget_unit == "%" or entry.mode == Mode.attribute:
        return
    if not is_unit(before) or not is_unit(entry.unit) or same_unit(before, entry.unit):
        return
    old = {row.get("component", ""): row.get("value", "") for row in carried.get("budget", ())}
    for n, row in enumerate(budget):
        value = str(row["value"])
        if row["basis"] in _IN_THE_UNIT and value.strip("0.") and old.get(row["component"]) == value:
            raise Refusal(
                "%(value)s stands there in %(old)s, from before. Enter it in %(new)s.",
                field=f"budget-{n}-value",
                value=value,
                old=show_unit(before),
                new=show_unit(entry.unit),
            )


_OF_BUDGET = ("component", "value", "distribution", "divisor", "from", "basis")


def _unsaid(made: Mapping[str, Any], carried: Mapping[str, Any]) -> set[str]:
    """Return what says no more than nothing, and was not said before: a body grows by what somebody typed."""
    usual = {name: getattr(_EMPTY, name) for name in _AS_TYPED}
    usual |= {"standards": [], "environment": [], "budget": [], "point_set": [], "derived": [], "checks": []}
    usual["error_unit"] = made["unit"]
    always = {"title", "mode", "unit", "tolerance"}
    return {name for name, value in usual.items() if name not in {*carried, *always} and made[name] == value}


def _rows(rows: Sequence[Any], name: str, carried: Mapping[str, Any], keep: Iterable[str]) -> list[dict[str, Any]]:
    before = list(carried.get(name, ()))
    return [_plain_row(row, keep, before[n] if n < len(before) else {}) for n, row in enumerate(rows)]


def _plain_row(row: Any, keep: Iterable[str], before: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row as the body keeps it: what is empty is left out, but for what every row says, and what it said."""
    made = {_NAMED_OTHERWISE.get(key, key): value for key, value in asdict(row).items()}
    return {key: value for key, value in made.items() if value or key in {*keep, *before}}


def _set(n: int, each: PointSetEntry, entry: ProcedureEntry) -> dict[str, Any]:
    written = Written(entry.unit, by_name=entry.mode == Mode.attribute)
    return {"key": each.key, "points": read_points(each.points, f"point_sets-{n}-points", written)}


def _derived(n: int, entry: DerivedEntry, carried: Mapping[str, Any]) -> dict[str, Any]:
    before = list(carried.get("derived", ()))
    made = _plain_row(entry, ("kind", "name", "function", "unit", "text"), before[n] if n < len(before) else {})
    rows = read_entries(entry.entries, f"derived-{n}-entries")
    return {key: value for key, value in made.items() if key != "entries"} | ({"entries": rows} if rows else {})


# --- what cannot be read ---


def _refuse_unreadable(entry: ProcedureEntry) -> None:
    """Refuse all that cannot be read at once: a person mends a form in one go."""
    together(
        [
            partial(_refuse_title, entry),
            partial(_refuse_tolerance, entry),
            *(partial(_refuse_set_name, entry, n) for n in range(len(entry.point_sets))),
            *(partial(_set, n, each, entry) for n, each in enumerate(entry.point_sets)),
            *(partial(_refuse_budget_row, entry.budget, n) for n in range(len(entry.budget))),
            partial(_refuse_number, entry.min_tur, "min_tur", least=Decimal(0)),
            partial(_refuse_number, entry.k, "k", least=Decimal(1), needed=entry.coverage == FIXED),
            *(partial(_refuse_limit, entry.environment, n) for n in range(len(entry.environment))),
            *(partial(_refuse_derived, entry.derived, n) for n in range(len(entry.derived))),
        ]
    )


def _without_units(entry: ProcedureEntry) -> ProcedureEntry:
    """Take the unit off each number that was typed with the one that it has anyway."""
    return replace(
        entry,
        budget=tuple(_bare(row, entry.budget_unit, "value", "fallback") for row in entry.budget),
        environment=tuple(_bare(row, row.unit, "low", "high", "max_change") for row in entry.environment),
        derived=tuple(_bare(row, row.unit, "low", "high") for row in entry.derived),
    )


def _bare(row: Row, unit: str, *names: str) -> Row:
    return replace(row, **{name: without_unit(getattr(row, name), unit) for name in names})


def _refuse_title(entry: ProcedureEntry) -> None:
    if not entry.title:
        raise Refusal("Enter a title, like Digital caliper, 0.01 mm.", field="title")


def _refuse_set_name(entry: ProcedureEntry, n: int) -> None:
    keys, field = [each.key for each in entry.point_sets], f"point_sets-{n}-key"
    if not keys[n] and len(keys) > 1:
        raise Refusal("Give each set of points a name, like 150 mm.", field=field)
    if keys[n] in keys[:n]:
        raise Refusal("Two sets of points have the name “%(name)s”.", field=field, name=keys[n])
    if "|" in keys[n]:
        raise Refusal("The name of a set has no |.", field=field)


def _refuse_tolerance(entry: ProcedureEntry) -> None:
    text = entry.tolerance.strip()
    if not text or text == OF_THE_GAUGE or Mode(entry.mode) in _WITHOUT_NUMBERS:
        return
    try:
        Tolerance.parse(text, entry.unit or None)
    except ToleranceError:
        raise Refusal(
            "This tolerance cannot be read. Write it like ± 0.03 mm, +0.2/-0.1 mm, 0.05 % of reading + 3 digits, "
            "1 % of full scale, ≤ 0.30 mm, or ± 0.03 mm (0.04 mm above 150 mm).",
            field="tolerance",
        ) from None


def _refuse_number(text: str, field: str, *, least: Decimal | None = None, needed: bool = False) -> None:
    if not text and not needed:
        return
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise Refusal("Enter a number, like 4.", field=field) from None
    if not number.is_finite() or len(text) > _LONGEST_NUMBER or (least is not None and number < least):
        raise Refusal("Enter a number, like 4.", field=field)


_LONGEST_NUMBER = 32


def _refuse_budget_row(rows: Sequence[BudgetEntry], n: int) -> None:
    row, place = rows[n], f"budget-{n}"
    together(
        [
            partial(_refuse_component, rows, n),
            partial(_refuse_number, row.value, f"{place}-value", least=Decimal(0), needed=True),
            partial(_refuse_number, row.divisor, f"{place}-divisor", least=Decimal("0.001"), needed=True),
            partial(_refuse_number, row.fallback, f"{place}-fallback", least=Decimal(0)),
        ]
    )
    try:
        Component(row.component, Decimal(row.value), Distribution(row.distribution), Decimal(row.divisor))
    except BudgetError:
        raise Refusal(
            "The divisor is not the one of this distribution: rectangular 1.732, triangular 2.449, "
            "U-shaped (arcsine) 1.414.",
            field=f"{place}-divisor",
        ) from None


def _refuse_component(rows: Sequence[BudgetEntry], n: int) -> None:
    if not rows[n].component:
        raise Refusal("Say what this part of the uncertainty is.", field=f"budget-{n}-component")
    if rows[n].component in [other.component for other in rows[:n]]:
        raise Refusal("Two rows have this name.", field=f"budget-{n}-component")


def _refuse_limit(limits: Sequence[LimitEntry], n: int) -> None:
    limit, place, before = limits[n], f"environment-{n}", [other.quantity for other in limits[:n]]
    if not limit.quantity:
        raise Refusal("Say what is measured, like temperature.", field=f"{place}-quantity")
    if limit.quantity in before:
        raise Refusal("Each quantity stands here once.", field=f"{place}-quantity")
    for side in ("low", "high", "max_change"):
        _refuse_number(getattr(limit, side), f"{place}-{side}")
    if limit.low and limit.high and Decimal(limit.low) > Decimal(limit.high):
        raise Refusal("The low end is above the high end.", field=f"{place}-low")


def _refuse_derived(rules: Sequence[DerivedEntry], n: int) -> None:
    rule, place, before = rules[n], f"derived-{n}", [other.kind for other in rules[:n]]
    read_entries(rule.entries, f"{place}-entries")
    if rule.kind in before:
        raise Refusal("Each result is computed once.", field=f"{place}-kind")
    if not rule.name:
        raise Refusal("Give the result a name.", field=f"{place}-name")
    for side in ("low", "high"):
        _refuse_number(getattr(rule, side), f"{place}-{side}")
    if not rule.of_tolerance:
        return
    if re.fullmatch(r"\d{1,4}(?:/[1-9]\d{0,3}|\.\d{1,6})?", rule.of_tolerance) is None or not Fraction(
        rule.of_tolerance
    ):
        raise Refusal("Write the share of the tolerance like 1/3.", field=f"{place}-of_tolerance")
