"""A server that is killed outright takes every process of its own along, and the next one starts clean."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask import Flask
from plant_client import read_forms, sign_in
from sqlalchemy import text

from techfloor.cli.cluster import free_port
from techfloor.cli.demo import cast
from techfloor.cli.environment import ROOT
from techfloor.people.sessions import SESSION_COOKIE
from techfloor.settings import Settings
from techfloor.store import db

GONE_WITHIN = 30.0
"""Seconds; the worker has three to finish what it is answering, and the machine may be busy."""


@pytest.fixture
def with_history() -> bool:
    """There must be a record to draw a certificate of: that starts the press."""
    return True


@contextmanager
def serving(settings: Settings, port: int) -> Iterator[subprocess.Popen[str]]:
    """Start the server as people do, and wait until it says that it is ready."""
    words = [sys.executable, "-m", "techfloor", "serve", "--demo", "--port", str(port)]
    with subprocess.Popen(
        [*words, "--instance", str(settings.instance)],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as server:
        assert server.stdout is not None
        said = ""
        for line in server.stdout:
            said += line
            if "techfloor is ready" in line:
                break
        try:
            assert "techfloor is ready" in said, said
            yield server
        finally:
            server.kill()


def below(pid: int) -> set[int]:
    """Return the processes below one: the worker, what it was started with, and the press."""
    found: set[int] = set()
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, task.read_text().split()):
            found |= {child} | below(child)
    return found


def words(pid: int) -> str:
    """Return what a process was started with."""
    return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")


def alive(pid: int) -> bool:
    """Tell whether a process runs; one that ended and was not taken note of does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


class Browser:
    """A browser on the running server, with the session of somebody."""

    def __init__(self, port: int, session: str) -> None:
        self.port, self.cookies = port, f"{SESSION_COOKIE}={session}"

    def send(self, path: str, form: dict[str, str] | None = None) -> tuple[int, str]:
        """Ask for a page, or send a form; returns the status and the page."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Cookie": self.cookies}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request("GET" if form is None else "POST", path, urlencode(form or {}), headers)
            answer: HTTPResponse = connection.getresponse()
            given = answer.getheader("Set-Cookie", "").partition(";")[0]
            self.cookies += f"; {given}" if given.startswith("techfloor_form=") else ""
            return answer.status, answer.read().decode("utf-8", "replace")
        finally:
            connection.close()


def test_nothing_outlives_a_server_that_is_killed(settings: Settings, app: Flask) -> None:
    if settings.database_file is None:
        pytest.skip("the server is the same on both databases")
    (settings.instance / "demo-plant.txt").write_text("a plant of the tests\n", "utf-8")
    session = sign_in(app, cast.person("Q"), "", lambda: datetime.now(UTC)).get_cookie(SESSION_COOKIE)
    assert session is not None
    with app.app_context(), db.engine.connect() as connection:
        newest = "SELECT number FROM record WHERE kind = 'calibration' AND state = 'closed' ORDER BY id DESC LIMIT 1"
        number = connection.scalar(text(newest))
    port = free_port()
    with serving(settings, port) as server:
        browser = Browser(port, session.value)
        _, page = browser.send(f"/calibration/{number}")
        form = next(form for form in read_forms(page) if form.action == f"/calibration/{number}/certificate")
        assert browser.send(form.action, form.hidden)[0] == 303
        processes = below(server.pid)
        assert any("techfloor.reports.worker" in words(pid) for pid in processes)
        assert len(processes) >= 3
        server.kill()
        until = time.monotonic() + GONE_WITHIN
        while left := [words(pid) for pid in processes if alive(pid)]:
            assert time.monotonic() < until, left
            time.sleep(0.05)
    with pytest.raises(ConnectionRefusedError):
        browser.send("/healthz")
    with serving(settings, port) as server:
        assert browser.send("/healthz")[0] == 200
        assert browser.send(f"/calibration/{number}/certificate.pdf")[0] == 200
        server.send_signal(signal.SIGINT)
        assert server.wait(30) == 0
