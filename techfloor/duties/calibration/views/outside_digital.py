"""The digital certificate of an outside laboratory: read from its file, shown in the form, entered as if typed."""

from flask import current_app, render_template
from flask_babel import gettext as _

from techfloor.duties.calibration.actions.digital import Read, entry_of
from techfloor.duties.calibration.forms.outside import MOST_RESULTS, CertificateForm
from techfloor.duties.calibration.queries.gauges import GaugeFacts, gauge_by_code
from techfloor.duties.calibration.queries.records import open_on_gauge
from techfloor.duties.calibration.views.outside import certificate_page
from techfloor.duties.calibration.views.pages import pages
from techfloor.duties.calibration.views.way import OUTSIDE as MAY
from techfloor.equipment.deed_forms import DigitalForm
from techfloor.equipment.digital import check_own
from techfloor.places.here import plant, today
from techfloor.records.attachments import KeptFile
from techfloor.refusals import Refusal
from techfloor.reports.dcc.reading import read
from techfloor.web.pages import Page, see
from techfloor.web.rates import PAPER


@pages.page("/gauges/<code>/certificate/read", permission=MAY)
def read_certificate(code: str) -> Page:
    """Ask for the file of a digital certificate."""
    gauge = gauge_by_code(code)
    number = open_on_gauge(gauge.id)
    if number is not None:
        return see(f"/calibration/{number}")
    return _read_page(DigitalForm(formdata=None, drafted=False), gauge)


@pages.quiet("/gauges/<code>/certificate/read", permission=MAY, endpoint="show_read", cost=PAPER)
def show_read(code: str) -> Page:
    """Read a digital certificate and show the form with what it says; nothing is entered yet."""
    form, gauge = DigitalForm(drafted=False), gauge_by_code(code)
    file = form.file_given()
    if not form.complete(file, _("Choose the file.")) or file is None:
        return _read_page(form, gauge, file), 422
    data = current_app.extensions["techfloor"].blobs.get(file.sha256)
    try:
        certificate = read(data, language=plant().language[:2])
        check_own(certificate, (gauge.serial, gauge.code), confirmed=bool(form.confirmed.data))
    except Refusal as no:
        form.refuse(no)
        return _read_page(form, gauge, file), 422
    found = entry_of(certificate, gauge.item.functions, sent=gauge.sent_on, back=today(), most=MOST_RESULTS)
    return _filled(gauge, file, found)


def _read_page(form: DigitalForm, gauge: GaugeFacts, file: KeptFile | None = None) -> str:
    return render_template("calibration/read_certificate.html", form=form, gauge=gauge, kept=file)


def _filled(gauge: GaugeFacts, file: KeptFile, found: Read) -> str:
    form = CertificateForm(formdata=None, drafted=False)
    form.show(found.entry)
    form.hand_over(file)
    if not found.entry.results:
        form.open_rows(function.name for function in gauge.item.functions)
    here = f"/calibration/gauges/{gauge.code}/certificate"
    notes = [_(note.sentence, **note.parameters) for note in found.notes]
    return certificate_page(gauge, gauge.item.functions, form, here, file, notes=notes)
