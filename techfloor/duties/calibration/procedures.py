"""Calibration procedures of this plant: which are in force, taking a ready-made one over, giving a gauge its own."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select

from techfloor.duties.calibration import fitting, ready_made
from techfloor.duties.calibration.certified import StandardFacts
from techfloor.duties.calibration.fitting import Fit, fit
from techfloor.duties.calibration.gauges import GaugeFacts
from techfloor.duties.calibration.procedure import Mode, Procedure, plan, read_procedure
from techfloor.duties.calibration.standards import groups
from techfloor.equipment import ledger
from techfloor.equipment.models import Equipment, Gauge, Standard
from techfloor.people.models import Person
from techfloor.records import definitions
from techfloor.records.definitions import Approval
from techfloor.records.models import Definition, Revision
from techfloor.refusals import NotFound, Refusal
from techfloor.store import db

KIND = "calibration procedure"


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
    rows = db.session.execute(
        select(Definition, Revision, Person.name)
        .join(Revision, Revision.definition_id == Definition.id)
        .outerjoin(Person, Person.id == Revision.approved_by)
        .where(Definition.kind == KIND, Revision.state == "effective")
        .order_by(Definition.code)
    )
    return [_in_force(row.Definition, row.Revision, row.name or "") for row in rows]


def _in_force(definition: Definition, revision: Revision, approved_by: str) -> InForce:
    body = revision.body
    assert isinstance(body, dict)
    procedure = read_procedure(definition.code, revision.version, definition.title, body)
    return InForce(definition.id, procedure, revision.effective_from, approved_by)


def one_in_force(code: str) -> InForce:
    """Return one procedure in force; raises NotFound."""
    found = next((each for each in in_force() if each.procedure.code == code), None)
    if found is None:
        raise NotFound("No procedure %(code)s is in force.", code=code)
    return found


def ready() -> list[Procedure]:
    """Return the ready-made procedures that this plant has not taken over."""
    known = set(db.session.scalars(select(Definition.code).where(Definition.kind == KIND)))
    return [_read(row["code"]) for row in ready_made.rows() if row["code"] not in known]


def _read(code: str) -> Procedure:
    row = ready_made.find(code)
    return read_procedure(code, 1, row["title"], ready_made.body(row))


def ready_one(code: str) -> Procedure:
    """Return one ready-made procedure; raises NotFound."""
    return _read(code)


def standards() -> list[tuple[str, str]]:
    """Return (code, name) of every reference standard of the plant."""
    rows = db.session.execute(
        select(Equipment.code, Equipment.name)
        .join(Standard, Standard.equipment_id == Equipment.id)
        .where(Equipment.lifecycle != "retired")
        .order_by(Equipment.code)
    )
    return [(row.code, row.name) for row in rows]


def take_over(code: str, chosen: Sequence[str], *, actor: int, at: datetime, today: date) -> None:
    """Put a ready-made procedure in force with this plant's own standards; raises Refusal without one."""
    row = ready_made.find(code)
    mode = Mode(row["mode"])
    if mode is not Mode.certificate and not chosen:
        raise Refusal("Choose the standard it is done with. Enter one first if there is none.", field="standards")
    unknown = set(chosen) - {known for known, _name in standards()}
    if unknown:
        raise Refusal("%(code)s is no standard of this plant.", field="standards", code=min(unknown))
    definition = definitions.define(KIND, code, row["title"])
    draft = definitions.draft(definition, ready_made.body(row, tuple(chosen)))
    definitions.put_in_force(draft, Approval(actor, at, today))


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
    made += [_candidate(gauge, one, point_set, None) for one in ready() for point_set in _sets(one)]
    return sorted(made, key=lambda one: _closeness(one, gauge))


def _sets(procedure: Procedure) -> list[str]:
    return [str(row["key"]) for row in (procedure.body or {}).get("point_set", ())] or [""]


def _candidate(gauge: GaugeFacts, procedure: Procedure, point_set: str, day: date | None) -> Candidate:
    """Return how one fits; `day` is None for a ready-made one, whose standards are not this plant's."""
    item = replace(gauge.item, point_set=point_set)
    known = _ready_standards(procedure, day) if day else []
    found = max((fit(procedure, item, standard) for standard in known or [None]), key=_goodness)
    words = fitting.range_words(plan(procedure, item)) if found.objection is None and point_set else ""
    return Candidate(procedure, point_set, day is None, found, words)


def _ready_standards(procedure: Procedure, day: date) -> list[StandardFacts | None]:
    first = next(iter(groups(procedure.standards, day)), None)
    return [choice.ready.facts for choice in first.choices if choice.ready] if first else []


def _goodness(found: Fit) -> tuple[bool, float]:
    return found.objection is None, float(found.ratio or 0)


def _closeness(one: Candidate, gauge: GaugeFacts) -> tuple[bool, bool, int, float, str]:
    like = fitting.likeness(one.procedure, gauge.kind, gauge.item)
    review_only = one.procedure.mode is Mode.certificate
    return one.fit.objection is not None, review_only, -like, -float(one.fit.reach), one.key


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
