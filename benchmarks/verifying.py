"""`verify` of a long trail, read by a process of its own as the command does."""

import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from sqlalchemy import select

from benchmarks.figures import Figure, Scale, middle
from benchmarks.plants import MICROMETER, inside, new_plant, running, signed_in, start
from techfloor import clock
from techfloor.duties.calibration.models import Reading
from techfloor.migrations.upgrade import engine_for
from techfloor.records.models import Record
from techfloor.settings import Settings
from techfloor.store import db
from techfloor.store.acts import Act
from techfloor.store.databases import Line
from techfloor.store.databases.sqlite import SQLite, sqlite_module
from techfloor.store.types import utc_text
from techfloor.store.verify import verify

ROUNDS = 3
SECONDS_MOST = 2.0


@dataclass(frozen=True)
class Checked:
    """What one reading of the trail found, and what it took."""

    acts: int
    changes: int
    sound: bool
    seconds: float
    memory_mb: float


def measure(folder: Path, scale: Scale) -> list[Figure]:
    """Seal as many acts, each of one reading, and verify them."""
    settings = new_plant(folder / "verify")
    _seal(settings, _open_calibration(settings), scale.acts)
    found = [_beside(settings) for _ in range(ROUNDS)]
    assert all(one.sound for one in found), "the trail is not sound"
    seconds, memory = middle([one.seconds for one in found]), max(one.memory_mb for one in found)
    how = f"{found[0].acts} acts with {found[0].changes} changes, median of {ROUNDS}, {memory:.0f} MB at most"
    return [Figure(f"verify of {scale.acts} acts", seconds, "s", SECONDS_MOST, how)]


def _open_calibration(settings: Settings) -> tuple[int, int]:
    """Start a calibration; return the id of its record and of who performs it."""
    with running(settings) as app, inside(app) as plant:
        who = signed_in("technician")[0].person_id
        number = start(MICROMETER, plant, who)
        return db.session.scalars(select(Record.id).where(Record.number == number)).one(), who


def _seal(settings: Settings, calibration: tuple[int, int], many: int) -> None:
    """Write acts as the application seals them, triggers and all, but many to a transaction and without waiting."""
    line, anchors = Line(), []
    with closing(sqlite_module().connect(settings.instance / "techfloor.sqlite", isolation_level=None)) as raw:
        database = SQLite()
        database.opened(raw, line, serving=False)
        raw.execute("PRAGMA synchronous=OFF")
        cursor = raw.cursor()
        cursor.execute("BEGIN IMMEDIATE")
        for n in range(1, many + 1):
            line.mode = Act("calibration:reading:log", clock.now(), calibration[1], zone="Europe/Berlin")
            _write_reading(cursor, *calibration, n)
            line.sealing = True
            sealed = database.seal(raw, line.mode)
            line.sealing = False
            assert sealed is not None
            anchors.append(f"{sealed[0]} {sealed[1]}\n")
        cursor.execute("COMMIT")
    with (settings.instance / "anchors.log").open("a", encoding="ascii") as log:
        log.writelines(anchors)


def _write_reading(cursor: Any, record: int, who: int, n: int) -> None:
    now = utc_text(clock.now())
    values: dict[str, object] = {
        column.name: "" for column in Reading.__table__.columns if not column.nullable and column.name != "id"
    }
    values |= {"record_id": record, "run": "as_found", "point": n, "repeat": 1, "confirmed_slip": 0, "by_id": who}
    values |= {"reference": "150.00", "indication": "150.10", "error": "0.10", "lower": "-0.10", "upper": "0.10"}
    values |= {"u": "0.06", "k": "1.83", "rule": "simple", "verdict": "pass", "performed_at": now, "recorded_at": now}
    cursor.execute(
        f"INSERT INTO calibration_reading ({', '.join(values)}) VALUES ({', '.join('?' * len(values))})",
        tuple(values.values()),
    )


def _beside(settings: Settings) -> Checked:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as other:
        return other.submit(check, settings).result()


def check(settings: Settings) -> Checked:
    """Verify a trail from its first act to its last."""
    began = time.perf_counter()
    with engine_for(settings.database).connect() as connection:
        connection.exec_driver_sql("BEGIN")
        found = verify(connection, settings.instance / "anchors.log")
    return Checked(found.acts, found.changes, found.sound, time.perf_counter() - began, _peak_mb())


def _peak_mb() -> float:
    """Return the most memory this process held; getrusage would count its parent's, from which it was forked."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0
    (peak,) = (line.split()[1] for line in status.read_text("ascii").splitlines() if line.startswith("VmHWM"))
    return int(peak) / 1024
