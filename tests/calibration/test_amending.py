"""A signed calibration is amended by its next version: what it changes, what stands, who reviews it, what it prints."""

import json
import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from amending_work import (
    WHY,
    amend,
    amended,
    amending,
    calibrated,
    correct,
    in_force,
    last_read,
    words,
)
from bench_work import problems, review, sign
from flask import Flask
from plant_client import ClockAt, PlantClient, SignedInAs

from techfloor.duties.calibration.queries import records as queries
from techfloor.duties.calibration.queries.bench import bench_of, version_bench
from techfloor.records import versions
from techfloor.records.integrity import problems as found_wrong
from techfloor.records.signing import stored_content
from techfloor.reports import issue
from techfloor.store import db

NEXT_DAY = "2026-11-21 09:00"


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
