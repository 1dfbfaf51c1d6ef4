"""The end of a look-back: quality says what was looked at and what came out."""

from dataclasses import replace

from flask import flash, render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from techfloor import clock
from techfloor.duties.calibration.actions import signing as signing_acts
from techfloor.duties.calibration.actions.doubt import subject
from techfloor.duties.calibration.actions.holding import failed_before, out_of_tolerance
from techfloor.duties.calibration.forms.work import LookBackForm
from techfloor.duties.calibration.models import LOOK_BACKS, OF_CERTIFICATE
from techfloor.duties.calibration.queries.bench import Bench, standing_bench
from techfloor.duties.calibration.queries.earlier import look_back_from
from techfloor.duties.calibration.rules.results import AS_FOUND, AS_LEFT
from techfloor.duties.calibration.views.pages import pages
from techfloor.duties.calibration.views.shown import Grid, grid
from techfloor.records import tasks, versions
from techfloor.records.models import Task
from techfloor.said import in_words
from techfloor.web.pages import Page, see
from techfloor.web.visitor import visitor

MAY = "calibration:look-back"


@pages.page("/<number>/look-back", permission=MAY)
def look_back(number: str) -> Page:
    """Ask what was looked at."""
    bench = standing_bench(number)
    if not _open(bench):
        return see(f"/calibration/{number}")
    form = LookBackForm()
    form.task.data = str(_open(bench)[0].id)
    return _page(bench, form)


@pages.act(
    "/<number>/look-back",
    permission=MAY,
    action="calibration:look-back:close",
    title=_l("Look-back closed"),
    endpoint="look_back_post",
)
def look_back_post(number: str) -> Page:
    """Close the look-back."""
    form = LookBackForm()
    actor, at = visitor().person_id, clock.now()

    def deed() -> None:
        looked, done = form.looked.data or "", form.done.data or ""
        task, outcome = int(form.task.data) if (form.task.data or "").isdigit() else 0, form.outcome.data or ""
        signing_acts.close_look_back(number, outcome, looked, done=done, task=task, actor=actor, at=at)

    if form.attempt(deed):
        flash(_("The look-back is closed."), "success")
        return see(f"/calibration/{number}/look-back" if _open(standing_bench(number)) else f"/calibration/{number}")
    return _page(standing_bench(number), form), 422


def _open(bench: Bench) -> list[Task]:
    """Return the look-backs that are open for a calibration, what was asked first first."""
    return tasks.open_of(versions.ids(bench.record), LOOK_BACKS)


def _page(bench: Bench, form: LookBackForm) -> str:
    """Ask for one of them; what asks for something else is answered after it, by itself."""
    opened = _open(bench)
    asked = next((task for task in opened if str(task.id) == form.task.data), None)
    same = [task for task in opened if asked is not None and subject(task) == subject(asked)]
    of_certificate = asked is not None and asked.kind == OF_CERTIFICATE
    return render_template(
        "calibration/look_back.html",
        bench=bench,
        form=form,
        errors=form.problems(),
        since=look_back_from(bench),
        points=None if of_certificate else _failed(bench),
        doubted=of_certificate,
        failed=failed_before(bench.body) and not of_certificate,
        asked=list(dict.fromkeys(in_words(task.words) for task in same)),
        more=len({subject(task) for task in opened} - {subject(task) for task in same}),
    )


def _failed(bench: Bench) -> Grid | None:
    """Return the points that were out of tolerance; None where a laboratory only says so."""
    run = AS_FOUND if bench.body.as_found else AS_LEFT
    out = {point.point.n for point in bench.run(run).points if out_of_tolerance(point.verdict)}
    shown = grid(bench, run)
    rows = tuple(row for row in shown.rows if row.n in out)
    derived = tuple(row for row in shown.derived if row.kind == "fail")
    return replace(shown, rows=rows, derived=derived) if rows or derived else None
