"""What the terminal shows while something takes its time: a line at the start, the seconds at the end."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

TAIL = 15


class StepError(Exception):
    """A step could not be done; the sentence says why and what to do."""


def say(sentence: str) -> None:
    """Show one line at once, even where the output is a file or a pipe."""
    print(sentence, flush=True)


@contextmanager
def step(doing: str, done: str) -> Iterator[None]:
    """Announce a step and, when it ended well, say what was done and how long it took."""
    say(f"… {doing}")
    began = time.monotonic()
    yield
    say(f"✓ {done} ({time.monotonic() - began:.1f} s)")


def progress(doing: str, of_what: str) -> Callable[[int, int], None]:
    """Return what to tell how far something is: one line counts up on a terminal, elsewhere one comes each quarter."""
    told = -1

    def tell(done: int, total: int) -> None:
        nonlocal told
        live = sys.stdout.isatty()
        share = done * (100 if live else 4) // total
        if share == told:
            return
        told = share
        line = f"… {doing}: {done} of {total} {of_what}"
        print(f"\r{line}" if live else line, end="" if live and done < total else "\n", flush=True)

    return tell


def run_logged(command: Sequence[str | Path], log: Path, environ: Mapping[str, str] | None = None) -> None:
    """Run a command with all it prints added to `log`; raises StepError when it fails or does not exist."""
    words = [str(word) for word in command]
    with log.open("a", encoding="utf-8") as out:
        out.write(f"\n$ {' '.join(words)}\n")
        out.flush()
        try:
            # The caller names the program; nothing that a user typed gets here.
            subprocess.run(  # noqa: S603
                words, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, env=environ, check=True
            )
        except (OSError, subprocess.CalledProcessError) as error:
            out.write(f"{error if isinstance(error, OSError) else f'exit code {error.returncode}'}\n")
            raise StepError(f"{Path(words[0]).name} failed; {log} tells why.") from error


def show_tail(log: Path) -> None:
    """Show the last lines that the last command wrote to `log`, on the error output."""
    _, _, last = log.read_text("utf-8", errors="replace").rpartition("\n$ ")
    print("\n".join(f"    {line}" for line in last.splitlines()[-TAIL:]), file=sys.stderr, flush=True)
