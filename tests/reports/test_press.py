"""The warm child: killed, late, too big, orphaned, shared."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from techfloor.reports import pdf
from techfloor.reports import press as press_module
from techfloor.reports.press import PdfFailed, PdfUnavailable, Press

LIMIT = 20
"""Seconds after which an event that must come is taken as missing."""


def draw(press: Press, html: str = "<p>A page</p>") -> bytes:
    header: dict[str, object] = {
        "title": "T", "lang": "en", "at": "2026-11-21T10:00:00+00:00", "attachments": [], "assets": []
    }  # fmt: skip
    return press.draw(header, [html.encode()])


def gone(pid: int, limit: float = LIMIT) -> bool:
    """Wait until `pid` has ended; a zombie that nobody has reaped yet has ended too."""
    deadline = time.monotonic() + limit
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z":
            return True
        os.sched_yield()
    return False


def test_one_child_draws_document_after_document(press: Press) -> None:
    draw(press)
    first = press.pid
    assert draw(press).startswith(b"%PDF-1.7")
    assert press.pid == first


def test_a_killed_child_is_replaced_by_the_next_document(press: Press) -> None:
    draw(press)
    killed = press.pid
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    assert draw(press).startswith(b"%PDF")
    assert press.pid not in {None, killed}


def test_a_child_killed_in_the_middle_of_a_document_draws_it_again(press: Press) -> None:
    draw(press)
    busy = press.pid
    assert busy is not None
    rows = "".join(f"<tr><td>{n}</td><td>x</td></tr>" for n in range(600))
    made: list[bytes] = []
    thread = threading.Thread(target=lambda: made.append(draw(press, f"<table>{rows}</table>")))
    thread.start()
    _wait_until_busy(busy)
    os.kill(busy, signal.SIGKILL)
    thread.join(LIMIT * 2)
    assert made
    assert made[0].startswith(b"%PDF")
    assert press.pid != busy


def _wait_until_busy(pid: int) -> None:
    before = _processor_ticks(pid)
    deadline = time.monotonic() + LIMIT
    while _processor_ticks(pid) <= before and time.monotonic() < deadline:
        os.sched_yield()


def _processor_ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return int(fields[11])


def test_a_document_that_takes_too_long_is_given_up_and_the_next_is_drawn() -> None:
    hurried = Press(pdf.FONTS, pdf.STYLESHEET, timeout=30)
    try:
        draw(hurried)
        hurried.timeout = 0.05
        with pytest.raises(PdfFailed, match=r"more than 0\.05 s"):
            draw(hurried, "<table>" + "<tr><td>x</td></tr>" * 3000 + "</table>")
        hurried.timeout = 30
        assert draw(hurried).startswith(b"%PDF")
    finally:
        hurried.close()


def test_a_document_that_burns_the_processor_is_ended_by_the_kernel() -> None:
    limited = Press(pdf.FONTS, pdf.STYLESHEET, timeout=1)
    try:
        limited.timeout = 60
        with pytest.raises(PdfFailed, match="took more than"):
            draw(limited, "<table>" + "<tr><td>x</td><td>y</td></tr>" * 4000 + "</table>")
    finally:
        limited.close()


def test_a_document_that_needs_too_much_memory_fails_alone() -> None:
    small = Press(pdf.FONTS, pdf.STYLESHEET, timeout=60, memory_mb=256)
    try:
        with pytest.raises(PdfFailed, match="too much memory"):
            draw(small, f"<!--{'x' * 40_000_000}-->")
        assert draw(small).startswith(b"%PDF")
    finally:
        small.close()


def test_a_document_that_cannot_be_drawn_says_why(press: Press) -> None:
    with pytest.raises(PdfFailed, match="KeyError"):
        press.draw({"title": "no other field"}, [b"<p>"])
    assert draw(press).startswith(b"%PDF")


def test_threads_take_their_turns(press: Press) -> None:
    made: list[bytes] = []
    threads = [threading.Thread(target=lambda n=n: made.append(draw(press, f"<p>{n}</p>"))) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LIMIT * 2)
    assert len(set(made)) == 6


def test_a_child_started_by_a_short_thread_outlives_that_thread(press: Press) -> None:
    starter = threading.Thread(target=lambda: draw(press))
    starter.start()
    starter.join(LIMIT)
    first = press.pid
    draw(press)
    assert press.pid == first


IDLE = "sys.stdin.read()"
BUSY = "pdf.render('<table>' + '<tr><td>x</td><td>y</td></tr>' * 9000, title='x', lang='en')"


@pytest.mark.parametrize("then", [IDLE, BUSY], ids=["idle", "in the middle of a document"])
@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGTERM])
def test_the_child_dies_with_its_parent(sign: signal.Signals, then: str) -> None:
    program = (
        "import sys\n"
        "from techfloor.reports import pdf\n"
        "pdf.render('<p>x</p>', title='x', lang='en')\n"
        "print(pdf.press().pid, flush=True)\n"
        f"{then}\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=pdf.ROOT
    )
    try:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        if then == BUSY:
            _wait_until_busy(child)
        parent.send_signal(sign)
        parent.wait(LIMIT)
        assert gone(child, 3)
    finally:
        parent.kill()
        parent.wait(LIMIT)
        for stream in (parent.stdin, parent.stdout):
            assert stream is not None
            stream.close()


def test_where_pango_is_missing_the_one_line_that_mends_it_is_named() -> None:
    with pytest.raises(PdfUnavailable) as refused:
        press_module._result([b'{"status": "unavailable"}'])
    assert "sudo apt-get install -y libpango-1.0-0" in str(refused.value)


def test_a_child_without_pango_answers_instead_of_dying(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "weasyprint.py").write_text("raise OSError('cannot load library libpango-1.0-0')\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    bare = Press(pdf.FONTS, pdf.STYLESHEET)
    try:
        with pytest.raises(PdfUnavailable):
            draw(bare)
        with pytest.raises(PdfUnavailable):
            draw(bare)
    finally:
        bare.close()


def test_a_parent_that_has_grown_does_not_cost_the_child_its_life(press: Press) -> None:
    grown = bytearray(700 * 1024 * 1024)
    grown[::4096] = b"x" * len(grown[::4096])
    draw(press)
    first = press.pid
    draw(press)
    assert press.pid == first
    del grown
