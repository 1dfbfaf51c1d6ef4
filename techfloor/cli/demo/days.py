"""How the demo plant's days and times move from their anchor to today."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar, get_args
from zoneinfo import ZoneInfo

Row = Mapping[str, Any]
Shape = TypeVar("Shape")

DATA = Path(__file__).parent / "plant"
ANCHOR = date(2026, 11, 20)


def weeks_since_anchor(today: date) -> timedelta:
    """Give the whole weeks from the anchor to today, rounded down, so that no past is yet to come."""
    return timedelta(weeks=(today - ANCHOR).days // 7)


def read_toml(name: str) -> Row:
    """Read one file of the plant's data."""
    return tomllib.loads((DATA / name).read_text("utf-8"))


@dataclass(frozen=True)
class Calendar:
    """Reads the days and local times of the data, moved by `shift`, in the plant's zone."""

    zone: ZoneInfo
    shift: timedelta

    def day(self, text: str) -> date:
        """Move a day."""
        return date.fromisoformat(text) + self.shift

    def moment(self, text: str) -> datetime:
        """Move a local time, keeping the hour on the wall; the answer is aware, in UTC."""
        local = datetime.fromisoformat(text) + self.shift
        return local.replace(tzinfo=self.zone).astimezone(UTC)

    def at(self, day: str, hour: str) -> datetime:
        """Move a day, at a local HH:MM."""
        return self.moment(f"{day}T{hour}")

    def shape(self, shape: type[Shape], row: Row, *, used: tuple[str, ...] = (), **given: object) -> Shape:
        """Fill a frozen dataclass from a row of data: what a row leaves out is empty.

        `given` fields are worked out by the caller, from the keys named in `used`; raises ValueError for a
        key that is neither a field nor used, so that a slip in the data is found when it is read.
        """
        kinds = {field.name: field.type for field in fields(shape)}  # type: ignore[arg-type]
        unknown = set(row) - set(kinds) - set(used)
        if unknown:
            raise ValueError(f"{shape.__name__} has no {', '.join(sorted(unknown))}: {row}")
        plain = {name: self._value(kind, row.get(name)) for name, kind in kinds.items() if name not in given}
        return shape(**plain, **given)

    def _value(self, kind: Any, value: Any) -> Any:
        if value is None:
            return self._empty(kind)
        if date in {kind, *get_args(kind)}:
            return self.day(value)
        if datetime in {kind, *get_args(kind)}:
            return self.moment(value)
        return tuple(value) if isinstance(value, list) else value

    @staticmethod
    def _empty(kind: Any) -> Any:
        if type(None) in get_args(kind):
            return None
        if kind in {str, int, bool}:
            return kind()
        if str(kind).startswith("tuple"):
            return ()
        if str(kind).startswith("dict"):
            return {}
        raise ValueError(f"a {kind} is needed here")
