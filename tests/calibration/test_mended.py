"""What reviews of the calibration duty found, each as it must be: standards, rejections, slips, who is sent where."""

import ast
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from bench_work import give, give_all, problems, review, sign, start
from flask import Flask
from outside_work import entered
from plant_client import ClockAt, PlantClient, SignedInAs
from sqlalchemy import select
from statements import Statements

import techfloor
from techfloor import clock, store
from techfloor.duties.calibration.models import Calibration, Reading
from techfloor.duties.calibration.queries import records as queries
from techfloor.duties.calibration.queries.earlier import earlier_values
from techfloor.duties.calibration.queries.standards import choices
from techfloor.duties.calibration.rules.procedure import PlannedPoint
from techfloor.equipment import ledger
from techfloor.equipment import queries as equipment
from techfloor.equipment.actions import change_status
from techfloor.equipment.models import (
    Equipment,
    EquipmentDue,
    EquipmentHold,
    EquipmentLog,
    Gauge,
    GaugeFunction,
    StandardCertificate,
)
from techfloor.equipment.statuses import Deed, Status
from techfloor.people.models import Person
from techfloor.records import definitions
from techfloor.records.definitions import Approval
from techfloor.records.models import Definition, Record, Revision
from techfloor.said import say
from techfloor.store import db

CALIPER = ["0.00", "25.00", "50.05", "100.00", "150.10", "25.00"]
BLOCKS, BUFFERS = "S-003", "S-006"
TODAY = date(2026, 11, 20)
DUE = date(2026, 12, 10)
"""When the caliper G-014 is due before anybody calibrates it."""


def calibrated(client: PlantClient, code: str = "G-014") -> str:
    """Calibrate and sign; return the number."""
    number = start(client, code)
    give_all(client, number, "indication", CALIPER)
    assert sign(client, number).status_code == 303
    return number


def item(code: str) -> Equipment:
    return db.session.scalars(select(Equipment).where(Equipment.code == code)).one()


def person(user_name: str) -> int:
    return db.session.scalars(select(Person.id).where(Person.user_name == user_name)).one()


def due_row(code: str = "G-014") -> EquipmentDue:
    return db.session.scalars(select(EquipmentDue).where(EquipmentDue.equipment_id == item(code).id)).one()


def status(code: str = "G-014") -> str:
    return db.session.get_one(Gauge, item(code).id).status


def events(code: str, event: str) -> list[EquipmentLog]:
    lines = select(EquipmentLog).where(EquipmentLog.equipment_id == item(code).id, EquipmentLog.event == event)
    return list(db.session.scalars(lines))


def lift_holds(app: Flask, code: str = "G-014") -> None:
    """Lift the open holds as quality does."""
    with app.app_context(), store.act("test:hold:lift"):
        open_now = select(EquipmentHold.id).where(
            EquipmentHold.equipment_id == item(code).id, EquipmentHold.lifted_at.is_(None)
        )
        for hold_id in db.session.scalars(open_now).all():
            ledger.lift_hold(hold_id, "looked at", actor=person("quinn"), at=clock.now())


# Standards


def test_a_standard_at_the_laboratory_is_not_offered_and_not_taken(app: Flask, as_: SignedInAs) -> None:
    with app.app_context(), store.act("test:standard:send"):
        change_status(item(BLOCKS).id, Deed.SEND_OUT, actor=person("quinn"), at=clock.now())
    tara = as_("T", tablet=True)
    assert "is at the laboratory" in tara.get("/calibration/start/G-014").text
    answer = tara.submit(
        "/calibration/start/G-014",
        {"standard": BLOCKS, "temperature": "20.3", "soaked": "y", "condition": "complete and readable"},
    )
    assert answer.status_code == 422
    assert "is at the laboratory" in problems(answer)[0]


@pytest.mark.parametrize("lifecycle", ["planned", "qualifying"])
def test_a_standard_that_is_not_in_service_yet_is_not_ready(app: Flask, lifecycle: str) -> None:
    with app.app_context():
        with store.act("test:standard:plan"):
            item(BLOCKS).lifecycle = lifecycle
        found = next(choice for choice in choices([BLOCKS], TODAY) if choice.code == BLOCKS)
        assert found.ready is None
        assert "not in service yet" in found.objections[0].message


def test_the_lot_opened_last_is_the_one_a_calibration_rests_on(app: Flask) -> None:
    with app.app_context():
        with store.act("test:lot:add"):
            # A newer lot stands on the shelf, unopened.
            db.session.add(
                StandardCertificate(
                    standard_id=item(BUFFERS).id,
                    number="lot 26-200",
                    laboratory="Producer",
                    issued=TODAY - timedelta(days=3),
                    valid_until=TODAY + timedelta(days=300),
                )
            )
        (offered,) = choices([BUFFERS], TODAY)
        (shown,) = equipment.standards_for([BUFFERS], TODAY)
        assert offered.ready is not None, offered.objections
        assert shown.certificate is not None
        assert offered.ready.certificate == shown.certificate.number == "lot 26-181"


def test_of_two_opened_lots_the_one_opened_last_counts_though_it_was_issued_first(app: Flask) -> None:
    with app.app_context():
        with store.act("test:lot:add"):
            db.session.add(
                StandardCertificate(
                    standard_id=item(BUFFERS).id,
                    number="lot 26-170",
                    laboratory="Producer",
                    issued=date(2026, 8, 1),
                    valid_until=TODAY + timedelta(days=300),
                    opened=TODAY,
                )
            )
        (offered,) = choices([BUFFERS], TODAY)
        assert offered.ready is not None
        assert offered.ready.certificate == "lot 26-170"


def test_the_standards_that_a_procedure_names_come_first(app: Flask) -> None:
    with app.app_context():
        for (code,) in db.session.execute(select(Equipment.code).where(Equipment.kind == "standard")):
            assert choices([code], TODAY)[0].code == code


def test_all_standards_are_read_in_two_statements(app: Flask) -> None:
    with app.app_context(), Statements(app) as statements:
        assert len(choices(["S-001", "S-002", "S-003", "S-006"], TODAY)) >= 4
    assert len(statements.about("equipment", "equipment_hold", "standard", "standard_certificate")) == 2


# Accepted or rejected after the gauge went back to use


def test_a_rejected_calibration_leaves_the_due_day_as_it_was_and_lifting_the_hold_frees_nothing(
    app: Flask, as_: SignedInAs
) -> None:
    with app.app_context():
        before = due_row()
        was = (before.due, before.last_done, before.last_record_id)
    number = calibrated(as_("T", tablet=True))
    with app.app_context():
        assert due_row().due == date(2027, 5, 20), "usable when performed"
    assert review(as_("Q"), number, "reject", remark="the wrong blocks").status_code == 303
    lift_holds(app)
    with app.app_context():
        after = due_row()
        assert (after.due, after.last_done, after.last_record_id) == was
        assert was[0] == DUE
        assert status() == Status.CALIBRATE_BEFORE_USE
        assert len(events("G-014", "due put back")) == 1
    again = calibrated(as_("T", tablet=True))
    with app.app_context():
        assert status() == Status.LIMITED_USE, "the calibration done again frees it for what it may be used for"
        assert due_row().last_record_id == queries.record_row(again).id


def test_a_gauge_never_calibrated_before_is_due_when_its_first_calibration_is_rejected(
    app: Flask, as_: SignedInAs
) -> None:
    with app.app_context():
        gauge, like = item("G-014"), db.session.get_one(Gauge, item("G-014").id)
        with store.act("test:gauge:copy"):
            new = Equipment(code="G-900", kind="gauge", name=gauge.name, area_id=gauge.area_id)
            db.session.add(new)
            db.session.flush()
            db.session.add(
                Gauge(
                    equipment_id=new.id,
                    kind=like.kind,
                    status=Status.CALIBRATE_BEFORE_USE,
                    procedure_id=like.procedure_id,
                    point_set=like.point_set,
                    interval_months=like.interval_months,
                )
            )
            _copy_functions(gauge.id, new.id)
    number = calibrated(as_("T", tablet=True), "G-900")
    with app.app_context():
        assert status("G-900") == Status.IN_USE
    assert review(as_("Q"), number, "reject", remark="the wrong blocks").status_code == 303
    lift_holds(app, "G-900")
    with app.app_context():
        row = due_row("G-900")
        assert (row.due, row.last_done, row.last_record_id) == (TODAY, None, None)
        assert status("G-900") == Status.CALIBRATE_BEFORE_USE


def _copy_functions(gauge_id: int, new_id: int) -> None:
    for function in equipment.functions_of(gauge_id):
        values = {name: value for name, value in vars(function).items() if name != "id"}
        db.session.add(GaugeFunction(gauge_id=new_id, **values))


def test_a_due_day_moved_on_since_stays_when_an_earlier_calibration_is_rejected(app: Flask, as_: SignedInAs) -> None:
    tara = as_("T", tablet=True)
    first, second = calibrated(tara), calibrated(tara)
    assert review(as_("Q"), first, "reject", remark="the wrong blocks").status_code == 303
    with app.app_context():
        assert due_row().last_record_id == queries.record_row(second).id
        assert due_row().due == date(2027, 5, 20)


def test_an_accepted_calibration_moves_the_due_day_once(app: Flask, as_: SignedInAs) -> None:
    number = calibrated(as_("T", tablet=True))
    assert review(as_("Q"), number).status_code == 303
    with app.app_context():
        assert len(events("G-014", "due moved")) == 1
        assert due_row().due == date(2027, 5, 20)


def test_a_gauge_usable_when_reviewed_moves_its_due_day_at_the_review(
    app: Flask, as_: SignedInAs, profile: Any
) -> None:
    profile("regulated")
    number = calibrated(as_("T", tablet=True))
    with app.app_context():
        assert due_row().due == DUE
    assert review(as_("Q"), number).status_code == 303
    with app.app_context():
        assert due_row().due == date(2027, 5, 20)


# What is due, and to whom


def make_due(app: Flask, code: str, due: date) -> None:
    with app.app_context(), store.act("test:due:move"):
        ledger.set_due(item(code).id, "calibration", due)


def test_a_gauge_of_an_outside_laboratory_is_sent_out_not_started(app: Flask, as_: SignedInAs) -> None:
    make_due(app, "G-019", TODAY)
    page = as_("Q").get("/").text
    assert "/calibration/start/G-019" not in page
    assert "/calibration/gauges/G-019/send-out" in page


def test_a_technician_is_not_asked_to_send_anything_out(app: Flask, as_: SignedInAs) -> None:
    with app.app_context(), store.act("test:gauge:move"):
        item("G-019").area_id = item("G-014").area_id
    make_due(app, "G-019", TODAY)
    page = as_("T").get("/").text
    assert "G-019" not in page
    assert "/calibration/start/" in page


# Days at the plant


def test_a_review_past_midnight_at_the_plant_stands_under_the_day_there(as_: SignedInAs, clock_at: ClockAt) -> None:
    number = calibrated(as_("T", tablet=True))
    clock_at("2026-11-21 00:30")
    assert review(as_("Q"), number).status_code == 303
    page = as_("Q").get("/calibration/gauges/G-014").text
    assert '<span class="nowrap">21 Nov 2026</span>, Quinn Bauer' in page


_PACKAGE = Path(techfloor.__file__).parent
_LOCAL_ALREADY = {
    # Rows of the demo plant's files: times of the plant's own clock, without a zone.
    ("cli/demo/load_equipment.py", "made.started_at.date()"),
    ("cli/demo/plant/people_and_times.py", "signed.date()"),
    # The clock on the wall of a shift, and a cell of a workbook, which has no zone.
    ("imports/xlsx_files.py", "value.date()"),
    ("measures/shifts.py", "(local - timedelta(days=1)).date()"),
    ("measures/shifts.py", "local.date()"),
}


def days_taken(source: str) -> list[str]:
    """Return each `.date()` that is not taken from a moment turned to a zone first."""
    taken = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "date"
    ]
    return [ast.unparse(node) for node in taken if ".astimezone(" not in ast.unparse(node)]


def test_a_day_is_always_that_of_the_plant_never_that_of_utc() -> None:
    found = {
        (file.relative_to(_PACKAGE).as_posix(), taken)
        for file in _PACKAGE.rglob("*.py")
        for taken in days_taken(file.read_text(encoding="utf-8"))
    }
    assert found - _LOCAL_ALREADY == set(), "take it by equipment.rules.plant_day"
    assert _LOCAL_ALREADY - found == set(), "nobody does this any more"


# Slips


def slips(app: Flask, *, besides: str = "", limit: int = 5, **other: Any) -> list[Decimal]:
    """Return what was read before at a point of the caliper, as the slip question sees it."""
    with app.app_context():
        newest = db.session.scalars(select(Calibration).order_by(Calibration.record_id.desc())).first()
        assert newest is not None
        plan = PlannedPoint.from_plain({**newest.plan[4], **other})
        gauge, until = item("G-014").id, clock.now() + timedelta(days=1)
        return earlier_values(gauge, plan, typed="indication", until=until, besides=besides, limit=limit)


def test_a_slip_is_measured_against_signed_readings_only(app: Flask, as_: SignedInAs) -> None:
    tara = as_("T", tablet=True)
    number = start(tara, "G-014")
    give_all(tara, number, "indication", CALIPER)
    assert slips(app) == []
    sign(tara, number)
    assert slips(app) == [Decimal("150.10")]


def test_a_rejected_calibration_is_no_measure_for_a_slip(app: Flask, as_: SignedInAs) -> None:
    number = calibrated(as_("T", tablet=True))
    assert slips(app) == [Decimal("150.10")]
    assert review(as_("Q"), number, "reject", remark="the wrong blocks").status_code == 303
    assert slips(app) == []


def test_a_replaced_reading_is_no_measure_for_a_slip(app: Flask, as_: SignedInAs) -> None:
    tara = as_("T", tablet=True)
    number = start(tara, "G-014")
    give_all(tara, number, "indication", CALIPER[:4])
    give(tara, number, indication="150.05")
    with app.app_context():
        reading = db.session.scalars(select(Reading.id).where(Reading.point == 5)).one()
    answer = tara.submit(f"/calibration/{number}/correct/{reading}", {"indication": "150.10", "reason": "mistyped"})
    assert answer.status_code == 303, problems(answer)
    give_all(tara, number, "indication", CALIPER[5:])
    sign(tara, number)
    assert slips(app) == [Decimal("150.10")]


def test_a_point_is_the_same_by_what_it_is_not_by_its_number(app: Flask, as_: SignedInAs) -> None:
    calibrated(as_("T", tablet=True))
    assert slips(app, n=99) == [Decimal("150.10")], "a newer version numbers it differently"
    for part in ("function", "label", "direction", "position", "unit"):
        assert slips(app, **dict[str, Any]({part: "another"})) == [], part


def test_the_last_calibrations_are_looked_at_and_no_more_readings_than_that_newest_first(
    app: Flask, as_: SignedInAs
) -> None:
    tara = as_("T", tablet=True)
    for typed in ("150.05", "150.10", "150.00"):
        number = start(tara, "G-014")
        give_all(tara, number, "indication", [*CALIPER[:4], typed, CALIPER[5]])
        assert sign(tara, number).status_code == 303
    assert slips(app) == [Decimal("150.00"), Decimal("150.10"), Decimal("150.05")]
    assert slips(app, limit=2) == [Decimal("150.00"), Decimal("150.10")]
    assert slips(app, besides=number) == [Decimal("150.10"), Decimal("150.05")]


# Which revision


def test_the_first_use_of_a_version_ends_with_a_signature_not_with_its_review(app: Flask, as_: SignedInAs) -> None:
    tara = as_("T", tablet=True)
    first, second = calibrated(tara), calibrated(tara)
    with app.app_context():
        exceptions = [
            db.session.get_one(Calibration, queries.record_row(number).id).exceptions for number in (first, second)
        ]
    assert say("calibration.first-use") in exceptions[0]
    assert exceptions[1] == []


def test_a_calibration_under_way_is_no_use_of_a_version_yet(app: Flask, as_: SignedInAs) -> None:
    tara = as_("T", tablet=True)
    start(tara, "G-001")
    number = calibrated(tara)
    with app.app_context():
        body = db.session.get_one(Calibration, queries.record_row(number).id)
        assert say("calibration.first-use") in body.exceptions


def test_only_a_calibration_procedure_reviews_a_certificate(app: Flask, as_: SignedInAs) -> None:
    with app.app_context(), store.act("test:definition:approve"):
        other = definitions.define("operating procedure", "A-01", "Something else in force")
        draft = definitions.draft(other, {"mode": "certificate"})
        definitions.put_in_force(draft, Approval(person("quinn"), clock.now(), TODAY))
        db.session.get_one(Gauge, item("G-008").id).procedure_id = None
    number = entered(as_("Q"))
    with app.app_context():
        kind = db.session.scalars(
            select(Definition.kind)
            .join(Revision, Revision.definition_id == Definition.id)
            .join(Record, Record.revision_id == Revision.id)
            .where(Record.number == number)
        ).one()
    assert kind == "calibration procedure"


# Entries


def test_a_form_without_its_entry_key_is_refused(as_: SignedInAs) -> None:
    tara = as_("T", tablet=True)
    start_page = "/calibration/start/G-014"
    hidden = tara.hidden(start_page, start_page)
    assert tara.post(start_page, data={**hidden, "entry_key": ""}).status_code == 400
