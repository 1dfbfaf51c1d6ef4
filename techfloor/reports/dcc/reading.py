"""Reading a digital calibration certificate: versions 2 and 3, in the ways laboratories write them.

Results stand as lists (`si:realListXMLList`), as numbers one by one (`si:real`, `si:list`) and with a unit outside of
the SI beside (`si:hybrid`); U as `expandedUnc` (D-SI 1 and 2.0), as `measurementUncertaintyUnivariate` (from D-SI 2.1)
or as a part of the value (`dcc:relativeUncertainty`). What was found before an adjustment is a result of its own, or
stands among the conditions, as the good practice of PTB has it (`basic_adjustment`, status `beforeAdjustment`).
What a quantity is, its `refType` tells, or its name where it has none. What is not understood is named, not guessed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import islice
from xml.etree.ElementTree import Element

from techfloor.refusals import Refusal
from techfloor.reports.dcc.columns import OF_AFTER, OF_BEFORE, Column, of_words, point_at, role_of, stray
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
from techfloor.reports.dcc.opening import DCC, SI, SIGNATURE, certificate_in, root_of
from techfloor.reports.dcc.quantities import FORMS, chosen, in_words, relative, xml_list

_LONGEST_TEXT = 2000
MOST_LANGUAGES = 10
"""No certificate is written in more."""


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


class _Reader:
    """One certificate being read."""

    def __init__(self, root: Element, unit: str, language: str) -> None:
        self.root, self.unit, self.language = root, unit, language
        self.unread: dict[str, None] = {}
        core = _first(root, "administrativeData", "coreData")
        stated = (_words(e) for e in _children(core, "mandatoryLangCodeISO639_1"))
        self.languages = [language, *islice(stated, MOST_LANGUAGES)]

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
            signed=root.find(SIGNATURE) is not None,
        )
        return replace(made, unread=tuple(self.unread))

    # --- words ---

    def _text(self, element: Element | None) -> str:
        """Return a text in the reader's language, else in the certificate's, else as it comes first."""
        first, by_language = "", dict[str, str]()
        for each in _children(element, "content"):
            if said := _words(each):
                first = first or said
                by_language.setdefault(each.get("lang", ""), said)
        return next((by_language[wanted] for wanted in self.languages if wanted in by_language), first)

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
            before = tuple(self._before(measurement))
            yield from before
            side = When.AFTER if before else _when(measurement)
            for result in _children(measurement, "results", "result"):
                name = self._text(_first(result, "name")) or outer
                description = self._text(_first(result, "description"))
                for data in _children(result, "data"):
                    yield from self._tables(data, name, _when(result) or side, description)

    def _before(self, measurement: Element) -> Iterator[Result]:
        """Yield the tables of what was found before an adjustment, where they stand among the conditions."""
        for condition in _children(measurement, "influenceConditions", "influenceCondition"):
            if _side(_words(condition, "status")) is When.BEFORE:
                unread, name = dict(self.unread), self._text(_first(condition, "name"))
                tables = [
                    table
                    for data in _children(condition, "data")
                    for table in self._tables(data, name, When.BEFORE, self._text(_first(condition, "description")))
                ]
                self.unread = self.unread if tables else unread
                yield from tables

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
        """Return what the points conform to, one by one or all alike, and the rule: of the table, or of a column."""
        for each in (parent, *_children(parent, "quantity")):
            for meta in _children(each, "measurementMetaData", "metaData"):
                listed = (_words(meta, "conformityXMLList") or _words(meta, "conformity")).split()
                if listed:
                    return listed, self._text(_first(meta, "declaration"))
        return [], ""

    def _points(self, columns: Sequence[Column], conformity: list[str]) -> Iterator[Point]:
        """Put the columns together, line by line; one value beside many holds for all of them."""
        roles = self._roles(columns)
        long = max((column.long for column in roles.values()), default=0)
        for role, column in roles.items():
            if column.long not in {1, long}:
                raise Refusal(
                    "%(name)s has %(count)s values, the others %(all)s. Ask the laboratory for a corrected file.",
                    name=column.name or role,
                    count=column.long,
                    all=long,
                )
        said = conformity * long if len(conformity) == 1 else conformity
        for at in range(long):
            point = point_at(roles, at, said[at] if len(said) == long else "")
            if point is not None:
                yield point

    def _roles(self, columns: Sequence[Column]) -> dict[str, Column]:
        roles: dict[str, Column] = {}
        for column in columns:
            role = of_words(roles) if column.texts else role_of(column)
            if not role or role in roles:
                self.unread[column.called] = None
            else:
                roles[role] = column
        self.unread.update(dict.fromkeys(column.called for column in stray(roles)))
        self.unread.update(dict.fromkeys(f"{each.called}: NaN" for each in roles.values() if None in each.cells))
        return roles

    def _column(self, quantity: Element) -> Column:
        name = self._text(_first(quantity, "name")) or " ".join(
            (quantity.findtext(f"{SI}real/{SI}label") or "").split()
        )
        kinds = tuple(_kinds(quantity))
        listed, told = _first(quantity, "charsXMLList"), _first(quantity, "noQuantity")
        if listed is not None:
            texts = tuple(word.replace("\N{NO-BREAK SPACE}", " ") for word in xml_list(listed.text or ""))
            return Column(kinds, name, texts=texts)
        if told is not None:
            return self._told(told, Column(kinds, name))
        cells = self._cells(quantity, Column(kinds, name).called)
        if cells is None:
            self.unread[Column(kinds, name).called] = None
        return Column(kinds, name, tuple(cells or ()))

    def _told(self, told: Element, column: Column) -> Column:
        """Return what is said in words: a number and its unit where it is one (version 2 of PTB: “10 g”)."""
        contents = _children(told, "content")
        plain = not any(each.get("lang") for each in contents)
        said = " ".join(_words(each) for each in contents) if plain else self._text(told)
        cell = in_words(said, column.called)
        return replace(column, cells=(cell,)) if cell else replace(column, texts=(said,) if said else ())

    def _cells(self, parent: Element, name: str) -> list[Quantity | None] | None:
        """Return the numbers of a quantity; None for a kind of number that is not read (complex, several vectors)."""
        hybrid = parent.find(SI + "hybrid")
        ways = [cells for each in (parent if hybrid is None else hybrid) if (cells := _of_form(each, name))]
        if not ways:
            return None
        cells = ways[0] if hybrid is None else chosen(ways, self.unit)
        stated = next(iter(_first(parent, "relativeUncertainty") or ()), None)
        return cells if stated is None else relative(cells, stated, name)


def _of_form(element: Element, name: str) -> list[Quantity | None]:
    form = FORMS.get(element.tag)
    return [] if form is None else form(element, name)


def _side(said: str) -> When:
    """Return the side of an adjustment that a reference type or a status names."""
    said = said.lower()
    if any(part in said for part in OF_BEFORE):
        return When.BEFORE
    return When.AFTER if any(part in said for part in OF_AFTER) else When.ANY


def _when(element: Element) -> When:
    conditions = _children(element, "influenceConditions", "influenceCondition", "status")
    return _side(" ".join([*_kinds(element), *(_words(each) for each in conditions)]))
