"""The certificates of a standard, and the lots of a reference material."""

from flask import Response as FlaskResponse
from flask import flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from techfloor.equipment import actions, queries
from techfloor.equipment.deed_forms import CertificateForm, CorrectCertificateForm, OpenLotForm, WithdrawForm
from techfloor.equipment.rules import trace_page
from techfloor.equipment.shapes import CertificateView, PaperView, StandardView
from techfloor.equipment.statuses import MEASURE
from techfloor.equipment.views.common import HOLD, READ, may, pages
from techfloor.equipment.wording import look_backs_raised
from techfloor.places.here import today
from techfloor.records.attachments import KeptFile
from techfloor.records.uploads import hand_out
from techfloor.refusals import NotFound
from techfloor.said import in_words
from techfloor.web.show import day, moment
from techfloor.web.visitor import by_whom

Page = str | tuple[str, int] | Response


@pages.page("/<code>/certificates/new", permission=MEASURE)
def new_certificate(code: str) -> Page:
    """Ask for what stands on a certificate; what the last one said is proposed again."""
    standard = standard_of_code(code)
    form = CertificateForm(formdata=None)
    if not form.restored:
        _propose(form, standard)
    return _certificate_page(form, standard)


@pages.act(
    "/<code>/certificates/new",
    permission=MEASURE,
    action="equipment:certificate:add",
    title=_l("Certificate of a standard added"),
    endpoint="add_certificate",
)
def add_certificate(code: str) -> Page:
    """Add a certificate, with the laboratory's paper where there is one."""
    form = CertificateForm()
    file = form.file_given()  # written to disk before the act's transaction begins
    standard = standard_of_code(code)
    if form.complete(file, "") and form.attempt(
        lambda: actions.add_certificate(standard.id, form.entry(), file=file, **by_whom())
    ):
        flash(_("The certificate is added."), "success")
        return redirect(f"/equipment/{standard.code}", code=303)
    return _certificate_page(form, standard, file), 422


def _propose(form: CertificateForm, standard: StandardView) -> None:
    form.unit.process_data(standard.unit)
    last = next((paper for paper in queries.certificates_of(standard.id) if paper.stands), None)
    if last is None:
        return
    form.laboratory.process_data(last.certificate.laboratory)
    form.uncertainty_kind.process_data(last.certificate.uncertainty.get("kind", ""))
    form.unit.process_data(last.certificate.uncertainty.get("unit", form.unit.data))


def _certificate_page(
    form: CertificateForm, standard: StandardView, file: KeptFile | None = None, before: PaperView | None = None
) -> str:
    return render_template(
        "equipment/certificate_form.html",
        form=form,
        standard=standard,
        kept=file,
        before=before,
        action=request.path,
        preview=None,
    )


@pages.page("/<code>/certificates/<int:certificate_id>", permission=READ)
def certificate(code: str, certificate_id: int) -> str:
    """Show one certificate: what stands on it, what became of it, and the records that rest on it."""
    standard = standard_of_code(code)
    paper = queries.certificate_by_id(standard.id, certificate_id)
    return render_template(
        "equipment/certificate.html",
        standard=standard,
        paper=paper,
        facts=_facts(paper.certificate),
        trace_url=trace_page(standard.code),
        before=queries.rested_before(standard.id, certificate_id),
        rested=[
            {"number": each.number, "gauge": f"{each.code} {each.name}", "on": moment(each.performed_at)}
            for each in queries.rested_on(certificate_id)
        ],
        may_change=may(MEASURE),
    )


def _facts(certificate: CertificateView) -> list[tuple[str, str]]:
    pairs = [
        (_("Number"), certificate.number),
        (_("Issued by"), certificate.laboratory),
        (_("Issued on"), day(certificate.issued)),
        (_("Valid until"), day(certificate.valid_until)),
        (_("Opened on"), day(certificate.opened) if certificate.opened else ""),
        (_("Uncertainty"), in_words(certificate.uncertainty_text)),
    ]
    return [(name, value) for name, value in pairs if value]


@pages.page("/<code>/certificates/<int:certificate_id>/file", permission=READ)
def paper_of_certificate(code: str, certificate_id: int) -> FlaskResponse:
    """Hand out the laboratory's paper."""
    queries.certificate_by_id(standard_of_code(code).id, certificate_id)
    return hand_out(queries.file_of_certificate(certificate_id))


@pages.page("/<code>/certificates/<int:certificate_id>/correct", permission=MEASURE)
def correct_certificate(code: str, certificate_id: int) -> Page:
    """Show a certificate as it was entered, to be corrected."""
    standard = standard_of_code(code)
    paper = queries.certificate_by_id(standard.id, certificate_id)
    if not paper.stands:
        return redirect(_url(standard, certificate_id), code=303)
    form = CorrectCertificateForm(formdata=None)
    if not form.restored:
        form.show(paper.certificate)
    return _certificate_page(form, standard, before=paper)


@pages.act(
    "/<code>/certificates/<int:certificate_id>/correct",
    permission=MEASURE,
    action="equipment:certificate:correct",
    title=_l("Certificate of a standard corrected"),
    endpoint="replace_certificate",
)
def replace_certificate(code: str, certificate_id: int) -> Page:
    """Put a corrected version in the place of a certificate."""
    form = CorrectCertificateForm()
    file = form.file_given()  # written to disk before the act's transaction begins
    standard = standard_of_code(code)
    paper = queries.certificate_by_id(standard.id, certificate_id)

    def correct() -> actions.Corrected:
        return actions.correct_certificate(certificate_id, form.entry(), form.words(), file=file, **by_whom())

    if form.complete(file, "") and (done := form.attempt(correct)):
        flash(_("The certificate is corrected. The entry before stays to be read."), "success")
        if done.made.raised:
            flash(look_backs_raised(done.made.raised), "warning")
        return redirect(_url(standard, done.made.certificate.id), code=303)
    return _certificate_page(form, standard, file, paper), 422


@pages.page("/<code>/certificates/<int:certificate_id>/withdraw", permission=MEASURE)
def withdraw_certificate(code: str, certificate_id: int) -> Page:
    """Ask why a certificate is taken back."""
    standard = standard_of_code(code)
    paper = queries.certificate_by_id(standard.id, certificate_id)
    if not paper.stands:
        return redirect(_url(standard, certificate_id), code=303)
    return _withdraw_page(WithdrawForm(formdata=None), standard, paper)


@pages.act(
    "/<code>/certificates/<int:certificate_id>/withdraw",
    permission=MEASURE,
    action="equipment:certificate:withdraw",
    title=_l("Certificate of a standard withdrawn"),
    endpoint="take_back_certificate",
)
def take_back_certificate(code: str, certificate_id: int) -> Page:
    """Take a certificate back."""
    standard = standard_of_code(code)
    paper = queries.certificate_by_id(standard.id, certificate_id)
    form = WithdrawForm()
    done = form.attempt(lambda: actions.withdraw_certificate(certificate_id, form.words(), **by_whom()))
    if done is None:
        return _withdraw_page(form, standard, paper), 422
    flash(_("%(number)s is withdrawn. Nothing can rest on it from now on.", number=paper.certificate.number), "success")
    if done.made:
        flash(look_backs_raised(done.made), "warning")
    return redirect(f"/equipment/{standard.code}", code=303)


def _withdraw_page(form: WithdrawForm, standard: StandardView, paper: PaperView) -> str:
    return render_template("equipment/certificate_withdraw.html", form=form, standard=standard, paper=paper)


def _url(standard: StandardView, certificate_id: int) -> str:
    return f"/equipment/{standard.code}/certificates/{certificate_id}"


def standard_of_code(code: str) -> StandardView:
    """Return a standard by the code on its label; raises NotFound."""
    found = queries.standards_for([code], today())
    if not found:
        raise NotFound("No standard has the code %(code)s. Check the label and type it again.", code=code)
    return found[0]


@pages.page("/<code>/certificates/<int:certificate_id>/open", permission=HOLD)
def open_lot(code: str, certificate_id: int) -> Page:
    """Ask on which day a bottle of a lot was opened."""
    standard, lot = _lot(code, certificate_id)
    form = OpenLotForm(formdata=None)
    if not form.restored:
        form.opened.process_data(today())
    return _lot_page(form, standard, lot)


@pages.act(
    "/<code>/certificates/<int:certificate_id>/open",
    permission=HOLD,
    action="equipment:lot:open",
    title=_l("Bottle of a reference material opened"),
    endpoint="note_opened",
)
def note_opened(code: str, certificate_id: int) -> Page:
    """Note the day on which a bottle of a lot was opened."""
    standard, lot = _lot(code, certificate_id)
    form = OpenLotForm()
    if not form.attempt(lambda: actions.open_lot(lot.id, form.day(today()), **by_whom())):
        return _lot_page(form, standard, lot), 422
    flash(_("%(number)s was opened on %(day)s.", number=lot.number, day=day(form.day(today()))), "success")
    return redirect(f"/equipment/{standard.code}", code=303)


def _lot(code: str, certificate_id: int) -> tuple[StandardView, CertificateView]:
    standard = standard_of_code(code)
    lots = queries.certificates_of(standard.id)
    lot = next((lot.certificate for lot in lots if lot.certificate.id == certificate_id and lot.stands), None)
    if lot is None or not standard.reference_material:
        raise NotFound("%(code)s has no such lot.", code=standard.code)
    return standard, lot


def _lot_page(form: OpenLotForm, standard: StandardView, lot: CertificateView) -> str:
    return render_template("equipment/open_lot.html", form=form, standard=standard, lot=lot)
