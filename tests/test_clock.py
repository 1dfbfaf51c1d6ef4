"""The one clock, and when a day begins on the plant's."""

from datetime import UTC, date, datetime, timedelta

import pytest

from techfloor import clock


@pytest.mark.parametrize(
    ("day", "begins", "hours"),
    [
        (date(2026, 11, 22), "2026-11-21T23:00", 24),
        (date(2026, 3, 29), "2026-03-28T23:00", 23),
        (date(2026, 10, 25), "2026-10-24T22:00", 25),
    ],
)
def test_a_day_begins_at_the_midnight_of_its_place(day: date, begins: str, hours: int) -> None:
    found = clock.midnight(day, "Europe/Berlin")
    assert found == datetime.fromisoformat(begins).replace(tzinfo=UTC)
    assert clock.midnight(day + timedelta(days=1), "Europe/Berlin") - found == timedelta(hours=hours)
