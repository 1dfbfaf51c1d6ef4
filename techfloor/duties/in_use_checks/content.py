"""What is signed of a month of checks, as plain data: every row, corrected ones too, and what is missing.

Schema 2 adds to schema 1 which version a review replaces, `supersedes`, and what was changed since, `changes`; both are
null in a first review.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from techfloor.duties.in_use_checks import months, queries, rules
from techfloor.duties.in_use_checks.months import KIND, PREFIX, Month
from techfloor.duties.in_use_checks.queries import CheckRow
from techfloor.duties.in_use_checks.rules import Check, Outcome
from techfloor.equipment.shapes import GaugeView
from techfloor.measures.quantity import plain
from techfloor.measures.units import show_unit
from techfloor.places.queries import PlantFacts
from techfloor.records import documents
from techfloor.records.models import Record
from techfloor.records.numbering import coming_number
from techfloor.records.signing import Content, canonical, stored_content
from techfloor.said import Said, say
from techfloor.store.types import utc_text

SCHEMA = 2


def preview(gauge: GaugeView, month: Month, plant: PlantFacts, now: datetime, number: str = "") -> Content:
    """Return the month of a gauge as it would be signed now; a month that was reviewed before keeps its number."""
    plant = plant.in_area(queries.area_key(gauge.id))
    former = months.record_of(gauge.id, month)
    in_force = months.versions_in(gauge.code, month)
    rows = months.rows_of(gauge.id, month, plant)
    by_revision = queries.versions_of(gauge.code)
    lines = [_row(row, by_revision, n) for n, row in enumerate(_numbered(rows), start=1)]
    data: dict[str, object] = {
        "kind": KIND,
        "schema": SCHEMA,
        "number": number or (former.number if former else coming_number(PREFIX, now, plant.zone)),
        "version": former.version + 1 if former else 1,
        "supersedes": _replaced(former),
        "changes": _changes(former, lines, ZoneInfo(plant.zone)),
        "plant": documents.plant_words(plant),
        "month": month.text,
        "gauge": {
            "code": gauge.code,
            "name": gauge.item.name,
            "kind": gauge.kind,
            "serial": gauge.item.serial,
            "place": gauge.item.place,
        },
        "checks": [_check(since, check) for since, _key, check in in_force],
        "rows": lines,
        "missing": [
            {"day": slot.day.isoformat(), "shift": slot.name}
            for slot in months.missing(gauge.id, in_force, month, plant, now)
        ],
    }
    return canonical(data, SCHEMA)


def _replaced(former: Record | None) -> dict[str, object] | None:
    if former is None:
        return None
    return {
        "version": former.version,
        "content_sha256": former.content_sha256,
        "performed_at": utc_text(former.performed_at),
    }


def _changes(
    former: Record | None, rows: Sequence[Mapping[str, Any]], zone: ZoneInfo
) -> list[dict[str, object]] | None:
    """Return what was changed since a month was reviewed: each row that took the place of another, beside that."""
    if former is None:
        return None
    known = {(row["at"], row["recorded"]) for row in json.loads(stored_content(former.id))["rows"]}
    return [
        {
            "what": say("checks.changed", at=f"{datetime.fromisoformat(row['at']).astimezone(zone):%Y-%m-%d %H:%M}"),
            "from": _value(before),
            "to": _value(row),
            "reason": say(f"check-correction.{row['correction']}"),
            "by": row["by"],
            "at": row["recorded"],
        }
        for before, row in pairwise(rows)
        if row["correction"] and (row["at"], row["recorded"]) not in known
    ]


def _value(row: Mapping[str, Any]) -> Said | str:
    return (
        say(f"check-outcome.{row['outcome']}") if row["value"] is None else f"{row['value']} {show_unit(row['unit'])}"
    )


def changed_since(former: Record, now: Content) -> bool:
    """Tell whether a month says something else than when it was reviewed: a value was corrected."""
    then, said = json.loads(stored_content(former.id)), json.loads(now.text)
    return any(then[name] != said[name] for name in ("checks", "rows", "missing"))


def _numbered(rows: Sequence[CheckRow]) -> list[CheckRow]:
    return sorted(rows, key=lambda row: (row.performed_at, row.recorded_at, row.id))


def _check(since: date, check: Check) -> dict[str, object]:
    return {
        "version": check.version,
        "from": since.isoformat(),
        "function": check.function,
        "applied": check.applied_words,
        "nominal": check.nominal_words,
        "limits": check.limit_words,
        "every": check.every.value,
        "words": check.words,
        "ended": check.ended,
    }


def _row(row: CheckRow, checks: Mapping[int, Check], n: int) -> dict[str, object]:
    unit = checks[row.revision_id].unit
    return {
        "n": n,
        "at": utc_text(row.performed_at),
        "recorded": utc_text(row.recorded_at),
        "by": row.by,
        "device": row.device,
        "value": None if row.value is None else plain(row.value),
        "unit": unit,
        "limits": rules.limit_words(row.lower, row.upper, unit) if row.value is not None else "",
        "outcome": row.outcome,
        "second_try": row.try_of_id is not None,
        "caution": [dict(each) for each in row.caution],
        "certificate": row.certificate,
        "correction": row.correction,
        "counts": row.counts,
    }


def counted(data: dict[str, object]) -> tuple[int, int]:
    """Return how many checks of a signed month count, and how many of them were outside."""
    rows = data["rows"]
    assert isinstance(rows, list)
    counting = [row for row in rows if row["counts"] and row["outcome"] in {Outcome.GOOD, Outcome.FAIL}]
    return len(counting), sum(row["outcome"] == Outcome.FAIL for row in counting)
