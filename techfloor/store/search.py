"""Full-text search over records and equipment: words to find, and what they lead to."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Integer, Select, Text, UniqueConstraint, select, text
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, mapped_column

from techfloor.store.base import Table, db

MOST_FOUND = 200
"""So many numbers a search of words gives a list of records, the newest: more than anybody reads."""

_TABLES: Mapping[str, tuple[str, ...]] = {
    "sqlite": ("CREATE VIRTUAL TABLE search_words USING fts5(words, prefix='2 3')",),
    "postgresql": (
        "CREATE TABLE search_words (rowid integer PRIMARY KEY, words tsvector NOT NULL)",
        "CREATE INDEX ix_search_words ON search_words USING gin (words)",
    ),
}
_PUT: Mapping[str, str] = {
    "sqlite": "INSERT INTO search_words (rowid, words) VALUES (:id, :words)",
    # PostgreSQL's own parser would read 2026-00042 as a number below zero.
    "postgresql": (
        "INSERT INTO search_words (rowid, words) VALUES (:id, array_to_tsvector(string_to_array(:words, ' ')))"
    ),
}
_MATCH: Mapping[str, str] = {
    "sqlite": "search_words MATCH :match",
    "postgresql": "search_words.words @@ CAST(:match AS tsquery)",
}
_WORD: Mapping[str, tuple[str, str]] = {"sqlite": ('"{}"*', " "), "postgresql": ("'{}':*", " & ")}


def make(connection: Connection) -> None:
    """Make the index, as the database at hand has it; for the migration."""
    for statement in _TABLES[connection.dialect.name]:
        connection.exec_driver_sql(statement)


def plain_words(typed: str) -> list[str]:
    """Return the words of a text without case and accents: the same for both databases, in the index and typed."""
    flat = "".join(sign for sign in unicodedata.normalize("NFKD", typed) if not unicodedata.combining(sign))
    return re.findall(r"[^\W_]+", flat.casefold())


def _database() -> str:
    return db.session.get_bind().dialect.name


class SearchItem(Table):
    """One thing that can be found; its words stand in the full-text index under the same id."""

    __tablename__ = "search_item"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    key: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)

    __table_args__ = (UniqueConstraint("kind", "key"),)


@dataclass(frozen=True)
class Hit:
    """One thing found."""

    kind: str
    key: str
    title: str


def put(kind: str, key: str, title: str, words: str) -> None:
    """Make `key` of `kind` findable by its title and words, in the act under way."""
    item = db.session.scalar(select(SearchItem).where(SearchItem.kind == kind, SearchItem.key == key))
    if item is None:
        item = SearchItem(kind=kind, key=key, title=title)
        db.session.add(item)
        db.session.flush()
    else:
        item.title = title
        db.session.execute(text("DELETE FROM search_words WHERE rowid = :id"), {"id": item.id})
    found = " ".join(dict.fromkeys(plain_words(f"{key} {title} {words}")))
    db.session.execute(text(_PUT[_database()]), {"id": item.id, "words": found})


def keys_that_fit(typed: str, kind: str | None = None, kinds: Sequence[str] = ()) -> Select[str, str, str] | None:
    """Return the statement for (kind, key, title) of what fits, newest first; None when no word was typed.

    Every word that was typed counts, each as the beginning of one that is there.
    """
    form, between = _WORD[_database()]
    expression = between.join(form.format(word) for word in plain_words(typed))
    if not expression:
        return None
    fits = text(f"search_item.id IN (SELECT rowid FROM search_words WHERE {_MATCH[_database()]})")  # noqa: S608 - one of two
    found = select(SearchItem.kind, SearchItem.key, SearchItem.title).where(fits.bindparams(match=expression))
    wanted = (kind,) if kind else kinds
    return (found.where(SearchItem.kind.in_(wanted)) if wanted else found).order_by(SearchItem.id.desc())


def find(typed: str, *, kind: str | None = None, kinds: Sequence[str] = (), limit: int = 20) -> list[Hit]:
    """Return what fits, newest first, of one kind, of some, or of all."""
    wanted = keys_that_fit(typed, kind, kinds)
    return [] if wanted is None else [Hit(*row) for row in db.session.execute(wanted.limit(limit))]
