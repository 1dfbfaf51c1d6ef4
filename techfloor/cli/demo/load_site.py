"""Loads the site of the demo plant: the plant itself, its areas, stations, shifts and machines' places."""

from techfloor.cli.demo.loading import Loading, deed
from techfloor.places import actions as places
from techfloor.places.rules import AreaEntry, PlantEntry, ShiftEntry


def load_site(loading: Loading) -> None:
    """Set the plant up, marked as a demo, with every area, station and shift."""
    plant = loading.plant
    with deed(loading.began, "house:plant:set-up", actor=None, zone=loading.zone):
        entry = PlantEntry(name=plant.name, zone=loading.zone, profile=plant.profile, address=plant.address, demo=True)
        first, *others = plant.areas
        loading.areas[first.key] = places.set_up_plant(entry, _area(first.key, loading)).id
        for area in others:
            loading.areas[area.key] = places.add_area(_area(area.key, loading)).id
        for area in plant.areas:
            for code in area.stations:
                loading.stations[code] = places.add_station(loading.areas[area.key], code).id
        _shifts(loading)


def _area(key: str, loading: Loading) -> AreaEntry:
    area = next(area for area in loading.plant.areas if area.key == key)
    return AreaEntry(area.name, line=area.line, ambient=area.ambient, key=area.key)


def _shifts(loading: Loading) -> None:
    for shift in loading.plant.shifts:
        places.add_shift(
            ShiftEntry(
                shift.name, shift.start, shift.end, shift.days, key=shift.key, areas=shift.areas, breaks=shift.breaks
            )
        )
