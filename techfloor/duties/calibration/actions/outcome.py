"""What follows from the verdict of a calibration, in house or outside: holds, tasks, the next due day."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, select

from techfloor.duties.calibration.actions import intervals as interval_changes
from techfloor.duties.calibration.actions.holding import (
    failed_before,
    failed_since,
    open_holds,
    out_of_tolerance,
    own_hold,
    passed_since,
    performed_after,
    returns,
    settle_hold,
    shows_more,
)
from techfloor.duties.calibration.models import AGAIN, LOOK_BACK, LOOK_BACK_ENDED, REVIEW, Calibration
from techfloor.duties.calibration.queries.bench import Bench
from techfloor.duties.calibration.queries.earlier import last_good, look_back_from, returned_to_use
from techfloor.duties.calibration.queries.gauges import GaugeFacts
from techfloor.duties.calibration.queries.records import CLOSED, KIND, PERFORMED, REJECTED, WORK
from techfloor.equipment import ledger
from techfloor.equipment.actions import change_status
from techfloor.equipment.models import EquipmentDue, EquipmentHold, EquipmentLog, Gauge
from techfloor.equipment.rules import OUT_OF_TOLERANCE, plant_day
from techfloor.equipment.statuses import Deed, Status
from techfloor.people.models import Person
from techfloor.people.proof import Proof
from techfloor.places.models import Plant
from techfloor.places.queries import PlantFacts
from techfloor.records import tasks, versions
from techfloor.records.lifecycle import move
from techfloor.records.models import Record, Task
from techfloor.said import Said, as_text, day_said, say
from techfloor.store import db, search

_REST_ON_CALIBRATION = frozenset({Status.IN_USE, Status.LIMITED_USE, Status.SPARE})


def needs_review(exceptions: Sequence[Said], plant: PlantFacts) -> bool:
    """Tell whether a second look is asked for: of every one, or of exceptions."""
    return plant.profile.text("signatures.calibration_review") == "every" or bool(exceptions)


def after_performed(bench: Bench, plant: PlantFacts, proof: Proof) -> None:
    """Let the record and the gauge go where the verdict sends them, once the performer has signed."""
    record, body = bench.record, bench.body
    review, failed = needs_review(body.exceptions, plant), failed_before(body)
    move(record, PERFORMED if review else CLOSED)
    record.closed_at = None if review else proof.at
    if review:
        _raise(REVIEW, bench, proof.at)
    if bench.entered_in_error:
        _count_no_more(bench, proof)
        return
    words = as_text(_verdicts_said(body))
    event = ledger.WAS_CALIBRATED if bench.amends is None else ledger.CALIBRATION_AMENDED
    _end_again(bench, proof)
    ledger.log(bench.gauge.id, event, words, actor=proof.person_id, at=proof.at, record_id=record.id)
    if bench.amends is not None:
        _take_the_place(bench, proof)
    if failed and not tasks.is_open(versions.ids(record), LOOK_BACK):
        _raise(LOOK_BACK, bench, proof.at)
    if usable_now(plant, review=review) and not failed:
        _move_due(bench, proof)
    _find_by_its_words(bench)
    db.session.flush()
    interval_changes.propose(bench, plant, proof.at)


def usable_now(plant: PlantFacts, *, review: bool) -> bool:
    """Tell whether a gauge that passed is usable before its review, or has none to wait for."""
    return not review or plant.profile.text("signatures.gauge_usable") == "when performed"


def _find_by_its_words(bench: Bench) -> None:
    paper = bench.body.outside or {}
    on_paper = (str(paper.get(name, "")) for name in ("laboratory", "certificate"))
    make_findable(
        bench.number, bench.gauge, *on_paper, bench.performer, bench.amender, bench.body.as_found, bench.body.as_left
    )


def make_findable(number: str, gauge: GaugeFacts, *words: str) -> None:
    """Let a calibration be found by its number, its gauge, and more words: who performed it, its verdicts."""
    search.put(KIND, number, f"{gauge.code} {gauge.name}", " ".join((gauge.serial, gauge.place, *words)))


def _verdicts_said(body: Calibration) -> Said:
    given = [say(f"calibration.verdict.{verdict}") for verdict in (body.as_found, body.as_left) if verdict]
    if len(given) < 2:
        return given[0] if given else say("calibration.verdict.")
    return say("calibration.verdicts", found=given[0], left=given[1])


def _raise(kind: str, bench: Bench, at: datetime) -> None:
    review = say("calibration.review", number=bench.number, gauge=bench.gauge.code, name=bench.gauge.name)
    words = _look_back_said(bench) if kind == LOOK_BACK else review
    task = Task(kind=kind, words=as_text(words), record_id=bench.record.id, equipment_id=bench.gauge.id, raised_at=at)
    task.for_permission = {LOOK_BACK: "calibration:look-back", REVIEW: "calibration:review"}[kind]
    tasks.raise_task(task)


def _look_back_said(bench: Bench) -> Said:
    """Say from when on the work is looked at: the last good check, where it looks at what failed, else calibration."""
    since, code = look_back_from(bench), bench.gauge.code
    if since.check is not None and since.counts:
        day = plant_day(since.check.at, db.session.scalars(select(Plant.zone)).one())
        return say("calibration.look-back-checked", gauge=code, day=day_said(day))
    return say("calibration.look-back" if _was_good_before(bench) else "calibration.look-back-first", gauge=code)


def _was_good_before(bench: Bench) -> bool:
    """Tell whether a good calibration is known from before, here or from when the gauge was entered."""
    due = ledger.due_of(bench.gauge.id, WORK)
    return last_good(bench) is not None or (due is not None and due.last_done is not None)


def _due_at_once(bench: Bench, proof: Proof) -> None:
    """Let a gauge whose first calibration failed be due since then: it was calibrated, and has to be again."""
    if ledger.due_of(bench.gauge.id, WORK) is None:
        actor, at, done = proof.person_id, proof.at, plant_day(bench.record.performed_at, proof.zone)
        ledger.move_due(bench.gauge.id, WORK, done, actor=actor, at=at, last_done=done, record_id=bench.record.id)


def _move_due(bench: Bench, proof: Proof) -> None:
    """Set the next due day, and let a gauge that waited for its calibration back into use; once for a calibration.

    Where a later one has moved the day, or shown that the gauge fails, an earlier one changes nothing.
    """
    due = ledger.due_of(bench.gauge.id, WORK)
    if bench.body.next_due is None or failed_since(bench):
        return
    if due is not None and _moved_by(due, bench.record, proof.zone):
        return
    ledger.move_due(
        bench.gauge.id,
        WORK,
        bench.body.next_due,
        actor=proof.person_id,
        at=proof.at,
        last_done=plant_day(bench.record.performed_at, proof.zone),
        record_id=bench.record.id,
    )
    if db.session.get_one(Gauge, bench.gauge.id).status == Status.CALIBRATE_BEFORE_USE:
        change_status(bench.gauge.id, Deed.CALIBRATED, actor=proof.person_id, at=proof.at, record_id=bench.record.id)


def _moved_by(due: EquipmentDue, record: Record, zone: str) -> bool:
    """Tell whether a due day was moved by this record or by a later one."""
    if due.last_done is not None and due.last_done > plant_day(record.performed_at, zone):
        return True
    last = db.session.get(Record, due.last_record_id) if due.last_record_id is not None else None
    return last is not None and (last.performed_at, last.id) >= (record.performed_at, record.id)


def accept(bench: Bench, proof: Proof) -> None:
    """Return a gauge that passed to use: its hold is lifted and its due day moves; one that fails stays held."""
    if bench.amends is not None:
        _end_of_former(bench, proof)
    if bench.entered_in_error:
        return
    _end_again(bench, proof)
    if not returns(bench.body):
        _due_at_once(bench, proof)
        return
    words = as_text(say("calibration.passed-as-left" if bench.body.adjusted else "calibration.passed"))
    for hold in open_holds(bench.gauge.id):
        if shows_more(bench, hold):
            ledger.lift_hold(hold.id, words, actor=proof.person_id, at=proof.at, record_id=bench.record.id)
    _move_due(bench, proof)


def reject(bench: Bench, proof: Proof, remark: str) -> None:
    """Keep a gauge from use whose calibration was rejected, also when its hold is lifted: it is calibrated again.

    One that has passed since, and that was accepted, stays as that one left it.
    """
    actor, at, record_id = proof.person_id, proof.at, bench.record.id
    if own_hold(bench) is None:
        ledger.put_back_due(bench.gauge.id, WORK, record_id, actor=actor, at=at)
    if passed_since(bench):
        return
    _ask_again(bench, remark.strip(), at)
    if own_hold(bench) is not None:
        return
    _calibrate_before_use(bench, proof)
    words = as_text(say("calibration.hold-rejected", number=bench.number, remark=remark.strip()))
    ledger.place_hold(bench.gauge.id, "other", words, actor=actor, at=at, record_id=record_id)


def _calibrate_before_use(bench: Bench, proof: Proof) -> None:
    actor, record_id = proof.person_id, bench.record.id
    if db.session.get_one(Gauge, bench.gauge.id).status in _REST_ON_CALIBRATION:
        change_status(bench.gauge.id, Deed.REJECT_CALIBRATION, actor=actor, at=proof.at, record_id=record_id)


def _end_again(bench: Bench, proof: Proof) -> None:
    """End what was asked for again by the rejection of a calibration that was performed before this one."""
    asked = (
        select(Task.record_id)
        .join(Record, Record.id == Task.record_id)
        .where(Task.equipment_id == bench.gauge.id, Task.kind == AGAIN, Task.done_at.is_(None))
        .where(Record.id != bench.record.id, ~performed_after(bench.record))
    )
    for record_id in db.session.scalars(asked).all():
        assert record_id is not None
        tasks.finish([record_id], AGAIN, by=proof.person_id, at=proof.at, outcome=bench.number)


def _ask_again(bench: Bench, remark: str, at: datetime) -> None:
    """Ask the performer for it once more, or the others of their area once that person is gone."""
    task = Task(kind=AGAIN, record_id=bench.record.id, equipment_id=bench.gauge.id, raised_at=at)
    task.words = as_text(say("calibration.again", gauge=bench.gauge.code, remark=remark))
    task.for_person_id = bench.body.performed_by
    task.for_area_id = db.session.get_one(Person, bench.body.performed_by).area_id
    task.for_permission = "calibration:outside" if bench.body.outside is not None else "calibration:log"
    tasks.raise_task(task)


# --- amendments ---


def _take_the_place(bench: Bench, proof: Proof) -> None:
    """Let an amendment stand for the version before: what it shows to be out of tolerance is held, and due."""
    verdicts = (bench.body.as_found, bench.body.as_left)
    settle_hold(bench, verdicts, "calibration.reading-corrected", actor=proof.person_id, at=proof.at)
    if any(out_of_tolerance(verdict) for verdict in verdicts):
        _put_back_due(bench, proof)


def _count_no_more(bench: Bench, proof: Proof) -> None:
    """Let the gauge stand as without what was entered in error: its due day, its status, and what it had ended.

    What makes the gauge usable waits for the review.
    """
    actor, at, record_id = proof.person_id, proof.at, bench.record.id
    assert bench.amends is not None
    ledger.log(bench.gauge.id, "entered in error", bench.amends.reason, actor=actor, at=at, record_id=record_id)
    _put_back_due(bench, proof)
    _take_back(bench, proof)
    if passed_since(bench):
        return
    _raise_again(bench, at)
    if _lifted_others(bench):
        words = as_text(say("calibration.hold-again", number=bench.number))
        ledger.place_hold(bench.gauge.id, OUT_OF_TOLERANCE, words, actor=actor, at=at, record_id=record_id)
    db.session.flush()


def _put_back_due(bench: Bench, proof: Proof) -> None:
    """Put the due day back to where a calibration that still says something has moved it."""
    due = ledger.due_of(bench.gauge.id, WORK)
    while due is not None and due.last_record_id is not None and not versions.is_in_force(due.last_record_id):
        ledger.put_back_due(bench.gauge.id, WORK, due.last_record_id, actor=proof.person_id, at=proof.at)


def _take_back(bench: Bench, proof: Proof) -> None:
    """Take a gauge from use that only a version of this calibration returned to it, once its due day is put back.

    A later one that moved the due day keeps it there, reviewed or not.
    """
    due = ledger.due_of(bench.gauge.id, WORK)
    kept = passed_since(bench) or (due is not None and _moved_by(due, bench.record, proof.zone))
    if returned_to_use(bench) and not kept:
        _calibrate_before_use(bench, proof)


def _raise_again(bench: Bench, at: datetime) -> None:
    """Ask again for what was asked for by the rejection of an earlier calibration, and ended by this one alone."""
    ended = (Task.equipment_id == bench.gauge.id, Task.kind == AGAIN, Task.outcome == bench.number)
    asked = select(Task).join(Record, Record.id == Task.record_id).where(Record.state == REJECTED, ~versions.replaced())
    same = ("kind", "words", "record_id", "equipment_id", "for_person_id", "for_area_id", "for_permission")
    for task in db.session.scalars(asked.where(*ended).order_by(Task.id)).all():
        tasks.raise_task(Task(**{name: getattr(task, name) for name in same}, raised_at=at))


def _lifted_others(bench: Bench) -> bool:
    """Tell whether the versions of a calibration ended a hold for out of tolerance that another one had placed."""
    own = versions.ids(bench.record)
    lifted = and_(
        EquipmentLog.equipment_id == EquipmentHold.equipment_id,
        EquipmentLog.at == EquipmentHold.lifted_at,
        EquipmentLog.record_id.in_(own),
    )
    wanted = (
        select(EquipmentHold.id)
        .join(EquipmentLog, lifted)
        .where(EquipmentHold.equipment_id == bench.gauge.id, EquipmentHold.reason == OUT_OF_TOLERANCE)
        .where(EquipmentHold.record_id.is_(None) | EquipmentHold.record_id.not_in(own))
    )
    return db.session.scalar(wanted.limit(1)) is not None


def _end_of_former(bench: Bench, proof: Proof) -> None:
    """End what the versions before have raised, where the amendment that was accepted does not uphold it."""
    every = versions.ids(bench.record)
    words = as_text(say("calibration.replaced", number=bench.number, version=bench.record.version))
    for kind in (REVIEW, AGAIN):
        tasks.finish(every, kind, by=proof.person_id, at=proof.at, outcome=words)
    if bench.entered_in_error or not failed_before(bench.body):
        _end_look_back(bench, words, proof)
    for hold in _holds_of([each for each in every if each != bench.record.id]):
        upheld = hold.reason == OUT_OF_TOLERANCE and not bench.entered_in_error and not returns(bench.body)
        if not upheld:
            ledger.lift_hold(hold.id, words, actor=proof.person_id, at=proof.at, record_id=bench.record.id)


def _end_look_back(bench: Bench, words: str, proof: Proof) -> None:
    """End what was looked back on for any version of a calibration, and say so in the log of its gauge."""
    every, (actor, at) = versions.ids(bench.record), (proof.person_id, proof.at)
    if tasks.is_open(every, LOOK_BACK):
        tasks.finish(every, LOOK_BACK, by=actor, at=at, outcome=words)
        ledger.log(bench.gauge.id, LOOK_BACK_ENDED, words, actor=actor, at=at, record_id=bench.record.id)


def _holds_of(record_ids: Sequence[int]) -> list[EquipmentHold]:
    wanted = select(EquipmentHold).where(EquipmentHold.record_id.in_(record_ids), EquipmentHold.lifted_at.is_(None))
    return list(db.session.scalars(wanted.order_by(EquipmentHold.id)))


def lift_of_amendment(bench: Bench, key: str, *, actor: int, at: datetime) -> None:
    """Lift what an amendment placed that does not take the place of the version before after all; that one is found."""
    for hold in _holds_of([bench.record.id]):
        ledger.lift_hold(hold.id, as_text(say(key)), actor=actor, at=at, record_id=bench.record.id)
    if bench.former is not None:
        _find_by_its_words(bench.former)


def reject_amendment(bench: Bench, proof: Proof, plant: PlantFacts, remark: str) -> None:
    """Let the version before stand as it did; what it had raised, and the amendment had ended, is raised again."""
    former, actor, at = bench.former, proof.person_id, proof.at
    assert former is not None
    lift_of_amendment(bench, "calibration.amendment-rejected", actor=actor, at=at)
    tasks.finish([bench.record.id], LOOK_BACK, by=actor, at=at, outcome=as_text(say("calibration.amendment-rejected")))
    _put_back_due(bench, proof)
    review = former.record.state == PERFORMED
    if review:
        _raise(REVIEW, former, at)
    _end_again(former, proof)
    if former.record.state == REJECTED and not passed_since(former):
        _ask_again(former, remark.strip(), at)
    accepted = former.record.state == CLOSED and returns(former.body)
    if accepted or (review and usable_now(plant, review=True) and not failed_before(former.body)):
        _move_due(former, proof)
    else:
        _take_back(bench, proof)
