"""What `verify` asks of records: content, header and signatures agree, and a state has the signatures it needs.

The kinds of documents are those that loaded modules declared: who asks has loaded every room.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, func, or_, select, text, type_coerce
from sqlalchemy.engine import Connection

from techfloor.records import definitions, documents
from techfloor.records.models import Definition, Record, RecordContent, Revision, Signature
from techfloor.records.signing import PERFORMED, TRANSCRIBED
from techfloor.records.versions import MEANINGS
from techfloor.store.verify import verify_record

_SIGNED_STATES = ("performed", "closed", "rejected")
_REVIEWS = {"reviewed": "closed", "rejected": "rejected"}
"""The meanings of a review, and the state that each leads to."""


def problems(connection: Connection) -> list[str]:
    """Return what does not agree, in sentences."""
    return [
        *_contents(connection),
        *_signatures(connection),
        *_states(connection),
        *_versions(connection),
        *_revisions(connection),
    ]


def problems_of(connection: Connection, record_id: int) -> list[str]:
    """Return what does not hold of one record, in sentences: its rows, its content, its signatures; a few statements.

    Whether its state has the signatures it needs, and whether the trail itself holds, is for `problems` and `verify`.
    """
    return [
        *verify_record(connection, record_id),
        *_contents(connection, record_id),
        *_signatures(connection, record_id),
    ]


_OF_DOCUMENT = and_(Record.revision_id == Revision.id, Record.kind == Definition.kind)
"""Which record is that of a version of a document."""


def _revisions(connection: Connection) -> list[str]:
    kinds = [kind.name for kind in documents.declared()]
    versions = select(Definition.code, Revision.version).join(Definition, Definition.id == Revision.definition_id)
    signed = select(Record.id).where(_OF_DOCUMENT, Record.content_sha256.is_not(None))
    approved = (
        versions.add_columns(type_coerce(Revision.body, Text), Revision.body_sha256, RecordContent.body)
        .outerjoin(Record, _OF_DOCUMENT)
        .outerjoin(RecordContent, RecordContent.record_id == Record.id)
    )
    unapproved = versions.where(
        Definition.kind.in_(kinds), Revision.state.not_in(["draft", definitions.GIVEN_UP]), ~signed.exists()
    )
    return [
        f"Version {version} of {code} is not what was approved."
        for code, version, body, named, content in connection.execute(approved)
        if hashlib.sha256(str(body).encode()).hexdigest() != named or not _says(content, str(body))
    ] + [
        f"Version {version} of {code} is in force, but nobody signed it as approved."
        for code, version in connection.execute(unapproved)
    ]


def _says(signed: str | None, body: str) -> bool:
    """Tell whether a signed content has the words of the version that it approved; a forged one is told elsewhere."""
    words, content = _read(body), _read(signed)
    if words is None or content is None:
        return True
    whole = "body" not in content or content["body"] == words
    return whole and all(content.get(name) == words[name] for name in ("title", "text") if name in words)


def _read(text: str | None) -> Mapping[str, Any] | None:
    """Return the object that a stored text is; None where there is none, or it was damaged to something else."""
    try:
        found = json.loads(text or "")
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _versions(connection: Connection) -> list[str]:
    """Check that the versions of a number have no gap, and that each replaces, by its content, one signed before it.

    A policy may be older than its first record here.
    """
    gaps = (
        "SELECT number, max(version) FROM record GROUP BY kind, number HAVING max(version) - min(version) >= count(*)"
    )
    found = [
        f"A version of {number} before version {newest} is gone." for number, newest in connection.exec_driver_sql(gaps)
    ]
    rows = connection.exec_driver_sql(
        "SELECT record.number, record.version, former.version, former.content_sha256, record_content.body, "
        "record.amendment "
        "FROM record LEFT JOIN record former ON former.id = record.supersedes_id AND former.number = record.number "
        "AND former.kind = record.kind LEFT JOIN record_content ON record_content.record_id = record.id "
        "WHERE record.amendment IS NOT NULL OR record.supersedes_id IS NOT NULL"
    )
    for number, version, before, sha256, body, amendment in rows:
        if before is None or before >= version or sha256 is None:
            found.append(f"Version {version} of {number} replaces none that was signed before it.")
        elif amendment is not None and body is not None and not _names(str(body), before, sha256):
            found.append(f"Version {version} of {number} says that it replaces another one than it does.")
    return found


def _names(body: str, version: int, sha256: str) -> bool:
    former = (_read(body) or {}).get("supersedes")
    return isinstance(former, dict) and (former.get("version"), former.get("content_sha256")) == (version, sha256)


def name_of(connection: Connection, record_id: int) -> str:
    """Return a record as people know it: its number, and the code of its equipment where it has one."""
    row = connection.execute(
        text(
            "SELECT record.number, equipment.code FROM record "
            "LEFT JOIN equipment ON equipment.id = record.equipment_id WHERE record.id = :id"
        ),
        {"id": record_id},
    ).one_or_none()
    return ", ".join(part for part in row if part) if row else ""


_OWNERS = {
    "person_id": "SELECT name FROM person WHERE id = :id",
    "equipment_id": "SELECT code FROM equipment WHERE id = :id",
    "gauge_id": "SELECT code FROM equipment WHERE id = :id",
    "standard_id": "SELECT code FROM equipment WHERE id = :id",
}
"""The columns by which a row belongs to a person or a thing, and what people call it."""


def owner_of(connection: Connection, table: str, row: Mapping[str, Any]) -> str:
    """Return what a row belongs to as people call it: a person's name, an equipment's code; "" if unknown."""
    if table in {"person", "equipment"}:
        return str(row.get("name" if table == "person" else "code") or "")
    for column, query in _OWNERS.items():
        if isinstance(row.get(column), int):
            found = connection.scalar(text(query), {"id": row[column]})
            if found:
                return str(found)
    return ""


def _of(connection: Connection, query: str, record_id: int | None) -> Sequence[Any]:
    """Run a query over records, or over one of them."""
    if record_id is None:
        return connection.exec_driver_sql(query).all()
    return connection.execute(text(f"{query} AND record.id = :id"), {"id": record_id}).all()


def _contents(connection: Connection, record_id: int | None = None) -> list[str]:
    query = (
        "SELECT record.number, record.content_sha256, record_content.sha256, record_content.body "
        "FROM record LEFT JOIN record_content ON record_content.record_id = record.id "
        "WHERE (record.content_sha256 IS NOT NULL OR record_content.sha256 IS NOT NULL)"
    )
    found = []
    for number, header, named, body in _of(connection, query, record_id):
        actual = None if body is None else hashlib.sha256(str(body).encode()).hexdigest()
        if not header == named == actual:
            found.append(f"The stored content of {number} is not what was signed.")
    return found


def _signatures(connection: Connection, record_id: int | None = None) -> list[str]:
    query = (
        "SELECT signature.id, record.number FROM signature JOIN record ON record.id = signature.record_id "
        "WHERE (record.content_sha256 IS NULL OR signature.content_sha256 != record.content_sha256)"
    )
    rows = _of(connection, query, record_id)
    return [f"Signature {row[0]} of {row[1]} stands under another content." for row in rows]


@dataclass(frozen=True)
class _Sort:
    """Records of one sort: the meaning that each is signed with first, and those that may come after it."""

    which: ColumnElement[bool]
    first: str
    after: tuple[str, ...] = ()


def _sorts() -> list[_Sort]:
    """Return every sort of record: first versions of work, each kind of amendment, each kind of document."""
    amendment = func.coalesce(Record.amendment, "")
    typed_in = and_(Record.transcribed_by.is_not(None), Record.transcribed_by != Record.on_paper_by)
    first = {kind.value: meaning for kind, meaning in MEANINGS.items()}
    by_typist = and_(_of_work(), amendment == "", typed_in)
    return [
        _Sort(and_(_of_work(), amendment == "", ~typed_in), PERFORMED, tuple(_REVIEWS)),
        _Sort(by_typist, TRANSCRIBED, tuple(_REVIEWS)),
        *(_Sort(and_(_of_work(), amendment == kind), meaning, tuple(_REVIEWS)) for kind, meaning in first.items()),
        *(_Sort(Record.kind == kind.name, kind.meaning) for kind in documents.declared()),
    ]


def _of_work() -> ColumnElement[bool]:
    return Record.kind.not_in([kind.name for kind in documents.declared()])


def _unsigned(connection: Connection, which: ColumnElement[bool], meaning: str) -> list[str]:
    signed = select(Signature.id).where(Signature.record_id == Record.id, Signature.meaning == meaning)
    rows = connection.execute(select(Record.number, Record.state).where(which, ~signed.exists()))
    return [f"{number} is {state}, but nobody signed it as {meaning}." for number, state in rows]


def _states(connection: Connection) -> list[str]:
    sorts, found = _sorts(), []
    for sort in sorts:
        found += _unsigned(connection, and_(sort.which, Record.state.in_(_SIGNED_STATES)), sort.first)
    found += _unsigned(connection, and_(_of_work(), Record.state == "rejected"), "rejected")
    early = (Record.content_sha256.is_not(None), Record.state.not_in(_SIGNED_STATES))
    rows = connection.execute(select(Record.number, Record.state).where(*early))
    found += [f"{number} is signed, but stands as {state}." for number, state in rows]
    return found + _out_of_place(connection, sorts)


def _out_of_place(connection: Connection, sorts: Sequence[_Sort]) -> list[str]:
    """Check that no record carries a signature which its sort never has, nor that of a review which led elsewhere."""
    belongs = or_(*(and_(sort.which, Signature.meaning.in_((sort.first, *sort.after))) for sort in sorts))
    led = or_(*(and_(Signature.meaning == meaning, Record.state != state) for meaning, state in _REVIEWS.items()))
    signed = select(Record.number, Record.version, Record.state, Signature.meaning)
    signed = signed.join(Signature, Signature.record_id == Record.id).order_by(Record.id, Signature.id)
    return [
        f"Version {version} of {number} is signed as {meaning}, which does not belong there."
        for number, version, _state, meaning in connection.execute(signed.where(~belongs))
    ] + [
        f"{number} is signed as {meaning}, but stands as {state}."
        for number, _version, state, meaning in connection.execute(signed.where(belongs, led))
    ]
