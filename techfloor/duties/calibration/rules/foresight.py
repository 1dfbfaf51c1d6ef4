"""What a procedure gives at each point before anything is measured, and what speaks against it. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from techfloor.duties.calibration.rules import fitting
from techfloor.duties.calibration.rules import reading as rules
from techfloor.duties.calibration.rules.budget import Ratios, ratios_at, uncertainty_at
from techfloor.duties.calibration.rules.certified import StandardFacts
from techfloor.duties.calibration.rules.limits import limits_at
from techfloor.duties.calibration.rules.procedure import Item, ItemFunction, Mode, PlannedPoint, Procedure, plan
from techfloor.duties.calibration.rules.rule_words import USUAL, speaks_of
from techfloor.duties.calibration.rules.stacks import stack
from techfloor.measures.decision import Rule
from techfloor.measures.quantity import decimals
from techfloor.measures.tolerance import ToleranceError
from techfloor.refusals import Refusal

WITHOUT_NUMBERS = frozenset({Mode.attribute, Mode.certificate})


NO_RATIOS = Ratios()


@dataclass(frozen=True)
class Foreseen:
    """What will be judged by at a point; limits and U are of the error, in the unit of the reading.

    `pieces` are those of the standard that give the value; `proposed` where the program found them, and not the author.
    """

    point: PlannedPoint
    lower: Decimal | None = None
    upper: Decimal | None = None
    u: Decimal | None = None
    k: Decimal | None = None
    guard: Decimal = Decimal(0)
    ratios: Ratios = NO_RATIOS
    low_ratio: bool = False
    proposed: bool = False

    @property
    def acceptance(self) -> tuple[Decimal | None, Decimal | None]:
        """The limits that the decision rule leaves of the tolerance."""
        return (
            None if self.lower is None else self.lower + self.guard,
            None if self.upper is None else self.upper - self.guard,
        )


@dataclass(frozen=True)
class User:
    """A gauge that a procedure is used for: its code and what it is; "" is none, the procedure by itself."""

    code: str
    item: Item


def foresee(procedure: Procedure, item: Item, standard: StandardFacts | None) -> list[Foreseen]:
    """Return what each point gives for one gauge and one standard; raises Refusal where it cannot be worked out."""
    if procedure.mode is Mode.certificate:
        return []
    return [_foreseen(procedure, point, standard) for point in plan(procedure, item) if point.role == "point"]


def _foreseen(procedure: Procedure, point: PlannedPoint, standard: StandardFacts | None) -> Foreseen:
    if procedure.mode is Mode.attribute:
        return Foreseen(point)
    lower, upper = _limits(point)
    at, proposed = with_pieces(point, standard)
    counted = procedure if standard else fitting.without_standard(procedure)
    found = uncertainty_at(counted, at, at.value, standard=standard)
    if found is None:
        if procedure.rule is not Rule.simple:
            raise rules.no_uncertainty(procedure, point)
        return Foreseen(at, lower, upper, proposed=proposed)
    guard = rules.decision_on(procedure, Decimal(0), lower, upper, *found).guard
    ratios = ratios_at(counted, at, at.value, standard=standard)
    least = Decimal(procedure.min_tur) if procedure.min_tur else None
    low = least is not None and ratios.process is not None and ratios.process < least
    return Foreseen(at, lower, upper, *found, guard, ratios, low, proposed)


def _limits(point: PlannedPoint) -> tuple[Decimal | None, Decimal | None]:
    no = Refusal(
        "The point %(point)s has no limits. Enter the tolerance, here or on the card of the gauge.",
        field="tolerance",
        point=point.label,
    )
    if not point.tolerance:
        raise no
    try:
        return limits_at(point, point.value)
    except ToleranceError as error:
        raise no from error


def with_pieces(point: PlannedPoint, standard: StandardFacts | None) -> tuple[PlannedPoint, bool]:
    """Return a point with the pieces of the standard that give it, and whether they were found only now."""
    if standard is None or not standard.certified or point.stack or not standard.same_unit(point.unit):
        return point, False
    if any(Decimal(nominal) == point.value for nominal in standard.certified):
        return point, False
    found = stack(point.value, standard.certified)
    return (replace(point, stack=found), True) if found else (point, False)


def restacked(procedure: Procedure, standard: StandardFacts | None) -> Procedure:
    """Return a procedure whose stacks are of the pieces that a standard has, wherever they were of others.

    A point that no stack gives keeps what it names: the standard then says which piece it lacks.
    """
    body = dict(procedure.body or {})
    if standard is None or not standard.certified or not standard.same_unit(procedure.unit):
        return procedure
    sets = [
        {**each, "points": [_restacked(row, standard) for row in each["points"]]} for each in body.get("point_set", ())
    ]
    return replace(procedure, body=body | {"point_set": sets}) if sets else procedure


def _restacked(row: Mapping[str, Any], standard: StandardFacts) -> Mapping[str, Any]:
    named, has = row.get("stack", ()), {Decimal(nominal) for nominal in standard.certified}
    if not named or {Decimal(piece) for piece in named} <= has:
        return row
    found = stack(sum((Decimal(piece) for piece in named), Decimal(0)), standard.certified)
    return {**row, "stack": list(found)} if found else row


def possible(procedure: Procedure, standard: StandardFacts | None) -> Procedure:
    """Return a procedure without the sets of points that a standard has no pieces for, while one set remains."""
    if standard is None or not standard.certified:
        return procedure
    has = {Decimal(nominal) for nominal in standard.certified}
    body = dict(procedure.body or {})
    sets = [row for row in body.get("point_set", ()) if all(_given(point, has) for point in row["points"])]
    return replace(procedure, body=body | {"point_set": sets}) if sets else procedure


def _given(point: Mapping[str, Any], has: set[Decimal]) -> bool:
    return {Decimal(piece) for piece in point.get("stack", ())} <= has


def with_stacks(procedure: Procedure, standard: StandardFacts | None) -> dict[str, Any]:
    """Return the body with the pieces of a standard at each point that names none and has a value of its own."""
    body = dict(procedure.body or {})
    if standard is None or not standard.same_unit(procedure.unit):
        return body
    sets = [
        {**each, "points": [_stacked(row, standard) for row in each["points"]]} for each in body.get("point_set", ())
    ]
    return body | {"point_set": sets} if sets else body


def _stacked(row: Mapping[str, Any], standard: StandardFacts) -> Mapping[str, Any]:
    if row.get("stack") or not row.get("nominal"):
        return row
    found = stack(Decimal(row["nominal"]), standard.certified)
    return {**row, "stack": list(found)} if found else row


def by_itself(
    procedure: Procedure, *, low: str = "", high: str = "", resolution: str = "", tolerance: str = ""
) -> Item:
    """Return the gauge that a procedure describes, where none is chosen: what is not typed follows from its points.

    The range ends at the largest point, a digit is the last place that the points are written to.
    """
    sets = list((procedure.body or {}).get("point_set", ()))
    rows = [row for each in sets for row in each["points"]]
    values = [Decimal(row["nominal"]) for row in rows if row.get("nominal")]
    place = max((decimals(value) for value in values), default=0)
    step = resolution or format(Decimal(1).scaleb(-place), "f")
    top = high or (format(max(values), "f") if values else "")
    names = dict.fromkeys(row.get("function", "") for row in rows) or {"": None}
    functions = tuple(ItemFunction(name, procedure.unit, top, step, step, tolerance, low) for name in names)
    return Item(functions, sets[0]["key"] if sets else "")


def every_set(procedure: Procedure, item: Item) -> list[Item]:
    """Return the same gauge at each set of points."""
    keys = [str(row["key"]) for row in (procedure.body or {}).get("point_set", ())]
    return [replace(item, point_set=key) for key in keys] or [item]


def objections(
    procedure: Procedure, users: Sequence[User], standard: StandardFacts | None, known: Iterable[str]
) -> list[Refusal]:
    """Return what speaks against putting a procedure in force; `known` are the standards of the plant by code.

    U is compared with the tolerance of every gauge that uses it, or, when none does, with its own.
    """
    missing = (_without_points(procedure), _without_standards(procedure, set(known)), _wrong_pieces(procedure))
    found = [no for no in missing if no is not None]
    if found or procedure.mode is Mode.certificate:
        return found
    if not procedure.rule_text:
        found.append(Refusal("Say in words how it is decided: they stand on every certificate.", field="rule_text"))
    elif procedure.mode is not Mode.attribute and speaks_of(procedure.rule, procedure.rule_text) is not None:
        found.append(_other_words(procedure))
    at_own = [User("", item) for item in every_set(procedure, by_itself(procedure))]
    if procedure.mode not in WITHOUT_NUMBERS and not (procedure.own_tolerance and has_values(procedure)):
        at_own = []  # tolerance or points are those of each gauge, which is asked when it is given this procedure
    for user in users or at_own:
        no = _objection(procedure, user, standard)
        if no is not None:
            found.append(no)
    return found


def _other_words(procedure: Procedure) -> Refusal:
    return Refusal(
        "The words for the certificate speak of another rule than the one chosen. Write what decides, like: %(words)s.",
        field="rule_text",
        words=USUAL[procedure.rule],
    )


def has_values(procedure: Procedure) -> bool:
    sets = (procedure.body or {}).get("point_set", ())
    return all("percent" not in point for row in sets for point in row["points"])


def _without_points(procedure: Procedure) -> Refusal | None:
    if procedure.mode is Mode.certificate:
        return None if procedure.checks else Refusal("Enter what is checked on the certificate.", field="checks")
    sets = list((procedure.body or {}).get("point_set", ()))
    if not sets or not all(row["points"] for row in sets):
        return Refusal("Enter the points, one in a line.", field="point_sets-0-points")
    if procedure.mode is Mode.attribute:
        unsaid = next((p for row in sets for p in row["points"] if not p.get("expected")), None)
    else:
        unsaid = next((p for row in sets for p in row["points"] if not p.get("nominal") and "percent" not in p), None)
    if unsaid is None:
        return None
    words = "Say of %(point)s whether it goes or does not go, like: GO; goes, or NO GO; does not go."
    if procedure.mode is not Mode.attribute:
        words = "The point %(point)s has no value, like 25.00."
    return Refusal(words, field="point_sets-0-points", point=unsaid["label"])


def _wrong_pieces(procedure: Procedure) -> Refusal | None:
    rows = [row for each in (procedure.body or {}).get("point_set", ()) for row in each["points"]]
    try:
        for row in rows:
            fitting.refuse_pieces(row.get("nominal", ""), row.get("stack", ()))
    except Refusal as no:
        return no
    return None


def _without_standards(procedure: Procedure, known: set[str]) -> Refusal | None:
    if procedure.mode is Mode.certificate:
        return None
    if not procedure.standards:
        return Refusal("Choose the standard it is done with. Enter one first if there is none.", field="standards")
    unknown = sorted(set(procedure.standards) - known)
    return Refusal("%(code)s is no standard of this plant.", field="standards", code=unknown[0]) if unknown else None


def _objection(procedure: Procedure, user: User, standard: StandardFacts | None) -> Refusal | None:
    """Return why one gauge could not be calibrated by it, with the gauge's code before the reason."""
    try:
        no = fitting.fit(procedure, user.item, standard).objection
        foresee(procedure, user.item, standard)
    except Refusal as missing:
        no = missing
    if no is None or not user.code:
        return no
    return Refusal("%(gauge)s: %(why)s", field=no.field, gauge=user.code, why=no)
