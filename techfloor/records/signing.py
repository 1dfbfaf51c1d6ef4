"""Signing: the content is fixed and hashed, the person proves who they are, and what was shown is what is signed."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from techfloor import clock
from techfloor.people.models import PolicyAcceptance
from techfloor.people.proof import Proof, keep_signed
from techfloor.places.queries import day_at_plant
from techfloor.records import definitions
from techfloor.records.models import Record, RecordContent, Revision, Signature
from techfloor.refusals import NotFound, Refusal
from techfloor.store import db
from techfloor.store.types import canonical_json

PERFORMED, TRANSCRIBED = "performed", "transcribed"
"""What the first signature under a piece of work means: done, or typed in from the paper on which another did it."""
POLICY = ("policy", "e-signature")

Work = TypeVar("Work")
"""What a duty reads of one of its records to work on it, such as the bench of a calibration."""


@dataclass(frozen=True)
class Content:
    """Canonical content: its text and the hash a signature stands under."""

    text: str
    sha256: str
    schema: int


@dataclass(frozen=True, kw_only=True)
class SignatureFacts:
    """What stands beside a signature wherever it is shown, on a page and on paper."""

    meaning: str
    signer_id: int
    printed_name: str
    signed_at: datetime
    zone: str
    method: str


def canonical(data: dict[str, object], schema: int) -> Content:
    """Return the one text of `data` and its hash."""
    text = canonical_json(data)
    return Content(text, hashlib.sha256(text.encode()).hexdigest(), schema)


def locked(record_id: int) -> Record:
    """Return the record, its row locked until the act ends."""
    found = db.session.get(Record, record_id, with_for_update=True)
    if found is None:
        raise NotFound("This record is not here.")
    return found


def fix_content(record: Record, content: Content, shown_sha256: str) -> None:
    """Store the canonical bytes and lock the record; raises Refusal when they are not what the page showed."""
    if record.content_sha256 is not None:
        raise Refusal("This record is signed already.")
    if content.sha256 != shown_sha256:
        raise Refusal("The record changed after this page was opened. Look at it again, then sign.")
    # The content first: once the hash stands in the header, the database lets nothing more in.
    db.session.add(RecordContent(record_id=record.id, sha256=content.sha256, body=content.text))
    db.session.flush()
    record.content_schema = content.schema
    record.content_sha256 = content.sha256
    db.session.flush()


def stored_content(record_id: int, session: Session | None = None) -> str:
    """Return the canonical text as it was signed.

    Raises NotFound for a record nobody has signed, Refusal when the text is not what the signatures stand under.
    """
    row = (
        (session or db.session)
        .execute(
            select(RecordContent.body, RecordContent.sha256, Record.content_sha256)
            .join(Record, Record.id == RecordContent.record_id)
            .where(RecordContent.record_id == record_id)
        )
        .one_or_none()
    )
    if row is None:
        raise NotFound("This record is not signed yet.")
    if not hashlib.sha256(row.body.encode()).hexdigest() == row.sha256 == row.content_sha256:
        raise Refusal("The stored content of this record is not what was signed. Tell quality: it is not shown.")
    return str(row.body)


def sign(
    record: Record,
    meaning: str,
    proof: Proof,
    *,
    shown_sha256: str,
    other_than: frozenset[int] = frozenset(),
    remark: str = "",
) -> Signature:
    """Put a signature under the record's fixed content.

    `other_than` are the persons who may not give this one. Raises Refusal when the signer is one of them, has not
    accepted the e-signature policy, has signed this before, or saw other content than stands here.
    """
    if record.content_sha256 is None or record.content_sha256 != shown_sha256:
        raise Refusal("The record changed after this page was opened. Look at it again, then sign.")
    if proof.person_id in other_than:
        raise Refusal("This needs a second person: you had a hand in it yourself.", field="secret")
    _accepted_policy(proof.person_id)
    if _signed_before(record, meaning, proof.person_id):
        raise Refusal("You have signed this already.")
    signature = Signature(
        record_id=record.id,
        version=record.version,
        content_sha256=record.content_sha256,
        meaning=meaning,
        signer_id=proof.person_id,
        printed_name=proof.printed_name,
        signed_at=proof.at,
        zone=proof.zone,
        method=proof.method,
        device_id=proof.device_id,
        session_id=proof.session_id,
        remark=remark,
    )
    db.session.add(signature)
    db.session.flush()
    keep_signed(proof)
    return signature


@dataclass(frozen=True)
class Performer:
    """Who signs a finished work, the refusal for everybody else, and what it means; an amendment performs nothing."""

    person_id: int
    refusal: Refusal
    meaning: str = PERFORMED


@dataclass(frozen=True, kw_only=True)
class Performing(Generic[Work]):
    """What a duty gives so that its work, or an amendment of it, is signed; each raises Refusal where its rule does."""

    open: Callable[[], Work]
    """Read the work, which must be finished and may still be written to."""
    performer: Callable[[Work], Performer]
    preview: Callable[[Work], Content]
    """The content as it would be signed now."""
    keep: Callable[[Work], None]
    """Keep what came out in the duty's own rows, before the content locks them."""
    after: Callable[[Work], None]
    """Do what follows from it, once it is signed."""


def perform(record_id: int, duty: Performing[Work], proof: Proof, *, shown_sha256: str) -> Work:
    """Fix the content of a finished work under its performer's signature, and return the work.

    The order is the same for every duty: the row is locked before anything is read, and what follows comes last.
    """
    record = locked(record_id)
    work = duty.open()
    performer = duty.performer(work)
    if proof.person_id != performer.person_id:
        raise performer.refusal
    content = duty.preview(work)
    duty.keep(work)
    fix_content(record, content, shown_sha256)
    sign(record, performer.meaning, proof, shown_sha256=content.sha256)
    duty.after(work)
    return work


def _signed_before(record: Record, meaning: str, person_id: int) -> bool:
    return (
        db.session.scalar(
            select(Signature.id).where(
                Signature.record_id == record.id,
                Signature.version == record.version,
                Signature.meaning == meaning,
                Signature.signer_id == person_id,
            )
        )
        is not None
    )


def policy_in_force(session: Session | None = None) -> Revision | None:
    """Return the e-signature policy in force on this day of the plant, None where there is none."""
    return definitions.in_force(*POLICY, session, on=day_at_plant(clock.now(), session))


def must_accept_policy(person_id: int, session: Session | None = None) -> bool:
    """Tell whether the person still has to accept the e-signature policy in force."""
    policy = policy_in_force(session)
    if policy is None:
        return False
    accepted = (session or db.session).scalar(
        select(PolicyAcceptance.id).where(
            PolicyAcceptance.person_id == person_id, PolicyAcceptance.revision_id == policy.id
        )
    )
    return accepted is None


def _accepted_policy(person_id: int) -> None:
    if must_accept_policy(person_id):
        raise Refusal("Read and accept the e-signature policy first. It is under your name.")


def accept_policy(person_id: int, at: datetime, shown: int | None = None) -> None:
    """Record that a person accepts the e-signature policy in force.

    Raises Refusal when the version they were shown is another one by now: nobody accepts what they have not read.
    """
    policy = policy_in_force()
    if policy is not None and shown is not None and shown != policy.version:
        raise Refusal("A newer version of the policy came into force. Read it, then accept it.", field="accepts")
    if policy is not None and must_accept_policy(person_id):
        db.session.add(PolicyAcceptance(person_id=person_id, revision_id=policy.id, at=at))


def signatures_of(record_id: int, session: Session | None = None) -> list[Signature]:
    """Return a record's signatures, in the order they were given."""
    found = select(Signature).where(Signature.record_id == record_id).order_by(Signature.id)
    return list((session or db.session).scalars(found))


def signature_facts(signature: Signature) -> SignatureFacts:
    """Return what is shown of a signature."""
    return SignatureFacts(
        meaning=signature.meaning,
        signer_id=signature.signer_id,
        printed_name=signature.printed_name,
        signed_at=signature.signed_at,
        zone=signature.zone,
        method=signature.method,
    )
