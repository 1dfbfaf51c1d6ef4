"""Gauges from a sheet: entered and changed by the actions of their pages, under the same rules."""

import re
from collections.abc import Collection, Iterator
from dataclasses import replace

from flask_babel import lazy_gettext as _l

from techfloor.equipment import actions
from techfloor.equipment.entries import (
    FunctionEntry,
    GaugeEntry,
    calibrated_on,
    check_acquired,
    check_gauge,
    check_interval_stays,
    check_why,
)
from techfloor.equipment.forms import MOST_FUNCTIONS
from techfloor.equipment.kinds import ready_kinds
from techfloor.equipment.ledger import was_calibrated
from techfloor.equipment.statuses import MEASURE, Kind, Status
from techfloor.imports import cards, cells
from techfloor.imports.equipment_rows import (
    CODE,
    COMMON,
    HIGH,
    LOW,
    MONTHS,
    NAME,
    STEP,
    UNIT_WORDS,
    differences,
    item,
    item_values,
    unit,
    unit_written,
    written,
)
from techfloor.measures.quantity import NumberError, parse_number, plain
from techfloor.measures.units import UNITS, is_unit, show_unit
from techfloor.places.here import plant, today
from techfloor.refusals import Refusal
from techfloor.web.importing import Column, Deed, Importer, Plan, Planned, Values, numbered
from techfloor.web.visitor import by_whom

_FUNCTION = (
    Column(
        "measures",
        _l("Measures"),
        ("function", "parameter", "quantity", "messgrosse", "messgroesse"),
        most=MOST_FUNCTIONS,
    ),
    Column("unit", _l("Unit"), UNIT_WORDS, most=MOST_FUNCTIONS),
    Column(
        "range",
        _l("Range"),
        ("measuring range", "messbereich", "capacity"),
        most=MOST_FUNCTIONS,
        hint=_l("like 0 to 150 mm, in place of From, To and Unit"),
    ),
    Column("from", _l("From"), LOW, most=MOST_FUNCTIONS),
    Column("to", _l("To"), HIGH, most=MOST_FUNCTIONS),
    Column("resolution", _l("Smallest step shown"), STEP, most=MOST_FUNCTIONS),
    Column("steps", _l("Readings typed in steps of"), ("reads to",), most=MOST_FUNCTIONS),
    Column("tolerance", _l("Tolerance"), ("accuracy", "permissible error", "mpe", "toleranz"), most=MOST_FUNCTIONS),
)
COLUMNS = (
    CODE,
    NAME,
    Column(
        "kind", _l("Kind"), ("type", "gauge type", "category", "art", "typ", "gerateart"), hint=_l("of what is new")
    ),
    *COMMON,
    Column("machine", _l("Built into"), ("part of",)),
    Column("interval", _l("Calibrate every"), MONTHS, hint=_l("in months; 12 where nothing is said")),
    Column(
        "last_calibrated",
        _l("Last calibrated"),
        ("last calibration", "last cal", "calibrated on", "calibrated", "letzte kalibrierung", "kalibriert am"),
        hint=_l("of a new gauge"),
    ),
    Column(
        "due",
        _l("Due"),
        (
            "next calibration",
            "next due",
            "due date",
            "next cal",
            "calibration due",
            "nachste kalibrierung",
            "fallig",
            "faellig",
            "fallig am",
        ),
        hint=_l("of a new gauge; else from the day and the interval"),
    ),
    Column("status", _l("Status"), ("state", "condition", "zustand"), hint=_l("of a new gauge")),
    Column("limited_use", _l("May be used only for"), ("limited use", "restriction", "limitation")),
    Column("calibrated_by", _l("Who calibrates it?"), ("calibrated by", "provider", "in house or outside")),
    Column("in_use_check", _l("Check between calibrations"), ("in use check", "intermediate check")),
    *_FUNCTION,
    Column(
        "why",
        _l("Why it is changed"),
        ("reason", "why", "grund"),
        hint=_l("of a calibrated gauge, where its serial number or what it measures is another"),
    ),
)
_NEW = (Status.IN_USE, Status.SPARE, Status.CALIBRATE_BEFORE_USE, Status.LIMITED_USE, Status.INDICATION_ONLY)
_STATUS = (
    "“%(typed)s” is no status of a new gauge. Write one of the five that its page offers.",
    "“%(typed)s” is no status of a new gauge. Did you mean “%(nearest)s”?",
)
_BY = (
    "“%(typed)s” is nobody who calibrates. Write: in house, or outside laboratory.",
    "“%(typed)s” is nobody who calibrates. Did you mean “%(nearest)s”?",
)
_CALIBRATED_BY = {
    "in house": "in house", "in-house": "in house", "internal": "in house", "we do": "in house", "intern": "in house",
    "outside laboratory": "outside laboratory", "external": "outside laboratory", "outside": "outside laboratory",
    "extern": "outside laboratory",
}  # fmt: skip
_USUAL_INTERVAL = 12
_IN_FORM = {"name": "measures", "low": "from", "high": "to", "reads_to": "steps"}


def begin(codes: Collection[str]) -> Plan:
    """Read what the rows with these codes need, and return what each would do."""
    found, kinds, places = cards.gauges(codes), cards.kinds_of(codes), cards.Places()
    known = cards.kinds_of_gauges() | {ready.kind for ready in ready_kinds()}
    spelled = _spellings(known)

    def plan(typed: Values) -> Planned:
        values = {**_with_ranges(typed), "kind": spelled.get(typed.get("kind", "").casefold(), typed.get("kind", ""))}
        card = found.get(values.get("code", "").strip().upper())
        stands = card.entry if card and isinstance(card.entry, GaugeEntry) else None
        entry = entry_of(values, stands, places)
        cards.check_kind(entry.item.code, kinds, Kind.GAUGE)
        check_acquired(cells.day(values, "acquired"), today())
        _check(entry, stands)
        code, page = entry.item.code, f"/equipment/{entry.item.code}"
        if card is None or stands is None:
            new = Planned(code, entry.item.name, page, Deed.NEW, notes=tuple(_notes(entry, known, typed)))
            return replace(new, do=lambda _run: actions.create_gauge(entry, **by_whom()))
        before, after = values_of(stands, places), values_of(entry, places)
        changed = differences(before, after, {**before, **after})
        done = Planned(code, entry.item.name, page, Deed.CHANGED if changed else Deed.SAME, changed)
        why = cells.text(values, "why")
        if actions.judged_otherwise(stands, entry) and was_calibrated(card.id):
            check_why(why)
        return replace(done, do=lambda _run: actions.change_gauge(card.id, entry, why, **by_whom()))

    return plan


def _check(entry: GaugeEntry, stands: GaugeEntry | None) -> None:
    """Refuse what the page of a gauge refuses, at the column in place of the box."""
    try:
        check_gauge(entry)
        if stands is not None:
            check_interval_stays(
                stands.interval_months,
                entry.interval_months,
                method=plant().profile.text("calibration.interval_method"),
                calibrated=stands.last_calibrated is not None,
            )
    except Refusal as no:
        parts = (no.field or "").split("-")
        field = {"interval_months": "interval"}.get(no.field or "", no.field)
        if parts[0] == "functions":
            field = numbered(_IN_FORM.get(parts[2], parts[2]), int(parts[1]) + 1)
        raise Refusal(no.sentence, field=field, **no.parameters) from None


def _spellings(known: set[str]) -> dict[str, str]:
    """Return each kind by its small letters, beside those of the plant those that the form of a new gauge offers."""
    offered = {ready.title.casefold(): ready.kind for ready in ready_kinds()}
    return offered | {kind.casefold(): kind for kind in sorted(known)}


_RANGE = re.compile(
    r"(?P<low>[+-]?\d[\d.,]*)\s*(?P<first>\D*?)\s*(?:\bto\b|\bbis\b|…|\.\.+|-)\s*(?P<high>[+-]?\d[\d.,]*)\s*(?P<unit>\D.*)?"
)


def _with_ranges(values: Values) -> dict[str, str]:
    """Read each range into the lowest and the highest value and the unit, where those are not said by themselves."""
    found = dict(values)
    for n in range(1, MOST_FUNCTIONS + 1):
        key = numbered("range", n)
        said = found.get(key, "").translate(_DASHES).strip()
        if not said:
            continue
        parts = _RANGE.fullmatch(said)
        if parts is None:
            raise Refusal("“%(typed)s” is no range. Write it like 0 to 150 mm.", field=key, typed=said[:40])
        unit_said = (parts["unit"] or parts["first"] or "").strip()
        for name, value in (("from", parts["low"]), ("to", parts["high"]), ("unit", unit_said)):
            if value and not found.get(numbered(name, n)):
                found[numbered(name, n)] = value
    return found


_DASHES = str.maketrans({"–": "-", "—": "-", "−": "-"})


def _tolerance(values: Values, key: str, of: str, stands: str) -> str:
    """Return a tolerance as it was typed; a bare number is one to either side, in the unit of its row."""
    typed = cells.text(values, key, stands)
    if values.get(key):
        try:
            return f"± {plain(abs(parse_number(typed.removeprefix('±').strip())))} {show_unit(of)}".strip()
        except NumberError:
            return typed
    return typed


def _notes(entry: GaugeEntry, known: set[str], typed: Values) -> Iterator[Refusal]:
    """Yield what is to be looked at: a kind that is new, and what was read otherwise than it stands in the file."""
    yield from _unusual(entry, known)
    kind = typed.get("kind", "")
    if kind and kind.casefold() != entry.kind.casefold():
        yield Refusal("“%(typed)s” is read as “%(read)s”.", typed=kind, read=entry.kind)
    for n, function in enumerate(entry.functions, 1):
        said = typed.get(numbered("tolerance", n), "")
        if said and said.strip() != function.tolerance:
            words = "Tolerance “%(typed)s” is read as “%(read)s”."
            yield Refusal(words, typed=said, read=function.tolerance)


def _unusual(entry: GaugeEntry, known: set[str]) -> Iterator[Refusal]:
    near = cells.nearest(entry.kind, known)
    if entry.kind not in known and near:
        yield Refusal("“%(typed)s” is a new kind. Or did you mean “%(nearest)s”?", typed=entry.kind, nearest=near)


def entry_of(values: Values, stands: GaugeEntry | None, places: cards.Places) -> GaugeEntry:
    """Read a row as it would be entered; what it does not say stays as it `stands`. Raises Refusal at a column."""
    own = stands.item if stands else None
    card = item(values, own, places, part_of=places.machine(values, own))
    months = cells.whole(values, "interval", stands.interval_months if stands else _USUAL_INTERVAL)
    entry = GaugeEntry(
        item=card,
        kind=cells.text(values, "kind", stands.kind if stands else ""),
        interval_months=months or 0,
        functions=tuple(_functions(values, stands.functions if stands else ())),
        limited_use=cells.text(values, "limited_use", stands.limited_use if stands else ""),
        in_use_check=cells.text(values, "in_use_check", stands.in_use_check if stands else ""),
        calibrated_by=cells.one_of(values, "calibrated_by", _CALIBRATED_BY, _BY)
        or (stands.calibrated_by if stands else "in house"),
    )
    return _as_new(entry, values) if stands is None else _as_it_stands(entry, values, stands)


def _as_new(entry: GaugeEntry, values: Values) -> GaugeEntry:
    status = cells.one_of(values, "status", {str(each): each for each in _NEW}, _STATUS) or Status.IN_USE
    entry = replace(entry, status=str(status))
    done, due = cells.day(values, "last_calibrated"), cells.day(values, "due")
    if done is not None:
        try:
            entry = calibrated_on(entry, done, plant().profile.text("calibration.due_day"), today())
        except Refusal as no:
            field = "interval" if no.field == "interval_months" else no.field
            raise Refusal(no.sentence, field=field, **no.parameters) from None
        if due is not None and due < done:
            raise Refusal("It cannot be due before it was calibrated.", field="due")
    return entry if due is None else replace(entry, due=due)


def _as_it_stands(entry: GaugeEntry, values: Values, stands: GaugeEntry) -> GaugeEntry:
    """Keep what a sheet does not change: status and due day of a gauge in the plant follow from work and deeds."""
    if values.get("status", "").casefold() not in {"", stands.status}:
        raise Refusal("Its status is “%(status)s”. Change it on its page.", field="status", status=stands.status)
    if cells.day(values, "due", stands.due) != stands.due:
        raise Refusal("Its due day follows from its calibrations. Calibrate it, or leave the cell empty.", field="due")
    if cells.day(values, "last_calibrated", stands.last_calibrated) != stands.last_calibrated:
        words = "When it was calibrated follows from its calibrations. Leave the cell empty."
        raise Refusal(words, field="last_calibrated")
    kept = ("status", "procedure_id", "point_set", "sent_on", "expected_back", "last_calibrated", "due")
    return replace(entry, **{name: getattr(stands, name) for name in kept})


def _functions(values: Values, stands: tuple[FunctionEntry, ...]) -> Iterator[FunctionEntry]:
    """Give the functions of a row: those that stand, changed by what it says, and those that it adds."""
    for n in range(1, MOST_FUNCTIONS + 1):
        said = {column.key: values.get(numbered(column.key, n), "") for column in _FUNCTION}
        before = stands[n - 1] if n <= len(stands) else None
        if any(said.values()):
            yield _function(values, n, before)
        elif before is not None:
            yield before


def _function(values: Values, n: int, stands: FunctionEntry | None) -> FunctionEntry:
    key = {column.key: numbered(column.key, n) for column in _FUNCTION}
    of = unit(values, key["unit"], stands.unit if stands else "")
    step = cells.number(values, key["resolution"], stands.resolution if stands else None)
    usual = UNITS[of].dimension if is_unit(of) and of in UNITS else ""
    return FunctionEntry(
        name=cells.text(values, key["measures"], stands.name if stands else usual),
        unit=of,
        low=cells.number(values, key["from"], stands.low if stands else None),
        high=cells.number(values, key["to"], stands.high if stands else None),
        resolution=step,
        reads_to=cells.number(values, key["steps"], stands.reads_to if stands else step),
        tolerance=_tolerance(values, key["tolerance"], of, stands.tolerance if stands else ""),
    )


def values_of(entry: GaugeEntry, places: cards.Places) -> dict[str, str]:
    """Say a gauge as a file would."""
    said = item_values(entry.item, places) | {
        "kind": entry.kind,
        "machine": places.name("machine", entry.item.part_of_id),
        "interval": str(entry.interval_months),
        "last_calibrated": written(entry.last_calibrated),
        "due": written(entry.due),
        "status": entry.status,
        "limited_use": entry.limited_use,
        "calibrated_by": entry.calibrated_by,
        "in_use_check": entry.in_use_check,
    }
    for n, each in enumerate(entry.functions, 1):
        said |= {
            numbered("measures", n): each.name,
            numbered("unit", n): unit_written(each.unit),
            numbered("from", n): written(each.low),
            numbered("to", n): written(each.high),
            numbered("resolution", n): written(each.resolution),
            numbered("steps", n): written(each.reads_to),
            numbered("tolerance", n): each.tolerance,
        }
    return said


def all_there_is() -> Iterator[Values]:
    """Say every gauge as a file would."""
    places = cards.Places()
    return (values_of(card.entry, places) for card in cards.gauges().values() if isinstance(card.entry, GaugeEntry))


GAUGES = Importer(
    "gauges", _l("Gauges"), "gauge", MEASURE, COLUMNS, "code", begin, all_there_is,
    (
        {"code": "G-101", "name": "Digital caliper 0–150 mm", "kind": "digital caliper", "maker": "Example",
         "serial": "123456", "interval": "6", "last_calibrated": "2026-09-01", "measures": "outside", "unit": "mm",
         "from": "0", "to": "150", "resolution": "0.01", "tolerance": "± 0.03 mm"},
        {"code": "G-102", "name": "Torque wrench 20–100 N·m", "kind": "torque wrench", "interval": "12",
         "status": "calibrate before use", "measures": "torque", "unit": "N m", "from": "20", "to": "100",
         "resolution": "0.5", "tolerance": "± 4 % of reading"},
    ),
)  # fmt: skip
