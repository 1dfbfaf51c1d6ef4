"""Whether the interval of a gauge should change, from what was found as it came, and why. Pure.

Three methods, of which a plant chooses one: the staircase of ILAC-G24 (method 1), the reliability test of NCSLI RP-1
(method A3), and the drift line with its prediction band. All count as-found results alone: an adjusted gauge says
nothing of how it drifts. A proposal is a rung of LADDER; it changes nothing by itself.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from techfloor.duties.calibration.rules.drift import PointHistory, band
from techfloor.measures.due import add_months
from techfloor.measures.interval import fewest_to_earn, method_a3
from techfloor.measures.quantity import signed
from techfloor.said import Said, say

LADDER = (1, 2, 3, 4, 6, 9, 12, 18, 24, 36, 48, 60)
"""The intervals that a plant can plan with, in months."""
ROW = 3
"""So many calibrations in a row must speak for a longer interval."""
RESERVE = Fraction(80, 100)
"""An error within this share of its tolerance leaves a reserve: ILAC-G24, method 1."""
SHORTER = Fraction(55, 100)
"""What is left of the interval of a gauge that was out of tolerance: NCSLI RP-1, method A1."""
LINE = 5
"""So many calibrations in a line let a band say something of an interval: of three it is four times as wide."""
MOST_LONGER = 2
"""No proposal is more than twice as long."""


class Method(StrEnum):
    """How a plant finds its intervals."""

    NONE = "none"
    STAIRCASE = "staircase"
    RELIABILITY = "reliability"
    DRIFT = "drift"


@dataclass(frozen=True)
class AsFound:
    """What one calibration found: `use` is the worst share of the tolerance, None where only a verdict is known.

    `months` passed since the calibration before, None for the first one. A `decided` one was known when somebody last
    decided on the interval under a signature: it has had its say.
    """

    number: str
    on: date
    passed: bool
    use: Fraction | None
    months: Fraction | None
    decided: bool = False


@dataclass(frozen=True)
class Evidence:
    """What is known of a gauge: its interval in months, as-found results oldest first, and each point's history.

    `alike` are the results of gauges with the same procedure and the same interval, its own among them.
    """

    months: int
    found: Sequence[AsFound]
    points: Sequence[PointHistory] = ()
    alike: Sequence[AsFound] = ()


@dataclass(frozen=True)
class Advice:
    """The interval that a method asks for, the one there is where it asks for none, and why; what it rests on."""

    months: int
    reason: Said
    rests_on: tuple[AsFound, ...] = ()


def advice(method: Method, evidence: Evidence, target: float) -> Advice | None:
    """Return what a method says; None where the plant has none. `target` is the wanted reliability, 0 to 1."""
    ways: dict[Method, Callable[[], Advice]] = {
        Method.STAIRCASE: lambda: staircase(evidence),
        Method.RELIABILITY: lambda: reliability(evidence, target),
        Method.DRIFT: lambda: by_drift(evidence),
    }
    if method not in ways:
        return None
    found = ways[method]()
    return found if method is Method.DRIFT else _kept_by_drift(found, evidence)


def _kept_by_drift(found: Advice, evidence: Evidence) -> Advice:
    """Return the interval there is, in place of a longer one at whose end a point is expected beyond its limits.

    It is the band of 95 % by which the drift method decides, from as many calibrations: passes that are counted say
    nothing of where a line leads.
    """
    months = evidence.months
    if found.months <= months:
        return found
    leaving = next((point for point in evidence.points if _holds(point, found.months) is False), None)
    if leaving is None:
        return found
    then = found.months if _holds(leaving, months) else months
    reason = say("calibration.interval-drift-keeps", why=found.reason, **_expected(leaving, then))
    return Advice(months, reason, found.rests_on)


@dataclass(frozen=True)
class DueDay:
    """When a gauge is due with another interval; `at_once` where that is the day of the decision, and not before it."""

    on: date
    at_once: bool = False


def due_with(counted: date, due: date, today: date, *, shorter: bool) -> DueDay:
    """Return when a gauge is due with another interval; `counted` is its day from the last calibration, `due` it had.

    A shorter interval makes no past use late: the gauge is due on the day of the decision at the earliest, and never
    later than it was. What was found adjusts the subsequent interval (ILAC-G24, method 1), not the one that ran.
    """
    if not shorter:
        return DueDay(counted)
    on = min(due, max(counted, today))
    return DueDay(on, at_once=counted < on < due)


def at_this_interval(found: Sequence[AsFound], months: int) -> list[AsFound]:
    """Return the results that tell of an interval: found at least half of it, and at most half more, after the last."""
    low, high = Fraction(months, 2), Fraction(months * 3, 2)
    return [each for each in found if each.months is not None and low <= each.months <= high]


def staircase(evidence: Evidence) -> Advice:
    """Return a rung more after three passes in a row with a reserve, and much less after a fail.

    ILAC-G24, method 1, lengthens where the gauge is found within 80 % of its tolerance and shortens where it is beyond.
    Here it stays as it is where a pass left no such reserve: only a fail shortens it, which is what it is to prevent.
    What was known at the last decision does not count a second time.
    """
    months = evidence.months
    since = [each for each in evidence.found if not each.decided]
    told = at_this_interval(since, months)
    if since and not since[-1].passed:
        newest = since[-1]
        reached = min(months, shorter_rung(_ran(newest, months)))
        return Advice(reached, say("calibration.interval-failed", number=newest.number), (newest,))
    row = tuple(_passes_in_a_row(told))[-ROW:]
    if len(row) < ROW:
        return Advice(months, say("calibration.interval-more", count=ROW - len(row), months=months), row)
    known = [each.use for each in row if each.use is not None]
    worst = max(known, default=None)
    if worst is None:
        return Advice(months, say("calibration.interval-no-errors"), row)
    if worst > RESERVE:
        return Advice(months, say("calibration.interval-no-reserve", share=percent(worst)), row)
    longer = longer_rung(months)
    key = "calibration.interval-reserve" if longer > months else "calibration.interval-longest"
    return Advice(longer, say(key, count=ROW, share=percent(worst)), row)


def _ran(newest: AsFound, months: int) -> Fraction:
    """Return the interval that a result ended: the one there is, or what really passed where that was much less."""
    if newest.months is None or newest.months * 2 >= months:
        return Fraction(months)
    return newest.months


def _passes_in_a_row(found: Sequence[AsFound]) -> list[AsFound]:
    """Return the newest results as far back as they passed."""
    row: list[AsFound] = []
    for each in reversed(found):
        if not each.passed:
            break
        row.insert(0, each)
    return row


def reliability(evidence: Evidence, target: float) -> Advice:
    """Return the interval at which the wanted share is found in tolerance: NCSLI RP-1, method A3, over like gauges.

    Shorter where the observed share speaks against the target, longer only where its lower Clopper-Pearson bound of
    95 % reaches it.
    """
    months = evidence.months
    told = tuple(at_this_interval(evidence.alike or evidence.found, months))
    passed, n = sum(each.passed for each in told), len(told)
    if not n:
        return Advice(months, say("calibration.interval-none-told", months=months))
    found = method_a3(passed, n, months, target)
    counted = {"passed": passed, "count": n, "target": percent(Fraction(target).limit_denominator(1000))}
    if not found.changed:
        lacking = fewest_to_earn(target) - n if passed == n else 0
        key = "calibration.interval-unearned" if lacking > 0 else "calibration.interval-agrees"
        return Advice(months, say(key, **counted, lacking=lacking), told)
    if found.interval > months:
        reached = max((rung for rung in LADDER if months < rung <= found.interval), default=months)
        key = "calibration.interval-reliable" if reached > months else "calibration.interval-agrees"
        return Advice(reached, say(key, **counted, lacking=0), told)
    reached = max((rung for rung in LADDER if rung <= found.interval and rung < months), default=LADDER[0])
    return Advice(min(reached, months), say("calibration.interval-unreliable", **counted), told)


def by_drift(evidence: Evidence) -> Advice:
    """Return the longest rung after which every point is still expected within its limits, with 95 %.

    At most a rung more, and not less than half of what there is: a line of a few values carries no further.
    """
    months = evidence.months
    points = [each for each in evidence.points if each.found[-1].lower is not None or each.found[-1].upper is not None]
    if not points:
        return Advice(months, say("calibration.interval-no-errors"))
    if any(_holds(point, months) is None for point in points):
        return Advice(months, say("calibration.interval-no-line", count=LINE))
    rungs = {rung for rung in (*LADDER, months) if months <= 2 * rung and rung <= longer_rung(months)}
    held = [rung for rung in sorted(rungs) if all(_holds(point, rung) for point in points)]
    if held and held[-1] >= months:
        key = "calibration.interval-drifts-in" if held[-1] > months else "calibration.interval-drifts-just"
        return Advice(held[-1], say(key, months=held[-1]))
    leaving = next(point for point in points if not _holds(point, months))
    least = max((rung for rung in LADDER if rung <= max(months // 2, 1)), default=LADDER[0])
    reached = held[-1] if held else min(least, months)
    return Advice(reached, say("calibration.interval-drifts-out", **_expected(leaving, months)))


def _holds(point: PointHistory, months: int) -> bool | None:
    """Tell whether a point is expected within its limits some months after it was last found; None without a line."""
    newest = point.found[-1]
    expected = band(point, add_months(newest.on, months))
    if expected is None or not expected.ahead or expected.wide or expected.count < LINE:
        return None
    above = newest.lower is None or expected.low >= newest.lower
    return above and (newest.upper is None or expected.high <= newest.upper)


def _expected(point: PointHistory, months: int) -> dict[str, object]:
    expected = band(point, add_months(point.found[-1].on, months))
    assert expected is not None
    return {
        "point": point.point.label,
        "low": signed(expected.low),
        "high": signed(expected.high),
        "unit": point.unit,
        "months": months,
    }


def longer_rung(months: int) -> int:
    """Return the next rung, the same interval where that would be more than twice as long."""
    return next((rung for rung in LADDER if months < rung <= MOST_LONGER * months), months)


def shorter_rung(months: int | Fraction) -> int:
    """Return the longest rung that is not more than SHORTER of an interval; one month at least."""
    return max((rung for rung in LADDER if rung <= SHORTER * months), default=LADDER[0])


def percent(share: Fraction) -> str:
    """Return a share in whole per cent, rounded up: 79.2 % must not read as 79 where 79 would be another verdict."""
    return str(-(-share.numerator * 100 // share.denominator))
