"""What the pages of the house ask of the running application, which stands above them."""

from collections.abc import Callable
from typing import Protocol

from flask import current_app, g

from techfloor.places.queries import PlantFacts
from techfloor.settings import Settings
from techfloor.web.duty import Duty
from techfloor.web.visitor import Caller, EnrolledDevice, Visitor


class Running(Protocol):
    """The application's own facts, as far as the house needs them."""

    settings: Settings
    duties: tuple[Duty, ...]
    access: dict[str, str]
    permission_roles: dict[str, frozenset[str]]
    keep_draft: Callable[[int, str, dict[str, str]], None]


def running() -> Running:
    """Return what the application holds."""
    found: Running = current_app.extensions["techfloor"]
    return found


def plant() -> PlantFacts | None:
    """Return the plant, None before it is set up or when the request failed before it was looked up."""
    found: PlantFacts | None = g.get("plant")
    return found


def visitor_or_none() -> Visitor | None:
    """Return the signed-in person, None for a stranger or when the request failed before anybody was looked up."""
    found: Caller | None = g.get("caller")
    return found.visitor if found else None


def device_or_none() -> EnrolledDevice | None:
    """Return the enrolled tablet the request came from."""
    found: Caller | None = g.get("caller")
    return found.device if found else None
