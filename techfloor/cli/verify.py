"""`verify`: checks the whole trail of an instance, or an issued PDF, without the server."""

import argparse
import functools
import time
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from techfloor import clock
from techfloor.cli.instance import add_instance, instance_settings
from techfloor.cli.steps import StepError, say
from techfloor.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from techfloor.store.blobs import Blobs
    from techfloor.store.verify import Verdict


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `verify` takes."""
    parser.add_argument("pdf", nargs="?", type=Path, help="an issued PDF; without it the whole trail is checked")
    add_instance(parser)


def run(args: argparse.Namespace) -> int:
    """Check and say what was found; 1 when something is wrong."""
    settings = instance_settings(args)
    return _pdf(settings, args.pdf) if args.pdf else _trail(settings)


def _trail(settings: Settings) -> int:
    from techfloor.migrations.upgrade import differences, engine_for  # noqa: PLC0415 - `--help` needs no database
    from techfloor.store import databases  # noqa: PLC0415
    from techfloor.store.databases import Line  # noqa: PLC0415

    started = time.perf_counter()
    with engine_for(settings.database).connect() as connection:
        databases.of(connection).begin(connection.connection.dbapi_connection, Line())  # one moment, while others write
        found = whole(connection, settings)
        found.problems.extend(
            f"The tables are not as this version makes them: {each}." for each in differences(connection)
        )
    for note in found.notes:
        say(f"! {note}")
    for problem in found.problems[:200]:
        say(f"✕ {problem}")
    seconds = time.perf_counter() - started
    say(f"{found.acts} acts with {found.changes} changes read in {seconds:.1f} s.")
    say(f"Head of the chain: {found.acts} · {found.head}")
    say(f"Anchored up to act {found.anchored}. Only what an anchor outside this machine covers can be proven.")
    say("✓ Nothing is wrong." if found.sound else f"✕ {_count(len(found.problems))}.")
    return 0 if found.sound else 1


def whole(connection: "Connection", settings: Settings) -> "Verdict":
    """Check everything that is kept: the trail and its anchors, every row, what was signed, and every file.

    Raises StepError for a database of another version.
    """
    from techfloor import roster  # noqa: PLC0415, F401 - every room is loaded: what is signed there is declared there
    from techfloor.records import integrity  # noqa: PLC0415 - `--help` needs no database
    from techfloor.store import blobs  # noqa: PLC0415
    from techfloor.store.verify import verify, verify_anchors  # noqa: PLC0415

    refuse_other_version(connection)
    name, owner = (functools.partial(each, connection) for each in (integrity.name_of, integrity.owner_of))
    found = verify(connection, settings.instance / "anchors.log", name, owner)
    found.problems.extend(integrity.problems(connection))
    found.problems.extend(_files(connection, blobs.kept_by(settings, connection)))
    if settings.anchors_copy:
        found.problems.extend(verify_anchors(connection, Path(settings.anchors_copy)))
    return found


def as_it_stands(connection: "Connection", settings: Settings) -> "Verdict":
    """Check a database of an older version as far as this one can: the trail, its anchors, every row, every file."""
    from techfloor.store import blobs  # noqa: PLC0415 - `--help` needs no database
    from techfloor.store.upgrading import verify_as_it_stands  # noqa: PLC0415

    found = verify_as_it_stands(connection, settings.instance / "anchors.log")
    found.problems.extend(_files(connection, blobs.kept_by(settings, connection)))
    return found


def refuse_other_version(connection: "Connection") -> None:
    """Raise StepError for a database whose tables are not those of this version, with what to do."""
    from sqlalchemy import inspect  # noqa: PLC0415 - `--help` needs no database

    from techfloor.migrations.models import METADATA  # noqa: PLC0415
    from techfloor.migrations.upgrade import Standing, schema_of  # noqa: PLC0415

    schema = schema_of(connection)
    if schema.standing is Standing.NEWER:
        raise StepError(schema.refusal)
    if schema.standing is Standing.OLDER:
        raise StepError("This database was made by an older version. Type: python3 -m techfloor upgrade")
    missing = sorted(set(METADATA.tables) - set(inspect(connection).get_table_names()))
    if missing:
        raise StepError(
            f"This database was made by another version: there is no table “{missing[0]}”. Put back a backup, or use "
            "that version."
        )


def _count(problems: int) -> str:
    return "1 problem" if problems == 1 else f"{problems} problems"


_OF_FILES = {
    "issued_pdf": ("The issued PDF “%s”", "file_name", "record_id"),
    "attachment": ("The attached file “%s”", "name", "record_id"),
    "certificate_file": ("The paper “%s” of a standard's certificate", "name", "NULL"),
    "import_run": ("The file “%s” that was brought in", "name", "NULL"),
    "job_line": ("What was made for “%s” of a job", "subject", "NULL"),
}
"""What a file is called, the column of its name, and of the record it belongs to."""


def _files(connection: "Connection", blobs: "Blobs") -> list[str]:
    """Read every issued PDF, attachment and paper of a standard and compare it with its hash."""
    from sqlalchemy import inspect  # noqa: PLC0415

    from techfloor.records import integrity  # noqa: PLC0415
    from techfloor.store.blobs import NAMED_IN, MissingBlob  # noqa: PLC0415

    found = []
    there = set(inspect(connection).get_table_names())
    for table in (name for name in NAMED_IN if name in there):
        words, name, record = _OF_FILES[table]
        wanted = f"SELECT sha256, {name}, {record} FROM {table} WHERE sha256 IS NOT NULL"  # noqa: S608 - names of our own
        rows = connection.exec_driver_sql(wanted).all()
        for sha256, named, record_id in rows:
            try:
                blobs.get(sha256)
            except MissingBlob:
                whose = integrity.name_of(connection, record_id) if record_id is not None else ""
                found.append(f"{whose}{': ' if whose else ''}{words % named} is gone or was changed ({sha256}).")
    return found


def _pdf(settings: Settings, file: Path) -> int:
    from sqlalchemy import text  # noqa: PLC0415

    from techfloor import roster  # noqa: PLC0415, F401 - every table of a record is declared
    from techfloor.migrations.upgrade import engine_for  # noqa: PLC0415
    from techfloor.records import integrity  # noqa: PLC0415
    from techfloor.store.blobs import hash_of  # noqa: PLC0415

    if not file.exists():
        raise StepError(f"There is no file {file}.")
    sha256 = hash_of(file.read_bytes())
    with engine_for(settings.database).connect() as connection:
        refuse_other_version(connection)
        zone = connection.execute(text("SELECT zone FROM plant")).scalar() or "UTC"
        today = clock.now().astimezone(ZoneInfo(zone)).date()
        row = connection.execute(
            text(
                "SELECT record.id, record.number, record.version, record.state, issued_pdf.issue_no, "
                "issued_pdf.issued_at, record.content_sha256 = issued_pdf.content_sha256 AS same, "
                "later.version AS superseded, later.amendment, later.amendment_reason, later.state AS later_state, "
                "(SELECT hash FROM act WHERE act.seq = issued_pdf.trail_seq) = issued_pdf.trail_head AS anchored "
                "FROM issued_pdf JOIN record ON record.id = issued_pdf.record_id "
                "LEFT JOIN record later ON later.supersedes_id = record.id AND later.state IN ('performed', 'closed') "
                # What a document puts in force on a day to come has taken nothing's place before it.
                "AND NOT EXISTS (SELECT 1 FROM revision JOIN definition ON definition.id = revision.definition_id "
                "WHERE revision.id = later.revision_id AND definition.kind = later.kind "
                "AND revision.effective_from > :today) "
                "WHERE issued_pdf.sha256 = :sha256"
            ),
            {"sha256": sha256, "today": today.isoformat()},
        ).one_or_none()
        odd = integrity.problems_of(connection, row.id) if row else []
    if row is None:
        say("✕ This PDF was not issued here, or was changed after it was issued.")
        return 1
    say(f"{row.number} version {row.version}, issue {row.issue_no}, issued {row.issued_at}.")
    say("✓ Its bytes are those that were issued." if row.same else "✕ The record's content is not what was issued.")
    say("✓ Its trail head stands in the chain." if row.anchored else "✕ Its trail head is not in the chain.")
    if odd:
        say("✕ The record is not what the trail says was entered and signed. Type: python3 -m techfloor verify")
    if row.state != "closed":
        say(f"✕ The record is {row.state}.")
    if row.amendment == "entered in error":
        say(f"✕ Version {row.superseded} says that it was entered in error.")
    elif row.superseded:
        say(f"✕ Version {row.superseded} has taken its place.")
    else:
        say("✓ It is the current version.")
    if row.amendment_reason:
        say(f"  The reason: {row.amendment_reason}")
    if row.later_state == "performed":
        say(f"  The review of version {row.superseded} is still waiting.")
    return 0 if row.same and row.anchored and not odd and row.state == "closed" and not row.superseded else 1
