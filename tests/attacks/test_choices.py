"""What a form lets choose is all that it takes: another value is refused beside its box, and nothing is kept."""

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from attacks.conftest import Besieged, Form
from attacks.papers import Box
from techfloor.records.models import Record, Signature
from techfloor.store import db
from techfloor.store.trail import ActRow

pytestmark = [pytest.mark.database, pytest.mark.pages]

NOT_OFFERED = ("99999999", "no such", "1' OR '1'='1")
OF_ANOTHER_KIND = {
    "place": ("1.99999", "2.1", ".1", "1.1.1"),
    "machine": ("gauge", "standard"),
    "standard": ("G-001", "S-999"),
    "chosen": ("CAL-P-99|", "|"),
    "area_id": ("0", "-1", "1.0"),
    "idle_minutes": ("0", "600", "-5"),
    "roles": ("root", "administrator "),
}
"""What names something that is there, and is not what this box asks for; a kind stands for the id of one."""
ABOVE_THE_FORM = re.compile(r"results-\d+-function")
"""Choices whose refusal stands above the form: it is of several rows."""


def choices(plant: Besieged) -> Iterator[tuple[Form, Box]]:
    """Give every box that chooses, once for each page."""
    seen = set()
    for form in plant.forms:
        for box in form.paper.boxes.values():
            if box.chooses and (form.door.endpoint, box.name) not in seen:
                seen.add((form.door.endpoint, box.name))
                yield form, box


def sent(form: Form, box: Box, value: str) -> TestResponse:
    """Send the form with another value in this box; a row of results counts where it has numbers."""
    row = box.name.rpartition("-")[0]
    numbers = {f"{row}-{name}": "1" for name in ("reference", "indication")} if row.startswith("results-") else {}
    return form.send(**numbers, **{box.name: value})


def wrong_values(plant: Besieged, box: Box) -> list[str]:
    kinds = plant.ids_by_kind
    return [*NOT_OFFERED, *(kinds.get(value, value) for value in OF_ANOTHER_KIND.get(box.name, ()))]


def taken(plant: Besieged, *, all_of_them: bool) -> list[str]:
    """Send what was not offered, and return what was not refused where it should be."""
    found = []
    for nth, (form, box) in enumerate(choices(plant)):
        values = wrong_values(plant, box)
        if not all_of_them:
            values = [values[-1 - nth % len(values)]] if nth % 2 or box.name in OF_ANOTHER_KIND else []
        for value in values:
            answer = sent(form, box, value)
            if not refused_beside(answer, box.name):
                found.append(f"{form.page} {box.name}={value!r}: {answer.status_code} {said(answer)}")
    return found


def said(answer: TestResponse) -> list[str]:
    summary = answer.text.partition("data-error-summary>")[2].partition("</ul>")[0]
    return re.findall(r"<li>.*?</li>", summary)


def refused_beside(answer: TestResponse, name: str) -> bool:
    if answer.status_code != 422:
        return False
    if ABOVE_THE_FORM.fullmatch(name):
        return any("Choose" in sentence for sentence in said(answer))
    return any(f'href="#{name}"' in sentence for sentence in said(answer))


def acts(plant: Besieged) -> int:
    with plant.app.app_context():
        return db.session.scalar(select(func.max(ActRow.seq))) or 0


def test_what_was_not_offered_is_refused_beside_its_box(plant: Besieged) -> None:
    before = acts(plant)

    assert sum(1 for _choice in choices(plant)) >= 50
    assert taken(plant, all_of_them=False) == []
    assert acts(plant) == before


@pytest.mark.long
def test_nothing_that_was_not_offered_is_taken(plant: Besieged) -> None:
    before = acts(plant)

    assert taken(plant, all_of_them=True) == []
    assert acts(plant) == before


def test_a_calibration_that_is_not_offered_for_review_is_not_signed(plant: Besieged) -> None:
    quinn, names = plant.as_("Q"), plant.doors.names
    told = {"csrf_token": plant.token("Q"), "user_name": quinn.who.user_name, "secret": quinn.secret}
    shown = [f"{names[name]}:{'0' * 64}" for name in ("begun", "closed", "held_back", "performed", "checked")]
    with plant.app.app_context():  # also with what their pages show: none of these is a clean one
        kept = db.session.execute(select(Record.number, Record.content_sha256)).all()
    before = signatures(plant)
    for chosen in [*shown, *(f"{number}:{sha256 or ''}" for number, sha256 in kept), "CAL-2026-99999:0", ":", "x"]:
        assert quinn.post("/calibration/review", data={**told, "chosen": chosen}).status_code == 422, chosen
    assert signatures(plant) == before


def signatures(plant: Besieged) -> int:
    with plant.app.app_context():
        return db.session.scalar(select(func.count(Signature.id))) or 0
