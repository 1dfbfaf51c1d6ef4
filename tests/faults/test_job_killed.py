"""A server that is killed in the middle of a job goes on with it, and makes no line of it twice."""

import os
import random
import signal
import time

import pytest
from flask import Flask
from sqlalchemy import func, select

from techfloor import clock, store
from techfloor.cli.verify import whole
from techfloor.duties.calibration.queries.records import CLOSED, KIND
from techfloor.duties.calibration.views.certificates import CERTIFICATES
from techfloor.migrations.upgrade import engine_for
from techfloor.people.models import Person
from techfloor.records import versions
from techfloor.records.models import Record
from techfloor.reports import jobs
from techfloor.reports.models import IssuedPdf, JobLine
from techfloor.settings import Settings
from techfloor.store import db

from .tablets import nursery_of

LIVES_AT_MOST = 0.6
"""Seconds a server has: a certificate takes a fifth of one, so that each stage of it is hit."""
LINES_FOR_A_KILL = 8
ENDS_WITHIN = 240.0


@pytest.fixture
def with_history() -> bool:
    """Whether the plant has calibrations whose certificates can be asked for."""
    return True


def asked(app: Flask, many: int) -> int:
    """Ask for the certificates of some calibrations that have none; returns the job."""
    with app.app_context():
        quinn = db.session.scalars(select(Person.id).where(Person.user_name == "quinn")).one()
        none = ~select(IssuedPdf.id).where(IssuedPdf.record_id == Record.id).exists()
        wanted = select(Record.id, Record.number).where(Record.kind == KIND, Record.state == CLOSED, none)
        rows = db.session.execute(wanted.where(versions.stands()).order_by(Record.id).limit(many)).all()
        assert len(rows) == many
        with store.act("calibration:certificates:ask", actor=quinn):
            lines = [(row.id, row.number) for row in rows]
            return jobs.ask(CERTIFICATES, lines, {}, actor=quinn, at=clock.now()).id


def left(app: Flask, job_id: int) -> int:
    """Return how many lines wait."""
    with app.app_context():
        wanted = (JobLine.job_id == job_id, JobLine.state == "waiting")
        return db.session.scalar(select(func.count()).select_from(JobLine).where(*wanted)) or 0


@pytest.mark.timeout(600)
def test_each_certificate_is_issued_once_however_often_the_server_dies(
    app: Flask, settings: Settings, request: pytest.FixtureRequest
) -> None:
    kills = 10 if request.config.getoption("--long") else 2
    job_id, chance, until = asked(app, kills * LINES_FOR_A_KILL), random.Random(kills), time.monotonic() + ENDS_WITHIN
    killed = 0
    with nursery_of(settings) as bear:
        while left(app, job_id):
            assert time.monotonic() < until, f"{left(app, job_id)} lines are left"
            pid, _port = bear()
            if killed < kills:
                time.sleep(chance.uniform(0.1, LIVES_AT_MOST))
                killed += left(app, job_id) > 0
            else:
                _wait_for_the_end(app, job_id, until)
            os.kill(pid, signal.SIGKILL)
    assert killed == kills, "it was done before it was killed as often"
    with app.app_context():
        lines = db.session.scalars(select(JobLine).where(JobLine.job_id == job_id)).all()
        issued = [
            db.session.scalars(select(IssuedPdf).where(IssuedPdf.record_id == each.subject_id)).all() for each in lines
        ]
        assert [len(papers) for papers in issued] == [1] * len(lines)
        assert [papers[0].sha256 for papers in issued] == [line.sha256 for line in lines]
        blobs = app.extensions["techfloor"].blobs
        assert all(blobs.get(papers[0].sha256).startswith(b"%PDF") for papers in issued)
    with engine_for(settings.database_owner_url or settings.database).connect() as connection:
        assert whole(connection, settings).problems == []


def _wait_for_the_end(app: Flask, job_id: int, until: float) -> None:
    while left(app, job_id) and time.monotonic() < until:
        time.sleep(0.05)
