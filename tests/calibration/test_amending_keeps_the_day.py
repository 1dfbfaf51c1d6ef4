"""What became otherwise after a calibration is no mistake in its record: an amendment leaves it as it was."""

import json
from datetime import date
from typing import Any

import outside_work
import pytest
from amending_work import FAILING, amend, amended, amending, calibrated, correct, due, words
from bench_work import problems, review, sign
from flask import Flask
from plant_client import SignedInAs
from sqlalchemy import update

from techfloor import store
from techfloor.duties.calibration.queries import records as queries
from techfloor.duties.calibration.queries.bench import bench_of
from techfloor.duties.calibration.queries.gauges import gauge_by_code
from techfloor.equipment.ledger import due_of
from techfloor.equipment.models import Equipment, Gauge, GaugeFunction
from techfloor.places.actions import change_setting
from techfloor.places.models import Plant
from techfloor.records.signing import stored_content
from techfloor.store import db


def otherwise_today(app: Flask, code: str = "G-014", **item: str) -> None:
    """Let the card of a gauge and the plant's own words say something else than on the day of the calibration."""
    with app.app_context(), store.act("test:gauge:change"):
        gauge = gauge_by_code(code).id
        card = {"serial": "SN-4711", "maker": "Another maker", "station_id": None, **item}
        db.session.execute(update(Equipment).where(Equipment.id == gauge).values(card))
        db.session.execute(
            update(Gauge).where(Gauge.equipment_id == gauge).values(interval_months=24, limited_use="none")
        )
        db.session.execute(update(Equipment).where(Equipment.code == "S-003").values(serial="SN-4714", code="S-303"))
        db.session.execute(update(Plant).values(name="Another name"))
        change_setting("calibration.document_title", "Calibration record")
        change_setting("calibration.due_date_on_certificate", "yes")
        change_setting("calibration.due_day", "end of month")


def content(app: Flask, number: str, version: int) -> dict[str, Any]:
    """Return the signed content of a version."""
    with app.app_context():
        found: dict[str, Any] = json.loads(stored_content(queries.version_row(number, version).id))
        return found


def due_day(app: Flask, code: str) -> date | None:
    """Return when a gauge is due."""
    with app.app_context():
        row = due_of(gauge_by_code(code).id, "calibration")
        return row.due if row else None


@pytest.mark.clause("ISO/IEC 17025 7.5.2", "ISO/IEC 17025 7.8.8")
def test_an_amendment_signs_the_gauge_the_plant_and_the_interval_of_version_1(app: Flask, as_: SignedInAs) -> None:
    tara = as_("T", tablet=True)
    number = calibrated(tara)
    assert review(as_("Q"), number).status_code == 303
    before = due(app)
    otherwise_today(app)
    amended(app, tara, number)
    was, is_now = content(app, number, 1), content(app, number, 2)
    for name in ("plant", "title", "gauge", "standards", "interval"):
        assert is_now[name] == was[name], name
    assert [change["what"]["say"] for change in is_now["amendment"]["changes"]] == ["calibration.result-at"]
    assert due(app) == before, "no change moved it"


def test_what_says_that_it_was_entered_in_error_names_the_gauge_that_version_1_named(
    app: Flask, as_: SignedInAs
) -> None:
    tara = as_("T", tablet=True)
    number = calibrated(tara)
    otherwise_today(app)
    assert amend(tara, number, "entered in error", "this was G-013", card="y").status_code == 303
    assert sign(tara, number).status_code == 303
    was, is_now = content(app, number, 1), content(app, number, 2)
    assert (is_now["gauge"], is_now["plant"]) == (was["gauge"], was["plant"])


def test_a_fail_that_passes_amended_is_due_after_the_interval_of_its_day(app: Flask, as_: SignedInAs) -> None:
    tara = as_("T", tablet=True)
    number = calibrated(tara, FAILING)
    with app.app_context(), store.act("test:gauge:change"):
        gauge = gauge_by_code("G-014").id
        db.session.execute(update(Gauge).where(Gauge.equipment_id == gauge).values(interval_months=24))
    amended(app, tara, number, "150.05")
    with app.app_context():
        assert bench_of(number).body.next_due == date(2027, 5, 20), "six months, and not two years"


def test_a_day_that_was_mistyped_moves_the_due_day_by_the_interval_of_then(app: Flask, as_: SignedInAs) -> None:
    selma = as_("S")
    number = outside_work.entered(selma)
    months = 24
    with app.app_context():
        body = bench_of(number).body
        assert body.next_due is not None
        years = body.next_due.year
        months = body.interval_months or 0
    assert months != 24
    otherwise_today(app, "G-008")
    with app.app_context(), store.act("test:setting:change"):
        change_setting("calibration.due_day", "exact day")
    amending(selma, number, reason="the day was mistyped")
    given = outside_work.PLUG | {"performed": "2026-11-10"}
    assert selma.submit(f"/calibration/outside/{number}/certificate", given).status_code == 303
    assert outside_work.sign(selma, number).status_code == 303
    with app.app_context():
        assert bench_of(number).body.next_due == date(years, 11, 10)
    assert [change["from"] for change in content(app, number, 2)["amendment"]["changes"]] == ["2026-11-12"]


def test_a_certificate_s_number_that_was_mistyped_moves_no_due_day(app: Flask, as_: SignedInAs) -> None:
    selma = as_("S")
    number = outside_work.entered(selma)
    assert review(as_("Q"), number).status_code == 303
    before = due_day(app, "G-008")
    otherwise_today(app, "G-008")
    amending(selma, number, reason="the certificate number was mistyped")
    given = outside_work.PLUG | {"certificate": "2026-008-1534"}
    assert selma.submit(f"/calibration/outside/{number}/certificate", given).status_code == 303
    assert outside_work.sign(selma, number).status_code == 303
    assert due_day(app, "G-008") == before


# What the results of a laboratory are held against


def held(app: Flask, code: str) -> list[str]:
    """Return why a gauge is held."""
    with app.app_context():
        return [hold.reason for hold in gauge_by_code(code).held]


ON_CARD = {"tightened": {"tolerance": "± 0.1 °C"}, "taken off": {"name": "air temperature"}}


@pytest.mark.parametrize("card", ON_CARD)
def test_a_laboratory_s_results_are_still_held_against_the_tolerance_of_version_1(
    app: Flask, as_: SignedInAs, card: str
) -> None:
    selma = as_("S")
    number = outside_work.entered(selma, "G-020", **outside_work.ROOM)
    with app.app_context(), store.act("test:gauge:change"):
        function = (GaugeFunction.gauge_id == gauge_by_code("G-020").id, GaugeFunction.name == "temperature")
        db.session.execute(update(GaugeFunction).where(*function).values(ON_CARD[card]))
    amending(selma, number, reason="two numbers were mistyped")
    page = f"/calibration/outside/{number}/certificate"
    assert "± 0.5 °C" in selma.get(page).text
    mended = {"certificate": "2026-008-1534", "results-0-reference": "20.1", "results-0-indication": "20.3"}
    answer = selma.submit(page, outside_work.PLUG | outside_work.ROOM | mended)
    assert answer.status_code == 303, outside_work.problems(answer)
    assert held(app, "G-020") == []
    assert outside_work.sign(selma, number).status_code == 303
    (run,) = content(app, number, 2)["runs"]
    (point,) = run["points"]
    assert (point["reference"], point["tolerance"]["text"], run["verdict"]) == ("20.1", "± 0.5 °C", "pass")


# The card of the gauge, where who amends says so


@pytest.mark.clause("ISO/IEC 17025 7.8.8")
def test_what_the_card_says_is_taken_where_who_amends_says_so_and_is_their_change(app: Flask, as_: SignedInAs) -> None:
    tara, otto = as_("T", tablet=True), as_("O", tablet=True)
    number = calibrated(tara)
    otherwise_today(app)
    assert amend(tara, number, reason="another serial is engraved", card="y").status_code == 303
    assert otto.submit(f"/calibration/{number}/take-over").status_code == 303
    otherwise_today(app, serial="SN-4712")  # what was taken is what stood there then
    assert sign(otto, number).status_code == 303
    was, is_now = content(app, number, 1)["gauge"], content(app, number, 2)["gauge"]
    assert is_now == was | {"serial": "SN-4711", "maker": "Another maker"}, "where it stood then stays"
    changes = content(app, number, 2)["amendment"]["changes"]
    assert [(c["what"]["say"], c["from"], c["to"], c["reason"], c["by"]) for c in changes] == [
        (f"calibration.gauge.{name}", was[name], is_now[name], "another serial is engraved", "Tara Kowalski")
        for name in ("serial", "maker")
    ]


def test_the_next_amendment_begins_with_what_was_taken(app: Flask, as_: SignedInAs) -> None:
    tara = as_("T", tablet=True)
    number = calibrated(tara)
    otherwise_today(app)
    assert amend(tara, number, reason="another serial is engraved", card="y").status_code == 303
    assert sign(tara, number).status_code == 303
    otherwise_today(app, serial="SN-4712")
    amended(app, tara, number)
    assert content(app, number, 3)["gauge"] == content(app, number, 2)["gauge"]
    assert len(content(app, number, 3)["amendment"]["changes"]) == 1


@pytest.mark.pages
def test_every_page_shows_what_is_signed_and_not_what_the_card_says(app: Flask, as_: SignedInAs) -> None:
    tara, quinn = as_("T", tablet=True), as_("Q")
    number = calibrated(tara)
    otherwise_today(app)
    amending(tara, number)
    correct(app, tara, number, "150.05")
    page = f"/calibration/{number}"
    seen = [tara.get(f"{page}/check").text]
    assert sign(tara, number).status_code == 303
    seen += [quinn.get(each).text for each in (f"{page}/review", page, f"{page}/versions/1")]
    for html in map(words, seen):
        assert ("Serial V15-20815" in html, "SN-4711" in html, "Standard S-003" in html) == (True, False, True)


@pytest.mark.pages
def test_the_page_asks_whether_the_card_is_taken_only_where_it_differs(app: Flask, as_: SignedInAs) -> None:
    tara = as_("T", tablet=True)
    number = calibrated(tara)
    ask = f"/calibration/{number}/amend"
    assert 'name="card"' not in tara.get(ask).text
    otherwise_today(app)
    html = tara.get(ask).text
    assert 'name="card" value="y">' in html, "off by default"
    assert "Serial: was V15-20815 → SN-4711" in words(html)
    answer = amend(tara, number, reason=" ", card="y")
    assert problems(answer) == ["Enter what is wrong with it."]
    assert 'name="card" value="y" checked' in answer.text
