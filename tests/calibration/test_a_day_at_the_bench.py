"""A day at the bench, in plain words: what technicians and quality do, and what must stand in the record after it."""

import json
import re
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pypdfium2
import pytest
from bench_work import give, give_all, place, problems, review, sign, start
from flask import Flask
from plant_client import PlantClient, SignedInAs
from policies import new_policy
from sqlalchemy import Select, select
from werkzeug.test import TestResponse

from techfloor.duties.calibration.report.tables import groups, results
from techfloor.duties.calibration.report.words import Words
from techfloor.equipment.models import Equipment, EquipmentDue, EquipmentHold
from techfloor.records.models import Record, RecordContent, Signature, Task
from techfloor.said import say
from techfloor.store import db

Choose = Callable[[str], None]
CALIPER = ["0.00", "25.00", "50.05", "100.00", "150.10", "25.00"]
FOUND_DRIFTED = [
    ["19.13", "19.10", "19.14", "19.08", "19.09"],
    ["57.93", "57.85", "57.87", "57.83", "57.80"],
    ["96.76", "96.63", "96.73", "96.79", "96.71"],
]
LEFT_GOOD = [
    ["19.94", "19.93", "19.95", "19.94", "19.92"],
    ["59.94", "59.92", "59.90", "59.95", "59.93"],
    ["99.80", "99.83", "99.85", "99.79", "99.82"],
]


def of_work() -> Select[Signature]:
    """The signatures of calibrations: the policy is signed too."""
    return select(Signature).join(Record).where(Record.kind == "calibration").order_by(Signature.id)


def content_of(app: Flask, number: str) -> dict[str, Any]:
    """Return the canonical content a signature fixed."""
    with app.app_context():
        found: dict[str, Any] = json.loads(
            db.session.scalars(select(RecordContent.body).where(RecordContent.body.contains(number))).one()
        )
    return found


@pytest.mark.clause("ISO/IEC 17025 7.5.1")
def test_the_vernier_caliper_of_ea_4_02_s10_is_exactly_on_its_limit(app: Flask, as_: SignedInAs) -> None:
    tara = as_("T", tablet=True)
    number = start(tara, "G-014")
    give_all(tara, number, "indication", CALIPER)
    assert place(tara, number).endswith("/check")
    assert sign(tara, number).status_code == 303

    point = content_of(app, number)["runs"][0]["points"][4]
    assert (point["error"], point["verdict"], point["u"], point["k"]) == ("0.10", "pass", "0.06", "1.83")
    with app.app_context():
        due = db.session.scalars(
            select(EquipmentDue.due)
            .join(Equipment, Equipment.id == EquipmentDue.equipment_id)
            .where(Equipment.code == "G-014")
        ).one()
    assert due.isoformat() == "2027-05-20", "six months from the anchor day"


def test_the_ten_kilogram_weight_of_ea_4_02_s2(app: Flask, as_: SignedInAs) -> None:
    quinn = as_("Q")
    number = start(quinn, "G-021")
    give_all(quinn, number, "difference", ["0.010", "0.030", "0.020"])
    assert sign(quinn, number).status_code == 303

    point = content_of(app, number)["runs"][0]["points"][0]
    assert float(point["indication"]) == 10000.025
    assert point["u"] == "0.059"
    assert point["verdict"] == "pass"
    (group,) = groups(content_of(app, number))
    (row,) = results(group, Words("en", ZoneInfo("Europe/Berlin"), str), "").rows
    assert "10000.025" in [cell.text for cell in row.cells], "no digit more than U = 0.059 can carry"


@pytest.mark.clause("21 CFR 211.194(d)", "ISO 9001 7.1.5.2")
def test_the_drifting_wrench_is_held_adjusted_reviewed_and_returned(app: Flask, as_: SignedInAs) -> None:
    otto, quinn = as_("O", tablet=True), as_("Q")
    number = start(otto, "G-011")
    give_all(otto, number, "reference", FOUND_DRIFTED[0][:1])
    with app.app_context():
        hold = db.session.scalars(select(EquipmentHold)).one()
        assert hold.reason == "out of tolerance", "held at the very reading that failed"
    for readings in [FOUND_DRIFTED[0][1:], *FOUND_DRIFTED[1:]]:
        give_all(otto, number, "reference", readings)

    assert place(otto, number).endswith("/adjust")
    otto.submit(f"/calibration/{number}/adjust", {"adjusted": "yes", "words": "spring preload reset, scale zero set"})
    for readings in LEFT_GOOD:
        give_all(otto, number, "reference", readings)
    assert sign(otto, number).status_code == 303

    with app.app_context():
        assert db.session.scalars(select(EquipmentHold)).one().lifted_at is None, "it waits for the review"
        kinds = set(db.session.scalars(select(Task.kind).where(Task.done_at.is_(None))))
        assert kinds == {"look-back", "review calibration", "interval proposal"}

    assert review(quinn, number).status_code == 303
    with app.app_context():
        assert db.session.scalars(select(EquipmentHold)).one().lifted_at is not None
        assert set(db.session.scalars(select(Task.kind).where(Task.done_at.is_(None)))) == {
            "look-back",
            "interval proposal",
        }
        meanings = [s.meaning for s in db.session.scalars(of_work())]
        assert meanings == ["performed", "reviewed"]

    page = quinn.get(f"/calibration/{number}/certificate.pdf")
    assert page.status_code == 200, "in this profile the certificate is issued at the review"
    text = "".join(p.get_textpage().get_text_range() for p in pypdfium2.PdfDocument(page.data))
    for words in ["Fail as found", "Pass as left", "Otto Lindqvist", "Quinn Bauer", "PIN on enrolled tablet", number]:
        assert words in text, words
    assert re.search(r"Page 1 of \d", text)


def test_an_adjustment_that_did_not_help_leaves_the_gauge_held(app: Flask, as_: SignedInAs) -> None:
    otto, quinn = as_("O", tablet=True), as_("Q")
    number = start(otto, "G-011")
    for readings in FOUND_DRIFTED:
        give_all(otto, number, "reference", readings)
    otto.submit(f"/calibration/{number}/adjust", {"adjusted": "yes", "words": "turned the screw"})
    for readings in FOUND_DRIFTED:
        give_all(otto, number, "reference", readings)
    sign(otto, number)
    assert review(quinn, number).status_code == 303
    with app.app_context():
        assert db.session.scalars(select(EquipmentHold)).one().lifted_at is None


@pytest.mark.clause("ISO/IEC 17025 7.5.2", "PI 041 Original")
def test_a_mistyped_reading_is_corrected_and_both_values_stay(app: Flask, as_: SignedInAs) -> None:
    tara = as_("T", tablet=True)
    number = start(tara, "G-014")
    answer = give(tara, number, indication="0.20")
    with app.app_context():
        assert db.session.scalars(select(EquipmentHold)).one().lifted_at is None
    reading = re.search(r"after=(\d+)", answer.location)[1]  # type: ignore[index]
    corrected = tara.submit(
        f"/calibration/{number}/correct/{reading}", {"indication": "0.00", "reason": "misread the scale"}
    )
    assert corrected.status_code == 303
    with app.app_context():
        assert db.session.scalars(select(EquipmentHold)).one().lifted_at is not None, "the failing value is gone"
    give_all(tara, number, "indication", CALIPER[1:])
    sign(tara, number)
    found = content_of(app, number)
    reason = say("calibration.misread the scale")
    assert [(c["from"], c["to"], c["reason"]) for c in found["corrections"]] == [("0.20", "0.00", reason)]


@pytest.mark.clause("PI 041 Accurate")
def test_a_slip_is_asked_about_and_let_in_when_confirmed(as_: SignedInAs) -> None:
    tara = as_("T", tablet=True)
    number = start(tara, "G-014")
    give_all(tara, number, "indication", CALIPER[:1])
    asked = give(tara, number, indication="125.00")
    assert asked.status_code == 422
    assert "Is this right?" in problems(asked)[0]
    assert 'value="125.00"' in asked.text
    assert give(tara, number, indication="125.00", confirmed="y").status_code == 303


def test_the_word_on_adjusting_says_first_which_point_failed(as_: SignedInAs) -> None:
    tara = as_("T", tablet=True)
    number = start(tara, "G-014")
    give_all(tara, number, "indication", ["0.00", "25.00", "50.30", "100.00", "150.10", "25.00"])
    page = tara.get(f"/calibration/{number}/next", follow_redirects=True).text
    main = page.partition("<main")[2]
    assert "50.00 mm" in main.partition("</ul>")[0], "the point stands below the sentence"
    assert "panel-last" not in main, "a last point that passed says nothing of it"


def test_a_yes_to_one_value_is_none_to_another(as_: SignedInAs) -> None:
    tara = as_("T", tablet=True)
    number = start(tara, "G-014")
    give_all(tara, number, "indication", CALIPER[:1])
    asked = give(tara, number, indication="100.00")
    about = re.findall(r'name="asked_about" value="([^"]*)"', asked.text)[0]
    other = give(tara, number, indication="120.00", confirmed="y", asked_about=about)
    assert "120.00" in problems(other)[0]
    assert not re.search(r'name="confirmed"[^>]* checked', other.text)
    assert give(tara, number, indication="100.00", confirmed="y", asked_about=about).status_code == 303


def test_a_reading_sent_twice_stands_once(app: Flask, as_: SignedInAs) -> None:
    tara = as_("T", tablet=True)
    number = start(tara, "G-014")
    url = place(tara, number)
    hidden = tara.hidden(url, url)
    first = tara.post(url, data={**hidden, "indication": "0.00"})
    second = tara.post(url, data={**hidden, "indication": "0.00"})
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    other = tara.post(url, data={**hidden, "indication": "0.05"})
    assert other.status_code == 422
    with app.app_context():
        assert db.session.execute(db.text("SELECT count(*) FROM calibration_reading")).scalar() == 1


@pytest.mark.clause("PI 041 Complete")
def test_a_point_that_cannot_be_measured_stays_with_its_reason(app: Flask, as_: SignedInAs) -> None:
    tara = as_("T", tablet=True)
    number = start(tara, "G-014")
    give_all(tara, number, "indication", CALIPER[:5])
    url = f"{place(tara, number)}/cannot"
    assert tara.submit(url, {"reason": "other", "why": ""}).status_code == 422
    assert tara.submit(url, {"reason": "other", "why": "inside jaws damaged"}).status_code == 303
    sign(tara, number)
    found = content_of(app, number)
    assert found["runs"][0]["points"][5]["cannot_measure"] == "inside jaws damaged"


@pytest.mark.clause("21 CFR 211.194(d)", "ISO 9001 7.5.3.1")
def test_what_was_signed_cannot_be_changed_by_any_page(as_: SignedInAs) -> None:
    tara = as_("T", tablet=True)
    number = start(tara, "G-014")
    first_url = place(tara, number)
    hidden = tara.hidden(first_url, first_url)
    give_all(tara, number, "indication", CALIPER)
    check = f"/calibration/{number}/check"
    old = tara.hidden(check, f"/calibration/{number}/sign")
    sign(tara, number)
    late = tara.post(first_url, data={**hidden, "entry_key": old["entry_key"], "indication": "0.05"})
    assert late.status_code == 422
    assert "signed" in late.text
    for url in (f"/calibration/{number}/adjust", f"/calibration/{number}/discontinue"):
        answer = tara.post(url, data={"csrf_token": old["csrf_token"], "adjusted": "no", "reason": "x"})
        assert answer.status_code == 422


@pytest.mark.clause("21 CFR 11.70")
def test_a_signature_is_for_what_the_page_showed(as_: SignedInAs) -> None:
    tara = as_("T", tablet=True)
    number = start(tara, "G-014")
    give_all(tara, number, "indication", CALIPER)
    answer = sign(tara, number, shown="0" * 64)
    assert answer.status_code == 422
    assert "changed after this page was opened" in problems(answer)[0]


def test_the_performer_does_not_review_but_in_a_small_plant(app: Flask, as_: SignedInAs, profile: Choose) -> None:
    selma = as_("S")
    number = start(selma, "G-014")
    give_all(selma, number, "indication", ["0.20", *CALIPER[1:]])
    selma.submit(f"/calibration/{number}/adjust", {"adjusted": "no"})
    sign(selma, number)
    barred = review_by_hand(app, selma, number)
    assert barred.status_code == 422
    assert "second person" in barred.text
    profile("small")
    assert review(selma, number).status_code == 303


def review_by_hand(app: Flask, client: PlantClient, number: str) -> TestResponse:
    """Send a review as somebody would whose page shows no form for it."""
    with app.app_context():
        shown = db.session.scalars(select(Record.content_sha256).where(Record.number == number)).one()
    return client.post(
        f"/calibration/{number}/review",
        data={
            **client.hidden("/calibration/review", "/sign-out"),
            "shown": shown,
            "user_name": client.who.user_name,
            "secret": client.secret,
            "outcome": "accept",
        },
    )


def test_a_clean_pass_of_a_small_plant_asks_for_nobody_else(app: Flask, as_: SignedInAs, profile: Choose) -> None:
    profile("small")
    tara = as_("T", tablet=True)
    for _ in range(2):  # the first use of a version is looked at, the second is not
        number = start(tara, "G-014")
        give_all(tara, number, "indication", CALIPER)
        assert sign(tara, number).status_code == 303
        page = as_("S").get(f"/calibration/{number}").text
        if "Waiting for review" in page:
            assert review(as_("S"), number).status_code == 303
    assert "Closed" in page


def test_a_held_gauge_comes_back_by_a_later_calibration_that_passes_and_is_reviewed(
    app: Flask, as_: SignedInAs
) -> None:
    otto, quinn = as_("O", tablet=True), as_("Q")
    first = start(otto, "G-011")
    give_all(otto, first, "reference", FOUND_DRIFTED[0][:1])
    otto.submit(f"/calibration/{first}/discontinue", {"reason": "sent to the workshop"})

    number = start(otto, "G-011")
    for readings in LEFT_GOOD:
        give_all(otto, number, "reference", readings)
    sign(otto, number)
    with app.app_context():
        assert db.session.scalars(select(EquipmentHold)).one().lifted_at is None, "passing alone does not free it"
    assert "came held as out of tolerance" in quinn.get(f"/calibration/{number}").text
    assert review(quinn, number).status_code == 303
    with app.app_context():
        assert db.session.scalars(select(EquipmentHold)).one().lifted_at is not None


@pytest.mark.clause("21 CFR 11.10(g)")
def test_nobody_can_sign_for_the_one_who_performed(as_: SignedInAs) -> None:
    tara, selma = as_("T", tablet=True), as_("S")
    number = start(tara, "G-014")
    give_all(tara, number, "indication", CALIPER)
    page = selma.get(f"/calibration/{number}/check")
    assert "Tara Kowalski performed this and signs it" in page.text


@pytest.mark.clause("21 CFR 11.200(a)(2)")
def test_a_wrong_pin_signs_nothing_and_is_counted(app: Flask, as_: SignedInAs) -> None:
    tara = as_("T", tablet=True)
    number = start(tara, "G-014")
    give_all(tara, number, "indication", CALIPER)
    for _ in range(5):
        answer = sign(tara, number, secret="111222")
        assert answer.status_code == 422
    locked = sign(tara, number)
    assert locked.status_code == 422, "the right PIN does not help while it is locked"
    with app.app_context():
        assert db.session.scalars(of_work()).all() == []


@pytest.mark.clause("21 CFR 11.10(j)")
def test_the_first_signature_accepts_the_policy_in_passing(app: Flask, as_: SignedInAs) -> None:
    new_policy(app)
    tara = as_("T", tablet=True)
    number = start(tara, "G-014")
    give_all(tara, number, "indication", CALIPER)
    refused = sign(tara, number)
    assert refused.status_code == 422
    assert "accept it" in problems(refused)[0]
    assert 'name="accepts"' in refused.text
    assert sign(tara, number, accepts="y").status_code == 303
    again = start(tara, "G-014")
    give_all(tara, again, "indication", CALIPER)
    assert 'name="accepts"' not in tara.get(f"/calibration/{again}/check").text


def test_clean_passes_are_reviewed_together_and_each_gets_its_certificate(
    app: Flask, as_: SignedInAs, profile: Choose
) -> None:
    profile("regulated")
    tara, quinn = as_("T", tablet=True), as_("Q")
    numbers = []
    for _ in range(3):  # the first use of a version is unusual: it is reviewed by itself
        number = start(tara, "G-014")
        give_all(tara, number, "indication", CALIPER)
        sign(tara, number)
        numbers.append(number)
    assert review(quinn, numbers[0]).status_code == 303
    chosen = re.findall(r'name="chosen" value="([^"]+)"', quinn.get("/calibration/review").text)
    assert sorted(value.split(":")[0] for value in chosen) == numbers[1:]
    answer = quinn.submit(
        "/calibration/review", {"chosen": chosen, "secret": quinn.secret, "user_name": quinn.who.user_name}
    )
    assert answer.status_code == 303, problems(answer)
    for number in numbers:
        assert quinn.get(f"/calibration/{number}/certificate.pdf").status_code == 200
        assert content_of(app, number)["number"] == number


def test_a_certificate_issued_by_a_double_tap_is_one_issue(app: Flask, as_: SignedInAs, profile: Choose) -> None:
    profile("small")
    selma = as_("S")
    number = start(selma, "G-014")
    give_all(selma, number, "indication", CALIPER)
    sign(selma, number)
    if selma.get(f"/calibration/{number}/certificate.pdf").status_code == 404:
        review(selma, number)
    hidden = selma.hidden(f"/calibration/{number}", f"/calibration/{number}/certificate")
    first = selma.post(f"/calibration/{number}/certificate", data=hidden)
    second = selma.post(f"/calibration/{number}/certificate", data=hidden)
    assert (first.status_code, second.status_code) == (303, 303)
    with app.app_context():
        assert db.session.execute(db.text("SELECT count(*) FROM issued_pdf")).scalar() == 1


@pytest.mark.clause("PI 041 Available")
def test_an_auditor_reads_and_issues_nothing(as_: SignedInAs) -> None:
    tara, amal = as_("T", tablet=True), as_("A")
    number = start(tara, "G-014")
    give_all(tara, number, "indication", CALIPER)
    sign(tara, number)
    assert amal.get(f"/calibration/{number}").status_code == 200
    hidden = amal.hidden(f"/calibration/{number}", "/sign-out")
    assert amal.post(f"/calibration/{number}/certificate", data=hidden).status_code == 403
    assert amal.get(f"/calibration/{number}/check").status_code == 403
