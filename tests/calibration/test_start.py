"""Starting a calibration: what the standard's certificate must give, and whose work it is."""

import re
from collections.abc import Callable
from typing import Any

from bench_work import AMBIENT, give_all, problems, start
from flask import Flask
from plant_client import SignedInAs
from sqlalchemy import select

from techfloor import store
from techfloor.duties.calibration.models import Reading
from techfloor.equipment.models import Equipment, Gauge, StandardCertificate
from techfloor.store import db

GIVEN = {"standard": "S-003", "temperature": AMBIENT["temperature"], "soaked": "y"}


def change_certificates(app: Flask, code: str, change: Callable[[StandardCertificate], Any]) -> None:
    """Change every certificate of a standard, as another plant's would be."""
    with app.app_context(), store.act("equipment:certificate:add"):
        wanted = select(StandardCertificate).join(Equipment, Equipment.id == StandardCertificate.standard_id)
        for paper in db.session.scalars(wanted.where(Equipment.code == code)):
            change(paper)


def without_u(paper: StandardCertificate) -> None:
    paper.uncertainty = {}
    paper.certified = [{name: value for name, value in row.items() if name != "u"} for row in paper.certified]


def test_a_certificate_without_u_is_refused_before_the_first_reading(app: Flask, as_: SignedInAs) -> None:
    change_certificates(app, "S-003", without_u)
    answer = as_("T", tablet=True).submit("/calibration/start/G-003", GIVEN)
    assert answer.status_code == 422
    assert "The certificate of S-003 states no U at 50." in problems(answer)[0]


def test_a_plant_with_coarser_blocks_gets_its_own_uncertainty(app: Flask, as_: SignedInAs) -> None:
    def coarse(paper: StandardCertificate) -> None:
        paper.certified = [row | {"u": "0.02"} for row in paper.certified]

    change_certificates(app, "S-003", coarse)
    tara = as_("T", tablet=True)
    number = start(tara, "G-003")
    give_all(tara, number, "indication", ["0.00", "50.00", "100.00", "200.00"])
    with app.app_context():
        found = [reading.u for reading in db.session.scalars(select(Reading).order_by(Reading.id))]
    expected = ["0.014", "0.025", "0.025", "0.042"]
    assert [str(round(u, 3)) for u in found if u] == expected, "200 is two pieces, and their U add up"


# --- never calibrated ---


def test_a_gauge_that_was_never_calibrated_leads_the_home_page(app: Flask, as_: SignedInAs) -> None:
    with app.app_context(), store.act("equipment:item:create"):
        like = db.session.scalars(select(Equipment).where(Equipment.code == "G-001")).one()
        new = Equipment(code="G-NEW", kind="gauge", name="Caliper", area_id=like.area_id)
        db.session.add(new)
        db.session.flush()
        gauge = Gauge(equipment_id=new.id, kind="caliper", status="calibrate before use", interval_months=6)
        db.session.add(gauge)
    tara = as_("T", tablet=True)
    home = tara.get("/").text
    assert re.findall(r'href="(/calibration/start/[^"]+)"', home)[0] == "/calibration/start/G-NEW"
    assert "Calibrate: never calibrated" in home
    assert "G-NEW" in as_("Q").get("/calibration/gauges?status=overdue").text
