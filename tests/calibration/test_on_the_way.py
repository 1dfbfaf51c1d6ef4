"""What a technician sees between the first reading and the signature, and how a code may be typed."""

import re

import pytest
from bench_work import give, give_all, place, start
from flask import Flask
from plant_client import SignedInAs
from sqlalchemy import select

from techfloor.duties.calibration.models import Reading
from techfloor.duties.calibration.views.shown import with_unit
from techfloor.equipment.models import EquipmentLog
from techfloor.records.models import RecordContent
from techfloor.said import in_words
from techfloor.store import db


@pytest.mark.parametrize(
    ("label", "unit", "words"),
    [
        ("25.00 outside inner jaw", "mm", "25.00 mm outside inner jaw"),
        ("100.0", "N m", "100.0 N·m"),
        ("10 kg against S-007", "g", "10 kg against S-007"),
        ("half load", "g", "half load"),
        ("GO ring, GO check plug", "", "GO ring, GO check plug"),
    ],
)
def test_the_unit_stands_behind_its_number(label: str, unit: str, words: str) -> None:
    assert with_unit(label, unit) == words


@pytest.mark.parametrize(
    ("url", "leads_to"),
    [
        ("/calibration/start/g-014", "/calibration/start/G-014"),
        ("/e/g-014", "/calibration/gauges/G-014"),
        ("/e/g-007", "/calibration/start/G-007"),
    ],
)
def test_a_code_in_another_case_leads_to_the_same_gauge(as_: SignedInAs, url: str, leads_to: str) -> None:
    assert as_("T", tablet=True).get(url).location == leads_to


def test_a_begun_calibration_is_found_by_a_code_in_another_case(as_: SignedInAs) -> None:
    tara = as_("T", tablet=True)
    number = start(tara, "G-014")
    assert tara.get("/e/g-014").location == f"/calibration/{number}/next"


def test_a_failed_and_an_unmeasured_point_do_not_shine_green(as_: SignedInAs) -> None:
    tara = as_("T", tablet=True)
    number = start(tara, "G-014")
    give(tara, number, indication="0.20", confirmed="y")
    tara.submit(f"{place(tara, number)}/cannot", {"reason": "out of reach of the set-up"})
    give(tara, number, indication="50.00")
    page = tara.get(place(tara, number)).text
    assert page.count('<li class="done">') == 1
    assert re.search(r'<li class="failed"><a href="[^"]+/correct/1"><span class="vh">0.00 mm outside: out of tol', page)
    assert re.search(
        r'<li class="skipped"><a href="[^"]+"><span class="vh">25.00 mm outside inner jaw: not measured', page
    )
    assert "1 out of tolerance" in page
    assert "1 not measured" in page


def test_one_tap_says_why_a_point_cannot_be_measured(app: Flask, as_: SignedInAs) -> None:
    tara = as_("T", tablet=True)
    number = start(tara, "G-014")
    url = f"{place(tara, number)}/cannot"
    assert "Choose why it cannot be measured." in tara.submit(url, {}).text
    tara.submit(url, {"reason": "gauge damaged"})
    tara.submit(f"{place(tara, number)}/cannot", {"reason": "function missing", "why": "depth rod lost"})
    with app.app_context():
        kept = [
            in_words(reading.cannot_measure) for reading in db.session.scalars(select(Reading).order_by(Reading.id))
        ]
    assert kept == ["gauge damaged", "function missing: depth rod lost"]


def test_the_same_adjustment_sent_twice_stands_once_in_the_log(app: Flask, as_: SignedInAs) -> None:
    tara = as_("T", tablet=True)
    number = start(tara, "G-014")
    give_all(tara, number, "indication", ["0.00", "25.00", "50.05", "100.00", "150.10", "25.00"])
    for answer in ({"adjusted": "yes", "words": "zero set"}, {"adjusted": "yes", "words": " zero set"}):
        tara.submit(f"/calibration/{number}/adjust", answer)
    tara.submit(f"/calibration/{number}/adjust", {"adjusted": "no"})
    with app.app_context():
        events = db.session.scalars(select(EquipmentLog.event).where(EquipmentLog.event.contains("adjusted")))
        assert list(events) == ["adjusted", "not adjusted after all"]
        assert (
            db.session.scalars(select(RecordContent.record_id).where(RecordContent.body.contains(number))).all() == []
        )


def test_a_pause_says_that_it_is_saved(as_: SignedInAs) -> None:
    tara = as_("T", tablet=True)
    number = start(tara, "G-014")
    assert f"{number} is saved. Go on any time." in tara.get(f"/calibration/{number}/pause", follow_redirects=True).text
