"""Who goes where the way is barred is written down, with when, where and from which address."""

import re
from pathlib import Path

import pytest
from plant_client import PlantClient, SignedInAs

pytestmark = pytest.mark.pages


def log(instance: Path) -> str:
    return (instance / "techfloor.log").read_text("utf-8")


def test_who_may_not_is_written_down(as_: SignedInAs, instance: Path) -> None:
    as_("T").get("/settings/plant")

    assert "WARNING Not allowed: GET /settings/plant by person 1 from 127.0.0.1" in log(instance)


def test_a_form_without_its_token_is_written_down(nobody: PlantClient, instance: Path) -> None:
    nobody.post("/sign-in", data={"user_name": "tara", "password": "guessed-password"})

    assert "A form without its token: POST /sign-in by person none" in log(instance)
    assert "guessed-password" not in log(instance)


def test_the_log_tells_the_time_in_utc(as_: SignedInAs, instance: Path) -> None:
    as_("T").get("/settings/plant")

    assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ WARNING ", log(instance))
