"""What differs between two versions of a procedure, box by box and line by line. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any

from techfloor.duties.calibration.rules.written import LimitEntry, ProcedureEntry


@dataclass(frozen=True)
class Difference:
    """One thing that differs: the name of its box, which row of it, before and after; "" where there was or is none."""

    box: str
    row: str
    before: str
    after: str


_ROWS: dict[str, Callable[[Any], str]] = {
    "budget": lambda row: row.component,
    "environment": lambda row: row.quantity,
    "derived": lambda row: row.name,
}


Told = Mapping[str, Mapping[str, str]]
"""What is chosen in a box of a row, in the words of the form: by the box, then by what is kept."""


def differences(before: ProcedureEntry, after: ProcedureEntry, told: Told | None = None) -> list[Difference]:
    """Return what differs, in the order of the boxes; what says what is new is no difference."""
    found: list[Difference] = []
    for each in fields(ProcedureEntry):
        name, old, new = each.name, getattr(before, each.name), getattr(after, each.name)
        if old == new or name == "change":
            continue
        if name == "point_sets":
            found += _points(before, after)
        elif name in _ROWS:
            found += _rows(name, old, new, told or {})
        elif name in {"standards", "checks"}:
            found += [Difference(name, "", *pair) for pair in _lines(old, new)]
        else:
            found.append(Difference(name, "", _text(old), _text(new)))
    return found


def _points(before: ProcedureEntry, after: ProcedureEntry) -> Iterable[Difference]:
    old, new = ({each.key: each.points for each in entry.point_sets} for entry in (before, after))
    for key in dict.fromkeys([*old, *new]):
        lines = (old.get(key, "").splitlines(), new.get(key, "").splitlines())
        yield from (Difference("point_sets", key, *pair) for pair in _lines(*lines))


def _lines(old: Sequence[str], new: Sequence[str]) -> Iterable[tuple[str, str]]:
    for kind, first, last, start, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            yield from zip_longest(old[first:last], new[start:end], fillvalue="")


def _rows(name: str, old: Sequence[Any], new: Sequence[Any], told: Told) -> Iterable[Difference]:
    was, is_now = ({_ROWS[name](row): _row(row, told) for row in rows} for rows in (old, new))
    for key in dict.fromkeys([*was, *is_now]):
        if was.get(key) != is_now.get(key):
            yield Difference(name, key, was.get(key, ""), is_now.get(key, ""))


def _row(row: Any, told: Told) -> str:
    """Write a row in short: what stands in its boxes, but its name."""
    if isinstance(row, LimitEntry) and row.text and not row.max_change:
        return row.text
    values = [(each.name, str(getattr(row, each.name))) for each in fields(row)[1:]]
    return ", ".join(told.get(name, {}).get(value, value) for name, value in values if value).replace("\n", "; ")


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
