"""`verify` of a long trail, read by a process of its own as the command does."""

import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from benchmarks.figures import Figure, Scale, middle
from benchmarks.plants import MICROMETER, inside, new_plant, running, signed_in, start
from techfloor import clock
from techfloor.cli.cluster import cluster, programs
from techfloor.duties.calibration.models import Reading
from techfloor.migrations.upgrade import engine_for
from techfloor.records.models import Record
from techfloor.settings import Settings
from techfloor.store import databases, db
from techfloor.store.acts import Act
from techfloor.store.databases import Line
from techfloor.store.databases.sqlite import SQLite, sqlite_module
from techfloor.store.trail import ActRow
from techfloor.store.types import canonical_json, utc_text
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
    """Seal as many acts, each of one reading, and verify them: on a file, and on a server where there is one."""
    in_file = new_plant(folder / "verify")
    _seal(in_file, _open_calibration(in_file), scale.acts)
    figures = [_figure(in_file, scale, "")]
    there = programs() if scale.server else None
    if there is not None:
        with cluster(there) as url:
            on_server = new_plant(folder / "verify-on-a-server", url)
            _seal_on_a_server(on_server, _open_calibration(on_server), scale.acts)
            figures.append(_figure(on_server, scale, ", PostgreSQL"))
    return figures


def _figure(settings: Settings, scale: Scale, where: str) -> Figure:
    found = [_beside(settings) for _ in range(ROUNDS)]
    assert all(one.sound for one in found), "the trail is not sound"
    seconds, memory = middle([one.seconds for one in found]), max(one.memory_mb for one in found)
    how = f"{found[0].acts} acts with {found[0].changes} changes, median of {ROUNDS}, {memory:.0f} MB at most"
    return Figure(f"verify of {scale.acts} acts{where}", seconds, "s", SECONDS_MOST, how)


def _open_calibration(settings: Settings) -> tuple[int, int]:
    """Start a calibration; return the id of its record and of who performs it."""
    with running(settings) as app, inside(app) as plant:
        who = signed_in("technician")[0].person_id
        number = start(MICROMETER, plant, who)
        return db.session.scalars(select(Record.id).where(Record.number == number)).one(), who


def _seal(settings: Settings, calibration: tuple[int, int], many: int) -> None:
    """Write acts as the application seals them, triggers and all, but many to a transaction and without waiting."""
    line, anchors = Line(sealing=True), []
    with closing(sqlite_module().connect(settings.instance / "techfloor.sqlite", isolation_level=None)) as raw:
        database = SQLite()
        database.opened(raw, line, serving=False)
        raw.execute("PRAGMA synchronous=OFF")
        cursor = raw.cursor()
        cursor.execute("BEGIN IMMEDIATE")
        for n in range(1, many + 1):
            line.mode = _act(calibration[1])
            _write_reading(cursor, *calibration, n)
            line.sealing = True
            sealed = database.seal(raw, line.mode)
            line.sealing = False
            assert sealed is not None
            anchors.append(f"{sealed[0]} {sealed[1]}\n")
        cursor.execute("COMMIT")
    with (settings.instance / "anchors.log").open("a", encoding="ascii") as log:
        log.writelines(anchors)


def _act(who: int) -> Act:
    return Act("calibration:reading:log", clock.now(), who, zone="Europe/Berlin")


_POINT = 987_654_321
_IN_THE_SERVER = """DO $$ BEGIN FOR n IN 1..{many} LOOP
  PERFORM set_config('tf.act', 'measured-' || n, true);
  {insert};
  PERFORM tf_seal({body});
END LOOP; END $$"""


def _seal_on_a_server(settings: Settings, calibration: tuple[int, int], many: int) -> None:
    """Write acts as the application seals them, triggers and all, without a way to the server and back for each."""
    from psycopg import ClientCursor  # noqa: PLC0415 - only where there is a server

    with engine_for(settings.database).connect() as connection:
        before = connection.scalar(select(func.max(ActRow.seq))) or 0
        raw: Any = connection.connection.dbapi_connection
        values = _reading(*calibration, _POINT) | {"confirmed_slip": False}
        write = ClientCursor(raw).mogrify(_insert(values, "%s"), tuple(values.values()))
        body = ClientCursor(raw).mogrify("%s", (canonical_json(_act(calibration[1]).body()),))
        raw.execute(_IN_THE_SERVER.format(many=many, insert=write.replace(str(_POINT), "n"), body=body))
        raw.commit()
        raw.autocommit = True
        raw.execute("ANALYZE")
        raw.autocommit = False
        heads = connection.execute(
            select(ActRow.seq, ActRow.hash).where(ActRow.seq > before).order_by(ActRow.seq)
        ).all()
    with (settings.instance / "anchors.log").open("a", encoding="ascii") as log:
        log.writelines(f"{seq} {sealed}\n" for seq, sealed in heads)


def _write_reading(cursor: Any, record: int, who: int, n: int) -> None:
    values = _reading(record, who, n)
    cursor.execute(_insert(values, "?"), tuple(values.values()))


def _insert(values: dict[str, object], mark: str) -> str:
    return f"INSERT INTO calibration_reading ({', '.join(values)}) VALUES ({', '.join([mark] * len(values))})"


def _reading(record: int, who: int, n: int) -> dict[str, object]:
    now = utc_text(clock.now())
    values: dict[str, object] = {
        column.name: "" for column in Reading.__table__.columns if not column.nullable and column.name != "id"
    }
    values |= {"record_id": record, "run": "as_found", "point": n, "repeat": 1, "confirmed_slip": 0, "by_id": who}
    values |= {"reference": "150.00", "indication": "150.10", "error": "0.10", "lower": "-0.10", "upper": "0.10"}
    values |= {"u": "0.06", "k": "1.83", "rule": "simple", "verdict": "pass", "performed_at": now, "recorded_at": now}
    return values


def _beside(settings: Settings) -> Checked:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as other:
        return other.submit(check, settings).result()


def check(settings: Settings) -> Checked:
    """Verify a trail from its first act to its last."""
    began = time.perf_counter()
    with engine_for(settings.database).connect() as connection:
        databases.of(connection).begin(connection.connection.dbapi_connection, Line())
        found = verify(connection, settings.instance / "anchors.log")
    return Checked(found.acts, found.changes, found.sound, time.perf_counter() - began, _peak_mb())


def _peak_mb() -> float:
    """Return the most memory this process held; getrusage would count its parent's, from which it was forked."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0
    (peak,) = (line.split()[1] for line in status.read_text("ascii").splitlines() if line.startswith("VmHWM"))
    return int(peak) / 1024
