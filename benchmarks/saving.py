"""Saving a reading: the whole request against an empty one, and ten of them against the bare rows in SQLite."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask, redirect
from werkzeug.wrappers import Response

from benchmarks.browsing import Browser, csrf_token
from benchmarks.figures import Figure, Scale, middle, milliseconds, undisturbed
from benchmarks.plants import MICROMETER, inside, more_gauges, new_plant, running, saves, signed_in, start
from techfloor.settings import Settings
from techfloor.store.acts import new_id
from techfloor.store.databases.sqlite import journal_mode, sqlite_module
from techfloor.web.pages import Pages

WARMING = 1
"""Calibrations that are gone through before any is timed."""

TEN = 10
NOTHING = "/benchmark/nothing"


@dataclass
class Times:
    """Milliseconds: of each reading, of each empty request, and of ten readings and of their ten bare rows."""

    reading: list[float] = field(default_factory=list)
    empty: list[float] = field(default_factory=list)
    ten: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)


def measure(folder: Path, scale: Scale) -> list[Figure]:
    """Give ten readings of as many calibrations, each calibration followed by ten requests that do nothing."""
    settings = new_plant(folder / "saving")
    with running(settings) as app:
        app.register_blueprint(_empty_page())
        with inside(app) as plant:
            who = signed_in("technician")[0]
            codes = more_gauges(MICROMETER, WARMING + scale.calibrations)
            numbers = [start(code, plant, who.person_id) for code in codes]
        bare = _Bare(settings, folder / "bare.sqlite")
        with undisturbed():
            times = _rounds(app, Browser.of(app, who), numbers, bare)
        bare.close()
    return _figures(times)


def _empty_page() -> Pages:
    """Return a page that takes a form, signed in and within an act, and does nothing."""
    pages = Pages("benchmark", __name__)

    @pages.act(NOTHING, permission="calibration:log", action="benchmark:nothing:do")
    def nothing() -> Response:
        return redirect("/", 303)

    return pages


def _rounds(app: Flask, browser: Browser, numbers: Sequence[str], bare: "_Bare") -> Times:
    times = Times()
    for turn, number in enumerate(numbers):
        with inside(app):
            asked = saves(number)[:TEN]
        token = csrf_token(browser.get(asked[0].path).body.decode())
        reading = [
            browser.post(one.path, {"csrf_token": token, "entry_key": new_id(), one.field: one.value}).took
            for one in asked
        ]
        empty = [browser.post(NOTHING, {"csrf_token": token, "entry_key": new_id()}).took for _ in asked]
        ten = bare.write_again(number)
        if turn >= WARMING:
            times.reading += reading
            times.empty += empty
            times.ten.append(sum(reading))
            times.bare.append(ten)
    return times


class _Bare:
    """The table of readings alone, as durable as the application's, without keys to other tables and without trail."""

    def __init__(self, settings: Settings, file: Path) -> None:
        sqlite = sqlite_module()
        self.source = sqlite.connect(settings.instance / "techfloor.sqlite")
        self.bare = sqlite.connect(file, isolation_level=None)
        mode = journal_mode(tuple(int(part) for part in sqlite.sqlite_version.split(".")))
        self.bare.execute(f"PRAGMA journal_mode={mode}")
        self.bare.execute("PRAGMA synchronous=FULL")
        parts = "SELECT sql FROM sqlite_master WHERE tbl_name = 'calibration_reading' AND type IN ('table', 'index')"
        for (sql,) in self.source.execute(f"{parts} AND sql IS NOT NULL"):
            self.bare.execute(sql)

    def write_again(self, number: str) -> float:
        """Write the readings of a calibration, each in a transaction of its own; return the milliseconds."""
        rows: list[tuple[Any, ...]] = self.source.execute(
            "SELECT * FROM calibration_reading WHERE record_id = (SELECT id FROM record WHERE number = ?)", (number,)
        ).fetchall()
        assert len(rows) == TEN
        insert = f"INSERT INTO calibration_reading VALUES ({', '.join('?' * len(rows[0]))})"

        def write() -> None:
            for row in rows:
                self.bare.execute("BEGIN IMMEDIATE")
                self.bare.execute(insert, row)
                self.bare.execute("COMMIT")

        return milliseconds(write)

    def close(self) -> None:
        self.source.close()
        self.bare.close()


def _figures(times: Times) -> list[Figure]:
    reading, empty, ten, bare = (middle(each) for each in (times.reading, times.empty, times.ten, times.bare))
    return [
        Figure(
            "Save one reading / empty POST",
            reading / empty,
            "×",
            5,
            f"{reading:.1f} ms / {empty:.2f} ms, medians of {len(times.reading)}",
        ),
        Figure(
            "Save ten readings / bare rows in SQLite",
            ten / bare,
            "×",
            None,
            f"{ten:.0f} ms / {bare:.1f} ms, medians of {len(times.ten)}; ten commits each",
        ),
    ]
