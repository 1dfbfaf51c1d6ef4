"""An export read again, without a database: every file, list and hash in it must bear the others out.

What lies in it can be made anew as a whole by who holds it: that one is the plant's own is for its PDFs and `verify`.
"""

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from techfloor.reports.written_out import CONTENT, HASHES, INDEX, MANIFEST
from techfloor.store.types import canonical_json

SIGNED, TOLD = "signatures.csv", "trail.csv"
NOT_PROVEN = (
    "The sums lie beside what they cover: whoever holds the whole export can write all of it anew. To know that it is "
    "what the plant kept, look one of its certificates up at /verify, or have the plant type `verify`."
)
_MOST_UNFOLDED = 200
"""A trail of many like lines unfolds to some fifty times its bytes, and a bomb to a thousand."""
_COMPARED = ("meaning", "printed_name", "signed_at", "zone", "remark", "content_sha256")

Line = Mapping[str, str]


@dataclass(frozen=True)
class Checked:
    """What came out of reading an export again: how many contents and files were right, and what was not."""

    contents: int
    files: int
    problems: tuple[str, ...]


def check(path: Path) -> Checked:
    """Read an export again, a folder, an archive or one content; recompute canonical bytes and hashes, and compare."""
    if path.is_dir():
        names = sorted(each.relative_to(path).as_posix() for each in path.rglob("*") if each.is_file())
        return _check(_Export(names, lambda name: (path / name).read_bytes()))
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as packed:
            swollen = [each.filename for each in packed.infolist() if _swells(each)]
            if swollen:
                return Checked(0, 0, tuple(f"{name}: unfolds to far more than its bytes" for name in swollen))
            names = [name for name in packed.namelist() if not name.endswith("/")]
            return _check(_Export(names, packed.read, packed=True))
    return Checked(1, 0, tuple(f"{CONTENT}: {what}" for what in _of_text(path.read_bytes())))


def _swells(packed: zipfile.ZipInfo) -> bool:
    """Tell whether a packed file holds so little in so much that it is there to fill the memory."""
    return packed.file_size > _MOST_UNFOLDED * packed.compress_size + 1_000_000


@dataclass(frozen=True)
class _Export:
    """The files of an export: their names, and how one is read."""

    names: Sequence[str]
    read: Callable[[str], bytes]
    packed: bool = False

    @cached_property
    def there(self) -> frozenset[str]:
        """The names, to be looked up."""
        return frozenset(self.names)

    def ending(self, last: str) -> list[str]:
        """Return the folders that hold a file of this name, "" or with a slash at the end."""
        return [name.removesuffix(last) for name in self.names if name == last or name.endswith(f"/{last}")]

    def lines(self, name: str) -> list[Line]:
        """Return the lines of a CSV file, none where it is not there or cannot be read."""
        if name not in self.there:
            return []
        try:
            return list(csv.DictReader(io.StringIO(self.read(name).decode(), newline="")))
        except (UnicodeDecodeError, csv.Error):
            return []

    def sha256(self, name: str) -> str:
        """Return the hash of a file, "" where it is not there."""
        return hashlib.sha256(self.read(name)).hexdigest() if name in self.there else ""


def _check(export: _Export) -> Checked:
    contents, sums = export.ending(CONTENT), _sums(export)
    problems = [
        *_of_sums(export, sums),
        *(what for root in _roots(export) for what in _of_lists(export, root)),
        *(what for folder in sorted({*contents, *export.ending(TOLD)}) for what in _of_record(export, folder)),
    ]
    if not contents:
        problems.append("there is no content.json here")
    return Checked(len(contents), len(sums), tuple(problems))


# --- the sums ---


def _sums(export: _Export) -> list[tuple[str, str]]:
    """Return every hash that was written down, with the file that it is of."""
    found = []
    for folder in export.ending(HASHES):
        for line in export.read(f"{folder}{HASHES}").decode(errors="replace").splitlines():
            sha256, _, name = line.partition("  ")
            found.append((sha256, f"{folder}{name}"))
    return found


def _of_sums(export: _Export, sums: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Compare every file with its sum; every file has one, but for the sums at the top."""
    for sha256, name in sums:
        if name not in export.there:
            yield f"{name}: is missing"
        elif export.sha256(name) != sha256:
            yield f"{name}: is not what was written out"
    covered, tops = {name for _sha256, name in sums}, export.ending(HASHES)
    if not tops:
        yield f"{HASHES}: is missing"
        return
    for name in export.names:
        own = name.removesuffix(HASHES) if name == HASHES or name.endswith(f"/{HASHES}") else None
        if own is not None and not any(own != top and own.startswith(top) for top in tops):
            continue
        if name not in covered:
            yield f"{name}: no sum covers it, it was not written out like this"


# --- the lists of an archive ---


def _roots(export: _Export) -> list[str]:
    """Return where an archive begins: where its index or its manifest stands; a packed one is always an archive."""
    return sorted({*export.ending(INDEX), *export.ending(MANIFEST), *([""] if export.packed else [])})


def _of_lists(export: _Export, root: str) -> Iterator[str]:
    """Compare the index and the manifest of an archive with what is there, and with each other."""
    missing = [name for name in (INDEX, MANIFEST, HASHES) if f"{root}{name}" not in export.there]
    yield from (f"{root}{name}: is missing" for name in missing if name != HASHES or export.ending(HASHES))
    if f"{root}{INDEX}" not in export.there:
        return
    lines = export.lines(f"{root}{INDEX}")
    for line in lines:
        yield from _of_line(export, root, line)
    listed = {f"{root}{line.get('folder', '')}/" for line in lines}
    for folder in sorted({*export.ending(CONTENT), *export.ending(TOLD)} - listed):
        if folder.startswith(root):
            yield f"{folder.rstrip('/')}: does not stand in {INDEX}"
    if f"{root}{MANIFEST}" in export.there:
        yield from _of_manifest(export.read(f"{root}{MANIFEST}"), lines)


def _of_line(export: _Export, root: str, line: Line) -> Iterator[str]:
    """Compare a line of the index with the folder that it names."""
    folder = f"{root}{line.get('folder', '')}"
    top = f"{root}{line.get('folder', '').partition('/')[0]}"
    if f"{folder}/{TOLD}" not in export.there:
        yield f"{folder}: stands in {INDEX} and is not here"
        return
    if f"{top}/{HASHES}" not in export.there:
        yield f"{top}/{HASHES}: is missing"
    if export.sha256(f"{folder}/{CONTENT}") != (line.get("content_sha256") or ""):
        yield f"{folder}/{CONTENT}: is not what {INDEX} says"


def _of_manifest(data: bytes, lines: Sequence[Line]) -> Iterator[str]:
    """Compare what the manifest counts with the lines of the index, and whether every version is among them."""
    try:
        said = json.loads(data)
    except ValueError:
        said = None
    if not isinstance(said, dict):
        yield f"{MANIFEST}: cannot be read"
        return
    there = {(line.get("number"), line.get("version")) for line in lines}
    for name, count in (("records", len({number for number, _version in there})), ("versions", len(lines))):
        if said.get(name) != count:
            yield f"{MANIFEST}: says {name}: {said.get(name)}, and {INDEX} has {count}"
    for line in lines if said.get("all_versions") else ():
        if line.get("replaced_by") and (line.get("number"), line["replaced_by"]) not in there:
            yield f"{line.get('number')} version {line['replaced_by']}: all versions should be here, and it is not"


# --- one record ---


def _of_record(export: _Export, folder: str) -> Iterator[str]:
    """Compare a record's content, signatures, PDFs and files with each other and with the trail beside them."""
    for name in (SIGNED, TOLD):
        if f"{folder}{name}" not in export.there:
            yield f"{folder}{name}: is missing"
    rows = _rows_told(export.lines(f"{folder}{TOLD}"))
    signatures = export.lines(f"{folder}{SIGNED}")
    if f"{folder}{CONTENT}" in export.there:
        data = export.read(f"{folder}{CONTENT}")
        yield from (f"{folder}{CONTENT}: {what}" for what in _of_text(data))
        sha256 = hashlib.sha256(data).hexdigest()
        signed = {row.get("content_sha256", "") for row in signatures}
        told = {row.get("sha256", "") for row in rows("record_content")}
        if signed != {sha256} or (told and told != {sha256}):
            yield f"{folder}{CONTENT}: is not what was signed"
    elif signatures or rows("record_content"):
        yield f"{folder}{CONTENT}: is missing"
    told_of = sorted([row.get(name, "") for name in _COMPARED] for row in rows("signature"))
    if told_of != sorted([row.get(name, "") for name in _COMPARED] for row in signatures):
        yield f"{folder}{SIGNED}: does not say what {TOLD} says of the signatures"
    issued = {f"issue-{row.get('issue_no', '')}": row.get("sha256", "") for row in rows("issued_pdf")}
    yield from _of_files(export, f"{folder}pdf/", issued)
    yield from _of_files(
        export, f"{folder}attachments/", {row["row"]: row.get("sha256", "") for row in rows("attachment")}
    )


def _of_text(data: bytes) -> list[str]:
    """Compare a content with its canonical form."""
    try:
        again = canonical_json(json.loads(data)).encode()
    except (ValueError, TypeError, RecursionError):
        return ["cannot be read as a signed content"]
    return [] if again == data else ["read and written again, it is another text"]


def _rows_told(lines: Sequence[Line]) -> Callable[[str], list[dict[str, str]]]:
    """Return what gives the rows of a table as the trail has them, by column, the key of each as `row`."""
    tables: dict[str, dict[str, dict[str, str]]] = {}
    for line in lines:
        row = tables.setdefault(line.get("table", ""), {}).setdefault(line.get("row", ""), {"row": line.get("row", "")})
        row[line.get("column", "")] = line.get("new", "")
    return lambda table: list(tables.get(table, {}).values())


def _of_files(export: _Export, folder: str, told: Mapping[str, str]) -> Iterator[str]:
    """Compare the files of a folder, each named by what stands before its first blank, with the hashes in the trail."""
    there = {name.removeprefix(folder).partition(" ")[0]: name for name in export.names if name.startswith(folder)}
    for key in sorted({*told, *there}):
        if key not in there:
            yield f"{folder}{key}: is missing, {TOLD} has it"
        elif key not in told:
            yield f"{there[key]}: {TOLD} does not know it"
        elif export.sha256(there[key]) != told[key]:
            yield f"{there[key]}: is not what {TOLD} says"
