"""Whose steps a typed number has: the gauge's where the gauge is read, the standard's where the standard is."""

from decimal import Decimal

import pytest
from bench_work import give, problems, start
from flask import Flask
from plant_client import SignedInAs

from techfloor import store
from techfloor.duties.calibration.rules.limits import readings_within, typed_step
from techfloor.duties.calibration.rules.procedure import Mode, PlannedPoint, Procedure
from techfloor.equipment.models import Equipment, GaugeFunction
from techfloor.store import db

D = Decimal


def point(resolution: str, reads_to: str) -> PlannedPoint:
    return PlannedPoint(1, "36", "", "N m", "36", resolution=resolution, reads_to=reads_to, tolerance="± 4 %")


@pytest.mark.parametrize(
    ("mode", "name", "resolution", "reads_to", "step"),
    [
        (Mode.match, "reference", "0.5", "0.5", None),
        (Mode.match, "reference", "0.5", "0.01", D("0.01")),
        (Mode.both, "reference", "0.5", "0.5", None),
        (Mode.both, "indication", "0.5", "0.5", D("0.5")),
        (Mode.apply, "indication", "0.01", "0.002", D("0.002")),
        (Mode.comparison, "difference", "0.01", "0.01", D("0.01")),
        (Mode.apply, "indication", "0.01", "", None),
    ],
)
def test_the_step_of_the_gauge_is_of_what_the_gauge_shows(
    mode: Mode, name: str, resolution: str, reads_to: str, step: Decimal | None
) -> None:
    assert typed_step(Procedure("P", 1, "", mode), point(resolution, reads_to), name) == step


def test_the_limits_of_what_the_standard_shows_are_not_cut_to_the_steps_of_the_gauge() -> None:
    """± 4 % of the reading at 36: from 36/1.04 = 34.615 to 36/0.96 = 37.5."""
    assert readings_within(Procedure("P", 1, "", Mode.match, "N m"), point("0.5", "0.5")) == (D("34.620"), D("37.500"))


def test_a_wrench_with_coarse_steps_is_read_on_the_analyser(app: Flask, as_: SignedInAs) -> None:
    with app.app_context(), store.act("test:card:steps"):
        wrench = db.session.query(Equipment).filter_by(code="G-011").one()
        db.session.query(GaugeFunction).filter_by(gauge_id=wrench.id).one().reads_to = D("0.5")
    tara = as_("T", tablet=True)
    number = start(tara, "G-011")
    assert "between two steps" not in give(tara, number, reference="20.20").text
    answer = give(tara, number, reference="20.2o")
    assert problems(answer) == ["Enter digits only, like 12.503."]
