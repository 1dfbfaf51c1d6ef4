"""The plant of the request under way."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask import g

from techfloor import clock
from techfloor.places.queries import PlantFacts


def plant() -> PlantFacts:
    """Return the plant; pages that work before it is set up ask `g.plant` themselves."""
    found: PlantFacts = g.plant
    return found


def today() -> date:
    """Return the day it is at the plant: a due day ends at 24:00 there, not in UTC."""
    return clock.now().astimezone(ZoneInfo(plant().zone)).date()


def day_as_moments(day: date | str | None) -> tuple[datetime | None, datetime | None]:
    """Return when a day begins at the plant and when the next one does; (None, None) for none."""
    if not day:
        return None, None
    begins = date.fromisoformat(day) if isinstance(day, str) else day
    zone = plant().zone
    return clock.midnight(begins, zone), clock.midnight(begins + timedelta(days=1), zone)
