"""What the page of a reading as left gets, so that its verdict follows what is typed."""

from dataclasses import replace
from decimal import Decimal

import pytest

from techfloor.duties.calibration.rules import reading as rules
from techfloor.duties.calibration.rules.procedure import BudgetRow, Mode, PlannedPoint, Procedure
from techfloor.duties.calibration.rules.reading import ReadingEntry
from techfloor.duties.calibration.views.live import limits_of
from techfloor.measures.decision import Rule

ROW = BudgetRow("all of it", "0.005", "normal", "1", "item", "constant")
PROCEDURE = Procedure(
    "P-1", 1, "Any", Mode.apply, "mm", "mm", rule=Rule.guard_band, budget=(ROW,), budget_unit="mm", k="2"
)
POINT = PlannedPoint(
    1, "25.00", "", "mm", "25.00", resolution="0.001", reads_to="0.001", full_scale="150", tolerance="± 0.10 mm"
)


def sent(**more: object) -> dict[str, str]:
    found = limits_of(replace(PROCEDURE, **more), POINT, None)  # type: ignore[arg-type]
    assert found is not None
    return found


def test_a_guard_band_sends_what_it_leaves_of_the_tolerance() -> None:
    made = sent()
    assert (made["low"], made["high"]) == ("24.900", "25.100")
    assert (made["accept_low"], made["accept_high"]) == ("24.910", "25.090")
    assert (made["lower_error"], made["upper_error"]) == ("-0.100", "0.100")
    assert (Decimal(made["guard"]), made["taken"], made["between"]) == (Decimal("0.01"), "u", "fail")


def test_four_outcomes_are_conditional_in_the_guard_band() -> None:
    assert sent(rule=Rule.four_outcome)["between"] == "conditional"


def test_method_6_takes_less_than_u() -> None:
    made = sent(rule=Rule.method_6, budget=(replace(ROW, value="0.020"),))
    assert made["taken"] == "guard"
    assert Decimal(0) < Decimal(made["guard"]) < Decimal("0.04")


def test_simple_acceptance_sends_no_acceptance_limits() -> None:
    assert not {"accept_low", "accept_high", "guard", "between"} & set(sent(rule=Rule.simple))


@pytest.mark.parametrize("more", [{"verdict_on": "mean"}, {"mode": Mode.both}, {"mode": Mode.comparison}])
def test_where_no_single_typed_value_decides_nothing_is_sent(more: dict[str, object]) -> None:
    assert limits_of(replace(PROCEDURE, **more), POINT, None) is None  # type: ignore[arg-type]


@pytest.mark.parametrize("rule", [Rule.guard_band, Rule.method_6, Rule.four_outcome, Rule.pfa])
def test_in_match_mode_the_limits_follow_a_u_that_follows_the_reading(rule: Rule) -> None:
    wrench = Procedure("P-2", 1, "Wrench", Mode.match, "N m", "%", rule=rule, budget_unit="%")
    wrench = replace(wrench, budget=(replace(ROW, value="0.55"),))
    point = PlannedPoint(1, "20.0", "", "N m", "20.0", resolution="0.5", reads_to="0.01", tolerance="± 4 %")
    made = limits_of(wrench, point, None)
    assert made is not None
    low, high = Decimal(made["accept_low"]), Decimal(made["accept_high"])
    for value in (Decimal(n) / 100 for n in range(1900, 2101)):
        entry = ReadingEntry("as_left", 1, 1, reference=value)
        passes = rules.judge(wrench, point, entry, standard=None).verdict == "pass"
        assert (low <= value <= high) is passes, value


def test_where_not_even_the_point_passes_the_limits_cross() -> None:
    made = sent(budget=(replace(ROW, value="0.06"),))
    assert Decimal(made["accept_low"]) > Decimal(made["accept_high"])
