"""Tolerances as expressions: ± a units ± b % of reading ± c % of full scale ± d digits, each side alone."""

import math
import re
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext
from fractions import Fraction

from techfloor.measures.quantity import MINUS, NumberError, parse_number, plain
from techfloor.measures.side import EXACT, Side, Sides, ToleranceError, one_unit, read_sides, sides_text
from techfloor.measures.units import UnitError, canonical, convert, is_unit, show_unit

__all__ = ["Side", "Step", "Tolerance", "ToleranceError", "reading_limits"]

LONGEST = 500
"""Letters, the most that a box of a procedure takes."""

_NOTE = re.compile(r",\s+(?=[A-Za-z])")
_STEP = re.compile(r"(?P<sides>.+?)\s*\babove\b\s*(?P<number>-?[0-9][0-9.,]*)\s*(?P<unit>.*)")
_SPELT = (("+/-", "±"), ("+-", "±"), (MINUS, "-"), ("<=", "≤"), (">=", "≥"))


@dataclass(frozen=True)
class Step:
    """The sides in force for reference values above `above`."""

    above: Decimal
    lower: Side | None
    upper: Side | None


@dataclass(frozen=True)
class Tolerance:
    """Error limits as the plant states them; a side that is None is open.

    `steps`, in rising order, replace both sides above a reference value. `unit` is the unit of the absolute
    terms ("" when the text named none), `note` what the text added after a comma ("mean of five").
    """

    lower: Side | None
    upper: Side | None
    steps: tuple[Step, ...] = ()
    unit: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        """Refuse a tolerance that limits nothing, and steps out of order."""
        if any(lower is None and upper is None for lower, upper in self._every_pair()):
            raise ToleranceError("a tolerance needs at least one limit")
        starts = [step.above for step in self.steps]
        if starts != sorted(set(starts)):
            raise ToleranceError("the steps of a tolerance rise with the reference value")

    def _every_pair(self) -> list[tuple[Side | None, Side | None]]:
        return [(self.lower, self.upper), *((step.lower, step.upper) for step in self.steps)]

    @classmethod
    def parse(cls, text: str, unit: str | None = None) -> "Tolerance":
        """Read a tolerance as it is written in a procedure.

        `± 0.03 mm`, `0.03`, `4 %` (of reading), `0.05 % rdg + 3 digits`, `+/- 1.0 % of full scale`,
        `+0.2/-0.1`, `≤ 0.30 ohm`; then steps by reference value in brackets (`(0.04 mm above 150 mm)`), then
        `= ` and the same again in other words, then a note after a comma. With `unit`, absolute terms come
        out in that unit, and a bare % is absolute where that unit is a percentage itself (relative humidity).

        Raises ToleranceError.
        """
        if len(text) > LONGEST:
            raise ToleranceError(f"a tolerance has at most {LONGEST} letters")
        text = " ".join(text.split())
        for spelt, sign in _SPELT:
            text = text.replace(spelt, sign)
        head, note = _split_note(text)
        whole, _, restated = head.partition("=")
        try:
            found = _read_whole(whole.strip(), restated.strip(), unit or "")
            return replace(found.in_unit(unit) if unit else found, note=note)
        except UnitError as problem:
            raise ToleranceError(str(problem)) from problem

    def in_unit(self, unit: str) -> "Tolerance":
        """Put the absolute terms and the steps into another unit of the same dimension."""
        if not self.unit:
            return replace(self, unit=canonical(unit) if is_unit(unit) else unit)
        return Tolerance(
            self._convert_side(self.lower, unit),
            self._convert_side(self.upper, unit),
            tuple(
                Step(
                    convert(step.above, self.unit, unit),
                    self._convert_side(step.lower, unit),
                    self._convert_side(step.upper, unit),
                )
                for step in self.steps
            ),
            canonical(unit),
            self.note,
        )

    def _convert_side(self, side: Side | None, unit: str) -> Side | None:
        if side is None or canonical(unit) == canonical(self.unit):
            return side
        return replace(side, absolute=convert(side.absolute, self.unit, unit, difference=True))

    def bands(self) -> list[tuple[Decimal | None, Decimal | None, Side | None, Side | None]]:
        """List the reference values above and up to which each pair of sides holds; None without an end."""
        starts = [None, *(step.above for step in self.steps)]
        ends = [*starts[1:], None]
        return [(a, b, *pair) for a, b, pair in zip(starts, ends, self._every_pair(), strict=True)]

    def sides_at(self, reference: Decimal) -> tuple[Side | None, Side | None]:
        """Give the lower and upper side in force at a reference value."""
        in_force = [step for step in self.steps if reference > step.above]
        return (in_force[-1].lower, in_force[-1].upper) if in_force else (self.lower, self.upper)

    def limits(
        self, reference: Decimal, full_scale: Decimal | None = None, digit: Decimal | None = None
    ) -> tuple[Decimal | None, Decimal | None]:
        """Give the error limits at a reference value, exact, in the unit of the reading; None where open."""
        lower, upper = self.sides_at(reference)
        low = None if lower is None else lower.turned().width(reference, full_scale, digit)
        high = None if upper is None else upper.width(reference, full_scale, digit)
        if low is not None and high is not None and low > high:
            raise ToleranceError("the lower limit is above the upper limit")
        return low, high

    def percent_limits(self) -> tuple[Decimal | None, Decimal | None] | None:
        """Give the limits in % when the tolerance is a share of the reading and nothing else, else None."""
        sides = [side for side in (self.lower, self.upper) if side is not None]
        if self.steps or any(side != Side(percent_of_reading=side.percent_of_reading) for side in sides):
            return None
        if not all(side.percent_of_reading for side in sides):
            return None
        return (
            None if self.lower is None else -self.lower.percent_of_reading,
            None if self.upper is None else self.upper.percent_of_reading,
        )

    def text(self) -> str:
        """Print the tolerance for people, in a form that `parse` reads back."""
        shown = show_unit(self.unit)
        steps = "; ".join(
            f"{sides_text(step.lower, step.upper, self.unit)} above {plain(step.above)} {shown}".strip()
            for step in self.steps
        )
        whole = sides_text(self.lower, self.upper, self.unit)
        return whole + (f" ({steps})" if steps else "") + (f", {self.note}" if self.note else "")


def _split_note(text: str) -> tuple[str, str]:
    head, *rest = _NOTE.split(text, maxsplit=1)
    return head, rest[0] if rest else ""


def _read_whole(whole: str, restated: str, unit: str) -> Tolerance:
    main, bracket = _split_bracket(whole)
    sides = read_sides(main, unit)
    named = one_unit(sides.unit, read_sides(restated, unit).unit if restated else "")
    steps = [_read_step(text.strip(), unit) for text in re.split(r";|,\s+", bracket) if text.strip()]
    for _, step_unit in steps:
        named = one_unit(named, step_unit)
    return Tolerance(sides.lower, sides.upper, tuple(step for step, _ in steps), named)


def _split_bracket(text: str) -> tuple[str, str]:
    """Cut off a closing bracket that holds steps: the text before it, and what it holds."""
    if not text.endswith(")") or "above" not in text:
        return text, ""
    depth = 0
    for at in range(len(text) - 1, -1, -1):
        depth += {")": 1, "(": -1}.get(text[at], 0)
        if depth == 0:
            return text[:at].strip(), text[at + 1 : -1]
    raise ToleranceError(f"a bracket is not closed in {text!r}")


def _read_step(text: str, unit: str) -> tuple[Step, str]:
    found = _STEP.fullmatch(text)
    if found is None:
        raise ToleranceError(f"{text!r} does not say above which value it holds")
    sides: Sides = read_sides(found["sides"], unit)
    try:
        above = parse_number(found["number"])
    except NumberError as problem:
        raise ToleranceError(f"{found['number']!r} is not one clear number") from problem
    named = canonical(found["unit"].strip()) if found["unit"].strip() else ""
    return Step(above, sides.lower, sides.upper), one_unit(sides.unit, named)


def reading_limits(
    mode: str,
    nominal: Decimal,
    tolerance: Tolerance,
    *,
    step: Decimal,
    full_scale: Decimal | None = None,
    digit: Decimal | None = None,
    guard: Decimal = Decimal(0),
) -> tuple[Decimal | None, Decimal | None]:
    """Give the smallest and the largest reading that pass, as whole steps, rounded inwards; None where open.

    In mode match the gauge is set to `nominal` and the reading is the standard's, on which a percentage
    depends too; in the modes apply, both and comparison `nominal` is the reference and the reading is the
    gauge's. `step` is the smallest change the reading can have, `guard` what a decision rule takes off each
    limit. Limits that cross mean that no reading passes. The verdict on a signed reading is decide()'s.
    """
    if mode == "match":
        return _match_limits(nominal, tolerance, step, (full_scale, digit), Fraction(guard))
    if mode not in {"apply", "both", "comparison"}:
        raise ToleranceError(f"the mode {mode!r} has no limits for a reading")
    low, high = tolerance.limits(nominal, full_scale, digit)
    with localcontext(EXACT):
        first = None if low is None else math.ceil(Fraction(nominal + low + guard) / Fraction(step))
        last = None if high is None else math.floor(Fraction(nominal + high - guard) / Fraction(step))
    return _steps(first, step), _steps(last, step)


def _steps(count: int | None, step: Decimal) -> Decimal | None:
    with localcontext(EXACT):
        return None if count is None else count * step


_Range = tuple[int | None, int | None]


def _match_limits(
    nominal: Decimal,
    tolerance: Tolerance,
    step: Decimal,
    scale: tuple[Decimal | None, Decimal | None],
    guard: Fraction,
) -> tuple[Decimal | None, Decimal | None]:
    """Solve nominal - x within the limits at x, band by band, and join the bands that touch."""
    ranges = []
    for start, end, lower, upper in tolerance.bands():
        first = None if upper is None else _lowest_match(nominal, upper, scale, guard)
        last = None if lower is None else _highest_match(nominal, lower, scale, guard)
        ranges.append(_whole_steps(first, last, start, end, Fraction(step)))
    first_step, last_step = _run_around(Fraction(nominal) / Fraction(step), ranges)
    return _steps(first_step, step), _steps(last_step, step)


def _lowest_match(
    nominal: Decimal, upper: Side, scale: tuple[Decimal | None, Decimal | None], guard: Fraction
) -> Fraction:
    """Solve nominal - x = constant + share·|x| - guard."""
    rest = Fraction(nominal) - Fraction(upper.constant(*scale)) + guard
    return rest / (1 + _share(upper) if rest >= 0 else 1 - _share(upper))


def _highest_match(
    nominal: Decimal, lower: Side, scale: tuple[Decimal | None, Decimal | None], guard: Fraction
) -> Fraction:
    """Solve x - nominal = constant + share·|x| - guard."""
    rest = Fraction(nominal) + Fraction(lower.constant(*scale)) - guard
    return rest / (1 - _share(lower) if rest >= 0 else 1 + _share(lower))


def _share(side: Side) -> Fraction:
    share = Fraction(side.percent_of_reading) / 100
    if abs(share) >= 1:
        raise ToleranceError("a tolerance of 100 % of reading or more limits nothing")
    return share


def _whole_steps(
    first: Fraction | None, last: Fraction | None, start: Decimal | None, end: Decimal | None, step: Fraction
) -> _Range:
    """Give the whole steps from first to last that lie above `start` and not above `end`."""
    lows = [] if first is None else [math.ceil(first / step)]
    highs = [] if last is None else [math.floor(last / step)]
    if start is not None:
        lows.append(math.floor(Fraction(start) / step) + 1)
    if end is not None:
        highs.append(math.floor(Fraction(end) / step))
    return max(lows, default=None), min(highs, default=None)


def _is_empty(steps: _Range) -> bool:
    return steps[0] is not None and steps[1] is not None and steps[0] > steps[1]


def _run_around(centre: Fraction, ranges: list[_Range]) -> _Range:
    """Join ranges that touch and give the run that holds the centre, else the first, else a crossed one."""
    runs: list[_Range] = []
    for each in ranges:
        if _is_empty(each):
            continue
        if runs and (end := runs[-1][1]) is not None and each[0] is not None and each[0] <= end + 1:
            runs[-1] = (runs[-1][0], each[1])
        else:
            runs.append(each)
    around = [run for run in runs if _holds(run, centre)]
    return [*around, *runs, *ranges][0]


def _holds(run: _Range, value: Fraction) -> bool:
    return (run[0] is None or run[0] <= value) and (run[1] is None or value <= run[1])


Exact = Decimal | Fraction


def use_of_tolerance(error: Exact, lower: Exact | None, upper: Exact | None) -> Fraction | None:
    """Give the share of its limit that an error uses, with its sign; None where that side has no limit.

    Any error beyond a limit of zero is worse than every share: BEYOND_ZERO, with its sign.
    """
    limit = upper if error >= 0 else lower
    if limit is None:
        return None
    if limit == 0:
        return Fraction(0) if error == 0 else BEYOND_ZERO if error > 0 else -BEYOND_ZERO
    return Fraction(error) / abs(Fraction(limit))


BEYOND_ZERO = Fraction(10**9)
"""Stands for an error where none is allowed: past every share that a real error reaches."""
