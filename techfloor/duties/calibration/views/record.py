"""A signed calibration to read: its page, its certificate."""

from flask import Response as FlaskResponse
from flask import render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from techfloor.duties.calibration.certificate import CERTIFICATE
from techfloor.duties.calibration.models import AGAIN, LOOK_BACKS
from techfloor.duties.calibration.queries import records as queries
from techfloor.duties.calibration.queries.bench import Bench, standing_bench, version_bench
from techfloor.duties.calibration.queries.records import CLOSED, IN_PROGRESS, PERFORMED, REJECTED
from techfloor.duties.calibration.rules.results import AS_FOUND, AS_LEFT
from techfloor.duties.calibration.views import amend
from techfloor.duties.calibration.views.after import decided, next_review
from techfloor.duties.calibration.views.amend import may_amend
from techfloor.duties.calibration.views.changed import changed
from techfloor.duties.calibration.views.happened import happenings
from techfloor.duties.calibration.views.judged import judged_by
from techfloor.duties.calibration.views.pages import pages
from techfloor.duties.calibration.views.shown import grids, kind_of, run_words, verdict_words
from techfloor.duties.calibration.views.signing import shown_content
from techfloor.duties.calibration.views.unusual import unusual
from techfloor.duties.calibration.views.way import may_work
from techfloor.duties.calibration.views.wording import Rejection
from techfloor.equipment.rules import held
from techfloor.equipment.statuses import MEASURE
from techfloor.equipment.wording import told
from techfloor.places.here import plant
from techfloor.records import retention, tasks, versions
from techfloor.records.models import Record, Signature
from techfloor.records.reviewing import barred
from techfloor.records.signing import signature_facts, signatures_of
from techfloor.records.version_pages import version_state
from techfloor.records.versions import Version
from techfloor.records.wording import signature_box
from techfloor.refusals import NotFound
from techfloor.reports import issue, paper
from techfloor.reports.models import IssuedPdf
from techfloor.web.address import dead_host
from techfloor.web.forms import EntryForm
from techfloor.web.pages import Page, see
from techfloor.web.visitor import visitor


@pages.page("/<number>", permission="calibration:read")
def show(number: str) -> str:
    """Show a calibration: what was found, who signed, what happened, and what can be done next."""
    return _record_page(standing_bench(number))


@pages.page("/<number>/versions/<int:version>", permission="calibration:read")
def show_version(number: str, version: int) -> Page:
    """Show one version of a calibration, as it was signed; the one that stands has the page of the record."""
    asked = queries.version_row(number, version)
    if asked.id == queries.standing_row(number).id:
        return see(f"/calibration/{number}")
    return _record_page(version_bench(asked.id), stands=False)


def _record_page(bench: Bench, *, stands: bool = True) -> str:
    every = versions.all_of(bench.record)
    signatures = signatures_of(bench.record.id)
    issued = issue.newest(bench.record.id)
    shown = shown_content(bench)
    just_signed = request.args.get("signed") == "1"
    return render_template(
        "calibration/show.html",
        bench=bench,
        shown=shown,
        judged=judged_by(shown),
        state=version_state(bench.record.id, bench.record.state, every),
        legal_holds=retention.on_record(bench.record.id),
        holds=[told(held(bench.gauge.code, hold)) for hold in bench.gauge.held],
        verdicts=_verdicts(bench),
        grids=grids(bench, shown),
        signatures=[signature_box(signature_facts(s)) for s in signatures],
        issued=issued,
        digital=_is_digital(bench),
        issue_form=IssueForm(),
        events=happenings(bench),
        changed=changed(bench),
        unusual=unusual(bench),
        attachments=queries.attachments(bench.record.id),
        next_url=_next_action(bench, every) if stands else None,
        rejection=_rejection(bench, signatures),
        look_back=stands and visitor().may("calibration:look-back") and _looked_back(every),
        decided=decided(bench) if just_signed and signatures else None,
        next_review=_next_review() if just_signed else None,
        may_issue=stands and bench.record.state == CLOSED and visitor().may("calibration:issue"),
        may_amend=stands and may_amend(bench, every),
        version_notice=amend.notice(bench, every),
        version_lines=amend.lines(bench, every),
        stands=stands,
    )


def _looked_back(every: list[Version]) -> bool:
    return any(tasks.is_open([version.id for version in every], kind) for kind in LOOK_BACKS)


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


def _next_action(bench: Bench, every: list[Version]) -> tuple[str, str] | None:
    """Return (words, address) of the one thing this visitor can do next."""
    outside = bench.body.source == "outside"
    if versions.next_in(every, bench.record.id) is not None:
        return _amendment_action(bench)
    if bench.record.state == IN_PROGRESS and visitor().may("calibration:outside" if outside else "calibration:log"):
        return _("Go on"), f"/calibration/outside/{bench.number}" if outside else f"/calibration/{bench.number}/next"
    if bench.record.state == PERFORMED and _may_review(bench):
        return _("Review"), f"/calibration/{bench.number}/review"
    if bench.record.state == REJECTED and tasks.is_open([bench.record.id], AGAIN):
        return _again(bench)
    return None


def _again(bench: Bench) -> tuple[str, str] | None:
    outside = bench.body.source == "outside"
    if outside and visitor().may("calibration:outside"):
        return _("Enter the certificate again"), f"/calibration/gauges/{bench.gauge.code}/certificate"
    if not outside and visitor().may("calibration:log"):
        return _("Calibrate again"), f"/calibration/start/{bench.gauge.code}"
    return None


def _amendment_action(bench: Bench) -> tuple[str, str] | None:
    if not may_work(bench.body.source, amending=True):
        return None
    return _("Go on with the amendment"), f"/calibration/{bench.number}/next"


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
    _issued(number)
    return render_template(
        "calibration/certificate.html",
        number=number,
        digital=_is_digital(version_bench(_asked(number).id)),
        version=request.args.get("version", type=int),
        dead_host=dead_host() if visitor().may(MEASURE) else "",
    )


def _is_digital(bench: Bench) -> bool:
    """Tell whether a certificate carries a digital one: not the review of another laboratory's, nor a withdrawal."""
    return bench.body.source == "in house" and not bench.entered_in_error


def _asked(number: str) -> Record:
    """Return the version whose certificate is asked for, else the one that stands."""
    version = request.args.get("version", type=int)
    return queries.standing_row(number) if version is None else queries.version_row(number, version)


@pages.page("/<number>/certificate.pdf", permission="calibration:read")
def certificate_pdf(number: str) -> FlaskResponse:
    """Serve an issued certificate, byte for byte as it was issued; ?issue=n asks for an earlier one."""
    return paper.served(_issued(number))


@pages.page("/<number>/certificate.xml", permission="calibration:read")
def certificate_xml(number: str) -> FlaskResponse:
    """Serve the digital certificate that an issued one carries, byte for byte; ?issue=n asks for an earlier one."""
    return paper.digital_served(_issued(number))


def _issued(number: str) -> IssuedPdf:
    issued = paper.issued(_asked(number).id, request.args.get("issue", type=int))
    if issued is None:
        raise NotFound("This certificate has not been issued yet. Open %(number)s and issue it.", number=number)
    return issued
