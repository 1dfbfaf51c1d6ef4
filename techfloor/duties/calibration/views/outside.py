"""Outside calibration: what is at a laboratory, sending out, the certificate that came back, its checks, its file."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from flask import Response as FlaskResponse
from flask import flash, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from techfloor import clock
from techfloor.duties.calibration.actions import outside
from techfloor.duties.calibration.content import content_shown
from techfloor.duties.calibration.forms.outside import CertificateForm, ChecksForm, SendOutForm, checks_form
from techfloor.duties.calibration.queries import lists
from techfloor.duties.calibration.queries import records as queries
from techfloor.duties.calibration.queries.bench import Bench
from techfloor.duties.calibration.queries.gauges import GaugeFacts, gauge_by_code
from techfloor.duties.calibration.queries.records import IN_PROGRESS, KIND
from techfloor.duties.calibration.rules.outside import SMALLEST_TUR
from techfloor.duties.calibration.rules.procedure import ItemFunction
from techfloor.duties.calibration.views.changed import changed, unchanged
from techfloor.duties.calibration.views.lists import own_tabs
from techfloor.duties.calibration.views.pages import pages
from techfloor.duties.calibration.views.shown import kind_of, run_words, verdict_words
from techfloor.duties.calibration.views.signing import ask_performer, performer_signs
from techfloor.duties.calibration.views.unusual import unusual
from techfloor.duties.calibration.views.way import OUTSIDE as MAY
from techfloor.duties.calibration.views.way import allowed
from techfloor.duties.calibration.views.wording import due_words, out_sign
from techfloor.measures.quantity import signed
from techfloor.measures.units import show_unit
from techfloor.places.here import plant, today
from techfloor.records.attachments import KeptFile
from techfloor.records.signing_page import SignForm
from techfloor.records.uploads import handed_out
from techfloor.said import begun, in_words
from techfloor.web.pages import Page, see
from techfloor.web.show import day
from techfloor.web.visitor import visitor

USUAL_WEEKS = 3


# --- what is out ---


@pages.page("/outside", permission=MAY)
def outside_index() -> str:
    """List the gauges that are at a laboratory, and the certificates that are being read."""
    now = today()
    return render_template(
        "calibration/outside_index.html",
        tabs=own_tabs("/calibration/outside"),
        rows=[_out_row(line, now) for line in lists.outside_now()],
    )


def _out_row(line: lists.OutLine, now: date) -> dict[str, Any]:
    at_home = line.number is not None
    return {
        "code": line.code,
        "url": f"/calibration/gauges/{line.code}",
        "name": line.name,
        "area": line.area or "–",
        "sent": day(line.sent_on) if line.sent_on else "–",
        "expected": day(line.expected_back) if line.expected_back else "–",
        "look": "waiting" if at_home else out_sign(line.expected_back, now).look,
        "words": _("Certificate in progress") if at_home else out_sign(line.expected_back, now).words,
        "action": _("Go on") if at_home else _("Back with certificate"),
        "action_url": f"/calibration/outside/{line.number}"
        if at_home
        else f"/calibration/gauges/{line.code}/certificate",
        "due": due_words(line.due, now),
    }


# --- send out ---


@pages.page("/gauges/<code>/send-out", permission=MAY)
def send_out(code: str) -> str:
    """Ask when a gauge leaves, and when it is expected back."""
    gauge, form = gauge_by_code(code), SendOutForm()
    form.sent_on.process_data(today())
    form.expected_back.process_data(today() + timedelta(weeks=USUAL_WEEKS))
    return _send_out_page(gauge, form)


@pages.act(
    "/gauges/<code>/send-out",
    permission=MAY,
    action="calibration:gauge:send-out",
    title=_l("Sent out"),
    endpoint="send_out_post",
)
def send_out_post(code: str) -> Page:
    """Send a gauge out."""
    gauge, form = gauge_by_code(code), SendOutForm()
    actor, at = visitor().person_id, clock.now()
    if form.attempt(lambda: outside.send_out(code, form.entry(), plant(), actor=actor, at=at)):
        flash(_("%(code)s is sent out.", code=code), "success")
        return see(f"/calibration/gauges/{code}")
    return _send_out_page(gauge, form), 422


def _send_out_page(gauge: GaugeFacts, form: SendOutForm) -> str:
    return render_template("calibration/send_out.html", gauge=gauge, form=form, errors=form.problems())


# --- the certificate ---


@pages.page("/gauges/<code>/certificate", permission=MAY)
def receive(code: str) -> Page:
    """Ask what stands on the certificate that came back with a gauge."""
    gauge = gauge_by_code(code)
    number = queries.open_on_gauge(gauge.id)
    if number is not None:
        return see(f"/calibration/{number}")
    form = CertificateForm()
    if not form.restored:
        form.sent.process_data(gauge.sent_on)
        form.back.process_data(today())
        form.open_rows(function.name for function in gauge.item.functions)
    return certificate_page(gauge, gauge.item.functions, form, f"/calibration/gauges/{code}/certificate")


@pages.act(
    "/gauges/<code>/certificate",
    permission=MAY,
    action="calibration:certificate:enter",
    title=_l("Certificate entered"),
    endpoint="receive_post",
)
def receive_post(code: str) -> Page:
    """Enter a certificate, or show the form again with more rows."""
    form, here = CertificateForm(), f"/calibration/gauges/{code}/certificate"
    file = form.file_given()  # written to disk before the act's transaction begins
    gauge = gauge_by_code(code)
    if "add" in request.form:
        form.more_rows()
        return certificate_page(gauge, gauge.item.functions, form, here, file), 422

    missing = _("Choose the laboratory's certificate, as a PDF or a photo of it.")

    def deed() -> str:
        assert file is not None  # complete
        return outside.enter(code, form.entry(), file, plant(), actor=visitor().person_id, at=clock.now())

    if form.complete(file, missing) and (done := form.attempt(deed)):
        return see(f"/calibration/outside/{done.made}/checks")
    return certificate_page(gauge, gauge.item.functions, form, here, file), 422


@pages.page("/outside/<number>/certificate", permission=MAY)
def change_certificate(number: str) -> Page:
    """Show what was entered from a certificate, to be corrected before it is signed."""
    bench = allowed(outside.outside_bench(number))
    if bench.record.state != IN_PROGRESS:
        return see(f"/calibration/{number}")
    form = CertificateForm()
    if not form.restored:
        form.show(outside.entry_of(bench))
    here = f"/calibration/outside/{number}/certificate"
    return certificate_page(bench.gauge, outside.functions_of(bench), form, here, number=number)


@pages.act(
    "/outside/<number>/certificate",
    permission=MAY,
    action="calibration:certificate:change",
    title=_l("Certificate corrected"),
    endpoint="change_certificate_post",
)
def change_certificate_post(number: str) -> Page:
    """Correct what was entered from a certificate."""
    form, here = CertificateForm(), f"/calibration/outside/{number}/certificate"
    file = form.file_given()
    bench = allowed(outside.outside_bench(number))
    if "add" in request.form:
        form.more_rows()
        return certificate_page(bench.gauge, outside.functions_of(bench), form, here, file, number), 422
    actor, at = visitor().person_id, clock.now()
    if form.complete(file, "") and form.attempt(
        lambda: outside.change(number, form.entry(), file, plant(), actor=actor, at=at)
    ):
        return see(f"/calibration/outside/{number}/checks")
    return certificate_page(bench.gauge, outside.functions_of(bench), form, here, file, number), 422


def certificate_page(
    gauge: GaugeFacts,
    functions: Sequence[ItemFunction],
    form: CertificateForm,
    action: str,
    file: KeptFile | None = None,
    number: str = "",
    *,
    notes: Sequence[str] | None = None,
) -> str:
    """Show the form of a certificate; `notes` are those of a digital one that it was filled from."""
    units = [(f.name, f"{f.name}, {show_unit(f.unit)}" if f.unit else f.name) for f in functions]
    form.offer(units or [("", "–")])
    return render_template(
        "calibration/receive.html",
        gauge=gauge,
        form=form,
        errors=form.problems(),
        action=action,
        kept=file,
        number=number,
        notes=notes,
        tolerances=[(f.name, f.tolerance) for f in functions if f.tolerance],
    )


# --- checks ---


@pages.page("/outside/<number>", permission=MAY)
def go_on(number: str) -> Page:
    """Go where an outside calibration stands."""
    bench = allowed(outside.outside_bench(number))
    if bench.record.state != IN_PROGRESS:
        return see(f"/calibration/{number}")
    answered = all(given.answer for given in outside.answers_of(bench))
    return see(f"/calibration/outside/{number}/{'sign' if answered else 'checks'}")


@pages.page("/outside/<number>/checks", permission=MAY)
def checks(number: str) -> Page:
    """Ask the checks of the procedure, beside what was entered."""
    bench = allowed(outside.outside_bench(number))
    if bench.record.state != IN_PROGRESS:
        return see(f"/calibration/{number}")
    form = checks_form(bench.procedure.checks)
    if not form.restored:
        form.show(outside.answers_of(bench))
    return _checks_page(bench, form)


@pages.act(
    "/outside/<number>/checks",
    permission=MAY,
    action="calibration:certificate:check",
    title=_l("Checks answered"),
    endpoint="checks_post",
)
def checks_post(number: str) -> Page:
    """Keep the answers."""
    bench = allowed(outside.outside_bench(number))
    form = checks_form(bench.procedure.checks)
    actor = visitor().person_id
    if form.attempt(lambda: outside.answer_checks(number, form.entry(), actor=actor)):
        return see(f"/calibration/outside/{number}/sign")
    return _checks_page(bench, form), 422


def _checks_page(bench: Bench, form: ChecksForm) -> str:
    return render_template(
        "calibration/outside_checks.html",
        bench=bench,
        form=form,
        errors=form.problems(),
        results=_results(bench),
        otherwise=[begun(in_words(each)) for each in outside.contradictions_of(bench)],
        attachments=queries.attachments(bench.record.id),
        smallest_tur=SMALLEST_TUR,
    )


def _results(bench: Bench) -> list[dict[str, Any]]:
    """Return the typed results as rows: reading against reference, error, U, how often U fits, verdict."""
    assert bench.body.outside is not None
    return [
        {
            "point": f"{point['label']} {show_unit(point['unit'])}",
            "function": point["function"],
            "run": run_words(run["run"]),
            "reading": point["indication"],
            "error": signed(Decimal(point["error"])),
            "tolerance": point["tolerance"]["text"],
            "u": f"{point['u']} (k = {point['k']})" if point["u"] and point["k"] else point["u"],
            "tur": point["tur"],
            "small": bool(point["tur"]) and Decimal(point["tur"]) < SMALLEST_TUR,
            "kind": kind_of(point["verdict"]),
            "verdict": verdict_words(point["verdict"]) if point["verdict"] else "–",
        }
        for run in outside.runs_of(bench)
        for point in run["points"]
    ]


# --- sign ---


@pages.page("/outside/<number>/sign", permission=MAY)
def outside_check(number: str) -> Page:
    """Show everything as it will stand in the record, and ask for the signature."""
    bench = allowed(outside.outside_bench(number))
    if bench.record.state != IN_PROGRESS:
        return see(f"/calibration/{number}")
    if not all(given.answer for given in outside.answers_of(bench)):
        return see(f"/calibration/outside/{number}/checks")
    return _sign_page(bench, ask_performer(bench))


@pages.act(
    "/outside/<number>/sign",
    permission=MAY,
    action="calibration:record:sign",
    title=_l("Calibration signed"),
    endpoint="outside_sign",
)
def outside_sign(number: str) -> Page:
    """Sign as performed: the certificate was read and checked."""
    return performer_signs(
        number,
        lambda proof, shown: outside.sign_performed(
            allowed(outside.outside_bench(number)).number, proof, plant(), shown_sha256=shown
        ),
        outside.outside_bench,
        _sign_page,
    )


def _sign_page(bench: Bench, form: SignForm) -> str:
    return render_template(
        "calibration/outside_sign.html",
        bench=bench,
        shown=content_shown(bench, plant()),
        changed=changed(bench),
        unchanged=unchanged(bench),
        unusual=unusual(bench),
        results=_results(bench),
        verdicts=[
            (run_words(run["run"]), kind_of(run["verdict"]), verdict_words(run["verdict"]))
            for run in outside.runs_of(bench)
        ],
        form=form,
        errors=form.problems(),
        attachments=queries.attachments(bench.record.id),
        may_sign=bench.holder_id == visitor().person_id,
    )


# --- the file ---


@pages.page("/<number>/files/<int:attachment_id>", permission="calibration:read")
def file(number: str, attachment_id: int) -> FlaskResponse:
    """Hand out a file of a record, as a download of the kind it was found to be."""
    return handed_out(KIND, number, attachment_id)
