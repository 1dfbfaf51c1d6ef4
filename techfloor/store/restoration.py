"""What the records say of a backup that was put back: which it was, and what was given up for it."""

from datetime import datetime

from sqlalchemy import Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from techfloor.store.base import Audit, Table
from techfloor.store.types import UtcTime


class Restoration(Table):
    """A backup was put back; `given_up_to` is the newest act that was lost by it, 0 where none was."""

    __tablename__ = "restoration"
    __audit__ = Audit(append_only=True)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    restored_at: Mapped[datetime] = mapped_column(UtcTime)
    made_at: Mapped[datetime] = mapped_column(UtcTime)
    head_seq: Mapped[int] = mapped_column(Integer)
    head_hash: Mapped[str] = mapped_column(Text)
    given_up_to: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(Text)
