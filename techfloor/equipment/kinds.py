"""Ready-made kinds of gauges, so that a small plant enters one in a minute."""

import functools
import tomllib
from dataclasses import dataclass
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


@functools.cache
def ready_kinds() -> tuple[ReadyKind, ...]:
    """Read the ready-made kinds, in the order in which they are offered."""
    source = resources.files(__package__).joinpath("kinds.toml").read_text("utf-8")
    return tuple(_ready(row) for row in tomllib.loads(source)["kind"])


def ready_kind(key: str) -> ReadyKind | None:
    """Find a ready-made kind by its key."""
    return next((kind for kind in ready_kinds() if kind.key == key), None)


def _ready(row: dict[str, object]) -> ReadyKind:
    functions = row["functions"]
    assert isinstance(functions, list)
    return ReadyKind(
        key=str(row["key"]),
        kind=str(row["kind"]),
        title=str(row["title"]),
        name=str(row["name"]),
        interval=int(str(row["interval"])),
        functions=tuple(_function(each) for each in functions),
    )


def _function(row: dict[str, str]) -> FunctionEntry:
    step = Decimal(row["resolution"])
    return FunctionEntry(
        name=row["name"],
        unit=row["unit"],
        low=Decimal(row["low"]),
        high=Decimal(row["high"]),
        resolution=step,
        reads_to=step,
        tolerance=row["tolerance"],
    )
