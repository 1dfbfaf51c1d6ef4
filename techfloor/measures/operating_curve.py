"""What a sampling plan does: operating characteristic, average outgoing quality, sample numbers, protection.

Single, double and multiple plans by attributes are one thing: stages with cumulative acceptance and rejection
numbers. ISO 2859-1:1999, 12; MIL-STD-105E, tables V, VI and X; NIST/SEMATECH e-Handbook, 6.2.3.
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from techfloor.measures.chances import Model, bad_in, binomial, hypergeometric, poisson, solve
from techfloor.measures.sampling import SamplingError, SamplingPlan

# Up to this sample size MIL-STD-105E computed its tables with the binomial distribution, above it with Poisson's.
_BINOMIAL_UP_TO = 80


@dataclass(frozen=True)
class Stage:
    """One sample of a plan: its size, and the counts over all samples so far that accept and reject.

    `ac` None: no acceptance at this stage yet.
    """

    n: int
    ac: int | None
    re: int


@dataclass(frozen=True)
class Plan:
    """The stages of a plan, in order; the last one decides. Raises SamplingError where they contradict."""

    stages: tuple[Stage, ...]

    def __post_init__(self) -> None:
        """Refuse stages that never decide or decide both ways."""
        if not self.stages:
            raise SamplingError("A plan has at least one sample.")
        if any(stage.n < 1 for stage in self.stages):
            raise SamplingError("A sample has at least one item.")
        if any((-1 if stage.ac is None else stage.ac) >= stage.re or (stage.ac or 0) < 0 for stage in self.stages):
            raise SamplingError("The acceptance number is 0 or more and below the rejection number.")
        last = self.stages[-1]
        if last.ac is None or last.re != last.ac + 1:
            raise SamplingError("The last sample decides: its rejection number is its acceptance number and 1.")
        for before, after in zip(self.stages, self.stages[1:], strict=False):
            if (after.ac or 0) < (before.ac or 0) or after.re < before.re:
                raise SamplingError("Acceptance and rejection numbers count all samples so far and never fall.")

    @property
    def n(self) -> int:
        """The items of all samples together."""
        return sum(stage.n for stage in self.stages)


def single(n: int, c: int) -> Plan:
    """Make the plan of one sample that accepts up to c."""
    return Plan((Stage(n, c, c + 1),))


def double(n1: int, c1: int, r1: int, n2: int, c2: int) -> Plan:
    """Make the plan of two samples; c2 counts both together."""
    return Plan((Stage(n1, c1, r1), Stage(n2, c2, c2 + 1)))


def plan_of(found: SamplingPlan) -> Plan:
    """Make the plan that decides as a table's does; in reduced inspection what lies between Ac and Re accepts."""
    return single(found.n, found.re - 1)


@dataclass(frozen=True)
class Behaviour:
    """What a plan does with lots of fraction nonconforming p.

    `pa` probability of acceptance, `asn` average number of items in the samples (all samples are inspected to
    their end), `ati` average total inspection and `aoq` average outgoing quality where rejected lots are
    inspected whole and every nonconforming item found is replaced; both None where no lot size was given, in
    which case `aoq` is that of endless lots, p·Pa. `decided` gives for each stage the probability that it
    accepts and that it rejects.
    """

    p: float
    pa: float
    asn: float
    ati: float | None
    aoq: float
    decided: tuple[tuple[float, float], ...]


def table_model(n: int) -> Model:
    """Give the distribution by which MIL-STD-105E tabulated a plan of this size for per cent nonconforming."""
    return Model.binomial if n <= _BINOMIAL_UP_TO else Model.poisson


def behaviour(plan: Plan, p: float, model: Model = Model.binomial, lot: int | None = None) -> Behaviour:
    """Compute what a plan does at one quality.

    p is a fraction (with the Poisson model nonconformities per item, which may exceed 1). The hypergeometric
    model needs the lot. Raises SamplingError for a p or a lot that cannot be.
    """
    _refuse_bad_quality(plan, p, model, lot)
    going = {0: 1.0}
    decided = []
    drawn, asn = 0, 0.0
    for stage in plan.stages:
        asn += stage.n * sum(going.values())
        going, ends = _after(stage, going, _chances(stage.n, drawn, p, model, lot))
        drawn += stage.n
        decided.append(ends)
    pa = min(1.0, sum(accepted for accepted, _ in decided))
    return Behaviour(p, pa, asn, *_outgoing(plan, p, decided, lot), tuple(decided))


def _refuse_bad_quality(plan: Plan, p: float, model: Model, lot: int | None) -> None:
    if not 0 <= p <= (sys.float_info.max if model is Model.poisson else 1):
        raise SamplingError("A fraction nonconforming lies between 0 and 1.")
    if lot is None and model is Model.hypergeometric:
        raise SamplingError("The curve of a single lot needs the size of the lot.")
    if lot is not None and plan.n > lot:
        raise SamplingError("The samples are larger than the lot: inspect every item.")


def _chances(n: int, drawn: int, p: float, model: Model, lot: int | None) -> Callable[[int, int], float]:
    """Give the probability of finding so many in the next sample when so many were found before it."""
    if model is Model.poisson:
        return lambda more, _: poisson(more, n * p)
    if model is Model.binomial or lot is None:
        return lambda more, _: binomial(more, n, p)
    bad = bad_in(lot, p)
    return lambda more, before: hypergeometric(more, n, bad - before, lot - drawn)


def _after(
    stage: Stage, going: dict[int, float], chance: Callable[[int, int], float]
) -> tuple[dict[int, float], tuple[float, float]]:
    """Draw one sample: what goes on to the next by the count so far, and what was accepted and rejected."""
    accepts = -1 if stage.ac is None else stage.ac
    arrived = dict.fromkeys(range(stage.re), 0.0)
    for before, weight in going.items():
        for total in range(before, stage.re):
            arrived[total] += weight * chance(total - before, before)
    accepted = sum(weight for total, weight in arrived.items() if total <= accepts)
    rest = {total: weight for total, weight in arrived.items() if total > accepts and weight}
    rejected = max(0.0, sum(going.values()) - accepted - sum(rest.values()))
    return rest, (accepted, rejected)


def _outgoing(
    plan: Plan, p: float, decided: Sequence[tuple[float, float]], lot: int | None
) -> tuple[float | None, float]:
    if lot is None:
        return None, p * sum(accepted for accepted, _ in decided)
    drawn, inspected, left = 0, 0.0, 0.0
    for stage, (accepted, rejected) in zip(plan.stages, decided, strict=True):
        drawn += stage.n
        inspected += accepted * drawn + rejected * lot
        left += accepted * (lot - drawn) / lot
    return inspected, p * left


def acceptance(plan: Plan, p: float, model: Model = Model.binomial, lot: int | None = None) -> float:
    """Give the probability of acceptance at one quality."""
    return behaviour(plan, p, model, lot).pa


def curve(
    plan: Plan, ps: Sequence[float], model: Model = Model.binomial, lot: int | None = None
) -> tuple[Behaviour, ...]:
    """Compute what a plan does at several qualities: the points of the OC, AOQ, ASN and ATI curves."""
    return tuple(behaviour(plan, p, model, lot) for p in ps)


def quality_at(plan: Plan, pa: float, model: Model = Model.binomial, lot: int | None = None) -> float:
    """Give the fraction nonconforming that is accepted with probability pa: at 0.10 the limiting quality.

    For a single lot (hypergeometric) the smallest count of bad items whose probability is not above pa, as a
    fraction. Raises SamplingError unless 0 < pa < 1.
    """
    if not 0 < pa < 1:
        raise SamplingError("A probability of acceptance lies between 0 and 1.")
    if model is Model.hypergeometric and lot is not None:
        low, high = 0, lot
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if acceptance(plan, middle / lot, model, lot) <= pa else (middle + 1, high)
        return low / lot
    return solve(lambda p: acceptance(plan, p, model, lot) < pa, 0.0, _highest(plan, pa, model))


def _highest(plan: Plan, pa: float, model: Model) -> float:
    if model is not Model.poisson:
        return 1.0
    high = 1.0
    while acceptance(plan, high, model) > pa:
        high *= 2
    return high


@dataclass(frozen=True)
class OutgoingLimit:
    """The worst average outgoing quality, and the incoming quality where it comes about."""

    aoql: float
    p: float


_GRID = 400
_GOLDEN = (5**0.5 - 1) / 2


def outgoing_limit(plan: Plan, model: Model = Model.binomial, lot: int | None = None) -> OutgoingLimit:
    """Find the average outgoing quality limit: the highest AOQ over all incoming qualities.

    Without a lot it is the factor of MIL-STD-105E, table V, which the lot lowers by (1 - n/N).
    """
    if model is Model.hypergeometric:
        if lot is None:
            raise SamplingError("The curve of a single lot needs the size of the lot.")
        return _worst_lot(plan, lot)
    end = quality_at(plan, 1e-6, model, lot)

    def outgoing(p: float) -> float:
        return behaviour(plan, p, model, lot).aoq

    top = max(range(1, _GRID + 1), key=lambda i: outgoing(end * i / _GRID))
    low, high = end * (top - 1) / _GRID, min(end, end * (top + 1) / _GRID)
    while high - low > 1e-12:
        left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
        low, high = (low, right) if outgoing(left) > outgoing(right) else (left, high)
    p = (low + high) / 2
    return OutgoingLimit(outgoing(p), p)


def _worst_lot(plan: Plan, lot: int) -> OutgoingLimit:
    """Find the count of bad items whose AOQ is highest, looking closer around the best of a grid."""

    def outgoing(bad: int) -> float:
        return behaviour(plan, bad / lot, Model.hypergeometric, lot).aoq

    low, high = 0, lot
    while high - low > _GRID:
        step = (high - low) // (_GRID // 4)
        best = max(range(low, high + 1, step), key=outgoing)
        low, high = max(low, best - step), min(high, best + step)
    bad = max(range(low, high + 1), key=outgoing)
    return OutgoingLimit(outgoing(bad), bad / lot)
