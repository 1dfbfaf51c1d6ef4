"""Raises the Python environment a command needs, from the standard library only: nothing else is there yet.

The environment is `.venv` in the clone, or a folder in the user's cache where the clone cannot be written. A
stamp, written last, says that it is complete for these requirements, this Python and this place; whatever
lacks the stamp is done again.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from importlib import metadata
from pathlib import Path

from techfloor.cli import COMMANDS, main, parse, system
from techfloor.cli.lock import locked
from techfloor.cli.steps import StepError, run_logged, say, show_tail, step

ROOT = Path(__file__).resolve().parents[2]
STAMP_FORMAT = 1
MARKER = "TECHFLOOR_RAISED"
"""Set while the environment's Python starts, so that one without effect cannot start itself for ever."""


class Need(StrEnum):
    """What an environment must hold."""

    SERVE = "serve"
    TEST = "test"

    @classmethod
    def of(cls, command: str) -> "Need":
        """The need of a command."""
        return cls.TEST if command in {"test", "validate"} else cls.SERVE

    @property
    def requirements(self) -> Path:
        """The file that names its packages."""
        return ROOT / ("requirements-dev.txt" if self is Need.TEST else "requirements.txt")


@dataclass(frozen=True)
class Home:
    """Where one environment lives, and where the log and the lock of its setting up lie."""

    folder: Path
    log: Path
    lock: Path

    @property
    def python(self) -> Path:
        """The full path of its Python, which alone makes it the environment in use: nothing is activated."""
        return self.folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    @property
    def unfinished(self) -> Path:
        """The file that lies there while packages are installed; what an interruption leaves is made anew."""
        return self.folder / "techfloor-unfinished"

    def stamp(self, need: Need) -> Path:
        """The file that says the environment is complete for `need`."""
        return self.folder / f"techfloor-{need}.stamp"

    def is_complete(self, need: Need) -> bool:
        """Tell whether the environment stands and was set up for what `need` asks today."""
        try:
            stamped = self.stamp(need).read_text("utf-8")
        except OSError:
            return False
        return stamped == fingerprint(need) and os.access(self.python, os.X_OK)

    def is_writable(self) -> bool:
        """Tell whether this user may set it up here."""
        if self.folder.exists() and not os.access(self.folder, os.W_OK):
            return False
        try:
            self.folder.parent.mkdir(parents=True, exist_ok=True)
            self.log.parent.mkdir(parents=True, exist_ok=True)
        except OSError:
            return False
        return os.access(self.folder.parent, os.W_OK) and os.access(self.log.parent, os.W_OK)


def fingerprint(need: Need) -> str:
    """Hash what an environment depends on: its packages, the Python, the place and the form of the stamp."""
    packages = (ROOT / "requirements.txt").read_text("utf-8")
    told = [str(STAMP_FORMAT), _version(), str(ROOT), packages]
    if need is Need.TEST:
        told.append(need.requirements.read_text("utf-8"))
    return hashlib.sha256("\0".join(told).encode()).hexdigest()


def _version() -> str:
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def homes(environ: Mapping[str, str] = os.environ) -> Iterator[Home]:
    """Give the places an environment may live in, the best one first."""
    instance = ROOT / "instance"
    yield Home(ROOT / ".venv", instance / "setup.log", instance / "setup.lock")
    cache = environ.get("XDG_CACHE_HOME") or environ.get("LOCALAPPDATA")
    if not cache and environ.get("HOME"):
        cache = str(Path(environ["HOME"], ".cache"))
    if cache:
        place = Path(cache, "techfloor", hashlib.sha256(str(ROOT).encode()).hexdigest()[:12])
        yield Home(place / "venv", place / "setup.log", place / "setup.lock")


def start(argv: Sequence[str]) -> int:
    """Run a command in the environment it needs; returns its exit code."""
    was_raised = os.environ.pop(MARKER, None) is not None
    if not argv or argv[0] not in COMMANDS:
        return main(argv)
    try:
        python = _python_for(argv)
        if _is_running(python):
            return main(argv)
        if not was_raised:
            return _hand_over(python, argv)
        print(f"{python} does not work. Delete {python.parents[1]} and start again.", file=sys.stderr)
    except StepError as error:
        print(f"techfloor cannot start: {error}", file=sys.stderr)
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
    return 1


def _python_for(argv: Sequence[str]) -> Path:
    need = Need.of(argv[0])
    python = _standing(need)
    if python:
        return python
    with suppress(ModuleNotFoundError):
        parse(argv)  # A wrong word is said now, and not after half a minute of setting up.
    try:
        return _raise(need)
    except OSError as error:
        raise StepError(str(error)) from error


def _standing(need: Need) -> Path | None:
    """The Python of an environment that is ready, or None when one must be raised first."""
    for home in homes():
        if home.is_complete(need):
            return home.python
    if holds(need):
        return Path(sys.executable)
    return None


def pins(file: Path) -> Iterator[tuple[str, str, str]]:
    """Read a requirements file, with the files it includes: name, version and marker of each package."""
    for line in file.read_text("utf-8").splitlines():
        words = line.strip()
        if words.startswith("-r "):
            yield from pins(file.parent / words.removeprefix("-r "))
        elif words and not words.startswith("#"):
            pin, _, marker = words.partition(";")
            name, _, version = pin.strip().partition("==")
            yield name, version, marker.strip()


def holds(need: Need) -> bool:
    """Tell whether the running Python already has every package at its pinned version, as a container has.

    Packages with a marker only speed things up on some machines and are not asked for.
    """
    wanted = ((name, version) for name, version, marker in pins(need.requirements) if not marker)
    try:
        return all(metadata.version(name) == version for name, version in wanted)
    except metadata.PackageNotFoundError:
        return False


def _is_running(python: Path) -> bool:
    # The environment's python is a link to the machine's: only the prefix tells the two apart.
    return python == Path(sys.executable) or python.parents[1] == Path(sys.prefix)


def _hand_over(python: Path, argv: Sequence[str]) -> int:
    words = [str(python), "-m", "techfloor", *argv]
    environ = {**os.environ, MARKER: "1"}
    if os.name != "nt":
        os.execve(python, words, environ)  # noqa: S606 (there is no shell to fear: the path is ours)
    # Windows has no exec: the shell would take the command for ended.
    return subprocess.run(words, env=environ, check=False).returncode  # noqa: S603


def _raise(need: Need) -> Path:
    home = next((home for home in homes() if home.is_writable()), None)
    if home is None:
        raise StepError(f"{ROOT} cannot be written, and there is no home folder for the Python packages.")
    with locked(home.lock, lambda: say("Another start is setting techfloor up: waiting for it to finish.")):
        if not home.is_complete(need):
            _set_up(home, need)
    return home.python


def _set_up(home: Home, need: Need) -> None:
    say(f"Setting techfloor up, once; {home.log} keeps the details.")
    complete = {need, Need.SERVE} | {other for other in Need if home.is_complete(other)}
    for other in Need:
        home.stamp(other).unlink(missing_ok=True)
    lacking = system.missing_pdf_packages()
    if lacking:
        system.install(lacking, "Libraries for PDFs", home.log)
    if home.unfinished.exists() or not _is_usable(home):
        _make(home)
    home.unfinished.touch()
    _install(home, need)
    for other in complete:
        home.stamp(other).write_text(fingerprint(other), "utf-8")
    home.unfinished.unlink()


def _is_usable(home: Home) -> bool:
    """Tell whether what stands there is an environment of this version of Python that runs."""
    ask = "import sys; print(sys.prefix, *sys.version_info[:2])"
    try:
        told = subprocess.run([home.python, "-c", ask], capture_output=True, text=True, check=False)  # noqa: S603
    except OSError:
        return False
    return told.stdout.strip() == f"{home.folder} {sys.version_info.major} {sys.version_info.minor}"


def _make(home: Home) -> None:
    if home.folder.exists():
        shutil.rmtree(home.folder)
    with step("Making the Python environment", "Python environment made"):
        # Without pip: Debian packs ensurepip, from which `venv` takes it, apart; bundled_pip finds it anyway.
        run_logged([sys.executable, "-m", "venv", "--without-pip", home.folder], home.log)


def _install(home: Home, need: Need) -> None:
    lacking = [f"python{_version()}-venv"]
    installers = list(_installers(home))
    if not installers and system.install(lacking, "Python's own installer", home.log):
        installers = list(_installers(home))
    if not installers:
        raise StepError(f"Python has no installer here. Type: {system.install_line(lacking)}")
    with step("Installing the Python packages", "Python packages installed"):
        for words in installers[:-1]:
            with suppress(StepError):
                return _fill(words, home, need)
        try:
            _fill(installers[-1], home, need)
        except StepError:
            show_tail(home.log)
            raise


def _fill(installer: list[str], home: Home, need: Need) -> None:
    # A pip told by its settings to install per user refuses to fill an environment.
    environ = {**os.environ, "PIP_USER": "0"}
    run_logged([*installer, "-r", need.requirements], home.log, environ)


def _installers(home: Home) -> Iterator[list[str]]:
    """Give the commands that can fill the environment: uv, then a pip, as uv does not read pip's settings."""
    uv = shutil.which("uv")
    if uv:
        yield [uv, "pip", "install", "--python", str(home.python)]
    quiet = ["install", "--disable-pip-version-check", "--no-input", "--progress-bar", "off"]
    wheel = bundled_pip()
    if wheel:
        yield [str(home.python), f"{wheel}/pip", *quiet, str(wheel)]
    elif _has_pip():
        yield [sys.executable, "-m", "pip", "--python", str(home.python), *quiet]


def _has_pip() -> bool:
    found = importlib.util.find_spec("pip")
    return found is not None and found.origin is not None  # An empty folder of that name has no origin.


def bundled_pip() -> Path | None:
    """Find the wheel of pip that came with Python, or that Debian keeps beside it."""
    places = [Path("/usr/share/python-wheels")]
    kept = sysconfig.get_config_var("WHEEL_PKG_DIR")
    if kept:
        places.insert(0, Path(kept))
    ensurepip = importlib.util.find_spec("ensurepip")
    if ensurepip and ensurepip.origin:
        places.insert(0, Path(ensurepip.origin).parent / "_bundled")
    return next((wheel for place in places for wheel in sorted(place.glob("pip-*.whl"), reverse=True)), None)
