"""Bringing in a file as somebody at a desk does."""

import io
from dataclasses import dataclass
from html import unescape

import pytest
from flask import Flask
from plant_client import PlantClient, SignedInAs
from werkzeug.test import TestResponse

from techfloor.imports.models import ImportRun
from techfloor.store import db


@dataclass
class Desk:
    """Somebody at a desk with a file; `looked` is where the dry run of the newest stands."""

    client: PlantClient
    looked: str = ""

    def choose(self, what: str, data: bytes, name: str = "list.csv") -> TestResponse:
        """Send a file; returns what is answered."""
        given = {"what": what, "file": (io.BytesIO(data), name)}
        answer = self.client.submit("/imports/", given)
        self.looked = answer.location if answer.status_code == 303 else ""
        return answer

    def look(self, what: str, data: bytes, name: str = "list.csv", **columns: str) -> str:
        """Send a file and read what it would do, with other columns where they are given."""
        answer = self.choose(what, data, name)
        assert answer.status_code == 303, answer.text
        if columns:
            self.looked += "".join(f"&{column}={key}" for column, key in columns.items())
        page = self.client.get(self.looked)
        assert page.status_code == 200
        return unescape(page.text)

    def confirm(self, **others: str) -> TestResponse:
        """Bring in what was looked through."""
        return self.client.submit(self.action, others, page=self.looked)

    @property
    def action(self) -> str:
        """Where what was looked through is sent to."""
        return self.looked.partition("?")[0].replace("/check", "/bring-in")

    def bring_in(self, what: str, data: bytes, name: str = "list.csv", **columns: str) -> str:
        """Look through a file and bring it in; returns the page that says what it did."""
        self.look(what, data, name, **columns)
        answer = self.confirm()
        assert answer.status_code == 303, answer.text
        return unescape(self.client.get(answer.location).text)


@pytest.fixture
def quinn(as_: SignedInAs) -> Desk:
    """Quinn of quality at a desk."""
    return Desk(as_("Q"))


@pytest.fixture
def dana(as_: SignedInAs) -> Desk:
    """Dana the administrator at a desk."""
    return Desk(as_("D"))


def runs(app: Flask) -> list[tuple[int, int, int, int]]:
    """Return what each run did: new, changed, same, refused."""
    with app.app_context():
        return [
            (run.new, run.changed, run.same, run.refused) for run in db.session.query(ImportRun).order_by(ImportRun.id)
        ]
