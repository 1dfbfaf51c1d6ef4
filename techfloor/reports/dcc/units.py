r"""Units as D-SI spells them (`\milli\metre`), from the table of units and back.

Source: D-SI, the digital system of units of PTB, with the units and prefixes of the SI Brochure, 9th edition. A unit
outside of it is written beside its value in an SI unit (D-SI, `si:hybrid`).
"""

import re
from collections import Counter
from decimal import Context, Decimal
from fractions import Fraction

from techfloor.measures.units import UNITS, canonical, convert, is_unit, same_unit
from techfloor.reports.dcc.model import Quantity

DIRECT = {
    "nm": r"\nano\metre", "um": r"\micro\metre", "mm": r"\milli\metre", "cm": r"\centi\metre", "m": r"\metre",
    "ug": r"\micro\gram", "mg": r"\milli\gram", "g": r"\gram", "kg": r"\kilogram", "t": r"\tonne",
    "mN": r"\milli\newton", "N": r"\newton", "kN": r"\kilo\newton",
    "mN m": r"\milli\newton\metre", "cN m": r"\centi\newton\metre", "N m": r"\newton\metre",
    "kN m": r"\kilo\newton\metre",
    "Pa": r"\pascal", "hPa": r"\hecto\pascal", "kPa": r"\kilo\pascal", "MPa": r"\mega\pascal",
    "uV": r"\micro\volt", "mV": r"\milli\volt", "V": r"\volt", "kV": r"\kilo\volt",
    "uA": r"\micro\ampere", "mA": r"\milli\ampere", "A": r"\ampere",
    "mohm": r"\milli\ohm", "ohm": r"\ohm", "kohm": r"\kilo\ohm", "Mohm": r"\mega\ohm",
    "Hz": r"\hertz", "kHz": r"\kilo\hertz", "MHz": r"\mega\hertz",
    "ms": r"\milli\second", "s": r"\second", "min": r"\minute", "h": r"\hour",
    "ml": r"\milli\litre", "l": r"\litre",
    "1/min": r"\minute\tothe{-1}",
    "%": r"\percent", "mm/m": r"\milli\metre\per\metre", "um/m": r"\micro\metre\per\metre", "1": r"\one",
    "% RH": r"\percent", "dB": r"\decibel", "deg": r"\degree", "-": r"\one", "pieces": r"\one",
    "C": r"\degreecelsius", "K": r"\kelvin",
}  # fmt: skip
BESIDE = {
    "in": "mm", "mil": "um", "uin": "nm", "ft": "m", "lb": "kg", "oz": "g", "lbf": "N", "lbf ft": "N m",
    "lbf in": "N m", "mbar": "hPa", "bar": "kPa", "psi": "kPa", "F": "C",
}  # fmt: skip
"""Units outside of the SI, each with the one that stands beside it."""
OWN = {"pH": r"\one", "pieces/h": r"\hour\tothe{-1}"}
"""Numbers on a scale of their own: the same number stands beside it."""

LONGEST = 24
"""Digits that a converted number keeps where it does not end before."""
_SHORT = Context(prec=15)
_PREFIXES = {
    "nano": -9, "micro": -6, "milli": -3, "centi": -2, "deci": -1, "deca": 1, "hecto": 2, "kilo": 3, "mega": 6,
    "giga": 9, "pico": -12, "femto": -15, "tera": 12,
}  # fmt: skip
_SPELLED = {"meter": "metre", "liter": "litre", "ton": "tonne"}
_Powers = dict[str, int]
_BASE: dict[str, tuple[Fraction, _Powers]] = {
    "metre": (Fraction(1), {"m": 1}),
    "kilogram": (Fraction(1), {"kg": 1}),
    "gram": (Fraction(1, 1000), {"kg": 1}),
    "tonne": (Fraction(1000), {"kg": 1}),
    "second": (Fraction(1), {"s": 1}),
    "minute": (Fraction(60), {"s": 1}),
    "hour": (Fraction(3600), {"s": 1}),
    "ampere": (Fraction(1), {"A": 1}),
    "kelvin": (Fraction(1), {"K": 1}),
    "degreecelsius": (Fraction(1), {"C": 1}),
    "newton": (Fraction(1), {"kg": 1, "m": 1, "s": -2}),
    "pascal": (Fraction(1), {"kg": 1, "m": -1, "s": -2}),
    "bar": (Fraction(100_000), {"kg": 1, "m": -1, "s": -2}),
    "joule": (Fraction(1), {"kg": 1, "m": 2, "s": -2}),
    "volt": (Fraction(1), {"kg": 1, "m": 2, "s": -3, "A": -1}),
    "ohm": (Fraction(1), {"kg": 1, "m": 2, "s": -3, "A": -2}),
    "hertz": (Fraction(1), {"s": -1}),
    "litre": (Fraction(1, 1000), {"m": 3}),
    "degree": (Fraction(1), {"deg": 1}),
    "bel": (Fraction(10), {"dB": 1}),
    "one": (Fraction(1), {}),
    "percent": (Fraction(1, 100), {}),
    "ppm": (Fraction(1, 1_000_000), {}),
}
_DIMENSIONS: dict[str, tuple[Fraction, _Powers]] = {
    "length": _BASE["metre"],
    "mass": _BASE["kilogram"],
    "force": _BASE["newton"],
    "torque": _BASE["joule"],
    "pressure": _BASE["pascal"],
    "voltage": _BASE["volt"],
    "current": _BASE["ampere"],
    "resistance": _BASE["ohm"],
    "frequency": _BASE["hertz"],
    "time": _BASE["second"],
    "volume": _BASE["litre"],
    "speed of rotation": (Fraction(1, 60), {"s": -1}),
    "ratio": _BASE["one"],
    "sound level": (Fraction(1), {"dB": 1}),
    "angle": _BASE["degree"],
}
"""The base unit of each dimension of the table, in SI base units."""

_TOKEN = re.compile(r"\\([A-Za-z]+)(?:\{([+-]?[0-9]{1,2})\})?\s*")


def _measure(amount: Fraction, powers: _Powers) -> tuple[Fraction, tuple[tuple[str, int], ...]]:
    return amount, tuple(sorted((base, power) for base, power in powers.items() if power))


def _known() -> dict[tuple[Fraction, tuple[tuple[str, int], ...]], str]:
    known = {_measure(Fraction(1), {"C": 1}): "C", _measure(Fraction(1), {"K": 1}): "K"}
    for name, unit in UNITS.items():
        if unit.dimension in _DIMENSIONS:
            base, powers = _DIMENSIONS[unit.dimension]
            known.setdefault(_measure(base * unit.factor, powers), canonical(name))
    return known


_KNOWN = _known()


def in_unit(quantity: Quantity, unit: str, *, difference: bool = False) -> Decimal:
    """Convert exactly; what has no end is cut to 15 digits. A number in the unit already stays as it was typed.

    A ratio is a relative humidity where one is wanted, for D-SI has no unit of its own for it.

    Raises UnitError for a unit of another quantity, and for one that is not known.
    """
    if quantity.unit == unit or (is_unit(quantity.unit) and is_unit(unit) and same_unit(quantity.unit, unit)):
        return quantity.value
    if unit == "% RH" and quantity.unit in {"%", "1"}:
        unit = "%"
    converted = convert(quantity.value, quantity.unit, unit, difference=difference)
    return converted if len(converted.as_tuple().digits) <= LONGEST else _SHORT.plus(converted)


def written(unit: str) -> str:
    """Return the D-SI spelling of a unit of the table; '' for one that D-SI does not have."""
    return DIRECT.get(canonical(unit), "") if is_unit(unit) else ""


def unit_of(stated: str) -> str:
    """Return the unit of the table that a D-SI unit names, also one that is written plainly; '' where none is meant."""
    plain = stated.strip()
    if "\\" not in plain:
        name = plain.replace("\N{NO-BREAK SPACE}", " ")
        return canonical(name) if is_unit(name) else ""
    measured = _measured(plain)
    return "" if measured is None else _KNOWN.get(measured, "")


def _measured(stated: str) -> tuple[Fraction, tuple[tuple[str, int], ...]] | None:
    """Multiply a D-SI unit out; None where it has a word that is not known."""
    amount, powers = Fraction(1), Counter[str]()
    prefix, per, last, at = 0, False, "", 0
    for token in _TOKEN.finditer(stated):
        if token.start() != at:
            return None
        at = token.end()
        word = token[1].lower()
        word = _SPELLED.get(word, word)
        if word == "per":
            per = True
        elif word in _PREFIXES:
            prefix = _PREFIXES[word]
        elif word in _BASE or (word == "decibel"):
            power = _power(stated, at) * (-1 if per else 1)
            factor, own = _BASE["bel"] if word == "decibel" else _BASE[word]
            scale = Fraction(10) ** (-1 if word == "decibel" else prefix)
            amount *= (factor * scale) ** power
            for base, times in own.items():
                powers[base] += times * power
            prefix, per, last = 0, False, word
        elif word != "tothe" or token[2] is None or not last:
            return None
    if at != len(stated) or not last or prefix or per:
        return None
    return _measure(amount, dict(powers))


def _power(stated: str, at: int) -> int:
    """Return the exponent that follows a unit, 1 without one."""
    following = _TOKEN.match(stated, at)
    if following is None or following[1].lower() != "tothe" or not following[2]:
        return 1
    return int(following[2])
