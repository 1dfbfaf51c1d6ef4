"""What the digital certificate of an outside laboratory says of a gauge, as it would be typed from the paper. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from techfloor.duties.calibration.rules.outside import FAIL, NOT_GIVEN, PASS, SAME, CertificateEntry, LabResult
from techfloor.duties.calibration.rules.procedure import ItemFunction
from techfloor.duties.calibration.rules.results import AS_FOUND, AS_LEFT
from techfloor.equipment.digital import UNCHECKED, Note
from techfloor.measures.quantity import plain
from techfloor.measures.side import EXACT
from techfloor.measures.units import UnitError, show_unit
from techfloor.reports.dcc.model import Certificate, Point, Quantity, Result, When
from techfloor.reports.dcc.units import in_unit

LONGEST = 200
_FAILS = frozenset({"fail", "conditionalFail", "noPass"})


@dataclass(frozen=True)
class Read:
    """What can be entered; `as_left` of the entry is '' where the person must say it."""

    entry: CertificateEntry
    notes: tuple[Note, ...]


def entry_of(
    certificate: Certificate, functions: Sequence[ItemFunction], *, sent: date | None, back: date, most: int
) -> Read:
    """Return the entry of a certificate for a gauge with these functions, with at most so many results."""
    before = [result for result in certificate.results if result.when is not When.AFTER]
    after = [result for result in certificate.results if result.when is When.AFTER]
    notes: list[Note] = []
    found = [*_results(before, AS_FOUND, functions, notes), *_results(after, AS_LEFT, functions, notes)]
    results = list({(each.run, each.function, each.reference): each for each in reversed(found)}.values())[::-1]
    notes += _about(certificate, found, results, most)
    return Read(
        CertificateEntry(
            laboratory=certificate.laboratory.name[:LONGEST],
            certificate=certificate.number[:LONGEST],
            performed=certificate.ended,
            back=back,
            sent=sent,
            as_found=_verdict(before) or _stated(certificate, after) or NOT_GIVEN,
            as_left=_verdict(after) if after else SAME,
            rule=_rule(certificate)[:LONGEST],
            method="; ".join(method.name for method in certificate.methods)[:LONGEST],
            environment="; ".join(_condition(each.name, each.value) for each in certificate.conditions)[:LONGEST],
            results=tuple(results[:most]),
        ),
        tuple(notes),
    )


def _results(
    tables: Iterable[Result], run: str, functions: Sequence[ItemFunction], notes: list[Note]
) -> Iterator[LabResult]:
    """Yield the results of a run in the units of the gauge, and note what is left out."""
    for table in tables:
        left_out = 0
        for point in table.points:
            made = _result(point, table.name, run, functions)
            left_out += made is None
            if made is not None:
                yield made
        if left_out:
            said = {"count": left_out, "all": len(table.points), "table": table.name}
            notes.append(
                Note("%(count)s of %(all)s values of “%(table)s” are none that this gauge measures: left out.", said)
            )


def _result(point: Point, table: str, run: str, functions: Sequence[ItemFunction]) -> LabResult | None:
    reference = point.reference or point.nominal
    if reference is None:
        return None
    function = _function(reference, table, functions)
    if function is None:
        return None
    try:
        at = in_unit(reference, function.unit)
        if point.measured is not None:
            indication = in_unit(point.measured, function.unit)
        elif point.error is not None:
            indication = EXACT.add(at, in_unit(point.error, function.unit, difference=True))
        else:
            return None
        u, k = _uncertainty(point, function.unit)
    except UnitError:
        return None
    return LabResult(function.name, at, indication, run, u, k)


def _function(quantity: Quantity, table: str, functions: Sequence[ItemFunction]) -> ItemFunction | None:
    """Return what of the gauge a value belongs to: by its unit, and by the name of its table where several share it."""
    fitting = [function for function in functions if _fits(quantity, function.unit)]
    named = [function for function in fitting if function.name and function.name.casefold() in table.casefold()]
    return next(iter([*named, *fitting]), None)


def _fits(quantity: Quantity, unit: str) -> bool:
    try:
        in_unit(quantity, unit)
    except UnitError:
        return False
    return True


def _uncertainty(point: Point, unit: str) -> tuple[Decimal | None, Decimal | None]:
    stated = [q for q in (point.error, point.measured, point.reference) if q is not None and q.u]
    if not stated:
        return None, None
    quantity = stated[0]
    assert quantity.u is not None
    if not _fits(quantity, unit):
        return None, None
    return in_unit(Quantity(quantity.u, quantity.unit), unit, difference=True), quantity.k


def _verdict(tables: Iterable[Result]) -> str:
    """Return the verdict of all points together; '' where one of them has none."""
    said = [point.conformity for table in tables for point in table.points]
    if not said or not all(said):
        return ""
    return FAIL if _FAILS & set(said) else PASS


def _stated(certificate: Certificate, after: Sequence[Result]) -> str:
    """Return what the certificate says of the whole gauge; of one that was adjusted it says nothing as found."""
    said = [statement.conformity for statement in certificate.statements if statement.conformity]
    if after or not said:
        return ""
    return FAIL if _FAILS & set(said) else PASS


def _rule(certificate: Certificate) -> str:
    return next((table.rule for table in certificate.results if table.rule), "")


def _condition(name: str, value: Quantity) -> str:
    return f"{name} {plain(value.value)} {show_unit(value.unit)}" if value.unit else f"{name} {value.stated}"


def _about(
    certificate: Certificate, found: Sequence[LabResult], results: Sequence[LabResult], most: int
) -> Iterator[Note]:
    if not found:
        yield Note(
            "No result of it fits what this gauge measures. Type them, or leave the certificate as it stands.", {}
        )
    if len(results) < len(found):
        yield Note("%(count)s results stand twice: the first of each is taken.", {"count": len(found) - len(results)})
    if len(results) > most:
        yield Note("The first %(most)s of %(all)s results are taken.", {"most": most, "all": len(results)})
    if certificate.signed:
        yield UNCHECKED
    if certificate.unread:
        yield Note("Not taken from it: %(names)s.", {"names": ", ".join(certificate.unread[:6])})
