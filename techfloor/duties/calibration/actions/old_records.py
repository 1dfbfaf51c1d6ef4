"""What is done with lines from the old records: kept, changed by a later file, withdrawn; the due day they give."""

from dataclasses import fields
from datetime import date, datetime
from fractions import Fraction

from sqlalchemy import func, or_, select

from techfloor.duties.calibration.models import OldCalibration
from techfloor.duties.calibration.queries.old_records import STANDING
from techfloor.duties.calibration.queries.records import WORK
from techfloor.duties.calibration.rules.old_records import FAIL, OldEntry
from techfloor.equipment import ledger
from techfloor.equipment.models import EquipmentDue, Gauge
from techfloor.equipment.rules import plant_day
from techfloor.measures.due import next_due
from techfloor.places.models import Plant
from techfloor.refusals import NotFound, Refusal
from techfloor.said import as_text, day_said, say
from techfloor.store import alone, db


def keep(
    gauge_id: int,
    entry: OldEntry,
    *,
    use: Fraction | None,
    run_id: int,
    due_rule: str,
    actor: int,
    at: datetime,
) -> OldCalibration:
    """Keep a calibration from before, in the place of what stands of the same gauge, day and certificate."""
    alone(_of_gauge(gauge_id))
    row = _standing(gauge_id, entry) or OldCalibration(gauge_id=gauge_id)
    counted = bool(row.counts)
    for each in fields(OldEntry):
        setattr(row, each.name, getattr(entry, each.name))
    row.readings = [reading.to_plain() for reading in entry.readings]
    row.use, row.run_id = "" if use is None else str(use), run_id
    db.session.add(row)
    db.session.flush()
    words = as_text(say("calibration.old", day=day_said(entry.performed_on), number=entry.certificate))
    ledger.log(gauge_id, "old calibration", words, actor=actor, at=at)
    _follow(row, due_rule, at, counted=counted)
    return row


def withdraw(line_id: int, reason: str, *, due_rule: str, actor: int, at: datetime) -> OldCalibration:
    """Take back a line that does not hold; it stays to be read, and nothing follows from it any more."""
    row = db.session.get(OldCalibration, line_id)
    if row is None:
        raise NotFound("There is no such line from the old records.")
    alone(_of_gauge(row.gauge_id))
    db.session.refresh(row)
    if row.ended_at is not None:
        raise Refusal("This line was withdrawn already.")
    row.ended_at, row.ended_by, row.ended_why = at, actor, reason
    db.session.flush()
    words = as_text(say("calibration.old", day=day_said(row.performed_on), number=row.certificate))
    ledger.log(row.gauge_id, "old calibration withdrawn", words, actor=actor, at=at)
    _follow(row, due_rule, at, counted=row.counts)
    return row


def _of_gauge(gauge_id: int) -> str:
    return f"old-records:{gauge_id}"


def _standing(gauge_id: int, entry: OldEntry) -> OldCalibration | None:
    o = OldCalibration
    same = (o.gauge_id == gauge_id, o.performed_on == entry.performed_on, o.certificate == entry.certificate)
    return db.session.scalar(select(o).where(*same, STANDING))


def _follow(changed: OldCalibration, due_rule: str, at: datetime, *, counted: bool) -> None:
    """Let the due day follow from the newest line that counts; a record, and what is newer, is never overruled.

    A later line in which the gauge failed makes it due since that day, whether it counts or not. Where the line that
    the due day rested on counts no more, and no other does, the gauge is due now.
    """
    gauge_id = changed.gauge_id
    due = _due(gauge_id)
    if due is not None and due.last_record_id is not None:
        return
    newest = _newest(gauge_id)
    rested = counted and due is not None and due.last_done == changed.performed_on
    if newest is None:
        if rested:
            ledger.set_due(gauge_id, WORK, _today(at)).last_done = None
        return
    if due is not None and due.last_done is not None and due.last_done > newest.performed_on and not rested:
        return
    ledger.set_due(gauge_id, WORK, _due_after(newest, due_rule), last_done=newest.performed_on)


def _due(gauge_id: int) -> EquipmentDue | None:
    """Read what is due as it stands now: who signs a calibration meanwhile is waited for."""
    wanted = select(EquipmentDue).where(EquipmentDue.equipment_id == gauge_id, EquipmentDue.work == WORK)
    return db.session.scalar(wanted.with_for_update().execution_options(populate_existing=True))


def _newest(gauge_id: int) -> OldCalibration | None:
    """Return the line that the due day follows from; None where none counts."""
    o = OldCalibration
    standing = select(o).where(o.gauge_id == gauge_id, STANDING).order_by(o.performed_on.desc(), o.id.desc()).limit(1)
    if db.session.scalar(standing.where(o.counts)) is None:
        return None
    failed = func.coalesce(func.nullif(o.as_left, ""), o.as_found) == FAIL
    return db.session.scalar(standing.where(or_(o.counts, failed)))


def _failed(line: OldCalibration) -> bool:
    return (line.as_left or line.as_found) == FAIL


def _due_after(line: OldCalibration, due_rule: str) -> date:
    if _failed(line):
        return line.performed_on
    months = db.session.get_one(Gauge, line.gauge_id).interval_months
    return line.next_due or next_due(line.performed_on, months, due_rule)


def _today(at: datetime) -> date:
    return plant_day(at, db.session.scalars(select(Plant.zone)).one())
