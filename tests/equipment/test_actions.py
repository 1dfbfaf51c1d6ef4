"""What is done to equipment, and the line that each act leaves in the log."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from plant_client import ClockAt
from sqlalchemy import event, select

from techfloor.equipment import actions, queries
from techfloor.equipment.entries import (
    CertificateEntry,
    FunctionEntry,
    GaugeEntry,
    ItemEntry,
    MachineEntry,
    StandardEntry,
)
from techfloor.equipment.lists import HELD, OVERDUE
from techfloor.equipment.models import Equipment, Gauge, Standard
from techfloor.equipment.rules import standard_valid
from techfloor.equipment.shapes import Wanted
from techfloor.equipment.statuses import Deed, Status
from techfloor.places.queries import areas_with_stations
from techfloor.refusals import NotFound, Refusal
from techfloor.said import in_words
from techfloor.store import db, search

from .conftest import Doing, holds_on, id_of

TODAY = date(2026, 11, 20)
DEPTH = FunctionEntry("depth", "mm", Decimal(0), Decimal("150.0"), Decimal("0.05"), tolerance="± 0.10 mm")
NEW = GaugeEntry(ItemEntry("g-050", " Depth gauge ", serial="D-1"), "depth gauge", 6, (DEPTH,))
STANDARD = StandardEntry(ItemEntry("S-090", "Thermometer"), "temperature", "°C", 12, Decimal("0.10"))
BUFFER = CertificateEntry("lot 27-001", "Producer", date(2026, 11, 1), date(2027, 12, 31))


def events(code: str) -> list[tuple[str, str]]:
    return [(in_words(line.event), in_words(line.words)) for line in queries.log_of(id_of(code))]


def test_a_new_gauge_stands_in_the_list_the_search_and_the_log(doing: Doing) -> None:
    with doing() as by:
        actions.create_gauge(replace(NEW, due=date(2027, 5, 20), last_calibrated=TODAY), **by)
    with doing():
        gauge = queries.gauge_view("g-050")
        assert (gauge.code, gauge.item.name, gauge.item.status) == ("G-050", "Depth gauge", "in use")
        assert gauge.due is not None
        assert gauge.due.due == date(2027, 5, 20)
        assert str(gauge.functions[0].high) == "150.0"
        assert str(gauge.functions[0].reads_to) == "0.05"
        assert [hit.key for hit in search.find("depth D-1")] == ["G-050"]
        assert events("G-050") == [("entered", "Depth gauge")]


def test_a_code_is_given_once_in_whatever_case_it_is_typed(doing: Doing) -> None:
    with pytest.raises(Refusal, match="G-014 is already the code of Vernier caliper") as no, doing() as by:
        actions.create_gauge(replace(NEW, item=ItemEntry("g-014", "Another")), **by)
    assert no.value.field == "code"


def test_the_code_on_the_label_never_changes(doing: Doing) -> None:
    with pytest.raises(Refusal, match="it never changes"), doing() as by:
        actions.change_gauge(id_of("G-014"), NEW, **by)


def test_a_change_names_what_was_changed_and_none_writes_no_line(doing: Doing) -> None:
    entry = MachineEntry(ItemEntry("M-900", "Press"))
    with doing() as by:
        made = actions.create_machine(entry, **by)
        actions.change_machine(made.id, replace(entry, item=replace(entry.item, name="Big press", maker="Y")), **by)
        actions.change_machine(made.id, replace(entry, item=replace(entry.item, name="Big press", maker="Y")), **by)
        assert events("M-900") == [("changed", "name: Press → Big press, maker: – → Y"), ("entered", "Press")]


def test_the_functions_of_a_gauge_are_replaced_as_one(doing: Doing) -> None:
    with doing() as by:
        made = actions.create_gauge(NEW, **by)
        actions.change_gauge(made.id, replace(NEW, functions=(replace(DEPTH, name="step"), DEPTH)), **by)
        assert [each.name for each in queries.functions_of(made.id)] == ["step", "depth"]
        assert events("G-050")[0] == ("changed", "functions")


def test_a_resolution_of_another_number_of_digits_is_a_change(doing: Doing) -> None:
    before, after = (replace(DEPTH, resolution=Decimal(text), reads_to=Decimal("0.10")) for text in ("0.10", "0.1"))
    with doing() as by:
        made = actions.create_gauge(replace(NEW, functions=(before,)), **by)
        actions.change_gauge(made.id, replace(NEW, functions=(after,)), **by)
        assert str(queries.functions_of(made.id)[0].resolution) == "0.1"
        assert events("G-050")[0] == ("changed", "depth, resolution: 0.10 → 0.1")


def test_the_timeline_says_from_what_to_what_interval_and_tolerance_were_changed(doing: Doing) -> None:
    wide = replace(NEW, interval_months=36, functions=(replace(DEPTH, tolerance="± 5 mm"),))
    with doing() as by:
        made = actions.create_gauge(NEW, **by)
        actions.change_gauge(made.id, wide, **by)
        said = f"interval (months): {NEW.interval_months} → 36, depth, tolerance: {DEPTH.tolerance} → ± 5 mm"
        assert events("G-050")[0] == ("changed", said)


@pytest.mark.clause("21 CFR 11.10(e)")
def test_what_a_gauge_was_judged_by_is_changed_with_a_reason_and_told_until_its_next_calibration(
    doing: Doing, app: Flask
) -> None:
    wide = replace(NEW, functions=(replace(DEPTH, tolerance="± 5 mm"),))
    with doing() as by:
        made = actions.create_gauge(replace(NEW, due=date(2027, 1, 1), last_calibrated=date(2026, 1, 1)), **by)
        code_id = made.id
    with pytest.raises(Refusal, match="Enter why") as no, doing() as by:
        actions.change_gauge(code_id, wide, **by)
    assert no.value.field == "why"
    with doing() as by:
        assert queries.functions_of(code_id)[0].tolerance == DEPTH.tolerance
        renamed = replace(NEW, item=replace(NEW.item, name="Renamed", maker="Mahr"))
        actions.change_gauge(code_id, renamed, **by)
        assert queries.changed_since_calibrated(code_id) == [], "a name judges nothing"
        actions.change_gauge(code_id, replace(wide, item=renamed.item), "made for the rough line", **by)
        said = f"depth, tolerance: {DEPTH.tolerance} → ± 5 mm: made for the rough line"
        assert events("G-050")[0] == ("changed since it was calibrated", said)
        assert [in_words(line.words) for line in queries.changed_since_calibrated(code_id)] == [said]


def test_a_gauge_saved_as_it_is_writes_no_line(doing: Doing) -> None:
    with doing() as by:
        made = actions.create_gauge(NEW, **by)
        actions.change_gauge(made.id, NEW, **by)
        assert [event for event, _words in events("G-050")] == ["entered"]


def test_a_standard_whose_resolution_lost_a_digit_is_changed(doing: Doing) -> None:
    with doing() as by:
        made = actions.create_standard(STANDARD, **by)
        actions.change_standard(made.id, replace(STANDARD, resolution=Decimal("0.1")), **by)
    with doing():
        row = db.session.scalars(select(Standard).where(Standard.equipment_id == made.id)).one()
        assert str(row.resolution) == "0.1"


def test_a_station_brings_its_area(doing: Doing) -> None:
    with doing() as by:
        _area, _name, station, code = next(row for row in areas_with_stations() if row[3] == "4A-02")
        actions.move(id_of("G-014"), None, station, "for the new line", **by)
        item = queries.by_code("G-014")
        assert (item.area, item.station) == ("Assembly and test", code)
        assert events("G-014")[0] == ("moved", "Machining, 2B-04 → Assembly and test, 4A-02: for the new line")


def test_a_station_of_another_area_is_refused(doing: Doing) -> None:
    with doing() as by:
        machining = next(area for area, name, _s, _c in areas_with_stations() if name == "Machining")
        station = next(row[2] for row in areas_with_stations() if row[3] == "4A-02")
        with pytest.raises(Refusal, match="not in that area") as no:
            actions.move(id_of("G-014"), machining, station, **by)
        assert no.value.field == "place"


@pytest.mark.parametrize("place", [(999, None), (None, 999)])
def test_a_place_that_is_not_there_is_refused(doing: Doing, place: tuple[int | None, int | None]) -> None:
    with doing() as by, pytest.raises(Refusal):
        actions.move(id_of("G-014"), *place, **by)


def test_moving_to_where_it_stands_is_refused(doing: Doing) -> None:
    with doing() as by:
        item = queries.by_code("G-014")
        with pytest.raises(Refusal, match="is there already"):
            actions.move(item.id, item.area_id, item.station_id, **by)


def test_the_life_of_a_hold_from_found_to_lifted(doing: Doing) -> None:
    with doing() as by:
        hold = actions.place_hold(id_of("G-014"), "damaged", " jaw bent ", **by)
        assert [each.words for each in queries.gauge_view("G-014").holds] == ["jaw bent"]
        actions.lift_hold(hold.id, "jaw replaced", **by)
        assert queries.gauge_view("G-014").holds == ()
        told = [(event, in_words(words)) for event, words in events("G-014")[:2]]
        assert told == [("hold lifted", "damaged: jaw replaced"), ("held", "damaged: jaw bent")]


def test_a_hold_is_lifted_once(doing: Doing) -> None:
    with doing() as by:
        hold = actions.place_hold(id_of("G-014"), "damaged", "jaw bent", **by)
        actions.lift_hold(hold.id, "replaced", **by)
        with pytest.raises(Refusal, match="lifted on 20 Nov 2026 already"):
            actions.lift_hold(hold.id, "again", **by)


def test_a_hold_lifted_past_midnight_was_lifted_on_the_day_at_the_plant(doing: Doing, clock_at: ClockAt) -> None:
    clock_at("2026-11-21 00:30")
    with doing() as by:
        hold = actions.place_hold(id_of("G-014"), "damaged", "jaw bent", **by)
        actions.lift_hold(hold.id, "replaced", **by)
        with pytest.raises(Refusal, match="lifted on 21 Nov 2026 already"):
            actions.lift_hold(hold.id, "again", **by)


def test_a_hold_for_out_of_tolerance_ends_only_with_the_record_that_passed(doing: Doing) -> None:
    with doing() as by:
        hold = actions.place_hold(id_of("G-014"), "out of tolerance", "+0.20 mm", **by)
        with pytest.raises(Refusal, match="calibrate it"):
            actions.lift_hold(hold.id, "looks fine", **by)
        assert holds_on("G-014")[0].lifted_at is None


def test_a_machine_is_not_held_as_out_of_tolerance(doing: Doing) -> None:
    with doing() as by, pytest.raises(Refusal, match="A machine is not calibrated") as no:
        actions.place_hold(id_of("M-101"), "out of tolerance", "cuts too deep", **by)
    assert no.value.field == "reason"


def test_a_standard_out_of_tolerance_returns_with_its_next_certificate(doing: Doing) -> None:
    with doing() as by:
        actions.place_hold(id_of("S-003"), "out of tolerance", "scratched", **by)
        earlier = CertificateEntry("2026-9", "Laboratory", TODAY, date(2027, 11, 18))
        actions.add_certificate(id_of("S-003"), earlier, **by)
        assert holds_on("S-003")[0].lifted_at is None, "what was issued before says nothing about it"
        later = {**by, "at": by["at"] + timedelta(days=6)}
        actions.add_certificate(id_of("S-003"), replace(earlier, number="2026-10", issued=date(2026, 11, 25)), **later)
        assert [(hold.lifted_at is None, in_words(hold.lift_words)) for hold in holds_on("S-003")] == [
            (False, "certificate 2026-10")
        ]


def test_or_it_returns_with_words(doing: Doing) -> None:
    with doing() as by:
        hold = actions.place_hold(id_of("S-003"), "out of tolerance", "scratched", **by)
        actions.lift_hold(hold.id, "compared with S-004: as certified", **by)
        assert holds_on("S-003")[0].lift_words == "compared with S-004: as certified"


def test_the_same_hold_is_not_placed_twice(doing: Doing) -> None:
    with doing() as by:
        actions.place_hold(id_of("G-014"), "damaged", "jaw bent", **by)
        with pytest.raises(Refusal, match="already held as damaged"):
            actions.place_hold(id_of("G-014"), "damaged", "jaw bent", **by)
        actions.place_hold(id_of("G-014"), "safety", "sharp edge", **by)
        assert len(queries.gauge_view("G-014").holds) == 2


@pytest.mark.parametrize(("reason", "words", "field"), [("bored", "x", "reason"), ("damaged", "  ", "remark")])
def test_a_hold_needs_a_reason_and_words(doing: Doing, reason: str, words: str, field: str) -> None:
    with doing() as by, pytest.raises(Refusal) as no:
        actions.place_hold(id_of("G-014"), reason, words, **by)
    assert no.value.field == field


def test_an_unknown_hold_or_equipment_is_not_found(doing: Doing) -> None:
    with doing() as by:
        with pytest.raises(NotFound):
            actions.lift_hold(99_999, "x", **by)
        with pytest.raises(NotFound):
            actions.place_hold(99_999, "damaged", "x", **by)


def test_a_due_day_is_moved_on_not_added(doing: Doing) -> None:
    with doing() as by:
        actions.move_due(id_of("G-014"), "calibration", date(2027, 5, 20), last_done=TODAY, **by)
        (due,) = queries.dues_of(id_of("G-014"))
        assert (due.due, due.last_done) == (date(2027, 5, 20), TODAY)
        assert events("G-014")[0] == ("due moved", "Calibration: 20 May 2027")


def test_a_gauge_goes_to_the_laboratory_and_comes_back(doing: Doing) -> None:
    with doing() as by:
        gauge = id_of("G-001")
        actions.change_status(gauge, Deed.SEND_OUT, "order 12", sent_on=TODAY, expected_back=date(2026, 12, 1), **by)
        away = queries.gauge_view("G-001")
        assert (away.item.status, away.expected_back) == ("sent out", date(2026, 12, 1))
        actions.change_status(gauge, Deed.RECEIVE, **by)
        back = queries.gauge_view("G-001")
        assert (back.item.status, back.sent_on, back.expected_back) == ("calibrate before use", None, None)
        actions.change_status(gauge, Deed.CALIBRATED, **by)
        assert queries.gauge_view("G-001").item.status == "in use"
        assert events("G-001")[2] == ("In use → Sent out", "expected back 1 Dec 2026: order 12")


def test_a_gauge_for_limited_use_comes_back_from_calibration_for_limited_use(doing: Doing) -> None:
    with doing() as by:
        actions.change_status(id_of("G-014"), Deed.SEND_OUT, **by)
        actions.change_status(id_of("G-014"), Deed.CALIBRATED, **by)
        assert queries.gauge_view("G-014").item.status == "limited use"


def test_a_gauge_is_not_expected_back_before_it_is_sent(doing: Doing) -> None:
    with doing() as by, pytest.raises(Refusal) as no:
        actions.change_status(id_of("G-014"), Deed.SEND_OUT, sent_on=TODAY, expected_back=date(2026, 11, 1), **by)
    assert no.value.field == "expected_back"


def test_limited_use_keeps_what_it_may_be_used_for_until_it_ends(doing: Doing) -> None:
    with doing() as by:
        actions.change_status(id_of("G-001"), Deed.LIMIT, "saw cuts only", **by)
        assert queries.gauge_view("G-001").limited_use == "saw cuts only"
        actions.change_status(id_of("G-001"), Deed.UNLIMIT, "new jaws", **by)
        gauge = queries.gauge_view("G-001")
        assert (gauge.item.status, gauge.limited_use) == ("calibrate before use", "")


def test_retired_equipment_of_every_kind_is_out_of_service_and_can_come_back(doing: Doing) -> None:
    with doing() as by:
        for code in ("G-001", "S-001", "M-101"):
            actions.change_status(id_of(code), Deed.RETIRE, "worn out", **by)
            assert db.session.get_one(Equipment, id_of(code)).lifecycle == "retired"
            assert queries.by_code(code).status == Status.RETIRED
            actions.change_status(id_of(code), Deed.REINSTATE, "wrong one", **by)
            assert db.session.get_one(Equipment, id_of(code)).lifecycle != "retired"


def test_a_deed_that_does_not_fit_is_refused_and_changes_nothing(doing: Doing) -> None:
    with doing() as by:
        with pytest.raises(Refusal, match="does not fit"):
            actions.change_status(id_of("G-001"), Deed.RECEIVE, **by)
        assert events("G-001") == [("entered", "Digital caliper 0-150 mm")]


def test_a_new_certificate_moves_the_due_day_and_one_entered_late_does_not(doing: Doing) -> None:
    with doing() as by:
        standard = id_of("S-003")
        paper = CertificateEntry("2027-1", "Laboratory", date(2026, 11, 18), date(2027, 11, 18))
        actions.add_certificate(standard, paper, **by)
        actions.add_certificate(standard, replace(paper, number="2020-1", issued=date(2020, 1, 1)), **by)
        assert queries.dues_of(standard)[0].due == date(2027, 11, 18)
        assert queries.certificates_of(standard)[0].certificate.number == "2027-1"


def test_a_certificate_is_entered_once(doing: Doing) -> None:
    paper = CertificateEntry("2026-1187", "Laboratory", date(2026, 3, 4), date(2027, 3, 4))
    with doing() as by, pytest.raises(Refusal, match="stands here already") as no:
        actions.add_certificate(id_of("S-003"), paper, **by)
    assert no.value.field == "number"


def test_a_gauge_has_no_certificates_of_its_own(doing: Doing) -> None:
    with doing() as by, pytest.raises(NotFound):
        actions.add_certificate(id_of("G-014"), BUFFER, **by)


def test_a_lot_counts_from_the_day_it_is_opened_not_from_the_day_it_arrives(doing: Doing) -> None:
    with doing() as by:
        lot = actions.add_certificate(id_of("S-006"), BUFFER, **by)
        (before,) = queries.standards_for(["S-006"], TODAY)
        actions.open_lot(lot.id, TODAY, **by)
        (after,) = queries.standards_for(["S-006"], TODAY)
        assert before.certificate is not None
        assert after.certificate is not None
        assert (before.certificate.number, after.certificate.number) == ("lot 26-181", "lot 27-001")
        assert standard_valid(after.certificate.facts(), after.facts(), TODAY) == []


def test_a_bottle_is_opened_after_the_one_before_and_only_of_a_reference_material(doing: Doing) -> None:
    with doing() as by:
        lot = actions.add_certificate(id_of("S-006"), replace(BUFFER, opened=date(2026, 11, 10)), **by)
        with pytest.raises(Refusal, match="opened on 10 Nov 2026"):
            actions.open_lot(lot.id, date(2026, 11, 10), **by)
        with pytest.raises(Refusal, match="before it was issued"):
            actions.open_lot(lot.id, date(2026, 10, 1), **by)
        paper = queries.certificates_of(id_of("S-003"))[0].certificate
        with pytest.raises(Refusal, match="Only a reference material"):
            actions.open_lot(paper.id, TODAY, **by)


def test_the_certificate_in_force_is_that_of_the_day_of_the_work(doing: Doing) -> None:
    with doing():
        numbers = {}
        for day in (date(2023, 1, 1), date(2025, 3, 2), date(2025, 3, 3), TODAY):
            (found,) = queries.standards_for(["s-003"], day)
            numbers[day.isoformat()] = found.certificate.number if found.certificate else None
        assert numbers == {
            "2023-01-01": None,
            "2025-03-02": "2024-1120",
            "2025-03-03": "2025-1152",
            "2026-11-20": "2026-1187",
        }


def test_a_new_standard_has_no_certificate_and_says_so(doing: Doing) -> None:
    with doing() as by:
        actions.create_standard(StandardEntry(ItemEntry("S-050", "Ring gauge"), "length", "mm", 24), **by)
        (found,) = queries.standards_for(["S-050"], TODAY)
        (why,) = standard_valid(None, found.facts(), TODAY)
        assert (
            why.message % why.parameters
            == "S-050 has no certificate for 20 Nov 2026. Add one or choose another standard."
        )


def test_the_list_pages_by_code_both_ways(doing: Doing) -> None:
    with doing():
        wanted = Wanted("gauge", TODAY)
        first = queries.list_page(wanted, size=8)
        second = queries.list_page(replace(wanted, at=first.onward), size=8)
        back = queries.list_page(replace(wanted, at=second.back), size=8)
        last = queries.list_page(replace(wanted, at=second.onward), size=8)
        assert [line.code for line in first.lines] == [f"G-{n:03d}" for n in range(1, 9)]
        assert [line.code for line in second.lines] == [f"G-{n:03d}" for n in range(9, 17)]
        assert back.lines == first.lines
        assert (first.back, last.onward) == ("", "")


def test_the_list_is_narrowed_by_status_area_and_words(doing: Doing) -> None:
    with doing() as by:
        actions.place_hold(id_of("G-001"), "damaged", "bent", **by)

        def codes(**narrowed: object) -> list[str]:
            wanted = Wanted("gauge", TODAY, **narrowed)  # type: ignore[arg-type]
            return [line.code for line in queries.list_page(wanted).lines]

        packing = next(area for area, name, _s, _c in areas_with_stations() if name == "Packing and dispatch")
        assert codes(status=HELD) == ["G-001"]
        assert codes(status=OVERDUE) == ["G-007", "G-012"]
        assert codes(status="sent out") == ["G-008"]
        assert codes(status="spare") == ["G-009"]
        assert codes(area_id=packing) == ["G-017"]
        assert codes(words="torque wren") == ["G-011"]
        assert codes(words='") OR 1=1 --') == []
        machines = queries.list_page(Wanted("machine", TODAY, status="qualifying")).lines
        assert [line.status for line in machines] == ["qualifying"]


@pytest.mark.parametrize("status", ["lost", "indication only", "spare", "sent out", "retired"])
def test_a_gauge_that_does_not_fall_due_is_not_overdue(doing: Doing, status: str) -> None:
    with doing():
        for code in ("G-007", "G-012"):
            db.session.get_one(Gauge, id_of(code)).status = status
        assert queries.list_page(Wanted("gauge", TODAY, status=OVERDUE)).lines == []


def test_a_list_page_is_one_statement(app: Flask, doing: Doing) -> None:
    statements: list[str] = []
    with doing():
        event.listen(db.engine, "before_cursor_execute", lambda _c, _u, sql, *_rest: statements.append(sql))
        queries.list_page(Wanted("gauge", TODAY, status=OVERDUE, words="dial"))
        assert len(statements) == 1


def test_a_gauge_that_was_never_calibrated_is_overdue_and_stands_where_its_code_does(doing: Doing) -> None:
    with doing() as by:
        actions.create_gauge(replace(NEW, item=ItemEntry("G-NEW", "Depth gauge")), **by)
        overdue = queries.list_page(Wanted("gauge", TODAY, status=OVERDUE), size=2)
        assert [line.code for line in overdue.lines] == ["G-007", "G-012"]
        behind = queries.list_page(Wanted("gauge", TODAY, status=OVERDUE, at=overdue.onward), size=2)
        assert [line.code for line in behind.lines] == ["G-NEW"]


def test_an_unknown_code_is_not_found_and_says_what_to_do(doing: Doing) -> None:
    with doing():
        with pytest.raises(NotFound, match=r"No equipment has the code G-999\. Check the label"):
            queries.by_code("G-999")
        with pytest.raises(NotFound, match="M-101 is no gauge"):
            queries.gauge_view("M-101")


def test_the_next_code_follows_the_highest_of_its_kind(doing: Doing) -> None:
    with doing() as by:
        assert queries.next_code("gauge") == "G-022"
        actions.create_gauge(replace(NEW, item=ItemEntry("G-TEST", "x")), **by)
        assert queries.next_code("gauge") == "G-022"
        assert queries.next_code("machine").startswith("M-")
