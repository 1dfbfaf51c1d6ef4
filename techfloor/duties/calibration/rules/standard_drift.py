"""How a standard drifts: its certified values from certificate to certificate. Pure.

A standard has no tolerance of its own here, so a change is held against what the two certificates leave open: the root
of the sum of the squares of both U, for k = 2. A change beyond it is none that the measurements explain.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from techfloor.duties.calibration.rules import drift
from techfloor.duties.calibration.rules.certified import StandardFacts
from techfloor.duties.calibration.rules.drift import Band, Found, PointHistory, PointKey
from techfloor.duties.calibration.rules.intervals import LINE

_USUAL_K = Decimal(2)


@dataclass(frozen=True)
class Paper:
    """A certificate of a standard that stands, with what it says."""

    id: int
    number: str
    on: date
    facts: StandardFacts


@dataclass(frozen=True)
class Certified:
    """What one certificate says of one nominal value; `u` is for k = 2, None where it states none.

    `change` is since the certificate before, None on the first one, and `share` its size beside both U.
    """

    paper: Paper
    value: Decimal
    u: Decimal | None
    change: Decimal | None = None
    share: float | None = None

    @property
    def moved(self) -> bool:
        """True where it changed by more than both U explain."""
        return self.share is not None and self.share > 1


@dataclass(frozen=True)
class ValueHistory:
    """What the certificates say of one nominal value, oldest first."""

    nominal: str
    unit: str
    certified: tuple[Certified, ...]

    @property
    def change(self) -> Decimal:
        """How far the newest value lies from the first one."""
        return self.certified[-1].value - self.certified[0].value

    @property
    def largest(self) -> float:
        """The largest change between two certificates, beside both U; -1 where none is known."""
        return max((each.share for each in self.certified if each.share is not None), default=-1.0)

    def band(self, until: date) -> Band | None:
        """Return where the deviation is expected next, with 95 %; None from fewer than LINE certificates."""
        found = drift.band(self.as_points, until)
        return found if found is not None and found.count >= LINE else None

    @property
    def as_points(self) -> PointHistory:
        """The deviations from the nominal value, as the drift of a gauge is told."""
        point = PointKey("", self.nominal, "", "", self.unit)
        return PointHistory(point, self.unit, tuple(_found(each, Decimal(self.nominal)) for each in self.certified))


def _found(each: Certified, nominal: Decimal) -> Found:
    deviation = each.value - nominal
    return Found(each.paper.number, each.paper.on, deviation, None, None, passed=True, adjusted=False)


def value_histories(papers: Iterable[Paper], unit: str) -> list[ValueHistory]:
    """Put the certificates together by nominal value, the smallest first."""
    told: dict[Decimal, list[tuple[str, Certified]]] = {}
    for paper in sorted(papers, key=lambda each: (each.on, each.id)):
        for nominal, (value, _u) in paper.facts.certified.items():
            u = paper.facts.u_at((nominal,), Decimal(nominal), unit)
            certified = Certified(paper, value, None if u is None else u / (paper.facts.k or _USUAL_K) * _USUAL_K)
            told.setdefault(Decimal(nominal), []).append((nominal, certified))
    return [
        ValueHistory(rows[-1][0], unit, tuple(_with_changes([each for _nominal, each in rows])))
        for _value, rows in sorted(told.items())
    ]


def _with_changes(rows: Sequence[Certified]) -> Iterable[Certified]:
    before: Certified | None = None
    for each in rows:
        if before is None:
            yield each
        else:
            change = each.value - before.value
            yield Certified(each.paper, each.value, each.u, change, _share(change, before.u, each.u))
        before = each


def _share(change: Decimal, one: Decimal | None, other: Decimal | None) -> float | None:
    """Return the size of a change beside both U; None where one is not known, or both are zero."""
    if one is None or other is None or not (one or other):
        return None
    return abs(float(change)) / math.hypot(float(one), float(other))


def chosen(histories: Sequence[ValueHistory], wanted: int | None) -> int | None:
    """Return the place of the value to show: the one asked for, else the one that moved most; None without any."""
    if not histories:
        return None
    if wanted is not None and 0 <= wanted < len(histories):
        return wanted
    return max(range(len(histories)), key=lambda n: (histories[n].largest, abs(histories[n].change), -n))
