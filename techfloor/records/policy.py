"""The e-signature policy: drafted, approved under a signature, in force from its day, accepted by each who signs.

Each approved version is a record of the kind `policy`: one number for the document, its version that of the revision.
"""

from dataclasses import dataclass
from datetime import date, datetime
from difflib import SequenceMatcher
from itertools import zip_longest

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from techfloor.people.models import Person, PolicyAcceptance
from techfloor.people.proof import Proof
from techfloor.places.queries import PlantFacts, day_at_plant
from techfloor.records import definitions, documents
from techfloor.records.definitions import Approval
from techfloor.records.models import Definition, Record, Revision
from techfloor.records.numbering import coming_number, next_number
from techfloor.records.reviewing import two_persons
from techfloor.records.signing import POLICY, Content, canonical, policy_in_force
from techfloor.refusals import NotFound, Refusal
from techfloor.store import alone, db, looking_at

KIND, PREFIX, SCHEMA = POLICY[0], "POL", 1
DOCUMENT = documents.declare(KIND, "approved")
LONGEST = 10_000
TITLE = "Electronic signatures"
TEXT = (
    "My electronic signature in techfloor means the same as my signature on paper. "
    "I sign only what I did, checked or decided myself, and what I have read. "
    "My PIN and my password are mine alone: I tell them to nobody and change them when somebody may know them. "
    "I report at once when somebody else may have signed as me."
)


@dataclass(frozen=True)
class PolicyText:
    """A policy as its reader sees it."""

    title: str
    version: int
    text: str


@dataclass(frozen=True)
class PolicyEntry:
    """A draft as somebody enters it; without a day it is in force from the day it is approved."""

    title: str
    text: str
    change: str = ""
    effective_from: date | None = None


def put_in_force(proof: Proof, plant: PlantFacts, *, title: str = TITLE, text: str = TEXT, change: str = "") -> Record:
    """Draft a policy and approve it in one act: how a new plant and the demo plant begin."""
    revision = write_draft(PolicyEntry(title, text, change))
    return approve(revision, proof, plant, shown_sha256=preview(revision, plant, proof.at).sha256)


def in_force(session: Session | None = None) -> PolicyText | None:
    """Return the policy in force."""
    found = policy_in_force(session)
    return None if found is None else text_of(found)


def text_of(revision: Revision) -> PolicyText:
    """Return a version as its reader sees it."""
    body = _body(revision)
    return PolicyText(str(body.get("title", TITLE)), revision.version, str(body["text"]))


def entry_of(revision: Revision) -> PolicyEntry:
    """Return a version as it was entered."""
    found = text_of(revision)
    return PolicyEntry(found.title, found.text, str(_body(revision).get("change", "")), revision.effective_from)


def _body(revision: Revision) -> dict[str, object]:
    assert isinstance(revision.body, dict)
    return revision.body


def draft_now() -> Revision | None:
    """Return the draft of the next version, None when nobody has begun one."""
    return next((each for each in definitions.versions(*POLICY) if each.state == "draft"), None)


def approved() -> list[Revision]:
    """Return every approved version, the newest first."""
    return [each for each in definitions.versions(*POLICY) if each.state != "draft"]


def version(number: int) -> Revision:
    """Return an approved version; raises NotFound."""
    found = next((each for each in approved() if each.version == number), None)
    if found is None:
        raise NotFound("There is no version %(version)s of this policy.", version=number)
    return found


def waiting_from(first_day: date, today: date) -> list[Revision]:
    """Return the approved versions that never come in force once one is approved from a day on."""
    found = policy_in_force()
    return definitions.waiting_from(found.definition_id, first_day, today) if found else []


def write_draft(entry: PolicyEntry) -> Revision:
    """Keep the draft of the next version, the one that was begun or a new one; raises Refusal for an empty text."""
    tidy = _tidy(entry)
    body = {"title": tidy.title, "text": tidy.text, "change": tidy.change}
    alone("policy")
    definition = definitions.define(*POLICY, tidy.title)
    revision = draft_now() or definitions.draft(definition, body)
    definitions.rewrite(revision, body, tidy.effective_from)
    return revision


def _tidy(entry: PolicyEntry) -> PolicyEntry:
    title, text = " ".join(entry.title.split()), entry.text.replace("\r\n", "\n").strip()
    if not title:
        raise Refusal("Enter a title.", field="title")
    if not text:
        raise Refusal("Write what a person agrees to when they sign.", field="text")
    change = " ".join(entry.change.split())
    if policy_in_force() is not None and not change:
        raise Refusal("Say what is new: everybody who signs reads it.", field="change")
    return PolicyEntry(title, text, change, entry.effective_from)


def preview(revision: Revision, plant: PlantFacts, at: datetime, number: str = "") -> Content:
    """Return the content as it would be signed at `at`: what the page shows is what is hashed."""
    former = newest_record()
    entry = entry_of(revision)
    data: dict[str, object] = {
        "kind": KIND,
        "schema": SCHEMA,
        "number": number or (former.number if former else coming_number(PREFIX, at, plant.zone)),
        "version": revision.version,
        "plant": documents.plant_words(plant),
        "title": entry.title,
        "text": entry.text,
        "change": entry.change,
        "effective_from": _first_day(revision, at).isoformat(),
    }
    return canonical(data, SCHEMA)


def _first_day(revision: Revision, at: datetime) -> date:
    today = day_at_plant(at)
    return max(revision.effective_from or today, today)


def barred(revision: Revision, person_id: int, plant: PlantFacts) -> bool:
    """Tell whether somebody may not approve a draft: who wrote at it, where the plant asks for a second person."""
    return two_persons(plant) and person_id in definitions.authors(revision)


def writers(revision: Revision) -> list[str]:
    """Return the names of who wrote at a version, as the trail has them, by name."""
    wrote = definitions.authors(revision)
    return list(db.session.scalars(select(Person.name).where(Person.id.in_(wrote)).order_by(Person.name, Person.id)))


def differences(before: PolicyText, after: PolicyText) -> list[tuple[str, str]]:
    """Return what differs between two versions, (before, after): the title, each paragraph; "" where one is missing."""
    old, new = (_paragraphs(each.text) for each in (before, after))
    found = [] if before.title == after.title else [(before.title, after.title)]
    for kind, first, last, start, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            found.extend(zip_longest(old[first:last], new[start:end], fillvalue=""))
    return found


def _paragraphs(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def approve(revision: Revision, proof: Proof, plant: PlantFacts, *, shown_sha256: str) -> Record:
    """Approve a draft under a signature and put it in force on its day; raises Refusal when the page showed another."""
    alone("policy")
    db.session.refresh(revision)  # it was read before the others were out
    if revision.state != "draft":
        raise Refusal("This version is approved already.")
    documents.as_shown(preview(revision, plant, proof.at), shown_sha256)
    if barred(revision, proof.person_id, plant):
        raise Refusal("You wrote at this draft. Another person approves it.")
    former, today = newest_record(), day_at_plant(proof.at)
    number = former.number if former else next_number(PREFIX, proof.at, plant.zone)
    signing = documents.Signing(
        kind=DOCUMENT,
        number=number,
        title=entry_of(revision).title,
        version=revision.version,
        supersedes_id=former.id if former else None,
        revision_id=revision.id,
        content=preview(revision, plant, proof.at, number),
    )
    record = documents.sign_document(signing, proof, shown_sha256=shown_sha256)
    approval = Approval(by=proof.person_id, at=proof.at, effective_from=_first_day(revision, proof.at))
    definitions.approve(revision, approval, today)
    return record


def newest_record() -> Record | None:
    """Return the record of the version approved last."""
    return db.session.scalar(_records().order_by(Record.version.desc()).limit(1))


def record_of(revision_id: int) -> Record | None:
    """Return the record under which a version was approved."""
    return db.session.scalar(_records().where(Record.revision_id == revision_id))


def number_of(version: int) -> str:
    """Return the number under which a version was approved, read apart from any act under way; raises NotFound."""
    with looking_at() as session:
        found = session.scalar(_records().where(Revision.version == version))
    if found is None:
        raise NotFound("There is no version %(version)s of this policy.", version=version)
    return found.number


def _records() -> Select[Record]:
    return (
        select(Record)
        .join(Revision, Revision.id == Record.revision_id)
        .join(Definition, Definition.id == Revision.definition_id)
        .where(Record.kind == KIND, Definition.kind == POLICY[0], Definition.code == POLICY[1])
    )


@dataclass(frozen=True)
class Acceptance:
    """A person who signs here, and when they accepted a version; None for who has not yet."""

    person_id: int
    name: str
    active: bool
    at: datetime | None


def acceptances(revision_id: int) -> list[Acceptance]:
    """Return everybody who accepted a version, and everybody who works here and has not, by name."""
    accepted = PolicyAcceptance
    rows = db.session.execute(
        select(Person.id, Person.name, Person.active, accepted.at)
        .outerjoin(accepted, (accepted.person_id == Person.id) & (accepted.revision_id == revision_id))
        .where(Person.active.is_(True) | accepted.at.is_not(None))
        .order_by(Person.name, Person.id)
    )
    return [Acceptance(*row) for row in rows]
