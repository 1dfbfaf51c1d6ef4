"""The certificates of a reference standard, and the lots of a reference material.

An entry with a slip is corrected by another version of it, and one that does not hold is withdrawn; both stay to be
read, and the records that rested on them keep them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from techfloor.equipment.corrections import differences
from techfloor.equipment.entries import CertificateEntry, check_certificate, check_uncertainty, uncertainty_said
from techfloor.equipment.ledger import CALIBRATION, lift_hold, log, set_due
from techfloor.equipment.models import CertificateFile, EquipmentHold, Standard, StandardCertificate
from techfloor.equipment.rules import OUT_OF_TOLERANCE, day_text, plant_day
from techfloor.places.models import Plant
from techfloor.records.attachments import KeptFile
from techfloor.refusals import NotFound, Refusal
from techfloor.said import as_text, day_said, say
from techfloor.store import alone, db


def standard_of(equipment_id: int) -> Standard:
    """Find a standard; raises NotFound, also for equipment of another kind."""
    standard = db.session.get(Standard, equipment_id)
    if standard is None:
        raise NotFound("This standard does not exist.")
    return standard


def add_certificate(
    equipment_id: int,
    entry: CertificateEntry,
    *,
    actor: int,
    at: datetime,
    record_id: int | None = None,
    file: KeptFile | None = None,
) -> StandardCertificate:
    """Add a certificate, or a lot, to a standard; the newest one moves its due day, and returns it where it was off."""
    _check(entry, at)
    standard_of(equipment_id)
    alone(certificates_of(equipment_id))
    _refuse_known(equipment_id, entry)
    certificate = StandardCertificate(standard_id=equipment_id)
    _write(certificate, entry)
    db.session.add(certificate)
    until = day_said(entry.valid_until)
    words = say("equipment.certificate", number=certificate.number, laboratory=certificate.laboratory, day=until)
    log(equipment_id, "certificate", as_text(words), actor=actor, at=at, record_id=record_id)
    if file is not None:
        _keep_file(certificate, file, actor, at)
    _follow_certificates(equipment_id, at)
    _end_holds(certificate, actor=actor, at=at, record_id=record_id)
    return certificate


def correct_certificate(
    certificate_id: int,
    entry: CertificateEntry,
    reason: str,
    *,
    actor: int,
    at: datetime,
    file: KeptFile | None = None,
) -> "Corrected":
    """Put another version of a certificate in the place of one with a slip; its paper goes with it.

    Records that rested on the one before keep it. Raises Refusal for one that does not stand any more, and where
    nothing is different.
    """
    _check(entry, at)
    before = _standing(certificate_id)
    _check_reason(reason)
    if file is None and _same(before, entry):
        raise Refusal("Nothing is different yet. Change what is wrong, then save it.", field="number")
    _end(before, reason, actor, at)
    _refuse_known(before.standard_id, entry)
    certificate = StandardCertificate(standard_id=before.standard_id, replaces_id=before.id, reason=reason)
    _write(certificate, entry, before)
    db.session.add(certificate)
    log(before.standard_id, "certificate corrected", _correction_said(before, certificate), actor=actor, at=at)
    _keep_files(certificate, before, file, actor, at)
    _follow_certificates(before.standard_id, at)
    raised = sum(follow(before.standard_id, certificate.id, at) for follow in following_corrections)
    return Corrected(certificate, raised)


@dataclass(frozen=True)
class Corrected:
    """The entry that takes the place of one with a slip, and how many tasks the duties raised for what rested on it."""

    certificate: StandardCertificate
    raised: int


def _correction_said(before: StandardCertificate, now: StandardCertificate) -> str:
    """Say what was corrected, old and new, and why; of what counts for no measurement the reason alone."""
    words = f"{before.number}, {now.number}" if before.number != now.number else before.number
    said, found = f"{words}: {now.reason}", differences(before, now)
    return as_text(say("equipment.corrected", words=said, changed=found)) if found else said


following: list[Callable[[int, int, datetime], int]] = []
"""What follows from a withdrawal, of (standard, certificate, at): how many tasks it raised. The duties give it."""
following_corrections: list[Callable[[int, int, datetime], int]] = []
"""What follows from a correction, of (standard, its new entry, at): how many tasks it raised. The duties give it."""


def withdraw_certificate(certificate_id: int, reason: str, *, actor: int, at: datetime) -> int:
    """Take a certificate back: from now on nothing can rest on it; records that did keep it.

    Return how many tasks the duties raised for what rested on it.
    """
    certificate = _standing(certificate_id)
    _check_reason(reason)
    _end(certificate, reason, actor, at)
    words = f"{certificate.number}: {reason}"
    log(certificate.standard_id, "certificate withdrawn", words, actor=actor, at=at)
    _follow_certificates(certificate.standard_id, at)
    return sum(follow(certificate.standard_id, certificate.id, at) for follow in following)


def certificates_of(equipment_id: int) -> str:
    """Return what to be alone with for whatever asks or says which certificates of a standard stand."""
    return f"certificates:{equipment_id}"


def _check(entry: CertificateEntry, at: datetime) -> None:
    check_certificate(entry)
    if entry.issued > plant_day(at, db.session.scalars(select(Plant.zone)).one()):
        raise Refusal("It cannot have been issued on a day to come. Look at the certificate.", field="issued")
    check_uncertainty(entry.uncertainty, entry.certified)


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise Refusal("Choose why.", field="reason")


def _standing(certificate_id: int) -> StandardCertificate:
    found = db.session.get(StandardCertificate, certificate_id)
    if found is None:
        raise NotFound("This certificate does not exist.")
    alone(certificates_of(found.standard_id))
    db.session.refresh(found)
    if found.ended_at is not None:
        raise Refusal("%(number)s was replaced or withdrawn already.", number=found.number)
    return found


def _end(certificate: StandardCertificate, reason: str, actor: int, at: datetime) -> None:
    certificate.ended_at, certificate.ended_by, certificate.ended_why = at, actor, reason
    db.session.flush()


def _refuse_known(equipment_id: int, entry: CertificateEntry) -> None:
    number, c = entry.number.strip(), StandardCertificate
    known = select(c.id).where(c.standard_id == equipment_id, c.number == number, c.ended_at.is_(None))
    if db.session.scalar(known) is not None:
        raise Refusal("%(number)s stands here already.", field="number", number=number)


def _write(
    certificate: StandardCertificate, entry: CertificateEntry, before: StandardCertificate | None = None
) -> None:
    """Fill in what was entered; an uncertainty that stays as it was keeps the laboratory's own words."""
    certificate.number, certificate.laboratory = entry.number.strip(), entry.laboratory.strip()
    certificate.issued, certificate.valid_until, certificate.opened = entry.issued, entry.valid_until, entry.opened
    unchanged = before is not None and _stated(before.uncertainty) == _stated(entry.uncertainty)
    kept = before.uncertainty_text if before is not None and unchanged else ""
    certificate.uncertainty_text = entry.uncertainty_text.strip() or kept or uncertainty_said(entry.uncertainty)
    certificate.uncertainty = dict(entry.uncertainty)
    certificate.certified = [dict(row) for row in entry.certified]


def _same(before: StandardCertificate, entry: CertificateEntry) -> bool:
    then = (before.number, before.laboratory, before.issued, before.valid_until, before.opened)
    now = (entry.number.strip(), entry.laboratory.strip(), entry.issued, entry.valid_until, entry.opened)
    same_values = before.certified == [dict(row) for row in entry.certified]
    return then == now and same_values and _stated(before.uncertainty) == _stated(entry.uncertainty)


def _stated(uncertainty: dict[str, str]) -> dict[str, str]:
    """A percentage needs no unit, whatever stands there."""
    percent = uncertainty.get("kind") == "percent"
    return {name: value for name, value in uncertainty.items() if not (percent and name == "unit")}


def _keep_files(
    certificate: StandardCertificate, before: StandardCertificate, file: KeptFile | None, actor: int, at: datetime
) -> None:
    """Hang the new paper on a corrected entry, or the one that hung on it before."""
    if file is None:
        f = CertificateFile
        newest = select(f).where(f.certificate_id == before.id).order_by(f.id.desc()).limit(1)
        hung = db.session.scalar(newest)
        if hung is None:
            return
        file = KeptFile(hung.name, hung.media_type, hung.size, hung.sha256)
    _keep_file(certificate, file, actor, at)


def _keep_file(certificate: StandardCertificate, file: KeptFile, actor: int, at: datetime) -> None:
    db.session.flush()
    db.session.add(CertificateFile(certificate_id=certificate.id, added_by=actor, added_at=at, **vars(file)))


def open_lot(certificate_id: int, opened: date, *, actor: int, at: datetime) -> StandardCertificate:
    """Note the day on which a bottle of a reference material's lot was opened; a later bottle replaces it."""
    lot = db.session.get(StandardCertificate, certificate_id)
    if lot is None:
        raise NotFound("This lot does not exist.")
    if lot.ended_at is not None:
        raise Refusal("%(number)s was replaced or withdrawn already.", number=lot.number)
    if not standard_of(lot.standard_id).reference_material:
        raise Refusal("Only a reference material is opened.")
    if opened < lot.issued:
        raise Refusal("It cannot have been opened before it was issued.", field="opened")
    if lot.opened is not None and opened <= lot.opened:
        raise Refusal(
            "A bottle of this lot was opened on %(day)s. Enter a later day.", field="opened", day=day_text(lot.opened)
        )
    lot.opened = opened
    words = say("equipment.opened", number=lot.number, day=day_said(opened))
    log(lot.standard_id, "opened", as_text(words), actor=actor, at=at)
    return lot


def _follow_certificates(equipment_id: int, at: datetime) -> None:
    """Let the due day be the end of the newest certificate that stands; without one it is due now.

    A certificate entered late does not move the due day back.
    """
    c = StandardCertificate
    standing = select(c).where(c.standard_id == equipment_id, c.ended_at.is_(None))
    newest = db.session.scalar(standing.order_by(c.issued.desc(), c.id.desc()).limit(1))
    if newest is None:
        today = plant_day(at, db.session.scalars(select(Plant.zone)).one())
        set_due(equipment_id, CALIBRATION, today).last_done = None
    else:
        set_due(equipment_id, CALIBRATION, newest.valid_until, last_done=newest.issued)


def _end_holds(certificate: StandardCertificate, *, actor: int, at: datetime, record_id: int | None) -> None:
    """Lift what holds a standard as out of tolerance, by a certificate that was issued after it was found so."""
    zone = db.session.scalars(select(Plant.zone)).one()
    wanted = (EquipmentHold.equipment_id == certificate.standard_id, EquipmentHold.lifted_at.is_(None))
    for hold in db.session.scalars(select(EquipmentHold).where(*wanted, EquipmentHold.reason == OUT_OF_TOLERANCE)):
        if certificate.issued > plant_day(hold.placed_at, zone):
            words = as_text(say("equipment.new-certificate", number=certificate.number))
            lift_hold(hold.id, words, actor=actor, at=at, record_id=record_id)
