"""Amending a signed calibration: its next version with all that stood in it, or that it was entered in error."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from techfloor.duties.calibration.actions import starting
from techfloor.duties.calibration.models import Ambient, Reading
from techfloor.duties.calibration.queries.bench import Bench, standing_bench
from techfloor.duties.calibration.queries.bench_lines import GivenReading, StandardOnBench
from techfloor.duties.calibration.rules import reading as rules
from techfloor.duties.calibration.rules.procedure import Mode
from techfloor.places.queries import PlantFacts
from techfloor.records import versions
from techfloor.records.models import Attachment, Record
from techfloor.records.versions import Amendment
from techfloor.refusals import Refusal
from techfloor.store import Table, db


@dataclass(frozen=True)
class AmendEntry:
    """What is wrong with a signed calibration: of which kind, in words, and the standards it really rested on.

    Without `standards` those stay that it names. With `card` the gauge is what its card says of it today.
    """

    kind: str
    reason: str
    standards: tuple[str, ...] = ()
    card: bool = False


def amend(number: str, entry: AmendEntry, plant: PlantFacts, *, actor: int, at: datetime) -> None:
    """Open the next version of a signed calibration, held by who amends; the one before stands until this is signed.

    Raises Refusal for what cannot be amended, and for a standard that could not be used that day.
    """
    former = standing_bench(number)
    if entry.kind not in set(Amendment):
        raise Refusal("Choose what is to be done.", field="kind")
    kind = Amendment(entry.kind)
    record = versions.open_next(former.record, kind, entry.reason, actor=actor, at=at)
    if kind is Amendment.ENTERED_IN_ERROR:
        db.session.add(_copy(former.body, record, amended_by=actor, **_NOTHING_CAME_OUT, **_NOTHING_READ))
        db.session.flush()
        return
    made = _copy(former.body, record, amended_by=actor, **_NOTHING_CAME_OUT)
    made.card = former.gauge.identity if entry.card else None
    db.session.add(made)
    db.session.flush()
    _copy_files(former, record)
    if former.body.source == "in house":
        standards = _standards(former, entry.standards, plant)
        starting.keep_standards(record.id, standards, former.record.performed_at)
        _copy_chain(Ambient, former, record)
        _copy_chain(Reading, former, record, _judged_anew(former, standards))


_NOTHING_CAME_OUT: Mapping[str, Any] = {
    "exceptions": [],
    "as_found": "",
    "as_left": "",
    "worst_found": "",
    "worst_left": "",
    "next_due": None,
    "card": None,
}
_NOTHING_READ: Mapping[str, Any] = {
    "plan": [],
    "outside": None,
    "adjusted": None,
    "adjustment": "",
    "reworded": [],
    "deviations": [],
    "soaked": False,
}


def _values(row: Table) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in row.__table__.columns if column.key != "id"}


def _copy(row: Table, record: Record, **other: Any) -> Any:
    return type(row)(**(_values(row) | {"record_id": record.id} | other))


def _copy_files(former: Bench, record: Record) -> None:
    wanted = select(Attachment).where(Attachment.record_id == former.record.id).order_by(Attachment.id)
    db.session.add_all([_copy(file, record) for file in db.session.scalars(wanted)])
    db.session.flush()


def _copy_chain(
    table: type[Ambient] | type[Reading],
    former: Bench,
    record: Record,
    anew: Mapping[int, Mapping[str, Any]] | None = None,
) -> None:
    """Copy values with their times, their hands and what each corrects; `anew` has what is otherwise now, by key."""
    copied: dict[int | None, int | None] = {None: None}
    wanted: Any = select(table).where(table.record_id == former.record.id).order_by(table.id)
    for row in db.session.scalars(wanted).all():
        other = (anew or {}).get(row.id, {})
        made = _copy(row, record, corrects_id=copied[row.corrects_id], **other)
        db.session.add(made)
        db.session.flush()
        copied[row.id] = made.id


def _standards(former: Bench, codes: Sequence[str], plant: PlantFacts) -> tuple[StandardOnBench, ...]:
    """Return the standards it really rested on, as they stood that day; those that it named stay as it named them."""
    named = {standard.code: standard for standard in former.standards}
    if not codes or set(codes) == set(named):
        return former.standards
    day = former.record.performed_at.astimezone(ZoneInfo(plant.zone)).date()
    chosen = starting.choose_standards(former.procedure, former.plan, codes, day)
    return tuple(named.get(standard.code, standard) for standard in chosen)


def _judged_anew(former: Bench, standards: Sequence[StandardOnBench]) -> dict[int, dict[str, Any]]:
    """Return what readings come to against another standard, by their keys; {} where it is the same."""
    if not standards or standards[0] == former.standards[0] or former.procedure.mode is Mode.attribute:
        return {}
    made: dict[int, dict[str, Any]] = {}
    errors: dict[tuple[str, int], list[Decimal]] = {}
    for given in sorted(former.counting, key=lambda g: (g.facts.run, g.facts.point, g.facts.repeat)):
        facts = given.facts
        earlier = errors.setdefault((facts.run, facts.point), [])
        judged = rules.judge(
            former.procedure,
            former.point(facts.point),
            _as_entered(given),
            standard=standards[0].facts,
            earlier=earlier,
        )
        if judged.error is not None:
            earlier.append(judged.error)
        made[given.id] = {name: getattr(judged, name) for name in judged.__dataclass_fields__}
    return made


def _as_entered(given: GivenReading) -> rules.ReadingEntry:
    facts = given.facts
    return rules.ReadingEntry(
        facts.run,
        facts.point,
        facts.repeat,
        indication=facts.indication,
        reference=facts.reference,
        difference=given.difference,
        cannot_measure=facts.cannot_measure,
    )
