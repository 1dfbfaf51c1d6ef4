"""Calibrations from before, from a sheet: lines of the old records, known again by gauge, day and certificate."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from flask_babel import lazy_gettext as _l

from techfloor.duties.calibration.actions import old_records as old_acts
from techfloor.duties.calibration.queries import old_records as old_lines
from techfloor.duties.calibration.queries.records import PROCEDURE, in_force_today, read_revision
from techfloor.duties.calibration.rules.old_records import (
    FAIL,
    MOST_POINTS,
    PASS,
    OldEntry,
    OldReading,
    check,
    check_reading,
    check_unit,
    judged,
    worst_use,
)
from techfloor.duties.calibration.rules.procedure import Mode
from techfloor.equipment.entries import FunctionEntry, GaugeEntry
from techfloor.equipment.statuses import MEASURE, Kind
from techfloor.imports import cards, cells
from techfloor.imports.equipment_rows import CODE, UNIT_WORDS, differences, unit, unit_written, written
from techfloor.places.here import plant, today
from techfloor.records.models import Definition
from techfloor.refusals import Refusal
from techfloor.web.importing import Column, Deed, Importer, Plan, Planned, Values, numbered
from techfloor.web.plain_text import TEXT
from techfloor.web.visitor import by_whom

_POINT = (
    Column("measures", _l("Measures"), ("function", "parameter", "quantity", "messgrosse"), most=MOST_POINTS),
    Column("nominal", _l("Nominal"), ("point", "test point", "set point", "sollwert", "nennwert"), most=MOST_POINTS),
    Column(
        "found",
        _l("Reading as found"),
        ("as found", "found", "reading", "indication", "actual", "istwert"),
        most=MOST_POINTS,
        hint=_l("in the unit of what the gauge measures"),
    ),
    Column("left", _l("Reading as left"), ("as left", "left", "after adjustment"), most=MOST_POINTS),
)
COLUMNS = (
    replace(CODE, hint=_l("of the gauge; with day and certificate a row is known again by it")),
    Column(
        "performed_on",
        _l("Calibrated on"),
        (
            "performed on",
            "performed",
            "date",
            "calibration date",
            "cal date",
            "calibrated",
            "datum",
            "kalibriert am",
            "kalibrierdatum",
        ),
        needed=True,
    ),
    Column(
        "certificate",
        _l("Certificate"),
        (
            "certificate no",
            "certificate number",
            "cert no",
            "report no",
            "report number",
            "zertifikat",
            "schein nr",
            "kalibrierschein",
        ),
    ),
    Column(
        "performed_by",
        _l("Calibrated by"),
        ("by", "performed by", "laboratory", "lab", "provider", "technician", "labor", "durchgefuhrt von", "prufer"),
        hint=_l("a laboratory, or who it was then"),
    ),
    Column(
        "as_found",
        _l("Verdict as found"),
        ("as found", "result", "verdict", "result as found", "outcome", "status", "ergebnis", "befund"),
        hint=_l("pass, fail or adjusted"),
    ),
    Column(
        "as_left",
        _l("Verdict as left"),
        ("as left", "result as left", "final result"),
        hint=_l("pass, fail or adjusted"),
    ),
    Column("adjusted", _l("Adjusted"), ("adjustment", "justiert"), hint=_l("yes or no")),
    Column(
        "worst_error",
        _l("Worst error as found"),
        ("worst error", "max error", "maximum error", "error", "deviation", "abweichung"),
    ),
    Column("unit", _l("Unit of the worst error"), UNIT_WORDS),
    Column("next_due", _l("Next due"), ("due", "due date", "next calibration", "valid until", "fallig", "fallig am")),
    Column(
        "counts",
        _l("Counts for the due day"),
        ("counts", "due by it"),
        hint=_l("yes where the gauge is to be due by it; without it nothing is due by what is brought in"),
    ),
    Column(
        "remark",
        _l("Remark"),
        ("remarks", "note", "notes", "comment", "comments", "bemerkung"),
        longest=TEXT,
        lines=True,
    ),
    *_POINT,
)
_VERDICT = (
    "“%(typed)s” is no verdict. Write pass, fail or adjusted.",
    "“%(typed)s” is no verdict. Did you mean “%(nearest)s”?",
)
_GAUGE = (
    "There is no gauge %(typed)s. Enter it, or bring it in, first.",
    "There is no gauge %(typed)s. Did you mean %(nearest)s?",
)
_ADJUSTED = "adjusted"
_VERDICTS = {
    **dict.fromkeys(("pass", "passed", "ok", "good", "accepted", "in tolerance", "bestanden", "i.o.", "io"), PASS),
    **dict.fromkeys(("fail", "failed", "nok", "not ok", "rejected", "out of tolerance", "n.i.o.", "nio"), FAIL),
    **dict.fromkeys(("adjusted", "justiert"), _ADJUSTED),
}


@dataclass(frozen=True)
class _Known:
    """What the rows of a file need, read at once: the gauges, how they are calibrated, what stands of them."""

    gauges: dict[str, cards.Card]
    kinds: dict[str, str]
    modes: dict[int, str]
    standing: dict[tuple[int, date, str], OldEntry]
    here: dict[tuple[int, date], str]
    due_by_record: set[int]

    @classmethod
    def read(cls, codes: Collection[str]) -> "_Known":
        """Read it."""
        gauges = cards.gauges(codes)
        ids = [card.id for card in gauges.values()]
        lines = [row for _code, row in old_lines.of_gauges(ids)]
        return cls(
            gauges,
            cards.kinds_of(codes),
            _modes(),
            {(row.gauge_id, row.performed_on, row.certificate): old_lines.entry_of(row) for row in lines},
            old_lines.calibrated_here(ids, plant().zone),
            old_lines.due_by_record(ids),
        )

    def gauge(self, values: Values) -> tuple[int, GaugeEntry]:
        """Return the gauge that a row names."""
        code = values.get("code", "").strip().upper()
        card = self.gauges.get(code)
        if card is not None and isinstance(card.entry, GaugeEntry):
            return card.id, card.entry
        if not code:
            raise Refusal("Enter the code of the gauge.", field="code")
        if code in self.kinds:
            raise Refusal("%(code)s is the code of a %(kind)s.", field="code", code=code, kind=Kind(self.kinds[code]))
        raise cells.unknown(_GAUGE, "code", code, old_lines.gauge_codes())

    def mode(self, gauge: GaugeEntry) -> str:
        """Return how a gauge is calibrated now, as one that is read where it has no procedure."""
        return self.modes.get(gauge.procedure_id or 0, Mode.apply)


def _modes() -> dict[int, str]:
    rows = in_force_today(Definition.kind == PROCEDURE)
    return {row.Definition.id: read_revision(row.Definition, row.Revision).mode for row in rows}


def begin(codes: Collection[str]) -> Plan:
    """Read what the rows with these codes need, and return what each would do."""
    known = _Known.read(codes)
    due_rule = plant().profile.text("calibration.due_day")

    def plan(values: Values) -> Planned:
        gauge_id, gauge = known.gauge(values)
        stands = known.standing.get((gauge_id, _performed_on(values), cells.text(values, "certificate")))
        entry = entry_of(values, stands, gauge, known.mode(gauge))
        _check(gauge_id, entry, gauge.functions, known)
        code, use = gauge.item.code, worst_use(entry, gauge.functions)
        after = values_of(code, entry)
        changed = differences(values_of(code, stands), after, after) if stands else ()
        deed = Deed.NEW if stands is None else Deed.CHANGED if changed else Deed.SAME
        key = ", ".join(part for part in (code, entry.performed_on.isoformat(), entry.certificate) if part)
        return Planned(
            code,
            key.partition(", ")[2],
            f"/calibration/gauges/{code}",
            deed,
            changed,
            notes=tuple(_unusual(entry, use, gauge_id in known.due_by_record)),
            do=lambda run: old_acts.keep(gauge_id, entry, use=use, run_id=run, due_rule=due_rule, **by_whom()),
            key=key,
        )

    return plan


def _performed_on(values: Values) -> date:
    day = cells.day(values, "performed_on")
    if day is None:
        raise Refusal("Enter the day on which it was calibrated.", field="performed_on")
    return day


def _check(gauge_id: int, entry: OldEntry, functions: tuple[FunctionEntry, ...], known: _Known) -> None:
    check(entry, today())
    check_unit(entry, functions)
    here = known.here.get((gauge_id, entry.performed_on))
    if here is not None:
        raise Refusal("The calibration of this day stands here already: %(number)s.", field="performed_on", number=here)


def _unusual(entry: OldEntry, use: Fraction | None, by_record: bool) -> Iterator[Refusal]:
    if entry.as_found == PASS and use is not None and use > 1:
        yield Refusal("It says pass, and what was found is beyond the tolerance on the gauge's card.")
    if entry.counts and by_record:
        yield Refusal("The due day of this gauge follows from its calibrations here, and stays.")
    if entry.counts and entry.went == FAIL:
        yield Refusal("It failed: the gauge is due since that day.")


def entry_of(values: Values, stands: OldEntry | None, gauge: GaugeEntry, mode: str) -> OldEntry:
    """Read a row as it would be entered; what it does not say stays as it `stands`. Raises Refusal at a column."""
    then = stands or OldEntry(_performed_on(values))
    found, left = (_verdict(values, key) for key in ("as_found", "as_left"))
    adjusted = cells.yes_or_no(values, "adjusted") if values.get("adjusted") else then.adjusted
    worst = cells.number(values, "worst_error", then.worst_error)
    usual = gauge.functions[0].unit if gauge.functions else ""
    return OldEntry(
        performed_on=then.performed_on,
        certificate=cells.text(values, "certificate"),
        performed_by=cells.text(values, "performed_by", then.performed_by),
        as_found=then.as_found if found is None else found.replace(_ADJUSTED, ""),
        as_left=then.as_left if left is None else left.replace(_ADJUSTED, ""),
        adjusted=True if _ADJUSTED in {found, left} else adjusted,
        worst_error=worst,
        unit=unit(values, "unit", then.unit or usual) if worst is not None else "",
        readings=tuple(_readings(values, then.readings, gauge.functions, mode)),
        next_due=cells.day(values, "next_due", then.next_due),
        counts=cells.yes_or_no(values, "counts", then.counts),
        remark=cells.text(values, "remark", then.remark),
    )


def _verdict(values: Values, key: str) -> str | None:
    return cells.one_of(values, key, _VERDICTS, _VERDICT)


def _readings(
    values: Values, stands: tuple[OldReading, ...], functions: tuple[FunctionEntry, ...], mode: str
) -> Iterator[OldReading]:
    """Give the points of a row: those that stand, changed by what it says, and those that it adds."""
    for n in range(1, MOST_POINTS + 1):
        before = stands[n - 1] if n <= len(stands) else None
        if any(values.get(numbered(column.key, n), "") for column in _POINT[1:]):
            yield _reading(values, n, before, functions, mode)
        elif before is not None:
            yield before


def _reading(
    values: Values, n: int, stands: OldReading | None, functions: tuple[FunctionEntry, ...], mode: str
) -> OldReading:
    then = stands or OldReading("", function=functions[0].name if functions else "")
    nominal, found, left = (
        _typed(values, numbered(key, n), getattr(then, key)) for key in ("nominal", "found", "left")
    )
    reading = OldReading(nominal, found, left, _function(values, numbered("measures", n), then.function, functions))
    try:
        check_reading(reading, functions)
    except Refusal as no:
        raise Refusal(no.sentence, field=numbered(no.field or "", n), **no.parameters) from None
    return judged(reading, next(each for each in functions if each.name == reading.function), mode)


def _typed(values: Values, key: str, stands: str) -> str:
    return written(cells.number(values, key, Decimal(stands) if stands else None))


def _function(values: Values, key: str, stands: str, functions: tuple[FunctionEntry, ...]) -> str:
    typed = values.get(key, "")
    by_word = {function.name.casefold(): function.name for function in functions}
    return by_word.get(typed.casefold(), typed) if typed else stands


def values_of(code: str, entry: OldEntry) -> dict[str, str]:
    """Say a line as a file would."""
    said = {
        "code": code,
        "performed_on": written(entry.performed_on),
        "certificate": entry.certificate,
        "performed_by": entry.performed_by,
        "as_found": entry.as_found,
        "as_left": entry.as_left,
        "adjusted": "" if entry.adjusted is None else "yes" if entry.adjusted else "no",
        "worst_error": written(entry.worst_error),
        "unit": unit_written(entry.unit) if entry.unit else "",
        "next_due": written(entry.next_due),
        "counts": "yes" if entry.counts else "no",
        "remark": entry.remark,
    }
    for n, each in enumerate(entry.readings, 1):
        said |= {
            numbered("measures", n): each.function,
            numbered("nominal", n): each.nominal,
            numbered("found", n): each.found,
            numbered("left", n): each.left,
        }
    return said


def all_there_is() -> Iterator[Values]:
    """Say every line that stands from the old records as a file would."""
    return (values_of(code, old_lines.entry_of(row)) for code, row in old_lines.of_gauges())


HISTORY = Importer(
    "history", _l("Calibrations from before"), "calibration", MEASURE, COLUMNS, "code", begin, all_there_is,
    (
        {"code": "G-101", "performed_on": "2025-09-03", "certificate": "K-25-0412", "performed_by": "Example Lab",
         "as_found": "pass", "worst_error": "0.01", "unit": "mm", "next_due": "2026-03-03", "counts": "no",
         "nominal": "50", "found": "50.00", "nominal 2": "150", "found 2": "150.01"},
        {"code": "G-101", "performed_on": "2026-03-04", "certificate": "K-26-0188", "performed_by": "Example Lab",
         "as_found": "fail", "as_left": "pass", "adjusted": "yes", "worst_error": "0.05", "unit": "mm",
         "next_due": "2026-09-04", "counts": "yes", "nominal": "50", "found": "50.02", "left": "50.00",
         "nominal 2": "150", "found 2": "150.05", "left 2": "150.00"},
    ),
    several=True,
)  # fmt: skip
