"""Versioned definitions: exactly one revision of each is effective; what was approved never changes."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from techfloor.records.models import Definition, Revision
from techfloor.refusals import NotFound, Refusal
from techfloor.store import db
from techfloor.store.types import canonical_json


@dataclass(frozen=True)
class Approval:
    """Who puts a revision in force, when, and from which day."""

    by: int
    at: datetime
    effective_from: date


def define(kind: str, code: str, title: str) -> Definition:
    """Return the definition of `kind` and `code`, made when it is new; its title follows the newest given."""
    found = db.session.scalar(select(Definition).where(Definition.kind == kind, Definition.code == code))
    if found is None:
        found = Definition(kind=kind, code=code, title=title)
        db.session.add(found)
        db.session.flush()
    found.title = title
    return found


def draft(definition: Definition, body: object, *, version: int | None = None) -> Revision:
    """Write a new revision of `definition`, a draft."""
    newest = db.session.scalar(select(func.max(Revision.version)).where(Revision.definition_id == definition.id))
    number = version or (newest or 0) + 1
    if newest is not None and number <= newest:
        raise Refusal("Version %(version)s is not newer than version %(newest)s.", version=number, newest=newest)
    text = canonical_json(body)
    revision = Revision(
        definition_id=definition.id,
        version=number,
        state="draft",
        body=body,
        body_sha256=hashlib.sha256(text.encode()).hexdigest(),
    )
    db.session.add(revision)
    db.session.flush()
    return revision


def put_in_force(revision: Revision, approval: Approval) -> None:
    """Make a draft the effective revision and supersede the one before."""
    if revision.state != "draft":
        raise Refusal("Only a draft can be approved.")
    before = db.session.scalar(
        select(Revision).where(Revision.definition_id == revision.definition_id, Revision.state == "effective")
    )
    if before is not None:
        before.state = "superseded"
        db.session.flush()  # one effective revision at a time, also within the transaction
    revision.state = "effective"
    revision.effective_from = approval.effective_from
    revision.approved_by, revision.approved_at = approval.by, approval.at
    db.session.flush()


def effective(definition_id: int) -> Revision:
    """Return the revision in force; raises NotFound when there is none."""
    found = db.session.scalar(
        select(Revision).where(Revision.definition_id == definition_id, Revision.state == "effective")
    )
    if found is None:
        raise NotFound("No version of this is in force. Ask quality to approve one.")
    return found


def in_force(kind: str, code: str, session: Session | None = None) -> Revision | None:
    """Return the revision of `kind` and `code` in force, None when there is none."""
    return (session or db.session).scalar(
        select(Revision)
        .join(Definition, Definition.id == Revision.definition_id)
        .where(Definition.kind == kind, Definition.code == code, Revision.state == "effective")
    )
