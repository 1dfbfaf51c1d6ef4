"""What a digital certificate says of a standard: its points as certified values in the standard's unit. Pure.

Nothing is guessed: where a table could mean two things, the person is asked which.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Context, Decimal
from enum import StrEnum

from techfloor.measures.due import add_months
from techfloor.measures.quantity import plain
from techfloor.measures.units import UnitError, show_unit
from techfloor.refusals import Question, Refusal
from techfloor.reports.dcc.model import Certificate, Point, Quantity, Result, When
from techfloor.reports.dcc.units import in_unit

MOST_ROWS = 500
_SHORT = Context(prec=15)


class Way(StrEnum):
    """Where the certified value of a point stands."""

    MEASURED = "measured"
    REFERENCE = "reference"
    DEVIATION = "deviation"
    LESS_ERROR = "less error"
    PLUS_ERROR = "plus error"


@dataclass(frozen=True)
class Row:
    """One certified value in the standard's unit, beside what stood in the file."""

    nominal: Decimal
    value: Decimal
    u: Decimal | None
    k: Decimal | None
    label: str
    stated_nominal: str
    stated_value: str


@dataclass(frozen=True)
class Note:
    """Something to tell: a sentence and its parameters, to be put into the reader's language where it is shown."""

    sentence: str
    parameters: Mapping[str, object]


UNCHECKED = Note("The laboratory signed this file. Its signature is not checked here; the file is kept as it came.", {})


@dataclass(frozen=True)
class Found:
    """What can be entered of a digital certificate; `k` is the one factor that all U stand for, None where none is."""

    number: str
    laboratory: str
    issued: date
    valid_until: date
    unit: str
    rows: tuple[Row, ...]
    k: Decimal | None
    notes: tuple[Note, ...]

    @property
    def per_value(self) -> bool:
        """True where each value has a U of its own."""
        return bool(self.rows) and all(row.u is not None for row in self.rows)

    def lines(self) -> str:
        """Return the certified values as they are typed: nominal; value; U."""
        parts = ([row.nominal, row.value, *([row.u] if self.per_value else [])] for row in self.rows)
        return "\n".join("; ".join(plain(part) for part in line if part is not None) for line in parts)


@dataclass(frozen=True)
class Asked:
    """What the person chose: a table by its place ('' for all), a way, and that the serial number may differ."""

    table: str = ""
    way: str = ""
    confirmed: bool = False


def tables_of(certificate: Certificate) -> list[tuple[str, Result]]:
    """Return the tables that may hold certified values, by their place; what was before an adjustment does not."""
    return [
        (str(place), result)
        for place, result in enumerate(certificate.results)
        if result.when is not When.BEFORE and any(ways_of(point) for point in result.points)
    ]


def ways_of(point: Point) -> list[Way]:
    """Return each way in which the certified value of a point can be told."""
    if point.nominal is None:
        return [Way.REFERENCE] if point.reference and point.measured else []
    ways = [Way.MEASURED] if point.measured else []
    ways += [Way.REFERENCE] if point.reference else []
    if not ways and point.deviation:
        ways += [Way.DEVIATION]
    if not ways and point.error:
        ways += [Way.LESS_ERROR, Way.PLUS_ERROR]
    return ways


def find(certificate: Certificate, *, unit: str, serial: str, code: str, months: int, asked: Asked) -> Found:
    """Return what is to be entered for a standard of a unit, a serial number, a code and an interval.

    Raises Question where the serial number is another one, Refusal where a choice must be made or nothing fits.
    """
    check_own(certificate, (serial, code), confirmed=asked.confirmed)
    issued = certificate.issued or certificate.ended
    notes = [*_notes(certificate, serial, months)]
    points = _points(certificate, asked)
    rows: list[Row] = []
    k = None
    if points:
        way = _way(points, asked)
        rows = [row for point in points if (row := _row(point, way, unit)) is not None]
        if not rows:
            raise Refusal(
                "None of its %(all)s values is in a unit of %(unit)s. Is it of this standard? Else type it in.",
                field="file",
                all=len(points),
                unit=show_unit(unit),
            )
        notes += _left_out(points, rows, unit)
        k = _one_factor(rows)
        rows = [_scaled(row, k) for row in rows]
        notes += _about_rows(rows, k)
    else:
        notes.append(Note("No table of values was found in it. Enter the values, or U alone.", {}))
    return Found(
        number=certificate.number,
        laboratory=certificate.laboratory.name,
        issued=issued,
        valid_until=add_months(issued, months),
        unit=unit,
        rows=tuple(rows),
        k=k,
        notes=tuple(notes),
    )


def serials(certificate: Certificate) -> list[str]:
    """Return the numbers by which a certificate names what was calibrated."""
    return [each.value for item in certificate.items for each in item.identifications]


def _bare(number: str) -> str:
    return "".join(sign for sign in number.casefold() if sign.isalnum())


def check_own(certificate: Certificate, own: Sequence[str], *, confirmed: bool) -> None:
    """Raise Question where a certificate names other numbers than a card does: its serial number first, its code."""
    named, serial = serials(certificate), own[0]
    if confirmed or not serial or not named or {_bare(each) for each in own} & {_bare(each) for each in named}:
        return
    raise Question(
        "The certificate is for %(named)s, the card says serial %(serial)s. Is it the right one?",
        field="file",
        named=", ".join(named[:4]),
        serial=serial,
    )


def _notes(certificate: Certificate, serial: str, months: int) -> list[Note]:
    """Say what the file leaves open, and what of it was not read."""
    notes = []
    named = serials(certificate)
    if not serial and named:
        said = {"named": ", ".join(named[:4])}
        notes.append(Note("The card has no serial number; the certificate says %(named)s.", said))
    if not named:
        notes.append(Note("It names no serial number. Make sure that it is of this standard.", {}))
    if certificate.issued is None:
        notes.append(Note("It does not say when it was issued: the day of the calibration is proposed.", {}))
    notes.append(
        Note(
            "It states no last day: %(months)s months from its issue are proposed, the interval of the standard.",
            {"months": months},
        )
    )
    if certificate.replaces:
        said = {"number": certificate.replaces}
        notes.append(Note("It replaces %(number)s. Withdraw that one if it stands here.", said))
    if any(result.when is When.BEFORE for result in certificate.results):
        notes.append(Note("Results from before an adjustment are left out: they count no more.", {}))
    if certificate.signed:
        notes.append(UNCHECKED)
    if certificate.unread:
        named_ = ", ".join(certificate.unread[:6])
        notes.append(Note("Not taken from it, for it is no nominal or certified value: %(names)s.", {"names": named_}))
    return notes


def _points(certificate: Certificate, asked: Asked) -> list[Point]:
    tables = tables_of(certificate)
    if asked.table:
        tables = [(place, result) for place, result in tables if place == asked.table]
        if not tables:
            raise Refusal("Choose the table of the certified values.", field="table")
    points = [point for _place, result in tables for point in result.points if ways_of(point)]
    if len(points) > MOST_ROWS:
        raise Refusal(
            "It has %(count)s values, more than the %(most)s that a card takes. Choose one table, or type U alone.",
            field="table",
            count=len(points),
            most=MOST_ROWS,
        )
    nominals = [plain(q.value) + q.stated for point in points if (q := _nominal(point))]
    if len(tables) > 1 and len(set(nominals)) < len(nominals):
        raise Refusal(
            "The same nominal value stands in several tables. Choose the table of the certified values.", field="table"
        )
    return points


def _way(points: Sequence[Point], asked: Asked) -> Way:
    """Return the one way that all points allow; one that was chosen, where there are several."""
    shared = [way for way in Way if all(way in ways_of(point) for point in points)]
    if asked.way in shared:
        return Way(asked.way)
    if len(shared) == 1:
        return shared[0]
    if not shared:
        raise Refusal("The tables are not of one kind. Choose the table of the certified values.", field="table")
    raise Refusal("Choose where the certified value stands: the file can be read in more than one way.", field="way")


def _nominal(point: Point) -> Quantity | None:
    return point.nominal or point.measured


def _stated(quantity: Quantity) -> str:
    """Write a number as it stands in the file, with its unit as people write it where it is known."""
    return f"{plain(quantity.value)} {show_unit(quantity.unit)}" if quantity.unit else quantity.stated


def _row(point: Point, way: Way, unit: str) -> Row | None:
    """Return the certified value of a point in a unit; None where its unit is another quantity's, or not known."""
    nominal = _nominal(point)
    assert nominal is not None
    value, from_ = _VALUES[way](point)
    assert value is not None
    beside = (
        quantity
        for quantity in (value, point.error, point.deviation, point.measured)
        if quantity and quantity.u is not None
    )
    source = next(beside, value)
    try:
        certified = in_unit(value, unit, difference=from_ != 0)
        at = in_unit(nominal, unit)
        u = None if source.u is None else in_unit(Quantity(source.u, source.unit), unit, difference=True)
    except UnitError:
        return None
    if from_:
        certified = at + from_ * certified
    return Row(at, certified, u, source.k, point.label, _stated(nominal), _stated(value))


_VALUES: dict[Way, Callable[[Point], tuple[Quantity | None, int]]] = {
    Way.MEASURED: lambda point: (point.measured, 0),
    Way.REFERENCE: lambda point: (point.reference, 0),
    Way.DEVIATION: lambda point: (point.deviation, 1),
    Way.LESS_ERROR: lambda point: (point.error, -1),
    Way.PLUS_ERROR: lambda point: (point.error, 1),
}
"""The quantity of each way, and whether it is added to the nominal value: 0 where it is the value itself."""


def _left_out(points: Sequence[Point], rows: Sequence[Row], unit: str) -> list[Note]:
    if len(rows) == len(points):
        return []
    return [
        Note(
            "%(count)s of %(all)s values are in a unit that is not one of %(unit)s, and are left out.",
            {"count": len(points) - len(rows), "all": len(points), "unit": show_unit(unit)},
        )
    ]


def _one_factor(rows: Sequence[Row]) -> Decimal | None:
    return max((row.k for row in rows if row.k is not None and row.u is not None), default=None)


def _scaled(row: Row, k: Decimal | None) -> Row:
    """Let U stand for the one factor: u = U/k stays what it is."""
    if k is None or row.k is None or row.u is None or row.k == k:
        return row
    return replace(row, u=_SHORT.divide(row.u * k, row.k))


_FAR = Decimal("0.02")
"""A standard that is off by more than this part of its nominal value is rather a slip of whoever wrote the file."""


def _is_far(row: Row, largest: Decimal) -> bool:
    """Tell whether a certified value lies further from its nominal value than a standard does, and than U explains.

    Near zero a part of the nominal value says nothing: a thousandth of the largest one is looked at there.
    """
    off = abs(row.value - row.nominal)
    return off > max(_FAR * abs(row.nominal), largest / 1000, 2 * (row.u or 0))


def _about_rows(rows: Sequence[Row], k: Decimal | None) -> list[Note]:
    """Say what a person should look at before it is kept."""
    notes = []
    stated = [row for row in rows if row.u is not None]
    if rows and not stated:
        notes.append(Note("It states no uncertainty for its values. Enter it from the paper.", {}))
    elif len(stated) < len(rows):
        notes.append(Note("Some values have no uncertainty: enter U of each line, or one U for all.", {}))
    if stated and k is None:
        notes.append(Note("It states no coverage factor: 2 is proposed.", {}))
    if len({row.k for row in stated}) > 1:
        said = {"k": plain(k or Decimal(2))}
        notes.append(Note("k differs from value to value: each U is given for k = %(k)s, so that U/k stays.", said))
    far = [
        f"{row.stated_nominal} → {row.stated_value}"
        for row in rows
        if _is_far(row, max(abs(each.nominal) for each in rows))
    ]
    if far:
        said = {"lines": ", ".join(far[:6])}
        notes.append(Note("Far from its nominal value, look at the paper: %(lines)s.", said))
    nominals = [row.nominal for row in rows]
    twice = sorted({plain(n) for n in nominals if nominals.count(n) > 1})
    if twice:
        notes.append(
            Note("%(nominals)s stand twice. Take the lines out that do not count.", {"nominals": ", ".join(twice[:8])})
        )
    return notes
