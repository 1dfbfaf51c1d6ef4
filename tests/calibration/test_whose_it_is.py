"""Only who has a calibration under way writes to it; everybody else is told to take it over first."""

import json
import re

import pytest
from bench_work import give, give_all, place, problems, sign, start
from flask import Flask
from plant_client import PlantClient, SignedInAs

from techfloor.duties.calibration.queries.bench import bench_of
from techfloor.records.signing import stored_content
from techfloor.said import in_words

CALIPER = ["0.00", "25.00", "50.05", "100.00", "150.10", "25.00"]
FAILING = ["0.00", "25.00", "50.05", "100.00", "150.25", "25.00"]
NOT_YOURS = "Tara Kowalski has this calibration under way. Take it over first."


@pytest.fixture
def begun(as_: SignedInAs) -> str:
    """A calibration of Tara's with one reading."""
    tara = as_("T", tablet=True)
    number = start(tara, "G-014")
    give(tara, number, indication="0.00")
    return number


def entry(client: PlantClient, url: str, data: dict[str, str]) -> list[str]:
    """Post what no page offers this person, and return why it was refused."""
    take_over = f"/calibration/{url.split('/')[2]}/take-over"
    answer = client.submit(url, {**client.hidden(take_over, take_over), **data})
    assert answer.status_code == 422
    assert all(value in answer.text for value in data.values()), "what was typed stays on the page"
    assert f'href="{take_over}"' in answer.text
    return problems(answer)


def test_a_reading_of_another_person_is_refused_and_stays_on_the_page(begun: str, as_: SignedInAs) -> None:
    otto = as_("O", tablet=True)
    assert entry(otto, f"/calibration/{begun}/as-found/2/1", {"indication": "25.05"}) == [NOT_YOURS]


def test_so_is_a_point_that_another_cannot_measure(begun: str, as_: SignedInAs) -> None:
    given = {"reason": "standard not available", "why": "at the laboratory"}
    assert entry(as_("O", tablet=True), f"/calibration/{begun}/as-found/2/1/cannot", given) == [NOT_YOURS]


def corrections(client: PlantClient, number: str) -> str:
    """Return the page on which the first reading is corrected."""
    found = re.search(rf"/calibration/{number}/correct/\d+", client.get(place(client, number)).text)
    assert found is not None
    return found[0]


def test_so_is_a_correction_and_its_page_leads_to_taking_over(begun: str, as_: SignedInAs) -> None:
    page = corrections(as_("T", tablet=True), begun)
    otto = as_("O", tablet=True)
    assert entry(otto, page, {"indication": "0.05", "reason": "mistyped"}) == [NOT_YOURS]
    assert otto.get(page).location == f"/calibration/{begun}/take-over"


def test_so_is_a_condition_of_the_room(begun: str, as_: SignedInAs) -> None:
    tara, otto = as_("T", tablet=True), as_("O", tablet=True)
    page = tara.get(f"/calibration/{begun}/room").location
    assert entry(otto, page, {"value": "20.5", "reason": "mistyped"}) == [NOT_YOURS]
    assert otto.get(page).location == f"/calibration/{begun}/take-over"


def test_so_is_discontinuing_and_its_page_leads_to_taking_over(begun: str, as_: SignedInAs) -> None:
    otto, page = as_("O", tablet=True), f"/calibration/{begun}/discontinue"
    assert entry(otto, page, {"reason": "no time left"}) == [NOT_YOURS]
    assert otto.get(page).location == f"/calibration/{begun}/take-over"


def test_so_is_deciding_about_an_adjustment(as_: SignedInAs) -> None:
    tara = as_("T", tablet=True)
    number = start(tara, "G-014")
    give_all(tara, number, "indication", FAILING)
    otto, page = as_("O", tablet=True), f"/calibration/{number}/adjust"
    assert entry(otto, page, {"adjusted": "yes", "words": "jaw set back"}) == [NOT_YOURS]
    assert otto.get(page).location == f"/calibration/{number}/take-over"


def test_who_takes_it_over_goes_on_and_the_first_is_refused_from_then_on(begun: str, as_: SignedInAs) -> None:
    otto = as_("O", tablet=True)
    assert otto.submit(f"/calibration/{begun}/take-over", {}).status_code == 303
    assert give(otto, begun, indication="25.00").status_code == 303
    refused = entry(as_("T", tablet=True), f"/calibration/{begun}/as-found/3/1", {"indication": "50.05"})
    assert refused == ["Otto Lindqvist has this calibration under way. Take it over first."]


# What two people measured


@pytest.fixture
def of_two(begun: str, as_: SignedInAs) -> str:
    """A calibration of which Tara read one value and Otto, who took it over, the others."""
    otto = as_("O", tablet=True)
    otto.submit(f"/calibration/{begun}/take-over", {})
    give_all(otto, begun, "indication", CALIPER[1:])
    return begun


@pytest.mark.clause("ISO/IEC 17025 7.5.1")
def test_the_check_names_everybody_who_read_a_value(of_two: str, as_: SignedInAs) -> None:
    page = as_("O", tablet=True).get(f"/calibration/{of_two}/check").text
    assert "Measured by Tara Kowalski and Otto Lindqvist" in page
    assert "Signed by Otto Lindqvist" in page


@pytest.mark.clause("PI 041 Attributable")
def test_the_record_names_them_and_a_second_person_looks(of_two: str, app: Flask, as_: SignedInAs) -> None:
    assert sign(as_("O", tablet=True), of_two).status_code == 303
    assert "Measured by Tara Kowalski and Otto Lindqvist" in as_("Q").get(f"/calibration/{of_two}").text
    with app.app_context():
        bench = bench_of(of_two)
        assert "measured by Tara Kowalski and Otto Lindqvist" in [in_words(each) for each in bench.body.exceptions]
        assert bench.record.state == "performed"
        assert json.loads(stored_content(bench.record.id))["measured_by"] == ["Tara Kowalski", "Otto Lindqvist"]


def test_what_one_person_measured_is_not_unusual(as_: SignedInAs) -> None:
    tara = as_("T", tablet=True)
    number = start(tara, "G-014")
    give_all(tara, number, "indication", CALIPER)
    assert "Measured by" not in tara.get(f"/calibration/{number}/check").text
