"""Doing a gauge study as people do it, through the pages: what the scenarios share."""

import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask import Flask
from plant_client import PlantClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from techfloor import clock, store
from techfloor.cli.demo import cast
from techfloor.duties.gauge_studies import actions, queries
from techfloor.duties.gauge_studies.actions import By
from techfloor.duties.gauge_studies.rules import Call
from techfloor.people.models import Person
from techfloor.places.queries import read_plant
from techfloor.records.models import Record, RecordContent
from techfloor.store import db

GAUGE = "G-014"
VARIABLE = {
    "subject": "diameter 25 of the shaft",
    "function": "outside",
    "basis": "product",
    "lower": "24.00",
    "upper": "26.00",
    "labels": "\n".join(str(n) for n in range(1, 6)),
    "repeats": "2",
}
ATTRIBUTE = {"subject": "burr at the rim", "good": "A\nC\nD\nF", "bad": "B\nE", "repeats": "2"}

Read = Mapping[str, Sequence[str]]
"""What somebody reads on each part, in the order of the repeats."""
READ: Mapping[str, Read] = {
    "T": {
        "1": ("24.30", "24.35"),
        "2": ("25.10", "25.10"),
        "3": ("24.80", "24.75"),
        "4": ("25.60", "25.60"),
        "5": ("24.05", "24.05"),
    },
    "O": {
        "1": ("24.35", "24.35"),
        "2": ("25.15", "25.10"),
        "3": ("24.80", "24.80"),
        "4": ("25.65", "25.60"),
        "5": ("24.10", "24.05"),
    },
    "S": {
        "1": ("24.30", "24.30"),
        "2": ("25.10", "25.05"),
        "3": ("24.75", "24.80"),
        "4": ("25.60", "25.55"),
        "5": ("24.05", "24.05"),
    },
}
"""Three people who read five parts twice with a caliper that shows 0.05."""
JUDGED: Mapping[str, Read] = {
    "T": {part: (("fail", "fail") if part in "BE" else ("pass", "pass")) for part in "ABCDEF"},
    "O": {
        **dict.fromkeys("ACD", ("pass", "pass")),
        "F": ("pass", "fail"),
        "B": ("fail", "fail"),
        "E": ("pass", "pass"),
    },
}
"""Tara is always right; Otto passes the bad part E, and judges F in two ways."""


def persons(app: Flask, keys: Sequence[str]) -> list[str]:
    """Return the ids of people of the cast, as the form takes them."""
    with app.app_context():
        found = {row.user_name: row.id for row in db.session.execute(select(Person.user_name, Person.id))}
    return [str(found[cast.person(key).user_name]) for key in keys]


def set_up(
    app: Flask, quinn: PlantClient, keys: Sequence[str] = ("T", "O"), *, kind: str = "new", **other: str
) -> TestResponse:
    """Set up a study of the caliper with these appraisers."""
    typed = VARIABLE if kind == "new" else ATTRIBUTE
    return quinn.submit(f"/studies/gauges/{GAUGE}/{kind}", {**typed, "appraisers": persons(app, keys), **other})


def begun(app: Flask, quinn: PlantClient, keys: Sequence[str] = ("T", "O"), *, kind: str = "new", **other: str) -> str:
    """Set up a study and return its number."""
    answer = set_up(app, quinn, keys, kind=kind, **other)
    assert answer.status_code == 303, answer.text
    return str(answer.location).rsplit("/", 1)[1]


def turn(client: PlantClient, number: str) -> tuple[str, str] | None:
    """Return (page, part) of where an appraiser stands; None once all of theirs are in."""
    location = client.get(f"/studies/{number}/next").location
    if "/turns/" not in location:
        return None
    found = re.search(r'class="study-part">(.*?)<', client.get(location).text)
    assert found is not None
    return location, found[1]


def give(client: PlantClient, number: str, **given: str) -> TestResponse:
    """Give one value at the place where an appraiser stands."""
    at = turn(client, number)
    assert at is not None
    return client.submit(at[0], given)


def give_all(client: PlantClient, number: str, read: Read, box: str = "value") -> list[str]:
    """Give all values of an appraiser on the pages; returns the parts in the order in which they were asked for."""
    asked: list[str] = []
    while (at := turn(client, number)) is not None:
        url, part = at
        answer = client.submit(url, {box: read[part][asked.count(part)]})
        assert answer.status_code == 303, answer.text
        asked.append(part)
    return asked


def fill(app: Flask, number: str, read: Mapping[str, Read]) -> None:
    """Give all values of some appraisers, without pages."""
    with app.app_context():
        plant = read_plant(db.session())
        assert plant is not None
        for key, parts in read.items():
            person = select(Person.id).where(Person.user_name == cast.person(key).user_name)
            by = By(db.session.scalars(person).one(), clock.now(), plant)
            with store.act("studies:value:give", actor=by.actor):
                while _give_next(number, parts, by):
                    pass


def _give_next(number: str, parts: Read, by: By) -> bool:
    study = queries.study(number)
    who = actions.appraiser_in(study, by.actor)
    upcoming = study.next_turn(who)
    if upcoming is None:
        return False
    text = parts[study.part_at(who, upcoming).label][queries.repeat_of(who, upcoming) - 1]
    actions.give(study, upcoming, Call(text) if text.isalpha() else Decimal(text), by, confirmed=True)
    return True


def sign(client: PlantClient, number: str, **more: str) -> TestResponse:
    """Sign what came out."""
    who = {} if client.tablet else {"user_name": client.who.user_name}
    typed = {**who, "secret": client.secret, **more}
    return client.submit(f"/studies/{number}/sign", typed, page=f"/studies/{number}/check")


def review(client: PlantClient, number: str, outcome: str = "accept", **more: str) -> TestResponse:
    """Review a study."""
    given = {"user_name": client.who.user_name, "secret": client.secret, "outcome": outcome, **more}
    return client.submit(f"/studies/{number}/review", given)


def state_of(app: Flask, number: str) -> str:
    """Return where a study stands."""
    with app.app_context():
        return db.session.scalars(select(Record.state).where(Record.number == number)).one()


def content_of(app: Flask, number: str) -> dict[str, Any]:
    """Return what was signed."""
    with app.app_context():
        body = select(RecordContent.body).join(Record, Record.id == RecordContent.record_id)
        found: dict[str, Any] = json.loads(db.session.scalars(body.where(Record.number == number)).one())
    return found


def correct_urls(client: PlantClient, page: str) -> list[str]:
    """Return the pages on which values are corrected, as a page links them."""
    return re.findall(r'href="(/studies/[^"]+/values/\d+/correct)"', client.get(page).text)


def appraiser_urls(client: PlantClient, number: str) -> list[str]:
    """Return the pages on which the appraisers of a study are changed."""
    return re.findall(rf'href="(/studies/{number}/appraisers/\d+)"', client.get(f"/studies/{number}").text)
