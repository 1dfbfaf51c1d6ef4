"""Finding the smallest single plan by attributes that keeps both risks."""

from collections.abc import Callable
from dataclasses import dataclass

from techfloor.measures.chances import Model, at_most_of_lot, bad_in
from techfloor.measures.sampling import SamplingError

# Larger samples are no inspection any more, and their search takes seconds.
_LARGEST = 200_000


@dataclass(frozen=True)
class RiskPoint:
    """A quality and the probability with which lots of it are to be accepted: at least, or at most."""

    p: float
    pa: float


def refuse_bad_points(producer: RiskPoint, consumer: RiskPoint) -> None:
    """Refuse risk points that no plan can keep; raises SamplingError."""
    for point in (producer, consumer):
        if not (point.p > 0 and 0 < point.pa < 1):
            raise SamplingError("A risk point has a quality above 0 and a probability between 0 and 1.")
    if producer.p >= consumer.p:
        raise SamplingError("The producer's quality is better (smaller) than the consumer's.")
    if producer.pa <= consumer.pa:
        raise SamplingError("Good lots are accepted more often than bad ones.")


@dataclass(frozen=True)
class FoundPlan:
    """The smallest plan that keeps both risks, and what it does at the two points."""

    n: int
    c: int
    model: Model
    at_producer: float
    at_consumer: float


def find_plan(
    producer: RiskPoint, consumer: RiskPoint, model: Model = Model.binomial, lot: int | None = None
) -> FoundPlan:
    """Find the smallest n, with its c, that accepts at least `producer.pa` and at most `consumer.pa`.

    For each c the smallest n that protects the consumer grows with c, so the first c whose n also protects the
    producer is the answer. Raises SamplingError where the points contradict, or where not even the whole lot
    tells the two qualities apart.
    """
    refuse_bad_points(producer, consumer)
    if model is not Model.poisson and consumer.p > 1:
        raise SamplingError("A fraction nonconforming lies between 0 and 1.")
    if model is Model.hypergeometric and lot is None:
        raise SamplingError("The curve of a single lot needs the size of the lot.")
    accepts = _accepting(model, lot)
    largest = lot if lot is not None and model is Model.hypergeometric else _LARGEST
    n = 1
    for c in range(largest):
        # An item has one nonconformity or several; it is nonconforming once.
        n = _smallest(n if model is Model.poisson else max(n, c + 1), c, consumer, accepts, largest)
        good = accepts(n, c, producer.p)
        if good >= producer.pa:
            return FoundPlan(n, c, model, good, accepts(n, c, consumer.p))
    raise SamplingError("No plan keeps both risks: the two qualities are too close to be told apart by any sample.")


_Accepting = Callable[[int, int, float], float]
"""The probability that a plan (n, c) accepts a quality."""


def _accepting(model: Model, lot: int | None) -> _Accepting:
    if model is Model.hypergeometric and lot is not None:
        return lambda n, c, p: at_most_of_lot(c, n, bad_in(lot, p), lot)
    from scipy.special import bdtr, pdtr  # noqa: PLC0415 - heavy to import

    if model is Model.poisson:
        return lambda n, c, p: float(pdtr(c, n * p))
    return lambda n, c, p: float(bdtr(c, n, p))


def _smallest(low: int, c: int, consumer: RiskPoint, accepts: _Accepting, largest: int) -> int:
    """Give the smallest n from `low` on that accepts the consumer's quality rarely enough."""

    def protects(n: int) -> bool:
        return accepts(n, c, consumer.p) <= consumer.pa

    if low > largest or not protects(largest):
        raise SamplingError("No plan keeps both risks: the two qualities are too close to be told apart by any sample.")
    high, step = low, 1
    while not protects(high):
        low, high, step = high + 1, min(high + step, largest), 2 * step
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if protects(middle) else (middle + 1, high)
    return low
