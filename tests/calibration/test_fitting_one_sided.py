"""Tolerances that are no half to each side: what a gauge without any error comes to."""

import pytest

from techfloor.duties.calibration.rules.fitting import fit
from techfloor.duties.calibration.rules.procedure import BudgetRow, Item, ItemFunction, Mode, Procedure
from techfloor.measures.decision import Rule

ONE = (BudgetRow("all", "1", "normal", "2", "item", "constant"),)  # U = 1
POINTS = {"point_set": [{"key": "", "points": [{"nominal": "100", "label": ""}]}]}
REACHES, NEVER = "reaches", "could never pass"


def objection(tolerance: str, rule: Rule) -> str:
    procedure = Procedure("P", 1, "", Mode.apply, "mm", "mm", tolerance, rule, budget=ONE, body=POINTS)
    found = fit(procedure, Item((ItemFunction("", "mm", "300", "0.1", "0.1", ""),))).objection
    return str(found) if found else ""


@pytest.mark.parametrize(
    ("tolerance", "simple", "guarded"),
    [
        ("+4/-1.5", "", ""),
        ("+4/-1", REACHES, REACHES),
        ("+4/0", "", NEVER),
        ("+0/-4", "", NEVER),
        ("+4/-0.5", REACHES, REACHES),
        ("≤ 4", "", ""),
        ("≤ 0", "", NEVER),
        ("+1.5/0", REACHES, REACHES),  # U is more than half of it
    ],
)
def test_a_gauge_without_any_error_can_pass_or_the_procedure_is_refused(
    tolerance: str, simple: str, guarded: str
) -> None:
    for rule, expected in ((Rule.simple, simple), (Rule.guard_band, guarded)):
        found = objection(tolerance, rule)
        assert expected in found if expected else not found, (rule, found)
