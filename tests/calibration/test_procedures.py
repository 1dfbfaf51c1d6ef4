"""A plant without procedures takes over ready-made ones, and gives each gauge its own."""

import pytest
from bench_work import start
from flask import Flask
from plant_client import SignedInAs
from sqlalchemy import select, text

from techfloor import store
from techfloor.duties.calibration import ready_made
from techfloor.records.models import Definition
from techfloor.refusals import NotFound
from techfloor.store import db


def forget(app: Flask, code: str) -> None:
    """Make a procedure of the demo plant unknown, as it is in a plant that never took it over."""
    with app.app_context(), store.act("test:procedure:rename"):
        db.session.execute(text("UPDATE definition SET code = 'OLD' WHERE code = :code"), {"code": code})


def test_a_ready_made_procedure_is_put_in_force_and_used(app: Flask, as_: SignedInAs) -> None:
    forget(app, "CAL-P-02")
    quinn = as_("Q")
    assert "CAL-P-02" in quinn.get("/calibration/procedures").text
    url = "/calibration/procedures/ready/CAL-P-02"
    assert quinn.submit(url, {"standards": "S-003"}).status_code == 303
    chosen = quinn.submit("/calibration/gauges/G-014/procedure", {"chosen": "CAL-P-02|150 mm"})
    assert chosen.status_code == 303
    assert start(as_("T", tablet=True), "G-014").startswith("CAL-")


def test_it_is_not_taken_over_without_a_standard_of_this_plant(app: Flask, as_: SignedInAs) -> None:
    forget(app, "CAL-P-02")
    quinn = as_("Q")
    url = "/calibration/procedures/ready/CAL-P-02"
    assert "Choose the standard" in quinn.submit(url, {}).text
    refused = quinn.submit(url, {"standards": "S-999"})
    assert refused.status_code == 422
    assert "no standard of this plant" in refused.text
    with app.app_context():
        assert db.session.scalar(select(Definition).where(Definition.code == "CAL-P-02")) is None


def test_a_gauge_is_not_given_points_its_procedure_does_not_have(as_: SignedInAs) -> None:
    answer = as_("Q").submit("/calibration/gauges/G-014/procedure", {"chosen": "CAL-P-02|nowhere"})
    assert answer.status_code == 422


@pytest.mark.parametrize("key", ["T", "S", "A", "I"])
def test_only_quality_and_the_administrator_approve(as_: SignedInAs, key: str) -> None:
    client = as_(key)
    assert client.get("/calibration/procedures/CAL-P-02").status_code == 200
    assert client.get("/calibration/procedures/ready/CAL-P-02").status_code == 403
    assert client.get("/calibration/gauges/G-014/procedure").status_code == 403


def test_unknown_codes_are_not_found(as_: SignedInAs) -> None:
    quinn = as_("Q")
    for url in ("/calibration/procedures/X", "/calibration/procedures/ready/X", "/calibration/gauges/X/procedure"):
        assert quinn.get(url).status_code == 404
    with pytest.raises(NotFound):
        ready_made.find("X")
