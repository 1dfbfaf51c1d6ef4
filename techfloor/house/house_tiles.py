"""What is due for a person: of all duties, and in the house itself for who looks after its people."""

from datetime import timedelta

from flask_babel import gettext as _

from techfloor import clock
from techfloor.house import due
from techfloor.house.access_pages import REVIEW
from techfloor.house.job_pages import progress_words
from techfloor.house.keepers import record_url
from techfloor.house.running import running
from techfloor.people import queries
from techfloor.places.here import plant, today
from techfloor.records import access_review, tasks
from techfloor.reports import jobs
from techfloor.web.duty import Tile
from techfloor.web.show import day
from techfloor.web.visitor import Visitor

SOON = timedelta(days=14)


def tiles_for(who: Visitor) -> list[Tile]:
    """Return all that is due for a person and their area: of the duties, of the house, tasks, and who is locked out."""
    tiles = [tile for duty in running().duties for tile in duty.tiles(who)]
    tiled = [kind for duty in running().duties for kind in duty.tiled_tasks]
    tiles += house_tiles(who)
    tiles += due.task_tiles(
        tasks.open_for(tasks.Doer(who.person_id, who.permissions, who.area_id, today()), besides=tiled), record_url
    )
    if who.may("people:unlock"):
        tiles += due.lock_tiles(queries.locked_people(clock.now()))
    return tiles


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
