"""What is no work at a bench and is signed all the same: a version of a policy, a review. One act makes the record.

A document has no time in progress: until it is signed it is a draft, or a page of facts. Its record is opened, fixed,
signed and closed in one act, so that number, content, signature, PDF, export and `verify` are those of every record.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, case, select
from sqlalchemy.orm import aliased

from techfloor.people.proof import Proof
from techfloor.places.queries import PlantFacts
from techfloor.records import retention, versions
from techfloor.records.lifecycle import State, move
from techfloor.records.models import Definition, Record, Revision
from techfloor.records.signing import Content, fix_content, sign
from techfloor.refusals import Refusal
from techfloor.store import Table, db, search


@dataclass(frozen=True)
class Kind:
    """A kind of document, and the meaning of the one signature that closes its records."""

    name: str
    meaning: str


_DECLARED: dict[str, Kind] = {}


def declare(name: str, meaning: str) -> Kind:
    """Declare a kind of document, once, in the module that signs it; `verify` knows its records by this alone."""
    if name in _DECLARED:
        raise ValueError(f"the kind of document {name!r} is declared already")
    _DECLARED[name] = Kind(name, meaning)
    return _DECLARED[name]


def declared() -> tuple[Kind, ...]:
    """Return every kind of document of the modules that are loaded."""
    return tuple(_DECLARED.values())


@dataclass(frozen=True, kw_only=True)
class Signing:
    """What is signed; `supersedes_id` is the record of the version before, `title` what people call it.

    `equipment_id` is what it is about, `body` makes the row that a duty keeps under the record's key.
    """

    kind: Kind
    number: str
    content: Content
    title: str = ""
    version: int = 1
    supersedes_id: int | None = None
    revision_id: int | None = None
    equipment_id: int | None = None
    body: Callable[[int], Table] | None = None


def plant_words(plant: PlantFacts) -> dict[str, object]:
    """Return what a signed content says of the plant."""
    return {"name": plant.name, "address": plant.address, "zone": plant.zone, "demo": plant.demo}


def counts_from(record_id: int) -> date | None:
    """Return the day from which what a document put in force counts; None for what counts since its signature."""
    return db.session.scalar(
        select(Revision.effective_from)
        .join(Definition, Definition.id == Revision.definition_id)
        .join(Record, Record.revision_id == Revision.id)
        .where(Record.id == record_id, Record.kind == Definition.kind)
    )


def first_day() -> ColumnElement[date | None]:
    """Return the day from which the record of a document counts, as a column; NULL for any other record."""
    mine = (Revision.id == Record.revision_id, Definition.kind == Record.kind)
    return (
        select(Revision.effective_from)
        .join(Definition, Definition.id == Revision.definition_id)
        .where(*mine)
        .scalar_subquery()
    )


def listed(today: date) -> ColumnElement[bool]:
    """Return the condition of the records that a list shows on a day of the plant.

    Of a document that is the version in force, and each that was approved for a day to come; of anything else the
    version that stands.
    """
    live, later = Revision.state.in_(("effective", "approved")), aliased(Revision)
    come = (later.state.in_(("effective", "approved")), later.effective_from <= today)
    passed = select(later.id).where(
        later.definition_id == Revision.definition_id, later.version > Revision.version, *come
    )
    mine = select(Revision.id).join(Definition, Definition.id == Revision.definition_id)
    mine = mine.where(Revision.id == Record.revision_id, Definition.kind == Record.kind)
    return case((mine.exists(), mine.where(live, ~passed.exists()).exists()), else_=versions.stands())


def as_shown(content: Content, shown_sha256: str) -> None:
    """Raise Refusal when a page showed other content; asked before anything is written."""
    if content.sha256 != shown_sha256:
        raise Refusal("The record changed after this page was opened. Look at it again, then sign.")


def sign_document(document: Signing, proof: Proof, *, shown_sha256: str) -> Record:
    """Make the record of a document under its one signature, to be found by its words.

    Raises Refusal when the page showed other content.
    """
    record = Record(
        kind=document.kind.name,
        number=document.number,
        version=document.version,
        supersedes_id=document.supersedes_id,
        revision_id=document.revision_id,
        equipment_id=document.equipment_id,
        state=State.IN_PROGRESS.value,
        opened_by=proof.person_id,
        opened_at=proof.at,
        performed_at=proof.at,
        recorded_at=proof.at,
    )
    db.session.add(record)
    db.session.flush()
    if document.body is not None:
        db.session.add(document.body(record.id))
        db.session.flush()
    if document.supersedes_id is not None:
        retention.carry_on(document.supersedes_id, record.id)
    fix_content(record, document.content, shown_sha256)
    sign(record, document.kind.meaning, proof, shown_sha256=shown_sha256)
    move(record, State.CLOSED)
    record.closed_at = proof.at
    search.put(document.kind.name, document.number, document.title, f"{document.kind.name} {proof.printed_name}")
    db.session.flush()
    return record
