"""Which point used most of its tolerance: told by what the verdict rests on, in lists and on the chart."""

import re
from collections.abc import Callable
from decimal import Decimal
from zoneinfo import ZoneInfo

from bench_work import give_all, sign, start
from plant_client import SignedInAs
from reports.samples import multimeter

from techfloor.duties.calibration.queries.waiting import Use
from techfloor.duties.calibration.report import chart as report_chart
from techfloor.duties.calibration.report.tables import groups
from techfloor.duties.calibration.report.words import Words
from techfloor.duties.calibration.rules import results
from techfloor.duties.calibration.rules.results import AS_FOUND, PointResult, ReadingFacts
from techfloor.duties.calibration.views.review import use_words
from techfloor.measures.tolerance import BEYOND_ZERO

D = Decimal
WRENCH = [*["19.08", "19.13", "19.09", "19.12", "19.12"], *["60.0"] * 5, *["100.0"] * 5]


def facts(error: str, verdict: str = "pass") -> ReadingFacts:
    return ReadingFacts(AS_FOUND, 1, 1, D(1), D(1) + D(error), D(error), D("-0.1"), D("0.1"), None, None, verdict)


def result(*readings: ReadingFacts, error: str) -> PointResult:
    return PointResult(None, readings, "pass", error=D(error), lower=D("-0.1"), upper=D("0.1"))  # type: ignore[arg-type]


def test_where_single_readings_decide_the_worst_of_them_tells_the_use() -> None:
    assert result(facts("0.02"), facts("0.08"), error="0.05").use_of_tolerance == D("0.8")


def test_where_the_mean_decides_it_tells_the_use() -> None:
    assert result(facts("0.02", ""), facts("0.08", ""), error="0.05").use_of_tolerance == D("0.5")


def test_the_list_of_reviews_measures_the_mean_of_a_weight(as_: SignedInAs, profile: Callable[[str], None]) -> None:
    profile("regulated")
    tara = as_("T", tablet=True)
    number = start(tara, "G-021")
    give_all(tara, number, "difference", ["0.010", "0.030", "0.020"])
    assert sign(tara, number).status_code == 303
    page = as_("Q").get("/calibration/review").text
    assert "+5\u00a0% of the tolerance at 10 kg" in page, "0.025 g of 0.5 g, not the 0.035 g of one"


def test_the_error_and_its_share_in_the_list_of_reviews_are_of_one_reading(
    as_: SignedInAs, profile: Callable[[str], None]
) -> None:
    profile("regulated")
    otto = as_("O", tablet=True)
    number = start(otto, "G-011")
    give_all(otto, number, "reference", WRENCH)
    otto.submit(f"/calibration/{number}/adjust", {"adjusted": "no"})
    assert sign(otto, number).status_code == 303
    assert "+121\u00a0% of the tolerance at 20.0 N·m" in as_("Q").get("/calibration/review").text
    line = as_("Q").get("/calibration/").text
    assert re.search(r"\+4\.82 %", line), "4.82 % of 4 %"


def test_where_all_readings_fail_no_single_one_is_named(as_: SignedInAs) -> None:
    otto = as_("O", tablet=True)
    number = start(otto, "G-011")
    give_all(otto, number, "reference", WRENCH)
    otto.submit(f"/calibration/{number}/adjust", {"adjusted": "no"})
    page = otto.get(f"/calibration/{number}/check").text
    assert "5 of 5 readings, the worst: Fail: error +4.82" in page
    assert "; mean +4.67" in page


def test_beyond_a_limit_of_zero_no_percentage_is_made_up() -> None:
    use = Use(BEYOND_ZERO, None, '["outside","0.00 outside","","","mm"]')
    assert "%" not in use_words(use)


def test_the_chart_of_several_units_shows_an_error_where_none_is_allowed_well_outside() -> None:
    content = multimeter()
    worst = content["runs"][0]["points"][0]
    worst |= {"error": "-0.001", "verdict": "fail"}
    worst["tolerance"] = {"lower": "0", "upper": "0.006", "text": "+0.006/-0"}
    drawn = report_chart.chart(groups(content), Words("en", ZoneInfo("UTC"), str))
    assert drawn is not None
    assert len(drawn.as_found.marks) == 4
    lowest = max(y for _, y in drawn.as_found.marks)
    assert drawn.as_found.marks[0][1] == lowest > max(zone.y + zone.height for zone in drawn.zones)


def test_a_run_without_any_error_has_no_worst_point() -> None:
    assert results.RunResult(AS_FOUND, (), (), "incomplete").worst_point is None
