"""`verify`: reads the whole trail and says what in the database it cannot account for."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from sqlalchemy.engine import Connection

from techfloor.store import trail


@dataclass
class Verdict:
    """What `verify` found: how much it read, what is wrong, and the head of the chain."""

    acts: int = 0
    changes: int = 0
    head: str = trail.GENESIS
    anchored: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """True when nothing is wrong."""
        return not self.problems


def verify(connection: Connection, anchors: Path | None = None) -> Verdict:
    """Check the chain, orphan changes, the triggers, the anchors, and every row against its last recorded value."""
    verdict = Verdict()
    changes = _Changes(connection)
    hashes = _chain(connection, changes, verdict)
    verdict.problems.extend(f"Change {number} belongs to no sealed act." for number in changes.left())
    _triggers(connection, verdict)
    if anchors is not None:
        if anchors.exists():
            _anchors(anchors, hashes, verdict)
        if verdict.acts and not verdict.anchored:
            verdict.problems.append("There are acts and no anchor: anchors.log was emptied or taken away.")
    _reconcile(connection, changes.newest, verdict)
    return verdict


def _rows(connection: Connection, query: str) -> Iterator[Any]:
    """Read rows as the driver gives them: of a long trail SQLAlchemy's own rows would be half the time."""
    cursor = connection.connection.cursor()
    cursor.execute(query)
    return iter(cursor)  # type: ignore[call-overload, no-any-return]


@dataclass(frozen=True, slots=True)
class _Newest:
    """What the trail says last of a row: the change, and the hash of the row's image; None when it was deleted."""

    change: int
    image: bytes | None


class _Changes:
    """The changes in the order of their numbers, read once, in step with the acts that they belong to.

    On the way it notes what each row was last, by table and key; of images it holds hashes alone.
    """

    def __init__(self, connection: Connection) -> None:
        rows = _rows(
            connection,
            "SELECT act, id, body, json_extract(body, '$.table'), json_extract(body, '$.row'), "
            "json_extract(body, '$.new') FROM change ORDER BY id",
        )
        self._runs = groupby(rows, key=itemgetter(0))
        self._aside: dict[str, list[tuple[int, str]]] = {}
        self.newest: dict[str, dict[str, _Newest]] = {}

    def of(self, act: str) -> list[tuple[int, str]]:
        """Return (number, body) of an act's changes: the next ones, but where somebody moved them."""
        while act not in self._aside and self._read_on():
            pass
        return self._aside.pop(act, [])

    def left(self) -> list[int]:
        """Return the numbers of the changes that no act asked for."""
        while self._read_on():
            pass
        return sorted(number for changes in self._aside.values() for number, _body in changes)

    def _read_on(self) -> bool:
        act, rows = next(self._runs, (None, ()))
        if act is None:
            return False
        found = self._aside.setdefault(act, [])
        for _act, number, body, table, row, image in rows:
            found.append((number, body))
            self.newest.setdefault(table, {})[row] = _Newest(number, None if image is None else _hash(image))
        return True


def verify_anchors(connection: Connection, file: Path) -> list[str]:
    """Check the chain against anchors that were kept elsewhere; a missing file is a problem too."""
    if not file.exists():
        return [f"The copy of the anchors, {file}, is not there."]
    hashes = [trail.GENESIS, *(row[0] for row in connection.exec_driver_sql("SELECT hash FROM act ORDER BY seq"))]
    found = Verdict()
    _anchors(file, hashes, found)
    return found.problems


def _chain(connection: Connection, changes: _Changes, verdict: Verdict) -> list[str]:
    prev, hashes, last = trail.GENESIS, [trail.GENESIS], 0
    for act_id, seq, body, named_prev, sealed in _rows(
        connection, "SELECT id, seq, body, prev, hash FROM act ORDER BY seq"
    ):
        own = changes.of(act_id)
        verdict.acts += 1
        verdict.changes += len(own)
        if seq != verdict.acts or named_prev != prev:
            verdict.problems.append(f"Act {seq} ({act_id}) does not follow the act before it.")
        if trail.seal_hash(named_prev, body, [text for _number, text in own]) != sealed:
            verdict.problems.append(f"Act {seq} ({act_id}) was changed after it was sealed.")
        # The numbers of changes are not hashed: out of order they would pass an old image off as the newest.
        if not own or own[0][0] <= last:
            verdict.problems.append(f"The changes of act {seq} ({act_id}) were renumbered or taken away.")
        prev, last = sealed, own[-1][0] if own else last
        hashes.append(sealed)
    verdict.head = prev
    return hashes


def _triggers(connection: Connection, verdict: Verdict) -> None:
    wanted, found = trail.expected_triggers(), trail.installed_triggers(connection)
    for name in sorted(wanted.keys() | found.keys()):
        if wanted.get(name) != found.get(name):
            verdict.problems.append(f"The trigger {name} is not as this version writes it.")


def _anchors(file: Path, hashes: list[str], verdict: Verdict) -> None:
    for line in file.read_text("ascii").splitlines():
        seq, _, sealed = line.partition(" ")
        if not seq.isdigit() or int(seq) >= len(hashes) or hashes[int(seq)] != sealed:
            verdict.problems.append(f"The anchor of act {seq} is not in the chain: history was cut off or rewritten.")
        verdict.anchored = max(verdict.anchored, int(seq) if seq.isdigit() else 0)


def _reconcile(connection: Connection, newest: dict[str, dict[str, _Newest]], verdict: Verdict) -> None:
    for table, audit in trail.audited():
        known = newest.pop(table.name, {})
        rows = _rows(
            connection,
            f"SELECT {trail.row_key(table, 'row')}, {trail.row_json(table, audit, 'row')} "  # noqa: S608 - names of the models
            f'FROM "{table.name}" AS row',
        )
        for row, image in rows:
            problem = _compared(connection, known.pop(row, None), image)
            if problem:
                verdict.problems.append(f"{table.name} {row} {problem}.")
        verdict.problems.extend(
            f"{table.name} {row} is gone, and no act deleted it." for row, last in known.items() if last.image
        )
    verdict.problems.extend(f"The trail speaks of a table {name} that is not there." for name in newest)


def _hash(image: str) -> bytes:
    return hashlib.blake2b(image.encode(), digest_size=16).digest()


def _compared(connection: Connection, newest: _Newest | None, found: str) -> str:
    """Return what is wrong with a row that stands in the database, '' where the trail accounts for it."""
    if newest is None:
        return "stands in the database, but no act wrote it"
    if newest.image is None:
        return "was deleted, and stands there again"
    if newest.image == _hash(found):
        return ""
    recorded = connection.exec_driver_sql(
        "SELECT json_extract(body, '$.new') FROM change WHERE id = ?", (newest.change,)
    )
    return f"was changed outside the trail: {_difference(recorded.scalar_one(), found)}"


def _difference(recorded: str, found: str) -> str:
    was, now = json.loads(recorded), json.loads(found)
    names = [name for name in now if was.get(name) != now.get(name)]
    return ", ".join(f"{name} was “{was.get(name)}”, is “{now.get(name)}”" for name in names)
