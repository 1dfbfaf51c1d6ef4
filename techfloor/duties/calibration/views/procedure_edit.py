"""Writing a procedure: a new one, the next version of one, its draft with its limits, giving it up."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import flash, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.fields import SelectChoice

from techfloor.duties.calibration.actions import approving, drafting, procedures
from techfloor.duties.calibration.actions.drafting import Draft
from techfloor.duties.calibration.forms.procedure import ROWS, ProcedureForm
from techfloor.duties.calibration.rules.written import entry_of
from techfloor.duties.calibration.views.pages import pages
from techfloor.duties.calibration.views.procedure_shown import caution_words, gauge_named, look
from techfloor.duties.calibration.views.procedures import HOME, WRITE
from techfloor.places.here import plant, today
from techfloor.records.reviewing import two_persons
from techfloor.web.editing import Kept
from techfloor.web.forms import EntryForm, refusal_text
from techfloor.web.pages import Page, see
from techfloor.web.visitor import visitor


@pages.page("/procedures/new", permission=WRITE)
def procedure_new() -> str:
    """Ask for a new procedure: blank, or begun as a ready-made one or a copy."""
    kind, code = _begins_as(request.args)
    form = _with_choices(ProcedureForm())
    if not form.restored:
        form.show(entry_of(drafting.source(kind, code)))
        if kind == "ready":
            form.standards.process_data(procedures.likely_standards(code, today()))
        form.code.process_data(_free_code(kind, code))
        form.origin.process_data(f"{kind}:{code}" if kind else "")
        form.gauge.process_data(gauge_named(request.args.get("gauge", "")))
    return _form_page(form, None, f"{HOME}/new")


def _begins_as(asked: Mapping[str, str]) -> tuple[str, str]:
    return next(((kind, asked[kind]) for kind in ("ready", "copy") if kind in asked), ("", ""))


def _free_code(kind: str, code: str) -> str:
    """Return the code that is proposed: that of a ready-made one that was not taken over, else the next one."""
    free = kind == "ready" and code in {each.code for each in procedures.ready()}
    return code if free else drafting.next_code()


@pages.act(
    "/procedures/new",
    permission=WRITE,
    action="calibration:procedure:draft",
    title=_l("Procedure drafted"),
    endpoint="procedure_begin",
)
def procedure_begin() -> Page:
    """Keep the first draft of a new procedure."""
    form = _with_choices(ProcedureForm())
    if again := _more_rows(form):
        return _form_page(form, None, f"{HOME}/new"), again
    kind, _colon, code = (form.origin.data or "").partition(":")

    def deed() -> Draft:
        carried = drafting.source(kind, code)
        return drafting.begin(form.code.data or "", form.entry(), carried, form.effective_from.data)

    if done := form.attempt(deed):
        return _on_to_draft(done.made, form)
    return _form_page(form, None, f"{HOME}/new"), 422


@pages.page("/procedures/<code>/edit", permission=WRITE)
def procedure_edit(code: str) -> str:
    """Show the draft of the next version; it begins as the one approved last."""
    code = drafting.definition_of(code).code
    return _form_page(_edit_form(code), code, f"{HOME}/{code}/edit")


@pages.act(
    "/procedures/<code>/edit",
    permission=WRITE,
    action="calibration:procedure:draft",
    title=_l("Procedure drafted"),
    alone="procedure:{code}",
    endpoint="procedure_keep",
)
def procedure_keep(code: str) -> Page:
    """Keep the draft."""
    code = drafting.definition_of(code).code
    form = _edit_form(code)
    if again := _more_rows(form):
        return _form_page(form, code, f"{HOME}/{code}/edit"), again
    if done := form.attempt(lambda: drafting.keep(code, form.entry(), form.effective_from.data)):
        return _on_to_draft(done.made, form)
    return _form_page(form, code, f"{HOME}/{code}/edit"), form.status


def _more_rows(form: ProcedureForm) -> int:
    """Add a row where that is what was asked, and keep everything as it was typed; returns with which status."""
    wanted = request.form.get("add", "")
    if wanted not in ROWS:
        return 0
    form.more(wanted)
    return 422


def _on_to_draft(draft: Draft, form: ProcedureForm) -> Page:
    gauge = gauge_named(form.gauge.data or "")
    flash(
        _("The draft is kept. Look at its limits, then approve it.")
        if not two_persons(plant())
        else _("The draft is kept. Look at its limits; somebody else approves it, from their Home."),
        "success",
    )
    return see(f"{HOME}/{draft.definition.code}/draft" + (f"?gauge={gauge}" if gauge else ""))


def _edit_form(code: str) -> ProcedureForm:
    """Return the form over the draft as it stands now, whoever kept it."""
    found, body = drafting.draft_or_none(code), drafting.begun(code)
    stands = _with_choices(ProcedureForm(formdata=None, drafted=False), body.get("standards", ()))
    form = _with_choices(ProcedureForm(), body.get("standards", ()))
    for each in (stands,) if form.restored or request.method == "POST" else (stands, form):
        each.show(entry_of(body))
        each.effective_from.process_data(found.revision.effective_from if found else None)
    for each in (stands, form):
        each.code.process_data(code)
    boxes = {each.name: ("body",) for each in form if each.name != "effective_from"}
    if request.method == "GET" and not form.restored:
        form.gauge.process_data(gauge_named(request.args.get("gauge", "")))
    return form.beside(stands, *([Kept("revision", "id", found.revision.id, boxes)] if found else []))


def _with_choices(form: ProcedureForm, named: Sequence[str] = ()) -> ProcedureForm:
    """Offer the standards of the plant, and those that stand in the procedure already."""
    names = dict.fromkeys(named, "") | dict(procedures.standards())
    form.standards.choices = [SelectChoice(code, f"{code} {names[code]}".strip()) for code in sorted(names)]
    return form


def _form_page(form: ProcedureForm, code: str | None, action: str) -> str:
    newest = drafting.former_version(code) if code else None
    return render_template(
        "calibration/procedure_form.html",
        form=form,
        code=code,
        action=action,
        former=newest,
        today=today().isoformat(),
        errors=form.problems(),
        back=f"{HOME}/{code}" if code else HOME,
    )


@pages.page("/procedures/<code>/draft", permission="calibration:read")
def procedure_draft(code: str) -> str:
    """Show a draft with its limits at each point, and what still speaks against approving it."""
    draft = drafting.draft_of(code)
    gauge = gauge_named(request.args.get("gauge", ""))
    limits = look(draft.procedure, draft.definition.id, gauge)
    return render_template(
        "calibration/procedure_draft.html",
        procedure=draft.procedure,
        body=draft.body,
        look=limits,
        gauge=gauge,
        against=[refusal_text(no) for no in approving.objections(draft, today())],
        cautions=caution_words(draft, limits),
        written_by=drafting.writers(draft.revision),
        barred=approving.barred(draft, visitor().person_id, plant()),
        approvers=approving.approvers(draft, plant(), today()),
        may_write=visitor().may(WRITE),
        form=EntryForm(drafted=False),
    )


@pages.act(
    "/procedures/<code>/give-up",
    permission=WRITE,
    action="calibration:procedure:give-up",
    title=_l("Draft of a procedure given up"),
    alone="procedure:{code}",
    endpoint="procedure_give_up",
)
def procedure_give_up(code: str) -> Page:
    """Take a draft away."""
    draft = drafting.draft_of(code)
    drafting.give_up(code)
    flash(_("The draft of %(code)s is given up.", code=draft.procedure.code), "success")
    return see(HOME)


@pages.act(
    "/procedures/<code>/pieces",
    permission=WRITE,
    action="calibration:procedure:draft",
    title=_l("Procedure drafted"),
    alone="procedure:{code}",
    endpoint="procedure_pieces",
)
def procedure_pieces(code: str) -> Page:
    """Write the stacks that the pieces of its standard give into the draft, where it names none."""
    draft: Any = drafting.draft_of(code)
    drafting.put_pieces(draft, procedures.standard_of(draft.procedure, today()))
    flash(_("The pieces stand in the draft."), "success")
    return see(f"{HOME}/{draft.definition.code}/draft")
