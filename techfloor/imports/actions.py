"""Bringing in what the dry run showed: every good row, or nothing; and what is kept of it."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import defer

from techfloor.imports.models import ImportRun
from techfloor.imports.planning import DryRun
from techfloor.people.models import Person
from techfloor.records.attachments import KeptFile
from techfloor.refusals import NotFound
from techfloor.store import db

SHOWN_RUNS = 20


def bring_in(
    kind: str, file: KeptFile, run: DryRun, matching: dict[str, str], *, actor: int, at: datetime
) -> ImportRun:
    """Do what each good row says, in the act under way; raises Refusal, with the row, where one will not do.

    A refusal ends the act: nothing of the file is kept.
    """
    counts = run.counts
    kept = ImportRun(
        kind=kind,
        name=file.name,
        media_type=file.media_type,
        size=file.size,
        sha256=file.sha256,
        matching=matching,
        new=counts["new"],
        changed=counts["changed"],
        same=counts["same"],
        refused=counts["refused"],
        lines=[line.kept for line in run.lines if line.deed != "same"],
        by_id=actor,
        at=at,
    )
    db.session.add(kept)
    db.session.flush()
    for line in run.good:
        line.do(kept.id)
    return kept


def run_of(run_id: int) -> tuple[ImportRun, str]:
    """Return what was brought in by one act, and who did it; raises NotFound."""
    row = db.session.execute(
        select(ImportRun, Person.name).join(Person, Person.id == ImportRun.by_id).where(ImportRun.id == run_id)
    ).one_or_none()
    if row is None:
        raise NotFound("This import is not here.")
    return row[0], row[1]


def newest_runs(kinds: list[str]) -> list[tuple[ImportRun, str]]:
    """Return the newest runs of some kinds, and who did them."""
    rows = db.session.execute(
        select(ImportRun, Person.name)
        .join(Person, Person.id == ImportRun.by_id)
        .where(ImportRun.kind.in_(kinds))
        .options(defer(ImportRun.lines))
        .order_by(ImportRun.id.desc())
        .limit(SHOWN_RUNS)
    )
    return [(run, name) for run, name in rows]


def matched_before(kind: str) -> dict[str, str]:
    """Return how the columns of this kind were matched last, by the words of their heads."""
    newest = select(ImportRun.matching).where(ImportRun.kind == kind).order_by(ImportRun.id.desc()).limit(1)
    return db.session.scalar(newest) or {}
