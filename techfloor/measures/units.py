"""The closed table of units, each with its exact factor; a unit outside the table is refused."""

from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction

_LONG = Context(prec=28)


class UnitError(ValueError):
    """A unit is not in the table, or two units measure different things."""


@dataclass(frozen=True)
class Unit:
    """One unit: value in the base unit of its dimension = value * factor + offset."""

    dimension: str
    factor: Fraction
    shown: str
    offset: Fraction = Fraction(0)


def _table() -> dict[str, Unit]:
    inch, pound = Fraction(254, 10000), Fraction(45359237, 100_000_000)
    pound_force = pound * Fraction(980665, 100_000)
    rows: dict[str, list[tuple[str, Fraction | int | str, str]]] = {
        "length": [
            ("nm", "1e-9", ""), ("um", "1e-6", "µm"), ("µm", "1e-6", ""), ("μm", "1e-6", "µm"),
            ("mm", "0.001", ""), ("cm", "0.01", ""), ("m", 1, ""), ("in", inch, ""), ("ft", 12 * inch, ""),
            ("uin", inch / 1_000_000, "µin"), ("mil", inch / 1000, ""),
        ],
        "mass": [
            ("ug", "1e-9", "µg"), ("µg", "1e-9", ""), ("mg", "1e-6", ""), ("g", "0.001", ""),
            ("kg", 1, ""), ("t", 1000, ""), ("lb", pound, ""), ("oz", pound / 16, ""),
        ],
        "force": [("mN", "0.001", ""), ("N", 1, ""), ("kN", 1000, ""), ("lbf", pound_force, "")],
        "torque": [
            ("mN m", "0.001", "mN·m"), ("cN m", "0.01", "cN·m"), ("N m", 1, "N·m"), ("kN m", 1000, "kN·m"),
            ("lbf ft", pound_force * inch * 12, "lbf·ft"), ("lbf in", pound_force * inch, "lbf·in"),
        ],
        "pressure": [
            ("Pa", 1, ""), ("hPa", 100, ""), ("kPa", 1000, ""), ("MPa", 1_000_000, ""),
            ("mbar", 100, ""), ("bar", 100_000, ""), ("psi", pound_force / inch**2, ""),
        ],
        "voltage": [("uV", "1e-6", "µV"), ("mV", "0.001", ""), ("V", 1, ""), ("kV", 1000, "")],
        "current": [("uA", "1e-6", "µA"), ("mA", "0.001", ""), ("A", 1, "")],
        "resistance": [
            ("mohm", "0.001", "mΩ"), ("ohm", 1, "Ω"), ("Ω", 1, ""), ("kohm", 1000, "kΩ"), ("kΩ", 1000, ""),
            ("Mohm", 1_000_000, "MΩ"), ("MΩ", 1_000_000, ""),
        ],
        "frequency": [("Hz", 1, ""), ("kHz", 1000, ""), ("MHz", 1_000_000, "")],
        "time": [("ms", "0.001", ""), ("s", 1, ""), ("min", 60, ""), ("h", 3600, "")],
        "volume": [("ml", "0.001", ""), ("l", 1, "")],
        "speed of rotation": [("1/min", 1, ""), ("rpm", 1, "1/min")],
        "rate": [("pieces/h", 1, "")],
        "ratio": [("%", "0.01", ""), ("mm/m", "0.001", ""), ("um/m", "1e-6", "µm/m"), ("1", 1, "")],
        "relative humidity": [("% RH", 1, "")],
        "acidity": [("pH", 1, "")],
        "sound level": [("dB", 1, "")],
        "angle": [("deg", 1, "°"), ("°", 1, "")],
        "count": [("-", 1, ""), ("pieces", 1, "")],
    }  # fmt: skip
    return {
        name: Unit(dimension, Fraction(factor), shown or name)
        for dimension, units in rows.items()
        for name, factor, shown in units
    }


def _temperatures() -> dict[str, Unit]:
    celsius = Unit("temperature", Fraction(1), "°C", Fraction(27315, 100))
    fahrenheit = Unit("temperature", Fraction(5, 9), "°F", Fraction(45967, 180))
    kelvin = Unit("temperature", Fraction(1), "K")
    return {"C": celsius, "°C": celsius, "F": fahrenheit, "°F": fahrenheit, "K": kelvin}


UNITS: dict[str, Unit] = _table() | _temperatures()
_BY_SIGN: dict[str, str] = {}
for _name, _unit in UNITS.items():
    _BY_SIGN.setdefault(_unit.shown, _name)


def canonical(name: str) -> str:
    """Give the one plain name of a unit: `N m` for N·m, `C` for °C, `um` for µm."""
    if not is_unit(name):
        raise UnitError(f"the unit {name!r} is not in the table")
    return _BY_SIGN[UNITS[name].shown if name in UNITS else name]


def is_unit(name: str) -> bool:
    """Say whether the table knows this unit."""
    return name in UNITS or name in _BY_SIGN


def _pounds(arm: str) -> tuple[str, ...]:
    both = [(arm, pound) for pound in ("lb", "lbs", "lbf")]
    return tuple(joint.join(pair) for pair in both + [each[::-1] for each in both] for joint in ("", " "))


_SPELLINGS: dict[str, tuple[str, ...]] = {
    "in": ("inch", "inches", '"', "\u2033", "''"),
    "ft": ("foot", "feet", "'", "\u2032"),
    "uin": ("microinch", "microinches", "µinch", "\u03bcin", "u in", "µ in"),
    "mil": ("mils", "thou"),
    "um": ("micron", "microns", "micrometre", "micrometer"),
    "mm": ("millimetre", "millimetres", "millimeter", "millimeters"),
    "N m": ("newton metre", "newton meter"),
    "lbf ft": (*_pounds("ft"), "foot pounds"),
    "lbf in": (*_pounds("in"), "inch pounds"),
    "lb": ("lbs", "pound", "pounds"),
    "oz": ("ounce", "ounces"),
    "C": ("deg c", "degc", "celsius"),
    "F": ("deg f", "degf", "fahrenheit"),
    "deg": ("degree", "degrees"),
    "psi": ("psig", "lbf/in2", "lbf/in²"),
    "pieces/h": ("pcs/h",),
}
_BY_SPELLING = {word: name for name, words in _SPELLINGS.items() for word in words}
_ALONE = {"MM": "mm", "Nm": "N m", "cNm": "cN m", "mNm": "mN m", "kNm": "kN m"}
"""Spellings that another case would make another unit: nm is a length."""
_JOINTS = str.maketrans(dict.fromkeys("·⋅∙*-.×_", " "))


def spelled(typed: str) -> str:
    """Give the table's name for what people write for a unit (`inch`, `ft-lb`, `Nm`); else what was typed, trimmed."""
    text = " ".join(typed.split())
    if is_unit(text):
        return text
    plain = " ".join(text.translate(_JOINTS).split())
    for known in (text, plain):
        if known in _ALONE:
            return _ALONE[known]
        if known.casefold() in _BY_SPELLING:
            return _BY_SPELLING[known.casefold()]
    folded = [name for name in UNITS if name.casefold() == plain.casefold() and (name[0], plain[0]) != ("m", "M")]
    return folded[0] if len(folded) == 1 else text


def same_unit(one: str, other: str) -> bool:
    """Say whether two names mean the same unit (`C` and `°C`, `um` and `µm`)."""
    return UNITS[canonical(one)] == UNITS[canonical(other)]


def show_unit(name: str) -> str:
    """Give the unit as people write it (`N m` as N·m, `C` as °C); an unknown one as it stands."""
    return UNITS[canonical(name)].shown if is_unit(name) else name


def factor(source: str, target: str) -> Fraction:
    """Give the exact factor for differences from one unit to another of the same dimension."""
    one, other = _pair(source, target)
    return one.factor / other.factor


def convert(value: Decimal, source: str, target: str, difference: bool = False) -> Decimal:
    """Convert exactly where the result ends, else to 28 digits.

    `difference=True` for tolerances, errors and uncertainties: a temperature difference has no offset.
    """
    one, other = _pair(source, target)
    result = Fraction(value) * one.factor
    if not difference:
        result += one.offset - other.offset
    return decimal_of(result / other.factor)


def _pair(source: str, target: str) -> tuple[Unit, Unit]:
    one, other = UNITS[canonical(source)], UNITS[canonical(target)]
    if one.dimension != other.dimension:
        raise UnitError(f"{source} is a {one.dimension}, {target} is a {other.dimension}")
    return one, other


def decimal_of(value: Fraction) -> Decimal:
    """Write a fraction as a Decimal, exactly where it ends, else to 28 digits."""
    rest, twos, fives = value.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    if rest != 1:
        return _LONG.divide(Decimal(value.numerator), Decimal(value.denominator))
    places = max(twos, fives)
    digits = value.numerator * 10**places // value.denominator
    return Decimal(digits).scaleb(-places, Context(prec=max(28, len(str(digits)))))
