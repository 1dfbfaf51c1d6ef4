"""What this is: its version, whose work it rests on, its honest limits; every part on one page; and the heartbeat."""

import functools
from dataclasses import dataclass
from importlib import metadata

from flask import Response, g, jsonify, render_template
from sqlalchemy import text

from techfloor import __version__
from techfloor.house.parts import samples
from techfloor.house.running import plant, visitor_or_none
from techfloor.store import db
from techfloor.store.databases.sqlite import sqlite_module
from techfloor.web.access import OPEN, SIGNED_IN
from techfloor.web.pages import NotSignedIn, Pages

pages = Pages("about", __name__)

_RESTS_ON = (
    "Flask",
    "SQLAlchemy",
    "Flask-SQLAlchemy",
    "alembic",
    "WTForms",
    "Flask-WTF",
    "flask-babel",
    "argon2-cffi",
    "weasyprint",
    "GTC",
    "scipy",
    "segno",
    "zxing-cpp",
    "pillow",
    "granian",
    "pysqlite3",
    "tzdata",
)


@dataclass(frozen=True)
class Component:
    """Somebody else's work that this rests on."""

    name: str
    version: str
    licence: str


@pages.page("/healthz", permission=OPEN)
def healthz() -> tuple[Response, int]:
    """Answer that the server and its database are there; `setup` says that no plant is set up yet."""
    db.session.execute(text("SELECT 1"))
    return jsonify(status="ok", version=__version__, database="ok", setup=g.plant is None), 200


@pages.page("/about", permission=SIGNED_IN)
def about() -> str:
    """Show version, licences and limits."""
    sqlite = sqlite_module().sqlite_version
    return render_template("house/about.html", version=__version__, sqlite=sqlite, components=components())


@functools.cache
def components() -> tuple[Component, ...]:
    """Return what is installed of the work this rests on."""
    found = [_component(name) for name in _RESTS_ON]
    return (*(each for each in found if each), Component("IBM Plex", "", "OFL-1.1"))


def _component(name: str) -> Component | None:
    try:
        about_it = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return None
    return Component(name, about_it["Version"], _licence(about_it))


def _licence(about_it: metadata.PackageMetadata) -> str:
    """Return the licence a package names, in the newer way or in one of the two older ones."""
    classifiers = about_it.get_all("Classifier") or []
    named = [line.rpartition(" :: ")[2] for line in classifiers if line.startswith("License ::")]
    said = (about_it.get_all("License-Expression") or []) + named + (about_it.get_all("License") or [])
    return str(said[0]).splitlines()[0] if said else ""


@pages.page("/house/parts", permission=OPEN)
def parts() -> str:
    """Show every part of the interface in every state; in a real plant only to people who are signed in."""
    found = plant()
    if visitor_or_none() is None and not (found and found.demo):
        raise NotSignedIn
    return render_template("house/parts.html", **samples())
