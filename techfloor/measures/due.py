"""Due dates: counted in whole months from the day the work was done."""

import calendar
from datetime import date
from enum import StrEnum


class DueRule(StrEnum):
    """On which day of its month a due date falls."""

    exact_day = "exact day"
    end_of_month = "end of month"


class DueState(StrEnum):
    """Where a day stands against a due date; the due day itself is still usable."""

    in_date = "in date"
    due_today = "due today"
    in_grace = "in grace"
    overdue = "overdue"


def add_months(day: date, months: int) -> date:
    """Go some months on (or back); a day that the month lacks becomes its last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def next_due(performed: date, months: int, rule: str = DueRule.exact_day) -> date:
    """Give the next due date: the same day of the month, or the last of the month under "end of month".

    31 August and six months give 28 February, or 29 in a leap year. Raises ValueError for an unknown rule or
    an interval below one month.
    """
    if months < 1:
        raise ValueError("an interval is one month or more")
    due = add_months(performed, months)
    if DueRule(rule) is DueRule.end_of_month:
        return due.replace(day=calendar.monthrange(due.year, due.month)[1])
    return due


def days_left(due: date, today: date) -> int:
    """Count the days to the due date: 0 on the day itself, negative after it."""
    return (due - today).days


def state(due: date, today: date, grace_days: int = 0) -> DueState:
    """Say where today stands against the due date and the days of grace after it."""
    left = days_left(due, today)
    if left > 0:
        return DueState.in_date
    if left == 0:
        return DueState.due_today
    return DueState.in_grace if -left <= grace_days else DueState.overdue
