"""Starting a calibration: the gauge, its procedure and its standards fit, the record is opened with its number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from techfloor.duties.calibration.actions import outcome
from techfloor.duties.calibration.models import Ambient, Calibration, StandardUsed
from techfloor.duties.calibration.queries import records as queries
from techfloor.duties.calibration.queries.bench_lines import StandardOnBench
from techfloor.duties.calibration.queries.gauges import GaugeFacts, gauge_by_code, procedure_in_force
from techfloor.duties.calibration.queries.records import IN_PROGRESS, KIND
from techfloor.duties.calibration.queries.standards import Group, groups
from techfloor.duties.calibration.rules import fitting
from techfloor.duties.calibration.rules.budget import uncertainty_at
from techfloor.duties.calibration.rules.certified import StandardFacts
from techfloor.duties.calibration.rules.procedure import Limit, Mode, PlannedPoint, Procedure, plan
from techfloor.equipment.turns import alone_with
from techfloor.places.queries import PlantFacts
from techfloor.records.models import Measurement, Record
from techfloor.records.numbering import next_number
from techfloor.refusals import Refusal
from techfloor.said import as_text, say
from techfloor.store import db

PREFIX = "CAL"


@dataclass(frozen=True)
class StartEntry:
    """What is given before the first reading."""

    gauge_code: str
    standards: tuple[str, ...]
    ambient: Mapping[str, Decimal] = field(default_factory=dict)
    condition: str = ""
    soaked: bool = False


def start(entry: StartEntry, plant: PlantFacts, *, actor: int, at: datetime) -> str:
    """Open a calibration and give it its number; raises Refusal for a gauge or standard that cannot be used."""
    alone_with(entry.gauge_code)
    gauge = gauge_by_code(entry.gauge_code)
    refuse_away(gauge)
    refuse_second(gauge)
    revision, procedure = procedure_in_force(gauge)
    return begin(Beginning(gauge, revision.id, procedure, entry, actor, at), plant, actor=actor, at=at).number


@dataclass(frozen=True)
class Beginning:
    """What is begun: a gauge, a version of its procedure, what was given before, who performs it and when."""

    gauge: GaugeFacts
    revision_id: int
    procedure: Procedure
    entry: StartEntry
    performed_by: int
    performed_at: datetime


def begin(what: Beginning, plant: PlantFacts, *, actor: int, at: datetime) -> Record:
    """Open the record of a calibration with its plan, its standards and its room."""
    gauge, procedure, entry = what.gauge, what.procedure, what.entry
    points = plan(procedure, gauge.item)
    day = what.performed_at.astimezone(ZoneInfo(plant.zone)).date()
    chosen = choose_standards(procedure, points, entry.standards, day)
    _refuse_misfit(procedure, gauge, chosen)
    record = open_record(gauge, what.revision_id, plant, actor=actor, at=at)
    record.performed_at = what.performed_at
    db.session.add(
        Calibration(
            record_id=record.id,
            gauge_id=gauge.id,
            source="in house",
            plan=[point.to_plain() for point in points],
            condition=entry.condition.strip(),
            soaked=entry.soaked,
            performed_by=what.performed_by,
        )
    )
    db.session.flush()
    keep_standards(record.id, chosen, what.performed_at)
    _keep_ambient(record, procedure.environment, entry.ambient)
    return record


def refuse_away(gauge: GaugeFacts) -> None:
    """Raise Refusal for a gauge that is not here to be calibrated."""
    if gauge.status in {"lost", "retired", "sent out"}:
        raise Refusal("%(code)s is %(status)s. Change that on its page first.", code=gauge.code, status=gauge.status)


def refuse_second(gauge: GaugeFacts) -> None:
    open_number = queries.open_on_gauge(gauge.id)
    if open_number is not None:
        raise Refusal("%(number)s is in progress on %(code)s. Go on with it.", number=open_number, code=gauge.code)


def _refuse_incomplete_certificate(
    procedure: Procedure, points: Sequence[PlannedPoint], chosen: Sequence[StandardOnBench]
) -> None:
    """Refuse at the start, not at a point, a standard whose certificate lacks a piece, or U, that the point needs."""
    standard = chosen[0].facts if chosen else None
    for point in points:
        if point.role == "entry":
            continue
        if standard is not None and procedure.mode is Mode.comparison:
            standard.value_of(point.stack, point.value, point.unit)
        uncertainty_at(procedure, point, point.value, standard=standard)


def _refuse_misfit(procedure: Procedure, gauge: GaugeFacts, chosen: Sequence[StandardOnBench]) -> None:
    no = misfit(procedure, gauge, chosen[0].facts if chosen else None)
    if no is not None:
        raise no


def misfit(procedure: Procedure, gauge: GaugeFacts, standard: StandardFacts | None = None) -> Refusal | None:
    """Return why a procedure does not fit its gauge, or no longer does: either may have changed since."""
    no = fitting.fit(procedure, gauge.item, standard).objection
    if no is None:
        return None
    return Refusal(
        "%(procedure)s does not fit %(gauge)s. %(why)s Ask quality to choose another procedure.",
        procedure=procedure.code,
        gauge=gauge.code,
        why=no,
    )


def choose_standards(
    procedure: Procedure, points: Sequence[PlannedPoint], codes: Sequence[str], day: date
) -> list[StandardOnBench]:
    """Return one standard for each quantity the procedure needs, usable that day; the first gives the references."""
    needed = groups(procedure.standards, day)
    if procedure.standards and not needed:
        raise Refusal("Choose the standard.", field="standard")
    known = {choice.code for group in needed for choice in group.choices}
    for code in codes:
        if code not in known:
            raise Refusal("%(code)s is no standard for this procedure.", field="standard", code=code)
    chosen = [_choose(group, codes, several=len(needed) > 1) for group in needed]
    _refuse_incomplete_certificate(procedure, points, chosen)
    return chosen


def _choose(group: Group, codes: Sequence[str], *, several: bool) -> StandardOnBench:
    found = [choice for choice in group.choices if choice.code in codes]
    if len(found) != 1:
        words = "Choose one standard for %(quantity)s." if several or found else "Choose the standard."
        raise Refusal(words, field=group.field, quantity=group.quantity)
    if found[0].ready is None:
        raise found[0].objections[0].refusal(group.field)
    return found[0].ready


def open_record(gauge: GaugeFacts, revision_id: int, plant: PlantFacts, *, actor: int, at: datetime) -> Record:
    """Give a new calibration its header and its number, and make it findable."""
    record = Record(
        kind=KIND,
        number=next_number(PREFIX, at, plant.zone),
        state=IN_PROGRESS,
        equipment_id=gauge.id,
        revision_id=revision_id,
        opened_by=actor,
        opened_at=at,
        performed_at=at,
        recorded_at=at,
    )
    db.session.add(record)
    db.session.flush()
    outcome.make_findable(record.number, gauge)
    return record


def keep_standards(record_id: int, chosen: Sequence[StandardOnBench], at: datetime) -> None:
    """Keep on which standards, under which certificates, a calibration rests."""
    for standard in chosen:
        db.session.add(
            StandardUsed(record_id=record_id, standard_id=standard.id, certificate_id=standard.certificate_id)
        )
        db.session.add(
            Measurement(
                record_id=record_id,
                gauge_id=standard.id,
                calibration=standard.certificate,
                certificate_id=standard.certificate_id,
                unit="",
                at=at,
            )
        )
    db.session.flush()


def _keep_ambient(record: Record, limits: Sequence[Limit], given: Mapping[str, Decimal]) -> None:
    for limit in limits:
        value = given.get(limit.quantity)
        if value is None:
            raise Refusal(
                "Enter the %(quantity)s.", field=limit.quantity, quantity=as_text(say("quantity", value=limit.quantity))
            )
        db.session.add(
            Ambient(
                record_id=record.id,
                quantity=limit.quantity,
                value=value,
                unit=limit.unit,
                limits=limit.of_one_value,
                within=limit.holds(value),
                recorded_at=record.opened_at,
                by_id=record.opened_by,
            )
        )
    db.session.flush()
