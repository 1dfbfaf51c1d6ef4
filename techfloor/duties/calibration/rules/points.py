"""The points of a procedure as a person types them, one in a line, and as its body keeps them. Pure.

A line is parts with semicolons between them: the value first, then in any order what the point is called, `up` or
`down`, `goes` or `does not go`, and what has a name: `function:`, `at:` (the place on the gauge), `pieces:` (of the
standard, with + between them), `name:`. `50 %` is half of the gauge's range, `50 % FS` half of its largest value (full
scale), which is another one where the range does not begin at zero. A backslash before a semicolon takes it for a
letter. A check with an answer has no value: its name comes first. The value and the pieces may have their unit.

    25.00; function: outside; at: inner jaw; pieces: 25
    NO GO; does not go
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from techfloor.measures.quantity import NumberError, parse_number, plain
from techfloor.measures.units import is_unit, same_unit, show_unit
from techfloor.refusals import Refusal, Several

WAYS = ("up", "down")
ANSWERS = ("goes", "does not go")
MOST_POINTS = 200
MOST_TOLD = 5
"""So many lines that cannot be read are told at once."""
_NAMED = {"function": "function", "at": "position", "name": "label", "pieces": "stack", "load": "load"}
_NAMES = {box: name for name, box in _NAMED.items()}
FULL_SCALE = "full scale"
_SHARE = re.compile(
    r"(?P<percent>[^%]*)%\s*(?:(?P<scale>(?:of\s+)?(?:FS|full\s*scale|max(?:imum)?))|(?:of\s+)?(?:the\s+)?range)?",
    re.IGNORECASE,
)
_PARTS = re.compile(r"(?<!\\)(?:\\\\)*;")
_AS_NAMED = re.compile(r"\w+\s*:.*", re.DOTALL)
_BEFORE_UNIT = re.compile(r"([-+−]?[\d.,' ]*?)\s*([^\d\s.,'].*)?", re.DOTALL)
_LIKE_A_VALUE = re.compile(r"[-+−]?[\s']*[\d.,]")
_WORDS = re.compile(r"(function|at|name|pieces|load|repeats)\s*:\s*(.*)", re.DOTALL)


@dataclass(frozen=True)
class Written:
    """How points are written: the unit that a value may have, and whether they are checks, which begin with a name."""

    unit: str = ""
    by_name: bool = False


@dataclass(frozen=True)
class _Place:
    """Where a line stands: its number, the box it was typed in, the unit that its numbers may have."""

    line: int
    field: str
    unit: str = ""


def read_points(text: str, field: str = "", written: Written = Written()) -> list[dict[str, Any]]:
    """Read the points of one set; raises Several beside `field` for the lines that are none, with their numbers."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > MOST_POINTS:
        raise Refusal("A set has at most %(most)s points.", field=field, most=MOST_POINTS)
    found: list[dict[str, Any]] = []
    wrong: list[Refusal] = []
    for n, line in enumerate(lines, start=1):
        try:
            found.append(_point(line, _Place(n, field, written.unit), by_name=written.by_name))
        except Refusal as no:
            wrong.append(no)
    if wrong:
        raise Several(wrong[:MOST_TOLD])
    return found


def read_entries(text: str, field: str = "") -> list[dict[str, Any]]:
    """Read the values that are typed for a derived result only, one in a line: `half load; load: half; repeats: 6`."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return [_entry(line, _Place(n, field)) for n, line in enumerate(lines, start=1)]


def written_points(rows: Iterable[Mapping[str, Any]]) -> str:
    """Write points as lines that `read_points` reads back."""
    return "\n".join(_line(row) for row in rows)


def written_entries(rows: Iterable[Mapping[str, Any]]) -> str:
    """Write entries as lines that `read_entries` reads back."""
    return "\n".join(_entry_line(row) for row in rows)


def called(nominal: str, row: Mapping[str, Any]) -> str:
    """Return what a point without a name of its own is called: its value, what is measured, where, which way."""
    return " ".join(
        part for part in (nominal, *(row.get(key, "") for key in ("function", "position", "direction"))) if part
    )


def of_full_scale(row: Mapping[str, Any]) -> bool:
    """Tell whether a point in % is a share of the largest value of a gauge, not of the way through its range."""
    return row.get("of") == FULL_SCALE


def _point(line: str, place: _Place, *, by_name: bool) -> dict[str, Any]:
    value, *parts = _split(line)
    if _is_named(value, parts, place, by_name=by_name):
        value, parts = "", [value, *parts]
    found: dict[str, Any] = {"function": ""}
    for part in filter(None, parts):
        _take(part, found, place)
    if (share := _SHARE.fullmatch(value)) is not None:
        found["percent"] = _number(share["percent"].strip(), place)
        if share["scale"]:
            found["of"] = FULL_SCALE
        return {"label": found.pop("label", ""), **found}
    nominal = _number(value, place) if value else ""
    label = found.pop("label", "") or called(nominal, found)
    if not label:
        raise Refusal("Line %(line)s has neither a value nor a name.", field=place.field, line=place.line)
    return {"nominal": nominal, "label": label, **found}


def _is_named(first: str, parts: Sequence[str], place: _Place, *, by_name: bool) -> bool:
    """Tell whether a line begins with no value: one of a check, which says what it is called and whether it goes."""
    answers = by_name or any(part.casefold() in ANSWERS for part in (first, *parts))
    return answers and _value_or_none(first.removesuffix("%").strip(), place) is None


def _take(part: str, found: dict[str, Any], place: _Place) -> None:
    """Put one part of a line where it belongs; what is nothing else is the name."""
    named = _WORDS.fullmatch(part)
    if part in WAYS:
        found["direction"] = part
    elif part.casefold() in ANSWERS:
        found["expected"] = part.casefold()
    elif named is None:
        if _AS_NAMED.fullmatch(part):
            raise Refusal(
                "Line %(line)s: “%(text)s” is none of function:, at:, pieces: and name:. "
                "Write name: before what is only a name.",
                field=place.field,
                line=place.line,
                text=part,
            )
        if found.get("label"):
            raise Refusal(
                "Line %(line)s has two names: “%(one)s” and “%(other)s”. Say what that is, like at: inner jaw.",
                field=place.field,
                line=place.line,
                one=found["label"],
                other=part,
            )
        found["label"] = part
    elif named[1] == "pieces":
        found["stack"] = [_number(piece.strip(), place) for piece in named[2].split("+")]
    elif named[1] == "repeats":
        found["repeats"] = _whole(named[2], place)
    elif named[2]:
        found[_NAMED[named[1]]] = named[2]


def _number(text: str, place: _Place) -> str:
    found = _value_or_none(text, place)
    if found is None:
        raise Refusal(
            "Line %(line)s: “%(text)s” is no number. Write a line like 25.00; inner jaw; pieces: 25, "
            "or of a check that goes or does not go: NO GO; does not go.",
            field=place.field,
            line=place.line,
            text=text,
        )
    return found


def _value_or_none(text: str, place: _Place) -> str | None:
    """Return a number as it is kept, without the unit of the procedure behind it; None for what is none."""
    try:
        return plain(parse_number(without_unit(text, place.unit)))
    except NumberError:
        return None


def without_unit(text: str, unit: str) -> str:
    """Return what was typed without the unit behind it, however that is written; another unit stays."""
    found = _BEFORE_UNIT.fullmatch(text.strip())
    number, own = found.groups() if found else ("", "")
    if not (number and own and unit):
        return text
    same = own in {unit, show_unit(unit)} or (is_unit(own) and is_unit(unit) and same_unit(own, unit))
    return str(number) if same else text


def _whole(text: str, place: _Place) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= MOST_POINTS):
        raise Refusal(
            "Line %(line)s: “%(text)s” is no number of repeats.", field=place.field, line=place.line, text=text
        )
    return int(text)


def _split(line: str) -> list[str]:
    parts, start = [], 0
    for cut in _PARTS.finditer(line):
        parts.append(line[start : cut.end() - 1])
        start = cut.end()
    return [re.sub(r"\\([\\;])", r"\1", part).strip() for part in (*parts, line[start:])]


def _kept(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", "\\;")


def _line(row: Mapping[str, Any]) -> str:
    in_percent = "percent" in row
    value = f"{row['percent']} %{' FS' if of_full_scale(row) else ''}" if in_percent else row.get("nominal", "")
    label = row.get("label", "")
    usual = "" if in_percent else called(row.get("nominal", ""), row)
    parts = [*_label_part(label, usual), *_named_parts(row)]
    if value or not row.get("expected"):
        return "; ".join([value, *parts])
    first, *rest = parts
    return "; ".join([f"name: {first}" if _LIKE_A_VALUE.match(first) else first, *rest])


def _entry_line(row: Mapping[str, Any]) -> str:
    parts = [_kept(row["label"]), *([f"value: {row['nominal']}"] if row.get("nominal") else []), *_named_parts(row)]
    return "; ".join([*parts, *([f"repeats: {row['repeats']}"] if "repeats" in row else [])])


def _label_part(label: str, usual: str) -> Sequence[str]:
    if label == usual:
        return []
    alone = label not in WAYS and label.casefold() not in ANSWERS and _AS_NAMED.fullmatch(label) is None
    return [_kept(label) if alone else f"name: {_kept(label)}"]


def _named_parts(row: Mapping[str, Any]) -> Iterable[str]:
    for key in ("function", "position", "load"):
        if row.get(key):
            yield f"{_NAMES[key]}: {_kept(row[key])}"
    for key in ("direction", "expected"):
        if row.get(key):
            yield row[key]
    if row.get("stack"):
        yield f"pieces: {' + '.join(row['stack'])}"


def _entry(line: str, place: _Place) -> dict[str, Any]:
    label, *parts = _split(line)
    if not label:
        raise Refusal("Line %(line)s has no name.", field=place.field, line=place.line)
    found: dict[str, Any] = {}
    for part in filter(None, parts):
        value = re.fullmatch(r"value\s*:\s*(.*)", part)
        if value:
            found["nominal"] = _number(value[1], place)
        else:
            _take(part, found, place)
    unknown = found.keys() - {"nominal", "position", "load", "repeats"}
    if unknown or found.get("load", "half") not in {"half", "third"}:
        raise Refusal(
            "Line %(line)s: write a line like half load; load: half; repeats: 6, or centre; load: third; at: centre.",
            field=place.field,
            line=place.line,
        )
    return {"label": label, **found}
