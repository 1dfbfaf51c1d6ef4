"""What a verdict means for the use of a gauge: out of tolerance or not, the hold it is under, and who says more."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select

from techfloor.duties.calibration.models import Calibration
from techfloor.duties.calibration.queries.bench import Bench
from techfloor.duties.calibration.queries.records import CLOSED, KIND
from techfloor.equipment import ledger
from techfloor.equipment.models import EquipmentHold
from techfloor.equipment.rules import OUT_OF_TOLERANCE
from techfloor.measures.decision import Verdict
from techfloor.records import versions
from techfloor.records.models import Record
from techfloor.said import as_text, say
from techfloor.store import db


def out_of_tolerance(verdict: str) -> bool:
    """Tell whether a run failed: a fail, or a conditional one."""
    return verdict in {Verdict.fail, Verdict.conditional_fail}


def returns(body: Calibration) -> bool:
    """Tell whether the gauge is within tolerance as it goes: as left where it was adjusted, else as found."""
    return (body.as_left or body.as_found) in {Verdict.pass_, Verdict.conditional_pass}


def failed_before(body: Calibration) -> bool:
    """Tell whether the gauge was out of tolerance while it was used: as found, or as left where no one knows that."""
    return out_of_tolerance(body.as_found or body.as_left)


def settle_hold(bench: Bench, verdicts: Sequence[str], cleared: str, *, actor: int, at: datetime) -> None:
    """Hold the gauge as soon as a run fails, as found or as left; a correction that clears it lifts the hold.

    The hold that a signed version placed is not lifted by an amendment before that is reviewed, nor placed twice.
    `verdicts` are those of its runs so far, `cleared` is the key of what a correction says.
    """
    failed = any(out_of_tolerance(verdict) for verdict in verdicts)
    if not failed and not bench.gauge.held:
        return
    hold = own_hold(bench)
    if failed and hold is None and not (bench.amends and passed_since(bench)):
        key = "calibration.hold-failed" if out_of_tolerance(verdicts[0]) else "calibration.hold-failed-left"
        words = as_text(say(key, number=bench.number))
        ledger.place_hold(bench.gauge.id, OUT_OF_TOLERANCE, words, actor=actor, at=at, record_id=bench.record.id)
    elif not failed and hold is not None and hold.record_id == bench.record.id:
        ledger.lift_hold(hold.id, as_text(say(cleared)), actor=actor, at=at, record_id=bench.record.id)


def open_holds(gauge_id: int) -> list[EquipmentHold]:
    """Return the open holds of a gauge for out of tolerance, those of earlier calibrations too."""
    return list(
        db.session.scalars(
            select(EquipmentHold).where(
                EquipmentHold.equipment_id == gauge_id,
                EquipmentHold.reason == OUT_OF_TOLERANCE,
                EquipmentHold.lifted_at.is_(None),
            )
        )
    )


def shows_more(bench: Bench, hold: EquipmentHold) -> bool:
    """Tell whether a calibration was performed after what placed a hold: an older one says nothing about it."""
    placed = db.session.get(Record, hold.record_id) if hold.record_id is not None else None
    known = placed is not None and (placed.content_sha256 is not None or placed.supersedes_id is not None)
    since = placed.performed_at if placed is not None and known else hold.placed_at
    own = hold.record_id == bench.record.id
    return own or (bench.record.performed_at, bench.record.id) >= (since, hold.record_id or 0)


def failed_since(bench: Bench) -> bool:
    """Tell whether the gauge is held as out of tolerance since this calibration was performed."""
    return any(not shows_more(bench, hold) for hold in open_holds(bench.gauge.id))


def was_held(bench: Bench) -> bool:
    """Tell whether the gauge came held from an earlier calibration: only a reviewed pass returns it."""
    own = versions.ids(bench.record)
    return any(hold.record_id not in own for hold in open_holds(bench.gauge.id))


def own_hold(bench: Bench) -> EquipmentHold | None:
    """Return the open hold that this calibration placed, in whichever of its versions."""
    own = versions.ids(bench.record)
    return next((hold for hold in open_holds(bench.gauge.id) if hold.record_id in own), None)


def passed_since(bench: Bench) -> bool:
    """Tell whether a calibration performed after this one was accepted, with the gauge within tolerance as it went."""
    later = (
        select(Calibration)
        .join(Record, Record.id == Calibration.record_id)
        .where(Record.kind == KIND, Record.equipment_id == bench.gauge.id, Record.state == CLOSED)
        .where(Record.number != bench.number, versions.in_force(), performed_after(bench.record))
    )
    return any(returns(body) for body in db.session.scalars(later))


def performed_after(record: Record) -> ColumnElement[bool]:
    """Return the condition of records performed after this one; of the same moment the number decides."""
    same = and_(Record.performed_at == record.performed_at, Record.id > record.id)
    return or_(Record.performed_at > record.performed_at, same)
