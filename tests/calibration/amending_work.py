"""Amending a calibration as it is done through the pages: what the scenarios share."""

import re

from bench_work import give_all, problems, sign, start
from flask import Flask
from plant_client import PlantClient
from werkzeug.test import TestResponse

from techfloor.duties.calibration.bench import bench_of

CALIPER = ["0.00", "25.00", "50.05", "100.00", "150.10", "25.00"]
FAILING = ["0.00", "25.00", "50.05", "100.00", "150.25", "25.00"]
WHY = "150.10 was typed, the sheet says 150.05"


def calibrated(client: PlantClient, readings: list[str] = CALIPER, code: str = "G-014") -> str:
    """Calibrate the caliper and sign; what fails is left as it is."""
    number = start(client, code)
    give_all(client, number, "indication", readings)
    if readings is FAILING:
        assert client.submit(f"/calibration/{number}/adjust", {"adjusted": "no"}).status_code == 303
    assert sign(client, number).status_code == 303
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


def words(html: str) -> str:
    """Return the words of a page without its marks, in one line."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))
