"""Checking a gauge in use as people do it, through the pages: what the scenarios share."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from flask import Flask
from plant_client import PlantClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from techfloor import clock, store
from techfloor.duties.in_use_checks import actions
from techfloor.duties.in_use_checks.actions import By
from techfloor.duties.in_use_checks.rules import SetUp
from techfloor.equipment.models import Equipment, EquipmentHold
from techfloor.equipment.queries import gauge_view
from techfloor.people.models import Person
from techfloor.places.queries import read_plant
from techfloor.store import db

SCALE = {
    "function": "weighing",
    "applied": "check piece",
    "code": "CW-200",
    "what": "weight 200 g",
    "nominal": "200.0",
    "limits": "± 0.2",
    "lower": "",
    "upper": "",
    "every": "each day",
    "words": "Clean the pan.",
}
"""A check of the fill scale G-016: each day, 200 g of the plant's own."""
CODE = "G-016"


def set_up(quinn: PlantClient, gauge: str = CODE, **other: str) -> TestResponse:
    """Set up a check."""
    return quinn.submit(f"/checks/gauges/{gauge}/set-up", {**SCALE, **other})


def check(client: PlantClient, value: str, code: str = CODE, **more: str) -> TestResponse:
    """Give a value."""
    return client.submit(f"/checks/gauges/{code}/now", {"value": value, **more})


def row_of(answer: TestResponse) -> int:
    """Return the id of the row that an answer leads to."""
    assert answer.status_code == 303, answer.text
    return int(answer.location.rsplit("/", 1)[1])


def by(user_name: str = "tara", at: datetime | None = None) -> By:
    """Return somebody of the cast who acts now, or at a moment."""
    actor = db.session.scalars(select(Person.id).where(Person.user_name == user_name)).one()
    plant = read_plant(db.session())
    assert plant is not None
    return By(actor, at or clock.now(), plant)


def checked(app: Flask, values: Iterable[str], first: datetime, code: str = CODE) -> list[int]:
    """Let Tara check on days in a row, without pages; returns the ids of the rows."""
    made = []
    with app.app_context():
        for n, value in enumerate(values):
            with store.act("checks:check:log"):
                row = actions.log_check(code, Decimal(value), by(at=first + timedelta(days=n)))
                made.append(row.id)
    return made


BERLIN = ZoneInfo("Europe/Berlin")
OCTOBER = ("200.0", "200.1", "199.9", "200.0", "200.1")


def checked_in_october(app: Flask, code: str = CODE) -> list[int]:
    """Set a check up and let Tara check from 26 October on, without pages; returns the ids of the rows."""
    first = datetime(2026, 10, 26, 6, 5, tzinfo=BERLIN)
    with app.app_context(), store.act("checks:definition:set-up"):
        gauge = gauge_view(code)
        typed = {**SCALE, "nominal": Decimal(SCALE["nominal"]), "lower": None, "upper": None}
        entry = SetUp(**{**typed, "function": gauge.functions[0].name})  # type: ignore[arg-type]
        actions.set_up(gauge, entry, 0, by("quinn", first))
    return checked(app, OCTOBER, first, code)


def review_october(quinn: PlantClient, code: str = CODE) -> str:
    """Review the month; returns its number."""
    page = f"/checks/gauges/{code}/months/2026-10"
    who = {} if quinn.tablet else {"user_name": quinn.who.user_name}
    answer = quinn.submit(f"{page}/review", {**who, "secret": quinn.secret}, page=page)
    assert answer.status_code == 303, answer.text
    return str(answer.location.split("/")[2])


def open_holds(app: Flask, code: str = CODE) -> list[str]:
    """Return the works that hold a gauge now."""
    with app.app_context():
        wanted = select(EquipmentHold.work).join(Equipment).where(Equipment.code == code)
        return list(db.session.scalars(wanted.where(EquipmentHold.lifted_at.is_(None))))
