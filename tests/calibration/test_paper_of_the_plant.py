"""A plant that works in US customary units prints on Letter: certificates, lists and forms to write on."""

from io import BytesIO

import pikepdf
import pytest
from amending_work import calibrated
from bench_work import review
from flask import Flask
from plant_client import SignedInAs
from sqlalchemy import update

from techfloor import store
from techfloor.places.models import Plant
from techfloor.store import db

POINT = 72 / 25.4


def millimetres(pdf: bytes) -> set[tuple[int, int]]:
    """The sizes of the pages, whole millimetres."""
    with pikepdf.open(BytesIO(pdf)) as document:
        return {(round(float(p.mediabox[2]) / POINT), round(float(p.mediabox[3]) / POINT)) for p in document.pages}


@pytest.mark.parametrize(("units", "short", "long"), [("metric", 210, 297), ("us customary", 216, 279)])
def test_what_is_printed_fits_the_paper_of_the_plant(
    app: Flask, as_: SignedInAs, units: str, short: int, long: int
) -> None:
    with app.app_context(), store.act("places:plant:change"):
        db.session.execute(update(Plant).values(units=units))
    quinn, number = as_("Q"), calibrated(as_("T"))
    if f"/calibration/{number}/review" in quinn.get(f"/calibration/{number}").text:
        assert review(quinn, number).status_code == 303
    assert quinn.submit(f"/calibration/{number}/certificate", {}, page=f"/calibration/{number}").status_code == 303
    assert millimetres(quinn.get(f"/calibration/{number}/certificate.pdf").data) == {(short, long)}
    assert millimetres(quinn.get("/calibration/gauges/G-014/paper-form.pdf").data) == {(short, long)}
    assert millimetres(quinn.get("/equipment/list.pdf?kind=standard").data) == {(long, short)}
