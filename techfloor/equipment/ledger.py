"""The ledgers of equipment, which every room may read and duties write: what happened, what is held, what is due."""

import json
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from techfloor.equipment.models import Equipment, EquipmentDue, EquipmentHold, EquipmentLog
from techfloor.equipment.rules import HOLD_REASONS, OUT_OF_TOLERANCE, day_text, plant_day
from techfloor.equipment.statuses import Kind
from techfloor.places.models import Plant
from techfloor.refusals import NotFound, Refusal
from techfloor.said import as_text, day_said, say, within
from techfloor.store import db
from techfloor.store.trail import ChangeRow, TableOfChange

CALIBRATION = "calibration"
"""The work of a due that a calibration, or a standard's certificate, moves on."""


def log(
    equipment_id: int, event: str, words: str = "", *, actor: int, at: datetime, record_id: int | None = None
) -> EquipmentLog:
    """Write a line into the log of a piece of equipment."""
    line = EquipmentLog(equipment_id=equipment_id, event=event, words=words, record_id=record_id, at=at, by_id=actor)
    db.session.add(line)
    db.session.flush()
    return line


def place_hold(
    equipment_id: int, reason: str, words: str, *, actor: int, at: datetime, record_id: int | None = None
) -> EquipmentHold:
    """Stop the use of a piece of equipment; the hold that a record placed already is given back as it stands."""
    if reason not in HOLD_REASONS:
        raise Refusal("Choose why it may not be used.", field="reason")
    item = item_of(equipment_id)
    if reason == OUT_OF_TOLERANCE and item.kind == Kind.MACHINE:
        raise Refusal("A machine is not calibrated: nothing ends such a hold. Choose another reason.", field="reason")
    same = _open_hold(equipment_id, reason, record_id)
    if same is not None and record_id is not None:
        return same
    if same is not None:
        raise Refusal(
            "%(code)s is already held as %(reason)s. Look at that hold first.",
            field="reason",
            code=item.code,
            reason=reason,
        )
    if not words.strip():
        raise Refusal("Enter what you found.", field="remark")
    hold = EquipmentHold(
        equipment_id=equipment_id,
        reason=reason,
        words=words.strip(),
        record_id=record_id,
        placed_by=actor,
        placed_at=at,
    )
    db.session.add(hold)
    log(
        equipment_id,
        "held",
        within("equipment.why", words.strip(), reason=say(f"equipment.reason.{reason}")),
        actor=actor,
        at=at,
        record_id=record_id,
    )
    return hold


def lift_hold(hold_id: int, words: str, *, actor: int, at: datetime, record_id: int | None = None) -> EquipmentHold:
    """End a hold, once; a gauge's for out of tolerance ends only with the record that showed it passing."""
    hold = db.session.get(EquipmentHold, hold_id)
    if hold is None:
        raise NotFound("This hold does not exist.")
    if hold.lifted_at is not None:
        lifted = plant_day(hold.lifted_at, db.session.scalars(select(Plant.zone)).one())
        raise Refusal("This hold was lifted on %(day)s already.", day=day_text(lifted))
    if by_record(item_of(hold.equipment_id).kind, hold.reason) and record_id is None:
        raise Refusal(
            "It was found out of tolerance: calibrate it. It returns when it passes as left and that is reviewed."
        )
    if not words.strip():
        raise Refusal("Enter what makes it safe to use again.", field="remark")
    hold.lifted_by, hold.lifted_at, hold.lift_words = actor, at, words.strip()
    log(
        hold.equipment_id,
        "hold lifted",
        within("equipment.why", hold.lift_words, reason=say(f"equipment.reason.{hold.reason}")),
        actor=actor,
        at=at,
        record_id=record_id,
    )
    return hold


def by_record(kind: str, reason: str) -> bool:
    """Tell whether nobody lifts such a hold by hand: the calibration does in which the gauge passes."""
    return kind == Kind.GAUGE and reason == OUT_OF_TOLERANCE


def set_due(
    equipment_id: int, work: str, due: date, *, last_done: date | None = None, record_id: int | None = None
) -> EquipmentDue:
    """Put the due day of one kind of work, without a line in the log: for equipment that is just being entered."""
    row = due_of(equipment_id, work)
    if row is None:
        row = EquipmentDue(equipment_id=equipment_id, work=work)
        db.session.add(row)
    row.due, row.last_done = due, last_done or row.last_done
    row.last_record_id = record_id or row.last_record_id
    db.session.flush()
    return row


def move_due(
    equipment_id: int,
    work: str,
    due: date,
    *,
    actor: int,
    at: datetime,
    last_done: date | None = None,
    record_id: int | None = None,
) -> EquipmentDue:
    """Move a due day on, because the work was done (with its record) or somebody decided so."""
    row = set_due(equipment_id, work, due, last_done=last_done, record_id=record_id)
    log(equipment_id, "due moved", _due_said(work, due), actor=actor, at=at, record_id=record_id)
    return row


def put_back_due(equipment_id: int, work: str, record_id: int, *, actor: int, at: datetime) -> None:
    """Undo the move of a due day by a record that does not count after all; one moved on since stays as it is.

    What was never due before the record has been due since the day the record claims.
    """
    row = due_of(equipment_id, work)
    if row is None or row.last_record_id != record_id:
        return
    before = _before(row.id, record_id)
    done = before.get("last_done")
    row.due = date.fromisoformat(before["due"]) if before else row.last_done or row.due
    row.last_done = date.fromisoformat(done) if done else None
    row.last_record_id = before.get("last_record_id")
    log(equipment_id, "due put back", _due_said(work, row.due), actor=actor, at=at, record_id=record_id)


def _due_said(work: str, due: date) -> str:
    return as_text(say("equipment.due", work=say(f"equipment.work.{work}"), day=day_said(due)))


def _before(due_id: int, record_id: int) -> dict[str, Any]:
    """Return a row of what is due as it was before a record moved it, as the trail has it; {} when it was not."""
    acts = select(ChangeRow.act).where(ChangeRow.record == record_id)
    wanted = select(ChangeRow.body).where(ChangeRow.act.in_(acts), TableOfChange() == EquipmentDue.__tablename__)
    for body in db.session.scalars(wanted.order_by(ChangeRow.id)):
        change: dict[str, Any] = json.loads(body)
        if change["row"] == str(due_id) and change["new"]["last_record_id"] == record_id:
            before: dict[str, Any] = change.get("old", {})
            return before
    raise LookupError(f"no act of record {record_id} moved what is due in row {due_id}")


def due_of(equipment_id: int, work: str) -> EquipmentDue | None:
    """Find what is due of one kind of work; None while it never was."""
    return db.session.scalar(
        select(EquipmentDue).where(EquipmentDue.equipment_id == equipment_id, EquipmentDue.work == work)
    )


def _open_hold(equipment_id: int, reason: str, record_id: int | None) -> EquipmentHold | None:
    return db.session.scalar(
        select(EquipmentHold).where(
            EquipmentHold.equipment_id == equipment_id,
            EquipmentHold.reason == reason,
            EquipmentHold.record_id.is_(None) if record_id is None else EquipmentHold.record_id == record_id,
            EquipmentHold.lifted_at.is_(None),
        )
    )


def item_of(equipment_id: int) -> Equipment:
    """Find a piece of equipment; raises NotFound."""
    item = db.session.get(Equipment, equipment_id)
    if item is None:
        raise NotFound("This equipment does not exist.")
    return item
