"""The figures of a calibration by hand: budgets in %, means of repeats, what they count."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from reports.samples import ISSUE, SIGNATURES, torque_wrench

from techfloor.duties.calibration.report import certificate as report
from techfloor.duties.calibration.rules import ready_made, results
from techfloor.duties.calibration.rules.budget import uncertainty_at
from techfloor.duties.calibration.rules.certified import StandardFacts
from techfloor.duties.calibration.rules.printed import error_shown, report_ratio
from techfloor.duties.calibration.rules.procedure import BudgetRow, Limit, Mode, PlannedPoint, Procedure, read_procedure
from techfloor.duties.calibration.rules.reading import ReadingEntry, judge
from techfloor.duties.calibration.rules.results import AS_FOUND, PointResult, ReadingFacts
from techfloor.duties.calibration.rules.scatter import scatters_more, two_digits
from techfloor.measures.repeats import largest_sd

D = Decimal
ANALYSER = StandardFacts("S-004", {}, "N m", {"kind": "percent", "percent": "0.50", "k": "2"})
BODIES: dict[str, Any] = {row["code"]: ready_made.body(row) | dict(row) for row in ready_made.rows()}


def ready(code: str) -> Procedure:
    return read_procedure(code, BODIES[code]["version"], BODIES[code]["title"], BODIES[code])


def row(basis: str, value: str = "1", shape: str = "rectangular", divisor: str = "1.732") -> BudgetRow:
    return BudgetRow(basis, value, shape, divisor, "item", basis)


def point(value: str, *, repeats: int = 1, unit: str = "N m", **more: str) -> PlannedPoint:
    given: dict[str, Any] = {"resolution": "0.5", "reads_to": "0.01", "full_scale": "100", "tolerance": "± 4 %"} | more
    return PlannedPoint(n=1, label=value, function="", unit=unit, nominal=value, repeats=repeats, **given)


# --- a budget in % of the reading ---


def in_percent(*rows: BudgetRow) -> Procedure:
    return Procedure("P", 1, "wrench", Mode.match, "N m", "%", "± 4 %", budget_unit="%", budget=rows)


@pytest.mark.parametrize(("at", "u"), [("20", "2.500"), ("36", "1.389"), ("28", "1.786")])
def test_half_a_digit_counts_as_its_share_of_the_reading(at: str, u: str) -> None:
    """By hand: half of 0.5 N·m over the reading, rectangular, k = 2 fixed so that only the row counts."""
    procedure = replace(in_percent(row("half resolution", divisor="1.732")), coverage="fixed", k="1.7320508")
    found = uncertainty_at(procedure, point(at), D(at), standard=None)
    assert found is not None
    assert found[0] / D(at) * 100 == pytest.approx(D(u) / 2, abs=D("0.001"))


def test_a_share_of_the_reading_is_a_share_in_a_budget_in_percent_too() -> None:
    flat = uncertainty_at(in_percent(row("constant", "0.5"), row("pooled", "0.1")), point("36"), D(36), standard=None)
    share = uncertainty_at(in_percent(row("percent", "0.5"), row("pooled", "0.1")), point("36"), D(36), standard=None)
    assert share == flat


def test_every_row_given_in_a_unit_is_one_share_at_one_reading() -> None:
    """U of the certificate, the deviation of the pieces and half a digit, all 0.25 N·m at 50 N·m: 0.5 % each."""
    standard = StandardFacts("S", {"50": (D("50.25"), D("0.25"))}, "N m", {"k": "2"})
    at = replace(point("50"), stack=("50",))
    own = uncertainty_at(in_percent(row("constant", "0.5")), at, D(50), standard=standard)
    for each in (row("half resolution"), row("deviation", "0")):
        assert uncertainty_at(in_percent(each), at, D(50), standard=standard) == own, each.basis
    certified = uncertainty_at(in_percent(row("certificate", "1", "normal", "2")), at, D(50), standard=standard)
    assert certified == (D("0.250000"), D("2.00000"))


# --- what decides takes the scatter ---


def of_repeats(basis: str, verdict_on: str) -> Procedure:
    rows = (row(basis, "0.0027", "normal", "1"),)
    return Procedure("P", 1, "", Mode.apply, "mm", "mm", "± 0.01 mm", verdict_on=verdict_on, repeats=4, budget=rows)


@pytest.mark.parametrize("basis", ["pooled", "repeats"])
@pytest.mark.parametrize(("verdict_on", "u"), [("mean", "0.0027"), ("each reading", "0.0054")])
def test_s_is_divided_by_the_root_of_n_where_the_mean_decides_and_only_there(
    basis: str, verdict_on: str, u: str
) -> None:
    at = point("10", repeats=4, unit="mm", tolerance="± 0.01 mm")
    found = uncertainty_at(of_repeats(basis, verdict_on), at, D(10), standard=None)
    assert found is not None
    assert found[0] == pytest.approx(D(u), rel=D("1e-4"))


@pytest.mark.parametrize(("verdict_on", "n"), [("mean", 4), ("each reading", 1)])
def test_the_repeats_own_larger_s_is_that_of_what_decides(verdict_on: str, n: int) -> None:
    errors = [D("0.010"), D("-0.010"), D("0.010"), D("-0.010")]
    at = point("10", repeats=4, unit="mm", tolerance="± 0.01 mm")
    found = uncertainty_at(of_repeats("repeats", verdict_on), at, D(10), standard=None, errors=errors)
    assert found is not None
    u, k = found
    assert u / k == pytest.approx(D("0.011547") / D(n).sqrt(), rel=D("1e-4"))


# --- the mean of the errors ---


def came_to(procedure: Procedure, at: PlannedPoint, *pairs: tuple[str, str]) -> PointResult:
    """Give the result at a point of pairs of reference and indication."""
    read: list[ReadingFacts] = []
    for n, (reference, indication) in enumerate(pairs, start=1):
        entry = ReadingEntry(AS_FOUND, 1, n, indication=D(indication), reference=D(reference))
        made = judge(procedure, at, entry, standard=ANALYSER)
        assert made.error is not None
        given = (made.reference, made.indication, made.error, made.lower, made.upper, made.u, made.k, made.verdict)
        read.append(ReadingFacts(AS_FOUND, 1, n, *given))
    return results.run_result(procedure, [at], read, AS_FOUND, ANALYSER).points[0]


NUTRUNNER = (("4.96", "4.94"), ("4.93", "4.91"), ("5.00", "4.99"), ("4.92", "4.90"), ("4.94", "4.90"))


def test_the_mean_of_errors_in_percent_is_the_mean_of_the_relative_errors_rounded_once() -> None:
    """By hand: (-0.4032 - 0.4057 - 0.2000 - 0.4065 - 0.8097) % / 5 = -0.44503 %."""
    procedure = ready("CAL-P-05N")
    found = came_to(procedure, point("5.00", repeats=5, tolerance="± 3 %"), *NUTRUNNER)
    assert found.error is not None
    assert error_shown(procedure, found.error, found.reference) == D("-0.45")


def test_a_mean_exactly_on_its_relative_limit_passes() -> None:
    pairs = [("10.00", "10.30"), ("10.20", "10.506"), ("9.80", "10.094"), ("10.10", "10.403"), ("9.90", "10.197")]
    found = came_to(ready("CAL-P-05N"), point("10.00", repeats=5, tolerance="± 3 %"), *pairs)
    assert found.verdict == "pass"


def test_a_mean_is_decided_on_before_it_is_rounded() -> None:
    """Three readings: the mean 0.00333... is beyond 0.0033, to which it rounds."""
    procedure = Procedure("P", 1, "", Mode.apply, "mm", "mm", "", verdict_on="mean", repeats=3)
    at = point("10.00", repeats=3, unit="mm", tolerance="± 0.0033 mm", resolution="0.001")
    found = came_to(procedure, at, ("10.000", "10.010"), ("10.000", "10.000"), ("10.000", "10.000"))
    assert (found.error, found.verdict) == (D("0.0033"), "fail")


@pytest.mark.parametrize(
    ("typed", "u", "shown"),
    [
        ([D("0.01")] * 6 + [D("0.02")] * 5, "0.05", "0.01"),  # 0.0145..., by way of 0.015 it would be 0.02
        ([D("0.02"), D("0.02"), D("0.03")], "0.012", "0.023"),
        ([D("1.4"), D("1.5"), D("1.4")], "0.025", "1.43"),  # one more place than was typed, no longer
        ([D("1.4"), D("1.5"), D("1.4")], "", "1.43"),
    ],
)
def test_a_mean_for_the_paper_is_rounded_once(typed: list[Decimal], u: str, shown: str) -> None:
    assert str(results.mean(typed, u)) == shown


# --- repeats against the budget ---


@pytest.mark.parametrize(("count", "factor"), [(2, "2.5758"), (3, "2.1460"), (6, "1.7371"), (10, "1.5515")])
def test_the_limit_of_a_scatter_is_that_of_the_chi_squared_table(count: int, factor: str) -> None:
    """The 99 % points are 6.6349, 9.2103, 15.0863 and 21.6660 with 1, 2, 5 and 9 degrees of freedom."""
    assert largest_sd(1.0, count) == pytest.approx(float(factor), abs=1e-4)


@pytest.mark.parametrize(("last", "told"), [("10.030", None), ("10.100", "0.058")])
def test_repeats_that_scatter_more_than_the_pooled_s_are_found(last: str, told: str | None) -> None:
    """Limit for three readings: 2.146 times the pooled 0.020."""
    procedure = replace(of_repeats("pooled", "mean"), repeats=3, budget=(row("pooled", "0.020", "normal", "1"),))
    at = point("10", repeats=3, unit="mm", tolerance="± 1 mm")
    pairs = [("10.000", "10.000"), ("10.000", "10.000"), ("10.000", last)]
    found = scatters_more(procedure, [came_to(procedure, at, *pairs)])
    assert (two_digits(found.seen) if found else None) == told
    assert (
        scatters_more(replace(procedure, budget=(row("repeats", "0.001"),)), [came_to(procedure, at, *pairs)]) is None
    )


# --- what is printed ---


@pytest.mark.parametrize(
    ("ratio", "shown"),
    [("416.72", "417"), ("6250.0", "6250"), ("9.96", "10"), ("10.4", "10"), ("3.96", "4.0"), ("0.27", "0.3")],
)
def test_a_ratio_has_two_digits_or_is_whole(ratio: str, shown: str) -> None:
    assert report_ratio(D(ratio)) == shown


@pytest.mark.parametrize(
    ("limit", "shown"),
    [
        (Limit("temperature", "°C", "18", "22", "20 ± 2 °C"), "20 ± 2 °C"),
        (Limit("temperature", "°C", "18", "28", "18 to 28 °C, change at most 1 °C", "1"), "18 … 28 °C"),
        (Limit("temperature", "°C", "", "28", "below 28 °C, steady", "1"), "≤ 28 °C"),
        (Limit("temperature", "°C", "", "", "steady to 1 °C", "1"), ""),
    ],
)
def test_one_value_is_held_against_no_limit_of_a_change(limit: Limit, shown: str) -> None:
    assert limit.of_one_value == shown


def said(content: dict[str, Any]) -> dict[str, str]:
    return {remark.label: remark.text for remark in report.sheet(content, SIGNATURES, ISSUE).remarks}


@pytest.mark.clause("ISO/IEC 17025 7.8.4")
def test_without_any_u_the_certificate_says_so_and_claims_no_traceability() -> None:
    content = torque_wrench()
    assert "are metrologically traceable" in said(content)["Traceability"]
    for run in content["runs"]:
        for each in run["points"]:
            each["u"] = each["k"] = ""
    found = said({**content, "coverage": None})
    assert found["Uncertainty"] == "Measurement uncertainty was not evaluated."
    assert "no metrological traceability" in found["Traceability"]
    assert "uncertainty not considered" in found["Conformity"]
