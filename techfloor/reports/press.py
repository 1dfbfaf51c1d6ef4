"""The press: a warm child process that draws PDF files, one job at a time, and is replaced when it dies.

Layout engines are slow to start (0.7 s) and fast when warm (0.1 s), and what they are given may be hostile.
So one child lives as long as this process, with limits on memory and processor time, and talks over its
pipes only.

A message is a list of byte strings: their number, then each with its length. The first is a JSON object.
"""

import json
import logging
import math
import os
import signal
import struct
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from techfloor.refusals import Refusal

log = logging.getLogger(__name__)

_COUNT = struct.Struct(">I")
_LENGTH = struct.Struct(">Q")


class PdfUnavailable(Refusal):
    """This machine lacks what draws PDF files; the sentence carries the one line that mends it."""

    def __init__(self) -> None:
        super().__init__(
            "PDF files cannot be made on this machine yet. Type: %(command)s",
            command="sudo apt-get install -y libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0",
        )


class PdfFailed(Exception):
    """The PDF was not drawn: the document took too long, too much memory, or the child died."""


def write_message(stream: IO[bytes], frames: Sequence[bytes]) -> None:
    """Send one message."""
    stream.write(_COUNT.pack(len(frames)))
    for frame in frames:
        stream.write(_LENGTH.pack(len(frame)))
        stream.write(frame)
    stream.flush()


def read_message(stream: IO[bytes]) -> list[bytes]:
    """Receive one message; raises EOFError when the other side has gone."""
    (count,) = _COUNT.unpack(_exactly(stream, _COUNT.size))
    return [_exactly(stream, _LENGTH.unpack(_exactly(stream, _LENGTH.size))[0]) for _ in range(count)]


def _exactly(stream: IO[bytes], size: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        raise EOFError("the other side has gone")
    return data


class _Child:
    """One child process, started by a thread that lives until the child ends.

    Linux ends a child with the *thread* that started it when the child asks to die with its parent; a
    request's own thread would take the press along.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self._command = command
        self._started = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._error: OSError | None = None
        threading.Thread(target=self._live, name="press", daemon=True).start()
        self._started.wait()

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """The running process; raises PdfFailed when it could not be started."""
        if self._process is None:
            raise PdfFailed(f"the process that draws PDF files did not start: {self._error}")
        return self._process

    def _live(self) -> None:
        try:
            self._process = subprocess.Popen(  # noqa: S603 - the command is our own
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
        except OSError as error:
            self._error = error
        self._started.set()
        if self._process is not None:
            self._process.wait()

    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._process is not None and self._process.poll() is None

    def end(self) -> None:
        """Kill the process and close its pipes; harmless when it has ended."""
        if self._process is None:
            return
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                try:
                    stream.close()
                except BrokenPipeError:
                    log.debug("the press died with an unsent message")


class Press:
    """Draws documents in a warm child; safe to share between threads, which take their turns."""

    def __init__(self, fonts: Path, stylesheet: Path, *, timeout: float = 60, memory_mb: int = 1024) -> None:
        """Take fonts and style from two places only; `timeout` in seconds bounds one document."""
        self.timeout = timeout
        self._arguments = (str(fonts), str(stylesheet), str(memory_mb), str(math.ceil(timeout)))
        self._turn = threading.Lock()
        self._child: _Child | None = None

    @property
    def pid(self) -> int | None:
        """Process id of the warm child, if there is one."""
        return self._child.process.pid if self._child and self._child.alive() else None

    def warm(self) -> None:
        """Start the child without waiting for it, so that the first document need not."""
        with self._turn:
            self._living()

    def close(self) -> None:
        """End the child."""
        with self._turn:
            self._end()

    def draw(self, header: dict[str, object], frames: Sequence[bytes]) -> bytes:
        """Have one document drawn; raises PdfUnavailable or PdfFailed.

        A child that died before or during this job is replaced once: it may have been killed from outside. A
        document that took too long is not tried again.
        """
        message = [json.dumps(header).encode(), *frames]
        with self._turn:
            answer = self._asked(message) or self._asked(message)
        if answer is None:
            raise PdfFailed("the process that draws PDF files died twice on this document")
        return _result(answer)

    def _asked(self, message: Sequence[bytes]) -> list[bytes] | None:
        """Send one job and wait; returns None when the child died of anything but the time it took."""
        process = self._living().process
        assert process.stdin is not None
        assert process.stdout is not None
        late = threading.Event()

        def give_up() -> None:
            late.set()
            process.kill()

        deadline = threading.Timer(self.timeout, give_up)
        deadline.start()
        try:
            write_message(process.stdin, message)
            return read_message(process.stdout)
        except (EOFError, OSError) as error:
            self._end()
            if late.is_set() or process.returncode == -getattr(signal, "SIGXCPU", 0):
                raise PdfFailed(f"the document took more than {self.timeout:g} s") from error
            return None
        finally:
            deadline.cancel()

    def _living(self) -> _Child:
        if self._child is None or not self._child.alive():
            self._end()
            command = (sys.executable, "-m", "techfloor.reports.worker", str(os.getpid()), *self._arguments)
            self._child = _Child(command)
        return self._child

    def _end(self) -> None:
        if self._child is not None:
            self._child.end()
        self._child = None


def _result(answer: Sequence[bytes]) -> bytes:
    header = json.loads(answer[0])
    for warning in header.get("warnings", ()):
        log.warning("PDF: %s", warning)
    if header["status"] == "unavailable":
        raise PdfUnavailable
    if header["status"] == "failed":
        raise PdfFailed(header["error"])
    return answer[1]
