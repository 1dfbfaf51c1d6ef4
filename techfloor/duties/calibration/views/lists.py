"""The list of calibrations and the list of gauges."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import render_template, request
from flask_babel import gettext as _

from techfloor import clock
from techfloor.duties.calibration import lists, queries
from techfloor.duties.calibration.lists import Cursor, Line
from techfloor.duties.calibration.views.pages import pages
from techfloor.duties.calibration.views.record import STATE_KINDS, state_words
from techfloor.duties.calibration.views.wording import out_sign, verdict_sign
from techfloor.equipment.lists import HELD, OVERDUE
from techfloor.equipment.queries import list_page as equipment_page
from techfloor.equipment.rules import plant_day
from techfloor.equipment.shapes import Line as GaugeLine
from techfloor.equipment.shapes import Wanted as WantedEquipment
from techfloor.equipment.statuses import Kind, Status
from techfloor.equipment.wording import days_words, signs
from techfloor.places.here import plant
from techfloor.places.queries import areas
from techfloor.store import db
from techfloor.web.show import day, moment
from techfloor.web.visitor import visitor

STATES = (
    queries.IN_PROGRESS,
    queries.PERFORMED,
    queries.CLOSED,
    queries.REJECTED,
    queries.DISCONTINUED,
)


def today() -> date:
    """Return the day it is at the plant."""
    return plant_day(clock.now(), plant().zone)


def tabs(current: str) -> list[dict[str, Any]]:
    """Return the tabs over the lists of this duty, as far as the visitor may open them."""
    found = [
        (_("Calibrations"), "/calibration/", "calibration:read"),
        (_("Gauges"), "/calibration/gauges", "calibration:read"),
        (_("To review"), "/calibration/review", "calibration:review"),
        (_("At the laboratory"), "/calibration/outside", "calibration:outside"),
        (_("Procedures"), "/calibration/procedures", "calibration:procedures"),
    ]
    return [
        {"title": title, "url": url, "current": url == current}
        for title, url, permission in found
        if visitor().may(permission)
    ]


def asked_words() -> str:
    """Return what was typed into the search box."""
    return request.args.get("q", "").strip()[:100]


def address(path: str, **values: str) -> str:
    """Return an address with the values that say something."""
    given = {name: value for name, value in values.items() if value}
    return f"{path}?{urlencode(given)}" if given else path


# --- calibrations ---


@pages.page("/", permission="calibration:read")
def index() -> str:
    """List the calibrations, newest first."""
    state = request.args.get("state", "")
    state = state if state in STATES else ""
    words, at = asked_words(), request.args.get("at", "")
    numbers = lists.found_numbers(words) if words else None
    wanted = lists.Wanted(state, numbers, Cursor.read(at) if at else None)
    page = lists.list_page(wanted)

    def url(cursor: str) -> str:
        return address("/calibration/", state=state, q=words, at=cursor) if cursor else ""

    return render_template(
        "calibration/index.html",
        tabs=tabs("/calibration/"),
        state=state,
        states=[("", _("All")), *((name, state_words(name)) for name in STATES)],
        words=words,
        cut=numbers is not None and len(numbers) == lists.MOST_FOUND,
        rows=[_row(line) for line in page.lines],
        newer=url(page.newer),
        older=url(page.older),
        narrowed=bool(state or words or at),
        may_log=visitor().may("calibration:log"),
    )


def _row(line: Line) -> dict[str, Any]:
    return {
        "number": line.number,
        "url": f"/calibration/{line.number}",
        "performed": performed_words(line),
        "code": line.gauge_code,
        "gauge_url": f"/calibration/gauges/{line.gauge_code}",
        "name": line.gauge_name,
        "by": line.by,
        "worst": line.worst_found or "–",
        "verdict": verdict_sign(line),
        "state_look": STATE_KINDS[line.state],
        "state": "" if line.state in _TOLD_BY_VERDICT else state_words(line.state),
    }


_TOLD_BY_VERDICT = frozenset({queries.IN_PROGRESS, queries.CLOSED, queries.DISCONTINUED})


def performed_words(line: Line | lists.HistoryLine) -> str:
    """Return when it was performed; an outside certificate names a day only."""
    if line.source == "outside":
        return day(plant_day(line.performed_at, plant().zone))
    return moment(line.performed_at)


# --- gauges ---


@dataclass(frozen=True)
class Narrowing:
    """What a visitor asked the list of gauges for, as it stands in the address."""

    area: str
    status: str
    words: str

    def url(self, **more: str) -> str:
        """Return the address of the list with these, and `more` added."""
        return address("/calibration/gauges", **{"area": self.area, "status": self.status, "q": self.words, **more})


def _statuses() -> list[tuple[str, str]]:
    return [
        ("", _("Any")),
        (OVERDUE, _("Overdue")),
        (HELD, _("Held")),
        (Status.SENT_OUT.value, _("Sent out")),
        (Status.CALIBRATE_BEFORE_USE.value, _("Calibrate before use")),
        (Status.LIMITED_USE.value, _("Limited use")),
        (Status.SPARE.value, _("Spare")),
        (Status.RETIRED.value, _("Retired")),
    ]


@pages.page("/gauges", permission="calibration:read")
def gauges() -> str:
    """List the gauges in the order of their codes, with when they are due."""
    places = [(str(area.id), area.name) for area in areas(db.session())]
    area, status = request.args.get("area", ""), request.args.get("status", "")
    asked = Narrowing(
        area=area if area in dict(places) else "",
        status=status if status in dict(_statuses()) else "",
        words=asked_words(),
    )
    now = today()
    wanted = WantedEquipment(Kind.GAUGE.value, now, int(asked.area) if asked.area else None, asked.status, asked.words)
    page = equipment_page(wanted, after=_code("after"), before=_code("before"))
    return render_template(
        "calibration/gauges.html",
        tabs=tabs("/calibration/gauges"),
        asked=asked,
        areas=[("", _("All areas")), *places],
        statuses=_statuses(),
        rows=[_gauge_row(line, now) for line in page.lines],
        before=asked.url(before=page.before) if page.before else "",
        after=asked.url(after=page.after) if page.after else "",
        narrowed=bool(asked.area or asked.status or asked.words),
        may_add=visitor().may("equipment:measure"),
    )


def _code(name: str) -> str:
    return request.args.get(name, "")[:40].upper()


def _gauge_row(line: GaugeLine, now: date) -> dict[str, Any]:
    shown = signs(line.status, line.hold, line.due, now, dated=True)
    if line.status == Status.SENT_OUT:
        shown = [sign for sign in shown if sign.look == "hold"] + [out_sign(line.expected_back, now)]
    return {
        "code": line.code,
        "url": f"/calibration/gauges/{line.code}",
        "name": line.name,
        "sort": line.sort,
        "place": ", ".join(part for part in (line.area, line.station) if part) or "–",
        "due": day(line.due) if line.due else "–",
        "left": days_words(line.due, now) if line.due else "",
        "signs": shown,
    }
