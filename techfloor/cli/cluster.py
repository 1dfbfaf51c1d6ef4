"""A PostgreSQL cluster for one run of the tests: made in a folder that passes, and gone with whoever started it."""

import ctypes
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from techfloor.cli.steps import StepError

SUPERUSER = "techfloor_tests"
OLDEST = 15
_STARTS_WITHIN = 30.0
_PORTS = range(20000, 32000)
_PR_SET_PDEATHSIG = 1


def programs() -> Path | None:
    """Return the folder of the newest PostgreSQL's programs, None where there is none that is new enough."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda each: int(each.parts[-3]))
    if found and int(found[-1].parts[-3]) >= OLDEST:
        return found[-1].parent
    named = shutil.which("initdb")
    return Path(named).parent if named else None


def run_client(program: str, words: Sequence[str], url: str) -> None:
    """Run a client program such as pg_dump on the database of a URL; raises StepError where it is missing or fails."""
    from psycopg.conninfo import make_conninfo  # noqa: PLC0415 - `--help` needs no package
    from sqlalchemy import make_url  # noqa: PLC0415

    named = make_url(url)
    # What stands in the words of a process can be read by everybody on the machine.
    password = named.password or os.environ.get("PGPASSWORD", "")
    named = named.set(password=None)
    _none, where_to = named.get_dialect()().create_connect_args(named)
    run_program(program, [*words, f"--dbname={make_conninfo(**where_to)}"], PGPASSWORD=password)


def run_program(program: str, words: Sequence[str], **environ: str) -> None:
    """Run one of PostgreSQL's client programs; raises StepError where it is missing or fails."""
    folder = programs()
    found = shutil.which(program) or (str(folder / program) if folder and (folder / program).exists() else None)
    if found is None:
        raise StepError(f"{program} is missing. Install PostgreSQL's client programs, version {OLDEST} or newer.")
    done = subprocess.run(  # noqa: S603
        [found, *words], env={**os.environ, **environ}, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise StepError(f"{program} failed: {done.stderr.strip().splitlines()[-1:] or done.returncode}")


@contextmanager
def cluster(bin_folder: Path) -> Iterator[str]:
    """Run a cluster that listens on loopback alone and forgets at once; gives the URL of its superuser.

    PostgreSQL refuses to run as root; then it runs as the user its package made. Raises StepError when it does not
    start.
    """
    user = _user()
    with tempfile.TemporaryDirectory(prefix="techfloor-postgresql-") as name:
        folder = Path(name)
        if user:
            os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
        password, port = secrets.token_hex(16), free_port()
        _make(bin_folder, folder, password, user)
        server = _start(bin_folder, folder, port, user)
        try:
            _wait(bin_folder, port, server)
            yield f"postgresql://{SUPERUSER}:{password}@127.0.0.1:{port}/postgres"
        finally:
            server.send_signal(signal.SIGINT)  # a fast shutdown: whoever is still connected is cut off
            server.wait(timeout=30)


def _user() -> str | None:
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError as error:
        raise StepError("PostgreSQL does not run as root, and there is no user “postgres” to run it as.") from error


def _make(bin_folder: Path, folder: Path, password: str, user: str | None) -> None:
    given = folder / "password"
    given.write_text(password, "ascii")
    if user:
        os.chown(given, pwd.getpwnam(user).pw_uid, -1)
    words: list[str | Path] = [
        bin_folder / "initdb",
        "-D",
        folder / "data",
        "-U",
        SUPERUSER,
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
    ]
    words += ["--auth=scram-sha-256", f"--pwfile={given}", "--no-sync"]
    made = subprocess.run(words, user=user, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603
    if made.returncode != 0:
        raise StepError(f"PostgreSQL could not be prepared: {made.stderr.strip()[-300:]}")


def _start(bin_folder: Path, folder: Path, port: int, user: str | None) -> subprocess.Popen[bytes]:
    options = {
        "port": port,
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": folder,
        "fsync": "off",  # nothing of it outlives the run
        "full_page_writes": "off",
        "max_connections": 200,
    }
    words: list[str | Path] = [bin_folder / "postgres", "-D", folder / "data"]
    for name, value in options.items():
        words += ["-c", f"{name}={value}"]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(  # noqa: S603
            words,
            user=user,
            cwd=folder,
            stdout=log,
            stderr=log,
            preexec_fn=die_with_parent,  # noqa: PLW1509
        )


def die_with_parent() -> None:
    """Have the kernel end this process when its parent ends, however that ends; Linux alone knows how."""
    try:
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGINT)
    except (OSError, AttributeError):
        return


def free_port() -> int:
    """Return a port of this machine that nobody has.

    It lies below those that systems give to connections on their way out (32768 and above on Linux, 49152 by IANA):
    while the server is away between an end and a start, a connection could take one of those.
    """
    while True:
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", secrets.choice(_PORTS)))
            return int(probe.getsockname()[1])


def _wait(bin_folder: Path, port: int, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _STARTS_WITHIN
    words: list[str | Path] = [bin_folder / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]
    while subprocess.run(words, check=False).returncode != 0:  # noqa: S603
        if server.poll() is not None or time.monotonic() > until:
            raise StepError("PostgreSQL did not start.")
        time.sleep(0.05)
