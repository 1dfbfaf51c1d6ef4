"""Which standards a calibration may rest on, that day, and what speaks against the others."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from techfloor.duties.calibration.queries import StandardOnBench, on_bench
from techfloor.equipment.models import Equipment, EquipmentHold, Standard, StandardCertificate
from techfloor.equipment.rules import CertificateFacts, HoldFact, Objection, StandardFacts, standard_valid
from techfloor.store import db


@dataclass(frozen=True)
class Choice:
    """A standard that a procedure names: ready with its certificate, or not, with the reasons."""

    code: str
    name: str
    ready: StandardOnBench | None
    objections: tuple[Objection, ...]


def choices(codes: Sequence[str], day: date) -> list[Choice]:
    """Return the standards of these codes, and all others that measure the same, as they stand on `day`."""
    quantities = select(Standard.quantity).join(Equipment).where(Equipment.code.in_(codes))
    rows = db.session.execute(
        select(Equipment, Standard)
        .join(Standard, Standard.equipment_id == Equipment.id)
        .where(Standard.quantity.in_(quantities), Equipment.lifecycle != "retired")
        .order_by(Equipment.code.in_(codes).desc(), Equipment.code)
    ).all()
    return [_choice(row.Equipment, row.Standard, day) for row in rows]


def _choice(equipment: Equipment, standard: Standard, day: date) -> Choice:
    certificate = db.session.scalar(
        select(StandardCertificate)
        .where(StandardCertificate.standard_id == equipment.id, StandardCertificate.issued <= day)
        .order_by(StandardCertificate.issued.desc())
        .limit(1)
    )
    holds = db.session.scalars(
        select(EquipmentHold).where(
            EquipmentHold.equipment_id == equipment.id,
            EquipmentHold.lifted_at.is_(None),
        )
    )
    facts = StandardFacts(
        equipment.code,
        reference_material=standard.reference_material,
        opened_use_days=standard.opened_use_days,
    )
    stands = (
        CertificateFacts(certificate.number, certificate.issued, certificate.valid_until, certificate.opened)
        if certificate
        else None
    )
    found = standard_valid(stands, facts, day, [HoldFact(h.reason, h.words) for h in holds])
    blocked = any(objection.blocks for objection in found)
    ready = on_bench(equipment, standard, certificate) if certificate and not blocked else None
    return Choice(equipment.code, equipment.name, ready, tuple(found))
