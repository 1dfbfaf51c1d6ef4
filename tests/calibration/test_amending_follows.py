"""What follows from an amendment: for its gauge, for the version before, and where it is given up or rejected."""

import json
from datetime import timedelta

from amending_work import (
    FAILING,
    amended,
    amending,
    calibrated,
    correct,
    due,
    gauge_id,
    holds,
    in_force,
    words,
)
from bench_work import review, sign, start
from flask import Flask
from plant_client import ClockAt, SignedInAs
from sqlalchemy import select

from techfloor import clock
from techfloor.duties.calibration.queries import records as queries
from techfloor.duties.calibration.queries.bench import bench_of
from techfloor.equipment.ledger import due_of
from techfloor.records.integrity import problems as found_wrong
from techfloor.records.models import Task
from techfloor.records.signing import stored_content
from techfloor.store import db

# What follows for the gauge


def test_a_fail_that_was_a_slip_is_freed_by_the_review_of_the_amendment(app: Flask, as_: SignedInAs) -> None:
    tara, quinn = as_("T", tablet=True), as_("Q")
    number = calibrated(tara, FAILING)
    assert holds(app) == ["out of tolerance"]
    assert "Look back" in quinn.get("/").text
    amended(app, tara, number, "150.05")
    assert holds(app) == ["out of tolerance"], "the review ends it, not the correction"
    assert review(quinn, number).status_code == 303
    assert holds(app) == []
    assert "Look back" not in quinn.get("/").text
    ended = f"version 2 of {number}, reviewed"
    assert f"The look-back ends: {ended}." in words(quinn.get(f"/calibration/{number}").text)
    of_gauge = words(quinn.get("/equipment/G-014").text).partition("Look-back ended")[2]
    assert of_gauge.startswith(f" {ended} · {number} 20 Nov 2026 10:00 · Quinn Bauer"), of_gauge[:200]
    with app.app_context():
        row = due_of(gauge_id(), "calibration")
        assert row is not None
        assert row.last_record_id == queries.standing_row(number).id


def test_a_pass_that_was_a_fail_holds_the_gauge_and_moves_its_due_day_back(app: Flask, as_: SignedInAs) -> None:
    before = due(app)
    tara, quinn = as_("T", tablet=True), as_("Q")
    number = calibrated(tara)
    assert review(quinn, number).status_code == 303
    assert due(app) != before
    amending(tara, number)
    correct(app, tara, number, "150.25")
    assert holds(app) == ["out of tolerance"], "as soon as it is seen"
    assert sign(tara, number).status_code == 303
    assert due(app) == before
    assert review(quinn, number).status_code == 303
    assert holds(app) == ["out of tolerance"]
    assert "Look back" in quinn.get("/").text


def test_a_fail_that_fails_amended_too_is_held_once(app: Flask, as_: SignedInAs) -> None:
    tara, quinn = as_("T", tablet=True), as_("Q")
    number = calibrated(tara, FAILING)
    amended(app, tara, number, "150.30")
    assert holds(app) == ["out of tolerance"]
    assert review(quinn, number).status_code == 303
    assert holds(app) == ["out of tolerance"]
    with app.app_context():
        assert len(db.session.scalars(select(Task).where(Task.kind == "look-back", Task.done_at.is_(None))).all()) == 1
    assert (
        quinn.submit(f"/calibration/{number}/look-back", {"outcome": "unaffected", "looked": "lots"}).status_code == 303
    )
    assert "Look back on work done" not in quinn.get("/").text


def test_an_older_one_that_is_amended_to_fail_holds_nothing_that_passed_since(
    app: Flask, as_: SignedInAs, clock_at: ClockAt
) -> None:
    tara, quinn = as_("T", tablet=True), as_("Q")
    older = calibrated(tara)
    assert review(quinn, older).status_code == 303
    clock_at("2026-12-20 10:00")
    tara, quinn = as_("T", tablet=True), as_("Q")
    newer = calibrated(tara)
    moved = due(app)
    amended(app, tara, older, "150.25")
    assert review(quinn, older).status_code == 303
    assert holds(app) == []
    assert due(app) == moved
    assert in_force(app) == [(older, 2), (newer, 1)]


def test_a_rejected_calibration_is_put_right_by_an_amendment(app: Flask, as_: SignedInAs) -> None:
    tara, quinn = as_("T", tablet=True), as_("Q")
    number = calibrated(tara)
    assert review(quinn, number, "reject", remark="150.10 is not on the sheet").status_code == 303
    assert holds(app) == ["other"]
    assert "150.10 is not on the sheet" in tara.get("/").text
    amended(app, tara, number)
    assert review(quinn, number).status_code == 303
    assert holds(app) == []
    assert "is not on the sheet" not in tara.get("/").text
    assert in_force(app) == [(number, 2)]
    with app.app_context():
        assert bench_of(number).gauge.status == "limited use", "as before the rejection"


# Given up, and rejected


def test_a_discontinued_amendment_leaves_everything_as_it_was(app: Flask, as_: SignedInAs) -> None:
    tara, quinn = as_("T", tablet=True), as_("Q")
    number = calibrated(tara)
    assert review(quinn, number).status_code == 303
    moved = due(app)
    amending(tara, number)
    correct(app, tara, number, "150.25")
    assert holds(app) == ["out of tolerance"]
    answer = tara.submit(f"/calibration/{number}/discontinue", {"reason": "the sheet was misread"})
    assert answer.status_code == 303
    assert holds(app) == []
    assert due(app) == moved
    assert in_force(app) == [(number, 1)]
    page = words(tara.get(f"/calibration/{number}").text)
    assert "Amend…" in page
    assert "under way" not in page
    assert "Version 3 takes its place" in words(tara.get(f"/calibration/{number}/amend").text)
    amending(tara, number)
    with app.app_context():
        assert bench_of(number).record.version == 3
        assert found_wrong(db.session.connection()) == []


def test_a_rejected_amendment_leaves_everything_as_it_was(app: Flask, as_: SignedInAs) -> None:
    tara, quinn = as_("T", tablet=True), as_("Q")
    number = calibrated(tara)
    assert review(quinn, number).status_code == 303
    moved = due(app)
    amended(app, tara, number, "150.25")
    assert in_force(app) == [(number, 2)]
    assert due(app) != moved
    answer = review(quinn, number, "reject", remark="the sheet says 150.10")
    assert answer.status_code == 303
    assert "Amendment rejected." in quinn.get(answer.location).text
    assert in_force(app) == [(number, 1)]
    assert holds(app) == []
    assert due(app) == moved
    assert "Look back" not in quinn.get("/").text
    assert "This amendment was rejected" in quinn.get(f"/calibration/{number}/versions/2").text


# Entered in error


def test_what_was_entered_in_error_counts_for_nothing(app: Flask, as_: SignedInAs, clock_at: ClockAt) -> None:
    tara, quinn = as_("T", tablet=True), as_("Q")
    good = calibrated(tara)
    assert review(quinn, good).status_code == 303
    moved = due(app)
    clock_at("2026-12-20 10:00")
    tara, quinn = as_("T", tablet=True), as_("Q")
    wrong = calibrated(tara, FAILING)
    assert holds(app) == ["out of tolerance"]
    amending(tara, wrong, "entered in error", "this was G-013")
    page = words(tara.get(f"/calibration/{wrong}/check").text)
    assert "Version 1 was entered in error: this was G-013" in page
    assert "As found was Fail counts no more Tara Kowalski" in page
    assert sign(tara, wrong).status_code == 303
    assert in_force(app) == [(good, 1)]
    assert holds(app) == ["out of tolerance"], "the review ends it"
    assert "this was G-013" in words(quinn.get(f"/calibration/{wrong}/review").text)
    assert review(quinn, wrong).status_code == 303
    assert holds(app) == []
    assert due(app) == moved
    assert "Look back" not in quinn.get("/").text
    with app.app_context():
        content = json.loads(stored_content(queries.standing_row(wrong).id))
        assert (content["runs"], content["standards"]) == ([], [])
        assert content["amendment"]["kind"] == "entered in error"
        assert content["supersedes"]["as_found"] == "fail"
        assert found_wrong(db.session.connection()) == []
    for page in ("/calibration/", "/calibration/gauges/G-014", f"/calibration/{wrong}"):
        assert "Entered in error" in tara.get(page).text
    assert "Amend…" not in quinn.get(f"/calibration/{wrong}").text


def test_a_pass_entered_in_error_gives_back_the_due_day_and_the_hold_that_it_had_ended(
    app: Flask, as_: SignedInAs, clock_at: ClockAt
) -> None:
    tara, quinn = as_("T", tablet=True), as_("Q")
    before = due(app)
    failed = calibrated(tara, FAILING)
    assert review(quinn, failed).status_code == 303
    clock_at(clock.now() + timedelta(hours=1))
    tara, quinn = as_("T", tablet=True), as_("Q")
    wrong = calibrated(tara)
    assert review(quinn, wrong).status_code == 303
    assert holds(app) == []
    assert due(app) != before
    amending(tara, wrong, "entered in error", "this was G-013")
    assert sign(tara, wrong).status_code == 303
    assert holds(app) == ["out of tolerance"], "at once: what makes it usable waits for the review, this does not"
    assert due(app) == before
    assert review(quinn, wrong).status_code == 303
    assert holds(app) == ["out of tolerance"]
    clock_at(clock.now() + timedelta(hours=1))
    assert review(as_("Q"), calibrated(as_("T", tablet=True))).status_code == 303
    assert holds(app) == [], "the next pass ends it"


def test_a_rejected_withdrawal_gives_the_calibration_back(app: Flask, as_: SignedInAs) -> None:
    tara, quinn = as_("T", tablet=True), as_("Q")
    number = calibrated(tara)
    assert review(quinn, number).status_code == 303
    moved = due(app)
    amending(tara, number, "entered in error", "this was G-013")
    assert sign(tara, number).status_code == 303
    assert due(app) != moved
    assert review(quinn, number, "reject", remark="it was this one").status_code == 303
    assert due(app) == moved
    assert in_force(app) == [(number, 1)]


def test_a_gauge_goes_by_what_stands_while_a_withdrawal_waits(app: Flask, as_: SignedInAs) -> None:
    tara = as_("T", tablet=True)
    number = calibrated(tara)
    amending(tara, number, "entered in error", "this was G-013")
    assert queries_open(app) is None, "an amendment is no work on the gauge"
    assert sign(tara, number).status_code == 303
    assert start(tara, "G-014") != number


def queries_open(app: Flask) -> str | None:
    with app.app_context():
        return queries.open_on_gauge(gauge_id())


def test_an_overdue_gauge_stays_due_while_an_old_calibration_of_it_is_amended(
    app: Flask, as_: SignedInAs, clock_at: ClockAt
) -> None:
    number = calibrated(as_("T", tablet=True))
    assert review(as_("Q"), number).status_code == 303
    clock_at("2027-07-01 10:00")
    tara = as_("T", tablet=True)
    amending(tara, number)
    home = tara.get("/").text
    assert f"Go on amending {number}" in home
    assert "/calibration/start/G-014" in home
    correct(app, tara, number, "150.05")
    assert sign(tara, number).status_code == 303
    assert "/calibration/start/G-014" in tara.get("/").text
