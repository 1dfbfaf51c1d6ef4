"""Which procedures a gauge is offered, and what its page says where it has none."""

import re

import pytest
from flask import Flask
from plant_client import SignedInAs
from sqlalchemy import update

from techfloor import store
from techfloor.equipment import queries
from techfloor.equipment.models import Gauge
from techfloor.store import db

pytestmark = pytest.mark.pages


def offered(page: str) -> set[str]:
    return {code.partition("|")[0] for code in re.findall(r'name="chosen"[^>]*value="([^"]+)"', page)}


def without_procedure(app: Flask, code: str, kind: str) -> None:
    with app.app_context(), store.act("calibration:gauge:procedure"):
        gauge = queries.gauge_view(code)
        values = {"procedure_id": None, "kind": kind}
        db.session.execute(update(Gauge).where(Gauge.equipment_id == gauge.item.id).values(values))


def test_what_is_for_another_kind_of_gauge_stands_behind_what_is_for_this(app: Flask, as_: SignedInAs) -> None:
    without_procedure(app, "G-001", "digital caliper")
    quinn = as_("Q")
    first = quinn.get("/calibration/gauges/G-001/procedure").text
    assert offered(first) == {"CAL-P-01"}
    assert 'href="/calibration/gauges/G-001/procedure?all=1"' in first
    everything = quinn.get("/calibration/gauges/G-001/procedure?all=1").text
    assert offered(everything) > {"CAL-P-01"}
    assert "?all=1" not in everything
    other = next(iter(re.findall(r'value="(CAL-P-0[^1][^"]*)"', everything)))
    assert quinn.submit("/calibration/gauges/G-001/procedure", {"chosen": other}).status_code == 303


def test_what_is_chosen_now_is_marked(app: Flask, as_: SignedInAs) -> None:
    quinn, page = as_("Q"), "/calibration/gauges/G-001/procedure"
    assert re.findall(r'value="([^"]+)"[^>]* checked', quinn.get(page).text) == ["CAL-P-01|150 mm"]
    without_procedure(app, "G-001", "digital caliper")
    assert re.findall(r'name="chosen"[^>]* checked', quinn.get(page).text) == []


def test_where_nothing_is_for_this_kind_all_that_fits_is_offered(app: Flask, as_: SignedInAs) -> None:
    without_procedure(app, "G-001", "Messding")
    assert "CAL-P-01" in offered(as_("Q").get("/calibration/gauges/G-001/procedure").text)


def test_quality_is_not_told_to_ask_quality(app: Flask, as_: SignedInAs) -> None:
    without_procedure(app, "G-001", "digital caliper")
    assert "none chosen yet<" in re.sub(r"\s+<", "<", as_("Q").get("/calibration/gauges/G-001").text)
    assert "none chosen yet: ask quality to choose one" in as_("T").get("/calibration/gauges/G-001").text


def test_a_technician_is_told_that_none_is_chosen(app: Flask, as_: SignedInAs) -> None:
    without_procedure(app, "G-001", "digital caliper")
    answer = as_("T").get("/calibration/start/G-001")
    assert answer.status_code == 422
    assert "No procedure is chosen for G-001 yet. Ask quality to choose one." in answer.text
    assert "send it again" not in answer.text


def test_those_of_the_same_kind_without_a_procedure_get_it_too(app: Flask, as_: SignedInAs) -> None:
    quinn, page = as_("Q"), "/calibration/gauges/G-001/procedure"
    assert 'name="alike"' not in quinn.get(page).text
    assert "no procedure yet" not in quinn.get("/").text
    for code in ("G-001", "G-002", "G-003"):
        without_procedure(app, code, "Digital Caliper" if code == "G-002" else "digital caliper")
    without_procedure(app, "G-014", "vernier caliper")
    assert "4 gauges have no procedure yet" in quinn.get("/").text
    assert "no procedure yet" not in as_("T").get("/").text
    assert "G-002, G-003" in quinn.get(page).text
    answer = quinn.submit(page, {"chosen": "CAL-P-01|150 mm", "alike": "y"})
    assert answer.status_code == 303
    said = quinn.get(answer.location).text
    assert "2 others have it now, too: G-002, G-003." in said
    assert "1 gauge has no procedure yet" in quinn.get("/").text
    with app.app_context():
        assert {queries.gauge_view(code).point_set for code in ("G-001", "G-002", "G-003")} == {"150 mm"}
