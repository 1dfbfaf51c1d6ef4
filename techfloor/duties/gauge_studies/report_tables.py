"""The tables and charts of a study, from its content and from nothing else; the page and the paper show the same."""

from collections.abc import Mapping, Sequence
from typing import Any

from techfloor.duties.gauge_studies.content import grid
from techfloor.duties.gauge_studies.rules import Call, Sort
from techfloor.measures.units import show_unit
from techfloor.reports.charts import Panel, PanelChart, PanelLimits, Place, panel_chart
from techfloor.reports.sheets import Align, Cell, Column, Row, Table, Tone
from techfloor.said import in_words, word

Told = Mapping[str, Any]
_TONES = {"pass": Tone.PASS, "caution": Tone.CAUTION, "fail": Tone.FAIL}
SIGNS = {"pass": "✓", "caution": "!", "fail": "✗"}
_NONE = "–"


def tables(told: Told, _: Any) -> tuple[Table, ...]:
    """Return the tables of the figures; what was entered in error has none."""
    figures = told["figures"]
    if not figures:
        return ()
    if told["sort"] == Sort.ATTRIBUTE:
        return (_agreement(figures, _), _errors(figures, _), _pairs(figures, _))
    if figures["blind"]:
        return ()
    beside = (_range(figures, told, _),) if figures["range"] else ()
    return (_components(told, _), _anova(figures, _), *beside)


def _end(head: str, unit: str = "") -> Column:
    return Column(head, unit, align=Align.END)


def _cells(*texts: object) -> tuple[Cell, ...]:
    return tuple(Cell(_NONE if text is None else str(text)) for text in texts)


# --- variable studies ---


def _components(told: Told, _: Any) -> Table:
    figures, wide = told["figures"], told["tolerance"] is not None
    squared = f"{show_unit(told['gauge']['unit'])}²"
    columns = (
        Column(_("Source")),
        _end(_("Variance"), squared),
        _end(_("95 % interval"), squared),
        _end(_("Contribution"), "%"),
        _end(_("s"), show_unit(told["gauge"]["unit"])),
        _end(_("Study variation"), "%"),
        *((_end(_("Of tolerance"), "%"),) if wide else ()),
    )
    rows = tuple(Row(_component(line, wide)) for line in figures["lines"])
    notes = [_note(note, _) for note in figures["notes"]]
    ndc = _("Distinct categories (ndc): %(ndc)s, from %(ratio)s.") % {
        "ndc": _none(figures["ndc"], "∞"),
        "ratio": figures["ndc_ratio"],
    }
    width = _("Study variation: %(multiplier)s s.") % {"multiplier": figures["multiplier"]}
    return Table(_("Variance components, by analysis of variance"), columns, rows, " ".join([ndc, width, *notes]))


def _none(value: object, words: str) -> str:
    return words if value is None else str(value)


def _note(note: Told, _: Any) -> str:
    """Write a note; schema 1 kept its sentence."""
    return in_words(note) if "say" in note else str(_(note["sentence"]) % _named(note["values"]))


def _named(values: Mapping[str, str]) -> dict[str, str]:
    return {name: word(value, "study-source") for name, value in values.items()}


def _component(line: Told, wide: bool) -> tuple[Cell, ...]:
    between = None if line["low"] is None else f"{line['low']} … {line['high']}"
    name = word(line["source"], "study-source")
    cells = (line["variance"], between, line["contribution"], line["sd"], line["study_percent"])
    return _cells(name, *cells, *((line["tolerance_percent"],) if wide else ()))


def _anova(figures: Told, _: Any) -> Table:
    columns = (Column(_("Source")), _end(_("df")), _end(_("SS")), _end(_("MS")), _end("F"), _end("p"))
    names = ("df", "ss", "ms", "f", "p")
    rows = [
        Row(_cells(word(row["source"], "study-source"), *(row[name] for name in names))) for row in figures["table"]
    ]
    pooled = _("The interaction is pooled with the repeatability.") if figures["reduced"] else ""
    return Table(_("Analysis of variance"), columns, tuple(rows), pooled)


def _range(figures: Told, told: Told, _: Any) -> Table:
    found, wide = figures["range"], told["tolerance"] is not None
    columns = (
        Column(_("Source")),
        _end(_("s"), show_unit(told["gauge"]["unit"])),
        _end(_("Study variation"), "%"),
        *((_end(_("Of tolerance"), "%"),) if wide else ()),
    )
    rows = [
        Row(
            _cells(
                word(line["source"], "study-source"),
                line["sd"],
                line["study_percent"],
                *((line["tolerance_percent"],) if wide else ()),
            )
        )
        for line in found["lines"]
    ]
    note = _("Mean range %(range)s, K1 %(k1)s, K2 %(k2)s, K3 %(k3)s; ndc %(ndc)s.") % {
        "range": found["mean_range"],
        "k1": found["factors"][0],
        "k2": found["factors"][1],
        "k3": found["factors"][2],
        "ndc": _none(found["ndc"], "∞"),
    }
    return Table(_("The same by averages and ranges"), columns, tuple(rows), note)


# --- attribute studies ---


def _counted(share: Told | None) -> Cell:
    if share is None:
        return Cell(_NONE)
    return Cell(f"{share['percent']} %", note=f"{share['count']}/{share['n']}, {share['low']} … {share['high']} %")


def _kappa(kappa: Told | None) -> Cell:
    if kappa is None:
        return Cell(_NONE)
    value, low, high = (str(kappa[name]).replace("-", "−") for name in ("value", "low", "high"))
    return Cell(value, note="" if kappa["low"] is None else f"{low} … {high}")


def _agreement(figures: Told, _: Any) -> Table:
    columns = (
        Column(_("Appraiser")),
        _end(_("With themselves")),
        _end(_("Kappa")),
        _end(_("With the reference")),
        _end(_("Kappa")),
    )
    rows = [
        Row(
            (
                Cell(one["name"]),
                _counted(one["within"]),
                _kappa(one["repeated"]),
                _counted(one["right"]),
                _kappa(one["against"]),
            )
        )
        for one in figures["appraisers"]
    ]
    everybody = Row(
        (
            Cell(_("All together")),
            _counted(figures["between"]),
            _kappa(figures["together"]),
            _counted(figures["system"]),
            Cell(_NONE),
        )
    )
    note = _(
        "Counted in parts on which every judgement agrees, with 95 % intervals. Kappa: 1 complete, 0 as by chance."
    )
    return Table(_("Agreement"), columns, (*rows, everybody), note)


def _grade(look: str, _: Any) -> str:
    words = {"pass": _("Acceptable"), "caution": _("Marginal"), "fail": _("Not acceptable")}
    return str(words[look])


def _errors(figures: Told, _: Any) -> Table:
    columns = (
        Column(_("Appraiser")),
        _end(_("Misses")),
        _end(_("False alarms")),
        _end(_("Parts judged in two ways")),
        _end(_("Parts always wrong")),
        Column(_("Verdict")),
    )
    rows = [
        Row(
            (
                Cell(one["name"]),
                _counted(one["misses"]),
                _counted(one["false_alarms"]),
                *_cells(one["mixed"], one["wrong_always"]),
                Cell(_grade(one["look"], _), _TONES[one["look"]], SIGNS[one["look"]]),
            )
        )
        for one in figures["appraisers"]
    ]
    note = _("Misses: judgements that passed a bad part. False alarms: judgements that failed a good one.")
    return Table(_("Misses and false alarms"), columns, tuple(rows), note)


def _pairs(figures: Told, _: Any) -> Table:
    columns = (Column(_("Appraiser")), Column(_("and")), _end(_("Kappa")))
    rows = [Row((Cell(pair["one"]), Cell(pair["other"]), _kappa(pair["kappa"]))) for pair in figures["pairs"]]
    return Table(_("Appraisers with each other"), columns, tuple(rows))


# --- what was read ---


def readings(told: Told, _: Any) -> Table:
    """Return every value that counts, by part and appraiser, in the order of the repeats."""
    cells = grid(told)
    judged = told["sort"] == Sort.ATTRIBUTE
    columns = [Column(_("Part")), *((Column(_("Reference")),) if judged else ()), *(Column(name) for name, _p in cells)]
    by_name = {name: dict(parts) for name, parts in cells}
    rows = [
        Row(
            (
                Cell(part["label"]),
                *((Cell(word(part["reference"], "study-call")),) if judged else ()),
                *(_read(by_name[name][part["label"]], part["reference"]) for name, _p in cells),
            )
        )
        for part in told["parts"]
    ]
    return Table(_("What was read"), tuple(columns), tuple(rows))


def _read(values: Sequence[str], reference: str) -> Cell:
    if not reference:
        return Cell(" · ".join(values))
    wrong = any(value != reference for value in values)
    tone = Tone.FAIL if wrong else Tone.PLAIN
    return Cell(" ".join(SIGNS[Call(value)] for value in values), tone)


def late_changes(told: Told, when: Any, _: Any) -> list[str]:
    """Say which values were changed once all were in, by whom and why; what an amendment changed it says itself."""
    rows = told["rows"]
    last = max((n for n, row in enumerate(rows) if not row["correction"]), default=0)
    amended = (
        {change["at"] for change in told.get("amendment", {}).get("changes", ())} if told["version"] > 1 else set()
    )
    said: list[str] = []
    before: dict[tuple[str, int], str] = {}
    for n, row in enumerate(rows):
        key = (row["appraiser"], row["turn"])
        if n > last and row["at"] not in amended:
            said.append(_late(row, before[key], when(row["at"]), _))
        before[key] = row["value"]
    return said


def _late(row: Told, before: str, at: str, _: Any) -> str:
    words = _("%(name)s, part %(part)s, time %(repeat)s: %(before)s became %(after)s (%(why)s), %(by)s, %(at)s") % {
        "name": row["appraiser"],
        "part": row["part"],
        "repeat": row["repeat"],
        "before": word(before, "study-call"),
        "after": word(row["value"], "study-call"),
        "why": word(row["correction"], "study-correction").lower(),
        "by": row.get("by", row["appraiser"]),
        "at": at,
    }
    return str(words)


def not_counted(told: Told, when: Any, _: Any) -> Table | None:
    """Return the values that count no more and the corrections, with their reasons; None where there are none."""
    rows = [row for row in told["rows"] if row["correction"] or not row["counts"]]
    if not rows:
        return None
    columns = (Column(_("Time")), Column(_("Appraiser")), Column(_("Part")), _end(_("Value")), Column(_("Remark")))
    lines = [
        Row(
            _cells(
                when(row["at"]),
                row["appraiser"],
                f"{row['part']} ({row['repeat']})",
                word(row["value"], "study-call"),
                _remark(row, _),
            )
        )
        for row in rows
    ]
    return Table(_("Corrected, or counting no more"), columns, tuple(lines))


def _remark(row: Told, _: Any) -> str:
    said = []
    if row["correction"]:
        said.append(_("corrected: %(why)s") % {"why": word(row["correction"], "study-correction").lower()})
    if not row["counts"]:
        said.append(_("counts no more"))
    return "; ".join(said)


# --- charts ---


def charts(told: Told, _: Any) -> tuple[tuple[str, PanelChart], ...]:
    """Return the charts of a variable study with their titles."""
    figures = told["figures"]
    if told["sort"] == Sort.ATTRIBUTE or not figures or figures["blind"]:
        return ()
    found, unit, cells = figures["charts"], show_unit(told["gauge"]["unit"]), grid(told)
    return (
        (_("By part"), panel_chart([Panel("", _by_part(found, cells))], unit=unit)),
        (_("By appraiser"), panel_chart([Panel("", _by_appraiser(found, cells))], unit=unit)),
        # Averages outside are what is wanted: parts differ by more than repeats do.
        (_averages(found, _), _limited(found, "mean", "means", unit)),
        (_("Ranges, with their limits"), _limited(found, "range", "ranges", unit)),
    )


def _averages(found: Told, _: Any) -> str:
    if found["discriminates"]:
        return str(_("Averages: most are outside the limits of the repeats, so the parts are told apart"))
    return str(_("Averages: most are within the limits of the repeats, so the parts are hardly told apart"))


Grid = Sequence[tuple[str, Sequence[tuple[str, list[str]]]]]


def _by_part(found: Told, cells: Grid) -> tuple[Place, ...]:
    read: dict[str, list[float]] = {}
    for _name, parts in cells:
        for part, values in parts:
            read.setdefault(part, []).extend(map(float, values))
    return tuple(Place(part, tuple(read[part]), float(mean)) for part, mean in found["by_part"])


def _by_appraiser(found: Told, cells: Grid) -> tuple[Place, ...]:
    read = {name: tuple(float(value) for _part, values in parts for value in values) for name, parts in cells}
    return tuple(Place(name, read[name], float(mean)) for name, mean in found["by_appraiser"])


def _limited(found: Told, name: str, limits: str, unit: str) -> PanelChart:
    panels: dict[str, list[Place]] = {}
    for point in found["points"]:
        value = float(point[name])
        panels.setdefault(point["appraiser"], []).append(
            Place(point["part"], (value,), value, name == "range" and point["range_out"])
        )
    lines = PanelLimits(*(float(found[limits][each]) for each in ("lower", "centre", "upper")))
    drawn = [Panel(title, tuple(places)) for title, places in panels.items()]
    return panel_chart(drawn, unit=unit, limits=lines, names=("LCL", "CL", "UCL"))
