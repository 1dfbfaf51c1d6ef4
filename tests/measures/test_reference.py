"""Published worked examples, each computed by the product's own functions."""

from dataclasses import replace

import pytest

from techfloor.cli.validation.examples import COMPUTED
from techfloor.cli.validation.reference import Case, Outcome, cases, compute
from techfloor.measures.uncertainty import Method

CASES: dict[str, Case] = {case.id: case for case in cases()}


@pytest.mark.clause("21 CFR 11.10(a)", "ISO/IEC 17025 7.11.6")
@pytest.mark.parametrize("name", COMPUTED)
def test_a_published_example_comes_out_as_printed(name: str) -> None:
    found = compute(CASES[name])
    assert {key: (found.values.get(key), CASES[name].expected[key]) for key in found.off} == {}, found.error
    assert found.outcome is Outcome.PASSED


@pytest.mark.parametrize(
    ("name", "method", "reported"),
    [("EA-4/02-S2", Method.k_2, "59"), ("EA-4/02-S10", Method.convolution, "0.06")],
)
def test_the_examples_of_ea_are_reported_as_printed(name: str, method: Method, reported: str) -> None:
    found = COMPUTED[name](dict(CASES[name].inputs))
    assert (found["method"], found["reported"]) == (method, reported)


def test_the_factor_of_the_caliper_is_that_of_the_convolution() -> None:
    assert COMPUTED["EA-4/02-S10"](dict(CASES["EA-4/02-S10"].inputs))["k"] == pytest.approx(1.834, abs=0.001)


def test_a_value_that_is_off_fails_its_case() -> None:
    case = CASES["GUM-4.3.3"]
    found = compute(replace(case, expected={"u_ug": 80.1}))
    assert (found.outcome, found.off) == (Outcome.FAILED, ("u_ug",))


def test_a_case_whose_computation_fails_says_why_and_stops_nothing() -> None:
    found = compute(replace(CASES["GUM-4.3.3"], inputs={}))
    assert (found.outcome, found.error) == (Outcome.FAILED, "KeyError: 'U_ug'")


def test_a_case_without_a_function_is_not_built() -> None:
    assert compute(replace(CASES["OEE-identity"], id="not built yet")).outcome is Outcome.NOT_BUILT


def test_every_case_has_its_function() -> None:
    assert set(COMPUTED) == set(CASES)
