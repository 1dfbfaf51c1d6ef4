"""What the machine itself must bring: Pango for PDFs, a browser for tests; installed where it may."""

import ctypes
import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from techfloor.cli.steps import StepError, run_logged, step

PDF_LIBRARIES = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}
"""The libraries WeasyPrint loads, each with the package of Debian and Ubuntu that holds it."""

HEADLESS = "chromium-headless-shell"
"""Debian's package, and program, of Chromium without a window: with it the browser tests take half the time."""
BROWSERS = (HEADLESS, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def missing_pdf_packages() -> list[str]:
    """Name the packages without which no PDF can be made; empty where they are all there.

    Only Linux is asked: elsewhere the libraries go by other names, and WeasyPrint itself says what it lacks.
    """
    if not sys.platform.startswith("linux"):
        return []
    return [package for library, package in PDF_LIBRARIES.items() if not _loads(library)]


def install_line(packages: list[str]) -> str:
    """The one line that mends it, to be typed by somebody who may."""
    return f"sudo apt install {' '.join(packages)}"


@functools.cache
def _may() -> list[str] | None:
    """The words that go before a command which changes the machine; None where it may not be changed."""
    if shutil.which("apt-get") is None:
        return None
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo is None:
        return None
    asked = subprocess.run([sudo, "-n", "true"], stdin=subprocess.DEVNULL, capture_output=True, check=False)  # noqa: S603
    return [sudo, "-n"] if asked.returncode == 0 else None


def install(packages: list[str], what: str, log: Path) -> bool:
    """Install Debian packages where it may; false when it may not or when it failed, which the log tells."""
    may = _may()
    if may is None:
        return False
    apt = [*may, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
    try:
        with step(f"Installing {what} ({' '.join(packages)})", f"{what} installed"):
            _apt_install(apt, packages, log)
    except StepError:
        return False
    return True


def _apt_install(apt: list[str], packages: list[str], log: Path) -> None:
    order = [*apt, "install", "-y", "--no-install-recommends", *packages]
    try:
        run_logged(order, log)
    except StepError:  # A fresh machine has no package lists yet, and old lists name files that are gone.
        run_logged([*apt, "update"], log)
        run_logged(order, log)


def browser() -> str | None:
    """Find the browser the tests drive: the one CHROMIUM names, an installed one, or one Playwright got."""
    named = os.environ.get("CHROMIUM")
    if named:
        return shutil.which(named)
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    return found or next(map(str, _fetched_browsers()), None)


def _fetched_browsers() -> Iterator[Path]:
    home = os.environ.get("HOME")
    if home:
        yield from sorted(Path(home, ".cache", "ms-playwright").glob("chromium-*/chrome-linux*/chrome"), reverse=True)


def is_debian() -> bool:
    """Tell whether `chromium` is a real package here; Ubuntu's of that name is only a pointer to a snap."""
    try:
        return "\nID=debian" in "\n" + Path("/etc/os-release").read_text("utf-8")
    except OSError:
        return False


NETWORK_FILE_SYSTEMS = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "fuse.ceph", "fuse.glusterfs", "fuse.sshfs", "lustre"}
)
"""File systems that other machines serve: their locks are not those that SQLite needs."""


def file_system(folder: Path, mounts: Path = Path("/proc/self/mounts")) -> str:
    """Return the kind of file system that a folder stands on, "" where the machine does not tell."""
    try:
        lines = mounts.read_text("utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    kinds = {Path(words[1].replace("\\040", " ")): words[2] for words in map(str.split, lines) if len(words) > 2}
    where = folder.resolve()
    return next((kinds[each] for each in (where, *where.parents) if each in kinds), "")
