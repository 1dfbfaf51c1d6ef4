"""Who may review: where the plant profile asks for a second person, nobody who had a hand in any of its versions."""

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import aliased

from techfloor.people.proof import Proof
from techfloor.places.queries import PlantFacts
from techfloor.records.lifecycle import State, move
from techfloor.records.models import Record, RecordContent
from techfloor.records.signing import sign
from techfloor.refusals import Refusal
from techfloor.store import db
from techfloor.store.trail import ActorOfAct, ActRow, ChangeRow, TableOfChange, audited

REVIEWER = "signatures.reviewer"
SECOND_PERSON = "second person"


def two_persons(plant: PlantFacts) -> bool:
    """Tell whether who had a hand in a record may not review it."""
    return plant.profile.text(REVIEWER) == SECOND_PERSON


def barred(plant: PlantFacts, record_id: int) -> frozenset[int]:
    """Return who may not review a record."""
    if not two_persons(plant):
        return frozenset()
    version = aliased(Record)
    same = and_(version.kind == Record.kind, version.number == Record.number)
    every = select(version.id).join(Record, same).where(Record.id == record_id)
    hands = db.session.scalars(_hands().where(ChangeRow.record.in_(every), ActorOfAct().is_not(None)))
    on_paper = db.session.scalars(
        select(version.on_paper_by).join(Record, same).where(Record.id == record_id, version.on_paper_by.is_not(None))
    )
    return frozenset(hands) | frozenset(each for each in on_paper if each is not None)


def reviewed_by(plant: PlantFacts, person_id: int) -> list[ColumnElement[bool]]:
    """Return the conditions of a query over records that leave those which this person may review."""
    if not two_persons(plant):
        return []
    version = aliased(Record)
    hands = _hands().join(version, version.id == ChangeRow.record)
    same = (version.kind == Record.kind, version.number == Record.number)
    paper = aliased(Record)
    on_paper = select(paper.id).where(
        paper.kind == Record.kind, paper.number == Record.number, paper.on_paper_by == person_id
    )
    return [~hands.where(*same, ActorOfAct() == person_id).exists(), ~on_paper.exists()]


def review(record: Record, proof: Proof, plant: PlantFacts, *, accepted: bool, remark: str, shown_sha256: str) -> None:
    """Sign a locked record as reviewed, which closes it, or reject it with a remark.

    Where the profile lets one person be both, this is a second look all the same: a page and a signature of its own.
    """
    if record.state != State.PERFORMED:
        raise Refusal("%(number)s does not wait for a review.", number=record.number)
    if not accepted and not remark.strip():
        raise Refusal("Enter what is wrong with it.", field="remark")
    sign(
        record,
        "reviewed" if accepted else "rejected",
        proof,
        shown_sha256=shown_sha256,
        other_than=barred(plant, record.id),
        remark=remark.strip(),
    )
    move(record, State.CLOSED if accepted else State.REJECTED)
    record.closed_at = proof.at


def _hands() -> Select[int]:
    """Select the persons who wrote to the work itself, as the trail has them: whatever a duty lets them do.

    The work is what a signature locks. The header is left out, for a review moves it on; it is opened and fixed in one
    act with rows of the work.
    """
    work = {table.name for table, audit in audited() if audit.locks} - {Record.__tablename__}
    tables = sorted(work | {RecordContent.__tablename__})
    return (
        select(ActorOfAct())
        .select_from(ChangeRow)
        .join(ActRow, ActRow.id == ChangeRow.act)
        .where(TableOfChange().in_(tables))
        .distinct()
    )
