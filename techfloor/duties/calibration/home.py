"""What the calibration duty puts on the home page, and what a scanned gauge opens."""

from datetime import date, timedelta

from flask import g
from flask_babel import gettext as _
from flask_babel import ngettext

from techfloor.duties.calibration import queries, waiting
from techfloor.duties.calibration.gauges import gauge_by_code
from techfloor.places.here import today as plant_day
from techfloor.records import reviewing
from techfloor.refusals import NotFound
from techfloor.web.duty import Tile
from techfloor.web.show import day, moment
from techfloor.web.visitor import Visitor

SOON_DAYS = 14
REVIEWS_SHOWN = 10


def gauge_url(code: str) -> str:
    """Return the page of a gauge."""
    return f"/calibration/gauges/{code}"


def for_code(code: str, visitor: Visitor) -> str | None:
    """Return the one action due now on a gauge: go on with its calibration, start it when due, or its page."""
    try:
        gauge = gauge_by_code(code)
    except NotFound:
        return None
    if not visitor.may("calibration:log") or gauge.calibrated_by != waiting.IN_HOUSE:
        return gauge_url(gauge.code)
    number = queries.open_on_gauge(gauge.id)
    if number is not None:
        return f"/calibration/{number}/next"
    today = plant_day()
    due_soon = gauge.due is None or gauge.due <= today + timedelta(days=SOON_DAYS)
    if due_soon and gauge.status in waiting.CALIBRATED and not gauge.held:
        return f"/calibration/start/{gauge.code}"
    return gauge_url(gauge.code)


def tiles(visitor: Visitor) -> list[Tile]:
    """Return what is due for a person: reviews, their own calibrations under way, the gauges of their area."""
    return [*_to_review(visitor), *_to_calibrate(visitor), *_to_send_out(visitor)]


def _to_review(visitor: Visitor) -> list[Tile]:
    """Return what waits for a review by this person; who had a hand in it does not see it where two must sign."""
    if not visitor.may("calibration:review"):
        return []
    lines = waiting.waiting_for_review(
        visitor.person_id, two_persons=reviewing.two_persons(g.plant), limit=REVIEWS_SHOWN
    )
    return [
        Tile(
            title=_("Review %(code)s %(name)s", code=line.gauge_code, name=line.gauge_name),
            detail=f"{line.number} · {line.by}",
            url=f"/calibration/{line.number}/review",
            action=_("Review"),
            urgency="waiting",
            code=line.gauge_code,
            order=line.performed_at.isoformat(),
        )
        for line in lines
    ]


def _to_calibrate(visitor: Visitor) -> list[Tile]:
    if not visitor.may("calibration:log"):
        return []
    today = plant_day()
    made = [_resume(line) for line in waiting.in_progress_of(visitor.person_id)]
    mine = {tile.code for tile in made}
    for gauge in waiting.due_gauges(today + timedelta(days=SOON_DAYS), visitor.area_id):
        if gauge.code in mine:
            continue
        url = f"/calibration/{gauge.open_number}/next" if gauge.open_number else f"/calibration/start/{gauge.code}"
        made.append(_due(gauge, today, url, _("Resume") if gauge.open_number else _("Start")))
    return made


def _to_send_out(visitor: Visitor) -> list[Tile]:
    """Return the gauges that a laboratory calibrates; one whose certificate is being read is not sent again."""
    if not visitor.may("calibration:outside"):
        return []
    today = plant_day()
    found = waiting.due_gauges(today + timedelta(days=SOON_DAYS), visitor.area_id, outside=True)
    return [
        _due(gauge, today, f"{gauge_url(gauge.code)}/send-out", _("Send out"))
        for gauge in found
        if gauge.open_number is None
    ]


def _due(gauge: waiting.DuePoint, today: date, url: str, action: str) -> Tile:
    late = (today - gauge.due).days if gauge.due else None
    return Tile(
        title=gauge.name,
        detail=_due_words(late, day(gauge.due)) if gauge.due and late is not None else _("Calibrate: never calibrated"),
        url=url,
        action=action,
        urgency="overdue" if late is None or late > 0 else "today" if late == 0 else "soon",
        code=gauge.code,
        order=gauge.due.isoformat() if gauge.due else "",
    )


def _resume(line: waiting.UnderWay) -> Tile:
    return Tile(
        title=line.name,
        detail=_("Go on with %(number)s, begun %(moment)s", number=line.number, moment=moment(line.opened_at)),
        url=f"/calibration/{line.number}/next",
        action=_("Resume"),
        urgency="today",
        code=line.code,
        order=line.opened_at.isoformat(),
    )


def _due_words(late: int, due: str) -> str:
    if late > 0:
        words = ngettext("%(num)d day late", "%(num)d days late", late)
        return str(_("Calibrate: due %(day)s · %(late)s", day=due, late=words))
    if late == 0:
        return str(_("Calibrate: due today"))
    return str(_("Calibrate: due %(day)s", day=due))
