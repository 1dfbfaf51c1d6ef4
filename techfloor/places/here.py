"""The plant of the request under way."""

from datetime import date
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
