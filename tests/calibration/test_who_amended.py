"""An amendment changes something, and says who: who performed and measured stays that, who amends is named beside."""

import csv
import io
import json
import re
from typing import Any

import outside_work
import pytest
from amending_work import CALIPER, FAILING, WHY, amend, amended, amending, calibrated, correct, reading_at, words
from bench_work import give_all, problems, review, sign
from flask import Flask
from plant_client import ClockAt, PlantClient, SignedInAs
from sqlalchemy import text
from stages import Reach

from techfloor import store
from techfloor.duties.calibration.queries import records as queries
from techfloor.records.integrity import problems as found_wrong
from techfloor.records.models import Record
from techfloor.records.signing import signatures_of, stored_content
from techfloor.reports import issue, written_out
from techfloor.store import db

NOTHING = "Nothing is changed: it says what version 1 says. Change what is wrong, or do not finish it."
NEXT_DAY = "2026-11-21 09:00"


def content(app: Flask, number: str) -> dict[str, Any]:
    """Return the signed content of the version that stands."""
    with app.app_context():
        found: dict[str, Any] = json.loads(stored_content(queries.standing_row(number).id))
        return found


def meanings(app: Flask, number: str) -> list[tuple[str, str]]:
    """Return who signed the version that stands, with which meaning."""
    with app.app_context():
        return [(s.meaning, s.printed_name) for s in signatures_of(queries.standing_row(number).id)]


@pytest.fixture
def by_selma(reach: Reach, app: Flask, as_: SignedInAs, clock_at: ClockAt) -> str:
    """A calibration by Tara in which Selma corrected a reading the next day."""

    def made() -> str:
        number = calibrated(as_("T", tablet=True))
        clock_at(NEXT_DAY)
        amended(app, as_("S"), number)
        return number

    return reach(made)


# Nothing is signed that changes nothing


@pytest.mark.clause("ISO/IEC 17025 7.8.8")
def test_an_amendment_that_changes_nothing_is_not_signed(app: Flask, as_: SignedInAs) -> None:
    tara = as_("T", tablet=True)
    number = calibrated(tara)
    amending(tara, number)
    assert "Nothing is changed yet, so there is nothing to sign." in words(
        tara.get(f"/calibration/{number}/check").text
    )
    answer = sign(tara, number)
    assert (answer.status_code, problems(answer)) == (422, [NOTHING])
    correct(app, tara, number, "150.05")
    assert "Nothing is changed" not in tara.get(f"/calibration/{number}/check").text
    assert sign(tara, number).status_code == 303


def test_what_was_changed_and_changed_back_is_no_change(app: Flask, as_: SignedInAs) -> None:
    tara = as_("T", tablet=True)
    number = calibrated(tara)
    amending(tara, number)
    correct(app, tara, number, "150.05")
    correct(app, tara, number, "150.10")
    assert problems(sign(tara, number)) == [NOTHING]


def test_nor_is_an_amendment_of_a_laboratory_s_certificate(app: Flask, as_: SignedInAs) -> None:
    selma = as_("S")
    number = outside_work.entered(selma)
    amending(selma, number, reason="the certificate number was mistyped")
    assert "Nothing is changed yet" in selma.get(f"/calibration/outside/{number}/sign").text
    assert outside_work.sign(selma, number).status_code == 422
    given = {**outside_work.PLUG, "certificate": "2026-008-1534"}
    answer = selma.submit(f"/calibration/outside/{number}/certificate", given)
    assert answer.status_code == 303, outside_work.problems(answer)
    assert outside_work.sign(selma, number).status_code == 303
    (change,) = content(app, number)["amendment"]["changes"]
    assert (change["from"], change["to"]) == ("2026-008-1533", "2026-008-1534")


def test_the_serial_that_was_wrong_on_the_gauge_s_page_is_a_change(app: Flask, as_: SignedInAs) -> None:
    tara = as_("T", tablet=True)
    number = calibrated(tara)
    with app.app_context():
        before = queries.standing_row(number).equipment_id
    rename(app, before, "SN-4711")
    assert amend(tara, number, reason="the serial was wrong", card="y").status_code == 303
    assert sign(tara, number).status_code == 303
    (change,) = content(app, number)["amendment"]["changes"]
    assert (change["what"]["say"], change["to"]) == ("calibration.gauge.serial", "SN-4711")


def rename(app: Flask, equipment_id: int | None, serial: str) -> None:
    """Change the serial of a piece of equipment."""
    with app.app_context(), store.act("test:gauge:change"):
        db.session.execute(
            text("UPDATE equipment SET serial = :serial WHERE id = :id"), {"serial": serial, "id": equipment_id}
        )


# Who performed, who measured, who amended


@pytest.mark.clause("21 CFR 11.50(a)")
def test_the_signature_of_who_amends_means_corrected(app: Flask, as_: SignedInAs, by_selma: str) -> None:
    assert meanings(app, by_selma) == [("corrected", "Selma Brandt")]
    assert review(as_("Q"), by_selma).status_code == 303
    assert meanings(app, by_selma) == [("corrected", "Selma Brandt"), ("reviewed", "Quinn Bauer")]
    with app.app_context():
        assert found_wrong(db.session.connection()) == []


@pytest.mark.clause("21 CFR 11.50(a)")
def test_what_was_entered_in_error_is_declared_by_who_says_so(app: Flask, as_: SignedInAs) -> None:
    number = calibrated(as_("T", tablet=True))
    amending(as_("S"), number, "entered in error", "this was G-013")
    assert sign(as_("S"), number).status_code == 303
    assert meanings(app, number) == [("declared in error", "Selma Brandt")]
    assert content(app, number)["performed_by"] == "Tara Kowalski"
    page = words(as_("Q").get(f"/calibration/{number}").text)
    assert "Declared entered in error Selma Brandt" in page
    assert "Performed by Tara Kowalski" in page
    with app.app_context():
        assert found_wrong(db.session.connection()) == []


def test_every_list_says_of_it_that_it_was_entered_in_error(as_: SignedInAs) -> None:
    tara, quinn = as_("T", tablet=True), as_("Q")
    number, stays = calibrated(tara), calibrated(tara)
    amending(tara, number, "entered in error", "this was G-013")
    assert sign(tara, number).status_code == 303
    assert review(quinn, number).status_code == 303
    for listing in ("/records?kind=calibration", "/calibration/", "/calibration/gauges/G-014"):
        rows = {each: row for row in quinn.get(listing).text.split("<tr") for each in (number, stays) if each in row}
        assert ("Entered in error" in rows[number], "Entered in error" in rows[stays]) == (True, False), listing
        assert "is-pass" not in rows[number], listing


def test_the_list_of_all_records_names_who_did_the_work_and_not_who_amended_it(as_: SignedInAs) -> None:
    tara, selma = as_("T", tablet=True), as_("S")
    number = calibrated(tara)
    amending(selma, number, "entered in error", "this was G-013")
    assert sign(selma, number).status_code == 303
    (row,) = (row for row in selma.get("/records?kind=calibration").text.split("<tr") if number in row)
    assert "Tara Kowalski" in row
    assert "Selma" not in row


def test_verify_misses_the_signature_of_an_amendment(app: Flask, as_: SignedInAs) -> None:
    number = calibrated(as_("T", tablet=True))
    with app.app_context(), store.act("test:record:amend"):
        former = queries.standing_row(number)
        told = {name: getattr(former, name) for name in ("kind", "number", "opened_by", "opened_at", "equipment_id")}
        when = {"performed_at": former.performed_at, "recorded_at": former.recorded_at}
        why = {"supersedes_id": former.id, "amendment": "correction", "amendment_reason": WHY}
        db.session.add(Record(version=2, state="closed", **told, **when, **why))
        db.session.flush()
        assert f"{number} is closed, but nobody signed it as corrected." in found_wrong(db.session.connection())


def test_who_performed_and_measured_stays_who_that_was(app: Flask, as_: SignedInAs, by_selma: str) -> None:
    found = content(app, by_selma)
    assert (found["performed_by"], found["measured_by"]) == ("Tara Kowalski", ["Tara Kowalski"])
    assert found["amendment"]["signed_by"] == "Selma Brandt"
    read = [each["by"] for run in found["runs"] for point in run["points"] for each in point["readings"]]
    assert set(read) == {"Tara Kowalski"}
    (change,) = found["amendment"]["changes"]
    assert (change["from"]["value"], change["to"]["value"], change["by"]) == ("150.10", "150.05", "Selma Brandt")
    assert found["corrections"] == [], "what the amendment changed stands with it alone"


def test_the_pages_say_who_performed_and_who_corrected(as_: SignedInAs, by_selma: str) -> None:
    quinn = as_("Q")
    page = words(quinn.get(f"/calibration/{by_selma}").text)
    assert "Performed by Tara Kowalski" in page
    assert "Corrected by Selma Brandt" in page
    assert "Measured by" not in page
    assert "Signed as corrected, version 2" in page
    assert "Performed Selma Brandt" not in page
    for listing in ("/calibration/", "/calibration/gauges/G-014"):
        row = quinn.get(listing).text
        assert "Tara Kowalski" in row[row.rindex(f'href="/calibration/{by_selma}"') :][:2500]


def test_an_amendment_of_an_amendment_names_who_performed_version_1(
    app: Flask, as_: SignedInAs, by_selma: str, clock_at: ClockAt
) -> None:
    clock_at("2026-11-22 09:00")
    otto = as_("O", tablet=True)
    assert amend(otto, by_selma, reason="another look at the sheet").status_code == 303
    correct(app, otto, by_selma, "150.00")
    assert sign(otto, by_selma).status_code == 303
    found = content(app, by_selma)
    assert (found["version"], found["performed_by"], found["measured_by"]) == (3, "Tara Kowalski", ["Tara Kowalski"])
    assert found["amendment"]["signed_by"] == "Otto Lindqvist"
    assert [(c["from"]["value"], c["to"]["value"]) for c in found["amendment"]["changes"]] == [("150.05", "150.00")]


def test_what_an_amendment_corrected_is_no_correction_in_the_one_after_it(
    app: Flask, as_: SignedInAs, clock_at: ClockAt
) -> None:
    tara = as_("T", tablet=True)
    number = calibrated(tara)
    clock_at(NEXT_DAY)
    selma = as_("S")
    amending(selma, number)
    correct(app, selma, number, "150.05")
    room = selma.get(f"/calibration/{number}/room").text
    key = re.findall(rf"/calibration/{number}/room/(\d+)", room)[0]
    given = {"value": "20.4", "reason": "mistyped"}
    assert selma.submit(f"/calibration/{number}/room/{key}", given).status_code == 303
    assert sign(selma, number).status_code == 303
    clock_at("2026-11-22 09:00")
    selma = as_("S")
    amending(selma, number, reason="the jaw was chipped already")
    words_now = {"condition": "damaged", "damage": "jaw chipped", "soaked": "y", "reason": "seen on the photo"}
    assert selma.submit(f"/calibration/{number}/words", words_now).status_code == 303
    assert sign(selma, number).status_code == 303
    found = content(app, number)
    assert (found["version"], found["corrections"]) == (3, [])
    assert [change["what"]["say"] for change in found["amendment"]["changes"]] == ["calibration.condition"]
    seen = as_("Q").get(f"/calibration/{number}/review").text.lower().partition('<ol class="timeline">')[0]
    assert "mistyped" not in seen, "nor does its review tell it so"


def test_readings_that_an_amendment_adds_were_read_that_day_and_entered_late(
    app: Flask, as_: SignedInAs, clock_at: ClockAt
) -> None:
    number = calibrated(as_("T", tablet=True), FAILING)
    before = content(app, number)["performed_at"]
    clock_at(NEXT_DAY)
    selma = as_("S")
    amending(selma, number, reason="it was adjusted, and read again")
    answer = selma.submit(f"/calibration/{number}/adjust", {"adjusted": "yes", "words": "gib screw"})
    assert answer.status_code == 303, problems(answer)
    give_all(selma, number, "indication", CALIPER)
    assert sign(selma, number).status_code == 303
    found = content(app, number)
    assert (found["performed_at"], found["performed_by"]) == (before, "Tara Kowalski")
    assert (found["measured_by"], found["late"]) == (["Tara Kowalski"], "2026-11-21T08:00:00.000000Z")
    said = {change["what"]["say"] for change in found["amendment"]["changes"]}
    assert said == {f"calibration.{key}" for key in ("adjusted", "adjustment", "verdict-of", "result-at")}


def test_an_amendment_that_somebody_takes_over_is_signed_by_them(app: Flask, as_: SignedInAs) -> None:
    number = calibrated(as_("T", tablet=True))
    selma, otto = as_("S"), as_("O", tablet=True)
    amending(selma, number)
    assert otto.submit(f"/calibration/{number}/take-over").status_code == 303
    correct(app, otto, number, "150.05")
    assert "Otto Lindqvist has it now." in selma.get(f"/calibration/{number}/take-over").text
    assert sign(otto, number).status_code == 303
    assert meanings(app, number) == [("corrected", "Otto Lindqvist")]
    assert content(app, number)["performed_by"] == "Tara Kowalski"


def test_verify_and_the_export_say_it_too(app: Flask, as_: SignedInAs, by_selma: str) -> None:
    quinn = as_("Q")
    assert review(quinn, by_selma).status_code == 303
    page = words(quinn.get(f"/verify/{code_of(app, quinn, by_selma)}").text)
    assert "Performed 20 Nov 2026, Tara Kowalski" in page
    assert f"Replaces version 1; Selma Brandt: {WHY}" in page
    assert "Corrected Selma Brandt" in page
    with app.app_context():
        connection = db.session.connection()
        parts = dict(written_out.parts_of(connection, app.extensions["techfloor"].blobs, standing(by_selma)))
    signed = list(csv.DictReader(io.StringIO(parts["signatures.csv"].decode("utf-8-sig"))))
    assert [(row["meaning"], row["printed_name"]) for row in signed] == [
        ("corrected", "Selma Brandt"),
        ("reviewed", "Quinn Bauer"),
    ]


def standing(number: str) -> int:
    return queries.standing_row(number).id


def code_of(app: Flask, client: PlantClient, number: str) -> str:
    """Return the code of the certificate in force, issued where it is not yet."""
    client.submit(f"/calibration/{number}/certificate", page=f"/calibration/{number}")
    with app.app_context():
        found = issue.newest(standing(number))
        assert found is not None
        return found.code


@pytest.mark.clause("21 CFR 11.10(e)")
def test_a_value_confirmed_in_an_amendment_was_confirmed_when_and_by_whom_it_was(
    app: Flask, as_: SignedInAs, clock_at: ClockAt
) -> None:
    number = calibrated(as_("T", tablet=True))
    clock_at(NEXT_DAY)
    selma = as_("S")
    amending(selma, number)
    given = {"indication": "125.10", "reason": "mistyped", "confirmed": "y"}
    answer = selma.submit(f"/calibration/{number}/correct/{reading_at(app, number, 5)}", given)
    assert answer.status_code == 303, problems(answer)
    selma.submit(f"/calibration/{number}/adjust", {"adjusted": "no", "words": ""})
    page = words(selma.get(f"/calibration/{number}/check").text)
    confirmed = page.partition("n unlikely value was confirmed")[2].partition(" First use")[0]
    assert confirmed == " As found, 150.00 mm outside outer jaw: 125.10 mm , Selma Brandt, 21 Nov 2026 09:00:00"
    assert sign(selma, number).status_code == 303
    signed = content(app, number)
    read = signed["runs"][0]["points"][4]["readings"][0]
    assert (read["by"], read["at"]) == ("Tara Kowalski", "2026-11-20T09:00:00.000000Z"), "who read it, and when"
    change = next(each for each in signed["amendment"]["changes"] if each["what"]["say"] == "calibration.result-at")
    assert (change["by"], change["at"]) == ("Selma Brandt", "2026-11-21T08:00:00.000000Z"), "who corrected it, and when"


# What the page of an amended record warns of


@pytest.mark.pages
def test_the_page_of_an_amendment_warns_only_while_something_is_to_be_done(as_: SignedInAs, by_selma: str) -> None:
    quinn = as_("Q")
    page = f"/calibration/{by_selma}"
    assert 'class="notice is-caution"' in quinn.get(page).text, "its review is to be done"
    assert review(quinn, by_selma).status_code == 303
    html = quinn.get(page).text
    assert words(html).count(f"mendment of version 1: {WHY}") == 1, "said once"
    assert "is-caution" not in html.partition('<ol class="timeline">')[0]
    row = words(html[html.index("What was changed") :])
    assert (
        "As found, 150.00 outside outer jaw was 150.10 mm 150.05 mm Selma Brandt 21 Nov 2026 09:00:00 Mistyped" in row
    )


@pytest.mark.clause("21 CFR 11.10(e)")
@pytest.mark.pages
def test_what_happened_and_who_signed_are_told_to_the_second(as_: SignedInAs, by_selma: str) -> None:
    html = as_("Q").get(f"/calibration/{by_selma}").text
    told = words(html[html.index('<ol class="timeline">') :])
    assert "Signed as corrected, version 2 21 Nov 2026 09:00:00 · Selma Brandt" in told
    assert "Signed as performed, version 1 20 Nov 2026 10:00:00 · Tara Kowalski" in told
    assert "Corrected Selma Brandt 21 Nov 2026 09:00:00 (CET)" in words(html)


def test_a_certificate_whose_amendment_was_given_up_is_found_as_before(app: Flask, as_: SignedInAs) -> None:
    selma = as_("S")
    number = outside_work.entered(selma)
    amending(selma, number, reason="another laboratory")
    given = {**outside_work.PLUG, "laboratory": "Zenith metrology"}
    assert selma.submit(f"/calibration/outside/{number}/certificate", given).status_code == 303
    assert number in selma.get("/calibration/?q=Zenith").text
    assert selma.submit(f"/calibration/{number}/discontinue", {"reason": "it was right"}).status_code == 303
    assert f'href="/calibration/{number}"' not in selma.get("/calibration/?q=Zenith").text
    assert f'href="/calibration/{number}"' in selma.get("/calibration/?q=North").text
