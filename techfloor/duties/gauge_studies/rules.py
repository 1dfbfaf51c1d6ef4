"""What a study asks for, in which order parts are read, and which value is asked about."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from techfloor.refusals import Refusal

CORRECTIONS = ("mistyped", "misread", "wrong part")
"""The one-tap reasons for changing a value."""
FEW_SEEN = 4
"""So many values of a study say where the next one lies."""
FAR = 2
"""How many spans beyond what was seen, or widths beyond the tolerance, a value is asked about."""


class Sort(StrEnum):
    """Whether a study is of numbers, or of judgements by name."""

    VARIABLE = "variable"
    ATTRIBUTE = "attribute"


class Basis(StrEnum):
    """Where the tolerance comes from that the scatter is compared with."""

    PRODUCT = "product"
    CARD = "card"
    NONE = "none"


class Call(StrEnum):
    """A judgement by name."""

    PASS = "pass"  # noqa: S105 - a verdict
    FAIL = "fail"


@dataclass(frozen=True)
class Bounds:
    """How many of each a study may have."""

    parts: tuple[int, int]
    appraisers: tuple[int, int]
    repeats: tuple[int, int]


BOUNDS: Mapping[Sort, Bounds] = {
    Sort.VARIABLE: Bounds(parts=(2, 20), appraisers=(2, 10), repeats=(2, 10)),
    Sort.ATTRIBUTE: Bounds(parts=(2, 50), appraisers=(1, 10), repeats=(2, 10)),
}


@dataclass(frozen=True)
class Part:
    """A part by its label, and its true verdict where it is known."""

    label: str
    reference: str = ""


@dataclass(frozen=True)
class SetUp:
    """A study as it is asked for; `appraisers` are persons in the order of their names."""

    sort: Sort
    subject: str
    parts: tuple[Part, ...]
    appraisers: tuple[int, ...]
    repeats: int
    function: str = ""
    basis: Basis = Basis.NONE
    lower: Decimal | None = None
    upper: Decimal | None = None


def labels(typed: str) -> tuple[str, ...]:
    """Return the labels that were typed, one on each line."""
    return tuple(line.strip() for line in typed.splitlines() if line.strip())


def check(entry: SetUp) -> None:
    """Raise Refusal, beside its field, where a study could not be worked out."""
    if not entry.subject:
        raise Refusal("Enter what is measured, as it stands in the drawing.", field="subject")
    bounds = BOUNDS[entry.sort]
    _refuse_parts(entry, bounds)
    _within(len(entry.appraisers), bounds.appraisers, "appraisers", "Choose %(least)s to %(most)s appraisers.")
    _within(entry.repeats, bounds.repeats, "repeats", "Each part is measured %(least)s to %(most)s times.")
    refuse_limits(entry.basis, entry.lower, entry.upper)


def _within(count: int, bounds: tuple[int, int], field: str, sentence: str) -> None:
    least, most = bounds
    if not least <= count <= most:
        raise Refusal(sentence, field=field, least=least, most=most)


def _refuse_parts(entry: SetUp, bounds: Bounds) -> None:
    field = "labels" if entry.sort is Sort.VARIABLE else "good"
    seen: set[str] = set()
    for part in entry.parts:
        if len(part.label) > 40:
            raise Refusal("Keep the label of a part below 40 letters.", field=field)
        if part.label.casefold() in seen:
            raise Refusal(
                "%(part)s stands there twice. Give each part a label of its own.", field=field, part=part.label
            )
        seen.add(part.label.casefold())
    least, most = bounds.parts
    sentence = "A study has %(least)s to %(most)s parts: here are %(count)s."
    if not least <= len(entry.parts) <= most:
        raise Refusal(sentence, field=field, least=least, most=most, count=len(entry.parts))
    if entry.sort is Sort.ATTRIBUTE and len({part.reference for part in entry.parts}) < 2:
        raise Refusal("Take good parts and bad ones: without both, nobody can be wrong.", field="bad")


def refuse_limits(basis: Basis, lower: Decimal | None, upper: Decimal | None) -> None:
    """Raise Refusal for limits of the product that are none."""
    if basis is not Basis.PRODUCT:
        return
    if lower is None or upper is None:
        field = "lower" if lower is None else "upper"
        raise Refusal("Enter both limits, or choose to judge without a tolerance.", field=field)
    if lower >= upper:
        raise Refusal("The upper limit must be above the lower one.", field="upper")


Shuffle = Callable[[list[int]], None]


def draw(parts: int, repeats: int, shuffle: Shuffle) -> list[int]:
    """Draw the order in which one appraiser reads the parts: every part once in each round, none twice in a row."""
    turns: list[int] = []
    for _round in range(repeats):
        order = list(range(1, parts + 1))
        shuffle(order)
        if turns and order[0] == turns[-1]:
            order.append(order.pop(0))
        turns.extend(order)
    return turns


def repeat_of(turns: Sequence[int], turn: int) -> int:
    """Return for the how manieth time the part of a turn is read."""
    return turns[:turn].count(turns[turn - 1])


@dataclass(frozen=True)
class Near:
    """What is known of where a value lies: the ends of the gauge, its step, the limits of the part."""

    low: Decimal | None = None
    high: Decimal | None = None
    step: Decimal | None = None
    lower: Decimal | None = None
    upper: Decimal | None = None


def is_unlikely(value: Decimal, near: Near, seen: Sequence[Decimal]) -> bool:
    """Tell whether a value is asked about: beyond the gauge's ends, or far from all that the study has seen.

    Before the study has seen enough it is compared with the tolerance. What was seen is not told to who types.
    """
    if (near.low is not None and value < near.low) or (near.high is not None and value > near.high):
        return True
    if len(seen) >= FEW_SEEN:
        low, high = min(seen), max(seen)
        room = FAR * max(high - low, 10 * (near.step or Decimal(0)))
        return room > 0 and not low - room <= value <= high + room
    if near.lower is None or near.upper is None:
        return False
    room = FAR * (near.upper - near.lower)
    return not near.lower - room <= value <= near.upper + room
