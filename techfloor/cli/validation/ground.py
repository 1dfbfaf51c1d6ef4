"""What a validation ran on: the program's files, every version, the machine. Without it a report proves nothing."""

import hashlib
import os
import platform
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from techfloor import __version__
from techfloor.cli.environment import ROOT, pins

PROGRAM = ("techfloor", "templates", "sop_templates", "wsgi.py", "requirements.txt")
TESTS = ("tests", "requirements-dev.txt", "pyproject.toml")


@dataclass(frozen=True)
class Package:
    """A package as it is pinned and as it is installed; `found` is '' where it is not."""

    name: str
    pinned: str
    found: str


@dataclass(frozen=True)
class Ground:
    """The program, by the hash of its files, and the machine."""

    version: str
    program_sha256: str
    tests_sha256: str
    python: str
    databases: tuple[str, ...]
    system: str
    machine: str
    packages: tuple[Package, ...]


def ground(databases: tuple[str, ...]) -> Ground:
    """Look at this machine."""
    return Ground(
        version=__version__,
        program_sha256=hash_of(*PROGRAM),
        tests_sha256=hash_of(*TESTS),
        python=f"{platform.python_implementation()} {platform.python_version()}",
        databases=databases,
        system=f"{_distribution()}, {platform.system()} {platform.release()}",
        machine=f"{platform.node()}, {_processor()}, {os.cpu_count()} cores",
        packages=tuple(_packages()),
    )


def hash_of(*names: str, root: Path = ROOT) -> str:
    """Return the SHA-256 over the hash and the name of each file, in the order of their names."""
    digest = hashlib.sha256()
    for file in sorted(_files(root, names), key=lambda each: each.relative_to(root).as_posix()):
        digest.update(
            f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.relative_to(root).as_posix()}\n".encode()
        )
    return digest.hexdigest()


def _files(root: Path, names: tuple[str, ...]) -> Iterator[Path]:
    for name in names:
        place = root / name
        found = place.rglob("*") if place.is_dir() else [place]
        yield from (each for each in found if each.is_file() and "__pycache__" not in each.parts)


def sqlite_words() -> str:
    """Return the version of SQLite and the journal it is used with."""
    from techfloor.store.databases.sqlite import journal_mode, sqlite_module  # noqa: PLC0415 - `--help` needs no package

    module = sqlite_module()
    return f"SQLite {module.sqlite_version}, journal {journal_mode(module.sqlite_version_info)}"


def _packages() -> Iterator[Package]:
    for name, version, marker in pins(ROOT / "requirements.txt"):
        try:
            found = metadata.version(name)
        except metadata.PackageNotFoundError:
            found = ""
        if found or not marker:
            yield Package(name, version, found)


def _distribution() -> str:
    try:
        return platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())
    except OSError:
        return platform.system()


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.machine()
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.machine())
