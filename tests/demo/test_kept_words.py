"""What the program itself writes into the rows of the demo plant: keys and facts, never a sentence of one language."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from techfloor import said
from techfloor.duties.calibration.actions.work import CORRECTIONS
from techfloor.duties.calibration.content import OUTSIDE_TITLE
from techfloor.duties.calibration.models import Calibration, Reading
from techfloor.duties.gauge_studies import queries as studies
from techfloor.duties.in_use_checks import months
from techfloor.duties.in_use_checks.rules import Every, Outcome
from techfloor.equipment.models import EquipmentHold, EquipmentLog, StandardCertificate
from techfloor.measures.decision import Verdict
from techfloor.measures.gauge_study import Source
from techfloor.people.models import Person
from techfloor.records.models import RecordContent, Signature, Task
from techfloor.store import Table, db

pytestmark = pytest.mark.pages

CERTIFICATE = "Calibration certificate (in-house, not accredited)"
DEMO = Path(said.__file__).parent / "cli" / "demo"
FIELD = re.compile(r"\S*|[+−-]?[\d.]+ \S+( to [\d.]+ \S+)?|-?[\d.]+ … [\d.]+ \S+|< [\d.]+|\[.*\]")
"""One word or a code, a number with its unit, limits, or a place as JSON."""
CODE = re.compile(r"[A-Z]+-\d+ ")
"""What stands before the words of a piece that somebody named."""
WORDS = {Verdict.conditional_pass, Verdict.conditional_fail, "in house", "not given", "same as found", "does not go"}
WORDS |= {*CORRECTIONS, *Source, "part x appraiser", *Every, Outcome.NOT_USED, studies.KIND, months.KIND}
"""Words of a field that the code knows by two words or more."""

READY_MADE = DEMO.parent.parent / "duties" / "calibration" / "rules" / "ready_made.toml"
TOLD_IN_CODE = {"extras.py", "numbers.py", "load_outside.py", "load_equipment.py", "load_calibrations.py"}
WORDY = {"words", "lift_words", "outcome", "method", "remark", "uncertainty_text", "condition", "adjustment"}
WORDY |= {"deviations", "exceptions", "cannot_measure", "note", "correction"}
"""The columns that take words."""
TOLD = (EquipmentLog, EquipmentHold, Task, Signature, StandardCertificate, Calibration, Reading)


@pytest.fixture
def with_history() -> bool:
    return True


@pytest.fixture
def typed(app: Flask) -> str:
    """Everything that somebody typed in the story of the demo plant, and the names of its people."""
    files = [f for f in (*DEMO.rglob("*"), READY_MADE) if f.suffix in {".toml", ".json"} or f.name in TOLD_IN_CODE]
    story = " ".join(f.read_text(encoding="utf-8") for f in files)
    with app.app_context():
        names = " ".join(db.session.scalars(select(Person.name)))
    return " ".join(f"{story} {names}".split())


def texts(row: Table) -> Iterator[tuple[str, Any]]:
    """Return the texts and the plain data of a row."""
    for column in row.__table__.columns:
        value = getattr(row, column.key)
        if column.key in WORDY:
            yield column.key, value


def sentences(value: Any, typed: str) -> Iterator[str]:
    """Return what is neither a key, a fact, nor typed by somebody of the story."""
    found = said.read(value) if isinstance(value, str) else value
    if isinstance(found, dict):
        if "say" in found and found["say"] not in said.sentences | said.tellers:
            yield f"no sentence for {found['say']}"
        for name, inner in found.items():
            yield from sentences(inner, typed) if name != "say" else ()
    elif isinstance(found, list):
        for each in found:
            yield from sentences(each, typed)
    elif isinstance(value, str) and value not in WORDS and not FIELD.fullmatch(value):
        yield from (part for part in value.split(", ") if CODE.sub("", " ".join(part.split())) not in typed)


@pytest.mark.parametrize("table", TOLD, ids=lambda table: table.__tablename__)
def test_a_row_keeps_keys_facts_and_what_was_typed(app: Flask, typed: str, table: type[Table]) -> None:
    with app.app_context():
        rows = list(db.session.scalars(select(table)))
        wrong = {f"{name}: {found}" for row in rows for name, text in texts(row) for found in sentences(text, typed)}
    assert rows, "the demo plant has such rows"
    assert not wrong


def test_every_event_of_a_log_has_its_word_in_the_reader_s_language(app: Flask) -> None:
    with app.app_context():
        events = set(db.session.scalars(select(EquipmentLog.event)))
    plain = {event for event in events if said.read(event) is None}
    assert {"calibrated", "held", "entered"} <= plain
    assert {event for event in plain if f"event.{event}" not in said.sentences} == set()


def test_what_was_signed_holds_keys_facts_and_what_was_typed(app: Flask, typed: str) -> None:
    with app.app_context():
        bodies = [json.loads(body) for body in db.session.scalars(select(RecordContent.body))]
    assert len(bodies) > 100
    titles = {str(body.pop("title")) for body in bodies if body["kind"] == "calibration"}
    assert titles == {CERTIFICATE, str(OUTSIDE_TITLE)}, "the plant's own words, from its settings, or a key"
    assert not {found for body in bodies for found in sentences(body, typed)}


def test_a_sentence_of_the_program_would_be_found(typed: str) -> None:
    assert list(sentences("expected back 1 Dec 2026: order 12", typed))
    assert list(sentences({"say": "equipment.why", "words": "no fixed place", "reason": "x"}, typed))
    assert not list(sentences("CAL-2026-00001", typed))
