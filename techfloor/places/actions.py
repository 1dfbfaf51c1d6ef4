"""Acts on the plant: setting it up, its areas, stations and shifts, its profile and where it differs from it."""

from sqlalchemy import select

from techfloor.places import rules
from techfloor.places.models import Area, Plant, PlantSetting, Shift, Station
from techfloor.places.profile import PROFILES, Profile, keys
from techfloor.places.rules import AreaEntry, PlantEntry, ShiftEntry
from techfloor.refusals import NotFound, Refusal
from techfloor.store import db


def set_up_plant(entry: PlantEntry, first_area: AreaEntry) -> Area:
    """Write the one plant of this instance and return its first area; raises Refusal when there is one already."""
    if db.session.scalar(select(Plant.id)) is not None:
        raise Refusal("This plant is set up already. Sign in instead.")
    tidy = rules.tidy_plant(entry)
    _known_profile(tidy.profile)
    plant = Plant(
        name=tidy.name,
        address=tidy.address,
        zone=tidy.zone,
        language=tidy.language,
        units=tidy.units,
        profile=tidy.profile,
        demo=tidy.demo,
    )
    db.session.add(plant)
    db.session.flush()
    return add_area(first_area)


def change_plant(entry: PlantEntry) -> None:
    """Change what the plant is called, where it is, its zone, units and language; not its profile."""
    tidy, plant = rules.tidy_plant(entry), _plant()
    plant.name, plant.address, plant.zone = tidy.name, tidy.address, tidy.zone
    plant.units, plant.language = tidy.units, tidy.language
    db.session.flush()


def add_area(entry: AreaEntry) -> Area:
    """Add an area; raises Refusal for a name that another area has."""
    others = list(db.session.scalars(select(Area)))
    name = _area_name(entry, others)
    key = entry.key or rules.key_of(name, {area.key for area in others})
    area = Area(key=key, name=name, line=entry.line.strip()[:40], ambient=entry.ambient.strip()[:80])
    db.session.add(area)
    db.session.flush()
    return area


def change_area(area_id: int, entry: AreaEntry) -> None:
    """Change an area's name and signs; its key stays, for records and devices belong to it."""
    area = _area(area_id)
    others = list(db.session.scalars(select(Area).where(Area.id != area_id)))
    area.name = _area_name(entry, others)
    area.line, area.ambient = entry.line.strip()[:40], entry.ambient.strip()[:80]
    db.session.flush()


def _area_name(entry: AreaEntry, others: list[Area]) -> str:
    name = rules.tidy(entry.name, "name", longest=40)
    if name.lower() in {area.name.lower() for area in others}:
        raise Refusal("Another area has this name.", field="name")
    return name


def add_station(area_id: int, code: str) -> Station:
    """Add a station to an area; raises Refusal for a code that another station has."""
    area, tidy = _area(area_id), rules.tidy(code, "code", longest=20)
    if db.session.scalar(select(Station.id).where(Station.code == tidy)) is not None:
        raise Refusal("Another station has this code.", field="code")
    station = Station(area_id=area.id, code=tidy)
    db.session.add(station)
    db.session.flush()
    return station


def add_shift(entry: ShiftEntry) -> Shift:
    """Add a shift."""
    rules.check_shift(entry)
    name = rules.tidy(entry.name, "name", longest=40)
    taken = set(db.session.scalars(select(Shift.key)))
    shift = Shift(
        key=entry.key or rules.key_of(name, taken),
        name=name,
        starts=entry.starts,
        ends=entry.ends,
        days=list(entry.days),
        areas=list(entry.areas),
        breaks=list(entry.breaks),
    )
    db.session.add(shift)
    db.session.flush()
    return shift


def change_shift(shift_id: int, entry: ShiftEntry) -> None:
    """Change a shift's name, times and days; one that runs on no day is over."""
    shift = db.session.get(Shift, shift_id)
    if shift is None:
        raise NotFound("This shift is not here.")
    rules.check_shift(entry)
    shift.name = rules.tidy(entry.name, "name", longest=40)
    shift.starts, shift.ends, shift.days = entry.starts, entry.ends, list(entry.days)
    db.session.flush()


def choose_profile(name: str) -> None:
    """Follow another profile; what this plant has set differently stays as it is."""
    _known_profile(name)
    _plant().profile = name
    db.session.flush()


def change_setting(key: str, typed: str) -> None:
    """Set one setting for this plant; one that is as the profile has it is no difference and is not kept."""
    if key not in keys():
        raise NotFound("There is no such setting.")
    value = rules.setting_value(key, typed, in_profiles(key))
    kept = db.session.get(PlantSetting, key)
    if value == Profile(_plant().profile, {})[key]:
        if kept is not None:
            db.session.delete(kept)
    elif kept is None:
        db.session.add(PlantSetting(key=key, value=value))
    else:
        kept.value = value
    db.session.flush()


def put_away(key: str) -> None:
    """Keep for good that something of the house is not shown any more."""
    if db.session.get(PlantSetting, key) is None:
        db.session.add(PlantSetting(key=key, value=True))
    db.session.flush()


def in_profiles(key: str) -> list[object]:
    """Return the values that the profiles have for a setting, in their order."""
    return [Profile(name, {})[key] for name in PROFILES]


def _known_profile(name: str) -> None:
    if name not in PROFILES:
        raise Refusal("Choose a profile from the list.", field="profile")


def _plant() -> Plant:
    plant: Plant | None = db.session.scalar(select(Plant))
    if plant is None:
        raise NotFound("The plant is not set up yet.")
    return plant


def _area(area_id: int) -> Area:
    area = db.session.get(Area, area_id)
    if area is None:
        raise NotFound("This area is not here.")
    return area
