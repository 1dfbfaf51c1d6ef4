"""A slip in a condition of the room: changed with a one-tap reason while it is not signed, and the old value stays."""

import json
import re

import pytest
from bench_work import give_all, place, problems, review, sign, start
from flask import Flask
from plant_client import PlantClient, SignedInAs
from sqlalchemy import select, text

from techfloor import store
from techfloor.duties.calibration.models import Ambient
from techfloor.records.models import RecordContent
from techfloor.store import db

CALIPER = ["0.00", "25.00", "50.05", "100.00", "150.10", "25.00"]


def way_to_temperature(client: PlantClient, number: str) -> str:
    """Return the page that changes the temperature, reached from the reading as a person would."""
    assert f"/calibration/{number}/room" in client.get(place(client, number)).text, (
        "it is reached from any page of the work"
    )
    page = client.get(f"/calibration/{number}/room", follow_redirects=True).text
    ways: list[str] = re.findall(rf"/calibration/{number}/room/\d+", page)
    return ways[0]


@pytest.mark.clause("ISO/IEC 17025 7.5.2")
def test_a_mistyped_temperature_is_changed_and_both_values_stay(app: Flask, as_: SignedInAs) -> None:
    tara, quinn = as_("T", tablet=True), as_("Q")
    number = start(tara, "G-014", {"temperature": "30.2"})
    url = way_to_temperature(tara, number)
    assert problems(tara.submit(url, {"value": "20.3"})) == ["Choose why it is changed."]
    assert tara.submit(url, {"reason": "mistyped", "value": ""}).status_code == 422
    assert tara.submit(url, {"value": "20.3", "reason": "mistyped"}).status_code == 303
    give_all(tara, number, "indication", CALIPER)
    check = " ".join(tara.get(f"/calibration/{number}/check").text.split())
    assert "A condition of the room was corrected" in check
    assert "The room was outside its limits" not in check
    assert sign(tara, number).status_code == 303

    with app.app_context():
        kept = db.session.execute(select(Ambient.value, Ambient.within, Ambient.correction).order_by(Ambient.id)).all()
        content = json.loads(
            db.session.scalars(select(RecordContent.body).where(RecordContent.body.contains(number))).one()
        )
    temperatures = [(str(value), within, why) for value, within, why in kept if str(value) in {"30.2", "20.3"}]
    assert temperatures == [("30.2", False, ""), ("20.3", True, "mistyped")]
    assert content["ambient"][0]["value"] == "20.3"
    (correction,) = content["corrections"]
    assert (correction["from"]["value"], correction["to"]["value"], correction["by"]) == (
        "30.2",
        "20.3",
        "Tara Kowalski",
    )
    assert content["deviations"] == []

    for page in (f"/calibration/{number}/review", f"/calibration/{number}"):
        shown = re.sub(r"<[^>]+>", "", quinn.get(page).text)
        words = " ".join(shown.split())
        assert re.search(r"Temperature: was 30\.2 °C → ?20\.3 °C, mistyped · Tara Kowalski", words), words
    assert review(quinn, number).status_code == 303


def test_who_corrected_the_room_does_not_review_it(as_: SignedInAs, profile: object) -> None:
    profile("regulated")  # type: ignore[operator]
    quinn = as_("Q")
    tara = as_("T", tablet=True)
    number = start(tara, "G-014", {"temperature": "20.9"})
    give_all(tara, number, "indication", CALIPER)
    url = way_to_temperature(tara, number)
    assert quinn.get(url).location == f"/calibration/{number}/take-over", "only who has it under way changes it"
    quinn.submit(f"/calibration/{number}/take-over", {})
    assert quinn.submit(url, {"value": "20.3", "reason": "misread the scale"}).status_code == 303
    tara.submit(f"/calibration/{number}/take-over", {})
    assert sign(tara, number).status_code == 303
    assert f'action="/calibration/{number}/review"' not in quinn.get(f"/calibration/{number}/review").text


def test_a_signed_record_s_room_does_not_change_by_any_way(app: Flask, as_: SignedInAs) -> None:
    tara = as_("T", tablet=True)
    number = start(tara, "G-014")
    url = way_to_temperature(tara, number)
    give_all(tara, number, "indication", CALIPER)
    sign(tara, number)
    hidden = tara.hidden(f"/calibration/{number}", "/display")
    given = {**hidden, "value": "1", "reason": "mistyped"}
    assert "is signed. A signed record does not change" in tara.post(url, data=given).text
    with app.app_context():
        refused = False
        try:
            with store.act("test:room:change"):
                db.session.execute(text("UPDATE calibration_ambient SET value = '1'"))
        except Exception as no:
            refused = "calibration_ambient" in str(no) or "append" in str(no)
        assert refused


@pytest.mark.parametrize("typed", ["21000", "-400"])
def test_a_room_outside_its_limits_is_asked_about(as_: SignedInAs, typed: str) -> None:
    tara = as_("T", tablet=True)
    url = way_to_temperature(tara, start(tara, "G-014"))
    asked = tara.submit(url, {"value": typed, "reason": "mistyped"})
    assert asked.status_code == 422
    assert "Is this right?" in problems(asked)[0]
    assert 'name="confirmed"' in asked.text
    assert tara.submit(url, {"value": typed, "reason": "mistyped", "confirmed": "y"}).status_code == 303
