"""The uncertainty of a certificate as a cell states it: 0.2 µm, 0.5 % of reading, 0.1 µm + 0.5 µm/m (k = 2)."""

import re
from decimal import Decimal

from techfloor.imports import cells
from techfloor.measures.quantity import plain
from techfloor.measures.units import UnitError, canonical, convert, is_unit, show_unit, spelled
from techfloor.refusals import Refusal
from techfloor.web.importing import Values

_LONGEST = 100
_NUMBERS = ("constant", "percent", "per_metre", "millionths")
_NUMBER = r"(\d[\d.,]*)"
_HEAD = re.compile(r"^(?:U\s*=\s*)?(?:±\s*)?", re.IGNORECASE)
_FACTOR = re.compile(r"(\d[\d.,]*)(?: ?\))?")
_PERCENT = re.compile(
    rf"{_NUMBER}\s*%(\s*(?:of\s+)?(?:the\s+)?(?:reading|rdg\.?|value|measured value|indication|v\.\s?mw\.?))?",
    re.IGNORECASE,
)
_CONSTANT = re.compile(rf"{_NUMBER}\s*([^\d\s+().,][^+()]*)")
_BY_LENGTH = re.compile(rf"{_NUMBER}\s*([^\d\s+().,][^+()]*?)\s*\+\s*{_NUMBER}\s*([^\d\s+().,][^+()]*?)\s*/\s*m")
_BRACKET = re.compile(rf"\(\s*{_NUMBER}\s*\+\s*{_NUMBER}\s*[·*×]?\s*L\s*(?:/\s*m)?\s*\)\s*(\S.*)")
_MILLIONTHS = re.compile(
    rf"{_NUMBER}\s*([^\d\s+().,][^+()]*?)\s*\+\s*{_NUMBER}\s*[·*×x]?\s*(?:10\s*(?:\^\s*-\s*6|⁻⁶)|[eE]-0?6)\s*[·*×]?\s*L"
)


def read_uncertainty(values: Values, key: str, unit: str) -> dict[str, str]:
    """Return an uncertainty as a certificate keeps it, {} for an empty cell; raises Refusal at its column.

    A bare percentage is one of the reading, but for a standard whose own unit is %. Lengths are in metres.
    """
    typed, k = _split(values, key)
    if not typed:
        return {}
    stated = _stated(typed, unit) if len(typed) <= _LONGEST else None
    if stated is None:
        words = "“%(typed)s” is no uncertainty. Write it like 0.2 µm, 0.5 %% of reading or (0.1 + 0.5 L/m) µm."
        raise Refusal(words, field=key, typed=typed[:40])
    unit_of = _unit(stated, key)
    numbers = {name: _number(values, key, stated[name]) for name in _NUMBERS if name in stated}
    if "millionths" in numbers:
        numbers["per_metre"] = _of_length(numbers.pop("millionths"), unit_of["unit"], key)
    factor = {} if k is None else {"k": plain(k)}
    return {"kind": stated["kind"], **{name: plain(value) for name, value in numbers.items()}, **unit_of, **factor}


def _of_length(millionths: Decimal, unit: str, key: str) -> Decimal:
    """Return 10⁻⁶·L as so many of a unit for each metre: 1 µm."""
    try:
        return convert(millionths, "um", unit, difference=True)
    except UnitError:
        raise Refusal("A part that grows with length needs a unit of length, like µm.", field=key) from None


def _split(values: Values, key: str) -> tuple[str, Decimal | None]:
    """Cut off the coverage factor behind an uncertainty; no more of a cell is read than is ever taken."""
    typed = _HEAD.sub("", " ".join(values.get(key, "")[: _LONGEST + 1].split()))
    before, _sign, factor = typed.rpartition("=")
    before, found = before.rstrip(), _FACTOR.fullmatch(factor.strip())
    if found is None or before[-1:].casefold() != "k":
        return typed, None
    return before[:-1].rstrip().removesuffix("(").rstrip().rstrip(",;").rstrip(), _number(values, key, found[1])


def _stated(typed: str, unit: str) -> dict[str, str] | None:
    if (found := _PERCENT.fullmatch(typed)) and (found[2] or unit != "%"):
        return {"kind": "percent", "percent": found[1]}
    if found := _BRACKET.fullmatch(typed):
        return {"kind": "length", "constant": found[1], "per_metre": found[2], "unit": found[3]}
    if (found := _BY_LENGTH.fullmatch(typed)) and found[2] == found[4]:
        return {"kind": "length", "constant": found[1], "per_metre": found[3], "unit": found[2]}
    if found := _MILLIONTHS.fullmatch(typed):
        return {"kind": "length", "constant": found[1], "millionths": found[3], "unit": found[2]}
    if found := _CONSTANT.fullmatch(typed):
        return {"kind": "constant", "constant": found[1], "unit": found[2]}
    return None


def _number(values: Values, key: str, text: str) -> Decimal:
    found = cells.number({**values, key: text.rstrip(".,")}, key)
    assert found is not None
    return found


def _unit(stated: dict[str, str], key: str) -> dict[str, str]:
    if "unit" not in stated:
        return {}
    unit = spelled(stated["unit"])
    if not is_unit(unit):
        raise Refusal(
            "The unit “%(unit)s” is not known. Write it like mm, in, N m, lbf ft, bar, psi or °C.",
            field=key,
            unit=unit[:40],
        )
    return {"unit": canonical(unit)}


def written_uncertainty(uncertainty: dict[str, str]) -> str:
    """Write an uncertainty as a cell would, without its k; "" for none, and where each value has its own."""
    unit, kind = show_unit(uncertainty.get("unit", "")), uncertainty.get("kind", "")
    if kind == "percent":
        return f"{uncertainty['percent']} % of reading"
    if kind == "constant":
        return f"{uncertainty['constant']} {unit}"
    if kind == "length":
        return f"({uncertainty['constant']} + {uncertainty.get('per_metre') or '0'} L/m) {unit}"
    return ""
