"""While as left is typed the page says what the server will say after Next, word for word."""

from dataclasses import replace
from decimal import Decimal

import pytest
from playwright.sync_api import Page

from browser.conftest import OpenTablet
from techfloor.duties.calibration.rules import reading as rules
from techfloor.duties.calibration.rules.procedure import BudgetRow, Mode, PlannedPoint, Procedure
from techfloor.duties.calibration.rules.reading import ReadingEntry
from techfloor.duties.calibration.views.live import limits_of
from techfloor.duties.calibration.views.shown import judged_words
from techfloor.measures.decision import Rule

pytestmark = pytest.mark.browser

ROW = BudgetRow("all of it", "0.0098", "normal", "1", "item", "constant")
CALIPER = Procedure("P-1", 1, "Caliper", Mode.apply, "mm", "mm", budget=(ROW,), budget_unit="mm")
AT_25 = PlannedPoint(
    1, "25.00", "", "mm", "25.00", resolution="0.01", reads_to="0.01", full_scale="150", tolerance="± 0.10 mm"
)
TOP_OPEN = replace(AT_25, tolerance="≤ 0.10 mm")
WRENCH = Procedure("P-2", 1, "Wrench", Mode.match, "N m", "%", budget=(replace(ROW, value="0.55"),), budget_unit="%")
AT_20 = PlannedPoint(1, "20.0", "", "N m", "20.0", resolution="0.5", reads_to="0.01", tolerance="± 4 %")
BAR = Procedure("P-3", 1, "Gauge", Mode.match, "bar", "bar", budget=(replace(ROW, value="0.013"),), budget_unit="bar")
AT_8 = PlannedPoint(
    1, "8.0", "", "bar", "8.0", resolution="0.1", reads_to="0.001", full_scale="16", tolerance="± 1.0 % of full scale"
)
WORDS = """async ([typed, live]) => {
  const { judge } = await import('/static/js/verdict.js');
  return typed.map((each) => judge(each, live).words);
}"""


@pytest.fixture
def page(open_tablet: OpenTablet) -> Page:
    """Any page of the application: each brings the words of the scripts."""
    opened = open_tablet("T")
    opened.goto("/")
    return opened


def said_by_the_server(procedure: Procedure, point: PlannedPoint, typed: str) -> str:
    entry = ReadingEntry("as_left", 1, 1, indication=Decimal(typed), reference=Decimal(typed))
    return judged_words(procedure, point, rules.judge(procedure, point, entry, standard=None))


@pytest.mark.parametrize(
    ("procedure", "point", "middle", "step"),
    [
        (CALIPER, AT_25, "25.00", "0.01"),
        (CALIPER, TOP_OPEN, "25.00", "0.01"),
        (WRENCH, AT_20, "20.00", "0.07"),
        (BAR, AT_8, "8.000", "0.016"),
    ],
)
def test_the_page_and_the_server_say_the_same(
    page: Page, procedure: Procedure, point: PlannedPoint, middle: str, step: str
) -> None:
    typed = [str(Decimal(middle) + n * Decimal(step)) for n in range(-14, 15)]
    seen = set()
    for rule in Rule:
        if rule is Rule.method_6 and point is TOP_OPEN:
            continue  # it needs both limits
        ruled = replace(procedure, rule=rule)
        server = [said_by_the_server(ruled, point, each) for each in typed]
        assert page.evaluate(WORDS, [typed, limits_of(ruled, point, None)]) == server
        seen |= {sentence.partition(":")[0] for sentence in server}
    assert seen == {"Pass", "Conditional pass", "Conditional fail", "Fail"}
