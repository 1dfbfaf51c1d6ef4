"""A certificate that is taken back has consequences for everything that rested on it."""

import re
from collections.abc import Callable

import pytest
from amending_work import calibrated
from bench_work import give_all, problems, review, sign, start
from flask import Flask
from plant_client import PlantClient, SignedInAs
from sqlalchemy import select
from test_who_amended import code_of

from techfloor import clock, store
from techfloor.duties.calibration.models import OF_CERTIFICATE
from techfloor.equipment.deed_forms import certified_lines
from techfloor.equipment.models import Equipment, StandardCertificate
from techfloor.records.models import Task
from techfloor.said import as_text, in_words, read, say
from techfloor.store import db

WHY = "the laboratory took it back"
SAID = "withdrawn on 20 Nov 2026: the laboratory took it back"
CALIPER = ["0.00", "25.00", "50.05", "100.00", "150.10", "25.00"]


def newest(app: Flask, code: str = "S-003") -> StandardCertificate:
    with app.app_context():
        c = StandardCertificate
        wanted = select(c).join(Equipment, Equipment.id == c.standard_id).where(Equipment.code == code)
        return db.session.scalars(wanted.where(c.ended_at.is_(None)).order_by(c.issued.desc(), c.id.desc())).first()  # type: ignore[return-value]


def first(app: Flask) -> str:
    """Return the number of the certificate that ended."""
    with app.app_context():
        ended = select(StandardCertificate.number).where(StandardCertificate.ended_at.is_not(None))
        return db.session.scalars(ended).one()


def withdraw(app: Flask, quinn: PlantClient, code: str = "S-003") -> None:
    page = f"/equipment/{code}/certificates/{newest(app, code).id}/withdraw"
    assert quinn.submit(page, {"reason": WHY}).status_code == 303


def asked(app: Flask) -> list[str]:
    with app.test_request_context():
        tasks = db.session.scalars(select(Task).where(Task.kind == OF_CERTIFICATE, Task.done_at.is_(None)))
        return [in_words(task.words) for task in tasks]


def test_a_withdrawal_raises_a_look_back_for_each_record_that_rested_on_it(app: Flask, as_: SignedInAs) -> None:
    first, second = calibrated(as_("T")), calibrated(as_("O"))
    number = newest(app).number
    withdraw(app, as_("Q"))
    assert len(asked(app)) == 2
    for record in (first, second):
        assert any(record in words and number in words and "G-014" in words and WHY in words for words in asked(app))
    assert first in as_("Q").get("/").text
    assert "open: the work done with it is being looked at" in as_("Q").get("/calibration/gauges/G-014").text


def test_a_withdrawal_asks_nothing_twice_that_a_doubt_asked(app: Flask, as_: SignedInAs) -> None:
    calibrated(as_("T"))
    page = f"/calibration/traceability/S-003/certificates/{newest(app).id}/doubt"
    assert as_("Q").submit(page, {"why": "odd figures"}).status_code == 303
    withdraw(app, as_("Q"))
    assert len(asked(app)) == 1


def test_what_rested_on_the_entry_before_a_correction_is_asked_for_too(app: Flask, as_: SignedInAs) -> None:
    number = calibrated(as_("T"))
    before = newest(app)
    with app.app_context():
        slip = db.session.get_one(StandardCertificate, before.id)
        kept = {name: getattr(slip, name) for name in ("standard_id", "number", "laboratory", "issued", "valid_until")}
        more = {name: getattr(slip, name) for name in ("uncertainty_text", "uncertainty", "certified")}
    with app.app_context(), store.act("equipment:test:correct"):
        db.session.get_one(StandardCertificate, before.id).ended_at = clock.now()
        db.session.flush()
        db.session.add(StandardCertificate(replaces_id=before.id, reason="a slip", **kept, **more))
    assert SAID not in as_("Q").get(f"/calibration/{number}").text
    withdraw(app, as_("Q"))
    assert [number in words for words in asked(app)] == [True]
    assert SAID in as_("Q").get(f"/calibration/{number}").text


@pytest.mark.parametrize("when", ["before it is signed", "after it is signed"])
def test_a_review_says_that_the_certificate_is_withdrawn(app: Flask, as_: SignedInAs, when: str) -> None:
    tara, quinn = as_("T", tablet=True), as_("Q")
    calibrated(tara)
    number = start(tara, "G-014")
    give_all(tara, number, "indication", CALIPER)
    if when == "before it is signed":
        withdraw(app, quinn)
    assert sign(tara, number).status_code == 303
    if when == "after it is signed":
        withdraw(app, quinn)
    page = quinn.get(f"/calibration/{number}").text
    assert page.count(SAID) == 1
    assert "valid until 4 Mar 2027, withdrawn on 20 Nov 2026" in page


def test_a_clean_pass_whose_certificate_is_withdrawn_is_reviewed_by_itself(
    app: Flask, as_: SignedInAs, profile: Callable[[str], None]
) -> None:
    profile("regulated")
    tara, quinn = as_("T", tablet=True), as_("Q")
    number = [calibrated(tara) for _ in range(2)][1]
    page = quinn.get("/calibration/review?show=clean").text
    chosen = next(v for v in page.split('"') if v.startswith(f"{number}:"))
    opened = quinn.hidden("/calibration/review?show=clean", "/calibration/review")
    withdraw(app, quinn)
    assert f'"{number}:' not in quinn.get("/calibration/review?show=clean").text
    given = {**opened, "chosen": chosen, "secret": quinn.secret, "user_name": quinn.who.user_name}
    answer = quinn.post("/calibration/review", data=given)
    assert answer.status_code == 422
    assert problems(answer) == [f"{number} has something unusual. Review it by itself."]
    assert SAID in quinn.get(f"/calibration/{number}/review").text


def test_what_is_issued_after_it_claims_no_traceability_through_it(app: Flask, as_: SignedInAs) -> None:
    tara, quinn = as_("T", tablet=True), as_("Q")
    number = calibrated(tara)
    if f"/calibration/{number}/review" in quinn.get(f"/calibration/{number}").text:
        assert review(quinn, number).status_code == 303
    withdraw(app, quinn)
    assert quinn.submit(f"/calibration/{number}/certificate", {}, page=f"/calibration/{number}").status_code == 303
    text = quinn.get(f"/calibration/{number}/certificate.xml").text
    assert "No traceability is claimed through it." in text
    assert "are metrologically traceable" not in text


def test_whoever_holds_the_paper_is_told_what_was_withdrawn_since(app: Flask, as_: SignedInAs) -> None:
    quinn = as_("Q")
    number = calibrated(as_("T", tablet=True))
    assert review(quinn, number).status_code == 303
    page = f"/verify/{code_of(app, quinn, number)}"
    stranger = app.test_client()
    assert "Issued here, version current" in stranger.get(page).text
    withdraw(app, quinn)
    text = stranger.get(page).text
    assert "version current" not in text
    assert f"Certificate {first(app)} of S-003, on which it rests, was withdrawn on 20 Nov 2026." in text
    assert WHY not in text


def test_the_way_up_says_on_which_day_it_was_withdrawn(app: Flask, as_: SignedInAs) -> None:
    calibrated(as_("T"))
    withdraw(app, as_("Q"))
    assert "withdrawn 20 Nov 2026" in as_("Q").get("/calibration/traceability/G-014").text


@pytest.mark.parametrize("corrected", [False, True])
def test_the_way_down_marks_what_became_of_its_certificate(app: Flask, as_: SignedInAs, corrected: bool) -> None:
    calibrated(as_("T"))
    quinn = as_("Q")
    if corrected:
        correct(app, quinn, laboratory="Another Lab")
        assert "corrected 20 Nov 2026" in quinn.get("/calibration/traceability/S-003/used").text
    withdraw(app, quinn)
    base = "/calibration/traceability/S-003"
    for page in (f"{base}/used", f"{base}/used/list.csv", f"{base}/picture", "/calibration/traceability/G-014"):
        text = quinn.get(page).text
        assert "withdrawn 20 Nov 2026" in text, page
        assert not re.search(r"(?<!\()corrected 20 Nov", text), page


def test_numbers_of_two_standards_are_not_taken_for_each_other(app: Flask, as_: SignedInAs) -> None:
    number = calibrated(as_("T"))
    with app.app_context():
        other = newest(app, "S-004")
    quinn = as_("Q")
    page = f"/calibration/traceability/S-003/certificates/{newest(app).id}/doubt"
    assert quinn.submit(page, {"why": "odd figures"}).status_code == 303
    with app.app_context(), store.act("calibration:test:other"):  # the same number, of another standard
        task = db.session.scalars(select(Task).where(Task.kind == OF_CERTIFICATE)).one()
        said = {k: v for k, v in (read(task.words) or {}).items() if k in {"number", "gauge", "certificate", "why"}}
        task.words = as_text(say("calibration.look-back-certificate", **said, standard=str(other.standard_id)))
    assert quinn.submit(page, {"why": "odd figures"}).status_code == 303
    assert [number in words for words in asked(app)] == [True, True]


def test_an_answer_closes_the_look_back_of_its_certificate_alone(app: Flask, as_: SignedInAs) -> None:
    number, quinn = calibrated(as_("T")), as_("Q")
    withdraw(app, quinn)
    with app.app_context(), store.act("calibration:test:other"):
        task = db.session.scalars(select(Task).where(Task.kind == OF_CERTIFICATE)).one()
        other = task.words.replace('"standard":"S-003"', '"standard":"S-004"')
        same = {
            name: getattr(task, name) for name in ("kind", "record_id", "equipment_id", "for_permission", "raised_at")
        }
        db.session.add(Task(**same, words=other))
    page = f"/calibration/{number}/look-back"
    assert "One more look-back is open for it" in quinn.get(page).text
    assert "of S-004 was withdrawn" not in quinn.get(page).text
    answer = quinn.submit(page, {"outcome": "unaffected", "looked": "lots 1 to 9"})
    assert answer.location.endswith(page)
    assert ["of S-004 was withdrawn" in words for words in asked(app)] == [True]
    assert "of S-004 was withdrawn" in quinn.get(page).text
    assert quinn.submit(page, {"outcome": "unaffected", "looked": "all"}).location.endswith(f"/calibration/{number}")
    assert asked(app) == []


def test_holding_a_standard_as_measuring_wrong_asks_to_look_back(app: Flask, as_: SignedInAs) -> None:
    number, quinn = calibrated(as_("T")), as_("Q")
    answer = quinn.submit("/equipment/S-003/hold", {"reason": "out of tolerance", "remark": "dropped"})
    assert answer.status_code == 303
    assert [number in words and "is held as measuring wrong. dropped" in words for words in asked(app)] == [True]
    assert "1 look-back is raised" in quinn.get("/equipment/S-003").text
    withdraw(app, quinn)
    assert len(asked(app)) == 1, "what rested on its certificate is looked back on already"


@pytest.mark.parametrize(("code", "reason"), [("S-003", "damaged"), ("G-001", "out of tolerance")])
def test_another_hold_asks_nothing_of_a_standard(app: Flask, as_: SignedInAs, code: str, reason: str) -> None:
    calibrated(as_("T"))
    assert as_("Q").submit(f"/equipment/{code}/hold", {"reason": reason, "remark": "bent"}).status_code == 303
    assert asked(app) == []


def test_the_look_back_says_which_work_to_look_at(app: Flask, as_: SignedInAs) -> None:
    number = calibrated(as_("T"))
    withdraw(app, as_("Q"))
    assert "What was found on 20 Nov 2026" in as_("Q").get(f"/calibration/{number}/look-back").text


@pytest.mark.pages
def test_the_page_of_a_standard_folds_no_empty_values_of_a_withdrawn_certificate(app: Flask, as_: SignedInAs) -> None:
    quinn, paper = as_("Q"), newest(app)
    fold = f"Certified values of {paper.number}<"
    assert fold in quinn.get("/equipment/S-003").text
    withdraw(app, quinn)
    assert fold not in quinn.get("/equipment/S-003").text
    assert paper.certified[0]["value"] in quinn.get(f"/equipment/S-003/certificates/{paper.id}").text


def test_no_certificate_is_called_in_force_when_all_that_is_left_has_ended(app: Flask, as_: SignedInAs) -> None:
    quinn = as_("Q")
    page = "/calibration/traceability/S-003"
    assert "the certificate in force today" in quinn.get(page).text
    withdraw(app, quinn)
    text = quinn.get(page).text
    assert "the certificate in force today" not in text
    assert "No certificate of S-003 is in force today." in text
    assert "ended 5 Mar 2026" in text


def correct(app: Flask, quinn: PlantClient, old: str = "", new: str = "", **more: str) -> None:
    """Correct the newest certificate of S-003: one of its certified values, or other fields."""
    paper = newest(app)
    stated = {**paper.uncertainty, "u": paper.uncertainty["constant"], "uncertainty_kind": paper.uncertainty["kind"]}
    lines = certified_lines(paper.certified)
    given = {
        "number": paper.number,
        "laboratory": paper.laboratory,
        "issued": paper.issued.isoformat(),
        "valid_until": paper.valid_until.isoformat(),
        "certified": lines.replace(old, new) if old else lines,
        **{name: stated[name] for name in ("uncertainty_kind", "u", "unit", "per_metre", "k")},
        "reason": "mistyped",
        **more,
    }
    answer = quinn.submit(f"/equipment/S-003/certificates/{paper.id}/correct", given)
    assert answer.status_code == 303, problems(answer)


def test_a_correction_to_another_value_raises_a_look_back_and_says_old_and_new(app: Flask, as_: SignedInAs) -> None:
    number, quinn = calibrated(as_("T")), as_("Q")
    before = newest(app)
    row = next(row for row in before.certified if row["nominal"] == "25")
    correct(app, quinn, row["value"], "25.0123")
    said = f"value of 25: {row['value']} → 25.0123"
    assert [number in words and "was corrected" in words and said in words for words in asked(app)] == [True]
    page = quinn.get(f"/equipment/S-003/certificates/{newest(app).id}").text
    assert "1 look-back is raised" in page
    assert "1 record rests on the entry before the correction." in page
    assert "No record rests on it" not in page
    assert said in quinn.get("/equipment/S-003").text
    correct(app, quinn, "25.0123", "25.0124")
    assert len(asked(app)) == 1, "it is looked back on already"
    answer = quinn.submit(f"/calibration/{number}/look-back", {"outcome": "unaffected", "looked": "lots 1 to 9"})
    assert answer.status_code == 303
    correct(app, quinn, laboratory="Another Lab")
    assert asked(app) == [], "who issued it changes no result"
    correct(app, quinn, valid_until="2026-11-19")
    assert [f"{number} of" in words and "valid until: 4 Mar 2027 → 19 Nov 2026" in words for words in asked(app)] == [
        True
    ]
