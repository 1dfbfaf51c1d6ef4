"""Record numbers: CAL-2026-00042, given with the first submitted value, in the year of the plant's zone."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from techfloor.records.models import NumberSeries
from techfloor.store import alone, db


def coming_number(prefix: str, at: datetime, zone: str) -> str:
    """Return the number that `next_number` would give now: what a page shows before it is signed."""
    series = _series(prefix, at, zone)
    last = db.session.scalar(select(NumberSeries.last).where(NumberSeries.series == series))
    return _number(series, (last or 0) + 1)


def next_number(prefix: str, at: datetime, zone: str) -> str:
    """Give the next number of `prefix` for the year that `at` falls in, on the plant's clock."""
    series = _series(prefix, at, zone)
    alone(f"series:{series}")
    row = db.session.get(NumberSeries, series, populate_existing=True)
    if row is None:
        row = NumberSeries(series=series, last=0)
        db.session.add(row)
    row.last += 1
    db.session.flush()
    return _number(series, row.last)


def _series(prefix: str, at: datetime, zone: str) -> str:
    return f"{prefix}-{at.astimezone(ZoneInfo(zone)).year}"


def _number(series: str, count: int) -> str:
    return f"{series}-{count:05d}"
