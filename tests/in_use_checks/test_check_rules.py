"""The rules of a check: its limits, its verdict, and when the next one is due."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from techfloor.duties.in_use_checks import rules
from techfloor.duties.in_use_checks.rules import Every, Function, Outcome, SetUp
from techfloor.refusals import Question, Refusal

ZONE = "Europe/Berlin"
WEIGHING = Function("weighing", "g", Decimal(0), Decimal(6000), Decimal("0.1"))
ENTRY = SetUp(
    function="weighing",
    applied="check piece",
    code="CW-200",
    what="weight 200 g",
    nominal=Decimal("200.0"),
    limits="± 0.2",
    lower=None,
    upper=None,
    every="each shift",
    words="",
)


@dataclass(frozen=True)
class Shift:
    """A shift of the tests."""

    name: str
    starts: time
    days: frozenset[str]


WORKDAYS = frozenset({"mon", "tue", "wed", "thu", "fri"})
SHIFTS = [
    Shift("Early", time(6), WORKDAYS),
    Shift("Late", time(14), WORKDAYS),
    Shift("Night", time(22), WORKDAYS - {"fri"}),
]


def at(text: str) -> datetime:
    """Return a moment on the plant's clock."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(ZONE))


def check_of(entry: SetUp = ENTRY, function: Function = WEIGHING) -> rules.Check:
    """Return the first version of a check."""
    return rules.read(1, rules.body(entry, function, None))


@pytest.mark.parametrize(
    ("limits", "lower", "upper"),
    [
        ("± 0.2", "199.8", "200.2"),
        ("+0.2/-0.1 g", "199.9", "200.2"),
        ("0.05 % + 1 digit", "199.8", "200.2"),
        ("≤ 0.3", None, "200.3"),
    ],
)
def test_a_tolerance_becomes_limits_of_what_the_gauge_may_show(limits: str, lower: str | None, upper: str) -> None:
    check = check_of(replace(ENTRY, limits=limits))
    assert check.lower == (None if lower is None else Decimal(lower))
    assert check.upper == Decimal(upper)


@pytest.mark.parametrize(
    ("value", "outcome"),
    [("199.8", "pass"), ("200.2", "pass"), ("199.7", "fail"), ("200.3", "fail"), ("200.0", "pass")],
)
def test_a_value_exactly_on_a_limit_is_good(value: str, outcome: str) -> None:
    check = check_of()
    assert rules.outcome(Decimal(value), check.lower, check.upper) == Outcome(outcome)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"limits": ""}, "limits"),
        ({"lower": Decimal(199)}, "limits"),
        ({"limits": "about right"}, "limits"),
        ({"limits": "", "lower": Decimal(201), "upper": Decimal(202)}, "lower"),
        ({"limits": "+0.3/+0.1"}, "limits"),
        ({"nominal": Decimal(7000)}, "nominal"),
        ({"code": ""}, "code"),
        ({"what": ""}, "what"),
        ({"applied": "hope"}, "applied"),
        ({"every": "now and then"}, "every"),
    ],
)
def test_what_cannot_be_checked_is_refused_beside_its_field(change: dict[str, object], field: str) -> None:
    with pytest.raises(Refusal) as no:
        check_of(replace(ENTRY, **change))  # type: ignore[arg-type]
    assert no.value.field == field


def test_a_fixed_point_needs_no_code() -> None:
    ice = replace(ENTRY, applied="fixed point", code="", what="melting ice", nominal=Decimal("0.0"), limits="± 0.5")
    assert check_of(ice, Function("temperature", "°C")).applied_words == "melting ice"


def test_a_value_far_off_is_asked_about() -> None:
    check = check_of()
    rules.ask_about(Decimal("202.0"), check)
    with pytest.raises(Question):
        rules.ask_about(Decimal("2000.1"), check)


def test_the_same_thing_applied_stays_in_one_series_and_another_begins_a_new_one() -> None:
    first = check_of()
    wider = rules.body(replace(ENTRY, limits="± 0.3", every="each day"), WEIGHING, first)
    assert wider["series"] == 1
    other = rules.body(replace(ENTRY, what="weight 500 g", nominal=Decimal("500.0")), WEIGHING, first)
    assert other["series"] == 2


# --- when ---


@pytest.mark.parametrize(
    ("every", "done", "now", "due"),
    [
        (Every.SHIFT, "2026-11-19 06:05", "2026-11-19 13:59", False),
        (Every.SHIFT, "2026-11-19 06:05", "2026-11-19 14:00", True),
        (Every.SHIFT, "2026-11-20 14:05", "2026-11-21 12:00", False),  # no shift begins on a Saturday
        (Every.SHIFT, "2026-11-20 14:05", "2026-11-23 06:00", True),
        (Every.SHIFT, "2026-11-19 22:10", "2026-11-20 05:59", False),  # the night belongs to the day it began
        (Every.DAY, "2026-11-19 23:59", "2026-11-20 00:00", True),
        (Every.DAY, "2026-11-20 06:00", "2026-11-22 12:00", False),
        (Every.DAY, "2026-11-20 06:00", "2026-11-23 00:00", True),
        (Every.WEEK, "2026-11-16 06:00", "2026-11-22 23:59", False),
        (Every.WEEK, "2026-11-16 06:00", "2026-11-23 00:00", True),
        (Every.BEFORE_USE, "2026-11-19 06:05", "2026-11-19 14:00", True),
    ],
)
def test_the_next_one_is_due_when_the_next_stretch_begins(every: Every, done: str, now: str, due: bool) -> None:
    assert rules.is_due(every, at(done), at(now), ZONE, SHIFTS) is due


def test_one_that_was_never_done_is_due() -> None:
    assert rules.is_due(Every.WEEK, None, at("2026-11-20 06:00"), ZONE, SHIFTS)


def test_a_plant_without_shifts_checks_every_day() -> None:
    assert rules.next_day(Every.SHIFT, at("2026-11-20 06:00"), ZONE, []) == date(2026, 11, 21)
    assert rules.next_day(Every.DAY, at("2026-11-20 06:00"), ZONE, SHIFTS) == date(2026, 11, 23)


def test_a_night_in_which_the_clock_is_put_back_is_one_stretch() -> None:
    night = rules.slots(Every.SHIFT, date(2026, 10, 22), date(2026, 10, 23), ZONE, SHIFTS)
    assert [slot.name for slot in night] == ["Early", "Late", "Night", "Early", "Late"]
    late = night[-1]
    assert (late.ends - late.begins).total_seconds() / 3600 == 65, "until Monday, one hour more than by the clock"
