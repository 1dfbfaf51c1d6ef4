"""Certificates of standards from a sheet: added and corrected by the actions of their pages, under the same rules."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from techfloor.equipment import actions
from techfloor.equipment.deed_forms import certified_lines, certified_rows
from techfloor.equipment.entries import CertificateEntry, StandardEntry, check_certificate, check_uncertainty
from techfloor.equipment.models import Equipment, StandardCertificate
from techfloor.equipment.statuses import MEASURE, Kind
from techfloor.imports import cards, cells
from techfloor.imports.equipment_rows import CODE, differences, written
from techfloor.imports.sheet import LONGEST_CELL
from techfloor.imports.uncertainty import read_uncertainty, written_uncertainty
from techfloor.measures.due import add_months
from techfloor.measures.quantity import plain
from techfloor.measures.units import canonical
from techfloor.refusals import Refusal
from techfloor.store import db
from techfloor.web.importing import Column, Deed, Importer, Plan, Planned, Values, numbered
from techfloor.web.plain_text import TEXT
from techfloor.web.visitor import by_whom

MOST_VALUES = 25
_VALUE = (
    Column("nominal", _l("Nominal"), ("nominal value", "nennwert", "sollwert"), most=MOST_VALUES),
    Column("value", _l("Certified value"), ("value", "actual", "measured value", "istwert"), most=MOST_VALUES),
    Column("u_of_value", _l("U of the value"), ("u of value",), most=MOST_VALUES),
)
COLUMNS = (
    replace(
        CODE,
        words=("standard", "standard no", "standard id", *CODE.words),
        hint=_l("of the standard; with the number of the certificate a row is known again by it"),
    ),
    Column(
        "number",
        _l("Certificate"),
        (
            "certificate no",
            "certificate number",
            "cert no",
            "lot",
            "lot no",
            "report no",
            "kalibrierschein",
            "zertifikat",
            "schein nr",
        ),
        needed=True,
    ),
    Column(
        "laboratory", _l("Issued by"), ("laboratory", "lab", "calibrated by", "provider", "maker", "labor"), needed=True
    ),
    Column(
        "issued",
        _l("Issued on"),
        ("issued", "date", "calibration date", "calibrated on", "datum", "ausgestellt am"),
        needed=True,
    ),
    Column(
        "valid_until",
        _l("Valid until"),
        ("due", "due date", "expires", "expiry", "next calibration", "gultig bis", "fallig"),
        hint=_l("from the interval of the standard where nothing is said"),
    ),
    Column("opened", _l("Opened on"), ("opened", "geoffnet am"), hint=_l("of a lot")),
    Column(
        "u",
        _l("Uncertainty U"),
        ("u", "uncertainty", "expanded uncertainty", "messunsicherheit", "unsicherheit"),
        hint=_l("like 0.2 µm, 0.5 % of reading or (0.1 + 0.5 L/m) µm; empty where each value has its own"),
    ),
    Column(
        "k", _l("Coverage factor k"), ("k", "coverage factor", "erweiterungsfaktor"), hint=_l("2 where none is said")
    ),
    Column(
        "certified",
        _l("Certified values"),
        ("values",),
        hint=_l("in one cell, a line each: nominal; value; U"),
        longest=LONGEST_CELL,
        lines=True,
    ),
    Column(
        "reason",
        _l("Why it is corrected"),
        ("reason", "why", "grund"),
        hint=_l("of one that stands here otherwise"),
        longest=TEXT,
        lines=True,
    ),
    *_VALUE,
)
_STANDARD = (
    "There is no standard %(typed)s. Enter it, or bring it in, first.",
    "There is no standard %(typed)s. Did you mean %(nearest)s?",
)
_IN_FILE = {"uncertainty_kind": "u", "unit": "u"}


def begin(codes: Collection[str]) -> Plan:
    """Read what the rows with these codes need, and return what each would do."""
    found, kinds = cards.standards(codes), cards.kinds_of(codes)
    stand = {(row.standard_id, row.number): row for row in _standing([card.id for card in found.values()])}

    def plan(values: Values) -> Planned:
        card, standard = _standard(values, found, kinds)
        row = stand.get((card.id, cells.text(values, "number").strip()))
        stands = entry_of_row(row) if row else None
        entry = entry_of(values, stands, standard)
        _check(entry)
        code = standard.item.code
        key, page = f"{code}, {entry.number}", f"/equipment/{code}"
        if row is None or stands is None:
            new = Planned(code, entry.number, page, Deed.NEW, key=key)
            return replace(new, do=lambda _run: actions.add_certificate(card.id, entry, **by_whom()))
        before, after = values_of(code, stands), values_of(code, entry)
        changed = differences(before, after, before)
        done = Planned(code, entry.number, page, Deed.CHANGED if changed else Deed.SAME, changed, key=key)
        if not changed:
            return done
        reason, certificate_id = _reason(values), row.id
        return replace(done, do=lambda _run: actions.correct_certificate(certificate_id, entry, reason, **by_whom()))

    return plan


def _standard(values: Values, found: dict[str, cards.Card], kinds: dict[str, str]) -> tuple[cards.Card, StandardEntry]:
    code = values.get("code", "").strip().upper()
    card = found.get(code)
    if card is not None and isinstance(card.entry, StandardEntry):
        return card, card.entry
    if not code:
        raise Refusal("Enter the code of the standard.", field="code")
    if code in kinds:
        raise Refusal("%(code)s is the code of a %(kind)s.", field="code", code=code, kind=Kind(kinds[code]))
    known = db.session.scalars(select(Equipment.code).where(Equipment.kind == Kind.STANDARD))
    raise cells.unknown(_STANDARD, "code", code, known)


def _check(entry: CertificateEntry) -> None:
    """Refuse what the page of a certificate refuses, at the column in place of the box."""
    try:
        check_certificate(entry)
        check_uncertainty(entry.uncertainty, entry.certified)
    except Refusal as no:
        raise Refusal(no.sentence, field=_IN_FILE.get(no.field or "", no.field), **no.parameters) from None


def _reason(values: Values) -> str:
    reason = cells.text(values, "reason")
    if not reason:
        raise Refusal("It stands here otherwise. Enter why it is corrected, like “mistyped”.", field="reason")
    return reason


def entry_of(values: Values, stands: CertificateEntry | None, standard: StandardEntry) -> CertificateEntry:
    """Read a row as it would be entered; what it does not say stays as it `stands`. Raises Refusal at a column."""
    issued = cells.day(values, "issued", stands.issued if stands else None)
    if issued is None:
        raise Refusal("Enter the day it was issued.", field="issued")
    certified = _certified(values) or (stands.certified if stands else ())
    return CertificateEntry(
        number=cells.text(values, "number").strip(),
        laboratory=cells.text(values, "laboratory", stands.laboratory if stands else ""),
        issued=issued,
        valid_until=_until(values, stands, issued, standard),
        opened=cells.day(values, "opened", stands.opened if stands else None),
        uncertainty=_uncertainty(values, stands, certified, standard.unit),
        certified=certified,
    )


def _until(values: Values, stands: CertificateEntry | None, issued: date, standard: StandardEntry) -> date:
    usual = stands.valid_until if stands else add_months(issued, standard.interval_months)
    return cells.day(values, "valid_until", usual) or usual


def _certified(values: Values) -> tuple[dict[str, str], ...]:
    """Return the values of a row: those of the one cell, and those that have columns of their own."""
    try:
        rows = certified_rows(cells.text(values, "certified").replace("|", "\n"))
    except Refusal as no:
        raise Refusal(no.sentence, field="certified", **no.parameters) from None
    own = (_own_columns(values, n) for n in range(1, MOST_VALUES + 1))
    return (*rows, *(row for row in own if row))


def _own_columns(values: Values, n: int) -> dict[str, str]:
    said = {}
    for key, column in (("nominal", "nominal"), ("value", "value"), ("u", "u_of_value")):
        number = cells.number(values, numbered(column, n))
        if number is not None:
            said[key] = plain(number)
    for key in ("nominal", "value"):
        if said and key not in said:
            raise Refusal("Enter both the nominal and the certified value.", field=numbered(key, n))
    return said


def _uncertainty(
    values: Values, stands: CertificateEntry | None, certified: tuple[dict[str, str], ...], unit: str
) -> dict[str, str]:
    stated, k = read_uncertainty(values, "u", canonical(unit)), cells.number(values, "k")
    if k is not None and k < 1:
        raise Refusal("A coverage factor is 1 or more.", field="k")
    if stated and k is not None and stated.get("k", plain(k)) != plain(k):
        raise Refusal("The uncertainty says another k. Keep one of them.", field="k")
    before = stands.uncertainty if stands else {}
    if not stated and not before and certified and all(row.get("u") for row in certified):
        stated = {"kind": "per value", "unit": canonical(unit)}
    found = stated or before
    if not found:
        return {}
    return {**found, "k": plain(k) if k is not None else found.get("k") or before.get("k") or "2"}


def _standing(standard_ids: Collection[int] | None = None) -> Iterator[StandardCertificate]:
    c = StandardCertificate
    wanted = select(c).where(c.ended_at.is_(None)).order_by(c.standard_id, c.issued, c.id)
    return iter(db.session.scalars(wanted if standard_ids is None else wanted.where(c.standard_id.in_(standard_ids))))


def entry_of_row(row: StandardCertificate) -> CertificateEntry:
    """Return a certificate as it was entered."""
    return CertificateEntry(
        number=row.number,
        laboratory=row.laboratory,
        issued=row.issued,
        valid_until=row.valid_until,
        opened=row.opened,
        uncertainty=dict(row.uncertainty),
        certified=tuple(dict(each) for each in row.certified),
    )


def values_of(code: str, entry: CertificateEntry) -> dict[str, str]:
    """Say a certificate as a file would."""
    return {
        "code": code,
        "number": entry.number,
        "laboratory": entry.laboratory,
        "issued": written(entry.issued),
        "valid_until": written(entry.valid_until),
        "opened": written(entry.opened),
        "u": written_uncertainty(entry.uncertainty),
        "k": entry.uncertainty.get("k") or "2" if entry.uncertainty else "",
        "certified": certified_lines(entry.certified),
    }


def all_there_is() -> Iterator[Values]:
    """Say every certificate that stands as a file would."""
    codes = {card.id: code for code, card in cards.standards().items()}
    return (values_of(codes[row.standard_id], entry_of_row(row)) for row in _standing())


CERTIFICATES = Importer(
    "certificates", _l("Certificates of standards"), "records", MEASURE, COLUMNS, "code", begin, all_there_is,
    (
        {"code": "S-101", "number": "2026-0187", "laboratory": "Example Laboratory", "issued": "2026-03-02",
         "valid_until": "2028-03-02", "u": "(0.05 + 0.5 L/m) µm", "k": "2",
         "certified": "1.005; 1.00503\n100; 100.00008"},
        {"code": "S-102", "number": "LOT-7734", "laboratory": "Example Chemistry", "issued": "2026-05-11",
         "valid_until": "2028-05-11", "opened": "2026-06-01", "u": "0.02 pH", "k": "2", "certified": "7.00; 7.00"},
    ),
    several=True,
)  # fmt: skip
