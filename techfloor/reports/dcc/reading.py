"""Reading a digital calibration certificate: versions 2 and 3, in the ways laboratories write them.

Results stand as lists (`si:realListXMLList`), as numbers one by one (`si:real`, `si:list`) and with a unit outside of
the SI beside (`si:hybrid`); U as `expandedUnc` (D-SI 1 and 2.0) or `measurementUncertaintyUnivariate` (from D-SI 2.1).
What a quantity is, its `refType` tells, or its name where it has none. What is not understood is named, not guessed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from xml.etree.ElementTree import Element

from techfloor.refusals import Refusal
from techfloor.reports.dcc.model import (
    Certificate,
    Condition,
    Identification,
    Item,
    Method,
    Party,
    Person,
    Point,
    Quantity,
    Result,
    Statement,
    When,
)
from techfloor.reports.dcc.opening import DCC, SI, certificate_in, root_of
from techfloor.reports.dcc.quantities import FORMS, xml_list

_LONGEST_TEXT = 2000


def read(data: bytes, *, unit: str = "", language: str = "en") -> Certificate:
    """Read a certificate from XML, or from a PDF that carries it.

    Where a number stands in several units, the one in `unit` is taken. Raises Refusal with a sentence that says what
    to do.
    """
    return _Reader(root_of(certificate_in(data)), unit, language).certificate()


def _children(parent: Element | None, *names: str) -> list[Element]:
    """Return the elements down a path of names of DCC."""
    found = [] if parent is None else [parent]
    for name in names:
        found = [child for each in found for child in each if child.tag == DCC + name]
    return found


def _first(parent: Element | None, *names: str) -> Element | None:
    return next(iter(_children(parent, *names)), None)


def _words(parent: Element | None, *names: str) -> str:
    """Return the plain text of an element, without blanks around it."""
    found = _first(parent, *names)
    return "" if found is None else " ".join((found.text or "").split())[:_LONGEST_TEXT]


def _kinds(element: Element) -> list[str]:
    """Return its reference types in small letters, without the prefix of who defined them."""
    return [each.rpartition("_")[2].lower() or each.lower() for each in element.get("refType", "").split()]


@dataclass(frozen=True)
class _Column:
    """One quantity over the points of a table."""

    kinds: tuple[str, ...]
    name: str
    cells: tuple[Quantity | None, ...] = ()
    texts: tuple[str, ...] = ()

    @property
    def long(self) -> int:
        return len(self.cells) or len(self.texts)


_ROLES: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("deviation", ("deviation",), ("deviation from nominal", "abweichung vom nennwert", "abweichung vom nennma")),
    ("nominal", ("nominal",), ("nominal", "nennwert", "set point", "sollwert")),
    ("uncertainty", ("uncertainty",), ("uncertainty", "unsicherheit")),
    ("lower", ("toleranceLimitLower".lower(),), ("lower tolerance",)),
    ("upper", ("toleranceLimitUpper".lower(),), ("upper tolerance",)),
    ("", ("limit", "tolerance", "conformity"), ("tolerance", "limit", "conformity", "grenz")),
    ("correction", ("correction",), ("correction", "korrektur")),
    ("error", ("error",), ("error", "deviation", "abweichung")),
    ("reference", ("reference", "conventionaltrue"), ("reference", "referenz", "bezugswert", "standard value")),
    (
        "measured",
        ("measured", "indicat", "conventionalmass", "conventionalvalue", "calibrationvalue"),
        ("measured", "indicat", "reading", "messwert", "anzeige", "conventional mass", "konventioneller", "istwert"),
    ),
)
"""What a quantity is: by a part of its refType, else by a part of its name."""


def _of_words(roles: Mapping[str, _Column]) -> str:
    """Return what a column of words is: first the names of the points, then what was found there."""
    return "words" if "label" in roles else "label"


_OF_BEFORE = ("beforeadjustment", "asfound", "precalibration")


def _role(column: _Column) -> str:
    if any(part in kind for part in _OF_BEFORE for kind in column.kinds):
        return ""  # what was before, beside what is: it belongs to no line of this table
    for role, kinds, _names in _ROLES:
        if any(part in kind for part in kinds for kind in column.kinds):
            return role
    if column.kinds:
        return ""
    name = column.name.casefold()
    return next((role for role, _kinds, names in _ROLES if any(part in name for part in names)), "")


class _Reader:
    """One certificate being read."""

    def __init__(self, root: Element, unit: str, language: str) -> None:
        self.root, self.unit, self.language = root, unit, language
        self.unread: dict[str, None] = {}
        core = _first(root, "administrativeData", "coreData")
        self.languages = [language, *(_words(e) for e in _children(core, "mandatoryLangCodeISO639_1"))]

    def certificate(self) -> Certificate:
        """Read all of it."""
        root = self.root
        core = _first(root, "administrativeData", "coreData")
        number_ = _words(core, "uniqueIdentifier")
        if not number_:
            raise Refusal("This certificate has no number (uniqueIdentifier). Ask the laboratory for a whole one.")
        ended = self._day(core, "endPerformanceDate") or self._day(core, "beginPerformanceDate")
        if ended is None:
            raise Refusal("This certificate does not say when it was performed. Ask the laboratory for a whole one.")
        laboratory = _first(root, "administrativeData", "calibrationLaboratory", "contact")
        made = Certificate(
            number=number_,
            laboratory=self._party(laboratory),
            begun=self._day(core, "beginPerformanceDate") or ended,
            ended=ended,
            issued=self._day(core, "issueDate"),
            items=tuple(self._items(_first(root, "administrativeData", "items"))),
            results=tuple(self._results()),
            customer=self._party(_first(root, "administrativeData", "customer")),
            persons=tuple(self._person(e) for e in _children(root, "administrativeData", "respPersons", "respPerson")),
            statements=tuple(
                self._statement(e) for e in _children(root, "administrativeData", "statements", "statement")
            ),
            methods=tuple(self._method(e) for e in self._below("usedMethods", "usedMethod")),
            equipment=tuple(self._item(e) for e in self._below("measuringEquipments", "measuringEquipment")),
            conditions=tuple(self._conditions()),
            country=_words(core, "countryCodeISO3166_1"),
            language=self.languages[1] if len(self.languages) > 1 else self.language,
            replaces=_words(_first(core, "reportAmendedSubstituted"), "replacedUniqueIdentifier"),
            schema=root.get("schemaVersion", ""),
        )
        return replace(made, unread=tuple(self.unread))

    # --- words ---

    def _text(self, element: Element | None) -> str:
        """Return a text in the reader's language, else in the certificate's, else as it comes first."""
        contents = _children(element, "content")
        for wanted in self.languages:
            for each in contents:
                if each.get("lang", "") == wanted and (said := _words(each)):
                    return said
        return next((said for each in contents if (said := _words(each))), "")

    def _day(self, core: Element | None, name: str) -> date | None:
        text = _words(core, name)
        try:
            return date.fromisoformat(text[:10]) if text else None
        except ValueError:
            self.unread[f"{name}: {text[:40]}"] = None
            return None

    def _party(self, contact: Element | None) -> Party:
        place = _first(contact, "location")
        parts = [] if place is None else [self._text(e) or _words(e) for e in place]
        return Party(self._text(_first(contact, "name")), ", ".join(part for part in parts if part))

    def _person(self, element: Element) -> Person:
        name = self._text(_first(element, "person", "name"))
        main = _words(element, "mainSigner") in {"true", "1"}
        return Person(name, _words(element, "role"), self._text(_first(element, "description")), main)

    def _statement(self, element: Element) -> Statement:
        return Statement(
            name=self._text(_first(element, "name")),
            text=self._text(_first(element, "declaration")) or self._text(_first(element, "description")),
            ref_type=element.get("refType", ""),
            conformity=_words(element, "conformity"),
        )

    def _method(self, element: Element) -> Method:
        return Method(
            self._text(_first(element, "name")),
            self._text(_first(element, "description")),
            _words(element, "reference") or _words(element, "norm"),
        )

    # --- things ---

    def _items(self, items: Element | None) -> Iterator[Item]:
        for element in _children(items, "item"):
            yield self._item(element)
            yield from self._items(_first(element, "subItems"))

    def _item(self, element: Element) -> Item:
        return Item(
            name=self._text(_first(element, "name")),
            maker=self._text(_first(element, "manufacturer", "name")),
            model=_words(element, "model"),
            identifications=tuple(
                Identification(
                    _words(e, "issuer"), _words(e, "value"), self._text(_first(e, "name")), e.get("refType", "")
                )
                for e in _children(element, "identifications", "identification")
                if _words(e, "value")
            ),
            description=self._text(_first(element, "description")),
        )

    def _below(self, *names: str) -> Iterator[Element]:
        """Yield what stands for all results, then what stands for one of them."""
        results = _first(self.root, "measurementResults")
        yield from _children(results, *names)
        yield from _children(results, "measurementResult", *names)

    def _conditions(self) -> Iterator[Condition]:
        for element in self._below("influenceConditions", "influenceCondition"):
            for quantity in _children(element, "data", "quantity"):
                column = self._column(quantity)
                value = next((cell for cell in column.cells if cell), None)
                if value is not None:
                    name = self._text(_first(element, "name")) or column.name
                    ref_type = element.get("refType", "")
                    yield Condition(name, value, self._text(_first(element, "description")), ref_type)

    # --- results ---

    def _results(self) -> Iterator[Result]:
        for measurement in _children(self.root, "measurementResults", "measurementResult"):
            outer = self._text(_first(measurement, "name"))
            for result in _children(measurement, "results", "result"):
                name = self._text(_first(result, "name")) or outer
                when = _when(measurement, result)
                description = self._text(_first(result, "description"))
                for data in _children(result, "data"):
                    yield from self._tables(data, name, when, description)

    def _tables(self, parent: Element, name: str, when: When, description: str) -> Iterator[Result]:
        """Yield the table of the quantities that stand side by side here, then those of the lists below."""
        when = _when(parent) or when
        columns = [self._column(e) for e in _children(parent, "quantity")]
        columns = [column for column in columns if column.long]
        if columns:
            conformity, rule = self._conformity(parent)
            points = tuple(self._points(columns, conformity))
            if points:
                yield Result(name, points, when, description, rule)
        for below in _children(parent, "list"):
            own = self._text(_first(below, "name"))
            told = self._text(_first(below, "description")) or description
            yield from self._tables(below, own or name, when, told)

    def _conformity(self, parent: Element) -> tuple[list[str], str]:
        for meta in _children(parent, "measurementMetaData", "metaData"):
            listed = (_words(meta, "conformityXMLList") or _words(meta, "conformity")).split()
            if listed:
                return listed, self._text(_first(meta, "declaration"))
        return [], ""

    def _points(self, columns: Sequence[_Column], conformity: list[str]) -> Iterator[Point]:
        """Put the columns together, line by line; one value beside many holds for all of them."""
        long = max(column.long for column in columns)
        roles: dict[str, _Column] = {}
        for column in columns:
            role = _of_words(roles) if column.texts else _role(column)
            if not role or role in roles:
                self.unread[column.name or " ".join(column.kinds) or "?"] = None
            elif column.long not in {1, long}:
                raise Refusal(
                    "%(name)s has %(count)s values, the others %(all)s. Ask the laboratory for a corrected file.",
                    name=column.name or role,
                    count=column.long,
                    all=long,
                )
            else:
                roles[role] = column
        for at in range(long):
            point = _point(roles, at, conformity[at] if len(conformity) == long else "")
            if point is not None:
                yield point

    def _column(self, quantity: Element) -> _Column:
        name = self._text(_first(quantity, "name"))
        kinds = tuple(_kinds(quantity))
        listed = _first(quantity, "charsXMLList")
        if listed is not None:
            texts = tuple(word.replace("\N{NO-BREAK SPACE}", " ") for word in xml_list(listed.text or ""))
            return _Column(kinds, name, texts=texts)
        cells = self._cells(quantity, name or " ".join(kinds) or "?")
        if cells is None:
            self.unread[name or " ".join(kinds) or "?"] = None
        return _Column(kinds, name, tuple(cells or ()))

    def _cells(self, parent: Element, name: str) -> list[Quantity | None] | None:
        """Return the numbers of a quantity; None for a kind of number that is not read (complex, constant)."""
        hybrid = parent.find(SI + "hybrid")
        if hybrid is not None:
            return self._chosen([cells for each in hybrid if (cells := self._of_form(each, name)) is not None])
        for element in parent:
            if (cells := self._of_form(element, name)) is not None:
                return cells
        return None

    def _chosen(self, ways: list[list[Quantity | None]]) -> list[Quantity | None] | None:
        """Take the numbers in the wanted unit, else the last in a unit that is known: SI comes first in a hybrid."""
        for wanted in (self.unit, None):
            for cells in reversed(ways):
                unit = next((cell.unit for cell in cells if cell), "")
                if unit and wanted in {unit, None}:
                    return cells
        return ways[0] if ways else None

    def _of_form(self, element: Element, name: str) -> list[Quantity | None] | None:
        form = FORMS.get(element.tag)
        return None if form is None else form(element, name)


def _when(*elements: Element) -> When:
    for element in elements:
        said = " ".join(_kinds(element))
        status = " ".join(_words(e) for e in _children(element, "influenceConditions", "influenceCondition", "status"))
        said = f"{said} {status}".lower()
        if any(part in said for part in _OF_BEFORE):
            return When.BEFORE
        if "afteradjustment" in said or "asleft" in said or "postcalibration" in said:
            return When.AFTER
    return When.ANY


_NUMBERS = ("nominal", "reference", "measured", "error", "deviation", "lower", "upper")


def _point(roles: dict[str, _Column], at: int, conformity: str) -> Point | None:
    def cell(role: str) -> Quantity | None:
        column = roles.get(role)
        if column is None or not column.cells:
            return None
        return column.cells[at if column.long > 1 else 0]

    def text(role: str) -> str:
        column = roles.get(role)
        return "" if column is None else column.texts[at if column.long > 1 else 0]

    found: dict[str, Any] = {role: cell(role) for role in _NUMBERS}
    correction = cell("correction")
    if found["error"] is None and correction is not None:
        found["error"] = replace(correction, value=-correction.value)
    if not any(found.values()):
        return None
    return _with_uncertainty(
        Point(label=text("label"), words=text("words"), conformity=conformity, **found), cell("uncertainty")
    )


def _with_uncertainty(point: Point, uncertainty: Quantity | None) -> Point:
    """Give U that stands in a column of its own to the result that it belongs to."""
    if uncertainty is None:
        return point
    for role in ("measured", "error", "deviation", "reference"):
        result: Quantity | None = getattr(point, role)
        if result is not None and result.u is None and result.unit == uncertainty.unit:
            named: dict[str, Any] = {role: replace(result, u=abs(uncertainty.value), k=uncertainty.k)}
            return replace(point, **named)
    return point
