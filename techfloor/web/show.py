"""How numbers, days and times stand on a page: in the plant's zone and the reader's language."""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, current_app, g
from flask_babel import format_date, format_datetime, get_locale
from markupsafe import Markup, escape

from techfloor.clock import WEEKDAYS
from techfloor.measures.quantity import plain, signed
from techfloor.measures.units import UNITS, show_unit
from techfloor.said import begun, in_words, tellers, word
from techfloor.store.acts import new_id
from techfloor.web.pages import act_titles

LISTED = 2
"""So many days in a row are named one by one."""
_NAMES = {"%", "pH", *(unit.shown for unit in UNITS.values()), *UNITS}
_SIGNS = "|".join(re.escape(name) for name in sorted(_NAMES, key=len, reverse=True) if not name[:1].isdecimal())
_MEASURE = rf"(?<![\w.,])(?:± |[+−±-])?\d[\d.,]*+(?:[-–]\d[\d.,]*+)? ?(?:{_SIGNS})(?!\w)"
_DAY = r"\b\d{1,2} [^\W\d]{3,4} \d{4}\b"
_WHOLE = re.compile(f"{_MEASURE}|{_DAY}")
_TAG = re.compile(r"(<[^<>]*>)")


def plant_zone() -> ZoneInfo:
    """Return the zone of the plant."""
    return ZoneInfo(current_app.extensions["techfloor"].zone())


def iso_day(text: str) -> str:
    """Return a day that is kept as YYYY-MM-DD as people read it."""
    return day(date.fromisoformat(text))


def day(value: date) -> str:
    """Return a day as "18 Nov 2026"."""
    return str(format_date(value, "d MMM y"))


tellers["day"] = iso_day


def moment(value: datetime) -> str:
    """Return a moment as "18 Nov 2026 14:38" on the plant's clock."""
    return str(format_datetime(value.astimezone(plant_zone()), "d MMM y HH:mm", rebase=False))


def to_the_second(value: datetime) -> str:
    """Return a moment as "18 Nov 2026 14:38:05" on the plant's clock, where the order of things is read."""
    return str(format_datetime(value.astimezone(plant_zone()), "d MMM y HH:mm:ss", rebase=False))


def hour(value: datetime) -> str:
    """Return a moment's time of day as "14:38" on the plant's clock."""
    return value.astimezone(plant_zone()).strftime("%H:%M")


def weekdays(keys: Sequence[str]) -> str:
    """Return days of the week, given as "mon" to "sun", as people read them; three and more in a row as "Mon–Fri"."""
    names = get_locale().days["format"]["abbreviated"]
    order = [index for index, key in enumerate(WEEKDAYS) if key in keys]
    runs = [[index for _n, index in run] for _by, run in groupby(enumerate(order), lambda pair: pair[1] - pair[0])]
    return ", ".join(
        f"{names[run[0]]}–{names[run[-1]]}" if len(run) > LISTED else ", ".join(names[index] for index in run)
        for run in runs
    )


def number(value: Decimal | None) -> str:
    """Return a number with the digits it was typed with; a dash for none."""
    return "–" if value is None else plain(value)


def new_entry_key() -> str:
    """Return a new key for the entry of a form, "" where nobody is signed in: what strangers send is no entry."""
    found = g.get("caller")
    return new_id() if found and found.visitor else ""


def unbroken(value: object) -> Markup:
    """Return text or markup in which a number and its unit, a range with one, and a day stay on one line."""
    parts = _TAG.split(str(escape(value)))
    return Markup("".join(part if part[:1] == "<" else _WHOLE.sub(_on_one_line, part) for part in parts))  # noqa: S704


def _on_one_line(found: re.Match[str]) -> str:
    return f'<span class="nowrap">{found[0]}</span>'


def act_words(event: Any) -> str:
    """Return what an act was, as people read it: the title its route declared, else its name."""
    title = act_titles.get(event.action)
    return str(title) if title else " ".join(str(event.action).split(":")[1:]).capitalize()


FILTERS: dict[str, Callable[..., str]] = {
    "day": day,
    "iso_day": iso_day,
    "moment": moment,
    "to_the_second": to_the_second,
    "hour": hour,
    "number": number,
    "weekdays": weekdays,
    "signed": signed,
    "unit": show_unit,
    "unbroken": unbroken,
    "act_words": act_words,
    "in_words": in_words,
    "word": word,
    "begun": begun,
}


def init_app(app: Flask) -> None:
    """Give the templates of `app` these filters, and a key for the entry that a form without a WTForms object sends."""
    app.jinja_env.filters.update(FILTERS)
    app.jinja_env.globals["new_entry_key"] = new_entry_key
