"""Time zones to choose from, and the one this machine is likely to stand in."""

import functools
import os
from pathlib import Path
from zoneinfo import available_timezones

from flask_babel import lazy_gettext as _l
from wtforms.fields import SelectChoice

_NO_PLACES = ("Etc/", "SystemV/", "US/", "posix/", "right/")


@functools.cache
def zone_names() -> tuple[str, ...]:
    """Return the zones that are named after places, and UTC at the end."""
    places = (name for name in available_timezones() if "/" in name and not name.startswith(_NO_PLACES))
    return (*sorted(places), "UTC")


def zone_choices() -> list[SelectChoice]:
    """Return the zones for a form, after a first line that is none."""
    none = SelectChoice("", _l("Choose the time zone"))
    return [none, *(SelectChoice(name, name.replace("_", " ")) for name in zone_names())]


def zone_here() -> str:
    """Return the zone this machine is set to, '' when that is no place: a server on UTC says nothing of its plant."""
    link = Path("/etc/localtime")
    linked = str(link.resolve()).partition("zoneinfo/")[2] if link.is_symlink() else ""
    written = Path("/etc/timezone")
    named = written.read_text("ascii", errors="replace").strip() if written.is_file() else ""
    found = (name for name in (os.environ.get("TZ", ""), linked, named) if name != "UTC" and name in zone_names())
    return next(found, "")
