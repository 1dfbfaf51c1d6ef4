"""A plant without procedures takes over ready-made ones, and gives each gauge its own."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from bench_work import start
from flask import Flask
from plant_client import SignedInAs
from procedure_work import take_over
from sqlalchemy import select

from techfloor import store
from techfloor.duties.calibration.actions import procedures
from techfloor.duties.calibration.queries import records as queries
from techfloor.duties.calibration.queries.gauges import gauge_by_code
from techfloor.duties.calibration.rules import ready_made
from techfloor.equipment.models import Equipment, Gauge, GaugeFunction
from techfloor.records import integrity
from techfloor.records.models import Definition, Record
from techfloor.refusals import NotFound
from techfloor.store import db


def test_a_ready_made_procedure_is_put_in_force_and_used(
    app: Flask, as_: SignedInAs, forget: Callable[[str], None]
) -> None:
    forget("CAL-P-02")
    quinn = as_("Q")
    assert "CAL-P-02" in quinn.get("/calibration/procedures").text
    assert take_over(quinn, "CAL-P-02").status_code == 303
    chosen = quinn.submit("/calibration/gauges/G-014/procedure", {"chosen": "CAL-P-02|150 mm"})
    assert chosen.status_code == 303
    assert start(as_("T", tablet=True), "G-014").startswith("CAL-")


def test_it_is_not_taken_over_without_a_standard_of_this_plant(
    app: Flask, as_: SignedInAs, forget: Callable[[str], None]
) -> None:
    forget("CAL-P-02")
    quinn = as_("Q")
    assert "Choose the standard" in take_over(quinn, "CAL-P-02", "").text
    refused = take_over(quinn, "CAL-P-02", "S-999")
    assert refused.status_code == 422
    assert "no standard of this plant" in refused.text
    with app.app_context():
        assert db.session.scalar(select(Definition).where(Definition.code == "CAL-P-02")) is None


def test_a_gauge_is_not_given_points_its_procedure_does_not_have(as_: SignedInAs) -> None:
    answer = as_("Q").submit("/calibration/gauges/G-014/procedure", {"chosen": "CAL-P-02|nowhere"})
    assert answer.status_code == 422


@pytest.mark.clause("ISO 9001 7.5.2")
@pytest.mark.parametrize("key", ["T", "S", "A", "I"])
def test_only_quality_and_the_administrator_approve(as_: SignedInAs, key: str) -> None:
    client = as_(key)
    assert client.get("/calibration/procedures/CAL-P-02", follow_redirects=True).status_code == 200
    assert client.get("/calibration/procedures/ready/CAL-P-02").status_code == 403
    assert client.get("/calibration/gauges/G-014/procedure").status_code == 403


def test_unknown_codes_are_not_found(as_: SignedInAs) -> None:
    quinn = as_("Q")
    for url in ("/calibration/procedures/X", "/calibration/procedures/ready/X", "/calibration/gauges/X/procedure"):
        assert quinn.get(url).status_code == 404
    with pytest.raises(NotFound):
        ready_made.find("X")


# --- does it fit? ---


def test_every_gauge_of_the_demo_plant_fits_its_own_procedure(app: Flask) -> None:
    wrong = {}
    with app.app_context():
        for code in db.session.scalars(select(Equipment.code).where(Equipment.kind == "gauge")).all():
            gauge = gauge_by_code(code)
            found = queries.in_force_under(gauge.procedure_id)
            assert found is not None
            key = f"{found[1].code}|{gauge.item.point_set}"
            own = [one for one in procedures.candidates(gauge, date(2026, 11, 20)) if one.key == key]
            if [one.fit.objection for one in own] != [None]:
                wrong[code] = [
                    one.fit.objection and (one.fit.objection.sentence, one.fit.objection.parameters) for one in own
                ]
    assert wrong == {}


def test_a_procedure_whose_uncertainty_reaches_the_tolerance_is_not_offered(as_: SignedInAs) -> None:
    quinn = as_("Q")
    page = quinn.get("/calibration/gauges/G-001/procedure").text
    assert 'value="CAL-P-01|150 mm"' in page
    assert 'value="CAL-P-02|150 mm"' not in page
    assert "its U of 0.06 mm reaches the tolerance of this gauge, ± 0.03 mm" in page
    refused = quinn.submit("/calibration/gauges/G-001/procedure", {"chosen": "CAL-P-02|150 mm"})
    assert refused.status_code == 422


def test_a_micrometer_is_offered_only_points_of_its_range(app: Flask, as_: SignedInAs) -> None:
    page = as_("Q").get("/calibration/gauges/G-004/procedure").text
    offered = re.findall(r'type="radio"[^>]*value="([^"]+)"', page)
    assert offered[0] == "CAL-P-03|0-25 mm"
    assert not {"CAL-P-03|25-50 mm", "CAL-P-01|150 mm", "CAL-P-06|0-10 bar up and down"} & set(offered)
    assert "is outside the range of this gauge" in page


def test_a_ready_made_procedure_that_fits_is_offered_to_be_taken_over(
    app: Flask, as_: SignedInAs, forget: Callable[[str], None]
) -> None:
    forget("CAL-P-03")
    page = as_("Q").get("/calibration/gauges/G-004/procedure").text
    assert "/calibration/procedures/ready/CAL-P-03?gauge=G-004" in page


def test_a_calibration_does_not_start_by_a_procedure_that_no_longer_fits(app: Flask, as_: SignedInAs) -> None:
    with app.app_context(), store.act("test:gauge:change"):
        gauge = db.session.scalars(select(Equipment).where(Equipment.code == "G-014")).one()
        for function in db.session.scalars(select(GaugeFunction).where(GaugeFunction.gauge_id == gauge.id)):
            function.tolerance = "± 0.03 mm"
    given = {"standard": "S-003", "temperature": "20.3", "soaked": "y", "condition": "complete and readable"}
    answer = as_("T", tablet=True).submit("/calibration/start/G-014", given)
    assert answer.status_code == 422
    why = "CAL-P-02 does not fit G-014. At 0.00 outside its U of 0.06 mm reaches the tolerance of this gauge, ± 0.03 mm"
    assert why in answer.text
    assert why in as_("T", tablet=True).get("/calibration/gauges/G-014/paper-form.pdf").text, (
        "the form for paper says the same"
    )


def test_starting_without_a_procedure_leads_who_may_to_the_choice(app: Flask, as_: SignedInAs) -> None:
    with app.app_context(), store.act("test:gauge:change"):
        gauge = db.session.scalars(select(Equipment).where(Equipment.code == "G-014")).one()
        db.session.get_one(Gauge, gauge.id).procedure_id = None
    dana = as_("D").get("/calibration/start/G-014")
    quinn = as_("Q").get("/calibration/start/G-014")
    assert {answer.headers.get("Location") for answer in (dana, quinn)} & {"/calibration/gauges/G-014/procedure"}
    assert "Ask quality" in as_("T", tablet=True).get("/calibration/start/G-014").text


def test_a_record_is_named_by_its_number_and_its_gauge(app: Flask, as_: SignedInAs) -> None:
    number = start(as_("T", tablet=True), "G-014")
    with app.app_context():
        record = db.session.scalars(select(Record).where(Record.number == number)).one()
        assert integrity.name_of(db.session.connection(), record.id) == f"{number}, G-014"
        assert integrity.name_of(db.session.connection(), 0) == ""
