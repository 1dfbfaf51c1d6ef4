"""What is usual for a gauge: frozen from 20 good values, and what the chart finds unusual afterwards."""

from decimal import Decimal
from itertools import cycle, islice

import pytest

from techfloor.duties.in_use_checks import baselines
from techfloor.measures.chart_rules import Rule

FIRST = [Decimal(text) for text in islice(cycle(["200.0", "200.1", "199.9", "200.0"]), 20)]


def test_nineteen_values_make_no_limits_and_twenty_do() -> None:
    assert baselines.frozen(FIRST[:19]) is None
    kept = baselines.frozen(FIRST)
    assert kept is not None
    usual = baselines.usual(kept)
    # MR̄ = (5·0.1 + 5·0.2 + 5·0.1 + 4·0.0) / 19, three sigma = 3·MR̄/d2 with d2 = 1.128379
    assert usual.centre == pytest.approx(200.0)
    assert usual.upper - usual.centre == pytest.approx(3 * (2.0 / 19) / 1.1283792)
    assert usual.count == 20


def test_values_that_do_not_scatter_make_none() -> None:
    assert baselines.frozen([Decimal("200.0")] * 25) is None


def test_one_beyond_three_sigma_and_eight_on_one_side_are_unusual() -> None:
    kept = baselines.frozen(FIRST)
    assert kept is not None
    assert baselines.signals(kept, [Decimal("200.0"), Decimal("200.3")]) == {1: (Rule.western_1,)}
    drifting = [Decimal("200.1")] * 8
    assert baselines.signals(kept, drifting) == {7: (Rule.western_4,)}
    assert baselines.signals(kept, drifting[:7]) == {}
    assert baselines.signals(kept, []) == {}
