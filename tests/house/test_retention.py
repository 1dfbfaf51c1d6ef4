"""Retention: nothing is deleted, what was kept long enough is listed, and a legal hold says what must stay."""

import re
from datetime import UTC, datetime

import pytest
from bench_work import give_all, problems, sign, start
from flask import Flask
from plant_client import ClockAt, PlantClient, SignedInAs
from policies import approve_now, new_policy
from sqlalchemy import func, select
from stages import Reach
from werkzeug.test import TestResponse

from techfloor import store
from techfloor.migrations.upgrade import engine_for
from techfloor.people.models import Person
from techfloor.records import integrity, retention
from techfloor.records.history import timeline
from techfloor.records.models import LegalHold, Record
from techfloor.records.retention import HoldEntry
from techfloor.settings import Settings
from techfloor.store import db
from techfloor.store.paging import PAGE

HOME = "/settings/retention"
CALIPER = ["0.00", "25.00", "50.05", "100.00", "150.10", "25.00"]


@pytest.fixture
def signed(reach: Reach, as_: SignedInAs) -> str:
    """A calibration that was signed."""

    def made() -> str:
        tara = as_("T", tablet=True)
        number = start(tara, "G-014")
        give_all(tara, number, "indication", CALIPER)
        assert sign(tara, number).status_code == 303
        return number

    return reach(made)


def place(quinn: PlantClient, **typed: str) -> TestResponse:
    """Place a legal hold."""
    given = {"reason": "Claim of a customer.", "numbers": "", "kind": "", "equipment": "", **typed}
    return quinn.submit(f"{HOME}/holds/new", given)


def words(page: str) -> str:
    """Return what a page says."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page))


@pytest.mark.clause("21 CFR 11.10(c)", "ISO 9001 7.5.3.2")
def test_by_default_everything_is_kept_for_ever(as_: SignedInAs, clock_at: ClockAt) -> None:
    clock_at("2090-01-01 10:00")
    page = words(as_("A").get(HOME).text)
    assert "Calibration for ever – –" in page
    assert "E-signature policy for ever" in page
    assert "techfloor deletes no record" in page
    assert "your profile suggests 10 years" in page


@pytest.mark.clause("21 CFR 11.10(c)")
def test_what_was_kept_long_enough_is_listed_and_stays(
    app: Flask, as_: SignedInAs, clock_at: ClockAt, signed: str
) -> None:
    # The review of `signed` came never: a calibration that waits is not over, and is due of nothing.
    reviewed = made(app, ("closed", 2023))
    assert as_("Q").submit(f"{HOME}/kinds/calibration", {"years": "3", "reason": "ISO 9001"}).status_code == 303
    with app.app_context():
        before = db.session.scalar(select(func.count()).select_from(Record))
    clock_at("2026-12-01 13:00")
    assert reviewed not in as_("A").get(f"{HOME}/kinds/calibration/due").text
    clock_at("2027-01-02 10:00")
    amal = as_("A")
    page = words(amal.get(f"{HOME}/kinds/calibration/due").text)
    assert reviewed in page
    assert signed not in page
    assert "Could be disposed of" in page
    place(as_("Q"), numbers=reviewed)
    assert "On legal hold" in words(amal.get(f"{HOME}/kinds/calibration/due").text)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Record)) == before


def made(app: Flask, *versions: tuple[str, int], count: int = 1) -> str:
    """Make calibrations with versions of a state that ended on the second of December of a year; returns the last."""
    with app.app_context(), store.act("test:records"):
        who = db.session.scalars(select(Person.id).limit(1)).one()
        for n in range(count):
            number = f"CAL-{versions[0][1]}-{10000 - count + n:05d}"
            _write(number, who, versions)
    return number


def _write(number: str, who: int, versions: tuple[tuple[str, int], ...]) -> None:
    for version, (state, year) in enumerate(versions, 1):
        at = datetime(year, 12, 2, tzinfo=UTC)
        record = Record(kind="calibration", number=number, version=version, state=state, opened_by=who)
        record.opened_at = record.performed_at = record.recorded_at = at
        record.closed_at = None if state == "in progress" else at
        db.session.add(record)
        db.session.flush()


@pytest.mark.parametrize(
    ("versions", "due"),
    [
        ([("closed", 2014)], 1),
        ([("closed", 2014), ("closed", 2015)], 2),
        ([("closed", 2014), ("discontinued", 2015)], 2),
        ([("closed", 2014), ("closed", 2025)], 0),
        ([("closed", 2014), ("in progress", 2015)], 0),
    ],
)
def test_a_number_is_due_with_all_its_versions_or_not_at_all(
    app: Flask, versions: list[tuple[str, int]], due: int
) -> None:
    number = made(app, *versions)
    with app.app_context():
        before = datetime(2016, 1, 1, tzinfo=UTC)
        assert retention.counts("calibration", before) == (due, 0)
        assert [line.number for line in retention.due_page("calibration", before).lines] == [number] * due


def test_a_policy_in_force_is_never_due_nor_is_what_it_replaced(app: Flask) -> None:
    new_policy(app)
    with app.app_context():
        assert retention.counts("policy", datetime(2090, 1, 1, tzinfo=UTC)) == (0, 0)


def test_years_are_a_sound_number_and_changed_with_a_reason(as_: SignedInAs) -> None:
    quinn = as_("Q")
    page = f"{HOME}/kinds/calibration"
    assert quinn.submit(page, {"years": "0", "reason": "x"}).status_code == 422
    assert quinn.submit(page, {"years": "101", "reason": "x"}).status_code == 422
    assert quinn.submit(page, {"years": "10", "reason": ""}).status_code == 422
    assert quinn.submit(page, {"years": "10", "reason": "As the customer asks."}).status_code == 303
    assert quinn.submit(page, {"years": "", "reason": "For ever again."}).status_code == 303
    assert "Calibration for ever" in words(quinn.get(HOME).text)
    assert quinn.get(f"{HOME}/kinds/nothing").status_code == 404


def test_of_two_who_change_the_years_the_second_sees_both(as_: SignedInAs) -> None:
    quinn, page = as_("Q"), f"{HOME}/kinds/calibration"
    seen = quinn.hidden(page, page)
    assert quinn.submit(page, {"years": "10", "reason": "As the customer asks."}).status_code == 303
    late = quinn.submit(page, {**seen, "years": "3", "reason": "Enough."})
    assert late.status_code == 409
    assert "Quinn Bauer, 18 Nov 2026 14:38:00: “10”. Yours: “3”." in late.text
    assert "10 years" in words(quinn.get(HOME).text)


@pytest.mark.clause("ISO 9001 7.5.3.2")
def test_a_hold_by_number_stands_on_the_record_and_in_its_trail(
    app: Flask, as_: SignedInAs, settings: Settings, signed: str
) -> None:
    quinn = as_("Q")
    placed = place(quinn, numbers=signed.lower())
    assert placed.status_code == 303, problems(placed)
    record = as_("T").get(f"/calibration/{signed}").text
    assert "On legal hold since" in record
    assert "Claim of a customer." in record
    assert "Legal hold placed" in record
    assert quinn.submit(placed.location, {"because": ""}).status_code == 422
    assert quinn.submit(placed.location, {"because": "Settled."}).status_code == 303
    record = as_("T").get(f"/calibration/{signed}").text
    assert "On legal hold since" not in record
    assert "Legal hold lifted" in record
    with app.app_context():
        ids = db.session.scalars(select(Record.id).where(Record.number == signed)).all()
        actions = [event.action for event in timeline(ids)]
    assert actions[:2] == ["records:legal-hold:lift", "records:legal-hold:place"]
    with engine_for(settings.database).connect() as connection:
        assert integrity.problems(connection) == []
    assert "Settled." in as_("A").get(placed.location).text


def test_a_hold_by_filter_names_what_fits_and_nothing_made_later(app: Flask, as_: SignedInAs, signed: str) -> None:
    quinn = as_("Q")
    other = start(as_("T", tablet=True), "G-021")
    placed = place(quinn, equipment="g14", since="2026-01-01")
    page = quinn.get(placed.location).text
    assert signed in page
    assert other not in page
    later = start(as_("T", tablet=True), "G-014")
    assert later not in quinn.get(placed.location).text
    assert "On legal hold" not in quinn.get(f"/calibration/{later}/next", follow_redirects=True).text


def holding(app: Flask, number: str) -> list[tuple[int, list[str]]]:
    """Return each version of a record with the reasons for which it is held."""
    with app.app_context():
        found = db.session.scalars(select(Record).where(Record.number == number).order_by(Record.version)).all()
        return [(each.version, [line.reason for line in retention.on_record(each.id)]) for each in found]


def policy_number(app: Flask) -> str:
    """Return the number of the policy."""
    with app.app_context():
        return str(db.session.scalar(select(Record.number).where(Record.kind == "policy").limit(1)))


def test_the_next_version_of_what_is_held_is_held_until_the_hold_is_lifted(
    app: Flask, as_: SignedInAs, settings: Settings
) -> None:
    number = policy_number(app)
    lifted, placed = place(as_("Q"), numbers=number, reason="Settled long ago."), place(as_("Q"), numbers=number)
    assert as_("Q").submit(lifted.location, {"because": "Settled."}).status_code == 303
    new_policy(app)
    assert holding(app, number) == [(1, ["Claim of a customer."]), (2, ["Claim of a customer."])]
    assert as_("Q").submit(placed.location, {"because": "Settled."}).status_code == 303
    assert holding(app, number) == [(1, []), (2, [])]
    with engine_for(settings.database).connect() as connection:
        assert integrity.problems(connection) == []


def test_a_version_that_is_signed_while_its_hold_is_placed_is_held_too(
    app: Flask, as_: SignedInAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = policy_number(app)

    def signed_while_this_one_waits(_ids: list[int]) -> None:
        monkeypatch.undo()
        approve_now()

    monkeypatch.setattr(retention, "_keep_apart", signed_while_this_one_waits)
    assert place(as_("Q"), numbers=number).status_code == 303
    assert holding(app, number) == [(1, ["Claim of a customer."]), (2, ["Claim of a customer."])]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, "Type record numbers, or narrow"),
        ({"numbers": "CAL-1999-00001"}, "There is no record CAL-1999-00001."),
        ({"equipment": "nothing"}, "No equipment has this code."),
        ({"since": "2099-01-01"}, "No record fits."),
        ({"numbers": "CAL-1999-00001", "reason": " "}, "Say why these records must be kept."),
    ],
)
def test_a_hold_that_holds_nothing_is_refused(app: Flask, as_: SignedInAs, typed: dict[str, str], said: str) -> None:
    answer = place(as_("Q"), **typed)
    assert answer.status_code == 422
    assert said in answer.text
    with app.app_context():
        assert db.session.scalars(select(LegalHold)).all() == []


@pytest.mark.parametrize("who", ["S", "A", "D"])
def test_others_see_and_change_nothing(as_: SignedInAs, who: str) -> None:
    client = as_(who)
    assert client.get(HOME).status_code == 200
    assert client.get(f"{HOME}/holds/new").status_code == client.get(f"{HOME}/kinds/calibration").status_code == 403
    assert as_("T").get(HOME).status_code == 403


@pytest.mark.clause("21 CFR 11.10(c)")
@pytest.mark.parametrize("more", [{"kind": "calibration"}, {"equipment": "G-014"}, {"since": "2026-01-01"}])
def test_numbers_and_what_picks_records_are_not_taken_together(
    app: Flask, as_: SignedInAs, signed: str, more: dict[str, str]
) -> None:
    answer = place(as_("Q"), numbers=signed, **more)
    assert answer.status_code == 422
    assert "Type numbers, or choose by kind, equipment and days, not both." in answer.text
    with app.app_context():
        assert db.session.scalars(select(LegalHold)).all() == []


def test_the_page_of_a_record_leads_who_may_to_holding_it(as_: SignedInAs, signed: str) -> None:
    way = f"{HOME}/holds/new?fresh=1&amp;number={signed}"
    quinn, page = as_("Q"), f"/calibration/{signed}"
    assert f'href="{way}"' in quinn.get(page).text
    assert f"{signed}</textarea>" in quinn.get(way.replace("&amp;", "&")).text
    assert "Hold this" in quinn.get("/settings/policy/1").text
    selma = as_("S")
    assert "Hold this" not in selma.get(page).text
    refused = selma.get(way.replace("&amp;", "&"))
    assert refused.status_code == 403
    assert "This can be done by: Quality." in refused.text


def test_a_hold_tells_its_records_each_once_with_its_versions(app: Flask, as_: SignedInAs, signed: str) -> None:
    number, quinn = policy_number(app), as_("Q")
    new_policy(app)
    placed = place(quinn, numbers=f"{signed} {number}")
    page = words(quinn.get(placed.location).text)
    assert "2 records in 3 versions" in page
    assert f"{signed} Calibration G-014 Vernier caliper 0-150 mm 18 Nov 2026 14:38" in page
    assert re.search(rf"{number} 2 versions E-signature policy – \S+ Nov 2026 \S+ Closed", page)
    assert re.search(r"Claim of a customer\. 2 18 Nov 2026", words(quinn.get(HOME).text))


def test_an_amendment_that_was_given_up_changes_nothing_of_what_a_hold_tells(as_: SignedInAs, signed: str) -> None:
    placed, tara = place(as_("Q"), numbers=signed), as_("T")
    (state,) = re.findall(rf"{signed} Calibration .*?\d\d:\d\d (\S+)", words(as_("Q").get(placed.location).text))
    begun = tara.submit(f"/calibration/{signed}/amend", {"kind": "correction", "reason": "150.10 was typed wrong"})
    assert begun.status_code == 303
    assert tara.submit(f"/calibration/{signed}/discontinue", {"reason": "it was right"}).status_code == 303
    page = words(as_("Q").get(placed.location).text)
    assert re.search(rf"{signed} 2 versions Calibration .*?\d\d:\d\d {state} ", page)


def test_lists_of_holds_and_of_what_one_holds_have_pages(app: Flask, as_: SignedInAs) -> None:
    number = made(app, ("closed", 2024), count=PAGE + 2)
    with app.app_context(), store.act("records:legal-hold:place"):
        quinn = db.session.scalars(select(Person.id).where(Person.user_name == "quinn")).one()
        for n in range(PAGE + 2):
            entry = HoldEntry(reason=f"Reason {n}.", numbers=number)
            retention.place(entry, actor=quinn, at=datetime(2026, 11, 20, tzinfo=UTC))
        every = HoldEntry(reason="All.", kind="calibration", since=datetime(2020, 1, 1, tzinfo=UTC))
        held = retention.place(every, actor=quinn, at=datetime(2026, 11, 20, tzinfo=UTC)).id
        retention.lift(1, "Settled.", actor=quinn, at=datetime(2026, 11, 20, tzinfo=UTC))
    amal = as_("A")
    for page, wanted in ((HOME, r"holds/(\d+)"), (f"{HOME}/holds/{held}", r'"/calibration/(CAL-\d+-\d+)"')):
        first = amal.get(page).text
        onward = re.search(r'href="([^"]+)" rel="next"', first)
        assert onward is not None
        second = amal.get(onward[1].replace("&amp;", "&")).text
        seen = [*re.findall(wanted, first), *re.findall(wanted, second)]
        assert len(seen) == len(set(seen)) >= PAGE + 2, page
        if page == HOME:
            assert seen[-1] == "1", "what was lifted comes last"
