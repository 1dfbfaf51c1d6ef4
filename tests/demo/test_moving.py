"""The demo plant moves to today by whole weeks, and nothing done comes to lie in the future."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from techfloor.cli.demo.days import ANCHOR, Calendar, weeks_since_anchor
from techfloor.cli.demo.reading import Plant, load_plant
from techfloor.cli.demo.shapes import SignaturePolicy, Tablet

BERLIN = ZoneInfo("Europe/Berlin")
TODAYS = st.dates(min_value=date(2020, 1, 1), max_value=date(2060, 12, 31))
PAST_DAYS = st.dates(min_value=date(2023, 1, 1), max_value=ANCHOR)
SHIFT_TIMES = st.times(min_value=time(6), max_value=time(21, 59))


@given(TODAYS)
def test_the_move_is_of_whole_weeks_and_the_last_that_fits(today: date) -> None:
    shift = weeks_since_anchor(today)
    assert shift.days % 7 == 0
    assert 0 <= (today - (ANCHOR + shift)).days < 7


@given(TODAYS, PAST_DAYS)
def test_a_day_keeps_its_weekday_and_never_comes_to_lie_in_the_future(today: date, day: date) -> None:
    moved = Calendar(BERLIN, weeks_since_anchor(today)).day(day.isoformat())
    assert moved.weekday() == day.weekday()
    assert moved <= today


@given(TODAYS, PAST_DAYS, SHIFT_TIMES)
def test_a_moment_keeps_its_hour_on_the_wall_across_the_change_of_clocks(today: date, day: date, hour: time) -> None:
    moved = Calendar(BERLIN, weeks_since_anchor(today)).moment(datetime.combine(day, hour).isoformat())
    assert moved.tzinfo is UTC
    assert moved.astimezone(BERLIN).time() == hour


@settings(max_examples=15, deadline=None)
@given(TODAYS)
def test_the_whole_plant_moves_together(plant: Plant, today: date) -> None:
    moved = load_plant(today)
    assert moved.anchor == ANCHOR + moved.shift
    assert moved.gauge("G-001").due == plant.gauge("G-001").due + moved.shift
    assert moved.standard("S-004").certificates[0].issued == (
        plant.standard("S-004").certificates[0].issued + moved.shift
    )
    days = [calibration.signed_at.astimezone(moved.zone).date() for calibration in moved.history]
    as_written = [calibration.signed_at.astimezone(plant.zone).date() for calibration in plant.history]
    assert days == [day + moved.shift for day in as_written]
    assert max(days) < today


def test_on_the_anchor_day_nothing_moves(plant: Plant) -> None:
    assert plant.shift == timedelta(0)


def test_a_week_later_all_is_a_week_later() -> None:
    assert load_plant(ANCHOR + timedelta(days=13)).shift == timedelta(weeks=1)


def test_a_word_in_the_data_that_no_shape_knows_is_refused() -> None:
    row = {"code": "T-09", "name": "x", "area": "filling", "station": "3A-01", "idle_minuets": 5}
    with pytest.raises(ValueError, match="Tablet has no idle_minuets"):
        Calendar(BERLIN, timedelta(0)).shape(Tablet, row)


def test_a_day_that_is_left_out_is_refused() -> None:
    with pytest.raises(ValueError, match="is needed"):
        Calendar(BERLIN, timedelta(0)).shape(SignaturePolicy, {"title": "x", "version": 1, "text": "y"})
