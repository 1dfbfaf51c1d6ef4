"""The day that work is counted on: a night shift belongs to the day it began."""

from datetime import date, datetime, time, timedelta


def day_began(local: datetime, starts: time, ends: time) -> date:
    """Give the day on which the shift of these hours began that `local`, the plant's own time, falls in.

    A shift that ends at or before the time it starts at runs over midnight: its morning counts as the evening before.
    """
    runs_over_midnight = ends <= starts
    if runs_over_midnight and local.time() < ends:
        return (local - timedelta(days=1)).date()
    return local.date()
