"""Three years of calibrations: possible numbers, by people who were there, in an order that can have happened."""

from collections import Counter
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from tellings import seen

from techfloor.cli.demo.cast import person
from techfloor.cli.demo.history import Calibration, Run
from techfloor.cli.demo.plant.numbers import add_months, exact_error, tolerance_at
from techfloor.cli.demo.reading import Plant
from techfloor.measures.decision import Rule, Verdict, decide

WRENCH_AT_20 = ["0.60", "1.05", "1.44", "1.92", "2.59", "3.16", "4.67"]


def local(plant: Plant, moment: datetime) -> datetime:
    return moment.astimezone(plant.zone)


def runs(calibration: Calibration) -> list[Run]:
    return [run for run in (calibration.as_found, calibration.as_left) if run]


def typed_at(run: Run) -> list[datetime]:
    return [reading.at for reading in run.readings] + [extra.at for extra in run.extra]


def moments(calibration: Calibration) -> list[datetime]:
    """Every moment of a calibration, in the order in which it must have happened."""
    found = typed_at(calibration.as_found)
    adjusted = [calibration.adjusted_at] if calibration.adjusted_at else []
    after = typed_at(calibration.as_left) if calibration.as_left else []
    reviewed = [calibration.reviewed_at] if calibration.reviewed_at else []
    return [calibration.started_at, *found, *adjusted, *after, calibration.signed_at, *reviewed]


def test_the_history_has_the_counts_of_its_story(plant: Plant) -> None:
    counts = Counter(calibration.gauge for calibration in plant.history)
    story = [c for c in plant.history if c.gauge not in {"G-011", "G-021"}]
    assert (len(story), counts["G-011"], counts["G-021"], counts["G-005"]) == (103, 7, 3, 34)
    assert sum(len(c.as_found.points) for c in story) == 609


def test_only_the_wrench_failed_and_only_the_last_time(plant: Plant) -> None:
    failed = [c for c in plant.history if c.as_found.verdict != "pass"]
    assert [(c.gauge, c.signed_at.date()) for c in failed] == [("G-011", date(2026, 11, 18))]
    assert failed[0].adjusted
    assert failed[0].as_left is not None
    assert failed[0].as_left.verdict == "pass"


def test_the_wrench_drifts_as_the_story_tells(plant: Plant) -> None:
    wrench = [c for c in plant.history if c.gauge == "G-011"]
    assert [c.as_found.points[0].error for c in wrench] == WRENCH_AT_20
    assert [r.reference for r in wrench[-1].as_found.readings[:5]] == ["19.08", "19.13", "19.09", "19.12", "19.12"]


def test_only_the_failed_wrench_awaits_its_review(plant: Plant) -> None:
    waiting = [c for c in plant.history if c.reviewed_at is None]
    assert [c.gauge for c in waiting] == ["G-011"]
    assert waiting[0] == plant.history[-1]
    assert waiting[0].reviewed_by is None


def test_the_look_back_has_a_lot_of_each_verdict(plant: Plant) -> None:
    sorted_as = {lot.lot: lot.sorted_as for lot in plant.look_back.lots}
    assert sorted_as == {"L-2606-03": "still in limits", "L-2609-11": "in doubt", "L-2611-02": "out of limits"}
    assert (plant.look_back.start, plant.look_back.end) == (date(2026, 5, 19), date(2026, 11, 18))


def test_each_gauge_was_last_calibrated_when_it_says(plant: Plant) -> None:
    last = {c.gauge: local(plant, c.signed_at).date() for c in plant.history}
    for code, day in seen(last.items()):
        assert day == plant.gauge(code).last_calibrated, code


def test_every_standard_was_valid_on_its_day(plant: Plant) -> None:
    for calibration in seen(plant.history):
        day = local(plant, calibration.started_at).date()
        assert [used.code for used in calibration.standards] == list(plant.procedure(calibration.procedure).standards)
        for used in calibration.standards:
            assert plant.standard(used.code).certificate_on(day).number == used.certificate


def test_no_buffer_was_used_from_a_bottle_opened_too_long(plant: Plant) -> None:
    buffers = plant.standard("S-006")
    for calibration in seen(c for c in plant.history if c.standards[0].code == "S-006"):
        day = local(plant, calibration.started_at).date()
        opened = buffers.certificate_on(day).bottle_in_use(day)
        assert opened is not None, day
        assert (day - opened).days <= buffers.opened_use_days, day


def test_a_bottle_of_buffer_is_fit_for_use_in_the_week_of_the_anchor(plant: Plant, anchor: date) -> None:
    buffers = plant.standard("S-006")
    last_day = anchor + timedelta(days=6)
    opened = buffers.certificate_on(last_day).bottle_in_use(last_day)
    assert opened is not None
    assert (last_day - opened).days <= buffers.opened_use_days


def test_every_point_of_the_procedure_was_read_as_often_as_it_asks(plant: Plant) -> None:
    for calibration in seen(plant.history):
        gauge, procedure = plant.gauge(calibration.gauge), plant.procedure(calibration.procedure)
        asked = [(p.label, n) for p in gauge.points for n in range(1, procedure.repeats + 1)]
        extra = [(e.label, n) for e in gauge.extra_entries for n in range(1, e.repeats + 1)]
        for run in runs(calibration):
            assert [(r.point, r.repeat) for r in run.readings] == asked
            assert [(r.entry, r.repeat) for r in run.extra] == extra


def typed_with_steps(plant: Plant, calibration: Calibration) -> list[tuple[str, str]]:
    """What was keyed in, and the step of what showed it."""
    gauge, procedure = plant.gauge(calibration.gauge), plant.procedure(calibration.procedure)
    step = {point.label: gauge.function(point.function).reads_to for point in gauge.points}
    extra_step = {entry.label: gauge.function(entry.function).reads_to for entry in gauge.extra_entries}
    pairs = []
    for run in runs(calibration):
        pairs += [(extra.value, extra_step[extra.entry]) for extra in run.extra]
        for r in run.readings:
            if procedure.mode == "both":
                pairs.append((r.reference, plant.standard(procedure.standards[0]).resolution))
            shown = {"match": r.reference, "comparison": r.difference}.get(procedure.mode, r.indication)
            pairs.append((shown, step[r.point]))
    return pairs


def test_every_typed_number_is_one_the_instrument_can_show(plant: Plant) -> None:
    for calibration in seen(plant.history):
        for typed, step in typed_with_steps(plant, calibration):
            assert Decimal(typed) % Decimal(step) == 0, (calibration.gauge, typed)
            assert not typed.startswith("-0.00") or Decimal(typed) != 0, calibration.gauge


def test_every_error_and_verdict_follows_from_its_reading(plant: Plant) -> None:
    for calibration in seen(plant.history):
        gauge, procedure = plant.gauge(calibration.gauge), plant.procedure(calibration.procedure)
        places = {point.label: point for point in gauge.points}
        for reading in (reading for run in runs(calibration) for reading in run.readings):
            point = places[reading.point]
            nominal, reference = Decimal(point.nominal), Decimal(reading.reference)
            error = exact_error(procedure, reference, Decimal(reading.indication), nominal)
            limit = tolerance_at(gauge, point.function, reference)
            if procedure.error_unit == "%":
                limit = Decimal(gauge.tolerance.removesuffix(" %"))
            rounding = Decimal("0.005") if procedure.error_unit == "%" else Decimal(0)
            assert abs(error - Decimal(reading.error)) <= rounding, reading
            assert (abs(error) <= limit) == (reading.verdict == "pass"), reading


def test_a_point_is_judged_by_each_reading_where_the_procedure_says_so(plant: Plant) -> None:
    for calibration in seen(judged_on(plant, "each reading")):
        for run in runs(calibration):
            for point in run.points:
                verdicts = {r.verdict for r in run.readings if r.point == point.point}
                assert (verdicts == {"pass"}) == (point.verdict == "pass"), point


def test_a_point_is_judged_by_the_mean_where_the_procedure_says_so(plant: Plant) -> None:
    for calibration in seen(judged_on(plant, "mean")):
        limit = Decimal(plant.gauge(calibration.gauge).tolerance.removesuffix(" %"))
        for point in calibration.as_found.points:
            errors = [Decimal(r.error) for r in calibration.as_found.readings if r.point == point.point]
            mean = sum(errors, Decimal(0)) / len(errors)
            assert abs(mean - Decimal(point.error)) <= Decimal("0.01"), point
            assert (abs(mean) <= limit) == (point.verdict == "pass"), point


def judged_on(plant: Plant, what: str) -> list[Calibration]:
    return [c for c in plant.history if plant.procedure(c.procedure).verdict_on == what]


def test_a_run_passes_when_every_point_and_derived_result_does(plant: Plant) -> None:
    for run in seen(run for calibration in plant.history for run in runs(calibration)):
        results = [point.verdict for point in run.points] + [derived.verdict for derived in run.derived]
        assert (set(results) == {"pass"}) == (run.verdict == "pass")


def test_the_leak_bench_passes_inside_its_guard_band(plant: Plant) -> None:
    for calibration in seen(c for c in plant.history if c.gauge == "G-013"):
        for reading in calibration.as_found.readings:
            decision = decide(
                Decimal(reading.error), Decimal("-0.010"), Decimal("0.010"), u=Decimal("0.00306"), rule=Rule.method_6
            )
            assert decision.verdict is Verdict.pass_


def test_derived_results_are_all_there_and_within_their_limits(plant: Plant) -> None:
    for calibration in seen(plant.history):
        asked = plant.procedure(calibration.procedure).derived
        tolerance = plant.gauge(calibration.gauge).tolerance
        for run in runs(calibration):
            assert [found.kind for found in run.derived] == [derived.kind for derived in asked]
            for found, derived in zip(run.derived, asked, strict=True):
                assert derived.holds(Decimal(found.value), Decimal(tolerance)), found
                assert found.verdict == "pass"


def test_a_derived_result_outside_its_limits_is_told(plant: Plant) -> None:
    slope, offset = plant.procedure("CAL-P-10").derived
    (hysteresis,) = plant.procedure("CAL-P-06").derived
    repeatability, corner = plant.procedure("CAL-P-07").derived
    tolerance = Decimal("0.3")
    assert not slope.holds(Decimal("94.9"), tolerance)
    assert not offset.holds(Decimal("-30.1"), tolerance)
    assert not hysteresis.holds(Decimal("0.101"), tolerance)
    assert repeatability.holds(Decimal("0.1"), tolerance)
    assert not repeatability.holds(Decimal("0.101"), tolerance)
    assert not corner.holds(Decimal("0.31"), tolerance)


def test_ambient_values_are_those_asked_and_within_limits(plant: Plant) -> None:
    for calibration in seen(plant.history):
        limits = plant.procedure(calibration.procedure).environment
        assert [value.quantity for value in calibration.ambient] == [limit.quantity for limit in limits]
        for value, limit in zip(calibration.ambient, limits, strict=True):
            assert Decimal(limit.low) <= Decimal(value.value) <= Decimal(limit.high), calibration.gauge
            assert value.unit == limit.unit


def test_everything_soaked_long_enough(plant: Plant) -> None:
    for calibration in seen(plant.history):
        assert calibration.soak_minutes >= plant.procedure(calibration.procedure).soak_minutes


def test_what_happened_is_in_order_and_no_two_moments_are_the_same(plant: Plant) -> None:
    for calibration in seen(plant.history):
        for earlier, later in pairwise(moments(calibration)):
            assert earlier < later, calibration.gauge


def test_the_history_is_in_the_order_of_its_signatures(plant: Plant) -> None:
    signed = [calibration.signed_at for calibration in plant.history]
    assert signed == sorted(signed)


def test_every_moment_lies_in_one_shift_of_its_day(plant: Plant) -> None:
    for calibration in seen(plant.history):
        inside = [(local(plant, at).time(), local(plant, at).date()) for at in moments(calibration)]
        assert all(time(6) <= hour < time(22) and day.weekday() < 5 for hour, day in inside)
        work = inside[:-1] if calibration.reviewed_at else inside
        assert len({day for _, day in work}) == 1
        assert len({hour < time(14) for hour, _ in work}) == 1, (calibration.gauge, work)


def test_nobody_is_at_two_calibrations_at_once(plant: Plant) -> None:
    until: dict[str, datetime] = {}
    for calibration in seen(sorted(plant.history, key=lambda c: c.started_at)):
        who = calibration.performed_by
        assert until.get(who, calibration.started_at - timedelta(1)) < calibration.started_at
        until[who] = calibration.signed_at


def test_technicians_calibrate_and_quality_reviews(plant: Plant) -> None:
    for calibration in seen(plant.history):
        assert "technician" in person(calibration.performed_by).roles
        if calibration.reviewed_by:
            assert "quality" in person(calibration.reviewed_by).roles


def test_every_tablet_of_the_history_is_enrolled(plant: Plant) -> None:
    assert {c.tablet for c in plant.history} <= {tablet.code for tablet in plant.tablets}


def test_nothing_was_done_after_the_anchor(plant: Plant, anchor: date) -> None:
    last = max(at for calibration in plant.history for at in moments(calibration))
    assert local(plant, last).date() < anchor
    assert all(paper.reviewed_at.date() < anchor for paper in plant.outside)


@pytest.mark.parametrize(("mode", "gauge"), [("both", "G-010"), ("match", "G-012"), ("apply", "G-001")])
def test_each_way_of_measuring_is_in_the_history(plant: Plant, mode: str, gauge: str) -> None:
    calibration = next(c for c in plant.history if c.gauge == gauge)
    assert plant.procedure(calibration.procedure).mode == mode
    assert all(reading.difference == "" for reading in calibration.as_found.readings)


def test_only_the_wrench_was_ever_late(plant: Plant) -> None:
    due: dict[str, date] = {}
    for calibration in seen(plant.history):
        day = local(plant, calibration.signed_at).date()
        late = day - due.get(calibration.gauge, day)
        assert late <= timedelta(1 if calibration.gauge == "G-011" else 0), calibration.gauge
        due[calibration.gauge] = add_months(day, plant.gauge(calibration.gauge).interval_months)
