"""What a corrected entry of a certificate states otherwise, and what was measured that it reaches."""

from dataclasses import dataclass, field, replace
from datetime import date

import pytest

from techfloor.equipment.corrections import differences, reaches, shortly
from techfloor.said import key_of


@dataclass(frozen=True)
class Stated:
    """A certificate of gauge blocks."""

    issued: date = date(2026, 1, 1)
    valid_until: date = date(2026, 12, 31)
    uncertainty: dict[str, str] = field(
        default_factory=lambda: {"kind": "constant", "constant": "0.1", "unit": "um", "k": "2"}
    )
    certified: tuple[dict[str, str], ...] = (
        {"nominal": "25", "value": "25.0001"},
        {"nominal": "50", "value": "50.0000", "u": "0.2"},
    )


WAS = Stated()
FIRST, SECOND = WAS.certified


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (replace(WAS, certified=({**FIRST, "value": "25.0010"}, SECOND)), ["value"]),
        (replace(WAS, certified=(FIRST, {**SECOND, "u": "0.3"})), ["u"]),
        (replace(WAS, certified=(SECOND,)), ["value"]),
        (replace(WAS, certified=(FIRST, SECOND, {"nominal": "75", "value": "75", "u": "0.3"})), ["u"]),
        (replace(WAS, certified=(FIRST, SECOND, {"nominal": "75", "value": "75"})), []),
        (replace(WAS, certified=(SECOND, {**FIRST, "value": "25.00010"})), []),
        (replace(WAS, uncertainty={**WAS.uncertainty, "k": "1.65"}), ["uncertainty"]),
        (replace(WAS, uncertainty={**WAS.uncertainty, "k": "2.0"}), []),
        (replace(WAS, uncertainty={"kind": "percent", "percent": "0.1"}), ["uncertainty"]),
        (replace(WAS, uncertainty={}), ["uncertainty"]),
        (replace(WAS, valid_until=date(2026, 6, 30)), ["valid-until"]),
        (replace(WAS, issued=date(2026, 1, 2)), ["issued"]),
    ],
)
def test_what_counts_is_said_and_another_way_to_write_it_is_not(now: Stated, said: list[str]) -> None:
    assert [key_of(each).removeprefix("equipment.differs.") for each in differences(WAS, now)] == said


def test_a_shorter_validity_reaches_what_was_used_after_its_end_and_other_values_reach_all() -> None:
    shorter = replace(WAS, valid_until=date(2026, 6, 30))
    assert [reaches(WAS, shorter, date(2026, month, 30)) for month in (6, 7)] == [False, True]
    assert not reaches(WAS, shorter, date(2027, 1, 1)), "it was over already"
    assert not reaches(shorter, WAS, date(2026, 7, 30)), "a longer one takes nothing away"
    other = replace(WAS, certified=({**FIRST, "value": "25.0010"}, SECOND))
    assert reaches(WAS, other, date(2026, 3, 1))


def test_a_long_list_says_how_many_more() -> None:
    found = differences(WAS, Stated(date(2026, 1, 2), date(2026, 6, 30), {}, ()))
    assert [key_of(each) for each in found][-1] == "equipment.differs.valid-until"
    assert len(found) == 5
    assert shortly(found)[-1]["count"] == 2
    assert shortly(found, 5) == found
