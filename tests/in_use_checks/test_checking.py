"""What is kept of a check, who may do what, and what the chart says."""

import re
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import cycle, islice
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from bench_work import problems
from check_work import CODE, SCALE, by, check, checked, open_holds, row_of, set_up
from flask import Flask
from plant_client import ClockAt, SignedInAs
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from techfloor import store
from techfloor.duties.in_use_checks import actions, baselines, queries
from techfloor.duties.in_use_checks.models import InUseBaseline, InUseCheck
from techfloor.duties.in_use_checks.views.shown import remark
from techfloor.equipment.models import Equipment, EquipmentDue, GoodCheck
from techfloor.records.models import Definition, Revision
from techfloor.refusals import Refusal
from techfloor.store import db

BERLIN = ZoneInfo("Europe/Berlin")
USUAL = list(islice(cycle(["200.0", "200.1", "199.9", "200.0"]), 20))


def test_a_value_carries_person_time_and_device_and_the_version_it_was_judged_by(app: Flask, as_: SignedInAs) -> None:
    quinn = as_("Q")
    set_up(quinn)
    first = row_of(check(as_("T", tablet="T-03"), "200.1"))
    set_up(quinn, limits="± 0.3")
    with app.app_context():
        row = db.session.get_one(InUseCheck, first)
        revision = db.session.get_one(Revision, row.revision_id)
        assert (revision.version, revision.state) == (1, "superseded")
        assert row.device_id is not None
        assert (str(row.value), str(row.upper)) == ("200.1", "200.2")
    page = as_("T").get(f"/checks/gauges/{CODE}").text
    assert "Tara Kowalski · T-03" in page
    assert "199.7 … 200.3" in page, "the limits in force now"


def test_rows_are_never_changed(app: Flask, as_: SignedInAs) -> None:
    set_up(as_("Q"))
    check(as_("T"), "200.1")
    with app.app_context(), pytest.raises(DBAPIError), store.act("checks:check:log"):
        db.session.execute(text("UPDATE in_use_check SET value = '200.0'"))


def test_a_double_tap_is_one_row(app: Flask, as_: SignedInAs) -> None:
    set_up(as_("Q"))
    tara = as_("T")
    page = f"/checks/gauges/{CODE}/now"
    sent = {**tara.hidden(page, page), "value": "200.1"}
    assert [tara.post(page, data=sent).location for _ in range(2)] == ["/checks/rows/1"] * 2
    with app.app_context():
        assert len(db.session.scalars(select(InUseCheck)).all()) == 1


def test_a_gauge_without_a_check_never_meets_it(as_: SignedInAs) -> None:
    tara = as_("T", tablet=True)
    assert "/checks/" not in (tara.get("/e/G-014").location or "")
    assert "Check now" not in tara.get("/equipment/G-014").text
    assert "Check now" not in tara.get("/calibration/gauges/G-014").text
    assert tara.get("/checks/gauges/G-014/now").status_code == 404


def test_a_gauge_with_a_check_offers_it_where_it_is_not_due(as_: SignedInAs) -> None:
    set_up(as_("Q"))
    tara = as_("T")
    check(tara, "200.0")
    assert f'href="/checks/gauges/{CODE}/now"' in tara.get(f"/calibration/gauges/{CODE}").text
    assert f'href="/checks/gauges/{CODE}/now"' in tara.get(f"/equipment/{CODE}").text
    assert "In-use check" in tara.get(f"/equipment/{CODE}").text, "with the day it is due"


def test_a_calibration_that_is_due_comes_before_the_check(as_: SignedInAs, clock_at: ClockAt) -> None:
    set_up(as_("Q"))
    assert as_("T").get(f"/e/{CODE}").location == f"/checks/gauges/{CODE}/now", "the calibration is due in five days"
    clock_at("2026-11-25 08:00")
    assert as_("T").get(f"/e/{CODE}").location == f"/calibration/start/{CODE}"


def test_the_next_calibration_stays_the_calibrations_own(app: Flask, as_: SignedInAs) -> None:
    set_up(as_("Q"))
    check(as_("T"), "200.0")
    with app.app_context():
        wanted = select(EquipmentDue.work, EquipmentDue.due).join(Equipment).where(Equipment.code == CODE)
        dues = {work: due.isoformat() for work, due in db.session.execute(wanted)}
    assert dues == {"calibration": "2026-11-25", "in-use check": "2026-11-23"}, "the next working day"


def test_a_standard_without_a_valid_certificate_is_not_applied(app: Flask, as_: SignedInAs, clock_at: ClockAt) -> None:
    quinn = as_("Q")
    answer = set_up(quinn, applied="standard", code="S-099")
    assert problems(answer) == ["S-099 is no standard of this plant. Check its label."]
    assert set_up(quinn, applied="standard", code="s-001").status_code == 303
    tara = as_("T")
    row = row_of(check(tara, "200.0"))
    with app.app_context():
        assert db.session.get_one(InUseCheck, row).certificate_id is not None
    clock_at("2029-01-08 08:00")
    tara = as_("T")
    assert "its certificate" in tara.get(f"/checks/gauges/{CODE}/now").text
    assert check(tara, "200.0").status_code == 422


@pytest.mark.parametrize(
    ("applied", "code", "words"),
    [
        ("standard", "S-006", "S-006 is .*, in pH: nothing to apply where a gauge shows g"),
        ("check piece", "S-001", "S-001 is the standard .*Choose a standard, so that its certificate is looked at"),
        ("check piece", "G-014", "G-014 is .* and no check piece"),
    ],
)
def test_what_cannot_be_applied_is_refused_by_its_name(
    app: Flask, as_: SignedInAs, applied: str, code: str, words: str
) -> None:
    assert re.search(words, problems(set_up(as_("Q"), applied=applied, code=code))[0])


def test_a_standard_is_named_once_it_is_applied(as_: SignedInAs) -> None:
    quinn = as_("Q")
    assert set_up(quinn, applied="standard", code="S-001").status_code == 303
    assert re.search(r"from now on, with S-001 \w+", quinn.get(f"/checks/gauges/{CODE}").text)


def test_a_comma_that_can_mean_one_thing_is_read_so(app: Flask, as_: SignedInAs) -> None:
    assert problems(set_up(as_("Q"), nominal="200,000", lower="199,800", upper="200,200", limits="")) == []
    with app.app_context():
        found = queries.needed(CODE).check
    assert (found.nominal, found.lower, found.upper) == (Decimal("200.000"), Decimal("199.800"), Decimal("200.200"))


def test_between_two_steps_and_far_off_are_asked_about(as_: SignedInAs) -> None:
    set_up(as_("Q"))
    tara = as_("T")
    assert "This gauge shows steps of 0.1" in problems(check(tara, "200.05"))[0]
    assert "is far off" in check(tara, "2000.0").text or "far off" in problems(check(tara, "2000.0"))[0]
    assert row_of(check(tara, "2000.0", confirmed="y"))


def test_not_used_needs_a_check_that_is_due(as_: SignedInAs) -> None:
    set_up(as_("Q"))
    tara, now = as_("T"), f"/checks/gauges/{CODE}/now"
    hidden = tara.hidden(now, now)
    check(tara, "200.0")
    answer = tara.post(f"/checks/gauges/{CODE}/not-used", data=hidden)
    assert answer.status_code == 422
    assert "is not due for a check now" in answer.text


def test_who_gave_a_value_corrects_it_or_who_reviews(as_: SignedInAs) -> None:
    set_up(as_("Q"))
    row = row_of(check(as_("T"), "200.1"))
    assert as_("O").get(f"/checks/rows/{row}/correct").status_code == 403
    selma = as_("S")
    page = f"/checks/rows/{row}/correct"
    assert problems(selma.submit(page, {"value": "200.0", "reason": "felt like it"})) == ["Choose why."]
    assert problems(selma.submit(page, {"value": "200.1", "reason": "misread"})) == [
        "This is the value that stands there."
    ]
    assert selma.submit(page, {"value": "200.0", "reason": "misread"}).status_code == 303
    assert selma.get(page).status_code == 200
    hidden = selma.hidden(page, page)
    again = selma.post(page, data={**hidden, "value": "200.2", "reason": "misread"})
    assert "was corrected already" in again.text


def test_another_person_corrects_nothing_behind_the_form(app: Flask, as_: SignedInAs) -> None:
    set_up(as_("Q"))
    row = row_of(check(as_("T"), "200.1"))
    otto = as_("O")
    sent = {**otto.hidden("/scan", "/scan"), "value": "200.0", "reason": "misread"}
    assert otto.post(f"/checks/rows/{row}/correct", data=sent).status_code == 403
    with app.app_context(), store.act("checks:check:correct"), pytest.raises(Refusal, match="gave this value"):
        actions.correct(row, Decimal("200.0"), "misread", by("otto"), may_any=False)


def test_two_who_set_up_at_once_do_not_overwrite_each_other(app: Flask, as_: SignedInAs) -> None:
    quinn = as_("Q")
    page = f"/checks/gauges/{CODE}/set-up"
    seen = quinn.hidden(page, page)
    assert set_up(quinn).status_code == 303
    late = quinn.post(page, data={**seen, **SCALE, "limits": "± 0.1"})
    assert late.status_code == 422
    assert "Somebody changed this check" in late.text


def test_a_check_that_ended_is_asked_for_no_more(app: Flask, as_: SignedInAs) -> None:
    quinn = as_("Q")
    set_up(quinn)
    check(as_("T"), "200.0")
    assert quinn.submit(f"/checks/gauges/{CODE}/end", page=f"/checks/gauges/{CODE}/set-up").status_code == 303
    assert as_("T").get(f"/checks/gauges/{CODE}/now").status_code == 404
    with app.app_context():
        assert db.session.scalars(select(EquipmentDue).where(EquipmentDue.work == "in-use check")).all() == []
        assert len(db.session.scalars(select(Revision).join(Definition).where(Definition.code == CODE)).all()) == 2
    assert "Not checked in use" in quinn.get(f"/checks/gauges/{CODE}").text


def test_a_check_before_use_is_no_work_of_the_day(as_: SignedInAs) -> None:
    set_up(as_("Q"), every="before use")
    tara = as_("T", tablet="T-03")
    assert "Check in use" not in tara.get("/").text
    assert tara.get(f"/e/{CODE}").location == f"/checks/gauges/{CODE}/now"
    check(tara, "200.0")
    assert tara.get(f"/e/{CODE}").location != f"/checks/gauges/{CODE}/now"


# --- the chart ---


def test_twenty_values_freeze_what_is_usual_and_a_signal_is_a_caution_and_no_hold(
    app: Flask, as_: SignedInAs, clock_at: ClockAt
) -> None:
    first = datetime(2026, 10, 1, 6, 0, tzinfo=BERLIN)
    clock_at(first)
    set_up(as_("Q"), limits="± 0.5")
    checked(app, USUAL, first + timedelta(minutes=5))
    with app.app_context():
        base = db.session.scalars(select(InUseBaseline)).one()
        assert base.parameters is not None
        assert base.parameters["values"] == 20
    clock_at("2026-10-22 06:05")
    tara = as_("T")
    page = tara.get(check(tara, "200.4").location).text
    assert "Good, but unusual" in page
    assert "beyond what is usual for this gauge" in page
    assert open_holds(app) == []
    shown = as_("Q").get(f"/checks/gauges/{CODE}").text
    assert "3 s from its first 20 values" in shown
    assert "<title>22 Oct 2026: 200.4 g</title>" in shown, "a point names its value"
    assert 'href="/checks/rows/21/correct"' in shown, "and the table leads on"
    with app.app_context():
        assert len(db.session.scalars(select(GoodCheck)).all()) == 21, "it was good all the same"


def test_what_is_usual_begins_anew_with_words(app: Flask, as_: SignedInAs, clock_at: ClockAt) -> None:
    first = datetime(2026, 10, 1, 6, 0, tzinfo=BERLIN)
    clock_at(first)
    set_up(as_("Q"), limits="± 0.5")
    checked(app, USUAL, first + timedelta(minutes=5))
    clock_at("2026-10-22 06:00")
    quinn, page = as_("Q"), f"/checks/gauges/{CODE}"
    assert quinn.submit(f"{page}/begin-anew", {"words": ""}, page=page).status_code == 422
    assert quinn.submit(f"{page}/begin-anew", {"words": "adjusted"}, page=page).status_code == 303
    tara = as_("T")
    assert "Good, but unusual" not in tara.get(check(tara, "200.4").location).text
    with app.app_context():
        assert [row.parameters is None for row in db.session.scalars(select(InUseBaseline))] == [False, True]


def test_a_gauge_that_always_shows_the_same_has_no_usual_limits(app: Flask, as_: SignedInAs, clock_at: ClockAt) -> None:
    first = datetime(2026, 10, 1, 6, 0, tzinfo=BERLIN)
    clock_at(first)
    set_up(as_("Q"))
    checked(app, ["200.0"] * 21, first + timedelta(minutes=5))
    clock_at("2026-10-22 06:00")
    assert "the values do not scatter" in as_("Q").get(f"/checks/gauges/{CODE}").text


@pytest.fixture
def usual(app: Flask, as_: SignedInAs, clock_at: ClockAt) -> list[int]:
    """Twenty good values since 1 October, one a day; their rows."""
    first = datetime(2026, 10, 1, 6, 0, tzinfo=BERLIN)
    clock_at(first)
    set_up(as_("Q"), limits="± 0.5")
    return checked(app, USUAL, first + timedelta(minutes=5))


def cautions(app: Flask, rows: list[int]) -> list[list[str]]:
    """Return what the chart found unusual about each row."""
    with app.app_context():
        return [[each["say"] for each in db.session.get_one(InUseCheck, row).caution] for row in rows]


def limits(app: Flask) -> list[float]:
    """Return the widths of the limits, in the order they were made; 0 for a new beginning."""
    with app.app_context():
        kept = [row.parameters for row in db.session.scalars(select(InUseBaseline).order_by(InUseBaseline.id))]
        return [baselines.usual(each).upper - baselines.usual(each).centre if each else 0 for each in kept]


def test_a_value_of_zero_stands_in_its_row_on_the_chart(app: Flask, as_: SignedInAs, clock_at: ClockAt) -> None:
    first = datetime(2026, 10, 1, 6, 0, tzinfo=BERLIN)
    clock_at(first)
    set_up(as_("Q"), applied="fixed point", code="", what="empty pan", nominal="0.0", limits="± 0.5")
    rows = checked(app, list(islice(cycle(["0.0", "0.1"]), 40)), first + timedelta(minutes=5))
    assert cautions(app, rows) == [[]] * 40, "0.1 is never eight times in a row above the centre"


def test_a_value_is_judged_with_the_few_before_it(
    app: Flask, usual: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    real, looked_at = baselines.signals, []

    def counting(kept: Any, values: Any) -> Any:
        looked_at.append(len(values))
        return real(kept, values)

    monkeypatch.setattr(baselines, "signals", counting)
    rows = checked(app, ["200.1"] * 10, datetime(2026, 10, 21, 6, 5, tzinfo=BERLIN))
    drifts = ["checks.caution.Western Electric 4"]
    assert cautions(app, rows) == [[]] * 7 + [drifts] * 3, "the eighth in a row, and those after it"
    assert looked_at == [8] * 10


def test_a_corrected_value_is_judged_by_the_chart_as_well(app: Flask, as_: SignedInAs, usual: list[int]) -> None:
    row = checked(app, ["200.0", "200.0"], datetime(2026, 10, 21, 6, 5, tzinfo=BERLIN))[0]
    answer = as_("S").submit(f"/checks/rows/{row}/correct", {"value": "200.4", "reason": "misread"})
    assert cautions(app, [row_of(answer)]) == [["checks.caution.Western Electric 1"]]
    assert len(limits(app)) == 1


def test_what_is_usual_is_frozen_anew_without_a_value_that_was_mistyped(
    app: Flask, as_: SignedInAs, clock_at: ClockAt
) -> None:
    first = datetime(2026, 10, 1, 6, 0, tzinfo=BERLIN)
    clock_at(first)
    set_up(as_("Q"), limits="± 0.5")
    rows = checked(app, [*USUAL[:9], "200.4", *USUAL[10:], "200.0"], first + timedelta(minutes=5))
    (wide,) = limits(app)
    answer = as_("S").submit(f"/checks/rows/{rows[9]}/correct", {"value": "200.0", "reason": "mistyped"})
    assert answer.status_code == 303
    assert limits(app)[0] == wide
    assert limits(app)[1] < 0.8 * wide
    assert as_("S").submit(f"/checks/rows/{rows[3]}/in-error", {"why": "only tried"}).status_code == 303
    with app.app_context():
        kept = db.session.scalars(select(InUseBaseline).order_by(InUseBaseline.id.desc())).first()
        assert kept is not None
        assert kept.parameters is not None
        assert (kept.parameters["values"], str(kept.parameters["last"])[:10]) == (20, "2026-10-21"), (
            "the next one steps in"
        )


def test_too_few_values_left_make_no_limits_until_there_are_enough(
    app: Flask, as_: SignedInAs, usual: list[int]
) -> None:
    as_("S").submit(f"/checks/rows/{usual[3]}/in-error", {"why": "only tried"})
    assert limits(app)[1:] == [0]
    checked(app, ["200.0"], datetime(2026, 10, 21, 6, 5, tzinfo=BERLIN))
    assert len(limits(app)) == 3


@pytest.mark.pages
def test_a_weekly_check_is_skipped_with_a_reason_alone(app: Flask, as_: SignedInAs) -> None:
    set_up(as_("Q"), every="each week")
    tara, page = as_("T"), f"/checks/gauges/{CODE}/not-used"
    now = f"/checks/gauges/{CODE}/now"
    assert "Not used today" not in tara.get(now).text
    asked = tara.post(page, data={**tara.hidden(now, now), "value": ""})
    assert asked.status_code == 422
    assert "It is checked once a week" in asked.text
    with app.app_context():
        assert db.session.scalars(select(InUseCheck)).all() == []
    assert "Choose why it is skipped." in tara.post(page, data={**tara.hidden(now, now), "dropped": "yes"}).text
    skipped = tara.post(page, data={**tara.hidden(now, now), "dropped": "yes", "why": "away"})
    assert skipped.status_code == 303
    with app.test_request_context():
        (row,) = db.session.scalars(select(InUseCheck)).all()
        assert remark(queries.row(row.id)) == "skipped: the gauge was at a laboratory or in repair"


@pytest.mark.pages
def test_a_value_that_was_typed_is_not_thrown_away_by_not_used(app: Flask, as_: SignedInAs) -> None:
    set_up(as_("Q"))
    tara, page, now = as_("T"), f"/checks/gauges/{CODE}/not-used", f"/checks/gauges/{CODE}/now"
    asked = tara.post(page, data={**tara.hidden(now, now), "value": "199.9"})
    assert asked.status_code == 422
    assert "You typed 199.9 g." in asked.text
    assert f'formaction="{now}"' in asked.text
    assert tara.post(page, data={**tara.hidden(now, now), "value": "199.9", "dropped": "yes"}).status_code == 303
    with app.app_context():
        assert [row.outcome for row in db.session.scalars(select(InUseCheck))] == ["not used"]


def test_a_code_is_not_called_optional_where_it_is_needed(as_: SignedInAs) -> None:
    page = as_("Q").get(f"/checks/gauges/{CODE}/set-up").text
    label = page[page.index('for="code"') :].split("</label>")[0]
    assert "(optional)" not in label
    assert "a check piece need it" in page
