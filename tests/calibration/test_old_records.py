"""What a line from the old records says of a gauge: errors, the share of the tolerance, the points of its procedure."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from techfloor.duties.calibration.rules.drift import PointKey
from techfloor.duties.calibration.rules.old_records import (
    OldEntry,
    OldReading,
    found_of,
    judged,
    measured_in,
    url_of,
    worst_use,
)
from techfloor.duties.calibration.rules.procedure import PlannedPoint
from techfloor.equipment.entries import FunctionEntry

WRENCH = FunctionEntry("torque", "N m", Decimal(20), Decimal(100), Decimal("0.5"), Decimal("0.5"), "± 4 % of reading")
OUTSIDE = FunctionEntry("outside", "mm", Decimal(0), Decimal(150), Decimal("0.01"), Decimal("0.01"), "± 0.03 mm")
DEPTH = FunctionEntry("depth", "mm", Decimal(0), Decimal(150), Decimal("0.01"), Decimal("0.01"), "± 0.05 mm")
GONE = FunctionEntry("goes", "-", tolerance="goes")


@pytest.mark.parametrize(
    ("mode", "reference", "error", "lower"),
    [("apply", "100", "5.0", "-4"), ("both", "100", "5.0", "-4"), ("match", "105.0", "-5.0", "-4.200")],
)
def test_what_was_found_is_the_standards_where_the_gauge_is_brought_to_the_point(
    mode: str, reference: str, error: str, lower: str
) -> None:
    found = judged(OldReading("100", "105.0", "100.0", "torque"), WRENCH, mode)
    assert (found.reference, found.error, found.unit) == (reference, error, "N m")
    assert Decimal(found.lower) == Decimal(lower)


def test_what_only_goes_and_what_was_only_left_have_no_error() -> None:
    assert judged(OldReading("1", "1"), GONE, "attribute").error == ""
    assert judged(OldReading("50", "", "50.00"), OUTSIDE, "apply").error == ""
    assert judged(OldReading("50", "50.01"), FunctionEntry("x", "mm"), "apply").use is None


def worst(error: str, unit: str, *functions: FunctionEntry) -> Fraction | None:
    return worst_use(OldEntry(date(2024, 3, 4), worst_error=Decimal(error), unit=unit), functions)


def test_a_worst_error_tells_a_share_only_where_it_is_the_same_wherever_it_was_found() -> None:
    assert worst("-0.015", "mm", OUTSIDE) == Fraction(1, 2)
    assert worst("15", "um", OUTSIDE, WRENCH) == Fraction(1, 2)
    assert worst("0.015", "mm", OUTSIDE, DEPTH) is None
    assert worst("2", "%", WRENCH) == Fraction(1, 2)
    assert worst("2", "%", OUTSIDE) is None
    assert worst("1", "N m", WRENCH) is None
    assert not measured_in(OUTSIDE, "bar")


def test_readings_and_worst_error_together_tell_the_worst_share() -> None:
    reading = judged(OldReading("50", "50.03"), OUTSIDE, "apply")
    entry = OldEntry(date(2024, 3, 4), worst_error=Decimal("0.06"), unit="mm", readings=(reading,))
    assert worst_use(entry, [OUTSIDE]) == 2


UP, DOWN = (
    PlannedPoint(n, f"50 {way}", "", "mm", nominal="50.0", direction=way) for n, way in ((1, "up"), (2, "down"))
)


def test_a_reading_is_one_of_the_plan_only_where_one_point_fits() -> None:
    reading = judged(OldReading("50.00", "50.02", function="outside"), OUTSIDE, "apply")
    entry = OldEntry(date(2024, 3, 4), as_found="fail")
    (joined,) = found_of("OLD-1", entry, [reading], [UP])
    (alone,) = found_of("OLD-1", entry, [reading], [UP, DOWN])
    assert joined.point == PointKey.of(UP)
    assert alone.point == PointKey("outside", "50.00", "", "", "mm")
    assert (joined.verdict, joined.error, joined.upper) == ("", Decimal("0.02"), Decimal("0.03"))
    (unlimited,) = found_of("OLD-1", entry, [OldReading("5", "5.1", reference="5", error="0.1")], [])
    assert unlimited.verdict == "fail"


def test_a_line_has_an_address_of_its_own() -> None:
    assert url_of("OLD-17") == "/calibration/old/17"
    assert url_of("CAL-2026-00001") == "/calibration/CAL-2026-00001"
