"""The child process of the press; its arguments are PARENT FONTS STYLESHEET MEMORY_MB SECONDS.

It reads jobs from its standard input and answers on its standard output until the input ends, and dies with
its parent.
"""

import ctypes
import json
import logging
import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from techfloor.reports.pdf import Drawer, Job, Warnings
from techfloor.reports.press import read_message, write_message

PR_SET_PDEATHSIG = 1
NICER = 5
"""By so much the press stands behind the server in the system's order; a month of certificates must slow no page."""


def die_with_parent(parent: int) -> None:
    """Ask the kernel to end this process when its parent ends, also in the middle of a job."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)


def give_way() -> None:
    """Let the server go first where both want a processor: who waits for a page waits for nothing else."""
    if hasattr(os, "nice"):
        os.nice(NICER)


def limit_memory(megabytes: int) -> None:
    """Make an allocation beyond `megabytes` fail instead of taking the machine's memory."""
    if sys.platform == "linux":
        import resource  # noqa: PLC0415 - does not exist on Windows

        resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))


def limit_processor(seconds: int) -> None:
    """Let this process use `seconds` of processor time from now on; the kernel ends it beyond."""
    if sys.platform == "linux":
        import resource  # noqa: PLC0415

        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time()) + seconds + 1, hard))


def peak_mb() -> float:
    """Return the most memory this process has held, in megabytes; 0 where the system does not tell."""
    if sys.platform != "linux":
        return 0
    # Not ru_maxrss: on Linux a child begins with the peak of the process that started it, and a server that has
    # grown would have its press replaced after every document.
    for line in Path("/proc/self/status").read_text("ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0


def own_pipes() -> tuple[IO[bytes], IO[bytes]]:
    """Take the pipes away from standard input and output, so that no library can write into an answer."""
    jobs, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    with Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)
    return jobs, answers


def answer(drawer: Drawer | None, message: Sequence[bytes], warnings: Warnings) -> list[bytes]:
    """Draw one job; returns the message to send back."""
    if drawer is None:
        return [b'{"status": "unavailable"}']
    warnings.lines.clear()
    try:
        pdf = drawer.draw(Job.of(json.loads(message[0]), message[1:]))
    except MemoryError:
        return [json.dumps({"status": "failed", "error": "the document needs too much memory"}).encode()]
    except Exception as error:  # noqa: BLE001 - whatever the layout engine throws is this one document's failure
        return [json.dumps({"status": "failed", "error": f"{type(error).__name__}: {error}"}).encode()]
    return [json.dumps({"status": "done", "warnings": warnings.lines}).encode(), pdf]


def ready(fonts: Path, stylesheet: Path) -> Drawer | None:
    """Load everything and draw an empty page, so that the first is fast; None where Pango is missing."""
    try:
        drawer = Drawer(fonts, stylesheet)
    except OSError as error:
        logging.getLogger(__name__).warning("PDF files cannot be made: %s", error)
        return None
    drawer.draw(Job("<p>ready</p>", "ready", "en", "2026-01-01T00:00:00+00:00"))
    return drawer


def main(arguments: Sequence[str]) -> None:
    """Serve jobs until the input ends, or until a large document has left this process too big to keep."""
    parent, fonts, stylesheet, memory_mb, seconds = arguments
    die_with_parent(int(parent))
    give_way()
    jobs, answers = own_pipes()
    warnings = Warnings()
    logging.getLogger("weasyprint").addHandler(warnings)
    drawer = ready(Path(fonts), Path(stylesheet))
    limit_memory(int(memory_mb))
    while True:
        try:
            message = read_message(jobs)
        except (EOFError, MemoryError):
            return
        limit_processor(int(seconds))
        write_message(answers, answer(drawer, message, warnings))
        if peak_mb() > int(memory_mb) / 3:
            return


if __name__ == "__main__":
    main(sys.argv[1:])
