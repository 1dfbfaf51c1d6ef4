"""Reads of calibrations that need little of them: the header, what is open on a gauge, what is in force, files."""

from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, select

from techfloor import clock
from techfloor.duties.calibration.rules.procedure import Procedure, read_procedure
from techfloor.people.models import Person
from techfloor.places.queries import day_at_plant
from techfloor.records import versions
from techfloor.records.lifecycle import State
from techfloor.records.models import Attachment, Definition, Record, Revision
from techfloor.refusals import NotFound
from techfloor.store import db

KIND = "calibration"
WORK = "calibration"
IN_PROGRESS, PERFORMED, CLOSED, REJECTED, DISCONTINUED = State


def at_work(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Narrow a query over a number's versions to the one that is worked on: what is under way, else what stands."""
    return query.order_by((Record.state == IN_PROGRESS).desc(), versions.stands().desc(), Record.version).limit(1)


_RECORD = select(Record).where(Record.kind == KIND, Record.number == bindparam("number"))
_AT_WORK = at_work(_RECORD)
_STANDING = _RECORD.where(versions.stands())


def record_row(number: str) -> Record:
    """Return the header of the version of a calibration that is worked on, else of the one that stands."""
    return _found(db.session.scalar(_AT_WORK, {"number": number}), number)


def standing_row(number: str) -> Record:
    """Return the header of the version of a calibration that stands; raises NotFound."""
    return _found(db.session.scalar(_STANDING, {"number": number}), number)


def version_row(number: str, version: int) -> Record:
    """Return the header of one version of a calibration; raises NotFound."""
    return _found(db.session.scalar(_RECORD.where(Record.version == version), {"number": number}), number)


def _found(record: Record | None, number: str) -> Record:
    if record is None:
        raise NotFound("There is no calibration with the number “%(number)s”.", number=number)
    return record


def open_on_gauge(gauge_id: int) -> str | None:
    """Return the number of the calibration in progress on a gauge; an amendment is no work on the gauge."""
    return db.session.scalar(
        select(Record.number).where(
            Record.kind == KIND,
            Record.equipment_id == gauge_id,
            Record.state == IN_PROGRESS,
            Record.supersedes_id.is_(None),
        )
    )


PROCEDURE = "calibration procedure"
INTERVAL = "interval change"
"""The kind of the definition of a procedure, and of the record that approves a version of it."""


def in_force_under(definition_id: int | None) -> tuple[Revision, Procedure] | None:
    """Return the revision in force today under a definition, and the procedure it holds; None where there is none."""
    found = in_force_today(Revision.definition_id == definition_id)
    return (found[0].Revision, read_revision(found[0].Definition, found[0].Revision)) if found else None


def in_force_today(*conditions: ColumnElement[bool]) -> list[Any]:
    """Return (Definition, Revision, who approved it) of each procedure in force today, by code.

    One that was approved for a day to come counts from that day, written down or not (`records.definitions`).
    """
    today = day_at_plant(clock.now())
    come = (Revision.state == "approved") & (Revision.effective_from <= today)
    rows = db.session.execute(
        select(Definition, Revision, Person.name)
        .join(Revision, Revision.definition_id == Definition.id)
        .outerjoin(Person, Person.id == Revision.approved_by)
        .where((Revision.state == "effective") | come, *conditions)
        .order_by(Definition.code, Revision.version)
    )
    return list({row.Definition.id: row for row in rows}.values())


def read_revision(definition: Definition, revision: Revision) -> Procedure:
    """Return the procedure that a revision states."""
    assert isinstance(revision.body, dict)
    return read_procedure(definition.code, revision.version, definition.title, revision.body)


def attachments(record_id: int) -> list[Attachment]:
    """Return the files that belong to a calibration."""
    return list(db.session.scalars(select(Attachment).where(Attachment.record_id == record_id).order_by(Attachment.id)))
