"""Traceability: what stands behind a gauge, and what rested on a standard, equal to a brute-force answer."""

import csv
import io
import random
import re
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from amending_work import FAILING, amend, calibrated
from bench_work import review, sign, start
from flask import Flask
from plant_client import ClockAt, SignedInAs
from sqlalchemy import select

from techfloor import clock, store
from techfloor.duties.calibration.models import OF_CERTIFICATE, Calibration
from techfloor.duties.calibration.queries import traceability
from techfloor.duties.calibration.queries.traceability import MOST_COUNTED, Wanted, Which
from techfloor.equipment.models import Equipment, Gauge, StandardCertificate
from techfloor.people.models import Person
from techfloor.places.models import Plant
from techfloor.records.lifecycle import SIGNED, State
from techfloor.records.models import Measurement, Record, Task
from techfloor.said import in_words
from techfloor.store import db

UP, DOWN = "/calibration/traceability/G-014", "/calibration/traceability/S-003"
BEGAN = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


def id_of(code: str) -> int:
    return db.session.scalars(select(Equipment.id).where(Equipment.code == code)).one()


def certificates_of(code: str) -> list[StandardCertificate]:
    wanted = select(StandardCertificate).where(StandardCertificate.standard_id == id_of(code))
    return list(db.session.scalars(wanted.order_by(StandardCertificate.id)))


# --- down, against brute force ---


def write(dice: random.Random, many: int) -> None:
    """Write calibrations of random gauges that rested on random certificates, some amended, some in no force."""
    gauges = list(db.session.scalars(select(Gauge.equipment_id).order_by(Gauge.equipment_id)))[:6]
    papers = [*certificates_of("S-003"), *certificates_of("S-004")]
    who = db.session.scalars(select(Person.id).where(Person.user_name == "tara")).one()
    for n in range(many):
        number, gauge, former = f"CAL-2026-{n + 1:05d}", dice.choice(gauges), None
        at = BEGAN + timedelta(minutes=dice.randrange(20))
        for version in range(1, dice.choice([2, 2, 2, 3, 4])):
            state = dice.choice([*State] if version > 1 or former is None else [*SIGNED])
            amendment: str | None = None if former is None else dice.choice(["correction", "entered in error"])
            record = Record(kind="calibration", number=number, version=version, state=state, equipment_id=gauge)
            record.supersedes_id, record.amendment = former, amendment
            record.amendment_reason = "why" if amendment else None
            record.opened_by, record.opened_at, record.performed_at, record.recorded_at = who, at, at, at
            db.session.add(record)
            db.session.flush()
            body = Calibration(record_id=record.id, gauge_id=gauge, source="in house", performed_by=who)
            db.session.add(body)
            for paper in dice.sample(papers, dice.randrange(1, 3)):
                db.session.add(_rests(record, paper, at))
            if state not in SIGNED:
                break
            former = record.id
    db.session.flush()


def _rests(record: Record, paper: StandardCertificate, at: datetime) -> Measurement:
    return Measurement(
        record_id=record.id,
        gauge_id=paper.standard_id,
        calibration=paper.number,
        certificate_id=paper.id,
        unit="",
        at=at,
    )


def brute_force(wanted: Wanted) -> list[tuple[str, int, int | None]]:
    """Look at each row of the ledger by itself."""
    records = {record.id: record for record in db.session.scalars(select(Record))}
    kinds = {gauge.equipment_id: gauge.kind for gauge in db.session.scalars(select(Gauge))}
    replaced = {each.supersedes_id for each in records.values() if each.state in SIGNED}
    found = []
    for row in db.session.scalars(select(Measurement).order_by(Measurement.at.desc(), Measurement.id.desc())):
        record = records[row.record_id]
        counts = record.state in SIGNED and record.amendment != "entered in error" and record.id not in replaced
        fits = [
            row.gauge_id == wanted.equipment_id,
            not wanted.certificate_ids or row.certificate_id in wanted.certificate_ids,
            {"": counts, "under way": record.state == State.IN_PROGRESS, "all": True}[wanted.which],
            not wanted.kind or kinds[record.equipment_id or 0] == wanted.kind,
            wanted.since is None or row.at >= wanted.since,
            wanted.until is None or row.at < wanted.until,
        ]
        if all(fits):
            found.append((record.number, record.version, row.certificate_id))
    return found


def all_pages(wanted: Wanted, size: int) -> list[tuple[str, int, int | None]]:
    seen, at = [], ""
    while True:
        page = traceability.used(Wanted(**{**vars(wanted), "at": at}), size=size)
        seen += [(use.number, use.version, use.certificate_id) for use in page.lines]
        at = page.onward
        if not at:
            return seen


@pytest.mark.parametrize("seed", range(4))
def test_what_rested_on_a_standard_is_what_a_look_at_every_row_finds(app: Flask, seed: int) -> None:
    dice = random.Random(seed)
    with app.app_context(), store.act("calibration:test:write"):
        write(dice, 60)
        kinds = ["", *traceability.kinds_of_gauges()[:2]]
        papers = [paper.id for paper in certificates_of("S-003")]
        for _turn in range(25):
            wanted = Wanted(
                id_of("S-003"),
                tuple(dice.sample(papers, dice.randrange(len(papers) + 1))),
                which=dice.choice(list(Which)),
                kind=dice.choice(kinds),
                since=dice.choice([None, BEGAN + timedelta(minutes=7)]),
                until=dice.choice([None, BEGAN + timedelta(minutes=15)]),
            )
            expected = brute_force(wanted)
            assert all_pages(wanted, 7) == expected
            assert traceability.count(wanted) == len(expected)
            added = Counter({each.certificate_id: 0 for each in traceability.groups(wanted)})
            for each in traceability.groups(wanted):
                added[each.certificate_id] += each.records
            assert added == Counter(certificate for _number, _version, certificate in expected)


def test_a_count_goes_no_further_than_a_list_says(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traceability, "MOST_COUNTED", 5)
    with app.app_context(), store.act("calibration:test:write"):
        write(random.Random(1), 60)
        assert traceability.count(Wanted(id_of("S-003"), which=Which.ALL)) == 6 < MOST_COUNTED


# --- the pages ---


def test_behind_a_gauge_stand_its_calibration_the_standard_its_certificate_and_the_laboratory(as_: SignedInAs) -> None:
    number = calibrated(as_("T"))
    page = as_("T").get(UP).text
    with as_("T").application.app_context():
        paper = certificates_of("S-003")[-1]
    for words in (number, "S-003", paper.number, paper.laboratory):
        assert f">{words}<" in page, words
    assert f'href="/equipment/S-003/certificates/{paper.id}"' in page


@pytest.mark.pages
def test_behind_a_gauge_stands_how_it_came_that_it_waits_is_held_and_is_overdue(
    as_: SignedInAs, clock_at: ClockAt
) -> None:
    number = calibrated(as_("T", tablet=True), FAILING)
    page = as_("Q").get(UP).text
    assert "G-014 is held: out of tolerance" in page
    assert "Fail · not reviewed yet · 20 Nov 2026" in page
    assert "the last calibration, not reviewed yet" in page
    assert "the last calibration in force" not in page
    assert review(as_("Q"), number).status_code == 303
    assert "the last calibration in force" in as_("Q").get(UP).text
    number = calibrated(as_("T", tablet=True))
    if "not reviewed yet" in as_("Q").get(UP).text:
        assert review(as_("Q"), number).status_code == 303
    assert 'class="notice is-caution"' not in as_("Q").get(UP).text
    clock_at("2028-01-10 10:00")
    assert "days ago. Calibrate it now." in as_("Q").get(UP).text


def test_a_standard_calibrated_here_leads_on_to_what_its_own_calibration_rested_on(app: Flask, as_: SignedInAs) -> None:
    number = calibrated(as_("T"))
    with app.app_context(), store.act("equipment:test:write"):
        own = certificates_of("S-004")[-1]
        own.number, own.laboratory = number, "Laboratory North"
        db.session.flush()
        (paper,) = traceability.behind_standard("S-004", clock.now().date())
        assert paper.own is None, "another laboratory numbers its own the same way"
        own.laboratory = db.session.scalars(select(Plant.name)).one()
        db.session.flush()
        (paper,) = traceability.behind_standard("S-004", clock.now().date())
        assert paper.own is not None
        assert (paper.own.number, [each.code for each in paper.own.papers]) == (number, ["S-003"])
        own.standard_id = id_of("S-003")  # a standard that stands behind itself: told once, not for ever
        db.session.flush()
        assert traceability.behind_gauge(id_of("G-014")) is not None


def test_only_the_version_in_force_counts(as_: SignedInAs) -> None:
    number = calibrated(as_("T"))
    amend(as_("T"), number, "entered in error", "not this gauge")
    assert sign(as_("T"), number).status_code == 303
    shown = as_("Q").get(f"{DOWN}/used").text
    assert number not in shown
    every = as_("Q").get(f"{DOWN}/used?which=all").text
    assert f'href="/e/{number}"' in every
    assert "does not count" in every


def test_the_list_the_csv_and_the_picture_say_the_same(as_: SignedInAs) -> None:
    number = calibrated(as_("T"))
    quinn = as_("Q")
    assert f'href="/e/{number}"' in quinn.get(f"{DOWN}/used").text
    rows = list(csv.DictReader(io.StringIO(quinn.get(f"{DOWN}/used/list.csv").data.decode("utf-8-sig"))))
    assert [(row["Record"], row["Gauge"], row["As found"]) for row in rows] == [(number, "G-014", "Pass")]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d\+01:00", rows[0]["Used"]), "on the plant's clock, with its offset"
    assert {quinn.get(f"{DOWN}/used/list.{form}").status_code for form in ("pdf", "xlsx")} == {200}
    assert 'href="/calibration/traceability/G-014"' in quinn.get(f"{DOWN}/picture").text
    assert as_("T").get(f"{DOWN}/used/list.csv").status_code == 403


def test_many_gauges_are_drawn_by_their_kinds(app: Flask, as_: SignedInAs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("techfloor.duties.calibration.views.traced.MOST_DRAWN", 3)
    with app.app_context(), store.act("calibration:test:write"):
        write(random.Random(2), 40)
    page = as_("Q").get(f"{DOWN}/picture?which=all").text
    assert "Kind of gauge" in page
    assert 'class="chart-box"' in page
    assert page.count('class="chart-box') <= 1 + 3 + 3


# --- what if this certificate is wrong ---


def in_doubt(app: Flask) -> str:
    with app.app_context():
        return f"{DOWN}/certificates/{certificates_of('S-003')[-1].id}/doubt"


def doubts(app: Flask) -> list[Task]:
    with app.app_context():
        return list(db.session.scalars(select(Task).where(Task.kind == OF_CERTIFICATE).order_by(Task.id)))


def test_quality_raises_a_look_back_for_everything_that_rested_on_a_certificate(app: Flask, as_: SignedInAs) -> None:
    number, other = calibrated(as_("T")), calibrated(as_("O"))
    start(as_("T"), "G-014")  # not signed: nothing to look back on
    answer = as_("Q").submit(in_doubt(app), {"why": "the laboratory took it back"})
    assert answer.status_code == 303
    found = doubts(app)
    assert len(found) == 2
    with app.test_request_context():
        words = [in_words(task.words) for task in found]
    assert all("G-014" in each and "the laboratory took it back" in each for each in words)
    assert [one for each in words for one in (number, other) if one in each] == [other, number]
    again = as_("Q").submit(in_doubt(app), {"why": "the laboratory took it back"})
    assert again.status_code == 422
    assert len(doubts(app)) == 2


def test_a_look_back_of_a_certificate_is_closed_like_any_other(app: Flask, as_: SignedInAs) -> None:
    number, quinn = calibrated(as_("T")), as_("Q")
    quinn.submit(in_doubt(app), {"why": "the laboratory took it back"})
    page = quinn.get(f"/calibration/{number}/look-back").text
    assert "the laboratory took it back" in page
    assert "It was out of tolerance" not in page
    given = {"outcome": "unaffected", "looked": "lots 1 to 9"}
    assert quinn.submit(f"/calibration/{number}/look-back", given).status_code == 303
    assert all(task.done_at for task in doubts(app))


@pytest.mark.parametrize("given", [{"why": ""}, {"why": "wrong", "since": "2020-01-01", "until": "2020-02-01"}])
def test_without_a_reason_or_records_no_look_back_is_raised(app: Flask, as_: SignedInAs, given: dict[str, str]) -> None:
    calibrated(as_("T"))
    assert as_("Q").submit(in_doubt(app), given).status_code == 422
    assert doubts(app) == []


def test_a_technician_raises_none(app: Flask, as_: SignedInAs) -> None:
    calibrated(as_("T"))
    assert as_("T").get(in_doubt(app)).status_code == 403
