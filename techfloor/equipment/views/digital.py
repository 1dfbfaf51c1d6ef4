"""A digital certificate of a standard, read from its file and shown to be checked before it is entered."""

from dataclasses import dataclass

from flask import current_app, render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField

from techfloor.equipment.deed_forms import CertificateForm, DigitalForm
from techfloor.equipment.digital import Asked, Found, Way, find, serials, tables_of, ways_of
from techfloor.equipment.shapes import StandardView
from techfloor.equipment.statuses import MEASURE
from techfloor.equipment.views.certificates import standard_of_code
from techfloor.equipment.views.common import pages
from techfloor.measures.quantity import plain
from techfloor.places.here import plant
from techfloor.records.attachments import KeptFile
from techfloor.refusals import Refusal
from techfloor.reports.dcc.model import Certificate
from techfloor.reports.dcc.reading import read
from techfloor.web.fields import options
from techfloor.web.pages import Page
from techfloor.web.rates import PAPER
from techfloor.web.show import day


class ReadForm(DigitalForm):
    """The file, and what must be chosen where it can be read in more than one way."""

    table = RadioField(_l("Which table holds the certified values?"), choices=[], validate_choice=False)
    way = RadioField(_l("Where does the certified value stand?"), choices=[], validate_choice=False)

    def asked(self) -> Asked:
        """Return what was chosen."""
        return Asked(str(self.table.data or ""), str(self.way.data or ""), bool(self.confirmed.data))

    def offer(self, certificate: Certificate) -> None:
        """Offer the choices that this certificate leaves open."""
        tables = tables_of(certificate)
        if len(tables) > 1:
            named = [(place, f"{result.name} ({len(result.points)})") for place, result in tables]
            self.table.choices = options(("", _("All together")), *named)
        ways = {way for _place, result in tables for point in result.points for way in ways_of(point)}
        if len(ways) > 1:
            self.way.choices = options(*((way.value, words) for way, words in _way_words() if way in ways))


def _way_words() -> list[tuple[Way, str]]:
    return [
        (Way.MEASURED, _("It is the measured value: the standard is a piece, such as a block or a weight")),
        (Way.REFERENCE, _("It is the reference value: the standard shows numbers, and this is the truth behind them")),
        (Way.DEVIATION, _("It is the nominal value and the deviation together")),
        (Way.LESS_ERROR, _("It is the nominal value less the error: the standard shows numbers")),
        (Way.PLUS_ERROR, _("It is the nominal value and the error together: the standard is a piece")),
    ]


@dataclass(frozen=True)
class Preview:
    """What was read, beside what it came from."""

    facts: list[tuple[str, str]]
    rows: list[dict[str, str]]
    notes: list[str]


@pages.page("/<code>/certificates/read", permission=MEASURE)
def read_certificate(code: str) -> Page:
    """Ask for the file of a digital certificate."""
    return _read_page(ReadForm(formdata=None, drafted=False), standard_of_code(code))


@pages.quiet("/<code>/certificates/read", permission=MEASURE, endpoint="show_read", cost=PAPER)
def show_read(code: str) -> Page:
    """Read a digital certificate and show the form of a certificate with what it says; nothing is entered yet."""
    form, standard = ReadForm(drafted=False), standard_of_code(code)
    file = form.file_given()
    if not form.complete(file, _("Choose the file.")) or file is None:
        return _read_page(form, standard, file), 422
    try:
        certificate = read(_bytes(file), unit=standard.unit, language=plant().language[:2])
        form.offer(certificate)
        found = find(
            certificate,
            unit=standard.unit,
            serial="" if standard.reference_material else standard.serial,
            code=standard.code,
            months=standard.interval_months,
            asked=form.asked(),
        )
    except Refusal as no:
        form.refuse(no)
        return _read_page(form, standard, file), 422
    return _filled(standard, file, certificate, found)


def _bytes(file: KeptFile) -> bytes:
    data: bytes = current_app.extensions["techfloor"].blobs.get(file.sha256)
    return data


def _read_page(form: ReadForm, standard: StandardView, file: KeptFile | None = None) -> str:
    return render_template("equipment/certificate_read.html", form=form, standard=standard, kept=file)


def _filled(standard: StandardView, file: KeptFile, certificate: Certificate, found: Found) -> str:
    form = CertificateForm(formdata=None, drafted=False)
    form.hand_over(file)
    for name in ("number", "laboratory", "issued", "valid_until"):
        form[name].process_data(getattr(found, name))
    form.uncertainty_kind.process_data("per value" if found.per_value else "")
    form.unit.process_data(standard.unit)
    if found.k is not None:
        form.k.process_data(found.k)
    form.certified.process_data(found.lines())
    return render_template(
        "equipment/certificate_form.html",
        form=form,
        standard=standard,
        kept=file,
        before=None,
        action=f"/equipment/{standard.code}/certificates/new",
        preview=_preview(standard, certificate, found),
    )


def _preview(standard: StandardView, certificate: Certificate, found: Found) -> Preview:
    facts = [
        (_("Item"), ", ".join(item.name for item in certificate.items[:3])),
        (_("Numbers of the item"), ", ".join(serials(certificate)[:6])),
        (_("Serial on the card"), standard.serial),
        (_("Performed"), _days(certificate)),
        (_("Issued on"), day(certificate.issued) if certificate.issued else ""),
        (_("Schema"), f"DCC {certificate.schema}"),
        (_("Values"), str(len(found.rows))),
    ]
    rows = [
        {
            "stated": f"{row.label}: {stated}" if row.label else stated,
            "nominal": plain(row.nominal),
            "value": plain(row.value),
            "u": "–" if row.u is None else plain(row.u),
            "k": "–" if row.k is None else plain(row.k),
        }
        for row in found.rows
        for stated in [f"{row.stated_nominal} → {row.stated_value}"]
    ]
    notes = [_(note.sentence, **note.parameters) for note in found.notes]
    return Preview([(name, value) for name, value in facts if value], rows, notes)


def _days(certificate: Certificate) -> str:
    if certificate.begun == certificate.ended:
        return day(certificate.ended)
    return f"{day(certificate.begun)} – {day(certificate.ended)}"
