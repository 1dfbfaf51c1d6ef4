"""What happened to people, devices and settings, act by act, as the trail has it: to be read, nothing to sign."""

import heapq
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import select

from techfloor.house.keepers import kind_titles
from techfloor.house.setting_words import TITLES
from techfloor.house.tries_told import other_names, reset_line, resets, run_line, wrong_runs
from techfloor.people import queries
from techfloor.people.actions import device_of, person_of
from techfloor.people.roles import Role, role_title
from techfloor.places.queries import areas
from techfloor.records.history import Change, Event, timeline_about
from techfloor.records.models import Record
from techfloor.records.wording import state_words
from techfloor.store import db
from techfloor.web.access import permission
from techfloor.web.pages import Pages
from techfloor.web.show import act_words, day, moment

pages = Pages("trail", __name__, url_prefix="/trail")

SEE = "house:trail"
PERMISSIONS = (
    permission(SEE, "See what happened to people, devices and settings", "quality", "auditor", "administrator"),
)

Line = tuple[datetime, dict[str, str]]
"""A line of a page, and when it was."""

PEOPLE = ("person", "person_role", "secret")
SETTINGS = ("plant", "plant_setting", "area", "station", "shift")

_FIELDS = {
    "name": _l("Name"),
    "user_name": _l("User name"),
    "initials": _l("Initials"),
    "area_id": _l("Area"),
    "active": _l("Works here"),
    "last_day": _l("Last day"),
    "idle_minutes": _l("Locks when idle"),
    "glove": _l("Glove size"),
    "theme": _l("Display"),
    "revoked_at": _l("Revoked"),
    "address": _l("Address"),
    "zone": _l("Time zone"),
    "language": _l("Language"),
    "units": _l("Units"),
    "profile": _l("Profile"),
    "key": _l("Short name"),
    "line": _l("Line"),
    "ambient": _l("Conditions of the room"),
    "code": _l("Code"),
    "starts": _l("Starts"),
    "ends": _l("Ends"),
    "days": _l("Days"),
    "areas": _l("Areas"),
    "breaks": _l("Breaks"),
    "value": _l("Value"),
}
_SECRETS = {"pin": _l("PIN"), "password": _l("Password"), "code": _l("One-time code"), "badge": _l("Badge")}


@dataclass(frozen=True)
class Names:
    """What stands behind the ids in rows: people where the page is about everybody, areas, records."""

    people: Mapping[int, str]
    areas: Mapping[int, str]
    records: Mapping[int, str]


@pages.page("/people", permission=SEE)
def people() -> str:
    """Show who was added, changed or given a role, by whom and when."""
    names = queries.names()
    return _page(_("What happened to people"), PEOPLE, "", (_("People"), "/people/"), names, _resets(names))


@pages.page("/people/<int:person_id>", permission=SEE)
def person(person_id: int) -> str:
    """Show what happened to one person: roles given and taken, secrets set, wrong ones typed, locks and resets."""
    who = person_of(person_id)
    more = [*_resets({}, person_id), *((run.until, run_line(run)) for run in wrong_runs(person_id))]
    more += other_names(person_id)
    return _page(who.name, PEOPLE, str(person_id), (_("People"), f"/people/{person_id}"), more=more)


def _resets(names: Mapping[int, str], person_id: int | None = None) -> list[Line]:
    """Return the locks that were taken off; with a one-time code the line of that says it, but by the command."""
    return [
        (event.at, reset_line(event, names))
        for event in resets(person_id)
        if event.action != "people:secret:reset" or any(change.new.get("address") for change in event.changes)
    ]


@pages.page("/devices", permission=SEE)
def devices() -> str:
    """Show which devices were enrolled, changed or revoked."""
    return _page(_("What happened to devices"), ("device",), "", (_("Devices"), "/devices"))


@pages.page("/devices/<int:device_id>", permission=SEE)
def device(device_id: int) -> str:
    """Show what happened to one device."""
    return _page(device_of(device_id).name, ("device",), str(device_id), (_("Devices"), "/devices"))


@pages.page("/settings", permission=SEE)
def settings() -> str:
    """Show what was changed of the plant, its areas, stations, shifts and its profile."""
    return _page(_("What happened to the settings"), SETTINGS, "", (_("Settings"), "/settings"))


@pages.page("/exports", permission=SEE)
def exports() -> str:
    """Show who took which records away in bulk."""
    return _page(_("What was exported"), ("export_taken",), "", (_("Settings"), "/settings"))


def _page(
    heading: str,
    tables: tuple[str, ...],
    subject: str,
    crumb: tuple[str, str],
    people: Mapping[int, str] | None = None,
    more: Sequence[Line] = (),
) -> str:
    """Show the acts that changed rows of some tables, with more lines between them by their time."""
    events = timeline_about(tables, lambda change: not subject or subject_of(change) == subject)
    names = Names(people or {}, {area.id: area.name for area in areas(db.session())}, _taken(events))
    lines = [(event.at, _line(event, names)) for event in events]
    later_first = sorted(more, key=_moment_of, reverse=True)
    return render_template(
        "house/trail.html",
        heading_words=heading,
        events=[line for _at, line in heapq.merge(lines, later_first, key=_moment_of, reverse=True)],
        crumb=crumb,
    )


def _moment_of(line: Line) -> datetime:
    return line[0]


_AT_ONCE = 10_000
"""So many keys one statement asks for: databases take no more than some ten thousand."""


def _taken(events: Sequence[Event]) -> dict[int, str]:
    """Return the numbers of the records that were taken away, by their keys."""
    rows = [change.new for event in events for change in event.changes if change.table == "export_taken"]
    ids = sorted({record_id for row in rows for record_id in json.loads(row["records"])})
    found: dict[int, str] = {}
    for start in range(0, len(ids), _AT_ONCE):
        wanted = select(Record.id, Record.number).where(Record.id.in_(ids[start : start + _AT_ONCE]))
        found.update((row.id, row.number) for row in db.session.execute(wanted))
    return found


def subject_of(change: Change) -> str:
    """Return the id of the person or the device that a change is about."""
    row = change.new or change.old
    return str(row.get("person_id", row.get("id", "")))


def _line(event: Event, names: Names) -> dict[str, str]:
    told = [words for change in event.changes if (words := _told(change, names))]
    return {
        "at": moment(event.at),
        "who": event.who or _("The system"),
        "words": act_words(event),
        "kind": "info",
        "detail": " · ".join(part for part in (*dict.fromkeys(told), event.reason) if part),
    }


def _told(change: Change, names: Names) -> str:
    """Say what a row became, beside whose it is where the page is about everybody."""
    row = change.new or change.old
    words = _words(change, row, names)
    whose = names.people.get(int(str(row["person_id"])), "") if "person_id" in row else ""
    return f"{whose}: {words}" if whose and words else words


def _words(change: Change, row: Mapping[str, Any], names: Names) -> str:
    if change.table == "person_role":
        sentence = _("Role taken: %(role)s") if change.op == "delete" else _("Role given: %(role)s")
        return str(sentence % {"role": role_title(Role(str(row["role"])))})
    if change.table == "export_taken":
        return _export_words(row, names)
    if change.table == "secret":
        return str(_SECRETS.get(str(row["kind"]), row["kind"]))
    title = (
        str(TITLES.get(str(row["key"]), row["key"])) if change.table == "plant_setting" else str(row.get("name", ""))
    )
    if change.op == "insert":
        return f"{title}: {row['value']}" if change.table == "plant_setting" else title or str(row.get("code", ""))
    fields = ", ".join(_field(name, change, names) for name in row if name in _FIELDS and _differs(name, change))
    return f"{title}: {fields}" if fields else ""


_ASKED = {
    "kind": _l("Kind"),
    "state": _l("State"),
    "verdict": _l("Verdict"),
    "area": _l("Area"),
    "since": _l("From"),
    "until": _l("To"),
    "q": _l("Search"),
    "account": _l("By the command, as"),
}
_VERDICTS = {
    "pass": _l("Pass"),
    "fail": _l("Fail"),
    "conditional pass": _l("Conditional pass"),
    "conditional fail": _l("Conditional fail"),
}


def _export_words(row: Mapping[str, Any], names: Names) -> str:
    """Say which records were taken, and what the list was narrowed to."""
    ids, asked = json.loads(row["records"]), json.loads(row["asked"])
    narrowed = [f"{_ASKED.get(name, name)}: {_asked_words(name, str(value))}" for name, value in asked.items() if value]
    numbers = dict.fromkeys(names.records[each] for each in ids if each in names.records)
    words = ngettext("%(num)d record", "%(num)d records", len(numbers))
    if len(ids) > len(numbers):
        words += " " + ngettext("in %(num)d version", "in %(num)d versions", len(ids))
    return " · ".join([words, *narrowed, ", ".join(numbers)])


def _asked_words(name: str, value: str) -> str:
    if name == "state":
        return state_words(value)
    if name == "kind":
        return kind_titles().get(value, value)
    if name in {"since", "until"}:
        return day(date.fromisoformat(value))
    return str(_VERDICTS[value]) if name == "verdict" and value in _VERDICTS else value


def _differs(name: str, change: Change) -> bool:
    return bool(change.old.get(name) != change.new.get(name))


def _field(name: str, change: Change, names: Names) -> str:
    before, after = (_shown(name, row.get(name), names) for row in (change.old, change.new))
    return str(
        _("%(field)s from %(before)s to %(after)s", field=_FIELDS[name], before=before, after=after)
        if name != "value"
        else _("from %(before)s to %(after)s", before=before, after=after)
    )


def _shown(name: str, value: object, names: Names) -> str:
    if name == "area_id" and value is not None:
        return names.areas.get(int(str(value)), str(value))
    if name == "active":
        return str(_("yes") if value else _("no"))
    return "–" if value is None or value == "" else str(value)
