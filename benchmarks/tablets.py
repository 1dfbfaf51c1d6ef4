"""Many tablets that save at once: the real server, and a process beside it that sends as they would."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from http.client import HTTPConnection
from multiprocessing import get_context
from pathlib import Path

from benchmarks.figures import Figure, Scale, percentile
from benchmarks.plants import (
    MICROMETER,
    Save,
    SignedIn,
    inside,
    more_gauges,
    new_plant,
    running,
    saves,
    signed_in,
    start,
)
from benchmarks.tapping import Outcome, Tablet, tap
from techfloor.cli.cluster import free_port
from techfloor.people.sessions import DEVICE_COOKIE, SESSION_COOKIE
from techfloor.places.queries import PlantFacts
from techfloor.settings import Settings
from techfloor.store.databases.sqlite import sqlite_module

ROOT = Path(__file__).parents[1]
HOST = "127.0.0.1"
READY_SECONDS = 60.0
P99_MOST = 250.0


def measure(folder: Path, scale: Scale) -> list[Figure]:
    """Let each tablet save a reading every second, then one upon the other; count then what the database holds."""
    settings = new_plant(folder / "tablets")
    tablets = _prepare(settings, scale)
    port, turn = free_port(), scale.seconds + 1
    first, then = _saving(tablets, slice(turn)), _saving(tablets, slice(turn, None))
    with _server(settings, port), ProcessPoolExecutor(1, mp_context=get_context("spawn")) as beside:
        paced = beside.submit(tap, HOST, port, first, 1.0).result()
        unpaced = beside.submit(tap, HOST, port, then, 0.0).result()
    return [
        *_figures(paced, f"{scale.tablets} tablets, a save each second"),
        *_closed_loop(unpaced, scale),
        *_counts([paced, unpaced], _kept(settings), scale),
    ]


def _saving(tablets: Sequence[Tablet], part: slice) -> list[Tablet]:
    return [replace(one, saves=one.saves[part]) for one in tablets]


def _prepare(settings: Settings, scale: Scale) -> list[Tablet]:
    """Sign a technician in on each tablet, with calibrations started for two turns of as many readings as seconds."""
    with running(settings) as app, inside(app) as plant:
        people = signed_in("technician", scale.tablets)
        first = more_gauges(MICROMETER, 1)[0]
        places = len(saves(start(first, plant, people[0].person_id)))
        many = 2 * (scale.seconds + 1)
        each = -(-many // places)
        codes = more_gauges(MICROMETER, each * scale.tablets, prefix="C")
        return [_tablet(who, codes[n * each : (n + 1) * each], plant, many) for n, who in enumerate(people)]


def _tablet(who: SignedIn, codes: Sequence[str], plant: PlantFacts, many: int) -> Tablet:
    asked: list[Save] = []
    for code in codes:
        asked += saves(start(code, plant, who.person_id))
    cookies = f"{SESSION_COOKIE}={who.token}; {DEVICE_COOKIE}={who.device_key}"
    return Tablet(cookies, tuple((one.path, one.field, one.value) for one in asked[:many]))


@contextmanager
def _server(settings: Settings, port: int) -> Iterator[None]:
    """Run the server as its users start it, in a process of its own."""
    command = (sys.executable, "-m", "techfloor", "serve", "--instance", str(settings.instance), "--port", str(port))
    process = subprocess.Popen(command, cwd=ROOT, env=_plain_environment(), stdout=subprocess.DEVNULL)
    try:
        _wait_until_ready(process, port)
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)


def _plain_environment() -> dict[str, str]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("TECHFLOOR_")}
    return plain | {"TECHFLOOR_PAGES_PER_SECOND": "0"}  # the tablets of the benchmark do not stop to read


def _wait_until_ready(process: "subprocess.Popen[bytes]", port: int) -> None:
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            with closing(HTTPConnection(HOST, port, timeout=5)) as connection:
                connection.request("GET", "/healthz")
                if connection.getresponse().status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("the server did not start")


def _kept(settings: Settings) -> tuple[int, int]:
    """Return how many readings the database holds, and for how many places of how many calibrations."""
    places = "count(DISTINCT record_id || ' ' || run || ' ' || point || ' ' || repeat)"
    with closing(sqlite_module().connect(settings.instance / "techfloor.sqlite")) as connection:
        found: tuple[int, int] = connection.execute(f"SELECT count(*), {places} FROM calibration_reading").fetchone()
    return found


def _figures(outcome: Outcome, title: str) -> list[Figure]:
    took = {percent: percentile(outcome.took, percent) for percent in (50, 95, 99)}
    spread = (
        f"p50 {took[50]:.0f} ms, p95 {took[95]:.0f} ms, longest {max(outcome.took):.0f} ms, from the second it was due"
    )
    return [
        Figure(f"{title}: failures", outcome.failed, "", 0, f"of {outcome.sent} sent{outcome.first_failure}"),
        Figure(f"{title}: p99", took[99], "ms", P99_MOST, spread),
    ]


def _closed_loop(outcome: Outcome, scale: Scale) -> list[Figure]:
    """Return what the server takes when no tablet waits: more than any plant asks, and so without a goal."""
    title = f"{scale.tablets} tablets, one save upon the other"
    took = {percent: percentile(outcome.took, percent) for percent in (50, 95, 99)}
    spread = f"{len(outcome.took)} saves in {outcome.seconds:.1f} s; p50 {took[50]:.0f} ms, p95 {took[95]:.0f} ms"
    return [
        Figure(f"{title}: failures", outcome.failed, "", 0, f"of {outcome.sent} sent{outcome.first_failure}"),
        Figure(f"{title}: rate", len(outcome.took) / outcome.seconds, "/s", None, spread),
        Figure(f"{title}: p99", took[99], "ms", None, "from one answer to the next"),
    ]


def _counts(outcomes: Sequence[Outcome], kept: tuple[int, int], scale: Scale) -> list[Figure]:
    rows, places = kept
    acknowledged = sum(one.acknowledged for one in outcomes)
    count = f"{acknowledged} acknowledged, {rows} rows, {places} places"
    title = f"{scale.tablets} tablets, both turns"
    return [
        Figure(f"{title}: lost", acknowledged - places, "", 0, count),
        Figure(f"{title}: doubled", rows - places, "", 0, "rows beyond one for each place"),
    ]
