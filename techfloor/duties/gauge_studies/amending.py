"""Amending a signed study: its next version with all that stood in it, or that it was entered in error."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from techfloor.duties.gauge_studies import actions, queries, rules
from techfloor.duties.gauge_studies.actions import By
from techfloor.duties.gauge_studies.models import StudyAppraiser, StudyPart, StudyValue
from techfloor.duties.gauge_studies.queries import Study
from techfloor.duties.gauge_studies.rules import Basis, Call, Sort
from techfloor.equipment.queries import gauge_view
from techfloor.records import versions
from techfloor.records.models import Record
from techfloor.records.versions import Amendment
from techfloor.refusals import Refusal
from techfloor.store import Table, alone, db


def amend(number: str, kind: str, reason: str, by: By) -> None:
    """Open the next version of a signed study; the one before stands until it is signed. Raises Refusal."""
    alone(f"record:{number}".casefold())
    former = queries.study(number)
    if kind not in set(Amendment):
        raise Refusal("Choose what is to be done.", field="kind")
    wanted = Amendment(kind)
    record = versions.open_next(former.record, wanted, reason, actor=by.actor, at=by.at)
    db.session.add(_copy(former.body, record, look="", verdict=None, ended_why=""))
    db.session.flush()
    if wanted is Amendment.CORRECTION:
        _copy_lines(former, record)


def _copy(row: Table, record: Record, **other: Any) -> Any:
    values = {column.key: getattr(row, column.key) for column in row.__table__.columns if column.key != "id"}
    return type(row)(**(values | {"record_id": record.id} | other))


def _copy_lines(former: Study, record: Record) -> None:
    """Copy parts, appraisers and values with their times, their hands and what each corrects."""
    _copies(StudyPart, former, record)
    who = _copies(StudyAppraiser, former, record)
    made: dict[int | None, int | None] = {None: None}
    for row in _rows_of(StudyValue, former):
        copied = _copy(row, record, appraiser_id=who[row.appraiser_id], corrects_id=made[row.corrects_id])
        db.session.add(copied)
        db.session.flush()
        made[row.id] = copied.id


def _rows_of(table: Any, former: Study) -> list[Any]:
    wanted = select(table).where(table.record_id == former.record.id).order_by(table.id)
    return list(db.session.scalars(wanted))


def _copies(table: Any, former: Study, record: Record) -> Mapping[int, int]:
    """Copy the rows of a table, and return the key of each copy by that of its original."""
    made = {row.id: _copy(row, record) for row in _rows_of(table, former)}
    db.session.add_all(made.values())
    db.session.flush()
    return {key: copied.id for key, copied in made.items()}


@dataclass(frozen=True)
class Right:
    """What an amendment puts right of how a study was set up; `bad` are the labels of the parts that are bad."""

    subject: str
    basis: Basis = Basis.NONE
    lower: Decimal | None = None
    upper: Decimal | None = None
    bad: frozenset[str] = frozenset()


def put_right(study: Study, entry: Right) -> None:
    """Change what a study was compared with, or which of its parts are bad; raises Refusal."""
    if not study.open or study.amends is None:
        raise Refusal("%(number)s is not being amended.", number=study.number)
    if not entry.subject:
        raise Refusal("Enter what is measured, as it stands in the drawing.", field="subject")
    study.body.subject = entry.subject
    if study.sort is Sort.ATTRIBUTE:
        _put_right_parts(study, entry.bad)
    else:
        rules.refuse_limits(entry.basis, entry.lower, entry.upper)
        study.body.basis = entry.basis.value
        study.body.lower, study.body.upper = _limits(study, entry)
    db.session.flush()


def _limits(study: Study, entry: Right) -> tuple[Decimal | None, Decimal | None]:
    if entry.basis is Basis.PRODUCT:
        return entry.lower, entry.upper
    if entry.basis is Basis.NONE:
        return None, None
    functions = gauge_view(study.code).functions
    found = next((each for each in functions if each.name == study.body.function), None)
    if found is None:
        raise Refusal("This gauge has no such function any more. Enter the limits of the product.", field="basis")
    return actions.card_limits(found)


def _put_right_parts(study: Study, bad: frozenset[str]) -> None:
    now = {part.label: Call.FAIL if part.label in bad else Call.PASS for part in study.parts}
    if len(set(now.values())) < 2:
        raise Refusal("Take good parts and bad ones: without both, nobody can be wrong.", field="bad")
    for part in study.parts:
        db.session.get_one(StudyPart, part.id).reference = now[part.label].value
