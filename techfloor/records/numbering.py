"""Record numbers: CAL-2026-00042, given with the first submitted value, in the year of the plant's zone."""

from datetime import datetime
from zoneinfo import ZoneInfo

from techfloor.records.models import NumberSeries
from techfloor.store import alone, db


def next_number(prefix: str, at: datetime, zone: str) -> str:
    """Give the next number of `prefix` for the year that `at` falls in, on the plant's clock."""
    series = f"{prefix}-{at.astimezone(ZoneInfo(zone)).year}"
    alone(f"series:{series}")
    row = db.session.get(NumberSeries, series, populate_existing=True)
    if row is None:
        row = NumberSeries(series=series, last=0)
        db.session.add(row)
    row.last += 1
    db.session.flush()
    return f"{series}-{row.last:05d}"
