"""Amending a calibration as it is done through the pages: what the scenarios share."""

import re
from datetime import date, timedelta
from decimal import Decimal

from bench_work import problems, sign
from flask import Flask
from plant_client import PlantClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from techfloor import clock, store
from techfloor.duties.calibration.actions import signing as signing_acts
from techfloor.duties.calibration.actions import starting
from techfloor.duties.calibration.actions import work as actions
from techfloor.duties.calibration.actions.starting import StartEntry
from techfloor.duties.calibration.queries import lists
from techfloor.duties.calibration.queries.bench import bench_of
from techfloor.duties.calibration.queries.earlier import earlier_values
from techfloor.duties.calibration.queries.gauges import gauge_by_code
from techfloor.duties.calibration.rules.reading import ReadingEntry
from techfloor.duties.calibration.rules.results import AS_FOUND
from techfloor.equipment.ledger import due_of
from techfloor.equipment.models import EquipmentHold
from techfloor.people.models import Person
from techfloor.people.proof import Proof, by_password
from techfloor.places.queries import read_plant
from techfloor.said import as_text, say
from techfloor.store import db

CALIPER = ["0.00", "25.00", "50.05", "100.00", "150.10", "25.00"]
FAILING = ["0.00", "25.00", "50.05", "100.00", "150.25", "25.00"]
WHY = "150.10 was typed, the sheet says 150.05"


def calibrated(client: PlantClient, readings: list[str] = CALIPER) -> str:
    """Calibrate the caliper and sign; what fails is left as it is. Done past the pages, which other tests are about."""
    with client.application.app_context():
        plant, at = read_plant(db.session()), clock.now()
        who = db.session.scalars(select(Person).where(Person.user_name == client.who.user_name)).one()
        assert plant is not None
        room = {"temperature": Decimal("20.3"), "humidity": Decimal(45)}
        entry = StartEntry("G-014", ("S-003",), room, as_text(say("calibration.complete")), soaked=True)
        with store.act("calibration:record:start", actor=who.id):
            number = starting.start(entry, plant, actor=who.id, at=at)
        with store.act("calibration:reading:log", actor=who.id):
            for n, value in enumerate(readings, start=1):
                given = ReadingEntry(AS_FOUND, n, 1, indication=Decimal(value))
                actions.log_reading(number, given, actor=who.id, at=at)
            if readings is FAILING:
                actions.decide_adjustment(number, False, "", actor=who.id, at=at)
        with store.act("calibration:record:sign", actor=who.id):
            proof = Proof(who.id, who.name, by_password(named=True), at, plant.zone)
            shown = signing_acts.preview(bench_of(number), plant).sha256
            signing_acts.sign_performed(number, proof, plant, shown_sha256=shown)
        db.session.remove()
    return number


def amend(client: PlantClient, number: str, kind: str = "correction", reason: str = WHY, **more: str) -> TestResponse:
    """Open an amendment."""
    return client.submit(f"/calibration/{number}/amend", {"kind": kind, "reason": reason, **more})


def amending(client: PlantClient, number: str, kind: str = "correction", reason: str = WHY) -> None:
    """Open an amendment that must be let in."""
    answer = amend(client, number, kind, reason)
    assert answer.status_code == 303, problems(answer)


def reading_at(app: Flask, number: str, point: int, run: str = "as_found") -> int:
    """Return the key of the reading that counts at a point of what is worked on."""
    with app.app_context():
        return next(g.id for g in bench_of(number).counting if (g.facts.run, g.facts.point) == (run, point))


def correct(app: Flask, client: PlantClient, number: str, value: str, point: int = 5) -> None:
    """Correct one reading of what is worked on."""
    key = reading_at(app, number, point)
    answer = client.submit(f"/calibration/{number}/correct/{key}", {"indication": value, "reason": "mistyped"})
    assert answer.status_code == 303, problems(answer)


def amended(app: Flask, client: PlantClient, number: str, value: str = "150.05") -> None:
    """Correct one reading of a signed calibration, and sign that."""
    amending(client, number)
    correct(app, client, number, value)
    answer = sign(client, number)
    assert answer.status_code == 303, problems(answer)


def holds(app: Flask) -> list[str]:
    """Return the reasons for which the caliper is held."""
    with app.app_context():
        gauge = db.session.scalars(select(EquipmentHold).where(EquipmentHold.lifted_at.is_(None))).all()
        return [hold.reason for hold in gauge if hold.equipment_id == gauge_id()]


def gauge_id() -> int:
    """Return the key of the caliper."""
    return gauge_by_code("G-014").id


def due(app: Flask) -> date | None:
    """Return the due day of the caliper."""
    with app.app_context():
        row = due_of(gauge_id(), "calibration")
        return row.due if row else None


def in_force(app: Flask) -> list[tuple[str, int]]:
    """Return what says something of the caliper, as its drift and its last good one are taken from, oldest first."""
    with app.app_context():
        found = [(line.number, line.version) for line in lists.history(gauge_id()) if line.in_force]
        return found[::-1]


def last_read(app: Flask) -> list[Decimal]:
    """Return what was read last at 150 mm, as the slip question sees it."""
    with app.app_context():
        plan = bench_of(lists.history(gauge_id())[-1].number).plan
        until = clock.now() + timedelta(days=1)
        return earlier_values(gauge_id(), plan[4], typed="indication", until=until, besides="")


def words(html: str) -> str:
    """Return the words of a page without its marks, in one line."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))
