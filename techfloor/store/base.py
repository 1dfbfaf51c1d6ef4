"""The base of every table, and what a table tells the trail about itself."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase


@dataclass(frozen=True)
class Audit:
    """What the trail's triggers do for one table.

    `root` is the column that names the record a row belongs to; with `locks` the row may not change once
    that record is signed, but for its `free` columns; `settled` says in SQL of which OLD rows the same holds
    without a record, and no row that is settled becomes another again. An `append_only` row never changes. Of a
    `hidden` column the trail keeps the SHA-256 alone.
    """

    root: str | None = None
    locks: bool = False
    append_only: bool = False
    free: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    deletable: bool = False
    settled: str = ""

    @property
    def settled_after(self) -> str:
        """What `settled` says of the row as it would stand after a change."""
        return self.settled.replace("OLD.", "NEW.")


class Base(DeclarativeBase):
    """Every table; `__audit__` is None only for what is no record: drafts, sessions, search."""

    __audit__: ClassVar[Audit | None] = None
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})

if TYPE_CHECKING:

    class Table(Base):
        """The class all tables derive from, as the type checker sees it."""

        __abstract__ = True
else:
    Table = db.Model
