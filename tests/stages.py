"""Plants in the middle of their work: reached once through the pages, then put back for other tests of the process."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, TypeVar

from databases import Keeper
from flask import Flask
from plant_client import sign_in_again

from techfloor import clock
from techfloor.settings import Settings
from techfloor.store import db

Value = TypeVar("Value")


@dataclass(frozen=True)
class _Kept:
    """A plant as it was left: the act and the moment it was begun at, the moment it ended at, and what was returned."""

    head: str
    began: datetime
    ended: datetime
    value: Any
    made: Path


class Reach(Protocol):
    """Brings the test's plant to a stage.

    `make` does the work and returns plain values; it is known by its name, and the first test that asks runs it. For
    the others of this process the plant is put back as it left it, with the clock; browsers opened before are signed
    in again. Work that a test looks at stays in the test. Raises AssertionError where the plant was changed before: no
    test gets what another one prepared.
    """

    def __call__(self, make: Callable[[], Value]) -> Value:
        """Return what `make` returned."""


class Stages:
    """The stages that tests of this process reached."""

    def __init__(self, keeper: Keeper, folder: Path) -> None:
        self._keeper, self._folder = keeper, folder
        self._kept: dict[str, _Kept] = {}

    def reach(self, app: Flask, settings: Settings, make: Callable[[], Value]) -> tuple[Value, datetime]:
        """Make it, or put it back; returns what was returned, and the moment it ended at."""
        name = f"{make.__module__}.{make.__qualname__}"
        head, now = _head(settings), clock.now()
        if name not in self._kept:
            value, ended = make(), clock.now()
            self._kept[name] = _Kept(head, now, ended, value, self._keep(app, settings))
            return value, ended
        kept = self._kept[name]
        assert (head, now) == (kept.head, kept.began), f"something was done before {name} was asked for"
        _let_go(app)
        self._keeper.put_back(kept.made, settings)
        sign_in_again(app, now)
        return kept.value, kept.ended

    def _keep(self, app: Flask, settings: Settings) -> Path:
        _let_go(app)
        made = self._folder / f"stage-{uuid.uuid4().hex[:16]}"
        self._keeper.keep(settings, made)
        return made

    def drop(self) -> None:
        """Take away what stands outside the folder."""
        for kept in self._kept.values():
            self._keeper.drop_template(kept.made)


def _head(settings: Settings) -> str:
    """Return the last act of a plant; its hash speaks for all before it."""
    return (settings.instance / "anchors.log").read_text("ascii").rstrip("\n").rpartition("\n")[2]


def _let_go(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
