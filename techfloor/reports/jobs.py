"""Long work that goes on when its page is left: asked for in one act, done line by line, each line exactly once.

A room declares what it does for one line. Whatever that keeps is written in the same transaction as the line's end:
a server that dies in between has kept neither, and the line is done again by whoever comes next.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, BinaryIO

from sqlalchemy import Row, case, func, insert, select, update

from techfloor.people.models import Person
from techfloor.refusals import NotFound, Refusal
from techfloor.reports.joined import joined
from techfloor.reports.models import Job, JobLine, JobTaken, JobTurned
from techfloor.store import db

MOST_LINES = 5_000


class LineState(StrEnum):
    """How far a line is."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"


Keep = Callable[[], str]
"""Keeps what was made for a line, in the act under way, and returns the hash of its bytes."""


def _one_after_the_other(pieces: Iterable[bytes], title: str, _asked: Mapping[str, str]) -> BinaryIO:
    return joined(pieces, title)


@dataclass(frozen=True)
class Kind:
    """What a kind of job does for each of its lines.

    `make` is given who asked, the line's subject and what was asked of all and of this line; it does what takes long,
    writes nothing, and returns what keeps the result. It raises Refusal, with its sentence, for a subject it cannot be
    done for. `permission` is asked anew at every line: who lost it since has nothing more done in their name. `action`
    is the act of each line.
    """

    name: str
    permission: str
    action: str
    make: Callable[[int, int, Mapping[str, str]], Keep]
    title: Any
    file_name: str
    """How the one file of all its pieces is called, without its ending."""
    join: Callable[[Iterable[bytes], str, Mapping[str, str]], BinaryIO] = _one_after_the_other
    """Makes one file of the pieces, given its title and what was asked."""
    told: Callable[[Mapping[str, str]], list[str]] | None = None
    """Says what was asked, where its words are not kept as they are read."""
    own: bool = False
    """Only who asked for it sees it: it holds what they were allowed to see."""
    whole: Any = ""
    """What all its pieces are together, in words; '' where each is a paper of its own."""


_DECLARED: dict[str, Kind] = {}


def declare(kind: Kind) -> Kind:
    """Declare a kind of job, once, in the module that does it."""
    if kind.name in _DECLARED:
        raise ValueError(f"the kind of job {kind.name!r} is declared already")
    _DECLARED[kind.name] = kind
    return kind


def kind_named(name: str) -> Kind:
    """Return a declared kind; raises NotFound for one of a version to come."""
    found = _DECLARED.get(name)
    if found is None:
        raise NotFound("This version of techfloor does no work of the kind %(kind)s.", kind=name)
    return found


def ask(
    kind: Kind,
    subjects: Sequence[tuple[int, str]],
    asked: dict[str, str],
    *,
    actor: int,
    at: datetime,
    given: Sequence[dict[str, str] | None] = (),
) -> Job:
    """Write down, in the act under way, what is to be done for each of `subjects`, (id, name), in their order.

    `given` is what each line needs besides, one for each subject, or nothing. Raises Refusal for none and for more
    than MOST_LINES.
    """
    if not subjects:
        raise Refusal("Nothing here to be done. Choose others, then ask again.")
    if len(subjects) > MOST_LINES:
        raise Refusal(
            "These are more than %(most)s. Choose a shorter time, and ask for the rest after it.", most=MOST_LINES
        )
    job = Job(kind=kind.name, asked=asked, asked_by=actor, asked_at=at)
    db.session.add(job)
    db.session.flush()
    waiting = LineState.WAITING.value
    lines = [
        {"job_id": job.id, "n": n, "subject_id": subject, "subject": name, "state": waiting, "given": own}
        for n, ((subject, name), own) in enumerate(zip(subjects, given or [None] * len(subjects), strict=True), start=1)
    ]
    db.session.execute(insert(JobLine), lines)
    return job


@dataclass(frozen=True)
class Progress:
    """How far a job is."""

    id: int
    kind: str
    asked: dict[str, str]
    asked_by: int
    by: str
    asked_at: datetime
    total: int
    done: int
    failed: int
    stopped: int
    last_at: datetime | None

    @property
    def ended(self) -> bool:
        """Tell whether nothing of it waits any more."""
        return self.done + self.failed + self.stopped == self.total

    @property
    def left(self) -> int:
        """How many lines wait."""
        return self.total - self.done - self.failed - self.stopped


def _count(state: LineState) -> Any:
    return func.sum(case((JobLine.state == state.value, 1), else_=0))


def _progress() -> Any:
    counts = [_count(state).label(state.value) for state in (LineState.DONE, LineState.FAILED, LineState.STOPPED)]
    return (
        select(
            Job.id,
            Job.kind,
            Job.asked,
            Job.asked_by,
            Person.name.label("by"),
            Job.asked_at,
            func.count().label("total"),
            *counts,
            func.max(JobLine.done_at).label("last_at"),
        )
        .join(JobLine, JobLine.job_id == Job.id)
        .join(Person, Person.id == Job.asked_by)
        .group_by(Job.id, Person.name)
    )


def progress(job_id: int) -> Progress:
    """Return how far a job is; raises NotFound."""
    found = db.session.execute(_progress().where(Job.id == job_id)).one_or_none()
    if found is None:
        raise NotFound("There is no job %(job)s.", job=job_id)
    return Progress(**found._mapping)


def newest_of(person_id: int, *, limit: int = 20) -> list[Progress]:
    """Return the jobs that a person asked for, the newest first."""
    mine = select(Job.id).where(Job.asked_by == person_id).order_by(Job.id.desc()).limit(limit)
    rows = db.session.execute(_progress().where(Job.id.in_(mine)).order_by(Job.id.desc()))
    return [Progress(**row._mapping) for row in rows]


def unseen(person_id: int, *, limit: int = 5) -> list[Progress]:
    """Return the jobs of a person that go on, or that made something nobody has taken yet, the newest first."""
    mine = select(Job.id).where(
        Job.asked_by == person_id, ~select(JobTaken.id).where(JobTaken.job_id == Job.id).exists()
    )
    rows = db.session.execute(
        _progress().where(Job.id.in_(mine.order_by(Job.id.desc()).limit(limit))).order_by(Job.id.desc())
    )
    found = [Progress(**row._mapping) for row in rows]
    return [each for each in found if not each.ended or each.done]


def lines_of(job_id: int, *states: LineState, limit: int = MOST_LINES) -> Sequence[Row[Any]]:
    """Return (n, subject_id, subject, state, sha256, why) of a job's lines in these states, in their order."""
    lines: Sequence[Row[Any]] = db.session.execute(
        select(JobLine.n, JobLine.subject_id, JobLine.subject, JobLine.state, JobLine.sha256, JobLine.why)
        .where(JobLine.job_id == job_id, JobLine.state.in_(states))
        .order_by(JobLine.n)
        .limit(limit)
    ).all()  # type: ignore[assignment]
    return lines


STOPPED, AGAIN = "stopped", "again"
"""What somebody does with a job that was asked for."""


def stop(job_id: int, *, actor: int, at: datetime) -> None:
    """Do nothing more of a job; what is done stays."""
    if _turn(job_id, [LineState.WAITING], LineState.STOPPED):
        _keep_turn(job_id, STOPPED, actor, at)


def again(job_id: int, *, actor: int, at: datetime) -> None:
    """Have what failed or was stopped done after all, in the name of who asks for it now."""
    if _turn(job_id, [LineState.FAILED, LineState.STOPPED], LineState.WAITING, asked_by=actor):
        _keep_turn(job_id, AGAIN, actor, at)


def _turn(job_id: int, old: Iterable[LineState], new: LineState, **more: int) -> int:
    ended = db.session.execute(
        update(JobLine)
        .where(JobLine.job_id == job_id, JobLine.state.in_(old))
        .values(state=new.value, why=None, claimed_by=None, claimed_at=None, **more)
    )
    return int(ended.rowcount)  # type: ignore[attr-defined]


def _keep_turn(job_id: int, deed: str, actor: int, at: datetime) -> None:
    db.session.add(JobTurned(job_id=job_id, deed=deed, turned_by=actor, turned_at=at))
    db.session.flush()


def last_turn(job_id: int) -> tuple[str, str, datetime] | None:
    """Return what somebody did with a job last, who and when; None where nobody did."""
    found = db.session.execute(
        select(JobTurned.deed, Person.name, JobTurned.turned_at)
        .join(Person, Person.id == JobTurned.turned_by)
        .where(JobTurned.job_id == job_id)
        .order_by(JobTurned.id.desc())
        .limit(1)
    ).one_or_none()
    return (found.deed, found.name, found.turned_at) if found else None


def refusal_kept(no: Refusal) -> dict[str, object]:
    """Return a refusal as a line keeps it."""
    return {"sentence": no.sentence, "parameters": {name: str(value) for name, value in no.parameters.items()}}


def refusal_of(kept: dict[str, Any]) -> Refusal:
    """Return the refusal that a line kept."""
    return Refusal(kept["sentence"], **kept["parameters"])


def take(job_id: int, *, actor: int, at: datetime) -> None:
    """Keep that somebody takes what a job made, to print it; raises Refusal while it goes on and where nothing is."""
    found = progress(job_id)
    if not found.ended:
        raise Refusal("This goes on still. Wait until it has ended, then print.")
    if not found.done:
        raise Refusal("Nothing of this was made, so there is nothing to print.")
    db.session.add(JobTaken(job_id=job_id, taken_by=actor, taken_at=at))
    db.session.flush()


def taken(job_id: int) -> tuple[str, datetime] | None:
    """Return who took what a job made last, and when; None where nobody has."""
    found = db.session.execute(
        select(Person.name, JobTaken.taken_at)
        .join(Person, Person.id == JobTaken.taken_by)
        .where(JobTaken.job_id == job_id)
        .order_by(JobTaken.id.desc())
        .limit(1)
    ).one_or_none()
    return (found.name, found.taken_at) if found else None
