"""The shapes of the demo plant's data: frozen; numbers are typed strings, moments aware UTC."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction


@dataclass(frozen=True)
class Shift:
    """A shift; `start` and `end` are the plant's local HH:MM, `breaks` are HH:MM/minutes."""

    key: str
    name: str
    start: str
    end: str
    breaks: tuple[str, ...]
    days: tuple[str, ...]
    areas: tuple[str, ...]


@dataclass(frozen=True)
class Area:
    """An area of the plant with its stations; `ambient` is printed, not computed with."""

    key: str
    name: str
    line: str
    stations: tuple[str, ...]
    ambient: str
    wifi: str


@dataclass(frozen=True)
class Tablet:
    """A shared tablet, enrolled for an area; it locks after `idle_minutes`."""

    code: str
    name: str
    area: str
    station: str
    idle_minutes: int


@dataclass(frozen=True)
class SignaturePolicy:
    """The e-signature policy that everybody accepts before the first signature."""

    title: str
    version: int
    effective: date
    text: str


@dataclass(frozen=True)
class Machine:
    """A machine; `count` and `pm_every` are in `count_unit`."""

    code: str
    name: str
    area: str
    station: str
    installed: date
    lifecycle: str
    availability: str
    down_since: datetime | None
    down_reason: str
    count_unit: str
    count: int
    pm_every: int
    ideal_rate_per_h: int


@dataclass(frozen=True)
class Characteristic:
    """What is inspected on a product, with which gauge; a limit that does not exist is ""."""

    no: int
    name: str
    kind: str
    nominal: str
    plus: str
    minus: str
    upper: str
    unit: str
    gauge: str


@dataclass(frozen=True)
class Product:
    """A product, the machines it passes, and what is inspected on it."""

    code: str
    name: str
    revision: str
    route: tuple[str, ...]
    quota_per_h: int
    characteristics: tuple[Characteristic, ...]


@dataclass(frozen=True)
class Tolerance:
    """How far an error may reach to either side; the terms add up, "" counts as nothing.

    Without any term the derived results of the procedure decide, and `text` is "".
    """

    units: str
    percent_of_reading: str
    percent_of_full_scale: str
    digits: str
    text: str

    def width(self, reference: Decimal, full_scale: Decimal, digit: Decimal) -> Decimal:
        """Work out how far an error may reach at one reference value, in the unit of the reading."""
        percent = Decimal(self.percent_of_reading or 0) * abs(reference)
        percent += Decimal(self.percent_of_full_scale or 0) * abs(full_scale)
        return Decimal(self.units or 0) + percent / 100 + Decimal(self.digits or 0) * digit


@dataclass(frozen=True)
class Function:
    """One thing a gauge shows: its range, resolution, smallest step of a typed reading, and tolerance."""

    name: str
    unit: str
    low: str
    high: str
    resolution: str
    reads_to: str
    tolerance: Tolerance


@dataclass(frozen=True)
class Point:
    """A place where a procedure measures; `stack` names blocks or weights, `expected` a go/no-go answer."""

    nominal: str
    label: str
    function: str
    position: str
    direction: str
    stack: tuple[str, ...]
    expected: str


@dataclass(frozen=True)
class ExtraEntry:
    """A value typed only for a derived result; it has no error and no verdict of its own.

    `nominal` is "" in a procedure where `load` ("half" or "third") names one of the gauge's loads.
    """

    label: str
    function: str
    nominal: str
    load: str
    position: str
    repeats: int


@dataclass(frozen=True)
class Derived:
    """A result computed from readings; kind: hysteresis, repeatability, corner_load, slope or offset.

    `low` and `high` are limits in `unit`, "" where open; `of_tolerance` makes the upper one a share of the
    tolerance.
    """

    kind: str
    name: str
    function: str
    unit: str
    low: str
    high: str
    of_tolerance: str
    text: str
    entries: tuple[ExtraEntry, ...]

    def upper(self, tolerance: Decimal) -> Fraction | None:
        """Give the exact upper limit for a gauge of this tolerance."""
        if self.of_tolerance:
            return Fraction(self.of_tolerance) * Fraction(tolerance)
        return Fraction(self.high) if self.high else None

    def holds(self, value: Decimal, tolerance: Decimal) -> bool:
        """Say whether a value lies on or inside its limits."""
        upper = self.upper(tolerance)
        return (not self.low or value >= Decimal(self.low)) and (upper is None or Fraction(value) <= upper)


@dataclass(frozen=True)
class EnvironmentLimit:
    """What the room must be while measuring; `max_change` is the largest change during it, "" where free."""

    quantity: str
    low: str
    high: str
    unit: str
    text: str
    max_change: str


@dataclass(frozen=True)
class BudgetRow:
    """A component of the uncertainty; `came_from` is standard, environment or item.

    basis: constant; half resolution (of the gauge), where `value` counts them; certificate (U of the standard, where
    `value` is what a good one gives); deviation (of the pieces from nominal, at least `value`); pooled (the pooled s,
    to be divided by the root of the repeats); repeats (`value` until all repeats are in, then what they show where
    that is larger).
    """

    component: str
    value: str
    distribution: str
    divisor: str
    came_from: str
    basis: str


@dataclass(frozen=True)
class Procedure:
    """A calibration procedure: apply, match, both, comparison, attribute or certificate."""

    code: str
    version: int
    effective: date
    title: str
    mode: str
    unit: str
    error_unit: str
    tolerance: str
    rule: str
    rule_text: str
    tur_flag: str
    method: str
    preload: str
    checks: tuple[str, ...]
    repeats: int
    verdict_on: str
    soak_minutes: int
    environment: tuple[EnvironmentLimit, ...]
    standards: tuple[str, ...]
    min_tur: str
    pooled_s: str
    significant_digits: int
    coverage: str
    k: str
    budget_unit: str
    budget: tuple[BudgetRow, ...]
    point_sets: dict[str, tuple[Point, ...]]
    derived: tuple[Derived, ...]


@dataclass(frozen=True)
class Gauge:
    """A gauge; `points` and `extra_entries` are those of its procedure, resolved for this gauge."""

    code: str
    name: str
    kind: str
    serial: str
    maker: str
    bought: date
    accuracy: str
    procedure: str
    point_set: str
    area: str
    station: str
    machine: str
    low: str
    high: str
    resolution: str
    reads_to: str
    unit: str
    tolerance: str
    interval_months: int
    last_calibrated: date
    due: date
    status: str
    limited_use: str
    in_use_check: str
    intermediate_check: str
    calibrated_by: str
    sent: date | None
    expected: date | None
    note: str
    loads: dict[str, str]
    functions: tuple[Function, ...]
    points: tuple[Point, ...]
    extra_entries: tuple[ExtraEntry, ...]

    def function(self, name: str) -> Function:
        """Find one of the gauge's functions; raises StopIteration where it has none of that name."""
        return next(function for function in self.functions if function.name == name)


@dataclass(frozen=True)
class Uncertainty:
    """U of a standard; kind: constant, percent (of reading), length (constant + per_metre * L), per value."""

    kind: str
    constant: str
    percent: str
    per_metre: str
    unit: str
    k: str
    text: str


@dataclass(frozen=True)
class StandardValue:
    """What a standard embodies by its newest certificate; `limit` is that of its class."""

    nominal: str
    value: str
    u: str
    limit: str


@dataclass(frozen=True)
class StandardCertificate:
    """A certificate, or a lot; `opened` are the days on which bottles of the lot were opened."""

    number: str
    laboratory: str
    issued: date
    valid_until: date
    opened: tuple[date, ...]

    def bottle_in_use(self, day: date) -> date | None:
        """Give the day on which the bottle in use on `day` was opened."""
        return max((opened for opened in self.opened if opened <= day), default=None)


@dataclass(frozen=True)
class Standard:
    """A reference standard with every certificate of three years, the oldest first."""

    code: str
    name: str
    kind: str
    serial: str
    maker: str
    bought: date
    area: str
    station: str
    unit: str
    low: str
    high: str
    resolution: str
    interval_months: int
    reference_material: bool
    opened_use_days: int
    uncertainty: Uncertainty
    limits_source: str
    values: tuple[StandardValue, ...]
    certificates: tuple[StandardCertificate, ...]

    def certificate_on(self, day: date) -> StandardCertificate:
        """Give the newest certificate in force on a day; raises IndexError where there is none."""
        return [c for c in self.certificates if c.issued <= day <= c.valid_until][-1]
