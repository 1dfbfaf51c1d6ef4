"""Calibrations from before from a sheet: lines of the old records, never records of ours."""

import csv
import io
import re
from datetime import date
from fractions import Fraction

import pytest
from bench_work import give_all, sign, start
from flask import Flask
from plant_client import ClockAt, SignedInAs
from sqlalchemy import select

from imports.conftest import Desk, runs
from imports.sheets import CALIPER, HEAD, WRENCH, csv_of, xlsx_of
from techfloor.duties.calibration.models import OldCalibration
from techfloor.duties.calibration.queries import old_records as old_lines
from techfloor.duties.calibration.queries.gauges import gauge_by_code
from techfloor.duties.calibration.queries.intervals import evidence
from techfloor.duties.calibration.queries.old_records import OldLine
from techfloor.equipment.models import Equipment, EquipmentDue, EquipmentLog
from techfloor.places.queries import read_plant
from techfloor.store import db

LINE = ("Gauge No.", "Date", "Certificate", "Lab", "Result", "As left", "Worst error", "Unit", "Next due", "Counts")
FIRST = ("G-201", "2024-03-04", "K-1", "Metro Lab", "pass", "", "0.01", "mm", "2025-03-04", "")
SECOND = ("G-201", "05.03.2025", "K-2", "Metro Lab", "fail", "pass", "-0.06", "mm", "2026-03-05", "yes")


@pytest.fixture
def desk(quinn: Desk) -> Desk:
    """Quinn in a plant with two gauges that were never calibrated here."""
    quinn.bring_in("gauges", csv_of(HEAD, CALIPER, WRENCH))
    return quinn


def lines(app: Flask, code: str = "G-201") -> list[OldLine]:
    with app.app_context():
        gauge_id = db.session.scalars(select(Equipment.id).where(Equipment.code == code)).one()
        return old_lines.lines_of(gauge_id)


def due(app: Flask, code: str = "G-201") -> tuple[date, date | None] | None:
    with app.app_context():
        wanted = select(EquipmentDue).join(Equipment, Equipment.id == EquipmentDue.equipment_id)
        row = db.session.scalar(wanted.where(Equipment.code == code, EquipmentDue.work == "calibration"))
        return (row.due, row.last_done) if row else None


def why(page: str) -> list[str]:
    return [bare(cell) for cell in re.findall(r'data-label="Why">(.*?)</td>', page)]


def bare(html: str) -> str:
    return re.sub("<[^>]+>", "", html)


def test_history_comes_in_with_its_file_and_who_brought_it_in_and_a_second_file_changes_it(
    app: Flask, desk: Desk
) -> None:
    data = csv_of(LINE, FIRST, SECOND)
    desk.bring_in("history", data)
    assert runs(app)[-1] == (2, 0, 0, 0)
    newest, oldest = lines(app)
    assert (newest.entry.performed_on, newest.entry.certificate) == (date(2025, 3, 5), "K-2")
    assert (newest.entry.as_found, newest.entry.as_left, newest.use) == ("fail", "pass", Fraction(2))
    assert (oldest.entry.as_found, oldest.entry.performed_by, oldest.use) == ("pass", "Metro Lab", Fraction(1, 3))
    assert (newest.by, newest.file) == ("Quinn Bauer", "list.csv")
    desk.look("history", data)
    assert "There is nothing to bring in." in desk.client.get(desk.looked).text

    page = desk.look("history", csv_of(LINE, ("g-201", "2024-03-04", "K-1", "Other Lab", *[""] * 6)))
    assert "Calibrated by: <del>Metro Lab</del> → <ins>Other Lab</ins>" in page
    desk.confirm()
    changed = lines(app)[1]
    assert (changed.entry.performed_by, changed.entry.as_found, changed.id) == ("Other Lab", "pass", oldest.id)
    assert changed.run_id > oldest.run_id
    with app.app_context():
        events = db.session.scalars(select(EquipmentLog.event).where(EquipmentLog.event == "old calibration")).all()
    assert len(events) == 3


def test_the_due_day_follows_only_from_lines_that_count(app: Flask, desk: Desk) -> None:
    desk.bring_in("history", csv_of(LINE, FIRST))
    assert due(app) is None
    desk.bring_in("history", csv_of(LINE, SECOND))
    assert due(app) == (date(2026, 3, 5), date(2025, 3, 5))
    # A later one in which it failed makes it due since then, whether it counts or not; whatever comes first.
    failed = ("G-201", "2026-02-02", "K-3", "", "fail", "", "", "", "", "")
    desk.bring_in("history", csv_of(LINE, failed))
    assert due(app) == (date(2026, 2, 2), date(2026, 2, 2))
    # Without a day of its own the interval counts: 12 months for this wrench.
    counting = ("G-202", "2026-01-31", "", "", "pass", "", "", "", "", "yes")
    desk.bring_in("history", csv_of(LINE, counting, ("G-202", "2025-01-15", "", "", "pass", *[""] * 4, "yes")))
    assert due(app, "G-202") == (date(2027, 1, 31), date(2026, 1, 31))


def test_a_line_that_counts_no_more_takes_its_due_day_along(app: Flask, desk: Desk) -> None:
    desk.bring_in("history", csv_of(LINE, FIRST, SECOND))
    newest = lines(app)[0]
    url = f"/calibration/old/{newest.id}"
    answer = desk.client.submit(f"{url}/withdraw", {"reason": "other", "why": ""})
    assert answer.status_code == 422
    answer = desk.client.submit(f"{url}/withdraw", {"reason": "the sheet was wrong", "why": ""})
    assert answer.status_code == 303
    assert due(app) == (date(2026, 11, 20), None)
    assert [line.entry.certificate for line in lines(app)] == ["K-1"]
    page = desk.client.get(url).text
    assert "by Quinn Bauer: the sheet was wrong" in page
    assert "/withdraw" not in page
    # The same can be brought in again: what was withdrawn stays beside it.
    desk.bring_in("history", csv_of(LINE, SECOND))
    assert [line.entry.certificate for line in lines(app)] == ["K-2", "K-1"]
    with app.app_context():
        assert db.session.query(OldCalibration).count() == 3


POINTS = (*LINE[:5], "Nominal 1", "As found 1", "As left 1", "Nominal 2", "As found 2")


def test_readings_come_in_by_point_with_the_limits_of_the_card(app: Flask, desk: Desk) -> None:
    caliper = ("G-201", "2024-03-04", "K-1", "", "pass", "50,00", "50,02", "50,00", "150,00", "149,97")
    wrench = ("G-202", "2024-03-04", "K-1", "", "fail", "100", "105.0", "", "", "")
    desk.bring_in("history", csv_of(POINTS, caliper))
    desk.bring_in("history", csv_of(POINTS, wrench))
    line = lines(app)[0]
    told = [(r.nominal, r.found, r.left, r.error, r.lower, r.upper) for r in line.entry.readings]
    assert told == [
        ("50.00", "50.02", "50.00", "0.02", "-0.03", "0.03"),
        ("150.00", "149.97", "", "-0.03", "-0.03", "0.03"),
    ]
    assert line.use == 1
    assert lines(app, "G-202")[0].use == Fraction(5, 4)  # 5 of ± 4 % of 100 N m
    page = desk.client.get(f"/calibration/old/{line.id}").text
    assert "+0.02" in page
    assert line.sha256 in page


def test_a_worst_error_counts_where_its_limit_is_the_same_everywhere(app: Flask, desk: Desk) -> None:
    head = (*LINE[:5], "Worst error", "Unit")
    in_percent = ("G-202", "2024-03-04", "", "", "pass", "3", "%")
    absolute = ("G-202", "2025-03-04", "", "", "pass", "1", "N m")
    inches = ("G-201", "2025-03-04", "", "", "pass", "0.0005", "in")
    desk.bring_in("history", csv_of(head, in_percent, absolute, inches))
    assert [line.use for line in lines(app, "G-202")] == [None, Fraction(3, 4)]
    assert lines(app)[0].use == Fraction(127, 300)


def test_intervals_and_drift_count_what_was_found_before(app: Flask, desk: Desk) -> None:
    rows = [
        ("G-201", f"{2023 + n}-05-10", f"K-{n}", "", verdict, "50.00", found, "", "", "")
        for n, (verdict, found) in enumerate([("pass", "50.01"), ("", ""), ("pass", "50.02")])
    ]
    rows[1] = ("G-201", "2024-05-10", "K-1", "", "adjusted", "50.00", "50.015", "", "", "")
    desk.bring_in("history", csv_of(POINTS, *rows))
    with app.app_context():
        plant = read_plant(db.session())
        assert plant is not None
        known = evidence(gauge_by_code("G-201"), plant)
    # The adjusted one says no verdict, and ends the time since the one before.
    assert [(each.number, each.passed, each.use) for each in known.found] == [
        ("OLD-1", True, Fraction(1, 3)),
        ("OLD-3", True, Fraction(2, 3)),
    ]
    assert known.found[0].months is None
    assert round(known.found[1].months or 0) == 12
    (point,) = known.points
    assert [(each.number, str(each.error), each.cuts) for each in point.found] == [
        ("OLD-1", "0.01", False),
        ("OLD-2", "0.015", True),
        ("OLD-3", "0.02", False),
    ]
    page = desk.client.get("/calibration/gauges/G-201").text
    assert "As-found error at 50.00 mm" in page
    assert 'href="/calibration/old/1"' in page
    assert "OLD: from the old records" in page


def test_a_calibration_made_here_is_never_overruled_and_its_points_take_up_the_old_ones(
    app: Flask, quinn: Desk, as_: SignedInAs, clock_at: ClockAt
) -> None:
    clock_at("2026-11-18 10:00")
    tara = as_("T", tablet=True)
    number = start(tara, "G-014")
    give_all(tara, number, "indication", ["0.00", "25.00", "50.05", "100.00", "150.05", "25.00"])
    assert sign(tara, number).status_code == 303
    stands = due(app, "G-014")
    clock_at("2026-11-20 10:00")
    rows = [
        ("G-014", "2026-11-19", "K-9", "", "pass", "", "", "", "2030-01-01", "yes"),
        ("G-014", "2026-11-18", "K-10", "", "pass", "", "", "", "", ""),
    ]
    page = quinn.look("history", csv_of(LINE, *rows))
    assert "The due day of this gauge follows from its calibrations here, and stays." in page
    assert why(page) == [f"Calibrated on: The calibration of this day stands here already: {number}."]
    assert quinn.confirm().status_code == 303
    assert due(app, "G-014") == stands
    quinn.bring_in("history", csv_of(POINTS, ("G-014", "2024-01-08", "", "", "pass", "50", "50.05", "", "", "")))
    with app.app_context():
        plant = read_plant(db.session())
        assert plant is not None
        points = evidence(gauge_by_code("G-014"), plant).points
    assert [[found.number for found in point.found] for point in points if len(point.found) > 1] == [["OLD-2", number]]


def test_it_stands_apart_from_signed_records_and_has_no_paper(app: Flask, desk: Desk, as_: SignedInAs) -> None:
    desk.bring_in("history", csv_of(LINE, FIRST))
    page = bare(as_("T").get("/calibration/gauges/G-201").text)
    assert "brought in from a sheet, not signed here" in page
    assert "brought in by Quinn Bauer, 20 Nov 2026" in page
    listed = desk.client.get("/calibration/gauges/G-201/list.csv").data.decode("utf-8-sig")
    head, row = csv.reader(io.StringIO(listed))
    told = dict(zip(head, row, strict=True))
    assert (told["Record"], told["Performed"], told["Verdict"]) == ("K-1", "2024-03-04", "Pass")
    assert told["State"] == "from the old records, not signed"
    assert (told["Reviewed"], told["Reviewed by"]) == ("", "")  # nobody here reviewed it
    origin = f"brought in by Quinn Bauer, 20 Nov 2026 10:00, from list.csv, SHA-256 {lines(app)[0].sha256}"
    assert told["Remark"] == origin
    for form in ("xlsx", "pdf"):
        assert desk.client.get(f"/calibration/gauges/G-201/list.{form}").status_code == 200
    for address in ("/calibration/OLD-1", "/calibration/OLD-1/certificate", "/calibration/OLD-1/certificate.pdf"):
        assert desk.client.get(address).status_code == 404
    assert "K-1" not in desk.client.get("/calibration/").text
    assert as_("T").get("/calibration/old/1/withdraw").status_code == 403


@pytest.mark.pages
@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"Gauge No.": ""}, "Code: Enter the code of the gauge."),
        ({"Gauge No.": "G-2001"}, "Code: There is no gauge G-2001. Did you mean G-201?"),
        ({"Gauge No.": "M-101"}, "Code: M-101 is the code of a machine."),
        ({"Date": ""}, "Calibrated on: Enter the day on which it was calibrated."),
        ({"Date": "03/04/2024"}, "Calibrated on: “03/04/2024” can be two days."),
        ({"Date": "2027-01-01"}, "Calibrated on: This day is still to come."),
        ({"Next due": "2024-01-01"}, "Next due: It cannot be due before it was calibrated."),
        ({"Result": "pas"}, "Verdict as found: “pas” is no verdict. Did you mean “pass”?"),
        ({"Result": "xyz"}, "Verdict as found: “xyz” is no verdict. Write pass, fail or adjusted."),
        ({"Result": "", "Counts": "yes"}, "Counts for the due day: It does not say whether the gauge passed."),
        ({"Worst error": "=1/100"}, "Column G holds a formula."),
        ({"Worst error": "1,234"}, "Worst error as found: “1,234” can be 1.234 or 1234."),
        ({"Unit": "mmm"}, "Unit of the worst error: The unit “mmm” is not known. Did you mean"),
        ({"Unit": "bar"}, "Unit of the worst error: This gauge measures nothing in bar."),
    ],
)
def test_a_bad_line_is_refused(desk: Desk, changed: dict[str, str], words: str) -> None:
    row = tuple((dict(zip(LINE, FIRST, strict=True)) | changed).values())
    (said,) = why(desk.look("history", csv_of(LINE, row)))
    assert said.startswith(words)


@pytest.mark.pages
def test_bad_points_and_what_stands_twice_are_refused_by_row(desk: Desk) -> None:
    rows = [
        ("G-201", "2024-03-04", "K-1", "", "pass", "", "50.02", "", "", ""),
        ("G-201", "2024-03-05", "K-1", "", "pass", "50", "", "50", "100", ""),
        ("G-201", "2024-03-06", "K-1", "", "pass", "50", "50", "", "", ""),
        ("g-201", "06.03.2024", "K-1", "", "fail", "50", "50", "", "", ""),
    ]
    assert why(desk.look("history", csv_of(POINTS, *rows))) == [
        "Nominal: Enter the nominal value of this point.",
        "Reading as found 2: Enter what was found or left at this point.",
        "Code: “G-201, 2024-03-06, K-1” stands in row 4 already.",
    ]


@pytest.mark.pages
def test_what_is_unusual_is_said_and_comes_in(desk: Desk) -> None:
    rows = (
        ("G-201", "2024-03-04", "", "", "pass", "", "0.05", "mm", "", ""),
        ("G-202", "2024-03-04", "", "", "fail", "", "", "", "", "yes"),
    )
    page = desk.look("history", csv_of(LINE, *rows))
    assert "It says pass, and what was found is beyond the tolerance on the gauge's card." in page
    assert "It failed: the gauge is due since that day." in page


@pytest.mark.pages
def test_bad_files_are_refused_here_too(desk: Desk) -> None:
    many = csv_of(LINE, *[FIRST] * 1001)
    for data, words in (
        (b"\x00\x01\x02\xff\xfe" * 40, "This is no text."),
        (b"%PDF-1.7", "This is a PDF."),
        (many, "The file has more than 1000 rows."),
        (b"", "The file is empty."),
    ):
        answer = desk.choose("history", data)
        assert answer.status_code == 422
        assert words in answer.text
    formula = xlsx_of(LINE, ("G-201", "2024-03-04", "K-1", "", "pass", "", "=1+1", "mm", "", ""))
    (said,) = why(desk.look("history", formula, "list.xlsx"))
    assert said == "Column G holds a formula. Write its value there instead."
    merged = xlsx_of(LINE, FIRST, change=lambda sheet: sheet.merge_cells("B2:C2"))
    assert "merged" in desk.look("history", merged, "list.xlsx")


def test_a_file_of_all_lines_changes_nothing(app: Flask, desk: Desk) -> None:
    point = ("G-201", "2024-03-04", "K-1", "Lab", "fail", "50.00", "50.02", "50.00", "150.00", "149.97")
    desk.bring_in("history", csv_of(POINTS, point))
    desk.bring_in("history", csv_of(LINE, SECOND))
    desk.look("history", desk.client.get("/imports/history/all.csv").data)
    assert "There is nothing to bring in." in desk.client.get(desk.looked).text
    assert len(lines(app)) == 2
