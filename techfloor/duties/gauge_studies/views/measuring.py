"""At the parts: one value on a page, in the order that was drawn, and the correction of the last one."""

from dataclasses import dataclass

from flask import flash, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from techfloor.duties.gauge_studies import actions, queries
from techfloor.duties.gauge_studies.forms import CorrectForm, ValueForm
from techfloor.duties.gauge_studies.queries import Appraiser, Study, Value
from techfloor.duties.gauge_studies.rules import Sort
from techfloor.duties.gauge_studies.views.pages import by, pages, refuse_who_may_not, study_url, work_url
from techfloor.measures.quantity import plain
from techfloor.measures.units import show_unit
from techfloor.refusals import NotFound
from techfloor.said import word
from techfloor.web.pages import Page, see
from techfloor.web.show import moment
from techfloor.web.visitor import visitor

MAY = "studies:measure"


@dataclass(frozen=True)
class Turn:
    """One turn of one appraiser, as a page handles it."""

    study: Study
    appraiser: Appraiser
    n: int

    @property
    def path(self) -> str:
        """The page of this turn."""
        return f"{study_url(self.study.number)}/turns/{self.n}"

    @property
    def total(self) -> int:
        """How many values the appraiser gives."""
        return len(self.appraiser.turns)

    @property
    def part(self) -> str:
        """The label of the part that is read."""
        return self.study.part_at(self.appraiser, self.n).label

    @property
    def given(self) -> Value | None:
        """The value that counts of this turn, if there is one."""
        return self.study.values.get((self.appraiser.id, self.n))


def _turn(number: str, turn: int) -> Turn:
    study = queries.study(number)
    appraiser = actions.appraiser_in(study, visitor().person_id)
    if not 1 <= turn <= len(appraiser.turns):
        raise NotFound("This study has no such value.")
    return Turn(study, appraiser, turn)


@pages.page("/<number>/next", permission=MAY)
def go_on(number: str) -> Page:
    """Lead to the next part of who asks; to the study once all are in, or where they do not measure."""
    return see(_next_url(queries.study(number)))


def _next_url(study: Study) -> str:
    appraiser = study.appraiser_of(visitor().person_id) if study.open else None
    upcoming = study.next_turn(appraiser) if appraiser else None
    return f"{study_url(study.number)}/turns/{upcoming}" if upcoming else study_url(study.number)


@pages.page("/<number>/turns/<int:turn>", permission=MAY)
def measure(number: str, turn: int) -> Page:
    """Ask for one value; a turn that has its value, or is not the next one, leads on."""
    spot = _turn(number, turn)
    if turn != spot.study.next_turn(spot.appraiser):
        return see(_next_url(spot.study))
    form = ValueForm()
    form.fit(spot.study)
    return _page(spot, form)


@pages.act(
    "/<number>/turns/<int:turn>",
    permission=MAY,
    action="studies:value:give",
    title=_l("Value given in a study"),
    alone="record:{number}",
    endpoint="measure_post",
)
def measure_post(number: str, turn: int) -> Page:
    """Keep one value and go to the next part; where it is in already, say where it was given."""
    spot = _turn(number, turn)
    if spot.given is not None:
        return _goes_on_there(spot, spot.given), 409
    form = ValueForm()
    form.fit(spot.study)

    def deed() -> int:
        confirmed = bool(form.confirmed.data)
        return actions.give(spot.study, turn, form.given(spot.study), by(), confirmed=confirmed)

    if form.attempt(deed):
        return _after(number)
    return _page(spot, form), 422


def _after(number: str) -> Page:
    study = queries.study(number)
    url = _next_url(study)
    if url == study_url(number):
        flash(_("All your values are in. Thank you."), "success")
    return see(url)


def _goes_on_there(spot: Turn, given: Value) -> str:
    return render_template(
        "gauge_studies/taken.html",
        spot=spot,
        at=moment(given.performed_at),
        device=given.device,
        next_url=_next_url(spot.study),
    )


def _page(spot: Turn, form: ValueForm) -> str:
    study = spot.study
    return render_template(
        "gauge_studies/measure.html",
        spot=spot,
        form=form,
        judged=study.sort is Sort.ATTRIBUTE,
        change_url=_change_url(spot),
        signed=study.body.low is None or study.body.low < 0 or (study.near.lower or 0) < 0,
        owner=visitor().person_id,
    )


def _change_url(spot: Turn) -> str:
    """Return where the value given before this one is changed, "" before the first: no value is shown again."""
    before = spot.study.values.get((spot.appraiser.id, spot.n - 1))
    return "" if before is None else f"{study_url(spot.study.number)}/values/{before.id}/correct"


def shown(row: Value, study: Study) -> str:
    """Write a value with its unit, or a judgement in its word."""
    if row.value is None:
        return word(row.call, "study-call")
    return f"{plain(row.value)} {show_unit(study.body.unit)}"


# --- correct ---


@pages.page("/<number>/values/<int:value_id>/correct", permission=MAY)
def correct(number: str, value_id: int) -> str:
    """Ask for the right value and the reason."""
    study = queries.worked_on(number)
    row, form = _mine(study, value_id), CorrectForm()
    form.fit(study)
    return _correct_page(study, row, form)


def _mine(study: Study, value_id: int) -> Value:
    row = actions.row_of(study, value_id)
    if study.amends is not None:
        refuse_who_may_not(study)
    if not actions.may_correct(study, row, by()):
        raise NotFound("You can change the last value you gave until all are in. From then on, who evaluates does.")
    return row


@pages.act(
    "/<number>/values/<int:value_id>/correct",
    permission=MAY,
    action="studies:value:correct",
    reason="reason",
    title=_l("Value of a study corrected"),
    alone="record:{number}",
    endpoint="correct_post",
)
def correct_post(number: str, value_id: int) -> Page:
    """Replace a value; the first one stays in the record."""
    study, form = queries.worked_on(number), CorrectForm()
    row = _mine(study, value_id)
    form.fit(study)

    def deed() -> None:
        given, why = form.given(study), str(form.reason.data or "")
        actions.correct(study, value_id, given, why, by(), confirmed=bool(form.confirmed.data))

    if form.attempt(deed):
        if study.amends is not None:
            return see(f"{work_url(study)}#changed")
        return see(f"{study_url(number)}/check") if study.complete else _after(number)
    return _correct_page(study, row, form), 422


def _correct_page(study: Study, row: Value, form: CorrectForm) -> str:
    form.word_reasons()
    blind = study.amends is None and not study.complete
    appraiser = next(each for each in study.appraisers if each.id == row.appraiser_id)
    return render_template(
        "gauge_studies/correct.html",
        study=study,
        part=study.part_at(appraiser, row.turn).label,
        value="" if blind else shown(row, study),
        row=row,
        form=form,
        judged=study.sort is Sort.ATTRIBUTE,
        path=request.path,
        back=work_url(study)
        if study.amends is not None
        else _next_url(study)
        if blind
        else f"{study_url(study.number)}/values",
    )
