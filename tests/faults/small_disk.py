"""A disk of a few megabytes under one database of a server, to be filled to its end."""

import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from techfloor.settings import Settings

_ROOM = 4 * 1024 * 1024


class SmallDisk:
    """The disk: `fill` leaves no byte on it, `clear` gives the room back."""

    def __init__(self, folder: Path) -> None:
        self._ballast = folder / "ballast"

    def fill(self) -> None:
        """Write until there is no room."""
        with self._ballast.open("wb", buffering=0) as ballast:
            try:
                while ballast.write(b"x" * 4096):
                    pass
            except OSError:
                return

    def clear(self) -> None:
        """Take the ballast away."""
        self._ballast.unlink()


@contextmanager
def under(settings: Settings, master_url: str) -> Iterator[SmallDisk]:
    """Let a database that nobody is connected to stand on a small disk; skips where none can be mounted here."""
    database, name = make_url(master_url).database, f"small_{uuid.uuid4().hex[:8]}"
    admin_url = make_url(master_url).set(drivername="postgresql", database="postgres")
    with psycopg.connect(admin_url.render_as_string(hide_password=False), autocommit=True) as admin:
        (size,) = admin.execute("SELECT pg_database_size(%s)", (database,)).fetchone() or (0,)
        (data,) = admin.execute("SHOW data_directory").fetchone() or ("",)
        folder = Path(tempfile.mkdtemp(prefix="techfloor-small-disk-"))
        folder.chmod(0o755)  # the server may run as somebody else
        try:
            with _mounted(folder, size + _ROOM, Path(data)) as there:
                admin.execute(f"CREATE TABLESPACE {name} LOCATION '{there}'")
                admin.execute(f'ALTER DATABASE "{database}" SET TABLESPACE {name}')
                try:
                    yield SmallDisk(folder)
                finally:
                    ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
                    admin.execute(ended, (database,))
                    admin.execute(f'ALTER DATABASE "{database}" SET TABLESPACE pg_default')
                    admin.execute(f"DROP TABLESPACE {name}")
        finally:
            shutil.rmtree(folder)


@contextmanager
def _mounted(folder: Path, size: int, data: Path) -> Iterator[Path]:
    if os.geteuid() != 0 or not data.exists():
        pytest.skip("only root mounts a disk, and beside the server")
    words = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    if subprocess.run(words, capture_output=True, check=False).returncode != 0:
        pytest.skip("no disk can be mounted here")
    try:
        made = folder / "tables"
        made.mkdir()
        os.chown(made, data.stat().st_uid, data.stat().st_gid)
        folder.chmod(0o755)
        yield made
    finally:
        subprocess.run(["umount", str(folder)], check=True)
