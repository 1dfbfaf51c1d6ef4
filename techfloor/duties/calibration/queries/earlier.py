"""What was before a calibration: values read at a point, the last good one, the room, a version's first use."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, bindparam, func, select

from techfloor.duties.calibration.models import Calibration, Reading, StandardUsed
from techfloor.duties.calibration.queries.bench import Bench
from techfloor.duties.calibration.queries.bench_lines import ambient_of
from techfloor.duties.calibration.queries.records import KIND
from techfloor.duties.calibration.rules import reach, results
from techfloor.duties.calibration.rules.drift import PointKey
from techfloor.duties.calibration.rules.procedure import PlannedPoint
from techfloor.equipment import ledger
from techfloor.equipment.ledger import LastCheck
from techfloor.equipment.models import Equipment, EquipmentLog
from techfloor.equipment.statuses import Status
from techfloor.measures.quantity import plain
from techfloor.measures.units import show_unit
from techfloor.records import versions
from techfloor.records.definitions import GIVEN_UP
from techfloor.records.models import Record, Revision, Signature
from techfloor.said import as_text, say
from techfloor.store import db

_readings, _records = (kind.__table__.c for kind in (Reading, Record))


@dataclass(frozen=True)
class LastRoom:
    """The room as somebody last gave it, when, and the codes of the standards they used there."""

    at: datetime
    values: Mapping[str, Decimal]
    standards: frozenset[str] = frozenset()


def last_ambient(person_id: int, since: datetime) -> LastRoom | None:
    """Return the room as a person last gave it, None when that was before `since`."""
    row: Any = db.session.execute(
        select(Record.id, Record.opened_at)
        .where(Record.kind == KIND, Record.opened_by == person_id, Record.opened_at >= since)
        .where(Record.supersedes_id.is_(None))
        .order_by(Record.opened_at.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    used = select(Equipment.code).join(StandardUsed, StandardUsed.standard_id == Equipment.id)
    codes = frozenset(db.session.scalars(used.where(StandardUsed.record_id == row.id)))
    return LastRoom(row.opened_at, {a.quantity: a.value for a in ambient_of(row.id)}, codes)


def last_good(bench: Bench) -> Record | None:
    """Return the calibration before this one in which the gauge was within tolerance as it went."""
    went = func.coalesce(func.nullif(Calibration.as_left, ""), Calibration.as_found)
    return db.session.scalar(
        select(Record)
        .join(Calibration, Calibration.record_id == Record.id)
        .where(
            Record.kind == KIND,
            Record.equipment_id == bench.gauge.id,
            versions.in_force(),
            Record.number != bench.number,
            Record.performed_at < bench.record.performed_at,
            went.in_(("pass", "conditional pass")),
        )
        .order_by(Record.performed_at.desc(), Record.id.desc())
        .limit(1)
    )


@dataclass(frozen=True)
class LookBackFrom:
    """From when on the work done with a gauge is looked at: its last good calibration, or a good check since.

    `check` is the last good check in use after that calibration. It `counts` where it looks at every function that
    `failed`, and nothing of what failed there is `unseen` at its value; where a laboratory gives no values, nobody
    knows what did.
    """

    calibration: Record | None
    check: LastCheck | None
    failed: tuple[str, ...]
    unseen: tuple[str, ...] = ()

    @property
    def check_value(self) -> str:
        """The value that the check looks at, with its unit."""
        return "" if self.check is None else f"{plain(self.check.value)} {show_unit(self.check.unit)}"

    @property
    def uncovered(self) -> tuple[str, ...]:
        """The functions that failed and that the check does not look at."""
        return tuple(name for name in self.failed if self.check is None or name != self.check.function)

    @property
    def counts(self) -> bool:
        """Whether the look-back begins at the check."""
        return self.check is not None and bool(self.failed) and not self.uncovered and not self.unseen


def look_back_from(bench: Bench) -> LookBackFrom:
    """Return from when on the work is looked at that was done with a gauge found out of tolerance."""
    good = last_good(bench)
    check = ledger.last_good_check(bench.gauge.id, bench.record.performed_at)
    if check is not None and good is not None and check.at <= good.performed_at:
        check = None
    run = bench.run(results.AS_FOUND if bench.body.as_found else results.AS_LEFT)
    first = next((function.name for function in bench.gauge.item.functions), "")
    hidden = () if check is None else reach.unseen(run, check.value, check.unit)
    return LookBackFrom(good, check, reach.failed_functions(run, first), hidden)


_RETURNED = tuple(
    as_text(say("equipment.status", before=say(f"equipment.{before}"), after=say(f"equipment.{after}")))
    for before in (Status.CALIBRATE_BEFORE_USE, Status.SENT_OUT)
    for after in (Status.IN_USE, Status.LIMITED_USE)
)
"""What the log of a gauge says where a calibration returned it to use."""


def returned_to_use(bench: Bench) -> bool:
    """Tell whether the last that returned the gauge to use was a version of this calibration."""
    last = (
        select(EquipmentLog.record_id)
        .where(EquipmentLog.equipment_id == bench.gauge.id, EquipmentLog.event.in_(_RETURNED))
        .order_by(EquipmentLog.id.desc())
        .limit(1)
    )
    return db.session.scalar(last) in versions.ids(bench.record)


def revision_used_before(revision_id: int, besides: str) -> bool:
    """Tell whether a calibration that counts was signed under this revision, besides those of one number."""
    return (
        db.session.scalar(
            select(Record.id)
            .where(Record.kind == KIND, Record.revision_id == revision_id)
            .where(Record.number != besides, versions.in_force())
            .limit(1)
        )
        is not None
    )


def news_for(revision: Revision, person_id: int) -> list[tuple[int, str]]:
    """Return (version, what is new in it) that somebody has not calibrated by yet, the oldest first.

    Those since the version they signed with last; of a procedure that they never signed with, this one alone.
    """
    of_procedure = Revision.definition_id == revision.definition_id
    last = db.session.scalar(
        select(func.max(Revision.version))
        .join(Record, Record.revision_id == Revision.id)
        .join(Signature, Signature.record_id == Record.id)
        .where(of_procedure, Record.kind == KIND)
        .where(Signature.signer_id == person_id, Signature.meaning == "performed")
    )
    since = revision.version - 1 if last is None else last
    rows = db.session.execute(
        select(Revision.version, Revision.body)
        .where(of_procedure, Revision.version > since, Revision.version <= revision.version)
        .where(Revision.state.not_in(["draft", GIVEN_UP]))
        .order_by(Revision.version)
    )
    said = [(row.version, str((row.body or {}).get("change", ""))) for row in rows]
    return [(version, words) for version, words in said if version > 1 and words]


_newest_in_force = (
    select(_records.id, _records.performed_at)
    .where(
        _records.equipment_id == bindparam("gauge"),
        _records.kind == KIND,
        _records.performed_at <= bindparam("until"),
        _records.number != bindparam("besides"),
        versions.in_force(_records),
    )
    .order_by(_records.performed_at.desc(), _records.id.desc())
    .limit(bindparam("most"))
    .subquery("newest_in_force")
)
_newer = Reading.__table__.alias("newer")


def _earlier(column: Any) -> Select[*tuple[Any, ...]]:
    return (
        select(column)
        .join_from(_newest_in_force, Reading.__table__, _readings.record_id == _newest_in_force.c.id)
        .where(
            _readings.place == bindparam("place"),
            _readings.run == results.AS_FOUND,
            column.is_not(None),
            ~select(_newer.c.id).where(_newer.c.corrects_id == _readings.id).exists(),
        )
        .order_by(_newest_in_force.c.performed_at.desc(), _readings.id.desc())
        .limit(bindparam("most"))
    )


_EARLIER_REFERENCES, _EARLIER_INDICATIONS = _earlier(_readings.reference), _earlier(_readings.indication)


def earlier_values(
    gauge_id: int, point: PlannedPoint, *, typed: str, until: datetime, besides: str, limit: int = 5
) -> list[Decimal]:
    """Return what was read at a point in the last calibrations of a gauge in force, newest first, as it counts there.

    Those performed until a moment, but for the number `besides`. The point is the same by what it is: another version
    of the procedure may number it differently.
    """
    query = _EARLIER_REFERENCES if typed == "reference" else _EARLIER_INDICATIONS
    place = PointKey.of(point).text
    wanted = {"gauge": gauge_id, "until": until, "besides": besides, "most": limit, "place": place}
    return [value for value in db.session.scalars(query, wanted) if value is not None]
