"""The digital certificate of an outside laboratory: read into the form, and entered as if it had been typed."""

import io
import re
from datetime import date
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from flask import Flask
from plant_client import PlantClient, SignedInAs
from reports.dcc_samples import ADJUSTED, BEFORE, BLOCKS, SENSOR, TORQUE, dcc
from reports.samples import ISSUE, SIGNATURES, torque_wrench
from werkzeug.test import TestResponse

from techfloor.duties.calibration.actions.digital import Read, entry_of
from techfloor.duties.calibration.report import digital as report_dcc
from techfloor.duties.calibration.rules.outside import NOT_GIVEN, SAME, LabResult
from techfloor.duties.calibration.rules.procedure import ItemFunction
from techfloor.records.models import Attachment
from techfloor.reports.dcc.reading import read
from techfloor.reports.dcc.writing import write
from techfloor.store import db

READ = "/calibration/gauges/G-020/certificate/read"
D = Decimal


def function(name: str, unit: str) -> ItemFunction:
    return ItemFunction(name, unit, "", "", "", "")


def read_into(data: bytes, *functions: ItemFunction, most: int = 60) -> Read:
    return entry_of(read(data), functions, sent=None, back=date(2026, 11, 19), most=most)


def notes(of: Read) -> str:
    return " ".join(note.sentence % note.parameters for note in of.notes)


def test_results_before_and_after_are_as_found_and_as_left() -> None:
    made = read_into(dcc(TORQUE), function("torque", "N m"))
    assert made.entry.results == (
        LabResult("torque", D(10), D("10.4"), "as_found"),
        LabResult("torque", D(20), D("20.5"), "as_found"),
        LabResult("torque", D(10), D("10.01"), "as_left", D("0.05"), D(2)),
        LabResult("torque", D(20), D("19.98"), "as_left", D("0.08"), D("2.5")),
    )
    assert (made.entry.as_found, made.entry.as_left) == (NOT_GIVEN, "")


def test_results_among_the_conditions_are_as_found_and_the_table_is_as_left() -> None:
    made = read_into(dcc(ADJUSTED, conditions=BEFORE), function("temperature", "°C"))
    assert [(each.run, str(each.indication)) for each in made.entry.results] == [
        ("as_found", "50.6"), ("as_found", "100.7"), ("as_left", "50.1"), ("as_left", "100.0"),
    ]  # fmt: skip
    assert (made.entry.as_left, made.entry.rule) == ("pass", "Class B")


def test_a_gauge_that_was_not_adjusted_is_as_left_as_it_was_found() -> None:
    made = read_into(dcc(SENSOR.replace("afterAdjustment", "")), function("temperature", "°C"))
    assert made.entry.as_left == SAME
    assert made.entry.results[1] == LabResult("temperature", D("100.00"), D("100.12"), "as_found", D("0.03"), D("2.0"))
    assert str(made.entry.results[1].reference) == "100.00"  # as the laboratory wrote it
    assert "stability" in notes(made)


def test_a_certificate_of_our_own_gives_its_verdicts_rule_and_room() -> None:
    made = read_into(write(report_dcc.certificate(torque_wrench(), SIGNATURES, ISSUE)), function("torque", "N m"))
    assert (made.entry.as_found, made.entry.as_left, made.entry.rule) == ("fail", "pass", "Simple acceptance")
    assert "temperature 21.1 °C" in made.entry.environment
    assert made.entry.results[0] == LabResult("torque", D("19.11"), D("20.0"), "as_found")


def test_of_several_functions_with_one_unit_the_name_of_the_table_tells() -> None:
    both = (function("outside", "mm"), function("length", "mm"))
    assert {
        each.function
        for each in read_into(dcc(BLOCKS.replace("deviationFromNominal", "measurementError")), *both).entry.results
    } == {"length"}


def test_what_the_gauge_does_not_measure_is_left_out_and_said() -> None:
    made = read_into(dcc(TORQUE), function("outside", "mm"))
    assert made.entry.results == ()
    assert "2 of 2 values of “As found” are none that this gauge measures" in notes(made)
    assert "No result of it fits" in notes(made)


def test_more_results_than_the_form_takes_are_cut_and_said() -> None:
    made = read_into(dcc(TORQUE), function("torque", "N m"), most=3)
    assert len(made.entry.results) == 3
    assert "The first 3 of 4 results are taken." in notes(made)


def send(client: PlantClient, data: bytes, **more: Any) -> TestResponse:
    return client.submit(READ, {"file": (io.BytesIO(data), "logger.xml"), **more})


def filled(page: str) -> dict[str, str]:
    """Return what stands in the form that is sent on."""
    form = page[page.index('action="/calibration/gauges/G-020/certificate"') :]
    values = dict(
        re.findall(r'<input [^>]*?(?:type="(?:text|date|hidden)")[^>]*? name="([\w-]+)" value="([^"]*)"', form)
    )
    chosen = dict(re.findall(r'<input type="radio"[^>]* name="(\w+)" value="([^"]*)" checked', form))
    selects = re.findall(r'<select[^>]*name="([\w-]+)".*?<option value="([^"]*)" selected', form, re.DOTALL)
    return {name: unescape(value) for name, value in {**values, **chosen, **dict(selects)}.items()}


def test_it_is_shown_first_and_entered_once_with_its_file(as_: SignedInAs, app: Flask) -> None:
    quinn = as_("Q")
    serial = re.search(r"serial ([\w -]+)", quinn.get("/calibration/gauges/G-020/certificate").text)
    data = dcc(SENSOR.replace("afterAdjustment", ""), serial="elsewhere" if serial else "")
    shown = send(quinn, data, confirmed="y")
    assert shown.status_code == 200, shown.text
    given = filled(shown.text)
    assert (given["certificate"], given["results-0-reference"], given["as_left"]) == ("PTB-2026-771", "0.01", SAME)
    first = quinn.post("/calibration/gauges/G-020/certificate", data=given)
    again = quinn.post("/calibration/gauges/G-020/certificate", data=given)
    assert first.status_code == 303, first.text
    assert again.location == first.location
    with app.app_context():
        (kept,) = db.session.query(Attachment).filter_by(name="logger.xml")
        assert kept.media_type == "application/xml"


def test_the_certificate_of_another_gauge_needs_a_yes(as_: SignedInAs) -> None:
    answer = send(as_("Q"), dcc(SENSOR, serial="X-1"))
    assert answer.status_code == 422
    assert "Is it the right one?" in answer.text


@pytest.mark.pages
def test_a_damaged_file_is_said_beside_its_box(as_: SignedInAs) -> None:
    answer = send(as_("Q"), dcc(SENSOR)[:900])
    assert answer.status_code == 422
    assert "it breaks off or is damaged at line" in answer.text
