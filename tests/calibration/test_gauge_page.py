"""The page of a gauge: its state, its drift, its calibrations, and the next deed."""

import re

import pytest
from amending_work import calibrated, words
from bench_work import problems, start
from faults.test_two_editors import filled
from flask import Flask
from outside_work import entered, number_of, receive
from plant_client import ClockAt, PlantClient, SignedInAs
from statements import Statements

pytestmark = pytest.mark.pages

DC = {
    "results-0-function": "DC voltage",
    "results-0-run": "as_found",
    "results-0-reference": "6.000",
    "results-0-u": "0.0006",
    "results-0-k": "2",
    "results-1-function": "DC voltage",
    "results-1-run": "as_found",
    "results-1-reference": "54.000",
    "results-1-indication": "54.001",
}


def certificate(client: PlantClient, day: str, reading: str, **more: str) -> str:
    """Enter a certificate of the multimeter G-019 with one reading at 6 V."""
    days = {"sent": "", "performed": day, "back": day}
    return entered(client, "G-019", certificate=day, **days, **DC, **{"results-0-indication": reading}, **more)


def three_years(as_: SignedInAs, clock_at: ClockAt, *readings: str) -> list[str]:
    """Let the multimeter come back with one certificate a year; return the numbers."""
    found = []
    for year, reading in zip(range(2024, 2024 + len(readings)), readings, strict=True):
        clock_at(f"{year}-03-11 10:00")
        found.append(certificate(as_("Q"), f"{year}-03-11", reading))
    return found


def deeds(page: str) -> list[str]:
    """Return what the buttons at the head of the page say, the primary one last."""
    head = page.split('<div class="actions">')[1].split("</div>", maxsplit=1)[0]
    return re.findall(r'<a class="button[^"]*"[^>]*>([^<]+)', head)


def test_a_drifting_gauge_shows_its_errors_its_band_and_the_way_to_each_record(
    as_: SignedInAs, clock_at: ClockAt
) -> None:
    numbers = three_years(as_, clock_at, "6.001", "6.002", "6.003")
    page = as_("T").get("/calibration/gauges/G-019").text
    assert "As-found error at 6.000 V (DC voltage)" in page
    assert "tolerance ±0.006 V · prediction band 95 %, from 3 calibrations" in page
    assert "At the next calibration an error of +0.004 V to +0.004 V is expected (95 %)." in page
    assert "That reaches beyond its tolerance." not in page
    assert 'class="chart-band"' in page
    assert "chart-link" not in page  # a drawing with links in it has no words for those who do not see it
    for number in numbers:
        assert f"<title>{number}, 11 Mar 20" in page
        assert f'<a href="/calibration/{number}"><span class="code">' in page


def test_a_band_that_leaves_the_tolerance_says_so(as_: SignedInAs, clock_at: ClockAt) -> None:
    three_years(as_, clock_at, "6.001", "6.003", "6.005")
    page = as_("T").get("/calibration/gauges/G-019").text
    assert "is expected (95 %). That reaches beyond its tolerance." in page


def test_the_band_never_promises_a_day(as_: SignedInAs, clock_at: ClockAt) -> None:
    three_years(as_, clock_at, "6.001", "6.003", "6.004")
    page = as_("T").get("/calibration/gauges/G-019").text
    words = re.search(r"At the next calibration[^<]+", page)
    assert words
    assert not re.search(r"20\d\d", words[0])


def test_the_visitor_chooses_the_point(as_: SignedInAs, clock_at: ClockAt) -> None:
    three_years(as_, clock_at, "6.001", "6.003")
    tara = as_("T")
    page = tara.get("/calibration/gauges/G-019").text
    other = re.search(r'href="(/calibration/gauges/G-019\?point=\d)">54.000 V', page)
    assert other
    assert "As-found error at 54.000 V" in tara.get(other[1]).text
    assert "A prediction needs 3 calibrations" in page


@pytest.mark.parametrize("point", ["99", "-1", "x", ""])
def test_a_point_that_is_none_shows_the_usual_one(as_: SignedInAs, clock_at: ClockAt, point: str) -> None:
    three_years(as_, clock_at, "6.001", "6.003")
    page = as_("T").get(f"/calibration/gauges/G-019?point={point}")
    assert "As-found error at 6.000 V" in page.text


def test_a_gauge_without_calibrations_says_so(as_: SignedInAs) -> None:
    page = as_("T").get("/calibration/gauges/G-001").text
    assert "No signed readings yet" in page
    assert "Never calibrated here" in page
    assert "27 Nov 2026, in 7 days" in page


def test_one_certificate_is_no_line_yet(as_: SignedInAs, clock_at: ClockAt) -> None:
    three_years(as_, clock_at, "6.001")
    page = as_("T").get("/calibration/gauges/G-019").text
    assert "One calibration so far" in page


def test_the_facts_say_how_it_stands(as_: SignedInAs) -> None:
    page = as_("T").get("/calibration/gauges/G-011").text
    for each in ("CAL-P-05", "version 5", "S-004", "certificate 2026-2288", "6 months", "Assembly and test, 4A-02"):
        assert each in page


def test_a_gauge_that_failed_says_that_it_waits_and_that_a_look_back_is_open(as_: SignedInAs) -> None:
    number = entered(as_("Q"), as_found="fail", as_left="pass")
    page = as_("S").get("/calibration/gauges/G-008").text
    assert "Out of tolerance as found, adjusted · waiting for review" in page
    assert "Fail → adjusted" in page
    assert "waiting for you" in page
    assert "open: the work done with it is being looked at" in page
    assert deeds(page)[-1] == "Review"
    assert f"/calibration/{number}/review" in page


# --- the next deed ---


@pytest.mark.parametrize(
    ("key", "code", "wanted"),
    [
        ("T", "G-007", ["Calibrate"]),
        ("Q", "G-007", ["Send out", "Calibrate"]),
        ("S", "G-008", ["Back with certificate"]),
        ("T", "G-008", []),
        ("Q", "G-019", ["Enter certificate", "Send out"]),
        ("A", "G-007", []),
        ("I", "G-019", []),
        ("D", "G-007", []),
    ],
)
def test_the_buttons_are_those_the_visitor_may_press(as_: SignedInAs, key: str, code: str, wanted: list[str]) -> None:
    page = as_(key).get(f"/calibration/gauges/{code}").text
    assert deeds(page) == wanted
    assert page.count("button-primary") == min(len(wanted), 1)


def test_a_calibration_under_way_is_gone_on_with(as_: SignedInAs) -> None:
    tara = as_("T", tablet=True)
    number = start(tara, "G-007")
    assert deeds(tara.get("/calibration/gauges/G-007").text) == ["Resume"]
    assert deeds(as_("A").get("/calibration/gauges/G-007").text) == []
    assert f"/calibration/{number}/next" in tara.get("/calibration/gauges/G-007").text


def test_a_certificate_under_way_is_gone_on_with(as_: SignedInAs) -> None:
    quinn = as_("Q")
    number = number_of(receive(quinn))
    page = quinn.get("/calibration/gauges/G-008").text
    assert deeds(page) == ["Go on with the certificate"]
    assert quinn.get(f"/calibration/outside/{number}").location == f"/calibration/outside/{number}/checks"


def test_the_page_takes_few_statements(app: Flask, as_: SignedInAs, clock_at: ClockAt) -> None:
    three_years(as_, clock_at, "6.001", "6.002", "6.003")
    quinn = as_("Q")
    with Statements(app) as statements:
        quinn.get("/calibration/gauges/G-019")
    tables = ("record", "calibration", "calibration_reading", "equipment", "gauge", "gauge_function")
    ledgers = ("equipment_due", "equipment_hold", "task", "revision", "definition", "standard", "signature")
    assert len(statements.about(*tables, *ledgers)) <= 13


def test_a_code_that_no_gauge_has_is_not_found_and_small_letters_lead_on(as_: SignedInAs) -> None:
    tara = as_("T")
    assert tara.get("/calibration/gauges/G-999").status_code == 404
    assert tara.get("/calibration/gauges/M-101").status_code == 404
    assert tara.get("/calibration/gauges/g-011").location == "/calibration/gauges/G-011"


@pytest.mark.clause("21 CFR 11.10(e)")
def test_a_tolerance_changed_since_the_last_calibration_is_told_until_the_next(
    app: Flask, as_: SignedInAs, clock_at: ClockAt
) -> None:
    first = calibrated(as_("T", tablet=True))
    clock_at("2026-11-20 11:00")
    quinn = as_("Q")
    edit, page = "/equipment/G-014/edit", "/calibration/gauges/G-014"
    typed = filled(quinn.get(edit).text) | {"functions-0-tolerance": "± 0.5 mm"}
    refused = quinn.submit(edit, typed)
    assert (refused.status_code, "Enter why its tolerance" in refused.text) == (422, True)
    answer = quinn.submit(edit, {**typed, "why": "used for rough work from now on"})
    assert answer.status_code == 303, problems(answer)
    told = "Changed since its last calibration:"
    for each in (page, "/equipment/G-014"):
        said = words(quinn.get(each).text)
        assert f"{told} Outside, tolerance: ± 0.10 mm → ± 0.5 mm: used for rough work from now on · Quinn" in said, each
    said = words(quinn.get(page).text)
    assert "tolerance at its last calibration ±0.1 mm" in said
    assert "outside: ± 0.5 mm" in said
    clock_at("2026-11-20 12:00")
    assert calibrated(as_("T", tablet=True)) != first
    assert told not in words(as_("Q").get(page).text)
