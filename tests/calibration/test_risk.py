"""The risk of each verdict: said where it is asked for, kept with what is signed, and nowhere else."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import outside_work
import pytest
from amending_work import FAILING, amended, calibrated
from bench_work import give, give_all, review, sign, start
from flask import Flask
from plant_client import SignedInAs
from reports.samples import ISSUE, SIGNATURES, torque_wrench
from scipy.stats import norm
from sqlalchemy import select

from techfloor import clock, store
from techfloor.duties.calibration.queries import records as queries
from techfloor.duties.calibration.queries import risks as risk_history
from techfloor.duties.calibration.queries.gauges import gauge_by_code
from techfloor.duties.calibration.queries.records import in_force_under
from techfloor.duties.calibration.report import certificate as report
from techfloor.places.actions import change_setting
from techfloor.records import definitions
from techfloor.records.definitions import Approval
from techfloor.records.models import Definition
from techfloor.records.signing import stored_content
from techfloor.store import db

CALIPER = ["0.00", "25.00", "50.05", "100.00", "150.05", "25.00"]
WORDS = "Risk is the probability that a verdict is wrong"
SETTING = "calibration.risk_of_each_result"


@pytest.fixture
def ask(app: Flask) -> Callable[[str], None]:
    """Give a way to let the plant ask for the risk of each result, or ask for it no more."""

    def asked(answer: str = "yes") -> None:
        with app.app_context(), store.act("test:plant:change"):
            change_setting(SETTING, answer)

    return asked


def content(app: Flask, number: str, version: int = 1) -> dict[str, Any]:
    """Return the signed content of a version."""
    with app.app_context():
        found: dict[str, Any] = json.loads(stored_content(queries.version_row(number, version).id))
        return found


def risks(signed: dict[str, Any], run: int = 0) -> list[str]:
    """Return the risk at each point of a run."""
    return [point["risk"] for point in signed["runs"][run]["points"]]


@pytest.mark.parametrize("name", ["small", "iso9001", "regulated"])
def test_no_profile_asks_for_it(app: Flask, as_: SignedInAs, profile: Callable[[str], None], name: str) -> None:
    profile(name)
    tara = as_("T", tablet=True)
    number = calibrated(tara, CALIPER)
    signed = content(app, number)
    assert signed["risk"] is None
    assert set(risks(signed)) == {""}
    assert WORDS not in tara.get(f"/calibration/{number}").text


def test_check_review_record_and_certificate_say_it_where_the_plant_asks(
    app: Flask, as_: SignedInAs, ask: Callable[[], None]
) -> None:
    ask()
    tara, quinn = as_("T", tablet=True), as_("Q")
    number = start(tara, "G-014")
    give_all(tara, number, "indication", ["0.00", "25.00", "50.05", "100.00", "150.10", "25.00"])
    check = tara.get(f"/calibration/{number}/check").text
    assert sign(tara, number).status_code == 303
    signed = content(app, number)
    point = signed["runs"][0]["points"][4]
    u = float(point["u"]) / float(point["k"])
    assert point["risk"] == "50.0"
    assert float(risks(signed)[2]) == pytest.approx(200 * norm.cdf(-0.05 / u) / 2, rel=0.05)  # u is rounded here
    for page in (check, quinn.get(f"/calibration/{number}/review").text, quinn.get(f"/calibration/{number}").text):
        assert page.count(WORDS) == 1
        assert 'data-label="Risk %">50.0<' in page
    sheet = report.sheet(signed, SIGNATURES, ISSUE)
    heads = [(column.head, column.unit) for column in sheet.tables[0].columns]
    assert ("Risk", "%") in heads
    at = heads.index(("Risk", "%"))
    assert [row.cells[at].text for row in sheet.tables[0].rows][4] == "50.0"
    assert [remark.text[: len(WORDS)] for remark in sheet.remarks if remark.label == "Risk"] == [WORDS]


def test_what_was_signed_is_said_though_nobody_asks_for_it_any_more(
    app: Flask, as_: SignedInAs, ask: Callable[..., None]
) -> None:
    ask()
    tara = as_("T", tablet=True)
    number = calibrated(tara, CALIPER)
    ask("no")
    assert WORDS in tara.get(f"/calibration/{number}").text


def test_an_amendment_says_it_where_version_1_did(app: Flask, as_: SignedInAs, ask: Callable[..., None]) -> None:
    tara = as_("T", tablet=True)
    without = calibrated(tara)
    ask()
    amended(app, tara, without)
    assert content(app, without, 2)["risk"] is None
    assert review(as_("Q"), without).status_code == 303
    with_it = calibrated(tara)
    ask("no")
    amended(app, tara, with_it)
    assert content(app, with_it, 2)["risk"] is not None
    assert risks(content(app, with_it, 1))[4] != risks(content(app, with_it, 2))[4]


def judge_by_risk(app: Flask) -> None:
    """Put a version of the caliper's procedure in force that accepts up to a risk of 2 %."""
    with app.app_context(), store.act("records:procedure:approve"):
        definition = db.session.scalars(select(Definition).where(Definition.code == "CAL-P-02")).one()
        body = {**definitions.effective(definition.id).body, "rule": "pfa"}  # type: ignore[dict-item]
        approval = Approval(5, clock.now(), clock.now().date())
        definitions.put_in_force(definitions.draft(definition, body), approval)


def test_the_rule_that_rests_on_it_asks_for_it_by_itself(app: Flask, as_: SignedInAs) -> None:
    judge_by_risk(app)
    number = calibrated(as_("T", tablet=True), FAILING)
    points = content(app, number)["runs"][0]["points"]
    passed = [float(point["risk"]) for point in points if point["verdict"] == "pass"]
    failed = [float(point["risk"]) for point in points if point["verdict"] == "fail"]
    assert max(passed) <= 2
    assert len(failed) == 2
    assert max(failed) < 98


def test_a_laboratorys_result_has_the_risk_of_its_own_uncertainty(
    app: Flask, as_: SignedInAs, ask: Callable[..., None]
) -> None:
    ask()
    signed = content(app, outside_work.entered(as_("Q")))
    for run in signed["runs"]:
        for point in run["points"]:
            assert bool(point["risk"]) == bool(point["u"] and point["verdict"])


def test_content_of_an_older_schema_has_no_such_column() -> None:
    sheet = report.sheet(torque_wrench(), SIGNATURES, ISSUE)
    assert "Risk" not in [column.head for table in sheet.tables for column in table.columns]
    assert "Risk" not in [remark.label for remark in sheet.remarks]


def test_of_a_reading_that_was_corrected_only_what_counts_tells_how_gauges_come(app: Flask, as_: SignedInAs) -> None:
    tara = as_("T", tablet=True)
    number = start(tara, "G-014")
    give_all(tara, number, "indication", CALIPER[:4])
    answer = give(tara, number, indication="150.10")
    reading = answer.location.rpartition("after=")[2]
    corrected = tara.submit(f"/calibration/{number}/correct/{reading}", {"indication": "150.05", "reason": "mistyped"})
    assert corrected.status_code == 303
    give_all(tara, number, "indication", CALIPER[5:])
    with app.app_context():
        found = in_force_under(gauge_by_code("G-014").procedure_id)
        assert found is not None
        assert risk_history.found_under(found[1], found[0].definition_id) == []
    assert sign(tara, number).status_code == 303
    with app.app_context():
        errors = [each.error for each in risk_history.found_under(found[1], found[0].definition_id)]
    assert errors == [Decimal(text) for text in ("0", "0", "0.05", "0", "0.05", "0")]
