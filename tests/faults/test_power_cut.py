"""A power cut loses nothing that was acknowledged, whichever of the writes on their way reached the disk.

The application saves as in service while every write and every forcing of a file is noted; then the disk is left as a
cut after any of them may leave it, and is opened again.
"""

import random
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from plant_client import PlantClient, sign_in
from sqlalchemy import text

from techfloor import clock, roster
from techfloor.app import create_app
from techfloor.cli.demo import cast
from techfloor.cli.verify import whole
from techfloor.migrations.upgrade import engine_for
from techfloor.settings import Settings
from techfloor.store import blobs, db
from techfloor.store.databases import sqlite

from . import nursery
from .disk import Deed, Disk, Told
from .recorder import Recorder, recording

SAVES, LONG_SAVES = 60, 300
CUTS, LONG_CUTS = 10, 200
"""Cuts of each journal; the long form makes 400 of both."""


@dataclass
class Outcome:
    """What stood after all the cuts."""

    saves: int = 0
    acknowledged: int = 0
    lost: int = 0
    halves: int = 0
    files_lost: int = 0
    problems: list[str] = field(default_factory=list)
    torn: int = 0
    """Cuts after which a line of anchors.log could not be read."""

    def __str__(self) -> str:
        """Return the figures."""
        kept = f"{self.acknowledged} acknowledged, {self.lost} of them lost, {self.files_lost} files lost"
        return f"{self.saves} saves, {kept}, {self.halves} halves, {len(self.problems)} problems, {self.torn} torn"


@pytest.fixture
def settings(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The settings of an instance in files, with the page that writes ten lines."""
    if settings.database_file is None:
        pytest.skip("a database server forces its own disk")
    everywhere = roster.pages
    monkeypatch.setattr(roster, "pages", lambda: [*everywhere(), nursery.pages])
    return settings


def saved(settings: Settings, many: int) -> list[Deed]:
    """Save one act after the other in the running application; returns what the disk was given meanwhile."""
    with recording(settings.instance) as recorder:
        app = create_app(settings)
        app.test_client_class = PlantClient
        app.extensions["left_behind"] = []
        _save(recorder, sign_in(app, cast.person("T"), "", clock.now), many)
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
    return recorder.deeds


def _save(recorder: Recorder, client: PlantClient, many: int) -> None:
    token = nursery.token_of(client.get("/fault").text)
    for n in range(many):
        has_file = n % 3 == 0
        words = f"words {n} and a file" if has_file else f"words {n}"
        typed = {"csrf_token": token, "words": words} | ({"file": "yes"} if has_file else {})
        assert client.post("/fault", data=typed).status_code == 303
        recorder.told(words)


def battery(settings: Settings, folder: Path, *, saves: int, cuts: int) -> Outcome:
    """Cut the power `cuts` times, each after a deed by chance; return what stood afterwards, of all together."""
    disk, chance, told, found = Disk(settings.instance), random.Random(cuts), set[str](), Outcome(saves)
    deeds = saved(settings, saves)
    moments = sorted(chance.choices(range(1, len(deeds) + 1), k=cuts))
    for n, (begin, end) in enumerate(pairwise([0, *moments])):
        for deed in deeds[begin:end]:
            disk.do(deed)
            if isinstance(deed, Told):
                told.add(deed.words)
        left = Settings(folder / f"cut-{n}", demo=True)
        for path, content in disk.as_left(chance).items():
            (left.instance / path).parent.mkdir(parents=True, exist_ok=True)
            (left.instance / path).write_bytes(content)
        _look(left, told, found)
    return found


def _look(left: Settings, told: set[str], found: Outcome) -> None:
    """Open what a cut left, and add what is there of it to what was found."""
    with engine_for(left.database).connect() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalars().all() == ["ok"]
        rows = connection.execute(
            text("SELECT words, count(*) AS many FROM equipment_log WHERE event = 'note' GROUP BY words")
        )
        there: dict[str, int] = {row.words: row.many for row in rows}
        verdict = whole(connection, left)
    found.acknowledged += len(told)
    found.lost += len(told - there.keys())
    found.halves += sum(1 for many in there.values() if many != nursery.LINES)
    found.files_lost += sum(1 for words in there if words.endswith("file") and not _kept(left, words))
    found.problems += verdict.problems
    found.torn += bool(verdict.notes)


def _kept(left: Settings, words: str) -> bool:
    try:
        return blobs.kept_by(left).get(blobs.hash_of(words.encode())) == words.encode()
    except blobs.MissingBlob:
        return False


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("journal", ["WAL", "TRUNCATE"])
def test_a_power_cut_loses_nothing_acknowledged(
    settings: Settings, tmp_path: Path, journal: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "journal_mode", lambda _version: journal)
    long = bool(request.config.getoption("--long"))
    saves, cuts = (LONG_SAVES, LONG_CUTS) if long else (SAVES, CUTS)
    found = battery(settings, tmp_path, saves=saves, cuts=cuts)
    print(f"{journal}: {cuts} cuts, {found}")
    assert (found.lost, found.halves, found.files_lost, found.problems) == (0, 0, 0, [])
    assert found.acknowledged > saves * cuts / 4


def test_without_forcing_each_commit_acknowledged_records_are_lost(
    settings: Settings, tmp_path: Path, in_a_hurry: None
) -> None:
    """The control: with synchronous=NORMAL the same battery must show loss, or it would show nothing."""
    found = battery(settings, tmp_path, saves=SAVES, cuts=CUTS)
    print(f"NORMAL: {CUTS} cuts, {found}")
    assert found.lost > 0
    assert found.halves == 0


@pytest.fixture
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connections that do not wait for the disk at each commit."""
    opened = sqlite.SQLite.opened

    def hurried(self: sqlite.SQLite, raw: Any, line: Any, *, serving: bool) -> None:
        opened(self, raw, line, serving=False)
        raw.execute("PRAGMA synchronous=NORMAL")

    monkeypatch.setattr(sqlite.SQLite, "opened", hurried)
