"""How errors, limits, uncertainties and risks are printed: rounded, and in the unit of the error. Pure."""

import re
from decimal import Decimal
from fractions import Fraction

from techfloor.duties.calibration.rules.procedure import PlannedPoint, Procedure
from techfloor.measures.decision import Rule
from techfloor.measures.quantity import decimals, plain
from techfloor.measures.uncertainty import report_round, round_to

_HUNDRED = Decimal(100)


def error_shown(procedure: Procedure, error: Decimal, reference: Decimal | None) -> Decimal:
    """Return an error as the procedure reports it: in its unit as read, or in % of the reference to two places."""
    if not procedure.in_percent or not reference:
        return error
    return _decimal(Fraction(error) / abs(Fraction(reference)) * 100, 2)


def _decimal(value: Fraction, places: int) -> Decimal:
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal(1).scaleb(-places))


def report_u(procedure: Procedure, u: Decimal, reference: Decimal | None) -> str:
    """Return U as it is printed: one or two significant digits, in the error's unit."""
    shown = u if not procedure.in_percent or not reference else u / abs(reference) * _HUNDRED
    return plain(report_round(shown, procedure.significant_digits))


def mean_shown(mean: Decimal, u: str) -> Decimal:
    """Return a mean of repeats rounded to the last digit of U as printed (JCGM 100:2008, 7.2.6); never lengthened."""
    return round_to(mean, Decimal(u)) if u and decimals(mean) > decimals(Decimal(u)) else mean


def limit_shown(limit: Decimal, point: PlannedPoint) -> str:
    """Return a limit with as many decimals as its tolerance is stated to, or the gauge is read to: "0.10"."""
    steps = [text.rpartition(".")[2] for text in (point.reads_to, point.resolution) if "." in text]
    stated = re.findall(r"\d+\.(\d+)", point.tolerance)
    places = max((len(digits) for digits in (*steps, *stated)), default=0)
    short = limit.normalize() + 0
    return plain(short if decimals(short) >= places else short.quantize(Decimal(1).scaleb(-places)))


def error_limit(procedure: Procedure, point: PlannedPoint, limit: Decimal, reference: Decimal | None) -> str:
    """Return a limit of the error as it is printed: in the unit of the error, with the decimals it is stated to."""
    if procedure.in_percent:
        return plain(error_shown(procedure, limit, reference).normalize() + 0)
    return limit_shown(limit, point)


def report_k(k: Decimal) -> str:
    """Return k as it is printed: "2", or to two places where it is no whole number, "1.83"."""
    shown = round(k, 2)
    return plain(Decimal(int(shown))) if shown == int(shown) else plain(shown)


def report_ratio(ratio: Decimal | None) -> str:
    """Return a TUR as it is kept and printed: to one place, from 10 on whole; "" where there is none."""
    if ratio is None:
        return ""
    shown = round(ratio, 1)
    return plain(shown if shown < _WHOLE_FROM else round(ratio, 0))


_WHOLE_FROM = Decimal(10)


def asks_risk(procedure: Procedure, *, of_all: bool) -> bool:
    """Tell whether risks are said: the rule of a procedure rests on them, or the plant asks for those `of_all`."""
    return procedure.rule is Rule.pfa or of_all


def report_risk(risk: float | None) -> str:
    """Return a risk in % as it is kept and printed: to two places under 1 %, else to one; "" where there is none."""
    if risk is None:
        return ""
    share = Decimal(repr(risk)) * _HUNDRED
    return plain(round(share, 2 if share < 1 else 1))
