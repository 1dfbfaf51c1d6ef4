"""Reads of equipment: plain rows, one statement for each list."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, func, select
from sqlalchemy.orm import aliased

from techfloor.equipment.ledger import CALIBRATED, CHANGED_SINCE
from techfloor.equipment.lists import list_page
from techfloor.equipment.models import (
    CertificateFile,
    Equipment,
    EquipmentDue,
    EquipmentHold,
    EquipmentLog,
    Gauge,
    GaugeFunction,
    Standard,
    StandardCertificate,
)
from techfloor.equipment.shapes import (
    CertificateView,
    DueView,
    FunctionView,
    GaugeView,
    HoldView,
    ItemView,
    LogLine,
    PaperView,
    RestedView,
    StandardView,
)
from techfloor.equipment.statuses import Status, status_of
from techfloor.people.models import Person
from techfloor.places.models import Area, Station
from techfloor.records import versions
from techfloor.records.attachments import KeptFile
from techfloor.records.models import Definition, Measurement, Record
from techfloor.refusals import NotFound
from techfloor.store import db

__all__ = [
    "by_code",
    "by_id",
    "certificate_by_id",
    "certificates_of",
    "changed_since_calibrated",
    "dues_of",
    "file_of_certificate",
    "functions_of",
    "gauge_view",
    "hold_by_id",
    "list_page",
    "log_of",
    "machines",
    "next_code",
    "open_holds",
    "rested_on",
    "standards_alike",
    "standards_for",
    "standards_of",
]


def by_code(code: str) -> ItemView:
    """Read a piece of equipment by the code on its label; raises NotFound."""
    found = _items(Equipment.code == code.strip().upper())
    if not found:
        raise NotFound("No equipment has the code %(code)s. Check the label and type it again.", code=code.strip())
    return found[0]


def by_id(equipment_id: int) -> ItemView:
    """Read a piece of equipment by its id; raises NotFound."""
    found = _items(Equipment.id == equipment_id)
    if not found:
        raise NotFound("This equipment does not exist.")
    return found[0]


def _items(which: ColumnElement[bool]) -> list[ItemView]:
    whole = select(Equipment.id, Equipment.code).subquery("whole")
    statement = (
        select(
            Equipment.id,
            Equipment.code,
            Equipment.kind,
            Equipment.name,
            Equipment.maker,
            Equipment.serial,
            Equipment.area_id,
            func.coalesce(Area.name, ""),
            Equipment.station_id,
            func.coalesce(Station.code, ""),
            func.coalesce(whole.c.code, ""),
            Equipment.lifecycle,
            Equipment.availability,
            Equipment.acquired,
            Equipment.note,
            Gauge.status,
        )
        .outerjoin(Gauge, Gauge.equipment_id == Equipment.id)
        .outerjoin(Area, Area.id == Equipment.area_id)
        .outerjoin(Station, Station.id == Equipment.station_id)
        .outerjoin(whole, whole.c.id == Equipment.part_of_id)
        .where(which)
    )
    return [_item_view(row) for row in db.session.execute(statement)]


def _item_view(row: Row[*tuple[Any, ...]]) -> ItemView:
    values: tuple[Any, ...] = tuple(row)
    status = status_of(row.kind, row.lifecycle, row.availability, row[-1])
    return ItemView(*(*values[:-1], status))


def gauge_view(code: str) -> GaugeView:
    """Read a gauge whole; raises NotFound, also for equipment that is no gauge."""
    item = by_code(code)
    row = db.session.execute(
        select(Gauge, func.coalesce(Definition.code, ""), func.coalesce(Definition.title, ""))
        .outerjoin(Definition, Definition.id == Gauge.procedure_id)
        .where(Gauge.equipment_id == item.id)
    ).one_or_none()
    if row is None:
        raise NotFound("%(code)s is no gauge. Check the label and type it again.", code=item.code)
    gauge, procedure_code, procedure_title = row
    return GaugeView(
        item=item,
        kind=gauge.kind,
        procedure_id=gauge.procedure_id,
        procedure_code=procedure_code,
        procedure_title=procedure_title,
        point_set=gauge.point_set,
        interval_months=gauge.interval_months,
        limited_use=gauge.limited_use,
        in_use_check=gauge.in_use_check,
        calibrated_by=gauge.calibrated_by,
        sent_on=gauge.sent_on,
        expected_back=gauge.expected_back,
        functions=functions_of(item.id),
        dues=dues_of(item.id),
        holds=tuple(open_holds([item.id]).get(item.id, ())),
    )


def functions_of(gauge_id: int) -> tuple[FunctionView, ...]:
    """Read what a gauge measures, in its own order."""
    f = GaugeFunction
    statement = select(f.id, f.place, f.name, f.unit, f.low, f.high, f.resolution, f.reads_to, f.tolerance)
    rows = db.session.execute(statement.where(f.gauge_id == gauge_id).order_by(f.place))
    return tuple(FunctionView(*row) for row in rows)


def dues_of(equipment_id: int) -> tuple[DueView, ...]:
    """Read what is due on a piece of equipment, the next one first."""
    rows = db.session.execute(
        select(EquipmentDue.work, EquipmentDue.due, EquipmentDue.last_done, Record.number)
        .outerjoin(Record, Record.id == EquipmentDue.last_record_id)
        .where(EquipmentDue.equipment_id == equipment_id)
        .order_by(EquipmentDue.due)
    )
    return tuple(DueView(*row) for row in rows)


def open_holds(equipment_ids: Iterable[int]) -> dict[int, list[HoldView]]:
    """Read the open holds of several pieces of equipment, the oldest first."""
    h = EquipmentHold
    rows = db.session.execute(
        select(h.equipment_id, h.id, h.reason, h.words, h.placed_at, Person.name, Record.number, h.work)
        .join(Person, Person.id == h.placed_by)
        .outerjoin(Record, Record.id == h.record_id)
        .where(h.equipment_id.in_(list(equipment_ids)), h.lifted_at.is_(None))
        .order_by(h.id)
    )
    found: dict[int, list[HoldView]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(HoldView(*row[1:]))
    return found


def hold_by_id(hold_id: int) -> tuple[str, HoldView, bool]:
    """Read a hold: the code of its equipment, the hold, and whether it is still open; raises NotFound."""
    h = EquipmentHold
    row = db.session.execute(
        select(Equipment.code, h.id, h.reason, h.words, h.placed_at, Person.name, Record.number, h.work, h.lifted_at)
        .join(Equipment, Equipment.id == h.equipment_id)
        .join(Person, Person.id == h.placed_by)
        .outerjoin(Record, Record.id == h.record_id)
        .where(h.id == hold_id)
    ).one_or_none()
    if row is None:
        raise NotFound("This hold does not exist. Go back to the equipment.")
    return row[0], HoldView(*row[1:-1]), row[-1] is None


def standards_for(codes: Iterable[str], day: date) -> list[StandardView]:
    """Read standards with the certificate that counts on a day: the newest issued by then, or the opened lot."""
    return _standards(Equipment.code.in_([code.upper() for code in codes]), day)


def standards_of(quantity: str, day: date) -> list[StandardView]:
    """Read the standards of a quantity that are not retired, with the certificate that counts on a day."""
    return _standards(and_(Standard.quantity == quantity, Equipment.lifecycle != Status.RETIRED), day)


def standards_alike(codes: Iterable[str], day: date) -> list[StandardView]:
    """Read the standards that measure the same quantities as those of these codes and are not retired."""
    alike = select(Standard.quantity).join(Equipment, Equipment.id == Standard.equipment_id)
    named = alike.where(Equipment.code.in_([code.upper() for code in codes]))
    return _standards(and_(Standard.quantity.in_(named), Equipment.lifecycle != Status.RETIRED), day)


def _standards(which: ColumnElement[bool], day: date) -> list[StandardView]:
    c, s = StandardCertificate, Standard
    opened = and_(c.opened.is_not(None), c.opened <= day)
    in_force = (
        select(c.id)
        .where(c.standard_id == Equipment.id, c.issued <= day, c.ended_at.is_(None))
        # Of a reference material the lot counts that was opened last, though a newer one stands on the shelf.
        .order_by(
            case((and_(s.reference_material, opened), c.opened)).desc().nulls_last(), c.issued.desc(), c.id.desc()
        )
        .limit(1)
        .correlate(Equipment, s)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(Equipment, s, c)
        .join(s, s.equipment_id == Equipment.id)
        .outerjoin(c, c.id == in_force)
        .where(which)
        .order_by(Equipment.code)
    ).all()
    holds = open_holds([row[0].id for row in rows])
    return [_standard_view(item, standard, paper, holds.get(item.id, [])) for item, standard, paper in rows]


def _standard_view(
    item: Equipment, standard: Standard, paper: StandardCertificate | None, holds: list[HoldView]
) -> StandardView:
    return StandardView(
        id=item.id,
        code=item.code,
        name=item.name,
        serial=item.serial,
        quantity=standard.quantity,
        unit=standard.unit,
        resolution=standard.resolution,
        low=standard.low,
        high=standard.high,
        interval_months=standard.interval_months,
        reference_material=standard.reference_material,
        opened_use_days=standard.opened_use_days,
        status=status_of(item.kind, item.lifecycle, item.availability),
        certificate=_certificate_view(paper) if paper is not None else None,
        holds=tuple(holds),
    )


def _certificate_view(paper: StandardCertificate) -> CertificateView:
    return CertificateView(
        paper.id,
        paper.number,
        paper.laboratory,
        paper.issued,
        paper.valid_until,
        paper.opened,
        paper.uncertainty_text,
        paper.uncertainty,
        tuple(paper.certified),
    )


def certificates_of(standard_id: int) -> list[PaperView]:
    """Read the certificates of a standard, the newest first, with those that were replaced or withdrawn."""
    return _papers(StandardCertificate.standard_id == standard_id)


def entries_of(papers: Sequence[PaperView], certificate_id: int) -> tuple[int, ...]:
    """Return every entry of a certificate among those of its standard: a slip that was corrected has more than one."""
    found = {certificate_id}
    for _turn in papers:
        found |= {paper.certificate.id for paper in papers if paper.replaces in found}
        found |= {paper.replaces for paper in papers if paper.certificate.id in found and paper.replaces is not None}
    return tuple(sorted(found))


def certificate_by_id(standard_id: int, certificate_id: int) -> PaperView:
    """Read one certificate of a standard; raises NotFound, also for one of another standard."""
    c = StandardCertificate
    found = _papers(and_(c.standard_id == standard_id, c.id == certificate_id))
    if not found:
        raise NotFound("This certificate is not here. Go back to the standard.")
    return found[0]


def _papers(which: ColumnElement[bool]) -> list[PaperView]:
    c, later, f = StandardCertificate, aliased(StandardCertificate), CertificateFile
    file = select(f.name).where(f.certificate_id == c.id).order_by(f.id.desc()).limit(1)
    rows = db.session.execute(
        select(c, later.id, Person.name, file.correlate(c).scalar_subquery())
        .outerjoin(later, later.replaces_id == c.id)
        .outerjoin(Person, Person.id == c.ended_by)
        .where(which)
        .order_by(c.issued.desc(), c.id.desc())
    )
    return [
        PaperView(_certificate_view(row), row.replaces_id, row.reason, after, row.ended_at, by, row.ended_why, name)
        for row, after, by, name in rows
    ]


def file_of_certificate(certificate_id: int) -> KeptFile:
    """Read the paper of a certificate; raises NotFound where there is none."""
    f = CertificateFile
    row = db.session.execute(
        select(f.name, f.media_type, f.size, f.sha256)
        .where(f.certificate_id == certificate_id)
        .order_by(f.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        raise NotFound("This file is not here.")
    return KeptFile(*row)


def rested_on(certificate_id: int, size: int = 200) -> list[RestedView]:
    """Read the records that rest on a certificate, as they stand, the newest first, at most `size`."""
    rows = db.session.execute(
        select(Record.number, Equipment.code, Equipment.name, Record.performed_at)
        .join(Measurement, Measurement.record_id == Record.id)
        .outerjoin(Equipment, Equipment.id == Record.equipment_id)
        .where(Measurement.certificate_id == certificate_id, versions.stands())
        .order_by(Record.id.desc())
        .limit(size)
    )
    return [RestedView(*row) for row in rows]


def rested_before(standard_id: int, certificate_id: int) -> int:
    """Count the records that rest on an entry which this one of a certificate replaced, as they stand."""
    papers = {paper.certificate.id: paper for paper in certificates_of(standard_id)}
    earlier: list[int] = []
    before = papers[certificate_id].replaces
    while before is not None:
        earlier.append(before)
        before = papers[before].replaces
    rested = (
        select(func.count(Record.id.distinct()))
        .join(Measurement, Measurement.record_id == Record.id)
        .where(Measurement.certificate_id.in_(earlier), versions.stands())
    )
    return db.session.scalars(rested).one()


def log_of(equipment_id: int, *, before: int | None = None, size: int = 30) -> list[LogLine]:
    """Read the log, the newest line first; `before` goes on from a line's id."""
    g = EquipmentLog
    statement = (
        select(g.id, g.at, Person.name, g.event, g.words, Record.number)
        .join(Person, Person.id == g.by_id)
        .outerjoin(Record, Record.id == g.record_id)
        .where(g.equipment_id == equipment_id)
        .order_by(g.id.desc())
        .limit(size)
    )
    if before is not None:
        statement = statement.where(g.id < before)
    return [LogLine(*row) for row in db.session.execute(statement)]


def changed_since_calibrated(equipment_id: int) -> list[LogLine]:
    """Read what a gauge was judged by and was changed since the last calibration that counts, the newest first."""
    log, last = EquipmentLog, aliased(EquipmentLog)
    performed = (
        select(func.max(Record.performed_at))
        .join(last, last.record_id == Record.id)
        .where(last.equipment_id == equipment_id, last.event.in_(CALIBRATED), versions.in_force())
        .scalar_subquery()
    )
    since = func.coalesce(log.at > performed, True)
    rows = db.session.execute(
        select(log.id, log.at, Person.name, log.event, log.words)
        .join(Person, Person.id == log.by_id)
        .where(log.equipment_id == equipment_id, log.event == CHANGED_SINCE, since)
        .order_by(log.id.desc())
    )
    return [LogLine(*row, None) for row in rows]


def machines() -> list[tuple[int, str, str]]:
    """Read the machines that a gauge can be built into: (id, code, name)."""
    rows = db.session.execute(
        select(Equipment.id, Equipment.code, Equipment.name)
        .where(Equipment.kind == "machine", Equipment.lifecycle != Status.RETIRED)
        .order_by(Equipment.code)
    )
    return list(rows)


_PREFIX = {"machine": "M-", "gauge": "G-", "standard": "S-"}


def next_code(kind: str) -> str:
    """Propose the code after the highest one in use, such as G-022; the first is G-001."""
    prefix = _PREFIX[kind]
    codes = db.session.scalars(select(Equipment.code).where(Equipment.code.startswith(prefix, autoescape=True)))
    numbers = [code.removeprefix(prefix) for code in codes]
    highest = max((number for number in numbers if number.isdigit()), key=lambda n: (int(n), len(n)), default="000")
    return f"{prefix}{int(highest) + 1:0{len(highest)}d}"
