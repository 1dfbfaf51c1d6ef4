"""A connection to the database that breaks at a commit leaves no act half done, done twice, or wrongly acknowledged."""

from collections.abc import Iterator
from dataclasses import replace
from uuid import uuid4

import pytest
from databases import Keeper
from flask import Flask
from plant_client import PlantClient, sign_in, watch_over
from sqlalchemy import make_url, text

from techfloor import clock, roster
from techfloor.app import create_app
from techfloor.cli.demo import cast
from techfloor.cli.verify import whole
from techfloor.migrations.upgrade import engine_for
from techfloor.settings import Settings
from techfloor.store import db

from . import nursery
from .cable import Cable, Moment, cable


@pytest.fixture
def laid(settings: Settings) -> Iterator[Cable]:
    """The cable between the application and its server."""
    if settings.database_file is not None:
        pytest.skip("no cable leads to a file")
    with cable(make_url(settings.database).port or 5432) as made:
        yield made


@pytest.fixture
def running(settings: Settings, laid: Cable, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The application at the other end of it, with the page that writes ten lines."""
    everywhere = roster.pages
    monkeypatch.setattr(roster, "pages", lambda: [*everywhere(), nursery.pages])
    url = make_url(settings.database_url).set(host="127.0.0.1", port=laid.port)
    app = create_app(replace(settings, database_url=url.render_as_string(hide_password=False)))
    app.test_client_class = PlantClient
    watch_over(app)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    for handler in app.logger.handlers[:]:
        app.logger.removeHandler(handler)
        handler.close()


@pytest.mark.parametrize(
    ("moment", "answered", "there"),
    [
        pytest.param("before", 503, 0, id="before the server hears of it: nothing is acknowledged"),
        pytest.param("after", 303, nursery.LINES, id="after it: what stands is found by its key"),
    ],
)
def test_a_commit_whose_connection_breaks(
    settings: Settings, keeper: Keeper, laid: Cable, running: Flask, moment: Moment, answered: int, there: int
) -> None:
    client = sign_in(running, cast.person("T"), "", clock.now)
    typed = {"words": "cut", "entry_key": uuid4().hex, "csrf_token": nursery.token_of(client.get("/fault").text)}
    laid.cut_at = moment
    with engine_for(keeper.master_url(settings)).connect() as outside:
        lines = text("SELECT count(*) FROM equipment_log WHERE words = 'cut'")
        assert client.post("/fault", data=typed).status_code == answered
        assert laid.cut_at == "never"
        assert outside.scalar(lines) == there
        assert client.post("/fault", data=typed).status_code == 303
        assert client.post("/fault", data={**typed, "entry_key": uuid4().hex, "words": "next"}).status_code == 303
        outside.rollback()
        assert outside.scalar(lines) == nursery.LINES
        assert whole(outside, settings).problems == []


def test_a_database_that_is_away_is_said_in_one_sentence(laid: Cable, running: Flask) -> None:
    client = sign_in(running, cast.person("T"), "", clock.now)
    with running.app_context():
        db.engine.dispose()
    laid.end()
    answer = client.get("/fault")
    assert answer.status_code == 503
    assert "The records cannot be reached at this moment." in answer.text
    assert answer.headers["Retry-After"] == "5"
