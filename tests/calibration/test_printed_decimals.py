"""On a certificate the readings of a function have one number of decimals, however many were typed."""

from typing import Any

from techfloor.duties.calibration.report.tables import Group, Line, padded, results, single_readings
from techfloor.duties.calibration.report.words import Words


def point(n: int, typed: str, error: str, *more: str) -> dict[str, Any]:
    readings = [
        {"repeat": k, "indication": text, "error": error, "verdict": "pass"} for k, text in enumerate((typed, *more))
    ]
    return {
        "n": n, "label": str(n), "nominal": str(n), "unit": "mm", "function": "", "direction": "",
        "cannot_measure": None,
        "readings": readings, "reference": str(n), "indication": typed, "error": error, "error_unit": "mm",
        "tolerance": None, "u": "", "k": "", "verdict": "pass",
    }  # fmt: skip


def group(*points: dict[str, Any]) -> Group:
    lines = tuple(Line(each, None) for each in points)
    return Group("", "mm", "mm", lines, ("as_found",), "apply")


WORDS = Words("en", None, str)  # type: ignore[arg-type]


def column(table: Any, head: str) -> list[str]:
    n = [each.head for each in table.columns].index(head)
    return [row.cells[n].text for row in table.rows]


def test_readings_and_errors_are_printed_with_the_decimals_of_the_finest() -> None:
    table = results(group(point(5, "5.101", "0.001"), point(22, "22.8", "0"), point(23, "22.80", "-0.2")), WORDS, "")
    assert column(table, "As found") == ["5.101", "22.800", "22.800"]
    assert column(table, "Error") == ["+0.001", "0.000", "−0.200"]


def test_single_readings_too_and_a_mean_keeps_what_its_u_leaves_it() -> None:
    repeated = group(point(5, "5.1", "0.1", "5.12"))
    assert column(results(repeated, WORDS, ""), "As found") == ["5.1"]
    assert [cell.text for cell in single_readings(repeated, "as_found", WORDS).rows[0].cells][2:] == ["5.10", "5.12"]


def test_nothing_is_rounded_away() -> None:
    assert padded("1.2345", 2) == "1.2345"
    assert padded("+0.5", 3) == "+0.500"
    assert padded("", 3) == ""
    assert padded(None, 3) is None
