"""Issuing the certificate of a calibration."""

import json
from collections.abc import Sequence

from flask import current_app, request
from flask_babel import gettext
from sqlalchemy import select

from techfloor.duties.calibration import report
from techfloor.records.models import Record, Signature
from techfloor.reports import issue, sheets
from techfloor.reports.issue import Document, IssueFacts, Order
from techfloor.reports.models import IssuedPdf
from techfloor.store import db
from techfloor.store.types import utc_text


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


def issue_for(record: Record, *, by: int, device_id: int | None) -> IssuedPdf:
    """Issue the next certificate of a record; raises PdfUnavailable or PdfFailed when it cannot be made."""
    house = current_app.extensions["techfloor"]
    base = house.settings.public_url or request.host_url
    order = Order(
        record_id=record.id,
        by=by,
        language="en",
        verify_base=f"{base.rstrip('/')}/verify",
        file_name=f"{record.number}-v{record.version}.pdf",
        device_id=device_id,
    )
    return issue.issue(order, draw, house.blobs)


def issued(record_id: int, issue_no: int | None) -> IssuedPdf | None:
    """Return one issue of a record's certificate, the newest without a number."""
    if issue_no is None:
        return issue.newest(record_id)
    return db.session.scalar(select(IssuedPdf).where(IssuedPdf.record_id == record_id, IssuedPdf.issue_no == issue_no))
