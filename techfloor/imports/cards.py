"""What the plant has, read for a whole file at once: gauges and standards as entries, places by their names."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import select

from techfloor.equipment.entries import FunctionEntry, GaugeEntry, ItemEntry, StandardEntry
from techfloor.equipment.ledger import CALIBRATION
from techfloor.equipment.models import Equipment, EquipmentDue, Gauge, GaugeFunction, Standard
from techfloor.equipment.queries import machines
from techfloor.equipment.statuses import Kind
from techfloor.imports import cells
from techfloor.places.queries import areas_with_stations
from techfloor.refusals import Refusal
from techfloor.store import db
from techfloor.web.importing import Values

_AREA = (
    "There is no area “%(typed)s”. Make it in the settings first.",
    "There is no area “%(typed)s”. Did you mean “%(nearest)s”?",
)
_STATION = (
    "There is no station “%(typed)s”. Make it in the settings first.",
    "There is no station “%(typed)s”. Did you mean “%(nearest)s”?",
)
_PLACE = (
    "There is no area or station “%(typed)s”. Make it in the settings first.",
    "There is no area or station “%(typed)s”. Did you mean “%(nearest)s”?",
)
_MACHINE = (
    "There is no machine “%(typed)s”. Enter it first.",
    "There is no machine “%(typed)s”. Did you mean “%(nearest)s”?",
)


@dataclass(frozen=True)
class Card:
    """A gauge or standard as it stands: its key in the database, and as it would be entered."""

    id: int
    entry: GaugeEntry | StandardEntry


class Places:
    """The areas, stations and machines of the plant by the words a file has for them."""

    @cached_property
    def _rows(self) -> list[tuple[int, str, int | None, str]]:
        return areas_with_stations()

    @cached_property
    def areas(self) -> dict[str, int]:
        """The areas by their names."""
        return {area: area_id for area_id, area, _station_id, _code in self._rows}

    @cached_property
    def stations(self) -> dict[str, tuple[int, int]]:
        """Area and station by the code of the station."""
        return {code: (area_id, key) for area_id, _area, key, code in self._rows if key is not None}

    @cached_property
    def machines(self) -> dict[str, int]:
        """The machines by their codes."""
        return {code: key for key, code, _name in machines()}

    @cached_property
    def names(self) -> dict[tuple[str, int | None], str]:
        """What areas, stations and machines are called, by what they are and their keys."""
        found: dict[tuple[str, int | None], str] = {("area", key): name for name, key in self.areas.items()}
        found |= {("station", key): code for code, (_area, key) in self.stations.items()}
        return found | {("machine", key): code for code, key in self.machines.items()}

    def name(self, what: str, key: int | None) -> str:
        """Return what an area, a station or a machine is called, '' for none."""
        return self.names.get((what, key), "")

    def area(self, values: Values) -> int | None:
        """Return the area that a row names."""
        return cells.one_of(values, "area", self.areas, _AREA)

    def place(self, values: Values, stands: ItemEntry | None) -> tuple[int | None, int | None]:
        """Return area and station of a row; a station brings its area, another area leaves the station behind."""
        if values.get("place"):
            return self._anywhere(values["place"])
        area_id = self.area(values)
        station = cells.one_of(values, "station", self.stations, _STATION)
        if station is not None:
            if area_id not in {None, station[0]}:
                raise Refusal("This station is not in that area.", field="station")
            return station
        before = (stands.area_id, stands.station_id) if stands else (None, None)
        return before if area_id in {None, before[0]} else (area_id, None)

    def _anywhere(self, typed: str) -> tuple[int, int | None]:
        """Return area and station of a place that is named by either, or by both as lists write them."""
        areas = {name.casefold(): (key, None) for name, key in self.areas.items()}
        known: dict[str, tuple[int, int | None]] = {**areas}
        for code, (area_id, key) in self.stations.items():
            known[code.casefold()] = known[f"{self.name('area', area_id)}, {code}".casefold()] = (area_id, key)
        found = known.get(typed.casefold())
        if found is None:
            raise cells.unknown(_PLACE, "place", typed, [*self.areas, *self.stations])
        return found

    def machine(self, values: Values, stands: ItemEntry | None) -> int | None:
        """Return the machine a row names, or the one it is built into now."""
        found = cells.one_of(values, "machine", self.machines, _MACHINE)
        return found or (stands.part_of_id if stands else None)


def kinds_of(codes: Collection[str]) -> dict[str, str]:
    """Read what kind of equipment these codes are, of those that are taken."""
    rows = db.session.execute(select(Equipment.code, Equipment.kind).where(Equipment.code.in_(codes)))
    return {row.code: row.kind for row in rows}


def kinds_of_gauges() -> set[str]:
    """Read the kinds of gauges that the plant has."""
    return set(db.session.scalars(select(Gauge.kind).distinct()))


def quantities_of_standards() -> set[str]:
    """Read what the standards of the plant embody."""
    return set(db.session.scalars(select(Standard.quantity).distinct()))


def gauges(codes: Collection[str] | None = None) -> dict[str, Card]:
    """Read gauges with their functions and what is due on them, by their codes; all without `codes`."""
    due = (EquipmentDue.equipment_id == Equipment.id) & (EquipmentDue.work == CALIBRATION)
    wanted = (
        select(Equipment, Gauge, EquipmentDue)
        .join(Gauge, Gauge.equipment_id == Equipment.id)
        .outerjoin(EquipmentDue, due)
        .order_by(Equipment.code)
    )
    if codes is not None:
        wanted = wanted.where(Equipment.code.in_(codes))
    rows = db.session.execute(wanted).all()
    functions = _functions([item.id for item, _gauge, _due in rows] if codes is not None else None)
    return {
        item.code: Card(item.id, _gauge_entry(item, gauge, functions.get(item.id, ()), due))
        for item, gauge, due in rows
    }


def _functions(gauge_ids: list[int] | None) -> dict[int, tuple[FunctionEntry, ...]]:
    f = GaugeFunction
    wanted = select(f.gauge_id, f.name, f.unit, f.low, f.high, f.resolution, f.reads_to, f.tolerance)
    if gauge_ids is not None:  # of all gauges, naming each would bind more values than a statement takes
        wanted = wanted.where(f.gauge_id.in_(gauge_ids))
    rows = db.session.execute(wanted.order_by(f.gauge_id, f.place))
    found: dict[int, tuple[FunctionEntry, ...]] = {}
    for gauge_id, name, unit, low, high, resolution, reads_to, tolerance in rows:
        function = FunctionEntry(name, unit, low, high, resolution, reads_to, tolerance)
        found[gauge_id] = (*found.get(gauge_id, ()), function)
    return found


def _gauge_entry(
    item: Equipment, gauge: Gauge, functions: tuple[FunctionEntry, ...], due: EquipmentDue | None
) -> GaugeEntry:
    return GaugeEntry(
        item=_item_entry(item),
        kind=gauge.kind,
        interval_months=gauge.interval_months,
        functions=functions,
        status=gauge.status,
        procedure_id=gauge.procedure_id,
        point_set=gauge.point_set,
        limited_use=gauge.limited_use,
        in_use_check=gauge.in_use_check,
        calibrated_by=gauge.calibrated_by,
        sent_on=gauge.sent_on,
        expected_back=gauge.expected_back,
        last_calibrated=due.last_done if due else None,
        due=due.due if due else None,
    )


def standards(codes: Collection[str] | None = None) -> dict[str, Card]:
    """Read standards by their codes; all without `codes`."""
    wanted = select(Equipment, Standard).join(Standard, Standard.equipment_id == Equipment.id).order_by(Equipment.code)
    if codes is not None:
        wanted = wanted.where(Equipment.code.in_(codes))
    return {item.code: Card(item.id, _standard_entry(item, own)) for item, own in db.session.execute(wanted)}


def _standard_entry(item: Equipment, own: Standard) -> StandardEntry:
    return StandardEntry(
        item=_item_entry(item),
        quantity=own.quantity,
        unit=own.unit,
        interval_months=own.interval_months,
        resolution=own.resolution,
        low=own.low,
        high=own.high,
        reference_material=own.reference_material,
        opened_use_days=own.opened_use_days,
    )


def _item_entry(item: Equipment) -> ItemEntry:
    names = ("code", "name", "maker", "serial", "area_id", "station_id", "part_of_id", "acquired", "note")
    return ItemEntry(**{name: getattr(item, name) for name in names})


def check_kind(code: str, found: dict[str, str], kind: Kind) -> None:
    """Refuse a code that something of another kind has."""
    other = found.get(code)
    if other is not None and other != kind:
        raise Refusal(
            "%(code)s is already the code of a %(kind)s. Choose another.", field="code", code=code, kind=other
        )
