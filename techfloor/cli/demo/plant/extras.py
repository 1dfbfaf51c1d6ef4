"""The values typed only for derived results, and the derived results themselves."""

import random
from collections.abc import Sequence
from decimal import Decimal

from techfloor.cli.demo.plant.numbers import Measured, Value, to_step
from techfloor.cli.demo.shapes import Derived, ExtraEntry, Gauge
from techfloor.measures.derived import IDEAL_SLOPE, corner_load, electrode_slope, hysteresis, repeatability_sd

Extra = tuple[str, int, str]


def draw_extras(measured: Measured) -> list[Extra]:
    """Draw the extra entries of one calibration: (entry, repeat, value as typed)."""
    stream = random.Random(f"{measured.gauge.code} {measured.day} extras")  # noqa: S311 - invented data
    entries = measured.gauge.extra_entries
    if measured.gauge.kind == "pH meter":
        return _voltages(stream, entries, measured.place)
    return [extra for entry in entries for extra in _weighings(stream, measured.gauge, entry)]


def _weighings(stream: random.Random, gauge: Gauge, entry: ExtraEntry) -> list[Extra]:
    step, load = Decimal(gauge.reads_to), Decimal(entry.nominal)
    if entry.repeats > 1:
        moves = stream.choice(([0, 0, 0, 0, 0, 1], [0, 0, 0, 0, 1, -1]))
        stream.shuffle(moves)
    else:
        reach = int(Decimal(gauge.tolerance) / step / 2) if entry.position != "centre" else 0
        moves = [stream.randint(-reach, reach)]
    return [(entry.label, number, str(load + move * step)) for number, move in enumerate(moves, start=1)]


def _voltages(stream: random.Random, entries: Sequence[ExtraEntry], place: int) -> list[Extra]:
    """An electrode loses slope month by month, and is replaced once a year."""
    slope = Decimal(str(99.4 - 0.22 * (place % 12) + stream.gauss(0, 0.15)))
    offset = Decimal(str(2 + stream.gauss(0, 2.5)))
    volts = [offset + slope / 100 * IDEAL_SLOPE * (7 - Decimal(entry.nominal)) for entry in entries]
    return [(entry.label, 1, str(to_step(volt, "0.1"))) for entry, volt in zip(entries, volts, strict=True)]


def derive(measured: Measured, values: Sequence[Value], extras: Sequence[Extra]) -> list[list[str]]:
    """Work out each derived result of the procedure: kind, name, value, unit, verdict."""
    rows = []
    for derived in measured.procedure.derived:
        value = derived_value(derived, measured.gauge, values, extras)
        good = derived.holds(value, Decimal(measured.gauge.tolerance))
        rows.append([derived.kind, derived.name, str(value), derived.unit, "pass" if good else "fail"])
    return rows


def derived_value(derived: Derived, gauge: Gauge, values: Sequence[Value], extras: Sequence[Extra]) -> Decimal:
    """Work out one derived result, rounded as it is printed."""
    typed = {entry: [Decimal(value) for name, _, value in extras if name == entry] for entry, _, _ in extras}
    if derived.kind == "hysteresis":
        place = {point.label: point for point in gauge.points}
        marks = [(place[v.point], v.error) for v in values]
        return hysteresis((Decimal(point.nominal), point.direction, error) for point, error in marks)
    if derived.kind == "repeatability":
        spread = repeatability_sd(typed[derived.entries[0].label])
        return to_step(spread, str(Decimal(1).scaleb(Decimal(gauge.reads_to).adjusted() - 1)))
    if derived.kind == "corner_load":
        centre, *corners = (typed[entry.label][0] for entry in derived.entries)
        return corner_load(centre, corners)
    volts = [(Decimal(e.nominal), typed[e.label][0]) for e in gauge.extra_entries if e.label in typed]
    line = electrode_slope(volts)
    return to_step(line.percent if derived.kind == "slope" else line.offset_mv, "0.1")
