"""Typed numbers: what is taken, what is asked about, what is refused."""

import contextlib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techfloor.measures.quantity import (
    NumberError,
    NumberProblem,
    decimals,
    exponent_of,
    is_step,
    parse_number,
    plain,
    signed,
)

numbers = st.decimals(allow_nan=False, allow_infinity=False, min_value=-99999, max_value=99999, places=4)
MICROMETER = (Decimal(0), Decimal(25))


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("12.503", "12.503"),
        ("12,50", "12.50"),
        ("12,5030", "12.5030"),
        ("150.10", "150.10"),
        ("+0.05", "0.05"),
        ("-0.10", "-0.10"),
        ("−0.10", "-0.10"),
        ("- 0.10", "-0.10"),
        (" 20.0 ", "20.0"),
        ("10 000.025", "10000.025"),
        ("10\u2009000,025", "10000.025"),
        ("10\u202f000.025\u00a00", "10000.0250"),
        (".5", "0.5"),
        (",5", "0.5"),
        ("007", "7"),
        ("0,503", "0.503"),
        ("1.234", "1.234"),
        ("1234,567", "1234.567"),
        ("10 000,025", "10000.025"),
        ("-0.00", "0.00"),
    ],
)
def test_a_plain_number_is_taken_with_its_trailing_zeros(typed: str, printed: str) -> None:
    assert plain(parse_number(typed)) == printed


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("", NumberProblem.empty),
        (" \u2009 ", NumberProblem.empty),
        ("1e5", NumberProblem.exponent),
        ("1.5E-3", NumberProblem.exponent),
        ("1e", NumberProblem.exponent),
        ("NaN", NumberProblem.not_finite),
        ("sNaN12", NumberProblem.not_finite),
        ("-inf", NumberProblem.not_finite),
        ("Infinity", NumberProblem.not_finite),
        ("∞", NumberProblem.not_finite),
        ("9" * 33, NumberProblem.too_long),
        ("1_000", NumberProblem.not_a_number),
        ("١٢٫٥", NumberProblem.not_a_number),
        ("\uff11\uff12", NumberProblem.not_a_number),
        ("12.5 mm", NumberProblem.not_a_number),
        ("12..5", NumberProblem.not_a_number),
        ("1,234.5", NumberProblem.not_a_number),
        ("1.234,5", NumberProblem.not_a_number),
        ("12.", NumberProblem.not_a_number),
        ("12 5", NumberProblem.not_a_number),
        ("12. 5", NumberProblem.not_a_number),
        ("--5", NumberProblem.not_a_number),
        ("0x10", NumberProblem.not_a_number),
        ("²", NumberProblem.not_a_number),
        (".", NumberProblem.not_a_number),
        ("-", NumberProblem.not_a_number),
        ("1\n2", NumberProblem.not_a_number),
    ],
)
def test_anything_else_is_refused_with_its_reason(typed: str, kind: NumberProblem) -> None:
    with pytest.raises(NumberError) as refused:
        parse_number(typed)
    assert refused.value.kind is kind
    assert refused.value.text == typed


@pytest.mark.parametrize("typed", ["1,234", "-1,234", "− 1,234", "12,503", "125,030"])
def test_a_comma_and_three_digits_is_asked_about_when_nothing_else_is_known(typed: str) -> None:
    with pytest.raises(NumberError) as refused:
        parse_number(typed)
    assert refused.value.kind is NumberProblem.ambiguous
    assert refused.value.readings is not None
    small, large = refused.value.readings
    assert large == small * 1000


def test_a_micrometer_takes_the_comma_as_a_decimal_mark() -> None:
    assert parse_number("12,503", step=Decimal("0.001"), near=MICROMETER) == Decimal("12.503")


def test_a_scale_takes_the_comma_as_a_thousands_mark_when_the_other_meaning_is_no_step() -> None:
    assert parse_number("1,234", step=Decimal("0.1"), near=(Decimal(0), Decimal(6000))) == 1234


def test_a_comma_is_asked_about_when_both_meanings_are_possible() -> None:
    with pytest.raises(NumberError) as refused:
        parse_number("1,234", step=Decimal("0.001"), near=(Decimal(0), Decimal(6000)))
    assert refused.value.readings == (Decimal("1.234"), Decimal(1234))


def test_a_comma_is_asked_about_when_neither_meaning_is_possible() -> None:
    with pytest.raises(NumberError):
        parse_number("1,234", step=Decimal("0.01"), near=(Decimal(0), Decimal(150)))


def test_the_step_alone_never_settles_a_comma() -> None:
    with pytest.raises(NumberError):
        parse_number("12,503", step=Decimal("0.01"))


@given(numbers)
def test_what_is_printed_reads_back_the_same(value: Decimal) -> None:
    for text in (plain(value), signed(value)):
        back = parse_number(text)
        assert back == value
        assert value.is_zero() or back.as_tuple() == value.as_tuple()


@given(numbers)
def test_comma_and_point_mean_the_same_with_four_decimals(value: Decimal) -> None:
    assert parse_number(plain(value).replace(".", ",")) == value


@given(st.text(max_size=40))
def test_any_text_is_a_number_or_a_number_error(text: str) -> None:
    with contextlib.suppress(NumberError):
        assert parse_number(text).is_finite()


@given(st.integers(-10_000, 10_000), st.sampled_from(["0.001", "0.002", "0.01", "0.05", "0.5", "5"]))
def test_every_whole_count_of_steps_is_a_step(count: int, step: str) -> None:
    assert is_step(count * Decimal(step), Decimal(step))
    assert not is_step(count * Decimal(step) + Decimal(step) / 2, Decimal(step))


def test_a_step_is_exact_where_floats_are_not() -> None:
    assert is_step(Decimal("0.3"), Decimal("0.1"))
    assert not is_step(Decimal("150.12"), Decimal("0.05"))


def test_a_step_of_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="greater than zero"):
        is_step(Decimal(1), Decimal(0))


def test_decimals_count_trailing_zeros() -> None:
    assert [decimals(Decimal(text)) for text in ("0.10", "150", "6E+1", "0.050")] == [2, 0, 0, 3]


def test_a_number_never_prints_with_an_exponent() -> None:
    assert plain(Decimal("6E+1")) == "60"
    assert plain(Decimal("1E-7")) == "0.0000001"


def test_a_sign_is_shown_with_a_real_minus() -> None:
    assert [signed(Decimal(text)) for text in ("0.05", "-0.10", "0.00", "-0.0")] == [
        "+0.05",
        "−0.10",
        "0.00",
        "0.0",
    ]


def test_a_number_that_is_not_finite_has_no_last_place() -> None:
    with pytest.raises(ValueError, match="not finite"):
        exponent_of(Decimal("NaN"))
