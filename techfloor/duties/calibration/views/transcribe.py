"""Entering a calibration from paper: what stands above its readings and the photo; the readings follow as always."""

from flask import current_app, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from techfloor import clock
from techfloor.duties.calibration.actions import transcribing
from techfloor.duties.calibration.actions.starting import StartEntry
from techfloor.duties.calibration.actions.transcribing import PaperEntry
from techfloor.duties.calibration.forms.work import TranscribeForm, transcribe_form
from techfloor.duties.calibration.queries import records as queries
from techfloor.duties.calibration.queries.gauges import GaugeFacts, gauge_by_code, procedure_in_force
from techfloor.duties.calibration.queries.standards import groups
from techfloor.duties.calibration.rules.procedure import Procedure
from techfloor.duties.calibration.views.pages import pages
from techfloor.duties.calibration.views.start import ask_once, no_start
from techfloor.people.queries import who_may_be_here
from techfloor.places.here import plant, today
from techfloor.records.attachments import KeptFile
from techfloor.web.pages import Page, see
from techfloor.web.visitor import visitor

LOG = "calibration:log"


@pages.page("/gauges/<code>/paper", permission=LOG)
def enter_from_paper(code: str) -> Page:
    """Ask for what stands on the paper; its QR names the version of the procedure."""
    gauge = gauge_by_code(code)
    number = queries.open_on_gauge(gauge.id)
    if number is not None:
        return see(f"/calibration/{number}/next")
    procedure = _procedure(gauge, request.args.get("version", ""))
    if (no := no_start(gauge, procedure)) is not None:
        raise no
    form = _form(procedure, bare=True)
    if not form.restored:
        form.version.process_data(procedure.version)
        form.soaked.data = False
    return _page(gauge, procedure, form)


@pages.act(
    "/gauges/<code>/paper",
    permission=LOG,
    action="calibration:record:transcribe",
    title=_l("Begun from paper"),
    endpoint="enter_from_paper_post",
)
def enter_from_paper_post(code: str) -> Page:
    """Open the calibration that stands on the paper."""
    form = TranscribeForm()
    file = form.file_given()  # written to disk before the act's transaction begins
    kept, problems = form.kept.data, list(form.file.errors)
    gauge = gauge_by_code(code)
    procedure = _procedure(gauge, request.form.get("version", ""))
    form = _form(procedure)
    form.kept.data, form.file.errors = kept, problems

    def deed() -> str:
        assert file is not None
        assert form.version.data is not None
        start = StartEntry(
            gauge_code=gauge.code,
            standards=form.standards(),
            ambient=form.ambient(),
            condition=form.condition_words(),
            soaked=bool(form.soaked.data),
        )
        entry = PaperEntry(start, form.version.data, form.performer(), form.moment(plant().zone))
        ask_once(procedure, form)
        return transcribing.transcribe(entry, file, plant(), actor=visitor().person_id, at=clock.now())

    missing = _("Attach a photo or a scan of the paper: who reviews it compares it with the values.")
    if form.complete(file, missing) and (done := form.attempt(deed)):
        return see(f"/calibration/{done.made}/next")
    return _page(gauge, procedure, form, file), 422


def _procedure(gauge: GaugeFacts, named: str) -> Procedure:
    """Return the version that the paper names, that in force for any other: the form asks for what that one asks."""
    version = int(named) if named.isascii() and named.isdigit() and len(named) < 6 else 0
    return transcribing.procedure_of_version(gauge, version) or procedure_in_force(gauge)[1]


def _form(procedure: Procedure, *, bare: bool = False) -> TranscribeForm:
    roles = current_app.extensions["techfloor"].permission_roles[LOG]
    people = [(each.id, each.name) for each in who_may_be_here(today()) if set(each.roles) & set(roles)]
    form = transcribe_form(procedure.environment, groups(procedure.standards, today()), people)
    if bare and not form.restored:
        form.performed_by.data = str(visitor().person_id)
    return form


def _page(gauge: GaugeFacts, procedure: Procedure, form: TranscribeForm, file: KeptFile | None = None) -> str:
    return render_template(
        "calibration/from_paper.html",
        gauge=gauge,
        procedure=procedure,
        form=form,
        errors=form.problems(),
        kept=file,
        limits={limit.quantity: limit for limit in procedure.environment},
    )
