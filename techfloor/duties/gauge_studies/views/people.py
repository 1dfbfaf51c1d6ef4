"""Who measures: an appraiser is replaced or leaves, and a study is given up."""

from flask import flash, render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from techfloor.duties.gauge_studies import actions, queries
from techfloor.duties.gauge_studies.forms import GiveUpForm, LeaveForm, ReplaceForm
from techfloor.duties.gauge_studies.permissions import APPRAISERS
from techfloor.duties.gauge_studies.queries import Appraiser, Study
from techfloor.duties.gauge_studies.views.pages import by, pages, refuse_who_may_not, study_url, work_url
from techfloor.refusals import NotFound
from techfloor.web.pages import Page, see

MAY = "studies:set-up"


def _of(number: str, appraiser_id: int) -> tuple[Study, Appraiser]:
    study = queries.worked_on(number)
    refuse_who_may_not(study)
    found = next((each for each in study.staying if each.id == appraiser_id), None)
    if found is None or not study.open:
        raise NotFound("This appraiser is not in the study any more.")
    return study, found


@pages.page("/<number>/appraisers/<int:appraiser_id>", permission=MAY)
def appraiser(number: str, appraiser_id: int) -> str:
    """Ask who measures instead, or why the study goes on with fewer."""
    study, who = _of(number, appraiser_id)
    return _page(study, who, _replacing(study), LeaveForm(drafted=False))


def _replacing(study: Study) -> ReplaceForm:
    form, who = ReplaceForm(drafted=False), by()
    inside = {each.person_id for each in study.appraisers}
    here = queries.may_measure(who.plant, who.at, APPRAISERS)
    form.offer({id_: name for id_, name in here.items() if id_ not in inside})
    return form


def _page(study: Study, who: Appraiser, replacing: ReplaceForm, leaving: LeaveForm) -> str:
    return render_template(
        "gauge_studies/appraiser.html",
        study=study,
        who=who,
        given=study.done(who),
        total=len(who.turns),
        replacing=None if study.done(who) else replacing,
        leaving=leaving,
        back=work_url(study),
    )


@pages.act(
    "/<number>/appraisers/<int:appraiser_id>/replace",
    permission=MAY,
    action="studies:appraiser:replace",
    title=_l("Appraiser replaced"),
    alone="record:{number}",
)
def replace(number: str, appraiser_id: int) -> Page:
    """Let somebody else measure instead."""
    study, who = _of(number, appraiser_id)
    form = _replacing(study)
    if form.attempt(lambda: actions.replace(study, appraiser_id, form.chosen, by())):
        return see(study_url(number))
    return _page(study, who, form, LeaveForm(formdata=None, drafted=False)), 422


@pages.act(
    "/<number>/appraisers/<int:appraiser_id>/leave",
    permission=MAY,
    action="studies:appraiser:leave",
    reason="why",
    title=_l("Appraiser left a study"),
    alone="record:{number}",
)
def leave(number: str, appraiser_id: int) -> Page:
    """Go on without an appraiser."""
    study, who = _of(number, appraiser_id)
    form = LeaveForm()
    if form.attempt(lambda: actions.leave_out(study, appraiser_id, form.why.data or "", by())):
        if study.amends is None:
            flash(_("The study goes on without %(name)s.", name=who.name), "success")
        return see(work_url(study))
    return _page(study, who, _replacing(study), form), 422


# --- given up ---


@pages.page("/<number>/give-up", permission=MAY)
def give_up(number: str) -> Page:
    """Ask why a study is not finished."""
    study = queries.worked_on(number)
    if not study.open:
        return see(study_url(number))
    refuse_who_may_not(study)
    return render_template("gauge_studies/give_up.html", study=study, form=GiveUpForm(), back=work_url(study))


@pages.act(
    "/<number>/give-up",
    permission=MAY,
    action="studies:study:give-up",
    reason="reason",
    title=_l("Gauge study given up"),
    alone="record:{number}",
    endpoint="give_up_post",
)
def give_up_post(number: str) -> Page:
    """End a study that will not be finished."""
    study, form = queries.worked_on(number), GiveUpForm()
    refuse_who_may_not(study)
    if form.attempt(lambda: actions.give_up(study, form.reason.data or "", by())):
        return see(study_url(number))
    return render_template("gauge_studies/give_up.html", study=study, form=form, back=work_url(study)), 422
