"""Column types that keep a value as the text it was, so that the trail, the row and the typed entry agree."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator


class ExactDecimal(TypeDecorator[Decimal]):
    """A Decimal kept with its trailing zeros; SQLite has no decimal type and would round through a float."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        """Write plain digits; raises TypeError for anything but a Decimal."""
        if value is None:
            return None
        if not isinstance(value, Decimal):
            raise TypeError(f"a reading is a Decimal, not {value!r}")
        return format(value, "f")

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:
        """Read the digits back as they were typed."""
        return None if value is None else Decimal(value)

    def compare_values(self, x: Decimal | None, y: Decimal | None) -> bool:
        """Tell whether two values are kept alike: 0.10 and 0.1 are equal and are not, so that the change is written."""
        return x == y and (x is None or y is None or format(x, "f") == format(y, "f"))


def utc_text(moment: datetime) -> str:
    """Return a moment as sortable text in UTC, to the microsecond; raises ValueError when it is not aware."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone cannot be kept")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def utc_moment(text: str) -> datetime:
    """Read back what `utc_text` wrote."""
    return datetime.fromisoformat(text)


class UtcTime(TypeDecorator[datetime]):
    """An aware moment kept as text in UTC, so that it sorts, and reads the same on both databases."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """Write the moment in UTC."""
        return None if value is None else utc_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        """Read an aware moment."""
        return None if value is None else utc_moment(value)


class Day(TypeDecorator[date]):
    """A calendar day kept as ISO text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Dialect) -> str | None:
        """Write YYYY-MM-DD."""
        return None if value is None else value.isoformat()

    def process_result_value(self, value: str | None, dialect: Dialect) -> date | None:
        """Read a date."""
        return None if value is None else date.fromisoformat(value)


def canonical_json(value: object) -> str:
    """Return the one text of plain data: sorted keys, no spaces, no floats; raises TypeError for a float."""
    _refuse_floats(value)
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _refuse_floats(value: object) -> None:
    if isinstance(value, float):
        raise TypeError("a number in canonical content is typed text, never a float")
    if isinstance(value, dict):
        for item in value.values():
            _refuse_floats(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _refuse_floats(item)


class JsonText(TypeDecorator[Any]):
    """Plain data kept as its canonical text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Write canonical JSON."""
        return None if value is None else canonical_json(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """Read plain data."""
        return None if value is None else json.loads(value)
