"""A PostgreSQL primary and its synchronous standby, of which the primary can be lost and the standby promoted."""

import os
import pwd
import random
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from techfloor.cli import cluster

WAITS_AT_MOST = 60.0


@dataclass
class Machine:
    """One of the two: its folder, its port, and its server while it runs."""

    folder: Path
    port: int
    server: subprocess.Popen[bytes] | None = None


class Pair:
    """Two machines, of which `primary` takes the writes."""

    def __init__(self, programs: Path, folder: Path) -> None:
        """Make the primary; the standby follows with `renew`."""
        self.programs, self.user, self.password = programs, cluster._user(), secrets.token_hex(16)
        self.primary, self.standby = (Machine(folder / name, cluster.free_port()) for name in ("one", "two"))
        folder.chmod(0o755)  # the servers may run as somebody else
        for machine in (self.primary, self.standby):
            machine.folder.mkdir()
            if self.user:
                os.chown(machine.folder, pwd.getpwnam(self.user).pw_uid, -1)
        cluster._make(programs, self.primary.folder, self.password, self.user)
        self._start(self.primary)

    @property
    def admin_url(self) -> str:
        """The URL of the superuser of the primary."""
        return f"postgresql://{cluster.SUPERUSER}:{self.password}@127.0.0.1:{self.primary.port}/postgres"

    def url(self, role: str, database: str) -> str:
        """Return the URL of the one that takes writes, whichever that is."""
        hosts = ",".join(f"127.0.0.1:{port}" for port in sorted((self.primary.port, self.standby.port)))
        return f"postgresql://{role}:{self.password}@{hosts}/{database}?target_session_attrs=read-write"

    def _start(self, machine: Machine) -> None:
        machine.server = cluster._start(self.programs, machine.folder, machine.port, self.user)
        cluster._wait(self.programs, machine.port, machine.server)

    def ask(self, machine: Machine, statement: str, *values: Any) -> Any:
        """Run one statement of the superuser; returns the first column of its row, None without one."""
        url = f"postgresql://{cluster.SUPERUSER}:{self.password}@127.0.0.1:{machine.port}/postgres"
        with psycopg.connect(url, autocommit=True) as connection:
            cursor = connection.execute(statement, values)
            row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None

    def renew(self, *, synchronous: bool = True) -> None:
        """Make the other machine a standby from nothing, and wait until it hears everything."""
        shutil.rmtree(self.standby.folder / "data", ignore_errors=True)
        words: list[str | Path] = [self.programs / "pg_basebackup", "-D", self.standby.folder / "data", "-R"]
        words += ["-X", "stream", "-c", "fast", "--no-sync", "-h", "127.0.0.1", "-p", str(self.primary.port)]
        environ = {**os.environ, "PGPASSWORD": self.password}
        subprocess.run([*words, "-U", cluster.SUPERUSER], user=self.user, cwd="/", env=environ, check=True)
        self._start(self.standby)
        if synchronous:
            self.ask(self.primary, "ALTER SYSTEM SET synchronous_standby_names = '*'")
            self.ask(self.primary, "SELECT pg_reload_conf()")
        wanted = "sync" if synchronous else "async"
        self.until(
            lambda: (
                self.ask(self.primary, "SELECT sync_state FROM pg_stat_replication WHERE state = 'streaming'") == wanted
            )
        )

    @property
    def is_whole(self) -> bool:
        """Tell whether a synchronous standby hears what the primary writes."""
        return bool(self.ask(self.primary, "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'"))

    def receiver(self) -> int:
        """Return the process of the standby that hears what the primary writes."""
        return int(self.ask(self.standby, "SELECT pid FROM pg_stat_wal_receiver"))

    def cut_off(self) -> None:
        """Let the standby hear nothing more, as a broken cable would."""
        self.ask(self.standby, "ALTER SYSTEM SET primary_conninfo = ''")
        self.ask(self.standby, "SELECT pg_reload_conf()")
        self.until(lambda: self.ask(self.standby, "SELECT count(*) FROM pg_stat_wal_receiver") == 0)

    def lose_primary(self, chance: random.Random) -> None:
        """Kill every process of the primary, as a machine that falls over ends them."""
        server = self.primary.server
        assert server is not None
        os.kill(server.pid, signal.SIGSTOP)
        children = [int(pid) for pid in Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()]
        chance.shuffle(children)
        for pid in (*children, server.pid):
            with contextmanager(_unless_gone)():
                os.kill(pid, signal.SIGKILL)
        server.wait(30)

    def promote(self) -> None:
        """Let the standby take the place of the primary."""
        self.ask(self.standby, "SELECT pg_promote(true, 60)")
        self.primary, self.standby = self.standby, self.primary

    def commit_that_waits(self, but: str = "") -> str:
        """Return the process and the moment of a commit that waits for the standby, "" without one."""
        words = "SELECT pid || ' ' || query_start FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
        found = str(self.ask(self.primary, words) or "")
        return "" if found == but else found

    def give_up_waiting(self, waits: str) -> None:
        """Let a commit wait for the standby no longer, as somebody does who wants to end a hanging query."""
        self.ask(self.primary, "SELECT pg_cancel_backend(%s)", int(waits.split(maxsplit=1)[0]))

    def until(self, found: Callable[[], Any]) -> Any:
        """Return what is found, once it is."""
        give_up = time.monotonic() + WAITS_AT_MOST
        while time.monotonic() < give_up:
            there = found()
            if there:
                return there
            time.sleep(0.02)
        raise AssertionError("it never came")

    def end(self) -> None:
        """Stop both."""
        for machine in (self.standby, self.primary):
            if machine.server is not None and machine.server.poll() is None:
                machine.server.send_signal(signal.SIGQUIT)
                machine.server.wait(30)


def _unless_gone() -> Iterator[None]:
    try:
        yield
    except ProcessLookupError:
        return


def drop(pair: Pair, database: str) -> None:
    """Drop a database of the pair."""
    with psycopg.connect(pair.admin_url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(database)))
