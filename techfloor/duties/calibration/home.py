"""What the calibration duty puts on the home page, and what a scanned gauge opens."""

from dataclasses import replace
from datetime import date, timedelta

from flask import g
from flask_babel import gettext as _
from flask_babel import ngettext

from techfloor.duties.calibration.actions import drafting
from techfloor.duties.calibration.permissions import INTERVALS
from techfloor.duties.calibration.queries import intervals as interval_history
from techfloor.duties.calibration.queries import records as queries
from techfloor.duties.calibration.queries import waiting
from techfloor.duties.calibration.queries.gauges import IN_HOUSE, gauge_by_code, without_procedure
from techfloor.equipment.statuses import FALLS_DUE
from techfloor.places.here import today as plant_day
from techfloor.refusals import NotFound
from techfloor.web.duty import Lead, Tile
from techfloor.web.show import day, moment
from techfloor.web.visitor import Visitor

SOON_DAYS = 14
REVIEWS_NAMED = 3
GAUGES_SHOWN = 20


def gauge_url(code: str) -> str:
    """Return the page of a gauge."""
    return f"/calibration/gauges/{code}"


def for_code(code: str, visitor: Visitor) -> Lead | None:
    """Return the one action due now on a gauge: go on with its calibration, start it when due, or its page."""
    try:
        gauge = gauge_by_code(code)
    except NotFound:
        return None
    if not visitor.may("calibration:log") or gauge.calibrated_by != IN_HOUSE:
        return Lead(gauge_url(gauge.code))
    number = queries.open_on_gauge(gauge.id)
    if number is not None:
        return Lead(f"/calibration/{number}/next", "today")
    today = plant_day()
    due_soon = gauge.due is None or gauge.due <= today + timedelta(days=SOON_DAYS)
    if due_soon and gauge.status in FALLS_DUE and not gauge.held:
        return Lead(f"/calibration/start/{gauge.code}", _urgency(gauge.due, today))
    return Lead(gauge_url(gauge.code))


def _urgency(due: date | None, today: date) -> str:
    """Return how urgent a calibration is; one that never was is late."""
    if due is None or due < today:
        return "overdue"
    return "today" if due == today else "soon"


def tiles(visitor: Visitor) -> list[Tile]:
    """Return what is due for a person: reviews, their own calibrations under way, the gauges of their area, drafts."""
    return [
        *_to_review(visitor),
        *_to_calibrate(visitor),
        *_to_send_out(visitor),
        *_drafts(visitor),
        *_to_decide(visitor),
        *_without_procedure(visitor),
    ]


def _drafts(visitor: Visitor) -> list[Tile]:
    """Return the drafts of procedures: each waits for an approval, or for the rest of it."""
    if not visitor.may("calibration:procedures"):
        return []
    return [
        Tile(
            title=draft.procedure.title,
            detail=_("Procedure, version %(version)s: a draft", version=draft.procedure.version),
            url=f"/calibration/procedures/{draft.procedure.code}/draft",
            action=_("Look"),
            urgency="waiting",
            code=draft.procedure.code,
        )
        for draft in drafting.drafts()
    ]


def _to_decide(visitor: Visitor) -> list[Tile]:
    """Return that the results ask for other intervals, for who decides on them."""
    count = interval_history.proposals() if visitor.may(INTERVALS) else 0
    if not count:
        return []
    title = ngettext(
        "Another interval is proposed for %(num)d gauge", "Other intervals are proposed for %(num)d gauges", count
    )
    return [Tile(title, _("Nothing changes before you sign."), "/calibration/intervals", _("Look"), "waiting")]


def _without_procedure(visitor: Visitor) -> list[Tile]:
    """Return that gauges cannot be calibrated yet, for who chooses their procedures."""
    codes = without_procedure() if visitor.may("calibration:procedures") else []
    if not codes:
        return []
    title = ngettext("%(num)d gauge has no procedure yet", "%(num)d gauges have no procedure yet", len(codes))
    named = ", ".join(codes[:6]) + ("…" if codes[6:] else "")
    detail = _("%(codes)s: without one there is no calibration.", codes=named)
    return [Tile(title, detail, f"{gauge_url(codes[0])}/procedure", _("Choose"), "waiting")]


def _to_review(visitor: Visitor) -> list[Tile]:
    """Return what waits for a review by this person; who had a hand in it does not see it where two must sign.

    A few stand there by name. Of many, one line says how many, and the worst stand beside it by name.
    """
    if not visitor.may("calibration:review"):
        return []
    lines = waiting.waiting_for_review(visitor.person_id, g.plant, limit=REVIEWS_NAMED + 1)
    if len(lines) <= REVIEWS_NAMED:
        return [_review(line) for line in lines]
    count, failed = waiting.review_counts(visitor.person_id, g.plant)
    named = [replace(_review(line), count=0) for line in lines[:REVIEWS_NAMED] if line.failed]
    return [_reviews(count, failed), *named]


def _reviews(count: int, failed: int) -> Tile:
    return Tile(
        title=ngettext("%(num)d calibration waits for your review", "%(num)d calibrations wait for your review", count),
        detail=_("%(failed)s of them failed", failed=failed) if failed else _("None of them failed"),
        url="/calibration/review",
        action=_("All reviews"),
        urgency="waiting",
        count=count,
    )


def _review(line: waiting.Waiting) -> Tile:
    failed = f"{_('Failed')} · " if line.failed else ""
    return Tile(
        title=_("Review %(code)s %(name)s", code=line.gauge_code, name=line.gauge_name),
        detail=f"{failed}{line.number} · {line.by}",
        url=f"/calibration/{line.number}/review",
        action=_("Review"),
        urgency="waiting",
        code=line.gauge_code,
        order=f"{'0' if line.failed else '1'} {line.performed_at.isoformat()}",
    )


def _to_calibrate(visitor: Visitor) -> list[Tile]:
    if not visitor.may("calibration:log"):
        return []
    today = plant_day()
    under_way = waiting.in_progress_of(visitor.person_id)
    made = [_resume(line) for line in under_way]
    mine = {line.code for line in under_way if line.version == 1}  # an amendment calibrates nothing
    for gauge in _due_here(visitor, today):
        if gauge.code in mine:
            continue
        url = f"/calibration/{gauge.open_number}/next" if gauge.open_number else f"/calibration/start/{gauge.code}"
        made.append(_due(gauge, today, url, _("Resume") if gauge.open_number else _("Start")))
    return made + _the_others(visitor, today, made)


def _to_send_out(visitor: Visitor) -> list[Tile]:
    """Return the gauges that a laboratory calibrates; one whose certificate is being read is not sent again."""
    if not visitor.may("calibration:outside"):
        return []
    today = plant_day()
    made = [
        _due(gauge, today, f"{gauge_url(gauge.code)}/send-out", _("Send out"))
        for gauge in _due_here(visitor, today, outside=True)
        if gauge.open_number is None
    ]
    return made + _the_others(visitor, today, made, outside=True)


def _due_here(visitor: Visitor, today: date, *, outside: bool = False) -> list[waiting.DuePoint]:
    until = today + timedelta(days=SOON_DAYS)
    return waiting.due_gauges(until, visitor.area_id, outside=outside, limit=GAUGES_SHOWN)


def _the_others(visitor: Visitor, today: date, made: list[Tile], *, outside: bool = False) -> list[Tile]:
    """Return the one line that ends a list which was cut, with the way to all of them."""
    if len(made) < GAUGES_SHOWN:
        return []
    count = waiting.due_count(today + timedelta(days=SOON_DAYS), visitor.area_id, outside=outside)
    if count <= GAUGES_SHOWN:
        return []
    last, area = made[-1], f"&area={visitor.area_id}" if visitor.area_id else ""
    return [
        Tile(
            title=_("%(all)s gauges are due, %(shown)s of them stand here", all=count, shown=GAUGES_SHOWN),
            detail=_("To send out") if outside else _("To calibrate"),
            url=f"/calibration/gauges?status={'overdue' if last.urgency == 'overdue' else ''}{area}",
            action=_("All gauges"),
            urgency=last.urgency,
            order=f"{last.order}~",
            count=count - GAUGES_SHOWN,
        )
    ]


def _due(gauge: waiting.DuePoint, today: date, url: str, action: str) -> Tile:
    late = (today - gauge.due).days if gauge.due else None
    due = _due_words(late, day(gauge.due)) if gauge.due and late is not None else _("Calibrate: never calibrated")
    return Tile(
        title=gauge.name,
        detail=f"{_('Held: out of tolerance')} · {due}" if gauge.held else due,
        url=url,
        action=action,
        urgency=_urgency(gauge.due, today),
        code=gauge.code,
        order=gauge.due.isoformat() if gauge.due else "",
    )


def _resume(line: waiting.UnderWay) -> Tile:
    return Tile(
        title=line.name,
        detail=_begun_words(line),
        url=f"/calibration/{line.number}/next",
        action=_("Resume"),
        urgency="today",
        code=line.code,
        order=line.opened_at.isoformat(),
    )


def _begun_words(line: waiting.UnderWay) -> str:
    number, begun = line.number, moment(line.opened_at)
    if line.version > 1:
        return str(_("Go on amending %(number)s, begun %(moment)s", number=number, moment=begun))
    return str(_("Go on with %(number)s, begun %(moment)s", number=number, moment=begun))


def _due_words(late: int, due: str) -> str:
    if late > 0:
        words = ngettext("%(num)d day late", "%(num)d days late", late)
        return str(_("Calibrate: due %(day)s · %(late)s", day=due, late=words))
    if late == 0:
        return str(_("Calibrate: due today"))
    return str(_("Calibrate: due %(day)s", day=due))
