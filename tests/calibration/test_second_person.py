"""Where a second person reviews, it is nobody who had a hand in the record, whatever that hand did."""

from collections.abc import Callable

import pytest
from amending_work import calibrated, words
from bench_work import give_all, problems, review, sign, start
from flask import Flask
from outside_work import PLUG, check, number_of, pdf, receive
from outside_work import sign as sign_outside
from plant_client import PlantClient, SignedInAs
from sqlalchemy import select

from techfloor.duties.calibration.queries import records as queries
from techfloor.duties.calibration.queries import waiting
from techfloor.people.models import Person
from techfloor.places.queries import read_plant
from techfloor.records import reviewing
from techfloor.store import db

CALIPER = ["0.00", "25.00", "50.05", "100.00", "150.10", "25.00"]
NO = "This needs a second person: you had a hand in it yourself."


@pytest.fixture(autouse=True)
def regulated(profile: Callable[[str], None]) -> None:
    profile("regulated")


def may_not_review(client: PlantClient, number: str, code: str) -> None:
    """Look for the review in every list, and send it all the same."""
    for page in ("/", "/calibration/review", f"/calibration/{number}", f"/calibration/gauges/{code}"):
        assert f"/calibration/{number}/review" not in client.get(page).text, page
    assert "You had a hand in this" in client.get(f"/calibration/{number}/review").text
    form = client.hidden("/calibration/start/G-013", "/calibration/start/G-013")
    with client.application.app_context():
        shown = queries.record_row(number).content_sha256
    given = {"user_name": client.who.user_name, "secret": client.secret, "outcome": "accept", "shown": shown}
    answer = client.submit(f"/calibration/{number}/review", {**form, **given, "accepts": "y"})
    assert answer.status_code == 422
    assert problems(answer) == [NO]


def test_who_retyped_a_laboratory_s_certificate_does_not_review_it(as_: SignedInAs) -> None:
    quinn, selma = as_("Q"), as_("S")
    number = number_of(receive(quinn))
    page = f"/calibration/outside/{number}/certificate"
    assert selma.submit(page, {**PLUG, **pdf(), "certificate": "2026-008-1534"}).status_code == 303
    assert check(quinn, number).status_code == 303
    assert sign_outside(quinn, number).status_code == 303
    may_not_review(selma, number, "G-008")


@pytest.mark.clause("21 CFR 11.10(g)")
def test_who_only_held_a_calibration_for_a_while_does_not_review_it(as_: SignedInAs) -> None:
    tara, selma = as_("T", tablet=True), as_("S")
    number = start(tara, "G-014")
    give_all(tara, number, "indication", CALIPER[:3])
    for client in (selma, tara):
        assert client.submit(f"/calibration/{number}/take-over").status_code == 303
    give_all(tara, number, "indication", CALIPER[3:])
    assert sign(tara, number).status_code == 303
    may_not_review(selma, number, "G-014")
    assert review(as_("Q"), number).status_code == 303, "who had no hand in it may"


def test_a_review_and_what_follows_it_is_no_hand_in_the_work(app: Flask, as_: SignedInAs) -> None:
    tara, quinn = as_("T", tablet=True), as_("Q")
    number = start(tara, "G-014")
    give_all(tara, number, "indication", CALIPER)
    assert sign(tara, number).status_code == 303
    with app.app_context():
        plant, record = read_plant(db.session()), queries.record_row(number).id
        assert plant is not None
        before = reviewing.barred(plant, record)
        assert len(before) == 1
    assert review(quinn, number).status_code == 303
    assert quinn.submit(f"/calibration/{number}/certificate", page=f"/calibration/{number}").status_code == 303
    with app.app_context():
        assert reviewing.barred(plant, record) == before


def test_the_list_and_the_count_leave_out_what_the_refusal_bars(app: Flask, as_: SignedInAs) -> None:
    tara = as_("T", tablet=True)
    number = start(tara, "G-014")
    give_all(tara, number, "indication", CALIPER)
    assert sign(tara, number).status_code == 303
    with app.app_context():
        plant = read_plant(db.session())
        assert plant is not None
        (hand,) = reviewing.barred(plant, queries.record_row(number).id)
        assert waiting.waiting_for_review(hand, plant) == []
        assert waiting.review_counts(hand, plant) == (0, 0)
        assert [line.number for line in waiting.waiting_for_review(hand + 1, plant)] == [number]


@pytest.mark.clause("21 CFR 11.200(a)(1)(i)")
def test_a_refused_signature_does_not_use_up_the_first_of_a_session(as_: SignedInAs) -> None:
    tara, quinn = as_("T", tablet=True), as_("Q")
    number = start(tara, "G-014")
    give_all(tara, number, "indication", CALIPER)
    assert sign(tara, number).status_code == 303
    assert problems(review(quinn, number, shown="0" * 64)) == [
        "The record changed after this page was opened. Look at it again, then sign."
    ]
    assert 'name="user_name"' in quinn.get(f"/calibration/{number}/review").text
    assert review(quinn, number).status_code == 303
    other = start(tara, "G-014")
    give_all(tara, other, "indication", CALIPER)
    assert sign(tara, other).status_code == 303
    assert 'name="user_name"' not in quinn.get(f"/calibration/{other}/review").text


@pytest.mark.clause("21 CFR 11.10(e)", "21 CFR 11.300(d)")
def test_a_signature_tried_under_another_name_stands_on_the_pages_of_both_and_no_lock_counts_it(
    app: Flask, as_: SignedInAs
) -> None:
    number, quinn, amal = calibrated(as_("T", tablet=True)), as_("Q"), as_("A")
    for _again in range(4):
        assert review(quinn, number, secret="not-hers").status_code == 422
    for _again in range(6):
        assert review(quinn, number, user_name="tara", secret=as_("T").secret).status_code == 422
    assert review(quinn, number, user_name="nobody-here").status_code == 422
    with app.app_context():
        ids = {row.user_name: row.id for row in db.session.execute(select(Person.user_name, Person.id))}
    page = words(amal.get(f"/trail/people/{ids['quinn']}").text)
    assert page.count("Tried to sign under the user name tara refused") == 6
    assert "Tried to sign under a user name that nobody has refused" in page
    assert "nobody-here" not in page, "it may be a password in the wrong box"
    page = words(amal.get(f"/trail/people/{ids['tara']}").text)
    assert page.count("quinn tried to sign under this user name refused") == 6
    locked = review(quinn, number, secret="not-hers").text
    assert "Too many wrong tries" in locked, "what is between ends no run of wrong tries"
