"""The procedures of the plant: what is in force, what is ready-made, and which a gauge is calibrated by."""

from flask import flash, render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectMultipleField
from wtforms.fields import SelectChoice

from techfloor import clock
from techfloor.duties.calibration import procedures
from techfloor.duties.calibration.gauges import gauge_by_code
from techfloor.duties.calibration.procedure import Mode, Procedure
from techfloor.duties.calibration.procedures import InForce
from techfloor.duties.calibration.views.lists import own_tabs
from techfloor.duties.calibration.views.pages import pages
from techfloor.places.here import today
from techfloor.web.forms import EntryForm
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
    """Ask by which procedure a gauge is calibrated."""
    form = _choose_form(procedures.in_force())
    return _choose_page(code, form)


@pages.act(
    "/gauges/<code>/procedure",
    permission="calibration:procedures",
    action="calibration:gauge:procedure",
    title=_l("Procedure chosen"),
    endpoint="gauge_procedure_post",
)
def gauge_procedure_post(code: str) -> Page:
    """Give a gauge its procedure and its points."""
    form = _choose_form(procedures.in_force())
    gauge = gauge_by_code(code)
    procedure, _sign, point_set = (form.chosen.data or "").partition("|")

    def deed() -> None:
        procedures.give_gauge(gauge.id, procedure, point_set, actor=visitor().person_id, at=clock.now())

    if form.attempt(deed):
        return see(f"/calibration/gauges/{code}")
    return _choose_page(code, form), 422


def _choose_form(offered: list[InForce]) -> ChooseForm:
    form = ChooseForm()
    form.chosen.choices = [
        SelectChoice(f"{each.procedure.code}|{point_set}", _choice_words(each.procedure, point_set))
        for each in offered
        for point_set in each.point_sets() or [""]
    ]
    return form


def _choice_words(procedure: Procedure, point_set: str) -> str:
    words = f"{procedure.code} {procedure.title}"
    return f"{words} · {point_set}" if point_set else words


def _choose_page(code: str, form: ChooseForm) -> str:
    return render_template(
        "calibration/gauge_procedure.html", gauge=gauge_by_code(code), form=form, errors=form.problems()
    )
