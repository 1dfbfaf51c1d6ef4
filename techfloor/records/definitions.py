"""Versioned definitions: exactly one revision of each is effective; what was approved never changes."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from techfloor.records.models import Definition, Revision
from techfloor.refusals import NotFound, Refusal
from techfloor.store import db
from techfloor.store.trail import ActorOfAct, ActRow, ChangeRow
from techfloor.store.types import canonical_json

GIVEN_UP = "given up"


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
    mine = (Revision.definition_id == definition.id, Revision.state != GIVEN_UP)
    newest = db.session.scalar(select(func.max(Revision.version)).where(*mine))
    number = version or (newest or 0) + 1
    if newest is not None and number <= newest:
        raise Refusal("Version %(version)s is not newer than version %(newest)s.", version=number, newest=newest)
    again = (Revision.definition_id == definition.id, Revision.version == number)
    revision = db.session.scalar(select(Revision).where(*again)) or Revision(
        definition_id=definition.id, version=number
    )
    revision.state, revision.body, revision.effective_from = "draft", body, None
    revision.body_sha256 = hashlib.sha256(canonical_json(body).encode()).hexdigest()
    db.session.add(revision)
    db.session.flush()
    return revision


def give_up(revision: Revision) -> None:
    """Give up a draft; the trail keeps what it said, and its version is free for another draft."""
    if revision.state != "draft":
        raise Refusal("Only a draft can be given up.")
    revision.state = GIVEN_UP
    db.session.flush()


def authors(revision: Revision) -> frozenset[int]:
    """Return who wrote what stands in a revision, or the day of its draft, now or before, as the trail has them."""
    rows = db.session.execute(
        select(ActorOfAct().label("actor"), ChangeRow.body)
        .select_from(ChangeRow)
        .join(ActRow, ActRow.id == ChangeRow.act)
        .where(ChangeRow.about == Revision.__tablename__, ActorOfAct().is_not(None))
    )
    return frozenset(row.actor for row in rows if _wrote(json.loads(row.body), revision.id))


def _wrote(change: Mapping[str, Any], revision_id: int) -> bool:
    old, new = change.get("old") or {}, change.get("new") or {}
    written = ["body_sha256"]
    if new.get("state") == "draft":  # the day of anything else was set by its approval
        written.append("effective_from")
    return new.get("id") == revision_id and any(old.get(name) != new.get(name) for name in written)


def rewrite(revision: Revision, body: object, effective_from: date | None) -> None:
    """Change a draft; raises Refusal for a revision that was approved."""
    if revision.state != "draft":
        raise Refusal("Version %(version)s is approved and stays as it is. Write a new one.", version=revision.version)
    revision.body = body
    revision.body_sha256 = hashlib.sha256(canonical_json(body).encode()).hexdigest()
    revision.effective_from = effective_from
    db.session.flush()


def approve(revision: Revision, approval: Approval, today: date) -> None:
    """Approve a draft: in force at once, or from its day on where that is still to come.

    One that waits for an earlier day comes in force all the same; one that waits for this or a later day never does.
    One that was approved for a day to come, and whose day came, is written down as in force first.
    """
    _settle(revision.definition_id, today)
    if approval.effective_from <= today:
        put_in_force(revision, approval)
        return
    if revision.state != "draft":
        raise Refusal("Only a draft can be approved.")
    for waiting in waiting_from(revision.definition_id, approval.effective_from, today):
        waiting.state = "superseded"  # it never comes into force: this one takes its place
    revision.state, revision.effective_from = "approved", approval.effective_from
    revision.approved_by, revision.approved_at = approval.by, approval.at
    db.session.flush()


def waiting_from(definition_id: int, first_day: date, today: date) -> list[Revision]:
    """Return what waits to come in force on a day or after it: one approved for that day takes its place for ever."""
    return [
        each
        for each in _in_state(definition_id, "approved")
        if each.effective_from is None or each.effective_from >= max(first_day, today + timedelta(days=1))
    ]


def _settle(definition_id: int, today: date) -> None:
    for come in _in_state(definition_id, "approved"):
        if come.effective_from is not None and come.effective_from <= today:
            for before in _in_state(definition_id, "effective"):
                before.state = "superseded"
            db.session.flush()
            come.state = "effective"
            db.session.flush()


def _in_state(definition_id: int, state: str) -> list[Revision]:
    wanted = (Revision.definition_id == definition_id, Revision.state == state)
    return list(db.session.scalars(select(Revision).where(*wanted).order_by(Revision.version)))


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
    for waiting in _in_state(revision.definition_id, "approved"):
        waiting.state = "superseded"
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


def in_force(kind: str, code: str, session: Session | None = None, *, on: date | None = None) -> Revision | None:
    """Return the revision of `kind` and `code` in force, None when there is none.

    With a day `on`, one that was approved for a day to come counts from that day, written down or not.
    """
    state = Revision.state == "effective"
    if on is not None:
        state |= (Revision.state == "approved") & (Revision.effective_from <= on)
    return (session or db.session).scalar(
        select(Revision)
        .join(Definition, Definition.id == Revision.definition_id)
        .where(Definition.kind == kind, Definition.code == code, state)
        .order_by(Revision.version.desc())
        .limit(1)
    )


def versions(kind: str, code: str) -> list[Revision]:
    """Return every revision of `kind` and `code`, the newest first; a draft that was given up is none."""
    return list(
        db.session.scalars(
            select(Revision)
            .join(Definition, Definition.id == Revision.definition_id)
            .where(Definition.kind == kind, Definition.code == code, Revision.state != GIVEN_UP)
            .order_by(Revision.version.desc())
        )
    )
