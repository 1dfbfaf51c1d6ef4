"""Counts the statements of a request, for the tests that say how many a page takes."""

import re

from flask import Flask
from sqlalchemy import event

from techfloor.store import db


class Statements:
    """Counts the statements of the request's session, without those that begin and end it."""

    def __init__(self, app: Flask) -> None:
        self.seen: list[str] = []
        with app.app_context():
            self.engine = db.engine

    def __enter__(self) -> "Statements":
        event.listen(self.engine, "before_cursor_execute", self._note)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(self.engine, "before_cursor_execute", self._note)

    def _note(self, _conn: object, _cursor: object, statement: str, *_more: object) -> None:
        self.seen.append(statement)

    def about(self, *tables: str) -> list[str]:
        """Return the statements that read one of these tables."""
        return [each for each in self.seen if any(re.search(rf"FROM {table}\b", each) for table in tables)]
