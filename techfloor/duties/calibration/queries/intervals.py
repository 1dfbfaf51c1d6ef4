"""Reads: what is known of a gauge's drift where its interval is thought over."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from operator import itemgetter
from typing import Any

from sqlalchemy import func, select

from techfloor.duties.calibration.models import PROPOSAL, Calibration
from techfloor.duties.calibration.permissions import INTERVALS
from techfloor.duties.calibration.queries import lists
from techfloor.duties.calibration.queries import old_records as old_lines
from techfloor.duties.calibration.queries.gauges import GaugeFacts
from techfloor.duties.calibration.queries.lists import HistoryLine
from techfloor.duties.calibration.queries.old_records import OldLine
from techfloor.duties.calibration.queries.records import KIND, in_force_under
from techfloor.duties.calibration.queries.withdrawn import without_a_certificate
from techfloor.duties.calibration.rules import drift
from techfloor.duties.calibration.rules.drift import PointHistory
from techfloor.duties.calibration.rules.intervals import AsFound, Evidence, Method
from techfloor.equipment.models import Equipment, EquipmentDue, EquipmentLog, Gauge
from techfloor.equipment.rules import plant_day
from techfloor.places.queries import PlantFacts
from techfloor.records import versions
from techfloor.records.models import Record, Signature, Task
from techfloor.store import db
from techfloor.store.paging import Key, Order, Page

CHANGED = "interval changed"
"""The event of a gauge whose interval was changed under a signature."""
_VERDICTS = {"pass": True, "conditional pass": True, "fail": False, "conditional fail": False}
_DAYS_IN_A_MONTH = Fraction(1461, 48)
_OPEN = (Task.for_permission == INTERVALS, Task.kind == PROPOSAL, Task.done_at.is_(None))


def method_of(plant: PlantFacts) -> Method:
    """Return how this plant finds its intervals."""
    return Method(plant.profile.text("calibration.interval_method"))


def target_of(plant: PlantFacts) -> float:
    """Return the share that is to be found in tolerance, 0 to 1."""
    return plant.profile.whole("calibration.interval_target") / 100


def evidence(gauge: GaugeFacts, plant: PlantFacts) -> Evidence:
    """Return what is known of a gauge, with the results of its like where the plant counts those."""
    lines = [line for line in lists.history(gauge.id) if line.in_force and line.as_found in _VERDICTS]
    doubtful = without_a_certificate(line.id for line in lines)
    lines = [line for line in lines if line.id not in doubtful]
    in_force = in_force_under(gauge.procedure_id)
    percent = in_force is not None and in_force[1].in_percent
    old = old_lines.lines_of(gauge.id)
    readings = lists.found_readings(lines, plant.zone)
    points = drift.histories(readings + old_lines.found_readings(old, lists.plan_of(lines)), percent=percent)
    shares: dict[str, Fraction | None] = {**uses(points), **{line.number: line.use for line in old}}
    results = [(line.number, line.entry.performed_on, line.entry.as_found) for line in reversed(old)]
    results += [(line.number, plant_day(line.performed_at, plant.zone), line.as_found) for line in reversed(lines)]
    alike = _alike(gauge, plant) if method_of(plant) is Method.RELIABILITY else []
    decided = _decided(gauge.id, lines, old)
    found = [replace(each, decided=each.number in decided) for each in _found(results, shares)]
    return Evidence(gauge.interval_months, found, _that_last(points), alike)


def _decided(gauge_id: int, lines: Sequence[HistoryLine], old: Sequence[OldLine]) -> set[str]:
    """Return the numbers of the results that were signed as they stand, or brought in, before the last decision."""
    changed = (EquipmentLog.equipment_id == gauge_id, EquipmentLog.event == CHANGED)
    at = db.session.scalar(select(func.max(EquipmentLog.at)).where(*changed))
    if at is None:
        return set()
    numbers = {line.id: line.number for line in lines}
    signed = select(Signature.record_id).where(Signature.record_id.in_(numbers), Signature.signed_at <= at)
    return {numbers[id_] for id_ in db.session.scalars(signed)} | {line.number for line in old if line.at <= at}


def uses(points: Iterable[PointHistory]) -> dict[str, Fraction]:
    """Return the worst share of the tolerance of each calibration, by its number; none of one without any limit."""
    worst: dict[str, Fraction] = {}
    for one in (
        found for point in points for found in point.found if found.lower is not None or found.upper is not None
    ):
        worst[one.number] = max(worst.get(one.number, Fraction(0)), abs(one.deciding_use))
    return worst


def _that_last(points: Sequence[PointHistory]) -> list[PointHistory]:
    """Return the points that were measured the last time, too: what is measured no more leaves no limit."""
    newest = max((point.found[-1].on for point in points), default=None)
    return [point for point in points if point.found[-1].on == newest]


def _found(results: Iterable[tuple[str, date, str]], uses: Mapping[str, Fraction | None]) -> list[AsFound]:
    """Put results into the order of their days; one without a verdict only ends the time since the one before."""
    made: list[AsFound] = []
    before: date | None = None
    for number, on, verdict in sorted(results, key=itemgetter(1)):
        months = Fraction((on - before).days) / _DAYS_IN_A_MONTH if before else None
        before = on
        if verdict in _VERDICTS:
            made.append(AsFound(number, on, _VERDICTS[verdict], uses.get(number), months))
    return made


def _alike(gauge: GaugeFacts, plant: PlantFacts) -> list[AsFound]:
    """Return the results of all gauges with the same procedure, points and interval, each with the time before it."""
    mine: Any = select(Gauge.procedure_id, Gauge.point_set, Gauge.interval_months).where(Gauge.equipment_id == gauge.id)
    procedure, points, months = db.session.execute(mine).one()
    same = (
        Gauge.procedure_id == procedure if procedure is not None else Gauge.equipment_id == gauge.id,
        Gauge.point_set == points,
        Gauge.interval_months == months,
    )
    rows = db.session.execute(
        select(Record.id, Record.equipment_id, Record.number, Record.performed_at, Calibration.as_found)
        .join(Calibration, Calibration.record_id == Record.id)
        .join(Gauge, Gauge.equipment_id == Record.equipment_id)
        .where(
            Record.kind == KIND,
            versions.in_force(),
            Calibration.as_found.in_(tuple(_VERDICTS)),
            *same,
        )
        .order_by(Record.equipment_id, Record.performed_at, Record.id)
    ).all()
    results: dict[int, list[tuple[str, date, str]]] = {}
    doubtful = without_a_certificate(row.id for row in rows)
    for row in rows:
        if row.id in doubtful:
            continue
        on = plant_day(row.performed_at, plant.zone)
        results.setdefault(row.equipment_id, []).append((row.number, on, row.as_found))
    for gauge_id, number, on, verdict in old_lines.results(same):
        results.setdefault(gauge_id, []).append((number, on, verdict))
    return [each for gauge_id in sorted(results) for each in _found(results[gauge_id], {})]


@dataclass(frozen=True)
class OpenProposal:
    """An interval that a method asks for and nobody has decided on yet."""

    code: str
    name: str
    months: int
    words: str
    due: date | None


AT_ONCE = 20
"""So many proposals on a page: each is worked out anew from its results, so that it can be signed."""
_BY_CODE = Order(Key(Equipment.code, str), Key(Task.id, int))


def open_proposals(at: str = "") -> Page[OpenProposal]:
    """Return a page of the proposals nobody has decided on, by the codes of their gauges."""
    wanted = (
        select(Equipment.code, Equipment.name, Gauge.interval_months, Task.words, EquipmentDue.due)
        .join(Equipment, Equipment.id == Task.equipment_id)
        .join(Gauge, Gauge.equipment_id == Equipment.id)
        .outerjoin(EquipmentDue, (EquipmentDue.equipment_id == Equipment.id) & (EquipmentDue.work == "calibration"))
        .where(*_OPEN)
    )
    return _BY_CODE.page(wanted, OpenProposal, at, size=AT_ONCE)


def proposal_of(gauge_id: int) -> Task | None:
    """Return the open proposal for a gauge."""
    return db.session.scalar(select(Task).where(*_OPEN, Task.equipment_id == gauge_id).limit(1))


def proposals() -> int:
    """Count the proposals nobody has decided on."""
    return db.session.scalar(select(func.count()).select_from(Task).where(*_OPEN)) or 0
