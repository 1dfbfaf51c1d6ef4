"""Whose tolerance counts, the gauge's own or its procedure's, and where that is said."""

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from bench_work import give_all, sign, start
from flask import Flask
from plant_client import SignedInAs
from procedure_work import HOME, approve, change, write
from reports.samples import ISSUE, SIGNATURES, torque_wrench

from techfloor.duties.calibration.queries import records as queries
from techfloor.duties.calibration.report import certificate as report
from techfloor.duties.calibration.rules.procedure import Item, ItemFunction, Mode, Procedure, plan
from techfloor.duties.calibration.rules.tolerances import comes_from, differing, on_its_card
from techfloor.records.signing import stored_content

POINTS = {"point_set": [{"key": "", "points": [{"nominal": at, "label": ""} for at in ("100.00", "200.00")]}]}
CALIPER = Procedure("CAL-P-13", 2, "caliper", Mode.apply, "mm", "mm", "± 0.03 mm (0.04 mm above 150 mm)", body=POINTS)


def gauge(tolerance: str) -> Item:
    return Item((ItemFunction("", "mm", "300", "0.01", "0.01", tolerance, "0"),))


@pytest.mark.parametrize(
    ("card", "points", "comes"),
    [
        ("", [], "procedure"),
        ("± 0.03 mm (0.04 mm above 150 mm)", [], "procedure"),
        ("±0.030 mm (0.04 mm above 150 mm)", [], "procedure"),  # written otherwise, and the same limits
        ("± 0.04 mm", [Decimal(100)], "gauge"),
        ("± 0.05 mm", [Decimal(100), Decimal(200)], "gauge"),
        ("as class 1", [Decimal(100), Decimal(200)], "gauge"),
    ],
)
def test_two_tolerances_are_told_apart_by_the_limits_they_give(card: str, points: list[Decimal], comes: str) -> None:
    planned = plan(CALIPER, gauge(card))
    assert [each.value for each in differing(CALIPER, planned)] == points
    assert (comes_from(CALIPER, planned), on_its_card(CALIPER, gauge(card))) == (comes, card if points else "")


def test_a_procedure_without_a_tolerance_leaves_it_to_the_card_and_nothing_differs() -> None:
    open_one = replace(CALIPER, tolerance="from the gauge")
    assert comes_from(open_one, plan(open_one, gauge("± 0.04 mm"))) == "gauge"
    assert on_its_card(open_one, gauge("± 0.04 mm")) == ""


def test_answers_have_no_tolerance_that_could_differ() -> None:
    thread = replace(CALIPER, mode=Mode.attribute)
    assert comes_from(thread, plan(thread, gauge("± 0.04 mm"))) == "procedure"


def conformity(**said: Any) -> str:
    content = torque_wrench()
    content["procedure"] |= said
    sheet = report.sheet(content, SIGNATURES, ISSUE)
    return next(remark.text for remark in sheet.remarks if remark.label == "Conformity")


def test_the_certificate_names_where_its_tolerances_came_from() -> None:
    assert "tolerances and rule from CAL-P-05 version" in conformity()
    assert "tolerances and rule from" in conformity(tolerance="± 4 %", tolerance_from="procedure")
    card = conformity(tolerance="", tolerance_from="gauge")
    assert "tolerances from the card of the gauge, rule from CAL-P-05 version" in card
    both = conformity(tolerance="+0/-3 %", tolerance_from="gauge")
    assert "tolerances from the card of the gauge, where CAL-P-05 version" in both
    assert "states +0/-3 %; rule from CAL-P-05." in both


@pytest.mark.pages
def test_a_tightened_procedure_says_at_every_step_that_the_card_counts(app: Flask, as_: SignedInAs) -> None:
    quinn, tara = as_("Q"), as_("T", tablet=True)
    assert write(quinn, tolerance="± 0.04 mm").status_code == 303
    assert approve(as_("D"), "CAL-P-20").status_code == 303
    given = quinn.submit("/calibration/gauges/G-001/procedure", {"chosen": "CAL-P-20|"})
    assert given.status_code == 303
    words = "The tolerance on the card of G-001 counts: ± 0.03 mm. CAL-P-20 states ± 0.04 mm."
    for page in ("/calibration/gauges/G-001/procedure", "/calibration/start/G-001", "/calibration/gauges/G-001"):
        assert words in quinn.get(page).text, page
    change(quinn, "CAL-P-20", tolerance="± 0.02 mm", change="tighter")
    assert "G-001 counts: ± 0.03 mm. CAL-P-20 states ± 0.02 mm." in quinn.get(f"{HOME}/CAL-P-20/approve").text
    number = start(tara, "G-001")
    give_all(tara, number, "indication", ["0.00", "50.00", "100.00", "150.00"])
    sign(tara, number)
    with app.app_context():
        signed = json.loads(stored_content(queries.version_row(number, 1).id))
    assert (signed["procedure"]["tolerance"], signed["procedure"]["tolerance_from"]) == ("± 0.04 mm", "gauge")
    assert signed["runs"][0]["points"][0]["tolerance"]["upper"] == "0.03"
