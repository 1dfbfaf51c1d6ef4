"""How a gauge drifts, and what can be expected of it."""

from datetime import date, timedelta
from decimal import Decimal

import scipy.special  # noqa: F401 - the first band loads it, for longer than hypothesis gives an example
from hypothesis import given
from hypothesis import strategies as st

from techfloor.duties.calibration.rules import drift
from techfloor.duties.calibration.rules.drift import FoundReading, PointHistory, PointKey

LOW, HIGH = PointKey("torque", "20", "", "", "N m"), PointKey("torque", "100", "", "", "N m")
PARTS = st.tuples(*[st.text(max_size=4)] * 5)
FIRST = date(2024, 1, 10)
FAILED_AT_3 = ["0.10", "0.12", "0.13", "0.95", "0.11", "0.12", "0.14"]


def reading(n: int, error: str, point: PointKey = LOW, **more: object) -> FoundReading:
    given = {
        "number": f"CAL-{n}",
        "on": FIRST + timedelta(days=180 * n),
        "point": point,
        "reference": Decimal(point.label),
        "error": Decimal(error),
        "lower": Decimal(point.label) * Decimal("-0.04"),
        "upper": Decimal(point.label) * Decimal("0.04"),
        "verdict": "pass",
        "adjusted": False,
        **more,
    }
    return FoundReading(**given)  # type: ignore[arg-type]


def history(*errors: str, adjusted: tuple[int, ...] = ()) -> PointHistory:
    rows = [reading(n, error, adjusted=n in adjusted) for n, error in enumerate(errors)]
    (only,) = drift.histories(rows, percent=False)
    return only


def until(found: PointHistory) -> date:
    return found.found[-1].on + timedelta(days=180)


def test_errors_are_shown_in_per_cent_of_the_reference_where_the_procedure_does_so() -> None:
    (only,) = drift.histories([reading(0, "0.2")], percent=True)
    assert (only.unit, only.found[0].error, only.found[0].upper) == ("%", Decimal("1.00"), Decimal(4))


def test_repeats_come_to_their_mean_with_one_more_place() -> None:
    (only,) = drift.histories([reading(0, "0.1"), reading(0, "0.2")], percent=False)
    assert only.found[0].error == Decimal("0.15")


def test_one_failed_repeat_fails_the_point() -> None:
    (only,) = drift.histories([reading(0, "0.1"), reading(0, "0.9", verdict="fail")], percent=False)
    assert not only.found[0].passed


def test_a_mean_that_decides_is_held_against_the_limits() -> None:
    rows = [reading(0, "0.7", verdict=""), reading(0, "0.9", verdict=""), reading(1, "0.9", verdict="")]
    (only,) = drift.histories(rows, percent=False)
    assert [found.passed for found in only.found] == [True, False]


def test_the_point_that_moved_most_in_its_tolerance_is_shown_first() -> None:
    rows = [reading(0, "0.0"), reading(1, "0.4"), reading(0, "0.0", HIGH), reading(1, "0.8", HIGH)]
    points = drift.histories(rows, percent=False)
    assert points[drift.chosen(points, None) or 0].point == LOW  # half of its tolerance, against a fifth
    assert drift.chosen(points, 1) == 1
    assert drift.chosen(points, 7) == 0
    assert drift.chosen(points, -1) == 0
    assert drift.chosen([], None) is None


def test_the_band_needs_three_calibrations() -> None:
    two = history("0.1", "0.2")
    assert drift.band(two, until(two)) is None


def test_the_band_reaches_ahead_to_the_next_calibration() -> None:
    four = history("0.10", "0.21", "0.29", "0.40")
    band = drift.band(four, until(four))
    assert band is not None
    assert band.ahead
    assert (band.points[0].on, band.points[-1].on) == (four.found[-1].on, until(four))
    assert band.low < Decimal("0.50") < band.high


def test_after_an_adjustment_only_what_came_since_counts() -> None:
    found = history("0.1", "0.3", "0.5", "0.7", "0.0", "0.1", adjusted=(3,))
    assert drift.band(found, until(found)) is None
    longer = history("0.1", "0.3", "0.5", "0.7", "0.00", "0.11", "0.19", adjusted=(3,))
    band = drift.band(longer, until(longer))
    assert band is not None
    assert band.high < Decimal("0.7")


def test_of_a_gauge_just_adjusted_the_band_shows_what_could_have_been_expected() -> None:
    found = history("0.10", "0.21", "0.29", "0.80", adjusted=(3,))
    band = drift.band(found, until(found))
    assert band is not None
    assert not band.ahead
    assert band.points[-1].on == found.found[-1].on
    assert band.high < Decimal("0.80")


def test_after_a_fail_that_was_left_as_it_is_the_band_begins_anew() -> None:
    rows = [reading(n, error, verdict="fail" if n == 3 else "pass") for n, error in enumerate(FAILED_AT_3)]
    (found,) = drift.histories(rows, percent=False)
    band = drift.band(found, until(found))
    assert band is not None
    assert band.count == 3
    (short,) = drift.histories(rows[:-1], percent=False)
    assert drift.band(short, until(short)) is None, "two calibrations since the fail"


def test_a_fail_is_held_against_what_could_have_been_expected_of_it() -> None:
    rows = [reading(n, error, verdict="fail" if n == 3 else "pass") for n, error in enumerate(FAILED_AT_3[:4])]
    (found,) = drift.histories(rows, percent=False)
    band = drift.band(found, until(found))
    assert band is not None
    assert not band.ahead


def test_a_band_far_wider_than_the_tolerance_is_known_to_say_nothing() -> None:
    calm, wild = history("0.10", "0.11", "0.12", "0.13"), history("0.1", "0.3", "-0.2")
    for found, wide in ((calm, False), (wild, True)):
        band = drift.band(found, until(found))
        assert band is not None
        assert band.wide is wide


def test_three_calibrations_of_one_day_are_no_line() -> None:
    rows = [reading(0, "0.1", number=f"CAL-{n}") for n in range(3)]
    (only,) = drift.histories(rows, percent=False)
    assert drift.band(only, until(only)) is None


@given(st.lists(st.decimals(min_value=-1, max_value=1, places=3), min_size=3, max_size=8))
def test_a_band_is_never_upside_down_and_begins_at_the_newest(errors: list[Decimal]) -> None:
    found = history(*(str(error) for error in errors))
    band = drift.band(found, until(found))
    assert band is not None
    assert all(point.low <= point.high for point in band.points)
    assert band.points[0].on == found.found[-1].on


@given(PARTS, PARTS)
def test_a_place_is_written_alike_only_for_the_same_point(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    assert (PointKey(*one).text == PointKey(*other).text) is (one == other)


def test_a_separator_inside_a_part_does_not_make_two_points_one() -> None:
    assert PointKey("a", 'b","c', "", "", "mm").text != PointKey("a", "b", "c", "", "mm").text


def test_a_place_is_written_today_as_it_was_kept_before() -> None:
    assert PointKey("torque", "20", "up", "", "N·m").text == '["torque","20","up","","N·m"]'
