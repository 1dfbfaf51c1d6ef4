"""Issuing: a PDF is rendered once from the stored content, numbered, kept under its hash and served for ever."""

import hashlib
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import current_app
from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from techfloor import clock, store
from techfloor.people.models import Person
from techfloor.places.queries import day_at_plant
from techfloor.records import documents, integrity, versions
from techfloor.records.lifecycle import SIGNED
from techfloor.records.models import Record, Signature
from techfloor.records.signing import SignatureFacts, signature_facts, signatures_of, stored_content
from techfloor.refusals import NotFound, Refusal
from techfloor.reports import pdf
from techfloor.reports.models import IssuedPdf
from techfloor.said import Said
from techfloor.store import db
from techfloor.store.blobs import Blobs
from techfloor.store.trail import ActRow

# No letters that look like digits, nor the other way round: the code is typed from paper.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 12


@dataclass(frozen=True)
class IssueFacts:
    """What a sheet says of its own issue."""

    issue_no: int
    issued_at: datetime
    code: str
    verify_url: str
    trail_seq: int
    trail_head: str
    language: str
    paper: str = "A4"
    since: tuple[Said, ...] = ()
    """What became known since it was signed, and belongs on what is issued from now on."""


@dataclass(frozen=True)
class Document:
    """A document drawn from a record's content, ready to be rendered; `files` travel in it beside the content."""

    html: str
    title: str
    files: tuple[pdf.Attachment, ...] = ()


@dataclass(frozen=True)
class Order:
    """Who asks for an issue, in which language, with the public address that its code leads to."""

    record_id: int
    by: int
    language: str
    verify_base: str
    file_name: str
    paper: str = "A4"
    since: Callable[[int, Session], tuple[Said, ...]] = lambda _record, _session: ()
    """Tells of a record what became known since it was signed."""


Draw = Callable[[str, Sequence[Signature], IssueFacts], Document]


def new_code() -> str:
    """Return a code for /verify, in groups of four when it is shown."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(CODE_LENGTH))


@dataclass(frozen=True)
class Rendered:
    """A document that was rendered and not issued yet."""

    order: Order
    facts: IssueFacts
    content_sha256: str
    data: bytes


def render(order: Order, draw: Draw) -> Rendered:
    """Render the next issue of a record; it must come before the act begins, which would make every writer wait.

    Raises NotFound for a record nobody has signed, PdfUnavailable or PdfFailed when it cannot be rendered.
    """
    with store.looking_at() as session:
        record = session.get(Record, order.record_id)
        if record is None or record.content_sha256 is None:
            raise NotFound("This record is not signed yet.")
        _refuse_other(record, session)
        signatures = signatures_of(order.record_id, session)
        text = stored_content(order.record_id, session)
        head = session.execute(select(ActRow.seq, ActRow.hash).order_by(ActRow.seq.desc()).limit(1)).one()
        number = _next_issue(order.record_id, session)
        since = order.since(order.record_id, session)
    code = new_code()
    address = f"{order.verify_base}/{code}"
    facts = IssueFacts(number, clock.now(), code, address, head.seq, head.hash, order.language, order.paper, since)
    document = draw(text, signatures, facts)
    attachment = pdf.Attachment(f"{record.number}.json", text.encode(), "The signed content of this record")
    data = pdf.render(document.html, [attachment, *document.files], title=document.title, lang=order.language)
    return Rendered(order, facts, record.content_sha256, data)


def _refuse_other(record: Record, session: Session) -> None:
    """Raise Refusal for a record whose rows are not what the trail says, and log which ones."""
    problems = integrity.problems_of(session.connection(), record.id)
    if problems:
        current_app.logger.error("No PDF of %s was issued: %s", record.number, "; ".join(problems))
        raise Refusal(
            "What is kept of %(number)s is not what was entered and signed, so no PDF is issued. Have an administrator "
            "type: python3 -m techfloor verify",
            number=record.number,
        )


def _next_issue(record_id: int, session: Session) -> int:
    last = session.scalar(select(func.max(IssuedPdf.issue_no)).where(IssuedPdf.record_id == record_id))
    return (last or 0) + 1


def keep(rendered: Rendered) -> IssuedPdf:
    """Issue what was rendered, in the act under way; raises Refusal when somebody else was quicker."""
    order, facts = rendered.order, rendered.facts
    if _next_issue(order.record_id, db.session()) != facts.issue_no:
        raise Refusal("Somebody issued it at the same moment. Open that one.")
    blobs: Blobs = current_app.extensions["techfloor"].blobs
    issued = IssuedPdf(
        record_id=order.record_id,
        issue_no=facts.issue_no,
        code=facts.code,
        sha256=blobs.put(rendered.data),
        content_sha256=rendered.content_sha256,
        file_name=order.file_name,
        language=order.language,
        trail_seq=facts.trail_seq,
        trail_head=facts.trail_head,
        issued_by=order.by,
        issued_at=facts.issued_at,
    )
    db.session.add(issued)
    db.session.flush()
    return issued


_NEWEST = (
    select(IssuedPdf).where(IssuedPdf.record_id == bindparam("record")).order_by(IssuedPdf.issue_no.desc()).limit(1)
)


def newest(record_id: int, session: Session | None = None) -> IssuedPdf | None:
    """Return the newest issue of a record."""
    return (session or db.session).scalar(_NEWEST, {"record": record_id})


@dataclass(frozen=True)
class Verification:
    """What /verify says of an issued PDF."""

    record_id: int
    number: str
    version: int
    kind: str
    state: str
    replaced_by: versions.Version | None
    """The version that counts in its place now; one that is only under way does not, nor a document before its day."""
    replaced_from: date | None
    """The day of the plant since which it has, where that is not the moment of its signature."""
    issue_no: int
    newest_issue: int
    issued_at: datetime
    issued_by: str
    content_sha256: str
    pdf_sha256: str
    trail_seq: int
    trail_head: str
    trail_holds: bool
    rows_hold: bool
    """True where its rows, content and signatures are what the trail says of them."""
    content: str | None
    """The signed content, None where it is not what was issued."""
    signatures: tuple[SignatureFacts, ...]


def normal_code(typed: str) -> str:
    """Return a typed code without blanks and dashes, in capitals."""
    return "".join(sign for sign in typed.upper() if sign.isalnum())


def find(code: str) -> Verification | None:
    """Return what stands behind a code, None for a code that was never given."""
    found = db.session.scalar(select(IssuedPdf).where(IssuedPdf.code == normal_code(code)))
    return _verification(found) if found else None


def find_file(sha256: str) -> Verification | None:
    """Return what stands behind the bytes of a PDF, None when these bytes were never issued."""
    found = db.session.scalar(select(IssuedPdf).where(IssuedPdf.sha256 == sha256))
    return _verification(found) if found else None


def _content(issued: IssuedPdf) -> str | None:
    """Return the stored content when it still has the hash that was issued and signed."""
    try:
        text = stored_content(issued.record_id)
    except Refusal:
        return None
    return text if hashlib.sha256(text.encode()).hexdigest() == issued.content_sha256 else None


def _taken_place(record_id: int) -> tuple[versions.Version | None, date | None]:
    """Return the version that counts in a record's place now, and its day where it has one: the last that has come.

    A document of a later day is not there yet, and one that never came in force is followed by one that did.
    """
    today = day_at_plant(clock.now())
    come = [(each, since) for each, since in _signed_after(record_id) if since is None or since <= today]
    return come[-1] if come else (None, None)


def _signed_after(record_id: int) -> Iterator[tuple[versions.Version, date | None]]:
    """Yield each version that was signed after a record, and the day from which it counts where it has one."""
    following = versions.next_of(record_id)
    while following is not None and following.state in SIGNED:
        yield following, documents.counts_from(following.id)
        following = versions.next_of(following.id)


def _verification(issued: IssuedPdf) -> Verification:
    record = db.session.get_one(Record, issued.record_id)
    following, since = _taken_place(record.id)
    anchored = db.session.scalar(select(ActRow.hash).where(ActRow.seq == issued.trail_seq))
    newest_issue = newest(record.id)
    return Verification(
        record_id=record.id,
        number=record.number,
        version=record.version,
        kind=record.kind,
        state=record.state,
        replaced_by=following,
        replaced_from=since,
        issue_no=issued.issue_no,
        newest_issue=newest_issue.issue_no if newest_issue else issued.issue_no,
        issued_at=issued.issued_at,
        issued_by=db.session.get_one(Person, issued.issued_by).name,
        content_sha256=issued.content_sha256,
        pdf_sha256=issued.sha256,
        trail_seq=issued.trail_seq,
        trail_head=issued.trail_head,
        trail_holds=anchored == issued.trail_head,
        rows_hold=not integrity.problems_of(db.session.connection(), record.id),
        content=_content(issued),
        signatures=tuple(signature_facts(each) for each in signatures_of(record.id)),
    )
