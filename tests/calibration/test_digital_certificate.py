"""The digital certificate of a calibration: it is issued within the PDF, handed out beside it, and says the same."""

from decimal import Decimal

import pytest
from bench_work import give_all, review, sign, start
from flask import Flask
from outside_work import receive
from plant_client import PlantClient, SignedInAs
from reports.test_dcc_written import faults

from techfloor.reports.dcc.opening import certificate_in
from techfloor.reports.dcc.reading import read

CALIPER = ["0.00", "25.00", "50.05", "100.00", "150.10", "25.00"]


@pytest.fixture
def quinn(as_: SignedInAs) -> PlantClient:
    return as_("Q")


@pytest.fixture
def issued(as_: SignedInAs, quinn: PlantClient) -> str:
    """A calibration that was performed, reviewed and issued, by its number."""
    tara = as_("T", tablet=True)
    number = start(tara, "G-014")
    give_all(tara, number, "indication", CALIPER)
    assert sign(tara, number).status_code == 303
    assert review(quinn, number).status_code == 303
    quinn.submit(f"/calibration/{number}/certificate", page=f"/calibration/{number}")
    return number


def test_the_issued_pdf_carries_it_and_the_same_bytes_are_handed_out(quinn: PlantClient, issued: str) -> None:
    paper = quinn.get(f"/calibration/{issued}/certificate.pdf").data
    answer = quinn.get(f"/calibration/{issued}/certificate.xml")
    assert answer.mimetype == "application/xml"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{issued}-v1.xml"'
    assert answer.data == certificate_in(paper)
    assert faults(answer.data) == []
    made = read(answer.data)
    points = [point for table in made.results for point in table.points]
    assert [p.measured.value for p in points if p.measured] == [Decimal(text) for text in CALIPER]
    assert {p.error.k for p in points if p.error} == {Decimal("1.83")}
    assert made.number == f"{issued}-v1"
    assert made.items[0].identifications[-1].value == "G-014"


@pytest.mark.pages
def test_the_record_and_its_certificate_lead_to_it(quinn: PlantClient, issued: str) -> None:
    for page in (f"/calibration/{issued}", f"/calibration/{issued}/certificate"):
        assert f'href="/calibration/{issued}/certificate.xml" download' in quinn.get(page).text


def test_before_the_first_issue_there_is_none(quinn: PlantClient, as_: SignedInAs, app: Flask) -> None:
    tara = as_("T", tablet=True)
    number = start(tara, "G-014")
    assert quinn.get(f"/calibration/{number}/certificate.xml").status_code == 404


def test_the_review_of_another_laboratory_s_certificate_is_none(quinn: PlantClient) -> None:
    answer = receive(quinn)
    assert answer.status_code == 303
    assert "certificate.xml" not in quinn.get(answer.location, follow_redirects=True).text
