"""Work that goes on in the background: how far it is, what could not be done, and what it made."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Response, current_app, render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from techfloor.house.keepers import record_url
from techfloor.refusals import NotFound
from techfloor.reports import jobs, lists_long
from techfloor.reports.job_runner import wake_afterwards
from techfloor.reports.jobs import AGAIN, Kind, LineState, Progress
from techfloor.web.access import permission
from techfloor.web.forms import refusal_text
from techfloor.web.pages import Page, Pages, see
from techfloor.web.show import day, moment
from techfloor.web.visitor import by_whom, visitor

pages = Pages("jobs", __name__, url_prefix="/jobs")

ASK = "house:jobs"
PERMISSIONS = (
    permission(
        ASK,
        "Have work done in the background",
        "technician",
        "supervisor",
        "trainer",
        "quality",
        "auditor",
        "administrator",
    ),
)
lists_long.declare(ASK)

SHOWN = 100
"""Lines of a kind on the page; more are counted."""


@pages.page("", permission=ASK)
def index() -> str:
    """List what this person had done in the background."""
    return render_template("house/jobs.html", rows=[_row(each) for each in jobs.newest_of(visitor().person_id)])


def _row(found: Progress) -> dict[str, Any]:
    return {
        "url": f"/jobs/{found.id}",
        "title": jobs.kind_named(found.kind).title,
        "asked_at": found.asked_at,
        "words": progress_words(found),
        "look": "info" if not found.ended else "fail" if found.failed else "pass",
    }


def progress_words(found: Progress) -> str:
    """Say how far a job is: "42 of 200 done"."""
    words = _("%(done)s of %(total)s done", done=found.done, total=found.total)
    if found.failed:
        words = _("%(words)s, %(failed)s could not be done", words=words, failed=found.failed)
    if found.stopped:
        words = _("%(words)s, %(stopped)s stopped", words=words, stopped=found.stopped)
    return str(words)


@pages.page("/<int:job_id>", permission=ASK)
def show(job_id: int) -> str:
    """Show how far a job is; the page looks again by itself until it has ended."""
    found = _mine(job_id)
    kind, taken = jobs.kind_named(found.kind), jobs.taken(job_id)
    return render_template(
        "house/job.html",
        job=found,
        title=kind.title,
        whole=kind.whole,
        words=progress_words(found),
        asked=", ".join(_told(kind, found.asked)),
        undone=[_undone(row) for row in jobs.lines_of(job_id, LineState.FAILED, limit=SHOWN)],
        done=[_done(row) for row in jobs.lines_of(job_id, LineState.DONE, limit=SHOWN)] if found.ended else [],
        taken=taken,
        turned=_turned(job_id),
        more=max(found.done - SHOWN, 0),
    )


def _turned(job_id: int) -> str:
    """Say who stopped a job or asked for its rest again, where that was done."""
    turn = jobs.last_turn(job_id)
    if turn is None:
        return ""
    deed, name, at = turn
    words = _("Asked for again by %(name)s, %(at)s.") if deed == AGAIN else _("Stopped by %(name)s, %(at)s.")
    return str(words) % {"name": name, "at": moment(at)}


def _told(kind: Kind, asked: Mapping[str, str]) -> list[str]:
    return kind.told(asked) if kind.told else [_chosen(name, value) for name, value in asked.items() if value]


def _chosen(name: str, value: str) -> str:
    """Say what the list was narrowed to when the work was asked for."""
    if name == "since":
        return str(_("from %(day)s", day=day(date.fromisoformat(value))))
    if name == "until":
        return str(_("to %(day)s", day=day(date.fromisoformat(value))))
    return value


def _mine(job_id: int) -> Progress:
    """Return a job for who asked for it, and for who may do the same where it is not theirs alone; raises NotFound."""
    found = jobs.progress(job_id)
    kind = jobs.kind_named(found.kind)
    if found.asked_by != visitor().person_id and (kind.own or not visitor().may(kind.permission)):
        raise NotFound("There is no job %(job)s.", job=job_id)
    return found


def _undone(row: Any) -> dict[str, Any]:
    return {"subject": row.subject, "url": record_url(row.subject), "why": refusal_text(jobs.refusal_of(row.why))}


def _done(row: Any) -> dict[str, Any]:
    return {"subject": row.subject, "url": record_url(row.subject)}


@pages.act("/<int:job_id>/stop", permission=ASK, action="house:job:stop", title=_l("Work in the background stopped"))
def stop(job_id: int) -> Page:
    """Stop what waits of a job; what is done stays."""
    _mine(job_id)
    jobs.stop(job_id, **by_whom())
    return see(f"/jobs/{job_id}")


@pages.act("/<int:job_id>/again", permission=ASK, action="house:job:again", title=_l("The rest asked for again"))
def again(job_id: int) -> Page:
    """Have done what could not be done before."""
    _mine(job_id)
    jobs.again(job_id, **by_whom())
    wake_afterwards()
    return see(f"/jobs/{job_id}")


@pages.act("/<int:job_id>/print", permission=ASK, action="reports:job:take", title=_l("Taken to be printed"))
def take(job_id: int) -> Page:
    """Keep who prints what a job made, and go on to it."""
    _mine(job_id)
    jobs.take(job_id, **by_whom())
    return see(f"/jobs/{job_id}/all.pdf")


@pages.page("/<int:job_id>/all.pdf", permission=ASK)
def all_pieces(job_id: int) -> Response:
    """Send everything a job made as one PDF, in the order it was asked for; raises NotFound before it was taken."""
    found = _mine(job_id)
    kind = jobs.kind_named(found.kind)
    if jobs.taken(job_id) is None:
        raise NotFound("Open job %(job)s and print from there.", job=job_id)
    blobs = current_app.extensions["techfloor"].blobs
    pieces = (blobs.get(row.sha256) for row in jobs.lines_of(job_id, LineState.DONE))
    made = kind.join(pieces, f"{kind.file_name}-{job_id}", found.asked)
    response = Response(made, mimetype="application/pdf", direct_passthrough=True)
    response.headers["Content-Disposition"] = f'attachment; filename="{kind.file_name}-{job_id}.pdf"'
    response.headers["Cache-Control"] = "no-store"
    return response
