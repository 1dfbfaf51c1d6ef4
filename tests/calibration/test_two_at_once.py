"""Two people at one record at the same moment, in two sessions: one deed stands, and the other is told."""

import pytest
from amending_work import FAILING, amending, calibrated, correct
from bench_work import problems
from crossing import Crossing, Hand
from databases import Keeper
from flask import Flask
from plant_client import PlantClient, SignedInAs
from sqlalchemy import select

from techfloor.duties.calibration.actions import outcome
from techfloor.duties.calibration.actions import signing as signing_acts
from techfloor.duties.calibration.models import LOOK_BACK, REVIEW
from techfloor.duties.calibration.queries import bench
from techfloor.duties.calibration.queries import records as queries
from techfloor.records import retention, signing, tasks, versions
from techfloor.records import reviewing as review_acts
from techfloor.records.integrity import problems as found_wrong
from techfloor.records.models import LegalHold, LegalHoldLine, Record, Signature, Task
from techfloor.settings import Settings
from techfloor.store import db

CHANGED = "The record changed after this page was opened. Look at it again, then sign."


@pytest.fixture
def crossing(settings: Settings, keeper: Keeper, monkeypatch: pytest.MonkeyPatch) -> Crossing:
    """Two requests, of which the first stops until the second waits for it."""
    return Crossing(settings, keeper, monkeypatch)


@pytest.fixture
def on_server(settings: Settings) -> None:
    """Leave it to the database that lets two write at once."""
    if settings.database_file:
        pytest.skip("SQLite lets one write at a time, whatever the program locks")


@pytest.fixture
def unlocked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the locks away that keep two sessions apart."""

    def record(record_id: int) -> Record:
        return db.session.get_one(Record, record_id)

    monkeypatch.setattr(bench, "alone", lambda _what: None)
    monkeypatch.setattr(signing_acts, "alone", lambda _what: None)
    monkeypatch.setattr(signing, "locked", record)
    monkeypatch.setattr(retention, "_keep_apart", lambda _ids: None)


def reviewing(app: Flask, client: PlantClient, number: str, outcome: str) -> Hand:
    """Return a filled review."""
    who = {"user_name": client.who.user_name, "secret": client.secret}
    page = f"/calibration/{number}/review"
    return Hand(app, client, page, page, {**who, "outcome": outcome, "remark": "The jaws are dirty."})


def given(number: str) -> list[str]:
    """Return the meanings under which a record was signed."""
    wanted = select(Signature.meaning).join(Record, Record.id == Signature.record_id).where(Record.number == number)
    return list(db.session.scalars(wanted.order_by(Signature.id)))


@pytest.mark.clause("21 CFR 11.10(f)")
def test_of_two_reviewers_at_once_one_decides(app: Flask, as_: SignedInAs, crossing: Crossing) -> None:
    number = calibrated(as_("T", tablet=True))
    one, two = reviewing(app, as_("Q"), number, "reject"), reviewing(app, as_("S"), number, "accept")
    first, second = crossing.run(one, two, stop_after=(review_acts, "move"))
    assert (first.status_code, second.status_code, crossing.waited) == (303, 422, True)
    assert problems(second) == [f"{number} does not wait for a review."]
    with app.app_context():
        assert given(number) == ["performed", "rejected"]
        assert queries.standing_row(number).state == "rejected"
        assert found_wrong(db.session.connection()) == []


def test_without_the_locks_two_reviewers_both_decide(
    app: Flask, as_: SignedInAs, on_server: None, unlocked: None, crossing: Crossing
) -> None:
    number = calibrated(as_("T", tablet=True))
    one, two = reviewing(app, as_("Q"), number, "accept"), reviewing(app, as_("S"), number, "reject")
    crossing.run(one, two, stop_after=(review_acts, "sign"))
    with app.app_context():
        assert sorted(given(number)) == ["performed", "rejected", "reviewed"]


def test_a_review_waits_for_the_signature_of_an_amendment_and_is_told(
    app: Flask, as_: SignedInAs, crossing: Crossing
) -> None:
    tara, quinn = as_("T", tablet=True), as_("Q")
    number = calibrated(tara)
    second = reviewing(app, quinn, number, "accept")
    amending(tara, number)
    correct(app, tara, number, "150.05")
    here = f"/calibration/{number}"
    first = Hand(app, tara, f"{here}/check", f"{here}/sign", {"secret": tara.secret})
    signed, reviewed = crossing.run(first, second, stop_after=(outcome, "after_performed"))
    assert (signed.status_code, reviewed.status_code, crossing.waited) == (303, 422, True)
    assert problems(reviewed) == [CHANGED]
    with app.app_context():
        assert queries.version_row(number, 1).state == queries.version_row(number, 2).state == "performed"
        assert tasks.is_open([queries.version_row(number, 2).id], REVIEW)
        assert found_wrong(db.session.connection()) == []


def test_of_two_who_close_a_look_back_at_once_the_second_is_told(
    app: Flask, as_: SignedInAs, crossing: Crossing
) -> None:
    number = calibrated(as_("T", tablet=True), FAILING)
    page = f"/calibration/{number}/look-back"
    one, two = (
        Hand(app, as_("Q"), page, page, {"outcome": "unaffected", "looked": words}) for words in ("First.", "Second.")
    )
    first, second = crossing.run(one, two, stop_after=(tasks, "open_of"))
    assert (first.status_code, second.status_code, crossing.waited) == (303, 422, True)
    assert problems(second) == [f"No look-back is open for {number}."]
    with app.app_context():
        (said,) = db.session.scalars(select(Task.outcome).where(Task.kind == LOOK_BACK))
        assert "First." in (said or "")


# Legal holds


@pytest.fixture
def held(as_: SignedInAs) -> tuple[str, str]:
    """A signed calibration on legal hold: its number, and the page of the hold."""
    number, page = calibrated(as_("T", tablet=True)), "/settings/retention/holds/new"
    placed = as_("Q").submit(page, {"reason": "Claim.", "numbers": number, "kind": "", "equipment": ""})
    assert placed.status_code == 303, problems(placed)
    return number, str(placed.location)


def amends(app: Flask, client: PlantClient, number: str) -> Hand:
    """Return a filled amendment."""
    page = f"/calibration/{number}/amend"
    return Hand(app, client, page, page, {"kind": "correction", "reason": "Mistyped."})


def kept_by(number: str) -> list[tuple[int, bool, bool]]:
    """Return (version, whether its line holds, whether the hold does) of every line on a number."""
    rows = db.session.execute(
        select(Record.version, LegalHoldLine.lifted_at, LegalHold.lifted_at)
        .join(LegalHoldLine, LegalHoldLine.record_id == Record.id)
        .join(LegalHold, LegalHold.id == LegalHoldLine.hold_id)
        .where(Record.number == number)
        .order_by(Record.version)
    )
    return [(version, line is None, hold is None) for version, line, hold in rows]


def test_a_hold_that_is_lifted_while_a_version_is_opened_is_lifted_of_that_too(
    app: Flask, as_: SignedInAs, on_server: None, crossing: Crossing, held: tuple[str, str]
) -> None:
    number, hold = held
    one, two = amends(app, as_("T", tablet=True), number), Hand(app, as_("Q"), hold, hold, {"because": "Settled."})
    first, second = crossing.run(one, two, stop_after=(versions, "carry_on"))
    assert (first.status_code, second.status_code, crossing.waited) == (303, 303, True)
    with app.app_context():
        assert kept_by(number) == [(1, False, False), (2, False, False)]


def test_a_version_that_is_opened_while_its_hold_is_lifted_is_not_held(
    app: Flask, as_: SignedInAs, on_server: None, crossing: Crossing, held: tuple[str, str]
) -> None:
    number, hold = held
    one, two = Hand(app, as_("Q"), hold, hold, {"because": "Settled."}), amends(app, as_("T", tablet=True), number)
    first, second = crossing.run(one, two, stop_after=(retention, "lift"))
    assert (first.status_code, second.status_code, crossing.waited) == (303, 303, True)
    with app.app_context():
        assert kept_by(number) == [(1, False, False)]


def test_a_hold_that_is_placed_while_a_version_is_opened_holds_that_too(
    app: Flask, as_: SignedInAs, on_server: None, crossing: Crossing
) -> None:
    number, page = calibrated(as_("T", tablet=True)), "/settings/retention/holds/new"
    typed = {"reason": "Claim.", "numbers": number, "kind": "", "equipment": ""}
    one, two = amends(app, as_("T", tablet=True), number), Hand(app, as_("Q"), page, page, typed)
    first, second = crossing.run(one, two, stop_after=(versions, "carry_on"))
    assert (first.status_code, second.status_code, crossing.waited) == (303, 303, True)
    with app.app_context():
        assert kept_by(number) == [(1, True, True), (2, True, True)]


def test_without_its_lock_a_hold_that_is_placed_misses_the_version_that_is_opened(
    app: Flask, as_: SignedInAs, on_server: None, unlocked: None, crossing: Crossing
) -> None:
    number, page = calibrated(as_("T", tablet=True)), "/settings/retention/holds/new"
    typed = {"reason": "Claim.", "numbers": number, "kind": "", "equipment": ""}
    one, two = amends(app, as_("T", tablet=True), number), Hand(app, as_("Q"), page, page, typed)
    crossing.run(one, two, stop_after=(versions, "carry_on"))
    with app.app_context():
        assert kept_by(number) == [(1, True, True)]
