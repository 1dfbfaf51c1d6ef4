"""The procedures of the plant: what is in force, what is ready-made, and which a gauge is calibrated by."""

from flask import flash, render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectMultipleField
from wtforms.fields import SelectChoice

from techfloor import clock
from techfloor.duties.calibration import fitting, procedures
from techfloor.duties.calibration.gauges import GaugeFacts, gauge_by_code
from techfloor.duties.calibration.procedure import Mode, Procedure
from techfloor.duties.calibration.procedures import Candidate
from techfloor.duties.calibration.views.lists import own_tabs
from techfloor.duties.calibration.views.pages import pages
from techfloor.places.here import today
from techfloor.refusals import Refusal
from techfloor.web.forms import EntryForm, refusal_text
from techfloor.web.pages import Page, see
from techfloor.web.visitor import visitor

_NONE_YET = ""


class TakeOverForm(EntryForm):
    """With which standards a ready-made procedure is done here."""

    standards = SelectMultipleField(_l("Standards it is done with"), choices=[], validate_choice=False)


class ChooseForm(EntryForm):
    """By which procedure, and at which of its points, a gauge is calibrated."""

    chosen = RadioField(_l("Procedure and points"), choices=[], validate_choice=False)


@pages.page("/procedures", permission="calibration:read")
def procedure_list() -> str:
    """List the procedures in force and the ready-made ones."""
    return render_template(
        "calibration/procedures.html",
        in_force=procedures.in_force(),
        ready=procedures.ready(),
        may_approve=visitor().may("calibration:procedures"),
        tabs=own_tabs("/calibration/procedures"),
    )


@pages.page("/procedures/<code>", permission="calibration:read")
def procedure_show(code: str) -> str:
    """Show a procedure in force."""
    found = procedures.one_in_force(code)
    return render_template(
        "calibration/procedure.html", procedure=found.procedure, found=found, form=None, errors=[], asks_standard=False
    )


@pages.page("/procedures/ready/<code>", permission="calibration:procedures")
def procedure_ready(code: str) -> str:
    """Show a ready-made procedure and ask for the standards of this plant."""
    return _ready_page(procedures.ready_one(code), _take_over_form())


@pages.act(
    "/procedures/ready/<code>",
    permission="calibration:procedures",
    action="calibration:procedure:approve",
    title=_l("Procedure approved"),
    endpoint="procedure_take_over",
)
def procedure_take_over(code: str) -> Page:
    """Put a ready-made procedure in force."""
    form, at = _take_over_form(), clock.now()
    chosen = [value for value in (form.standards.data or []) if value != _NONE_YET]
    if form.attempt(lambda: procedures.take_over(code, chosen, actor=visitor().person_id, at=at, today=today())):
        flash(_("%(code)s is in force. Choose it on the page of each gauge it is for.", code=code), "success")
        return see("/calibration/procedures")
    return _ready_page(procedures.ready_one(code), form), 422


def _take_over_form() -> TakeOverForm:
    form = TakeOverForm()
    form.standards.choices = [SelectChoice(code, f"{code} {name}") for code, name in procedures.standards()]
    return form


def _ready_page(procedure: Procedure, form: TakeOverForm) -> str:
    return render_template(
        "calibration/procedure.html",
        procedure=procedure,
        found=None,
        form=form,
        errors=form.problems(),
        asks_standard=procedure.mode is not Mode.certificate,
    )


@pages.page("/gauges/<code>/procedure", permission="calibration:procedures")
def gauge_procedure(code: str) -> str:
    """Ask by which procedure a gauge is calibrated: those that fit it, the closest first."""
    gauge = gauge_by_code(code)
    found = procedures.candidates(gauge, today())
    return _choose_page(gauge, _choose_form(found), found)


@pages.act(
    "/gauges/<code>/procedure",
    permission="calibration:procedures",
    action="calibration:gauge:procedure",
    title=_l("Procedure chosen"),
    alone="equipment:{code}",
    endpoint="gauge_procedure_post",
)
def gauge_procedure_post(code: str) -> Page:
    """Give a gauge its procedure and its points."""
    gauge = gauge_by_code(code)
    found = procedures.candidates(gauge, today())
    form = _choose_form(found)
    procedure, _sign, point_set = (form.chosen.data or "").partition("|")

    def deed() -> None:
        if procedure not in {one.procedure.code for one in found}:
            raise Refusal("Choose a procedure.", field="chosen")
        procedures.give_gauge(gauge, procedure, point_set, today(), actor=visitor().person_id, at=clock.now())

    if form.attempt(deed):
        return see(f"/calibration/gauges/{gauge.code}")
    return _choose_page(gauge, form, found), 422


def _choose_form(found: list[Candidate]) -> ChooseForm:
    form = ChooseForm()
    form.chosen.choices = [
        SelectChoice(one.key, _choice_words(one)) for one in found if not one.ready_made and one.fit.objection is None
    ]
    return form


def _choice_words(one: Candidate) -> str:
    words = f"{one.procedure.code} {one.procedure.title}"
    return f"{words} · {one.point_set}" if one.point_set else words


def _hint(one: Candidate) -> str:
    """Say where the points lie, and how sure a verdict is: "Points 0.00 to 150.00 mm. TUR 1.7, below 4: …"."""
    points = _("Points %(range)s.", range=one.points) if one.points else ""
    ratio = fitting.ratio_words(one.fit.ratio) if one.fit.ratio else ""
    if not one.fit.low_ratio:
        return str(points)
    caution = _(
        "Caution, TUR %(ratio)s, below the %(least)s of this procedure: U is large beside the tolerance.",
        ratio=ratio,
        least=one.procedure.min_tur or "1",
    )
    return f"{points} {caution}".strip()


def _choose_page(gauge: GaugeFacts, form: ChooseForm, found: list[Candidate]) -> str:
    fitting_ones = [one for one in found if one.fit.objection is None]
    ready = {one.procedure.code: one for one in reversed(fitting_ones) if one.ready_made}
    return render_template(
        "calibration/gauge_procedure.html",
        gauge=gauge,
        form=form,
        hints={one.key: _hint(one) for one in fitting_ones if _hint(one)},
        ready=[(one.procedure.code, _choice_words(one), _hint(one)) for one in reversed(ready.values())],
        others=[(_choice_words(one), refusal_text(one.fit.objection)) for one in found if one.fit.objection],
        errors=form.problems(),
    )
