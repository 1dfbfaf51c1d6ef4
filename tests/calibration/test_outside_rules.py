"""What an outside certificate comes to, without a database."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techfloor.duties.calibration.rules import outside as rules
from techfloor.duties.calibration.rules.outside import CertificateEntry, CheckAnswer, LabResult
from techfloor.duties.calibration.rules.procedure import ItemFunction
from techfloor.duties.calibration.rules.results import AS_FOUND, AS_LEFT
from techfloor.refusals import Refusal
from techfloor.said import in_words, say

VOLTS = ItemFunction("DC voltage", "V", "60", "0.001", "0.001", "± (0.05 % of reading + 3 digits)")
WORDS = ItemFunction("thread", "-", "", "", "", "")
TODAY = date(2026, 11, 20)


def result(reference: str, indication: str, **more: object) -> LabResult:
    return LabResult("DC voltage", Decimal(reference), Decimal(indication), **more)  # type: ignore[arg-type]


def judged(*results: LabResult) -> list[rules.JudgedResult]:
    return rules.judge(rules.planned([VOLTS, WORDS], results), results)


def entry(**more: object) -> CertificateEntry:
    given = {
        "laboratory": "North",
        "certificate": "1",
        "performed": date(2026, 11, 12),
        "back": date(2026, 11, 19),
        "as_found": "pass",
        **more,
    }
    return CertificateEntry(**given)  # type: ignore[arg-type]


def test_a_result_is_judged_against_the_tolerance_of_the_gauge() -> None:
    # 0.05 % of 30 V and 3 digits of 1 mV: 18 mV.
    at_limit, over = judged(result("30.000", "30.018"), result("54.000", "54.031"))
    assert (at_limit.error, at_limit.upper, at_limit.verdict) == (Decimal("0.018"), Decimal("0.01800"), "pass")
    assert (over.upper, over.verdict) == (Decimal("0.03000"), "fail")


def test_tur_says_how_often_the_uncertainty_fits_into_the_tolerance() -> None:
    (found,) = judged(result("30.000", "30.000", u=Decimal("0.0045"), k=Decimal(2)))
    assert found.tur == 4


def test_a_tolerance_in_words_is_left_to_the_laboratory() -> None:
    results = (LabResult("thread", Decimal(1), Decimal(1)),)
    (found,) = rules.judge(rules.planned([WORDS], results), results)
    assert found.verdict == ""
    assert rules.run_verdict("pass", [found], AS_FOUND) == "pass"


@pytest.mark.parametrize(
    ("stated", "indication", "verdict"),
    [
        ("pass", "30.000", "pass"),
        ("fail", "30.000", "fail"),
        ("pass", "30.019", "fail"),
        ("not given", "30.000", "pass"),
        ("not given", "30.019", "fail"),
    ],
)
def test_the_harder_of_what_is_stated_and_what_was_measured_counts(stated: str, indication: str, verdict: str) -> None:
    assert rules.run_verdict(stated, judged(result("30.000", indication)), AS_FOUND) == verdict


def test_nothing_stated_and_nothing_typed_is_no_verdict() -> None:
    assert rules.run_verdict("not given", [], AS_FOUND) == ""


def test_results_as_left_do_not_decide_on_as_found() -> None:
    assert rules.run_verdict("pass", judged(result("30.000", "30.500", run=AS_LEFT)), AS_FOUND) == "pass"


def test_the_same_place_as_found_and_as_left_is_one_point() -> None:
    results = (result("30.000", "30.020"), result("30.000", "30.001", run=AS_LEFT), result("54.000", "54.000"))
    assert [(p.n, p.nominal) for p in rules.planned([VOLTS], results)] == [(1, "30.000"), (2, "54.000")]


def test_the_worst_result_uses_most_of_its_own_tolerance() -> None:
    worst = rules.worst_result(judged(result("6.000", "6.005"), result("54.000", "54.010")), AS_FOUND)
    assert worst is not None
    assert worst.point.nominal == "6.000"  # 5 of 6 mV, against 10 of 30 mV


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"laboratory": " "}, "laboratory"),
        ({"certificate": ""}, "certificate"),
        ({"as_found": ""}, "as_found"),
        ({"as_left": ""}, "as_left"),
        ({"performed": date(2026, 11, 21)}, "performed"),
        ({"back": date(2026, 11, 21)}, "back"),
        ({"back": date(2026, 11, 11)}, "back"),
        ({"sent": date(2026, 11, 13)}, "performed"),
        ({"as_found": "not given"}, "as_found"),
        ({"results": (result("1", "1"), result("1", "2"))}, "results"),
        ({"results": (result("1", "1", run=AS_LEFT),)}, "as_left"),
    ],
)
def test_what_no_certificate_can_say_is_refused_where_it_is_mended(more: dict[str, object], field: str) -> None:
    with pytest.raises(Refusal) as refused:
        rules.check_certificate(entry(**more), TODAY)
    assert refused.value.field == field


def test_a_certificate_of_today_is_fine() -> None:
    rules.check_certificate(entry(performed=TODAY, back=TODAY, sent=TODAY), TODAY)


def test_a_function_that_the_gauge_lacks_is_refused() -> None:
    with pytest.raises(Refusal, match="does not measure “colour”"):
        rules.planned([VOLTS], [LabResult("colour", Decimal(1), Decimal(1))])


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ([CheckAnswer("serial")], "answer_0"),
        ([CheckAnswer("serial", "perhaps")], "answer_0"),
        ([CheckAnswer("serial", "yes"), CheckAnswer("U small", "no", " ")], "note_1"),
    ],
)
def test_open_checks_and_a_bare_no_are_refused(answers: list[CheckAnswer], field: str) -> None:
    with pytest.raises(Refusal) as refused:
        rules.check_answers(answers)
    assert refused.value.field == field


def test_exceptions_name_everything_a_second_person_must_see() -> None:
    answers = [CheckAnswer("serial", "yes"), CheckAnswer("U small", "no", "TUR 3")]
    assert rules.exceptions("fail", "fail", answers, first_use=True) == [
        say("calibration.failed-as-found"),
        say("calibration.failed-as-left"),
        say("calibration.answered-no", check="U small"),
        say("calibration.first-use"),
    ]
    assert rules.exceptions("pass", "", answers[:1], first_use=False) == []
    assert rules.exceptions("", "pass", [], first_use=False) == [say("calibration.not-given")]


numbers = st.decimals(min_value=-1000, max_value=1000, places=4)


@given(st.lists(st.tuples(numbers, numbers, st.sampled_from([AS_FOUND, AS_LEFT])), max_size=5))
def test_what_is_kept_reads_back_as_it_was_typed(rows: list[tuple[Decimal, Decimal, str]]) -> None:
    results = tuple(LabResult("DC voltage", reference, value, run) for reference, value, run in rows)
    typed = entry(as_left="pass", sent=None, results=results, cost="38.00")
    read = rules.from_plain(rules.to_plain(typed))
    assert read == typed
    assert [str(r.indication) for r in read.results] == [str(v or abs(v)) for _r, v, _run in rows]


def test_the_runs_of_the_content_carry_every_number_as_typed() -> None:
    results = (result("30.000", "30.010", u=Decimal("0.0025"), k=Decimal(2)),)
    points = rules.planned([VOLTS], results)
    (run,) = rules.runs(points, rules.to_plain(entry(results=results)))
    (point,) = run["points"]
    assert (run["run"], run["verdict"]) == ("as_found", "pass")
    assert (point["reference"], point["indication"], point["error"]) == ("30.000", "30.010", "0.010")
    assert (point["u"], point["k"], point["tur"]) == ("0.0025", "2", "7.2")


@pytest.mark.parametrize(("u", "least", "found"), [("0.0045", "", None), ("0.00451", "", "4.0"), ("0.06", "2", "0.3")])
def test_a_small_ratio_is_found_before_it_is_rounded(u: str, least: str, found: str | None) -> None:
    """The tolerance at 30.000 V is ± 0.018 V: 4, 3.99 and 0.3 times U."""
    results = (result("30.000", "30.010", u=Decimal(u), k=Decimal(2)), result("10.000", "10.000"))
    judged = rules.judge(rules.planned([VOLTS], results), results)
    small = rules.small_ratio(judged, least)
    assert (small.ratio if small else None) == found


def test_a_yes_to_the_ratio_beside_a_small_one_needs_a_note() -> None:
    small = rules.SmallRatio("30.000 V", "2.8", "4")
    check = "U small enough (TUR at least 4, else a note)"
    with pytest.raises(Refusal, match=r"At 30\.000 V the TUR is 2\.8, below 4") as refused:
        rules.check_answers([CheckAnswer("serial", "yes"), CheckAnswer(check, "yes", " ")], small)
    assert refused.value.field == "note_1"
    rules.check_answers([CheckAnswer("serial", "yes"), CheckAnswer(check, "yes", "only sorts")], small)
    rules.check_answers([CheckAnswer(check, "yes")])


def test_what_a_laboratory_states_otherwise_than_its_results_is_pointed_out() -> None:
    results = (result("30.000", "30.900"),)
    judged = rules.judge(rules.planned([VOLTS], results), results)
    stated = entry(as_found="pass", results=results)
    assert rules.contradictions(stated, judged) == [(AS_FOUND, "pass", "fail")]
    assert rules.contradictions(entry(as_found="fail", results=results), judged) == []
    assert rules.contradictions(entry(as_found="not given", results=results), judged) == []
    told = rules.exceptions("fail", "", [], first_use=False, otherwise=rules.contradictions(stated, judged))
    assert "as found the laboratory states pass, its results come to fail" in [in_words(each) for each in told]
