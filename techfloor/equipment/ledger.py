"""The ledgers of equipment, which every room may read and duties write: what happened, what is held, what is due."""

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from techfloor.equipment.models import Equipment, EquipmentDue, EquipmentHold, EquipmentLog, GoodCheck
from techfloor.equipment.rules import HOLD_REASONS, OUT_OF_TOLERANCE, day_text, plant_day
from techfloor.equipment.statuses import Kind
from techfloor.people.models import Person
from techfloor.places.models import Plant
from techfloor.records import tasks
from techfloor.refusals import NotFound, Refusal
from techfloor.said import as_text, day_said, say, within
from techfloor.store import db
from techfloor.store.trail import ChangeRow, TableOfChange

CALIBRATION = "calibration"
"""The work of a due that a calibration, or a standard's certificate, moves on."""
IN_USE_CHECK = "in-use check"
"""The work of a due that a check between two calibrations moves on."""

WAS_CALIBRATED, CALIBRATION_AMENDED = "calibrated", "calibration amended"
CALIBRATED = (WAS_CALIBRATED, CALIBRATION_AMENDED)
"""The events of the log that name a calibration of the gauge by its record."""
CHANGED_SINCE = "changed since it was calibrated"
"""The event of the log that something was changed by which the calibrations of a gauge were judged."""


def log(
    equipment_id: int, event: str, words: str = "", *, actor: int, at: datetime, record_id: int | None = None
) -> EquipmentLog:
    """Write a line into the log of a piece of equipment."""
    line = EquipmentLog(equipment_id=equipment_id, event=event, words=words, record_id=record_id, at=at, by_id=actor)
    db.session.add(line)
    db.session.flush()
    return line


def place_hold(
    equipment_id: int,
    reason: str,
    words: str,
    *,
    actor: int,
    at: datetime,
    record_id: int | None = None,
    work: str = "",
) -> EquipmentHold:
    """Stop the use of a piece of equipment; the hold that a record or a `work` placed already is given back."""
    if reason not in HOLD_REASONS:
        raise Refusal("Choose why it may not be used.", field="reason")
    item = item_of(equipment_id)
    if reason == OUT_OF_TOLERANCE and item.kind == Kind.MACHINE:
        raise Refusal("A machine is not calibrated: nothing ends such a hold. Choose another reason.", field="reason")
    same = _open_hold(equipment_id, reason, record_id, work)
    if same is not None and (record_id is not None or work):
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
        work=work,
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
    """End a hold, once; a gauge's for out of tolerance ends only with the record that showed it passing.

    One that a check in use placed is quality's to lift as well; what the check asked for is answered with it.
    """
    hold = db.session.get(EquipmentHold, hold_id)
    if hold is None:
        raise NotFound("This hold does not exist.")
    if hold.lifted_at is not None:
        lifted = plant_day(hold.lifted_at, db.session.scalars(select(Plant.zone)).one())
        raise Refusal("This hold was lifted on %(day)s already.", day=day_text(lifted))
    if by_record(item_of(hold.equipment_id).kind, hold.reason, hold.work) and record_id is None:
        raise Refusal(
            "It was found out of tolerance: calibrate it. It returns when it passes as left and that is reviewed."
        )
    if not words.strip():
        raise Refusal("Enter what makes it safe to use again.", field="remark")
    hold.lifted_by, hold.lifted_at, hold.lift_words = actor, at, words.strip()
    if hold.work:
        tasks.finish_on(hold.equipment_id, hold.work, by=actor, at=at, outcome=hold.lift_words)
    log(
        hold.equipment_id,
        "hold lifted",
        within("equipment.why", hold.lift_words, reason=say(f"equipment.reason.{hold.reason}")),
        actor=actor,
        at=at,
        record_id=record_id,
    )
    return hold


def by_record(kind: str, reason: str, work: str = "") -> bool:
    """Tell whether nobody lifts such a hold by hand: the calibration does in which the gauge passes."""
    return kind == Kind.GAUGE and reason == OUT_OF_TOLERANCE and work != IN_USE_CHECK


def set_due(
    equipment_id: int, work: str, due: date, *, last_done: date | None = None, record_id: int | None = None
) -> EquipmentDue:
    """Put the due day of one kind of work, without a line in the log.

    That is for equipment which is just being entered, and for what is done so often that it would fill the log.
    """
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


def end_due(equipment_id: int, work: str, *, actor: int, at: datetime) -> None:
    """Let one kind of work be due no more."""
    row = due_of(equipment_id, work)
    if row is None:
        return
    db.session.delete(row)
    log(equipment_id, "due ended", as_text(say(f"equipment.work.{work}")), actor=actor, at=at)


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


def was_calibrated(equipment_id: int) -> bool:
    """Tell whether a gauge has a calibration on record, here or from before."""
    due = due_of(equipment_id, CALIBRATION)
    if due is not None and due.last_done is not None:
        return True
    of_it = (EquipmentLog.equipment_id == equipment_id, EquipmentLog.event.in_(CALIBRATED))
    return db.session.scalar(select(EquipmentLog.id).where(*of_it).limit(1)) is not None


def open_hold_of(equipment_id: int, work: str) -> EquipmentHold | None:
    """Find the open hold that one kind of work placed without a record."""
    return _open_hold(equipment_id, OUT_OF_TOLERANCE, None, work)


def _open_hold(equipment_id: int, reason: str, record_id: int | None, work: str) -> EquipmentHold | None:
    return db.session.scalar(
        select(EquipmentHold).where(
            EquipmentHold.equipment_id == equipment_id,
            EquipmentHold.reason == reason,
            EquipmentHold.work == work,
            EquipmentHold.record_id.is_(None) if record_id is None else EquipmentHold.record_id == record_id,
            EquipmentHold.lifted_at.is_(None),
        )
    )


@dataclass(frozen=True)
class LastCheck:
    """The last check in which a gauge was good: at which function and value, what was read, when and by whom."""

    function: str
    value: Decimal
    unit: str
    words: str
    at: datetime
    by: str


@dataclass(frozen=True)
class CheckedAt:
    """Where a check looks: one value of one function, in its unit."""

    function: str
    value: Decimal
    unit: str


def checked_good(equipment_id: int, where: CheckedAt, words: str, *, actor: int, at: datetime) -> None:
    """Keep that a gauge was found good at one value: a look-back need not reach further for what it shows."""
    db.session.add(GoodCheck(equipment_id=equipment_id, **asdict(where), words=words, at=at, by_id=actor))
    db.session.flush()


def take_back_check(equipment_id: int, measured_at: datetime, *, at: datetime) -> None:
    """Let what was found good at a moment be good no more: its value was corrected."""
    wanted = select(GoodCheck).where(GoodCheck.equipment_id == equipment_id, GoodCheck.at == measured_at)
    for row in db.session.scalars(wanted.where(GoodCheck.taken_back_at.is_(None))):
        row.taken_back_at = at


def last_good_check(equipment_id: int, before: datetime) -> LastCheck | None:
    """Read the last check before a moment in which a gauge was good; None where it was never checked."""
    c = GoodCheck
    row = db.session.execute(
        select(c.function, c.value, c.unit, c.words, c.at, Person.name)
        .join(Person, Person.id == c.by_id)
        .where(c.equipment_id == equipment_id, c.at < before, c.taken_back_at.is_(None))
        .order_by(c.at.desc(), c.id.desc())
        .limit(1)
    ).one_or_none()
    return LastCheck(*row) if row is not None else None


def name_of(code: str) -> str | None:
    """Read the name of what has a code; None where nothing has it."""
    return db.session.scalar(select(Equipment.name).where(Equipment.code == code.strip().upper()))


def item_of(equipment_id: int) -> Equipment:
    """Find a piece of equipment; raises NotFound."""
    item = db.session.get(Equipment, equipment_id)
    if item is None:
        raise NotFound("This equipment does not exist.")
    return item
