"""The numbers of a certificate: each way in which D-SI writes them, with their units and their uncertainty."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from xml.etree.ElementTree import Element

from techfloor.measures.quantity import plain
from techfloor.measures.units import UnitError
from techfloor.refusals import Refusal
from techfloor.reports.dcc.model import Quantity
from techfloor.reports.dcc.opening import SI
from techfloor.reports.dcc.units import in_unit, unit_of

LONGEST_NUMBER = 40
MOST_POINTS = 10_000


def _si(parent: Element, name: str) -> str:
    return " ".join((parent.findtext(SI + name) or "").split())


def number(text: str, name: str) -> Decimal | None:
    """Read one number; None for NaN. Raises Refusal for what is none, and for one that nobody can mean."""
    if text.upper() == "NAN":
        return None
    try:
        found = Decimal(text)
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite() or abs(found.adjusted()) > LONGEST_NUMBER or len(found.as_tuple().digits) > LONGEST_NUMBER:
        raise Refusal(
            "“%(text)s” in %(name)s is no number. Ask the laboratory for a corrected file.", text=text[:20], name=name
        )
    return Decimal(plain(found))


def _numbers(text: str, name: str) -> list[Decimal | None]:
    parts = text.split()
    if len(parts) > MOST_POINTS:
        raise Refusal("%(name)s has more than %(most)s values. That is too many.", name=name, most=MOST_POINTS)
    return [number(part, name) for part in parts]


def xml_list(text: str) -> list[str]:
    """Split at the blanks of XML alone: a no-break space is part of a word."""
    return [word for word in text.replace("\t", " ").replace("\n", " ").replace("\r", " ").split(" ") if word]


def _spread(found: Sequence[Decimal | None], long: int, name: str) -> list[Decimal | None]:
    """Return one number for each value: none, one for all, or as many."""
    if not found:
        return [None] * long
    if len(found) == 1:
        return [*found] * long
    if len(found) != long:
        raise _too_many(name, len(found), long)
    return list(found)


def _too_many(name: str, count: int, long: int) -> Refusal:
    return Refusal(
        "%(name)s has %(count)s uncertainties for %(all)s values. Ask the laboratory for a corrected file.",
        name=name,
        count=count,
        all=long,
    )


_EXPANDED = frozenset({"uncertainty", "valueExpandedMU", "uncertaintyXMLList", "valueExpandedMUXMLList"})
_STANDARD = frozenset({"standardUnc", "valueStandardMU", "standardUncXMLList", "valueStandardMUXMLList"})


@dataclass(frozen=True)
class _Uncertainty:
    """U, k and the probability, as far as an element states them."""

    u: list[Decimal | None]
    k: list[Decimal | None]
    p: list[Decimal | None]


def _uncertainty(element: Element, name: str) -> _Uncertainty:
    """Find U below an element, in either generation of D-SI; a standard uncertainty is U with k = 1.

    The probability beside a standard uncertainty is that of a coverage interval, not that of k = 1.
    """
    found: dict[str, list[Decimal | None]] = {"u": [], "k": [], "p": []}
    standard = False
    for below in element.iter():
        local = below.tag.removeprefix(SI) if isinstance(below.tag, str) else ""
        if local in _EXPANDED or local in _STANDARD:
            found["u"] = _numbers(below.text or "", name)
            standard = local in _STANDARD
        elif local.removesuffix("XMLList") == "coverageFactor":
            found["k"] = _numbers(below.text or "", name)
        elif local.removesuffix("XMLList") == "coverageProbability" and not found["p"]:
            found["p"] = _numbers(below.text or "", name)
    if standard:
        found |= {"k": [Decimal(1)], "p": []}
    if any(u < 0 for u in found["u"] if u is not None) or any(k <= 0 for k in found["k"] if k is not None):
        raise Refusal("The uncertainty of %(name)s is below zero. Ask the laboratory for a corrected file.", name=name)
    return _Uncertainty(found["u"], found["k"], found["p"])


def _quantities(
    values: Sequence[Decimal | None], units: Sequence[str], uncertain: _Uncertainty, name: str
) -> list[Quantity | None]:
    long = len(values)
    if len(units) not in {1, long}:
        raise Refusal(
            "%(name)s has %(count)s units for %(all)s values. Ask the laboratory for a corrected file.",
            name=name,
            count=len(units),
            all=long,
        )
    every = [*units] * long if len(units) == 1 else units
    us, ks, ps = (_spread(each, long, name) for each in (uncertain.u, uncertain.k, uncertain.p))
    return [
        None if value is None else Quantity(value, unit_of(unit), u, k, p, f"{plain(value)} {unit}")
        for value, unit, u, k, p in zip(values, every, us, ks, ps, strict=True)
    ]


def _constant(element: Element, name: str) -> list[Quantity | None]:
    """Read a constant, whose uncertainty is a standard one (D-SI 2.2, constantQuantityType)."""
    return [cell if cell is None or cell.u is None else replace(cell, k=Decimal(1)) for cell in _real(element, name)]


def _real(element: Element, name: str) -> list[Quantity | None]:
    return _quantities(
        _numbers(_si(element, "value"), name)[:1], [_si(element, "unit")], _uncertainty(element, name), name
    )


def _xml_listed(element: Element, name: str) -> list[Quantity | None]:
    values = _numbers(_si(element, "valueXMLList"), name)
    units = xml_list(_si(element, "unitXMLList")) or [""]
    if len(units) not in {1, len(values)}:
        units = [" ".join(units)]  # a unit that is spelled with a blank
    return _quantities(values, units, _uncertainty(element, name), name)


def _nested(element: Element, name: str) -> list[Quantity | None]:
    """Read a list of lists (D-SI 2): one list is a column, several are the components of a vector and are not read."""
    lists = [each for each in element if each.tag in _LISTS]
    if not lists:
        return _listed(element, name)
    return FORMS[lists[0].tag](lists[0], name) if len(lists) == 1 else []


def _listed(element: Element, name: str) -> list[Quantity | None]:
    """Read a list of single numbers, which may share a unit and U."""
    reals = element.findall(SI + "real")
    common = Element("common")
    common.extend(child for child in element if child.tag != SI + "real")
    shared, unit = _uncertainty(common, name), _si(element, "listUnit")
    cells: list[Quantity | None] = []
    for real in reals[: MOST_POINTS + 1]:
        own = _uncertainty(real, name)
        values = _numbers(_si(real, "value"), name)[:1]
        cells += _quantities(values, [_si(real, "unit") or unit], own if own.u else shared, name)
    return cells


FORMS: dict[str, Callable[[Element, str], list[Quantity | None]]] = {
    SI + "real": _real,
    SI + "constant": _constant,
    SI + "list": _nested,
    SI + "realList": _listed,
    SI + "realListXMLList": _xml_listed,
}
"""What is read; a form with nothing in it, and one that is not here, are named as not understood."""
_LISTS = frozenset(
    {SI + "list", SI + "realList", SI + "realListXMLList", SI + "complexList", SI + "complexListXMLList"}
)


def chosen(ways: Sequence[list[Quantity | None]], unit: str) -> list[Quantity | None]:
    """Take, of the same numbers in several units, those in the wanted one.

    Else it is the last whose unit is known, for SI comes first in a hybrid. U is often stated in the SI unit alone.
    """
    known = [cells for cells in ways if any(cell and cell.unit for cell in cells)] or [ways[0]]
    cells = next((each for each in known if any(cell and cell.unit == unit for cell in each)), known[-1])
    if any(cell and cell.u is not None for cell in cells):
        return cells
    beside = next((each for each in ways if any(cell and cell.u is not None for cell in each)), None)
    if beside is None or len(beside) != len(cells):
        return cells
    return [cell and _with_u_of(cell, other) for cell, other in zip(cells, beside, strict=True)]


def _with_u_of(cell: Quantity, other: Quantity | None) -> Quantity:
    if other is None or other.u is None:
        return cell
    try:
        u = in_unit(Quantity(other.u, other.unit), cell.unit, difference=True)
    except UnitError:
        return cell
    return replace(cell, u=u, k=other.k, probability=other.probability)


def relative(cells: Sequence[Quantity | None], stated: Element, name: str) -> list[Quantity | None]:
    """Give numbers without U the one that is stated as a part of each (`dcc:relativeUncertainty`)."""
    if any(cell and cell.u is not None for cell in cells):
        return list(cells)
    listed = stated.find(SI + "valueXMLList") is not None
    parts = _xml_listed(stated, name) if listed else _real(stated, name)
    every = parts * len(cells) if len(parts) == 1 else parts
    if len(every) != len(cells):
        raise _too_many(name, len(every), len(cells))
    return [cell and _with_part(cell, part) for cell, part in zip(cells, every, strict=True)]


def _with_part(cell: Quantity, part: Quantity | None) -> Quantity:
    try:
        share = None if part is None else in_unit(part, "1")
    except UnitError:
        share = None
    if part is None or share is None:
        return cell
    return replace(
        cell, u=Decimal(plain((abs(cell.value) * share).normalize())), k=part.k, probability=part.probability
    )


_IN_WORDS = re.compile(r"([-+\N{MINUS SIGN}]?[0-9]+(?:[.,][0-9]+)?) ?([^0-9\s].*)")


def in_words(said: str, name: str) -> Quantity | None:
    """Read a number that stands as words, “10 g”; None for what is none, and for a unit that is not known."""
    found = _IN_WORDS.fullmatch(said)
    unit = unit_of(found[2]) if found else ""
    if not found or not unit:
        return None
    value = number(found[1].replace(",", ".").replace("\N{MINUS SIGN}", "-"), name)
    return None if value is None else Quantity(value, unit, stated=said)
