"""Writing a digital calibration certificate: schema 3.3.0, the same bytes for the same certificate."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from techfloor.measures.quantity import plain
from techfloor.measures.units import convert, show_unit
from techfloor.reports.dcc.model import (
    Certificate,
    Condition,
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
from techfloor.reports.dcc.opening import DCC, ROOT, SI
from techfloor.reports.dcc.units import BESIDE, OWN, written

VERSION = "3.3.0"
SCHEMA = f"https://ptb.de/dcc https://ptb.de/dcc/v{VERSION}/dcc.xsd"
_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
PREFIXES = {"dcc": DCC.strip("{}"), "si": SI.strip("{}"), "xsi": _XSI.strip("{}")}
_NAN = "NaN"
_COLUMNS = (
    ("nominal", "Nominal value", "basic_nominalValue"),
    ("reference", "Reference value", "basic_referenceValue"),
    ("measured", "Indication", "basic_measuredValue"),
    ("error", "Error of indication", "basic_measurementError"),
    ("deviation", "Deviation from nominal", ""),
)
_VALUES = frozenset({"nominal", "reference", "measured"})
_LIMITS = (("lower", "Lower limit of the tolerance"), ("upper", "Upper limit of the tolerance"))
_SIDES = {
    When.BEFORE: ("basic_beforeAdjustment", "beforeAdjustment"),
    When.AFTER: ("basic_afterAdjustment", "afterAdjustment"),
}


def write(certificate: Certificate, say: Callable[[str], str] = str) -> bytes:
    """Return the certificate as XML in UTF-8; `say` puts the names of the columns into its language."""
    for prefix, namespace in PREFIXES.items():
        ElementTree.register_namespace(prefix, namespace)
    root = _Writer(certificate, say).root()
    ElementTree.indent(root)
    return bytes(ElementTree.tostring(root, "utf-8", xml_declaration=True)) + b"\n"


def _clean(text: str) -> str:
    """Return a text with single blanks between its words and without signs that XML does not have."""
    return " ".join("".join(sign for sign in text if sign.isprintable() or sign.isspace()).split())


def _add(parent: Element, name: str, text: str = "", **attributes: str) -> Element:
    made = SubElement(parent, DCC + name, {key: value for key, value in attributes.items() if value})
    if text:
        made.text = _clean(text)
    return made


def _maybe(parent: Element, name: str, text: str) -> None:
    if _clean(text):
        _add(parent, name, text)


def _digits(value: Decimal | None) -> str:
    return _NAN if value is None else plain(value)


class _Writer:
    """One certificate being written."""

    def __init__(self, certificate: Certificate, say: Callable[[str], str]) -> None:
        self.made, self.say = certificate, say

    def root(self) -> Element:
        """Put it together."""
        root = Element(DCC + ROOT, {"schemaVersion": VERSION, f"{_XSI}schemaLocation": SCHEMA})
        self._administrative(_add(root, "administrativeData"))
        self._measurements(_add(root, "measurementResults"))
        return root

    # --- administrative data ---

    def _administrative(self, parent: Element) -> None:
        made = self.made
        software = _add(_add(parent, "dccSoftware"), "software")
        self._text(software, "name", "techfloor")
        _add(software, "release", made.release or "0")
        self._core(_add(parent, "coreData"))
        items = _add(parent, "items")
        for item in made.items:
            self._item(_add(items, "item"), item)
        laboratory = _add(parent, "calibrationLaboratory")
        self._contact(_add(laboratory, "contact"), made.laboratory)
        persons = _add(parent, "respPersons")
        for person in made.persons or (Person(made.laboratory.name),):
            self._person(_add(persons, "respPerson"), person)
        self._contact(_add(parent, "customer"), made.customer if made.customer.name else made.laboratory)
        if made.statements:
            statements = _add(parent, "statements")
            for statement in made.statements:
                self._statement(statements, statement)

    def _core(self, core: Element) -> None:
        made = self.made
        _add(core, "countryCodeISO3166_1", made.country)
        _add(core, "usedLangCodeISO639_1", made.language)
        _add(core, "mandatoryLangCodeISO639_1", made.language)
        _add(core, "uniqueIdentifier", made.number)
        _add(core, "beginPerformanceDate", made.begun.isoformat())
        _add(core, "endPerformanceDate", made.ended.isoformat())
        _add(core, "performanceLocation", "laboratory")
        if made.issued is not None:
            _add(core, "issueDate", made.issued.isoformat())
        if made.replaces:
            replaced = _add(core, "reportAmendedSubstituted")
            _add(replaced, "typeOfChange", "amended")
            _add(replaced, "replacedUniqueIdentifier", made.replaces)

    def _text(self, parent: Element, name: str, text: str, **attributes: str) -> Element:
        made = _add(parent, name, **attributes)
        _add(made, "content", text, lang=self.made.language)
        return made

    def _maybe_text(self, parent: Element, name: str, text: str) -> None:
        if _clean(text):
            self._text(parent, name, text)

    def _contact(self, contact: Element, party: Party) -> None:
        self._text(contact, "name", party.name)
        location = _add(contact, "location")
        if party.address:
            self._text(location, "further", party.address)
        else:
            _add(location, "countryCode", self.made.country)

    def _item(self, element: Element, item: Item) -> None:
        self._text(element, "name", item.name)
        self._maybe_text(element, "description", item.description)
        if item.maker:
            self._text(_add(element, "manufacturer"), "name", item.maker)
        _maybe(element, "model", item.model)
        if item.identifications:
            identifications = _add(element, "identifications")
            for each in item.identifications:
                made = _add(identifications, "identification", refType=each.ref_type)
                _add(made, "issuer", each.issuer)
                _add(made, "value", each.value)
                self._maybe_text(made, "name", each.name)

    def _person(self, element: Element, person: Person) -> None:
        self._text(_add(element, "person"), "name", person.name)
        self._maybe_text(element, "description", person.description)
        _maybe(element, "role", person.role)
        _add(element, "mainSigner", "true" if person.main else "false")

    def _statement(self, parent: Element, statement: Statement) -> None:
        made = _add(parent, "statement", refType=statement.ref_type)
        self._maybe_text(made, "name", statement.name)
        self._text(made, "declaration", statement.text)
        if statement.conformity:
            _add(made, "conformity", statement.conformity)

    # --- results ---

    def _measurements(self, parent: Element) -> None:
        made = self.made
        result = _add(parent, "measurementResult")
        self._text(result, "name", made.name or made.number)
        if made.methods:
            methods = _add(result, "usedMethods")
            for method in made.methods:
                self._method(methods, method)
        if made.equipment:
            equipment = _add(result, "measuringEquipments")
            for each in made.equipment:
                self._item(_add(equipment, "measuringEquipment", refType="basic_standardUsed"), each)
        if made.conditions:
            conditions = _add(result, "influenceConditions")
            for condition in made.conditions:
                self._condition(conditions, condition)
        results = _add(result, "results")
        for table in made.results:
            self._result(results, table)

    def _method(self, parent: Element, method: Method) -> None:
        made = _add(parent, "usedMethod")
        self._text(made, "name", method.name)
        self._maybe_text(made, "description", method.description)
        _maybe(made, "reference", method.reference)

    def _condition(self, parent: Element, condition: Condition) -> None:
        made = _add(parent, "influenceCondition", refType=condition.ref_type)
        self._text(made, "name", condition.name)
        self._maybe_text(made, "description", condition.description)
        quantity = _add(_add(made, "data"), "quantity")
        self._text(quantity, "name", condition.name)
        _number(quantity, condition.value)

    def _result(self, parent: Element, table: Result) -> None:
        kind, status = _SIDES.get(table.when, ("", ""))
        result = _add(parent, "result", refType=kind)
        self._text(result, "name", table.name)
        self._maybe_text(result, "description", table.description)
        data = _add(result, "data")
        if not table.points:
            self._text(data, "text", table.description or table.name)
            return
        listed = _add(data, "list")
        self._columns(listed, table.points)
        if status:
            condition = _add(_add(listed, "influenceConditions"), "influenceCondition", refType=kind)
            self._text(condition, "name", table.name)
            _add(condition, "status", status)
            self._text(_add(condition, "data"), "text", table.name)
        self._conformity(listed, table)

    def _columns(self, listed: Element, points: Sequence[Point]) -> None:
        self._labels(listed, "Point", [point.label for point in points])
        for role, name, kind in _COLUMNS:
            self._column(listed, role, name, kind, points)
        self._labels(listed, "Answer", [point.words for point in points])

    def _column(self, parent: Element, role: str, name: str, kind: str, points: Sequence[Point]) -> None:
        cells: list[Quantity | None] = [getattr(point, role) for point in points]
        if any(cell is not None for cell in cells):
            quantity = _add(parent, "quantity", refType=kind)
            self._text(quantity, "name", self.say(name))
            _numbers(quantity, cells, difference=role not in _VALUES)

    def _labels(self, listed: Element, name: str, labels: Sequence[str]) -> None:
        """Write words for each point: the blanks within become no-break spaces, for blanks part a list."""
        if any(labels):
            quantity = _add(listed, "quantity")
            self._text(quantity, "name", self.say(name))
            made = _add(quantity, "charsXMLList")
            made.text = " ".join(_clean(label).replace(" ", "\N{NO-BREAK SPACE}") or "-" for label in labels)

    def _conformity(self, listed: Element, table: Result) -> None:
        """Say what each point conforms to: the verdicts in the order of the points, the rule, and the limits."""
        listed_verdicts = [point.conformity for point in table.points]
        limited = any(point.lower or point.upper for point in table.points)
        if not all(listed_verdicts) and not limited:
            return
        meta = _add(_add(listed, "measurementMetaData"), "metaData", refType="basic_conformity")
        self._text(meta, "name", self.say("Conformity"))
        self._maybe_text(meta, "declaration", table.rule)
        if all(listed_verdicts):
            _add(meta, "conformityXMLList", " ".join(listed_verdicts))
        if limited:
            data = _add(meta, "data")
            for role, name in _LIMITS:
                self._column(data, role, name, "", table.points)


def _number(parent: Element, cell: Quantity) -> None:
    """Write a number that stands alone; one in a unit outside of the SI is a list of one."""
    if not written(cell.unit):
        _numbers(parent, [cell])
        return
    made = SubElement(parent, SI + "real")
    SubElement(made, SI + "value").text = plain(cell.value)
    SubElement(made, SI + "unit").text = written(cell.unit)


def _numbers(parent: Element, cells: Sequence[Quantity | None], *, difference: bool = False) -> None:
    """Write the numbers of a quantity; those in a unit outside of the SI with the SI unit before it."""
    unit = next(cell.unit for cell in cells if cell is not None)
    spelled = written(unit)
    if spelled:
        _listed(parent, cells, spelled)
        return
    hybrid = SubElement(parent, SI + "hybrid")
    if unit in BESIDE:
        beside = BESIDE[unit]
        _listed(hybrid, [cell and _converted(cell, beside, difference) for cell in cells], written(beside))
    else:
        _listed(hybrid, cells, OWN.get(unit, r"\one"))
    _listed(hybrid, cells, show_unit(unit).replace(" ", "\N{NO-BREAK SPACE}"))


def _converted(cell: Quantity, unit: str, difference: bool) -> Quantity:
    """Return a quantity in another unit, exactly where that ends, else to 28 digits; an error has no offset."""
    u = None if cell.u is None else convert(cell.u, cell.unit, unit, difference=True)
    return Quantity(convert(cell.value, cell.unit, unit, difference), unit, u, cell.k, cell.probability)


def _listed(parent: Element, cells: Sequence[Quantity | None], unit: str) -> None:
    made = SubElement(parent, SI + "realListXMLList")
    values = " ".join(_NAN if cell is None else plain(cell.value) for cell in cells)
    SubElement(made, SI + "valueXMLList").text = values
    SubElement(made, SI + "unitXMLList").text = unit
    if any(cell is not None and cell.u is not None for cell in cells):
        uncertain = SubElement(
            SubElement(made, SI + "measurementUncertaintyUnivariateXMLList"), SI + "expandedMUXMLList"
        )
        for name, role in (("valueExpandedMU", "u"), ("coverageFactor", "k"), ("coverageProbability", "probability")):
            numbers = [_digits(None if cell is None else getattr(cell, role)) for cell in cells]
            SubElement(uncertain, f"{SI}{name}XMLList").text = " ".join(numbers)
