"""The version after this one, for tests: a note on each area, and the step that brings a database there."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic.config import Config
from sqlalchemy import Column, Text
from sqlalchemy.engine import Connection

from techfloor.migrations import upgrade as upgrades
from techfloor.places.models import Area

STEP = '''"""A note on each area."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "{head}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the note."""
    with op.batch_alter_table("area") as table:
        table.add_column(sa.Column("note", sa.Text(), nullable=False, server_default="none yet"))
{more}
'''


@contextmanager
def next_version(folder: Path, more: str = "") -> Iterator[None]:
    """Be the next version; `more` are further lines of its step."""
    found = upgrades.config
    folder.mkdir(exist_ok=True)
    head = upgrades.newest_step()
    (folder / "v0002_note.py").write_text(STEP.format(head=head, more=more), "utf-8")

    def config(connection: Connection | None = None) -> Config:
        made = found(connection)
        here = Path(upgrades.__file__).parent / "versions"
        made.set_main_option("version_locations", f"{here}\n{folder}")
        made.set_main_option("path_separator", "newline")
        return made

    note: Column[str] = Column("note", Text, nullable=False, server_default="none yet")
    table = Area.__table__
    table.append_column(note)  # type: ignore[attr-defined]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(upgrades, "config", config)
        try:
            yield
        finally:
            table._columns.remove(note)
