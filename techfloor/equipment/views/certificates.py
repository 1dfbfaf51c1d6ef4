"""The certificates of a standard, and the lots of a reference material."""

from flask import flash, redirect, render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from techfloor.equipment import actions, queries
from techfloor.equipment.deed_forms import CertificateForm, OpenLotForm
from techfloor.equipment.shapes import CertificateView, StandardView
from techfloor.equipment.statuses import MEASURE
from techfloor.equipment.views.common import HOLD, pages
from techfloor.places.here import today
from techfloor.refusals import NotFound
from techfloor.web.show import day
from techfloor.web.visitor import by_whom

Page = str | tuple[str, int] | Response


@pages.page("/<code>/certificates/new", permission=MEASURE)
def new_certificate(code: str) -> Page:
    """Ask for what stands on a certificate; what the last one said is proposed again."""
    standard = _standard(code)
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
    """Add a certificate."""
    standard = _standard(code)
    form = CertificateForm()
    if not form.attempt(lambda: actions.add_certificate(standard.id, form.entry(), **by_whom())):
        return _certificate_page(form, standard), 422
    flash(_("The certificate is added."), "success")
    return redirect(f"/equipment/{standard.code}", code=303)


def _propose(form: CertificateForm, standard: StandardView) -> None:
    form.unit.process_data(standard.unit)
    last = next(iter(queries.certificates_of(standard.id)), None)
    if last is None:
        return
    form.laboratory.process_data(last.laboratory)
    form.uncertainty_kind.process_data(last.uncertainty.get("kind", ""))
    form.unit.process_data(last.uncertainty.get("unit", form.unit.data))


def _certificate_page(form: CertificateForm, standard: StandardView) -> str:
    return render_template("equipment/certificate_form.html", form=form, standard=standard)


def _standard(code: str) -> StandardView:
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
    standard = _standard(code)
    lots = queries.certificates_of(standard.id)
    lot = next((paper for paper in lots if paper.id == certificate_id), None)
    if lot is None or not standard.reference_material:
        raise NotFound("%(code)s has no such lot.", code=standard.code)
    return standard, lot


def _lot_page(form: OpenLotForm, standard: StandardView, lot: CertificateView) -> str:
    return render_template("equipment/open_lot.html", form=form, standard=standard, lot=lot)
