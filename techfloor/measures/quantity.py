"""Numbers as people type them: a reading is the Decimal that was typed, trailing zeros and all."""

import re
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

LONGEST = 32
MINUS = "−"

# Blanks that people and spreadsheets put between groups of three digits.
_BLANKS = re.compile("[ \t\u00a0\u2007\u2009\u202f]")
_NUMBER = re.compile(r"(?P<sign>[+-]?)(?P<whole>[1-9][0-9]{0,2}(?: [0-9]{3})+|[0-9]*)(?:[.,](?P<part>[0-9 ]+))?")
_GROUPED_PART = re.compile(r"[0-9]+|(?:[0-9]{3} )+[0-9]{1,3}")
_AFTER_SIGN = re.compile(r"(?<=^[+-]) +")
_EXPONENT = re.compile(r"[+-]?[0-9.,]+[eE][+-]?[0-9]*")
_NOT_FINITE = re.compile(r"[+-]?(?:s?nan[0-9]*|inf|infinity|∞)", re.IGNORECASE)
_EITHER_WAY = re.compile(r"[+-]?(?P<head>[1-9][0-9]{0,2}),(?P<tail>[0-9]{3})")


class NumberProblem(StrEnum):
    """Why a typed number was not taken."""

    empty = "empty"
    not_a_number = "not_a_number"
    exponent = "exponent"
    ambiguous = "ambiguous"
    not_finite = "not_finite"
    too_long = "too_long"


class NumberError(ValueError):
    """What was typed is not one plain number; `readings` holds both meanings of an ambiguous one."""

    def __init__(self, kind: NumberProblem, text: str, readings: tuple[Decimal, Decimal] | None = None) -> None:
        super().__init__(f"{kind.value}: {text[:LONGEST]!r}")
        self.kind = kind
        self.text = text
        self.readings = readings


def parse_number(text: str, *, step: Decimal | None = None, near: tuple[Decimal, Decimal] | None = None) -> Decimal:
    """Read one typed number and keep its trailing zeros.

    A single comma or point is the decimal mark; blanks may group digits by three (`10 000.025`); the sign is
    +, - or −. `1,234` (one to three digits without a leading zero, one comma, exactly three digits) can be
    1.234 or 1234. Each meaning is possible when it is a multiple of `step` (if given) and lies in `near`
    (lowest and highest plausible value). With `near` and only one possible meaning, that one is taken: a
    micrometer of 0 to 25 mm takes `12,503` as 12.503. Otherwise, and always without `near`, it is ambiguous.
    A point is never ambiguous: `1.234` is 1.234.

    Raises NumberError.
    """
    clean = _AFTER_SIGN.sub("", _BLANKS.sub(" ", text).strip().replace(MINUS, "-"))
    _refuse_unreadable(clean, text)
    if _EITHER_WAY.fullmatch(clean):
        return _settle(clean, text, step, near)
    return _plain_number(clean, text)


def _refuse_unreadable(clean: str, text: str) -> None:
    if not clean:
        raise NumberError(NumberProblem.empty, text)
    if len(clean) > LONGEST:
        raise NumberError(NumberProblem.too_long, text)
    if _NOT_FINITE.fullmatch(clean):
        raise NumberError(NumberProblem.not_finite, text)
    if _EXPONENT.fullmatch(clean):
        raise NumberError(NumberProblem.exponent, text)


def _plain_number(clean: str, text: str) -> Decimal:
    found = _NUMBER.fullmatch(clean)
    if found is None or not (found["whole"] or found["part"]):
        raise NumberError(NumberProblem.not_a_number, text)
    if found["part"] and not _GROUPED_PART.fullmatch(found["part"]):
        raise NumberError(NumberProblem.not_a_number, text)
    digits = f"{found['sign']}{found['whole'] or '0'}.{found['part'] or ''}"
    return Decimal(digits.replace(" ", ""))


def _settle(clean: str, text: str, step: Decimal | None, near: tuple[Decimal, Decimal] | None) -> Decimal:
    readings = Decimal(clean.replace(",", ".")), Decimal(clean.replace(",", ""))
    possible = [value for value in readings if _is_possible(value, step, near)]
    if near is None or len(possible) != 1:
        raise NumberError(NumberProblem.ambiguous, text, readings)
    return possible[0]


def _is_possible(value: Decimal, step: Decimal | None, near: tuple[Decimal, Decimal] | None) -> bool:
    if step is not None and not is_step(value, step):
        return False
    return near is None or near[0] <= value <= near[1]


def is_step(value: Decimal, step: Decimal) -> bool:
    """Say whether `value` is a whole multiple of `step`, the smallest change a gauge can show."""
    if step <= 0:
        raise ValueError("a step is greater than zero")
    return (Fraction(value) / Fraction(step)).denominator == 1


def decimals(value: Decimal) -> int:
    """Count the places after the decimal mark, trailing zeros included."""
    return max(0, -exponent_of(value))


def exponent_of(value: Decimal) -> int:
    """Give the power of ten of the last digit: -2 for 0.10, 1 for 6E+1; the value must be finite."""
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int):
        raise ValueError("the number is not finite")  # noqa: TRY004 - NaN is a Decimal too
    return exponent


def plain(value: Decimal) -> str:
    """Print for storage: ASCII, never an exponent, trailing zeros kept, zero without a sign."""
    exponent_of(value)
    return format(abs(value) if value.is_zero() else value, "f")


def signed(value: Decimal) -> str:
    """Print for the screen with its sign: `+0.05`, `−0.10` (a real minus), `0.00`."""
    digits = plain(abs(value))
    if value.is_zero():
        return digits
    return f"{MINUS if value < 0 else '+'}{digits}"
