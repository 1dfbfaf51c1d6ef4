"""What people enter about equipment, and what must be true of it before it is kept."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from techfloor.equipment.statuses import Status
from techfloor.measures.due import next_due
from techfloor.measures.quantity import plain
from techfloor.measures.tolerance import Tolerance, ToleranceError
from techfloor.measures.units import is_unit, show_unit
from techfloor.refusals import Refusal
from techfloor.said import as_text, say
from techfloor.web.plain_text import TEXT, check_line, check_text

_CODE = re.compile(r"[A-Z0-9][A-Z0-9.-]{0,23}")
LONGEST_INTERVAL = 120


@dataclass(frozen=True)
class ItemEntry:
    """What every piece of equipment has; an area or a station may be left out, a station brings its area."""

    code: str
    name: str
    maker: str = ""
    serial: str = ""
    area_id: int | None = None
    station_id: int | None = None
    part_of_id: int | None = None
    acquired: date | None = None
    note: str = ""


@dataclass(frozen=True)
class MachineEntry:
    """A machine; `availability` is free words such as "running" or "down"."""

    item: ItemEntry
    lifecycle: str = Status.IN_SERVICE
    availability: str = ""


@dataclass(frozen=True)
class FunctionEntry:
    """One thing a gauge measures; an empty tolerance leaves the verdict to the procedure's derived results."""

    name: str
    unit: str
    low: Decimal | None = None
    high: Decimal | None = None
    resolution: Decimal | None = None
    reads_to: Decimal | None = None
    tolerance: str = ""


@dataclass(frozen=True)
class GaugeEntry:
    """A gauge with its functions; `due` is the first due day, None while it was never calibrated."""

    item: ItemEntry
    kind: str
    interval_months: int
    functions: tuple[FunctionEntry, ...]
    status: str = Status.IN_USE
    procedure_id: int | None = None
    point_set: str = ""
    limited_use: str = ""
    in_use_check: str = ""
    calibrated_by: str = "in house"
    sent_on: date | None = None
    expected_back: date | None = None
    last_calibrated: date | None = None
    due: date | None = None


@dataclass(frozen=True)
class StandardEntry:
    """A reference standard, or a reference material that is good for `opened_use_days` once opened."""

    item: ItemEntry
    quantity: str
    unit: str
    interval_months: int
    resolution: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    reference_material: bool = False
    opened_use_days: int | None = None


@dataclass(frozen=True)
class CertificateEntry:
    """A certificate of a standard as its laboratory gave it.

    `uncertainty` is {kind, constant, percent, per_metre, unit, k} as typed strings, kind one of constant,
    percent (of reading), length (constant + per_metre * L) and per value; `certified` rows are
    {nominal, value, u}, in the standard's unit.
    """

    number: str
    laboratory: str
    issued: date
    valid_until: date
    opened: date | None = None
    uncertainty_text: str = ""
    uncertainty: dict[str, str] = field(default_factory=dict)
    certified: tuple[dict[str, str], ...] = ()


UNCERTAINTY_KINDS = ("constant", "percent", "length", "per value")


def check_interval_stays(stands: int, wanted: int, *, method: str, calibrated: bool) -> None:
    """Refuse another interval for a gauge whose interval is decided by the plant's `method`, from its calibrations.

    A plant without a method (`none`) sets it freely, and everybody that of a gauge that was never calibrated.
    """
    if wanted != stands and calibrated and method != "none":
        raise Refusal(
            "The interval of a calibrated gauge changes under a signature. Leave %(months)s here, and change it under "
            "Calibration, Intervals.",
            field="interval_months",
            months=stands,
        )


def check_why(why: str) -> None:
    """Refuse to change without a reason what the calibrations of a gauge were judged by."""
    if not why.strip():
        raise Refusal(
            "It was calibrated by what stood here. Enter why its tolerance, range, unit, resolution or serial number "
            "is changed.",
            field="why",
        )


def clean_code(typed: str) -> str:
    """Write a code as it stands on the label; raises Refusal for one that cannot be scanned or read aloud."""
    code = typed.strip().upper()
    if not _CODE.fullmatch(code):
        raise Refusal("Enter a code of letters, digits and hyphens, at most 24 long, like G-021.", field="code")
    return code


def check_item(item: ItemEntry) -> None:
    """Refuse equipment without a code that fits on a label, or without a name."""
    clean_code(item.code)
    if not item.name.strip():
        raise Refusal("Enter a name, like “Digital caliper 0–150 mm”.", field="name")
    for name in ("name", "maker", "serial"):
        check_line(getattr(item, name), name)
    check_text(item.note, "note", TEXT)


def check_acquired(day: date | None, today: date) -> None:
    """Refuse what would come into the plant some day."""
    if day is not None and day > today:
        raise Refusal("This day is still to come.", field="acquired")


def check_range(low: Decimal | None, high: Decimal | None) -> None:
    """Refuse a range that runs backwards."""
    if low is not None and high is not None and low >= high:
        raise Refusal("The range must end above %(low)s.", field="high", low=plain(low))


def check_interval(months: int) -> None:
    """Refuse an interval that is no whole number of months within ten years."""
    if not 1 <= months <= LONGEST_INTERVAL:
        raise Refusal("Enter an interval of 1 to 120 months.", field="interval_months")


def calibrated_on(entry: GaugeEntry, done: date, due_rule: str, today: date) -> GaugeEntry:
    """Say when a new gauge was last calibrated, and from that when it is due; refuses a day that is still to come."""
    if done > today:
        raise Refusal("This day is still to come.", field="last_calibrated")
    check_interval(entry.interval_months)
    return replace(entry, last_calibrated=done, due=next_due(done, entry.interval_months, due_rule))


def check_unit(unit: str) -> None:
    """Refuse a unit that the table does not know."""
    if not is_unit(unit):
        raise Refusal(
            "The unit “%(unit)s” is not known. Write it like mm, in, N m, lbf ft, bar, psi or °C.",
            field="unit",
            unit=unit,
        )


def check_function(function: FunctionEntry) -> None:
    """Refuse a function whose unit, range, steps or tolerance cannot be worked with."""
    if not function.name.strip():
        raise Refusal("Enter what this measures, like “outside”.", field="name")
    for name in ("name", "tolerance"):
        check_line(getattr(function, name), name)
    check_unit(function.unit)
    check_range(function.low, function.high)
    for name in ("resolution", "reads_to"):
        value: Decimal | None = getattr(function, name)
        if value is not None and value <= 0:
            raise Refusal("Enter a step above zero.", field=name)
    # The unit of a go/no-go check is no unit: its tolerance is words.
    if function.tolerance and function.unit != "-":
        _check_tolerance(function)


def _check_tolerance(function: FunctionEntry) -> None:
    try:
        Tolerance.parse(function.tolerance, function.unit)
    except ToleranceError:
        raise Refusal(
            "Write the tolerance like ± 0.03 %(unit)s, 4 %% of reading or +0.2/-0.1.",
            field="tolerance",
            unit=show_unit(function.unit),
        ) from None


def check_functions(functions: tuple[FunctionEntry, ...]) -> None:
    """Refuse a gauge that measures nothing, or two functions of one name; the field is `functions-<place>-<name>`."""
    if not functions:
        raise Refusal("Enter at least one thing that this gauge measures.", field="functions-0-name")
    for place, function in enumerate(functions):
        try:
            check_function(function)
            _check_first_of_its_name(functions, place)
        except Refusal as no:
            raise Refusal(no.sentence, field=f"functions-{place}-{no.field}", **no.parameters) from None


def _check_first_of_its_name(functions: tuple[FunctionEntry, ...], place: int) -> None:
    name = functions[place].name
    if name.casefold() in {function.name.casefold() for function in functions[:place]}:
        raise Refusal("“%(name)s” stands here twice.", field="name", name=name)


def check_gauge(entry: GaugeEntry) -> None:
    """Refuse a gauge that a calibration could not work with."""
    check_item(entry.item)
    if not entry.kind.strip():
        raise Refusal("Enter what kind of gauge this is, like “micrometer”.", field="kind")
    for name in ("kind", "limited_use", "in_use_check"):
        check_line(getattr(entry, name), name)
    check_interval(entry.interval_months)
    if entry.status == Status.LIMITED_USE and not entry.limited_use.strip():
        raise Refusal("Enter what it may be used for.", field="limited_use")
    check_functions(entry.functions)


def check_standard(entry: StandardEntry) -> None:
    """Refuse a standard whose validity could not be told."""
    check_item(entry.item)
    if not entry.quantity.strip():
        raise Refusal("Enter what it embodies, like “length”.", field="quantity")
    check_line(entry.quantity, "quantity")
    check_unit(entry.unit)
    check_interval(entry.interval_months)
    check_range(entry.low, entry.high)
    if entry.opened_use_days is not None and entry.opened_use_days < 1:
        raise Refusal("Enter how many days it is good once opened, 1 or more.", field="opened_use_days")


def check_certificate(entry: CertificateEntry) -> None:
    """Refuse a certificate without a number or laboratory, or that ended before it began."""
    if not entry.number.strip():
        raise Refusal("Enter the number of the certificate or lot.", field="number")
    if not entry.laboratory.strip():
        raise Refusal("Enter who issued it.", field="laboratory")
    for name in ("number", "laboratory"):
        check_line(getattr(entry, name), name)
    if entry.valid_until < entry.issued:
        raise Refusal("It must be valid until a day after it was issued.", field="valid_until")
    if entry.opened is not None and entry.opened < entry.issued:
        raise Refusal("It cannot have been opened before it was issued.", field="opened")
    _refuse_twice([row["nominal"] for row in entry.certified])


def _refuse_twice(nominals: Sequence[str]) -> None:
    """Refuse two certified values at one nominal value: nobody would know which of them counts."""
    numbers = [Decimal(nominal) for nominal in nominals]
    twice = next((number for at, number in enumerate(numbers) if number in numbers[:at]), None)
    if twice is not None:
        raise Refusal(
            "%(nominal)s stands twice among the certified values. Take the line out that does not count.",
            field="certified",
            nominal=plain(twice),
        )


_UNCERTAINTY_PARTS = {"constant": "constant", "percent": "percent", "length": "constant"}


def check_uncertainty(uncertainty: dict[str, str], certified: tuple[dict[str, str], ...]) -> None:
    """Refuse an uncertainty without its number; one given per value needs a U in each row."""
    kind = uncertainty.get("kind", "")
    if not kind:
        return
    if kind not in UNCERTAINTY_KINDS:
        raise Refusal("Choose how the certificate states its uncertainty.", field="uncertainty_kind")
    part = _UNCERTAINTY_PARTS.get(kind)
    if part and not uncertainty.get(part):
        raise Refusal("Enter the uncertainty from the certificate.", field="u")
    if kind != "percent" and not is_unit(uncertainty.get("unit", "")):
        raise Refusal("Enter the unit of U, like µm or µin.", field="unit")
    if kind == "per value" and not (certified and all(row.get("u") for row in certified)):
        raise Refusal("Give each certified value its U, as a third number.", field="certified")


def uncertainty_said(uncertainty: dict[str, str]) -> str:
    """Say an uncertainty, as on a certificate: 0.50 % of reading (k = 2); "" for none."""
    unit, cover = show_unit(uncertainty.get("unit", "")), f"(k = {uncertainty.get('k') or '2'})"
    kind = uncertainty.get("kind", "")
    if kind == "percent":
        return as_text(say("equipment.u-of-reading", percent=uncertainty["percent"], k=uncertainty.get("k") or "2"))
    if kind == "constant":
        return f"{uncertainty['constant']} {unit} {cover}"
    if kind == "length":
        return f"({uncertainty['constant']} + {uncertainty.get('per_metre') or '0'} L/m) {unit} {cover}"
    return as_text(say("equipment.u-by-value", k=uncertainty.get("k") or "2")) if kind else ""


def range_words(low: Decimal | None, high: Decimal | None, unit: str) -> str:
    """Put a range into words: 0 to 150 mm; an open end is left out."""
    shown = "" if unit == "-" else show_unit(unit)
    if low is None and high is None:
        return ""
    if low is None or high is None:
        word, end = ("from", low) if high is None else ("to", high)
        return f"{word} {plain(end)} {shown}".strip() if end is not None else ""
    return f"{plain(low)} to {plain(high)} {shown}".strip()
