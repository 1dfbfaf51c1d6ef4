"""Tolerances: how they are read, what limits they give, which readings pass."""

from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from techfloor.measures.decision import Verdict, decide
from techfloor.measures.tolerance import Side, Step, Tolerance, ToleranceError, reading_limits

D = Decimal

# Every tolerance that the demonstration plant states, with its unit, and its limits at a reference of 100,
# full scale 10 and digit 0.001.
STATED = [
    ("+/- 0.03 mm (0.04 mm above 150 mm)", "mm", "0.03"),
    ("+/- 0.10 mm", "mm", "0.10"),
    ("+/- 0.004 mm", "mm", "0.004"),
    ("+/- 0.015 mm", "mm", "0.015"),
    ("+/- 4 % of the analyser reading, each single reading", "N m", "4"),
    ("+/- 3 % of the analyser reading, mean of five", "N m", "3"),
    ("+/- 1.0 % of full scale = +/- 0.10 bar", "bar", "0.10"),
    ("+/- 0.010 bar", "bar", "0.010"),
    ("+/- 1.0 C", "C", "1.0"),
    ("+/- 0.05 pH", "pH", "0.05"),
    ("0.03", "mm", "0.03"),
    ("0.04", "mm", "0.04"),
    ("0.004", "mm", "0.004"),
    ("0.05", "pH", "0.05"),
    ("0.015", "mm", "0.015"),
    ("3 %", "N m", "3"),
    ("4 %", "N m", "4"),
    ("0.10", "bar", "0.10"),
    ("0.010", "bar", "0.010"),
    ("0.005", "g", "0.005"),
    ("0.3", "g", "0.3"),
    ("10", "g", "10"),
    ("1.0", "C", "1.0"),
    ("0.05 % rdg + 3 digits", "V", "0.053"),
    ("0.8 % rdg + 5 digits", "V", "0.805"),
    ("0.3 % rdg + 3 digits", "kohm", "0.303"),
    ("0.4 % rdg + 3 digits", "mA", "0.403"),
    ("+/- 0.5 C", "C", "0.5"),
    ("+/- 3 % RH", "% RH", "3"),
    ("+/- 0.002 mm", "mm", "0.002"),
    ("+/- 0.003 g", "g", "0.003"),
]


@pytest.mark.parametrize(("text", "unit", "expected"), STATED)
def test_every_tolerance_of_the_demonstration_plant_is_read(text: str, unit: str, expected: str) -> None:
    tolerance = Tolerance.parse(text, unit)
    assert tolerance.limits(D(100), D(10), D("0.001")) == (-D(expected), D(expected))


@pytest.mark.parametrize(("text", "unit", "expected"), STATED)
def test_what_is_printed_reads_back_as_the_same_tolerance(text: str, unit: str, expected: str) -> None:
    tolerance = Tolerance.parse(text, unit)
    assert Tolerance.parse(tolerance.text(), unit) == tolerance


@pytest.mark.parametrize(
    "text",
    [
        "",
        "from the gauge",
        "as on the certificate",
        "by function, see functions",
        "GO and NO-GO pitch diameter inside ISO 1502 limits",
        "+0.2",
        "-0.1",
        "± 0.03 furlong",
        "± 3 % of the moon",
        "± 1,234 mm",
        "± 0.03 mm + 0.1 bar",
        "± 0.03 mm (0.04 bar above 150 mm)",
        "± 0.03 mm = ± 0.1 bar",
        "± 0.03 mm (0.05 above 300; 0.04 above 150)",
        "± 0.03 mm above 150)",
        "± 0.03 mm (0.04 above)",
        "± 0.03 mm (0.04 above 1,500)",
        "+0.2 / -0.1 % rdg + 3 digits",
    ],
)
def test_what_is_no_tolerance_is_refused(text: str) -> None:
    with pytest.raises(ToleranceError):
        Tolerance.parse(text)


def test_a_tolerance_in_another_kind_of_unit_is_refused() -> None:
    with pytest.raises(ToleranceError, match="pressure"):
        Tolerance.parse("± 0.1 bar", "mm")


@pytest.mark.parametrize(
    ("text", "lower", "upper"),
    [
        ("+0.2/-0.1", "-0.1", "0.2"),
        ("-0.1 / +0.2 mm", "-0.1", "0.2"),
        ("+0.2/0", "0", "0.2"),
        ("0/-0.1 mm", "-0.1", "0"),
        ("+0.2/+0.1 mm", "0.1", "0.2"),
        ("+0.2/-0.1 %", "-0.1", "0.2"),
        ("≤ 0.30 ohm", None, "0.30"),
        ("<= 0.30", None, "0.30"),
        ("at most 0.10 bar", None, "0.10"),
        ("≥ -5.40 V", "-5.40", None),
        ("at least 5", "5", None),
        ("± (0.02 mm + 0.1 %)", "-0.12", "0.12"),
        ("± 0,03 mm", "-0.03", "0.03"),
        ("± 0.03 mm/m", "-0.03", "0.03"),
    ],
)
def test_each_side_stands_on_its_own(text: str, lower: str | None, upper: str | None) -> None:
    tolerance = Tolerance.parse(text)
    expected = (None if lower is None else D(lower), None if upper is None else D(upper))
    assert tolerance.limits(D(100)) == expected
    assert Tolerance.parse(tolerance.text()) == tolerance


def test_a_step_holds_above_its_reference_value_only() -> None:
    tolerance = Tolerance.parse("+/- 0.03 mm (0.04 mm above 150 mm)")
    assert tolerance.limits(D("150.00")) == (D("-0.03"), D("0.03"))
    assert tolerance.limits(D("150.01")) == (D("-0.04"), D("0.04"))
    assert tolerance.text() == "± 0.03 mm (± 0.04 mm above 150 mm)"


def test_several_steps_with_several_terms_read_back() -> None:
    text = "± (0.1 mm + 2 digits) (± (0.2 mm + 1 digit) above 5 mm; ± 0.4 mm above 10 mm)"
    tolerance = Tolerance.parse(text)
    assert tolerance.text() == text
    assert tolerance.limits(D(7), digit=D("0.01")) == (D("-0.21"), D("0.21"))


def test_a_tolerance_in_micrometres_serves_a_gauge_in_millimetres() -> None:
    tolerance = Tolerance.parse("± 30 µm (40 µm above 150000 µm)", "mm")
    assert tolerance.limits(D(200)) == (D("-0.04"), D("0.04"))
    assert tolerance.text() == "± 0.03 mm (± 0.04 mm above 150 mm)"


def test_a_temperature_tolerance_converts_without_offset() -> None:
    assert Tolerance.parse("± 1.8 F", "C").limits(D(100)) == (D(-1), D(1))


def test_a_bare_percentage_of_a_humidity_is_a_number_of_percent() -> None:
    assert Tolerance.parse("± 3 %", "% RH").limits(D(50)) == (D(-3), D(3))
    assert Tolerance.parse("± 3 % of reading", "% RH").limits(D(50)) == (D("-1.5"), D("1.5"))


def test_a_percentage_of_a_negative_reading_still_limits_both_ways() -> None:
    assert Tolerance.parse("4 %").limits(D(-20)) == (D("-0.8"), D("0.8"))


def test_the_note_after_a_comma_is_kept() -> None:
    assert Tolerance.parse("+/- 3 % of the analyser reading, mean of five").note == "mean of five"


def test_full_scale_and_digit_must_be_given_where_they_are_used() -> None:
    with pytest.raises(ToleranceError, match="full scale"):
        Tolerance.parse("1 % FS").limits(D(1))
    with pytest.raises(ToleranceError, match="digit"):
        Tolerance.parse("3 digits").limits(D(1))


def test_a_tolerance_without_any_limit_is_refused() -> None:
    with pytest.raises(ToleranceError, match="at least one"):
        Tolerance(None, None)


def test_limits_that_cross_are_refused() -> None:
    with pytest.raises(ToleranceError, match="above"):
        Tolerance(Side(D(-2)), Side(D(1))).limits(D(0))


def test_a_share_of_the_reading_alone_has_limits_in_percent() -> None:
    assert Tolerance.parse("4 %").percent_limits() == (D(-4), D(4))
    assert Tolerance.parse("≤ 4 %").percent_limits() == (None, D(4))
    assert Tolerance.parse("0.05 % rdg + 3 digits").percent_limits() is None
    assert Tolerance.parse("0.03 mm").percent_limits() is None
    assert Tolerance.parse("4 % (6 % above 50)").percent_limits() is None


widths = st.decimals(0, 10, places=3)
sides = st.builds(Side, widths, widths, widths, widths)


@given(sides, sides, st.lists(st.tuples(st.integers(1, 500), sides, sides), max_size=2, unique_by=lambda s: s[0]))
def test_any_tolerance_prints_and_reads_back(lower: Side, upper: Side, steps: list[tuple[int, Side, Side]]) -> None:
    tolerance = Tolerance(lower, upper, tuple(Step(D(at), low, up) for at, low, up in sorted(steps)), "mm")
    assert Tolerance.parse(tolerance.text(), "mm") == tolerance


@given(sides, st.decimals(-500, 500, places=2))
def test_equal_sides_give_limits_that_mirror_each_other(side: Side, reference: Decimal) -> None:
    low, high = Tolerance(side, side).limits(reference, D(10), D("0.01"))
    assert low is not None
    assert low == -high if high is not None else False


def passes(error: Decimal, tolerance: Tolerance, reference: Decimal, guard: Decimal) -> bool:
    low, high = tolerance.limits(reference, D(10), D("0.01"))
    low = None if low is None else low + guard
    high = None if high is None else high - guard
    if low is not None and high is not None and low > high:
        return False
    return decide(error, low, high).verdict is Verdict.pass_


TOLERANCES = ["± 0.10", "4 %", "± 1 % FS", "0.05 % rdg + 3 digits", "+0.2/-0.1", "≤ 0.3", "≥ -0.2", "+0.3/+0.1"]


@given(
    st.sampled_from([*TOLERANCES, "± 0.03 (± 0.04 above 15)", "± 0.30 (± 0.10 above 15)"]),
    st.decimals(-25, 25, places=1),
    st.sampled_from(["0.01", "0.05", "0.002"]),
    st.sampled_from(["0", "0.02"]),
    st.sampled_from(["match", "apply"]),
)
def test_the_limits_of_a_reading_pass_and_one_step_further_fails(
    text: str, nominal: Decimal, step: str, guard: str, mode: str
) -> None:
    tolerance, size, band = Tolerance.parse(text), D(step), D(guard)
    low, high = reading_limits(mode, nominal, tolerance, step=size, full_scale=D(10), digit=D("0.01"), guard=band)
    assume(low is None or high is None or low <= high)

    def accepted(reading: Decimal) -> bool:
        pair = (nominal - reading, reading) if mode == "match" else (reading - nominal, nominal)
        return passes(pair[0], tolerance, pair[1], band)

    for end, beyond in ((low, -size), (high, size)):
        if end is not None:
            assert accepted(end)
            assert not accepted(end + beyond)


def test_a_torque_wrench_at_20_passes_from_19_24_to_20_83() -> None:
    limits = reading_limits("match", D("20.0"), Tolerance.parse("4 %", "N m"), step=D("0.01"))
    assert limits == (D("19.24"), D("20.83"))


def test_a_vernier_caliper_at_150_passes_from_149_90_to_150_10() -> None:
    limits = reading_limits("apply", D("150.00"), Tolerance.parse("0.10", "mm"), step=D("0.05"))
    assert limits == (D("149.90"), D("150.10"))


def test_limits_of_a_reading_join_where_a_wider_step_begins() -> None:
    tolerance = Tolerance.parse("0.03 (0.04 above 150)")
    assert reading_limits("match", D(150), tolerance, step=D("0.01")) == (D("149.97"), D("150.04"))


def test_a_wider_step_may_begin_between_two_readings() -> None:
    tolerance = Tolerance.parse("0.03 (0.04 above 150.005)")
    assert reading_limits("match", D("150.02"), tolerance, step=D("0.01")) == (D("149.99"), D("150.06"))


def test_limits_of_a_reading_cross_when_no_reading_passes() -> None:
    low, high = reading_limits("match", D("10.02"), Tolerance.parse("0.01"), step=D("0.05"))
    assert low is not None
    assert high is not None
    assert low > high


def test_an_attribute_gauge_has_no_limits_of_a_reading() -> None:
    with pytest.raises(ToleranceError, match="attribute"):
        reading_limits("attribute", D(1), Tolerance.parse("1"), step=D(1))


def test_a_tolerance_of_the_whole_reading_is_refused_in_match() -> None:
    with pytest.raises(ToleranceError, match="100 %"):
        reading_limits("match", D(1), Tolerance.parse("100 %"), step=D(1))
