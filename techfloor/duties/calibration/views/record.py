"""A signed calibration to read: its page, its certificate."""

from flask import Response as FlaskResponse
from flask import render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from techfloor.duties.calibration import queries
from techfloor.duties.calibration.bench import Bench, bench_of
from techfloor.duties.calibration.certificate import CERTIFICATE
from techfloor.duties.calibration.models import AGAIN, LOOK_BACK
from techfloor.duties.calibration.queries import CLOSED, IN_PROGRESS, PERFORMED, REJECTED
from techfloor.duties.calibration.results import AS_FOUND, AS_LEFT
from techfloor.duties.calibration.views.after import decided, next_review
from techfloor.duties.calibration.views.happened import happenings
from techfloor.duties.calibration.views.pages import pages
from techfloor.duties.calibration.views.shown import grid, kind_of, run_words, verdict_words
from techfloor.duties.calibration.views.signing import shown_content
from techfloor.duties.calibration.views.unusual import unusual
from techfloor.duties.calibration.views.wording import Rejection
from techfloor.places.here import plant
from techfloor.records import tasks
from techfloor.records.models import Signature
from techfloor.records.reviewing import barred
from techfloor.records.signing import signature_facts, signatures_of
from techfloor.records.wording import signature_box, state_look, state_words
from techfloor.refusals import NotFound
from techfloor.reports import issue, paper
from techfloor.web.forms import EntryForm
from techfloor.web.pages import Page, see
from techfloor.web.visitor import visitor


@pages.page("/<number>", permission="calibration:read")
def show(number: str) -> str:
    """Show a calibration: what was found, who signed, what happened, and what can be done next."""
    bench = bench_of(number)
    signatures = signatures_of(bench.record.id)
    issued = issue.newest(bench.record.id)
    left, just_signed = bool(bench.body.adjusted), request.args.get("signed") == "1"
    return render_template(
        "calibration/show.html",
        bench=bench,
        shown=shown_content(bench),
        state_kind=state_look(bench.record.state),
        state_words=state_words(bench.record.state),
        verdicts=_verdicts(bench),
        grids=[grid(bench, AS_FOUND), *([grid(bench, AS_LEFT)] if left else [])] if bench.plan else [],
        signatures=[signature_box(signature_facts(s)) for s in signatures],
        issued=issued,
        issue_form=IssueForm(),
        events=happenings(bench),
        unusual=unusual(bench),
        attachments=queries.attachments(bench.record.id),
        next_url=_next_action(bench),
        rejection=_rejection(bench, signatures),
        look_back=visitor().may("calibration:look-back") and tasks.is_open(bench.record.id, LOOK_BACK),
        decided=decided(bench) if just_signed and signatures else None,
        next_review=_next_review() if just_signed else None,
        may_issue=bench.record.state == CLOSED and visitor().may("calibration:issue"),
    )


def _next_review() -> tuple[str, str] | None:
    """Return (words, address) of the review to go on with, for who reviews."""
    found = next_review()
    if found is None:
        return None
    url, left = found
    return ngettext("Next review (%(num)d left)", "Next review (%(num)d left)", left), url


def _verdicts(bench: Bench) -> list[tuple[str, str, str]]:
    """Return (run, kind, words) of each run that has a verdict."""
    runs = ((AS_FOUND, bench.body.as_found), (AS_LEFT, bench.body.as_left))
    return [(run_words(run), kind_of(verdict), verdict_words(verdict)) for run, verdict in runs if verdict]


def _next_action(bench: Bench) -> tuple[str, str] | None:
    """Return (words, address) of the one thing this visitor can do next."""
    outside = bench.body.source == "outside"
    if bench.record.state == IN_PROGRESS and visitor().may("calibration:outside" if outside else "calibration:log"):
        return _("Go on"), f"/calibration/outside/{bench.number}" if outside else f"/calibration/{bench.number}/next"
    if bench.record.state == PERFORMED and _may_review(bench):
        return _("Review"), f"/calibration/{bench.number}/review"
    if bench.record.state == REJECTED and tasks.is_open(bench.record.id, AGAIN):
        if outside and visitor().may("calibration:outside"):
            return _("Enter the certificate again"), f"/calibration/gauges/{bench.gauge.code}/certificate"
        if not outside and visitor().may("calibration:log"):
            return _("Calibrate again"), f"/calibration/start/{bench.gauge.code}"
    return None


def _may_review(bench: Bench) -> bool:
    return visitor().may("calibration:review") and visitor().person_id not in barred(plant(), bench.record.id)


def _rejection(bench: Bench, signatures: list[Signature]) -> Rejection | None:
    if bench.record.state != REJECTED:
        return None
    found = next(s for s in signatures if s.meaning == "rejected")
    return Rejection(bench.number, found.remark, found.printed_name, found.signed_at)


class IssueForm(EntryForm):
    """The one button that issues the certificate: its key lets a double tap issue once."""


@pages.act(
    "/<number>/certificate",
    permission="calibration:issue",
    action="reports:pdf:issue",
    title=_l("Certificate issued"),
    endpoint="issue_certificate",
)
def issue_certificate(number: str) -> Page:
    """Issue the certificate: rendered before the act begins, numbered and kept in it."""
    CERTIFICATE.issue_in_act(number)
    return see(f"/calibration/{number}/certificate")


@pages.page("/<number>/certificate", permission="calibration:read", endpoint="show_certificate")
def show_certificate(number: str) -> Page:
    """Show an issued certificate within a page: a browser without bars has no way back from the PDF itself."""
    if paper.issued(queries.record_row(number).id, None) is None:
        raise NotFound("This certificate has not been issued yet. Open %(number)s and issue it.", number=number)
    return render_template("calibration/certificate.html", number=number)


@pages.page("/<number>/certificate.pdf", permission="calibration:read")
def certificate_pdf(number: str) -> FlaskResponse:
    """Serve an issued certificate, byte for byte as it was issued; ?issue=n asks for an earlier one."""
    record = queries.record_row(number)
    issued = paper.issued(record.id, request.args.get("issue", type=int))
    if issued is None:
        raise NotFound("This certificate has not been issued yet. Open %(number)s and issue it.", number=number)
    return paper.served(issued)
