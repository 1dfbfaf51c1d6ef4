"""What whoever approves a procedure, starts by it and reviews its work is told though nothing is refused."""

from dataclasses import replace
from decimal import Decimal

import pytest
from bench_work import start
from flask import Flask
from plant_client import SignedInAs
from procedure_work import HOME, write

from techfloor import store
from techfloor.duties.calibration.actions import unusual
from techfloor.duties.calibration.queries.bench import bench_of
from techfloor.duties.calibration.rules.cautions import cautions
from techfloor.duties.calibration.rules.certified import StandardFacts
from techfloor.duties.calibration.rules.foresight import User
from techfloor.duties.calibration.rules.off_nominal import off_nominal
from techfloor.duties.calibration.rules.points import read_points
from techfloor.duties.calibration.rules.procedure import BudgetRow, Item, ItemFunction, Mode, Procedure, plan
from techfloor.equipment.models import Equipment, StandardCertificate
from techfloor.said import in_words
from techfloor.store import db

D = Decimal
WEIGHTS = StandardFacts("S-001", {"500": (D("500.0046"), D("0.0008")), "200": (D("200.0002"), D("0.0003"))}, "g", {})
POINTS = {"point_set": [{"key": "", "points": [{"nominal": n, "label": n, "stack": [n]} for n in ("200", "500")]}]}
OF_STANDARD = BudgetRow("weights", "0", "normal", "2", "standard", "certificate")
BALANCE = Procedure("P", 1, "", Mode.apply, "g", "g", "± 0.005 g", budget=(OF_STANDARD,), body=POINTS)


def gauge(tolerance: str = "") -> Item:
    return Item((ItemFunction("", "g", "620", "0.001", "0.001", tolerance, "0"),))


def said(procedure: Procedure, *users: User, standard: StandardFacts | None = WEIGHTS) -> str:
    return " ".join(str(each) for each in cautions(procedure, users, standard))


def off(procedure: Procedure) -> list[str]:
    return [each.point.nominal for each in off_nominal(procedure, plan(procedure, gauge()), WEIGHTS)]


def test_a_certified_value_off_by_more_than_its_u_and_a_tenth_of_the_tolerance_is_told() -> None:
    assert off(BALANCE) == ["500"]
    assert off(replace(BALANCE, tolerance="± 0.05 g")) == [], "0.0046 of 0.05 changes no verdict"
    deviation = BudgetRow("off", "0", "rectangular", "1.732", "standard", "deviation")
    assert off(replace(BALANCE, budget=(OF_STANDARD, deviation))) == []
    assert off(replace(BALANCE, mode=Mode.comparison)) == [], "it counts the certified value"
    assert "gives 500.0046 g for 500 g, off by more than its U" in said(BALANCE)


def test_each_gauge_whose_card_states_another_tolerance_is_named() -> None:
    users = (User("G-1", gauge("± 0.01 g")), User("G-2", gauge()), User("G-3", gauge("± 0.005 g")))
    words = said(BALANCE, *users)
    assert "card of G-1 counts: ± 0.01 g. P states ± 0.005 g." in words
    assert "G-2" not in words
    assert "G-3" not in words


def test_a_budget_that_leaves_the_standard_out_and_none_at_all_are_told() -> None:
    item = BudgetRow("digit", "1", "rectangular", "1.732", "item", "half resolution")
    assert "No row of the budget comes from the standard" in said(replace(BALANCE, budget=(item,)))
    assert "uncertainty was not evaluated" in said(replace(BALANCE, budget=()))
    assert "No row" not in said(BALANCE)


def test_limits_that_no_gauge_gives_yet_are_told_with_the_reason() -> None:
    open_one = replace(BALANCE, tolerance="from the gauge")
    assert "cannot be worked out before a gauge is given it: The point 200 has no limits." in said(open_one)
    assert "cannot be worked out" not in said(open_one, User("G-1", gauge("± 0.005 g")))


def test_a_tolerance_that_ends_at_zero_is_told() -> None:
    assert "At 200 a gauge without any error lies on the limit of its tolerance, +4/0." in said(
        replace(BALANCE, tolerance="+4/0")
    )
    assert "without any error" not in said(replace(BALANCE, tolerance="+4/-1"))


def test_a_share_of_a_range_that_begins_above_zero_is_told_with_what_it_comes_to() -> None:
    wrench = Item((ItemFunction("", "N m", "100", "0.5", "0.1", "± 4 %", "20"),))
    for written, words in (("20 %", "of 20 to 100 N·m it is 36.0. Write 20 % FS"), ("20 % FS", ""), ("100 %", "")):
        body = {"point_set": [{"key": "", "points": read_points(written)}]}
        torque = Procedure("P", 1, "", Mode.match, "N m", "%", "± 4 %", budget=(OF_STANDARD,), body=body)
        found = said(torque, User("G-1", wrench), standard=None)
        assert words in found if words else "low end" not in found


@pytest.mark.pages
def test_a_draft_shows_its_cautions_and_may_be_approved(as_: SignedInAs) -> None:
    quinn = as_("Q")
    assert write(quinn).status_code == 303
    page = quinn.get(f"{HOME}/CAL-P-20/draft").text
    assert "its certificates say that measurement uncertainty was not evaluated" in page
    assert "It cannot be approved yet" not in page


@pytest.mark.pages
def test_a_weight_off_its_nominal_is_told_at_the_start_and_looked_at_by_a_second_person(
    app: Flask, as_: SignedInAs
) -> None:
    with app.app_context(), store.act("test:card:value"):
        weights = db.session.query(Equipment).filter_by(code="S-001").one()
        for each in db.session.query(StandardCertificate).filter_by(standard_id=weights.id):
            each.certified = [
                {**row, "value": "500.0046"} if row["nominal"] == "500" else row for row in each.certified
            ]
    tara = as_("T", tablet=True)
    assert "The certificate of S-001 gives 500.0046 g for 500" in tara.get("/calibration/start/G-015").text
    number = start(tara, "G-015")
    with app.app_context():
        told = [in_words(each) for each in unusual.exceptions(bench_of(number))]
    assert [words for words in told if "gives 500.0046 g for 500" in words and "not counted" in words]
