"""What a page needs to tell the verdict while as left is typed; the server's verdict is the record."""

from collections.abc import Callable
from decimal import Decimal

from techfloor.duties.calibration.rules import reading as rules
from techfloor.duties.calibration.rules import verdicts
from techfloor.duties.calibration.rules.budget import uncertainty_at
from techfloor.duties.calibration.rules.certified import StandardFacts
from techfloor.duties.calibration.rules.limits import limits_at, readings_within, step_of_limits
from techfloor.duties.calibration.rules.printed import error_limit, error_shown, limit_shown, report_k, report_u
from techfloor.duties.calibration.rules.procedure import Mode, PlannedPoint, Procedure
from techfloor.duties.calibration.rules.reading import ReadingEntry
from techfloor.measures.decision import Rule, Verdict
from techfloor.measures.quantity import plain
from techfloor.measures.units import show_unit


def limits_of(procedure: Procedure, point: PlannedPoint, standard: StandardFacts | None) -> dict[str, str] | None:
    """Return the limits of what is typed at a point and of its error; None where no single reading has a verdict.

    `low` and `high` limit the reading itself, `accept_low` and `accept_high` are what the decision rule leaves of
    it. `guard` is what it takes off each limit of the error, and `taken` whether that is U itself.
    """
    if point.role == "entry" or procedure.mode not in {Mode.apply, Mode.match} or procedure.on_mean:
        return None
    low, high = readings_within(procedure, point)
    lower, upper = limits_at(point, point.value)
    made = {
        "low": "" if low is None else limit_shown(low, point),
        "high": "" if high is None else limit_shown(high, point),
        "lower_error": "" if lower is None else error_limit(procedure, point, lower, point.value),
        "upper_error": "" if upper is None else error_limit(procedure, point, upper, point.value),
        "reference": point.nominal,
        "mode": procedure.mode.value,
        "unit": show_unit(point.unit),
        "error_unit": show_unit(procedure.error_unit or point.unit),
    }
    found = uncertainty_at(procedure, point, point.value, standard=standard)
    return made if found is None else made | _guarded(procedure, point, standard, found)


def _guarded(
    procedure: Procedure, point: PlannedPoint, standard: StandardFacts | None, found: tuple[Decimal, Decimal]
) -> dict[str, str]:
    u, k = found
    made = {"u": report_u(procedure, u, point.value), "k": report_k(k)}
    guard = rules.decision_on(procedure, Decimal(0), *limits_at(point, point.value), u, k).guard
    if not guard:
        return made
    for name, limit in _accepted(procedure, point, standard).items():
        made[name] = limit_shown(limit, point)
    return made | {
        "guard": plain(error_shown(procedure, guard, point.value)),
        "taken": "u" if verdicts.is_whole(guard, u) else "guard",
        "between": "conditional" if procedure.rule is Rule.four_outcome else "fail",
    }


def _accepted(procedure: Procedure, point: PlannedPoint, standard: StandardFacts | None) -> dict[str, Decimal]:
    """Return the lowest and highest reading that pass, each of those that has a limit.

    They are searched for, by halves: U may follow the reading, so that no formula fits every budget. Where not even
    the point itself passes, the limits cross and none does.
    """
    outer = readings_within(procedure, point)
    step = step_of_limits(procedure, point)

    def passes(value: Decimal) -> bool:
        entry = ReadingEntry("", point.n, 1, indication=value, reference=value)
        return rules.judge(procedure, point, entry, standard=standard).verdict == Verdict.pass_

    middle = _to_step(point.value, step)
    if not passes(middle):
        outside = (middle + step, middle - step)
        return {name: value for name, limit, value in zip(_SIDES, outer, outside, strict=True) if limit is not None}
    return {
        name: _last_passing(middle, limit, step, passes)
        for name, limit in zip(_SIDES, outer, strict=True)
        if limit is not None
    }


_SIDES = ("accept_low", "accept_high")


def _to_step(value: Decimal, step: Decimal) -> Decimal:
    return (value / step).to_integral_value() * step


def _last_passing(good: Decimal, limit: Decimal, step: Decimal, passes: Callable[[Decimal], bool]) -> Decimal:
    """Return the reading farthest from `good` towards `limit` that passes, as a whole number of steps."""
    way = step if limit > good else -step
    near, far = 0, int(abs(limit - good) / step)
    while near < far:
        halfway = (near + far + 1) // 2
        near, far = (halfway, far) if passes(good + halfway * way) else (near, halfway - 1)
    return good + near * way
