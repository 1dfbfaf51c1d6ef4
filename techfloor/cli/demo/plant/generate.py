"""Writes history.json, drift.json and files/: python -m techfloor.cli.demo.plant.generate. Fixed seeds."""

import json
import random
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from techfloor.cli.demo.days import DATA, Calendar, Row
from techfloor.cli.demo.plant.extras import derive, draw_extras
from techfloor.cli.demo.plant.numbers import (
    WRENCH,
    History,
    Measured,
    Value,
    error_text,
    mean_errors,
    mean_text,
    to_step,
)
from techfloor.cli.demo.plant.paper import certificate_pdf
from techfloor.cli.demo.plant.people_and_times import Clock, Diary, review_of
from techfloor.cli.demo.reading import read_gauges, read_outside, read_procedures, read_standards
from techfloor.cli.demo.shapes import Standard

AS_WRITTEN = Calendar(ZoneInfo("UTC"), timedelta(0))
READING_SECONDS, EXTRA_SECONDS, ADJUSTING_SECONDS, SIGNING_SECONDS = (
    (40, 100),
    (30, 60),
    (900, 1500),
    (90, 300),
)
ADJUSTMENT = "spring preload reset, scale zero set"
# Lot, product, characteristic, set value, limits: work done with the wrench since it was last good.
WORK = (
    ("L-2606-03", "LUB-125", "Mounting bolt torque", "24.0", ("22.0", "26.0")),
    ("L-2609-11", "LUB-250", "Base bolt torque", "45.0", ("43.0", "47.0")),
    (
        "L-2611-02",
        "LUB-125",
        "Mounting bolt torque, narrow customer limit (wrench was never right for it)",
        "24.0",
        ("23.4", "24.6"),
    ),
)
SIGN = "(set - reference)/reference; plus = the wrench clicks too early, the bolt gets less torque than set"
RELATIVE_U = Decimal("0.0155")  # of the torque, at the low end of the wrench


def generate(folder: Path) -> None:
    """Write the computed files of the demo plant into a folder."""
    procedures = read_procedures(AS_WRITTEN)
    gauges, standards = read_gauges(AS_WRITTEN, procedures), read_standards(AS_WRITTEN)
    measured = History(gauges, procedures, standards).measured()
    by_code = {standard.code: standard for standard in standards}
    rows = _calibrations(measured, by_code)
    wrench = [row for row in rows if row["gauge"] == "G-011"]
    _write_rows(folder / "history.json", [row for row in rows if row["gauge"] != "G-011"])
    drift = _drift(wrench, [m for m in measured if m.gauge.code == "G-011"][-1])
    (folder / "drift.json").write_text(json.dumps(drift, indent=1, ensure_ascii=False) + "\n", "utf-8")
    (folder / "files").mkdir(exist_ok=True)
    named = {gauge.code: gauge for gauge in gauges}
    for certificate in read_outside(AS_WRITTEN):
        (folder / certificate.file).write_bytes(certificate_pdf(certificate, named[certificate.gauge]))


def _calibrations(measured: Sequence[Measured], standards: dict[str, Standard]) -> list[Row]:
    diary = Diary()
    in_order = sorted(measured, key=lambda each: (each.day, each.gauge.code))
    return [_calibration(each, diary, standards) for each in in_order]


def _calibration(measured: Measured, diary: Diary, standards: dict[str, Standard]) -> Row:
    gauge, procedure = measured.gauge, measured.procedure
    stream = random.Random(f"{gauge.code} {measured.day} times")  # noqa: S311 - invented data
    occasion = diary.occasion(measured, stream)
    clock = Clock(occasion.started_at, stream)
    found = _run(measured, measured.as_found, clock)
    adjusted_at = clock.after(*ADJUSTING_SECONDS).isoformat() if measured.as_left else None
    left = _run(measured, measured.as_left, clock) if measured.as_left else None
    signed_at = clock.after(*SIGNING_SECONDS)
    diary.keep_busy(occasion.performed_by, signed_at)
    reviewed_by, reviewed_at = review_of(gauge, signed_at)
    return {
        "gauge": gauge.code,
        "procedure": procedure.code,
        "version": procedure.version,
        "started_at": occasion.started_at.isoformat(),
        "signed_at": signed_at.isoformat(),
        "performed_by": occasion.performed_by,
        "tablet": occasion.tablet,
        "reviewed_at": reviewed_at,
        "reviewed_by": reviewed_by,
        "condition": occasion.condition,
        "soak_minutes": occasion.soak_minutes,
        "ambient": occasion.ambient,
        "standards": [[code, standards[code].certificate_on(measured.day).number] for code in procedure.standards],
        "as_found": found,
        "adjusted": left is not None,
        "adjustment": ADJUSTMENT if left else "",
        "adjusted_at": adjusted_at,
        "as_left": left,
    }


def _run(measured: Measured, values: Sequence[Value], clock: Clock) -> Row:
    extras = draw_extras(measured)
    readings = clock.stamped([_reading_row(measured, value) for value in values], *READING_SECONDS)
    typed = clock.stamped([list(extra) for extra in extras], *EXTRA_SECONDS)
    points = [
        [label, mean_text(measured, error), _point_verdict(measured, values, label, error)]
        for label, error in mean_errors(values).items()
    ]
    derived = derive(measured, values, extras)
    good = all(row[-1] == "pass" for row in [*points, *derived])
    return {
        "readings": readings,
        "points": points,
        "extra": typed,
        "derived": derived,
        "verdict": "pass" if good else "fail",
    }


def _reading_row(measured: Measured, value: Value) -> list[object]:
    error = error_text(measured.procedure, value.error)
    return [
        value.point,
        value.repeat,
        value.reference,
        value.indication,
        value.difference,
        error,
        value.verdict,
    ]


def _point_verdict(measured: Measured, values: Sequence[Value], label: str, error: Decimal) -> str:
    if measured.procedure.verdict_on == "each reading":
        return "pass" if all(v.verdict == "pass" for v in values if v.point == label) else "fail"
    point = next(point for point in measured.gauge.points if point.label == label)
    tolerance = measured.gauge.function(point.function).tolerance
    limit = Decimal(tolerance.percent_of_reading or tolerance.units)
    return "pass" if abs(error) <= limit else "fail"


def _write_rows(file: Path, rows: Sequence[Row]) -> None:
    lines = (json.dumps(row, separators=(",", ":"), ensure_ascii=False) for row in rows)
    file.write_text("[\n" + ",\n".join(lines) + "\n]\n", "utf-8")


def _drift(wrench: Sequence[Row], failed: Measured) -> Row:
    days = list(WRENCH)
    return {
        "gauge": failed.gauge.code,
        "procedure": failed.procedure.code,
        "tolerance_percent": "4",
        "interval_months": failed.gauge.interval_months,
        "sign": SIGN,
        "calibrations": wrench,
        "look_back": {"from": str(days[-2]), "to": str(days[-1]), "work": _look_back(failed)},
    }


def _look_back(failed: Measured) -> list[Row]:
    """Correct each lot by the error of today, as if it had held since the last good one: the worst case."""
    at_20, at_60 = list(mean_errors(failed.as_found).values())[:2]
    low, middle = to_step(at_20, "0.01"), to_step(at_60, "0.01")
    return [_lot(*each, low=low, middle=middle) for each in WORK]


def _lot(
    lot: str,
    product: str,
    name: str,
    set_value: str,
    limits: tuple[str, str],
    *,
    low: Decimal,
    middle: Decimal,
) -> Row:
    torque = Decimal(set_value)
    error = low + (middle - low) * (torque - 20) / 40  # linear between the points
    true = torque / (1 + error / 100)
    u = true * RELATIVE_U
    return {
        "lot": lot,
        "product": product,
        "characteristic": name,
        "set": set_value,
        "limits": limits,
        "interpolated_error_percent": str(to_step(error, "0.01")),
        "corrected": str(to_step(true, "0.01")),
        "U": str(to_step(u, "0.01")),
        "sorted": sort_lot(true, u, Decimal(limits[0]), Decimal(limits[1])),
        "note": "worst case: the error of today held since the last good calibration",
    }


def sort_lot(value: Decimal, u: Decimal, low: Decimal, high: Decimal) -> str:
    """Sort a corrected value: surely inside its limits, surely outside, or neither."""
    if low + u <= value <= high - u:
        return "still in limits"
    return "out of limits" if value < low - u or value > high + u else "in doubt"


if __name__ == "__main__":
    generate(DATA)
