"""The words of a signed calibration are amended too: its condition, whether it had settled, what was adjusted."""

import json

from amending_work import CALIPER, FAILING, amending, calibrated, correct, words
from bench_work import give_all, problems, sign, start
from flask import Flask
from plant_client import ClockAt, SignedInAs

from techfloor.duties.calibration.queries import records as queries
from techfloor.records.signing import stored_content
from techfloor.said import in_words


def changes(app: Flask, number: str) -> list[tuple[str, str, str]]:
    """Return what the signed content says was changed: what, from, to."""
    with app.app_context():
        found = json.loads(stored_content(queries.standing_row(number).id))["amendment"]["changes"]
        return [(in_words(each["what"]), in_words(each["from"]), in_words(each["to"])) for each in found]


def test_the_condition_and_that_it_had_not_settled_are_amended(app: Flask, as_: SignedInAs, clock_at: ClockAt) -> None:
    tara = as_("T", tablet=True)
    number = calibrated(tara)
    amending(tara, number, reason="the jaw was chipped already")
    page = tara.get(f"/calibration/{number}/words").text
    assert 'value="complete and readable" checked' in page, "what stands there is shown"
    given = {"condition": "damaged", "damage": "jaw chipped", "soaked": "", "reason": "seen on the photo"}
    clock_at("2026-11-20T10:07:08")
    assert tara.submit(f"/calibration/{number}/words", given).status_code == 303
    assert "Condition was complete and readable damaged: jaw chipped" in words(
        tara.get(f"/calibration/{number}/check").text
    )
    clock_at("2026-11-20T10:09:10")
    assert sign(tara, number).status_code == 303
    page = words(tara.get(f"/calibration/{number}").text)
    assert "damaged: jaw chipped Tara Kowalski 20 Nov 2026 10:07:08 Seen on the photo" in page, (
        "its own reason and time"
    )
    assert "was complete and readable, yes → damaged: jaw chipped, no" in page, "also in the timeline"
    assert changes(app, number) == [
        ("condition", "complete and readable", "damaged: jaw chipped"),
        ("settled beside the standard", "yes", "no"),
    ]


def test_what_was_adjusted_is_amended(app: Flask, as_: SignedInAs) -> None:
    tara = as_("T", tablet=True)
    number = start(tara, "G-014")
    give_all(tara, number, "indication", FAILING)
    assert tara.submit(f"/calibration/{number}/adjust", {"adjusted": "yes", "words": "gib screw"}).status_code == 303
    give_all(tara, number, "indication", CALIPER)
    assert sign(tara, number).status_code == 303
    amending(tara, number, reason="it was the lock screw")
    given = {"condition": "", "damage": "", "soaked": "y", "adjustment": " ", "reason": "asked Tara"}
    assert problems(tara.submit(f"/calibration/{number}/words", given)) == ["Enter what was adjusted."]
    assert tara.submit(f"/calibration/{number}/words", given | {"adjustment": "lock screw"}).status_code == 303
    assert sign(tara, number).status_code == 303
    assert changes(app, number) == [("what was adjusted", "gib screw", "lock screw")]


def test_an_amendment_asks_why_a_word_is_changed(as_: SignedInAs) -> None:
    tara = as_("T", tablet=True)
    number = calibrated(tara)
    amending(tara, number, reason="150.10 was typed")
    given = {"condition": "damaged", "damage": "jaw chipped", "soaked": "y"}
    assert problems(tara.submit(f"/calibration/{number}/words", given)) == ["Enter why it is changed."]
    same = {"condition": "complete and readable", "damage": "", "soaked": "y"}
    assert tara.submit(f"/calibration/{number}/words", same).status_code == 303, "the same said again needs none"


def test_what_was_not_stated_is_no_struck_dash(as_: SignedInAs) -> None:
    tara = as_("T", tablet=True)
    number = start(tara, "G-014", condition="")
    give_all(tara, number, "indication", CALIPER)
    assert sign(tara, number).status_code == 303
    amending(tara, number, reason="its condition was left out")
    given = {"condition": "complete and readable", "soaked": "y", "reason": "seen on the photo"}
    assert tara.submit(f"/calibration/{number}/words", given).status_code == 303
    assert "Condition not stated complete and readable" in words(tara.get(f"/calibration/{number}/check").text)


def test_the_verdict_follows_from_the_value_that_was_changed(app: Flask, as_: SignedInAs, clock_at: ClockAt) -> None:
    tara = as_("T", tablet=True)
    number = calibrated(tara, FAILING)
    amending(tara, number)
    clock_at("2026-11-20T10:07:08")
    correct(app, tara, number, "150.10")
    shown = words(tara.get(f"/calibration/{number}/check").text)
    assert "Verdict as found was fail pass Tara Kowalski 20 Nov 2026 10:07:08 It follows from the values" in shown


def test_the_condition_is_said_on_the_check_page_before_it_is_signed(as_: SignedInAs) -> None:
    tara = as_("T", tablet=True)
    number = start(tara, "G-014", condition="")
    give_all(tara, number, "indication", CALIPER)
    page = tara.get(f"/calibration/{number}/check").text
    assert "Condition not stated" in words(page)
    assert "Say the condition" in page
    given = {"condition": "complete and readable", "soaked": "y"}
    assert tara.submit(f"/calibration/{number}/words", given).status_code == 303, "what nobody said needs no reason"
    shown = words(tara.get(f"/calibration/{number}/check").text)
    assert "Condition complete and readable" in shown
    assert "words were changed" not in shown, "it was said for the first time"


def test_a_condition_that_was_said_is_changed_with_a_reason_and_looked_at(app: Flask, as_: SignedInAs) -> None:
    tara = as_("T", tablet=True)
    number = start(tara, "G-014", condition="complete and readable")
    give_all(tara, number, "indication", CALIPER)
    given = {"condition": "damaged", "damage": "jaw chipped", "soaked": "y"}
    url = f"/calibration/{number}/words"
    assert problems(tara.submit(url, given)) == ["Enter why it is changed."]
    assert tara.submit(url, {**given, "reason": "overlooked"}).status_code == 303
    assert sign(tara, number).status_code == 303
    shown = words(as_("Q").get(f"/calibration/{number}/review").text)
    assert "Its words were changed before it was signed" in shown
    assert "was complete and readable → damaged: jaw chipped , overlooked · Tara Kowalski" in shown
    with app.app_context():
        kept = json.loads(stored_content(queries.standing_row(number).id))["corrections"]
    assert [(in_words(each["from"]), in_words(each["to"]), each["reason"]) for each in kept] == [
        ("complete and readable", "damaged: jaw chipped", "overlooked")
    ]


def test_an_amendment_that_is_not_finished_says_that_it_ended(as_: SignedInAs) -> None:
    tara = as_("T", tablet=True)
    number = calibrated(tara)
    amending(tara, number)
    answer = tara.submit(f"/calibration/{number}/discontinue", {"reason": "nothing was wrong"}, follow_redirects=True)
    assert "The amendment is ended. Version 1 stands as before." in answer.text
