"""Loads the demo plant into an instance of its own, through the same actions that people's work goes through."""

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import event, select
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from techfloor import clock
from techfloor.app import create_app
from techfloor.cli.demo.cast import Person, people
from techfloor.cli.demo.days import Calendar, read_toml, weeks_since_anchor
from techfloor.cli.demo.load_equipment import load_gauges, load_machines, load_procedures, load_standards
from techfloor.cli.demo.load_history import load_history, load_papers
from techfloor.cli.demo.load_people import load_people, load_policy, load_tablets
from techfloor.cli.demo.load_site import load_site
from techfloor.cli.demo.loading import FIRST_DAY, Loading, silent
from techfloor.cli.demo.reading import load_plant
from techfloor.migrations.upgrade import upgrade
from techfloor.places.models import Plant
from techfloor.settings import Settings
from techfloor.store import blobs, db, looking_at


class NotADemo(Exception):
    """The instance holds a real plant, which the demo plant never meets."""


def load_once(settings: Settings, *, today: date | None = None, tell: Callable[[int, int], None] = silent) -> bool:
    """Load the demo plant with its history unless it stands there already; returns whether it was loaded.

    It is made in a folder beside and put in place whole, so that a load that was broken off leaves nothing behind.
    `tell` is told how many acts of how many are done.
    Raises NotADemo for an instance with a plant of its own.
    """
    if _is_there(settings):
        return False
    beside = replace(settings, instance=settings.instance / "loading")
    shutil.rmtree(beside.instance, ignore_errors=True)
    upgrade(beside)
    load(beside, today=today, tell=tell)
    _put_in_place(beside.instance, settings.instance)
    return True


def _is_there(settings: Settings) -> bool:
    with _running(settings), looking_at() as session:
        demo = session.scalar(select(Plant.demo))
    if demo is False:
        raise NotADemo(f"{settings.instance} holds a plant that is no demo. Name another folder for the demo plant.")
    return demo is not None


def _put_in_place(made: Path, instance: Path) -> None:
    """Move a finished instance over an empty one, the database last: with it the demo plant is there."""
    for name in ("blobs", "secret.key", "anchors.log", "techfloor.sqlite"):
        source, target = made / name, instance / name
        if not source.exists():
            continue
        if target.is_dir():
            shutil.rmtree(target)
        if source.is_file():
            _on_disk(source)
        source.replace(target)
    shutil.rmtree(made)


def _on_disk(file: Path) -> None:
    with file.open("rb+") as handle:
        os.fsync(handle.fileno())


def load(
    settings: Settings,
    *,
    today: date | None = None,
    history: bool = True,
    who: Sequence[Person] | None = None,
    tell: Callable[[int, int], None] = silent,
) -> None:
    """Load the demo plant into the empty, migrated database of `settings`, moved to `today`.

    Without `history` the gauges stand as they do today but no calibration was ever made. `who` are the people, all
    of them when it is left out; the history needs all.
    """
    with _running(settings):
        if settings.database_file:
            _write_without_waiting()
        loading = _begin(settings, today, tell)
        load_site(loading)
        load_people(loading, who or people())
        load_tablets(loading)
        load_policy(loading)
        load_procedures(loading)
        load_machines(loading)
        load_gauges(loading, as_today=not history)
        load_standards(loading)
        load_history(loading) if history else load_papers(loading)


def _begin(settings: Settings, today: date | None, tell: Callable[[int, int], None]) -> Loading:
    zone = ZoneInfo(read_toml("plant.toml")["plant"]["time_zone"])
    day = today or clock.now().astimezone(zone).date()
    calendar = Calendar(zone, weeks_since_anchor(day))
    return Loading(load_plant(day), calendar.at(FIRST_DAY, "08:00"), blobs.kept_by(settings), tell=tell)


@contextmanager
def _running(settings: Settings) -> Iterator[None]:
    """Run the block within the application of an instance, and leave neither file nor connection open behind it."""
    app = create_app(settings)
    try:
        with app.app_context():
            try:
                yield
            finally:
                db.session.remove()
                db.engine.dispose()
    finally:
        for handler in app.logger.handlers[:]:
            app.logger.removeHandler(handler)
            handler.close()


def _write_without_waiting() -> None:
    """Let the disk take its time: what is loaded is put in place whole, or not at all.

    A serving connection may not change how it writes; this one serves nobody.
    """

    @event.listens_for(db.engine, "connect")
    def connect(raw: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        raw.set_authorizer(None)
        raw.cursor().execute("PRAGMA synchronous=OFF")
