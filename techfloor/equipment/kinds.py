"""Ready-made kinds of gauges, so that a small plant enters one in a minute."""

import functools
import tomllib
from dataclasses import dataclass, replace
from decimal import Decimal
from importlib import resources

from techfloor.equipment.entries import FunctionEntry


@dataclass(frozen=True)
class ReadyKind:
    """What a new gauge of a kind usually is; everything can be changed on its form."""

    key: str
    kind: str
    title: str
    name: str
    interval: int
    functions: tuple[FunctionEntry, ...]
    us_name: str = ""
    us_functions: tuple[FunctionEntry, ...] = ()
    """What it is in a plant that works in US customary units; none where it is the same everywhere."""

    def where(self, units: str) -> "ReadyKind":
        """Return the kind as a plant of these units has it."""
        if units == "metric" or not self.us_functions:
            return self
        return replace(self, name=self.us_name, functions=self.us_functions)


@functools.cache
def ready_kinds() -> tuple[ReadyKind, ...]:
    """Read the ready-made kinds, in the order in which they are offered."""
    source = resources.files(__package__).joinpath("kinds.toml").read_text("utf-8")
    return tuple(_ready(row) for row in tomllib.loads(source)["kind"])


def ready_kind(key: str) -> ReadyKind | None:
    """Find a ready-made kind by its key."""
    return next((kind for kind in ready_kinds() if kind.key == key), None)


def _ready(row: dict[str, object]) -> ReadyKind:
    functions, us = row["functions"], row.get("us", {"functions": []})
    assert isinstance(functions, list)
    assert isinstance(us, dict)
    return ReadyKind(
        key=str(row["key"]),
        kind=str(row["kind"]),
        title=str(row["title"]),
        name=str(row["name"]),
        interval=int(str(row["interval"])),
        functions=tuple(_function(each) for each in functions),
        us_name=str(us.get("name", "")),
        us_functions=tuple(_function(each) for each in us["functions"]),
    )


def _function(row: dict[str, str]) -> FunctionEntry:
    """Read a function; one that only goes or does not go has neither range nor steps."""
    step = _number(row, "resolution")
    return FunctionEntry(
        name=row["name"],
        unit=row["unit"],
        low=_number(row, "low"),
        high=_number(row, "high"),
        resolution=step,
        reads_to=step,
        tolerance=row["tolerance"],
    )


def _number(row: dict[str, str], name: str) -> Decimal | None:
    return Decimal(row[name]) if name in row else None
