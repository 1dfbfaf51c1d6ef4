"""The list of calibrations and the list of gauges."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

from flask import Response, render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from techfloor import clock
from techfloor.duties.calibration.permissions import INTERVALS
from techfloor.duties.calibration.queries import intervals as interval_history
from techfloor.duties.calibration.queries import lists
from techfloor.duties.calibration.queries import records as queries
from techfloor.duties.calibration.queries.lists import Line
from techfloor.duties.calibration.rules.intervals import Method
from techfloor.duties.calibration.views.pages import pages
from techfloor.duties.calibration.views.shown import verdict_words
from techfloor.duties.calibration.views.wording import out_sign, verdict_sign
from techfloor.equipment.lists import DUE, HELD, OVERDUE
from techfloor.equipment.narrowing import area_choices, narrowed_to, no_equipment
from techfloor.equipment.queries import list_page as equipment_page
from techfloor.equipment.rules import plant_day
from techfloor.equipment.shapes import Line as GaugeLine
from techfloor.equipment.statuses import Kind, Status
from techfloor.equipment.wording import days_words, signs
from techfloor.places.here import plant, today
from techfloor.records.lifecycle import State
from techfloor.records.wording import state_look, state_words
from techfloor.reports import exporting
from techfloor.reports.lists_out import addresses
from techfloor.reports.written_out import MOST
from techfloor.store import search
from techfloor.web.duty import Performed
from techfloor.web.lists import Asked, Empty, Filter, Tab, address, asked, listing, tabs
from techfloor.web.pages import Page, see
from techfloor.web.show import day, moment
from techfloor.web.visitor import by_whom, visitor


def own_tabs(current: str) -> list[Tab]:
    """Return the tabs over the lists of this duty, as far as the visitor may open them."""
    found = [
        (_("Calibrations"), "/calibration/", "calibration:read"),
        (_("Gauges"), "/calibration/gauges", "calibration:read"),
        (_("To review"), "/calibration/review", "calibration:see-reviews"),
        (_("At the laboratory"), "/calibration/outside", "calibration:outside"),
        (_("Procedures"), "/calibration/procedures", _or_sees("calibration:procedures")),
        *([] if _no_intervals() else [(_("Intervals"), "/calibration/intervals", _or_sees(INTERVALS))]),
    ]
    return tabs(found, current)


def _or_sees(permission: str) -> str:
    """Return what opens a tab to who works there, else to who sees what waits: the pages may be read by everybody."""
    return permission if visitor().may(permission) else "calibration:see-reviews"


def _no_intervals() -> bool:
    """Tell whether this plant has no use for proposals: it never meets their page."""
    return interval_history.method_of(plant()) is Method.NONE


# --- calibrations ---


@pages.page("/", permission="calibration:read")
def index() -> str:
    """List the calibrations, newest first."""
    wanted = asked_for()
    numbers = lists.found_numbers(wanted.words) if wanted.words else None
    page = lists.list_page(narrowed(wanted, numbers))
    cut = numbers is not None and len(numbers) == search.MOST_FOUND
    return render_template(
        "calibration/index.html",
        tabs=own_tabs("/calibration/"),
        list=listing(
            wanted,
            page,
            [_row(line) for line in page.lines],
            empty=_no_calibrations(),
            none_fits=_("No calibration fits. Choose less, or look at the whole list."),
            note=_("Only the newest 200 that fit are shown. Type more of the number, the gauge or the serial.")
            if cut
            else "",
        ),
        may_log=visitor().may("calibration:log"),
        export_url=address("/calibration/export", **wanted.values, q=wanted.words)
        if visitor().may("calibration:export")
        else "",
        out=addresses(wanted, "/calibration"),
        certificates_url=address("/calibration/certificates", **wanted.values, q=wanted.words)
        if visitor().may("calibration:issue")
        else "",
    )


def asked_for() -> Asked:
    """Read what the list of calibrations is asked for."""
    states = [("", _("All")), *((state.value, state_words(state)) for state in State)]
    return asked(
        "/calibration/",
        Filter("state", _("State"), states),
        Filter("verdict", _("Verdict"), [("", _("Any")), *((each, verdict_words(each)) for each in _VERDICTS)]),
        Filter("area", _("Area"), area_choices()),
        Filter("since", _("From")),
        Filter("until", _("To")),
    )


@pages.act(
    "/export", permission="calibration:export", action="reports:records:export", title=_l("Records taken away in bulk")
)
def export() -> Page:
    """Keep who takes away what the list shows, on all its pages, and go on to the archive."""
    wanted = asked_for()
    numbers = lists.found_numbers(wanted.words) if wanted.words else None
    ids = lists.fitting_ids(narrowed(wanted, numbers), MOST)
    taken = exporting.take(queries.KIND, ids, in_words(wanted), found=numbers, **by_whom())
    return see(f"/calibration/exports/{taken.id}.zip")


def in_words(wanted: Asked) -> dict[str, str]:
    """Return what the list was asked for as it is kept: an area by its name, for its id says nothing later."""
    areas = dict(area_choices())
    return {**wanted.values, "area": areas.get(wanted["area"], "") if wanted["area"] else "", "q": wanted.words}


@pages.page("/exports/<int:export_id>.zip", permission="calibration:export")
def exported(export_id: int) -> Response:
    """Send the archive to who took it."""
    return exporting.served(queries.KIND, export_id, visitor().person_id, visitor().name)


_VERDICTS = ("pass", "fail", "conditional pass", "conditional fail")


def narrowed(wanted: Asked, numbers: tuple[str, ...] | None) -> lists.Wanted:
    """Return what the page asks the list for; its days begin and end at the plant's midnight."""

    def begins(name: str, later: int = 0) -> datetime | None:
        if not wanted[name]:
            return None
        return clock.midnight(date.fromisoformat(wanted[name]) + timedelta(days=later), plant().zone)

    return lists.Wanted(
        wanted["state"],
        numbers,
        wanted.at,
        verdict=wanted["verdict"],
        area=int(wanted["area"]) if wanted["area"] else None,
        since=begins("since"),
        until=begins("until", later=1),
    )


def _no_calibrations() -> Empty:
    words = _("No calibrations yet. They stand here as soon as the first one is begun.")
    if visitor().may("calibration:log"):
        words = _("No calibrations yet. Choose a gauge, or scan its label, and log the first one.")
    return Empty("calibration", words, _("Choose a gauge"), "/calibration/gauges")


def _row(line: Line) -> dict[str, Any]:
    return {
        "number": line.number,
        "version": version_words(line.version),
        "url": f"/calibration/{line.number}",
        "performed": performed_words(line),
        "code": line.gauge_code,
        "gauge_url": f"/calibration/gauges/{line.gauge_code}",
        "name": line.gauge_name,
        "by": by_words(line),
        "worst": line.worst_found or "–",
        "verdict": verdict_sign(line),
        "state_look": state_look(line.state),
        "state": "" if line.state in _TOLD_BY_VERDICT else state_words(line.state),
    }


_TOLD_BY_VERDICT = frozenset({queries.IN_PROGRESS, queries.CLOSED, queries.DISCONTINUED, queries.REJECTED})


def version_words(version: int) -> str:
    """Return "version 2", '' for a first one."""
    return _("version %(version)s", version=version) if version > 1 else ""


def by_words(line: Line | lists.HistoryLine | lists.DoneBy) -> str:
    """Return who performed it, a laboratory by its name, and who typed it in where that came from paper."""
    if not line.typist:
        return line.by
    return str(_("%(name)s, from paper, entered by %(typist)s", name=line.by, typist=line.typist))


def performed_otherwise(record_ids: Collection[int]) -> dict[int, Performed]:
    """Say who performed what a laboratory did, or what came from paper; a laboratory names a day without a time."""
    zone = plant().zone
    return {
        line.record_id: Performed(by_words(line), plant_day(line.performed_at, zone) if line.outside else None)
        for line in lists.done_by_others(record_ids)
    }


def performed_words(line: Line | lists.HistoryLine) -> str:
    """Return when it was performed; an outside certificate names a day only."""
    if line.source == "outside":
        return day(plant_day(line.performed_at, plant().zone))
    return moment(line.performed_at)


# --- gauges ---


def _statuses() -> list[tuple[str, str]]:
    return [
        ("", _("Any")),
        (OVERDUE, _("Overdue")),
        (DUE, _("Overdue or due in 30 days")),
        (HELD, _("Held")),
        (Status.SENT_OUT.value, _("Sent out")),
        (Status.CALIBRATE_BEFORE_USE.value, _("Calibrate before use")),
        (Status.LIMITED_USE.value, _("Limited use")),
        (Status.SPARE.value, _("Spare")),
        (Status.RETIRED.value, _("Retired")),
    ]


def asked_for_gauges() -> Asked:
    """Read what the list of gauges is asked for."""
    return asked(
        "/calibration/gauges",
        Filter("area", _("Area"), area_choices()),
        Filter("status", _("Status"), _statuses()),
    )


@pages.page("/gauges", permission="calibration:read")
def gauges() -> str:
    """List the gauges in the order of their codes, with when they are due."""
    wanted = asked_for_gauges()
    now = today()
    page = equipment_page(narrowed_to(Kind.GAUGE, wanted, now))
    may_add = visitor().may("equipment:measure")
    forms = address("/calibration/paper-forms.pdf", **wanted.values, q=wanted.words, at=wanted.at)
    return render_template(
        "calibration/gauges.html",
        forms_url=forms if visitor().may("calibration:log") and page.lines else "",
        tabs=own_tabs("/calibration/gauges"),
        list=listing(
            wanted,
            page,
            [_gauge_row(line, now) for line in page.lines],
            empty=no_equipment(Kind.GAUGE, may_add=may_add),
            none_fits=_("No gauge fits. Choose less, or look at the whole list."),
            neighbours=(_("Codes before"), _("Codes after")),
        ),
        out=addresses(wanted, "/calibration/gauges"),
        labels_url=address("/equipment/labels", kind=Kind.GAUGE, **wanted.values, q=wanted.words)
        if visitor().may("equipment:label")
        else "",
    )


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
