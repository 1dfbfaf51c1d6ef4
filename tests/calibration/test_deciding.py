"""How much of its tolerance a point used, by what decides: the same in the review list, the interval and the record."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from techfloor.duties.calibration.rules.deciding import Shared, deciding_use
from techfloor.duties.calibration.rules.drift import FoundReading, PointKey, histories

D = Decimal


def rows(verdict: str, *read: tuple[str, str]) -> list[Shared]:
    return [Shared(D(error), -D(limit), D(limit), verdict) for error, limit in read]


@pytest.mark.parametrize(("verdict", "use"), [("pass", Fraction(121, 100)), ("", Fraction(117, 100))])
def test_single_readings_use_their_worst_and_a_mean_uses_itself(verdict: str, use: Fraction) -> None:
    assert deciding_use(rows(verdict, ("1.21", "1"), ("1.13", "1"))) == use


def test_the_mean_of_shares_takes_each_reading_to_its_own_limit() -> None:
    assert deciding_use(rows("", ("0.10", "0.40"), ("0.30", "0.60"))) == Fraction(3, 8)
    assert deciding_use([Shared(D("-1"), None, D(2), "")]) is None
    assert deciding_use([Shared(D(1), D(0), D(0), ""), Shared(D(-1), D(0), D(0), "")]) == 0


@pytest.mark.parametrize(("verdict", "use"), [("fail", Fraction(121, 100)), ("", Fraction(117, 100))])
def test_the_history_of_a_point_counts_what_decided_beside_the_mean_it_draws(verdict: str, use: Fraction) -> None:
    key = PointKey("", "10", "", "", "mm")
    read = [
        FoundReading("CAL-1", date(2026, 1, 1), key, D(10), D(error), D(-1), D(1), verdict, False)
        for error in ("1.21", "1.13")
    ]
    (found,) = histories(read, percent=False)[0].found
    assert (found.error, found.deciding_use) == (D("1.170"), use)
