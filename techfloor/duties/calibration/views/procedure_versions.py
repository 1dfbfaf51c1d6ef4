"""A version of a procedure: its approval under a signature, its page and its paper, and how one is retired."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectMultipleField, StringField
from wtforms.fields import SelectChoice

from techfloor import clock
from techfloor.duties.calibration.actions import approving, drafting, procedures
from techfloor.duties.calibration.actions.drafting import Draft
from techfloor.duties.calibration.forms.procedure import BASES, ORIGINS, SHAPES
from techfloor.duties.calibration.report.procedure import PAPER
from techfloor.duties.calibration.rules.differing import differences
from techfloor.duties.calibration.rules.procedure import Mode
from techfloor.duties.calibration.rules.written import entry_of
from techfloor.duties.calibration.views.pages import pages
from techfloor.duties.calibration.views.procedure_shown import caution_words, gauge_named, look
from techfloor.duties.calibration.views.procedures import HOME, WRITE
from techfloor.duties.calibration.wording import BOXES, CHOSEN
from techfloor.people.proof import Proof
from techfloor.places.here import plant, today
from techfloor.records import definitions, retention
from techfloor.records.models import Definition, Record, Revision
from techfloor.records.signing import Content, signature_facts, signatures_of
from techfloor.records.signing_page import SignForm, sign_with
from techfloor.records.wording import signature_box
from techfloor.refusals import NotFound, Refusal
from techfloor.reports import paper
from techfloor.reports.paper_pages import Leaf, PaperOf, paper_pages
from techfloor.web.forms import EntryForm, refusal_text
from techfloor.web.pages import Page, afterwards, see
from techfloor.web.show import day
from techfloor.web.visitor import visitor


class ApproveForm(SignForm):
    """The signing question of a procedure, with the gauge that one came from."""

    gauge = HiddenField()


class TakeOverForm(SignForm):
    """The signing question of a ready-made procedure, with the standards it is done with here."""

    gauge = HiddenField()
    as_shown = HiddenField()
    standards = SelectMultipleField(_l("Standards it is done with"), choices=[], validate_choice=False)

    @property
    def chosen(self) -> list[str]:
        """The codes that are chosen."""
        return [code for code in self.standards.data or () if code]


class RetireForm(EntryForm):
    """Why a procedure is retired."""

    reason = StringField(_l("Reason"))


# --- approval ---


@pages.page("/procedures/<code>/approve", permission=WRITE)
def procedure_approval(code: str) -> Page:
    """Show the draft as it would be signed and what it changes, and ask for the signature."""
    draft = drafting.draft_or_none(code)
    if draft is None:
        return redirect(f"{HOME}/{drafting.definition_of(code).code}", code=303)
    form = _asking(ApproveForm(), _content(draft).sha256)
    form.gauge.data = gauge_named(request.args.get("gauge", ""))
    return _approval_page(draft, form)


def _asking(form: Any, shown: str) -> Any:
    form.fit()
    form.shown.data = shown
    return form


def _content(draft: Draft) -> Content:
    return approving.content_of(draft, plant(), clock.now())


def _approval_page(draft: Draft, form: ApproveForm) -> str:
    content = json.loads(_content(draft).text)
    gauge = gauge_named(form.gauge.data or "")
    limits = look(draft.procedure, draft.definition.id, gauge)
    return render_template(
        "calibration/procedure_approve.html",
        procedure=draft.procedure,
        body=draft.body,
        content=content,
        first_day=date.fromisoformat(content["effective_from"]),
        look=limits,
        gauge=gauge,
        former=drafting.former_version(draft.definition.code),
        differs=_differs(draft.definition, drafting.former_revision(draft.definition.code), draft.body),
        against=[refusal_text(no) for no in approving.objections(draft, today())],
        cautions=caution_words(draft, limits),
        written_by=drafting.writers(draft.revision),
        barred=approving.barred(draft, visitor().person_id, plant()),
        approvers=approving.approvers(draft, plant(), today()),
        users=[user.code for user in procedures.users(draft.definition.id)],
        form=form,
    )


def _differs(definition: Definition, former: Revision | None, body: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return what differs from a version before, in the words of the form."""
    if former is None:
        return []
    assert isinstance(former.body, dict)
    before = entry_of({"title": definition.title, **former.body})
    boxes = {"distribution": SHAPES, "origin": ORIGINS, "basis": BASES}
    told = {name: {choice.value: str(choice.label) for choice in choices} for name, choices in boxes.items()}
    found = differences(before, entry_of({"title": definition.title, **body}), told)
    return [
        {
            "what": f"{BOXES[each.box]}: {each.row}" if each.row else str(BOXES[each.box]),
            "before": str(CHOSEN.get(each.box, {}).get(each.before, each.before)) or "–",
            "after": str(CHOSEN.get(each.box, {}).get(each.after, each.after)) or "–",
        }
        for each in found
    ]


@pages.act(
    "/procedures/<code>/approve",
    permission=WRITE,
    action="calibration:procedure:approve",
    title=_l("Procedure approved"),
    endpoint="procedure_approve",
)
def procedure_approve(code: str) -> Page:
    """Approve the draft under a signature; its PDF is issued once that is saved."""
    form = ApproveForm()
    form.fit()

    def deed(proof: Proof) -> None:
        record = approving.approve(drafting.draft_of(code), proof, plant(), shown_sha256=form.shown.data or "")
        _issued_after(record)

    def shown_now() -> str:
        found = drafting.draft_or_none(code)
        return _content(found).sha256 if found else ""

    if sign_with(form, deed, shown_now):
        return _approved(code, form.gauge.data or "")
    draft = drafting.draft_or_none(code)
    if draft is None:
        drafting.definition_of(code)  # a code that nothing has is not found
        flash(_("Nothing was signed: somebody else approved this draft, or gave it up, meanwhile."), "warning")
        return see(HOME)
    return _approval_page(draft, form), 422


def _issued_after(record: Record) -> None:
    number = record.number
    afterwards(lambda: PAPER.issue_apart(number))


def _approved(code: str, came_from: str) -> Page:
    """Go on to the gauge one came from, where the procedure stands first to be chosen."""
    gauge, code = gauge_named(came_from), code.strip().upper()
    flash(_("%(code)s is approved.", code=code), "success")
    if gauge:
        return see(f"/calibration/gauges/{gauge}/procedure?chosen={code}")
    return see(f"{HOME}/{code}")


# --- a ready-made one ---


@pages.page("/procedures/ready/<code>", permission=WRITE)
def procedure_ready(code: str) -> Page:
    """Show a ready-made procedure with the standards of this plant, and ask for the signature."""
    known = procedures.ready_one(code)
    if drafting.known(known.code):
        return redirect(f"{HOME}/{known.code}", code=303)
    form = TakeOverForm()
    asked = request.args.getlist("standards")
    form.standards.data = asked or procedures.likely_standards(code, today())
    form.gauge.data = gauge_named(request.args.get("gauge", ""))
    form.fit()
    return _ready_page(code, form)


def _ready_content(code: str, chosen: list[str]) -> Content:
    """Return what would be signed: the same content as the draft that taking it over makes."""
    return approving.content_of(approving.as_draft(code, chosen, today()), plant(), clock.now(), ready_made=True)


def _ready_page(code: str, form: TakeOverForm) -> str:
    draft = approving.as_draft(code, form.chosen, today())
    form.shown.data, form.as_shown.data = _ready_content(code, form.chosen).sha256, " ".join(form.chosen)
    form.standards.choices = [SelectChoice(known, f"{known} {name}") for known, name in procedures.standards()]
    gauge = gauge_named(form.gauge.data or "")
    limits = look(draft.procedure, None, gauge)
    return render_template(
        "calibration/procedure_ready.html",
        procedure=draft.procedure,
        body=draft.body,
        look=limits,
        gauge=gauge,
        against=[refusal_text(no) for no in approving.ready_objections(draft, today())],
        cautions=caution_words(draft, limits),
        pieces=approving.restacking(code, draft.procedure),
        asks_standard=draft.procedure.mode is not Mode.certificate,
        form=form,
    )


@pages.act(
    "/procedures/ready/<code>",
    permission=WRITE,
    action="calibration:procedure:approve",
    title=_l("Procedure approved"),
    endpoint="procedure_take_over",
)
def procedure_take_over(code: str) -> Page:
    """Put a ready-made procedure in force under a signature."""
    form = TakeOverForm()
    form.fit()
    if "look" in request.form:
        return _ready_page(code, form), 422

    def deed(proof: Proof) -> None:
        if " ".join(form.chosen) != (form.as_shown.data or ""):
            raise Refusal("You chose other standards. This is the procedure with them: look at it, then sign.")
        _issued_after(approving.take_over(code, form.chosen, proof, plant(), shown_sha256=form.shown.data or ""))

    if sign_with(form, deed, lambda: _ready_content(code, form.chosen).sha256):
        return _approved(code, form.gauge.data or "")
    return _ready_page(code, form), 422


# --- a version, and the end ---


@pages.page("/procedures/<code>/versions/<int:version>", permission="calibration:read")
def procedure_version(code: str, version: int) -> str:
    """Show an approved version with its signature."""
    definition = drafting.definition_of(code)
    every = [each for each in definitions.versions(procedures.KIND, definition.code) if each.state != "draft"]
    revision = next((each for each in every if each.version == version), None)
    if revision is None:
        raise NotFound("There is no version %(version)s of %(code)s.", version=version, code=definition.code)
    former = next((each for each in every if each.version < version), None)
    record = approving.record_or_none(definition.code, version)
    live = next((one for one in procedures.in_force() if one.definition_id == definition.id), None)
    procedure = Draft(definition, revision).procedure
    return render_template(
        "calibration/procedure.html",
        procedure=procedure,
        body=procedure.body,
        former=former.version if former else None,
        differs=_differs(definition, former, procedure.body or {}),
        revision=revision,
        record=record,
        state=_state(revision, live.procedure.version if live else None),
        in_force=live is not None and live.procedure.version == version,
        versions=[(each.version, _state(each, live.procedure.version if live else None)) for each in every],
        look=look(procedure, definition.id),
        gauge="",
        users=[user.code for user in procedures.users(definition.id)],
        draft=drafting.draft_or_none(definition.code),
        signatures=[signature_box(signature_facts(each)) for each in signatures_of(record.id)] if record else [],
        legal_holds=retention.on_record(record.id) if record else [],
        issued=paper.issued(record.id, None) if record else None,
        may_write=visitor().may(WRITE),
    )


def _state(revision: Revision, live: int | None) -> tuple[str, str]:
    """Return look and words of a version on this day, whether or not its day was written down already."""
    if revision.version == live:
        return "pass", _("In force")
    if revision.state == "approved" and revision.effective_from and revision.effective_from > today():
        return "info", _("From %(day)s", day=day(revision.effective_from))
    return "waiting", _("Replaced") if live else _("Retired")


@pages.page("/procedures/<code>/retire", permission=WRITE)
def procedure_retirement(code: str) -> str:
    """Ask why a procedure is retired."""
    return _retire_page(drafting.definition_of(code).code, RetireForm())


def _retire_page(code: str, form: RetireForm) -> str:
    definition = drafting.definition_of(code)
    users = [user.code for user in procedures.users(definition.id)]
    return render_template(
        "calibration/procedure_retire.html",
        code=code,
        title_words=definition.title,
        users=users,
        form=form,
        errors=form.problems(),
    )


@pages.act(
    "/procedures/<code>/retire",
    permission=WRITE,
    action="calibration:procedure:retire",
    title=_l("Procedure retired"),
    reason="reason",
    alone="procedure:{code}",
    endpoint="procedure_retire",
)
def procedure_retire(code: str) -> Page:
    """Retire a procedure."""
    code, form = drafting.definition_of(code).code, RetireForm()

    def deed() -> None:
        if not (form.reason.data or "").strip():
            raise Refusal("Enter the reason.", field="reason")
        approving.retire(code)

    if form.attempt(deed):
        flash(_("%(code)s is retired.", code=code), "success")
        return see(HOME)
    return _retire_page(code, form), 422


def _leaf(code: str, version: int) -> Leaf:
    record = approving.record_of(code, version)
    heading = _("%(code)s, version %(version)s", code=record.number, version=version)
    return Leaf(record, heading, [(_("Calibration"), "/calibration/"), (_("Procedures"), HOME)])


paper_pages(
    pages,
    "/procedures/<code>/versions/<int:version>",
    PaperOf(PAPER, lambda code, version: (approving.number_of(code, version), version), _leaf),
    see_it="calibration:read",
    issue_it=WRITE,
)
