"""Quinn studies a caliper: three people read five parts twice each, and the figures say what to do next."""

import argparse
import html
import json
import re
from collections.abc import Callable
from decimal import Decimal
from functools import partialmethod
from itertools import pairwise

import pytest
from flask import Flask
from plant_client import ClockAt, SignedInAs
from sqlalchemy import select
from study_work import (
    GAUGE,
    JUDGED,
    READ,
    appraiser_urls,
    begun,
    content_of,
    correct_urls,
    fill,
    give,
    give_all,
    persons,
    review,
    set_up,
    sign,
    state_of,
    turn,
)

from techfloor.cli import verify
from techfloor.duties.gauge_studies import queries, report_tables
from techfloor.measures.gauge_study import Scale, Source, crossed
from techfloor.measures.study import study_of
from techfloor.reports.models import IssuedPdf
from techfloor.settings import Settings
from techfloor.store import db
from techfloor.store.paging import Order


def codes(app: Flask) -> list[str]:
    """Return the codes of the papers that were issued."""
    with app.app_context():
        return list(db.session.scalars(select(IssuedPdf.code)))


def test_a_study_from_its_set_up_to_its_signature(app: Flask, as_: SignedInAs, clock_at: ClockAt) -> None:
    clock_at("2026-11-20 08:00")
    quinn = as_("Q")
    assert "Gauge studies" in quinn.get(f"/equipment/{GAUGE}").text, "it is reached from the gauge"
    assert "Gauge studies" not in as_("T").get(f"/equipment/{GAUGE}").text, "by who sets one up"
    assert 'href="/studies/"' not in quinn.get("/").text, "and has no place in the menu"
    number = begun(app, quinn, ("T", "O", "S"))
    tara = as_("T", tablet="T-03")
    assert f"Gauge R&amp;R {number}" in tara.get("/").text, "a study waits for her"
    assert number not in as_("I").get("/").text, "and not for who does not measure in it"

    asked = give_all(tara, number, READ["T"])
    assert sorted(asked) == sorted([*"12345"] * 2)
    assert sorted(asked[:5]) == [*"12345"], "each part once in each round"
    assert all(one != other for one, other in pairwise(asked)), "none twice in a row"
    assert number not in tara.get("/").text
    assert "24.35" not in quinn.get(f"/studies/{number}").text, "nobody sees a value before all are in"

    fill(app, number, {"O": READ["O"]})
    assert quinn.get(f"/studies/{number}/check").status_code == 303, "it is not complete"
    fill(app, number, {"S": READ["S"]})
    assert "all values are in" in quinn.get("/").text

    page = quinn.get(f"/studies/{number}/check").text
    assert "Acceptable: gauge R&amp;R takes" in page
    assert page.count("<svg xmlns") == 4, "by part, by appraiser, averages, ranges"
    assert sign(quinn, number).status_code == 303
    assert state_of(app, number) == "closed"
    page = quinn.get(f"/studies/{number}").text
    assert "Variance components, by analysis of variance" in page
    assert "The same by averages and ranges" in page
    assert number in quinn.get(f"/search?q={number}").text
    assert number in quinn.get("/records").text
    assert quinn.get(f"/studies/{number}.pdf").data.startswith(b"%PDF")
    told = app.test_client().get(f"/verify/{codes(app)[0]}").text
    assert "diameter 25 of the shaft" in told


def test_the_figures_are_those_of_measures_and_are_kept_as_they_were(
    app: Flask, as_: SignedInAs, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = begun(app, as_("Q"), ("T", "O", "S"))
    fill(app, number, READ)
    assert sign(as_("Q"), number).status_code == 303
    told = content_of(app, number)
    names = {"T": "Tara Kowalski", "O": "Otto Lindqvist", "S": "Selma Brandt"}
    read = {names[key]: {part: [*map(Decimal, cell)] for part, cell in parts.items()} for key, parts in READ.items()}
    result = crossed(study_of(read), Scale(tolerance=2.0))
    first = told["figures"]["lines"][0]
    assert (told["kind"], told["schema"], first["source"]) == ("gauge study", 3, "gauge R&R")
    assert first["tolerance_percent"] == f"{result.line(Source.gauge).tolerance_percent:.2f}"
    assert told["figures"]["ndc"] == result.ndc
    assert told["verdict"]["look"] == "pass"
    monkeypatch.setattr(verify, "instance_settings", lambda _args: settings)
    assert verify.run(argparse.Namespace(pdf=None)) == 0


def test_where_the_profile_asks_a_second_person_reviews_it(
    app: Flask, as_: SignedInAs, profile: Callable[[str], None]
) -> None:
    profile("regulated")
    number = begun(app, as_("Q"), ("T", "O"))
    fill(app, number, {key: READ[key] for key in "TO"})
    assert sign(as_("Q"), number).status_code == 303
    assert state_of(app, number) == "performed"
    assert codes(app) == []
    assert "You had a hand in this." in as_("Q").get(f"/studies/{number}/review").text
    selma = as_("S")
    assert f"Review {number}" in selma.get("/").text
    assert review(selma, number).status_code == 303
    assert state_of(app, number) == "closed"
    assert len(codes(app)) == 1


def test_who_judges_sees_no_reference_and_is_graded_by_it(app: Flask, as_: SignedInAs) -> None:
    number = begun(app, as_("Q"), kind="new-attribute")
    tara = as_("T", tablet="T-03")
    page = tara.get(f"/studies/{number}").text
    assert "A, B, C, D, E, F" in page, "the order does not tell"
    assert "Bad" not in page
    give_all(tara, number, JUDGED["T"], "call")
    fill(app, number, {"O": JUDGED["O"]})
    quinn = as_("Q")
    page = quinn.get(f"/studies/{number}/check").text
    assert "Not acceptable: Otto Lindqvist. Every time right on 66.7 % of the parts at worst; 80 % is the least" in page
    assert "effectiveness, AIAG MSA" in page
    assert sign(quinn, number).status_code == 303
    tara_told, otto_told = content_of(app, number)["figures"]["appraisers"]
    assert tara_told["against"]["value"] == "1.000"
    assert (otto_told["misses"]["count"], otto_told["misses"]["n"]) == (2, 4)
    assert (otto_told["false_alarms"]["count"], otto_told["false_alarms"]["n"]) == (1, 8)
    assert (otto_told["mixed"], otto_told["wrong_always"]) == (1, 1)
    assert "Bad parts were passed" in quinn.get(f"/studies/{number}").text


def test_two_tablets_of_one_appraiser(app: Flask, as_: SignedInAs) -> None:
    number = begun(app, as_("Q"))
    one, other = as_("T", tablet="T-03"), as_("T", tablet="T-05")
    at = turn(one, number)
    assert at is not None
    typed = other.hidden(at[0], at[0])
    assert one.submit(at[0], {"value": "25.00"}).status_code == 303
    answer = other.post(at[0], data={**typed, "value": "25.10"})
    assert answer.status_code == 409
    assert "it was given on T-03" in answer.text
    assert "25.00" not in answer.text
    following = turn(other, number)
    assert following is not None
    assert following[0].endswith("/turns/2"), "it goes on on the other tablet"


def test_the_last_value_is_corrected_and_the_first_one_stays(app: Flask, as_: SignedInAs) -> None:
    number = begun(app, as_("Q"))
    tara = as_("T", tablet="T-03")
    give(tara, number, value="25.00")
    at = turn(tara, number)
    assert at is not None
    url = correct_urls(tara, at[0])[0]
    assert tara.submit(url, {"value": "24.95"}).status_code == 422, "without a reason"
    assert tara.submit(url, {"value": "24.95", "reason": "mistyped"}).status_code == 303
    page = tara.get(at[0]).text
    assert "Saved, 1 of 10" in page
    assert "24.95" not in page, "who reads the next part does not see what they read last"
    assert "24.95" not in tara.get(correct_urls(tara, at[0])[0]).text
    second = correct_urls(tara, at[0])[0]
    give(tara, number, value="24.60")
    assert tara.get(second).status_code == 404, "it is not the last any more"


def test_once_all_are_in_who_evaluates_changes_a_value_and_the_outcome_says_so(app: Flask, as_: SignedInAs) -> None:
    quinn, tara = as_("Q"), as_("T")
    number = begun(app, quinn)
    fill(app, number, {key: READ[key] for key in "TO"})
    assert correct_urls(tara, f"/studies/{number}") == [], "nobody makes their own trials agree"
    with app.app_context():
        ids = [row.id for row in queries.study(number).rows]
    assert {tara.get(f"/studies/{number}/values/{each}/correct").status_code for each in ids} == {404}
    url = correct_urls(quinn, f"/studies/{number}/values")[0]
    assert quinn.submit(url, {"value": "24.40"}).status_code == 422, "without a reason"
    assert quinn.submit(url, {"value": "24.40", "reason": "misread"}).status_code == 303
    shown = quinn.get(f"/studies/{number}/check").text
    assert "Changed after all values were in" in shown
    assert re.search(r"part 1, time 1: 24.30 became 24.40 \(misread\), Quinn Bauer", shown)
    assert sign(quinn, number).status_code == 303
    assert "24.30 became 24.40" in quinn.get(f"/studies/{number}").text
    told = content_of(app, number)
    paper = report_tables.late_changes(told, str, str)
    assert len(paper) == 1, "the paper says it where the verdict stands"
    for row in told["rows"]:
        del row["by"]
    assert "Tara Kowalski, part 1" in report_tables.late_changes(told, str, str)[0], "schema 2 reads on"


@pytest.mark.pages
def test_a_study_is_begun_from_the_list_of_them(as_: SignedInAs) -> None:
    quinn = as_("Q")
    assert 'href="/studies/new"' in quinn.get("/studies/").text
    assert 'href="/studies/new"' not in as_("T").get("/studies/").text
    assert quinn.get("/studies/new?gauge=g-014").location == f"/studies/gauges/{GAUGE}"
    assert "Which gauge is studied?" in quinn.get("/studies/new").text
    assert quinn.get("/studies/new?gauge=G-999").status_code == 404


def test_an_unlikely_value_is_asked_about(app: Flask, as_: SignedInAs) -> None:
    number = begun(app, as_("Q"))
    tara = as_("T", tablet="T-03")
    answer = give(tara, number, value="2.50")
    assert answer.status_code == 422
    assert "Is it right?" in answer.text
    assert give(tara, number, value="2.50", confirmed="y").status_code == 303


def test_what_cannot_be_studied_is_said_beside_its_box(app: Flask, as_: SignedInAs) -> None:
    answer = set_up(app, as_("Q"), labels="1\n2\n2")
    assert answer.status_code == 422
    assert "2 stands there twice. Give each part a label of its own." in answer.text


def test_who_has_not_begun_is_replaced(app: Flask, as_: SignedInAs) -> None:
    quinn = as_("Q")
    number = begun(app, quinn)
    url = appraiser_urls(quinn, number)[1]
    answer = quinn.submit(f"{url}/replace", {"person": persons(app, ["I"])[0]}, page=url)
    assert answer.status_code == 303
    assert turn(as_("I"), number) is not None
    assert turn(as_("O"), number) is None
    assert "What happened" not in quinn.get(f"/studies/{number}").text, "not before it is signed"
    fill(app, number, {"T": READ["T"], "I": READ["O"]})
    assert sign(quinn, number).status_code == 303
    assert re.search(
        r"in another's place:.*?was </span>Otto Lindqvist</del> → <span class=\"nowrap\">Ivo Marchetti",
        html.unescape(quinn.get(f"/studies/{number}").text),
    )


def test_who_leaves_after_beginning_is_left_out_and_the_report_says_so(app: Flask, as_: SignedInAs) -> None:
    quinn = as_("Q")
    number = begun(app, quinn, ("T", "O", "S"))
    give(as_("S"), number, value="25.00")
    url = appraiser_urls(quinn, number)[2]
    assert "Somebody else measures" not in quinn.get(url).text, "what two people read cannot be told apart"
    assert quinn.submit(f"{url}/leave", {"why": "ill for weeks"}, page=url).status_code == 303
    fill(app, number, {key: READ[key] for key in "TO"})
    assert sign(quinn, number).status_code == 303
    rows = content_of(app, number)["rows"]
    assert [row["counts"] for row in rows if row["appraiser"] == "Selma Brandt"] == [False]
    page = quinn.get(f"/studies/{number}").text
    assert "Left out: Selma Brandt" in page
    assert "ill for weeks" in page.partition("What happened")[2]


def test_a_study_with_too_few_left_cannot_go_on(app: Flask, as_: SignedInAs) -> None:
    quinn = as_("Q")
    number = begun(app, quinn)
    url = appraiser_urls(quinn, number)[0]
    answer = quinn.submit(f"{url}/leave", {"why": "ill"}, page=url)
    assert answer.status_code == 422
    assert "A study needs 2 appraisers." in answer.text


def test_a_study_given_up_keeps_its_values_and_asks_for_no_more(app: Flask, as_: SignedInAs) -> None:
    quinn = as_("Q")
    number = begun(app, quinn)
    give(as_("T"), number, value="25.00")
    assert quinn.submit(f"/studies/{number}/give-up", {"reason": "the parts were sold"}).status_code == 303
    page = quinn.get(f"/studies/{number}").text
    assert "Discontinued" in page
    assert "the parts were sold" in page
    assert number not in as_("T").get("/").text
    assert "is ended: nothing more is measured in it" in as_("T").get(f"/studies/{number}/turns/2").text


def test_a_gauge_on_hold_is_studied_and_the_report_says_so(app: Flask, as_: SignedInAs) -> None:
    number = begun(app, as_("Q"))
    given = {"reason": "damaged", "remark": "fell from the bench"}
    assert as_("T").submit(f"/equipment/{GAUGE}/hold", given).status_code == 303
    fill(app, number, {key: READ[key] for key in "TO"})
    assert sign(as_("Q"), number).status_code == 303
    assert "fell from the bench" in json.dumps(content_of(app, number)["gauge"])


def test_limits_of_error_say_nothing_of_where_a_value_lies(app: Flask, as_: SignedInAs) -> None:
    number = begun(app, as_("Q"), basis="card", lower="", upper="")
    tara = as_("T")
    assert give(tara, number, value="25.10").status_code == 303, "25 is not far from an error of ± 0.1"
    at = turn(tara, number)
    assert at is not None
    answer = tara.submit(at[0], {"value": "1500.00"})
    assert answer.status_code == 422, "the ends of the gauge are"
    assert "± 0." in as_("Q").get(f"/studies/{number}").text


def test_more_studies_than_a_page_go_on_to_the_next(
    app: Flask, as_: SignedInAs, clock_at: ClockAt, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Order, "page", partialmethod(Order.page, size=2))
    numbers = []
    for minute in range(3):
        clock_at(f"2026-11-20 09:0{minute}")
        numbers.append(begun(app, as_("Q")))
    quinn = as_("Q")
    for page in ("/studies/", f"/studies/gauges/{GAUGE}"):
        first = quinn.get(page).text
        onward = re.search(r'href="([^"]*)" rel="next"', first)
        assert onward is not None
        second = quinn.get(html.unescape(onward[1])).text
        assert [number in first for number in numbers] == [False, True, True]
        assert [number in second for number in numbers] == [True, False, False]
