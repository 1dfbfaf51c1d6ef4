"""Amendments under race and in the database, of outside certificates, and against another standard."""

import csv
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from io import BytesIO, StringIO
from pathlib import Path
from threading import Barrier
from typing import Any
from zipfile import ZipFile

import outside_work
import pytest
from amending_work import FAILING, WHY, amend, amended, amending, calibrated, words
from bench_work import give, problems, review, sign, start
from flask import Flask
from plant_client import SignedInAs
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from techfloor import clock, store
from techfloor.cli import export
from techfloor.duties.calibration.actions import amending as acts
from techfloor.duties.calibration.actions.amending import AmendEntry
from techfloor.duties.calibration.queries import records as queries
from techfloor.duties.calibration.queries.bench import bench_of, version_bench
from techfloor.equipment.models import Equipment, Standard, StandardCertificate
from techfloor.migrations.upgrade import engine_for
from techfloor.people.models import Person
from techfloor.places.queries import read_plant
from techfloor.records import integrity, retention, versions
from techfloor.records.models import Measurement, Record
from techfloor.refusals import Refusal
from techfloor.reports import written_out
from techfloor.said import key_of
from techfloor.settings import Settings
from techfloor.store import db
from techfloor.store.types import utc_text


def test_of_several_amendments_at_one_moment_one_is_let_in(app: Flask, as_: SignedInAs) -> None:
    number, tries = calibrated(as_("T", tablet=True)), 6
    together = Barrier(tries)

    def one(_n: int) -> str:
        with app.app_context():
            plant, actor = read_plant(db.session()), db.session.scalars(select(Person.id).limit(1)).one()
            assert plant is not None
            db.session.remove()
            together.wait()
            try:
                with store.act("test:record:amend", actor=actor):
                    acts.amend(number, AmendEntry("correction", WHY), plant, actor=actor, at=clock.now())
            except Refusal as no:
                return no.sentence
            return "let in"

    with ThreadPoolExecutor(tries) as threads:
        answers = [future.result() for future in [threads.submit(copy_context().run, one, n) for n in range(tries)]]
    assert answers.count("let in") == 1
    assert sum("is under way by" in answer for answer in answers) == tries - 1


@pytest.mark.clause("21 CFR 11.10(f)")
def test_the_database_lets_no_second_amendment_in(app: Flask, as_: SignedInAs) -> None:
    number = calibrated(as_("T", tablet=True))
    with app.app_context():
        former = queries.standing_row(number)
        common = {"kind": former.kind, "number": number, "supersedes_id": former.id, "amendment": "correction"}
        common |= {"opened_by": former.opened_by, "amendment_reason": WHY, "state": "in progress"}
        common |= dict.fromkeys(("opened_at", "performed_at", "recorded_at"), clock.now())
        with pytest.raises(IntegrityError), store.act("test:record:amend"):
            db.session.add_all([Record(version=2, **common), Record(version=3, **common)])
            db.session.flush()
        db.session.rollback()
        with store.act("test:record:amend"):
            db.session.add_all([Record(version=2, **common | {"state": "discontinued"}), Record(version=3, **common)])


@pytest.mark.clause("21 CFR 11.10(a)")
def test_verify_names_a_version_that_is_gone_and_one_that_replaces_another(
    settings: Settings, app: Flask, as_: SignedInAs
) -> None:
    tara = as_("T", tablet=True)
    number, other = calibrated(tara), calibrated(tara)
    amended(app, tara, number)
    with app.app_context():
        rows = {n: queries.version_row(number, n).id for n in (1, 2)}
        another = queries.version_row(other, 1).id
        text_of = db.session.connection()
        assert integrity.problems(text_of) == []
    with engine_for(settings.database).connect() as connection:
        if connection.dialect.name == "postgresql":
            pytest.skip("the application may not drop triggers there")
        for (name,) in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        connection.execute(text("UPDATE record SET version = 3 WHERE id = :id"), {"id": rows[2]})
        assert f"A version of {number} before version 3 is gone." in integrity.problems(connection)
        connection.execute(
            text("UPDATE record SET version = 2, supersedes_id = :other WHERE id = :id"),
            {"id": rows[2], "other": another},
        )
        assert f"Version 2 of {number} replaces none that was signed before it." in integrity.problems(connection)
        connection.execute(
            text("UPDATE record SET supersedes_id = :first WHERE id = :id"), {"id": rows[2], "first": rows[1]}
        )
        connection.execute(text("UPDATE record SET content_sha256 = 'another' WHERE id = :id"), {"id": rows[1]})
        assert f"Version 2 of {number} says that it replaces another one than it does." in integrity.problems(
            connection
        )
        connection.rollback()


@pytest.mark.pages
def test_export_writes_all_versions(settings: Settings, app: Flask, as_: SignedInAs, tmp_path: Path) -> None:
    tara = as_("T", tablet=True)
    number = calibrated(tara)
    amended(app, tara, number)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    with engine_for(settings.database).connect() as connection:
        folder = export.write(connection, settings, export.of_number(connection, number, tmp_path))
    for version, typed in (("version-1", "150.10"), ("version-2", "150.05")):
        assert typed in (folder / version / "content.json").read_text("utf-8")
        assert "Tara Kowalski" in (folder / version / "signatures.csv").read_text("utf-8")
    done = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=folder, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.clause("21 CFR 11.10(b)")
def test_what_is_exported_has_all_versions_and_says_what_replaced_each(app: Flask, as_: SignedInAs) -> None:
    tara, amal = as_("T", tablet=True), as_("A")
    number = calibrated(tara)
    amended(app, tara, number)
    amending(tara, number, "entered in error", "this was G-013")
    assert sign(tara, number).status_code == 303
    form = amal.hidden("/calibration/?state=performed", "/calibration/export?state=performed")
    archive = amal.get(amal.post("/calibration/export?state=performed", data=form).location)
    packed = ZipFile(BytesIO(archive.data))
    lines = csv.DictReader(StringIO(packed.read("index.csv").decode()))
    assert [(line["version"], line["amendment"], line["replaced_by"]) for line in lines] == [
        ("1", "", "2"),
        ("2", "correction", "3"),
        ("3", "entered in error", ""),
    ]
    assert {f"{number}/version-{n}/content.json" for n in (1, 2, 3)} <= set(packed.namelist())


def test_an_index_says_of_a_rejected_amendment_that_it_replaced_nothing(app: Flask, as_: SignedInAs) -> None:
    tara = as_("T", tablet=True)
    number = calibrated(tara)
    amended(app, tara, number)
    assert review(as_("Q"), number, "reject", remark="the sheet says 150.10").status_code == 303
    with app.app_context():
        found = [each.line for each in written_out.of_number(db.session.connection(), number)]
    assert [(line["state"], line["replaced_by"]) for line in found] == [("performed", None), ("rejected", None)]


@pytest.mark.clause("21 CFR 11.10(c)")
def test_an_amendment_is_held_by_what_holds_the_version_before_until_that_is_lifted(
    app: Flask, as_: SignedInAs
) -> None:
    tara = as_("T", tablet=True)
    number = calibrated(tara)
    with app.app_context(), store.act("test:hold:place"):
        actor, at = db.session.scalars(select(Person.id).limit(1)).one(), clock.now()
        gone, stays = (
            retention.place(retention.HoldEntry(reason, number), actor=actor, at=at).id for reason in ("Over", "Claim")
        )
        retention.lift(gone, "It is over.", actor=actor, at=at)
    amended(app, tara, number)
    with app.app_context():
        second = queries.version_row(number, 2)
        assert [hold.reason for hold in retention.on_record(second.id)] == ["Claim"]
        assert retention.numbers_under(stays) == [(number, 1), (number, 2)]
    assert "Claim" in words(tara.get(f"/calibration/{number}").text)
    with app.app_context(), store.act("test:hold:lift"):
        retention.lift(stays, "The claim is settled.", actor=actor, at=clock.now())
    with app.app_context():
        assert retention.on_record(queries.version_row(number, 2).id) == []


def exceptions(app: Flask, number: str) -> list[str]:
    """Return the keys of what was unusual."""
    with app.app_context():
        return [key_of(said) for said in bench_of(number).body.exceptions]


@pytest.mark.parametrize("withdrawn", [False, True])
def test_a_first_use_of_a_procedure_that_does_not_count_leaves_the_next_one_the_first(
    app: Flask, as_: SignedInAs, withdrawn: bool
) -> None:
    tara, quinn = as_("T", tablet=True), as_("Q")
    number = calibrated(tara)
    assert exceptions(app, number) == ["calibration.first-use"]
    if withdrawn:
        amending(tara, number, "entered in error", "this was G-013")
        assert sign(tara, number).status_code == 303
    else:
        assert review(quinn, number, "reject", remark="the procedure is wrong").status_code == 303
    following = calibrated(tara)
    assert "calibration.first-use" in exceptions(app, following)
    assert "calibration.first-use" not in exceptions(app, calibrated(tara))


# Outside


@pytest.mark.pages
def test_a_laboratory_s_certificate_that_was_mistyped_is_amended(app: Flask, as_: SignedInAs) -> None:
    selma, quinn = as_("S"), as_("Q")
    number = outside_work.entered(selma)
    assert "Amend…" not in as_("T").get(f"/calibration/{number}").text, "who enters no certificates amends none"
    amending(selma, number, reason="the certificate number was mistyped")
    page = f"/calibration/outside/{number}/certificate"
    given = outside_work.PLUG | {"certificate": "2026-008-1534"}
    assert selma.submit(page, given).status_code == 303
    assert outside_work.check(selma, number).status_code == 303
    assert outside_work.sign(selma, number).status_code == 303
    seen = words(quinn.get(f"/calibration/{number}/review").text)
    assert "Certificate was 2026-008-1533 2026-008-1534 Selma Brandt" in seen
    assert review(quinn, number).status_code == 303
    with app.app_context():
        new = bench_of(number)
        old = version_bench(new.record.supersedes_id or 0)
        assert new.record.state == "closed"
        assert [f.sha256 for f in queries.attachments(new.record.id)] == [
            f.sha256 for f in queries.attachments(old.record.id)
        ]
        assert integrity.problems(db.session.connection()) == []


@pytest.mark.pages
def test_a_laboratory_s_certificate_is_entered_in_error_or_given_up(app: Flask, as_: SignedInAs) -> None:
    selma, quinn = as_("S"), as_("Q")
    number = outside_work.entered(selma)
    amending(selma, number)
    gone = selma.submit(f"/calibration/{number}/discontinue", {"reason": "it was right"})
    assert gone.status_code == 303, problems(gone)
    amending(selma, number, "entered in error", "the certificate of G-009")
    assert sign(selma, number).status_code == 303
    assert review(quinn, number).status_code == 303
    answer = quinn.submit(f"/calibration/{number}/certificate", page=f"/calibration/{number}")
    assert answer.status_code == 303, problems(answer)
    with app.app_context():
        assert not versions.is_in_force(queries.standing_row(number).id)


# Another standard


def another(row: Any, **other: Any) -> Any:
    """Enter a row like another one."""
    made = type(row)(**({c.key: getattr(row, c.key) for c in row.__table__.columns if c.key != "id"} | other))
    db.session.add(made)
    db.session.flush()
    return made


def another_standard(app: Flask) -> None:
    """Enter a calibrator S-092 like S-002, that is five times as uncertain."""
    with app.app_context(), store.act("test:standard:enter"):
        like = db.session.scalars(select(Equipment).where(Equipment.code == "S-002")).one()
        key = another(like, code="S-092").id
        another(db.session.get_one(Standard, like.id), equipment_id=key)
        of_it = select(StandardCertificate).where(StandardCertificate.standard_id == like.id)
        paper = db.session.scalars(of_it.order_by(StandardCertificate.valid_until.desc())).first()
        assert paper is not None
        another(paper, standard_id=key, number="N-1", uncertainty=paper.uncertainty | {"constant": "0.03"})


@pytest.mark.pages
def test_a_wrong_standard_is_amended_and_every_reading_judged_against_the_right_one(
    app: Flask, as_: SignedInAs
) -> None:
    another_standard(app)
    tara, quinn = as_("T", tablet=True), as_("Q")
    number = start(tara, "G-013")
    with app.app_context():
        plan = bench_of(number).plan
    for point in plan:
        assert give(tara, number, reference=point.nominal, indication=point.nominal).status_code == 303
    assert sign(tara, number).status_code == 303
    answer = amend(tara, number, reason="the other one was used", standard="S-092")
    assert answer.status_code == 303, problems(answer)
    assert sign(tara, number).status_code == 303
    assert "Standard was S-002 S-092 Tara Kowalski" in words(quinn.get(f"/calibration/{number}/review").text)
    with app.app_context():
        new = bench_of(number)
        old = version_bench(new.record.supersedes_id or 0)
        assert [g.facts.indication for g in new.counting] == [g.facts.indication for g in old.counting]
        assert all((a.facts.u or 0) > (b.facts.u or 0) for a, b in zip(new.counting, old.counting, strict=True))
        rests = db.session.scalars(select(Measurement.gauge_id).where(Measurement.record_id == new.record.id)).all()
        assert [db.session.get_one(Equipment, each).code for each in rests] == ["S-092"]


@pytest.mark.pages
def test_the_readings_of_a_failed_one_are_still_those_of_the_day(app: Flask, as_: SignedInAs) -> None:
    tara = as_("T", tablet=True)
    number = calibrated(tara, FAILING)
    amended(app, tara, number)
    with app.app_context():
        new = bench_of(number)
        assert {utc_text(g.performed_at) for g in new.given} == {utc_text(new.record.performed_at)}
        assert not any(g.late for g in new.given)
