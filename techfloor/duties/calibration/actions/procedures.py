"""Calibration procedures of this plant: which are in force, taking a ready-made one over, giving a gauge its own."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from techfloor.duties.calibration.queries import records as queries
from techfloor.duties.calibration.queries.gauges import GaugeFacts, gauge_by_code, without_procedure
from techfloor.duties.calibration.queries.standards import choices, groups
from techfloor.duties.calibration.rules import fitting, ready_made
from techfloor.duties.calibration.rules.certified import StandardFacts
from techfloor.duties.calibration.rules.fitting import Fit, fit
from techfloor.duties.calibration.rules.foresight import User, possible, restacked
from techfloor.duties.calibration.rules.procedure import Mode, Procedure, plan, read_procedure
from techfloor.equipment import ledger
from techfloor.equipment.models import Equipment, Gauge, GaugeFunction, Standard
from techfloor.equipment.statuses import Status
from techfloor.records import definitions
from techfloor.records.models import Definition, Revision
from techfloor.refusals import NotFound, Refusal
from techfloor.store import db

KIND = queries.PROCEDURE
MOST_OFFERED = 500
"""So many gauges are offered to look at the limits for."""


@dataclass(frozen=True)
class InForce:
    """A procedure in force, with who approved it."""

    definition_id: int
    procedure: Procedure
    effective_from: date | None
    approved_by: str

    def point_sets(self) -> list[str]:
        """Return the names of its sets of points."""
        return [str(row["key"]) for row in (self.procedure.body or {}).get("point_set", ())]


def in_force() -> list[InForce]:
    """Return the procedures in force, by code."""
    return [_in_force(row) for row in queries.in_force_today(Definition.kind == KIND)]


def _in_force(row: Any) -> InForce:
    procedure = queries.read_revision(row.Definition, row.Revision)
    return InForce(row.Definition.id, procedure, row.Revision.effective_from, row.name or "")


def one_in_force(code: str) -> InForce:
    """Return one procedure in force; raises NotFound."""
    found = next((each for each in in_force() if each.procedure.code == code), None)
    if found is None:
        raise NotFound("No procedure %(code)s is in force.", code=code)
    return found


def codes() -> set[str]:
    """Return the codes of all procedures of this plant, also of those in draft and retired."""
    live = select(Revision.definition_id).where(Revision.state != definitions.GIVEN_UP)
    return set(db.session.scalars(select(Definition.code).where(Definition.kind == KIND, Definition.id.in_(live))))


def ready() -> list[Procedure]:
    """Return the ready-made procedures that this plant has not taken over."""
    known = codes()
    return [_read(row["code"]) for row in ready_made.rows() if row["code"] not in known]


def _read(code: str, chosen: Sequence[str] | None = None) -> Procedure:
    row = ready_made.find(code)
    return read_procedure(code, 1, row["title"], ready_made.body(row, None if chosen is None else tuple(chosen)))


def ready_one(code: str, chosen: Sequence[str] | None = None) -> Procedure:
    """Return one ready-made procedure, with standards of this plant where they are chosen; raises NotFound."""
    return _read(code, chosen)


def standards() -> list[tuple[str, str]]:
    """Return (code, name) of every reference standard of the plant."""
    rows = db.session.execute(
        select(Equipment.code, Equipment.name)
        .join(Standard, Standard.equipment_id == Equipment.id)
        .where(Equipment.lifecycle != "retired")
        .order_by(Equipment.code)
    )
    return [(row.code, row.name) for row in rows]


def users(definition_id: int) -> list[User]:
    """Return the gauges that are calibrated by a procedure, by code; what is retired or lost is not."""
    codes = db.session.scalars(
        select(Equipment.code)
        .join(Gauge, Gauge.equipment_id == Equipment.id)
        .where(Gauge.procedure_id == definition_id, Gauge.status.not_in([Status.RETIRED, Status.LOST]))
        .order_by(Equipment.code)
    )
    return [User(code, gauge_by_code(code).item) for code in codes.all()]


def gauges_in(unit: str) -> list[tuple[str, str]]:
    """Return (code, name) of the gauges that measure in a unit, by code; what is retired or lost is not."""
    rows = db.session.execute(
        select(Equipment.code, Equipment.name)
        .join(Gauge, Gauge.equipment_id == Equipment.id)
        .join(GaugeFunction, GaugeFunction.gauge_id == Gauge.equipment_id)
        .where(GaugeFunction.unit == unit, Gauge.status.not_in([Status.RETIRED, Status.LOST]))
        .distinct()
        .order_by(Equipment.code)
        .limit(MOST_OFFERED)
    )
    return [(row.code, row.name) for row in rows]


def standard_of(procedure: Procedure, day: date) -> StandardFacts | None:
    """Return the standard that gives a procedure its reference values, as its certificate stands that day."""
    return next(iter(_ready_standards(procedure, day)), None)


def likely_standards(code: str, day: date) -> list[str]:
    """Return the standards of this plant that a ready-made procedure is proposed with: what it names, else the best."""
    procedure = ready_one(code)
    if procedure.mode in {Mode.certificate, Mode.attribute}:
        return []  # nothing tells which standard of this plant is like the one it names
    like = like_unit(procedure.unit, day)
    named = [each.code for each in like if each.code in procedure.standards]
    if named:
        return named
    best = max(like, key=lambda each: _points_given(restacked(procedure, each), each), default=None)
    return [best.code] if best else []


def _points_given(procedure: Procedure, standard: StandardFacts) -> int:
    """Count the points whose pieces a standard has."""
    rows = [row for each in (procedure.body or {}).get("point_set", ()) for row in each["points"]]
    has = {Decimal(nominal) for nominal in standard.certified}
    return sum({Decimal(piece) for piece in row.get("stack", ())} <= has for row in rows)


def like_unit(unit: str, day: date) -> list[StandardFacts]:
    """Return the standards of the plant that measure in a unit and may be used that day, by code."""
    offered = choices([code for code, _name in standards()], day)
    facts = (choice.ready.facts for choice in offered if choice.ready)
    return sorted((each for each in facts if each.same_unit(unit)), key=lambda each: each.code)


@dataclass(frozen=True)
class Candidate:
    """A procedure with one set of its points, and how it fits a gauge; `points` is their range in words."""

    procedure: Procedure
    point_set: str
    ready_made: bool
    fit: Fit
    points: str

    @property
    def key(self) -> str:
        """What the choice of it is sent as."""
        return f"{self.procedure.code}|{self.point_set}"


def candidates(gauge: GaugeFacts, day: date) -> list[Candidate]:
    """Return every procedure, in force or ready-made, at each set of its points, the best fit first."""
    made = [
        _candidate(gauge, one.procedure, point_set, day) for one in in_force() for point_set in _sets(one.procedure)
    ]
    made += [_candidate(gauge, one, point_set, day, made=True) for one in ready() for point_set in _sets(one)]
    return sorted(made, key=lambda one: _closeness(one, gauge))


def _sets(procedure: Procedure) -> list[str]:
    return [str(row["key"]) for row in (procedure.body or {}).get("point_set", ())] or [""]


def _candidate(gauge: GaugeFacts, procedure: Procedure, point_set: str, day: date, *, made: bool = False) -> Candidate:
    """Return how one fits; a ready-made one is held against the standards of this plant that measure in its unit."""
    item = replace(gauge.item, point_set=point_set)
    known = like_unit(procedure.unit, day) if made else _ready_standards(procedure, day)
    tried: list[StandardFacts | None] = [*known] or [None]
    fits = [fit(possible(restacked(procedure, each), each) if made else procedure, item, each) for each in tried]
    found = max(fits, key=_goodness)
    words = fitting.range_words(plan(procedure, item)) if found.objection is None and point_set else ""
    return Candidate(procedure, point_set, made, found, words)


def _ready_standards(procedure: Procedure, day: date) -> list[StandardFacts]:
    first = next(iter(groups(procedure.standards, day)), None)
    return [choice.ready.facts for choice in first.choices if choice.ready] if first else []


def _goodness(found: Fit) -> tuple[bool, float]:
    return found.objection is None, float(found.ratio or 0)


def _closeness(one: Candidate, gauge: GaugeFacts) -> tuple[bool, bool, int, float, str]:
    like = fitting.likeness(one.procedure, gauge.kind, gauge.item)
    review_only = one.procedure.mode is Mode.certificate
    return one.fit.objection is not None, review_only, -like, -float(one.fit.reach), one.key


def give_those_alike(
    gauge: GaugeFacts, code: str, point_set: str, day: date, *, actor: int, at: datetime
) -> tuple[list[str], list[str]]:
    """Give a procedure to the gauges of a kind that have none; return who has it now, and whom it does not fit."""
    given: list[str] = []
    left: list[str] = []
    for other in without_procedure(gauge.kind):
        try:
            give_gauge(gauge_by_code(other), code, point_set, day, actor=actor, at=at)
        except Refusal:
            left.append(other)
        else:
            given.append(other)
    return given, left


def give_gauge(gauge: GaugeFacts, code: str, point_set: str, day: date, *, actor: int, at: datetime) -> None:
    """Give a gauge its procedure and its points; raises Refusal where they do not fit it."""
    found = one_in_force(code)
    sets = found.point_sets()
    if sets and point_set not in sets:
        raise Refusal("Choose at which points it is calibrated.", field="point_set")
    no = _candidate(gauge, found.procedure, point_set, day).fit.objection
    if no is not None:
        raise Refusal(no.sentence, field="chosen", **no.parameters)
    row = db.session.get_one(Gauge, gauge.id)
    row.procedure_id = found.definition_id
    row.point_set = point_set
    words = f"{code}, {point_set}" if point_set else code
    ledger.log(gauge.id, "procedure chosen", words, actor=actor, at=at)
