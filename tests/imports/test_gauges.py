"""Gauges from a sheet: entered and changed under the rules of their pages, all of a file by one act or nothing."""

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from faults.test_two_editors import filled
from flask import Flask
from plant_client import ClockAt, SignedInAs
from sqlalchemy import event, func, select

from imports.conftest import Desk, runs
from imports.sheets import CALIPER, HEAD, WRENCH, csv_of, xlsx_of
from techfloor.equipment import actions, queries
from techfloor.equipment.models import Equipment, EquipmentLog, Gauge
from techfloor.refusals import Refusal
from techfloor.store import db
from techfloor.store.trail import ActRow


def codes(app: Flask) -> set[str]:
    with app.app_context():
        return set(db.session.scalars(select(Equipment.code)))


def test_a_plant_brings_in_its_gauges_mends_what_was_refused_and_changes_them_by_a_second_file(
    app: Flask, quinn: Desk
) -> None:
    bad = ("G-203", "Ruler", "ruler", "Machinning", "x", "mm", "0", "300", "1", "± 1 mm")
    page = quinn.look("gauges", csv_of(HEAD, CALIPER, WRENCH, bad))
    assert "G-201" in page
    assert "Area: There is no area “Machinning”. Did you mean “Machining”?" in page
    assert not codes(app) & {"G-201", "G-202", "G-203"}

    answer = quinn.confirm()
    assert answer.status_code == 303
    assert {"G-201", "G-202"} <= codes(app)
    assert "G-203" not in codes(app)
    assert runs(app) == [(2, 0, 0, 1)]
    with app.app_context():
        gauge = queries.gauge_view("G-201")
    assert (gauge.kind, gauge.interval_months, gauge.item.area) == ("digital caliper", 6, "Machining")
    function = gauge.functions[0]
    assert (function.name, function.unit, str(function.high)) == ("length", "mm", "150")
    assert (function.tolerance, str(function.resolution)) == ("± 0.03 mm", "0.01")
    assert function.reads_to == function.resolution

    mended = quinn.client.get(f"{answer.location}/refused.csv").data
    rows = list(csv.reader(io.StringIO(mended.decode("utf-8-sig"))))
    assert rows[0] == [*HEAD, "Why it was refused"]
    assert rows[1][:10] == list(bad)
    again = mended.decode("utf-8-sig").replace("Machinning", "Machining").replace(",x,", ",3,").encode()
    quinn.bring_in("gauges", again)
    assert "G-203" in codes(app)

    changed = csv_of(
        ("Code", "Name", "Type", "Interval"), ("g-201", "", "", "12"), ("G-202", "Torque wrench", "", "12")
    )
    page = quinn.look("gauges", changed)
    assert re.search(r"Calibrate every: <del>6</del> → <ins>12</ins>", page)
    quinn.confirm()
    assert runs(app)[-1] == (0, 1, 1, 0)
    with app.app_context():
        after = queries.gauge_view("G-201")
    assert (after.item.name, after.interval_months, after.functions) == (gauge.item.name, 12, gauge.functions)


def test_the_same_comes_from_a_workbook(app: Flask, quinn: Desk) -> None:
    row = ("G-201", "Caliper", "digital caliper", None, 6, "mm", 0, 150, 0.01, "± 0.03 mm")
    quinn.bring_in("gauges", xlsx_of(HEAD, row), "list.xlsx")
    with app.app_context():
        assert queries.gauge_view("G-201").functions[0].resolution == Decimal("0.01")


def test_everything_is_one_act_with_its_file(app: Flask, quinn: Desk) -> None:
    quinn.bring_in("gauges", csv_of(HEAD, CALIPER, WRENCH))
    with app.app_context():
        bodies = db.session.scalars(select(ActRow.body).order_by(ActRow.seq.desc()).limit(2)).all()
        acts = [json.loads(body)["action"] for body in bodies]
        assert acts[0] == "imports:file:bring-in"
        assert acts.count("imports:file:bring-in") == 1
        at = db.session.scalars(select(EquipmentLog.at).order_by(EquipmentLog.id.desc()).limit(2)).all()
        assert len(at) == 2
    assert quinn.client.get("/imports/1/file").data == csv_of(HEAD, CALIPER, WRENCH)


def test_a_second_tap_brings_nothing_in_twice(app: Flask, quinn: Desk) -> None:
    quinn.look("gauges", csv_of(HEAD, CALIPER))
    action, typed = quinn.action, quinn.client.hidden(quinn.looked, quinn.action)
    first, second = (quinn.client.post(action, data=typed) for _ in range(2))
    assert first.location == second.location
    assert runs(app) == [(1, 0, 0, 0)]


def test_what_changed_since_it_was_looked_through_is_looked_through_again(
    app: Flask, quinn: Desk, as_: SignedInAs
) -> None:
    quinn.look("gauges", csv_of(("Code", "Name", "Type", "Maker"), ("G-014", "", "", "Mahr")))
    action, typed = quinn.action, quinn.client.hidden(quinn.looked, quinn.action)
    other = Desk(as_("D"))
    other.bring_in("gauges", csv_of(("Code", "Name", "Type", "Maker"), ("G-014", "", "", "Helios")))
    answer = quinn.client.post(action, data=typed)
    assert answer.status_code == 409
    assert "Something changed since you looked" in answer.text
    with app.app_context():
        assert queries.gauge_view("G-014").item.maker == "Helios"


SIGNED = "Calibrate every: The interval of a calibrated gauge changes under a signature."


def test_the_interval_of_a_calibrated_gauge_is_not_changed_past_the_signature(app: Flask, quinn: Desk) -> None:
    with app.app_context():
        before = queries.gauge_view("G-014").interval_months
    file = csv_of(("Code", "Name", "Type", "Interval"), ("G-014", "", "", "60"), ("G-006", "", "", ""))
    assert SIGNED in quinn.look("gauges", file)
    page = "/equipment/G-014/edit"
    answer = quinn.client.submit(page, {**filled(quinn.client.get(page).text), "interval_months": "60"})
    assert answer.status_code == 422
    assert f"Leave {before} here" in answer.text
    with app.app_context():
        assert queries.gauge_view("G-014").interval_months == before


def test_a_plant_without_a_method_for_intervals_changes_them_freely(
    app: Flask, quinn: Desk, profile: Callable[[str], None]
) -> None:
    profile("small")
    quinn.bring_in("gauges", csv_of(("Code", "Name", "Type", "Interval"), ("G-014", "", "", "60")))
    assert re.search(r"interval \(months\): \d+ → 60", quinn.client.get("/equipment/G-014").text)
    page = "/equipment/G-014/edit"
    typed = {**filled(quinn.client.get(page).text), "interval_months": "9"}
    assert quinn.client.submit(page, typed).status_code == 303
    with app.app_context():
        assert queries.gauge_view("G-014").interval_months == 9


def test_a_row_that_is_refused_in_the_act_ends_it_whole(
    app: Flask, quinn: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = actions.create_gauge

    def refuse_the_second(entry, **by):  # type: ignore[no-untyped-def]
        if entry.item.code == "G-202":
            raise Refusal("Not today.")
        return real(entry, **by)

    monkeypatch.setattr(actions, "create_gauge", refuse_the_second)
    quinn.look("gauges", csv_of(HEAD, CALIPER, WRENCH))
    answer = quinn.confirm()
    assert answer.status_code == 422
    assert "Row 3, G-202: Not today." in answer.text
    assert not codes(app) & {"G-201", "G-202"}
    assert runs(app) == []


SHORT = ("Code", "Name", "Type", "Unit")


@pytest.mark.parametrize(
    ("head", "row", "words"),
    [
        (SHORT, ("G 2", "N", "k", "mm"), "Code: Enter a code of letters, digits and hyphens"),
        (SHORT, ("", "N", "k", "mm"), "Code: Enter a code of letters, digits and hyphens"),
        (SHORT, ("G-201", "", "k", "mm"), "Name: Enter a name"),
        (SHORT, ("G-201", "N", "", "mm"), "Kind: Enter what kind of gauge"),
        (SHORT, ("G-201", "N", "k", "milimetre"), "Unit: The unit “milimetre” is not known"),
        (SHORT, ("G-201", "N", "k", "bars"), "Unit: The unit “bars” is not known. Did you mean “bar”?"),
        (SHORT, ("G-201", "N", "k", ""), "Measures, which the file lacks: Enter at least one thing"),
        (SHORT, ("M-101", "N", "k", "mm"), "Code: M-101 is already the code of a machine. Choose another."),
        ((*SHORT, "Interval"), ("G-201", "N", "k", "mm", "yearly"), "“yearly” is no whole number"),
        (
            (*SHORT, "Interval"),
            ("G-201", "N", "k", "mm", "0"),
            "Calibrate every: Enter an interval of 1 to 120 months.",
        ),
        ((*SHORT, "Min", "Max"), ("G-201", "N", "k", "mm", "10", "5"), "To: The range must end above 10."),
        ((*SHORT, "Max"), ("G-201", "N", "k", "mm", "1,234"), "“1,234” can be 1.234 or 1234. Write it with a point."),
        ((*SHORT, "Max"), ("G-201", "N", "k", "mm", "wide"), "To: “wide” is no number. Write it like 0.01."),
        ((*SHORT, "Step"), ("G-201", "N", "k", "mm", "0"), "Smallest step shown: Enter a step above zero."),
        ((*SHORT, "Accuracy"), ("G-201", "N", "k", "mm", "good"), "Tolerance: Write the tolerance like"),
        ((*SHORT, "Status"), ("G-201", "N", "k", "mm", "spar"), "Did you mean “spare”?"),
        (
            (*SHORT, "Status"),
            ("G-201", "N", "k", "mm", "limited use"),
            "which the file lacks: Enter what it may be used",
        ),
        ((*SHORT, "Last calibrated"), ("G-201", "N", "k", "mm", "2027-01-01"), "This day is still to come."),
        ((*SHORT, "Last calibrated"), ("G-201", "N", "k", "mm", "03/04/2026"), "can be two days"),
        ((*SHORT, "Last calibrated"), ("G-201", "N", "k", "mm", "2026-02-30"), "“2026-02-30” is no day"),
        ((*SHORT, "Since"), ("G-201", "N", "k", "mm", "2035-01-01"), "In the plant since: This day is still to come."),
        ((*SHORT, "Station"), ("G-201", "N", "k", "mm", "XX"), "Station: There is no station “XX”."),
        ((*SHORT, "Built into"), ("G-201", "N", "k", "mm", "M-999"), "Built into: There is no machine “M-999”."),
        (
            (*SHORT, "Status"),
            ("G-014", "", "", "", "spare"),
            "Status: Its status is “limited use”. Change it on its page.",
        ),
        ((*SHORT, "Due"), ("G-014", "", "", "", "2030-01-01"), "Its due day follows from its calibrations."),
        ((*SHORT, "Max"), ("G-201", "N", "k", "mm", "=1+1"), "Column E holds a formula."),
    ],
)
@pytest.mark.pages
def test_a_bad_row_is_refused_by_its_column_and_a_sentence(
    app: Flask, quinn: Desk, head: tuple[str, ...], row: tuple[str, ...], words: str
) -> None:
    before = codes(app)
    page = quinn.look("gauges", csv_of(head, row))
    assert words in page, re.findall(r"data-label=\"Why\">(.*?)</td>", page)
    assert quinn.action not in re.findall(r'method="post" action="([^"]+)"', page)
    assert codes(app) == before


@pytest.mark.pages
def test_a_code_that_stands_twice_in_the_file_is_refused_the_second_time(app: Flask, quinn: Desk) -> None:
    page = quinn.look("gauges", csv_of(HEAD, CALIPER, ("g-201", *CALIPER[1:])))
    assert "Code: “g-201” stands in row 2 already." in page
    quinn.confirm()
    assert runs(app) == [(1, 0, 0, 1)]


@pytest.mark.pages
def test_a_kind_that_looks_mistyped_is_said_and_let_in(quinn: Desk) -> None:
    page = quinn.look("gauges", csv_of(HEAD, (CALIPER[0], CALIPER[1], "digital calliper", *CALIPER[3:])))
    assert "“digital calliper” is a new kind. Or did you mean “digital caliper”?" in page


def test_due_follows_from_the_last_calibration_by_the_rule_of_the_plant(
    app: Flask, quinn: Desk, clock_at: ClockAt
) -> None:
    head = ("Code", "Name", "Type", "Unit", "Interval", "Last calibrated", "Due")
    rows = (
        ("G-301", "N", "k", "mm", "6", "18.09.2026", ""),
        ("G-302", "N", "k", "mm", "6", "2026-09-18", "2027-01-31"),
        ("G-303", "N", "k", "mm", "6", "", "2027-01-31"),
        ("G-304", "N", "k", "mm", "6", "", ""),
    )
    quinn.bring_in("gauges", csv_of(head, *rows))
    with app.app_context():
        dues = {code: [(due.due, due.last_done) for due in queries.gauge_view(code).dues] for code, *_rest in rows}
    assert dues == {
        "G-301": [(date(2027, 3, 18), date(2026, 9, 18))],
        "G-302": [(date(2027, 1, 31), date(2026, 9, 18))],
        "G-303": [(date(2027, 1, 31), None)],
        "G-304": [],
    }


def test_a_gauge_with_several_functions_comes_by_numbered_columns(app: Flask, quinn: Desk) -> None:
    head = ("Code", "Name", "Type", "Measures", "Unit", "Tolerance", "Measures 2", "Unit 2", "Tolerance 2")
    quinn.bring_in("gauges", csv_of(head, ("G-301", "DMM", "multimeter", "V", "V", "± 0.1 V", "R", "kohm", "± 1 kohm")))
    with app.app_context():
        assert [(each.name, each.unit) for each in queries.gauge_view("G-301").functions] == [("V", "V"), ("R", "kohm")]


@pytest.mark.pages
def test_columns_that_were_chosen_are_kept_for_the_next_file(quinn: Desk) -> None:
    data = csv_of(("Kürzel", "Was", "Sorte", "Einheit"), ("G-301", "Messschieber", "caliper", "mm"))
    assert "Choose which column holds “Code”." in quinn.look("gauges", data)
    quinn.bring_in("gauges", data, c0="code", c1="name", c2="kind", c3="unit")
    again = quinn.look("gauges", csv_of(("Was", "Kürzel", "Sorte"), ("Messuhr", "G-301", "caliper")))
    assert "Messuhr" in again
    assert "Choose which column" not in again


def test_what_is_here_is_changed_by_its_code_and_what_is_new_must_say_all(app: Flask, quinn: Desk, dana: Desk) -> None:
    page = quinn.look("gauges", csv_of(("Code", "Maker"), ("G-014", "Mahr"), ("G-301", "Mahr")))
    assert "Name, which the file lacks: Enter a name" in page
    assert re.search(r"Maker: <del>.*?</del> → <ins>Mahr</ins>", page)
    quinn.confirm()
    quinn.bring_in("standards", csv_of(("Code", "Maker"), ("S-001", "Mahr"), ("S-301", "Mahr")))
    dana.bring_in("people", csv_of(("User name", "Initials"), ("tara", "TX"), ("nobody.yet", "NY")))
    assert runs(app) == [(0, 1, 0, 1)] * 3


def test_a_file_of_one_row_reads_one_gauge_however_many_there_are(app: Flask, quinn: Desk) -> None:
    bound: list[int] = []

    def note(_conn: object, _cursor: object, statement: str, parameters: object, *_more: object) -> None:
        if "FROM gauge_function" in statement:
            bound.append(len(parameters))  # type: ignore[arg-type]

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        quinn.look("gauges", csv_of(HEAD, CALIPER))
        quinn.look("gauges", csv_of(("Code", "Maker"), ("G-014", "Mahr")))
        quinn.client.get("/imports/gauges/all.csv")
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert max(bound) <= 1


@pytest.mark.pages
def test_two_columns_that_go_to_the_same_are_refused(quinn: Desk) -> None:
    page = quinn.look("gauges", csv_of(HEAD, CALIPER), c0="code", c1="name", c2="kind", c3="name")
    assert "Two columns go to “Name”. Choose one of them." in page


@pytest.mark.pages
def test_a_file_that_is_no_table_is_refused_beside_its_box(app: Flask, quinn: Desk) -> None:
    wrong = (
        (b"%PDF-1.7", "This is a PDF", "list.csv"),
        (b"", "The file is empty", "list.csv"),
        (b"Code;Name\r\nA;B", "This is no workbook, as its name says", "list.XLSX"),
    )
    for data, words, name in wrong:
        answer = quinn.choose("gauges", data, name)
        assert answer.status_code == 422
        assert words in answer.text
    assert runs(app) == []


@pytest.mark.pages
def test_a_code_that_is_far_too_long_leaves_room_for_the_words(quinn: Desk) -> None:
    page = quinn.look("gauges", csv_of(HEAD, ("G" * 300, *CALIPER[1:])))
    assert f"{'G' * 40}…" in page
    assert "G" * 41 not in page.partition("Refused</h2>")[2]


@pytest.mark.pages
def test_a_file_of_somebody_else_is_not_here(quinn: Desk, dana: Desk) -> None:
    quinn.look("gauges", csv_of(HEAD, CALIPER))
    assert dana.client.get(quinn.looked).status_code == 404
    assert quinn.client.get("/imports/gauges/check?file=x").status_code == 404
    assert quinn.client.get("/imports/gauges/check").status_code == 404


@pytest.mark.pages
def test_quality_brings_in_gauges_and_standards_the_administrator_also_people_and_nobody_else(
    quinn: Desk, dana: Desk, as_: SignedInAs
) -> None:
    offered = [re.findall(r'<option value="(\w+)"', desk.client.get("/imports/").text) for desk in (quinn, dana)]
    assert offered == [
        ["gauges", "standards", "certificates", "history"],
        ["gauges", "standards", "certificates", "people", "history"],
    ]
    assert quinn.client.get("/imports/people/example.csv").status_code == 404
    for key in "TSIA":
        assert as_(key).get("/imports/").status_code == 403


def test_all_there_is_brought_in_again_changes_nothing(app: Flask, quinn: Desk, dana: Desk) -> None:
    with app.app_context():
        count = db.session.scalar(select(func.count()).select_from(Gauge))
    for desk, what in ((quinn, "gauges"), (quinn, "standards"), (quinn, "certificates"), (dana, "people")):
        data = desk.client.get(f"/imports/{what}/all.csv").data
        page = desk.look(what, data)
        assert "There is nothing to bring in." in page, page
        assert not re.search(r"<h2>(Refused|Changed|New)</h2>", page), page
    assert count
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Gauge)) == count


@pytest.mark.parametrize("kinds", [("gauges", "history"), ("standards", "certificates"), ("people",)])
def test_the_example_files_can_be_brought_in_as_they_are(app: Flask, dana: Desk, kinds: tuple[str, ...]) -> None:
    for what in kinds:
        dana.bring_in(what, dana.client.get(f"/imports/{what}/example.csv").data)
    assert runs(app) == [(2, 0, 0, 0)] * len(kinds)


@pytest.mark.pages
def test_hostile_words_of_a_file_stay_words(app: Flask, quinn: Desk) -> None:
    script = "<script>alert(1)</script>"
    head = ("Code", "Name", "Type", "Unit", "Area", script)
    rows = (
        ("G-301", script, script, "mm", "", script),
        ("G-302", "N", "k", "mm", script, ""),
        ("G-014", script, "", "", "", ""),
    )
    answer = quinn.choose("gauges", csv_of(head, *rows), f"{script}.csv")
    pages = [quinn.client.get(quinn.looked).text]
    location = quinn.confirm().location
    pages += [quinn.client.get(url).text for url in (location, "/imports/", "/equipment/G-301")]
    assert all("<script>alert" not in page for page in pages)
    assert answer.status_code == 303
    assert runs(app) == [(1, 1, 0, 1)]


@pytest.mark.pages
def test_what_a_browser_would_never_send_is_answered(app: Flask, quinn: Desk) -> None:
    quinn.look("gauges", csv_of(HEAD, CALIPER))
    typed = quinn.client.hidden(quinn.looked, quinn.action)
    for wrong in ("", "0:nothing", "99:code", "x", "0:code 0:code 1:code", "0:code 1:name 2:kind 9:unit.9"):
        answer = quinn.client.post(quinn.action, data={**typed, "columns": wrong})
        assert answer.status_code in {409, 422}, wrong
    for name in ("x", ""):
        assert quinn.client.post(quinn.action, data={**typed, "file": name}).status_code == 404
    assert quinn.client.post("/imports/nothing/bring-in", data=typed).status_code == 404
    assert quinn.client.get(quinn.looked + "&c999=code&cx=name&c-1=unit&c0=unit+99").status_code == 200
    assert runs(app) == []


def told(page: str) -> str:
    """Return the words of a page."""
    return " ".join(re.sub(r"<[^>]*>", "", page).split())


USUAL = ("ID", "Description", "Type", "Location", "Range", "Resolution", "MPE")


def test_a_usual_list_is_read_place_range_kind_and_a_bare_tolerance(app: Flask, quinn: Desk) -> None:
    rows = [
        ("G-301", "One", "Caliper", "2A-01", "0-150 mm", "0.01", "0.03"),
        ("G-302", "Two", "caliper", "Machining", "0 to 150 mm", "0.01", "±0.03"),
        ("G-303", "Three", "Micrometer", "Machining, 2A-01", "0 mm – 25 mm", "0.001", "± 0.004 mm"),
        ("G-304", "Four", "thermometer", "", "-10…50 °C", "0.1", "0,5"),
    ]
    page = told(quinn.look("gauges", csv_of(USUAL, *rows)))
    assert "Tolerance “0.03” is read as “± 0.03 mm”." in page
    assert "“Caliper” is read as “digital caliper”." in page
    assert "is a new kind" not in page
    quinn.confirm()
    with app.app_context():
        found = [queries.gauge_view(f"G-30{n}") for n in (1, 2, 3, 4)]
    assert [each.kind for each in found][:3] == ["digital caliper", "digital caliper", "micrometer"]
    assert [each.item.station for each in found] == ["2A-01", "", "2A-01", ""]
    assert [each.item.area for each in found][:3] == ["Machining"] * 3
    said = [(str(f.low), str(f.high), f.unit, f.tolerance) for each in found for f in each.functions]
    assert said == [
        ("0", "150", "mm", "± 0.03 mm"),
        ("0", "150", "mm", "± 0.03 mm"),
        ("0", "25", "mm", "± 0.004 mm"),
        ("-10", "50", "C", "± 0.5 °C"),
    ]


def test_every_error_of_a_row_is_said_at_once(quinn: Desk) -> None:
    row = ("G-301", "One", "caliper", "Roof", "0-150 mm", "0", "good")
    page = told(quinn.look("gauges", csv_of(USUAL, row, ("G-302", "", "", "Roof", "wide", "", ""))))
    assert (
        "Place: There is no area or station “Roof”. Make it in the settings first. "
        "Smallest step shown: Enter a step above zero. Tolerance: Write the tolerance like" in page
    )
    assert "Range: “wide” is no range. Write it like 0 to 150 mm. Place: There is no area" in page


@pytest.mark.clause("21 CFR 11.10(e)")
def test_a_file_changes_the_tolerance_of_a_calibrated_gauge_with_a_reason_alone(app: Flask, quinn: Desk) -> None:
    head = ("Code", "Tolerance", "Why it is changed")
    page = quinn.look("gauges", csv_of(head, ("G-014", "± 0.5 mm", "")))
    assert "Why it is changed: It was calibrated by what stood here." in page
    quinn.bring_in("gauges", csv_of(head, ("G-014", "± 0.5 mm", "rough work from now on")))
    with app.app_context():
        assert queries.gauge_view("G-014").functions[0].tolerance == "± 0.5 mm"
        (line,) = queries.changed_since_calibrated(queries.gauge_view("G-014").id)
        assert "rough work from now on" in line.words
