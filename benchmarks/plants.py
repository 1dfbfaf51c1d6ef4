"""Plants to measure on: the demo plant without its history, in a folder that is thrown away, with more gauges."""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from flask import Flask, g
from sqlalchemy import inspect, select

from techfloor import clock, store
from techfloor.app import create_app
from techfloor.cli.demo.load import load
from techfloor.duties.calibration.actions import signing as signing_acts
from techfloor.duties.calibration.actions import starting
from techfloor.duties.calibration.actions import work as actions
from techfloor.duties.calibration.actions.starting import StartEntry
from techfloor.duties.calibration.queries import records as queries
from techfloor.duties.calibration.queries.bench import bench_of
from techfloor.duties.calibration.queries.gauges import gauge_by_code, procedure_in_force
from techfloor.duties.calibration.queries.standards import choices
from techfloor.duties.calibration.rules.reading import ReadingEntry
from techfloor.duties.calibration.rules.results import AS_FOUND
from techfloor.equipment.models import Equipment, Gauge, GaugeFunction
from techfloor.equipment.rules import plant_day
from techfloor.migrations.upgrade import upgrade
from techfloor.people import sessions
from techfloor.people.models import Device, Person, PersonRole
from techfloor.people.proof import Proof
from techfloor.people.sessions import token_hash
from techfloor.places.models import Area
from techfloor.places.queries import PlantFacts, read_plant
from techfloor.settings import Settings
from techfloor.store import db
from techfloor.store.base import Base

MICROMETER = "G-004"
"""The gauge that is measured with: eleven places as found, one number each, no repeats."""

Row = TypeVar("Row", bound=Base)


@contextmanager
def folder() -> Iterator[Path]:
    """Give a folder and take it away afterwards; it lies on a disk, for the sake of what is waited for."""
    made = Path(tempfile.mkdtemp(prefix="techfloor-benchmark-", dir=_on_disk()))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _on_disk() -> str:
    """Return where temporary files lie on a disk: where /tmp is memory, a commit would cost nothing."""
    lasting = Path("/var/tmp")
    return str(lasting) if lasting.is_dir() else tempfile.gettempdir()


def new_plant(instance: Path, database_url: str = "") -> Settings:
    """Make an instance with the demo plant, its gauges as they stand today, and everybody who works there."""
    instance.mkdir(parents=True)
    settings = Settings(
        instance=instance, demo=True, database_url=database_url, database_owner_url=database_url, pages_per_second=0
    )
    upgrade(settings)
    load(settings, history=False)
    return settings


@contextmanager
def running(settings: Settings) -> Iterator[Flask]:
    """Run an instance's application in this process."""
    app = create_app(settings)
    try:
        yield app
    finally:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
        for handler in app.logger.handlers[:]:
            app.logger.removeHandler(handler)
            handler.close()


@contextmanager
def inside(app: Flask) -> Iterator[PlantFacts]:
    """Run the block within `app`, as a request's view does, and hand it the plant."""
    with app.test_request_context():
        with store.looking_at() as session:
            facts = read_plant(session)
        assert facts is not None
        g.plant = facts
        yield facts
        db.session.remove()


@dataclass(frozen=True)
class SignedIn:
    """Somebody who is signed in on the tablet in their hands."""

    person_id: int
    name: str
    token: str
    device_key: str


def signed_in(role: str, many: int = 1) -> list[SignedIn]:
    """Enrol `many` tablets and sign somebody of `role` in on each; there may be more tablets than people."""
    with store.looking_at() as session:
        people = session.execute(
            select(Person.id, Person.name)
            .join(PersonRole, PersonRole.person_id == Person.id)
            .where(PersonRole.role == role)
            .order_by(Person.id)
        ).all()
    return [_sign_in(*people[n % len(people)], f"{role} {n}") for n in range(many)]


def _sign_in(person_id: int, name: str, tablet: str) -> SignedIn:
    key, now = f"key-of-{tablet}".replace(" ", "-"), clock.now()
    with store.act("people:device:enrol", actor=person_id):
        area = db.session.scalars(select(Area.id).limit(1)).one()
        device = Device(
            name=tablet, area_id=area, key_hash=token_hash(key), enrolled_by=person_id, enrolled_at=now, idle_minutes=30
        )
        db.session.add(device)
        db.session.flush()
    with store.apart() as session:
        token = sessions.open_session(session, person_id, device.id, "pin", now)
    return SignedIn(person_id, name, token, key)


def more_gauges(code: str, many: int, *, prefix: str = "B") -> list[str]:
    """Add `many` gauges like the one of `code`; return their codes."""
    codes = [f"{prefix}-{n:05d}" for n in range(many)]
    with store.act("equipment:gauge:add"):
        like = db.session.scalars(select(Equipment).where(Equipment.code == code)).one()
        gauge = db.session.get_one(Gauge, like.id)
        functions = db.session.scalars(select(GaugeFunction).where(GaugeFunction.gauge_id == like.id)).all()
        for new in codes:
            equipment = _copy(like, id=None, code=new)
            db.session.add(equipment)
            db.session.flush()
            db.session.add(_copy(gauge, equipment_id=equipment.id))
            db.session.flush()
            db.session.add_all(_copy(one, id=None, gauge_id=equipment.id) for one in functions)
    return codes


def _copy(row: Row, **other: object) -> Row:
    names = [attribute.key for attribute in inspect(type(row)).column_attrs]
    return type(row)(**{name: getattr(row, name) for name in names} | other)


def start(code: str, plant: PlantFacts, who: int) -> str:
    """Start a calibration of a gauge and return its number."""
    _revision, procedure = procedure_in_force(gauge_by_code(code))
    day = plant_day(clock.now(), plant.zone)
    ready = next(choice.code for choice in choices(procedure.standards, day) if choice.ready)
    room = {limit.quantity: Decimal(_inside(limit.text)) for limit in procedure.environment}
    entry = StartEntry(code, (ready,), room, "used, complete", soaked=True)
    with store.act("calibration:record:start", actor=who, zone=plant.zone):
        return starting.start(entry, plant, actor=who, at=clock.now())


def _inside(limits: str) -> str:
    """Return a value that "20 ± 2 °C" or "30 to 60 %" allows: the first number."""
    return limits.split(maxsplit=1)[0]


@dataclass(frozen=True)
class Save:
    """One reading to give: the page it is given on, and the number."""

    path: str
    field: str
    value: str


def saves(number: str) -> list[Save]:
    """Return the readings as found that a calibration asks for, each with the value that has no error."""
    return [
        Save(f"/calibration/{number}/as-found/{point.n}/{repeat}", "indication", point.nominal)
        for point in bench_of(number).plan
        for repeat in range(1, point.repeats + 1)
    ]


def closed(codes: Sequence[str], plant: PlantFacts, performer: SignedIn, reviewer: SignedIn) -> list[str]:
    """Calibrate gauges, sign the calibrations as performed and as reviewed; return their numbers."""
    numbers = [start(code, plant, performer.person_id) for code in codes]
    for number in numbers:
        _perform(number, plant, performer)
        _review(number, plant, reviewer)
    return numbers


def _perform(number: str, plant: PlantFacts, by: SignedIn) -> None:
    who = by.person_id
    for point in bench_of(number).plan:
        entry = ReadingEntry(AS_FOUND, point.n, 1, indication=point.value)
        with store.act("calibration:reading:log", actor=who, zone=plant.zone):
            actions.log_reading(number, entry, actor=who, at=clock.now())
    shown = signing_acts.preview(bench_of(number), plant)
    with store.act("calibration:record:sign", actor=who, zone=plant.zone):
        signing_acts.sign_performed(number, _proof(by, plant), plant, shown_sha256=shown.sha256)


def _review(number: str, plant: PlantFacts, by: SignedIn) -> None:
    record = queries.record_row(number)
    if record.state != queries.PERFORMED or record.content_sha256 is None:
        return
    proof, shown = _proof(by, plant), record.content_sha256
    with store.act("calibration:record:review", actor=by.person_id, zone=plant.zone):
        signing_acts.review(number, proof, plant, accepted=True, remark="", shown_sha256=shown)


def _proof(by: SignedIn, plant: PlantFacts) -> Proof:
    return Proof(by.person_id, by.name, "user name and password", clock.now(), plant.zone)
