"""How a reading becomes a verdict: its values, its error and the decision rule. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from techfloor.duties.calibration.rules.budget import uncertainty_at
from techfloor.duties.calibration.rules.certified import StandardFacts
from techfloor.duties.calibration.rules.limits import limits_at
from techfloor.duties.calibration.rules.procedure import Mode, PlannedPoint, Procedure
from techfloor.measures.decision import RULE_VERSION, Decision, Rule, Verdict, decide, verdict_risk
from techfloor.measures.side import EXACT
from techfloor.measures.units import show_unit
from techfloor.refusals import Refusal

GOES, DOES_NOT_GO = "goes", "does not go"
CANNOT = "not measured"
NO_RULE = ""
"""The rule of a reading on which none decided: an entry, an answer of an attribute, a point not measured."""
_USUAL_K = Decimal(2)
"""The coverage factor of a U that is stated without one, as `decide` takes it."""


@dataclass(frozen=True)
class ReadingEntry:
    """What a technician gave at one place of the plan; numbers not typed in this mode are None."""

    run: str
    point: int
    repeat: int
    indication: Decimal | None = None
    reference: Decimal | None = None
    difference: Decimal | None = None
    goes: bool | None = None
    cannot_measure: str = ""
    note: str = ""
    confirmed_slip: bool = False
    performed_at: datetime | None = None


@dataclass(frozen=True)
class Judged:
    """A reading with everything it was judged by; errors and limits are in the unit of the reading.

    `rule` is the one that decided, or for a mean will; "" where none does.
    """

    reference: Decimal | None
    indication: Decimal | None
    error: Decimal | None
    lower: Decimal | None
    upper: Decimal | None
    u: Decimal | None
    k: Decimal | None
    rule: str
    verdict: str


def rule_name(rule: Rule) -> str:
    """Return the rule with its version, as a reading keeps it."""
    return f"{rule.value} v{RULE_VERSION}"


def typed_fields(mode: Mode) -> tuple[str, ...]:
    """Return which of indication, reference, difference and goes are typed in a mode."""
    return {
        Mode.apply: ("indication",),
        Mode.match: ("reference",),
        Mode.both: ("reference", "indication"),
        Mode.comparison: ("difference",),
        Mode.attribute: ("goes",),
    }.get(mode, ())


def values(
    procedure: Procedure, point: PlannedPoint, entry: ReadingEntry, standard: StandardFacts | None
) -> tuple[Decimal | None, Decimal | None]:
    """Return (reference, indication) of an entry; raises Refusal where the number this mode asks for is missing."""
    if point.role == "entry":
        return None, _needed(entry.indication, "indication")
    if procedure.mode is Mode.apply:
        return point.value, _needed(entry.indication, "indication")
    if procedure.mode is Mode.match:
        return _needed(entry.reference, "reference"), point.value
    if procedure.mode is Mode.both:
        return _needed(entry.reference, "reference"), _needed(entry.indication, "indication")
    if procedure.mode is Mode.comparison:
        base = standard.value_of(point.stack, point.value, point.unit) if standard else point.value
        return point.value, base + _needed(entry.difference, "difference")
    raise Refusal("This procedure has no readings.")


def _needed(value: Decimal | None, field: str) -> Decimal:
    if value is None:
        raise Refusal("Enter a number.", field=field)
    return value


def judge(
    procedure: Procedure,
    point: PlannedPoint,
    entry: ReadingEntry,
    *,
    standard: StandardFacts | None,
    earlier: Sequence[Decimal] = (),
) -> Judged:
    """Judge one entry; `earlier` are the errors of this run at this point before it.

    In a procedure that decides on the mean, and at an entry for a derived result, a reading has no verdict of its own.
    """
    if entry.cannot_measure:
        return Judged(None, None, None, None, None, None, None, NO_RULE, CANNOT)
    if procedure.mode is Mode.attribute and point.role == "point":
        return _judge_attribute(point, entry)
    reference, indication = values(procedure, point, entry, standard)
    if point.role == "entry" or reference is None or indication is None:
        return Judged(None, indication, None, None, None, None, None, NO_RULE, "")
    error = EXACT.subtract(indication, reference)
    lower, upper = limits_at(point, reference)
    found = uncertainty_at(procedure, point, reference, standard=standard, errors=[*earlier, error])
    if found is None and procedure.rule is not Rule.simple:
        raise no_uncertainty(procedure, point)
    u, k = found or (None, None)
    verdict = "" if procedure.on_mean else decision_on(procedure, error, lower, upper, u, k).verdict.value
    return Judged(reference, indication, error, lower, upper, u, k, rule_name(procedure.rule), verdict)


def no_uncertainty(procedure: Procedure, point: PlannedPoint) -> Refusal:
    """Return the refusal of a decision rule that needs U at a point where the budget gives none."""
    return Refusal(
        "The rule %(rule)s needs an uncertainty, and %(procedure)s gives none at %(point)s. Ask quality for a budget "
        "in %(unit)s.",
        rule=procedure.rule.value,
        procedure=procedure.code,
        point=point.label,
        unit=show_unit(point.unit),
    )


def _judge_attribute(point: PlannedPoint, entry: ReadingEntry) -> Judged:
    if entry.goes is None:
        raise Refusal("Choose whether it goes.", field="goes")
    right = entry.goes == (point.expected == GOES)
    verdict = Verdict.pass_ if right else Verdict.fail
    indication = Decimal(1 if entry.goes else 0)
    return Judged(None, indication, None, None, None, None, None, NO_RULE, verdict.value)


def decision_on(
    procedure: Procedure,
    error: Decimal,
    lower: Decimal | None,
    upper: Decimal | None,
    u: Decimal | None,
    k: Decimal | None,
) -> Decision:
    """Decide by the procedure's rule; `u` is expanded. Without it only simple acceptance can decide: DecisionError."""
    if u is None or k is None:
        return decide(error, lower, upper, rule=procedure.rule)
    return decide(error, lower, upper, u=u / k, k=k, rule=procedure.rule)


def risk_at(
    verdict: Verdict,
    error: Decimal,
    limits: tuple[Decimal | None, Decimal | None],
    u: Decimal | None,
    k: Decimal | None,
) -> float | None:
    """Return the probability that a verdict is wrong; `u` is expanded, None where it or the limits are not known."""
    if u is None or limits == (None, None):
        return None
    lower, upper = (None if limit is None else float(limit) for limit in limits)
    return verdict_risk(verdict, float(error), float(u / (k or _USUAL_K)), lower, upper)
