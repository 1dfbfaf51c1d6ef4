"""A month of certificates as one job: how many a second of processor time, what memory it takes, what others notice."""

import os
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select

from benchmarks.browsing import Browser, csrf_token
from benchmarks.figures import Figure, Scale, percentile, undisturbed
from benchmarks.plants import MICROMETER, closed, inside, more_gauges, new_plant, running, signed_in
from techfloor.reports import pdf
from techfloor.reports.job_runner import Runner
from techfloor.reports.models import IssuedPdf
from techfloor.store import db
from techfloor.store.acts import new_id

_LIST = "/calibration/"
_PAUSE = 0.05
"""Seconds between two looks at the list: twenty people who turn its pages all the time."""


@dataclass
class Run:
    """What one job took, and what was seen meanwhile."""

    looks: list[float] = field(default_factory=list)
    """Milliseconds of each look at the list."""
    press_mb: list[float] = field(default_factory=list)
    server_mb: list[float] = field(default_factory=list)
    wall: float = 0.0
    """Seconds on the wall clock."""
    processor: float = 0.0
    """Seconds of processor time: of the thread that does the job, and of the press."""


def measure(folder: Path, scale: Scale) -> list[Figure]:
    """Have the certificates of as many calibrations issued by one job, and look at the list all the while."""
    with running(new_plant(folder / "bulk")) as app:
        with inside(app) as plant:
            (technician,), (quality,) = signed_in("technician"), signed_in("quality")
            closed(more_gauges(MICROMETER, scale.bulk), plant, technician, quality)
        browser = Browser.of(app, quality)
        pdf.press().warm()
        with undisturbed():
            idle = [_look(browser) for _ in range(scale.looks)]
            run = _run(app, browser, scale.bulk)
    pdf.press().close()
    return _figures(scale.bulk, idle, run)


def _look(browser: Browser) -> float:
    time.sleep(_PAUSE)
    return browser.get(_LIST).took


def _run(app: Flask, browser: Browser, many: int) -> Run:
    run = Run()
    token = csrf_token(browser.get(_LIST).body.decode())
    browser.post("/calibration/certificates", {"csrf_token": token, "entry_key": new_id()})
    press_before = _press_seconds()

    def work() -> None:
        began = time.perf_counter()
        assert Runner(app).run_waiting() == many
        run.wall = time.perf_counter() - began
        run.processor = time.thread_time() + _press_seconds() - press_before

    thread = threading.Thread(target=work)
    thread.start()
    while not run.looks or thread.is_alive():
        run.looks.append(_look(browser))
        run.press_mb.append(_megabytes(pdf.press().pid))
        run.server_mb.append(_megabytes(os.getpid()))
    thread.join()
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(IssuedPdf)) == many
    return run


def _press_seconds() -> float:
    """Return the processor time of the press so far, in seconds; 0 where the system does not tell."""
    facts = Path(f"/proc/{pdf.press().pid}/stat")
    if not facts.exists():
        return 0.0
    after_name = facts.read_text("ascii").rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")


def _megabytes(pid: int | None) -> float:
    """Return the memory a process holds now; 0 where the system does not tell."""
    facts = Path(f"/proc/{pid}/statm")
    if not facts.exists():
        return 0.0
    return int(facts.read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1024**2


def _grown(seen: Sequence[float]) -> tuple[float, float, float]:
    """Return (most of the last quarter / most of the second, that most, the other), of what was seen in order."""
    quarter = max(len(seen) // 4, 1)
    early, late = max(seen[quarter : 2 * quarter] or seen), max(seen[-quarter:])
    return (late / early if early else 1.0), late, early


def _figures(many: int, idle: Sequence[float], run: Run) -> list[Figure]:
    calm, busy = percentile(idle, 95), percentile(run.looks, 95)
    figures = [
        Figure(
            f"Job of {many} certificates: list page meanwhile / idle, p95",
            busy / calm,
            "×",
            2,
            f"{busy:.1f} ms / {calm:.1f} ms, {len(run.looks)} looks / {len(idle)}",
        ),
        Figure(
            f"Job of {many} certificates: rate per core",
            many / run.processor,
            "per s",
            None,
            f"{run.processor:.1f} s of processor time, {run.wall:.1f} s on the clock",
        ),
    ]
    for name, seen in (("press", run.press_mb), ("server", run.server_mb)):
        ratio, late, early = _grown(seen)
        how = f"{late:.0f} MB / {early:.0f} MB"
        figures.append(
            Figure(f"Job of {many} certificates: memory of the {name}, last quarter / second", ratio, "×", 1.1, how)
        )
    return figures
