"""Nobody's signature stands under other content than was shown, also when a value is corrected at the same moment."""

import re
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from bench_work import give_all, place, start
from flask import Flask
from flask.testing import FlaskClient
from plant_client import PlantClient, SignedInAs, read_forms
from sqlalchemy import select
from werkzeug.test import TestResponse

from techfloor import clock
from techfloor.duties.calibration.actions.signing import preview
from techfloor.duties.calibration.queries.bench import bench_of
from techfloor.people.proof import Proof
from techfloor.people.signing_secret import prove as prove_it
from techfloor.places.queries import read_plant
from techfloor.records import signing, signing_page
from techfloor.records.models import Record
from techfloor.store import db
from techfloor.store.acts import new_id

READINGS = ["0.00", "25.00", "50.05", "100.00", "150.10", "25.00"]


@dataclass
class Round:
    """What came of one signature and one correction that began together."""

    signed: int
    corrected: int
    problem: str


def finished(client: PlantClient) -> tuple[str, str]:
    """Do a calibration up to its signature; return its number and the id of its first reading."""
    number = start(client, "G-014")
    first = client.submit(place(client, number), {"indication": READINGS[0]})
    reading = re.search(r"after=(\d+)", first.location)[1]  # type: ignore[index]
    give_all(client, number, "indication", READINGS[1:])
    client.submit(f"/calibration/{number}/adjust", {"adjusted": "no", "words": ""})
    return number, reading


class Hand:
    """One of two tablets of the same person, whose form is filled in and waits to be sent."""

    def __init__(self, app: Flask, client: PlantClient, page: str, action: str, typed: dict[str, str]) -> None:
        self.client = FlaskClient(app, app.response_class)
        self.client._cookies = dict(client._cookies)  # type: ignore[arg-type]
        answer = self.client.get(page)
        assert answer.status_code == 200, answer.location
        self.hidden = next(form for form in read_forms(answer.text) if form.action == action).hidden
        self.action, self.typed, self.status, self.moment = action, typed, 0, clock.now()

    def send(self, begin: Callable[[], object]) -> None:
        """Send the form once both are ready."""
        with clock.set_to(self.moment):  # each thread has a context of its own
            begin()
            answer: TestResponse = self.client.post(
                self.action, data={**self.hidden, **self.typed, "entry_key": new_id()}
            )
            self.status = answer.status_code


class Race:
    """Rounds on one calibration after the other; `proven` is where a signature waits once its PIN was checked."""

    def __init__(self, app: Flask, client: PlantClient, monkeypatch: pytest.MonkeyPatch) -> None:
        self.app, self.client = app, client
        self.begin, self.after_pin = threading.Barrier(2), False
        really, race = prove_it, self

        def prove(*given: object) -> Proof:
            proof = really(*given)  # type: ignore[arg-type]
            if race.after_pin:
                race.begin.wait(20)
            return proof

        monkeypatch.setattr(signing_page, "prove", prove)

    def run(self, rounds: int) -> list[Round]:
        """Race as often."""
        found, number, reading = [], "", ""
        for n in range(rounds):
            if not number:
                number, reading = finished(self.client)
            self.after_pin = n % 3 > 0  # the PIN takes longer than all the rest: else the correction always wins
            done = self._one(number, reading, READINGS[0] if n % 2 else "0.05")
            found.append(done)
            if done.signed == 303:
                number = ""
            else:
                answer = self.client.get(f"/calibration/{number}/check").text
                reading = max(re.findall(rf"/calibration/{number}/correct/(\d+)", answer), key=int)
        return found

    def _one(self, number: str, reading: str, value: str) -> Round:
        here, change = f"/calibration/{number}", f"/calibration/{number}/correct/{reading}"
        sign = Hand(self.app, self.client, f"{here}/check", f"{here}/sign", {"secret": self.client.secret})
        correct = Hand(self.app, self.client, change, change, {"indication": value, "reason": "mistyped"})
        hands = [(sign, (lambda: None) if self.after_pin else self._wait), (correct, self._wait)]
        threads = [threading.Thread(target=hand.send, args=(begin,)) for hand, begin in hands]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        return Round(sign.status, correct.status, self._problem(number, sign))

    def _wait(self) -> None:
        self.begin.wait(20)

    def _problem(self, number: str, sign: Hand) -> str:
        """Return what is wrong with the signature, '' where what was shown was signed, and is what is kept."""
        with self.app.app_context():
            signed = db.session.scalars(select(Record.content_sha256).where(Record.number == number)).one()
            plant = read_plant(db.session())
            assert plant is not None
            kept = preview(bench_of(number), plant).sha256
            db.session.remove()
        if (signed is not None) != (sign.status == 303):
            return f"answered {sign.status}, signed: {signed is not None}"
        if signed is not None and signed != sign.hidden["shown"]:
            return "signed is not what was shown"
        return "signed is not what is kept" if signed is not None and signed != kept else ""


@pytest.mark.timeout(900)
def test_no_signature_stands_under_other_content_than_was_shown(
    app: Flask, as_: SignedInAs, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    found = Race(app, as_("T", tablet=True), monkeypatch).run(200 if request.config.getoption("--long") else 5)
    answers = Counter((each.signed, each.corrected) for each in found)
    print(dict(answers))
    assert [each.problem for each in found if each.problem] == []
    assert {303, 500}.isdisjoint({each.corrected for each in found if each.signed == 303})
    assert 500 not in {each.signed for each in found}


def test_without_the_lock_and_the_comparison_other_content_is_signed(
    app: Flask, as_: SignedInAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: without them the same race must sign what nobody saw, or it would show nothing."""
    really = signing.fix_content
    monkeypatch.setattr(signing, "locked", lambda record_id: db.session.get_one(Record, record_id))
    monkeypatch.setattr(signing, "fix_content", lambda record, content, _shown: really(record, content, content.sha256))
    found = Race(app, as_("T", tablet=True), monkeypatch).run(3)
    assert "signed is not what was shown" in {each.problem for each in found}
