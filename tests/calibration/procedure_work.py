"""Writing and approving procedures through the pages, as the tests of them share it."""

from collections.abc import Mapping
from typing import Any

from plant_client import PlantClient
from werkzeug.test import TestResponse

HOME = "/calibration/procedures"
SIMPLE: Mapping[str, Any] = {
    "code": "CAL-P-20",
    "title": "Plant caliper, 0.01 mm",
    "mode": "apply",
    "unit": "mm",
    "tolerance": "± 0.03 mm",
    "point_sets-0-points": "0.00\n50.00; pieces: 50\n100.00; pieces: 100\n150.00; pieces: 150",
    "standards": "S-003",
    "rule": "simple",
    "rule_text": "Simple acceptance",
    "verdict_on": "each reading",
    "coverage": "k",
    "k": "2",
    "significant_digits": "2",
    "min_tur": "4",
    "repeats": "1",
}
"""What is typed for a simple procedure."""


def write(client: PlantClient, **others: Any) -> TestResponse:
    """Send the form of a new procedure."""
    return client.submit(f"{HOME}/new", {**SIMPLE, **others})


def change(client: PlantClient, code: str, **others: Any) -> TestResponse:
    """Send the form of the next version, or of the draft of it."""
    given = {name: value for name, value in SIMPLE.items() if name != "code"}
    return client.submit(f"{HOME}/{code}/edit", {**given, **others})


def approve(client: PlantClient, code: str) -> TestResponse:
    """Sign the approval of a draft."""
    return client.submit(f"{HOME}/{code}/approve", secret_of(client))


def take_over(client: PlantClient, code: str, standards: str = "S-003", **others: Any) -> TestResponse:
    """Sign the approval of a ready-made procedure with a standard of this plant."""
    url = f"{HOME}/ready/{code}"
    return client.submit(
        url, {**secret_of(client), "standards": standards, **others}, page=f"{url}?standards={standards}"
    )


def secret_of(client: PlantClient) -> dict[str, str]:
    """Return what the signing question asks of somebody at a desk."""
    return {"user_name": client.who.user_name, "secret": client.secret}
