"""A dump of PostgreSQL is played within a transaction that its caller holds, to be looked at before it counts."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

_COPY = re.compile(r"COPY .* FROM stdin;\n")
_END_OF_ROWS = "\\.\n"
_AT_ONCE = 1 << 20
_UNKNOWN_BEFORE = {"SET transaction_timeout = 0;\n": 170000}
"""Settings of a restore that newer client programs begin a script with, and the first server that knows each."""


def script_of(dump: Path, work: Path) -> Path:
    """Write a dump as the statements that put its tables in the place of those that stand there; returns the file."""
    from techfloor.cli.cluster import run_program  # noqa: PLC0415 - `--help` needs no package

    script = work / "dump.sql"
    words = ["--clean", "--if-exists", "--no-owner", "--no-privileges", f"--file={script}", str(dump)]
    run_program("pg_restore", words)
    return script


def replay(script: Path, raw: Any) -> None:
    """Run the statements of a script on the driver's connection, rows and all; nothing is committed."""
    with script.open(encoding="utf-8", newline="\n") as lines, raw.cursor() as cursor:
        for statements, rows in _parts(lines, raw.info.server_version):
            if statements.strip():
                cursor.execute(statements)
            if rows:
                with cursor.copy(rows) as copy:
                    for piece in _rows(lines):
                        copy.write(piece)
        # The script found its tables by their full names; whoever looks at them now does not.
        cursor.execute("SELECT set_config('search_path', 'public', true)")


def _parts(lines: IO[str], server: int) -> Iterator[tuple[str, str]]:
    """Give statements, each time with the one that takes the rows that follow, "" at the end.

    What begins with a backslash is said to psql alone, and a setting that the server does not know yet to nobody.
    """
    kept: list[str] = []
    for line in lines:
        if _COPY.fullmatch(line):
            yield "".join(kept), line
            kept = []
        elif not line.startswith("\\") and server >= _UNKNOWN_BEFORE.get(line, 0):
            kept.append(line)
    yield "".join(kept), ""


def _rows(lines: IO[str]) -> Iterator[str]:
    kept, size = list[str](), 0
    for line in lines:
        if line == _END_OF_ROWS:
            break
        kept.append(line)
        size += len(line)
        if size > _AT_ONCE:
            yield "".join(kept)
            kept, size = [], 0
    yield "".join(kept)
