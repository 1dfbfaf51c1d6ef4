"""The closed table of units."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techfloor.measures.units import (
    UNITS,
    UnitError,
    canonical,
    convert,
    factor,
    is_unit,
    same_unit,
    show_unit,
    spelled,
)


@pytest.mark.parametrize(
    ("value", "source", "target", "expected"),
    [
        ("1", "in", "mm", "25.4"),
        ("25.4", "mm", "in", "1"),
        ("30", "um", "mm", "0.03"),
        ("1", "bar", "kPa", "100"),
        ("20.0", "C", "K", "293.15"),
        ("0", "°C", "°F", "32"),
        ("212", "F", "C", "100"),
        ("1", "lb", "g", "453.59237"),
        ("1", "kohm", "ohm", "1000"),
        ("1", "lbf in", "N m", "0.1129848290276167"),
    ],
)
def test_a_value_converts_exactly(value: str, source: str, target: str, expected: str) -> None:
    assert convert(Decimal(value), source, target) == Decimal(expected)


def test_a_temperature_difference_has_no_offset() -> None:
    assert convert(Decimal("1.8"), "F", "C", difference=True) == 1
    assert convert(Decimal("0.5"), "C", "K", difference=True) == Decimal("0.5")


def test_a_psi_is_6894_757_pascal() -> None:
    assert round(convert(Decimal(1), "psi", "Pa"), 3) == Decimal("6894.757")


def test_units_of_different_kinds_do_not_convert() -> None:
    with pytest.raises(UnitError, match="bar is a pressure"):
        convert(Decimal(1), "bar", "mm")


def test_an_unknown_unit_is_refused() -> None:
    assert not is_unit("furlong")
    with pytest.raises(UnitError, match="furlong"):
        canonical("furlong")


@pytest.mark.parametrize(
    ("name", "shown"),
    [("N m", "N·m"), ("C", "°C"), ("um", "µm"), ("kohm", "kΩ"), ("mm", "mm"), ("% RH", "% RH"), ("x", "x")],
)
def test_a_unit_is_shown_as_people_write_it(name: str, shown: str) -> None:
    assert show_unit(name) == shown


@pytest.mark.parametrize("name", sorted(UNITS))
def test_every_unit_is_found_again_from_the_way_it_is_shown(name: str) -> None:
    assert same_unit(show_unit(name), name)
    assert canonical(canonical(name)) == canonical(name)


@given(st.decimals(-1000, 1000, places=3), st.sampled_from([("mm", "m"), ("C", "K"), ("bar", "Pa")]))
def test_there_and_back_is_the_same_value(value: Decimal, units: tuple[str, str]) -> None:
    one, other = units
    assert convert(convert(value, one, other), other, one) == value


@pytest.mark.parametrize("name", sorted(UNITS))
def test_a_unit_is_once_itself(name: str) -> None:
    assert factor(name, name) == 1


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("inch", "in"), ("Inches", "in"), ("in.", "in"), ("IN", "in"), ('"', "in"), ("ft-lb", "lbf ft"),
        ("ftlb", "lbf ft"), ("ft·lbf", "lbf ft"), ("LB-FT", "lbf ft"), ("in-lbs", "lbf in"),
        ("PSI", "psi"), ("Nm", "N m"), ("nm", "nm"), ("N-m", "N m"), ("N.m", "N m"),
        ("deg C", "C"), ("°F", "°F"), ("micron", "um"), (" mm ", "mm"), ("µin", "µin"),
        ("MN", "MN"), ("MM", "mm"), ("KPA", "kPa"), ("furlong", "furlong"), ("", ""),
    ],
)  # fmt: skip
def test_what_people_write_for_a_unit_becomes_its_name(typed: str, meant: str) -> None:
    assert spelled(typed) == meant


@pytest.mark.parametrize("name", sorted(UNITS))
def test_a_name_of_the_table_stays_as_it_is(name: str) -> None:
    assert spelled(name) == name
