"""Issuing the certificate of a calibration."""

import json
from collections.abc import Sequence

from flask import g
from flask_babel import gettext
from sqlalchemy import select

from techfloor import store
from techfloor.duties.calibration import report
from techfloor.duties.calibration.queries import CLOSED, KIND
from techfloor.places.here import plant
from techfloor.records.models import Record, Signature
from techfloor.refusals import NotFound, Refusal
from techfloor.reports import issue, sheets
from techfloor.reports.issue import Document, IssueFacts, Order, Rendered
from techfloor.reports.models import IssuedPdf
from techfloor.store import db
from techfloor.store.types import utc_text
from techfloor.web.address import paper_base
from techfloor.web.visitor import visitor


def draw(text: str, signatures: Sequence[Signature], facts: IssueFacts) -> Document:
    """Draw the certificate from the signed content, the signatures and the facts of its issue."""
    content = json.loads(text)
    boxes = [
        {
            "meaning": s.meaning,
            "printed_name": s.printed_name,
            "signed_at": utc_text(s.signed_at),
            "zone": s.zone,
            "method": s.method,
        }
        for s in signatures
    ]
    made = report.sheet(content, boxes, facts, gettext)
    html = sheets.render_html(made, "calibration/sheet.html", sheets.environment(gettext))
    return Document(html, made.title)


def render(number: str) -> Rendered:
    """Render the next certificate of a closed calibration for the visitor, apart from the request's transaction.

    Raises NotFound, Refusal for a record that is not closed, PdfUnavailable or PdfFailed when it cannot be made.
    """
    with store.looking_at() as session:
        record = session.scalar(
            select(Record).where(Record.kind == KIND, Record.number == number).order_by(Record.version.desc()).limit(1)
        )
    if record is None:
        raise NotFound("There is no calibration %(number)s.", number=number)
    if record.state != CLOSED:
        raise Refusal("%(number)s is not closed: a certificate is issued after the review.", number=number)
    order = Order(
        record_id=record.id,
        by=visitor().person_id,
        language=plant().language,
        verify_base=f"{paper_base()}/verify",
        file_name=f"{record.number}-v{record.version}.pdf",
    )
    return issue.render(order, draw)


def issue_now(number: str) -> None:
    """Render and issue the certificate in an act of its own, after another act was committed."""
    rendered, caller = render(number), visitor()
    with store.act(
        "reports:pdf:issue",
        actor=caller.person_id,
        device=caller.device_id,
        zone=plant().zone,
        request=g.request_id,
    ):
        issue.keep(rendered)


def issued(record_id: int, issue_no: int | None) -> IssuedPdf | None:
    """Return one issue of a record's certificate, the newest without a number."""
    if issue_no is None:
        return issue.newest(record_id)
    return db.session.scalar(select(IssuedPdf).where(IssuedPdf.record_id == record_id, IssuedPdf.issue_no == issue_no))
