"""A disk that is full or fixed, a lock, a server gone: a sentence, nothing half saved, and nothing typed lost."""

import errno
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from io import BytesIO
from typing import Any

import pytest
from databases import Keeper
from flask import Flask
from plant_client import PlantClient, SignedInAs, read_forms
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from techfloor.cli.verify import whole
from techfloor.migrations.upgrade import engine_for
from techfloor.records import attachments
from techfloor.settings import Settings
from techfloor.store import db
from techfloor.store.databases import Line
from techfloor.store.databases import sqlite as rules
from techfloor.store.databases.sqlite import SQLite
from techfloor.store.hindrances import Hindrance, hindrance

from .small_disk import under

PAGE = "/equipment/G-014/hold"
TYPED = {"reason": "other", "remark": "fell on the floor"}
REFERER = {"Referer": f"http://localhost{PAGE}"}


def held(client: PlantClient) -> TestResponse:
    """Place a hold, as a browser sends it."""
    return client.post(PAGE, data={**client.hidden(PAGE, PAGE), **TYPED}, headers=REFERER)


def sent_again(client: PlantClient, refused: TestResponse) -> TestResponse:
    """Tap "Send it again" on the page that says it was not saved."""
    (form,) = [each for each in read_forms(refused.text) if each.action.endswith("/hold")]
    return client.post(form.action, data=form.hidden, headers={"Referer": f"http://localhost{form.action}"})


def problems(settings: Settings, keeper: Keeper) -> list[str]:
    """Return what `verify` says."""
    with engine_for(keeper.master_url(settings)).connect() as connection:
        return whole(connection, settings).problems


@contextmanager
def opened_with(app: Flask, monkeypatch: pytest.MonkeyPatch, pragma: str) -> Iterator[None]:
    """Let each new connection have a pragma that the application does not allow itself."""
    really = SQLite.opened

    def opened(self: SQLite, raw: Any, line: Line, *, serving: bool) -> None:
        really(self, raw, line, serving=serving)
        raw.set_authorizer(None)
        raw.execute(f"PRAGMA {pragma}")
        raw.set_authorizer(rules._allow)

    def anew() -> None:
        with app.app_context():
            db.engine.dispose()

    with monkeypatch.context() as patched:
        patched.setattr(SQLite, "opened", opened)
        anew()
        yield
    anew()


@pytest.fixture
def in_a_file(settings: Settings) -> Settings:
    """Leave what only a file meets to the run on files."""
    if not settings.database_file:
        pytest.skip("a server keeps its own disk")
    return settings


def test_a_full_disk_is_said_and_what_was_typed_is_sent_again(
    app: Flask, as_: SignedInAs, in_a_file: Settings, keeper: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = as_("S")
    with closing(rules.sqlite_module().connect(in_a_file.instance / "techfloor.sqlite")) as file:
        pages = file.execute("PRAGMA page_count").fetchone()[0]
    with opened_with(app, monkeypatch, f"max_page_count={pages}"):
        refused = [held_with(client, "x" * 1900) for _ in range(20)][-1]
    assert refused.status_code == 503
    assert refused.headers["Retry-After"] == "5"
    assert "The disk of the server is full." in refused.text
    assert problems(in_a_file, keeper) == []
    assert sent_again(client, refused).status_code == 303


def held_with(client: PlantClient, remark: str, page: str = PAGE) -> TestResponse:
    """Place a hold that needs room."""
    referer = {"Referer": f"http://localhost{page}"}
    return client.post(page, data={**client.hidden(page, page), **TYPED, "remark": remark}, headers=referer)


def test_a_full_disk_of_a_server_is_said_and_what_was_typed_is_sent_again(
    app: Flask, as_: SignedInAs, settings: Settings, keeper: Keeper
) -> None:
    if settings.database_file:
        pytest.skip("a file meets its own full disk")
    client = as_("S")
    with app.app_context():
        db.engine.dispose()
    with under(settings, keeper.master_url(settings)) as disk:
        # A server that meets its first connection there writes a file of its own for it: not what is asked here.
        client.get(PAGE)
        disk.fill()
        pages = [PAGE, *(f"/equipment/G-{n:03}/hold" for n in range(1, 7))]
        kept, refused = 0, held_with(client, "x" * 1900)
        while refused.status_code == 303:  # until its tables need more room, some are kept
            kept, refused = kept + 1, held_with(client, "x" * 1900, pages[kept + 1])
        assert refused.status_code == 503
        assert "The disk of the server is full." in refused.text
        disk.clear()
        assert sent_again(client, refused).status_code == 303
        assert problems(settings, keeper) == []
        with app.app_context():
            found = db.session.scalar(text("SELECT count(*) FROM equipment_hold WHERE words LIKE '%xxx%'"))
            db.session.remove()
            db.engine.dispose()
    assert found == kept + 1


def test_a_disk_that_takes_no_writing_is_said(
    app: Flask, as_: SignedInAs, in_a_file: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = as_("S")

    def begin(_self: SQLite, raw: Any, line: Line) -> None:
        raw.execute("BEGIN")
        line.read_only = True

    with opened_with(app, monkeypatch, "query_only=ON"), monkeypatch.context() as patched:
        patched.setattr(SQLite, "begin", begin)
        refused = held(client)
    assert refused.status_code == 503
    assert "The server cannot write to its disk." in refused.text
    assert "fell on the floor" in refused.text
    assert sent_again(client, refused).status_code == 303


def test_a_lock_of_another_process_is_waited_for_and_then_said(
    app: Flask, as_: SignedInAs, in_a_file: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = as_("S")
    with opened_with(app, monkeypatch, "busy_timeout=20"):
        hidden = client.hidden(PAGE, PAGE)
        with closing(
            rules.sqlite_module().connect(in_a_file.instance / "techfloor.sqlite", isolation_level=None)
        ) as other:
            other.execute("BEGIN IMMEDIATE")
            refused = client.post(PAGE, data={**hidden, **TYPED}, headers=REFERER)
    assert refused.status_code == 503
    assert "Too many people are saving" in refused.text
    assert sent_again(client, refused).status_code == 303


def test_what_the_address_asks_for_is_asked_for_again(
    app: Flask, as_: SignedInAs, in_a_file: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, wanted = as_("Q"), "/calibration/export?tab=all&verdict=fail"
    with opened_with(app, monkeypatch, "busy_timeout=20"):
        hidden = client.hidden(PAGE, PAGE)  # any form: its key and token are those of this browser
        with closing(
            rules.sqlite_module().connect(in_a_file.instance / "techfloor.sqlite", isolation_level=None)
        ) as other:
            other.execute("BEGIN IMMEDIATE")
            referer = {"Referer": "http://localhost/calibration/?tab=all&verdict=fail"}
            refused = client.post(wanted, data=hidden, headers=referer)
    assert refused.status_code == 503
    assert [each.action for each in read_forms(refused.text) if "/export" in each.action] == [wanted]


def test_a_server_that_ended_its_connections_is_found_again(
    app: Flask, as_: SignedInAs, settings: Settings, keeper: Keeper
) -> None:
    if settings.database_file:
        pytest.skip("a file has no connections to end")
    client = as_("S")
    hidden = client.hidden(PAGE, PAGE)
    with engine_for(keeper.master_url(settings)).connect() as master:
        ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'techfloor_app'"
        master.execute(text(f"{ended} AND datname = current_database()"))
    refused = client.post(PAGE, data={**hidden, **TYPED}, headers=REFERER)
    if refused.status_code != 303:  # the pool may have had a fresh one
        assert refused.status_code == 503
        assert "cannot be reached" in refused.text
    assert any(client.get("/equipment/G-014").status_code == 200 for _ in range(5))


def test_a_file_for_which_there_is_no_room_is_said(
    as_: SignedInAs, monkeypatch: pytest.MonkeyPatch, app: Flask
) -> None:
    def put(_data: bytes) -> str:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    client = as_("Q")
    monkeypatch.setattr(app.extensions["techfloor"].blobs, "put", put)
    monkeypatch.setattr(
        attachments, "look_at", lambda *_given, **_named: attachments.CleanFile("a.pdf", "application/pdf", b"")
    )
    page = "/equipment/S-003/certificates/new"
    hidden = client.hidden(page, page)
    refused = client.post(page, data={**hidden, "number": "X-1", "file": (BytesIO(b"%PDF"), "a.pdf")})
    assert refused.status_code == 503
    assert "The disk of the server is full." in refused.text


@pytest.mark.parametrize(
    ("said", "what"),
    [
        ("database or disk is full", Hindrance.FULL),
        ('could not extend file "base/5/16384": No space left on device', Hindrance.FULL),
        ("attempt to write a readonly database", Hindrance.FIXED),
        ("cannot execute INSERT in a read-only transaction", Hindrance.FIXED),
        ("database is locked", Hindrance.BUSY),
        ("canceling statement due to lock timeout", Hindrance.BUSY),
        ("unable to open database file", Hindrance.AWAY),
        ("server closed the connection unexpectedly", Hindrance.AWAY),
        ("the database system is starting up", Hindrance.AWAY),
        ("no such table: area", None),
    ],
)
def test_what_a_database_says_is_understood(said: str, what: Hindrance | None) -> None:
    assert hindrance(OperationalError("INSERT", {}, Exception(said))) is what
