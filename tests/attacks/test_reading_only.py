"""A request that only asks changes nothing: no row but the note that the session is alive, and no file."""

from datetime import timedelta
from pathlib import Path

import pytest
from conftest import NOW
from plant_client import ClockAt

from attacks.conftest import Besieged
from attacks.test_doors import roles_of

pytestmark = [pytest.mark.database, pytest.mark.pages]

_TOUCH = "UPDATE login_session SET seen_at="


def files(folder: Path) -> dict[str, int]:
    """Return the files of an instance with their sizes, but the database and the log."""
    found = (file for file in folder.rglob("*") if file.is_file())
    return {str(file): file.stat().st_size for file in found if not file.name.startswith("techfloor.")}


def test_every_page_is_shown_without_a_word_written(plant: Besieged) -> None:
    assert len(plant.pages) >= 80
    touches = [statement for statement in plant.written if statement.startswith(_TOUCH)]

    assert plant.written == touches
    assert 1 <= len(touches) <= len({seen.client for seen in plant.pages}), "each session is touched once a minute"


@pytest.mark.long
@pytest.mark.parametrize("verb", ["GET", "HEAD", "OPTIONS"])
def test_who_only_asks_writes_nothing(plant: Besieged, clock_at: ClockAt, verb: str) -> None:
    kept, written = files(plant.settings.instance), list[str]()
    clock_at(NOW + timedelta(minutes=10))
    with plant.noting(written):
        for door in (door for door in plant.doors if door.method == "GET"):
            key = next(key for key in ("", "Q", "D") if plant.doors.lets_in(door, roles_of(key)))
            plant.as_(key).open(plant.doors.address(door), method=verb)

    assert [statement for statement in written if not statement.startswith(_TOUCH)] == []
    assert files(plant.settings.instance) == kept
