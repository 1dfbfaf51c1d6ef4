"""A clock that was set back, and a tab that comes back the next day: nothing out of order, nothing typed lost."""

import json
import re
from datetime import timedelta
from html import unescape
from io import BytesIO

import pytest
from databases import Keeper
from flask import Flask
from plant_client import ClockAt, PlantClient, SignedInAs, read_forms
from sqlalchemy import select

from techfloor import clock
from techfloor.cli.doctor import look
from techfloor.cli.verify import whole
from techfloor.migrations.upgrade import engine_for
from techfloor.settings import Settings
from techfloor.store import db
from techfloor.store.trail import ActRow

PAGE = "/equipment/G-014/hold"


def acts(app: Flask) -> list[tuple[int, str]]:
    """Return the place and the time of each act."""
    with app.app_context():
        found = db.session.execute(select(ActRow.seq, ActRow.body).order_by(ActRow.seq)).all()
        db.session.remove()
    return [(seq, json.loads(body)["at"]) for seq, body in found]


def opened(client: PlantClient, page: str) -> dict[str, str]:
    """Open the page of a form and leave it open."""
    return client.hidden(page, page)


def test_with_the_clock_set_back_acts_keep_their_order_and_the_log_says_so(
    app: Flask,
    as_: SignedInAs,
    settings: Settings,
    keeper: Keeper,
    clock_at: ClockAt,
    caplog: pytest.LogCaptureFixture,
) -> None:
    client = as_("S")
    before = acts(app)
    client.submit(PAGE, {"reason": "other", "remark": "before"})
    clock_at(clock.now() - timedelta(hours=2))
    assert client.submit("/equipment/G-001/hold", {"reason": "other", "remark": "after"}).status_code == 303
    after = acts(app)
    assert [seq for seq, _at in after] == list(range(1, len(before) + 3))
    assert after[-1][1] < after[-2][1]  # the time is what the clock said; the order is what happened
    assert "The clock stands 2:00:00 behind the act before" in caplog.text
    with engine_for(keeper.master_url(settings)).connect() as connection:
        assert whole(connection, settings).problems == []
    assert any("The clock stands" in finding.words for finding in look(settings))


def signed_in_again(client: PlantClient, refused: str) -> str:
    """Sign in on the page that a form of yesterday was answered with; return where it leads."""
    (form,) = [each for each in read_forms(refused) if each.action.startswith("/sign-in")]
    who = {"user_name": client.who.user_name, "password": client.who.password}
    answer = client.post(form.action, data={**form.hidden, **who})
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def test_a_tab_of_yesterday_asks_for_the_sign_in_and_shows_what_was_typed(as_: SignedInAs, clock_at: ClockAt) -> None:
    client = as_("S")
    hidden = opened(client, PAGE)
    clock_at("2026-11-21 07:00")
    typed = {"reason": "other", "remark": "typed yesterday"}
    refused = client.post(PAGE, data={**hidden, **typed}, headers={"Referer": f"http://localhost{PAGE}"})
    assert refused.status_code == 401
    assert "typed yesterday" in refused.text
    assert signed_in_again(client, refused.text) == PAGE
    page = client.get(PAGE).text
    assert "typed yesterday" in page
    assert "typed yesterday" not in client.get("/equipment/G-014").text


def test_a_tab_of_yesterday_overwrites_nothing_that_was_changed_since(
    app: Flask, as_: SignedInAs, clock_at: ClockAt
) -> None:
    page, area = "/settings/areas/1", {"name": "Machining", "line": "Line 1", "ambient": ""}
    client = as_("D")
    hidden = opened(client, page)
    clock_at("2026-11-21 07:00")
    assert as_("D").submit(page, {**area, "name": "Turning"}).status_code == 303
    typed = {**hidden, **area, "name": "Milling"}
    refused = client.post(page, data=typed, headers={"Referer": f"http://localhost{page}"})
    assert signed_in_again(client, refused.text) == page
    shown = client.get(page).text
    assert 'value="Milling"' in shown
    base = re.search(r'name="base" value="([^"]*)"', shown)[1]  # type: ignore[index]
    answer = client.submit(page, {**area, "name": "Milling", "base": base})
    assert answer.status_code == 409
    assert ": “Turning”. Yours: “" in unescape(answer.text)


def test_a_file_that_arrived_broken_is_refused_beside_its_box_with_all_that_was_typed(as_: SignedInAs) -> None:
    client, page = as_("Q"), "/equipment/S-003/certificates/new"
    hidden = opened(client, page)
    broken = (BytesIO(b"\x89PNG\r\n\x1a\n" + b"\0" * 40), "certificate.png")
    answer = client.post(page, data={**hidden, "number": "DKD-4711", "laboratory": "Lab", "file": broken})
    assert answer.status_code == 422
    assert 'value="DKD-4711"' in answer.text
    assert "certificate.png" in unescape(answer.text) or "file" in answer.text
