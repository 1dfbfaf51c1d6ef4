"""The procedures of the plant: in force, in draft, ready-made and retired, and which a gauge is calibrated by."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from wtforms import BooleanField, RadioField
from wtforms.fields import SelectChoice

from techfloor.duties.calibration.actions import drafting, procedures
from techfloor.duties.calibration.actions.procedures import Candidate
from techfloor.duties.calibration.queries.gauges import GaugeFacts, gauge_by_code, without_procedure
from techfloor.duties.calibration.queries.records import in_force_under
from techfloor.duties.calibration.rules import fitting
from techfloor.duties.calibration.views.lists import own_tabs
from techfloor.duties.calibration.views.pages import pages
from techfloor.duties.calibration.views.whose_tolerance import whose_tolerance
from techfloor.places.here import today
from techfloor.records import definitions
from techfloor.refusals import NotFound, Refusal
from techfloor.web.forms import EntryForm, refusal_text
from techfloor.web.pages import Page, see
from techfloor.web.visitor import by_whom, visitor

WRITE = "calibration:procedures"
HOME = "/calibration/procedures"


class ChooseForm(EntryForm):
    """By which procedure, and at which of its points, a gauge is calibrated."""

    chosen = RadioField(_l("Procedure and points"), choices=[], validate_choice=False)
    alike = BooleanField()


@pages.page("/procedures", permission="calibration:read")
def procedure_list() -> str:
    """List the procedures in force, the drafts, the ready-made ones and those that are retired."""
    in_force = procedures.in_force()
    return render_template(
        "calibration/procedures.html",
        in_force=in_force,
        drafts=drafting.drafts(),
        ready=procedures.ready(),
        retired=drafting.retired({each.definition_id for each in in_force}),
        may_write=visitor().may(WRITE),
        tabs=own_tabs(HOME),
    )


@pages.page("/procedures/<code>", permission="calibration:read")
def procedure_show(code: str) -> Page:
    """Show a procedure in force; of one that is not, its newest version, or its draft."""
    definition = drafting.definition_of(code)
    try:
        version = procedures.one_in_force(definition.code).procedure.version
    except NotFound:
        approved = [each for each in definitions.versions(procedures.KIND, definition.code) if each.state != "draft"]
        if not approved:
            return redirect(f"{HOME}/{definition.code}/draft", code=303)
        version = approved[0].version
    return redirect(f"{HOME}/{definition.code}/versions/{version}", code=303)


@pages.page("/gauges/<code>/procedure", permission=WRITE)
def gauge_procedure(code: str) -> str:
    """Ask by which procedure a gauge is calibrated: those that fit it, the closest first."""
    gauge = gauge_by_code(code)
    found = procedures.candidates(gauge, today())
    wanted = request.args.get("chosen", "")
    form = _choose_form(found if wanted or "all" in request.args else _of_kind(found, gauge))
    if not form.chosen.data:
        offered = [key for key, *_rest in form.chosen.choices]
        form.chosen.data = next((key for key in offered if key.startswith(f"{wanted}|")), _key_now(gauge, offered))
    return _choose_page(gauge, form, found)


@pages.act(
    "/gauges/<code>/procedure",
    permission=WRITE,
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
    shared: list[tuple[list[str], list[str]]] = []

    def deed() -> None:
        if procedure not in {one.procedure.code for one in found}:
            raise Refusal("Choose a procedure.", field="chosen")
        procedures.give_gauge(gauge, procedure, point_set, today(), **by_whom())
        if form.alike.data:
            shared.append(procedures.give_those_alike(gauge, procedure, point_set, today(), **by_whom()))

    if form.attempt(deed):
        for given, left in shared:
            _say_shared(given, left)
        return see(f"/calibration/gauges/{gauge.code}")
    return _choose_page(gauge, form, found), 422


def _say_shared(given: list[str], left: list[str]) -> None:
    if given:
        one, many = "%(num)d other has it now, too: %(codes)s.", "%(num)d others have it now, too: %(codes)s."
        flash(ngettext(one, many, len(given), codes=", ".join(given)), "success")
    if left:
        flash(_("It does not fit: %(codes)s.", codes=", ".join(left)), "info")


def _key_now(gauge: GaugeFacts, offered: Sequence[str]) -> str | None:
    """Return the choice that stands now; None where it is not offered."""
    now = in_force_under(gauge.procedure_id)
    key = f"{now[1].code}|{gauge.item.point_set}" if now else ""
    return key if key in offered else None


def _of_kind(found: list[Candidate], gauge: GaugeFacts) -> list[Candidate]:
    """Leave out those in force that fit by unit and range and are for another kind, where one is for this."""
    offered = [one for one in found if _is_offered(one)]
    like = [one for one in offered if fitting.is_of_kind(one.procedure, gauge.kind)]
    return like or offered


def _is_offered(one: Candidate) -> bool:
    return not one.ready_made and one.fit.objection is None


def _choose_form(found: list[Candidate]) -> ChooseForm:
    form = ChooseForm()
    form.chosen.choices = [SelectChoice(one.key, _choice_words(one)) for one in found if _is_offered(one)]
    return form


def _choice_words(one: Candidate) -> str:
    words = f"{one.procedure.code} {one.procedure.title}"
    return f"{words} · {one.point_set}" if one.point_set else words


def _hint(one: Candidate, gauge: GaugeFacts) -> str:
    """Say where the points lie, whose tolerance counts, and how sure a verdict is.

    "Points 0.00 to 150.00 mm. Caution, TUR 1.7, below the 4 of this procedure: …"
    """
    item = replace(gauge.item, point_set=one.point_set)
    points = _("Points %(range)s.", range=one.points) if one.points else ""
    points = f"{points} {whose_tolerance(one.procedure, item, gauge.code)}".strip()
    ratio = fitting.ratio_words(one.fit.ratio) if one.fit.ratio else ""
    if not one.fit.low_ratio:
        return points
    caution = _(
        "Caution, TUR %(ratio)s, below the %(least)s of this procedure: U is large beside the tolerance.",
        ratio=ratio,
        least=one.procedure.min_tur or "1",
    )
    return f"{points} {caution}".strip()


def _choose_page(gauge: GaugeFacts, form: ChooseForm, found: list[Candidate]) -> str:
    fitting_ones = [one for one in found if one.fit.objection is None]
    offered = [one for one in fitting_ones if not fitting.measures_otherwise(one.procedure, gauge.kind)]
    ready = {one.procedure.code: one for one in reversed(offered) if one.ready_made}
    changed = _to_change(gauge, found, set(ready))
    known = {one.procedure.code for one in changed}
    alike = [code for code in without_procedure(gauge.kind) if code != gauge.code]
    form.alike.label.text = ngettext(
        "Give it to the other %(kind)s without a procedure, too",
        "Give it to the %(num)d others of this kind without a procedure, too: %(kind)s",
        len(alike),
        kind=gauge.kind,
    )
    return render_template(
        "calibration/gauge_procedure.html",
        alike=", ".join(alike),
        gauge=gauge,
        form=form,
        more=sum(map(_is_offered, found)) - len(form.chosen.choices),
        hints={one.key: words for one in fitting_ones if (words := _hint(one, gauge))},
        ready=[(one.procedure.code, _choice_words(one), _hint(one, gauge)) for one in reversed(ready.values())],
        changed=[(one.procedure.code, _choice_words(one), _why_not(one)) for one in changed],
        others=[(_choice_words(one), _why_not(one)) for one in found if one.fit.objection and _other(one, known)],
        errors=form.problems(),
    )


def _other(one: Candidate, known: set[str]) -> bool:
    return not (one.ready_made and one.procedure.code in known)


def _why_not(one: Candidate) -> str:
    return refusal_text(one.fit.objection) if one.fit.objection else ""


def _to_change(gauge: GaugeFacts, found: Sequence[Candidate], offered: set[str]) -> list[Candidate]:
    """Return the ready-made ones for this kind of gauge that do not fit it as they stand, the likest first."""
    like: dict[str, Any] = {}
    for one in found:
        wanted = one.ready_made and one.fit.objection and one.procedure.code not in offered
        if wanted and fitting.likeness(one.procedure, gauge.kind, gauge.item) > 1:
            like.setdefault(one.procedure.code, one)
    return list(like.values())
