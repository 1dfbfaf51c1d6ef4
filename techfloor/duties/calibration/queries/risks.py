"""Reads: how the gauges of a procedure were found, for the risks of its rule."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from techfloor.duties.calibration.models import Calibration, Reading
from techfloor.duties.calibration.queries.records import KIND
from techfloor.duties.calibration.rules.printed import asks_risk
from techfloor.duties.calibration.rules.procedure import OF_THE_GAUGE, PlannedPoint, Procedure
from techfloor.duties.calibration.rules.results import AS_FOUND, mean
from techfloor.duties.calibration.rules.risks import FoundAt, Place, limits_now, places
from techfloor.places.queries import PlantFacts
from techfloor.records import versions
from techfloor.records.models import Record, Revision
from techfloor.store import db

MOST = 400
"""So many calibrations tell how gauges come, the newest ones: what was years ago is another process."""


def asked(procedure: Procedure, plant: PlantFacts) -> bool:
    """Tell whether the risks of a procedure are asked for: by its own rule, or by the plant for all."""
    return asks_risk(procedure, of_all=plant.profile.on("calibration.risk_of_each_result"))


def found_under(procedure: Procedure, definition_id: int) -> list[FoundAt]:
    """Return what the newest calibrations under a procedure found, held against its tolerance as it is looked at."""
    rows: Any = db.session.execute(
        select(Record.id, Calibration.plan, Revision.body)
        .join(Calibration, Calibration.record_id == Record.id)
        .join(Revision, Revision.id == Record.revision_id)
        .where(Record.kind == KIND, Revision.definition_id == definition_id, versions.in_force())
        .where(Calibration.source == "in house")
        .order_by(Record.performed_at.desc(), Record.id.desc())
        .limit(MOST)
    ).all()
    plans = {row.id: {each["n"]: PlannedPoint.from_plain(each) for each in row.plan} for row in rows}
    where = {record_id: places(list(plan.values())) for record_id, plan in plans.items()}
    stated = {row.id: _stated(row.body) for row in rows}
    together = groupby(_readings(list(plans)), lambda row: (row.record_id, row.point))
    return [
        _found(procedure, stated[record_id], plans[record_id][n], where[record_id][n], list(group))
        for (record_id, n), group in together
        if n in where[record_id]
    ]


def _stated(body: object) -> str:
    """Return the tolerance that a version states itself, "" where it leaves it to each gauge."""
    text = str(body.get("tolerance", "")) if isinstance(body, dict) else ""
    return "" if text.strip() == OF_THE_GAUGE else text


def _readings(records: Sequence[int]) -> list[Any]:
    """Return the readings as found that count and have an error and U, those of one point together."""
    newer = aliased(Reading)
    return list(
        db.session.execute(
            select(
                Reading.record_id,
                Reading.point,
                Reading.reference,
                Reading.error,
                Reading.lower,
                Reading.upper,
                Reading.u,
                Reading.k,
            )
            .outerjoin(newer, newer.corrects_id == Reading.id)
            .where(Reading.record_id.in_(records), Reading.run == AS_FOUND, newer.id.is_(None))
            .where(Reading.error.is_not(None), Reading.u.is_not(None))
            .order_by(Reading.record_id, Reading.point, Reading.repeat)
        )
    )


def _found(procedure: Procedure, was: str, point: PlannedPoint, place: Place, group: Sequence[Any]) -> FoundAt:
    """Return the mean of the repeats at a point, with U as it was once they were all in."""
    last = group[-1]
    error = mean([row.error for row in group])
    assert error is not None
    limits = limits_now(procedure, was, point, last.reference, (last.lower, last.upper))
    return FoundAt(place, error, limits, last.u, last.k)
