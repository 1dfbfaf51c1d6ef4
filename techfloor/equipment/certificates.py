"""The certificates of a reference standard, and the lots of a reference material."""

from datetime import date, datetime

from sqlalchemy import select

from techfloor.equipment.entries import CertificateEntry, check_certificate, check_uncertainty, uncertainty_words
from techfloor.equipment.ledger import CALIBRATION, log, set_due
from techfloor.equipment.models import Standard, StandardCertificate
from techfloor.equipment.rules import day_text
from techfloor.refusals import NotFound, Refusal
from techfloor.store import db


def standard_of(equipment_id: int) -> Standard:
    """Find a standard; raises NotFound, also for equipment of another kind."""
    standard = db.session.get(Standard, equipment_id)
    if standard is None:
        raise NotFound("This standard does not exist.")
    return standard


def add_certificate(
    equipment_id: int, entry: CertificateEntry, *, actor: int, at: datetime, record_id: int | None = None
) -> StandardCertificate:
    """Add a certificate, or a lot, to a standard; the newest one moves its due day."""
    check_certificate(entry)
    check_uncertainty(entry.uncertainty, entry.certified)
    standard_of(equipment_id)
    number = entry.number.strip()
    known = select(StandardCertificate.id).where(
        StandardCertificate.standard_id == equipment_id, StandardCertificate.number == number
    )
    if db.session.scalar(known) is not None:
        raise Refusal("%(number)s stands here already.", field="number", number=number)
    certificate = StandardCertificate(
        standard_id=equipment_id,
        number=number,
        laboratory=entry.laboratory.strip(),
        issued=entry.issued,
        valid_until=entry.valid_until,
        opened=entry.opened,
        uncertainty_text=entry.uncertainty_text.strip() or uncertainty_words(entry.uncertainty),
        uncertainty=dict(entry.uncertainty),
        certified=[dict(row) for row in entry.certified],
    )
    db.session.add(certificate)
    words = f"{number}, {certificate.laboratory}, until {day_text(entry.valid_until)}"
    log(equipment_id, "certificate", words, actor=actor, at=at, record_id=record_id)
    _follow_certificate(equipment_id, entry)
    return certificate


def open_lot(certificate_id: int, opened: date, *, actor: int, at: datetime) -> StandardCertificate:
    """Note the day on which a bottle of a reference material's lot was opened; a later bottle replaces it."""
    lot = db.session.get(StandardCertificate, certificate_id)
    if lot is None:
        raise NotFound("This lot does not exist.")
    if not standard_of(lot.standard_id).reference_material:
        raise Refusal("Only a reference material is opened.")
    if opened < lot.issued:
        raise Refusal("It cannot have been opened before it was issued.", field="opened")
    if lot.opened is not None and opened <= lot.opened:
        raise Refusal(
            "A bottle of this lot was opened on %(day)s. Enter a later day.", field="opened", day=day_text(lot.opened)
        )
    lot.opened = opened
    log(lot.standard_id, "opened", f"{lot.number}, {day_text(opened)}", actor=actor, at=at)
    return lot


def _follow_certificate(equipment_id: int, entry: CertificateEntry) -> None:
    """A certificate entered late does not move the due day back."""
    newest = select(StandardCertificate.issued).where(StandardCertificate.standard_id == equipment_id)
    if entry.issued >= max(db.session.scalars(newest), default=entry.issued):
        set_due(equipment_id, CALIBRATION, entry.valid_until, last_done=entry.issued)
