"""What of the checks stands on the home page, what a scanned code opens, and what is offered on a gauge."""

from datetime import date

from flask_babel import gettext as _

from techfloor import clock
from techfloor.duties.in_use_checks import queries
from techfloor.duties.in_use_checks.queries import CheckedGauge
from techfloor.equipment.queries import gauge_view
from techfloor.equipment.statuses import FALLS_DUE, Kind
from techfloor.places.here import plant
from techfloor.places.here import today as plant_day
from techfloor.said import in_words
from techfloor.web.duty import Lead, Offer, Tile
from techfloor.web.show import day, moment
from techfloor.web.visitor import Visitor


def gauge_url(code: str) -> str:
    """Return the page of a gauge's checks."""
    return f"/checks/gauges/{code}"


def for_code(code: str, visitor: Visitor) -> Lead | None:
    """Return the check of a gauge that is due now; nothing for one that is not, or is not used, or is held."""
    found = queries.check_of(code) if visitor.may("checks:log") else None
    if found is None or not queries.is_due(found, clock.now(), plant()):
        return None
    gauge = gauge_view(found.gauge_code)
    if gauge.holds or gauge.item.status not in FALLS_DUE:
        return None
    return Lead(f"{gauge_url(found.gauge_code)}/now", "today")


def offers(code: str, kind: str, visitor: Visitor) -> list[Offer]:
    """Return the ways to the checks of a gauge, for gauges that are checked; to set one up, for who does."""
    if kind != Kind.GAUGE:
        return []
    found = queries.newest(code)
    if found is None or found.check.ended:
        return _to_set_up(code, visitor) if found is None else _to_look(code, visitor)
    again = queries.to_try_again(found.gauge_id, found.check.series) is not None
    caution = _("Outside in its check: try once more") if again else ""
    return [*_to_look(code, visitor, caution), *_to_check(code, visitor)]


def _to_look(code: str, visitor: Visitor, caution: str = "") -> list[Offer]:
    return [Offer(_("Checks in use"), gauge_url(code), caution)] if visitor.may("checks:read") else []


def _to_check(code: str, visitor: Visitor) -> list[Offer]:
    return [Offer(_("Check now"), f"{gauge_url(code)}/now")] if visitor.may("checks:log") else []


def _to_set_up(code: str, visitor: Visitor) -> list[Offer]:
    if not visitor.may("checks:set-up"):
        return []
    return [Offer(_("Set up a check in use"), f"{gauge_url(code)}/set-up")]


def tiles(visitor: Visitor) -> list[Tile]:
    """Return the gauges of a person's area that are to be checked, and for quality those that failed."""
    return [*_to_decide(visitor), *_due(visitor)]


def _to_decide(visitor: Visitor) -> list[Tile]:
    if not visitor.may("checks:decide"):
        return []
    return [
        Tile(
            title=in_words(line.words),
            detail=moment(line.raised_at),
            url=gauge_url(line.code),
            action=_("Look"),
            urgency="waiting",
            code=line.code,
            order=f"0 {line.raised_at.isoformat()}",
        )
        for line in queries.failed_gauges()
    ]


def _due(visitor: Visitor) -> list[Tile]:
    if not visitor.may("checks:log"):
        return []
    today = plant_day()
    lines = queries.checked_gauges(visitor.area_id, due_until=today)
    return [_tile(line, today) for line in lines if not line.held and queries.is_due(line.found, clock.now(), plant())]


def _tile(line: CheckedGauge, today: date) -> Tile:
    assert line.due is not None
    found, late = line.found, line.due < today
    words = _("Check in use: due %(day)s", day=day(line.due)) if late else _("Check in use: due now")
    return Tile(
        title=found.gauge_name,
        detail=f"{words} · {found.check.applied_words}",
        url=f"{gauge_url(found.gauge_code)}/now",
        action=_("Check"),
        urgency="overdue" if late else "today",
        code=found.gauge_code,
        order=f"{line.due.isoformat()} {found.gauge_code}",
    )
