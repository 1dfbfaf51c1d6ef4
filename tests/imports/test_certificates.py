"""Certificates of standards from a sheet, under the rules of their pages."""

import re
from datetime import date

import pytest
from flask import Flask

from imports.conftest import Desk, runs
from imports.sheets import csv_of
from techfloor.equipment import queries
from techfloor.equipment.shapes import PaperView
from techfloor.imports.uncertainty import read_uncertainty, written_uncertainty
from techfloor.refusals import Refusal
from techfloor.web.importing import COMMA

HEAD = ("Standard", "Certificate No", "Laboratory", "Issued", "Valid until", "U", "k", "Reason")
ROW = ("S-003", "2026-77", "Metro Lab", "2026-10-01", "", "(0.05 + 0.5 L/m) µm", "", "")


def papers(app: Flask, code: str = "S-003") -> dict[str, PaperView]:
    """The certificates of a standard that stand, by their numbers."""
    with app.app_context():
        (standard,) = queries.standards_for([code], date(2026, 11, 20))
        return {each.certificate.number: each for each in queries.certificates_of(standard.id) if each.stands}


def why(page: str) -> list[str]:
    return [re.sub("<[^>]+>", "", cell) for cell in re.findall(r'data-label="Why">(.*?)</td>', page)]


def test_a_certificate_is_added_moves_the_due_day_and_is_corrected_with_a_reason(app: Flask, quinn: Desk) -> None:
    before = papers(app)
    quinn.bring_in("certificates", csv_of(HEAD, ROW))
    added = papers(app)["2026-77"].certificate
    with app.app_context():
        (standard,) = queries.standards_for(["S-003"], date(2026, 11, 20))
    assert added.uncertainty == {"kind": "length", "constant": "0.05", "per_metre": "0.5", "unit": "um", "k": "2"}
    assert added.valid_until == date(2026 + standard.interval_months // 12, 10, 1)
    assert standard.certificate is not None
    assert standard.certificate.number == "2026-77"
    assert len(papers(app)) == len(before) + 1

    mended = (*ROW[:2], "Metro Laboratory", "", "", "0.2 µm (k = 2.1)", "")
    assert why(quinn.look("certificates", csv_of(HEAD, (*mended, ""))))[0].startswith(
        "Why it is corrected: It stands here otherwise."
    )
    quinn.bring_in("certificates", csv_of(HEAD, (*mended, "mistyped")))
    paper = papers(app)["2026-77"]
    assert (paper.certificate.laboratory, paper.reason, paper.replaces is not None) == (
        "Metro Laboratory",
        "mistyped",
        True,
    )
    assert paper.certificate.uncertainty == {"kind": "constant", "constant": "0.2", "unit": "um", "k": "2.1"}
    assert paper.certificate.issued == date(2026, 10, 1)
    assert runs(app) == [(1, 0, 0, 0), (0, 1, 0, 0)]


def test_values_come_in_columns_or_in_one_cell_each_with_its_u(app: Flask, quinn: Desk) -> None:
    head = (*HEAD[:4], "Nominal 1", "Value 1", "U of value 1", "Nominal 2", "Value 2", "U of value 2")
    quinn.bring_in("certificates", csv_of(head, (*ROW[:4], "1", "1.00005", "0.0001", "10", "10,0001", "0,0002")))
    told = papers(app)["2026-77"].certificate
    assert told.certified == (
        {"nominal": "1", "value": "1.00005", "u": "0.0001"},
        {"nominal": "10", "value": "10.0001", "u": "0.0002"},
    )
    assert told.uncertainty == {"kind": "per value", "unit": "mm", "k": "2"}
    one_cell = ("S-003", "2026-78", *ROW[2:4], "50; 50.0001 | 100; 100.0002")
    quinn.bring_in("certificates", csv_of((*HEAD[:4], "Certified values"), one_cell, sep="\t"))
    assert [row["value"] for row in papers(app)["2026-78"].certificate.certified] == ["50.0001", "100.0002"]


@pytest.mark.pages
@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"Standard": ""}, "Code: Enter the code of the standard."),
        ({"Standard": "G-014"}, "Code: G-014 is the code of a gauge."),
        ({"Standard": "S-0033"}, "Code: There is no standard S-0033. Did you mean S-003?"),
        ({"Certificate No": ""}, "Certificate: Enter the number of the certificate or lot."),
        ({"Laboratory": ""}, "Issued by: Enter who issued it."),
        ({"Issued": ""}, "Issued on: Enter the day it was issued."),
        ({"Valid until": "2026-09-01"}, "Valid until: It must be valid until a day after it was issued."),
        ({"U": "good"}, "Uncertainty U: “good” is no uncertainty. Write it like"),
        ({"U": "0.2 mmm"}, "Uncertainty U: The unit “mmm” is not known."),
        ({"U": "0.2 µm (k = 2)", "k": "3"}, "Coverage factor k: The uncertainty says another k."),
        ({"k": "0.5"}, "Coverage factor k: A coverage factor is 1 or more."),
    ],
)
def test_a_bad_certificate_is_refused(quinn: Desk, changed: dict[str, str], words: str) -> None:
    row = tuple((dict(zip(HEAD, ROW, strict=True)) | changed).values())
    (said,) = why(quinn.look("certificates", csv_of(HEAD, row)))
    assert said.startswith(words)


@pytest.mark.pages
def test_a_certificate_that_stands_twice_or_whose_values_are_no_numbers_is_refused(quinn: Desk) -> None:
    head = (*HEAD[:4], "Certified values", "Nominal", "Certified value")
    rows = (
        (*ROW[:4], "50, 50.0001", "", ""),
        (*ROW[:4], "", "50", ""),
        (*ROW[:4], "", "", ""),
        ("s-003", *ROW[1:4], "", "", ""),
    )
    assert why(quinn.look("certificates", csv_of(head, *rows))) == [
        "Certified values: Line 1: write nominal; value; U with a decimal point.",
        "Certified value: Enter both the nominal and the certified value.",
        "Code: “S-003, 2026-77” stands in row 4 already.",
    ]


@pytest.mark.parametrize(
    ("typed", "unit", "expected"),
    [
        ("", "mm", {}),
        ("0.2 µm", "mm", {"kind": "constant", "constant": "0.2", "unit": "um"}),
        ("U = ± 0.20 um, k = 2.00", "mm", {"kind": "constant", "constant": "0.20", "unit": "um", "k": "2.00"}),
        ("0.05 N m (k=2)", "N m", {"kind": "constant", "constant": "0.05", "unit": "N m", "k": "2"}),
        ("0,5 %", "bar", {"kind": "percent", "percent": "0.5"}),
        ("0.50 % of reading (k = 2)", "bar", {"kind": "percent", "percent": "0.50"} | {"k": "2"}),
        ("1.5 %", "%", {"kind": "constant", "constant": "1.5", "unit": "%"}),
        ("1.5 % rdg", "%", {"kind": "percent", "percent": "1.5"}),
        ("(0.1 + 0.5 L/m) µm", "mm", {"kind": "length", "constant": "0.1", "per_metre": "0.5", "unit": "um"}),
        ("0.1 µm + 0.5 µm/m", "mm", {"kind": "length", "constant": "0.1", "per_metre": "0.5", "unit": "um"}),
        ("0.1 µm + 0.5·10⁻⁶·L", "mm", {"kind": "length", "constant": "0.1", "per_metre": "0.5", "unit": "um"}),
        ("0.0001 mm + 2e-6 L", "mm", {"kind": "length", "constant": "0.0001", "per_metre": "0.002", "unit": "mm"}),
    ],
)
def test_an_uncertainty_is_read_as_certificates_state_it(typed: str, unit: str, expected: dict[str, str]) -> None:
    found = read_uncertainty({"u": typed, COMMA: "yes"}, "u", unit)
    assert found == expected
    again = written_uncertainty(found)
    assert read_uncertainty({"u": again}, "u", unit) == {name: v for name, v in expected.items() if name != "k"}


@pytest.mark.parametrize(
    "typed", ["0.1 V + 2e-6 L", "0.1 µm + 0.5 mm/m", "-0.2 µm", "0.2", "1 + 2", "0.2 µm " + "+" * 200]
)
def test_what_is_no_uncertainty_is_refused(typed: str) -> None:
    with pytest.raises(Refusal):
        read_uncertainty({"u": typed}, "u", "mm")
