"""What a check of one value shows of a calibration that failed."""

from decimal import Decimal

import pytest

from techfloor.duties.calibration.rules.procedure import DerivedRule, PlannedPoint
from techfloor.duties.calibration.rules.reach import unseen
from techfloor.duties.calibration.rules.results import DerivedResult, PointResult, RunResult


def run(*points: tuple[str, str], corner_load: str = "pass") -> RunResult:
    """Return a run of points as (nominal and way, verdict), such as ("200 up", "pass"), and a computed result."""
    made = []
    for n, (words, verdict) in enumerate(points, start=1):
        nominal, _, way = words.partition(" ")
        planned = PlannedPoint(n, nominal, "weighing", "g", nominal=nominal, direction=way)
        made.append(PointResult(planned, (), verdict))
    other = PlannedPoint(9, "200", "other", "g", nominal="200")
    entry = PlannedPoint(10, "load", "weighing", "g", nominal="200", role="entry")
    rule = DerivedRule("corner_load", "corner load", "weighing", "g")
    computed = DerivedResult(rule, Decimal(0), "", corner_load)
    return RunResult(
        "as_found", (*made, PointResult(other, (), "pass"), PointResult(entry, (), "")), (computed,), "fail"
    )


SCALE = ("0", "pass"), ("200", "pass"), ("500", "fail"), ("1000", "pass")


@pytest.mark.parametrize(
    ("value", "hidden"),
    [
        ("200", ("500",)),
        ("500", ()),
        ("400", ()),
        ("750", ("500",)),
        ("700", ()),
        ("350", ("500",)),
        ("1000", ("500",)),
    ],
)
def test_a_check_shows_a_point_that_failed_only_where_no_other_is_as_near(value: str, hidden: tuple[str, ...]) -> None:
    assert unseen(run(*SCALE), Decimal(value), "g") == hidden


def test_a_check_in_another_unit_is_converted_and_one_of_another_quantity_shows_nothing() -> None:
    assert unseen(run(*SCALE), Decimal("0.5"), "kg") == ()
    assert unseen(run(*SCALE), Decimal(500), "mm") == ("500",)


def test_what_failed_far_from_it_is_named_beside_what_it_shows() -> None:
    assert unseen(run(("200", "fail"), ("500", "conditional fail")), Decimal(200), "g") == ("500",)


def test_where_it_passed_on_the_way_down_nobody_knows_which_way_the_check_looked() -> None:
    assert unseen(run(("200 up", "fail"), ("200 down", "pass")), Decimal(200), "g") == ("200 up",)
    assert unseen(run(("200 up", "fail"), ("200 down", "fail")), Decimal(200), "g") == ()


def test_a_computed_result_shows_at_no_single_value() -> None:
    assert unseen(run(("200", "pass"), corner_load="fail"), Decimal(200), "g") == ("corner load",)
