"""A signed calibration is amended by its next version: what it changes, what stands, who reviews it, what it prints."""

import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from amending_work import FAILING, WHY, amend, amended, amending, calibrated, correct, words
from bench_work import problems, review, sign, start
from flask import Flask
from plant_client import ClockAt, PlantClient, SignedInAs
from sqlalchemy import select

from techfloor import clock
from techfloor.duties.calibration import lists, queries
from techfloor.duties.calibration.bench import bench_of, version_bench
from techfloor.duties.calibration.earlier import earlier_values
from techfloor.duties.calibration.gauges import gauge_by_code
from techfloor.equipment.ledger import due_of
from techfloor.equipment.models import EquipmentHold
from techfloor.records import versions
from techfloor.records.integrity import problems as found_wrong
from techfloor.records.models import Task
from techfloor.records.signing import stored_content
from techfloor.reports import issue
from techfloor.store import db

NEXT_DAY = "2026-11-21 09:00"


def holds(app: Flask) -> list[str]:
    """Return the reasons for which the caliper is held."""
    with app.app_context():
        gauge = db.session.scalars(select(EquipmentHold).where(EquipmentHold.lifted_at.is_(None))).all()
        return [hold.reason for hold in gauge if hold.equipment_id == gauge_id()]


def gauge_id() -> int:
    return gauge_by_code("G-014").id


def due(app: Flask) -> date | None:
    """Return the due day of the caliper."""
    with app.app_context():
        row = due_of(gauge_id(), "calibration")
        return row.due if row else None


def in_force(app: Flask) -> list[tuple[str, int]]:
    """Return what says something of the caliper, as its drift and its last good one are taken from, oldest first."""
    with app.app_context():
        found = [(line.number, line.version) for line in lists.history(gauge_id()) if line.in_force]
        return found[::-1]


def last_read(app: Flask) -> list[Decimal]:
    """Return what was read last at 150 mm, as the slip question sees it."""
    with app.app_context():
        plan = bench_of(lists.history(gauge_id())[-1].number).plan
        until = clock.now() + timedelta(days=1)
        return earlier_values(gauge_id(), plan[4], typed="indication", until=until, besides="")


def issued_code(app: Flask, client: PlantClient, number: str) -> str:
    """Issue the certificate of what stands and return its code."""
    answer = client.submit(f"/calibration/{number}/certificate", page=f"/calibration/{number}")
    assert answer.status_code == 303, problems(answer)
    with app.app_context():
        found = issue.newest(queries.standing_row(number).id)
        assert found is not None
        return found.code


@pytest.mark.clause("ISO/IEC 17025 7.8.8", "ISO/IEC 17025 7.5.2")
@pytest.mark.pages
def test_a_wrong_reading_found_the_next_day_is_amended_reviewed_and_printed_anew(
    app: Flask, as_: SignedInAs, clock_at: ClockAt
) -> None:
    tara, quinn = as_("T", tablet=True), as_("Q")
    number = calibrated(tara)
    assert review(quinn, number).status_code == 303
    old_code = issued_code(app, quinn, number)

    clock_at(NEXT_DAY)
    tara, quinn = as_("T", tablet=True), as_("Q")
    assert "Amend…" in tara.get(f"/calibration/{number}").text
    amended(app, tara, number)
    page = words(tara.get(f"/calibration/{number}").text)
    assert "version 2" in page
    assert f"Amendment of version 1: {WHY}" in page
    assert "Waiting for review" in page

    seen = quinn.get(f"/calibration/{number}/review").text
    first = seen.index("Amendment of version 1")
    change = words(seen[first : first + 3000])
    assert "As found, 150.00 outside outer jaw" in change
    assert re.search(r"was 150\.10 mm 150\.05 mm Tara Kowalski 21 Nov 2026 09:00:00 Mistyped", change)
    assert review(quinn, number).status_code == 303
    new_code = issued_code(app, quinn, number)

    with app.app_context():
        first_row, second = queries.version_row(number, 1), queries.version_row(number, 2)
        old, new = (json.loads(stored_content(row.id)) for row in (first_row, second))
        assert (first_row.state, second.state) == ("closed", "closed")
        assert new["supersedes"]["content_sha256"] == first_row.content_sha256
        assert new["amendment"]["reason"] == WHY
        assert new["performed_at"] == old["performed_at"], "it was measured when it was measured"
        assert found_wrong(db.session.connection()) == []
        assert queries.version_row(number, 1).content_sha256 == first_row.content_sha256
    verified = words(quinn.get(f"/verify/{old_code}").text)
    assert "Replaced by version 2 since 21 Nov 2026" in verified
    assert "version current" in quinn.get(f"/verify/{new_code}").text
    old_page = words(quinn.get(f"/calibration/{number}/versions/1").text)
    assert f"Version 1. Replaced by version 2 on 21 Nov 2026, because: {WHY}" in old_page
    assert "150.10" in old_page
    for version, wanted in ((1, old_code), (2, new_code)):
        answer = quinn.get(f"/calibration/{number}/certificate.pdf?version={version}")
        assert answer.status_code == 200
        with app.app_context():
            paper = issue.find(wanted)
            assert paper is not None
            assert answer.headers["ETag"].strip('"') == paper.pdf_sha256


def test_the_old_version_stands_until_the_new_one_is_signed(app: Flask, as_: SignedInAs) -> None:
    tara = as_("T", tablet=True)
    number = calibrated(tara)
    amending(tara, number)
    assert in_force(app) == [(number, 1)]
    page = words(as_("Q").get(f"/calibration/{number}").text)
    assert f"An amendment is under way by Tara Kowalski, because: {WHY}" in page
    assert "Amend…" not in page
    assert f"/calibration/{number}/review" not in as_("Q").get("/calibration/review").text
    correct(app, tara, number, "150.05")
    assert in_force(app) == [(number, 1)]
    assert last_read(app) == [Decimal("150.10")]
    assert sign(tara, number).status_code == 303
    assert in_force(app) == [(number, 2)]
    assert last_read(app) == [Decimal("150.05")]


@pytest.mark.pages
def test_what_is_being_amended_is_not_reviewed_meanwhile(app: Flask, as_: SignedInAs) -> None:
    tara, quinn = as_("T", tablet=True), as_("Q")
    number = calibrated(tara)
    form = quinn.hidden(f"/calibration/{number}/review", f"/calibration/{number}/review")
    amending(tara, number)
    given = {"user_name": quinn.who.user_name, "secret": quinn.secret, "outcome": "accept"}
    answer = quinn.submit(f"/calibration/{number}/review", {**form, **given, "accepts": "y"})
    assert answer.status_code == 422
    assert problems(answer) == [
        f"An amendment of {number} is under way by Tara Kowalski. Review that one once it is signed."
    ]


@pytest.mark.pages
def test_everything_that_stood_there_stands_in_the_new_version(app: Flask, as_: SignedInAs, clock_at: ClockAt) -> None:
    tara = as_("T", tablet=True)
    number = calibrated(tara)
    clock_at(NEXT_DAY)
    amending(as_("S"), number)
    with app.app_context():
        new = bench_of(number)
        old = version_bench(new.record.supersedes_id or 0)
        assert new.record.version == 2
        assert (new.holder, new.performer) == ("Selma Brandt", "Tara Kowalski"), "who amends holds it"
        for each in ("standards", "plan", "ambient"):
            assert len(getattr(new, each)) == len(getattr(old, each)) > 0
        same = [(g.facts, g.by, g.performed_at, g.recorded_at, g.note, g.correction) for g in old.given]
        assert [(g.facts, g.by, g.performed_at, g.recorded_at, g.note, g.correction) for g in new.given] == same
        assert [(a.quantity, a.value, a.by, a.recorded_at) for a in new.ambient] == [
            (a.quantity, a.value, a.by, a.recorded_at) for a in old.ambient
        ]
        assert new.body.condition == old.body.condition


def test_an_amended_record_always_goes_to_review(app: Flask, as_: SignedInAs, profile: Callable[[str], None]) -> None:
    profile("small")
    tara = as_("T", tablet=True)
    review(as_("Q"), calibrated(tara))
    number = calibrated(tara)
    with app.app_context():
        assert queries.standing_row(number).state == "closed", "a clean one needs none in this profile"
    amended(app, tara, number)
    with app.app_context():
        assert queries.standing_row(number).state == "performed"


@pytest.mark.clause("21 CFR 11.10(g)")
def test_nobody_who_had_a_hand_in_any_version_reviews_it(
    app: Flask, as_: SignedInAs, profile: Callable[[str], None]
) -> None:
    profile("regulated")
    selma, quinn = as_("S", tablet=True), as_("Q")
    number = calibrated(selma)
    amended(app, as_("T", tablet=True), number)
    assert f"/calibration/{number}/review" not in selma.get("/calibration/review").text
    assert "You had a hand in this" in selma.get(f"/calibration/{number}/review").text
    form = selma.hidden("/calibration/start/G-013", "/calibration/start/G-013")
    with app.app_context():
        shown = queries.standing_row(number).content_sha256
    answer = selma.submit(
        f"/calibration/{number}/review",
        {**form, "secret": selma.secret, "outcome": "accept", "shown": shown or "", "accepts": "y"},
    )
    assert problems(answer) == ["This needs a second person: you had a hand in it yourself."]
    assert f"/calibration/{number}/review" in quinn.get("/calibration/review").text
    assert review(quinn, number).status_code == 303


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


# The rules of amending


@pytest.mark.pages
def test_an_amendment_asks_for_what_is_to_be_done_and_why(as_: SignedInAs) -> None:
    tara = as_("T", tablet=True)
    number = calibrated(tara)
    assert problems(amend(tara, number, "correction", "  ")) == ["Enter what is wrong with it."]
    assert problems(amend(tara, number, "")) == ["Choose what is to be done."]


def test_only_one_amendment_is_under_way(app: Flask, as_: SignedInAs) -> None:
    tara, selma = as_("T", tablet=True), as_("S")
    number = calibrated(tara)
    form = selma.hidden(f"/calibration/{number}/amend", f"/calibration/{number}/amend")
    amending(tara, number)
    answer = amend(selma, number, **form)
    assert problems(answer) == [f"An amendment of {number} is under way by Tara Kowalski. Go on with that one."]
    assert selma.get(f"/calibration/{number}/amend").status_code == 303


@pytest.mark.pages
def test_the_auditor_does_not_amend(as_: SignedInAs) -> None:
    number = calibrated(as_("T", tablet=True))
    auditor = as_("A")
    assert "Amend…" not in auditor.get(f"/calibration/{number}").text
    assert auditor.get(f"/calibration/{number}/amend").status_code == 403


@pytest.mark.clause("21 CFR 11.10(e)")
@pytest.mark.pages
def test_the_timeline_tells_every_act_of_all_versions(app: Flask, as_: SignedInAs) -> None:
    tara, quinn = as_("T", tablet=True), as_("Q")
    number = calibrated(tara)
    amended(app, tara, number)
    assert review(quinn, number).status_code == 303
    for page in (f"/calibration/{number}", f"/calibration/{number}/versions/1"):
        html = quinn.get(page).text
        told = words(html[html.index('<ol class="timeline">') :])
        for wanted in (
            "Started, version 1",
            "Signed as performed, version 1",
            f"Amendment begun, version 2 {WHY}",
            "Signed as corrected, version 2",
            "Reviewed, version 2",
        ):
            assert wanted in told, (page, wanted)
        assert re.search(r"<del><span class=\"vh\">was </span>150\.10 mm</del>", html)


@pytest.mark.pages
def test_what_is_found_and_listed_is_the_version_that_stands(app: Flask, as_: SignedInAs) -> None:
    tara = as_("T", tablet=True)
    number = calibrated(tara)
    amended(app, tara, number)
    for page in ("/calibration/", "/calibration/gauges/G-014", f"/calibration/?q={number}"):
        html = tara.get(page).text
        assert len(re.findall(rf'href="/calibration/{number}"', html)) >= 1
        assert "version 2" in html
    assert as_("Q").get("/records").text.count(f'/calibration/{number}"') == 1
    with app.app_context():
        keys = [v.version for v in versions.all_of(queries.standing_row(number))]
        assert keys == [1, 2]
