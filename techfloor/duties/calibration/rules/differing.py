"""What differs between two versions of a procedure, box by box and line by line. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import astuple, dataclass, fields
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


def differences(before: ProcedureEntry, after: ProcedureEntry) -> list[Difference]:
    """Return what differs, in the order of the boxes; what says what is new is no difference."""
    found: list[Difference] = []
    for each in fields(ProcedureEntry):
        name, old, new = each.name, getattr(before, each.name), getattr(after, each.name)
        if old == new or name == "change":
            continue
        if name == "point_sets":
            found += _points(before, after)
        elif name in _ROWS:
            found += _rows(name, old, new)
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


def _rows(name: str, old: Sequence[Any], new: Sequence[Any]) -> Iterable[Difference]:
    was, is_now = ({_ROWS[name](row): _row(row) for row in rows} for rows in (old, new))
    for key in dict.fromkeys([*was, *is_now]):
        if was.get(key) != is_now.get(key):
            yield Difference(name, key, was.get(key, ""), is_now.get(key, ""))


def _row(row: Any) -> str:
    """Write a row in short: what stands in its boxes, but its name."""
    if isinstance(row, LimitEntry) and row.text and not row.max_change:
        return row.text
    return ", ".join(str(value) for value in astuple(row)[1:] if value).replace("\n", "; ")


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
