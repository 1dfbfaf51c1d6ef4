"""What may be entered about equipment, and the sentence beside the field when it may not."""

from contextlib import suppress
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techfloor.equipment.entries import (
    CertificateEntry,
    FunctionEntry,
    GaugeEntry,
    ItemEntry,
    StandardEntry,
    check_certificate,
    check_gauge,
    check_standard,
    check_uncertainty,
    clean_code,
    range_words,
    uncertainty_said,
)
from techfloor.equipment.kinds import ready_kind, ready_kinds
from techfloor.equipment.statuses import Status
from techfloor.refusals import Refusal
from techfloor.said import as_text, say

OUTSIDE = FunctionEntry(
    "outside", "mm", Decimal(0), Decimal(150), Decimal("0.05"), Decimal("0.05"), tolerance="± 0.10 mm"
)
CALIPER = GaugeEntry(ItemEntry("G-050", "Caliper"), "vernier caliper", 6, (OUTSIDE,))
WEIGHTS = StandardEntry(ItemEntry("S-050", "Weights"), "mass", "g", 24)
PAPER = CertificateEntry("2026-1", "Laboratory", date(2026, 1, 1), date(2027, 1, 1))


def test_a_gauge_as_the_form_gives_it_is_taken() -> None:
    check_gauge(CALIPER)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"item": ItemEntry("", "Caliper")}, "code"),
        ({"item": ItemEntry("G 050", "Caliper")}, "code"),
        ({"item": ItemEntry("../x", "Caliper")}, "code"),
        ({"item": ItemEntry("G" * 25, "Caliper")}, "code"),
        ({"item": ItemEntry("G-050", "  ")}, "name"),
        ({"kind": " "}, "kind"),
        ({"interval_months": 0}, "interval_months"),
        ({"interval_months": 121}, "interval_months"),
        ({"status": Status.LIMITED_USE}, "limited_use"),
        ({"functions": ()}, "functions-0-name"),
        ({"functions": (OUTSIDE, OUTSIDE)}, "functions-1-name"),
        ({"functions": (replace(OUTSIDE, name=""),)}, "functions-0-name"),
        ({"functions": (replace(OUTSIDE, unit="furlong"),)}, "functions-0-unit"),
        ({"functions": (replace(OUTSIDE, high=Decimal(0)),)}, "functions-0-high"),
        ({"functions": (replace(OUTSIDE, resolution=Decimal(0)),)}, "functions-0-resolution"),
        ({"functions": (replace(OUTSIDE, tolerance="about right"),)}, "functions-0-tolerance"),
        ({"functions": (replace(OUTSIDE, tolerance="± 0.1 kg"),)}, "functions-0-tolerance"),
    ],
)
def test_what_no_calibration_could_work_with_is_refused_beside_its_field(change: dict[str, object], field: str) -> None:
    with pytest.raises(Refusal) as no:
        check_gauge(replace(CALIPER, **change))  # type: ignore[arg-type]
    assert no.value.field == field
    assert "%(" not in str(no.value)


def test_the_tolerance_of_a_go_no_go_gauge_is_words() -> None:
    plug = replace(OUTSIDE, unit="-", low=None, high=None, tolerance="GO enters, NO-GO does not")
    check_gauge(replace(CALIPER, functions=(plug,)))


@given(st.text(max_size=40))
def test_a_code_is_either_safe_in_an_address_or_refused(typed: str) -> None:
    code = ""
    with suppress(Refusal):
        code = clean_code(typed)
    if code:
        assert code == clean_code(code)
        assert code.isascii()
        assert not set(code) & set("/\\?#%& ")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"quantity": ""}, "quantity"),
        ({"unit": "stone"}, "unit"),
        ({"interval_months": 0}, "interval_months"),
        ({"low": Decimal(5), "high": Decimal(2)}, "high"),
        ({"opened_use_days": 0}, "opened_use_days"),
    ],
)
def test_a_standard_whose_validity_could_not_be_told_is_refused(change: dict[str, object], field: str) -> None:
    with pytest.raises(Refusal) as no:
        check_standard(replace(WEIGHTS, **change))  # type: ignore[arg-type]
    assert no.value.field == field


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"number": " "}, "number"),
        ({"laboratory": ""}, "laboratory"),
        ({"valid_until": date(2025, 12, 31)}, "valid_until"),
        ({"opened": date(2025, 12, 31)}, "opened"),
    ],
)
def test_a_certificate_that_ended_before_it_began_is_refused(change: dict[str, object], field: str) -> None:
    with pytest.raises(Refusal) as no:
        check_certificate(replace(PAPER, **change))  # type: ignore[arg-type]
    assert no.value.field == field


def test_an_uncertainty_needs_its_number_and_its_unit() -> None:
    for given_, field in (
        ({"kind": "constant", "unit": "mm"}, "u"),
        ({"kind": "constant", "constant": "0.01", "unit": ""}, "unit"),
        ({"kind": "per value", "unit": "g"}, "certified"),
        ({"kind": "a guess"}, "uncertainty_kind"),
    ):
        with pytest.raises(Refusal) as no:
            check_uncertainty(given_, ({"nominal": "1", "value": "1.0"},))
        assert no.value.field == field
    check_uncertainty({}, ())
    check_uncertainty({"kind": "per value", "unit": "g"}, ({"nominal": "1", "value": "1.0", "u": "0.1"},))


def test_an_uncertainty_reads_as_on_a_certificate() -> None:
    assert uncertainty_said({"kind": "percent", "percent": "0.50", "k": "2"}) == as_text(
        say("equipment.u-of-reading", percent="0.50", k="2")
    )
    assert uncertainty_said({"kind": "constant", "constant": "0.006", "unit": "bar"}) == "0.006 bar (k = 2)"
    length = {"kind": "length", "constant": "0.06", "per_metre": "0.5", "unit": "um", "k": "2"}
    assert uncertainty_said(length) == "(0.06 + 0.5 L/m) µm (k = 2)"
    assert uncertainty_said({}) == ""


def test_a_range_is_said_with_its_unit_and_an_open_end_left_out() -> None:
    assert range_words(Decimal(20), Decimal("100.0"), "N m") == "20 to 100.0 N·m"
    assert range_words(Decimal(20), None, "N m") == "from 20 N·m"
    assert range_words(None, Decimal(5), "-") == "to 5"
    assert range_words(None, None, "mm") == ""


def test_every_ready_made_kind_is_a_gauge_that_may_be_entered() -> None:
    assert [kind.key for kind in ready_kinds()] == [
        "caliper",
        "micrometer",
        "dial-indicator",
        "plug-gauge",
        "ring-gauge",
        "torque-wrench",
        "pressure-gauge",
        "balance",
        "thermometer",
        "ph-meter",
        "multimeter",
    ]
    for kind in [each.where(units) for each in ready_kinds() for units in ("metric", "us customary")]:
        check_gauge(GaugeEntry(ItemEntry("G-1", kind.name), kind.kind, kind.interval, kind.functions))
    caliper = ready_kind("caliper")
    assert caliper is not None
    assert {each.unit for each in caliper.where("us customary").functions} == {"in"}
    assert ready_kind("sundial") is None
