"""`verify`: reads the whole trail and says what in the database it cannot account for."""

import hashlib
import json
import re
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Table, func, select, text
from sqlalchemy.engine import Connection

from techfloor.store import databases, mending, trail
from techfloor.store.base import Audit
from techfloor.store.restoration import Restoration

Name = Callable[[int], str]
Owner = Callable[[str, Mapping[str, Any]], str]
"""What a row of a table, which belongs to no record, belongs to, as people call it; "" where that is not known."""
_ANCHOR = re.compile(r"[0-9]{1,18} [0-9a-f]{64}")


@dataclass
class Verdict:
    """What `verify` found: how much it read, what is wrong, and the head of the chain."""

    acts: int = 0
    changes: int = 0
    head: str = trail.GENESIS
    anchored: int = 0
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """True when nothing is wrong."""
        return not self.problems


def verify(
    connection: Connection,
    anchors: Path | None = None,
    name: Name = lambda _root: "",
    owner: Owner = lambda _table, _row: "",
) -> Verdict:
    """Check the chain, orphan changes, the triggers, the anchors, and every row against its last recorded value.

    `name` says what people call the record of an id, and `owner` what a row without one belongs to, for the problems
    of rows.
    """
    verdict, newest = read(connection, anchors, name)
    verdict.problems.extend(
        f"The trigger {each} is not as this version writes it." for each in mending.other_triggers(connection)
    )
    verdict.notes.extend(mending.told(connection))
    _reconcile(connection, newest, verdict, _Namer(name, owner))
    return verdict


def read(
    connection: Connection, anchors: Path | None = None, name: Name = lambda _root: ""
) -> "tuple[Verdict, Newest]":
    """Check the chain, orphan changes and the anchors, as any version can; returns what each row was last, too."""
    verdict, newest = Verdict(), Newest()
    hashes = _chain(connection, newest, verdict, name)
    orphans = connection.exec_driver_sql(
        "SELECT id FROM change WHERE NOT EXISTS (SELECT 1 FROM act WHERE act.id = change.act) ORDER BY id"
    )
    verdict.problems.extend(f"Change {number} belongs to no sealed act." for (number,) in orphans)
    if anchors is not None:
        given_up = _given_up(connection)
        verdict.notes.extend(each.words for each in given_up)
        if anchors.exists():
            _anchors(anchors, hashes, given_up, verdict)
        if verdict.acts and not verdict.anchored:
            verdict.problems.append("There are acts and no anchor: anchors.log was emptied or taken away.")
    return verdict, newest


def verify_anchors(connection: Connection, file: Path) -> list[str]:
    """Check the chain against anchors that were kept elsewhere; a missing file is a problem too."""
    if not file.exists():
        return [f"The copy of the anchors, {file}, is not there."]
    hashes = [trail.GENESIS, *(row[0] for row in connection.exec_driver_sql("SELECT hash FROM act ORDER BY seq"))]
    found = Verdict()
    _anchors(file, hashes, _given_up(connection), found)
    return found.problems


class Image(NamedTuple):
    """What the trail says last of a row: the change, and the hash of the row's image; None when it was deleted."""

    change: int
    sha: bytes | None


def verify_record(connection: Connection, record: int) -> list[str]:
    """Check what a signature locks of one record, and what never changes of it, against what the trail says last.

    Two statements by indexes, and a third where a row is odd: an upgrade writes down under no record what it made of
    rows. Whether the chain holds is for `verify` to say.
    """
    owned = [(table, audit) for table, audit in trail.audited() if audit.root and (audit.locks or audit.append_only)]
    changes = _changes(connection, trail.ChangeRow.record == record)
    there = _images_of(connection, owned, record)
    odd = _odd(changes, there, {table.name for table, _audit in owned})
    if odd:
        upgraded = _changes(connection, trail.ChangeRow.about.in_({table for table, _row in odd}))
        changes = sorted([*changes, *(each for each in upgraded if each.of in odd)])
        odd = _odd(changes, there, {table.name for table, _audit in owned})
    return [f"{table} {row} is not what the trail last said of it" for table, row in sorted(odd)]


class _Change(NamedTuple):
    """A change at its place in the trail: the table and the key of its row, and the row's image, None if deleted."""

    seq: int
    number: int
    of: tuple[str, str]
    image: str | None


def _changes(connection: Connection, which: ColumnElement[bool]) -> list[_Change]:
    """Return changes in the order in which their acts were sealed; one that no trigger wrote is of no row."""
    found = (
        select(trail.ActRow.seq, trail.ChangeRow.id, trail.ChangeRow.body)
        .join(trail.ActRow, trail.ActRow.id == trail.ChangeRow.act)
        .where(which)
        .order_by(trail.ActRow.seq, trail.ChangeRow.id)
    )
    changes = []
    for seq, number, body in connection.execute(found):
        try:
            table, row, image = trail.change_of(body)
        except ValueError:
            continue
        changes.append(_Change(seq, number, (table, row), image))
    return changes


def _images_of(connection: Connection, owned: Sequence[tuple[Table, Audit]], record: int) -> dict[tuple[str, str], str]:
    """Return the rows of a record as they stand, by table and key, in one statement."""
    database = databases.of(connection)
    every = " UNION ALL ".join(
        f"SELECT '{table.name}', {databases.row_key(table, 'this')}, {database.row_json(table, audit, 'this')} "  # noqa: S608 - names of the models
        f'FROM "{table.name}" AS this WHERE this."{audit.root}" = :record'
        for table, audit in owned
    )
    return {(table, row): image for table, row, image in connection.execute(text(every), {"record": record})}


def _odd(
    changes: Sequence[_Change], there: Mapping[tuple[str, str], str], tables: Container[str]
) -> set[tuple[str, str]]:
    """Return the rows that stand otherwise than the last of these changes says, or whose fate none of them tells."""
    last = {each.of: each.image for each in changes if each.of[0] in tables}
    return {of for of in last.keys() | there.keys() if last.get(of) != there.get(of)}


class Newest:
    """What each row was last, by table and key, in the order in which acts were sealed.

    The numbers of changes say nothing across acts: they are not hashed, and acts of several writers interleave.
    """

    def __init__(self) -> None:
        self.of: dict[str, dict[str, Image]] = {}

    def note(self, number: int, table: str, row: str, image: str | None) -> None:
        """Take in the next change."""
        self.of.setdefault(table, {})[row] = Image(number, None if image is None else hash_of(image))


def _chain(connection: Connection, newest: Newest, verdict: Verdict, name: Name) -> list[str]:
    prev, hashes = trail.GENESIS, [trail.GENESIS]
    first_broken = ""
    for _act, group in groupby(_acts(connection), key=itemgetter(0)):
        rows, bodies = list(group), []
        act_id, seq, body, named_prev, sealed = rows[0][:5]
        for number, change in (row[5:] for row in rows):
            if number is not None:
                bodies.append(change)
                try:
                    newest.note(number, *trail.change_of(change))
                except ValueError:
                    verdict.problems.append(f"Change {number} is not as a trigger writes it.")
        verdict.acts += 1
        verdict.changes += len(bodies)
        follows = seq == verdict.acts and named_prev == prev
        kept = bool(bodies) and trail.seal_hash(named_prev, body, bodies) == sealed
        if not (follows and kept) and not verdict.problems:
            first_broken = act_id
        if not follows:
            verdict.problems.append(f"Act {seq} ({act_id}) does not follow the act before it.")
        if not kept:
            verdict.problems.append(f"Act {seq} ({act_id}) was changed after it was sealed.")
        prev = sealed
        hashes.append(sealed)
    verdict.head = prev
    if first_broken:
        verdict.problems[0] = _record_touched(connection, first_broken, name) + verdict.problems[0]
    return hashes


def _record_touched(connection: Connection, act: str, name: Name) -> str:
    """Return the record that an act touched, as the first problem begins; the others may be thousands."""
    touched = select(func.min(trail.ChangeRow.record)).where(trail.ChangeRow.act == act)
    record = connection.scalar(touched)
    words = name(record) if record is not None else ""
    return f"{words}: " if words else ""


def _acts(connection: Connection) -> Iterator[Any]:
    """Read the acts in their order, each with its changes in theirs, once through."""
    return _rows(
        connection,
        "SELECT act.id, act.seq, act.body, act.prev, act.hash, change.id, change.body "
        "FROM act LEFT JOIN change ON change.act = act.id ORDER BY act.seq, change.id",
    )


def _rows(connection: Connection, query: str) -> Iterator[Any]:
    return databases.of(connection).stream(connection, query)


def _anchors(file: Path, hashes: list[str], given_up: Sequence["_GivenUp"], verdict: Verdict) -> None:
    written = file.read_text("ascii", errors="replace").split("\n")
    lines = [line for line in written if _ANCHOR.fullmatch(line)]
    torn = sum(1 for line in written if line) - len(lines)
    if torn:
        verdict.notes.append(
            f"{torn} {'line' if torn == 1 else 'lines'} of {file.name} cannot be read, as a power cut leaves it. "
            "The anchors after it cover the same acts."
        )
    ends = [(each, lines.index(each.line) if each.line in lines else 0) for each in given_up]
    for place, line in enumerate(lines):
        number, _, sealed = line.partition(" ")
        seq = int(number)
        if 0 < seq < len(hashes) and hashes[seq] == sealed:
            verdict.anchored = max(verdict.anchored, seq)
        elif not any(place < end and each.after < seq <= each.up_to for each, end in ends):
            verdict.problems.append(
                f"The anchor of act {number} is not in the chain: history was cut off or rewritten."
            )


@dataclass(frozen=True)
class _GivenUp:
    """Acts that were lost when a backup was put back; `line` is the anchor of the act that says so."""

    after: int
    up_to: int
    line: str
    words: str


def _given_up(connection: Connection) -> list[_GivenUp]:
    """Return what was given up for the backups that were put back; the anchors of those acts stand in the file."""
    rows = connection.execute(select(Restoration).where(Restoration.given_up_to > 0)).mappings().all()
    if not rows:
        return []
    named = select(trail.ChangeRow.body, trail.ActRow.seq, trail.ActRow.hash).join(
        trail.ActRow, trail.ActRow.id == trail.ChangeRow.act
    )
    acts = {
        json.loads(body)["row"]: (seq, sealed)
        for body, seq, sealed in connection.execute(named.where(trail.TableOfChange() == Restoration.__tablename__))
        if json.loads(body)["op"] != trail.UPGRADE
    }
    return [
        _GivenUp(
            row["head_seq"],
            row["given_up_to"],
            "{} {}".format(*acts.get(str(row["id"]), (0, ""))),
            f"Acts {row['head_seq'] + 1} to {row['given_up_to']} were given up on {row['restored_at']:%Y-%m-%d}, "
            f"when the backup of {row['made_at']:%Y-%m-%d %H:%M} UTC was put back: {row['reason']}",
        )
        for row in rows
    ]


@dataclass(frozen=True)
class _Namer:
    """Begins the problem of a row with what it belongs to: "CAL-2026-00036, G-014: ", "Tara Kowalski: "."""

    name: Name
    owner: Owner

    def of(self, table: Table, audit: Audit, row: Mapping[str, Any]) -> str:
        """Return the record that a row belongs to, or the person or the thing, "" where neither is known."""
        root = row.get(audit.root) if audit.root else None
        words = self.name(root) if isinstance(root, int) else ""
        words = words or self.owner(table.name, row)
        return f"{words}: " if words else ""


def _reconcile(connection: Connection, newest: Newest, verdict: Verdict, namer: _Namer) -> None:
    database = databases.of(connection)
    for table, audit in trail.audited():
        known = newest.of.pop(table.name, {})
        rows = _rows(
            connection,
            f"SELECT {databases.row_key(table, 'this')}, {database.row_json(table, audit, 'this')} "  # noqa: S608 - names of the models
            f'FROM "{table.name}" AS this',
        )
        odd = [
            (row, last, image)
            for row, image in rows
            if (last := known.pop(row, None)) is None or last.sha != hash_of(image)
        ]
        for row, last, image in odd:
            problem, whose = _wrong(connection, last, image), namer.of(table, audit, json.loads(image))
            verdict.problems.append(f"{whose}{table.name} {row} {problem}.")
        for row, last in known.items():
            if last.sha:
                whose = namer.of(table, audit, _recorded(connection, last))
                verdict.problems.append(f"{whose}{table.name} {row} is gone, and no act deleted it.")
    verdict.problems.extend(f"The trail speaks of a table {name} that is not there." for name in newest.of)


def hash_of(image: str) -> bytes:
    """Return the hash by which the images of a row are told apart."""
    return hashlib.blake2b(image.encode(), digest_size=16).digest()


def _wrong(connection: Connection, newest: Image | None, found: str) -> str:
    """Return what is wrong with a row that stands in the database otherwise than the trail says."""
    now = json.loads(found)
    if newest is None:
        said = _said(now)
        return "stands in the database, but no act wrote it" + (f": {said}" if said else "")
    if newest.sha is None:
        return "was deleted, and stands there again"
    return f"was changed outside the trail: {_difference(_recorded(connection, newest), now)}"


def _recorded(connection: Connection, last: Image) -> dict[str, Any]:
    """Return a row as the trail said last; empty where its change is not as a trigger writes it."""
    body = connection.scalar(select(trail.ChangeRow.body).where(trail.ChangeRow.id == last.change))
    found = json.loads(body or "{}").get("new")
    return found if isinstance(found, dict) else {}


def _said(row: Mapping[str, Any]) -> str:
    """Return what a row says besides its keys."""
    words = {name: value for name, value in row.items() if name != "id" and not name.endswith("_id")}
    return ", ".join(f"{name} “{_cut(value)}”" for name, value in words.items() if value is not None and value != "")


def _difference(was: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    told = []
    for name in (name for name in now if was.get(name) != now.get(name)):
        before, after = str(was.get(name)), str(now.get(name))
        same = next((n for n, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), 0)
        start = max(same - _LONGEST // 4, 0) if max(len(before), len(after)) > _LONGEST else 0
        told.append(f"{name} was “{_cut(before, start)}”, is “{_cut(after, start)}”")
    return ", ".join(told)


_LONGEST = 120
"""So many characters of a value are said: a whole content would be one line of thousands."""


def _cut(value: object, start: int = 0) -> str:
    text = str(value)
    end = start + _LONGEST
    return f"{'…' if start else ''}{text[start:end]}{'…' if len(text) > end else ''}"
