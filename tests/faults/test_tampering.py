"""What somebody who holds the database whole may do to it, and that an anchored trail tells of each of them."""

import json
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from databases import Keeper
from sqlalchemy.engine import Connection

from techfloor.cli.verify import whole
from techfloor.migrations.upgrade import engine_for
from techfloor.settings import Settings
from techfloor.store import databases, trail
from techfloor.store import verify as verifying
from techfloor.store.verify import Verdict, verify

SHORT, SHORT_ON_A_SERVER, LONG = 15, 3, 143
"""Tries of each of the seven kinds; the long form makes 1 001."""


@dataclass
class Holder:
    """Somebody who holds the database whole: no trigger and no rule of the application stands in the way."""

    connection: Connection
    settings: Settings
    chance: random.Random

    def run(self, statement: str, *values: object) -> Any:
        """Run one statement; `?` stands for a value."""
        if self.connection.dialect.name == "postgresql":
            statement = statement.replace("?", "%s")
        return self.connection.exec_driver_sql(statement, values)

    def one(self, statement: str, *values: object) -> Any:
        """Return the first column of the one row."""
        return self.run(statement, *values).scalar_one()

    def some(self, table: str, key: str = "id", where: str = "1 = 1") -> Any:
        """Return the key of a row by chance."""
        keys = self.run(f"SELECT {key} FROM {table} WHERE {where} ORDER BY {key}").scalars().all()
        return self.chance.choice(keys)


@contextmanager
def holding(settings: Settings, keeper: Keeper, chance: random.Random) -> Iterator[Holder]:
    """Hold the database; what is done is taken back at the end."""
    with engine_for(keeper.master_url(settings)).connect() as connection:
        if connection.dialect.name == "sqlite":
            raw: Any = connection.connection.dbapi_connection
            raw.execute("PRAGMA foreign_keys = OFF")
            raw.execute("BEGIN IMMEDIATE")
            there = databases.of(connection).installed_triggers(connection)
            for name in there:
                raw.execute(f'DROP TRIGGER "{name}"')
            yield Holder(connection, settings, chance)
            raw.execute("ROLLBACK")
        else:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            yield Holder(connection, settings, chance)
            connection.rollback()


def cover_up(holder: Holder) -> None:
    """Put the triggers back, word for word."""
    if holder.connection.dialect.name == "sqlite":
        for words in databases.of(holder.connection).expected_triggers().values():
            holder.connection.exec_driver_sql(words)


def relink(holder: Holder) -> None:
    """Seal every act anew, one after the other, as somebody with the source code does in seconds."""
    prev = trail.GENESIS
    bodies: dict[str, list[str]] = {}
    for act, body in holder.run("SELECT act, body FROM change ORDER BY id"):
        bodies.setdefault(act, []).append(body)
    for key, body in holder.run("SELECT id, body FROM act ORDER BY seq").all():
        sealed = trail.seal_hash(prev, body, bodies[key])
        holder.run("UPDATE act SET prev = ?, hash = ? WHERE id = ?", prev, sealed, key)
        prev = sealed


# The seven kinds


def change_a_byte(holder: Holder) -> None:
    """Change one character of the trail."""
    table = holder.chance.choice(["act", "change"])
    key = holder.some(table)
    body = str(holder.one(f"SELECT body FROM {table} WHERE id = ?", key))
    digits = [n for n, each in enumerate(body) if each.isdigit()]
    place = holder.chance.choice(digits)
    other = str((int(body[place]) + 1) % 10)
    holder.run(f"UPDATE {table} SET body = ? WHERE id = ?", body[:place] + other + body[place + 1 :], key)


def swap_rows(holder: Holder) -> None:
    """Let two changes stand in each other's place."""
    one, other = holder.some("change"), holder.some("change")
    bodies = [str(holder.one("SELECT body FROM change WHERE id = ?", key)) for key in (one, other)]
    if bodies[0] == bodies[1]:
        return swap_rows(holder)
    holder.run("UPDATE change SET body = ? WHERE id = ?", bodies[1], one)
    holder.run("UPDATE change SET body = ? WHERE id = ?", bodies[0], other)
    return None


def cut_the_tail(holder: Holder) -> None:
    """Take the last acts away, with what they entered."""
    newest = holder.one("SELECT max(seq) FROM act")
    first = newest - holder.chance.randrange(1, 12)
    last = [
        json.loads(body)
        for (body,) in holder.run(
            "SELECT change.body FROM change JOIN act ON act.id = change.act WHERE act.seq > ? ORDER BY change.id DESC",
            first,
        )
    ]
    for change in last:
        if change["op"] == "insert":
            (key,) = primary_key(change["table"])
            holder.run(f'DELETE FROM "{change["table"]}" WHERE "{key}" = ?', _key(change))
    holder.run("DELETE FROM change WHERE act IN (SELECT id FROM act WHERE seq > ?)", first)
    holder.run("DELETE FROM act WHERE seq > ?", first)


def rewrite_the_chain(holder: Holder) -> None:
    """Change a value where it stands and where the trail tells of it, and seal everything anew."""
    rewrite_one_value(holder)
    relink(holder)


def edit_a_row(holder: Holder) -> None:
    """Change a value past the triggers, and put them back."""
    record = holder.some("record", where="content_sha256 IS NOT NULL")
    holder.run("UPDATE record SET number = ? WHERE id = ?", f"CAL-2019-{holder.chance.randrange(99999):05}", record)


def move_a_signature(holder: Holder) -> None:
    """Let a signature stand under another record."""
    key = holder.some("signature")
    free = (
        "content_sha256 IS NOT NULL AND NOT EXISTS (SELECT 1 FROM signature there JOIN signature moved "
        "ON moved.meaning = there.meaning AND moved.signer_id = there.signer_id "
        f"WHERE there.record_id = record.id AND moved.id = {key})"
    )
    other = holder.some("record", where=free)
    content = holder.one("SELECT content_sha256 FROM record WHERE id = ?", other)
    holder.run("UPDATE signature SET record_id = ?, content_sha256 = ? WHERE id = ?", other, content, key)


def swap_an_attachment(holder: Holder) -> None:
    """Let other bytes stand under the name of an attachment."""
    sha256 = holder.some("attachment", "sha256")
    other = b"%PDF-1.7 another paper " + str(holder.chance.random()).encode()
    if holder.connection.dialect.name == "postgresql":
        holder.run("UPDATE blob SET data = ? WHERE sha256 = ?", other, sha256)
    else:
        (holder.settings.blobs / sha256[:2] / sha256).write_bytes(other)


KINDS: list[Callable[[Holder], None]] = [
    change_a_byte,
    swap_rows,
    cut_the_tail,
    rewrite_the_chain,
    edit_a_row,
    move_a_signature,
    swap_an_attachment,
]


def rewrite_one_value(holder: Holder) -> None:
    """Change the newest image of a reading, in its table and in the trail."""
    table, audit = next(found for found in trail.audited() if found[0].name == "calibration_reading")
    as_kept = databases.of(holder.connection).row_json(table, audit, "this")
    image = f"SELECT {as_kept} FROM calibration_reading AS this WHERE id = ?"
    key = holder.some("calibration_reading")
    before = str(holder.one(image, key))
    holder.run("UPDATE calibration_reading SET indication = ? WHERE id = ?", f"{holder.chance.random():.4f}", key)
    changes = holder.run("SELECT id, body FROM change WHERE body LIKE ?", "%calibration_reading%").all()
    number, body = next(each for each in changes if before in each[1])
    holder.run("UPDATE change SET body = ? WHERE id = ?", body.replace(before, str(holder.one(image, key))), number)


def primary_key(table: str) -> list[str]:
    """Return the columns of a table's key."""
    return [column.name for column in next(found for found, _ in trail.audited() if found.name == table).primary_key]


def _key(change: dict[str, Any]) -> object:
    return int(change["row"]) if str(change["row"]).isdigit() else change["row"]


@pytest.fixture
def with_history() -> bool:
    """There must be something to tamper with."""
    return True


def test_nobody_tampered_and_nothing_is_found(settings: Settings, keeper: Keeper) -> None:
    with holding(settings, keeper, random.Random(1)) as holder:
        cover_up(holder)
        assert whole(holder.connection, settings).problems == []


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_tampering_is_found(
    settings: Settings, keeper: Keeper, kind: Callable[[Holder], None], request: pytest.FixtureRequest
) -> None:
    short = SHORT if settings.database_file else SHORT_ON_A_SERVER
    tries = LONG if request.config.getoption("--long") else short
    unseen = []
    for seed in range(tries):
        kept = files(settings.blobs)
        with holding(settings, keeper, random.Random(seed)) as holder:
            kind(holder)
            cover_up(holder)
            if whole(holder.connection, settings).sound:
                unseen.append(seed)
        put_back(kept)
    print(f"{kind.__name__}: {tries - len(unseen)} of {tries} found")
    assert unseen == []


def files(folder: Path) -> dict[Path, bytes]:
    """Return the files below a folder."""
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} if folder.exists() else {}


def put_back(kept: dict[Path, bytes]) -> None:
    """Write the files as they were."""
    for path, data in kept.items():
        if path.read_bytes() != data:
            path.write_bytes(data)


# Why there are anchors, and why rows are compared with the trail: without them these go unseen


def test_without_anchors_a_rewritten_chain_goes_unseen(settings: Settings, keeper: Keeper) -> None:
    with holding(settings, keeper, random.Random(3)) as holder:
        rewrite_the_chain(holder)
        cover_up(holder)
        assert verify(holder.connection).problems == []


def test_without_comparing_rows_an_edit_goes_unseen(
    settings: Settings, keeper: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nothing(*_given: object) -> None:
        """Compare nothing."""

    monkeypatch.setattr(verifying, "_reconcile", nothing)
    with holding(settings, keeper, random.Random(4)) as holder:
        edit_a_row(holder)
        cover_up(holder)
        found: Verdict = verify(holder.connection, settings.instance / "anchors.log")
        assert found.problems == []
