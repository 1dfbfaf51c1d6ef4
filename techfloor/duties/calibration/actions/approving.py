"""A version of a procedure is approved under a signature and is in force from its day; and how one is retired."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select

from techfloor.duties.calibration.actions import drafting, procedures
from techfloor.duties.calibration.actions.drafting import Draft
from techfloor.duties.calibration.permissions import WRITERS
from techfloor.duties.calibration.queries.records import PROCEDURE as KIND
from techfloor.duties.calibration.rules import foresight, ready_made
from techfloor.duties.calibration.rules.cautions import cautions as found_cautions
from techfloor.duties.calibration.rules.foresight import possible, restacked
from techfloor.duties.calibration.rules.procedure import Procedure
from techfloor.duties.calibration.rules.written import body_of, entry_of
from techfloor.people.proof import Proof
from techfloor.people.queries import who_may_be_here
from techfloor.places.queries import PlantFacts, day_at_plant
from techfloor.records import definitions, documents
from techfloor.records.definitions import Approval
from techfloor.records.models import Definition, Record, Revision
from techfloor.records.reviewing import two_persons
from techfloor.records.signing import Content, canonical
from techfloor.refusals import NotFound, Refusal
from techfloor.store import alone, db, looking_at

SCHEMA = 2
"""2 says who wrote it; of one that comes with the program nobody here did."""
DOCUMENT = documents.declare(KIND, "approved")


def content_of(draft: Draft, plant: PlantFacts, at: datetime, *, ready_made: bool = False) -> Content:
    """Return what a draft would be signed as at a moment: what the page shows is what is hashed."""
    procedure = draft.procedure
    data: dict[str, object] = {
        "kind": KIND,
        "schema": SCHEMA,
        "number": procedure.code,
        "version": procedure.version,
        "plant": documents.plant_words(plant),
        "title": procedure.title,
        "change": draft.body.get("change", ""),
        "written_by": [] if ready_made else drafting.writers(draft.revision),
        "effective_from": _first_day(draft.revision, at).isoformat(),
        "body": dict(draft.body),
    }
    return canonical(data, SCHEMA)


def _first_day(revision: Revision, at: datetime) -> date:
    today = day_at_plant(at)
    return max(revision.effective_from or today, today)


def objections(draft: Draft, day: date) -> list[Refusal]:
    """Return what speaks against approving a draft, each beside the box it is about."""
    procedure = draft.procedure
    users = procedures.users(draft.definition.id)
    standard = procedures.standard_of(procedure, day)
    found = foresight.objections(procedure, users, standard, drafting.standards_known())
    if drafting.former_revision(draft.definition.code) is not None and not draft.body.get("change"):
        found.append(Refusal("Say what is new: everybody who calibrates by it reads it.", field="change"))
    return found


def cautions(draft: Draft, day: date) -> list[Refusal]:
    """Return what whoever approves a draft should see, though it may be approved; one not kept yet has no gauges."""
    procedure, definition = draft.procedure, draft.definition.id
    users = procedures.users(definition) if definition else []
    return found_cautions(procedure, users, procedures.standard_of(procedure, day))


def barred(draft: Draft, person_id: int, plant: PlantFacts) -> bool:
    """Tell whether somebody may not approve a draft: who wrote at it, where the plant asks for a second person."""
    return two_persons(plant) and person_id in definitions.authors(draft.revision)


def approvers(draft: Draft, plant: PlantFacts, day: date) -> list[str]:
    """Return the names of who may approve a draft, as the plant asks; empty where nobody is here who may."""
    wrote = definitions.authors(draft.revision) if two_persons(plant) else frozenset()
    able = [each for each in who_may_be_here(day) if set(each.roles) & set(WRITERS)]
    return [each.name for each in able if each.id not in wrote]


def approve(draft: Draft, proof: Proof, plant: PlantFacts, *, shown_sha256: str) -> Record:
    """Approve a draft under a signature and put it in force on its day.

    Raises Refusal when the page showed another, when its author may not, and for each thing that `objections` names.
    """
    code = draft.definition.code
    alone(f"procedure:{code}".casefold())
    db.session.refresh(draft.revision)  # it was read before the others were out
    if draft.revision.state != "draft":
        raise Refusal("This version is approved already.")
    if barred(draft, proof.person_id, plant):
        raise Refusal("You wrote at this draft. Another person approves it.")
    return _approved_as_shown(draft, content_of(draft, plant, proof.at), proof, shown_sha256)


def take_over(code: str, chosen: Sequence[str], proof: Proof, plant: PlantFacts, *, shown_sha256: str) -> Record:
    """Approve a ready-made procedure with standards of this plant, in one act; raises Refusal as `approve` does.

    One person does, also where its authors may not approve a procedure: nobody here wrote it.
    """
    body = ready_body(code, chosen, day_at_plant(proof.at))
    draft = drafting.begin(code, entry_of(body), body, None)
    return _approved_as_shown(draft, content_of(draft, plant, proof.at, ready_made=True), proof, shown_sha256)


def _approved_as_shown(draft: Draft, content: Content, proof: Proof, shown_sha256: str) -> Record:
    documents.as_shown(content, shown_sha256)
    for no in objections(draft, day_at_plant(proof.at)):
        raise Refusal(no.sentence, field=no.field, **no.parameters)
    return _signed(draft, content, proof)


def _signed(draft: Draft, content: Content, proof: Proof) -> Record:
    """Sign a draft, without asking whether it may be."""
    former = newest_record(draft.definition.code)
    signing = documents.Signing(
        kind=DOCUMENT,
        number=draft.definition.code,
        title=draft.procedure.title,
        version=draft.revision.version,
        supersedes_id=former.id if former else None,
        revision_id=draft.revision.id,
        content=content,
    )
    record = documents.sign_document(signing, proof, shown_sha256=content.sha256)
    draft.definition.title = draft.procedure.title
    approval = Approval(proof.person_id, proof.at, _first_day(draft.revision, proof.at))
    definitions.approve(draft.revision, approval, day_at_plant(proof.at))
    return record


def ready_body(code: str, chosen: Sequence[str], day: date) -> dict[str, Any]:
    """Return a ready-made procedure with standards of this plant, its stacks of the pieces that they have."""
    body = ready_made.body(ready_made.find(code), tuple(chosen))
    made = procedures.ready_one(code, chosen)
    known = {each.code: each for each in procedures.like_unit(made.unit, day)}
    standard = next((known[each] for each in chosen if each in known), None)
    return {**body, **dict(possible(restacked(made, standard), standard).body or {}), "standards": list(chosen)}


def as_draft(code: str, chosen: Sequence[str], day: date) -> Draft:
    """Return a ready-made procedure as the draft that `take_over` writes, without writing it."""
    body = ready_body(code, chosen, day)
    body = body_of(entry_of(body), body)
    definition = Definition(kind=KIND, code=code, title=str(body["title"]))
    return Draft(definition, Revision(version=1, state="draft", body=body, effective_from=None))


def ready_objections(draft: Draft, day: date) -> list[Refusal]:
    """Return what speaks against taking over a ready-made procedure: no gauge uses it yet."""
    procedure = draft.procedure
    standard = procedures.standard_of(procedure, day)
    return foresight.objections(procedure, [], standard, drafting.standards_known())


@dataclass(frozen=True)
class Restacked:
    """What the pieces of a plant's own standard make of a ready-made procedure.

    `points` has (point, pieces as ready-made, pieces here) where they differ; `left_out` names the sets of points that
    no pieces give.
    """

    points: tuple[tuple[str, str, str], ...]
    left_out: tuple[str, ...]


def restacking(code: str, procedure: Procedure) -> Restacked:
    """Return in what a procedure that is taken over differs from the ready-made one."""
    was, made = (_points(each) for each in (procedures.ready_one(code), procedure))
    pairs = ((old, new) for key in made for old, new in zip(was[key], made[key], strict=True))
    stacks = ((old["label"], " + ".join(old.get("stack", ())), " + ".join(new.get("stack", ()))) for old, new in pairs)
    return Restacked(tuple(each for each in stacks if each[1] != each[2]), tuple(key for key in was if key not in made))


def _points(procedure: Procedure) -> dict[str, list[Mapping[str, Any]]]:
    return {row["key"]: row["points"] for row in (procedure.body or {}).get("point_set", ())}


def load(code: str, version: int, body: Mapping[str, Any], proof: Proof, plant: PlantFacts) -> int:
    """Draft and approve a procedure in one act, as the demo plant begins; returns its definition.

    Nothing is asked of the gauges: they come later, and each is asked when it is given its procedure.
    """
    definition = definitions.define(KIND, code, str(body["title"]))
    revision = definitions.draft(definition, body_of(entry_of(body), body), version=version)
    draft = Draft(definition, revision)
    _signed(draft, content_of(draft, plant, proof.at, ready_made=True), proof)
    return definition.id


def retire(code: str) -> None:
    """Let nobody calibrate by a procedure any more; raises Refusal while a gauge does. Records keep theirs."""
    definition = drafting.definition_of(code)
    alone(f"procedure:{definition.code}".casefold())
    using = procedures.users(definition.id)
    if using:
        raise Refusal(
            "%(gauges)s is calibrated by it. Choose another procedure for it first."
            if len(using) == 1
            else "%(gauges)s are calibrated by it. Choose another procedure for them first.",
            gauges=", ".join(each.code for each in using),
        )
    live = [each for each in definitions.versions(KIND, definition.code) if each.state in {"effective", "approved"}]
    if not live:
        raise Refusal("%(code)s is not in force.", code=definition.code)
    for each in live:
        each.state = "superseded"
    db.session.flush()
    if drafting.draft_or_none(definition.code) is not None:
        drafting.give_up(definition.code)


def newest_record(code: str) -> Record | None:
    """Return the record of the version approved last."""
    return db.session.scalar(_records(code).order_by(Record.version.desc()).limit(1))


def record_of(code: str, version: int) -> Record:
    """Return the record under which a version was approved; raises NotFound."""
    return _found(db.session.scalar(_records(code).where(Record.version == version)), code, version)


def record_or_none(code: str, version: int) -> Record | None:
    """Return the record under which a version was approved; None for one from before versions were signed."""
    return db.session.scalar(_records(code).where(Record.version == version))


def number_of(code: str, version: int) -> str:
    """Return the number under which a version was approved, read apart from any act under way; raises NotFound."""
    with looking_at() as session:
        return _found(session.scalar(_records(code).where(Record.version == version)), code, version).number


def _records(code: str) -> Select[Record]:
    return select(Record).where(Record.kind == KIND, Record.number == code.strip().upper())


def _found(record: Record | None, code: str, version: int) -> Record:
    if record is None:
        raise NotFound("There is no version %(version)s of %(code)s.", version=version, code=code)
    return record
