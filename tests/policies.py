"""A new version of the e-signature policy, which nobody has accepted yet: what tests of signing share."""

from flask import Flask
from sqlalchemy import select

from techfloor import clock, store
from techfloor.people.models import Person
from techfloor.people.proof import Proof, by_password
from techfloor.places.queries import read_plant
from techfloor.records import policy
from techfloor.records.signing import accept_policy
from techfloor.store import db


def new_policy(app: Flask, text: str = "I sign what I did.") -> None:
    """Put a new version in force, approved by quality."""
    with app.app_context(), store.act("records:policy:approve"):
        approve_now(text)


def approve_now(text: str = "I sign what I did.") -> None:
    """Put a new version in force in the act under way."""
    plant = read_plant(db.session())
    quinn = db.session.scalars(select(Person).where(Person.user_name == "quinn")).one()
    assert plant is not None
    accept_policy(quinn.id, clock.now())
    proof = Proof(quinn.id, quinn.name, by_password(named=True), clock.now(), plant.zone)
    policy.put_in_force(proof, plant, text=text, change="Shorter.")
