"""What of the studies stands on the home page, and what is offered on a gauge."""

from flask_babel import gettext as _

from techfloor import clock
from techfloor.duties.gauge_studies import queries
from techfloor.duties.gauge_studies.permissions import AMEND
from techfloor.duties.gauge_studies.queries import Waiting
from techfloor.equipment.statuses import Kind
from techfloor.places.here import plant
from techfloor.said import word
from techfloor.web.duty import Lead, Offer, Tile
from techfloor.web.visitor import Visitor


def for_code(_code: str, _visitor: Visitor) -> Lead | None:
    """Return nothing: who scans a gauge wants to use it, and finds a study on the home page."""
    return None


def offers(code: str, kind: str, visitor: Visitor) -> list[Offer]:
    """Return the way to the studies of a gauge, for who sets them up."""
    if kind != Kind.GAUGE or not visitor.may("studies:set-up"):
        return []
    return [Offer(_("Gauge studies"), f"/studies/gauges/{code}")]


def tiles(visitor: Visitor) -> list[Tile]:
    """Return the studies in which a person has to measure, and for who evaluates them those of which all is in,
    and what is being amended.
    """
    return [*_to_measure(visitor), *_to_evaluate(visitor), *_to_amend(visitor)]


def _to_measure(visitor: Visitor) -> list[Tile]:
    if not visitor.may("studies:measure"):
        return []
    return [
        _tile(each, f"/studies/{each.number}/next", _("Measure"), _("%(n)s of %(m)s", n=each.given, m=each.wanted))
        for each in queries.waiting_for(visitor.person_id)
    ]


def _to_evaluate(visitor: Visitor) -> list[Tile]:
    if not visitor.may("studies:set-up"):
        return []
    now = clock.now()
    return [
        _tile(each, f"/studies/{each.number}/check", _("Evaluate"), _("all values are in"))
        for each in queries.waiting_for_signature()
        if queries.may_evaluate(queries.study(each.number), visitor.person_id, plant(), now)
    ]


def _to_amend(visitor: Visitor) -> list[Tile]:
    if not visitor.may(AMEND):
        return []
    return [
        Tile(
            title=each.gauge_name,
            detail=_("Amendment of %(number)s, begun by %(name)s", number=each.number, name=each.by),
            url=f"/studies/{each.number}/amendment",
            action=_("Go on"),
            urgency="waiting",
            code=each.code,
            order=f"1 {each.number}",
        )
        for each in queries.amendments()
    ]


def _tile(each: Waiting, url: str, action: str, how_far: str) -> Tile:
    return Tile(
        title=each.gauge_name,
        detail=f"{word(each.sort, 'study-sort')} {each.number} · {how_far}",
        url=url,
        action=action,
        urgency="waiting",
        code=each.code,
        order=f"1 {each.number}",
    )
