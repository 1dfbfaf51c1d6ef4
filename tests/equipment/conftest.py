"""What the tests of equipment share: an act under way, and the rows that pages leave."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import Any, Protocol

import pytest
from flask import Flask
from sqlalchemy import select

from techfloor import clock, store
from techfloor.equipment.models import Equipment, EquipmentHold
from techfloor.people.models import Person
from techfloor.store import db


class Doing(Protocol):
    """Opens an act and gives who does it and when, as every action asks for it."""

    def __call__(self) -> AbstractContextManager[dict[str, Any]]:
        """Commit at the end of the block, roll back when it raises."""


@pytest.fixture
def doing(app: Flask) -> Doing:
    """An act of Quinn Bauer."""

    @contextmanager
    def act() -> Iterator[dict[str, Any]]:
        with app.app_context(), store.act("equipment:test:do"):
            quinn = db.session.scalars(select(Person.id).where(Person.user_name == "quinn")).one()
            at: datetime = clock.now()
            yield {"actor": quinn, "at": at}

    return act


def id_of(code: str) -> int:
    """Return the id of a piece of equipment."""
    return db.session.scalars(select(Equipment.id).where(Equipment.code == code)).one()


def holds_on(code: str) -> list[EquipmentHold]:
    """Return every hold there ever was, the oldest first."""
    return list(
        db.session.scalars(
            select(EquipmentHold).where(EquipmentHold.equipment_id == id_of(code)).order_by(EquipmentHold.id)
        )
    )
