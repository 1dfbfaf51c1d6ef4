"""The factors of control charts for every subgroup size, from the distribution of the range and of s.

d2 and d3 are mean and standard deviation of the range of n standard normal values (Tippett 1925), c4 is the mean
of their sample standard deviation. The rest follows, as ASTM MNL 7, ISO 7870-2 and Montgomery, Introduction to
Statistical Quality Control, Appendix VI print it.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, fields
from decimal import Decimal
from functools import cache

from techfloor.measures.drift import DataError

LARGEST = 1000

_PLACES = {"c4": 4}
# d2 and d3 of 2, 3, 4 ... 50 values, as `integrated_range` gives them.
_TABLE = (
    (1.1283791671, 0.8525024664),
    (1.6925687506, 0.8883680040),
    (2.0587507460, 0.8798082028),
    (2.3259289473, 0.8640819411),
    (2.5344127212, 0.8480396861),
    (2.7043567512, 0.8332053356),
    (2.8472006121, 0.8198314898),
    (2.9700263244, 0.8078342746),
    (3.0775054617, 0.7970506735),
    (3.1728727038, 0.7873146206),
    (3.2584552797, 0.7784783412),
    (3.3359803541, 0.7704162021),
    (3.4067631082, 0.7630230956),
    (3.4718268899, 0.7562114297),
    (3.5319827861, 0.7499080894),
    (3.5878839618, 0.7440517840),
    (3.6400637579, 0.7385908534),
    (3.6889630232, 0.7334814955),
    (3.7349501196, 0.7286863457),
    (3.7783358298, 0.7241733407),
    (3.8193846434, 0.7199148084),
    (3.8583234233, 0.7158867355),
    (3.8953481485, 0.7120681751),
    (3.9306292195, 0.7084407659),
    (3.9643156795, 0.7049883378),
    (3.9965386040, 0.7016965889),
    (4.0274138482, 0.6985528172),
    (4.0570442921, 0.6955456983),
    (4.0855216883, 0.6926650989),
    (4.1129281953, 0.6899019205),
    (4.1393376559, 0.6872479671),
    (4.1648166719, 0.6846958331),
    (4.1894255115, 0.6822388072),
    (4.2132188792, 0.6798707913),
    (4.2362465735, 0.6775862293),
    (4.2585540507, 0.6753800471),
    (4.2801829105, 0.6732475991),
    (4.3011713155, 0.6711846230),
    (4.3215543564, 0.6691871998),
    (4.3413643695, 0.6672517188),
    (4.3606312150, 0.6653748465),
    (4.3793825208, 0.6635535004),
    (4.3976438975, 0.6617848243),
    (4.4154391280, 0.6600661676),
    (4.4327903360, 0.6583950665),
    (4.4497181351, 0.6567692271),
    (4.4662417617, 0.6551865107),
    (4.4823791942, 0.6536449202),
    (4.4981472588, 0.6521425884),
)
FROZEN = dict(enumerate(_TABLE, start=2))


@dataclass(frozen=True)
class Factors:
    """The factors for subgroups of n values, unrounded, for limits at three standard deviations.

    Means: A from sigma, A2 from the mean range, A3 from the mean s, E2 for single values from the mean moving
    range of n. Standard deviations: B3 and B4 from the mean s, B5 and B6 from sigma. Ranges: D1 and D2 from sigma,
    D3 and D4 from the mean range. A lower limit below zero is 0.
    """

    n: int
    d2: float
    d3: float
    c4: float
    A: float
    A2: float
    A3: float
    B3: float
    B4: float
    B5: float
    B6: float
    D1: float
    D2: float
    D3: float
    D4: float
    E2: float

    def rounded(self, places: int = 3) -> dict[str, Decimal]:
        """Give the factors as tables print them: three places (c4 always four), by name."""
        names = [field.name for field in fields(self) if field.name != "n"]
        return {name: round(Decimal(getattr(self, name)), _PLACES.get(name, places)) for name in names}


@cache
def factors(n: int) -> Factors:
    """Give the factors for subgroups of n values, n from 2 to LARGEST."""
    d2, d3, c4 = range_mean(n), range_sd(n), sd_mean(n)
    spread = math.sqrt(1 - c4 * c4)
    a = 3 / math.sqrt(n)
    return Factors(
        n=n,
        d2=d2,
        d3=d3,
        c4=c4,
        A=a,
        A2=a / d2,
        A3=a / c4,
        B3=max(0.0, 1 - 3 * spread / c4),
        B4=1 + 3 * spread / c4,
        B5=max(0.0, c4 - 3 * spread),
        B6=c4 + 3 * spread,
        D1=max(0.0, d2 - 3 * d3),
        D2=d2 + 3 * d3,
        D3=max(0.0, 1 - 3 * d3 / d2),
        D4=1 + 3 * d3 / d2,
        E2=3 / d2,
    )


@cache
def printed_factors(n: int) -> Factors:
    """Give the factors as tables print them, to work out by them what was worked out by hand."""
    return Factors(n, **{name: float(value) for name, value in factors(n).rounded().items()})


def table(*, printed: bool) -> Callable[[int], Factors]:
    """Choose the factors to work with: unrounded, or as printed."""
    return printed_factors if printed else factors


def range_mean(n: int) -> float:
    """Give d2, the mean range of n standard normal values."""
    return _range(n)[0]


def range_sd(n: int) -> float:
    """Give d3, the standard deviation of the range of n standard normal values."""
    return _range(n)[1]


def sd_mean(n: int) -> float:
    """Give c4, the mean sample standard deviation of n standard normal values; n has no upper end here."""
    if n < 2:
        raise DataError("a standard deviation needs two values")
    return math.sqrt(2 / (n - 1)) * math.exp(math.lgamma(n / 2) - math.lgamma((n - 1) / 2))


def _range(n: int) -> tuple[float, float]:
    if not 2 <= n <= LARGEST:
        raise DataError(f"a subgroup holds 2 to {LARGEST} values, not {n}")
    return FROZEN.get(n) or integrated_range(n)


@cache
def integrated_range(n: int) -> tuple[float, float]:
    """Work out d2 and d3 by integrating the distribution of the range: what the frozen table was made with.

    P(W > w) is the integral of n·phi(x)·(Q(x)**(n - 1) - (Q(x) - Q(x + w))**(n - 1)) over x, where Q = 1 - Phi;
    mean and mean square of W are its integrals over w, once alone and once by 2w. Both come out to about 13 figures.
    """
    import numpy as np  # noqa: PLC0415 - heavy to import
    from scipy.special import ndtr  # noqa: PLC0415 - heavy to import

    step, width = 0.05, 20.0
    x = np.linspace(-12.0, 12.0, 481)
    nodes, weights = np.polynomial.legendre.leggauss(120)
    w, weights = (nodes + 1) * width / 2, weights * width / 2
    all_above, above = ndtr(-x), ndtr(-x - w[:, None])
    density = n * np.exp(-x * x / 2) / math.sqrt(2 * math.pi)
    beyond = step * ((all_above ** (n - 1) - (all_above - above) ** (n - 1)) @ density)
    first, second = float(weights @ beyond), float(weights @ (2 * w * beyond))
    return first, math.sqrt(second - first * first)
