"""The second look: one calibration, or a list of clean ones with one signature."""

from decimal import Decimal
from fractions import Fraction

from flask import flash, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from techfloor.duties.calibration.actions import signing as signing_acts
from techfloor.duties.calibration.certificate import CERTIFICATE
from techfloor.duties.calibration.forms.work import ReviewListForm
from techfloor.duties.calibration.queries import records as queries
from techfloor.duties.calibration.queries import waiting
from techfloor.duties.calibration.queries.bench import Bench, standing_bench
from techfloor.duties.calibration.queries.records import PERFORMED
from techfloor.duties.calibration.rules.drift import PointKey
from techfloor.duties.calibration.views.after import decided, next_review, would_mean
from techfloor.duties.calibration.views.changed import changed
from techfloor.duties.calibration.views.happened import happenings
from techfloor.duties.calibration.views.judged import judged_by
from techfloor.duties.calibration.views.pages import pages
from techfloor.duties.calibration.views.shown import grids, kind_of, verdict_words, with_unit
from techfloor.duties.calibration.views.signing import shown_content
from techfloor.duties.calibration.views.unusual import unusual
from techfloor.measures.quantity import signed
from techfloor.measures.tolerance import BEYOND_ZERO
from techfloor.people.proof import Proof
from techfloor.places.here import plant
from techfloor.records import versions
from techfloor.records.reviewing import barred
from techfloor.records.signing import signature_facts, signatures_of
from techfloor.records.signing_page import ReviewForm, sign_with
from techfloor.records.wording import signature_box
from techfloor.refusals import Refusal
from techfloor.web.lists import Tab
from techfloor.web.pages import Page, afterwards, see
from techfloor.web.visitor import visitor


@pages.page("/<number>/review", permission="calibration:review")
def review(number: str) -> Page:
    """Show a calibration with what is unusual about it, and ask for the review."""
    bench = standing_bench(number)
    if bench.record.state != PERFORMED or versions.next_of(bench.record.id) is not None:
        return see(f"/calibration/{number}")
    form = ReviewForm()
    form.fit()
    form.shown.data = bench.record.content_sha256
    return _review_page(bench, form)


@pages.act(
    "/<number>/review",
    permission="calibration:review",
    action="calibration:record:review",
    title=_l("Reviewed"),
    endpoint="review_post",
)
def review_post(number: str) -> Page:
    """Sign as reviewed, or reject."""
    form = ReviewForm()
    form.fit()
    accepted = form.outcome.data == "accept"

    def deed(proof: Proof) -> None:
        signing_acts.review(
            number,
            proof,
            plant(),
            accepted=accepted,
            remark=form.remark.data or "",
            shown_sha256=form.shown.data or "",
        )

    if form.complete() and sign_with(form, deed, lambda: queries.standing_row(number).content_sha256 or ""):
        if accepted:
            _certificate_at_review(number)
        return _go_on(number) if request.form.get("then") == "next" else see(f"/calibration/{number}?signed=1")
    return _review_page(standing_bench(number), form), 422


def _go_on(number: str) -> Page:
    """Go from a review to the next one, and say there what was decided."""
    said = decided(standing_bench(number))
    kind = {"pass": "success", "fail": "error"}.get(said.kind, said.kind)
    flash(f"{number}: {said.title} {said.words}", kind)
    following = next_review()
    return see(following[0] if following else "/calibration/review")


def _certificate_at_review(number: str) -> None:
    """Issue the certificate once the review stands, where the profile says so; a failure leaves the review as it is."""
    if plant().profile.text("calibration.certificate") == "at review":
        afterwards(lambda: CERTIFICATE.issue_apart(number))


def _review_page(bench: Bench, form: ReviewForm) -> str:
    shown = shown_content(bench)
    return render_template(
        "calibration/review.html",
        bench=bench,
        shown=shown,
        judged=judged_by(shown),
        grids=grids(bench, shown),
        signatures=[signature_box(signature_facts(s)) for s in signatures_of(bench.record.id)],
        events=happenings(bench),
        changed=changed(bench),
        unusual=unusual(bench),
        means=would_mean(bench),
        form=form,
        errors=form.problems(),
        barred=visitor().person_id in barred(plant(), bench.record.id),
        attachments=queries.attachments(bench.record.id),
    )


CLEAN = "/calibration/review?show=clean"
"""The tab of the review list on which the clean ones are signed together."""


@pages.page("/review", permission="calibration:see-reviews")
def review_list() -> str:
    """Show what waits for a review: the clean ones to be signed together, the others one by one."""
    form = ReviewListForm()
    form.fit()
    every = request.args.get("all") == "1"
    return _list_page(form, every=every, clean=every or request.args.get("show") == "clean")


@pages.act(
    "/review",
    permission="calibration:review",
    action="calibration:records:review",
    title=_l("Reviewed in a list"),
    endpoint="review_list_post",
)
def review_list_post() -> Page:
    """Sign the chosen clean calibrations as reviewed: one secret, a signature for each."""
    form = ReviewListForm()
    form.fit()
    chosen = request.form.getlist("chosen")
    pairs = chosen_pairs(chosen)
    if not pairs or len(pairs) != len(chosen):
        form.refuse(Refusal("Choose at least one calibration."))
        return _list_page(form, chosen, clean=True), 422
    if sign_with(form, lambda proof: signing_acts.review_clean(pairs, proof, plant()), lambda: ""):
        for number, _shown in pairs:
            _certificate_at_review(number)
        left = to_review()
        flash(_("%(done)s reviewed, %(left)s left.", done=len(pairs), left=len(left)), "success")
        return see(CLEAN if any(line.clean for line in left) else "/calibration/review")
    return _list_page(form, chosen, clean=True), 422


def to_review() -> list[waiting.Waiting]:
    """Return what waits for a review by the visitor."""
    return waiting.waiting_for_review(visitor().person_id, plant())


def chosen_pairs(chosen: list[str]) -> list[tuple[str, str]]:
    """Return (number, content hash as shown) of each box that was ticked."""
    pairs = [tuple(value.split(":", 1)) for value in chosen]
    return [(pair[0], pair[1]) for pair in pairs if len(pair) == 2]


def use_words(use: waiting.Use | None) -> str:
    """Return which point used most of its tolerance, how much, and how much the last time."""
    if use is None:
        return ""
    key = PointKey.read(use.place)
    point, now = with_unit(key.label, key.unit), _percent(use.now)
    if use.before is None:
        return str(_("%(now)s of the tolerance at %(point)s", now=now, point=point))
    before = _percent(use.before)
    return str(
        _("%(now)s of the tolerance at %(point)s, there %(before)s last time", now=now, point=point, before=before)
    )


def _percent(used: Fraction) -> str:
    """Return "+62 %", its parts held together on one line."""
    if abs(used) >= BEYOND_ZERO:
        return str(_("more than all"))
    return f"{signed(Decimal(round(100 * used)))}\u00a0%"


def _list_page(
    form: ReviewListForm, chosen: list[str] | None = None, *, every: bool = False, clean: bool = False
) -> str:
    lines = to_review()
    used = waiting.uses(lines)
    lines = waiting.in_order(lines, used)
    unusual = [line for line in lines if not line.clean]
    together = [line for line in lines if line.clean]
    clean = bool(together) and (clean or not unusual)
    if every:
        chosen = [f"{line.number}:{line.content_sha256}" for line in together]
    return render_template(
        "calibration/review_list.html",
        tabs=[
            Tab(_("One by one (%(count)s)", count=len(unusual)), "/calibration/review", not clean),
            Tab(_("Clean passes (%(count)s)", count=len(together)), CLEAN, clean),
        ],
        clean=together if clean else [],
        used={line.number: use_words(used.get(line.record_id)) for line in lines},
        unusual=[] if clean else unusual,
        chosen=set(chosen or []),
        form=form,
        errors=form.problems(),
        kind_of=kind_of,
        verdict_words=verdict_words,
        nothing=not lines,
        may_review=visitor().may("calibration:review"),
        all_words=_("Nothing waits for a review."),
    )
