"""A calibration procedure as its revision states it, and the plan of points it gives for one gauge. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum
from typing import Any

from techfloor.duties.calibration.rules.points import called, of_full_scale
from techfloor.measures.decision import Rule
from techfloor.measures.quantity import plain
from techfloor.measures.units import show_unit
from techfloor.refusals import Refusal


class Mode(StrEnum):
    """Which numbers are typed at a point."""

    apply = "apply"  # the reference is applied, the gauge is read
    match = "match"  # the gauge is brought to the point, the standard is read
    both = "both"
    comparison = "comparison"  # the difference to the standard is read
    attribute = "attribute"  # goes, or does not go
    certificate = "certificate"  # an outside laboratory's certificate is reviewed


OF_THE_GAUGE = "from the gauge"
"""The tolerance of a procedure that states none: each gauge is held to its own."""
FIXED = "fixed"
"""The coverage of a procedure whose k is fixed; any other takes k from the budget."""


@dataclass(frozen=True)
class BudgetRow:
    """One row of an uncertainty budget; what `basis` counts is said at `uncertainty_at`.

    `fallback` counts where the standard's certificate states no U, in the budget's unit; "" has none.
    """

    component: str
    value: str
    distribution: str
    divisor: str
    origin: str
    basis: str
    fallback: str = ""


@dataclass(frozen=True)
class Limit:
    """What the room must be; "" is an open side."""

    quantity: str
    unit: str
    low: str = ""
    high: str = ""
    text: str = ""
    max_change: str = ""

    @property
    def of_one_value(self) -> str:
        """What a single value is held against, as the record keeps it: it cannot show a change, so no limit of one."""
        if not self.max_change:
            return self.text
        if not (self.low or self.high):
            return ""
        ends = (
            f"{self.low} … {self.high}" if self.low and self.high else f"≥ {self.low}" if self.low else f"≤ {self.high}"
        )
        return f"{ends} {show_unit(self.unit)}"

    def holds(self, value: Decimal) -> bool:
        """Tell whether a value lies on or inside the limits."""
        return (not self.low or value >= Decimal(self.low)) and (not self.high or value <= Decimal(self.high))


@dataclass(frozen=True)
class DerivedRule:
    """A result computed from readings, and what it may be; `of_tolerance` is a share of the tolerance as a fraction."""

    kind: str
    name: str
    function: str
    unit: str
    low: str = ""
    high: str = ""
    of_tolerance: str = ""
    text: str = ""


@dataclass(frozen=True)
class PlannedPoint:
    """One place to measure, as planned for one gauge: everything a reading there is judged by.

    `role` is "point", or "entry" for a value typed only for the derived result named in `derived`.
    """

    n: int
    label: str
    function: str
    unit: str
    nominal: str = ""
    role: str = "point"
    direction: str = ""
    position: str = ""
    stack: tuple[str, ...] = ()
    expected: str = ""
    repeats: int = 1
    resolution: str = ""
    reads_to: str = ""
    full_scale: str = ""
    tolerance: str = ""
    derived: str = ""

    @property
    def value(self) -> Decimal:
        """The nominal value as a number; zero for an attribute, which has none."""
        return Decimal(self.nominal) if self.nominal else Decimal(0)

    def to_plain(self) -> dict[str, Any]:
        """Return plain data for keeping."""
        return asdict(self) | {"stack": list(self.stack)}

    @classmethod
    def from_plain(cls, data: Mapping[str, Any]) -> "PlannedPoint":
        """Read back what `to_plain` kept."""
        return cls(**{**data, "stack": tuple(data["stack"])})


@dataclass(frozen=True)
class ItemFunction:
    """One thing a gauge measures, as the plan needs it."""

    name: str
    unit: str
    high: str
    resolution: str
    reads_to: str
    tolerance: str
    low: str = ""


@dataclass(frozen=True)
class Item:
    """The gauge, as the plan needs it; `kind` is what its card calls it, "" of none in particular."""

    functions: tuple[ItemFunction, ...]
    point_set: str = ""
    loads: Mapping[str, str] | None = None
    kind: str = ""

    def function(self, name: str) -> ItemFunction:
        """Return the function of that name, or the gauge's only or first one."""
        if not self.functions:
            raise Refusal("This gauge has no function yet. Ask quality to add what it measures.")
        return next((f for f in self.functions if f.name == name), self.functions[0])


@dataclass(frozen=True)
class Procedure:
    """A revision of a calibration procedure."""

    code: str
    version: int
    title: str
    mode: Mode
    unit: str = ""
    error_unit: str = ""
    tolerance: str = ""
    rule: Rule = Rule.simple
    rule_text: str = ""
    tur_flag: str = ""
    min_tur: str = ""
    method: str = ""
    preload: str = ""
    repeats: int = 1
    verdict_on: str = "each reading"
    soak_minutes: int = 0
    environment: tuple[Limit, ...] = ()
    standards: tuple[str, ...] = ()
    significant_digits: int = 2
    coverage: str = "k"
    k: str = "2"
    budget_unit: str = ""
    budget: tuple[BudgetRow, ...] = ()
    derived: tuple[DerivedRule, ...] = ()
    checks: tuple[str, ...] = ()
    body: Mapping[str, Any] | None = None

    @property
    def in_percent(self) -> bool:
        """True where errors are shown in % of the reference."""
        return self.error_unit == "%"

    @property
    def on_mean(self) -> bool:
        """True where the mean of the repeats decides, not each reading."""
        return self.verdict_on == "mean"

    @property
    def own_tolerance(self) -> str:
        """The tolerance it states for every gauge, "" where each gauge has its own."""
        return "" if self.tolerance.strip() == OF_THE_GAUGE else self.tolerance


def _pick(kind: type[Any], data: Mapping[str, Any]) -> Any:
    names = {field.name for field in fields(kind)}
    return kind(**{name: value for name, value in data.items() if name in names})


def _budget_row(row: Mapping[str, Any]) -> BudgetRow:
    named = {name: row[name] for name in ("component", "value", "distribution", "divisor", "basis")}
    return BudgetRow(**named, origin=row["from"], fallback=row.get("fallback", ""))


_RULES = {"simple": Rule.simple, "guard-band": Rule.guard_band, "method-6": Rule.method_6}
_RULES |= {"four-outcome": Rule.four_outcome, "pfa": Rule.pfa}


def read_procedure(code: str, version: int, title: str, body: Mapping[str, Any]) -> Procedure:
    """Read the body of a procedure's revision; the title in it is that of this version, `title` the one of them all."""
    given = {name: body[name] for name in _SIMPLE if name in body}
    return Procedure(
        code=code,
        version=version,
        title=body.get("title") or title,
        mode=Mode(body["mode"]),
        rule=_RULES[body.get("rule", "simple")],
        environment=tuple(_pick(Limit, row) for row in body.get("environment", ())),
        standards=tuple(body.get("standards", ())),
        budget=tuple(_budget_row(row) for row in body.get("budget", ())),
        derived=tuple(_pick(DerivedRule, row) for row in body.get("derived", ())),
        checks=tuple(body.get("checks", ())),
        body=body,
        **given,
    )


_SIMPLE = (
    "unit",
    "error_unit",
    "tolerance",
    "rule_text",
    "tur_flag",
    "min_tur",
    "method",
    "preload",
    "repeats",
    "verdict_on",
    "soak_minutes",
    "significant_digits",
    "coverage",
    "k",
    "budget_unit",
)


def plan(procedure: Procedure, item: Item) -> tuple[PlannedPoint, ...]:
    """Return the points of `procedure` for one gauge, then the entries of its derived results, numbered from 1.

    Raises Refusal when the procedure has no points for this gauge.
    """
    points = [_point(procedure, item, row) for row in _point_rows(procedure, item)]
    entries = [
        entry for rule, row in _entry_rows(procedure) if (entry := _entry(procedure, item, rule, row)) is not None
    ]
    return tuple(_numbered([*points, *entries]))


def _numbered(made: Iterable[PlannedPoint]) -> Iterable[PlannedPoint]:
    for n, point in enumerate(made, start=1):
        yield PlannedPoint(**{**asdict(point), "n": n, "stack": point.stack})


def _point_rows(procedure: Procedure, item: Item) -> list[Mapping[str, Any]]:
    sets = {row["key"]: row["points"] for row in (procedure.body or {}).get("point_set", ())}
    if item.point_set in sets:
        return list(sets[item.point_set])
    if len(sets) == 1 and not item.point_set:
        return list(next(iter(sets.values())))
    raise Refusal(
        "Procedure %(code)s has no points for this gauge. Ask quality to choose its point set.",
        code=procedure.code,
    )


def _point(procedure: Procedure, item: Item, row: Mapping[str, Any]) -> PlannedPoint:
    function = item.function(row.get("function", ""))
    nominal = (
        of_range(row["percent"], function, of_full_scale=of_full_scale(row))
        if "percent" in row
        else row.get("nominal", "")
    )
    return PlannedPoint(
        n=0,
        label=row["label"] or called(nominal, row),
        function=function.name,
        unit="" if procedure.mode is Mode.attribute else function.unit or procedure.unit,
        nominal=nominal,
        direction=row.get("direction", ""),
        position=row.get("position", ""),
        stack=tuple(row.get("stack", ())),
        expected=row.get("expected", ""),
        repeats=procedure.repeats,
        resolution=function.resolution,
        reads_to=function.reads_to,
        full_scale=function.high,
        tolerance=function.tolerance or procedure.own_tolerance,
    )


def of_range(percent: str, function: ItemFunction, *, of_full_scale: bool = False) -> str:
    """Return so many % of the way from the low to the high end of a range, as the gauge can show it: "50.0".

    With `of_full_scale` it is so many % of the high end, as ISO 6789 counts: 20 % of 20 to 100 N·m is 20.0, not 36.0.

    Raises Refusal for a gauge whose range or resolution is not known.
    """
    step = function.reads_to or function.resolution
    if not (function.high and step):
        raise Refusal("Its points are in % of the range, and the range of this gauge, or what it shows, is not known.")
    low, size = Decimal(0 if of_full_scale else function.low or 0), Decimal(step)
    exact = low + (Decimal(function.high) - low) * Decimal(percent) / 100
    return plain(((exact / size).to_integral_value(ROUND_HALF_EVEN) * size).quantize(size))


def _entry_rows(procedure: Procedure) -> Iterable[tuple[DerivedRule, Mapping[str, Any]]]:
    rows = (procedure.body or {}).get("derived", ())
    for rule, row in zip(procedure.derived, rows, strict=True):
        for entry in row.get("entries", ()):
            yield rule, entry


def _entry(procedure: Procedure, item: Item, rule: DerivedRule, row: Mapping[str, Any]) -> PlannedPoint | None:
    load = (item.loads or {}).get(row.get("load", ""), "")
    nominal = row.get("nominal") or load
    if row.get("load") and not load:
        return None  # a gauge without that load, a hanging scale for one, is not asked for its corners
    function = item.function(rule.function)
    return PlannedPoint(
        n=0,
        label=row["label"],
        function=function.name,
        unit=function.unit or rule.unit or procedure.unit,
        nominal=nominal,
        role="entry",
        position=row.get("position", ""),
        repeats=int(row.get("repeats", 1)),
        resolution=function.resolution,
        reads_to=function.reads_to,
        full_scale=function.high,
        derived=rule.kind,
    )
