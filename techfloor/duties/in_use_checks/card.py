"""What the words on a gauge's card say of its check: what can be read with certainty, and nothing else. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from techfloor.duties.in_use_checks.rules import Every, Function
from techfloor.measures.tolerance import Tolerance, ToleranceError
from techfloor.measures.units import show_unit

_EVERY = re.compile(r"(each shift|each day|each week|before use|daily|weekly)\b", re.IGNORECASE)
_SAME = {"daily": Every.DAY, "weekly": Every.WEEK}
_VALUE = re.compile(r"(?<![\w.,-])(-?\d+(?:\.\d+)?)\s*([^\s\d,;]+)$")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_LIMITS = re.compile(r"(?:±|\+/-)\s*\d")


@dataclass(frozen=True)
class OnCard:
    """What a card says; None or "" for what it does not say, or says in a way that may mean something else."""

    every: Every | None = None
    function: str = ""
    what: str = ""
    nominal: Decimal | None = None
    limits: str = ""


def read_card(words: str, functions: Sequence[Function]) -> OnCard:
    """Read words like "each shift, setting rod 25.000 mm, ± 0.002 mm", part by part between commas.

    A value is read where one part ends with its only number and a unit of the gauge, which reaches it; the limits where
    they are a tolerance in that unit; the function where one alone has it.
    """
    parts = [part.strip() for part in re.split(r"[,;](?!\d)", words) if part.strip()]
    every = [found[1].lower() for part in parts if (found := _EVERY.match(part))]
    limits = [part for part in parts if _LIMITS.match(part)]
    rest = [part for part in parts if not _EVERY.match(part) and not _LIMITS.match(part)]
    often = (_SAME.get(every[0]) or Every(every[0])) if len(every) == 1 else None
    values = [(part, found) for part in rest if (found := _VALUE.search(part)) and len(_NUMBER.findall(part)) == 1]
    if len(values) != 1:
        return OnCard(often)
    part, found = values[0]
    nominal = Decimal(found[1])
    fits = _fitting(functions, found[2], nominal)
    if not fits:
        return OnCard(often)
    name = fits[0].name if len(fits) == 1 else ""
    return OnCard(often, name, part, nominal, _tolerance(limits, fits[0], nominal))


def _fitting(functions: Sequence[Function], unit: str, nominal: Decimal) -> list[Function]:
    """Return the functions in this unit that reach the value."""
    same = [each for each in functions if unit in {each.unit, show_unit(each.unit)}]
    reach = [each for each in same if each.low is None or nominal >= each.low]
    return [each for each in reach if each.high is None or nominal <= each.high]


def _tolerance(limits: Sequence[str], function: Function, nominal: Decimal) -> str:
    if len(limits) != 1:
        return ""
    try:
        Tolerance.parse(limits[0], function.unit).limits(nominal, function.high, function.step)
    except ToleranceError:
        return ""
    return limits[0]
