"""The end of a look-back: quality says what was looked at and what came out."""

from dataclasses import replace

from flask import flash, render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from techfloor import clock
from techfloor.duties.calibration.actions import signing as signing_acts
from techfloor.duties.calibration.actions.holding import failed_before, out_of_tolerance
from techfloor.duties.calibration.forms.work import LookBackForm
from techfloor.duties.calibration.models import LOOK_BACKS
from techfloor.duties.calibration.queries.bench import Bench, standing_bench
from techfloor.duties.calibration.queries.earlier import look_back_from
from techfloor.duties.calibration.rules.results import AS_FOUND, AS_LEFT
from techfloor.duties.calibration.views.pages import pages
from techfloor.duties.calibration.views.shown import Grid, grid
from techfloor.records import tasks, versions
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
    return _page(bench, LookBackForm())


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
        signing_acts.close_look_back(number, form.outcome.data or "", looked, done=done, actor=actor, at=at)

    if form.attempt(deed):
        flash(_("The look-back is closed."), "success")
        return see(f"/calibration/{number}")
    return _page(standing_bench(number), form), 422


def _open(bench: Bench) -> list[str]:
    """Return the words of the look-backs that are open for a calibration."""
    return tasks.open_words(versions.ids(bench.record), LOOK_BACKS)


def _page(bench: Bench, form: LookBackForm) -> str:
    return render_template(
        "calibration/look_back.html",
        bench=bench,
        form=form,
        errors=form.problems(),
        since=look_back_from(bench),
        points=_failed(bench),
        failed=failed_before(bench.body),
        asked=[in_words(words) for words in _open(bench)],
    )


def _failed(bench: Bench) -> Grid | None:
    """Return the points that were out of tolerance; None where a laboratory only says so."""
    run = AS_FOUND if bench.body.as_found else AS_LEFT
    out = {point.point.n for point in bench.run(run).points if out_of_tolerance(point.verdict)}
    shown = grid(bench, run)
    rows = tuple(row for row in shown.rows if row.n in out)
    derived = tuple(row for row in shown.derived if row.kind == "fail")
    return replace(shown, rows=rows, derived=derived) if rows or derived else None
