"""The review of access: who may come in, how and with which roles, looked through and signed now and then.

What is signed is what the page showed, as plain data. Sign-ins and acceptances of the policy count up to the evening
before, so that a colleague who signs in while somebody reads, and who accepts it to sign, do not change what is read.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select

from techfloor.clock import midnight
from techfloor.people.locks import TRIES, Outcome
from techfloor.people.models import Device, Person, PersonRole, PolicyAcceptance, Secret, SignInEvent
from techfloor.people.proof import Proof
from techfloor.people.queries import locks_of
from techfloor.people.secrets import VOID
from techfloor.people.sessions import signed_in_now
from techfloor.places.models import Area
from techfloor.places.queries import PlantFacts
from techfloor.records import definitions, documents
from techfloor.records.models import Record, Revision, Signature
from techfloor.records.numbering import coming_number, next_number
from techfloor.records.signing import POLICY, Content, canonical
from techfloor.refusals import NotFound
from techfloor.store import alone, db
from techfloor.store.types import utc_text

KIND, PREFIX, SCHEMA = "access-review", "ACR", 2
"""Since schema 2 it says which version of the policy was in force."""
DOCUMENT = documents.declare(KIND, "reviewed")
MONTHS = "people.access_review_months"


def preview(plant: PlantFacts, at: datetime, number: str = "") -> Content:
    """Return the report as it would be signed now."""
    today = at.astimezone(ZoneInfo(plant.zone)).date()
    in_force = definitions.in_force(*POLICY, on=today)
    data: dict[str, object] = {
        "kind": KIND,
        "schema": SCHEMA,
        "number": number or coming_number(PREFIX, at, plant.zone),
        "version": 1,
        "plant": documents.plant_words(plant),
        "day": today.isoformat(),
        "policy": in_force.version if in_force else None,
        "persons": _persons(midnight(today, plant.zone).astimezone(ZoneInfo(plant.zone)), at),
        "tablets": _tablets(),
    }
    return canonical(data, SCHEMA)


def sign(proof: Proof, plant: PlantFacts, *, shown_sha256: str) -> Record:
    """Keep the report as reviewed; raises Refusal when the page showed another."""
    alone("access-review")
    documents.as_shown(preview(plant, proof.at), shown_sha256)
    number = next_number(PREFIX, proof.at, plant.zone)
    content = preview(plant, proof.at, number)
    signing = documents.Signing(kind=DOCUMENT, number=number, content=content)
    return documents.sign_document(signing, proof, shown_sha256=shown_sha256)


def _persons(until: datetime, now: datetime) -> list[dict[str, object]]:
    """Return a line for each person there ever was, those who work here first: five statements, whatever their number.

    A lock is asked one by one, but only of who typed enough wrong secrets ever.
    """
    roles, ways = _by_person(select(PersonRole.person_id, PersonRole.role)), _ways()
    last, policy, locked = _last_sign_ins(until), _policies(PolicyAcceptance.at < until), _locked(now)
    rows = db.session.execute(
        select(Person, func.coalesce(Area.name, ""))
        .outerjoin(Area, Area.id == Person.area_id)
        .order_by(Person.active.desc(), Person.name, Person.id)
    )
    zone = until.tzinfo
    return [
        {
            "name": person.name,
            "user_name": person.user_name,
            "roles": roles.get(person.id, []),
            "area": area,
            "active": person.active,
            "since": person.created_at.astimezone(zone).date().isoformat(),
            "last_day": person.last_day.isoformat() if person.last_day else None,
            "last_sign_in": last[person.id].astimezone(zone).date().isoformat() if person.id in last else None,
            "ways": ways.get(person.id, []),
            "locked": person.id in locked,
            "policy": policy.get(person.id),
        }
        for person, area in rows
    ]


def _by_person(pairs: Any) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for person_id, word in db.session.execute(pairs):
        found.setdefault(person_id, []).append(word)
    return {person_id: sorted(words) for person_id, words in found.items()}


def _ways() -> dict[int, list[str]]:
    return _by_person(select(Secret.person_id, Secret.kind).where(Secret.hash != VOID))


def _last_sign_ins(until: datetime) -> dict[int, datetime]:
    right = (SignInEvent.outcome == Outcome.RIGHT, SignInEvent.at < until, SignInEvent.person_id.is_not(None))
    rows = db.session.execute(
        select(SignInEvent.person_id, func.max(SignInEvent.at)).where(*right).group_by(SignInEvent.person_id)
    )
    return {int(person_id): at for person_id, at in rows if person_id is not None}


def _policies(when: ColumnElement[bool]) -> dict[int, int]:
    """Return the newest version of the policy that each person accepted then."""
    rows = db.session.execute(
        select(PolicyAcceptance.person_id, func.max(Revision.version))
        .join(Revision, Revision.id == PolicyAcceptance.revision_id)
        .where(when)
        .group_by(PolicyAcceptance.person_id)
    )
    return {row[0]: row[1] for row in rows}


@dataclass(frozen=True)
class Today:
    """What came after the evening up to which a report counts, by user name: it is shown beside it and not signed."""

    signed_in: frozenset[str]
    accepted: Mapping[str, int]


def today_of(plant: PlantFacts, at: datetime) -> Today:
    """Return who is signed in at this moment, and which version of the policy was accepted today."""
    began = midnight(at.astimezone(ZoneInfo(plant.zone)).date(), plant.zone)
    accepted = _policies(PolicyAcceptance.at >= began)
    names = select(Person.id, Person.user_name).where(Person.id.in_(accepted))
    return Today(
        signed_in_now(plant, at),
        {row.user_name: accepted[row.id] for row in db.session.execute(names)},
    )


def is_outdated(person: Mapping[str, Any], content: Mapping[str, Any]) -> bool:
    """Tell whether somebody who may come in had accepted another version of the policy than the one in force."""
    in_force = content.get("policy")
    return bool(person["policy"] and in_force and person["policy"] != in_force) and may_come_in(person, content["day"])


def _locked(now: datetime) -> set[int]:
    wrong = (SignInEvent.outcome == Outcome.WRONG, SignInEvent.person_id.is_not(None))
    tried = db.session.scalars(
        select(SignInEvent.person_id).where(*wrong).group_by(SignInEvent.person_id).having(func.count() >= TRIES)
    )
    return {each for each in tried if each is not None and any(line.lock.closed for line in locks_of(each, now))}


def _tablets() -> list[dict[str, object]]:
    """Return the tablets in use, with who enrolled them."""
    rows = db.session.execute(
        select(Device.name, Area.name, Person.name, Device.enrolled_at)
        .join(Area, Area.id == Device.area_id)
        .join(Person, Person.id == Device.enrolled_by)
        .where(Device.revoked_at.is_(None))
        .order_by(Device.name)
    )
    return [{"name": name, "area": area, "by": by, "at": utc_text(at)} for name, area, by, at in rows]


@dataclass(frozen=True)
class Reviewed:
    """A review that was done: its record, when and by whom."""

    number: str
    at: datetime
    by: str


def reviews(limit: int = 20) -> list[Reviewed]:
    """Return the newest reviews, the newest first."""
    rows = db.session.execute(
        select(Record.number, Record.performed_at, Signature.printed_name)
        .join(Signature, Signature.record_id == Record.id)
        .where(Record.kind == KIND)
        .order_by(Record.performed_at.desc(), Record.id.desc())
        .limit(limit)
    )
    return [Reviewed(*row) for row in rows]


def record(number: str) -> Record:
    """Return the record of a review; raises NotFound."""
    found = db.session.scalar(select(Record).where(Record.kind == KIND, Record.number == number))
    if found is None:
        raise NotFound("There is no review %(number)s.", number=number)
    return found


def due_since(plant: PlantFacts, today: date) -> date | None:
    """Return the day from which the next review is due, None while it is not, or where the plant asks for none.

    A plant that never had one counts from the day its first person was entered.
    """
    months = plant.profile.whole(MONTHS)
    if not months:
        return None
    newest = reviews(limit=1)
    began = newest[0].at if newest else db.session.scalar(select(func.min(Person.created_at)))
    if began is None:
        return None
    due = _months_after(began.astimezone(ZoneInfo(plant.zone)).date(), months)
    return due if due <= today else None


def _months_after(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, 28))


def may_come_in(person: Mapping[str, Any], day: str) -> bool:
    """Tell whether a line of the report is of somebody who may come in on its day."""
    return bool(person["active"]) and not (person["last_day"] and person["last_day"] < day)
