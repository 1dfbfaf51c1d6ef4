"""A month of checks of one gauge: every row, and the days and shifts on which one is missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from techfloor.clock import midnight
from techfloor.duties.in_use_checks import queries, rules
from techfloor.duties.in_use_checks.models import InUseMonth
from techfloor.duties.in_use_checks.queries import CheckRow
from techfloor.duties.in_use_checks.rules import Check, Every, Slot
from techfloor.equipment.models import Equipment
from techfloor.equipment.shapes import GaugeView
from techfloor.places.queries import PlantFacts
from techfloor.records import versions
from techfloor.records.models import Definition, Record, Revision
from techfloor.refusals import NotFound
from techfloor.store import db

KIND, PREFIX = "in-use checks", "IUC"
"""The kind of record that a reviewed month is."""


@dataclass(frozen=True)
class Month:
    """A month of the plant's calendar, as 2026-11."""

    first: date

    @classmethod
    def read(cls, text: str) -> "Month":
        """Read a month from an address; raises NotFound."""
        try:
            first = date.fromisoformat(f"{text}-01")
        except ValueError:
            raise NotFound("There is no such month.") from None
        if not date.min.year < first.year < date.max.year:  # its neighbours are counted
            raise NotFound("There is no such month.")
        return cls(first)

    @classmethod
    def of(cls, day: date) -> "Month":
        """Return the month of a day."""
        return cls(day.replace(day=1))

    @property
    def last(self) -> date:
        """Its last day."""
        return (self.first + timedelta(days=31)).replace(day=1) - timedelta(days=1)

    @property
    def text(self) -> str:
        """How it stands in an address."""
        return f"{self.first:%Y-%m}"

    @property
    def before(self) -> "Month":
        """The month before."""
        return Month.of(self.first - timedelta(days=1))

    @property
    def after(self) -> "Month":
        """The month after."""
        return Month.of(self.last + timedelta(days=1))


def rows_of(gauge_id: int, month: Month, plant: PlantFacts) -> list[CheckRow]:
    """Return every row of a month."""
    begins, ends = midnight(month.first, plant.zone), midnight(month.after.first, plant.zone)
    return queries.rows_between(gauge_id, begins, ends)


Versions = Sequence[tuple[date, int, Check]]
"""The versions of a gauge's check that a month knew: (first day, revision, check), in order."""


def wanted(checks: Versions, month: Month, plant: PlantFacts) -> list[Slot]:
    """Return the stretches of a month in which a check was wanted, by the version in force as each began.

    A week or a night shift that began in the month belongs to it.
    """
    found: list[Slot] = []
    ends = [since - timedelta(days=1) for since, *_ in checks[1:]]
    for (since, _key, check), until in zip(checks, [*ends, month.last], strict=True):
        first, last = max(since, month.first), min(until, month.last)
        if not check.ended and check.every is not Every.BEFORE_USE and first <= last:
            found.extend(rules.slots(check.every, first, last, plant.zone, plant.shifts))
    return found


def ends_at(gauge: GaugeView, month: Month, plant: PlantFacts) -> datetime:
    """Return when a month of a gauge, and every stretch that began in it, is over."""
    checks, plant = versions_in(gauge.code, month), plant.in_area(queries.area_key(gauge.id))
    return max([midnight(month.after.first, plant.zone), *(slot.ends for slot in wanted(checks, month, plant))])


def missing(gauge_id: int, checks: Versions, month: Month, plant: PlantFacts, now: datetime) -> list[Slot]:
    """Return what is over by now without a good check, and without a word that the gauge was not used."""
    asked = [slot for slot in wanted(checks, month, plant) if slot.ends <= now]
    if not asked:
        return []
    rows = queries.rows_between(gauge_id, asked[0].begins, max(slot.ends for slot in asked))
    done = [row.performed_at for row in rows if row.counts and row.outcome in rules.DONE]
    return [slot for slot in asked if not any(slot.begins <= moment < slot.ends for moment in done)]


def versions_in(code: str, month: Month) -> list[tuple[date, int, Check]]:
    """Return the versions of a gauge's check that were in force in a month."""
    rows = db.session.execute(
        select(Revision.effective_from, Revision.id, Revision.version, Revision.body)
        .join(Definition, Definition.id == Revision.definition_id)
        .where(Definition.kind == queries.KIND, Definition.code == code, Revision.effective_from <= month.last)
        .order_by(Revision.version)
    ).all()
    found = [_version(row) for row in rows]
    later = [each[0] for each in found[1:]]
    return [each for each, until in zip(found, [*later, date.max], strict=True) if until > month.first]


def _version(row: Any) -> tuple[date, int, Check]:
    return row.effective_from, row.id, rules.read(row.version, row.body)


def record_of(gauge_id: int, month: Month) -> Record | None:
    """Return the record under which a month of a gauge was reviewed, as it stands."""
    mine = (InUseMonth.gauge_id == gauge_id, InUseMonth.month == month.text, versions.stands())
    wanted = select(Record).join(InUseMonth, InUseMonth.record_id == Record.id).where(*mine)
    return db.session.scalar(wanted.order_by(Record.version.desc()).limit(1))


def record(number: str, version: int | None = None) -> tuple[Record, str]:
    """Return the record of a reviewed month with the code of its gauge; raises NotFound."""
    which = versions.stands() if version is None else Record.version == version
    row = db.session.execute(
        select(Record, Equipment.code)
        .join(Equipment, Equipment.id == Record.equipment_id)
        .where(Record.kind == KIND, Record.number == number, which)
    ).one_or_none()
    if row is None:
        raise NotFound("There is no review %(number)s.", number=number)
    return row[0], row[1]


def reviewed_months(gauge_id: int) -> dict[str, str]:
    """Return the number under which each month of a gauge was reviewed."""
    rows = db.session.execute(
        select(InUseMonth.month, Record.number)
        .join(Record, Record.id == InUseMonth.record_id)
        .where(InUseMonth.gauge_id == gauge_id, versions.stands())
    )
    return {row.month: row.number for row in rows}


def first_day(code: str) -> date:
    """Return the day from which a gauge is checked; the last day there is for one that never was."""
    first = select(func.min(Revision.effective_from)).join(Definition, Definition.id == Revision.definition_id)
    found = db.session.scalar(first.where(Definition.kind == queries.KIND, Definition.code == code))
    return found or date.max
