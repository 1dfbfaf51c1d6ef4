"""Overall equipment effectiveness and its factors (ISO 22400-2:2014), from sums of minutes and pieces.

Percentages are never averaged: a day's, a line's and a month's OEE are computed from the sums of their work.
A is APT/PBT, E is PRI·PQ/APT, Q is GQ/PQ, and OEE is A·E·Q, which is PRI·GQ/PBT. Exact fractions throughout;
only what is printed is rounded.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from techfloor.measures.amounts import Exact, amount, ratio, total
from techfloor.measures.drift import DataError


@dataclass(frozen=True)
class Work:
    """What a machine did with one kind of piece in one stretch of time; times in one unit, such as minutes.

    `planned` is the planned busy time (PBT), `ran` the actual production time (APT), `ideal` the planned run time per
    item (PRI), `produced` and `good` the pieces (PQ, GQ). Raises DataError where good pieces outnumber those produced.
    """

    planned: Exact
    ran: Exact
    ideal: Exact
    produced: Exact
    good: Exact

    def __post_init__(self) -> None:
        """Keep exact amounts, and refuse what cannot be."""
        for name in ("planned", "ran", "ideal", "produced", "good"):
            object.__setattr__(self, name, amount(getattr(self, name), name))
        if self.good > self.produced:
            raise DataError("no more pieces are good than were produced")

    @classmethod
    def in_shift(
        cls, length: Exact, breaks: Exact, down: Exact, ideal: Exact, produced: Exact, rejected: Exact
    ) -> "Work":
        """Say it as a shift log does: its length, its breaks, the time it stood still unplanned, and the rejects."""
        planned = amount(length, "length") - amount(breaks, "breaks")
        if planned < 0 or amount(down, "down") > planned:
            raise DataError("breaks and stops are not longer than the shift")
        good = amount(produced, "produced") - amount(rejected, "rejected")
        if good < 0:
            raise DataError("no more pieces are rejected than were produced")
        return cls(planned, planned - Fraction(down), ideal, produced, good)


class Warned(StrEnum):
    """What makes a figure doubtful; the figure is shown all the same, and never capped."""

    wrong_ideal = "effectiveness is above 100 %: the ideal time per piece is too long, or the run time too short"
    ran_too_long = "the machine ran longer than planned: the planned time is too short"
    no_time = "pieces were produced in no time: the run time is missing"


@dataclass(frozen=True)
class Losses:
    """Where the planned time went; with `productive` the four add up to it."""

    availability: Fraction
    speed: Fraction
    quality: Fraction
    productive: Fraction


@dataclass(frozen=True)
class Oee:
    """Factors and OEE as exact shares; None where the denominator is zero, which is shown as n/a.

    `good_share` is GQ/PQ in pieces. `quality` weighs each kind of piece by its ideal time, so that the factors
    multiply to OEE also over kinds of unequal ideal time; for one kind both are the same.
    """

    availability: Fraction | None
    effectiveness: Fraction | None
    quality: Fraction | None
    good_share: Fraction | None
    oee: Fraction | None
    losses: Losses
    warnings: tuple[Warned, ...]

    @property
    def agrees(self) -> bool:
        """Whether A·E·Q is PRI·GQ/PBT, the self-check of the standard; true where a factor says nothing."""
        if self.availability is None or self.effectiveness is None or self.quality is None:
            return True
        return self.availability * self.effectiveness * self.quality == self.oee


def oee(works: Iterable[Work]) -> Oee:
    """Work out the OEE of some work from its sums; of no work everything is n/a."""
    works = list(works)
    planned, ran = total(Fraction(each.planned) for each in works), total(Fraction(each.ran) for each in works)
    made = total(Fraction(each.ideal) * Fraction(each.produced) for each in works)
    productive = total(Fraction(each.ideal) * Fraction(each.good) for each in works)
    produced = total(Fraction(each.produced) for each in works)
    return Oee(
        ratio(ran, planned),
        ratio(made, ran),
        ratio(productive, made),
        ratio(total(Fraction(each.good) for each in works), produced),
        ratio(productive, planned),
        Losses(planned - ran, ran - made, made - productive, productive),
        tuple(_doubts(planned, ran, made)),
    )


def _doubts(planned: Fraction, ran: Fraction, made: Fraction) -> Iterable[Warned]:
    if ran > planned:
        yield Warned.ran_too_long
    if made and not ran:
        yield Warned.no_time
    elif made > ran:
        yield Warned.wrong_ideal


def by_day(works: Iterable[tuple[date, Work]]) -> dict[date, Oee]:
    """Work out the OEE of each day, in order; the day is the one on which the shift began (`shifts.day_began`)."""
    days: dict[date, list[Work]] = defaultdict(list)
    for day, work in works:
        days[day].append(work)
    return {day: oee(days[day]) for day in sorted(days)}


def teep(of: Oee, planned: Exact, all_time: Exact) -> Fraction | None:
    """Give the total effective equipment performance: OEE times the planned share of all time (loading)."""
    loading = ratio(amount(planned, "planned"), amount(all_time, "all time"))
    return None if loading is None or of.oee is None else of.oee * loading
