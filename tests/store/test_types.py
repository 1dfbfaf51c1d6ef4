"""What is written is what is read, to the digit."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techfloor.store.acts import new_id
from techfloor.store.types import ExactDecimal, canonical_json, utc_moment, utc_text


@pytest.mark.clause("PI 041 Original")
@given(st.decimals(allow_nan=False, allow_infinity=False, places=6))
def test_a_decimal_keeps_its_digits(value: Decimal) -> None:
    column = ExactDecimal()
    text = column.process_bind_param(value, None)  # type: ignore[arg-type]
    back = column.process_result_value(text, None)  # type: ignore[arg-type]
    assert back == value
    assert str(back).count("E") == 0


@pytest.mark.clause("PI 041 Original")
def test_trailing_zeros_are_the_resolution() -> None:
    assert ExactDecimal().process_bind_param(Decimal("0.10"), None) == "0.10"  # type: ignore[arg-type]


def test_a_float_is_refused_as_a_reading() -> None:
    with pytest.raises(TypeError):
        ExactDecimal().process_bind_param(0.1, None)  # type: ignore[arg-type]


@given(st.datetimes(), st.integers(-14 * 60, 14 * 60))
def test_a_moment_comes_back_and_sorts_as_text(naive: datetime, minutes: int) -> None:
    if not 1000 < naive.year < 9998:  # a plant keeps no record of other times
        return
    moment = naive.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert utc_moment(utc_text(moment)) == moment
    assert utc_text(moment) < utc_text(moment + timedelta(microseconds=1))


@pytest.mark.clause("PI 041 Consistent")
def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        utc_text(datetime(2026, 11, 20, 12, 0))


def test_canonical_text_has_one_order_and_no_floats() -> None:
    assert canonical_json({"b": [1, "0.10"], "a": None}) == '{"a":null,"b":[1,"0.10"]}'
    with pytest.raises(TypeError):
        canonical_json({"a": [0.1]})


def test_identifiers_sort_by_time_and_are_version_seven() -> None:
    made = [new_id() for _ in range(50)]
    assert len(set(made)) == 50
    assert all(len(i) == 32 and i[12] == "7" and i[16] in "89ab" for i in made)
    assert int(made[0][:12], 16) <= datetime.now(UTC).timestamp() * 1000 + 1
