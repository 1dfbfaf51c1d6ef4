"""What the certificate prints of a calibration: digits, runs, words and what it says first."""

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from bench_work import give, give_all, place, sign, start
from flask import Flask
from plant_client import PlantClient, SignedInAs
from reports.samples import ISSUE, SIGNATURES, Content, balance, caliper, torque_wrench
from sqlalchemy import select

from techfloor.duties.calibration.queries.bench_lines import GivenReading
from techfloor.duties.calibration.report.certificate import sheet
from techfloor.duties.calibration.report.tables import entries, groups, results
from techfloor.duties.calibration.report.words import Words
from techfloor.duties.calibration.rules.results import AS_FOUND, ReadingFacts
from techfloor.records.models import RecordContent
from techfloor.reports.sheets import Table, Tone
from techfloor.store import db

WORDS = Words("en", ZoneInfo("Europe/Berlin"), str)
LEAKING = [("0.000", "0.000"), ("0.491", "0.500"), *[(f"{p}00",) * 2 for p in ("1.0", "1.5", "2.0", "2.5")]]


def content_of(app: Flask, number: str) -> Content:
    with app.app_context():
        body = db.session.scalars(select(RecordContent.body).where(RecordContent.body.contains(number))).one()
    found: Content = json.loads(body)
    return found


def leaking(otto: PlantClient, readings: Sequence[tuple[str, str]] = LEAKING) -> str:
    """Calibrate the pressure gauge of the leak bench, which fails in its guard band, and sign."""
    number = start(otto, "G-013")
    for reference, indication in readings:
        assert give(otto, number, reference=reference, indication=indication).status_code == 303
    otto.submit(f"/calibration/{number}/adjust", {"adjusted": "no"})
    assert sign(otto, number).status_code == 303
    return number


def heads(table: Table) -> list[str]:
    return [column.head for column in table.columns]


def cells(table: Table, head: str) -> list[str]:
    at = heads(table).index(head)
    return [row.cells[at].text for row in table.rows]


def test_the_guard_band_has_the_digits_of_u_and_the_limits_those_of_the_tolerance(app: Flask, as_: SignedInAs) -> None:
    content = content_of(app, leaking(as_("O", tablet=True)))
    (group,) = groups(content)
    table = results(group, WORDS, "")
    assert set(cells(table, "Guard band")) == {"0.0021"}
    assert set(cells(table, "Tolerance")) == {"±0.010"}


def test_a_failed_review_says_the_error_and_how_far_outside_of_which_limit(as_: SignedInAs) -> None:
    number = leaking(as_("O", tablet=True))
    page = as_("Q").get(f"/calibration/{number}/review").text
    words = re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", page)))
    assert "0.500 bar: Fail: error +0.009 bar, 0.0011 bar outside the acceptance limit" in words
    assert "Guard band 0.0021 bar off each limit" in words
    assert "accepted ± 0.0079 bar" in words


def test_u_of_both_runs_stands_once_where_they_agree() -> None:
    (group,) = groups(torque_wrench())
    assert sum(head.startswith("U") for head in heads(results(group, WORDS, ""))) == 1


def test_u_of_each_run_stands_by_itself_where_they_differ() -> None:
    content = torque_wrench()
    content["runs"][1]["points"][0]["u"] = "1.9"
    (group,) = groups(content)
    table = results(group, WORDS, "")
    found, left = (next(h for h in heads(table) if h.startswith("U") and h.endswith(run)) for run in ("found", "left"))
    assert cells(table, found)[0] == content["runs"][0]["points"][0]["u"]
    assert cells(table, left)[0] == "1.9"


def test_the_pieces_under_a_balance_are_weights() -> None:
    content = balance()
    content["runs"][0]["points"][0]["stack"] = ["200", "100"]
    (group,) = groups(content)
    assert results(group, WORDS, "").rows[0].cells[0].note == "weights 200 + 100"


def told(content: Content) -> list[str]:
    """Return everything a certificate says in its head and its remarks."""
    made = sheet(content, SIGNATURES, ISSUE)
    facts = [f"{fact.label}: {fact.text}" for column in made.facts for fact in column.facts]
    return [*(line.text for line in made.verdict.lines), *facts, *(f"{r.label}: {r.text}" for r in made.remarks)]


def test_the_headline_says_that_a_point_was_not_measured(app: Flask, as_: SignedInAs) -> None:
    tara = as_("T", tablet=True)
    number = start(tara, "G-014")
    give_all(tara, number, "indication", ["0.00", "25.00"])
    at = place(tara, number)
    assert tara.submit(f"{at}/cannot", {"reason": "gauge damaged"}).status_code == 303
    give_all(tara, number, "indication", ["100.00", "150.10", "25.00"])
    assert sign(tara, number).status_code == 303
    content = content_of(app, number)
    made = sheet(content, SIGNATURES, ISSUE)
    assert [line.text for line in made.verdict.lines] == ["Pass as found", "1 point not measured"]
    assert made.verdict.tone is Tone.CAUTION
    assert content["runs"][0]["points"][2]["tolerance"]["upper"] == "0.10", "the limits hold there all the same"
    assert made.chart is not None
    assert len(made.chart.zones) == 1


def test_the_place_and_the_traceability_are_stated() -> None:
    said = told(caliper())
    assert "Place: in the rooms of the plant at this address" in said
    assert any(text.startswith("Traceability: The results are metrologically traceable") for text in said)


def test_a_line_of_the_chart_joins_only_the_points_of_one_function() -> None:
    content = caliper()
    points = content["runs"][0]["points"]
    for point in points:
        point["function"] = "outside"
    points[-1]["function"] = "inside"
    drawn = sheet(content, SIGNATURES, ISSUE).chart
    assert drawn is not None
    assert drawn.as_found.line.count("M") == 2


def test_a_value_read_for_a_derived_result_names_it_in_words() -> None:
    run = {"run": "as_found", "entries": [{"derived": "corner_load", "label": "front left", "unit": "g"}]}
    run["entries"][0] |= {"cannot_measure": None, "values": ["200.000"]}  # type: ignore[index,operator]
    table = entries(run, WORDS)
    assert table is not None
    assert table.rows[0].cells[0].text == "corner load"


@pytest.mark.clause("PI 041 Contemporaneous")
def test_what_came_late_is_told_with_when_it_was_recorded() -> None:
    content = caliper()
    assert not any("recorded" in text for text in told(content | {"recorded_at": "2026-11-18T18:00:00Z"}))
    assert any("recorded 20 Nov 2026" in text for text in told(content | {"late": "2026-11-20T12:00:00Z"}))


@pytest.mark.clause("PI 041 Contemporaneous")
def test_each_reading_is_late_by_itself() -> None:
    facts = ReadingFacts(AS_FOUND, 1, 1, None, None, None, None, None, None, None, "pass")
    at = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    given = GivenReading(1, facts, "", "", at, at + timedelta(minutes=2), None, "", False, 1)
    assert not given.late
    assert replace(given, recorded_at=at + timedelta(minutes=2, seconds=1)).late
