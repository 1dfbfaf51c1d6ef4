"""A stage is reached once, and the next plant is as it was left: with its clock, and without what was done since."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import _close
from databases import Keeper
from flask import Flask
from plant_client import ClockAt, PlantClient, sign_in, watch_over
from sqlalchemy import func, select
from stages import Stages

from techfloor import clock, store
from techfloor.app import create_app
from techfloor.cli.demo import cast
from techfloor.places import actions
from techfloor.places.models import Area
from techfloor.places.rules import AreaEntry
from techfloor.settings import Settings
from techfloor.store import db

LATER = "2026-11-20 10:01"


@pytest.fixture
def own(keeper: Keeper, tmp_path: Path) -> Iterator[Stages]:
    """Stages that no other test reached."""
    made = Stages(keeper, tmp_path)
    yield made
    made.drop()


@pytest.fixture
def other(keeper: Keeper, template: Path, tmp_path: Path) -> Iterator[Flask]:
    """The plant of another test."""
    settings = keeper.copy(template, tmp_path / "other")
    made = create_app(settings)
    made.test_client_class = PlantClient
    watch_over(made)
    yield made
    _close(made)
    keeper.drop(settings)


def settings_of(app: Flask) -> Settings:
    found: Settings = app.extensions["techfloor"].settings
    return found


def add_area(app: Flask, name: str) -> None:
    with app.app_context(), store.act("places:area:add"):
        actions.add_area(AreaEntry(name, ""))


def areas(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count(Area.id))) or 0


def test_it_is_made_once_and_put_back(app: Flask, other: Flask, own: Stages, clock_at: ClockAt) -> None:
    began, before, made = clock.now(), areas(app), 0

    def make() -> str:
        nonlocal made
        made += 1
        add_area(app, "Foundry")
        clock_at(LATER)
        return "foundry"

    assert own.reach(app, settings_of(app), make) == ("foundry", clock_at(LATER))
    add_area(app, "What the first test does then")
    clock_at(began)
    tara = sign_in(other, cast.person("T"), "T-04", clock.now)
    assert own.reach(other, settings_of(other), make) == ("foundry", clock_at(LATER))
    assert made == 1
    assert areas(other) == before + 1
    assert tara.get("/me").status_code == 200


def test_a_plant_that_was_changed_before_is_not_put_back(app: Flask, other: Flask, own: Stages) -> None:
    def make() -> None:
        add_area(app, "Foundry")

    own.reach(app, settings_of(app), make)
    add_area(other, "What the second test did before")
    with pytest.raises(AssertionError, match="was done before"):
        own.reach(other, settings_of(other), make)


def test_a_plant_at_another_time_is_not_put_back(app: Flask, other: Flask, own: Stages, clock_at: ClockAt) -> None:
    def make() -> None:
        add_area(app, "Foundry")

    own.reach(app, settings_of(app), make)
    clock_at(LATER)
    with pytest.raises(AssertionError, match="was done before"):
        own.reach(other, settings_of(other), make)
