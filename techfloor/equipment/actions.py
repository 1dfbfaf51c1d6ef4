"""What is done to equipment: entered, changed, moved, held, sent out; each act leaves a line in the log.

Every function takes the person as `actor` and the aware moment as `at`, writes in the act under way, and raises
Refusal or NotFound.
"""

from collections.abc import Callable
from dataclasses import astuple, fields, replace
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import delete, select

from techfloor.equipment.certificates import (
    Corrected,
    add_certificate,
    correct_certificate,
    open_lot,
    withdraw_certificate,
)
from techfloor.equipment.entries import (
    FunctionEntry,
    GaugeEntry,
    ItemEntry,
    MachineEntry,
    StandardEntry,
    check_gauge,
    check_item,
    check_standard,
    check_why,
    clean_code,
)
from techfloor.equipment.ledger import (
    CALIBRATION,
    CHANGED_SINCE,
    item_of,
    lift_hold,
    log,
    move_due,
    place_hold,
    set_due,
    was_calibrated,
)
from techfloor.equipment.models import Equipment, Gauge, GaugeFunction, Standard
from techfloor.equipment.rules import OUT_OF_TOLERANCE
from techfloor.equipment.statuses import LIFECYCLES, Deed, Kind, Status, next_status, status_of
from techfloor.places.models import Area, Station
from techfloor.refusals import NotFound, Refusal
from techfloor.said import Said, as_text, day_said, say, within
from techfloor.store import db, search

__all__ = [
    "CALIBRATION",
    "Corrected",
    "add_certificate",
    "change_gauge",
    "change_machine",
    "change_standard",
    "change_status",
    "correct_certificate",
    "create_gauge",
    "create_machine",
    "create_standard",
    "hold_by_hand",
    "judged_otherwise",
    "lift_hold",
    "log",
    "move",
    "move_due",
    "open_lot",
    "place_hold",
    "place_words",
    "set_due",
    "withdraw_certificate",
]


following_holds: list[Callable[[int, str, datetime], int]] = []
"""What follows from a standard held as measuring wrong, of (standard, why, at): how many tasks. The duties give it."""


def hold_by_hand(equipment_id: int, reason: str, words: str, *, actor: int, at: datetime) -> int:
    """Stop the use of equipment as somebody asks; return how many tasks that raised for what rested on it."""
    hold = place_hold(equipment_id, reason, words, actor=actor, at=at)
    if hold.reason != OUT_OF_TOLERANCE or item_of(equipment_id).kind != Kind.STANDARD:
        return 0
    return sum(follow(equipment_id, words, at) for follow in following_holds)


def create_machine(entry: MachineEntry, *, actor: int, at: datetime) -> Equipment:
    """Enter a machine."""
    check_item(entry.item)
    _check_lifecycle(entry.lifecycle)
    item = _add(Kind.MACHINE, entry.item)
    item.lifecycle, item.availability = entry.lifecycle, entry.availability
    _entered(item, actor, at)
    return item


def create_gauge(entry: GaugeEntry, *, actor: int, at: datetime) -> Equipment:
    """Enter a gauge with its functions, and its first due day where there is one."""
    check_gauge(entry)
    item = _add(Kind.GAUGE, entry.item)
    gauge = Gauge(equipment_id=item.id, status=str(entry.status), **_gauge_values(entry))
    gauge.sent_on, gauge.expected_back = entry.sent_on, entry.expected_back
    db.session.add(gauge)
    if entry.status == Status.RETIRED:
        item.lifecycle = Status.RETIRED
    db.session.flush()
    _write_functions(item.id, entry.functions)
    if entry.due is not None:
        set_due(item.id, CALIBRATION, entry.due, last_done=entry.last_calibrated)
    _entered(item, actor, at)
    return item


def create_standard(entry: StandardEntry, *, actor: int, at: datetime) -> Equipment:
    """Enter a reference standard; its certificates are added one by one."""
    check_standard(entry)
    item = _add(Kind.STANDARD, entry.item)
    db.session.add(Standard(equipment_id=item.id, **_standard_values(entry)))
    _entered(item, actor, at)
    return item


def change_machine(equipment_id: int, entry: MachineEntry, *, actor: int, at: datetime) -> None:
    """Change what is known of a machine; its lifecycle changes by `change_status`."""
    check_item(entry.item)
    item = _of_kind(equipment_id, Kind.MACHINE)
    changed = _change_item(item, entry.item)
    changed += _put(item, {"availability": entry.availability})
    _changed(item, changed, actor, at)


def change_gauge(equipment_id: int, entry: GaugeEntry, why: str = "", *, actor: int, at: datetime) -> None:
    """Change what is known of a gauge and its functions; its status changes by `change_status`.

    By its serial number and its functions its calibrations were judged: of one that was calibrated they are changed
    with a reason, and have a line of their own in the log.
    """
    check_gauge(entry)
    item = _of_kind(equipment_id, Kind.GAUGE)
    judged_by = _put(item, {"serial": entry.item.serial.strip()})
    before, after = _as_kept(_functions(equipment_id)), _as_kept(entry.functions)
    if before != after:
        _write_functions(equipment_id, entry.functions)
        judged_by += _changed_functions(before, after)
    changed = [*_change_item(item, entry.item), *_put(_gauge(equipment_id), _gauge_values(entry))]
    if not judged_by or not was_calibrated(equipment_id):
        _changed(item, [*changed, *judged_by], actor, at)
        return
    check_why(why)
    _changed(item, changed, actor, at)
    _find_again(item)
    said = say("equipment.changed", names=judged_by)
    log(item.id, CHANGED_SINCE, _with_words(said, why), actor=actor, at=at)


def judged_otherwise(before: GaugeEntry, after: GaugeEntry) -> bool:
    """Tell whether a change is one of what the calibrations of a gauge were judged by."""
    serials = {before.item.serial.strip(), after.item.serial.strip()}
    return len(serials) > 1 or _as_kept(before.functions) != _as_kept(after.functions)


def change_standard(equipment_id: int, entry: StandardEntry, *, actor: int, at: datetime) -> None:
    """Change what is known of a standard."""
    check_standard(entry)
    item = _of_kind(equipment_id, Kind.STANDARD)
    changed = _change_item(item, entry.item)
    changed += _put(_standard(equipment_id), _standard_values(entry))
    _changed(item, changed, actor, at)


def move(
    equipment_id: int, area_id: int | None, station_id: int | None, words: str = "", *, actor: int, at: datetime
) -> None:
    """Take a piece of equipment to another area or station; a station brings its area."""
    item = item_of(equipment_id)
    area_id = _checked_place(area_id, station_id)
    if (item.area_id, item.station_id) == (area_id, station_id):
        raise Refusal("%(code)s is there already. Choose another place.", field="place", code=item.code)
    before = _place_said(item.area_id, item.station_id)
    item.area_id, item.station_id = area_id, station_id
    moved = say("equipment.moved", before=before, after=_place_said(area_id, station_id))
    _find_again(item)
    log(item.id, "moved", _with_words(moved, words), actor=actor, at=at)


def change_status(
    equipment_id: int,
    deed: str,
    words: str = "",
    *,
    actor: int,
    at: datetime,
    sent_on: date | None = None,
    expected_back: date | None = None,
    record_id: int | None = None,
) -> Status:
    """Do one deed of the status table; the caller has checked that the person may.

    `words` is the reason; for a limit it is what the gauge may still be used for. `sent_on` and `expected_back` go
    with sending out.
    """
    item = item_of(equipment_id)
    gauge = db.session.get(Gauge, equipment_id) if item.kind == Kind.GAUGE else None
    before = status_of(item.kind, item.lifecycle, item.availability, gauge.status if gauge else None)
    after = next_status(item.kind, before, deed, item.code)
    if deed == Deed.CALIBRATED and gauge is not None and gauge.limited_use:
        after = Status.LIMITED_USE  # a calibration does not widen what it may be used for
    if deed == Deed.SEND_OUT and expected_back and sent_on and expected_back < sent_on:
        raise Refusal("It must be expected back after it is sent.", field="expected_back")
    if gauge is not None:
        gauge.status = after
        gauge.sent_on, gauge.expected_back = (sent_on, expected_back) if deed == Deed.SEND_OUT else (None, None)
        if deed == Deed.LIMIT:
            gauge.limited_use = words.strip()
        elif deed == Deed.UNLIMIT:
            gauge.limited_use = ""
    _follow(item, after)
    event = as_text(say("equipment.status", before=say(f"equipment.{before}"), after=say(f"equipment.{after}")))
    back = say("equipment.back", day=day_said(expected_back)) if expected_back else None
    log(item.id, event, _with_words(back, words), actor=actor, at=at, record_id=record_id)
    return after


def place_words(area_id: int | None, station_id: int | None) -> str:
    """Name a place: "Assembly, 4A-02"; "" where there is none."""
    area = db.session.get(Area, area_id) if area_id else None
    station = db.session.get(Station, station_id) if station_id else None
    names = [place for place in (area.name if area else "", station.code if station else "") if place]
    return ", ".join(names)


def _of_kind(equipment_id: int, kind: Kind) -> Equipment:
    item = item_of(equipment_id)
    if item.kind != kind:
        raise NotFound("%(code)s is a %(kind)s.", code=item.code, kind=item.kind)
    return item


def _gauge(equipment_id: int) -> Gauge:
    return db.session.get_one(Gauge, equipment_id)


def _standard(equipment_id: int) -> Standard:
    return db.session.get_one(Standard, equipment_id)


def _check_lifecycle(lifecycle: str) -> None:
    if lifecycle not in LIFECYCLES:
        raise Refusal("Choose where this machine stands.", field="lifecycle")


def _add(kind: Kind, entry: ItemEntry) -> Equipment:
    item = Equipment(kind=kind, **_item_values(entry))
    _check_code_is_free(item.code, None)
    db.session.add(item)
    db.session.flush()
    return item


def _item_values(entry: ItemEntry) -> dict[str, object]:
    area_id = _checked_place(entry.area_id, entry.station_id)
    return {
        "code": clean_code(entry.code),
        "name": entry.name.strip(),
        "maker": entry.maker.strip(),
        "serial": entry.serial.strip(),
        "area_id": area_id,
        "station_id": entry.station_id,
        "part_of_id": entry.part_of_id,
        "acquired": entry.acquired,
        "note": entry.note.strip(),
    }


def _check_code_is_free(code: str, own_id: int | None) -> None:
    taken = db.session.scalar(select(Equipment).where(Equipment.code == code))
    if taken is not None and taken.id != own_id:
        raise Refusal(
            "%(code)s is already the code of %(name)s. Choose another.", field="code", code=code, name=taken.name
        )


def _checked_place(area_id: int | None, station_id: int | None) -> int | None:
    """Return the area of the place; raises Refusal for a station of another area, or a place that is not there."""
    if station_id is not None:
        station = db.session.get(Station, station_id)
        if station is None or area_id not in {None, station.area_id}:
            raise Refusal("This station is not in that area. Choose the place again.", field="place")
        return station.area_id
    if area_id is not None and db.session.get(Area, area_id) is None:
        raise Refusal("This area does not exist. Choose the place again.", field="place")
    return area_id


def _gauge_values(entry: GaugeEntry) -> dict[str, object]:
    return {
        "kind": entry.kind.strip(),
        "procedure_id": entry.procedure_id,
        "point_set": entry.point_set,
        "interval_months": entry.interval_months,
        "limited_use": entry.limited_use.strip(),
        "in_use_check": entry.in_use_check.strip(),
        "calibrated_by": entry.calibrated_by,
    }


def _standard_values(entry: StandardEntry) -> dict[str, object]:
    return {
        "quantity": entry.quantity.strip(),
        "unit": entry.unit,
        "resolution": entry.resolution,
        "low": entry.low,
        "high": entry.high,
        "interval_months": entry.interval_months,
        "reference_material": entry.reference_material,
        "opened_use_days": entry.opened_use_days if entry.reference_material else None,
    }


def _write_functions(gauge_id: int, functions: tuple[FunctionEntry, ...]) -> None:
    db.session.execute(delete(GaugeFunction).where(GaugeFunction.gauge_id == gauge_id))
    db.session.add_all(
        GaugeFunction(
            gauge_id=gauge_id,
            place=place,
            name=function.name.strip(),
            unit=function.unit,
            low=function.low,
            high=function.high,
            resolution=function.resolution,
            reads_to=function.reads_to or function.resolution,
            tolerance=function.tolerance.strip(),
        )
        for place, function in enumerate(functions, 1)
    )
    db.session.flush()


def _functions(gauge_id: int) -> tuple[FunctionEntry, ...]:
    rows = db.session.scalars(
        select(GaugeFunction).where(GaugeFunction.gauge_id == gauge_id).order_by(GaugeFunction.place)
    )
    return tuple(
        FunctionEntry(row.name, row.unit, row.low, row.high, row.resolution, row.reads_to, row.tolerance)
        for row in rows
    )


def _change_item(item: Equipment, entry: ItemEntry) -> list[Said]:
    values = _item_values(entry)
    _check_code_is_free(str(values["code"]), item.id)
    if values.pop("code") != item.code:
        raise Refusal("The code stands on the label: it never changes. Enter new equipment instead.", field="code")
    return _put(item, values)


_NAME_ALONE = frozenset({"note", "area_id", "station_id", "part_of_id", "procedure_id", "reference_material"})
"""What is long, or a key: the timeline says that it changed, the trail from what to what."""


def _put(row: object, values: dict[str, object]) -> list[Said]:
    """Write the values that differ, and say which, with the old and the new."""
    before = {name: getattr(row, name) for name in values}
    changed = [name for name, value in values.items() if _kept(before[name]) != _kept(value)]
    for name in changed:
        setattr(row, name, values[name])
    return [_change_said(name, before[name], values[name]) for name in changed]


def _change_said(name: str, before: object, after: object) -> Said:
    field = say(f"equipment.field.{name.removesuffix('_id')}")
    if name in _NAME_ALONE:
        return field
    return say("equipment.field-changed", field=field, before=_value_said(before), after=_value_said(after))


def _value_said(value: object) -> str | Said:
    if value is None or value == "":
        return "–"
    return day_said(value) if isinstance(value, date) else str(_kept(value))


_FUNCTION_FIELDS = tuple(each.name for each in fields(FunctionEntry))


def _changed_functions(before: list[tuple[object, ...]], after: list[tuple[object, ...]]) -> list[Said]:
    """Say what changed of each function; that they are others where some came or went."""
    if len(before) != len(after):
        return [say("equipment.field.functions")]
    return [
        say("equipment.of-function", function=str(new[0]), changed=_change_said(name, was, becomes))
        for old, new in zip(before, after, strict=True)
        for name, was, becomes in zip(_FUNCTION_FIELDS, old, new, strict=True)
        if was != becomes
    ]


def _kept(value: object) -> object:
    """Return a value as it is compared: a number by its digits, since 0.10 and 0.1 are two resolutions."""
    return format(value, "f") if isinstance(value, Decimal) else value


def _as_kept(functions: tuple[FunctionEntry, ...]) -> list[tuple[object, ...]]:
    filled = [replace(each, name=each.name.strip(), tolerance=each.tolerance.strip()) for each in functions]
    return [tuple(map(_kept, astuple(replace(each, reads_to=each.reads_to or each.resolution)))) for each in filled]


def _entered(item: Equipment, actor: int, at: datetime) -> None:
    db.session.flush()
    _find_again(item)
    log(item.id, "entered", item.name, actor=actor, at=at)


def _changed(item: Equipment, changed: list[Said], actor: int, at: datetime) -> None:
    if not changed:
        return
    _find_again(item)
    log(item.id, "changed", as_text(say("equipment.changed", names=changed)), actor=actor, at=at)


def _find_again(item: Equipment) -> None:
    words = (item.kind, _sort_of(item), item.maker, item.serial, _place_of(item))
    search.put("equipment", item.code, item.name, " ".join(part for part in words if part))


def _sort_of(item: Equipment) -> str:
    """Name what sort of gauge or standard this is, as people search for it."""
    if item.kind == Kind.GAUGE:
        return _gauge(item.id).kind
    return _standard(item.id).quantity if item.kind == Kind.STANDARD else ""


def _place_of(item: Equipment) -> str:
    return place_words(item.area_id, item.station_id)


def _follow(item: Equipment, after: Status) -> None:
    """Keep the columns that every kind shares in step with the new status."""
    if item.kind == Kind.MACHINE:
        item.lifecycle = after
        return
    item.lifecycle = Status.RETIRED if after is Status.RETIRED else Status.IN_SERVICE
    if item.kind == Kind.STANDARD:
        item.availability = Status.SENT_OUT if after is Status.SENT_OUT else ""


def _place_said(area_id: int | None, station_id: int | None) -> str | Said:
    return place_words(area_id, station_id) or say("equipment.no-place")


def _with_words(said: Said | None, words: str) -> str:
    """Keep what is said, and what somebody typed to it."""
    if said is None:
        return words.strip()
    return within("equipment.with-words", words.strip(), said=said) if words.strip() else as_text(said)
