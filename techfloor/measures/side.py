"""One side of a tolerance, and how people write a pair of sides: `± 0.03 mm`, `+0.2/-0.1`, `≤ 0.30 ohm`."""

import re
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext

from techfloor.measures.quantity import MINUS, NumberError, parse_number, plain
from techfloor.measures.units import canonical, is_unit, same_unit, show_unit

EXACT = Context(prec=60)
PERCENT_UNITS = ("%", "% RH")

_ZERO = Decimal(0)
_TERM = re.compile(r"(?P<number>[0-9][0-9.,]*)\s*(?P<what>.*)")
_BARE_END = re.compile(r"[+-]?\s*[0-9.,]+")
_END = re.compile(r"[+-]?\s*[0-9.,]+(?P<what>[^+±]*)")
_PAIR = re.compile(r"(?P<one>(?:[+-]|0).*?)\s*/\s*(?P<other>(?:[+-]|0).*)")
_AT_MOST = re.compile(r"(?:≤|at most|max\.?)\s*(?P<end>.+)", re.IGNORECASE)
_AT_LEAST = re.compile(r"(?:≥|at least|min\.?)\s*(?P<end>.+)", re.IGNORECASE)
_FULL_SCALE = re.compile(r"full.?scale|\bf\.?s\b|\bspan\b|\brange\b", re.IGNORECASE)
_READING = re.compile(r"reading|\brdg\b|\brd\b|\bvalue\b|\breference\b", re.IGNORECASE)
_DIGITS = re.compile(r"digits?|dgts?|counts?", re.IGNORECASE)


class ToleranceError(ValueError):
    """A tolerance cannot be read, or cannot be worked out with what was given."""


@dataclass(frozen=True)
class Side:
    """How far one limit lies from zero error; the four terms add up.

    `absolute` is in the unit of the tolerance (negative when both limits lie on the same side of zero), the
    percentages are of the reference reading and of full scale, `digits` counts steps of the display.
    """

    absolute: Decimal = _ZERO
    percent_of_reading: Decimal = _ZERO
    percent_of_full_scale: Decimal = _ZERO
    digits: Decimal = _ZERO

    def width(self, reference: Decimal, full_scale: Decimal | None, digit: Decimal | None) -> Decimal:
        """Work out the distance at one reference value, exactly; full scale and digit only where used."""
        with localcontext(EXACT):
            constant = self.constant(full_scale, digit)
            if not self.percent_of_reading:
                return constant
            return constant + (self.percent_of_reading * abs(reference)).scaleb(-2)

    def constant(self, full_scale: Decimal | None, digit: Decimal | None) -> Decimal:
        """Work out the part of the distance that does not depend on the reading."""
        with localcontext(EXACT):
            total = self.absolute
            if self.percent_of_full_scale:
                total += (self.percent_of_full_scale * abs(_given(full_scale, "full scale"))).scaleb(-2)
            if self.digits:
                total += self.digits * _given(digit, "digit")
            return total

    def plus(self, other: "Side") -> "Side":
        """Add two sides term by term."""
        return Side(
            self.absolute + other.absolute,
            self.percent_of_reading + other.percent_of_reading,
            self.percent_of_full_scale + other.percent_of_full_scale,
            self.digits + other.digits,
        )

    def turned(self) -> "Side":
        """Give the same distance on the other side of zero."""
        return Side(-self.absolute, -self.percent_of_reading, -self.percent_of_full_scale, -self.digits)

    def text(self, unit: str) -> str:
        """Print the terms without a sign: `0.05 % of reading + 3 digits`."""
        relative = [
            f"{plain(amount)} {words}"
            for amount, words in (
                (self.percent_of_reading, "% of reading"),
                (self.percent_of_full_scale, "% of full scale"),
                (self.digits, "digit" if self.digits == 1 else "digits"),
            )
            if amount
        ]
        if relative and not self.absolute:
            return " + ".join(relative)
        return " + ".join([f"{plain(self.absolute)} {show_unit(unit)}".strip(), *relative])


def _given(value: Decimal | None, name: str) -> Decimal:
    if value is None:
        raise ToleranceError(f"the tolerance depends on the {name}, and none is given")
    return value


@dataclass(frozen=True)
class Sides:
    """Both sides as read, None where open, and the unit that the text named ("" for none)."""

    lower: Side | None
    upper: Side | None
    unit: str = ""


def read_sides(text: str, unit: str = "") -> Sides:
    """Read `± terms`, `terms`, `+terms / -terms`, `≤ terms` or `≥ terms`; an unsigned text means ±.

    `unit` is the unit of the reading, used only to tell a bare % of a percentage unit. Signs must already be
    ASCII and +/- written as ±. Raises ToleranceError.
    """
    text = text.strip()
    if found := _AT_MOST.fullmatch(text):
        side, named = _read_end(found["end"], unit)
        return Sides(None, side, named)
    if found := _AT_LEAST.fullmatch(text):
        side, named = _read_end(found["end"], unit)
        return Sides(side.turned(), None, named)
    if found := _PAIR.fullmatch(text):
        return _read_pair(found["one"], found["other"], unit)
    if text[:1] in {"+", "-"}:
        raise ToleranceError(f"{text!r} has one sign only: write ± or +a/-b, or ≤ or ≥ for an open side")
    side, named = _read_terms(text.removeprefix("±"), unit)
    return Sides(side, side, named)


def _read_pair(one: str, other: str, unit: str) -> Sides:
    first, first_unit = _read_end(_borrow_unit(one, other), unit)
    second, second_unit = _read_end(_borrow_unit(other, one), unit)
    if _total(first) < _total(second):
        first, second = second, first
    return Sides(second.turned(), first, one_unit(first_unit, second_unit))


def _borrow_unit(bare: str, other: str) -> str:
    """Give a bare number the words of the other end: `+0.2/-0.1 %` means % on both."""
    if not _BARE_END.fullmatch(bare) or _BARE_END.fullmatch(other):
        return bare
    found = _END.fullmatch(other)
    if found is None:
        raise ToleranceError(f"the unit of {bare!r} is unclear")
    return f"{bare} {found['what']}"


def _total(side: Side) -> Decimal:
    return side.absolute + side.percent_of_reading + side.percent_of_full_scale + side.digits


def _read_end(text: str, unit: str) -> tuple[Side, str]:
    side, named = _read_terms(text.strip().lstrip("+-"), unit)
    return (side.turned() if text.strip().startswith("-") else side), named


def _read_terms(text: str, unit: str) -> tuple[Side, str]:
    text = text.strip()
    if text.startswith("(") and text.endswith(")"):
        text = text[1:-1]
    total, named = Side(), ""
    for term in re.split(r"[+±]", text):
        side, term_unit = _read_term(term.strip(), unit)
        total, named = total.plus(side), one_unit(named, term_unit)
    return total, named


def _read_term(term: str, unit: str) -> tuple[Side, str]:
    found = _TERM.fullmatch(term)
    if found is None:
        raise ToleranceError(f"{term!r} is not a tolerance")
    amount, what = _amount(found["number"]), found["what"].strip()
    if _DIGITS.fullmatch(what):
        return Side(digits=amount), ""
    if what == "%" and unit in PERCENT_UNITS:
        return Side(absolute=amount), unit
    if not what or (what != "%" and is_unit(what)):
        return Side(absolute=amount), what and canonical(what)
    if not what.startswith("%"):
        raise ToleranceError(f"the unit {what!r} is not known")
    return _percentage(amount, what[1:].strip()), ""


def _amount(text: str) -> Decimal:
    try:
        return parse_number(text)
    except NumberError as problem:
        raise ToleranceError(f"{text!r} is not one clear number") from problem


def _percentage(amount: Decimal, of: str) -> Side:
    if _FULL_SCALE.search(of):
        return Side(percent_of_full_scale=amount)
    if not of or _READING.search(of):
        return Side(percent_of_reading=amount)
    raise ToleranceError(f"a percentage is of reading or of full scale, not {of!r}")


def one_unit(one: str, other: str) -> str:
    """Give the unit that two parts of a tolerance share; a part that names none takes the other's."""
    if one and other and not same_unit(one, other):
        raise ToleranceError(f"the tolerance mixes {one} and {other}")
    return one or other


def sides_text(lower: Side | None, upper: Side | None, unit: str) -> str:
    """Print two sides so that read_sides reads them back (once − is written -)."""
    if upper is None:
        return f"≥ {_end_text(lower, unit, above=False).removeprefix('+')}" if lower is not None else ""
    if lower is None:
        return f"≤ {_end_text(upper, unit, above=True).removeprefix('+')}"
    if lower == upper:
        return f"± {_terms_text(upper, unit)}"
    return f"{_end_text(upper, unit, above=True)} / {_end_text(lower, unit, above=False)}"


def _end_text(side: Side, unit: str, *, above: bool) -> str:
    total = _total(side)
    terms = _terms_text(side if total >= 0 else side.turned(), unit)
    if total == 0:
        return terms
    return f"{'+' if (total > 0) is above else MINUS}{terms}"


def _terms_text(side: Side, unit: str) -> str:
    terms = side.text(unit)
    return f"({terms})" if " + " in terms else terms
