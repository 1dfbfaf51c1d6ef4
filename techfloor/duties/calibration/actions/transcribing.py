"""The way back in from paper: a calibration that was performed on a blank form while techfloor was away."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from techfloor.duties.calibration.actions import starting
from techfloor.duties.calibration.actions.starting import Beginning, StartEntry
from techfloor.duties.calibration.queries.gauges import GaugeFacts, gauge_by_code
from techfloor.duties.calibration.rules.procedure import Procedure, read_procedure
from techfloor.equipment.rules import day_text
from techfloor.equipment.turns import alone_with
from techfloor.places.queries import PlantFacts
from techfloor.records.attachments import KeptFile, attach
from techfloor.records.models import Definition, Revision
from techfloor.refusals import Refusal
from techfloor.store import db


@dataclass(frozen=True)
class PaperEntry:
    """What stands at the head of a filled form: the version of its procedure, who performed it and when."""

    start: StartEntry
    version: int
    performed_by: int
    performed_at: datetime


def transcribe(entry: PaperEntry, file: KeptFile, plant: PlantFacts, *, actor: int, at: datetime) -> str:
    """Open a calibration that is typed in from its paper, with the photo of it, and give it its number.

    It follows the version on the paper where that was in force on that day: what was done is judged by what was asked
    for then. Raises Refusal for another version, a time to come, and whatever keeps a calibration from its start.
    """
    code = entry.start.gauge_code
    alone_with(code)
    gauge = gauge_by_code(code)
    starting.refuse_away(gauge)
    starting.refuse_second(gauge)
    if entry.performed_at > at:
        raise Refusal("This lies in the future. Enter the day and the time that stand on the paper.", field="day")
    day = entry.performed_at.astimezone(ZoneInfo(plant.zone)).date()
    revision, procedure = procedure_on_paper(gauge, entry.version, day)
    begun = Beginning(gauge, revision.id, procedure, entry.start, entry.performed_by, entry.performed_at)
    record = starting.begin(begun, plant, actor=actor, at=at)
    record.transcribed_by, record.on_paper_by = actor, entry.performed_by
    attach(record.id, file, actor=actor, at=at)
    db.session.flush()
    return record.number


def procedure_on_paper(gauge: GaugeFacts, version: int, day: date) -> tuple[Revision, Procedure]:
    """Return the version of a gauge's procedure that stands on a paper; raises Refusal for one not in force that day.

    On the day on which a version takes the place of another, both were.
    """
    rows = db.session.execute(
        select(Revision, Definition)
        .join(Definition, Definition.id == Revision.definition_id)
        .where(Revision.definition_id == gauge.procedure_id, Revision.state.in_(("effective", "superseded")))
    ).all()
    found = next((row for row in rows if row.Revision.version == version), None)
    begins = [row.Revision.effective_from for row in rows if row.Revision.version > version]
    if found is None or _begins(found.Revision) > day or any(begin is not None and begin < day for begin in begins):
        raise Refusal(
            "Version %(version)s of its procedure was not in force on %(day)s. Check both on the paper; if they are "
            "right, calibrate %(gauge)s again by the version in force.",
            field="version",
            version=version,
            day=day_text(day),
            gauge=gauge.code,
        )
    definition, revision = found.Definition, found.Revision
    assert isinstance(revision.body, dict)
    return revision, read_procedure(definition.code, revision.version, definition.title, revision.body)


def procedure_of_version(gauge: GaugeFacts, version: int) -> Procedure | None:
    """Return a version of a gauge's procedure that was ever in force; None for any other."""
    row = db.session.execute(
        select(Revision, Definition)
        .join(Definition, Definition.id == Revision.definition_id)
        .where(Revision.definition_id == gauge.procedure_id, Revision.version == version)
        .where(Revision.state.in_(("effective", "superseded")))
    ).one_or_none()
    if row is None or not isinstance(row.Revision.body, dict):
        return None
    return read_procedure(row.Definition.code, version, row.Definition.title, row.Revision.body)


def _begins(revision: Revision) -> date:
    return revision.effective_from or date.min
