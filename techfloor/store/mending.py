"""What the records say of triggers that were found otherwise than this version writes them, and were written anew."""

import re
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Integer, Text, insert
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, mapped_column

from techfloor import __version__
from techfloor.store import databases
from techfloor.store.acts import Act
from techfloor.store.base import Audit, Table
from techfloor.store.databases import Line
from techfloor.store.types import JsonText, UtcTime

_TOLD = 5
_NAME = re.compile(r'"([^"]+)"')


class Mending(Table):
    """The triggers that a start or an upgrade found otherwise, and the version that wrote them anew."""

    __tablename__ = "mending"
    __audit__ = Audit(append_only=True)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    mended_at: Mapped[datetime] = mapped_column(UtcTime)
    version: Mapped[str] = mapped_column(Text)
    triggers: Mapped[list[str]] = mapped_column(JsonText)


def other_triggers(connection: Connection) -> list[str]:
    """Return the names of the triggers that are missing, foreign, or not as this version writes them."""
    database = databases.of(connection)
    wanted, found = database.expected_triggers(), database.installed_triggers(connection)
    return sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name))


def keep(connection: Connection, act: Act, names: Sequence[str]) -> tuple[int, str] | None:
    """Keep in the transaction of an upgrade, as one act, which triggers were written anew; returns its place and hash.

    The triggers stand again: they write the trail of this row.
    """
    database, line = databases.of(connection), connection.info["line"]
    assert isinstance(line, Line)
    raw = connection.connection.dbapi_connection
    line.mode = act
    database.name_act(raw, act)
    connection.execute(insert(Mending).values(mended_at=act.at, version=__version__, triggers=list(names)))
    line.sealing = True
    try:
        return database.seal(raw, act)
    finally:
        line.sealing = False


def told(connection: Connection) -> list[str]:
    """Return what `verify` says of each time that triggers were written anew; a row may have been tampered with."""
    rows = connection.exec_driver_sql("SELECT mended_at, version, triggers FROM mending ORDER BY id")
    return [
        f"On {str(at)[:16].replace('T', ' ')} UTC techfloor {version} found {_listed(_NAME.findall(str(names)))} "
        "otherwise than it writes them, and wrote them anew. After a change of the version that is right; else "
        "somebody had changed them."
        for at, version, names in rows
    ]


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _TOLD} more" if len(names) > _TOLD else ""
    return f"{'the trigger' if len(names) == 1 else 'the triggers'} {', '.join(names[:_TOLD])}{more}"
