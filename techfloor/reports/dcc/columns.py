"""A table of a certificate: what each of its columns is, and its lines as points."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from techfloor.measures.units import UnitError
from techfloor.reports.dcc.model import Point, Quantity
from techfloor.reports.dcc.units import in_unit


@dataclass(frozen=True)
class Column:
    """One quantity over the points of a table."""

    kinds: tuple[str, ...]
    name: str
    cells: tuple[Quantity | None, ...] = ()
    texts: tuple[str, ...] = ()

    @property
    def long(self) -> int:
        return len(self.cells) or len(self.texts)

    @property
    def called(self) -> str:
        """What a person is told that it is."""
        return self.name or " ".join(self.kinds) or "?"


_ROLES: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    (
        "deviation",
        ("deviation",),
        (
            "deviation from nominal", "abweichung vom nennwert", "abweichung vom nennma",
            "desviación del valor nominal", "desviación respecto", "écart à la valeur nominale", "écart par rapport",
            "scostamento dal valore nominale",
        ),
    ),
    ("nominal", ("nominal",), ("nominal", "nennwert", "set point", "sollwert")),
    (
        "",
        (
            "relativeunc", "relativeexpandedunc", "combinedunc", "uncertaintybudget", "uncertaintycontrib",
            "uncertaintytype", "typeaunc", "typebunc",
        ),
        (
            "relative unc", "relative standard", "relative unsich", "relative messunsich", "relative expanded unc",
            "uncertainty of the standard", "uncertainty of the reference", "unsicherheit des normal", "type a unc",
            "type b unc",
        ),
    ),
    (
        "standard uncertainty",
        ("standardunc", "standardmeasurementunc", "combinedstandardunc"),
        (
            "standard uncertainty", "standard measurement uncertainty", "standardunsicherheit",
            "standardmessunsicherheit", "standard-messunsicherheit", "incertidumbre típica", "incertidumbre estándar",
            "incertitude-type", "incertitude type", "incertezza tipo", "incertezza standard",
        ),
    ),
    ("uncertainty", ("uncertainty", "expandedunc"), ("uncertainty", "unsicherheit", "incert")),
    ("lower", ("tolerancelimitlower",), ("lower tolerance",)),
    ("upper", ("tolerancelimitupper",), ("upper tolerance",)),
    ("", ("limit", "tolerance", "conformity"), ("tolerance", "limit", "conformity", "grenz", "tolér", "toller")),
    (
        "",
        ("relativeerror", "errorrelative", "relativedeviation"),
        ("relative error", "relative messab", "relative abw", "error relativ", "erreur relativ", "errore relativ"),
    ),
    ("correction", ("correction",), ("correction", "korrektur", "correcc", "correz")),
    ("error", ("error",), ("error", "deviation", "abweichung", "erreur", "desviaci", "écart", "scostament")),
    (
        "reference",
        ("reference", "conventionaltrue"),
        ("referenc", "referenz", "bezugswert", "standard value", "référenc", "riferiment"),
    ),
    (
        "measured",
        ("measured", "indicat", "conventionalmass", "conventionalvalue", "calibrationvalue"),
        (
            "measured", "indicat", "reading", "messwert", "anzeige", "conventional mass", "konventioneller", "istwert",
            "indicac", "indicaz", "lectur", "lettur", "medid", "mesur", "misur",
        ),
    ),
)  # fmt: skip
"""What a quantity is: by a part of its refType, else of its name in English, German, Spanish, French or Italian."""


def of_words(roles: Mapping[str, Column]) -> str:
    """Return what a column of words is: first the names of the points, then what was found there."""
    return "words" if "label" in roles else "label"


OF_BEFORE = ("beforeadjustment", "beforerepair", "asfound", "precalibration")
OF_AFTER = ("afteradjustment", "afterrepair", "asleft", "postcalibration")


def role_of(column: Column) -> str:
    """Return what a column of numbers is; '' for one that is none of them."""
    if any(part in kind for part in OF_BEFORE for kind in column.kinds):
        return ""  # what was before, beside what is: it belongs to no line of this table
    for role, kinds, _names in _ROLES:
        if any(part in kind for part in kinds for kind in column.kinds):
            return role
    if column.kinds:
        return ""
    name = column.name.casefold()
    return next((role for role, _kinds, names in _ROLES if any(part in name for part in names)), "")


_NUMBERS = ("nominal", "reference", "measured", "error", "deviation", "lower", "upper")


def point_at(roles: Mapping[str, Column], at: int, conformity: str) -> Point | None:
    """Return one line of the table as a point; None where it has no number."""

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
    standard = cell("standard uncertainty")
    u = cell("uncertainty") or (replace(standard, k=Decimal(1)) if standard is not None else None)
    return _with_uncertainty(Point(label=text("label"), words=text("words"), conformity=conformity, **found), u)


_OF_RESULT = ("measured", "error", "deviation", "reference")
"""The roles that U in a column of its own may belong to, the first one first."""


def _with_uncertainty(point: Point, uncertainty: Quantity | None) -> Point:
    """Give U that stands in a column of its own to the result that it belongs to, in that one's unit."""
    if uncertainty is None:
        return point
    results = {role: result for role in _OF_RESULT if (result := getattr(point, role)) is not None and result.u is None}
    for role, result in sorted(results.items(), key=lambda each: each[1].unit != uncertainty.unit):
        u = _in_unit_of(result, uncertainty)
        if u is not None:
            named: dict[str, Any] = {role: replace(result, u=abs(u), k=uncertainty.k)}
            return replace(point, **named)
    return point


def _in_unit_of(result: Quantity, uncertainty: Quantity) -> Decimal | None:
    try:
        return in_unit(uncertainty, result.unit, difference=True)
    except UnitError:
        return None


def stray(roles: Mapping[str, Column]) -> list[Column]:
    """Return the columns of an uncertainty that no result of the table takes: its unit is of another quantity."""
    results = [cell for role in _OF_RESULT if role in roles for cell in roles[role].cells if cell is not None]
    return [
        column
        for role, column in roles.items()
        if role in {"uncertainty", "standard uncertainty"}
        and (given := [cell for cell in column.cells if cell is not None])
        and not any(_in_unit_of(result, u) is not None for result in results for u in given[:1])
    ]
