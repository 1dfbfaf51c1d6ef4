"""The end of the work at the bench: adjust, check and sign, or give it up."""

from flask import flash, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from techfloor import clock
from techfloor.duties.calibration.actions import signing as signing_acts
from techfloor.duties.calibration.actions import work as actions
from techfloor.duties.calibration.content import content_shown
from techfloor.duties.calibration.forms.work import (
    AdjustForm,
    DiscontinueForm,
)
from techfloor.duties.calibration.queries.bench import Bench, bench_of
from techfloor.duties.calibration.queries.records import IN_PROGRESS
from techfloor.duties.calibration.rules.results import AS_FOUND, AS_LEFT
from techfloor.duties.calibration.views.changed import changed, unchanged
from techfloor.duties.calibration.views.judged import judged_by
from techfloor.duties.calibration.views.pages import pages
from techfloor.duties.calibration.views.shown import grid, grids, overall, strip
from techfloor.duties.calibration.views.signing import ask_performer, performer_signs
from techfloor.duties.calibration.views.unusual import failed_points, unusual
from techfloor.duties.calibration.views.way import allowed, away, elsewhere, next_url
from techfloor.places.here import plant
from techfloor.records.signing_page import SignForm
from techfloor.refusals import Refusal
from techfloor.web.pages import Page, see
from techfloor.web.visitor import visitor


@pages.page("/<number>/adjust", permission="calibration:log")
def adjust(number: str) -> Page:
    """Ask whether the gauge was adjusted."""
    bench = allowed(bench_of(number))
    if not_here := elsewhere(bench):
        return not_here
    if bench.left_begun:
        return see(next_url(bench))
    form = AdjustForm()
    if bench.body.adjusted is not None:
        form.adjusted.data = "yes" if bench.body.adjusted else "no"
        form.words.data = bench.body.adjustment
    return _adjust_page(bench, form)


@pages.act(
    "/<number>/adjust",
    permission="calibration:log",
    action="calibration:record:adjust",
    title=_l("Adjusting decided"),
    endpoint="adjust_post",
)
def adjust_post(number: str) -> Page:
    """Keep whether the gauge was adjusted."""
    bench = allowed(bench_of(number))
    form = AdjustForm()

    def deed() -> None:
        if form.adjusted.data not in {"yes", "no"}:
            raise Refusal("Choose whether it was adjusted.", field="adjusted")
        actions.decide_adjustment(
            number,
            form.adjusted.data == "yes",
            form.words.data or "",
            actor=visitor().person_id,
            at=clock.now(),
        )

    if form.attempt(deed):
        return see(f"/calibration/{number}/next")
    return _adjust_page(bench, form), 422


def _adjust_page(bench: Bench, form: AdjustForm) -> str:
    after = request.args.get("after", type=int)
    return render_template(
        "calibration/adjust.html",
        bench=bench,
        found=bench.run(AS_FOUND),
        failed=failed_points(bench, AS_FOUND),
        form=form,
        errors=form.problems(),
        before=strip(bench, after) if after else None,
        grid=grid(bench, AS_FOUND),
        owner=visitor().person_id,
        away=away(bench),
    )


# --- check and sign ---


@pages.page("/<number>/check", permission="calibration:log")
def check(number: str) -> Page:
    """Show everything as it will stand in the record, and ask for the signature."""
    bench = allowed(bench_of(number))
    url = next_url(bench)
    if not url.endswith("/check"):
        return see(url)
    return _check_page(bench, ask_performer(bench))


@pages.act(
    "/<number>/sign",
    permission="calibration:log",
    action="calibration:record:sign",
    title=_l("Calibration signed"),
    endpoint="sign",
)
def sign(number: str) -> Page:
    """Sign as performed."""
    return performer_signs(
        number,
        lambda proof, shown: signing_acts.sign_performed(
            allowed(bench_of(number)).number, proof, plant(), shown_sha256=shown
        ),
        bench_of,
        _check_page,
    )


def _check_page(bench: Bench, form: SignForm) -> str:
    if bench.entered_in_error:
        return _error_page(bench, form)
    found = bench.run(AS_FOUND)
    left = bench.run(AS_LEFT) if bench.body.adjusted else None
    shown = content_shown(bench, plant())
    return render_template(
        "calibration/check.html",
        bench=bench,
        shown=shown,
        judged=judged_by(shown),
        changed=changed(bench),
        unchanged=unchanged(bench),
        unusual=unusual(bench),
        found=found,
        left=left,
        overall=overall(found, left),
        grids=grids(bench, shown),
        form=form,
        errors=form.problems(),
        may_sign=bench.holder_id == visitor().person_id,
        typed=signing_acts.typed_for_another(bench),
    )


def _error_page(bench: Bench, form: SignForm) -> str:
    """Show what was entered in error, and ask for the signature that says so."""
    return render_template(
        "calibration/entered_in_error.html",
        bench=bench,
        changed=changed(bench),
        unchanged=unchanged(bench),
        unusual=unusual(bench),
        grids=grids(bench, content_shown(bench, plant())),
        form=form,
        errors=form.problems(),
        may_sign=bench.holder_id == visitor().person_id,
    )


# --- discontinue ---


@pages.page("/<number>/discontinue", permission="calibration:log")
def discontinue(number: str) -> Page:
    """Ask why a calibration is not finished."""
    bench = allowed(bench_of(number))
    if (bench.amends is None or away(bench)) and (not_here := elsewhere(bench)):
        return not_here
    if bench.record.state != IN_PROGRESS:
        return see(f"/calibration/{number}")
    return render_template("calibration/discontinue.html", bench=bench, form=DiscontinueForm(), errors=[], away="")


@pages.act(
    "/<number>/discontinue",
    permission="calibration:log",
    action="calibration:record:discontinue",
    reason="reason",
    title=_l("Discontinued"),
    endpoint="discontinue_post",
)
def discontinue_post(number: str) -> Page:
    """End a calibration that will not be finished."""
    form, bench = DiscontinueForm(), allowed(bench_of(number))
    actor, amends = visitor().person_id, bench.amends
    if form.attempt(lambda: actions.discontinue(number, form.reason.data or "", actor=actor, at=clock.now())):
        if amends is not None:
            flash(_("The amendment is ended. Version %(version)s stands as before.", version=amends.version), "info")
        return see(f"/calibration/{number}")
    errors = form.problems()
    return render_template("calibration/discontinue.html", bench=bench, form=form, errors=errors, away=away(bench)), 422
