"""The pure rules of a calibration: plan, verdicts, uncertainty, slips, what comes next."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techfloor.duties.calibration.rules import fitting, ready_made, results, verdicts
from techfloor.duties.calibration.rules import reading as rules
from techfloor.duties.calibration.rules.budget import ratios_at, uncertainty_at
from techfloor.duties.calibration.rules.certified import StandardFacts
from techfloor.duties.calibration.rules.limits import goes_below_zero, readings_within
from techfloor.duties.calibration.rules.printed import error_shown, limit_shown, mean_shown, report_u
from techfloor.duties.calibration.rules.procedure import (
    BudgetRow,
    Item,
    ItemFunction,
    Mode,
    PlannedPoint,
    Procedure,
    plan,
    read_procedure,
)
from techfloor.duties.calibration.rules.reading import ReadingEntry
from techfloor.duties.calibration.rules.results import AS_FOUND, AS_LEFT, ReadingFacts
from techfloor.duties.calibration.rules.slips import likely_slip
from techfloor.measures.decision import DecisionError, Rule
from techfloor.refusals import Refusal

D = Decimal
BODIES: dict[str, Mapping[str, Any]] = {row["code"]: ready_made.body(row) | dict(row) for row in ready_made.rows()}


def procedure(code: str) -> Procedure:
    body = BODIES[code]
    return read_procedure(code, body["version"], body["title"], body)


def item(unit: str, resolution: str, tolerance: str, high: str = "150", point_set: str = "", **loads: str) -> Item:
    return Item((ItemFunction("", unit, high, resolution, resolution, tolerance),), point_set, loads)


def points_of(code: str, gauge: Item) -> tuple[PlannedPoint, ...]:
    return plan(procedure(code), gauge)


VERNIER = item("mm", "0.05", "± 0.10 mm", point_set="150 mm")
WRENCH = item("N m", "0.5", "± 4 %", high="100", point_set="20-100 N m")
ANALYSER = StandardFacts("S-004", {}, "N m", {"kind": "percent", "percent": "0.50", "k": "2"})
BLOCKS = StandardFacts(
    "S-003",
    {"25": (D("25.00006"), D("0.0000725")), "50": (D("50.00011"), D("0.000085")), "150": (D("149.99982"), None)},
    "mm",
    {"kind": "length", "constant": "0.06", "per_metre": "0.5", "unit": "µm", "k": "2"},
)
BALANCE = item("g", "0.001", "± 0.005 g", high="620", point_set="620 g", half="300.000", third="200.000")
STANDARDS = {"CAL-P-05": ANALYSER}


def reading(point: PlannedPoint, value: str, run: str = AS_FOUND, repeat: int = 1) -> ReadingEntry:
    return ReadingEntry(run, point.n, repeat, indication=D(value), reference=D(value))


def judged(code: str, gauge: Item, n: int, value: str) -> rules.Judged:
    point = points_of(code, gauge)[n - 1]
    return rules.judge(procedure(code), point, reading(point, value), standard=STANDARDS.get(code))


# --- the plan ---


def test_the_plan_follows_the_gauge_s_point_set_and_numbers_from_one() -> None:
    made = points_of("CAL-P-02", VERNIER)
    assert [p.n for p in made] == [1, 2, 3, 4, 5, 6]
    assert (made[4].nominal, made[4].stack, made[4].resolution) == ("150.00", ("150",), "0.05")


def test_a_gauge_without_a_point_set_gets_no_guess() -> None:
    with pytest.raises(Refusal, match="point set"):
        points_of("CAL-P-01", item("mm", "0.01", "± 0.03 mm", point_set="unknown"))


def test_a_balance_is_asked_for_its_derived_results_at_its_own_loads() -> None:
    made = points_of("CAL-P-07", BALANCE)
    entries = [p for p in made if p.role == "entry"]
    assert [(e.derived, e.nominal, e.repeats) for e in entries[:2]] == [
        ("repeatability", "300.000", 6),
        ("corner_load", "200.000", 1),
    ]
    hanging = points_of("CAL-P-07", replace(BALANCE, loads={}))
    assert all(p.role == "point" for p in hanging), "a scale without a pan has no corners"


def test_a_plan_survives_being_kept() -> None:
    for point in points_of("CAL-P-07", BALANCE):
        assert PlannedPoint.from_plain(point.to_plain()) == point


# --- verdicts ---


@pytest.mark.clause("PI 041 Accurate")
def test_exactly_on_the_limit_passes_and_one_step_more_fails() -> None:
    on = judged("CAL-P-02", VERNIER, 5, "150.10")
    assert (on.error, on.verdict) == (D("0.10"), "pass")
    assert judged("CAL-P-02", VERNIER, 5, "150.15").verdict == "fail"
    assert judged("CAL-P-02", VERNIER, 5, "149.90").verdict == "pass"
    assert judged("CAL-P-02", VERNIER, 5, "149.85").verdict == "fail"


def test_the_vernier_s_uncertainty_is_that_of_ea_4_02_s10() -> None:
    found = judged("CAL-P-02", VERNIER, 5, "150.10")
    assert found.u is not None
    assert report_u(procedure("CAL-P-02"), found.u, D("150")) == "0.06"
    assert round(found.k or D(0), 2) == D("1.83")


def test_a_match_is_judged_by_what_the_standard_read() -> None:
    found = judged("CAL-P-05", WRENCH, 1, "19.10")
    assert (found.reference, found.indication, found.error) == (D("19.10"), D("20.0"), D("0.90"))
    assert found.verdict == "fail"
    assert error_shown(procedure("CAL-P-05"), D("0.90"), D("19.10")) == D("4.71")
    assert judged("CAL-P-05", WRENCH, 1, "19.24").verdict == "pass"


@given(st.integers(-300, 300))
def test_in_apply_mode_the_tablet_s_limits_agree_with_the_verdict(steps: int) -> None:
    rule_of, point = procedure("CAL-P-02"), points_of("CAL-P-02", VERNIER)[4]
    value = D("150.00") + steps * D("0.05")
    low, high = readings_within(rule_of, point)
    passes = rules.judge(rule_of, point, reading(point, str(value)), standard=None).verdict == "pass"
    assert low is not None
    assert high is not None
    assert passes == (low <= value <= high)


@given(st.integers(1850, 2150))
def test_in_match_mode_the_tablet_s_limits_agree_with_the_verdict(cents: int) -> None:
    gauge = Item((ItemFunction("", "N m", "100", "0.5", "0.01", "± 4 %"),), "20-100 N m", {})
    rule_of, point = procedure("CAL-P-05"), points_of("CAL-P-05", gauge)[0]
    value = D(cents) / 100
    low, high = readings_within(rule_of, point)
    passes = rules.judge(rule_of, point, reading(point, str(value)), standard=ANALYSER).verdict == "pass"
    assert low is not None
    assert high is not None
    assert passes == (low <= value <= high)


def test_a_comparison_adds_the_difference_to_the_certified_value() -> None:
    weight = item("g", "0.001", "± 0.5 g", high="10000", point_set="10 kg")
    point = points_of("CAL-P-11", weight)[0]
    standard = StandardFacts("S-007", {"10000": (D("10000.005"), D("0.045"))})
    entry = ReadingEntry(AS_FOUND, 1, 1, difference=D("0.020"))
    found = rules.judge(procedure("CAL-P-11"), point, entry, standard=standard)
    assert found.indication == D("10000.025")
    assert found.verdict == "", "the mean of three decides"


def test_without_its_piece_a_standard_cannot_be_used_at_a_point() -> None:
    weight = item("g", "0.001", "± 0.5 g", high="10000", point_set="10 kg")
    point = points_of("CAL-P-11", weight)[0]
    with pytest.raises(Refusal, match="no piece of 10000"):
        rules.judge(
            procedure("CAL-P-11"),
            point,
            ReadingEntry(AS_FOUND, 1, 1, difference=D(0)),
            standard=StandardFacts("S-001", {"1": (D(1), None)}),
        )


@pytest.mark.parametrize(("goes", "verdict"), [(True, "pass"), (False, "fail")])
def test_an_attribute_is_right_or_wrong(goes: bool, verdict: str) -> None:
    rings = Item((ItemFunction("GO ring", "", "", "", "", ""),), "M10x1 6g", {})
    point = points_of("CAL-P-12", rings)[0]
    entry = ReadingEntry(AS_FOUND, 1, 1, goes=goes)
    assert rules.judge(procedure("CAL-P-12"), point, entry, standard=None).verdict == verdict


def test_repeats_that_scatter_more_than_the_procedure_thought_widen_the_uncertainty() -> None:
    point = points_of("CAL-P-05", WRENCH)[0]
    calm = uncertainty_at(procedure("CAL-P-05"), point, D("20"), standard=ANALYSER, errors=[D("0.1")] * 5)
    wild = [D("0.9"), D("-0.9"), D("0.8"), D("-0.8"), D("0.1")]
    scattered = uncertainty_at(procedure("CAL-P-05"), point, D("20"), standard=ANALYSER, errors=wild)
    early = uncertainty_at(procedure("CAL-P-05"), point, D("20"), standard=ANALYSER, errors=wild[:3])
    assert calm is not None
    assert scattered is not None
    assert early is not None
    assert scattered[0] > calm[0]
    assert early[0] == calm[0], "before the last repeat the procedure's own s stands in"


def test_the_words_of_a_verdict() -> None:
    say = verdicts.sentence
    assert say("pass", D("0.05"), D("-0.10"), D("0.10"), "mm") == "Pass: error +0.05 mm, 0.05 mm inside the limit"
    assert say("pass", D("0.10"), D("-0.10"), D("0.10"), "mm") == "Pass: error +0.10 mm, exactly on the limit"
    assert say("fail", D("0.14"), D("-0.10"), D("0.10"), "mm") == "Fail: error +0.14 mm, 0.04 mm outside the limit"
    assert say("fail", D("-0.14"), D("-0.10"), D("0.10"), "mm") == "Fail: error −0.14 mm, 0.04 mm outside the limit"


def test_a_fail_inside_the_tolerance_names_the_acceptance_limit() -> None:
    words = verdicts.sentence("fail", D("0.009"), D("-0.010"), D("0.010"), "bar", guard=D("0.002"))
    assert words == "Fail: error +0.009 bar, 0.0010 bar outside the acceptance limit (tolerance less the guard band)"
    words = verdicts.sentence("fail", D("0.009"), D("-0.010"), D("0.010"), "bar", guard=D("0.002"), whole_u=True)
    assert words.endswith("(tolerance less U)")


def test_a_fail_is_never_said_to_lie_inside_also_where_rounding_hides_its_guard_band() -> None:
    words = verdicts.sentence("fail", D("4.00"), D("-4"), D("4"), "%", guard=D("0.00"))
    assert words == "Fail: error +4.00 %, just outside the limit"


@pytest.mark.parametrize(
    ("mean", "u", "shown"),
    [
        ("10000.0250", "0.059", "10000.025"),
        ("0.0250", "0.059", "0.025"),
        ("150.10", "0.059", "150.10"),
        ("12.5", "", "12.5"),
    ],
)
def test_a_mean_is_printed_to_the_last_digit_of_its_uncertainty(mean: str, u: str, shown: str) -> None:
    assert str(mean_shown(D(mean), u)) == shown


@pytest.mark.parametrize(
    ("limit", "tolerance", "reads_to", "shown"),
    [("0.1", "± 0.10 mm", "0.05", "0.10"), ("-0.1", "± 0.1 mm", "0.01", "-0.10"), ("0.015", "± 0.015 mm", "", "0.015"),
     ("10.0000", "± 1 % of full scale", "1", "10")],
)  # fmt: skip
def test_a_limit_has_the_decimals_of_its_tolerance_or_its_gauge(
    limit: str, tolerance: str, reads_to: str, shown: str
) -> None:
    point = PlannedPoint(1, "x", "", "mm", tolerance=tolerance, reads_to=reads_to)
    assert limit_shown(D(limit), point) == shown


# --- the standard's own uncertainty ---

MICROMETER = item("mm", "0.001", "± 0.004 mm", high="50", point_set="25-50 mm")


def u_of_blocks(facts: StandardFacts, *stack: str) -> Decimal | None:
    return facts.u_at(stack, sum((D(n) for n in stack), D(0)), "mm")


def test_the_u_of_a_stack_is_that_of_its_pieces_one_after_the_other() -> None:
    assert u_of_blocks(BLOCKS, "25", "50") == D("0.0001575"), "one laboratory, one set: they go together"


def test_a_piece_without_its_own_u_has_that_of_its_length() -> None:
    assert u_of_blocks(BLOCKS, "150") == D("0.000135"), "(0.06 + 0.5 L/m) µm"


@pytest.mark.parametrize(
    ("stated", "value", "unit", "expected"),
    [
        ({"kind": "constant", "constant": "0.006", "unit": "bar"}, "4", "bar", "0.006"),
        ({"kind": "constant", "constant": "0.006", "unit": "bar"}, "4000", "mbar", "6"),
        ({"kind": "percent", "percent": "0.50"}, "-60.0", "N m", "0.3"),
        ({"kind": "length", "constant": "0.06", "per_metre": "0.5", "unit": "µm"}, "0", "mm", "0"),
        ({"kind": "per value", "unit": "g"}, "0", "g", "0"),
        ({"kind": "per value", "unit": "g"}, "5", "g", None),
        ({}, "5", "g", None),
    ],
)
def test_the_u_of_a_certificate_in_each_way_it_can_be_stated(
    stated: dict[str, str], value: str, unit: str, expected: str | None
) -> None:
    assert StandardFacts("S-9", {}, "", stated).u_at((), D(value), unit) == (None if expected is None else D(expected))


def test_another_plant_s_blocks_give_another_uncertainty() -> None:
    point = points_of("CAL-P-03", MICROMETER)[0]
    coarse = replace(BLOCKS, certified={"25": (D("25.0004"), D("0.004"))})
    found = [uncertainty_at(procedure("CAL-P-03"), point, D(25), standard=s) for s in (BLOCKS, coarse)]
    assert [report_u(procedure("CAL-P-03"), u, D(25)) for u, _k in filter(None, found)] == ["0.0012", "0.0042"]


def test_the_certificate_s_own_coverage_factor_divides_its_u() -> None:
    point = points_of("CAL-P-05", WRENCH)[0]
    wide = StandardFacts("S-004", {}, "N m", {"kind": "percent", "percent": "0.75", "k": "3"})
    of = {name: uncertainty_at(procedure("CAL-P-05"), point, D(20), standard=facts) for name, facts in
          {"k 2": ANALYSER, "k 3": wide}.items()}  # fmt: skip
    assert of["k 2"] == of["k 3"]


def test_blocks_that_are_further_off_than_their_grade_widen_the_budget() -> None:
    point = points_of("CAL-P-02", VERNIER)[1]
    worn = replace(BLOCKS, certified={"25": (D("25.02"), D("0.0001"))})
    good, bad = (uncertainty_at(procedure("CAL-P-02"), point, D(25), standard=s) for s in (BLOCKS, worn))
    assert good is not None
    assert bad is not None
    assert bad[0] > good[0]


def test_a_certificate_without_u_is_refused_unless_the_procedure_has_a_fallback() -> None:
    way, point = procedure("CAL-P-03"), points_of("CAL-P-03", MICROMETER)[1]
    silent = StandardFacts("S-9", {"25": (D(25), None), "2.5": (D("2.5"), D("0.0001"))}, "mm")
    with pytest.raises(Refusal, match=r"S-9 states no U at 25 \+ 2\.5"):
        uncertainty_at(way, point, point.value, standard=silent)
    kept = replace(way, budget=tuple(replace(r, fallback="0.0002") for r in way.budget))
    assert uncertainty_at(kept, point, point.value, standard=silent) is not None


def test_a_standard_in_another_unit_is_refused() -> None:
    with pytest.raises(Refusal, match="Choose another standard"):
        replace(BLOCKS, unit="in").u_at(("25",), D(25), "mm")


# --- slips ---


def test_a_moved_decimal_point_is_asked_about_and_a_bad_gauge_is_not() -> None:
    history = [D("12.49"), D("12.50"), D("12.51")]
    slip = likely_slip(D("125.03"), D("12.50"), D("0.03"), D("0.01"), history)
    assert slip is not None
    assert (slip.low, slip.high, slip.seen) == (D("12.49"), D("12.51"), 3)
    assert likely_slip(D("12.60"), D("12.50"), D("0.03"), D("0.01"), history) is None


@given(st.decimals("-0.3", "0.3", places=2))
def test_ten_times_out_of_tolerance_is_never_called_a_slip(error: Decimal) -> None:
    assert likely_slip(D("150") + error, D("150"), D("0.03"), D("0.01"), []) is None


def test_a_value_of_the_point_before_is_asked_about_on_a_fine_gauge() -> None:
    tolerance, step = D("0.004"), D("0.001")
    assert likely_slip(D("22.8"), D("25"), tolerance, step, []) is not None, "550 times the tolerance"
    assert likely_slip(D("25.041"), D("25"), tolerance, step, []) is not None
    assert likely_slip(D("25.040"), D("25"), tolerance, step, []) is None, "out of tolerance, and believed"
    assert likely_slip(D("25.05"), D("25"), D("0.004"), D("0.01"), []) is None, "five steps of a coarse gauge"


def test_the_value_of_another_point_is_asked_about_where_it_is_out_of_tolerance_here() -> None:
    others = [D("2.4"), D("2.5"), D("2.6")]
    slip = likely_slip(D("2.6"), D("2.5"), D("0.05"), D("0.01"), [], others)
    assert slip is not None
    assert slip.other == D("2.6")
    assert likely_slip(D("2.6"), D("2.5"), D("0.1"), D("0.01"), [], others) is None
    assert likely_slip(D("2.50"), D("2.5"), D("0.05"), D("0.01"), [], others) is None


def test_without_a_tolerance_a_tenth_of_the_value_is_near() -> None:
    assert likely_slip(D("109"), D("100"), None, D("0.1"), []) is None
    assert likely_slip(D("111"), D("100"), None, D("0.1"), []) is not None


# --- results ---


def given_at(point: PlannedPoint, value: str, code: str, repeat: int = 1, run: str = AS_FOUND) -> ReadingFacts:
    found = rules.judge(procedure(code), point, reading(point, value, run, repeat), standard=STANDARDS.get(code))
    return ReadingFacts(
        run, point.n, repeat, found.reference, found.indication, found.error, found.lower, found.upper,
        found.u, found.k, found.verdict,
    )  # fmt: skip


def test_one_bad_reading_of_five_fails_the_wrench() -> None:
    made = points_of("CAL-P-05", WRENCH)
    values = ["19.50", "19.50", "19.50", "19.50", "19.10"]
    given_readings = [given_at(made[0], v, "CAL-P-05", n) for n, v in enumerate(values, 1)]
    result = results.run_result(procedure("CAL-P-05"), made, given_readings, AS_FOUND, ANALYSER)
    assert result.points[0].verdict == "fail"
    assert result.verdict == "fail"
    assert result.failed


def test_a_run_with_a_gap_has_no_verdict_yet() -> None:
    made = points_of("CAL-P-02", VERNIER)
    result = results.run_result(procedure("CAL-P-02"), made, [given_at(made[0], "0.00", "CAL-P-02")], AS_FOUND, None)
    assert result.verdict == "incomplete"
    assert not result.complete


def test_the_course_of_a_calibration() -> None:
    made, way = points_of("CAL-P-02", VERNIER), procedure("CAL-P-02")
    readings = [given_at(p, p.nominal, "CAL-P-02") for p in made]

    def stage(given_readings: list[ReadingFacts], adjusted: bool | None) -> results.Course:
        found = results.run_result(way, made, given_readings, AS_FOUND, None)
        return results.course(made, given_readings, found, adjusted)

    assert stage(readings[:2], None).place == results.Place(AS_FOUND, 3, 1)
    assert stage(readings, None).stage == "check", "a pass asks nothing more"
    bad = [given_at(made[0], "0.20", "CAL-P-02"), *readings[1:]]
    assert stage(bad, None).stage == "adjust"
    assert stage(bad, False).stage == "check"
    assert stage(bad, True).place == results.Place(AS_LEFT, 1, 1)


def test_hysteresis_repeatability_and_corners_are_derived() -> None:
    made, way = points_of("CAL-P-07", BALANCE), procedure("CAL-P-07")
    standard = StandardFacts("S-001", {n: (D(n), D("0.0003")) for n in ("50", "100", "200", "500")})
    given_readings = []
    for point in made:
        values = (
            ["300.000", "300.001", "300.000", "300.001", "300.000", "300.001"]
            if point.repeats == 6
            else [point.nominal]
        )
        for repeat, value in enumerate(values, 1):
            entry = ReadingEntry(AS_FOUND, point.n, repeat, indication=D(value))
            found = rules.judge(way, point, entry, standard=standard)
            given_readings.append(
                ReadingFacts(AS_FOUND, point.n, repeat, found.reference, found.indication, found.error, found.lower,
                             found.upper, found.u, found.k, found.verdict)
            )  # fmt: skip
    result = results.run_result(way, made, given_readings, AS_FOUND, standard)
    assert {(d.rule.kind, d.verdict) for d in result.derived} == {("repeatability", "pass"), ("corner_load", "pass")}
    assert result.verdict == "pass"


@pytest.mark.parametrize("code", sorted(BODIES))
def test_every_procedure_of_the_demo_plant_can_be_read(code: str) -> None:
    assert procedure(code).title


# --- a rule that cannot decide ---


def in_percent(rule: Rule) -> tuple[Procedure, PlannedPoint]:
    made = replace(procedure("CAL-P-05"), rule=rule, mode=Mode.apply)
    return made, replace(points_of("CAL-P-05", WRENCH)[0], nominal="0.0", label="0.0", tolerance="± 0.5 N m")


def test_a_rule_that_needs_u_never_becomes_simple_acceptance() -> None:
    by_guard, at_zero = in_percent(Rule.guard_band)
    with pytest.raises(Refusal, match="needs an uncertainty"):
        rules.judge(by_guard, at_zero, reading(at_zero, "0.0"), standard=ANALYSER)
    with pytest.raises(DecisionError):
        rules.decision_on(by_guard, D(0), D(-1), D(1), None, None)


def test_simple_acceptance_needs_no_uncertainty() -> None:
    simple, at_zero = in_percent(Rule.simple)
    found = rules.judge(simple, at_zero, reading(at_zero, "0.0"), standard=ANALYSER)
    assert (found.verdict, found.u, found.rule) == ("pass", None, "simple v1")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"budget": ()}, "CAL-P-02 gives none at 0.00 outside"),
        ({"budget_unit": "%"}, "CAL-P-02 gives none at 0.00 outside"),
        ({"rule": Rule.method_6}, "both sides"),
    ],
)
def test_a_procedure_whose_rule_cannot_decide_does_not_fit(change: dict[str, Any], sentence: str) -> None:
    gauge = item("mm", "0.05", "≤ 0.30 mm", point_set="150 mm")
    made = replace(procedure("CAL-P-02"), **{"rule": Rule.guard_band, **change})
    objection = fitting.fit(made, gauge).objection
    assert sentence in str(objection)


@pytest.mark.parametrize("tolerance", ["+0/-0.20 mm", "≤ 0 mm", "≤ 0.07 mm", "+0.30/-0.07 mm"])
def test_a_u_within_each_limit_fits(tolerance: str) -> None:
    objection = fitting.fit(procedure("CAL-P-02"), item("mm", "0.05", tolerance, point_set="150 mm")).objection
    assert objection is None, str(objection)


def test_the_ratio_of_the_reference_never_has_a_smaller_k_than_the_whole() -> None:
    wide = BudgetRow("drift", "0.002", "rectangular", "1.732", "standard", "constant")
    own = BudgetRow("repeats", "0.02", "normal", "1", "item", "constant")
    made = replace(procedure("CAL-P-02"), budget=(wide, own))
    point = next(each for each in plan(made, item("mm", "0.05", "± 0.10 mm", point_set="150 mm")) if each.stack)
    _u, k = uncertainty_at(made, point, point.value, standard=BLOCKS) or (D(0), D(0))
    found = ratios_at(made, point, point.value, standard=BLOCKS).reference
    assert round(k, 2) == D(2)
    assert found == pytest.approx(D("0.1") / (D("0.002") / D(3).sqrt() * k), rel=D("1e-4"))


def test_pieces_that_do_not_come_to_a_share_of_the_range_do_not_fit() -> None:
    made = procedure("CAL-P-02")
    half = {"label": "", "function": "", "percent": "50", "stack": ["75"]}
    at_half = replace(made, body={**(made.body or {}), "point_set": [{"key": "150 mm", "points": [half]}]})
    fits = item("mm", "0.05", "± 0.30 mm", point_set="150 mm")
    assert fitting.fit(at_half, fits).objection is None
    other = {**half, "stack": ["50"]}
    wrong = replace(made, body={**(made.body or {}), "point_set": [{"key": "150 mm", "points": [other]}]})
    assert "the pieces come to 50" in str(fitting.fit(wrong, fits).objection)


def test_a_reading_that_no_rule_decided_names_none() -> None:
    point = points_of("CAL-P-12", item("", "", "", point_set="M10x1 6g"))[0]
    answer = ReadingEntry(AS_FOUND, 1, 1, goes=True)
    assert rules.judge(procedure("CAL-P-12"), point, answer, standard=None).rule == ""
    skipped = ReadingEntry(AS_FOUND, 1, 1, cannot_measure="damaged")
    assert rules.judge(procedure("CAL-P-12"), point, skipped, standard=None).rule == ""


@pytest.mark.parametrize(
    ("nominal", "unit", "tolerance", "resolution", "minus"),
    [
        ("0.0000", "in", "± 0.0010 in", "0.0005", True),
        ("0", "mm", "", "0.01", True),
        ("0.0050", "in", "± 0.0010 in", "0.0005", True),
        ("0.5", "mm", "± 0.001 mm", "0.0005", False),
        ("25.00", "mm", "± 0.03 mm", "0.01", False),
        ("-10", "bar", "± 0.1 bar", "0.01", True),
        ("20", "°F", "± 0.5 °F", "0.1", True),
        ("100", "g", "", "0.01", False),
    ],
)
def test_a_reading_near_zero_may_have_a_minus(
    nominal: str, unit: str, tolerance: str, resolution: str, minus: bool
) -> None:
    point = PlannedPoint(1, nominal, "", unit, nominal, tolerance=tolerance, resolution=resolution)
    assert goes_below_zero(point) is minus
