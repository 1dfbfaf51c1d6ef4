"""The words of a signed calibration are amended too: its condition, whether it had settled, what was adjusted."""

import json

import pytest
from amending_work import CALIPER, FAILING, amending, calibrated, words
from bench_work import give_all, problems, sign, start
from flask import Flask
from plant_client import SignedInAs

from techfloor.duties.calibration import queries
from techfloor.records.signing import stored_content
from techfloor.said import in_words


def changes(app: Flask, number: str) -> list[tuple[str, str, str]]:
    """Return what the signed content says was changed: what, from, to."""
    with app.app_context():
        found = json.loads(stored_content(queries.standing_row(number).id))["amendment"]["changes"]
        return [(in_words(each["what"]), in_words(each["from"]), in_words(each["to"])) for each in found]


def test_the_condition_and_that_it_had_not_settled_are_amended(app: Flask, as_: SignedInAs) -> None:
    tara = as_("T", tablet=True)
    number = calibrated(tara)
    amending(tara, number, reason="the jaw was chipped already")
    page = tara.get(f"/calibration/{number}/words").text
    assert 'value="complete and readable" checked' in page, "what stands there is shown"
    given = {"condition": "damaged", "damage": "jaw chipped", "soaked": ""}
    assert tara.submit(f"/calibration/{number}/words", given).status_code == 303
    assert "Condition was complete and readable damaged: jaw chipped" in words(
        tara.get(f"/calibration/{number}/check").text
    )
    assert sign(tara, number).status_code == 303
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
    given = {"condition": "", "damage": "", "soaked": "y", "adjustment": " "}
    assert problems(tara.submit(f"/calibration/{number}/words", given)) == ["Enter what was adjusted."]
    assert tara.submit(f"/calibration/{number}/words", given | {"adjustment": "lock screw"}).status_code == 303
    assert sign(tara, number).status_code == 303
    assert changes(app, number) == [("what was adjusted", "gib screw", "lock screw")]


@pytest.mark.pages
def test_a_first_version_says_them_where_it_is_begun(as_: SignedInAs) -> None:
    tara = as_("T", tablet=True)
    number = start(tara, "G-014")
    assert tara.get(f"/calibration/{number}/words").status_code == 303
