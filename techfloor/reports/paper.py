"""The paper of a duty: what it issues of its closed records. A duty gives how it is drawn, and nothing else."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, current_app, g, make_response, request
from flask_babel import force_locale, gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from techfloor import store
from techfloor.places.here import plant
from techfloor.records import versions
from techfloor.records.lifecycle import State
from techfloor.records.models import Record, Signature
from techfloor.records.signing import SignatureFacts, signature_facts
from techfloor.refusals import NotFound, Refusal
from techfloor.reports import issue, sheets
from techfloor.reports.dcc.opening import certificate_in
from techfloor.reports.issue import Document, IssueFacts, Order, Rendered
from techfloor.reports.jobs import Keep
from techfloor.reports.models import IssuedPdf
from techfloor.reports.pdf import Attachment, PdfFailed, PdfUnavailable
from techfloor.reports.sheets import Sheet
from techfloor.said import Said
from techfloor.store import db
from techfloor.web import headers
from techfloor.web.address import paper_base
from techfloor.web.forms import refusal_text
from techfloor.web.visitor import visitor

Draw = Callable[[Mapping[str, Any], Sequence[SignatureFacts], IssueFacts, Any], Sheet]
"""From the signed content, the signatures, the facts of the issue and a translator to the sheet; from nothing else."""

Attach = Callable[[Mapping[str, Any], Sequence[SignatureFacts], IssueFacts, Any], Sequence[Attachment]]
"""From the same to the files that travel in the PDF beside the signed content."""


def _nothing(*_given: object) -> Sequence[Attachment]:
    return ()


@dataclass(frozen=True)
class Paper:
    """The document of one kind of record: how its sheet is drawn, the template that shows it, and what it carries."""

    kind: str
    draw: Draw
    template: str
    attach: Attach = _nothing
    since: Callable[[int, Session], tuple[Said, ...]] = lambda _record, _session: ()
    """Tells of a record what became known since it was signed, and belongs on what is issued from now on."""

    def document(self, text: str, signatures: Sequence[Signature], facts: IssueFacts) -> Document:
        """Draw the document from the signed content, the signatures and the facts of its issue."""
        with force_locale(facts.language):
            drawn_from = json.loads(text), [signature_facts(each) for each in signatures], facts, gettext
            made, files = self.draw(*drawn_from), tuple(self.attach(*drawn_from))
            html = sheets.render_html(made, self.template, sheets.environment(gettext), facts.paper)
            return Document(html, made.title, files)

    def render(self, number: str, version: int | None = None) -> Rendered:
        """Render the next issue of a closed record for the visitor, apart from the request's transaction.

        It is that of the version that stands, or of the one that is named.

        Raises NotFound, Refusal for a record that is not closed, PdfUnavailable or PdfFailed when it cannot be made.
        """
        return self._render_of(self._record(number, version), visitor().person_id)

    def _render_of(self, record: Record, by: int) -> Rendered:
        if record.state != State.CLOSED:
            raise Refusal("%(number)s is not closed: a certificate is issued after the review.", number=record.number)
        order = Order(
            record_id=record.id,
            by=by,
            language=plant().language,
            paper=plant().paper,
            verify_base=f"{paper_base()}/verify",
            file_name=f"{record.number}-v{record.version}.pdf",
            since=self.since,
        )
        return issue.render(order, self.document)

    def made_once(self, by: int, record_id: int, _asked: Mapping[str, str]) -> Keep:
        """Return what keeps the paper of a closed record for a job: its first issue, or the one there is already.

        Raises what `render` raises.
        """
        with store.looking_at() as reading:
            there = issue.newest(record_id, reading)
            record = reading.get_one(Record, record_id)
        if there is not None:
            return lambda: there.sha256
        rendered = self._render_of(record, by)

        def keep() -> str:
            quicker = issue.newest(record_id)  # somebody may have issued it by hand meanwhile
            return (quicker or issue.keep(rendered)).sha256

        return keep

    def _record(self, number: str, version: int | None) -> Record:
        wanted = select(Record).where(Record.kind == self.kind, Record.number == number)
        wanted = wanted.where(versions.stands() if version is None else Record.version == version)
        with store.looking_at() as session:
            record = session.scalar(wanted)
        if record is None:
            raise NotFound("There is no record %(number)s.", number=number)
        return record

    def issue_in_act(self, number: str, version: int | None = None) -> IssuedPdf:
        """Issue the paper in the act under way: rendered before it begins to write, numbered and kept in it.

        Raises Refusal, also when it cannot be rendered.
        """
        try:
            return issue.keep(self.render(number, version))
        except (PdfUnavailable, PdfFailed) as no:
            current_app.logger.exception("The paper of %s could not be rendered", number)
            said = (
                refusal_text(no) if isinstance(no, PdfUnavailable) else gettext("The PDF could not be made. Try again.")
            )
            raise Refusal(said) from no

    def issue_apart(self, number: str) -> None:
        """Render and issue in an act of its own, after another act was committed."""
        rendered, caller = self.render(number), visitor()
        with store.act(
            "reports:pdf:issue",
            actor=caller.person_id,
            device=caller.device_id,
            zone=plant().zone,
            request=g.request_id,
        ):
            issue.keep(rendered)


def issued(record_id: int, issue_no: int | None) -> IssuedPdf | None:
    """Return one issue of a record's paper, the newest without a number."""
    if issue_no is None:
        return issue.newest(record_id)
    return db.session.scalar(select(IssuedPdf).where(IssuedPdf.record_id == record_id, IssuedPdf.issue_no == issue_no))


def digital_served(paper: IssuedPdf) -> Response:
    """Serve the digital certificate that an issued paper carries; raises NotFound where it carries none."""
    try:
        made = certificate_in(current_app.extensions["techfloor"].blobs.get(paper.sha256))
    except Refusal as no:
        raise NotFound("This certificate carries no digital one.") from no
    response = make_response(made)
    response.headers["Content-Type"] = "application/xml"
    response.headers["Content-Disposition"] = f'attachment; filename="{paper.file_name.removesuffix(".pdf")}.xml"'
    return response


def served(paper: IssuedPdf) -> Response:
    """Serve an issued paper, byte for byte as it was issued."""
    response = make_response(current_app.extensions["techfloor"].blobs.get(paper.sha256))
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{paper.file_name}"'
    response.set_etag(paper.sha256)
    response.headers["Content-Security-Policy"] = headers.SHOWN_WITHIN
    response.make_conditional(request)
    return response
