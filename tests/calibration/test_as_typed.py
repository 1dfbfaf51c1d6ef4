"""What was typed is what is shown: on the strip, in the grid, in questions and on the certificate."""

import json
import re
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

from bench_work import give, give_all, place, problems, sign, start
from flask import Flask
from plant_client import SignedInAs
from sqlalchemy import select

from techfloor.duties.calibration.report.tables import groups, results, single_readings
from techfloor.duties.calibration.report.words import Words
from techfloor.records.models import RecordContent
from techfloor.store import db

DIFFERENCES = ["0.010", "0.030", "0.020"]


def plain(page: str) -> str:
    """Return the words of a page on one line."""
    main = page[page.index("<main") :]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", main)))


def weighed(app: Flask, as_: SignedInAs) -> dict[str, Any]:
    quinn = as_("Q")
    number = start(quinn, "G-021")
    give_all(quinn, number, "difference", DIFFERENCES)
    assert sign(quinn, number).status_code == 303
    with app.app_context():
        body = db.session.scalars(select(RecordContent.body).where(RecordContent.body.contains(number))).one()
    found: dict[str, Any] = json.loads(body)
    return found


def test_a_comparison_keeps_and_signs_its_differences_and_the_certified_value(app: Flask, as_: SignedInAs) -> None:
    (point,) = weighed(app, as_)["runs"][0]["points"]
    assert (point["reference"], point["difference"], point["nominal"]) == ("10000.005", "0.020", "10000")
    assert [r["difference"] for r in point["readings"]] == DIFFERENCES
    assert {r["reference"] for r in point["readings"]} == {"10000.005"}


def test_the_weight_of_ea_4_02_s2_stands_on_its_certificate_with_its_reference_and_its_difference(
    app: Flask, as_: SignedInAs
) -> None:
    words = Words("en", ZoneInfo("Europe/Berlin"), str)
    (group,) = groups(weighed(app, as_))
    table = results(group, words, "")
    row = dict(zip([c.head for c in table.columns], [c.text for c in table.rows[0].cells], strict=True))
    assert (row["Reference"], row["Difference"], row["As found"]) == ("10000.005", "+0.020", "10000.025")
    assert (row["From nominal"], row["U (k = 2)"]) == ("+0.025", "0.059")
    readings = single_readings(group, "as_found", words)
    assert [cell.text for cell in readings.rows[0].cells][1:] == ["difference g", "+0.010", "+0.030", "+0.020"]


def test_the_strip_and_the_grid_of_a_comparison_say_the_difference_that_was_typed(as_: SignedInAs) -> None:
    quinn = as_("Q")
    number = start(quinn, "G-021")
    answer = give(quinn, number, difference="0.030")
    page = plain(quinn.get(answer.location).text)
    assert "difference +0.030 g → 10000.035 g" in page
    assert "standard 10000.005 g" in page
    assert "Difference: unknown minus standard" in page


def test_an_unlikely_difference_is_asked_about_as_it_was_typed(as_: SignedInAs) -> None:
    quinn = as_("Q")
    number = start(quinn, "G-021")
    answer = give(quinn, number, difference="10000.02")
    assert "You entered 10000.02 as the difference, unknown minus standard. Is this right?" in " ".join(
        problems(answer)
    )
    assert "20000.025" not in answer.text
    assert give(quinn, number, difference="10000.02", confirmed="y").status_code == 303


def test_a_repeat_far_from_the_others_is_asked_about(as_: SignedInAs) -> None:
    quinn = as_("Q")
    number = start(quinn, "G-021")
    assert give(quinn, number, difference="0.025").status_code == 303
    asked = give(quinn, number, difference="0.240")
    assert "You entered 0.240, 0.215 away from the other readings of this point. Is this right?" in " ".join(
        problems(asked)
    )
    assert give(quinn, number, difference="0.240", confirmed="y").status_code == 303
    assert give(quinn, number, difference="0.030").status_code == 303, "it lies beside one of them"


def test_what_a_gauge_cannot_show_needs_a_yes_and_a_note(as_: SignedInAs) -> None:
    quinn = as_("Q")
    number = start(quinn, "G-014")
    asked = give(quinn, number, indication="888.00")
    assert "888.00 mm is outside the range of this gauge, 0 to 150 mm. Is this right?" in " ".join(problems(asked))
    asked = give(quinn, number, indication="888.00", confirmed="y")
    assert "Enter how a value outside the range of this gauge came about." in " ".join(problems(asked))
    kept = give(quinn, number, indication="888.00", confirmed="y", note="display broken")
    assert kept.status_code == 303
    reading = re.search(r"after=(\d+)", kept.location)[1]  # type: ignore[index]
    where = f"/calibration/{number}/correct/{reading}"
    changed = {"indication": "777.00", "reason": "mistyped", "confirmed": "y"}
    assert 'name="note"' in quinn.submit(where, changed).text
    assert quinn.submit(where, {**changed, "note": "display broken"}).status_code == 303


def test_where_both_are_read_both_are_shown(as_: SignedInAs) -> None:
    otto = as_("O", tablet=True)
    number = start(otto, "G-013")
    give(otto, number, reference="0.000", indication="0.000")
    answer = give(otto, number, reference="0.497", indication="0.500")
    page = otto.get(answer.location).text
    assert "standard 0.497, gauge 0.500 bar · " in plain(page)
    cells = re.findall(r'class="end mono typed" data-label="(\w+)">\s*(?:<a [^>]*>)?([\d.]*)', page)
    assert ("Standard", "0.497") in cells
    assert ("Gauge", "0.500") in cells


def test_a_matched_point_shows_what_the_standard_read(as_: SignedInAs) -> None:
    otto = as_("O", tablet=True)
    number = start(otto, "G-011")
    answer = give(otto, number, reference="19.12")
    page = otto.get(answer.location).text
    assert re.search(r'data-label="Standard">\s*(?:<a [^>]*>)?19\.12', page)
    assert "19.12 N·m · Fail: error +4.60 %, 0.60 % outside the limit" in plain(page)


def test_what_cannot_be_measured_is_named_with_its_unit(as_: SignedInAs) -> None:
    tara = as_("T", tablet=True)
    number = start(tara, "G-014")
    give_all(tara, number, "indication", ["0.00", "25.00"])
    assert "Cannot measure 50.00 mm outside" in tara.get(f"{place(tara, number)}/cannot").text


def test_a_gauge_that_had_not_settled_is_told_once_and_for_how_long(as_: SignedInAs) -> None:
    tara = as_("T", tablet=True)
    number = start(tara, "G-014", soaked="")
    give_all(tara, number, "indication", ["0.00", "25.00", "50.00", "100.00", "150.00", "25.00"])
    page = plain(tara.get(f"/calibration/{number}/check").text)
    assert page.count("settled") == 1
    assert "less than 30 minutes" in page
