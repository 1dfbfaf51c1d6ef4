"""The server: what it refuses before it starts, what it says when it is ready, and how it ends."""

import http.client
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from subprocess import Popen

import pytest

from techfloor.cli import serve
from techfloor.cli.instance import DEMO_MARK
from techfloor.cli.steps import StepError
from techfloor.settings import Settings

from .clones import make_clone, read_until, start

READY = "Ctrl-C stops it."
LAST = "Tablets reach it"


@pytest.fixture
def port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free: int = probe.getsockname()[1]
        return free


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone whose application answers with the number of its process."""
    return make_clone(tmp_path_factory.mktemp("serving") / "clone")


@pytest.fixture
def server(clone: Path, tmp_path: Path, port: int) -> Iterator[Popen[str]]:
    """A running server on an instance of its own."""
    process = start(clone, "serve", "--port", str(port), "--instance", str(tmp_path / "plant"))
    read_until(process, LAST)
    yield process
    process.kill()
    process.communicate(timeout=30)


def get(port: int, path: str = "/healthz") -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path)
        return connection.getresponse().read().decode()
    finally:
        connection.close()


def test_an_empty_plant_says_where_to_set_it_up(clone: Path, tmp_path: Path, port: int) -> None:
    process = start(clone, "serve", "--port", str(port), "--instance", str(tmp_path))
    said = read_until(process, LAST)
    assert f"✓ techfloor is ready at http://127.0.0.1:{port} (" in said
    assert f"Set it up at http://127.0.0.1:{port}/setup?token=amber-gauge-42" in said
    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=30)
    assert rest == "Stopped.\n"
    assert process.returncode == 0


def test_the_demo_plant_names_its_people_and_keeps_to_its_own_folder(clone: Path, port: int) -> None:
    process = start(clone, "serve", "--demo", "--port", str(port))
    said = read_until(process, LAST)
    process.terminate()
    process.communicate(timeout=30)
    assert "prepared demo True" in said
    assert "  auditor  amal       pass-word  389617\n" in said
    assert (clone / "instance/demo" / DEMO_MARK).exists()


def test_a_host_that_tablets_reach_is_shown_as_a_code(clone: Path, tmp_path: Path, port: int) -> None:
    process = start(clone, "serve", "--host", "0.0.0.0", "--port", str(port), "--instance", str(tmp_path))
    said = read_until(process, "▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀")
    process.terminate()
    process.communicate(timeout=30)
    assert "On a tablet in the same network: http://" in said


def test_a_server_killed_outright_leaves_no_worker_behind(server: Popen[str], port: int) -> None:
    assert int(get(port)) != server.pid
    os.kill(server.pid, signal.SIGKILL)
    server.communicate(timeout=30)  # The pipe ends with the last process that holds it: the worker.
    with pytest.raises(ConnectionRefusedError):
        get(port)


def test_a_worker_that_dies_is_replaced(server: Popen[str], port: int) -> None:
    first = get(port)
    with pytest.raises((http.client.HTTPException, OSError)):
        get(port, "/crash")
    read_until(server, "Unexpected exit")
    answer = next(answer for answer in iter(lambda: _try(port), None) if answer)
    assert answer != first


def _try(port: int) -> str:
    try:
        return get(port)
    except (OSError, http.client.HTTPException):
        return ""


@pytest.fixture(autouse=True)
def as_from_a_terminal() -> None:
    """Let what is started hear SIGHUP, also where the tests run under nohup, which has it ignored."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def test_an_idle_connection_does_not_hold_up_the_end(server: Popen[str], port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    with closing(connection):
        connection.request("GET", "/healthz")
        assert connection.getresponse().read()
        server.send_signal(signal.SIGHUP)  # The terminal is closed.
        assert server.communicate(timeout=30)[0].endswith("Stopped.\n")


def test_a_second_server_on_the_same_instance_is_refused(
    server: Popen[str], clone: Path, tmp_path: Path, port: int
) -> None:
    second = start(clone, "serve", "--port", str(port), "--instance", str(tmp_path / "plant"))
    said, _ = second.communicate(timeout=30)
    assert said.startswith(f"A server already runs on {tmp_path / 'plant'}.")
    assert second.returncode == 1


def test_a_port_in_use_ends_the_start_with_one_sentence(
    server: Popen[str], clone: Path, tmp_path: Path, port: int
) -> None:
    second = start(clone, "serve", "--port", str(port), "--instance", str(tmp_path / "other"))
    said, _ = second.communicate(timeout=30)
    assert said.startswith(f"Port {port} is in use by another program. Take another: --port ")
    assert said.count("\n") == 1
    assert second.returncode == 1


def test_an_application_that_cannot_load_ends_the_start(clone: Path, tmp_path: Path, port: int) -> None:
    broken = make_clone(tmp_path / "clone")
    (broken / "wsgi.py").write_text("raise RuntimeError('no plant today')\n", "utf-8")
    process = start(broken, "serve", "--port", str(port), "--instance", str(tmp_path / "plant"))
    said, _ = process.communicate(timeout=30)
    assert said.count("RuntimeError: no plant today") == 1
    assert said.endswith("The server has stopped; what it printed above tells why.\n")
    assert process.returncode == 1


def test_a_wrong_setting_ends_the_start_with_its_sentence(clone: Path, tmp_path: Path) -> None:
    (tmp_path / "techfloor.toml").write_text('max_upload_mb = "many"\n', "utf-8")
    process = start(clone, "serve", "--instance", str(tmp_path))
    assert process.communicate(timeout=30)[0] == "The setting “max_upload_mb” takes a whole number, not “many”.\n"
    assert process.returncode == 1


def test_real_records_never_start_on_the_demo_plant(tmp_path: Path) -> None:
    serve._keep_apart(Settings(tmp_path, demo=True))
    with pytest.raises(StepError, match="holds the demo plant"):
        serve._keep_apart(Settings(tmp_path))


def test_the_demo_plant_never_starts_on_real_records(tmp_path: Path) -> None:
    (tmp_path / "techfloor.sqlite").touch()
    with pytest.raises(StepError, match="holds real records"):
        serve._keep_apart(Settings(tmp_path, demo=True))


def test_the_demo_plant_never_starts_on_a_database_elsewhere(tmp_path: Path) -> None:
    with pytest.raises(StepError, match="take the setting “database_url” away"):
        serve._keep_apart(Settings(tmp_path, database_url="postgresql:///plant", demo=True))
