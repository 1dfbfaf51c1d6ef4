"""Intervals: what results say of them, and that nothing changes without a signature."""

import html
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from bench_work import give_all, problems, review, sign, start
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from plant_client import ClockAt, PlantClient, SignedInAs, read_forms
from sqlalchemy import select
from stages import Reach

from techfloor import store
from techfloor.duties.calibration.models import StandardUsed
from techfloor.duties.calibration.queries import intervals as interval_history
from techfloor.duties.calibration.rules import drift
from techfloor.duties.calibration.rules.drift import Found, PointHistory, PointKey
from techfloor.duties.calibration.rules.intervals import (
    LADDER,
    AsFound,
    DueDay,
    Evidence,
    Method,
    advice,
    due_with,
    longer_rung,
    percent,
    shorter_rung,
)
from techfloor.equipment import turns
from techfloor.equipment.models import Equipment, EquipmentDue, EquipmentLog, Gauge
from techfloor.measures.due import add_months
from techfloor.measures.interval import fewest_to_earn, lengthening_is_earned
from techfloor.records.models import Record, Task
from techfloor.records.signing import signatures_of
from techfloor.said import in_words, key_of
from techfloor.store import db

CALIPER = ["0.00", "25.00", "50.05", "100.00", "150.05", "25.00"]
TOO_LONG = ["0.00", "25.00", "50.05", "100.00", "150.30", "25.00"]


# --- the methods ---


def found(*results: tuple[bool, str | None], months: int = 12, first: date = date(2020, 1, 1)) -> list[AsFound]:
    """Results one interval apart, oldest first: whether each passed, and the share of the tolerance it used."""
    return [
        AsFound(
            f"CAL-{n}",
            add_months(first, n * months),
            passed,
            None if use is None else Fraction(use),
            Fraction(months) if n else None,
        )
        for n, (passed, use) in enumerate(results)
    ]


def said(method: Method, evidence: Evidence, target: float = 0.9) -> tuple[int, str]:
    """The interval that a method asks for, and the key of its reason."""
    made = advice(method, evidence, target)
    assert made is not None
    return made.months, key_of(made.reason).removeprefix("calibration.interval-")


GOOD, TIGHT, BAD = (True, "0.4"), (True, "0.9"), (False, "1.2")


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ([], (12, "more")),
        ([GOOD, GOOD, GOOD], (12, "more")),  # the first has no interval before it
        ([GOOD, GOOD, GOOD, GOOD], (18, "reserve")),
        ([GOOD, BAD, GOOD, GOOD], (12, "more")),
        ([GOOD, BAD, GOOD, GOOD, GOOD], (18, "reserve")),
        ([GOOD, GOOD, GOOD, TIGHT], (12, "no-reserve")),
        ([GOOD, GOOD, GOOD, (True, "0.8")], (18, "reserve")),
        ([GOOD, GOOD, GOOD, BAD], (6, "failed")),
        ([GOOD, *[(True, None)] * 3], (12, "no-errors")),
    ],
)
def test_the_staircase(results: list[tuple[bool, str | None]], expected: tuple[int, str]) -> None:
    assert said(Method.STAIRCASE, Evidence(12, found(*results))) == expected


def decided(results: list[AsFound]) -> list[AsFound]:
    """The same results, known when somebody decided on the interval."""
    return [replace(each, decided=True) for each in results]


def test_a_fail_counts_against_the_interval_that_ran() -> None:
    early = found(GOOD, BAD, months=6)
    assert said(Method.STAIRCASE, Evidence(60, early)) == (3, "failed")
    late = found(GOOD, BAD, months=24)
    assert said(Method.STAIRCASE, Evidence(12, late)) == (6, "failed")


def test_what_was_decided_on_is_not_proposed_again() -> None:
    failed = decided(found(GOOD, BAD))
    assert said(Method.STAIRCASE, Evidence(6, failed)) == (6, "more")
    assert said(Method.STAIRCASE, Evidence(6, [*failed, *found(BAD, months=6)])) == (3, "failed")
    steady = decided(found(*[GOOD] * 4))
    assert said(Method.STAIRCASE, Evidence(18, steady)) == (18, "more"), "three at 12 months say nothing of 18"


def test_a_calibration_much_sooner_or_later_than_the_interval_says_nothing_of_it() -> None:
    early, late = found(*[GOOD] * 5, months=4), found(*[GOOD] * 5, months=24)
    assert said(Method.STAIRCASE, Evidence(12, early)) == (12, "more")
    assert said(Method.STAIRCASE, Evidence(12, late)) == (12, "more")


def test_the_longest_interval_stays_the_longest() -> None:
    assert said(Method.STAIRCASE, Evidence(60, found(*[GOOD] * 4, months=60))) == (60, "longest")


def test_reliability_lengthens_only_what_is_earned() -> None:
    twenty = found(*[GOOD] * 21)
    assert said(Method.RELIABILITY, Evidence(12, twenty), 0.9) == (12, "unearned")
    thirty = found(*[GOOD] * 30)
    assert said(Method.RELIABILITY, Evidence(12, thirty), 0.9) == (12, "agrees")  # 12 to 14: no rung lies there
    assert (
        said(
            Method.RELIABILITY,
            Evidence(
                12,
                found(*[GOOD] * 31),
            ),
            0.6,
        )[0]
        > 12
    )
    assert said(Method.RELIABILITY, Evidence(12, []), 0.9) == (12, "none-told")


def test_reliability_shortens_what_fails_too_often() -> None:
    half = found(GOOD, *[GOOD, BAD] * 10)
    months, key = said(Method.RELIABILITY, Evidence(12, half), 0.9)
    assert (months < 12, key) == (True, "unreliable")


def test_like_gauges_count_together() -> None:
    own, others = found(*[GOOD] * 3), found(*[GOOD] * 3) * 20
    assert said(Method.RELIABILITY, Evidence(12, own, alike=others), 0.7)[0] == 18


@settings(deadline=None)
@given(st.floats(0.5, 0.99))
def test_the_fewest_that_earn_it_are_the_fewest(target: float) -> None:
    n = fewest_to_earn(target)
    assert lengthening_is_earned(n, n, target - 1e-9)
    assert n == 1 or not lengthening_is_earned(n - 1, n - 1, target + 1e-9)


KEY = PointKey("", "150.00", "", "", "mm")


def line(*errors: str, limit: str = "0.10", months: int = 12) -> PointHistory:
    """Errors at one point, one interval apart."""
    lower, upper = -Decimal(limit), Decimal(limit)
    results = [
        Found(f"CAL-{n}", add_months(date(2018, 1, 1), n * months), Decimal(error), lower, upper, True, False)
        for n, error in enumerate(errors)
    ]
    return PointHistory(KEY, "mm", tuple(results))


def test_drift_goes_as_far_as_the_band_stays_inside() -> None:
    steady = line("0.010", "0.011", "0.010", "0.011", "0.010", "0.011")
    assert said(Method.DRIFT, Evidence(12, [], [steady])) == (18, "drifts-in")
    rising = line("0.00", "0.02", "0.04", "0.06", "0.08", "0.10")
    months, key = said(Method.DRIFT, Evidence(12, [], [rising]))
    assert (months, key) == (6, "drifts-out")
    assert said(Method.DRIFT, Evidence(12, [], [steady, rising])) == (6, "drifts-out")


def test_drift_says_nothing_without_a_line() -> None:
    assert said(Method.DRIFT, Evidence(12, [], [line("0.01", "0.01", "0.02")])) == (12, "no-line")
    assert said(Method.DRIFT, Evidence(12, [], [])) == (12, "no-errors")


RISING = line("0.00", "0.02", "0.04", "0.06", "0.075", "0.08")
STEADY = line("0.010", "0.011", "0.010", "0.011", "0.010", "0.011")


@pytest.mark.parametrize("method", [Method.STAIRCASE, Method.RELIABILITY])
def test_what_drifts_beyond_its_limits_earns_no_longer_interval_by_its_passes(method: Method) -> None:
    passes = found(*[GOOD] * 31)
    longer = said(method, Evidence(12, passes, [STEADY]), 0.6)
    assert longer[0] > 12
    made = advice(method, Evidence(12, passes, [STEADY, RISING]), 0.6)
    assert made is not None
    assert (made.months, key_of(made.reason)) == (12, "calibration.interval-drift-keeps")
    assert made.reason["point"] == "150.00"
    assert made.reason["months"] == 12, "it leaves them at the end of the interval that there is"
    assert made.rests_on
    assert key_of(made.reason["why"]).endswith(longer[1]), "and what the passes say stands beside it"


def test_a_drift_that_says_nothing_yet_keeps_no_interval() -> None:
    passes = found(*[GOOD] * 4)
    of_four = replace(RISING, found=RISING.found[-4:])
    assert said(Method.STAIRCASE, Evidence(12, passes, [of_four])) == (18, "reserve")


def test_a_drift_shortens_nothing_that_passes() -> None:
    assert said(Method.STAIRCASE, Evidence(12, found(GOOD, GOOD, BAD), [RISING])) == (6, "failed")
    assert said(Method.STAIRCASE, Evidence(12, found(GOOD, GOOD, TIGHT), [RISING])) == (12, "more")


TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("counted", "before", "expected"),
    [
        (date(2027, 1, 5), date(2027, 4, 5), DueDay(date(2027, 1, 5))),
        (date(2026, 8, 17), date(2027, 2, 17), DueDay(TODAY, at_once=True)),
        (date(2026, 8, 17), TODAY, DueDay(TODAY)),
        (date(2026, 5, 1), date(2026, 10, 1), DueDay(date(2026, 10, 1))),  # late before, and as late now
        (date(2027, 1, 5), date(2026, 12, 1), DueDay(date(2026, 12, 1))),  # never later than it was
    ],
)
def test_a_shorter_interval_makes_no_past_use_late(counted: date, before: date, expected: DueDay) -> None:
    assert due_with(counted, before, TODAY, shorter=True) == expected
    assert due_with(counted, before, TODAY, shorter=False) == DueDay(counted)


def test_without_a_method_nothing_is_said() -> None:
    assert advice(Method.NONE, Evidence(12, found(*[GOOD] * 9)), 0.9) is None


results_of_any_kind = st.lists(
    st.tuples(st.booleans(), st.one_of(st.none(), st.fractions(0, 2, max_denominator=100).map(str))), max_size=30
)


@settings(deadline=None)  # the first to ask for a quantile waits for SciPy
@given(results_of_any_kind, st.sampled_from(LADDER), st.sampled_from(list(Method)), st.floats(0.5, 0.99))
def test_an_interval_is_never_more_than_doubled_nor_out_of_the_ladder(
    results: list[tuple[bool, str | None]], months: int, method: Method, target: float
) -> None:
    evidence = Evidence(months, found(*results, months=months))
    made = advice(method, evidence, target)
    if made is None:
        return
    assert made.months == months or made.months in LADDER
    assert 1 <= made.months <= 2 * months
    assert set(made.rests_on) <= set(evidence.found)
    assert "%(" not in in_words(made.reason)


@given(st.sampled_from(LADDER))
def test_rungs_lie_on_either_side(months: int) -> None:
    assert longer_rung(months) >= months >= shorter_rung(months)


def test_a_share_is_rounded_up() -> None:
    assert (percent(Fraction(792, 1000)), percent(Fraction(8, 10)), percent(Fraction(0))) == ("80", "80", "0")


def test_what_was_found_without_a_limit_used_no_share_of_it() -> None:
    limited = line("0.05", "0.02")
    open_ones = replace(limited, found=tuple(replace(each, lower=None, upper=None) for each in limited.found))
    assert interval_history.uses([limited]) == {"CAL-0": Fraction(1, 2), "CAL-1": Fraction(1, 5)}
    assert interval_history.uses([open_ones]) == {}
    assert said(Method.STAIRCASE, Evidence(12, found(GOOD, *[(True, None)] * 3))) == (12, "no-errors")


def test_a_band_of_three_is_no_line() -> None:
    three = line("0.01", "0.02", "0.01")
    band = drift.band(three, three.found[-1].on + timedelta(days=365))
    assert band is not None
    assert band.count == 3


# --- through the pages ---


def calibrate(tara: PlantClient, selma: PlantClient, values: list[str]) -> str:
    """Calibrate the caliper, and have it reviewed where that is asked."""
    number = start(tara, "G-014")
    give_all(tara, number, "indication", values)
    if values is TOO_LONG:
        assert tara.submit(f"/calibration/{number}/adjust", {"adjusted": "no"}).status_code == 303
    assert sign(tara, number).status_code == 303
    if selma.get(f"/calibration/{number}/review").status_code == 200:
        review(selma, number)
    return number


@pytest.fixture
def often(reach: Reach, as_: SignedInAs, clock_at: ClockAt, app: Flask) -> list[str]:
    """The caliper, whose interval is one month, calibrated four times a month apart."""

    def made() -> list[str]:
        with app.app_context(), store.act("equipment:gauge:change"):
            _row(Gauge).interval_months = 1
        numbers = []
        for day in ("2026-08-20", "2026-09-19", "2026-10-20", "2026-11-19"):
            clock_at(f"{day} 09:00")
            numbers.append(calibrate(as_("T", tablet=True), as_("S"), CALIPER))
        clock_at("2026-11-20 10:00")
        return numbers

    return reach(made)


def _row(kind: type[Gauge]) -> Gauge:
    return db.session.scalars(
        select(kind).join(Equipment, Equipment.id == kind.equipment_id).where(Equipment.code == "G-014")
    ).one()


def months(app: Flask) -> int:
    """The interval of the caliper now."""
    with app.app_context():
        return _row(Gauge).interval_months


def open_tasks(app: Flask) -> list[str]:
    """What is proposed and not decided on."""
    with app.app_context():
        wanted = (Task.kind == "interval proposal", Task.done_at.is_(None))
        return [in_words(words) for words in db.session.scalars(select(Task.words).where(*wanted))]


def due(app: Flask) -> date:
    """When the caliper is due."""
    with app.app_context():
        return db.session.scalars(
            select(EquipmentDue.due)
            .join(Equipment, Equipment.id == EquipmentDue.equipment_id)
            .where(Equipment.code == "G-014", EquipmentDue.work == "calibration")
        ).one()


def test_quality_reads_the_proposal_and_signs_the_longer_interval(
    app: Flask, as_: SignedInAs, often: list[str]
) -> None:
    assert len(open_tasks(app)) == 1
    quinn = as_("Q")
    assert "Another interval is proposed for 1 gauge" in quinn.get("/").text
    assert "1 → 2 months" in quinn.get("/calibration/intervals").text
    page = quinn.get("/calibration/gauges/G-014/interval").text
    assert "1 month → 2 months" in page
    assert all(number in page for number in often)
    assert due(app) == date(2026, 12, 19)
    number = decide(quinn, "2").rsplit("/", 1)[1]
    assert months(app) == 2
    assert due(app) == date(2027, 1, 19)
    assert open_tasks(app) == []
    signed = quinn.get(f"/calibration/intervals/{number}").text
    assert "Quinn Bauer" in signed
    assert "19 Dec 2026 → 19 Jan 2027" in signed
    with app.app_context():
        record = db.session.scalars(select(Record).where(Record.number == number)).one()
        assert (record.kind, record.state) == ("interval change", "closed")
        events = db.session.scalars(select(EquipmentLog.event).where(EquipmentLog.record_id == record.id)).all()
        assert events == ["interval changed"]
    assert quinn.get(f"/calibration/intervals/{number}.pdf").data.startswith(b"%PDF")
    assert "2 months →" not in quinn.get("/calibration/gauges/G-014/interval").text, "it has had its say"


def test_what_rests_on_a_withdrawn_certificate_earns_no_longer_interval(
    app: Flask, as_: SignedInAs, often: list[str]
) -> None:
    quinn = as_("Q")
    with app.app_context():
        paper = db.session.scalars(
            select(StandardUsed.certificate_id)
            .join(Record, Record.id == StandardUsed.record_id)
            .where(Record.number == often[-1])
        ).one()
    page = f"/equipment/S-003/certificates/{paper}/withdraw"
    assert quinn.submit(page, {"reason": "the laboratory took it back"}).status_code == 303
    page = quinn.get("/calibration/gauges/G-014/interval").text
    assert often[-1] not in page
    assert "1 month → 2 months" not in page
    assert "nothing is proposed any more" in quinn.get("/calibration/intervals").text


def test_what_is_looked_back_on_for_its_certificate_counts_once_that_is_answered(
    app: Flask, as_: SignedInAs, often: list[str]
) -> None:
    quinn, home = as_("Q"), "/calibration/gauges/G-014/interval"
    with app.app_context():
        used = select(StandardUsed).join(Record, Record.id == StandardUsed.record_id)
        paper = db.session.scalars(used.where(Record.number == often[-1])).one().certificate_id
    page = f"/calibration/traceability/S-003/certificates/{paper}/doubt"
    answer = quinn.submit(page, {"why": "odd figures", "since": "2026-11-01"})
    assert answer.status_code == 303, problems(answer)
    assert "1 month → 2 months" not in quinn.get(home).text
    answer = quinn.submit(f"/calibration/{often[-1]}/look-back", {"outcome": "unaffected", "looked": "lots 1 to 9"})
    assert answer.status_code == 303, problems(answer)
    assert "1 month → 2 months" in quinn.get(home).text


def test_a_gauge_is_due_today_and_not_late_where_its_shorter_interval_is_over(
    app: Flask, as_: SignedInAs, clock_at: ClockAt, often: list[str]
) -> None:
    with app.app_context(), store.act("equipment:gauge:change"):
        _row(Gauge).interval_months = 6
    clock_at("2026-11-20 10:30")
    calibrate(as_("T", tablet=True), as_("S"), CALIPER)
    clock_at("2027-03-01 10:00")
    assert due(app) == date(2027, 5, 20)
    quinn = as_("Q")
    signed = quinn.get(decide(quinn, "3", "It is used in three shifts now.")).text
    assert due(app) == date(2027, 3, 1)
    assert "20 May 2027 → 1 Mar 2027" in signed
    assert "it is due on the day of the decision, and no use until then was late" in signed
    assert "days late" not in quinn.get("/calibration/gauges/G-014").text


def decide(client: PlantClient, wanted: str, words: str = "") -> str:
    """Choose an interval, look at the change and sign it; returns where that led."""
    home = "/calibration/gauges/G-014/interval"
    chosen = client.submit(f"{home}/choose", {"months": wanted, "words": words}, page=home)
    assert chosen.status_code == 200, chosen.text
    hidden = next(form.hidden for form in read_forms(chosen.text) if form.action == home)
    answer = client.post(home, data={**hidden, "user_name": client.who.user_name, "secret": client.secret})
    assert answer.status_code == 303, answer.text
    return answer.location


def ticks(page: str) -> list[str]:
    """What the boxes of the list would send."""
    return re.findall(r'name="chosen" value="([^"]+)"', page)


def test_several_are_signed_at_once_as_they_were_shown(app: Flask, as_: SignedInAs, often: list[str]) -> None:
    quinn, home = as_("Q"), "/calibration/intervals"
    page = quinn.get(home).text
    [tick] = ticks(page)
    assert "19 Dec 2026 → 19 Jan 2027" in page
    assert ticks(as_("S").get(home).text) == [], "who may not sign them has nothing to tick"
    hidden = quinn.hidden(home, home)
    proof = {"user_name": quinn.who.user_name, "secret": quinn.secret}
    assert problems(quinn.post(home, data={**hidden, **proof})) == ["Choose at least one gauge."]
    other = tick[:-1] + ("0" if tick[-1] != "0" else "1")
    refused = quinn.post(home, data={**hidden, **proof, "chosen": other})
    assert problems(refused) == ["What is proposed for G-014 changed after this page was opened. Look again."]
    assert months(app) == 1
    wrong = quinn.post(home, data={**hidden, **proof, "secret": "nothing like it", "chosen": tick})
    assert (wrong.status_code, months(app)) == (422, 1)
    assert f'value="{tick}" checked' in wrong.text
    assert quinn.post(home, data={**hidden, **proof, "chosen": tick}).status_code == 303
    assert (months(app), due(app), open_tasks(app)) == (2, date(2027, 1, 19), [])
    with app.app_context():
        record = db.session.scalars(select(Record).where(Record.kind == "interval change")).one()
        assert (record.state, len(signatures_of(record.id))) == ("closed", 1)
    assert quinn.get(f"{home}/{record.number}.pdf").data.startswith(b"%PDF")


def test_an_interval_of_ones_own_needs_words_and_stays_within_ten_years(
    app: Flask, as_: SignedInAs, often: list[str]
) -> None:
    quinn, home = as_("Q"), "/calibration/gauges/G-014/interval"
    for typed, said_words in (
        ("3", "Enter why: it is not what was proposed."),
        ("1", "That is the interval it has."),
        ("0", "Enter an interval of 1 to 120 months."),
        ("121", "Enter an interval of 1 to 120 months."),
        ("", "Enter an interval of 1 to 120 months."),
        ("x", ""),
    ):
        answer = quinn.submit(f"{home}/choose", {"months": typed, "words": ""}, page=home)
        assert answer.status_code == 422, typed
        assert said_words in answer.text
    decide(quinn, "3", "It is used twice a year.")
    assert months(app) == 3


def test_who_proposes_keeps_or_changes_an_interval_has_the_gauge_alone(
    as_: SignedInAs, clock_at: ClockAt, often: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    quinn, home = as_("Q"), "/calibration/gauges/G-014/interval"
    asked: list[str] = []
    monkeypatch.setattr(turns, "alone", asked.append)
    quinn.submit(f"{home}/keep", {"words": "A new line begins."}, page=home)
    assert asked == ["equipment:g-014"], "kept"
    clock_at("2026-12-19 09:00")
    number = start(as_("T", tablet=True), "G-014")
    assert asked == ["equipment:g-014"] * 2, "started"
    give_all(as_("T", tablet=True), number, "indication", CALIPER)
    sign(as_("T", tablet=True), number)
    assert asked == ["equipment:g-014"] * 3, "proposed"
    decide(as_("Q"), "2")
    assert asked == ["equipment:g-014"] * 4, "changed"


def test_who_keeps_the_interval_says_why_and_is_asked_again_by_new_results_alone(
    app: Flask, as_: SignedInAs, clock_at: ClockAt, often: list[str]
) -> None:
    quinn, home = as_("Q"), "/calibration/gauges/G-014/interval"
    refused = quinn.submit(f"{home}/keep", {"words": " "}, page=home)
    assert refused.status_code == 422
    assert "Enter why the interval stays as it is." in refused.text
    assert quinn.submit(f"{home}/keep", {"words": "A new line begins."}, page=home).status_code == 303
    assert open_tasks(app) == []
    assert months(app) == 1
    clock_at("2026-12-19 09:00")
    calibrate(as_("T", tablet=True), as_("S"), CALIPER)
    assert len(open_tasks(app)) == 1


def test_a_fail_takes_the_place_of_what_was_proposed(
    app: Flask, as_: SignedInAs, clock_at: ClockAt, often: list[str]
) -> None:
    with app.app_context(), store.act("equipment:gauge:change"):
        _row(Gauge).interval_months = 2
    clock_at("2026-12-19 09:00")
    number = calibrate(as_("T", tablet=True), as_("S"), TOO_LONG)
    assert open_tasks(app) == [f"2 → 1 months: {number} found it out of tolerance"]


def test_a_fail_that_shortened_an_interval_shortens_it_once(
    app: Flask, as_: SignedInAs, clock_at: ClockAt, often: list[str]
) -> None:
    with app.app_context(), store.act("equipment:gauge:change"):
        _row(Gauge).interval_months = 2
    clock_at("2027-01-19 09:00")
    number = calibrate(as_("T", tablet=True), as_("S"), TOO_LONG)
    clock_at("2027-01-20 09:00")
    decide(as_("Q"), "1")
    with app.app_context(), store.act("equipment:gauge:change"):
        _row(Gauge).interval_months = 2  # so that it could be shortened once more
    page = as_("Q").get("/calibration/gauges/G-014/interval").text
    assert number in page
    assert "2 months → 1 month" not in page


def test_what_changed_meanwhile_is_not_signed(app: Flask, as_: SignedInAs, clock_at: ClockAt, often: list[str]) -> None:
    quinn, home = as_("Q"), "/calibration/gauges/G-014/interval"
    chosen = quinn.submit(f"{home}/choose", {"months": "2"}, page=home)
    hidden = next(form.hidden for form in read_forms(chosen.text) if form.action == home)
    clock_at("2026-12-01 09:00")
    calibrate(as_("T", tablet=True), as_("S"), CALIPER)
    quinn = as_("Q")
    answer = quinn.post(
        home, data={**hidden, **_token(quinn, home), "user_name": quinn.who.user_name, "secret": quinn.secret}
    )
    assert answer.status_code == 422
    assert months(app) == 1


def _token(client: PlantClient, page: str) -> dict[str, str]:
    return client.hidden(page, f"{page}/choose")


def test_others_read_it_and_decide_nothing(as_: SignedInAs, often: list[str]) -> None:
    page = as_("A").get("/calibration/gauges/G-014/interval").text
    assert "Look at the change" not in page
    home = "/calibration/gauges/G-014/interval"
    amal = as_("A")
    token = amal.hidden(home, "/sign-out")["csrf_token"]
    assert amal.post(f"{home}/choose", data={"months": "2", "csrf_token": token}).status_code == 403
    assert "proposed for" not in as_("T", tablet=True).get("/").text


def test_a_small_plant_never_meets_it(app: Flask, as_: SignedInAs, profile: Callable[[str], None]) -> None:
    profile("small")
    quinn = as_("Q")
    assert "/calibration/intervals" not in quinn.get("/calibration/").text
    assert "/interval" not in quinn.get("/calibration/gauges/G-014").text
    assert "Intervals are not proposed here." in quinn.get("/calibration/intervals").text


def test_more_proposals_than_a_page_go_on_to_the_next(
    app: Flask, as_: SignedInAs, often: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interval_history, "AT_ONCE", 1)
    with app.app_context(), store.act("calibration:interval:propose"):
        mine = db.session.scalars(select(Task).where(Task.kind == "interval proposal", Task.done_at.is_(None))).first()
        assert mine is not None
        other = db.session.scalars(select(Equipment.id).where(Equipment.code == "G-020")).one()
        db.session.add(
            Task(
                kind=mine.kind,
                words=mine.words,
                equipment_id=other,
                raised_at=mine.raised_at,
                for_permission=mine.for_permission,
            )
        )
    quinn = as_("Q")
    first = quinn.get("/calibration/intervals").text
    onward = re.search(r'href="([^"]*)" rel="next"', first)
    assert onward is not None
    second = quinn.get(html.unescape(onward[1])).text
    assert ["G-020" in page for page in (first, second)] == [False, True]
