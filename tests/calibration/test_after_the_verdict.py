"""What a verdict leaves to do: who sees which task, how a look-back ends, what follows a rejection."""

from typing import Any

from bench_work import give_all, sign, start
from flask import Flask
from plant_client import PlantClient, SignedInAs

CALIPER = ["0.00", "25.00", "50.05", "100.00", "150.10", "25.00"]
FAILING = ["0.00", "25.00", "50.05", "100.00", "150.25", "25.00"]


def failed(tara: PlantClient) -> str:
    """Calibrate the caliper, find it out of tolerance, leave it as it is, and sign."""
    number = start(tara, "G-014")
    give_all(tara, number, "indication", FAILING)
    assert tara.submit(f"/calibration/{number}/adjust", {"adjusted": "no"}).status_code == 303
    assert sign(tara, number).status_code == 303
    return number


def test_a_task_is_for_whoever_holds_its_permission(app: Flask, as_: SignedInAs) -> None:
    failed(as_("T", tablet=True))
    quinn, selma = as_("Q"), as_("S")
    assert "Look back" in quinn.get("/").text
    assert "Look back" not in selma.get("/").text
    house: Any = app.extensions["techfloor"]
    house.permission_roles["calibration:look-back"] = frozenset({"supervisor"})
    assert "Look back" not in quinn.get("/").text
    assert "Look back" in selma.get("/").text


def test_a_review_stands_on_home_once(as_: SignedInAs) -> None:
    number = failed(as_("T", tablet=True))
    for key in ("Q", "S"):
        assert as_(key).get("/").text.count(f"/calibration/{number}/review") == 1


def test_who_performed_a_calibration_is_not_asked_to_review_it(as_: SignedInAs) -> None:
    selma = as_("S", tablet=True)
    number = failed(selma)
    assert f"/calibration/{number}" not in selma.get("/").text
