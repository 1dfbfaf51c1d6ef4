"""Full-text search over records and equipment: words to find, and what they lead to."""

import re
from dataclasses import dataclass

from sqlalchemy import Integer, Text, UniqueConstraint, select, text
from sqlalchemy.orm import Mapped, mapped_column

from techfloor.store.base import Table, db

SCHEMA = "CREATE VIRTUAL TABLE search_words USING fts5(words, tokenize='unicode61 remove_diacritics 2', prefix='2 3')"


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
    db.session.execute(
        text("INSERT INTO search_words (rowid, words) VALUES (:id, :words)"),
        {"id": item.id, "words": f"{key} {title} {words}"},
    )


def match_text(typed: str) -> str:
    """Return the FTS5 expression for what a person typed: every word, as a beginning; '' for no word."""
    words = re.findall(r"\w+", typed, re.UNICODE)
    return " ".join(f'"{word}"*' for word in words)


def find(typed: str, *, kind: str | None = None, limit: int = 20) -> list[Hit]:
    """Return what fits, newest first."""
    expression = match_text(typed)
    if not expression:
        return []
    rows = db.session.execute(
        text(
            "SELECT item.kind, item.key, item.title FROM search_words "
            "JOIN search_item item ON item.id = search_words.rowid "
            "WHERE search_words MATCH :match AND (:kind IS NULL OR item.kind = :kind) "
            "ORDER BY search_words.rowid DESC LIMIT :limit"
        ),
        {"match": expression, "kind": kind, "limit": limit},
    )
    return [Hit(*row) for row in rows]
