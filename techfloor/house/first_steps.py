"""What a new plant still lacks for its first calibration, each line told by what is there."""

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import exists, func, select

from techfloor.equipment.models import Equipment, StandardCertificate
from techfloor.equipment.statuses import Kind
from techfloor.house.running import running
from techfloor.house.shell import may_open
from techfloor.people.models import Device, Person
from techfloor.places.models import PlantSetting
from techfloor.records.models import Definition
from techfloor.store import db
from techfloor.web.visitor import Visitor

PUT_AWAY = "house.first_steps"


@dataclass(frozen=True)
class FirstStep:
    """One thing to do once in a new plant, where it is done, and whether it was."""

    words: str
    url: str
    done: bool


def first_steps(who: Visitor) -> list[FirstStep]:
    """Return what an administrator of a new plant has to do; none once all of it is done, or it was put away."""
    if not who.may("people:manage"):
        return []
    of_duties = [duty.first_step for duty in running().duties if duty.first_step is not None]
    asked = (
        select(func.count() > 1).select_from(Person).where(Person.active).scalar_subquery(),
        exists().where(Device.revoked_at.is_(None)),
        exists().where(StandardCertificate.ended_at.is_(None)),
        *(exists().where(Definition.kind == step.definition) for step in of_duties),
        exists().where(Equipment.kind == Kind.GAUGE),
        exists().where(PlantSetting.key == PUT_AWAY),
    )
    *done, put_away = db.session.execute(select(*asked)).one()
    if put_away or all(done):
        return []
    lines = (
        (_("Add everybody who works here, with their roles."), "/people/"),
        (
            _(
                "Enrol the tablet, so that a PIN is enough on it: start the program with --host 0.0.0.0 "
                "and open the address it prints on the tablet."
            ),
            "/devices",
        ),
        (_("Enter the standard you calibrate with, and its certificate."), "/equipment/new/standard"),
        *((str(step.words), step.url) for step in of_duties),
        (_("Enter your first gauge and print its label."), "/equipment/new/gauge"),
    )
    steps = [FirstStep(words, url, bool(is_done)) for (words, url), is_done in zip(lines, done, strict=True)]
    return [step for step in steps if step.done or may_open(step.url, who)]
