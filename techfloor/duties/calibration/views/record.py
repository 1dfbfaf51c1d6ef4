"""A signed calibration to read: its page, its certificate."""

from typing import Any

from flask import Response as FlaskResponse
from flask import current_app, flash, make_response, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from techfloor.duties.calibration import actions, certificate, queries
from techfloor.duties.calibration.queries import CLOSED, IN_PROGRESS, PERFORMED, Bench
from techfloor.duties.calibration.results import AS_FOUND, AS_LEFT
from techfloor.duties.calibration.views.pages import pages
from techfloor.duties.calibration.views.shown import grid, kind_of, run_words, verdict_words
from techfloor.duties.calibration.views.signing import plant, shown_content
from techfloor.duties.calibration.views.way import see
from techfloor.records.history import timeline
from techfloor.records.signing import signatures_of
from techfloor.refusals import NotFound, Refusal
from techfloor.reports import issue
from techfloor.reports.pdf import PdfFailed, PdfUnavailable
from techfloor.web.forms import refusal_text
from techfloor.web.show import moment
from techfloor.web.visitor import visitor

STATE_KINDS = {
    "in progress": "waiting",
    "performed": "caution",
    "closed": "pass",
    "rejected": "fail",
    "discontinued": "info",
}


def state_words(state: str) -> str:
    """Return where a record stands, as people read it."""
    words: dict[str, str] = {
        "in progress": _("In progress"),
        "performed": _("Waiting for review"),
        "closed": _("Closed"),
        "rejected": _("Rejected"),
        "discontinued": _("Discontinued"),
    }
    return words[state]


@pages.page("/<number>", permission="calibration:read")
def show(number: str) -> str:
    """Show a calibration: what was found, who signed, what happened, and what can be done next."""
    bench = queries.bench(number)
    signatures = signatures_of(bench.record.id)
    issued = issue.newest(bench.record.id)
    left = bool(bench.body.adjusted)
    return render_template(
        "calibration/show.html",
        bench=bench,
        shown=shown_content(bench),
        state_kind=STATE_KINDS[bench.record.state],
        state_words=state_words(bench.record.state),
        verdicts=_verdicts(bench),
        grids=[grid(bench, AS_FOUND), *([grid(bench, AS_LEFT)] if left else [])] if bench.plan else [],
        signatures=[_signature(s) for s in signatures],
        issued=issued,
        events=timeline(bench.record.id),
        attachments=queries.attachments(bench.record.id),
        next_url=_next_action(bench),
        just_signed=request.args.get("signed") == "1",
        may_issue=bench.record.state == CLOSED and visitor().may("calibration:issue"),
    )


def _verdicts(bench: Bench) -> list[tuple[str, str, str]]:
    """Return (run, kind, words) of each run that has a verdict."""
    runs = ((AS_FOUND, bench.body.as_found), (AS_LEFT, bench.body.as_left))
    return [(run_words(run), kind_of(verdict), verdict_words(verdict)) for run, verdict in runs if verdict]


def _signature(signature: Any) -> dict[str, str]:
    return {
        "meaning": {
            "performed": _("Performed"),
            "reviewed": _("Reviewed"),
            "rejected": _("Rejected"),
        }.get(signature.meaning, signature.meaning.capitalize()),
        "printed_name": signature.printed_name,
        "signed_at": moment(signature.signed_at),
        "method": signature.method,
    }


def _next_action(bench: Bench) -> tuple[str, str] | None:
    """Return (words, address) of the one thing this visitor can do next."""
    outside = bench.body.source == "outside"
    if bench.record.state == IN_PROGRESS and visitor().may("calibration:outside" if outside else "calibration:log"):
        return _("Go on"), f"/calibration/outside/{bench.number}" if outside else f"/calibration/{bench.number}/next"
    if bench.record.state == PERFORMED and visitor().may("calibration:review"):
        barred = actions.reviewers_barred(bench, plant())
        if visitor().person_id not in barred:
            return _("Review"), f"/calibration/{bench.number}/review"
    return None


@pages.quiet("/<number>/certificate", permission="calibration:issue", endpoint="issue_certificate")
def issue_certificate(number: str) -> Response:
    """Issue the certificate: rendered once, numbered, kept."""
    record = queries.record_row(number)
    if record.state != CLOSED:
        raise Refusal("%(number)s is not closed: a certificate is issued after the review.", number=number)
    try:
        certificate.issue_for(record, by=visitor().person_id, device_id=visitor().device_id)
    except PdfUnavailable as no:
        flash(refusal_text(no), "error")
    except PdfFailed:
        current_app.logger.exception("The certificate of %s could not be rendered", record.number)
        flash(_("The PDF could not be made. Try again; the record itself is safe."), "error")
    else:
        return see(f"/calibration/{record.number}/certificate.pdf")
    return see(f"/calibration/{record.number}")


@pages.page("/<number>/certificate.pdf", permission="calibration:read")
def certificate_pdf(number: str) -> FlaskResponse:
    """Serve an issued certificate, byte for byte as it was issued; ?issue=n asks for an earlier one."""
    record = queries.record_row(number)
    issued = certificate.issued(record.id, request.args.get("issue", type=int))
    if issued is None:
        raise NotFound("This certificate has not been issued yet. Open %(number)s and issue it.", number=number)
    response = make_response(current_app.extensions["techfloor"].blobs.get(issued.sha256))
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{issued.file_name}"'
    return response
