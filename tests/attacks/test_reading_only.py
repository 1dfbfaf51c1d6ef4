"""A request that only asks changes nothing: no row but the note that the session is alive, and no file."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import NOW
from plant_client import ClockAt
from sqlalchemy import event

from attacks.conftest import Besieged
from attacks.test_doors import roles_of
from techfloor.store import db

pytestmark = [pytest.mark.database, pytest.mark.pages]

_READS = ("SELECT", "BEGIN", "PRAGMA", "SHOW")
_TOUCH = "UPDATE login_session SET seen_at="


@pytest.fixture
def written(plant: Besieged) -> Iterator[list[str]]:
    """The statements that the database was given and that do not only read."""
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if not statement.lstrip().upper().startswith(_READS):
            found.append(" ".join(statement.split()))

    with plant.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield found
    event.remove(engine, "before_cursor_execute", note)


def files(folder: Path) -> dict[str, int]:
    """Return the files of an instance with their sizes, but the database and the log."""
    found = (file for file in folder.rglob("*") if file.is_file())
    return {str(file): file.stat().st_size for file in found if not file.name.startswith("techfloor.")}


@pytest.mark.parametrize("verb", ["GET", "HEAD", "OPTIONS"])
def test_who_only_asks_writes_nothing(plant: Besieged, written: list[str], clock_at: ClockAt, verb: str) -> None:
    kept = files(plant.settings.instance)
    clock_at(NOW.replace(minute=5))
    for door in plant.doors:
        if door.method == "GET":
            key = next(key for key in ("", "Q", "D") if plant.doors.lets_in(door, roles_of(key)))
            plant.as_(key).open(plant.doors.address(door), method=verb)

    assert [statement for statement in written if not statement.startswith(_TOUCH)] == []
    assert len(written) <= 2, "each session is touched once a minute"
    assert files(plant.settings.instance) == kept
