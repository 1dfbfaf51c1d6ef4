"""Traceability down from one standard through very many records: the list, the count, and all of it added up."""

from pathlib import Path
from typing import Any

from sqlalchemy import select

from benchmarks.figures import Figure, Scale, middle, milliseconds, undisturbed
from benchmarks.listing import fill
from benchmarks.plants import inside, new_plant, running
from techfloor.duties.calibration.queries import traceability
from techfloor.duties.calibration.queries.traceability import Group, Wanted
from techfloor.equipment.models import Equipment
from techfloor.migrations.upgrade import engine_for
from techfloor.settings import Settings
from techfloor.store import databases, db

STANDARD = "S-003"
ROUNDS = 5
DOWN_MOST = 1000
"""Milliseconds for all of it: the picture, with its gauges and counts under each certificate."""

_CERTIFICATES = (
    "WITH paper(turn, id, number) AS (SELECT row_number() OVER (ORDER BY issued) - 1, id, number "
    "FROM standard_certificate WHERE standard_id = :standard) "
)
_RESTED = (
    _CERTIFICATES + "INSERT INTO measurement (record_id, gauge_id, calibration, certificate_id, unit, at) "
    "SELECT record.id, :standard, paper.number, paper.id, '', record.performed_at FROM record "
    "JOIN paper ON paper.turn = record.id % (SELECT count(*) FROM paper) WHERE record.number LIKE 'CAL-B-%'"
)
# One in a hundred was amended since, one in two hundred was entered in error: the counting has to leave them out.
_AMENDED = (
    "INSERT INTO record (kind, number, version, supersedes_id, amendment, amendment_reason, state, equipment_id, "
    "revision_id, opened_by, opened_at, performed_at, recorded_at, closed_at, content_schema, content_sha256) "
    "SELECT kind, number, 2, id, iif(id % 200 = 0, 'entered in error', 'correction'), 'why', 'closed', equipment_id, "
    "revision_id, opened_by, opened_at, performed_at, recorded_at, closed_at, 1, content_sha256 "
    "FROM record WHERE number LIKE 'CAL-B-%' AND id % 100 = 0"
)
_BRUTE_FORCE = (
    "SELECT measurement.certificate_id, record.equipment_id, record.id, record.state, record.amendment, "
    "record.supersedes_id FROM record LEFT JOIN measurement ON measurement.record_id = record.id "
    "AND measurement.gauge_id = :standard"
)


def measure(folder: Path, scale: Scale) -> list[Figure]:
    """Add up, list and count what rested on one standard, and hold it against a look at every row."""
    settings = new_plant(folder / "tracing")
    fill(settings, scale.traced)
    standard = _rest_on(settings)
    with running(settings) as app, inside(app), undisturbed():
        wanted = Wanted(standard)
        whole = middle([milliseconds(lambda: traceability.groups(wanted)) for _ in range(ROUNDS)])
        page = middle([milliseconds(lambda: traceability.used(wanted)) for _ in range(ROUNDS)])
        count = middle([milliseconds(lambda: traceability.count(wanted)) for _ in range(ROUNDS)])
        found = traceability.groups(wanted)
        assert _added_up(found) == _brute_force(standard), "not what a look at every row finds"
    many = sum(each.records for each in found)
    how = f"{many} records that count, whatever readings each has, on SQLite; equal to a look at every row"
    return [
        Figure(f"Traceability: down from one standard, {scale.traced} records", whole, "ms", DOWN_MOST, how),
        Figure("Traceability: a page of the list", page, "ms", None, "50 lines, the newest first"),
        Figure("Traceability: its count", count, "ms", None, f"up to {traceability.MOST_COUNTED}, then it stops"),
    ]


def _rest_on(settings: Settings) -> int:
    """Let every calibration rest on one standard, under one of its certificates, past the trail; return its id."""
    with engine_for(settings.database).connect() as connection:
        standard = connection.execute(select(Equipment.id).where(Equipment.code == STANDARD)).scalar_one()
        raw = connection.connection.cursor()
        raw.execute("BEGIN IMMEDIATE")
        databases.of(connection).drop_triggers(connection)
        raw.execute(_RESTED, {"standard": standard})
        raw.execute(_AMENDED)
        raw.execute("COMMIT")
        raw.execute("ANALYZE")
        raw.close()
    return int(standard)


Added = dict[tuple[Any, Any], int]


def _added_up(groups: list[Group]) -> Added:
    return {(each.certificate_id, each.gauge_id): each.records for each in groups}


def _brute_force(standard: int) -> Added:
    """Look at each row by itself, in Python."""
    rows = db.session.connection().exec_driver_sql(_BRUTE_FORCE, {"standard": standard}).all()
    replaced = {row.supersedes_id for row in rows if row.state in {"performed", "closed"}}
    added: Added = {}
    for row in rows:
        counts = row.state in {"performed", "closed"} and row.amendment != "entered in error"
        if row.certificate_id is not None and counts and row.id not in replaced:
            key = (row.certificate_id, row.equipment_id)
            added[key] = added.get(key, 0) + 1
    return added
