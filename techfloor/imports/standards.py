"""Standards from a sheet: entered and changed by the actions of their pages; their certificates are entered there."""

from collections.abc import Collection, Iterator
from dataclasses import replace

from flask_babel import lazy_gettext as _l

from techfloor.equipment import actions
from techfloor.equipment.entries import StandardEntry, check_acquired, check_standard
from techfloor.equipment.statuses import MEASURE, Kind
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
from techfloor.measures.units import UNITS
from techfloor.places.here import today
from techfloor.refusals import Refusal
from techfloor.web.importing import Column, Deed, Importer, Plan, Planned, Values
from techfloor.web.visitor import by_whom

COLUMNS = (
    CODE,
    NAME,
    Column(
        "quantity",
        _l("What it embodies"),
        ("quantity", "measures", "parameter", "kind", "messgrosse", "messgroesse"),
        hint=_l("of what is new"),
    ),
    Column("unit", _l("Unit"), UNIT_WORDS, hint=_l("of what is new")),
    *COMMON,
    Column("interval", _l("Sent for calibration every"), MONTHS, hint=_l("in months; 12 where nothing is said")),
    Column("from", _l("From"), LOW),
    Column("to", _l("To"), HIGH),
    Column("resolution", _l("Smallest step shown"), STEP),
    Column("reference_material", _l("Reference material"), ("material", "comes in lots"), hint=_l("yes or no")),
    Column("opened_use_days", _l("Days it is good once opened"), ("days once opened", "use days")),
)
_USUAL_INTERVAL = 12
_IN_FILE = {"interval_months": "interval", "low": "from", "high": "to"}


def begin(codes: Collection[str]) -> Plan:
    """Read what the rows with these codes need, and return what each would do."""
    found, kinds, places = cards.standards(codes), cards.kinds_of(codes), cards.Places()
    known = {each.casefold() for each in cards.quantities_of_standards()} | {unit.dimension for unit in UNITS.values()}

    def plan(values: Values) -> Planned:
        card = found.get(values.get("code", "").strip().upper())
        stands = card.entry if card and isinstance(card.entry, StandardEntry) else None
        entry = entry_of(values, stands, places)
        cards.check_kind(entry.item.code, kinds, Kind.STANDARD)
        check_acquired(cells.day(values, "acquired"), today())
        try:
            check_standard(entry)
        except Refusal as no:
            raise Refusal(no.sentence, field=_IN_FILE.get(no.field or "", no.field), **no.parameters) from None
        code, page = entry.item.code, f"/equipment/{entry.item.code}"
        if card is None or stands is None:
            new = Planned(code, entry.item.name, page, Deed.NEW, notes=tuple(_unusual(entry, known)))
            return replace(new, do=lambda _run: actions.create_standard(entry, **by_whom()))
        before, after = values_of(stands, places), values_of(entry, places)
        changed = differences(before, after, before)
        done = Planned(code, entry.item.name, page, Deed.CHANGED if changed else Deed.SAME, changed)
        return replace(done, do=lambda _run: actions.change_standard(card.id, entry, **by_whom()))

    return plan


def _unusual(entry: StandardEntry, known: set[str]) -> Iterator[Refusal]:
    typed = entry.quantity.casefold()
    near = cells.nearest(typed, known)
    if typed not in known and near:
        yield Refusal("No standard embodies “%(typed)s” yet. Did you mean “%(nearest)s”?", typed=typed, nearest=near)
    elif typed not in known:
        yield Refusal("No standard embodies “%(typed)s” yet. Is that the quantity?", typed=typed)


def entry_of(values: Values, stands: StandardEntry | None, places: cards.Places) -> StandardEntry:
    """Read a row as it would be entered; what it does not say stays as it `stands`. Raises Refusal at a column."""
    own = stands.item if stands else None
    material = cells.yes_or_no(values, "reference_material", stands.reference_material if stands else False)
    days = cells.whole(values, "opened_use_days", stands.opened_use_days if stands else None)
    return StandardEntry(
        item=item(values, own, places, part_of=own.part_of_id if own else None),
        quantity=cells.text(values, "quantity", stands.quantity if stands else ""),
        unit=unit(values, "unit", stands.unit if stands else ""),
        interval_months=cells.whole(values, "interval", stands.interval_months if stands else _USUAL_INTERVAL) or 0,
        resolution=cells.number(values, "resolution", stands.resolution if stands else None),
        low=cells.number(values, "from", stands.low if stands else None),
        high=cells.number(values, "to", stands.high if stands else None),
        reference_material=material,
        opened_use_days=days if material else None,
    )


def values_of(entry: StandardEntry, places: cards.Places) -> dict[str, str]:
    """Say a standard as a file would."""
    return item_values(entry.item, places) | {
        "quantity": entry.quantity,
        "unit": unit_written(entry.unit),
        "interval": str(entry.interval_months),
        "from": written(entry.low),
        "to": written(entry.high),
        "resolution": written(entry.resolution),
        "reference_material": "yes" if entry.reference_material else "no",
        "opened_use_days": written(entry.opened_use_days),
    }


def all_there_is() -> Iterator[Values]:
    """Say every standard as a file would."""
    places = cards.Places()
    return (
        values_of(card.entry, places) for card in cards.standards().values() if isinstance(card.entry, StandardEntry)
    )


STANDARDS = Importer(
    "standards", _l("Standards"), "box", MEASURE, COLUMNS, "code", begin, all_there_is,
    (
        {"code": "S-101", "name": "Gauge block set, 32 pieces", "quantity": "length", "unit": "mm", "maker": "Example",
         "serial": "8001", "interval": "24", "from": "1.005", "to": "100"},
        {"code": "S-102", "name": "Buffer solution pH 7.00", "quantity": "pH", "unit": "pH", "interval": "24",
         "reference_material": "yes", "opened_use_days": "30"},
    ),
)  # fmt: skip
