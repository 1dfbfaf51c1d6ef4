"""A check that should not be there stays, says why, and counts no more."""

import argparse
import html
import re
from datetime import UTC, datetime

import pytest
from check_work import CODE, check, checked, row_of, set_up
from flask import Flask
from plant_client import ClockAt, PlantClient, SignedInAs
from sqlalchemy import select
from werkzeug.test import TestResponse

from techfloor.cli import verify
from techfloor.equipment.ledger import last_good_check
from techfloor.equipment.models import Equipment, EquipmentHold
from techfloor.settings import Settings
from techfloor.store import db


def in_error(client: PlantClient, row: int, why: str = "wrong gauge") -> TestResponse:
    """Say that a row was entered in error."""
    return client.submit(f"/checks/rows/{row}/in-error", {"why": why})


def words(text: str) -> str:
    """Return a page as it is read."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def test_a_check_of_the_wrong_gauge_counts_no_more_and_the_gauge_is_due_again(
    app: Flask, as_: SignedInAs, clock_at: ClockAt
) -> None:
    clock_at("2026-11-20 08:00")
    set_up(as_("Q"))
    tara = as_("T", tablet="T-03")
    row = row_of(check(tara, "200.1"))
    assert "Check due" not in tara.get(f"/checks/gauges/{CODE}").text
    made = row_of(in_error(tara, row))
    assert "Entered in error" in tara.get(f"/checks/rows/{made}").text
    page = words(tara.get(f"/checks/gauges/{CODE}").text)
    assert "Check due" in page
    assert "200.1 g" not in page
    month = words(tara.get(f"/checks/gauges/{CODE}/months/2026-11").text)
    assert "200.1 g" in month, "it stays"
    assert "wrong gauge" in month
    with app.app_context():
        gauge = db.session.scalars(select(Equipment.id).where(Equipment.code == CODE)).one()
        assert last_good_check(gauge, datetime(2027, 1, 1, tzinfo=UTC)) is None
    assert in_error(tara, row).status_code == 422, "once"


def test_a_second_try_that_should_not_be_there_lifts_no_hold(app: Flask, as_: SignedInAs, clock_at: ClockAt) -> None:
    clock_at("2026-11-20 08:00")
    set_up(as_("Q"))
    tara = as_("T", tablet="T-03")
    check(tara, "200.5")
    second = row_of(check(tara, "200.6"))
    assert in_error(tara, second, "only tried").status_code == 303
    with app.app_context():
        assert [hold.lifted_at is None for hold in db.session.scalars(select(EquipmentHold))] == [True]
    assert "stays held, the check was entered in error" in as_("Q").get("/").text


def test_who_did_not_check_and_does_not_review_changes_nothing(as_: SignedInAs, clock_at: ClockAt) -> None:
    clock_at("2026-11-20 08:00")
    set_up(as_("Q"))
    row = row_of(check(as_("T", tablet="T-03"), "200.1"))
    assert as_("O").get(f"/checks/rows/{row}/correct").status_code == 403
    answer = in_error(as_("T", tablet="T-03"), row, "I do not like it")
    assert "Choose why." in answer.text


def test_a_reviewed_month_is_reviewed_again_and_says_what_it_replaces(
    app: Flask, as_: SignedInAs, clock_at: ClockAt, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock_at("2026-10-01 07:00")
    set_up(as_("Q"))
    rows = checked(app, ["200.0", "200.1"], datetime(2026, 10, 1, 6, tzinfo=UTC))
    clock_at("2026-11-02 09:00")
    page = f"/checks/gauges/{CODE}/months/2026-10"
    signed = {"user_name": "quinn", "secret": as_("Q").secret}
    first = as_("Q").submit(f"{page}/review", signed, page=page).location
    assert in_error(as_("S"), rows[1]).status_code == 303
    assert "review it again" in as_("Q").get(page).text
    second = as_("Q").submit(f"{page}/review", signed, page=page).location
    assert (first[-2:], second[-2:]) == ("/1", "/2")
    told = words(as_("Q").get(second).text)
    assert "Version 1 was reviewed again" in told
    assert "Check of 2026-10-02 08:00 was 200.1 g Entered in error Selma Brandt" in told
    assert "It was reviewed again" in as_("Q").get(first).text
    assert as_("Q").get(f"{second}.pdf").data.startswith(b"%PDF")
    monkeypatch.setattr(verify, "instance_settings", lambda _args: settings)
    assert verify.run(argparse.Namespace(pdf=None)) == 0
