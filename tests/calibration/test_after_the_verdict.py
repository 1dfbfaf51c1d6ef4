"""What a verdict leaves to do: who sees which task, how a look-back ends, what follows a rejection."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from bench_work import give_all, problems, review, sign, start
from flask import Flask
from plant_client import ClockAt, PlantClient, SignedInAs
from sqlalchemy import select

from techfloor import clock, store
from techfloor.duties.calibration.queries.gauges import gauge_by_code
from techfloor.equipment import actions, queries
from techfloor.equipment.entries import FunctionEntry, GaugeEntry, ItemEntry
from techfloor.equipment.ledger import place_hold
from techfloor.people.models import Person
from techfloor.records import tasks
from techfloor.store import db

pytestmark = pytest.mark.pages

CALIPER = ["0.00", "25.00", "50.05", "100.00", "150.10", "25.00"]
FAILING = ["0.00", "25.00", "50.05", "100.00", "150.25", "25.00"]


def failed(tara: PlantClient, code: str = "G-014") -> str:
    """Calibrate the caliper, find it out of tolerance, leave it as it is, and sign."""
    number = start(tara, code)
    give_all(tara, number, "indication", FAILING)
    assert tara.submit(f"/calibration/{number}/adjust", {"adjusted": "no"}).status_code == 303
    assert sign(tara, number).status_code == 303
    return number


def test_a_task_is_for_whoever_holds_its_permission(app: Flask, as_: SignedInAs) -> None:
    failed(as_("T", tablet=True))
    quinn, selma = as_("Q"), as_("S")
    assert "Look back" in quinn.get("/").text
    assert "Look back" not in selma.get("/").text
    house: Any = app.extensions["techfloor"]
    house.permission_roles["calibration:look-back"] = frozenset({"supervisor"})
    assert "Look back" not in quinn.get("/").text
    assert "Look back" in selma.get("/").text


def entered(app: Flask) -> None:
    """Enter a caliper like G-014 that was never calibrated."""
    with app.app_context(), store.act("test:gauge:enter"):
        like = queries.gauge_view("G-014")
        at, actor = clock.now(), db.session.scalars(select(Person.id).where(Person.user_name == "quinn")).one()
        functions = tuple(
            FunctionEntry(f.name, f.unit, f.low, f.high, f.resolution, f.reads_to, f.tolerance) for f in like.functions
        )
        item = ItemEntry("G-090", "Vernier caliper", area_id=like.item.area_id)
        entry = GaugeEntry(item, like.kind, 6, functions, procedure_id=like.procedure_id, point_set=like.point_set)
        actions.create_gauge(entry, actor=actor, at=at)


def test_a_first_calibration_that_failed_leaves_words_that_fit(app: Flask, as_: SignedInAs) -> None:
    entered(app)
    tara = as_("T", tablet=True)
    assert "never calibrated" in tara.get("/").text
    number = failed(tara, "G-090")
    quinn = as_("Q")
    assert "Look back on all work done with G-090: no good calibration of it is known" in quinn.get("/").text
    assert review(quinn, number, remark="scrapped").status_code == 303
    home = tara.get("/").text
    assert "G-090" in home
    assert "never calibrated" not in home
    assert f"last done 20 Nov 2026 ({number})" in quinn.get("/equipment/G-090").text


def test_a_look_back_names_the_last_good_calibration_where_there_was_one(as_: SignedInAs) -> None:
    failed(as_("T", tablet=True))
    assert "Look back on work done with G-014 since its last good calibration" in as_("Q").get("/").text


def test_a_review_stands_on_home_once(as_: SignedInAs) -> None:
    number = failed(as_("T", tablet=True))
    for key in ("Q", "S"):
        assert as_(key).get("/").text.count(f"/calibration/{number}/review") == 1


def test_who_performed_a_calibration_is_not_asked_to_review_it(as_: SignedInAs) -> None:
    selma = as_("S", tablet=True)
    number = failed(selma)
    assert f"/calibration/{number}" not in selma.get("/").text


# A rejection


def rejected(as_: SignedInAs, remark: str = "wrong blocks") -> str:
    """Calibrate the caliper, and reject it."""
    tara = as_("T", tablet=True)
    number = start(tara, "G-014")
    give_all(tara, number, "indication", CALIPER)
    assert sign(tara, number).status_code == 303
    assert review(as_("Q"), number, "reject", remark=remark).status_code == 303
    return number


@pytest.mark.clause("PI 041 Complete")
def test_a_rejection_stands_on_top_of_the_record_and_of_the_gauge(as_: SignedInAs) -> None:
    number = rejected(as_)
    tara = as_("T", tablet=True)
    for page in (f"/calibration/{number}", "/calibration/gauges/G-014"):
        text = tara.get(page).text
        panel = text[text.index("Rejected: wrong blocks") :][:400]
        assert "Quinn Bauer" in panel
        assert "20 Nov 2026" in panel
    assert "Calibrate again" in tara.get(f"/calibration/{number}").text


def test_a_rejected_calibration_does_not_shine_as_passed_in_lists(as_: SignedInAs) -> None:
    number = rejected(as_)
    tara = as_("T", tablet=True)
    for page in ("/calibration/gauges/G-014", "/calibration/"):
        row = next(row for row in tara.get(page).text.split("<tr") if f"/calibration/{number}" in row)
        assert "Rejected" in row
        assert "is-pass" not in row


def test_the_performer_is_asked_to_calibrate_again_until_that_is_signed(as_: SignedInAs) -> None:
    rejected(as_, "wrong blocks")
    tara = as_("T", tablet=True)
    assert "wrong blocks" in tara.get("/").text
    assert "wrong blocks" not in as_("S").get("/").text
    number = start(tara, "G-014")
    give_all(tara, number, "indication", CALIPER)
    assert "wrong blocks" in tara.get("/").text
    assert sign(tara, number).status_code == 303
    assert "wrong blocks" not in tara.get("/").text


def calibrated(as_: SignedInAs, clock_at: ClockAt) -> str:
    """Calibrate the caliper an hour later, pass, and sign."""
    clock_at(clock.now() + timedelta(hours=1))
    tara = as_("T", tablet=True)
    number = start(tara, "G-014")
    give_all(tara, number, "indication", CALIPER)
    assert sign(tara, number).status_code == 303
    return number


def test_the_task_leads_to_the_rejected_record_and_from_there_to_the_start(as_: SignedInAs) -> None:
    number = rejected(as_)
    tara = as_("T", tablet=True)
    home = tara.get("/").text
    tile = next(each for each in home.split('class="tile ') if f'href="/calibration/{number}"' in each)
    shown = tile.replace(f'href="/calibration/{number}"', "").partition('<span class="vh">')[0]
    assert shown.count(number) == 1, "the number stands in it once"
    assert 'href="/calibration/start/G-014"' in tara.get(f"/calibration/{number}").text


def test_the_way_to_calibrate_again_stands_there_until_it_is_done(as_: SignedInAs) -> None:
    number, tara = rejected(as_), as_("T", tablet=True)
    again = start(tara, "G-014")
    assert "Calibrate again" in tara.get(f"/calibration/{number}").text, "a newer one is only begun"
    give_all(tara, again, "indication", CALIPER)
    assert sign(tara, again).status_code == 303
    assert "Calibrate again" not in tara.get(f"/calibration/{number}").text


def test_one_signed_before_the_rejection_ends_the_task_once_it_is_accepted(
    as_: SignedInAs, clock_at: ClockAt, profile: Callable[[str], None]
) -> None:
    profile("regulated")
    older, newer = calibrated(as_, clock_at), calibrated(as_, clock_at)
    tara, quinn = as_("T", tablet=True), as_("Q")
    assert review(quinn, older, "reject", remark="wrong blocks").status_code == 303
    assert "wrong blocks" in tara.get("/").text
    assert review(quinn, newer).status_code == 303
    assert "wrong blocks" not in tara.get("/").text
    assert f"Calibrated again: {newer}" in quinn.get(f"/calibration/{older}").text


def test_the_rejection_of_one_that_an_accepted_pass_follows_asks_and_holds_nothing(
    app: Flask, as_: SignedInAs, clock_at: ClockAt, profile: Callable[[str], None]
) -> None:
    profile("regulated")
    older, newer = calibrated(as_, clock_at), calibrated(as_, clock_at)
    tara, quinn = as_("T", tablet=True), as_("Q")
    assert review(quinn, newer).status_code == 303
    answer = review(quinn, older, "reject", remark="wrong blocks")
    said = quinn.get(answer.location).text
    assert "G-014 is in limited use, next due 20 May 2027." in said
    assert "is asked to calibrate" not in said
    assert "wrong blocks" not in tara.get("/").text
    with app.app_context():
        gauge = gauge_by_code("G-014")
        assert (gauge.held, gauge.status) == ((), "limited use")


def test_once_the_performer_is_gone_the_technicians_of_that_area_are_asked(app: Flask, as_: SignedInAs) -> None:
    rejected(as_, "wrong blocks")
    with app.app_context(), store.act("test:person:leave"):
        tara = db.session.scalars(select(Person).where(Person.user_name == "tara")).one()
        tara.active = False
        doer = tasks.Doer(0, frozenset({"calibration:log"}), tara.area_id)
    with app.app_context():
        assert [each.kind for each in tasks.open_for(doer)] == ["calibrate again"]
        assert tasks.open_for(replace(doer, area_id=-1)) == []


# A look-back


def test_quality_closes_a_look_back_with_what_was_looked_at(as_: SignedInAs) -> None:
    number = failed(as_("T", tablet=True))
    quinn = as_("Q")
    page = f"/calibration/{number}/look-back"
    assert page in quinn.get(f"/calibration/{number}").text
    answer = quinn.submit(page, {"outcome": "unaffected", "looked": "Inspections 11 to 14, measured again"})
    assert answer.status_code == 303
    shown = quinn.get(f"/calibration/{number}").text
    assert "Look-back closed" in shown
    assert page not in shown
    assert "Look back" not in quinn.get("/").text


@pytest.mark.clause("ISO 9001 7.1.5.2")
def test_a_look_back_is_not_closed_without_words(as_: SignedInAs) -> None:
    number = failed(as_("T", tablet=True))
    answer = as_("Q").submit(f"/calibration/{number}/look-back", {"outcome": "unaffected", "looked": " "})
    assert answer.status_code == 422
    assert problems(answer) == ["Enter what you looked at."]


def test_affected_work_needs_what_was_done_about_it(as_: SignedInAs) -> None:
    number = failed(as_("T", tablet=True))
    quinn, page = as_("Q"), f"/calibration/{number}/look-back"
    given = {"outcome": "affected", "looked": "Batch 7"}
    answer = quinn.submit(page, given)
    assert answer.status_code == 422
    assert problems(answer) == ["Enter what was done about the work that was affected."]
    assert quinn.submit(page, {**given, "done": "blocked"}).status_code == 303
    shown = quinn.get(f"/calibration/{number}").text
    assert "Work was affected, and is dealt with: blocked. Looked at: Batch 7" in shown


def test_the_look_back_shows_what_failed_by_how_much_and_where_to_look(as_: SignedInAs, clock_at: ClockAt) -> None:
    good = calibrated(as_, clock_at)
    clock_at(clock.now() + timedelta(hours=1))
    number = failed(as_("T", tablet=True))
    page = as_("Q").get(f"/calibration/{number}/look-back").text
    table = page[page.index("<tbody") : page.index("</tbody>")]
    assert table.count("<tr") == 1, "only the point that failed"
    assert "150.25" in table
    assert "+0.25" in table
    assert "0.10 mm" in table
    for link in (f'href="/calibration/{number}"', f'href="/calibration/{good}"'):
        assert link in page
    assert "Machining" in page, "where it is used"


def test_a_technician_does_not_close_a_look_back(as_: SignedInAs) -> None:
    tara = as_("T", tablet=True)
    number = failed(tara)
    assert tara.get(f"/calibration/{number}/look-back").status_code == 403


def test_a_look_back_is_closed_once(as_: SignedInAs) -> None:
    number = failed(as_("T", tablet=True))
    quinn, page = as_("Q"), f"/calibration/{number}/look-back"
    given = {"outcome": "affected", "looked": "Batch 7", "done": "blocked and measured again"}
    assert quinn.submit(page, given).status_code == 303
    assert quinn.get(page).location == f"/calibration/{number}"


def test_a_gauge_that_is_held_is_due_as_one_that_is_held(app: Flask, as_: SignedInAs) -> None:
    tara = as_("T", tablet=True)
    home = tara.get("/").text
    assert "Held: out of tolerance" not in home
    code = re.findall(r'href="/calibration/start/([^"]+)"', home)[0]
    with app.app_context(), store.act("test:gauge:hold"):
        place_hold(gauge_by_code(code).id, "out of tolerance", "as found", actor=1, at=clock.now())
    assert "Held: out of tolerance · Calibrate: " in tara.get("/").text


def test_a_review_says_beforehand_what_it_does_to_a_gauge_that_failed(as_: SignedInAs) -> None:
    tara = as_("T", tablet=True)
    number = start(tara, "G-014")
    give_all(tara, number, "indication", ["0.00", "25.00", "50.05", "100.00", "150.25", "25.00"])
    tara.submit(f"/calibration/{number}/adjust", {"adjusted": "no"})
    assert sign(tara, number).status_code == 303
    page = as_("Q").get(f"/calibration/{number}/review").text
    assert (
        "Accept: G-014 stays held until a later calibration passes. Reject: it stays held, and Tara Kowalski is" in page
    )


def test_a_review_says_beforehand_that_it_lifts_the_hold(as_: SignedInAs) -> None:
    tara = as_("T", tablet=True)
    number = start(tara, "G-014")
    give_all(tara, number, "indication", ["0.00", "25.00", "50.05", "100.00", "150.25", "25.00"])
    tara.submit(f"/calibration/{number}/adjust", {"adjusted": "yes", "words": "gib screw"})
    give_all(tara, number, "indication", ["0.00", "25.00", "50.05", "100.00", "150.10", "25.00"])
    assert sign(tara, number).status_code == 303
    assert "Accept: the hold on G-014 is lifted." in as_("Q").get(f"/calibration/{number}/review").text
