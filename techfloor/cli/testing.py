"""test: runs every check that a change must pass, one after the other, and says at the end which held."""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from techfloor.cli import cluster, system
from techfloor.cli.environment import ROOT
from techfloor.cli.steps import StepError, say

MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own in it, which nobody else may list
ROOM = 6 * 1024**3
"""How much memory must be free for the files of the tests."""

NO_TESTS = 5
"""The exit code of pytest when it found nothing to run."""


@dataclass(frozen=True)
class Check:
    """One step of the run: its name for --only, its headline, and the words after `python`."""

    name: str
    headline: str
    words: tuple[str, ...]

    @property
    def is_pytest(self) -> bool:
        """Tell whether it takes what was typed for pytest."""
        return "pytest" in self.words


CHECKS = (
    Check("format", "Format", ("-m", "ruff", "format", "--check")),
    Check("lint", "Lint", ("-m", "ruff", "check")),
    Check("types", "Types", ("-m", "mypy")),
    Check("contracts", "Import contracts", ("-c", "from importlinter.cli import lint_imports_command as c; c()")),
    Check("unit", "Unit and integration tests", ("-m", "pytest", "-n", "2", "-m", "not browser")),
    Check("postgresql", "Tests on PostgreSQL", ("-m", "pytest", "-n", "2", "-m", "database and not browser")),
    # One more than there are cores: a third of the time a test waits for its browser.
    Check("browser", "Browser tests", ("-m", "pytest", "-n", "3", "-m", "browser")),
)


@dataclass(frozen=True)
class Result:
    """How a check ended: "passed", "failed" or "SKIPPED", after how many seconds."""

    check: Check
    ended: str
    seconds: float


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the options of the command."""
    names = [check.name for check in CHECKS]
    parser.add_argument("--only", action="append", choices=names, metavar="STEP", help=f"one of {', '.join(names)}")
    parser.add_argument("--long", action="store_true", help="run the long form of the tests that have one")
    parser.set_defaults(rest=[])
    parser.epilog = "All other words go to pytest."


def run(args: argparse.Namespace) -> int:
    """Run the checks; 1 when any failed."""
    typed = [*(["--long"] if args.long else []), *args.rest]
    wanted = [check for check in CHECKS if not args.only or check.name in args.only]
    try:
        with files_in_memory(), compiled_once():
            results = [_run(check, typed) for check in wanted]
    except KeyboardInterrupt:
        say("Stopped.")
        return 130
    say("\nSummary")
    for result in results:
        say(f"  {result.ended:8}{result.check.headline} ({result.seconds:.1f} s)")
    return 1 if any(result.ended == "failed" for result in results) else 0


@contextmanager
def files_in_memory() -> Iterator[None]:
    """Keep the files of the tests where no commit waits for a disk, if there is room and programs may run there."""
    if "TMPDIR" in os.environ or not _has_room(MEMORY):
        yield
        return
    with tempfile.TemporaryDirectory(prefix="techfloor-test-", dir=MEMORY) as made:
        Path(made).chmod(0o711)  # PostgreSQL, as another user, has its folder in it
        os.environ["TMPDIR"], tempfile.tempdir = made, made
        try:
            yield
        finally:
            del os.environ["TMPDIR"]
            tempfile.tempdir = None


@contextmanager
def compiled_once() -> Iterator[None]:
    """Keep compiled modules for the run where Python may not keep them beside the sources.

    The checks start hundreds of Pythons, and each would compile all of techfloor, and each worker all tests.
    """
    unkept = os.environ.get("PYTHONDONTWRITEBYTECODE")
    if not unkept or "PYTHONPYCACHEPREFIX" in os.environ:
        yield
        return
    with tempfile.TemporaryDirectory(prefix="techfloor-bytecode-") as made:
        del os.environ["PYTHONDONTWRITEBYTECODE"]
        os.environ["PYTHONPYCACHEPREFIX"] = made
        try:
            yield
        finally:
            del os.environ["PYTHONPYCACHEPREFIX"]
            os.environ["PYTHONDONTWRITEBYTECODE"] = unkept


def _has_room(folder: Path) -> bool:
    if not folder.is_dir():
        return False
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize >= ROOM and not found.f_flag & os.ST_NOEXEC


def _run(check: Check, typed: list[str]) -> Result:
    say(f"\n=== {check.headline}")
    began = time.monotonic()
    special = {"browser": _run_browser, "postgresql": _run_postgresql}.get(check.name)
    ended = special(check, typed) if special else _started(check, typed, _environ())
    seconds = time.monotonic() - began
    say(f"=== {check.headline}: {ended} ({seconds:.1f} s)")
    return Result(check, ended, seconds)


def _environ() -> dict[str, str]:
    """The variables the checks see: none of techfloor's own, for a test sets up what it needs itself."""
    return {name: value for name, value in os.environ.items() if not name.startswith("TECHFLOOR_")}


def _started(check: Check, typed: list[str], environ: dict[str, str]) -> str:
    words = [sys.executable, *check.words, *(typed if check.is_pytest else [])]
    code = subprocess.run(words, cwd=ROOT, env=environ, check=False).returncode  # noqa: S603 (the user's own words)
    # Words typed for pytest may choose tests of one kind only; without them, no tests at all is a fault.
    return "passed" if code == 0 or (code == NO_TESTS and typed and check.is_pytest) else "failed"


def _run_browser(check: Check, typed: list[str]) -> str:
    browser = _browser()
    if browser is None:
        say(f"! NO BROWSER: nothing was tested in one. Type: {_browser_line()}")
        return "failed" if os.environ.get("CI") == "true" else "SKIPPED"
    with _home() as home:
        return _started(check, typed, {**_environ(), "CHROMIUM": browser, "HOME": home})


def _browser() -> str | None:
    """Find a browser; where Debian may install one, first the one without a window, then the whole."""
    found, log = system.browser(), ROOT / "instance" / "setup.log"
    whole = found is not None and Path(found).name in {"chromium", "chromium-browser"}
    if (found is None or whole) and "CHROMIUM" not in os.environ and system.is_debian():
        system.install([system.HEADLESS], "Chromium without a window", log)
    if found is None and system.browser() is None:
        system.install(["chromium"], "Chromium", log)
    return system.browser()


def _run_postgresql(check: Check, typed: list[str]) -> str:
    """Run the tests that keep records once more, on a cluster that is made for this run."""
    found = cluster.programs()
    if found is None and system.install(["postgresql"], "PostgreSQL", ROOT / "instance" / "setup.log"):
        found = cluster.programs()
    if found is None:
        say(f"! NO POSTGRESQL: nothing was tested on it. Type: {system.install_line(['postgresql'])}")
        return "failed" if os.environ.get("CI") == "true" else "SKIPPED"
    try:
        with cluster.cluster(found) as url:
            return _started(check, [*typed, "--postgresql", url], _environ())
    except StepError as error:
        say(f"✕ {error}")
        return "failed"


def _browser_line() -> str:
    if system.is_debian():
        return system.install_line(["chromium"])
    return f"{sys.executable} -m playwright install --with-deps chromium"


@contextmanager
def _home() -> Iterator[str]:
    """Give a home folder that can be written, or Chromium will not start; a passing one if need be."""
    home = os.environ.get("HOME", "")
    if home and Path(home).is_dir() and os.access(home, os.W_OK):
        yield home
        return
    with tempfile.TemporaryDirectory(prefix="techfloor-home-") as made:
        yield made
