"""What the certificate prints of a calibration: digits, runs, words and what it says first."""

import json
import re
from collections.abc import Sequence
from html import unescape
from zoneinfo import ZoneInfo

from bench_work import give, sign, start
from flask import Flask
from plant_client import PlantClient, SignedInAs
from reports.samples import Content, balance, torque_wrench
from sqlalchemy import select

from techfloor.duties.calibration.report_tables import groups, results
from techfloor.duties.calibration.report_words import Words
from techfloor.records.models import RecordContent
from techfloor.reports.sheets import Table
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
