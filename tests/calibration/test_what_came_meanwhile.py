"""What was committed while an act waited to be alone with its record counts in that act."""

from collections.abc import Callable

import pytest
from amending_work import FAILING, amending, calibrated, correct
from bench_work import problems, review
from flask import Flask
from plant_client import PlantClient, SignedInAs
from sqlalchemy import select

from techfloor import clock
from techfloor.duties.calibration.actions import signing as signing_acts
from techfloor.duties.calibration.queries import bench
from techfloor.duties.calibration.queries import records as queries
from techfloor.people.models import Person
from techfloor.people.proof import Proof, by_password
from techfloor.places.queries import read_plant
from techfloor.store import db
from techfloor.store.acts import now_writing

Meanwhile = Callable[[Callable[[], object]], None]


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Meanwhile:
    """Let something stand there as soon as an act is alone with its record."""

    def let(happen: Callable[[], object]) -> None:
        left = [happen]

        def alone(_what: str) -> None:
            if left and now_writing():
                left.pop()()

        monkeypatch.setattr(bench, "alone", alone)
        monkeypatch.setattr(signing_acts, "alone", alone)

    return let


def signs(client: PlantClient, number: str) -> Callable[[], object]:
    """Return the signature of what is worked on, by who is signed in there."""

    def sign() -> object:
        plant = read_plant(db.session())
        who = db.session.scalars(select(Person).where(Person.user_name == client.who.user_name)).one()
        assert plant is not None
        proof = Proof(who.id, who.name, by_password(named=True), clock.now(), plant.zone)
        shown = signing_acts.preview(bench.bench_of(number), plant).sha256
        return signing_acts.sign_performed(number, proof, plant, shown_sha256=shown)

    return sign


@pytest.mark.clause("21 CFR 11.10(f)")
def test_a_review_accepts_no_amendment_that_its_reviewer_has_not_seen(
    app: Flask, as_: SignedInAs, meanwhile: Meanwhile
) -> None:
    tara, quinn = as_("T", tablet=True), as_("Q")
    number = calibrated(tara)
    opened = quinn.hidden(f"/calibration/{number}/review", f"/calibration/{number}/review")
    amending(tara, number)
    correct(app, tara, number, "150.05")
    meanwhile(signs(tara, number))
    refused = review(quinn, number, **opened)
    assert refused.status_code == 422
    assert problems(refused) == ["The record changed after this page was opened. Look at it again, then sign."]
    with app.app_context():
        assert queries.version_row(number, 1).state == "performed"


def test_a_look_back_that_was_closed_meanwhile_keeps_its_words(
    app: Flask, as_: SignedInAs, meanwhile: Meanwhile
) -> None:
    number = calibrated(as_("T", tablet=True), FAILING)

    def close() -> None:
        at, actor = clock.now(), db.session.scalars(select(Person.id).limit(1)).one()
        signing_acts.close_look_back(number, "unaffected", "The first one's words.", actor=actor, at=at)

    meanwhile(close)
    given = {"outcome": "unaffected", "looked": "The second one's words."}
    answer = as_("Q").submit(f"/calibration/{number}/look-back", given)
    assert problems(answer) == [f"No look-back is open for {number}."]


def test_a_list_is_reviewed_in_one_order_whatever_order_it_was_ticked_in(
    as_: SignedInAs, monkeypatch: pytest.MonkeyPatch, profile: Callable[[str], None]
) -> None:
    profile("regulated")
    tara, quinn = as_("T", tablet=True), as_("Q")
    numbers = [calibrated(tara) for _ in range(3)][1:]
    page = quinn.get("/calibration/review?show=clean").text
    chosen = [next(v for v in page.split('"') if v.startswith(f"{number}:")) for number in reversed(numbers)]
    form = quinn.hidden("/calibration/review?show=clean", "/calibration/review")
    asked: list[str] = []

    def standing(number: str) -> bench.Bench:
        asked.append(number)
        return bench.standing_bench(number)

    monkeypatch.setattr(signing_acts, "standing_bench", standing)
    given = {**form, "user_name": quinn.who.user_name, "secret": quinn.secret, "chosen": chosen}
    assert quinn.post("/calibration/review", data=given).status_code == 303
    assert list(dict.fromkeys(asked)) == numbers
