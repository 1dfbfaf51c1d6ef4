"""The second look at a signed study."""

import json

from flask import render_template
from flask_babel import lazy_gettext as _l

from techfloor.duties.gauge_studies import queries, signing_acts
from techfloor.duties.gauge_studies.certificate import PAPER
from techfloor.duties.gauge_studies.queries import Study
from techfloor.duties.gauge_studies.views.amend import changed
from techfloor.duties.gauge_studies.views.pages import pages, study_url
from techfloor.duties.gauge_studies.views.study import outcome
from techfloor.people.proof import Proof
from techfloor.places.here import plant
from techfloor.records import versions
from techfloor.records.lifecycle import State
from techfloor.records.reviewing import barred
from techfloor.records.signing import signature_facts, signatures_of, stored_content
from techfloor.records.signing_page import ReviewForm, sign_with
from techfloor.records.wording import signature_box
from techfloor.web.pages import Page, afterwards, see
from techfloor.web.visitor import visitor

MAY = "studies:review"


@pages.page("/<number>/review", permission=MAY)
def review(number: str) -> Page:
    """Show a signed study, and ask for the review."""
    study = queries.study(number)
    if study.record.state != State.PERFORMED or versions.next_of(study.record.id) is not None:
        return see(study_url(number))
    form = ReviewForm()
    form.fit()
    form.shown.data = study.record.content_sha256
    return _page(study, form)


@pages.act(
    "/<number>/review",
    permission=MAY,
    action="studies:study:review",
    title=_l("Gauge study reviewed"),
    endpoint="review_post",
)
def review_post(number: str) -> Page:
    """Sign as reviewed, which issues its PDF, or reject."""
    form = ReviewForm()
    form.fit()
    accepted = form.outcome.data == "accept"

    def deed(proof: Proof) -> None:
        remark, shown = form.remark.data or "", form.shown.data or ""
        signing_acts.review(number, proof, plant(), accepted=accepted, remark=remark, shown_sha256=shown)
        if accepted:
            afterwards(lambda: PAPER.issue_apart(number))

    if form.complete() and sign_with(form, deed, lambda: queries.study(number).record.content_sha256 or ""):
        return see(study_url(number))
    study = queries.study(number)
    return (_page(study, form), 422) if study.record.content_sha256 else see(study_url(number))


def _page(study: Study, form: ReviewForm) -> str:
    told = json.loads(stored_content(study.record.id))
    return render_template(
        "gauge_studies/review.html",
        study=study,
        outcome=outcome(told),
        changed=changed(study, told["amendment"]["changes"]) if study.amends is not None else None,
        signatures=[signature_box(signature_facts(each)) for each in signatures_of(study.record.id)],
        form=form,
        barred=visitor().person_id in barred(plant(), study.record.id),
    )
