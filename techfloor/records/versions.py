"""The versions of a record: which of them stands, which says something, what each replaces, and how the next is opened.

A signed record never changes. What is wrong with it is said by its next version: the same number, one version on.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import aliased

from techfloor.people.models import Person
from techfloor.records.lifecycle import SIGNED, State
from techfloor.records.models import Record, Signature
from techfloor.records.retention import carry_on
from techfloor.refusals import Refusal
from techfloor.store import db
from techfloor.store.types import utc_text


class Amendment(StrEnum):
    """What the next version does with the one before; the words are those that are kept."""

    CORRECTION = "correction"
    ENTERED_IN_ERROR = "entered in error"


MEANINGS = {Amendment.CORRECTION: "corrected", Amendment.ENTERED_IN_ERROR: "declared in error"}
"""What the signature of who amends means: nobody performs a piece of work by amending its record."""


def replaced(record: Any = Record) -> ColumnElement[bool]:
    """Return the condition of records whose next version is signed and was not rejected."""
    later = aliased(Record)
    return select(later.id).where(later.supersedes_id == record.id, later.state.in_(SIGNED)).exists()


def being_amended(record: Any = Record) -> ColumnElement[bool]:
    """Return the condition of records whose next version is under way."""
    later = aliased(Record)
    return select(later.id).where(later.supersedes_id == record.id, later.state == State.IN_PROGRESS).exists()


def stands(record: Any = Record) -> ColumnElement[bool]:
    """Return the condition of the one version of each number that lists show.

    An amendment stands from its signature on; until then, or when it is given up or rejected, the one before stands.
    """
    return and_(or_(record.supersedes_id.is_(None), record.state.in_(SIGNED)), ~replaced(record))


def in_force(record: Any = Record) -> ColumnElement[bool]:
    """Return the condition of records that say something: signed, not rejected, not replaced, not entered in error."""
    wrong = func.coalesce(record.amendment, "") == Amendment.ENTERED_IN_ERROR
    return and_(record.state.in_(SIGNED), ~wrong, ~replaced(record))


def is_in_force(record_id: int) -> bool:
    """Tell whether a record says something."""
    return db.session.scalar(select(Record.id).where(Record.id == record_id, in_force())) is not None


def ids(record: Record) -> list[int]:
    """Return the keys of all versions of a record, the first one first."""
    wanted = select(Record.id).where(Record.kind == record.kind, Record.number == record.number)
    return list(db.session.scalars(wanted.order_by(Record.version)))


@dataclass(frozen=True)
class Amends:
    """What a version says of itself as an amendment: its kind, why, who opened it and when, and what it replaces."""

    kind: Amendment
    reason: str
    by: str
    at: datetime
    version: int
    content_sha256: str
    performed_at: datetime

    @property
    def in_error(self) -> bool:
        """True where the one before was entered in error."""
        return self.kind is Amendment.ENTERED_IN_ERROR


def amends(record: Record) -> Amends | None:
    """Return what an amendment replaces and why; None for what is none."""
    if record.supersedes_id is None or record.amendment is None:
        return None
    former = db.session.get_one(Record, record.supersedes_id)
    assert former.content_sha256 is not None
    by = db.session.scalars(select(Person.name).where(Person.id == record.opened_by)).one()
    return Amends(
        Amendment(record.amendment),
        record.amendment_reason or "",
        by,
        record.opened_at,
        former.version,
        former.content_sha256,
        former.performed_at,
    )


def facts(amends: Amends | None) -> dict[str, Mapping[str, object] | None]:
    """Return what the canonical content of a record says of its versions, the same for every kind of record."""
    if amends is None:
        return {"amendment": None, "supersedes": None}
    return {
        "amendment": {
            "kind": amends.kind.value,
            "reason": amends.reason,
            "by": amends.by,
            "at": utc_text(amends.at),
        },
        "supersedes": {
            "version": amends.version,
            "content_sha256": amends.content_sha256,
            "performed_at": utc_text(amends.performed_at),
        },
    }


@dataclass(frozen=True)
class Version:
    """One version of a record: where it stands, why it was opened and by whom, and when it was first signed."""

    id: int
    version: int
    state: str
    supersedes_id: int | None
    amendment: str | None
    reason: str | None
    by: str
    opened_at: datetime
    signed_at: datetime | None

    @property
    def since(self) -> datetime:
        """From when on it takes the place of the one before: its first signature."""
        return self.signed_at or self.opened_at

    @property
    def waits(self) -> bool:
        """True where it counts since its signature, and its review is still to come: that may refuse it."""
        return self.state == State.PERFORMED

    @property
    def in_error(self) -> bool:
        """True where it says that the one before was entered in error."""
        return self.amendment == Amendment.ENTERED_IN_ERROR


def all_of(record: Record) -> list[Version]:
    """Return the versions of a record, the first one first."""
    rows = db.session.execute(
        select(
            Record.id,
            Record.version,
            Record.state,
            Record.supersedes_id,
            Record.amendment,
            Record.amendment_reason,
            Person.name,
            Record.opened_at,
            select(func.min(Signature.signed_at)).where(Signature.record_id == Record.id).scalar_subquery(),
        )
        .join(Person, Person.id == Record.opened_by)
        .where(Record.kind == record.kind, Record.number == record.number)
        .order_by(Record.version)
    )
    return [Version(*row) for row in rows]


def newest_signed(record: Record) -> int | None:
    """Return the key of the version that was signed last, with whatever meaning; None where none was."""
    wanted = select(Signature.record_id).where(Signature.record_id.in_(ids(record)))
    return db.session.scalar(wanted.order_by(Signature.id.desc()).limit(1))


def next_of(record_id: int) -> Version | None:
    """Return the version that takes a record's place, or is under way to it; None where none does."""
    return next_in(all_of(db.session.get_one(Record, record_id)), record_id)


def next_in(every: Iterable[Version], record_id: int) -> Version | None:
    """Return the same among all versions of a record that were read already."""
    alive = (v for v in every if v.supersedes_id == record_id and v.state in (State.IN_PROGRESS, *SIGNED))
    return next(alive, None)


def open_next(former: Record, kind: Amendment, reason: str, *, actor: int, at: datetime) -> Record:
    """Open the next version of a signed record, for its duty to fill: its header, under the same legal holds.

    Raises Refusal without a reason, for a record that is not signed, whose amendment is under way, or that was said to
    be entered in error. The caller has `former` to itself.
    """
    if not reason.strip():
        raise Refusal("Enter what is wrong with it.", field="reason")
    _refuse_unfit(former)
    last = db.session.scalar(
        select(func.max(Record.version)).where(Record.kind == former.kind, Record.number == former.number)
    )
    record = Record(
        kind=former.kind,
        number=former.number,
        version=(last or former.version) + 1,
        supersedes_id=former.id,
        amendment=kind.value,
        amendment_reason=reason.strip(),
        state=State.IN_PROGRESS.value,
        equipment_id=former.equipment_id,
        revision_id=former.revision_id,
        opened_by=actor,
        opened_at=at,
        performed_at=former.performed_at,
        recorded_at=at,
    )
    db.session.add(record)
    db.session.flush()
    carry_on(former.id, record.id)
    return record


def _refuse_unfit(former: Record) -> None:
    if former.content_sha256 is None:
        raise Refusal("%(number)s is not signed. Change it on its own pages.", number=former.number)
    if former.amendment == Amendment.ENTERED_IN_ERROR:
        raise Refusal("%(number)s was entered in error. Nothing of it is left to amend.", number=former.number)
    following = next_of(former.id)
    if following is None:
        return
    if following.state == State.IN_PROGRESS:
        raise Refusal(
            "An amendment of %(number)s is under way by %(name)s. Go on with that one.",
            number=former.number,
            name=following.by,
        )
    raise Refusal("Version %(version)s has replaced this one. Amend that one.", version=following.version)
