"""The end of a look-back: quality says what was looked at and what came out."""

from flask import flash, render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from techfloor import clock
from techfloor.duties.calibration import signing_acts
from techfloor.duties.calibration.bench import Bench, bench_of
from techfloor.duties.calibration.earlier import last_good
from techfloor.duties.calibration.forms import LookBackForm
from techfloor.duties.calibration.models import LOOK_BACK
from techfloor.duties.calibration.views.pages import pages
from techfloor.records import tasks
from techfloor.web.pages import Page, see
from techfloor.web.visitor import visitor

MAY = "calibration:look-back"


@pages.page("/<number>/look-back", permission=MAY)
def look_back(number: str) -> Page:
    """Ask what was looked at."""
    bench = bench_of(number)
    if not tasks.is_open(bench.record.id, LOOK_BACK):
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
        signing_acts.close_look_back(number, form.outcome.data or "", form.looked.data or "", actor=actor, at=at)

    if form.attempt(deed):
        flash(_("The look-back is closed."), "success")
        return see(f"/calibration/{number}")
    return _page(bench_of(number), form), 422


def _page(bench: Bench, form: LookBackForm) -> str:
    before = last_good(bench)
    return render_template("calibration/look_back.html", bench=bench, form=form, errors=form.problems(), before=before)
