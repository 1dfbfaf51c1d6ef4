"""The runner of jobs: one thread of the server does their lines, one after the other, as long as there are any."""

import hashlib
import logging
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from zoneinfo import ZoneInfo

from flask import Flask, current_app, g
from sqlalchemy import ColumnElement, or_, select, update

from techfloor import clock, store
from techfloor.people.models import Person, PersonRole
from techfloor.people.queries import may_come_in
from techfloor.places.queries import PlantFacts
from techfloor.refusals import Refusal
from techfloor.reports import jobs
from techfloor.reports.jobs import Keep, Kind, LineState
from techfloor.reports.models import Job, JobLine
from techfloor.store import db
from techfloor.store.hindrances import hindrance
from techfloor.web.pages import afterwards
from techfloor.web.visitor import Caller

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
"""After this time a claim is nobody's: a document takes a second at most, its server must have died."""
LOOK_EVERY = 15.0
"""Seconds between looks for what another server left behind."""


class Runner:
    """Does what jobs ask for; `wake` is called where one was asked for, `run_waiting` does all there is and returns."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._asked, self._stopped = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="jobs", daemon=True)
        self.besides: list[Callable[[], object]] = []
        """What else is to be done now and then, each in an application context of its own."""
        # The same after a restart of this server, so that it goes on at once with what it was at.
        place = f"{socket.gethostname()}:{app.extensions['techfloor'].settings.instance}"
        self._me = hashlib.sha256(place.encode()).hexdigest()[:16]

    def start(self) -> None:
        """Begin to run, in a thread that ends with the process."""
        self._thread.start()

    def stop(self) -> None:
        """End once the line under way is done."""
        self._stopped.set()
        self._asked.set()
        self._thread.join()

    def wake(self) -> None:
        """Look for work now."""
        self._asked.set()

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                self.run_waiting()
                self.do_besides()
            except Exception as error:
                if hindrance(error) is None:
                    log.exception("The runner of jobs stumbled; it goes on in %s s", LOOK_EVERY)
                else:
                    log.warning("Jobs wait, for the records cannot be written: %s", error)
            self._asked.wait(LOOK_EVERY)
            self._asked.clear()

    def run_waiting(self) -> int:
        """Do every line that waits and that no other server is at; returns how many were done or failed."""
        count = 0
        while not self._stopped.is_set() and self._one():
            count += 1
        return count

    def do_besides(self) -> None:
        """Do what else there is; one that fails keeps no other from being done."""
        for deed in self.besides:
            with self._context():
                try:
                    deed()
                except Exception as error:
                    if hindrance(error) is not None:
                        raise
                    log.exception("What is done beside jobs failed")

    @contextmanager
    def _context(self) -> Iterator[None]:
        """Open an application context of its own, so that nothing read within stays in memory."""
        with self._app.app_context():
            house = self._app.extensions["techfloor"]
            with store.looking_at() as reading:
                g.plant, g.caller = house.plant_notice.read(reading), Caller()
            yield

    def _one(self) -> bool:
        with self._context():
            claimed = self._claim()
            if claimed is None:
                return False
            _do(*claimed)
            return True

    def _claim(self) -> tuple[Job, JobLine] | None:
        with store.looking_at() as reading:  # a look takes no turn of who writes
            if reading.scalar(select(JobLine.n).where(JobLine.state == LineState.WAITING.value).limit(1)) is None:
                return None
        now = clock.now()
        free = or_(JobLine.claimed_by.is_(None), JobLine.claimed_by == self._me, JobLine.claimed_at < now - LEASE)
        with store.quiet():
            line = db.session.scalar(
                select(JobLine)
                .where(JobLine.state == LineState.WAITING.value, free)
                .order_by(JobLine.job_id, JobLine.n)
                .limit(1)
                .with_for_update(skip_locked=True)
            )
            if line is None:
                return None
            line.claimed_by, line.claimed_at = self._me, now
        return db.session.get_one(Job, line.job_id), line


def wake_afterwards() -> None:
    """Have the runner of this application look for work once the act under way is committed."""
    afterwards(current_app.extensions["techfloor"].jobs.wake)


def _do(job: Job, line: JobLine) -> None:
    try:
        kind = jobs.kind_named(job.kind)
        _refuse_who_may_not(_who(job, line), kind)
        keep = kind.make(_who(job, line), line.subject_id, {**job.asked, **(line.given or {})})
    except Refusal as no:
        _fail(line, no)
        return
    except Exception as error:
        if hindrance(error) is not None:
            raise  # it waits until the records can be written again
        log.exception("A line of job %s failed: %s", job.id, line.subject)
        _fail(line, Refusal("It could not be made. The log of the server says why."))
        return
    _keep(job, kind, line, keep)


def _keep(job: Job, kind: Kind, line: JobLine, keep: Keep) -> None:
    """Keep what was made and end the line in one act; where it was ended meanwhile, keep nothing."""
    plant: PlantFacts | None = g.plant
    zone = plant.zone if plant else "UTC"
    try:
        with store.act(kind.action, actor=_who(job, line), zone=zone, request=f"job {job.id}") as unit:
            done = {"state": LineState.DONE.value, "done_at": clock.now()}
            if not _end(line, **done):
                unit.refuse()
                return
            db.session.execute(update(JobLine).where(_this(line)).values(sha256=keep(), given=None))
    except Refusal as no:
        _fail(line, no)


def _this(line: JobLine) -> ColumnElement[bool]:
    return (JobLine.job_id == line.job_id) & (JobLine.n == line.n)


def _end(line: JobLine, **values: object) -> bool:
    waits = (_this(line), JobLine.state == LineState.WAITING.value)
    ended = db.session.execute(update(JobLine).where(*waits).values(**values))
    return bool(ended.rowcount)  # type: ignore[attr-defined]


def _fail(line: JobLine, no: Refusal) -> None:
    with store.quiet():
        _end(line, state=LineState.FAILED.value, done_at=clock.now(), why=jobs.refusal_kept(no))


def _who(job: Job, line: JobLine) -> int:
    """Return in whose name a line is done: who asked for it again, else who asked for all."""
    return line.asked_by or job.asked_by


def _refuse_who_may_not(asked_by: int, kind: Kind) -> None:
    """Raise Refusal where who asked may do it no more: the order was theirs, and so is every act of it."""
    plant: PlantFacts = g.plant
    today = clock.now().astimezone(ZoneInfo(plant.zone)).date()
    with store.looking_at() as reading:
        roles = set(
            reading.scalars(
                select(PersonRole.role)
                .join(Person, Person.id == PersonRole.person_id)
                .where(Person.id == asked_by, may_come_in(today))
            )
        )
    allowed: frozenset[str] = current_app.extensions["techfloor"].permission_roles[kind.permission]
    if not roles & allowed:
        raise Refusal("Who asked for this may not do it any more. Somebody who may asks for the rest.")
