"""What a new version of a procedure brings is told: beside the one before, on paper, and to who calibrates by it."""

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from bench_work import give_all, sign, start
from flask import Flask
from flask_babel import gettext
from plant_client import PlantClient, SignedInAs
from procedure_work import HOME, approve, change, write
from sqlalchemy import select

from techfloor.duties.calibration.report.procedure import point_name, sheet
from techfloor.records.models import Record, RecordContent
from techfloor.reports.issue import IssueFacts
from techfloor.store import db

ISSUE = IssueFacts(1, datetime(2026, 11, 22, tzinfo=UTC), "ABCD", "https://plant/verify/ABCD", 7, "0" * 64, "en")


@pytest.fixture(autouse=True)
def one_person(profile: Callable[[str], None]) -> None:
    profile("small")


def of_g001(client: PlantClient) -> None:
    write(client)
    approve(client, "CAL-P-20")
    client.submit("/calibration/gauges/G-001/procedure", {"chosen": "CAL-P-20|"})


@pytest.mark.pages
def test_who_begins_by_a_new_version_is_told_once_what_is_new(as_: SignedInAs) -> None:
    quinn, tara = as_("Q"), as_("T", tablet=True)
    of_g001(quinn)
    assert "New in version" not in tara.get("/calibration/start/G-001").text
    for words in ("Narrower.", "A sixth point."):
        assert change(quinn, "CAL-P-20", change=words, tolerance="± 0.02 mm").status_code == 303
        approve(quinn, "CAL-P-20")
    shown = tara.get("/calibration/start/G-001").text
    assert "New in version 3" in shown
    assert "A sixth point." in shown
    assert "Narrower." not in shown, "who never calibrated by it is told of this version"
    number = start(tara, "G-001")
    give_all(tara, number, "indication", ["0.00", "50.00", "100.00", "150.00"])
    assert sign(tara, number).status_code == 303
    assert "New in version" not in tara.get("/calibration/start/G-001").text
    for words in ("Wider again.", "Slower."):
        change(quinn, "CAL-P-20", change=words, tolerance="± 0.03 mm")
        approve(quinn, "CAL-P-20")
    shown = tara.get("/calibration/start/G-001").text
    assert "Wider again." in shown, "nobody misses what was new in a version they never saw"
    assert "Slower." in shown
    assert "A sixth point." not in shown


@pytest.mark.pages
def test_any_version_stands_beside_the_one_before(as_: SignedInAs) -> None:
    quinn = as_("Q")
    of_g001(quinn)
    change(quinn, "CAL-P-20", change="Narrower.", tolerance="± 0.02 mm")
    approve(quinn, "CAL-P-20")
    shown = as_("A").get(f"{HOME}/CAL-P-20/versions/2").text
    assert "What differs from version 1" in shown
    assert "± 0.03 mm" in shown
    assert "What differs from" not in quinn.get(f"{HOME}/CAL-P-20/versions/1").text


def test_the_paper_says_which_way_within_which_limits_and_who_wrote_it(app: Flask, as_: SignedInAs) -> None:
    quinn = as_("Q")
    write(quinn, **{"point_sets-0-points": "50.00; up\n50.00; down", "rule": "simple"})
    approve(quinn, "CAL-P-20")
    with app.test_request_context():
        text = db.session.scalars(select(RecordContent.body).join(Record).where(Record.number == "CAL-P-20")).one()
        made = sheet(json.loads(text), [], ISSUE, gettext)
    assert [fact.text for column in made.facts for fact in column.facts if fact.label == "Written by"] == [
        "Quinn Bauer"
    ]
    table = made.tables[0]
    assert [column.head for column in table.columns] == ["Point", "Approached", "Limits of the error"]
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["50.00", "upwards", "± 0.03"],
        ["50.00", "downwards", "± 0.03"],
    ]


def test_a_point_is_named_by_its_value_and_not_by_the_way_to_it() -> None:
    assert point_name({"nominal": "2.00", "label": "2.00 up", "direction": "up"}) == "2.00"
    assert point_name({"nominal": "2.00", "label": "first", "direction": "down"}) == "first"
    assert point_name({"percent": "50", "label": ""}) == "50 % of range"
