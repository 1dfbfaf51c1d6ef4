"""Charts stay inside their box whatever they are given."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techfloor.reports.charts import (
    BandPoint,
    DriftPoint,
    ErrorPoint,
    drift_chart,
    error_chart,
    tolerance_bar,
)
from techfloor.reports.charts.errors import ErrorChart
from techfloor.reports.charts.parts import Label, nice_ticks, signed

numbers = st.decimals(
    min_value=Decimal("-1e6"), max_value=Decimal("1e6"), places=4, allow_nan=False, allow_infinity=False
)
positive = st.decimals(min_value=Decimal("0.0001"), max_value=Decimal("1e6"), places=4)
points = st.builds(
    ErrorPoint,
    label=st.text("0123456789.", min_size=1, max_size=12),
    error=st.none() | numbers,
    lower=st.none() | positive.map(lambda v: -v),
    upper=st.none() | positive,
    u=st.none() | positive,
    passed=st.booleans(),
)
START = re.compile(r"M(-?[\d.e+-]+),(-?[\d.e+-]+)")


def starts(path: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in START.findall(path)]


def inside(chart: ErrorChart, places: list[tuple[float, float]]) -> bool:
    plot = chart.plot
    return all(plot.left - 5 <= x <= plot.right + 5 and plot.top - 5 <= y <= plot.bottom + 5 for x, y in places)


def texts_inside(labels: tuple[Label, ...], width: float, height: float) -> bool:
    return all(0 <= label.x <= width and 0 <= label.y <= height for label in labels)


@given(st.lists(points, max_size=30), st.lists(points, max_size=30))
def test_an_error_chart_stays_in_its_box(found: list[ErrorPoint], left: list[ErrorPoint]) -> None:
    chart = error_chart(found, left, unit="mm")
    for run in (chart.as_found, chart.as_left):
        for path in (run.line, run.whiskers, run.passed, run.failed):
            assert inside(chart, starts(path))
    for zone in chart.zones:
        assert zone.width > 0
        assert zone.height >= 0
        assert chart.plot.top <= zone.y <= zone.y + zone.height <= chart.plot.bottom + 0.2
    assert texts_inside(chart.values + chart.points + chart.callouts, chart.width, chart.height)


@given(st.lists(points, min_size=1, max_size=30))
def test_marks_stand_in_the_order_of_the_procedure(found: list[ErrorPoint]) -> None:
    places = error_chart(found, unit="%").as_found.marks
    assert [x for x, _ in places] == sorted(x for x, _ in places)
    assert len(places) == sum(point.error is not None for point in found)


@given(st.lists(numbers, min_size=2, max_size=8))
def test_a_larger_error_never_stands_lower(errors: list[Decimal]) -> None:
    limit = max(abs(e) for e in errors) + 1
    chart = error_chart([ErrorPoint(str(n), e, -limit, limit) for n, e in enumerate(errors)], unit="g")
    drawn = [y for _, y in chart.as_found.marks]
    for a, ya in zip(errors, drawn, strict=True):
        assert all(ya <= yb + 0.1 for b, yb in zip(errors, drawn, strict=True) if a >= b)


def test_an_error_on_the_limit_is_drawn_on_the_line() -> None:
    chart = error_chart([ErrorPoint("150", Decimal("0.10"), Decimal("-0.10"), Decimal("0.10"))], unit="mm")
    ((_, y),) = chart.as_found.marks
    assert starts(chart.limits)[0][1] == y == chart.zones[0].y


def test_an_empty_chart_says_that_it_is_empty() -> None:
    assert error_chart([], unit="mm").empty
    assert error_chart([ErrorPoint("1", None)], unit="mm").empty


def test_a_huge_outlier_is_pinned_and_called_out_while_the_rest_stays_readable() -> None:
    limit = Decimal("0.1")
    chart = error_chart(
        [ErrorPoint("a", Decimal(900), -limit, limit), ErrorPoint("b", Decimal("0.05"), -limit, limit)], unit="mm"
    )
    assert [label.text for label in chart.callouts] == ["+900"]
    assert chart.callouts[0].x > chart.as_found.marks[0][0]
    assert chart.callouts[0].anchor == "start"
    assert chart.zones[0].height > 10


def test_a_one_sided_tolerance_reaches_to_the_edge() -> None:
    chart = error_chart([ErrorPoint("a", Decimal("0.01"), None, Decimal("0.03"))], unit="mm")
    assert chart.zones[0].y + chart.zones[0].height == pytest.approx(chart.plot.bottom)


def test_tolerances_that_change_are_drawn_in_steps() -> None:
    limits = [Decimal("0.03"), Decimal("0.03"), Decimal("0.04")]
    chart = error_chart([ErrorPoint("p", Decimal(0), -v, v) for v in limits], unit="mm")
    assert len(chart.zones) == 2
    assert chart.zones[0].width == pytest.approx(2 * chart.zones[1].width, abs=0.3)


def test_labels_of_many_points_are_thinned_before_they_touch() -> None:
    chart = error_chart([ErrorPoint("1000.00", Decimal(0)) for _ in range(60)], unit="mm")
    gaps = [b.x - a.x for a, b in zip(chart.points, chart.points[1:], strict=False)]
    assert min(gaps) >= len("1000.00") * 5.6


def test_two_runs_at_one_point_do_not_hide_each_other() -> None:
    both = [ErrorPoint("a", Decimal(1), Decimal(-4), Decimal(4))]
    chart = error_chart(both, both, unit="%")
    assert chart.as_found.marks[0][0] < chart.as_left.marks[0][0]


@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6))
def test_ticks_are_round_few_and_inside(low: float, span: float) -> None:
    ticks = nice_ticks(low, low + span)
    assert len(ticks) <= 12
    assert all(low - span * 0.01 <= float(t) <= low + span * 1.01 for t in ticks)
    assert list(ticks) == sorted(set(ticks))


@pytest.mark.parametrize(
    ("value", "text"), [("0.10", "+0.10"), ("-4", "−4"), ("0.00", "0"), ("1E+3", "+1000"), ("-0.0", "0")]
)
def test_numbers_on_a_chart_carry_their_sign(value: str, text: str) -> None:
    assert signed(Decimal(value)) == text


def history(errors: list[str], failed_from: int = 99) -> list[DriftPoint]:
    first = date(2023, 11, 20)
    return [
        DriftPoint(first + timedelta(days=182 * n), Decimal(e), n < failed_from, f"/calibration/{n}", f"CAL {n}")
        for n, e in enumerate(errors)
    ]


def test_a_drift_chart_leads_to_every_record_in_date_order() -> None:
    chart = drift_chart(list(reversed(history(["0.60", "1.05", "4.67"], 2))), unit="%", upper=Decimal(4))
    assert [mark.url for mark in chart.marks] == ["/calibration/0", "/calibration/1", "/calibration/2"]
    assert [mark.x for mark in chart.marks] == sorted(mark.x for mark in chart.marks)


def test_the_step_to_a_failed_calibration_is_an_alarm_with_its_number() -> None:
    chart = drift_chart(history(["0.60", "1.05", "4.67"], 2), unit="%", upper=Decimal(4), lower=Decimal(-4))
    assert chart.alarm.count("M") == 1
    assert chart.line.count("M") == 1
    assert [label.text for label in chart.callouts] == ["+4.67"]
    assert "+4 %" in [label.text for label in chart.values]


def test_the_side_where_nothing_happens_is_left_out() -> None:
    chart = drift_chart(history(["0.60", "1.05"]), unit="%", lower=Decimal(-4), upper=Decimal(4))
    assert "−4 %" not in [label.text for label in chart.values]
    falling = drift_chart(history(["-0.60", "-1.05"]), unit="%", lower=Decimal(-4), upper=Decimal(4))
    assert "+4 %" not in [label.text for label in falling.values]


def test_a_band_is_drawn_as_one_shape_after_the_last_calibration() -> None:
    band = [BandPoint(date(2026, 11, 18), Decimal(3), Decimal(3)), BandPoint(date(2027, 5, 18), Decimal(4), Decimal(5))]
    chart = drift_chart(history(["0.60", "1.05"]), unit="%", upper=Decimal(4), band=band)
    assert chart.band.endswith("z")
    assert starts(chart.band)[0][0] > chart.marks[-1].x


@pytest.mark.parametrize("count", [0, 1])
def test_a_gauge_without_history_still_has_a_chart(count: int) -> None:
    chart = drift_chart(history(["0.5"][:count]), unit="mm")
    assert len(chart.marks) == count
    assert chart.zone is None


@given(st.lists(st.tuples(st.integers(0, 4000), numbers, st.booleans()), max_size=40), st.none() | positive)
def test_a_drift_chart_stays_in_its_box(entries: list[tuple[int, Decimal, bool]], upper: Decimal | None) -> None:
    given_points = [DriftPoint(date(2020, 1, 1) + timedelta(days=d), e, ok, "/", "CAL") for d, e, ok in entries]
    chart = drift_chart(given_points, unit="mm", upper=upper, lower=None)
    for mark in chart.marks:
        assert chart.plot.left <= mark.x <= chart.plot.right
        assert chart.plot.top <= mark.y <= chart.plot.bottom
    assert texts_inside(chart.values + chart.days + chart.callouts, chart.width, chart.height)


@given(st.none() | numbers, st.none() | numbers, st.none() | numbers, st.none() | positive)
def test_a_tolerance_bar_stays_in_its_box(
    one: Decimal | None, other: Decimal | None, error: Decimal | None, u: Decimal | None
) -> None:
    limits = sorted(v for v in (one, other) if v is not None)
    lower, upper = (limits[0], limits[1]) if len(limits) == 2 else (None, limits[0] if limits else None)
    bar = tolerance_bar(lower, upper, error=error, u=u)
    marks = [x for x in (bar.marker, bar.zero, *(bar.whisker or ())) if x is not None]
    assert all(0 <= x <= bar.width for x in [*marks, *(limit.x for limit in bar.limits)])
    assert sum(zone.width for zone in bar.zones) == pytest.approx(bar.width, abs=0.5)


def test_the_bar_shows_the_guard_band_between_limit_and_acceptance() -> None:
    limit = Decimal("0.10")
    bar = tolerance_bar(-limit, limit, acceptance=(Decimal("-0.04"), Decimal("0.04")), error=Decimal("0.05"))
    assert [zone.kind for zone in bar.zones] == ["fail", "guard", "accept", "guard", "fail"]
    guard = bar.zones[3]
    assert bar.marker is not None
    assert guard.x <= bar.marker <= guard.x + guard.width
    assert [mark.label for mark in bar.limits] == ["−0.10", "+0.10"]


def test_a_reading_off_the_bar_is_pinned_and_says_so() -> None:
    bar = tolerance_bar(Decimal(-1), Decimal(1), error=Decimal(50))
    assert (bar.marker, bar.beyond) == (bar.width, True)
