"""The gauges, standards and machines of the demo plant fit each other and the plant."""

from collections import Counter
from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from tellings import seen

from techfloor.cli.demo.cast import person
from techfloor.cli.demo.plant.numbers import add_months, exact_error
from techfloor.cli.demo.reading import Plant, plant_file
from techfloor.cli.demo.shapes import Gauge, Machine, Procedure, Standard, Tablet
from techfloor.measures.budgets import weights_for
from techfloor.measures.tolerance import Tolerance
from techfloor.measures.units import is_unit

STATUSES = {
    "in use",
    "spare",
    "sent out",
    "held",
    "limited use",
    "indication only",
    "calibrate before use",
    "lost",
    "retired",
}
KINDS_OF_DERIVED = {"hysteresis", "repeatability", "corner_load", "slope", "offset"}


def is_step(value: str, step: str) -> bool:
    return Decimal(value) % Decimal(step) == 0


def calibrated_here(plant: Plant) -> list[tuple[Gauge, Procedure]]:
    pairs = [(gauge, plant.procedure(gauge.procedure)) for gauge in plant.gauges]
    return [(gauge, procedure) for gauge, procedure in pairs if procedure.mode != "certificate"]


def test_the_plant_has_the_counts_of_its_story(plant: Plant) -> None:
    statuses = Counter(gauge.status for gauge in plant.gauges)
    assert (len(plant.gauges), len(plant.machines), len(plant.areas), len(plant.products)) == (21, 12, 6, 4)
    assert statuses == {"in use": 17, "limited use": 1, "held": 1, "sent out": 1, "spare": 1}
    assert sum(bool(gauge.machine) for gauge in plant.gauges) == 2
    assert sum(bool(gauge.calibrated_by) for gauge in plant.gauges) == 3


def test_two_gauges_are_overdue_and_no_status_says_so(plant: Plant, anchor: date) -> None:
    assert [gauge.code for gauge in plant.gauges if gauge.due < anchor] == ["G-007", "G-012"]
    assert {gauge.status for gauge in plant.gauges} <= STATUSES


def test_no_code_serial_number_or_certificate_number_is_given_twice(plant: Plant) -> None:
    codes = [gauge.code for gauge in plant.gauges] + [standard.code for standard in plant.standards]
    codes += [machine.code for machine in plant.machines] + [tablet.code for tablet in plant.tablets]
    codes += [procedure.code for procedure in plant.procedures]
    serials = [gauge.serial for gauge in plant.gauges] + [standard.serial for standard in plant.standards]
    papers = [paper.number for paper in plant.outside]
    papers += [certificate.number for standard in plant.standards for certificate in standard.certificates]
    for numbers in seen((codes, serials, papers)):
        assert len(set(numbers)) == len(numbers)


def test_everything_stands_at_a_station_of_its_area(plant: Plant) -> None:
    stations = {area.key: area.stations for area in plant.areas}
    standing: list[Gauge | Standard | Machine | Tablet] = [*plant.gauges, *plant.standards]
    standing += [*plant.machines, *plant.tablets]
    for each in seen(standing):
        assert each.station in stations[each.area], each.code


def test_every_area_has_a_tablet_that_locks_in_time(plant: Plant) -> None:
    assert {tablet.area for tablet in plant.tablets} == {area.key for area in plant.areas}
    assert all(3 <= tablet.idle_minutes <= 30 for tablet in plant.tablets)


def test_the_due_date_is_the_last_calibration_and_the_interval(plant: Plant, anchor: date) -> None:
    for gauge in seen(plant.gauges):
        assert gauge.due == add_months(gauge.last_calibrated, gauge.interval_months), gauge.code
        assert gauge.bought < gauge.last_calibrated <= anchor, gauge.code
        assert gauge.last_calibrated.weekday() < 5, gauge.code


def test_every_gauge_says_what_it_measures(plant: Plant) -> None:
    for gauge in seen(plant.gauges):
        names = [function.name for function in gauge.functions]
        assert names
        assert len(set(names)) == len(names), gauge.code
        for function in gauge.functions:
            assert is_unit(function.unit), (gauge.code, function.unit)
            assert Decimal(function.low) <= Decimal(function.high), gauge.code
            assert is_step(function.resolution, function.reads_to), gauge.code


def test_the_written_tolerance_and_its_terms_say_the_same(plant: Plant) -> None:
    for gauge in seen(plant.gauges):
        for function in gauge.functions:
            if not function.tolerance.text:
                continue
            at, scale, digit = (Decimal(x) for x in (function.high, function.high, function.resolution))
            read = Tolerance.parse(function.tolerance.text, function.unit).limits(at, scale, digit)
            width = function.tolerance.width(at, scale, digit)
            assert read == (-width, width), (gauge.code, function.name)


def test_a_function_without_a_tolerance_is_judged_by_a_derived_result(plant: Plant) -> None:
    for gauge, procedure in seen(calibrated_here(plant)):
        judged = {derived.function for derived in procedure.derived}
        bare = {function.name for function in gauge.functions if not function.tolerance.text}
        assert bare <= judged, gauge.code


def test_every_point_can_be_set_on_the_gauge_and_belongs_to_a_function(plant: Plant) -> None:
    for gauge, procedure in seen(calibrated_here(plant)):
        labels = [point.label for point in gauge.points]
        assert labels
        assert len(set(labels)) == len(labels), gauge.code
        for point in gauge.points:
            function = gauge.function(point.function)
            assert Decimal(function.low) <= Decimal(point.nominal) <= Decimal(function.high), point
            assert procedure.mode == "comparison" or is_step(point.nominal, gauge.resolution), point


def test_every_extra_entry_has_a_nominal_value_and_a_function(plant: Plant) -> None:
    for gauge, _ in seen(calibrated_here(plant)):
        for entry in gauge.extra_entries:
            assert Decimal(entry.nominal) >= 0
            assert gauge.function(entry.function)


def test_balances_are_weighed_six_times_and_at_four_corners(plant: Plant) -> None:
    for gauge in seen(gauge for gauge in plant.gauges if gauge.kind == "balance"):
        assert sum(entry.repeats for entry in gauge.extra_entries if entry.function == "repeatability") == 6
        corners = [entry.position for entry in gauge.extra_entries if entry.function == "corner load"]
        assert corners[0] == "centre"
        assert len(corners) == 5


def test_blocks_and_weights_exist_and_make_the_point(plant: Plant) -> None:
    for gauge, procedure in seen(calibrated_here(plant)):
        owned = {Decimal(value.nominal) for value in plant.standard(procedure.standards[0]).values}
        for point in gauge.points:
            stack = [Decimal(piece) for piece in point.stack]
            assert set(stack) <= owned, point
            assert not stack or sum(stack) == Decimal(point.nominal), point


@pytest.mark.parametrize("code", ["G-015", "G-016", "G-017"])
def test_the_weights_make_the_half_and_the_third_of_a_load(plant: Plant, code: str) -> None:
    nominals = [Decimal(value.nominal) for value in plant.standard("S-001").values]
    for load in seen(plant.gauge(code).loads.values()):
        assert sum(weights_for(Decimal(load), nominals)) == Decimal(load)


def test_the_range_of_a_standard_covers_its_points(plant: Plant) -> None:
    for gauge, procedure in seen(calibrated_here(plant)):
        standard = plant.standard(procedure.standards[0])
        if standard.low:
            assert all(
                Decimal(standard.low) <= Decimal(point.nominal) <= Decimal(standard.high) for point in gauge.points
            ), gauge.code


def test_a_standard_is_never_without_a_certificate(plant: Plant, anchor: date) -> None:
    for standard in seen(plant.standards):
        for older, newer in pairwise(standard.certificates):
            assert newer.issued <= older.valid_until, standard.code
        for certificate in standard.certificates:
            assert certificate.issued < certificate.valid_until
            assert certificate.issued.weekday() < 5, certificate.number
        assert standard.certificate_on(anchor) == standard.certificates[-1]


def test_values_of_a_standard_lie_inside_its_class(plant: Plant) -> None:
    for standard in seen(plant.standards):
        for value in standard.values:
            away = abs(Decimal(value.value) - Decimal(value.nominal))
            if standard.kind == "mass":
                away += Decimal(value.u)
                assert Decimal(value.u) <= Decimal(value.limit) / 3 * Decimal("1.02"), value
            assert not value.limit or away <= Decimal(value.limit), value


def test_the_u_of_a_gauge_block_follows_its_length(plant: Plant) -> None:
    blocks = plant.standard("S-003")
    constant, per_metre = Decimal(blocks.uncertainty.constant), Decimal(blocks.uncertainty.per_metre)
    for value in seen(blocks.values):
        u = (constant + per_metre * Decimal(value.nominal) / 1000) / 1000
        assert abs(Decimal(value.u) - u) <= Decimal("0.00000005"), value


def test_a_product_is_inspected_with_gauges_that_cover_it(plant: Plant) -> None:
    machines = {machine.code for machine in plant.machines}
    for product in seen(plant.products):
        assert set(product.route) <= machines
        for each in product.characteristics:
            gauge = plant.gauge(each.gauge)
            if each.nominal:
                low, high = Decimal(each.nominal) - Decimal(each.minus), Decimal(each.nominal) + Decimal(each.plus)
                assert Decimal(gauge.low) <= low < high <= Decimal(gauge.high), each


def test_built_in_gauges_name_a_machine_of_the_plant(plant: Plant) -> None:
    machines = {machine.code for machine in plant.machines}
    assert {gauge.machine for gauge in plant.gauges} - {""} <= machines


def test_derived_results_are_of_known_kinds_and_limited(plant: Plant) -> None:
    for procedure in seen(plant.procedures):
        for derived in procedure.derived:
            assert derived.kind in KINDS_OF_DERIVED
            assert derived.high or derived.of_tolerance


def test_the_newest_outside_certificate_is_the_last_calibration(plant: Plant) -> None:
    for gauge in seen(gauge for gauge in plant.gauges if gauge.calibrated_by):
        papers = [paper for paper in plant.outside if paper.gauge == gauge.code]
        assert max(paper.performed for paper in papers) == gauge.last_calibrated
        assert {paper.serial for paper in papers} == {gauge.serial}


def test_outside_results_are_inside_the_tolerance_with_a_small_u(plant: Plant) -> None:
    for paper in seen(plant.outside):
        gauge = plant.gauge(paper.gauge)
        assert {result.function for result in paper.results} == {function.name for function in gauge.functions}
        for result in paper.results:
            function = gauge.function(result.function)
            reference, error = Decimal(result.reference), Decimal(result.error)
            width = function.tolerance.width(reference, Decimal(function.high), Decimal(function.resolution))
            assert Decimal(result.indication) - reference == error
            assert abs(error) <= width, result
            assert width >= 4 * Decimal(result.u), result


def test_an_outside_calibration_goes_out_comes_back_and_is_reviewed(plant: Plant) -> None:
    procedure = plant.procedure("CAL-P-09")
    for paper in seen(plant.outside):
        assert paper.sent_at.date() <= paper.performed <= paper.back_at.date()
        assert paper.back_at < paper.reviewed_at
        assert "quality" in person(paper.reviewed_by).roles
        assert [check.removesuffix(": yes").split(" (")[0] for check in paper.review_checks] == [
            check.split(" (")[0] for check in procedure.checks
        ]
        assert plant_file(paper.file).stat().st_size < 3000


def test_an_error_in_percent_is_of_the_reference(plant: Plant) -> None:
    torque = plant.procedure("CAL-P-05")
    error = exact_error(torque, Decimal("80.00"), Decimal("84.0"), Decimal("84.0"))
    assert error == 5
