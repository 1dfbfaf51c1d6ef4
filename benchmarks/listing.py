"""The list of calibrations: the same pages of a short list and of a very long one."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import event, select

from benchmarks.browsing import Browser
from benchmarks.figures import Figure, Scale, middle, undisturbed
from benchmarks.plants import inside, new_plant, running, signed_in
from techfloor.migrations.upgrade import engine_for
from techfloor.records.models import Record
from techfloor.settings import Settings
from techfloor.store import databases, db
from techfloor.store.paging import Cursor

WARMING = 3
STATEMENTS_MOST = 3

_BEGAN = datetime(2020, 1, 1, tzinfo=UTC)
_EVERY = timedelta(minutes=3)
"""One calibration after the other, so that a million fit into six years."""

_NUMBERS = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :many), "
    "turn(i, gauge) AS (SELECT row_number() OVER (ORDER BY equipment_id) - 1, equipment_id FROM gauge) "
)
_MOMENT = "strftime('%Y-%m-%dT%H:%M:%S', :began, '+' || (n.i * :seconds) || ' seconds') || '.000000Z'"
# A tenth waits for its review, so that this list too has a full page among a thousand.
_RECORDS = (
    _NUMBERS + "INSERT INTO record (id, kind, number, version, state, equipment_id, revision_id, opened_by, opened_at, "
    "performed_at, recorded_at, closed_at, content_schema, content_sha256) "
    "SELECT :before + n.i, 'calibration', printf('CAL-B-%07d', n.i), 1, "
    "iif(n.i % 10 = 0, 'performed', 'closed'), gauge, "
    f":revision, :person, {_MOMENT}, {_MOMENT}, {_MOMENT}, {_MOMENT}, 1, hex(zeroblob(32)) "
    "FROM n JOIN turn ON turn.i = n.i % 20"
)
_BODIES = (
    "INSERT INTO calibration (record_id, gauge_id, source, plan, condition, soaked, adjusted, adjustment, deviations, "
    "exceptions, as_found, as_left, worst_found, worst_left, reworded, performed_by) "
    "SELECT id, equipment_id, 'in house', '[]', 'used', 1, 0, '', '[]', '[]', 'pass', '', '+0.01 mm', '', '[]', "
    "opened_by FROM record WHERE number LIKE 'CAL-B-%'"
)


@dataclass
class Plant:
    """An application with a list of some length, its reader, and how many statements the last page took."""

    app: Flask
    browser: Browser
    length: int
    statements: int = 0

    def pages(self) -> dict[str, str]:
        """Return the addresses that are timed, by what they show."""
        with inside(self.app):
            half = db.session.execute(
                select(Record.performed_at, Record.id).where(Record.number == f"CAL-B-{self.length // 2:07d}")
            ).one()
        deep = Cursor(True, (half.performed_at, half.id)).text()
        return {
            "first page": "/calibration/",
            "filtered page": "/calibration/?state=performed",
            "page half way down": f"/calibration/?at={deep}",
        }


def measure(folder: Path, scale: Scale) -> list[Figure]:
    """Read the same pages of both lists in turns."""
    with ExitStack() as stack:
        short, long = (
            stack.enter_context(_plant(folder / f"list-{length}", length))
            for length in (scale.short_list, scale.long_list)
        )
        with undisturbed():
            figures = [_figure(title, short, long, scale.pages) for title in short.pages()]
        most = max(_statements(plant, path) for plant in (short, long) for path in plant.pages().values())
    how = "the most any of these pages took, without the look-up of the caller"
    return [*figures, Figure("List: statements of a page", most, "", STATEMENTS_MOST, how)]


@contextmanager
def _plant(instance: Path, length: int) -> Iterator[Plant]:
    settings = new_plant(instance)
    fill(settings, length)
    with running(settings) as app:
        with inside(app):
            browser = Browser.of(app, signed_in("technician")[0])
        plant = Plant(app, browser, length)
        _count_statements(plant)
        yield plant


def fill(settings: Settings, many: int) -> None:
    """Write finished calibrations past the trail: its triggers are taken away, as only a file for measuring bears."""
    with engine_for(settings.database).connect() as connection:
        raw = connection.connection.cursor()
        for pragma in ("synchronous=OFF", "foreign_keys=OFF", "cache_size=-200000"):
            raw.execute(f"PRAGMA {pragma}")
        raw.execute("BEGIN IMMEDIATE")
        databases.of(connection).drop_triggers(connection)
        raw.execute(_RECORDS, _facts(raw, many))
        raw.execute(_BODIES)
        raw.execute("COMMIT")
        raw.execute("ANALYZE")
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        raw.close()


def _facts(raw: Any, many: int) -> dict[str, object]:
    """Return what the new rows refer to."""
    return {
        "many": many,
        "before": raw.execute("SELECT coalesce(max(id), 0) FROM record").fetchone()[0],
        "began": _BEGAN.strftime("%Y-%m-%d %H:%M:%S"),
        "seconds": int(_EVERY.total_seconds()),
        "revision": raw.execute("SELECT min(id) FROM revision").fetchone()[0],
        "person": raw.execute("SELECT min(id) FROM person").fetchone()[0],
    }


def _count_statements(plant: Plant) -> None:
    """Count what the page itself asks: the counter begins anew once it is known who calls."""

    @plant.app.before_request
    def begin() -> None:
        plant.statements = 0

    with plant.app.app_context():
        engine = db.engine

    @event.listens_for(engine, "before_cursor_execute")
    def count(*_about: object) -> None:
        plant.statements += 1


def _statements(plant: Plant, path: str) -> int:
    plant.browser.get(path)
    return plant.statements


def _figure(title: str, short: Plant, long: Plant, rounds: int) -> Figure:
    paths = [(plant, plant.pages()[title]) for plant in (short, long)]
    times: dict[int, list[float]] = {short.length: [], long.length: []}
    for _turn in range(WARMING + rounds):
        for plant, path in paths:
            answer = plant.browser.get(path)
            assert answer.body.count(b"CAL-B-") >= 50, "not a full page"
            times[plant.length].append(answer.took)
    few, many = (middle(times[plant.length][WARMING:]) for plant in (short, long))
    return Figure(
        f"List: {title}, {_spaced(long.length)} / {_spaced(short.length)}",
        many / few,
        "×",
        1.5,
        f"{many:.1f} ms / {few:.1f} ms, medians of {rounds} in turns",
    )


def _spaced(number: int) -> str:
    return f"{number:,}".replace(",", " ")
