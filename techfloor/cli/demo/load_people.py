"""Loads the people of the demo plant, their secrets, the shared tablets and the e-signature policy."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from techfloor.cli.demo.cast import Person
from techfloor.cli.demo.days import ANCHOR
from techfloor.cli.demo.loading import Event, Loading, deed, desk_proof
from techfloor.people import actions, secrets
from techfloor.people.rules import DeviceEntry, PersonEntry
from techfloor.places.queries import read_plant
from techfloor.records import access_review, policy, signing
from techfloor.store import db

_REVIEWED_BEFORE = timedelta(weeks=28)


def load_people(loading: Loading, people: Sequence[Person]) -> None:
    """Enter people with their password, PIN and badge, each as one act."""
    for somebody in people:
        with deed(loading.began, "people:person:create", actor=None, zone=loading.zone):
            loading.people[somebody.key] = _enter(loading, somebody)


def _enter(loading: Loading, somebody: Person) -> int:
    area_id = loading.areas[somebody.area] if somebody.area else None
    entry = PersonEntry(
        somebody.name, somebody.user_name, frozenset(somebody.roles), area_id, initials=somebody.initials
    )
    person = actions.create_person(loading.began, entry)
    secrets.set_own(person.id, loading.began, password=somebody.password, pin=somebody.pin)
    secrets.set_badge(person.id, somebody.badge, loading.began)
    return person.id


def load_tablets(loading: Loading) -> None:
    """Enrol the shared tablets; their keys are thrown away, so that each is known but in nobody's hands."""
    supervisor = loading.people["S"]
    for tablet in loading.plant.tablets:
        with deed(loading.began, "people:device:enrol", actor=supervisor, zone=loading.zone):
            entry = DeviceEntry(tablet.code, loading.areas[tablet.area], tablet.idle_minutes)
            loading.devices[tablet.code] = actions.enrol_device(supervisor, loading.began, entry).id


def load_policy(loading: Loading) -> None:
    """Put the e-signature policy in force and have everybody accept it, before the first signature."""
    words, quality = loading.plant.signature_policy, loading.people["Q"]
    with deed(loading.began, "records:policy:approve", actor=quality, zone=loading.zone):
        plant = read_plant(db.session())
        assert plant is not None
        proof = desk_proof(loading, "Q", loading.began)
        policy.put_in_force(proof, plant, title=words.title, text=words.text)
    for person_id in loading.people.values():
        with deed(loading.began, "people:policy:accept", actor=person_id, zone=loading.zone):
            signing.accept_policy(person_id, loading.began)


def access_reviewed(loading: Loading) -> Event:
    """Give the review of who may come in, signed by quality some months ago."""

    def sign(at: datetime) -> None:
        plant = read_plant(db.session())
        assert plant is not None
        proof = desk_proof(loading, "Q", at)
        access_review.sign(proof, plant, shown_sha256=access_review.preview(plant, at).sha256)

    day = ANCHOR + loading.plant.shift - _REVIEWED_BEFORE
    return Event(loading.at(day, time(9, 30)), "records:access:review", loading.people["Q"], sign)
