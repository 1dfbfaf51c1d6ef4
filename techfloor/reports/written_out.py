"""Records written out whole: what was signed, PDFs, files, signatures and trail; many of them as one archive.

An archive is made record by record while it is sent: no more than one record stands in memory, and no transaction of
the database stays open between two.
"""

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import text
from sqlalchemy.engine import Connection

from techfloor.people import signing_secret as _sentences  # noqa: F401 - gives its sentences when it is loaded
from techfloor.reports.spreadsheet import csv_bytes
from techfloor.said import in_words
from techfloor.store.blobs import Blobs
from techfloor.store.types import utc_text

HASHES, INDEX, MANIFEST, CONTENT = "SHA256SUMS", "index.csv", "manifest.json", "content.json"
TRAIL = ("act", "time", "action", "person", "device", "reason", "operation", "table", "row", "column", "old", "new")
SIGNATURES = ("meaning", "printed_name", "signed_at", "zone", "method", "remark", "content_sha256")
INDEXED = (
    "folder",
    "number",
    "version",
    "kind",
    "state",
    "amendment",
    "replaced_by",
    "equipment",
    "name",
    "performed_at",
    "closed_at",
    "opened_by",
    "content_sha256",
)
MOST = 1000
"""So many records at once: an archive of more is better made month by month."""
_UNSAFE = re.compile(r'[/\\:*?"<>|\x00-\x1f]|^\.+')

Parts = Iterable[tuple[str, bytes]]


@dataclass(frozen=True)
class Written:
    """A record that is to be written out: its id, and its line in the index."""

    id: int
    line: Mapping[str, Any]

    @property
    def top(self) -> str:
        """The folder of all its versions, named after its number."""
        return str(self.line["folder"]).partition("/")[0]

    @property
    def within(self) -> str:
        """Where its files stand in there: a record that was never amended has no folder of its own for a version."""
        rest = str(self.line["folder"]).partition("/")[2]
        return f"{rest}/" if rest else ""


_FOUND = """SELECT record.id, record.number, record.version, record.kind, record.state, record.performed_at,
record.closed_at, record.content_sha256, equipment.code AS equipment, equipment.name AS name, person.name AS opened_by,
record.amendment, (SELECT max(later.version) FROM record later WHERE later.supersedes_id = record.id
AND later.state IN ('performed', 'closed')) AS replaced_by,
(SELECT count(*) FROM record every WHERE every.number = record.number) AS versions
FROM record JOIN person ON person.id = record.opened_by LEFT JOIN equipment ON equipment.id = record.equipment_id """


def of_number(connection: Connection, number: str) -> list[Written]:
    """Return every version of a record, the first first."""
    return _found(connection, "WHERE record.number = :number ORDER BY record.version", number=number)


def of_ids(connection: Connection, ids: Sequence[int]) -> list[Written]:
    """Return records by their ids, in the order of their numbers."""
    listed = ", ".join(str(int(each)) for each in ids) or "NULL"
    return _found(connection, f"WHERE record.id IN ({listed}) ORDER BY record.number, record.version")


def performed_between(connection: Connection, kind: str, since: datetime, until: datetime) -> list[Written]:
    """Return the records of a kind that were performed from `since` on and before `until`, in their order."""
    between = (
        "WHERE record.kind = :kind AND record.performed_at >= :since AND record.performed_at < :until "
        "ORDER BY record.number, record.version"
    )
    return _found(connection, between, kind=kind, since=utc_text(since), until=utc_text(until))


def _found(connection: Connection, which: str, **values: object) -> list[Written]:
    return [Written(row["id"], {**row, "folder": _folder(row)}) for row in _rows(connection, _FOUND + which, **values)]


def _folder(row: Mapping[str, Any]) -> str:
    number = safe_name(row["number"])
    return f"{number}/version-{row['version']}" if row["versions"] > 1 else number


def files_of(versions: Iterable[Written], read: Callable[[int], Parts]) -> Iterator[tuple[str, bytes]]:
    """Give the files of a record in these versions: (name within its folder, bytes), their hashes last.

    `read` gives those of one version by its id.
    """
    sums = []
    for version in versions:
        for part, data in read(version.id):
            name = f"{version.within}{part}"
            sums.append(_sum(name, data))
            yield name, data
    yield HASHES, "".join(sorted(sums, key=lambda line: line.split("  ", 1)[1])).encode()


def _sum(name: str, data: bytes) -> str:
    return f"{hashlib.sha256(data).hexdigest()}  {name}\n"


def parts_of(connection: Connection, kept: Blobs, record_id: int) -> Iterator[tuple[str, bytes]]:
    """Give the files of one version of a record: (name, bytes)."""
    for row in _rows(connection, "SELECT body FROM record_content WHERE record_id = :id", id=record_id):
        yield CONTENT, row["body"].encode()
    issued = "SELECT file_name AS name, sha256, issue_no FROM issued_pdf WHERE record_id = :id ORDER BY issue_no"
    for row in _rows(connection, issued, id=record_id):
        yield f"pdf/issue-{row['issue_no']} {safe_name(row['name'])}", kept.get(row["sha256"])
    attached = "SELECT id, name, sha256 FROM attachment WHERE record_id = :id ORDER BY id"
    for row in _rows(connection, attached, id=record_id):
        yield f"attachments/{row['id']} {safe_name(row['name'])}", kept.get(row["sha256"])
    signed = f"SELECT {', '.join(SIGNATURES)} FROM signature WHERE record_id = :id ORDER BY id"  # noqa: S608 - names above
    yield "signatures.csv", csv_bytes(SIGNATURES, (_signature(row) for row in _rows(connection, signed, id=record_id)))
    yield "trail.csv", csv_bytes(TRAIL, _trail(connection, record_id))


def _signature(row: Mapping[str, Any]) -> list[object]:
    """Give a signature with how it was proven in words; the trail beside it has what stands in the row."""
    return [in_words(row[name]) if name == "method" else row[name] for name in SIGNATURES]


def _trail(connection: Connection, record_id: int) -> Iterator[Sequence[object]]:
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


def _rows(connection: Connection, query: str, **values: object) -> Sequence[Mapping[str, Any]]:
    return [dict(row) for row in connection.execute(text(query), values).mappings()]


def safe_name(name: str) -> str:
    """Return a name that is one file name on any system."""
    return _UNSAFE.sub("_", name)[:120] or "_"


# --- many as one archive ---


class _Sink(io.RawIOBase):
    """Takes what the archive writes until it is sent on."""

    def __init__(self) -> None:
        super().__init__()
        self._held = bytearray()

    def writable(self) -> bool:
        """Tell that it can be written to."""
        return True

    def write(self, data: Any) -> int:
        """Take some bytes."""
        self._held += data
        return len(data)

    def taken(self) -> bytes:
        """Give what was written since the last time."""
        data = bytes(self._held)
        self._held.clear()
        return data


def archive(
    records: Sequence[Written], read: Callable[[int], Parts], about: Mapping[str, object], at: datetime
) -> Iterator[bytes]:
    """Write records as a ZIP, piece by piece: a folder each, an index, what it is about, and the hash of every file.

    `read` gives the files of a record by its id; it is asked for one after the other.
    """
    sink, sums = _Sink(), []
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as packed:

        def put(name: str, data: bytes) -> bytes:
            made = zipfile.ZipInfo(name, at.timetuple()[:6])
            made.compress_type, made.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            packed.writestr(made, data)
            sums.append(_sum(name, data))
            return sink.taken()

        lines = [[record.line[name] for name in INDEXED] for record in records]
        yield put(INDEX, csv_bytes(INDEXED, lines))
        manifest = {**about, **_counts(records), "written_at": utc_text(at)}
        yield put(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True).encode())
        for top, versions in groupby(records, key=lambda record: record.top):
            for name, data in files_of(versions, read):
                yield put(f"{top}/{name}", data)
        yield put(HASHES, "".join(sums).encode())
    yield sink.taken()


def _counts(records: Sequence[Written]) -> dict[str, object]:
    """Return how many records there are, each once, in how many versions, and whether no version of them is missing."""
    there = {str(record.line["number"]): int(record.line["versions"]) for record in records}
    return {"records": len(there), "versions": len(records), "all_versions": len(records) == sum(there.values())}
