"""The points of a procedure as a person types them, one in a line, and as its body keeps them. Pure.

A line is parts with semicolons between them: the value first, then in any order what the point is called, `up` or
`down`, `goes` or `does not go`, and what has a name: `function:`, `at:` (the place on the gauge), `pieces:` (of the
standard, with + between them), `name:`. `50 %` is half of the gauge's range. A backslash before a semicolon takes it
for a letter.

    25.00; function: outside; at: inner jaw; pieces: 25
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from techfloor.measures.quantity import NumberError, parse_number, plain
from techfloor.refusals import Refusal

WAYS = ("up", "down")
ANSWERS = ("goes", "does not go")
MOST_POINTS = 200
_NAMED = {"function": "function", "at": "position", "name": "label", "pieces": "stack", "load": "load"}
_NAMES = {box: name for name, box in _NAMED.items()}
_PARTS = re.compile(r"(?<!\\)(?:\\\\)*;")
_AS_NAMED = re.compile(r"\w+\s*:.*", re.DOTALL)
_WORDS = re.compile(r"(function|at|name|pieces|load|repeats)\s*:\s*(.*)", re.DOTALL)


def read_points(text: str, field: str = "") -> list[dict[str, Any]]:
    """Read the points of one set; raises Refusal beside `field` for a line that is none, with its number."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > MOST_POINTS:
        raise Refusal("A set has at most %(most)s points.", field=field, most=MOST_POINTS)
    return [_point(line, n, field) for n, line in enumerate(lines, start=1)]


def read_entries(text: str, field: str = "") -> list[dict[str, Any]]:
    """Read the values that are typed for a derived result only, one in a line: `half load; load: half; repeats: 6`."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return [_entry(line, n, field) for n, line in enumerate(lines, start=1)]


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


def _point(line: str, n: int, field: str) -> dict[str, Any]:
    value, *parts = _split(line)
    found: dict[str, Any] = {"function": ""}
    for part in filter(None, parts):
        _take(part, found, n, field)
    if value.endswith("%"):
        found["percent"] = _number(value[:-1].strip(), n, field)
        return {"label": found.pop("label", ""), **found}
    nominal = _number(value, n, field) if value else ""
    label = found.pop("label", "") or called(nominal, found)
    if not label:
        raise Refusal("Line %(line)s has neither a value nor a name.", field=field, line=n)
    return {"nominal": nominal, "label": label, **found}


def _take(part: str, found: dict[str, Any], n: int, field: str) -> None:
    """Put one part of a line where it belongs; what is nothing else is the name."""
    named = _WORDS.fullmatch(part)
    if part in WAYS:
        found["direction"] = part
    elif part in ANSWERS:
        found["expected"] = part
    elif named is None:
        if _AS_NAMED.fullmatch(part):
            raise Refusal(
                "Line %(line)s: “%(text)s” is none of function:, at:, pieces: and name:. "
                "Write name: before what is only a name.",
                field=field,
                line=n,
                text=part,
            )
        if found.get("label"):
            raise Refusal(
                "Line %(line)s has two names: “%(one)s” and “%(other)s”. Say what that is, like at: inner jaw.",
                field=field,
                line=n,
                one=found["label"],
                other=part,
            )
        found["label"] = part
    elif named[1] == "pieces":
        found["stack"] = [_number(piece.strip(), n, field) for piece in named[2].split("+")]
    elif named[1] == "repeats":
        found["repeats"] = _whole(named[2], n, field)
    elif named[2]:
        found[_NAMED[named[1]]] = named[2]


def _number(text: str, n: int, field: str) -> str:
    try:
        return plain(parse_number(text))
    except NumberError:
        raise Refusal(
            "Line %(line)s: “%(text)s” is no number. Write a line like 25.00; inner jaw; pieces: 25.",
            field=field,
            line=n,
            text=text,
        ) from None


def _whole(text: str, n: int, field: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= MOST_POINTS):
        raise Refusal("Line %(line)s: “%(text)s” is no number of repeats.", field=field, line=n, text=text)
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
    value = f"{row['percent']} %" if in_percent else row.get("nominal", "")
    label = row.get("label", "")
    usual = "" if in_percent else called(row.get("nominal", ""), row)
    return "; ".join([value, *_label_part(label, usual), *_named_parts(row)])


def _entry_line(row: Mapping[str, Any]) -> str:
    parts = [_kept(row["label"]), *([f"value: {row['nominal']}"] if row.get("nominal") else []), *_named_parts(row)]
    return "; ".join([*parts, *([f"repeats: {row['repeats']}"] if "repeats" in row else [])])


def _label_part(label: str, usual: str) -> Sequence[str]:
    if label == usual:
        return []
    alone = label not in (*WAYS, *ANSWERS) and _AS_NAMED.fullmatch(label) is None
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


def _entry(line: str, n: int, field: str) -> dict[str, Any]:
    label, *parts = _split(line)
    if not label:
        raise Refusal("Line %(line)s has no name.", field=field, line=n)
    found: dict[str, Any] = {}
    for part in filter(None, parts):
        value = re.fullmatch(r"value\s*:\s*(.*)", part)
        if value:
            found["nominal"] = _number(value[1], n, field)
        else:
            _take(part, found, n, field)
    unknown = found.keys() - {"nominal", "position", "load", "repeats"}
    if unknown or found.get("load", "half") not in {"half", "third"}:
        raise Refusal(
            "Line %(line)s: write a line like half load; load: half; repeats: 6, or centre; load: third; at: centre.",
            field=field,
            line=n,
        )
    return {"label": label, **found}
