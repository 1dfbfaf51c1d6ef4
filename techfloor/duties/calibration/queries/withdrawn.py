"""What became of the certificates that a calibration rested on: those that were taken back since."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session, aliased

from techfloor.duties.calibration.models import OF_CERTIFICATE, StandardUsed
from techfloor.equipment.models import Equipment, StandardCertificate
from techfloor.equipment.rules import plant_day
from techfloor.places.models import Plant
from techfloor.records.models import Record, Task
from techfloor.said import Said, day_said, say
from techfloor.store import db


@dataclass(frozen=True)
class Withdrawn:
    """A certificate that was taken back, of the standard of a code, as its number was when it was used."""

    code: str
    certificate: str
    at: datetime
    why: str


_ENDED = (
    select(Equipment.code, StandardCertificate)
    .join(StandardUsed, StandardUsed.certificate_id == StandardCertificate.id)
    .join(Equipment, Equipment.id == StandardCertificate.standard_id)
    .where(StandardUsed.record_id == bindparam("record"), StandardCertificate.ended_at.is_not(None))
    .order_by(StandardUsed.id)
)
_AFTER = select(StandardCertificate).where(StandardCertificate.replaces_id == bindparam("before"))


def withdrawn_behind(record_id: int, session: Session | None = None) -> list[Withdrawn]:
    """Return the certificates behind a calibration that were taken back; one with a slip, when its correction was."""
    bound = session or db.session()
    found: list[Withdrawn] = []
    rows: Any = bound.execute(_ENDED, {"record": record_id})
    for code, used in rows.all():
        last = last_of(used, bound)
        if last.ended_at is not None:
            found.append(Withdrawn(code, used.number, last.ended_at, last.ended_why))
    return found


def last_of(certificate: StandardCertificate, session: Session | None = None) -> StandardCertificate:
    """Return the entry that came last in the place of one with a slip."""
    bound = session or db.session()
    following = bound.scalar(_AFTER, {"before": certificate.id})
    return certificate if following is None else last_of(following, bound)


def without_a_certificate(record_ids: Iterable[int]) -> set[int]:
    """Return those calibrations whose result shows nothing for now: a certificate behind it was taken back, or doubted.

    One that was corrected to other values, or is in doubt, is so while the look-back of it is open.
    """
    ids = list(record_ids)
    ended = db.session.scalars(
        select(StandardUsed.record_id)
        .join(StandardCertificate, StandardCertificate.id == StandardUsed.certificate_id)
        .where(StandardUsed.record_id.in_(ids), StandardCertificate.ended_at.is_not(None))
        .distinct()
    )
    return {id_ for id_ in ended.all() if withdrawn_behind(id_)} | _looked_back_on(ids)


def _looked_back_on(ids: Sequence[int]) -> set[int]:
    """Return those with an open look-back of a certificate, whichever version it was raised for."""
    asked = aliased(Record)
    same = and_(asked.kind == Record.kind, asked.number == Record.number)
    wanted = (
        select(Record.id)
        .join(asked, same)
        .join(Task, Task.record_id == asked.id)
        .where(Record.id.in_(ids), Task.kind == OF_CERTIFICATE, Task.done_at.is_(None))
    )
    return set(db.session.scalars(wanted))


def withdrawn_said(record_id: int, session: Session | None = None) -> tuple[Said, ...]:
    """Say which certificates behind a calibration were taken back, when and why."""
    bound = session or db.session()
    found = withdrawn_behind(record_id, bound)
    return tuple(say(WITHDRAWN, **facts, why=each.why) for each, facts in zip(found, _facts(found, bound), strict=True))


def withdrawn_since(record_id: int) -> tuple[Said, ...]:
    """Say the same to whoever holds the paper of a calibration: that and when, and not the words why."""
    session = db.session()
    return tuple(say(f"{WITHDRAWN}-since", **facts) for facts in _facts(withdrawn_behind(record_id, session), session))


def _facts(found: Sequence[Withdrawn], session: Session) -> list[dict[str, object]]:
    zone = session.scalars(select(Plant.zone)).one() if found else ""
    return [
        {"certificate": each.certificate, "standard": each.code, "day": day_said(plant_day(each.at, zone))}
        for each in found
    ]


WITHDRAWN = "calibration.certificate-withdrawn"
"""The key of what is said of a certificate that was taken back."""


def doubted(record_id: int) -> bool:
    """Tell whether a certificate behind a calibration was ever in doubt: then a second person looks at it by itself."""
    wanted = select(Task.id).where(Task.record_id == record_id, Task.kind == OF_CERTIFICATE)
    return db.session.scalar(wanted.limit(1)) is not None
