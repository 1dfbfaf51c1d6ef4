"""The page of parts as HTML, for the tests that read it and for those that open it in a browser."""

from pathlib import Path
from typing import Any

import jinja2

from techfloor.house.parts import samples
from techfloor.web.show import unbroken

TOP = Path(__file__).parents[2]
STATIC = TOP / "techfloor" / "static"


def environment() -> jinja2.Environment:
    """Return Jinja as the app sets it up, without the app."""
    loader = jinja2.FileSystemLoader(TOP / "templates")
    env = jinja2.Environment(
        loader=loader,
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: text, lambda one, many, n: one if n == 1 else many, newstyle=True
    )
    env.filters["unbroken"] = unbroken
    env.globals.update(
        url_for=lambda _endpoint, filename="": f"/static/{filename}",
        csrf_token=lambda: "a-token",
        get_flashed_messages=lambda with_categories: [("success", "Saved.")],
    )
    return env


def shell(**changes: Any) -> dict[str, Any]:
    """Return what the app gives every page, for a technician at a tablet."""
    person = {
        "name": "Tara Kowalski",
        "initials": "TK",
        "roles_text": "Technician",
        "on_tablet": True,
        "device_name": "T-04",
    }
    bar = [{"title": "Due", "url": "/", "icon": "home", "current": True}]
    return {
        "visitor": person,
        "plant": {"name": "Plant North", "demo": True, "language": "en"},
        "place_line": "Line 2 · Machining · Late shift",
        "rail": [{"title": "", "items": bar}, {"title": "Duties", "items": bar}],
        "bar": bar,
        "page_kind": "floor",
        "theme": "light",
        "glove": False,
        "idle_minutes": 10,
        "server_time": "21 Nov 2026, 14:32",
        **changes,
    }


def render(**changes: Any) -> str:
    """Return the page of parts."""
    return environment().get_template("house/parts.html").render(**shell(**changes), **samples())
