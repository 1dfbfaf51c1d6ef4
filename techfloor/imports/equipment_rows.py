"""What the columns of gauges and standards share, and how what a row changes is found and written."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from flask_babel import lazy_gettext as _l

from techfloor.equipment.entries import ItemEntry, check_unit, clean_code
from techfloor.imports import cells
from techfloor.imports.cards import Places
from techfloor.measures.quantity import plain
from techfloor.measures.units import UNITS, canonical, show_unit, spelled
from techfloor.refusals import Refusal
from techfloor.web.importing import Column, Difference, Values
from techfloor.web.plain_text import TEXT

CODE = Column(
    "code",
    _l("Code"),
    ("id", "gauge id", "gauge no", "gauge number", "asset", "asset id", "asset number", "tag", "inventory number", "nr",
     "no", "number", "nummer", "inventarnummer", "pruefmittelnummer", "prufmittelnummer", "prufmittel nr"),
    needed=True,
    hint=_l("stands on the label; by it a row is known again"),
)  # fmt: skip
NAME = Column(
    "name", _l("Name"), ("description", "designation", "title", "bezeichnung", "benennung"), hint=_l("of what is new")
)
COMMON = (
    Column("maker", _l("Maker"), ("manufacturer", "brand", "make", "hersteller")),
    Column("serial", _l("Serial number"), ("serial", "serial no", "s n", "sn", "seriennummer", "serien nr")),
    Column("area", _l("Area"), ("department", "site", "bereich", "abteilung")),
    Column("station", _l("Station"), ("work centre", "work center", "workplace", "arbeitsplatz")),
    Column(
        "place",
        _l("Place"),
        ("location", "standort", "ort", "lagerort"),
        hint=_l("an area, a station, or both: Machining, 2A-01"),
    ),
    Column(
        "acquired", _l("In the plant since"), ("acquired", "purchased", "purchase date", "bought", "since", "kaufdatum")
    ),
    Column(
        "note",
        _l("Note"),
        ("notes", "remark", "remarks", "comment", "comments", "bemerkung", "notiz"),
        longest=TEXT,
        lines=True,
    ),
)
LOW = ("range low", "range from", "low", "minimum", "min", "lower limit", "lower range", "von", "messbereich von")
HIGH = ("range high", "range to", "high", "maximum", "max", "upper limit", "upper range", "bis", "messbereich bis")
STEP = ("smallest step shown", "graduation", "division", "readability", "step", "aufloesung", "auflosung", "teilung")
UNIT_WORDS = ("units", "unit of measure", "uom", "einheit")
MONTHS = ("interval", "interval months", "calibration interval", "cal interval", "cycle", "frequency", "intervall",
          "pruefintervall", "prufintervall", "zyklus")  # fmt: skip

_UNIT = (
    "The unit “%(typed)s” is not known. Write it like mm, in, N m, lbf ft, bar, psi or °C.",
    "The unit “%(typed)s” is not known. Did you mean “%(nearest)s”?",
)


def unit(values: Values, key: str, stands: str = "") -> str:
    """Return the unit that was typed, by its one plain name; an unknown one is refused with the nearest."""
    typed = spelled(values.get(key, ""))
    if not typed:
        return stands
    try:
        check_unit(typed)
    except Refusal:
        raise cells.unknown(_UNIT, key, typed, UNITS) from None
    # What means the same as it stands stays as it stands.
    return stands if stands and canonical(typed) == canonical(stands) else canonical(typed)


def item(values: Values, stands: ItemEntry | None, places: Places, *, part_of: int | None = None) -> ItemEntry:
    """Return the common part of an entry; what a row does not say stays as it stands."""
    area_id, station_id = places.place(values, stands)
    return ItemEntry(
        code=clean_code(values.get("code", "")),
        name=cells.text(values, "name", stands.name if stands else ""),
        maker=cells.text(values, "maker", stands.maker if stands else ""),
        serial=cells.text(values, "serial", stands.serial if stands else ""),
        area_id=area_id,
        station_id=station_id,
        part_of_id=part_of,
        acquired=cells.day(values, "acquired", stands.acquired if stands else None),
        note=cells.text(values, "note", stands.note if stands else ""),
    )


def item_values(entry: ItemEntry, places: Places) -> dict[str, str]:
    """Say the common part as a file would."""
    return {
        "code": entry.code,
        "name": entry.name,
        "maker": entry.maker,
        "serial": entry.serial,
        "area": places.name("area", entry.area_id),
        "station": places.name("station", entry.station_id),
        "acquired": written(entry.acquired),
        "note": entry.note,
    }


def written(value: Decimal | date | int | None) -> str:
    """Write a value as a file would, '' for none."""
    if value is None:
        return ""
    return plain(value) if isinstance(value, Decimal) else str(value)


def unit_written(name: str) -> str:
    """Write a unit as people do."""
    return show_unit(name)


def differences(before: Values, after: Values, keys: Iterable[str]) -> tuple[Difference, ...]:
    """Compare two rows as a file would say them, by all columns."""
    said = ((key, before.get(key, ""), after.get(key, "")) for key in keys)
    return tuple(Difference(key, was, becomes) for key, was, becomes in said if was != becomes)
