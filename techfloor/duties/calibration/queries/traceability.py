"""Traceability: which certificates stand behind a gauge, and which records rested on a standard."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from techfloor.duties.calibration.models import Calibration
from techfloor.duties.calibration.queries.records import IN_PROGRESS, KIND, PERFORMED
from techfloor.duties.calibration.queries.withdrawn import last_of
from techfloor.equipment.lists import code_like
from techfloor.equipment.models import Equipment, Gauge, StandardCertificate
from techfloor.equipment.queries import standards_for
from techfloor.people.models import Person
from techfloor.places.models import Plant
from techfloor.records import versions
from techfloor.records.models import Measurement, Record
from techfloor.store import db
from techfloor.store.paging import PAGE, Key, Order, Page

MOST_COUNTED = 1000
"""A list says how long it is up to here: counting on would cost more than reading a page of it."""

# --- down ---


class Which(StrEnum):
    """Which versions of the records are meant."""

    COUNTING = ""
    UNDER_WAY = "under way"
    ALL = "all"


@dataclass(frozen=True)
class Wanted:
    """What is asked for of a standard: under one of its certificates, of one kind of gauge, used from `since` on.

    The entries of one certificate are several where a slip was corrected; none are named for all. `until` is the first
    moment after; `words` name a record or a gauge; `at` is the cursor of a page.
    """

    equipment_id: int
    certificate_ids: tuple[int, ...] = ()
    which: str = Which.COUNTING
    kind: str = ""
    words: str = ""
    since: datetime | None = None
    until: datetime | None = None
    at: str = ""


@dataclass(frozen=True)
class Use:
    """A record that rested on a standard, `at` when it was used; `counts` tells whether that version is in force."""

    record_id: int
    number: str
    version: int
    amendment: str | None
    state: str
    counts: bool
    at: datetime
    source: str
    as_found: str
    as_left: str
    gauge_id: int | None
    code: str
    name: str
    certificate_id: int | None
    certificate: str
    by: str


@dataclass(frozen=True)
class Group:
    """The records of one gauge that rested on one certificate: how many, and when the last."""

    certificate_id: int | None
    certificate: str
    gauge_id: int | None
    code: str
    name: str
    kind: str
    records: int
    last: datetime


_USES = Order(Key(Measurement.at, datetime, descending=True), Key(Measurement.id, int, descending=True))


def _uses() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Record.id,
            Record.number,
            Record.version,
            Record.amendment,
            Record.state,
            versions.in_force(),
            Measurement.at,
            func.coalesce(Calibration.source, ""),
            func.coalesce(Calibration.as_found, ""),
            func.coalesce(Calibration.as_left, ""),
            Record.equipment_id,
            func.coalesce(Equipment.code, ""),
            func.coalesce(Equipment.name, ""),
            Measurement.certificate_id,
            Measurement.calibration,
            Person.name,
        )
        .join(Record, Record.id == Measurement.record_id)
        .outerjoin(Calibration, Calibration.record_id == Record.id)
        .outerjoin(Equipment, Equipment.id == Record.equipment_id)
        .join(Person, Person.id == func.coalesce(Calibration.performed_by, Record.opened_by))
    )


def used(wanted: Wanted, *, size: int = PAGE) -> Page[Use]:
    """Read one page of what rested on a standard, the newest first, in one statement."""
    return _USES.page(_fitting(_uses(), wanted), Use, wanted.at, size=size)


def first_uses(wanted: Wanted, most: int) -> list[Use]:
    """Return what such a list shows on all its pages together, `most` and one more where there are more."""
    return used(wanted, size=most + 1).lines


def _fitting(query: Select[*tuple[Any, ...]], wanted: Wanted) -> Select[*tuple[Any, ...]]:
    query = query.where(Measurement.gauge_id == wanted.equipment_id)
    if wanted.certificate_ids:
        query = query.where(Measurement.certificate_id.in_(wanted.certificate_ids))
    if wanted.which == Which.COUNTING:
        query = query.where(versions.in_force())
    if wanted.which == Which.UNDER_WAY:
        query = query.where(Record.state == IN_PROGRESS)
    if wanted.kind:
        query = query.where(Record.equipment_id.in_(select(Gauge.equipment_id).where(Gauge.kind == wanted.kind)))
    if wanted.words:
        query = query.where(_named(wanted.words))
    if wanted.since is not None:
        query = query.where(Measurement.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(Measurement.at < wanted.until)
    return query


def _named(words: str) -> ColumnElement[bool]:
    """Keep what a record's number, a gauge's code, or a part of its name says."""
    typed = words.strip().upper()
    same = Equipment.code == (code_like(words) or typed).upper()
    gauges = select(Equipment.id).where(or_(same, func.upper(Equipment.name).contains(typed, autoescape=True)))
    return or_(Record.number == typed, Record.equipment_id.in_(gauges))


def _joined(*columns: Any) -> Select[*tuple[Any, ...]]:
    return select(*columns).join_from(Measurement, Record, Record.id == Measurement.record_id)


def count(wanted: Wanted) -> int:
    """Count what rested on a standard, at most one more than `MOST_COUNTED`."""
    some = _fitting(_joined(Measurement.id), wanted).limit(MOST_COUNTED + 1).subquery()
    return db.session.scalars(select(func.count()).select_from(some)).one()


def groups(wanted: Wanted) -> list[Group]:
    """Add up what rested on a standard by certificate and gauge, in the order of their days and codes."""
    counted = (
        _fitting(
            _joined(
                Measurement.certificate_id.label("certificate_id"),
                Record.equipment_id.label("gauge_id"),
                func.count().label("records"),
                func.max(Measurement.at).label("last"),
            ),
            wanted,
        )
        .group_by(Measurement.certificate_id, Record.equipment_id)
        .subquery()
    )
    rows = db.session.execute(
        select(
            counted.c.certificate_id,
            func.coalesce(StandardCertificate.number, ""),
            counted.c.gauge_id,
            func.coalesce(Equipment.code, ""),
            func.coalesce(Equipment.name, ""),
            func.coalesce(Gauge.kind, ""),
            counted.c.records,
            counted.c.last,
        )
        .outerjoin(StandardCertificate, StandardCertificate.id == counted.c.certificate_id)
        .outerjoin(Equipment, Equipment.id == counted.c.gauge_id)
        .outerjoin(Gauge, Gauge.equipment_id == counted.c.gauge_id)
        .order_by(StandardCertificate.issued, counted.c.certificate_id, Equipment.code)
    )
    return [Group(*row) for row in rows]


def kinds_of_gauges() -> list[str]:
    """Return the kinds of gauge there are, in their order."""
    return list(db.session.scalars(select(Gauge.kind).distinct().order_by(Gauge.kind)))


# --- up ---


@dataclass(frozen=True)
class Paper:
    """A certificate that something rested on: whose it is, who gave it, what became of it since.

    One that names this plant as its laboratory leads on upwards by the calibration of its number.
    """

    id: int | None
    number: str
    code: str
    name: str
    laboratory: str
    valid_until: date | None
    became: str = ""
    ended_at: datetime | None = None
    own: "Work | None" = None

    def ends_before(self, on: date) -> bool:
        """Tell whether its last valid day is over on a day."""
        return self.valid_until is not None and self.valid_until < on


@dataclass(frozen=True)
class Work:
    """A calibration with what it rested on; that of an outside laboratory has its certificate instead of standards.

    `verdict` is how the gauge went, `found` how it came where that was judged, too.
    """

    number: str
    version: int
    code: str
    name: str
    performed_at: datetime
    verdict: str
    papers: tuple[Paper, ...] = ()
    laboratory: str = ""
    certificate: str = ""
    accreditation: str = ""
    found: str = ""
    waits: bool = False
    """Whether its review is still to come."""


_WORK = (
    select(Record, Calibration, Equipment.code, Equipment.name)
    .join(Calibration, Calibration.record_id == Record.id)
    .join(Equipment, Equipment.id == Record.equipment_id)
    .where(Record.kind == KIND, versions.in_force())
    .order_by(Record.performed_at.desc(), Record.id.desc())
    .limit(1)
)


def behind_gauge(gauge_id: int) -> Work | None:
    """Return the last calibration of a gauge that is in force, with all that stands behind it; None without one."""
    return _work(_WORK.where(Record.equipment_id == gauge_id), frozenset())


def behind_standard(code: str, day: date) -> tuple[Paper, ...]:
    """Return the certificate of a standard that is in force on a day, with what stands behind it; none without one."""
    found = [each for each in standards_for([code], day) if each.certificate is not None]
    wanted = [each.certificate.id for each in found if each.certificate is not None]
    return _papers(_PAPERS.where(StandardCertificate.id.in_(wanted)), frozenset())


def _work(query: Select[*tuple[Any, ...]], seen: frozenset[str]) -> Work | None:
    row: Any = db.session.execute(query).one_or_none()
    if row is None or row.Record.number in seen:
        return None
    record, body = row.Record, row.Calibration
    outside = body.outside or {}
    return Work(
        record.number,
        record.version,
        row.code,
        row.name,
        record.performed_at,
        body.as_left or body.as_found,
        _rested_on(record.id, seen | {record.number}),
        laboratory=str(outside.get("laboratory") or ""),
        certificate=str(outside.get("certificate") or ""),
        accreditation=str(outside.get("accreditation") or ""),
        found=body.as_found if body.as_left else "",
        waits=record.state == PERFORMED,
    )


_PAPERS = (
    select(StandardCertificate, Equipment.code, Equipment.name)
    .join(Equipment, Equipment.id == StandardCertificate.standard_id)
    .order_by(Equipment.code)
)


def _rested_on(record_id: int, seen: frozenset[str]) -> tuple[Paper, ...]:
    under = select(Measurement.certificate_id).where(Measurement.record_id == record_id)
    return _papers(_PAPERS.where(StandardCertificate.id.in_(under)), seen)


def _papers(query: Select[*tuple[Any, ...]], seen: frozenset[str]) -> tuple[Paper, ...]:
    rows: Sequence[Any] = db.session.execute(query).all()
    return tuple(_paper(row, seen) for row in rows)


def became(papers: Iterable[StandardCertificate]) -> dict[int, tuple[str, datetime]]:
    """Return what became of each that ended, and when: withdrawn, also where its correction was, else replaced."""
    found: dict[int, tuple[str, datetime]] = {}
    for paper in papers:
        if paper.ended_at is not None:
            last = last_of(paper)
            found[paper.id] = ("withdrawn", last.ended_at) if last.ended_at else ("replaced", paper.ended_at)
    return found


def became_of(standard_id: int) -> dict[int, tuple[str, datetime]]:
    """Return what became of the entries of a standard that ended, and when."""
    c = StandardCertificate
    return became(db.session.scalars(select(c).where(c.standard_id == standard_id, c.ended_at.is_not(None))).all())


def _is_own(paper: StandardCertificate) -> bool:
    """Tell whether this plant gave a certificate itself: another laboratory may number its own the same way."""
    return paper.laboratory.strip().casefold() == db.session.scalars(select(Plant.name)).one().strip().casefold()


def _paper(row: Any, seen: frozenset[str]) -> Paper:
    paper: StandardCertificate = row.StandardCertificate
    what, ended_at = became([paper]).get(paper.id, ("", None))
    own = _work(_WORK.where(Record.number == paper.number.strip().upper()), seen) if _is_own(paper) else None
    return Paper(paper.id, paper.number, row.code, row.name, paper.laboratory, paper.valid_until, what, ended_at, own)
