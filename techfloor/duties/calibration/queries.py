"""Reads of calibrations that need little of them: the header, what is open on a gauge, what is in force, files."""

from sqlalchemy import ColumnElement, and_, bindparam, select

from techfloor.duties.calibration.procedure import Procedure, read_procedure
from techfloor.records.lifecycle import State
from techfloor.records.models import Attachment, Definition, Record, Revision
from techfloor.refusals import NotFound
from techfloor.store import db

KIND = "calibration"
WORK = "calibration"
IN_PROGRESS, PERFORMED, CLOSED, REJECTED, DISCONTINUED = State


def counts() -> ColumnElement[bool]:
    """Return the condition of a calibration that says something about its gauge: signed, and not rejected."""
    return and_(Record.content_sha256.is_not(None), Record.state != REJECTED)


_RECORD = (
    select(Record)
    .where(Record.kind == KIND, Record.number == bindparam("number"))
    .order_by(Record.version.desc())
    .limit(1)
)


def record_row(number: str) -> Record:
    """Return the newest version of a calibration's header; raises NotFound."""
    found = db.session.scalar(_RECORD, {"number": number})
    if found is None:
        raise NotFound("There is no calibration %(number)s.", number=number)
    return found


def open_on_gauge(gauge_id: int) -> str | None:
    """Return the number of the calibration in progress on a gauge."""
    return db.session.scalar(
        select(Record.number).where(Record.kind == KIND, Record.equipment_id == gauge_id, Record.state == IN_PROGRESS)
    )


def in_force_under(definition_id: int | None) -> tuple[Revision, Procedure] | None:
    """Return the revision in force under a definition, and the procedure it holds; None where there is none."""
    row = db.session.execute(
        select(Revision, Definition)
        .join(Definition, Definition.id == Revision.definition_id)
        .where(Revision.definition_id == definition_id, Revision.state == "effective")
    ).one_or_none()
    if row is None:
        return None
    definition, revision = row.Definition, row.Revision
    assert isinstance(revision.body, dict)
    return revision, read_procedure(definition.code, revision.version, definition.title, revision.body)


def attachments(record_id: int) -> list[Attachment]:
    """Return the files that belong to a calibration."""
    return list(db.session.scalars(select(Attachment).where(Attachment.record_id == record_id).order_by(Attachment.id)))
