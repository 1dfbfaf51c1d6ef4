"""How often a procedure decides wrongly: from twenty calibrations as found on, where it is asked for."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from plant_client import SignedInAs
from scipy import stats

from techfloor import store
from techfloor.duties.calibration.queries import risks as risk_history
from techfloor.duties.calibration.queries.gauges import gauge_by_code
from techfloor.duties.calibration.queries.records import in_force_under
from techfloor.duties.calibration.rules import ready_made
from techfloor.duties.calibration.rules.foresight import Foreseen
from techfloor.duties.calibration.rules.procedure import PlannedPoint, Procedure, read_procedure
from techfloor.duties.calibration.rules.risks import FoundAt, Limits, lacking, limits_now, places, point_risks, worst
from techfloor.measures.decision import Rule
from techfloor.places.actions import change_setting

D = Decimal
CALIPER = read_procedure(
    "CAL-P-02", 1, "Caliper", ready_made.body(next(row for row in ready_made.rows() if row["code"] == "CAL-P-02"))
)
LIMITS: Limits = (D("-0.10"), D("0.10"))


def point(n: int, nominal: str, **others: str) -> PlannedPoint:
    return PlannedPoint(n=n, label=nominal, function="outside", unit="mm", nominal=nominal, **others)  # type: ignore[arg-type]


PLAN = [point(1, "0.00"), point(2, "75.00"), point(3, "150.00")]
SHORT = places(PLAN)


def foreseen(guard: str = "0", limits: Limits = LIMITS) -> list[Foreseen]:
    return [Foreseen(each, *limits, D("0.04"), D(2), D(guard)) for each in PLAN]


def came(n: int, errors: list[float], limits: Limits = LIMITS) -> list[FoundAt]:
    """What calibrations found at point `n`, with U = 0.04 mm."""
    return [FoundAt(SHORT[n], D(f"{error:.4f}"), limits, D("0.04"), D(2)) for error in errors]


ERRORS = [float(each) for each in np.random.default_rng(3).normal(0.02, 0.05, 40)]


@pytest.mark.parametrize("guard", ["0", "0.04"])
def test_the_risks_at_a_point_are_volumes_of_the_binormal_distribution(guard: str) -> None:
    found = point_risks(CALIPER, foreseen(guard), PLAN, came(3, ERRORS))[2]
    assert found.risk is not None
    u, rounded = 0.02, [float(f"{error:.4f}") for error in ERRORS]
    centre, spread = np.mean(rounded), np.sqrt(np.var(rounded, ddof=1) - u**2)
    both = stats.multivariate_normal([centre, centre], [[spread**2, spread**2], [spread**2, spread**2 + u**2]])
    inside = 0.10 - float(guard)
    together = float(both.cdf([0.10, inside], lower_limit=np.array([-0.10, -inside])))
    accepted = stats.norm(centre, np.hypot(spread, u))
    good = stats.norm(centre, spread)
    assert found.risk.pfa == pytest.approx(accepted.cdf(inside) - accepted.cdf(-inside) - together, abs=2e-5)
    assert found.risk.pfr == pytest.approx(good.cdf(0.10) - good.cdf(-0.10) - together, abs=2e-5)
    assert found.n == 40


def test_nineteen_results_are_one_too_few() -> None:
    nineteen = point_risks(CALIPER, foreseen(), PLAN, came(3, ERRORS[:19]))
    assert [each.risk for each in nineteen] == [None] * 3
    assert (worst(nineteen), lacking(nineteen)) == (None, 1)
    twenty = point_risks(CALIPER, foreseen(), PLAN, came(3, ERRORS[:20]))
    assert worst(twenty) is twenty[2]
    assert lacking(twenty) == 0


def test_a_conditional_pass_is_accepted() -> None:
    four = replace(CALIPER, rule=Rule.four_outcome)
    found, plain = (point_risks(one, foreseen("0.04"), PLAN, came(3, ERRORS))[2] for one in (four, CALIPER))
    simple = point_risks(CALIPER, foreseen(), PLAN, came(3, ERRORS))[2]
    assert found.risk == simple.risk
    assert found.risk != plain.risk


@given(st.sampled_from(["0.05", "0.2", "3"]))
def test_only_the_share_of_the_tolerance_counts(times: str) -> None:
    """A gauge with another tolerance, held against it with U in proportion, tells the same."""
    scaled = (LIMITS[0] * D(times), LIMITS[1] * D(times)) if LIMITS[0] and LIMITS[1] else LIMITS
    other = [FoundAt(f.place, f.error * D(times), scaled, f.u * D(times), f.k) for f in came(3, ERRORS)]
    found, same = (point_risks(CALIPER, foreseen(), PLAN, each)[2] for each in (other, came(3, ERRORS)))
    assert found.risk is not None
    assert same.risk is not None
    assert found.risk.pfa == pytest.approx(same.risk.pfa)


def test_a_limit_on_one_side_and_one_of_zero() -> None:
    above: Limits = (None, D("0.10"))
    found = point_risks(CALIPER, foreseen(limits=above), PLAN, came(3, ERRORS, above))[2]
    both = point_risks(CALIPER, foreseen(), PLAN, came(3, ERRORS))[2]
    assert found.risk is not None
    assert both.risk is not None
    assert 0 < found.risk.pfa < both.risk.pfa
    assert point_risks(CALIPER, foreseen(), PLAN, came(3, ERRORS, (None, D(0))))[2].n == 0


def test_what_does_not_scatter_or_has_no_uncertainty_has_no_risk() -> None:
    alike = point_risks(CALIPER, foreseen(), PLAN, came(3, [0.05] * 20))[2]
    without = point_risks(CALIPER, [replace(each, u=None) for each in foreseen()], PLAN, came(3, ERRORS))[2]
    assert (alike.risk, without.risk) == (None, None)


def test_points_at_the_same_share_of_the_range_are_the_same_place() -> None:
    longer = places([point(1, "0.00"), point(2, "150.00"), point(3, "300.00")])
    assert longer == SHORT
    assert places([point(1, "5.00", direction="up"), point(2, "5.00", direction="down")])[1] != SHORT[3]
    twice = places([point(1, "5.00"), point(2, "5.00")])
    assert twice[1] != twice[2]


def test_a_tolerance_that_a_version_changes_is_what_the_results_are_held_against() -> None:
    tightened = replace(CALIPER, tolerance="± 0.05 mm")
    stated, card = (point(3, "150.00", tolerance=text) for text in (CALIPER.tolerance, "± 0.20 mm"))
    assert limits_now(tightened, CALIPER.tolerance, stated, D(150), LIMITS) == (D("-0.05"), D("0.05"))
    assert limits_now(tightened, CALIPER.tolerance, card, D(150), LIMITS) == LIMITS
    assert limits_now(CALIPER, CALIPER.tolerance, stated, D(150), LIMITS) == LIMITS


# --- on the pages of a plant with three years of calibrations ---


@pytest.fixture
def with_history() -> bool:
    return True


@pytest.fixture
def ask(app: Flask) -> Callable[[str], None]:
    """Let the plant ask for risks."""

    def asked(answer: str = "yes") -> None:
        with app.app_context(), store.act("test:plant:change"):
            change_setting("calibration.risk_of_each_result", answer)

    return asked


def procedure_of(code: str) -> tuple[Procedure, int]:
    gauge = gauge_by_code(code)
    found = in_force_under(gauge.procedure_id)
    assert found is not None
    assert gauge.procedure_id is not None
    return found[1], gauge.procedure_id


def test_the_page_of_a_procedure_says_them_or_how_many_results_are_missing(
    app: Flask, as_: SignedInAs, ask: Callable[[], None]
) -> None:
    quinn = as_("Q")
    meter, caliper = "/calibration/procedures/CAL-P-10/versions/2", "/calibration/procedures/CAL-P-01"
    assert "Its risks" not in quinn.get(meter).text
    ask()
    page = quinn.get(meter).text
    assert page.count('data-label="PFA %"') == 3
    assert "so many % of all results are accepted" in page
    assert "JCGM 106:2012, clause 9" in page
    few = quinn.get(caliper, follow_redirects=True).text
    assert "from 20 calibrations as found at a point: 5 are still missing." in few
    assert 'data-label="PFA %"' not in few
    with app.app_context():
        found = risk_history.found_under(*procedure_of("G-005"))
    assert len(found) == 3 * 34


def test_the_thinking_over_of_an_interval_says_what_its_passes_are_worth(
    as_: SignedInAs, ask: Callable[[], None]
) -> None:
    quinn = as_("Q")
    assert "conditional PFA" not in quinn.get("/calibration/gauges/G-005/interval").text
    ask()
    assert "conditional PFA" in quinn.get("/calibration/gauges/G-005/interval").text
    assert "5 are still missing" in quinn.get("/calibration/gauges/G-001/interval").text
    assert quinn.get("/calibration/gauges/G-008/interval").status_code == 200
