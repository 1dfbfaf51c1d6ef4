"""Drafts of procedures: begun blank, from a ready-made one, a copy or the version in force; kept, changed, given up."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import select

from techfloor.duties.calibration.actions import procedures
from techfloor.duties.calibration.queries.records import PROCEDURE as KIND
from techfloor.duties.calibration.queries.records import read_revision
from techfloor.duties.calibration.rules import ready_made
from techfloor.duties.calibration.rules.certified import StandardFacts
from techfloor.duties.calibration.rules.foresight import with_stacks
from techfloor.duties.calibration.rules.procedure import Procedure
from techfloor.duties.calibration.rules.rule_words import USUAL, words_for
from techfloor.duties.calibration.rules.written import ProcedureEntry, body_of
from techfloor.measures.decision import Rule
from techfloor.people.models import Person
from techfloor.records import definitions
from techfloor.records.models import Definition, Revision
from techfloor.refusals import NotFound, Refusal, together
from techfloor.store import alone, db

LONGEST_CODE = 30
_CODE = re.compile(r"[A-Z0-9](?:[A-Z0-9.-]*[A-Z0-9])?")
_OF_A_RECORD = re.compile(r"[A-Z]+-\d{4}-\d+")
BLANK: Mapping[str, Any] = {"mode": "apply", "rule": "simple", "rule_text": USUAL[Rule.simple], "min_tur": "4"}


@dataclass(frozen=True)
class Draft:
    """A version of a procedure that nobody approved yet."""

    definition: Definition
    revision: Revision

    @property
    def procedure(self) -> Procedure:
        """What it says."""
        return read_revision(self.definition, self.revision)

    @property
    def body(self) -> Mapping[str, Any]:
        """What it says, as it is kept."""
        assert isinstance(self.revision.body, dict)
        return self.revision.body


def definition_of(code: str) -> Definition:
    """Return the definition of a procedure, typed in any case; raises NotFound."""
    found = _definition(code)
    if found is None:
        raise NotFound("There is no procedure %(code)s.", code=code)
    return found


def _definition(code: str) -> Definition | None:
    live = select(Revision.definition_id).where(Revision.state != definitions.GIVEN_UP)
    wanted = (Definition.kind == KIND, Definition.code == code.strip().upper(), Definition.id.in_(live))
    return db.session.scalar(select(Definition).where(*wanted))


def drafts() -> list[Draft]:
    """Return every draft, by code."""
    rows = db.session.execute(
        select(Definition, Revision)
        .join(Revision, Revision.definition_id == Definition.id)
        .where(Definition.kind == KIND, Revision.state == "draft")
        .order_by(Definition.code)
    )
    return [Draft(row.Definition, row.Revision) for row in rows]


def draft_or_none(code: str) -> Draft | None:
    """Return the draft of a procedure, None where nobody has begun one."""
    found = _definition(code)
    revision = (
        next((each for each in definitions.versions(KIND, found.code) if each.state == "draft"), None)
        if found
        else None
    )
    return Draft(found, revision) if found and revision else None


def draft_of(code: str) -> Draft:
    """Return the draft of a procedure; raises NotFound."""
    found = draft_or_none(code)
    if found is None:
        raise NotFound("There is no draft of %(code)s. It was approved or given up.", code=code)
    return found


def source(kind: str, code: str) -> Mapping[str, Any]:
    """Return the body that a new procedure begins as: `ready`, `copy` of one that was approved, or blank."""
    if kind == "ready":
        return ready_made.body(ready_made.find(code), ())
    if kind == "copy":
        body = dict(_newest_approved(definition_of(code)))
        return {key: value for key, value in body.items() if key != "change"}
    return BLANK


def begun(code: str) -> Mapping[str, Any]:
    """Return the body that the draft of a procedure has, or begins as: that of the version approved last."""
    found = draft_or_none(code)
    if found is not None:
        return found.body
    return {key: value for key, value in _newest_approved(definition_of(code)).items() if key != "change"}


def _newest_approved(definition: Definition) -> Mapping[str, Any]:
    found = next((each for each in definitions.versions(KIND, definition.code) if each.state != "draft"), None)
    if found is None:
        raise NotFound("No version of %(code)s was approved yet.", code=definition.code)
    assert isinstance(found.body, dict)
    return {"title": definition.title, **found.body}


def next_code() -> str:
    """Return a code that no procedure of this plant has, and no ready-made one."""
    taken = set(procedures.codes())
    taken |= {str(row["code"]) for row in ready_made.rows()}
    return next(code for n in range(1, len(taken) + 2) if (code := f"CAL-P-{n:02d}") not in taken)


def begin(code: str, entry: ProcedureEntry, carried: Mapping[str, Any], first_day: date | None) -> Draft:
    """Keep the first draft of a new procedure; raises Refusal for a code that is taken or is none."""
    wanted = code.strip().upper()
    together([partial(_refuse_code, wanted), partial(_body, entry, carried)])
    body = _body(entry, carried)
    definition = definitions.define(KIND, wanted, entry.title)
    revision = definitions.draft(definition, body)
    definitions.rewrite(revision, body, first_day)
    return Draft(definition, revision)


def _refuse_code(wanted: str) -> None:
    if _CODE.fullmatch(wanted) is None or len(wanted) > LONGEST_CODE:
        raise Refusal("Enter a code of letters, digits, dots and dashes, like CAL-P-13.", field="code")
    if _OF_A_RECORD.fullmatch(wanted):
        raise Refusal("This code looks like the number of a record. Choose another, like CAL-P-13.", field="code")
    alone(f"procedure:{wanted}".casefold())
    if _definition(wanted) is not None:
        raise Refusal(
            "There is a procedure %(code)s already. Open it, or choose another code.", field="code", code=wanted
        )


def _body(entry: ProcedureEntry, carried: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body of a draft; the usual words of a rule follow the rule that is chosen."""
    body = body_of(entry, carried)
    if body.get("rule_text"):
        body["rule_text"] = words_for(Rule(body.get("rule", Rule.simple.value)), body["rule_text"])
    return body


def keep(code: str, entry: ProcedureEntry, first_day: date | None) -> Draft:
    """Keep the draft of the next version of a procedure: the one that was begun, or a new one."""
    definition = definition_of(code)
    alone(f"procedure:{definition.code}".casefold())
    body = _body(entry, begun(definition.code))
    found = draft_or_none(definition.code)
    revision = found.revision if found else definitions.draft(definition, body)
    definitions.rewrite(revision, body, first_day)
    return Draft(definition, revision)


def give_up(code: str) -> None:
    """Give up a draft; of a procedure that was never approved, all of it."""
    found = draft_of(code)
    alone(f"procedure:{found.definition.code}".casefold())
    definitions.give_up(found.revision)


def writers(revision: Revision) -> list[str]:
    """Return the names of who wrote at a version, as the trail has them, by name."""
    wrote = definitions.authors(revision)
    return list(db.session.scalars(select(Person.name).where(Person.id.in_(wrote)).order_by(Person.name, Person.id)))


def former_revision(code: str) -> Revision | None:
    """Return the version approved last, None where none was."""
    return next((each for each in definitions.versions(KIND, code) if each.state != "draft"), None)


def former_version(code: str) -> int | None:
    """Return the number of the version approved last, None where none was."""
    found = former_revision(code)
    return found.version if found else None


def known(code: str) -> bool:
    """Tell whether this plant has a procedure of this code, or had one."""
    return _definition(code) is not None


def retired(in_force: set[int]) -> list[Definition]:
    """Return the procedures of which a version was approved and none is in force or to come."""
    live = select(Revision.definition_id).where(Revision.state.in_(["effective", "approved"]))
    approved = select(Revision.definition_id).where(Revision.state == "superseded")
    wanted = (Definition.id.in_(approved), Definition.id.not_in(live), Definition.id.not_in(in_force))
    return list(
        db.session.scalars(select(Definition).where(Definition.kind == KIND, *wanted).order_by(Definition.code))
    )


def put_pieces(draft: Draft, standard: StandardFacts | None) -> None:
    """Write the pieces that give each point of a draft into it, where it names none; raises Refusal without any."""
    body = with_stacks(draft.procedure, standard)
    if body == draft.body:
        raise Refusal("The pieces of its standard give no stack for these points.")
    definitions.rewrite(draft.revision, body, draft.revision.effective_from)


def standards_known() -> list[str]:
    """Return the codes of the standards of this plant."""
    return [code for code, _name in procedures.standards()]
