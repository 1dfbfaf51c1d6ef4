"""Blank paper forms for an outage: made from the procedure in force, with the way back in as a QR code."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response, make_response
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answer

from techfloor.duties.calibration.actions.starting import misfit
from techfloor.duties.calibration.queries.gauges import GaugeFacts, gauge_by_code, procedure_in_force
from techfloor.duties.calibration.rules.limits import typed_step
from techfloor.duties.calibration.rules.procedure import Mode, PlannedPoint, Procedure, plan
from techfloor.duties.calibration.rules.reading import typed_fields
from techfloor.duties.calibration.views.lists import asked_for_gauges
from techfloor.duties.calibration.views.pages import pages
from techfloor.duties.calibration.views.shown import point_words
from techfloor.duties.calibration.views.start import no_start
from techfloor.equipment.narrowing import narrowed_to
from techfloor.equipment.queries import list_page
from techfloor.equipment.statuses import Kind
from techfloor.measures.quantity import plain
from techfloor.measures.units import show_unit
from techfloor.places.here import plant, today
from techfloor.refusals import Refusal
from techfloor.reports import pdf, sheets
from techfloor.said import begun, in_words
from techfloor.web.address import paper_base

LOG = "calibration:log"


@dataclass(frozen=True)
class Row:
    """A reading to take: its place in the plan, what is measured there, which repeat, and the boxes to write in."""

    n: str
    words: str
    repeat: str
    step: str


@dataclass(frozen=True)
class Form:
    """A blank form of one gauge."""

    gauge: GaugeFacts
    procedure: Procedure
    facts: tuple[tuple[str, str], ...]
    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    room: tuple[tuple[str, str], ...]
    qr: sheets.Qr
    address: str


@pages.page("/gauges/<code>/paper-form.pdf", permission=LOG)
def blank_form(code: str) -> Answer:
    """Give the blank form of a gauge."""
    return _served([_form(gauge_by_code(code))], code)


@pages.page("/paper-forms.pdf", permission=LOG)
def blank_forms() -> Answer:
    """Give the blank forms of the gauges on one page of the list, each on paper of its own."""
    lines = list_page(narrowed_to(Kind.GAUGE, asked_for_gauges(), today())).lines
    forms = [form for line in lines if (form := _if_any(line.code)) is not None]
    if not forms:
        raise Refusal("None of these gauges is calibrated here by a procedure in force.")
    return _served(forms, today().isoformat())


def _if_any(code: str) -> Form | None:
    try:
        return _form(gauge_by_code(code))
    except Refusal:
        return None


def _form(gauge: GaugeFacts) -> Form:
    """Return the form of a gauge; raises Refusal for one that is not calibrated here now."""
    _revision, procedure = procedure_in_force(gauge)
    no = no_start(gauge, procedure) or misfit(procedure, gauge)
    if no is not None:
        raise no
    address = f"{paper_base()}/calibration/gauges/{gauge.code}/paper?version={procedure.version}"
    return Form(
        gauge,
        procedure,
        _facts(gauge),
        tuple(_heads()[name] for name in typed_fields(procedure.mode)),
        tuple(row for point in plan(procedure, gauge.item) for row in _rows(procedure, point)),
        tuple(
            (begun(in_words({"say": "quantity", "value": each.quantity})), f"{show_unit(each.unit)} ({each.text})")
            for each in procedure.environment
        ),
        sheets.Qr.of(address),
        address,
    )


def _facts(gauge: GaugeFacts) -> tuple[tuple[str, str], ...]:
    pairs = (
        (_("Serial"), gauge.serial),
        (_("Maker"), gauge.maker),
        (_("Place"), gauge.place),
        (_("Range"), in_words(gauge.range_said)),
        (_("Resolution"), gauge.resolution_text),
    )
    return tuple((name, words) for name, words in pairs if words)


def _heads() -> dict[str, str]:
    return {
        "indication": _("Gauge reads"),
        "reference": _("Standard reads"),
        "difference": _("Difference"),
        "goes": _("Goes: yes or no"),
    }


def _rows(procedure: Procedure, point: PlannedPoint) -> list[Row]:
    of_standard = procedure.mode is Mode.match and point.role == "point"
    known = typed_step(procedure, point, "reference" if of_standard else "indication")
    step = f"{plain(known)} {show_unit(point.unit)}" if known else ""
    words = " ".join(part for part in (point_words(point), {"up": "↑", "down": "↓"}.get(point.direction, "")) if part)
    return [
        Row(str(point.n), words, _("%(n)s of %(all)s", n=n, all=point.repeats) if point.repeats > 1 else "", step)
        for n in range(1, point.repeats + 1)
    ]


def _served(forms: Sequence[Form], name: str) -> Response:
    drawing = sheets.environment(_)
    template = drawing.get_template("calibration/paper_form.html")
    language = str(get_locale() or "en")
    html = template.render(forms=forms, plant=plant(), paper=plant().paper, language=language, attribute=Mode.attribute)
    title = _("Calibration on paper")
    data = pdf.render(html, title=f"{title} {name}", lang=language)
    answer = make_response(data)
    answer.headers["Content-Type"] = "application/pdf"
    answer.headers["Content-Disposition"] = f'inline; filename="paper-form-{name}.pdf"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
