"""The results of a calibration as tables: as found and as left side by side."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from techfloor.duties.calibration.report.words import Words, approached, number, risk_words, with_minus, with_sign
from techfloor.duties.calibration.rules.printed import mean_shown
from techfloor.measures.quantity import decimals, plain
from techfloor.measures.units import show_unit
from techfloor.reports.sheets import Align, Cell, Column, Row, Table, Tone
from techfloor.said import begun, in_words, word

Point = Mapping[str, Any]

MOST_ACROSS = 10
"""Single readings that stand side by side on a portrait page."""


@dataclass(frozen=True)
class Line:
    """One point of the procedure with what was found and what was left there."""

    as_found: Point | None
    as_left: Point | None

    @property
    def point(self) -> Point:
        """What both runs share: label, nominal, tolerance."""
        point = self.as_found or self.as_left
        assert point is not None
        return point

    def of(self, run: str) -> Point | None:
        """The result of `run`, if the point was measured in it."""
        return self.as_found if run == "as_found" else self.as_left

    @property
    def failed(self) -> bool:
        """Whether either run lies outside here."""
        return any(p is not None and p["verdict"] == "fail" for p in (self.as_found, self.as_left))


@dataclass(frozen=True)
class Group:
    """Points of one function and one unit, which share a table."""

    function: str
    unit: str
    error_unit: str
    lines: tuple[Line, ...]
    runs: tuple[str, ...]
    mode: str

    def points(self, run: str) -> list[Point]:
        """The results of one run, in the order of the procedure."""
        return [p for line in self.lines if (p := line.of(run)) is not None]


@dataclass(frozen=True)
class _Spec:
    """A column and how a line fills it."""

    column: Column
    cell: Callable[[Line], Cell]


def groups(content: Mapping[str, Any]) -> tuple[Group, ...]:
    """Put the points of all runs side by side, grouped by function and unit in the order of the procedure."""
    runs = {run["run"]: {p["n"]: p for p in run["points"]} for run in content["runs"]}
    found, left = runs.get("as_found", {}), runs.get("as_left", {})
    grouped: dict[tuple[str, str, str], list[Line]] = {}
    for n in sorted(found.keys() | left.keys()):
        line = Line(found.get(n), left.get(n))
        key = (line.point["function"], _unit(line.point["unit"]), _unit(_error_unit(line)))
        grouped.setdefault(key, []).append(line)
    mode = content["procedure"]["mode"]
    return tuple(Group(*key, tuple(lines), tuple(runs), mode) for key, lines in grouped.items())


def _unit(name: str) -> str:
    """Return a unit as a head shows it; that of what only goes, or is counted, is none."""
    return "" if name == "-" else show_unit(name)


def _error_unit(line: Line) -> str:
    """Return the unit of the error; a point that could not be measured may lack it in one of the runs."""
    units = (p["error_unit"] for p in (line.as_found, line.as_left) if p is not None)
    return next((unit for unit in units if unit), "")


def repeats(group_list: Iterable[Group]) -> int:
    """Return the largest number of readings at any point."""
    counts = [len(current(p["readings"])) for g in group_list for run in g.runs for p in g.points(run)]
    return max(counts, default=0)


def current(readings: Sequence[Point]) -> list[Point]:
    """Return the readings that count: a corrected one gives way to the one that corrects it."""
    return list({r["repeat"]: r for r in readings}.values())


def results(group: Group, words: Words, title: str) -> Table:
    """Lay out one group; a column that would be empty all the way down is left out."""
    specs = [s for s in _specs(group, words) if any(s.cell(line).text for line in group.lines)]
    return Table(
        title=title,
        columns=tuple(s.column for s in specs),
        rows=tuple(
            Row(tuple(s.cell(line) for s in specs), Tone.FAIL if line.failed else Tone.PLAIN) for line in group.lines
        ),
    )


def _specs(group: Group, words: Words) -> Iterator[_Spec]:
    _ = words.translate
    yield _Spec(
        Column(_("Set to") if group.mode == "match" else _("Point"), group.unit, code=_plain(group)),
        lambda line: _point_cell(line, words),
    )
    for run in group.runs:
        yield from _run_specs(group, run, words)
    yield from _limit_specs(group, words)
    for run in group.runs:
        head = words.run(run) if len(group.runs) > 1 else ""
        yield _Spec(Column(_("Verdict"), head), _verdict(run, words))


def _plain(group: Group) -> bool:
    """Whether the points are named by nothing but their value, and so are set like readings."""
    return all(number(line.point["label"]) is not None for line in group.lines)


_OF_MASS = frozenset({"g", "kg", "mg"})


def _point_cell(line: Line, words: Words) -> Cell:
    point = line.point
    pieces = " + ".join(point.get("stack", ()))
    named = words.translate("weights %(pieces)s") if point["unit"] in _OF_MASS else words.translate("blocks %(pieces)s")
    notes = [named % {"pieces": pieces}] if pieces and not point.get("difference") else []
    notes += [
        words.translate("could not be measured %(run)s: %(reason)s")
        % {"run": words.run(run), "reason": in_words(p["cannot_measure"])}
        for run in ("as_found", "as_left")
        if (p := line.of(run)) is not None and p["cannot_measure"]
    ]
    return Cell(approached(point["label"], point["direction"]), note="; ".join(notes))


def _run_specs(group: Group, run: str, words: Words) -> Iterator[_Spec]:
    """Yield what one run gave: the reference where it is not the point itself, the reading, the error."""
    _ = words.translate
    name = begun(words.run(run))
    if group.mode == "attribute":
        if run == group.runs[0]:
            yield _Spec(Column(_("Expected")), lambda line: Cell(word(line.point.get("expected", ""), "goes")))
        yield _Spec(Column(name, group.unit), _value(run, "indication", _goes))
        return
    read = _read_key(group)
    places = _places(group, read)
    if _shows_reference(group):
        yield _Spec(_numbers(_("Reference"), group.unit), _value(run, "reference"))
    if group.mode == "comparison":
        yield _Spec(_numbers(_("Difference"), group.unit), _value(run, "difference", with_sign))
    yield _Spec(_numbers(name, group.unit), _value(run, read, places=places))
    error = _value(run, "error", with_sign, places=places if group.error_unit == group.unit else 0)
    yield _Spec(_numbers(_error_head(group, words), group.error_unit), error)


def _read_key(group: Group) -> str:
    """Return which number of a point was read: of the gauge, or of the standard that it was brought to."""
    return "reference" if group.mode == "match" else "indication"


def _places(group: Group, key: str) -> int:
    """Return with how many decimals the readings of a function are printed: with the most that any was typed with.

    What a gauge shows has as many everywhere; a mean keeps those that its U leaves it.
    """
    points = [p for run in group.runs for p in group.points(run)]
    if any(len(current(p["readings"])) > 1 for p in points):
        return 0
    values = [value for p in points if (value := number(p.get(key))) is not None]
    return max((decimals(value) for value in values), default=0)


def padded(text: str | None, places: int) -> str | None:
    """Return a number with at least so many decimals; nothing is rounded away."""
    value = number(text)
    if value is None or decimals(value) >= places:
        return text
    sign = "+" if (text or "").startswith("+") else ""
    return f"{sign}{plain(value.quantize(Decimal(1).scaleb(-places)))}"


def _error_head(group: Group, words: Words) -> str:
    """Name the error; in a comparison it is counted from the nominal value, not from the reference beside it."""
    return words.translate("From nominal") if group.mode == "comparison" else words.translate("Error")


def _shows_reference(group: Group) -> bool:
    """Whether the reference needs a column of its own, or is the nominal value in the first one."""
    if group.mode in {"both", "comparison"}:
        return True
    points = [p for run in group.runs for p in group.points(run)]
    return group.mode == "apply" and any(number(p["reference"]) not in {None, number(p["nominal"])} for p in points)


def _numbers(head: str, unit: str) -> Column:
    return Column(head, unit, Align.END, code=True)


def _value(
    run: str, key: str, write: Callable[[str | None], str] = with_minus, places: int = 0
) -> Callable[[Line], Cell]:
    def cell(line: Line) -> Cell:
        point = line.of(run)
        return Cell(
            write(padded(_to_u(point, key), places)) if point is not None and not point["cannot_measure"] else ""
        )

    return cell


def _goes(indication: str | None) -> str:
    return word(indication or "", "goes")


def _to_u(point: Point, key: str) -> str:
    """Return a number of a point; a mean of repeats is rounded to the last digit of its U."""
    text, mean, u = str(point.get(key, "")), number(point.get(key)), number(point["u"])
    if key == "reference" and point.get("difference"):
        return text  # a certified value, no mean
    if mean is None or u is None or len(current(point["readings"])) < 2 or point["error_unit"] != point["unit"]:
        return text
    return plain(mean_shown(mean, point["u"]))


def _limit_specs(group: Group, words: Words) -> Iterator[_Spec]:
    """Yield uncertainty, k where it changes from point to point, tolerance, guard band, and risk where it is said.

    What was measured, U, k, the guard band and the risk, has a column for each run where the runs differ in it.
    """
    _ = words.translate
    factors = {k for line in group.lines for run in group.runs if (k := _of_run(line, run, "k"))}
    shared = factors.pop() if len(factors) == 1 else None
    head = f"U (k = {shared})" if shared else "U"
    yield from _by_run(group, "u", head, group.error_unit, words)
    if not shared:
        yield from _by_run(group, "k", "k", "", words)
    yield _Spec(_numbers(_("Tolerance"), group.error_unit), lambda line: Cell(_tolerance(line)))
    yield from _by_run(group, "guard", _("Guard band"), group.error_unit, words)
    yield from _by_run(group, "risk", _("Risk"), "%", words)


def _by_run(group: Group, key: str, head: str, unit: str, words: Words) -> Iterator[_Spec]:
    """Yield one column where the runs agree wherever both have a value, else one for each."""
    pairs = [[text for run in group.runs if (text := _of_run(line, run, key))] for line in group.lines]
    if all(len(set(pair)) < 2 for pair in pairs):
        yield _Spec(_numbers(head, unit), lambda line: Cell(_of_any(line, group.runs, key)))
        return
    for run in group.runs:
        yield _Spec(_numbers(f"{head} {words.run(run)}", unit), _of_one(run, key))


def _of_one(run: str, key: str) -> Callable[[Line], Cell]:
    return lambda line: Cell(_of_run(line, run, key))


def _of_any(line: Line, runs: Sequence[str], key: str) -> str:
    return next((text for run in runs if (text := _of_run(line, run, key))), "")


def _of_run(line: Line, run: str, key: str) -> str:
    """Return U, k, the guard band or the risk of a point in one run, "" where it has none."""
    point = line.of(run)
    text = str(point.get(key) or "") if point is not None else ""
    if key == "risk":
        return risk_words(text)
    return "" if key == "guard" and not number(text) else text


def _tolerance(line: Line) -> str:
    """Write the limits in the error's unit: ±0.10, −0.02 … +0.04, ≤ +0.03."""
    tolerance = line.point["tolerance"]
    if not tolerance:
        return ""
    lower, upper = tolerance["lower"], tolerance["upper"]
    if lower and upper:
        return f"±{upper}" if number(lower) == -Decimal(upper) else f"{with_sign(lower)} … {with_sign(upper)}"
    if upper:
        return f"≤ {with_sign(upper)}"
    return f"≥ {with_sign(lower)}" if lower else ""


def _verdict(run: str, words: Words) -> Callable[[Line], Cell]:
    def cell(line: Line) -> Cell:
        point = line.of(run)
        if point is not None and point["cannot_measure"]:
            return Cell(words.translate("not measured"), Tone.CAUTION)
        return words.verdict_cell(point["verdict"] if point is not None else "")

    return cell


# --- single readings ---


def single_readings(group: Group, run: str, words: Words) -> Table:
    """Lay out every reading of one run: for each point a line of what was read and a line of its errors."""
    _ = words.translate
    points = [p for p in group.points(run) if not p["cannot_measure"]]
    across = min(MOST_ACROSS, max((len(current(p["readings"])) for p in points), default=0))
    name = f"{group.function}, {words.run(run)}" if group.function else words.run(run)
    return Table(
        title=_("Single readings, %(run)s") % {"run": name},
        columns=(
            Column(_("Point"), group.unit, code=_plain(group)),
            Column(""),
            *(_numbers(str(n + 1), "") for n in range(across)),
        ),
        rows=tuple(row for p in points for row in _reading_rows(p, group, across, words)),
    )


def _reading_rows(point: Point, group: Group, across: int, words: Words) -> Iterator[Row]:
    readings = current(point["readings"])
    read, places = _read_key(group), _typed_places(group)
    for start in range(0, len(readings), across):
        part = readings[start : start + across]
        first = point["label"] if start == 0 else f"{start + 1} – {start + len(part)}"
        for key, name in _kinds(group, words):
            cells = [_reading_cell(r, key, places if key == read else 0) for r in part]
            yield Row((Cell(first), Cell(name), *cells, *[Cell("")] * (across - len(part))))
            first = ""


def _kinds(group: Group, words: Words) -> list[tuple[str, str]]:
    _ = words.translate
    error = f"{_error_head(group, words).lower()} {group.error_unit}"
    kinds = [("indication", f"{_('reading')} {group.unit}"), ("error", error)]
    if group.mode == "match":
        kinds[0] = ("reference", kinds[0][1])
    elif group.mode == "comparison":
        kinds.insert(0, ("difference", f"{_('difference')} {group.unit}"))
    elif _shows_reference(group):
        kinds.insert(0, ("reference", f"{_('reference')} {group.unit}"))
    return kinds


def _typed_places(group: Group) -> int:
    """Return the most decimals that any single reading of a function was typed with."""
    points = [p for run in group.runs for p in group.points(run)]
    values = [number(r.get(_read_key(group))) for p in points for r in current(p["readings"])]
    return max((decimals(value) for value in values if value is not None), default=0)


def _reading_cell(reading: Point, key: str, places: int) -> Cell:
    if key != "error":
        return Cell((with_sign if key == "difference" else with_minus)(padded(reading.get(key), places)))
    failed = reading["verdict"] == "fail"
    return Cell(with_sign(reading["error"]), Tone.FAIL if failed else Tone.PLAIN, "✕" if failed else "")


# --- derived results ---


def derived(runs: Sequence[Mapping[str, Any]], words: Words) -> Table | None:
    """Lay out what was computed from the readings, such as hysteresis or repeatability."""
    _ = words.translate
    names = list(dict.fromkeys((d["name"], d["unit"], d["limit"]) for run in runs for d in run["derived"]))
    if not names:
        return None
    by_run = [{d["name"]: d for d in run["derived"]} for run in runs]
    return Table(
        title=_("Derived results"),
        columns=(
            Column(_("Result")),
            *(_numbers(begun(words.run(run["run"])), "") for run in runs),
            Column(_("Unit")),
            Column(_("Limit")),
            *(Column(_("Verdict"), words.run(run["run"]) if len(runs) > 1 else "") for run in runs),
        ),
        rows=tuple(_derived_row(name, unit, limit, by_run, words) for name, unit, limit in names),
    )


def _derived_row(name: str, unit: str, limit: str, by_run: Sequence[Mapping[str, Any]], words: Words) -> Row:
    found = [results_of.get(name) for results_of in by_run]
    verdicts = [words.verdict_cell(d["verdict"] if d else "") for d in found]
    values = [Cell(with_minus(d["value"]) if d else "") for d in found]
    failed = any(cell.tone is Tone.FAIL for cell in verdicts)
    return Row(
        (Cell(name), *values, Cell(show_unit(unit)), Cell(with_minus(limit)), *verdicts),
        Tone.FAIL if failed else Tone.PLAIN,
    )


def entries(run: Mapping[str, Any], words: Words) -> Table | None:
    """Lay out the values that were read only to compute a derived result."""
    _ = words.translate
    given = run.get("entries", ())
    if not given:
        return None
    return Table(
        title=_("Values for derived results, %(run)s") % {"run": words.run(run["run"])},
        columns=(Column(_("For")), Column(_("Place")), Column(_("Values"))),
        rows=tuple(
            Row((Cell(e["derived"].replace("_", " ")), Cell(e["label"]), Cell(_entry_values(e)))) for e in given
        ),
    )


def _entry_values(entry: Point) -> str:
    if entry["cannot_measure"]:
        return in_words(entry["cannot_measure"])
    return f"{', '.join(with_minus(v) for v in entry['values'])} {show_unit(entry['unit'])}"
