"""OEE from sums of minutes and pieces, and the day it is counted on."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techfloor.measures.amounts import percent
from techfloor.measures.drift import DataError
from techfloor.measures.oee import Warned, Work, by_day, oee, teep
from techfloor.measures.shifts import day_began

F = Fraction
minutes = st.decimals(0, 1440, places=1)
ideals = st.fractions(F(1, 600), F(60), max_denominator=600)
pieces = st.integers(0, 50_000)


@st.composite
def works(draw: st.DrawFn) -> Work:
    planned = draw(minutes)
    produced = draw(pieces)
    return Work(planned, draw(minutes), draw(ideals), produced, draw(st.integers(0, produced)))


@given(st.lists(works(), max_size=6))
def test_the_factors_multiply_to_the_oee_to_the_last_digit(some: list[Work]) -> None:
    assert oee(some).agrees


@given(st.lists(works(), max_size=6))
def test_the_losses_and_the_productive_time_add_up_to_the_planned_time(some: list[Work]) -> None:
    found = oee(some).losses
    planned = sum((F(each.planned) for each in some), F(0))
    assert found.availability + found.speed + found.quality + found.productive == planned


@given(st.lists(works(), min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_the_order_and_the_parting_of_the_work_change_nothing(some: list[Work], chance: object) -> None:
    halves = [
        Work(F(w.planned) / 2, F(w.ran) / 2, w.ideal, F(w.produced) / 2, F(w.good) / 2) for w in some for _ in range(2)
    ]
    assert oee(halves) == oee(some) == oee(some[::-1])


def test_percentages_are_not_averaged() -> None:
    long, short = Work(400, 400, 1, 400, 400), Work(40, 20, 1, 10, 10)
    assert oee([long, short]).oee == F(410, 440)
    assert oee([long, short]).oee != (F(1) + F(10, 40)) / 2


def test_kinds_of_unequal_ideal_time_are_weighed_by_it_and_counted_in_pieces_beside() -> None:
    found = oee([Work(100, 100, 1, 50, 25), Work(100, 100, F("0.1"), 500, 500)])
    assert (found.quality, found.good_share, found.agrees) == (F(3, 4), F(525, 550), True)


def test_a_zero_denominator_shows_na() -> None:
    nothing = oee([])
    assert [percent(each) for each in (nothing.availability, nothing.effectiveness, nothing.quality, nothing.oee)] == [
        "n/a"
    ] * 4
    stood_still = oee([Work(480, 0, 1, 0, 0)])
    assert (percent(stood_still.availability), percent(stood_still.effectiveness)) == ("0.0", "n/a")
    assert (percent(stood_still.quality), percent(stood_still.oee)) == ("n/a", "0.0")


def test_an_effectiveness_above_100_percent_warns_and_is_not_capped() -> None:
    found = oee([Work(100, 50, 1, 60, 60)])
    assert (found.effectiveness, found.warnings) == (F(6, 5), (Warned.wrong_ideal,))
    assert oee([Work(100, 60, 1, 60, 60)]).warnings == ()


def test_more_run_time_than_planned_and_pieces_in_no_time_are_doubted() -> None:
    assert oee([Work(50, 60, 1, 10, 10)]).warnings == (Warned.ran_too_long,)
    assert oee([Work(50, 0, 1, 10, 10)]).warnings == (Warned.no_time,)


def test_a_shift_log_gives_planned_and_run_time() -> None:
    work = Work.in_shift(480, 60, 47, F(1, 60), 19271, 423)
    assert (work.planned, work.ran, work.good) == (420, 373, 18848)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Work(480, 400, 1, 10, 11),
        lambda: Work(480, -1, 1, 10, 10),
        lambda: Work(480, Decimal("NaN"), 1, 10, 10),
        lambda: Work(Decimal("Infinity"), 1, 1, 10, 10),
        lambda: Work(480, 400, 0.1, 10, 10),  # type: ignore[arg-type]
        lambda: Work.in_shift(480, 500, 0, 1, 10, 0),
        lambda: Work.in_shift(480, 60, 421, 1, 10, 0),
        lambda: Work.in_shift(480, 60, 0, 1, 10, 11),
    ],
)
def test_what_cannot_be_is_refused(wrong: object) -> None:
    with pytest.raises(DataError):
        wrong()  # type: ignore[operator]


def test_teep_counts_all_time() -> None:
    found = oee([Work(450, 390, F("1.5"), 242, 221)])
    assert percent(found.availability, 2) == "86.67"
    assert percent(teep(found, 450 * 5, 24 * 60 * 7), 2) == percent(F(221) * F("1.5") / 450 * 2250 / 10080, 2)
    assert teep(found, 450, 0) is None


def test_a_night_shift_belongs_to_the_day_it_began() -> None:
    starts, ends = time(22), time(6)
    assert day_began(datetime(2026, 11, 20, 22), starts, ends) == date(2026, 11, 20)
    assert day_began(datetime(2026, 11, 21, 5, 59), starts, ends) == date(2026, 11, 20)
    assert day_began(datetime(2026, 11, 21, 6), starts, ends) == date(2026, 11, 21)
    assert day_began(datetime(2026, 11, 21, 3), time(6), time(14)) == date(2026, 11, 21)
    assert day_began(datetime(2026, 11, 21, 3), time(6), time(6)) == date(2026, 11, 20)


@given(st.times(), st.times(), st.dates(date(2000, 1, 2), date(2100, 1, 1)), st.integers(0, 1439))
def test_a_whole_shift_falls_on_one_day(starts: time, ends: time, day: date, passed: int) -> None:
    begins = datetime.combine(day, starts)
    lasts = (datetime.combine(day, ends) - begins) % timedelta(days=1) or timedelta(days=1)
    moment = begins + timedelta(minutes=passed)
    if moment - begins < lasts:
        assert day_began(moment, starts, ends) == day


def test_days_are_worked_out_each_from_its_own_sums_in_order() -> None:
    first, second = date(2026, 11, 19), date(2026, 11, 20)
    a, b, c = Work(100, 50, 1, 10, 10), Work(100, 100, 1, 90, 90), Work(300, 100, 1, 30, 30)
    found = by_day([(second, a), (first, b), (second, c)])
    assert list(found) == [first, second]
    assert found[second] == oee([a, c])
