"""What stands around every page: who, where, which shift, the places one may go to, and where the static files are."""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, g, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import HTTPException

from techfloor import clock
from techfloor.house.running import device_or_none, plant, running, visitor_or_none
from techfloor.places.profile import Profile
from techfloor.places.queries import PlantFacts
from techfloor.web import cookies
from techfloor.web.access import OPEN, SIGNED_IN
from techfloor.web.show import moment
from techfloor.web.visitor import Caller, EnrolledDevice, Visitor

NO_PLANT = PlantFacts(
    name="",
    address="",
    zone="UTC",
    language="en",
    demo=False,
    profile=Profile("small", {}),
    shifts=(),
)
"""What pages show before the plant is set up."""


@dataclass(frozen=True)
class Place:
    """A link to a place of the house."""

    title: str
    url: str
    icon: str
    current: bool = False


_SCAN = Place(_l("Scan"), "/scan", "scan")
_TOP = (Place(_l("Due"), "/", "home"), _SCAN, Place(_l("Records"), "/records", "records"))
_PLANT = (
    Place(_l("Equipment"), "/equipment/", "equipment"),
    Place(_l("People"), "/people/", "people"),
    Place(_l("Devices"), "/devices", "user-switch"),
    Place(_l("Settings"), "/settings", "settings"),
)
_MORE = Place(_l("More"), "/more", "more")


def init_app(app: Flask) -> None:
    """Give the templates of `app` what stands around every page."""
    app.context_processor(around)
    _serve_static_by_content(app)


def around() -> dict[str, Any]:
    """Return what every template may use."""
    # A request that failed early was not looked at by anybody.
    g.setdefault("plant", None)
    g.setdefault("caller", Caller())
    facts, visitor, device = plant() or replace(NO_PLANT, name=_("New plant")), visitor_or_none(), device_or_none()
    return {
        "plant": facts,
        "visitor": visitor,
        "place_line": place_line(facts, visitor, device),
        "page_kind": page_kind(visitor, device),
        "theme": _display("theme", visitor, device) or "light",
        "glove": _display("glove", visitor, device) in (True, "on"),
        "idle_minutes": visitor.idle_minutes if visitor else None,
        "server_time": moment(clock.now()),
        "rail": rail(visitor) if visitor else [],
        "bar": bar(visitor) if visitor else [],
    }


def page_kind(visitor: Visitor | None, device: EnrolledDevice | None) -> str:
    """Return `floor` on an enrolled tablet and for technicians, whose pages have larger type; else `desk`."""
    if device is not None or (visitor is not None and "technician" in visitor.roles):
        return "floor"
    return "desk"


def place_line(facts: PlantFacts, visitor: Visitor | None, device: EnrolledDevice | None) -> str:
    """Return where this is, like "Line 2 · Machining · Late shift"."""
    at = device or visitor
    where = [at.line, at.area_name] if at and (at.line or at.area_name) else [facts.name]
    shift = facts.shift_at(clock.now())
    if shift is not None:
        where.append(_("%(name)s shift", name=shift.name))
    return " · ".join(part for part in where if part)


def _display(name: str, visitor: Visitor | None, device: EnrolledDevice | None) -> object:
    """Return how this screen is set: by its enrolment, else by a cookie of this browser."""
    if device is not None:
        return getattr(device, name)
    return cookies.given().get(f"techfloor_{name}") or (getattr(visitor, name) if visitor else None)


def rail(visitor: Visitor) -> list[dict[str, Any]]:
    """Return every place this person may go to, as groups of {title, items}."""
    duties = [Place(duty.title, duty.home, duty.icon) for duty in running().duties if duty.in_menu]
    groups = [("", _TOP), (_("Duties"), duties), (_("Plant"), _PLANT)]
    open_to = [(title, [place for place in places if may_open(place.url, visitor)]) for title, places in groups]
    here = _nearest([place.url for _title, places in open_to for place in places])
    return [{"title": title, "items": [_at(place, here) for place in places]} for title, places in open_to if places]


def bar(visitor: Visitor) -> list[Place]:
    """Return the five most used places, for the foot of a tablet."""
    duties = [Place(duty.title, duty.home, duty.icon) for duty in running().duties[:1]]
    places = [_TOP[0], _SCAN, *duties, _PLANT[0], _MORE]
    wanted = [place for place in places if may_open(place.url, visitor)]
    here = _nearest([place.url for place in wanted])
    return [_at(place, here) for place in wanted]


def may_open(url: str, visitor: Visitor) -> bool:
    """Tell whether a page stands at `url` and this person may open it."""
    try:
        endpoint, _arguments = current_app.url_map.bind("").match(url, method="GET")
    except HTTPException:
        return False
    permission = running().access.get(endpoint)
    return permission in {OPEN, SIGNED_IN} or (permission is not None and visitor.may(permission))


def _nearest(urls: list[str]) -> str:
    """Return the longest of `urls` that the page asked for lies at or below, '' for none."""
    here = request.path.rstrip("/") + "/"
    found = [url for url in urls if here == "/" == url or (url != "/" and here.startswith(url.rstrip("/") + "/"))]
    return max(found, key=len, default="")


def _at(place: Place, here: str) -> Place:
    return Place(place.title, place.url, place.icon, current=place.url == here)


def _serve_static_by_content(app: Flask) -> None:
    """Put a hash of all static files into their addresses, so that a browser keeps them until one changes.

    It stands in the path and not behind a question mark: what a script or a style sheet imports by a relative
    address then carries it too.
    """
    stamp = f"v{_content_hash(Path(str(app.static_folder)))}/"

    @app.url_defaults
    def put_stamp(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and "filename" in values:
            values["filename"] = stamp + values["filename"]

    def serve(filename: str) -> Response:
        if filename.startswith(stamp):
            return app.send_static_file(filename.removeprefix(stamp))
        response = app.send_static_file(filename)
        response.headers["Cache-Control"] = "no-cache"
        return response

    app.view_functions["static"] = serve


def _content_hash(folder: Path) -> str:
    digest = hashlib.sha256()
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(str(file.relative_to(folder)).encode() + b"\n")
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]
