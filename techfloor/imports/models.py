"""The table of what was brought in: the file, what it did, row by row, and how its columns were matched."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from techfloor.store import Audit, JsonText, Table, UtcTime


class ImportRun(Table):
    """One file that was brought in.

    `matching` is the key of our column by the words of the file's head, '' for one that was left out; `lines` say of
    each row that did something or was refused what that was (`planning.told` puts them into words).
    """

    __tablename__ = "import_run"
    __audit__ = Audit(append_only=True)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    media_type: Mapped[str] = mapped_column(Text)
    size: Mapped[int] = mapped_column(Integer)
    sha256: Mapped[str] = mapped_column(Text)
    matching: Mapped[dict[str, str]] = mapped_column(JsonText)
    new: Mapped[int] = mapped_column(Integer)
    changed: Mapped[int] = mapped_column(Integer)
    same: Mapped[int] = mapped_column(Integer)
    refused: Mapped[int] = mapped_column(Integer)
    lines: Mapped[list[dict[str, object]]] = mapped_column(JsonText)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcTime)

    __table_args__ = (Index("ix_import_run_kind_id", "kind", "id"),)
