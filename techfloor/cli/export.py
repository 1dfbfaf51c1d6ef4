"""`export`: writes a record out whole: what was signed, its PDFs and files, its signatures, and its trail."""

import argparse
import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from techfloor.cli.instance import add_instance, instance_settings
from techfloor.cli.steps import StepError, say
from techfloor.reports.spreadsheet import csv_bytes
from techfloor.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

HASHES = "SHA256SUMS"
TRAIL = ("act", "time", "action", "person", "device", "reason", "operation", "table", "row", "column", "old", "new")
SIGNATURES = ("meaning", "printed_name", "signed_at", "zone", "method", "remark", "content_sha256")
_UNSAFE = re.compile(r'[/\\:*?"<>|\x00-\x1f]|^\.+')


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `export` takes."""
    parser.add_argument("number", nargs="+", help="the number of the record, like CAL-2026-00042")
    parser.add_argument("--to", type=Path, default=Path(), metavar="DIR", help="where its folder is made (here)")
    add_instance(parser)


def run(args: argparse.Namespace) -> int:
    """Write each record into a folder of its own, and say where."""
    from techfloor.migrations.upgrade import engine_for  # noqa: PLC0415 - `--help` needs no database
    from techfloor.store import databases  # noqa: PLC0415
    from techfloor.store.databases import Line  # noqa: PLC0415

    settings = instance_settings(args)
    with engine_for(settings.database).connect() as connection:
        databases.of(connection).begin(connection.connection.dbapi_connection, Line())
        for number in args.number:
            folder = write(connection, settings, number.strip(), args.to)
            say(f"✓ {folder}: check it any time with `sha256sum -c {HASHES}` in it.")
    return 0


def write(connection: "Connection", settings: Settings, number: str, to: Path) -> Path:
    """Write a record with all its versions into a new folder named after it.

    Raises StepError for a record that is not there, and for a folder that stands there already.
    """
    query = "SELECT id, number, version FROM record WHERE number = :number ORDER BY version"
    rows = _rows(connection, query, number=number)
    if not rows:
        raise StepError(f"There is no record {number}.")
    folder = to / _safe(rows[0]["number"])
    if folder.exists():
        raise StepError(f"{folder} stands there already. Move it away, or name another place with --to.")
    parts = {
        f"{_place(row['version'], of=len(rows))}{name}": data
        for row in rows
        for name, data in _parts(connection, settings, row["id"])
    }
    folder.mkdir(parents=True)
    for name, data in parts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    sums = "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in sorted(parts.items()))
    (folder / HASHES).write_text(sums, "utf-8")
    return folder


def _place(version: int, *, of: int) -> str:
    """Return the folder of a version within that of its record; a record that was never amended has none."""
    return f"version-{version}/" if of > 1 else ""


def _parts(connection: "Connection", settings: Settings, record_id: int) -> Iterator[tuple[str, bytes]]:
    from techfloor.store import blobs  # noqa: PLC0415

    kept = blobs.kept_by(settings, connection)
    for row in _rows(connection, "SELECT body FROM record_content WHERE record_id = :id", id=record_id):
        yield "content.json", row["body"].encode()
    issued = "SELECT file_name AS name, sha256, issue_no FROM issued_pdf WHERE record_id = :id ORDER BY issue_no"
    for row in _rows(connection, issued, id=record_id):
        yield f"pdf/issue-{row['issue_no']} {_safe(row['name'])}", kept.get(row["sha256"])
    attached = "SELECT id, name, sha256 FROM attachment WHERE record_id = :id ORDER BY id"
    for row in _rows(connection, attached, id=record_id):
        yield f"attachments/{row['id']} {_safe(row['name'])}", kept.get(row["sha256"])
    signed = f"SELECT {', '.join(SIGNATURES)} FROM signature WHERE record_id = :id ORDER BY id"  # noqa: S608 - names above
    yield (
        "signatures.csv",
        csv_bytes(SIGNATURES, (_signature(row) for row in _rows(connection, signed, id=record_id))),
    )
    yield "trail.csv", csv_bytes(TRAIL, _trail(connection, record_id))


def _signature(row: Mapping[str, Any]) -> list[object]:
    """Give a signature with how it was proven in words; the trail beside it has what stands in the row."""
    from techfloor.people import signing_secret as _sentences  # noqa: F401, PLC0415 - gives its sentences when it is loaded
    from techfloor.said import in_words  # noqa: PLC0415

    return [in_words(row[name]) if name == "method" else row[name] for name in SIGNATURES]


def _trail(connection: "Connection", record_id: int) -> Iterator[Sequence[object]]:
    """Give a line for each value that an act wrote, in the order of the acts."""
    people = {row["id"]: row["name"] for row in _rows(connection, "SELECT id, name FROM person")}
    devices = {row["id"]: row["name"] for row in _rows(connection, "SELECT id, name FROM device")}
    found = _rows(
        connection,
        "SELECT act.seq, act.body AS act, change.body AS change FROM change JOIN act ON act.id = change.act "
        "WHERE change.record = :id ORDER BY act.seq, change.id",
        id=record_id,
    )
    for row in found:
        act, change = json.loads(row["act"]), json.loads(row["change"])
        who = (people.get(act["actor"], ""), devices.get(act["device"], ""), act["reason"])
        what = (change["op"], change["table"], change["row"])
        for column, old, new in _values(change):
            yield row["seq"], act["at"], act["action"], *who, *what, column, old, new


def _values(change: Mapping[str, Any]) -> Iterator[tuple[str, object, object]]:
    old, new = change.get("old") or {}, change.get("new") or {}
    for column in dict.fromkeys([*old, *new]):
        if old.get(column) != new.get(column) or not old:
            yield column, old.get(column), new.get(column)


def _rows(connection: "Connection", query: str, **values: object) -> Sequence[Mapping[str, Any]]:
    from sqlalchemy import text  # noqa: PLC0415

    return [dict(row) for row in connection.execute(text(query), values).mappings()]


def _safe(name: str) -> str:
    """Return a name that is one file name on any system."""
    return _UNSAFE.sub("_", name)[:120] or "_"
