"""`verify`: reads the whole trail and says what in the database it cannot account for."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

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
    hashes = _chain(connection, verdict)
    _orphans(connection, verdict)
    _triggers(connection, verdict)
    if anchors is not None and anchors.exists():
        _anchors(anchors, hashes, verdict)
    _reconcile(connection, verdict)
    return verdict


def _grouped(connection: Connection) -> Iterator[tuple[str, int, str, str, str, list[str]]]:
    acts = connection.exec_driver_sql("SELECT id, seq, body, prev, hash FROM act ORDER BY seq")
    # The changes of a sealed act were written one after the other, so both tables are read once, in step.
    bodies: dict[str, list[str]] = {}
    for act, body in connection.exec_driver_sql("SELECT act, body FROM change ORDER BY id"):
        bodies.setdefault(act, []).append(body)
    for act_id, seq, body, prev, sealed in acts:
        yield act_id, seq, body, prev, sealed, bodies.get(act_id, [])


def verify_anchors(connection: Connection, file: Path) -> list[str]:
    """Check the chain against anchors that were kept elsewhere; a missing file is a problem too."""
    if not file.exists():
        return [f"The copy of the anchors, {file}, is not there."]
    hashes = [trail.GENESIS, *(row[0] for row in connection.exec_driver_sql("SELECT hash FROM act ORDER BY seq"))]
    found = Verdict()
    _anchors(file, hashes, found)
    return found.problems


def _chain(connection: Connection, verdict: Verdict) -> list[str]:
    prev, hashes = trail.GENESIS, [trail.GENESIS]
    for act_id, seq, body, named_prev, sealed, changes in _grouped(connection):
        verdict.acts += 1
        verdict.changes += len(changes)
        if seq != verdict.acts or named_prev != prev:
            verdict.problems.append(f"Act {seq} ({act_id}) does not follow the act before it.")
        if trail.seal_hash(named_prev, body, changes) != sealed:
            verdict.problems.append(f"Act {seq} ({act_id}) was changed after it was sealed.")
        prev = sealed
        hashes.append(sealed)
    verdict.head = prev
    return hashes


def _orphans(connection: Connection, verdict: Verdict) -> None:
    rows = connection.exec_driver_sql(
        "SELECT change.id FROM change LEFT JOIN act ON act.id = change.act WHERE act.id IS NULL"
    )
    verdict.problems.extend(f"Change {row[0]} belongs to no sealed act." for row in rows)


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


def _reconcile(connection: Connection, verdict: Verdict) -> None:
    last: dict[str, dict[str, int]] = {}
    rows = connection.exec_driver_sql(
        "SELECT json_extract(body, '$.table'), json_extract(body, '$.row'), max(id) FROM change GROUP BY 1, 2"
    )
    for table, row, change in rows:
        last.setdefault(table, {})[row] = change
    for table, audit in trail.audited():
        known = last.pop(table.name, {})
        here = connection.exec_driver_sql(
            f"SELECT {trail.row_key(table, 'row')}, {trail.row_json(table, audit, 'row')} "  # noqa: S608 - names of the models
            f'FROM "{table.name}" AS row'
        )
        _compare(connection, table.name, known, {row[0]: row[1] for row in here}, verdict)
    verdict.problems.extend(f"The trail speaks of a table {name} that is not there." for name in last)


def _compare(connection: Connection, table: str, known: dict[str, int], here: dict[str, str], verdict: Verdict) -> None:
    verdict.problems.extend(
        f"{table} {row} stands in the database, but no act wrote it." for row in here.keys() - known.keys()
    )
    images = connection.exec_driver_sql(
        "SELECT json_extract(body, '$.row'), id, json_extract(body, '$.new') FROM change "
        "WHERE json_extract(body, '$.table') = ?",
        (table,),
    )
    for row, change, image in images:
        if known.get(row) != change:
            continue
        if image is None:
            if row in here:
                verdict.problems.append(f"{table} {row} was deleted, and stands there again.")
        elif row not in here:
            verdict.problems.append(f"{table} {row} is gone, and no act deleted it.")
        elif here[row] != image:
            verdict.problems.append(f"{table} {row} was changed outside the trail: {_difference(image, here[row])}.")


def _difference(recorded: str, found: str) -> str:
    was, now = json.loads(recorded), json.loads(found)
    names = [name for name in now if was.get(name) != now.get(name)]
    return ", ".join(f"{name} was “{was.get(name)}”, is “{now.get(name)}”" for name in names)
