"""What is due in the house itself, for who looks after its people."""

from datetime import timedelta

from flask_babel import gettext as _

from techfloor.house.access_pages import REVIEW
from techfloor.house.job_pages import progress_words
from techfloor.people import queries
from techfloor.places.here import plant, today
from techfloor.records import access_review
from techfloor.reports import jobs
from techfloor.web.duty import Tile
from techfloor.web.show import day
from techfloor.web.visitor import Visitor

SOON = timedelta(days=14)


def house_tiles(who: Visitor) -> list[Tile]:
    """Return whose last day comes soon, for who could make it later; and that the review of access is due."""
    leaving = _leaving() if who.may("people:manage") else []
    return [*_jobs(who), *leaving, *(_access_review() if who.may(REVIEW) else [])]


def _jobs(who: Visitor) -> list[Tile]:
    """Return the work in the background that they asked for, while it goes on and until they have printed it."""
    return [
        Tile(
            str(jobs.kind_named(each.kind).title),
            progress_words(each),
            f"/jobs/{each.id}",
            _("Open"),
            "soon" if not each.ended else "waiting",
            order=each.asked_at.isoformat(),
        )
        for each in jobs.unseen(who.person_id)
    ]


def _access_review() -> list[Tile]:
    since = access_review.due_since(plant(), today())
    if since is None:
        return []
    title, detail = _("Review who may come in"), _("due since %(day)s", day=day(since))
    return [Tile(title, detail, "/people/access", _("Open"), "soon", order=since.isoformat())]


def _leaving() -> list[Tile]:
    now = today()
    return [
        Tile(
            _("%(name)s signs in until %(day)s", name=name, day=day(last)),
            _("Make it later where it should be, or leave it."),
            f"/people/{person_id}/edit",
            _("Open"),
            "soon",
            order=last.isoformat(),
            count=0,
        )
        for person_id, name, last in queries.leaving(now, now + SOON)
    ]
