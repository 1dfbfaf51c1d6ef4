"""What the check, the review and the record show alike: what is unusual comes first, and lines say what happened."""

import re
from collections.abc import Callable

import pytest
from amending_work import CALIPER, calibrated
from amending_work import words as words_of
from bench_work import give, give_all, place, review, sign, start
from flask import Flask
from plant_client import PlantClient, SignedInAs
from sqlalchemy import select

from techfloor.reports.models import IssuedPdf
from techfloor.store import db

pytestmark = pytest.mark.pages


def plain(page: str) -> str:
    """Return the words of a page on one line."""
    main = page[page.index("<main") :]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", main))


def unusual_one(tara: PlantClient) -> str:
    """Calibrate the caliper with a correction, a confirmed slip, a point not measured, and the room too warm."""
    number = start(tara, "G-014", {"temperature": "25.5"})
    give_all(tara, number, "indication", ["0.05", "25.00"])
    assert give(tara, number, indication="150.05").status_code == 422
    assert give(tara, number, indication="150.05", confirmed="y").status_code == 303
    give_all(tara, number, "indication", ["100.00", "150.10"])
    at = place(tara, number)
    assert tara.submit(f"{at}/cannot", {"reason": "other", "why": "depth rod bent"}).status_code == 303
    tara.submit(f"/calibration/{number}/adjust", {"adjusted": "no"})
    links = re.findall(rf"/calibration/{number}/correct/\d+", tara.get(f"/calibration/{number}/check").text)
    answer = tara.submit(links[1], {"indication": "25.05", "reason": "mistyped"})
    assert answer.status_code == 303
    return number


def test_check_review_and_record_say_alike_what_is_unusual(as_: SignedInAs) -> None:
    tara = as_("T", tablet=True)
    number = unusual_one(tara)
    pages = [tara.get(f"/calibration/{number}/check").text]
    assert sign(tara, number).status_code == 303
    pages += [as_("Q").get(f"/calibration/{number}/review").text, tara.get(f"/calibration/{number}").text]
    for page in pages:
        words = plain(page)
        assert re.search(r"was 25\.00 mm → ?25\.05 mm, mistyped · Tara Kowalski, 20 Nov 2026", words), words
        assert "depth rod bent · Tara Kowalski" in words
        assert re.search(r"Temperature: 25\.5 °C, allowed", words)
        assert re.search(r"An unlikely value was confirmed As found, [^:]*: 150\.05 mm", words)
        assert words.index("A reading was corrected") < words.index("How it was done")
        assert words.index("A reading was corrected") < words.index("Verdict")


@pytest.mark.clause("PI 041 Legible")
def test_a_correction_stands_in_the_timeline_with_both_values(as_: SignedInAs) -> None:
    tara = as_("T", tablet=True)
    number = unusual_one(tara)
    page = tara.get(f"/calibration/{number}").text
    assert re.search(r"<del>.*25\.00 mm</del>", page)
    happened = plain(page)[plain(page).index("What happened") :]
    assert re.search(r"Reading as found at [^:]*: was 25\.00 mm → ?25\.05 mm, mistyped", happened)
    assert re.search(r"Reading as found at [^:]*: 150\.10 mm", happened)
    assert "Reading logged" not in happened
    assert "Point not measured" not in happened
    assert "not measured, depth rod bent" in happened


def test_what_ended_a_hold_later_is_not_taken_for_an_act_on_this_record(as_: SignedInAs) -> None:
    tara, quinn = as_("T", tablet=True), as_("Q")
    number = start(tara, "G-014")
    give_all(tara, number, "indication", ["0.00", "25.00", "50.05", "100.00", "150.25", "25.00"])
    tara.submit(f"/calibration/{number}/adjust", {"adjusted": "no"})
    assert sign(tara, number).status_code == 303
    quinn.submit(
        f"/calibration/{number}/review",
        {"user_name": quinn.who.user_name, "secret": quinn.secret, "outcome": "accept", "remark": ""},
    )
    again = start(tara, "G-014")
    give_all(tara, again, "indication", ["0.00", "25.00", "50.05", "100.00", "150.10", "25.00"])
    assert sign(tara, again).status_code == 303
    quinn.submit(f"/calibration/{again}/review", {"secret": quinn.secret, "outcome": "accept", "remark": ""})
    happened = plain(tara.get(f"/calibration/{number}").text).partition("What happened")[2]
    assert happened.count("Reviewed") == 1
    assert "Hold lifted" in happened


def test_the_page_that_verifies_a_certificate_says_what_stands_on_it(app: Flask, as_: SignedInAs) -> None:
    tara, quinn = as_("T", tablet=True), as_("Q")
    number = start(tara, "G-014")
    give_all(tara, number, "indication", ["0.00", "25.00", "50.05", "100.00", "150.10", "25.00"])
    assert sign(tara, number).status_code == 303
    assert review(quinn, number).status_code == 303
    with app.app_context():
        code = db.session.scalars(select(IssuedPdf.code)).one()
    page = plain(app.test_client().get(f"/verify/{code}").text)
    for words in ["G-014 Vernier caliper", "Pass as found", "20 Nov 2026", "Calibration certificate", "Quinn Bauer"]:
        assert words in page
    assert "Kept and signed here with this hashyes" in page.replace(" yes", "yes")
    for inside in ["20.3", "150.10", "used"]:
        assert inside not in page


def clean(tara: PlantClient, far: str = "150.05") -> str:
    """Calibrate the caliper without anything unusual, and sign."""
    number = start(tara, "G-014")
    give_all(tara, number, "indication", ["0.00", "25.00", "50.05", "100.00", far, "25.00"])
    assert sign(tara, number).status_code == 303
    return number


def test_the_review_list_says_how_much_of_the_tolerance_was_used_now_and_last(
    as_: SignedInAs, profile: Callable[[str], None]
) -> None:
    profile("regulated")
    tara, quinn = as_("T", tablet=True), as_("Q")
    first = clean(tara, "150.10")
    assert review(quinn, first).status_code == 303
    second = clean(tara)
    page = quinn.get("/calibration/review").text
    assert f'value="{second}:' in page
    assert " checked" not in page
    assert re.search("\\+50\u00a0% of the tolerance at 50.00 mm outside, there \\+50\u00a0% last time", page)
    assert f'value="{second}:' in quinn.get("/calibration/review?all=1").text.partition(" checked")[0]


def test_after_a_review_the_next_one_is_one_tap_away(as_: SignedInAs, profile: Callable[[str], None]) -> None:
    profile("regulated")
    tara, quinn = as_("T", tablet=True), as_("Q")
    first, second = clean(tara), clean(tara)
    answer = review(quinn, first)
    page = quinn.get(answer.location).text
    assert "Next review (1 left)" in page
    assert f"/calibration/{second}/review" in page


def test_quality_is_told_that_the_code_on_a_certificate_leads_nobody_anywhere(as_: SignedInAs) -> None:
    tara, quinn = as_("T", tablet=True), as_("Q")
    number = calibrated(tara)
    assert review(quinn, number).status_code == 303
    quinn.submit(f"/calibration/{number}/certificate", page=f"/calibration/{number}")
    assert "Set public_url" in quinn.get(f"/calibration/{number}/certificate").text
    assert "Set public_url" not in tara.get(f"/calibration/{number}/certificate").text


@pytest.mark.clause("ISO/IEC 17025 7.8.6")
def test_record_and_review_say_rule_k_and_what_is_accepted_and_lead_to_the_procedure(as_: SignedInAs) -> None:
    tara, quinn = as_("T", tablet=True), as_("Q")
    number = start(tara, "G-014")
    give_all(tara, number, "indication", CALIPER)
    assert sign(tara, number).status_code == 303
    for page in (f"/calibration/{number}/review", f"/calibration/{number}"):
        html = quinn.get(page).text
        assert "Decision rule Simple acceptance" in words_of(html)
        assert "Coverage factor k = 1.83" in words_of(html)
        assert "Guard band" not in words_of(html)
        assert re.search(r'href="/calibration/procedures/CAL-P-\d+/versions/\d+"', html)


def test_an_auditor_finds_procedures_and_intervals(as_: SignedInAs) -> None:
    html = as_("A").get("/calibration/").text
    assert 'href="/calibration/procedures"' in html
    assert 'href="/calibration/intervals"' in html
    assert 'href="/calibration/procedures"' not in as_("T").get("/calibration/").text
