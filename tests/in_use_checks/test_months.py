"""A month of checks: every row in it, what is missing, reviewed under a signature, and again after a correction."""

import json
import re
from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pypdfium2
import pytest
from bench_work import problems
from check_work import CODE, by, check, checked, set_up
from flask import Flask
from plant_client import ClockAt, PlantClient, SignedInAs
from sqlalchemy import select
from stages import Reach
from werkzeug.test import TestResponse

from techfloor import clock, store
from techfloor.duties.in_use_checks import content, signing_acts
from techfloor.duties.in_use_checks.months import Month
from techfloor.equipment.queries import gauge_view
from techfloor.migrations.upgrade import engine_for
from techfloor.people.proof import Proof, by_password
from techfloor.records import integrity
from techfloor.records.models import Record, RecordContent
from techfloor.refusals import Refusal
from techfloor.reports.models import IssuedPdf
from techfloor.settings import Settings
from techfloor.store import db

MONTH = f"/checks/gauges/{CODE}/months/2026-10"


def sign(client: PlantClient) -> TestResponse:
    """Review the month."""
    who = {"user_name": client.who.user_name, "secret": client.secret}
    return client.submit(f"{MONTH}/review", who, page=MONTH)


@pytest.fixture
def october(reach: Reach, app: Flask, as_: SignedInAs, clock_at: ClockAt) -> list[int]:
    """The scale, checked from 26 October on; not on the 28th, and out of use on the 29th."""

    def made() -> list[int]:
        clock_at("2026-10-26 06:00")
        set_up(as_("Q"))
        rows = checked(app, ["200.0", "200.1"], datetime(2026, 10, 26, 6, 5, tzinfo=ZoneInfo("Europe/Berlin")))
        clock_at("2026-10-29 06:00")
        tara, now = as_("T", tablet="T-03"), f"/checks/gauges/{CODE}/now"
        answer = tara.post(f"/checks/gauges/{CODE}/not-used", data=tara.hidden(now, now))
        assert answer.status_code == 303
        clock_at("2026-10-30 06:05")
        tara = as_("T", tablet="T-03")
        assert tara.get("/").text.count("Check in use: due now") == 1
        check(tara, "200.3")
        clock_at("2026-10-30 06:06")
        check(tara, "200.0")
        clock_at("2026-11-02 09:00")
        return rows

    return reach(made)


@pytest.mark.usefixtures("october")
def test_a_supervisor_reviews_a_month_with_what_is_missing(app: Flask, as_: SignedInAs, settings: Settings) -> None:
    selma = as_("S")
    page = selma.get(MONTH).text
    assert re.search(r"Missing, and not said to be out of use:</strong>\s*28 Oct 2026", page)
    answer = sign(selma)
    assert answer.status_code == 303, problems(answer)
    record = selma.get(answer.location).text
    assert "Selma Brandt" in record
    assert "28 Oct 2026" in record
    with app.app_context():
        kept = db.session.scalars(select(Record).where(Record.kind == "in-use checks")).one()
        said = json.loads(db.session.get_one(RecordContent, kept.id).body)
        code = db.session.scalars(select(IssuedPdf.code).where(IssuedPdf.record_id == kept.id)).one()
    assert (kept.number, kept.version, kept.state) == ("IUC-2026-00001", 1, "closed")
    assert [(row["value"], row["outcome"], row["second_try"]) for row in said["rows"]] == [
        ("200.0", "pass", False),
        ("200.1", "pass", False),
        (None, "not used", False),
        ("200.3", "fail", False),
        ("200.0", "pass", True),
    ]
    assert said["missing"] == [{"day": "2026-10-28", "shift": ""}]
    pdf = pypdfium2.PdfDocument(selma.get(f"{answer.location}.pdf").data)
    words = pdf[0].get_textpage().get_text_bounded()
    pdf.close()
    assert "Missing, and not said to be out of use: 28 Oct 2026" in " ".join(words.split())
    verified = as_("A").get(f"/verify/{code}").text
    assert "10/2026" in verified
    engine = engine_for(settings.database)
    with engine.connect() as connection:
        assert integrity.problems(connection) == []
    engine.dispose()
    assert "IUC-2026-00001" in selma.get("/records").text
    assert "Reviewed as" in selma.get(MONTH).text


def test_a_correction_afterwards_asks_for_another_review(app: Flask, as_: SignedInAs, october: list[int]) -> None:
    selma = as_("S")
    first = sign(selma)
    answer = as_("T").submit(f"/checks/rows/{october[1]}/correct", {"value": "200.2", "reason": "misread"})
    assert answer.status_code == 303, problems(answer)
    assert "A value was corrected since it was reviewed" in selma.get(MONTH).text
    second = sign(selma)
    assert second.location.endswith("/2")
    assert "It was reviewed again" in selma.get(first.location).text
    assert "200.1" in selma.get(second.location).text, "the first value stays"
    with app.app_context():
        versions = db.session.scalars(select(Record).where(Record.kind == "in-use checks").order_by(Record.version))
        one, two = versions.all()
        assert (one.number, two.supersedes_id) == (two.number, one.id)


@pytest.mark.usefixtures("october")
def test_a_month_is_signed_once_by_who_may_and_after_its_end(as_: SignedInAs, clock_at: ClockAt) -> None:
    selma = as_("S")
    hidden = selma.hidden(MONTH, f"{MONTH}/review")
    assert sign(selma).status_code == 303
    who = {**hidden, "secret": selma.secret, "user_name": selma.who.user_name}
    assert selma.post(f"{MONTH}/review", data={**who, "entry_key": "b" * 32}).status_code == 422
    tara = as_("T")
    assert tara.post(f"{MONTH}/review", data={**who, **tara.hidden("/scan", "/scan")}).status_code == 403
    november = selma.get(MONTH.replace("10", "11")).text
    assert "It can be reviewed from 1 Dec 2026 00:00 on." in november
    assert "Sign the review" not in november


@pytest.mark.usefixtures("october")
def test_who_checked_in_a_month_does_not_review_it_where_two_persons_are_asked_for(
    app: Flask, as_: SignedInAs, clock_at: ClockAt, profile: Callable[[str], None]
) -> None:
    profile("regulated")
    selma = as_("S")
    assert sign(selma).status_code == 303
    clock_at("2026-10-31 09:00")
    selma = as_("S")
    check(selma, "200.0")
    clock_at("2026-11-02 10:00")
    selma = as_("S")
    page = selma.get(MONTH).text
    assert "a second person reviews it" in page
    assert "Sign the review" not in page
    with app.app_context(), store.act("checks:month:review"), pytest.raises(Refusal, match="second person"):
        who, plant = by("selma").actor, by("selma").plant
        month, gauge = Month(date(2026, 10, 1)), gauge_view(CODE)
        shown = content.preview(gauge, month, plant, clock.now()).sha256
        proof = Proof(who, "Selma Brandt", by_password(named=True), clock.now(), plant.zone)
        signing_acts.review(gauge, month, proof, plant, shown_sha256=shown)


def test_a_day_on_which_the_gauge_was_outside_alone_is_missing_a_good_check(
    app: Flask, as_: SignedInAs, clock_at: ClockAt
) -> None:
    clock_at("2026-10-30 06:00")
    set_up(as_("Q"))
    check(as_("T"), "200.9")
    clock_at("2026-11-02 09:00")
    page = as_("S").get(MONTH).text
    assert re.search(r"out of use:</strong>\s*30 Oct 2026", page)


def test_a_row_of_the_morning_before_a_new_version_keeps_its_unit(
    app: Flask, as_: SignedInAs, clock_at: ClockAt
) -> None:
    clock_at("2026-09-28 06:00")
    set_up(as_("Q"))
    checked(app, ["200.1"], datetime(2026, 10, 1, 6, 5, tzinfo=ZoneInfo("Europe/Berlin")))
    clock_at("2026-10-01 10:00")
    assert set_up(as_("Q"), limits="± 0.3").status_code == 303
    clock_at("2026-11-02 09:00")
    answer = sign(as_("S"))
    assert answer.status_code == 303, problems(answer)
    with app.app_context():
        (row,) = json.loads(db.session.scalars(select(RecordContent.body)).all()[-1])["rows"]
    assert (row["unit"], row["limits"]) == ("g", "199.8 … 200.2 g")
