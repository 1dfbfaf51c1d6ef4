"""Results that follow from several points: hysteresis, repeatability, corner load, slope and offset of pH."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction

from techfloor.measures.drift import DataError, exact_mean, sd
from techfloor.measures.side import EXACT
from techfloor.measures.units import decimal_of

# Nernst slope at 25 °C in mV per pH, as procedures state it.
IDEAL_SLOPE = Decimal("59.16")
_NEUTRAL = Decimal(7)


def hysteresis(points: Iterable[tuple[Decimal, str, Decimal]]) -> Decimal:
    """Give the largest difference between up and down at one nominal, from (nominal, direction, value).

    Direction is "up" or "down"; the value may be the reading or the error, which differ by the nominal.
    Nominals reached from one side are left out; repeats count by their worst pair. Raises DataError where no
    nominal was reached from both sides.
    """
    ways: dict[Decimal, dict[str, list[Decimal]]] = defaultdict(lambda: defaultdict(list))
    for nominal, direction, value in points:
        ways[nominal][direction].append(value)
    with localcontext(EXACT):
        gaps = [abs(up - down) for way in ways.values() for up in way["up"] for down in way["down"]]
    if not gaps:
        raise DataError("hysteresis needs a point that was reached upwards and downwards")
    return max(gaps)


def repeatability_sd(values: Sequence[Decimal]) -> float:
    """Give the standard deviation of repeated readings of one load."""
    return sd(values)


def corner_load(centre: Decimal, corners: Sequence[Decimal]) -> Decimal:
    """Give the largest difference of a corner from the centre, without a sign."""
    if not corners:
        raise DataError("corner load needs a reading away from the centre")
    with localcontext(EXACT):
        return max(abs(corner - centre) for corner in corners)


@dataclass(frozen=True)
class ElectrodeSlope:
    """The straight line through an electrode's millivolts: slope, its share of the ideal, mV at pH 7."""

    mv_per_ph: Decimal
    percent: Decimal
    offset_mv: Decimal


def electrode_slope(points: Sequence[tuple[Decimal, Decimal]], ideal: Decimal = IDEAL_SLOPE) -> ElectrodeSlope:
    """Fit (pH of the buffer, mV) by least squares; a good electrode falls by the ideal slope per pH.

    Two points give the line through both. Unrounded; raises DataError with fewer than two different buffers.
    """
    if len({ph for ph, _ in points}) < 2:
        raise DataError("a slope needs two different buffers")
    middle, level = exact_mean([ph for ph, _ in points]), exact_mean([mv for _, mv in points])
    apart = [(Fraction(ph) - middle, Fraction(mv) - level) for ph, mv in points]
    slope = sum((x * y for x, y in apart), Fraction(0)) / sum((x * x for x, _ in apart), Fraction(0))
    return ElectrodeSlope(
        decimal_of(slope),
        decimal_of(-slope / Fraction(ideal) * 100),
        decimal_of(level + slope * (Fraction(_NEUTRAL) - middle)),
    )
