"""A lock keeps the second one out for as long as the first one lives, and no longer."""

import subprocess
import sys
from pathlib import Path

import pytest

from techfloor.cli.environment import ROOT
from techfloor.cli.lock import locked

HOLD = """
import sys
from pathlib import Path
from techfloor.cli.lock import locked
with locked(Path(sys.argv[1]), lambda: print("busy", flush=True)):
    print("held", flush=True)
    sys.stdin.readline()
"""


class Busy(Exception):
    """Raised by the test where a lock is taken."""


def refuse() -> None:
    raise Busy


def holder(path: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_the_second_is_told_and_may_give_up(tmp_path: Path) -> None:
    path = tmp_path / "new" / "lock"
    with holder(path) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "held\n"
        with pytest.raises(Busy), locked(path, refuse):
            pass
        first.kill()


def test_the_second_waits_its_turn(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with locked(path, refuse):
        second = holder(path)
        assert second.stdout is not None
        assert second.stdout.readline() == "busy\n"
    assert second.stdout.readline() == "held\n"
    second.communicate("\n")


def test_a_killed_holder_leaves_the_lock_free(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with holder(path) as first:
        assert first.stdout is not None
        first.stdout.readline()
        first.kill()
    with locked(path, refuse):
        pass
