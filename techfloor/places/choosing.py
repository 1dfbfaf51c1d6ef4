"""Choosing a place on a form: an area, or a station in it, as one value."""

from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from techfloor.places.queries import areas_with_stations
from techfloor.refusals import Refusal
from techfloor.web.fields import options


def place_choices() -> list[SelectChoice]:
    """Return the areas and stations to choose from; '' is no fixed place."""
    found = [("", _("No fixed place"))]
    for area_id, area, station_id, station in areas_with_stations():
        value = f"{area_id}.{station_id}" if station_id else str(area_id)
        found.append((value, f"{area} · {station}" if station else area))
    return options(*found)


def read_place(value: str | None) -> tuple[int | None, int | None]:
    """Read a choice of place, `area` or `area.station` by their ids; '' is no fixed place."""
    if not value:
        return None, None
    area, _, station = value.partition(".")
    if not area.isdigit() or (station and not station.isdigit()):
        raise Refusal("Choose a place from the list.", field="place")
    return int(area), int(station) if station else None


def write_place(area_id: int | None, station_id: int | None) -> str:
    """Write a place as its choice has it."""
    if area_id is None:
        return ""
    return f"{area_id}.{station_id}" if station_id else str(area_id)
