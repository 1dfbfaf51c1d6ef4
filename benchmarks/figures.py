"""A measured figure with its goal, timing, and the table that a run prints."""

import gc
import os
import platform
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from techfloor.store.databases.sqlite import journal_mode, sqlite_module


@dataclass(frozen=True)
class Figure:
    """One line of the table: what was measured, how much, and the most it may be; None where no goal is set."""

    what: str
    measured: float
    unit: str
    most: float | None
    how: str

    @property
    def verdict(self) -> str:
        """Whether the goal is met, in a word."""
        if self.most is None:
            return "stated"
        return "met" if self.measured <= self.most else "MISSED"


@dataclass(frozen=True)
class Scale:
    """How much a run does: the full one gives the figures, the others only show that the scripts work."""

    certificates: int
    calibrations: int
    short_list: int
    long_list: int
    pages: int
    tablets: int
    seconds: int
    acts: int
    bulk: int
    looks: int
    traced: int
    server: bool = True
    """Whether what has a goal on both databases is measured on a PostgreSQL too, where its programs are."""


FULL = Scale(30, 24, 1_000, 1_000_000, 60, 64, 30, 100_000, 200, 200, 100_000)
QUICK = Scale(5, 5, 1_000, 20_000, 20, 16, 5, 5_000, 10, 20, 20_000)
TINY = Scale(1, 1, 1_000, 1_500, 1, 2, 1, 50, 1, 1, 500, server=False)


def milliseconds(deed: Callable[[], object]) -> float:
    """Return how long `deed` took on the wall clock, in milliseconds."""
    began = time.perf_counter()
    deed()
    return (time.perf_counter() - began) * 1000


@contextmanager
def undisturbed() -> Iterator[None]:
    """Run the block without the garbage of what was set up before it."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def middle(values: Sequence[float]) -> float:
    """Return the median: what else the machine does then counts least."""
    return statistics.median(values)


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the value that `percent` of all values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100).__trunc__() - 1)]


def machine() -> list[str]:
    """Return what must be known of this machine to read the figures."""
    sqlite = sqlite_module().sqlite_version
    mode = journal_mode(tuple(int(part) for part in sqlite.split(".")))
    load = ", ".join(f"{value:.2f}" for value in os.getloadavg())
    return [
        f"{_processor()}, {os.cpu_count()} cores, {platform.system()} {platform.release()}",
        f"Python {platform.python_version()}, SQLite {sqlite} ({mode}, synchronous=FULL)",
        f"load average at the start {load}",
    ]


def _processor() -> str:
    facts = Path("/proc/cpuinfo")
    if facts.exists():
        for line in facts.read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def table(figures: Sequence[Figure]) -> str:
    """Return the figures as one table in Markdown."""
    heads = ("Figure", "Measured", "Goal", "", "How")
    rows = [heads, *(_row(figure) for figure in figures)]
    widths = [max(len(row[n]) for row in rows) for n in range(len(heads))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def _row(figure: Figure) -> tuple[str, ...]:
    goal = "–" if figure.most is None else f"≤ {figure.most:g} {figure.unit}".strip()
    return figure.what, f"{_digits(figure.measured)} {figure.unit}".strip(), goal, figure.verdict, figure.how


def _digits(value: float) -> str:
    """Return a number with three digits that say something, or all of a whole number."""
    if value == int(value) or value >= 100:
        return f"{value:.0f}"
    return f"{value:.3g}"
