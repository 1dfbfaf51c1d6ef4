"""The lists of calibrations and of gauges: narrowed, searched, and paged by key."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from amending_work import words
from bench_work import give_all, sign, start
from flask import Flask
from outside_work import PLUG, entered, receive
from plant_client import ClockAt, PlantClient, SignedInAs
from sqlalchemy import select
from stages import Reach
from statements import Statements
from test_from_paper import transcribed

from techfloor import store
from techfloor.duties.calibration.models import Calibration
from techfloor.duties.calibration.queries import lists
from techfloor.duties.calibration.queries.lists import NEWEST_FIRST, Line, Wanted
from techfloor.equipment.models import Equipment
from techfloor.people.models import Person
from techfloor.records.models import Record
from techfloor.refusals import NotFound
from techfloor.store import databases, db, search
from techfloor.store.paging import PAGE, Cursor, Page

MOMENT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def write(count: int, *, at: datetime = MOMENT, state: str = "closed", first: int = 1, step: int = 0) -> None:
    """Write calibrations of one gauge, all performed at one moment unless `step` minutes lie between them."""
    gauge = db.session.scalars(select(Equipment.id).where(Equipment.code == "G-001")).one()
    person = db.session.scalars(select(Person.id).where(Person.user_name == "tara")).one()
    for n in range(first, first + count):
        moment = at + timedelta(minutes=step * n)
        record = Record(
            kind="calibration",
            number=f"CAL-2026-{n:05d}",
            state=state,
            equipment_id=gauge,
            opened_by=person,
            opened_at=moment,
            performed_at=moment,
            recorded_at=moment,
        )
        db.session.add(record)
        db.session.flush()
        body = Calibration(record_id=record.id, gauge_id=gauge, source="in house", performed_by=person)
        body.as_found = "pass"
        db.session.add(body)
        search.put("calibration", record.number, "G-001 Digital caliper", "DC-10001")


@pytest.fixture
def writing(app: Flask) -> Iterator[None]:
    with app.app_context(), store.act("calibration:test:write"):
        yield


def numbers(page: Page[Line]) -> list[str]:
    return [line.number for line in page.lines]


def shown(page: str) -> list[str]:
    """Return the numbers of the records in the table of a page, in their order."""
    return re.findall(r'<a href="/calibration/(CAL-\d{4}-\d{5})">', page)


def onward(page: str, rel: str) -> str:
    found = re.search(rf'href="([^"]+)" rel="{rel}"', page)
    assert found, f"the page has no {rel}"
    return found[1].replace("&amp;", "&")


# --- paging ---


@pytest.mark.usefixtures("writing")
def test_pages_of_equal_moments_hold_every_record_once_in_both_directions() -> None:
    write(23)
    page = lists.list_page(Wanted(), size=5)
    pages = [page]
    while page.onward:
        page = lists.list_page(Wanted(at=page.onward), size=5)
        pages.append(page)
    seen = [number for each in pages for number in numbers(each)]
    assert seen == [f"CAL-2026-{n:05d}" for n in range(23, 0, -1)]
    back = [page]
    while page.back:
        page = lists.list_page(Wanted(at=page.back), size=5)
        back.insert(0, page)
    assert [number for each in back for number in numbers(each)][-8:] == seen[-8:]
    assert sorted({number for each in back for number in numbers(each)}) == sorted(seen)


@pytest.mark.usefixtures("writing")
def test_a_record_added_while_one_reads_does_not_shift_the_next_page() -> None:
    write(10, step=1)
    first = lists.list_page(Wanted(), size=5)
    write(3, first=11, step=1)
    second = lists.list_page(Wanted(at=first.onward), size=5)
    assert numbers(second) == [f"CAL-2026-{n:05d}" for n in range(5, 0, -1)]


@pytest.mark.usefixtures("writing")
def test_the_first_page_has_nothing_newer_and_the_last_nothing_older() -> None:
    write(5)
    only = lists.list_page(Wanted(), size=5)
    assert (only.back, only.onward) == ("", "")


def test_the_pages_of_the_list_lead_on_and_back(app: Flask, as_: SignedInAs) -> None:
    with app.app_context(), store.act("calibration:test:write"):
        write(PAGE + 3)
    quinn = as_("Q")
    first = quinn.get("/calibration/").text
    second = quinn.get(onward(first, "next")).text
    assert shown(second) == ["CAL-2026-00003", "CAL-2026-00002", "CAL-2026-00001"]
    assert shown(quinn.get(onward(second, "prev")).text) == shown(first)


@pytest.mark.parametrize(
    "at",
    ["x", "AAAA", "b3wyMDI2", "é", "o|2026-03-02T08:00:00.000000Z|1", "bnwyMDI2LTAzLTAyfDE", "=" * 400, "%00"],
)
def test_a_cursor_that_this_list_never_gave_is_not_found(as_: SignedInAs, at: str) -> None:
    assert as_("Q").get("/calibration/", query_string={"at": at}).status_code == 404


def test_a_cursor_reads_back_as_it_was_written() -> None:
    cursor = Cursor(True, (MOMENT, 7))
    assert NEWEST_FIRST.read(cursor.text()) == cursor
    with pytest.raises(NotFound):
        NEWEST_FIRST.read(cursor.text() + "A")


# --- narrowing and search ---


def test_the_state_narrows_the_list(app: Flask, as_: SignedInAs) -> None:
    with app.app_context(), store.act("calibration:test:write"):
        write(2, state="closed")
        write(1, state="performed", first=3)
        write(1, state="rejected", first=4)
        write(1, state="discontinued", first=5)
        write(1, state="in progress", first=6)
    quinn = as_("Q")
    for state, count in {"closed": 2, "performed": 1, "rejected": 1, "discontinued": 1, "in progress": 1}.items():
        assert len(shown(quinn.get("/calibration/", query_string={"state": state}).text)) == count
    assert len(shown(quinn.get("/calibration/?state=nonsense").text)) == 6


def test_the_state_stays_while_one_pages(app: Flask, as_: SignedInAs) -> None:
    with app.app_context(), store.act("calibration:test:write"):
        write(PAGE + 1, state="rejected")
        write(5, first=100)
    quinn = as_("Q")
    second = quinn.get(onward(quinn.get("/calibration/?state=rejected").text, "next")).text
    assert shown(second) == ["CAL-2026-00001"]


@pytest.mark.clause("ISO/IEC 17025 7.11.1")
@pytest.mark.parametrize("words", ["CAL-2026-00002", "00002", "cal 2026 00002", "dc-10001 00002"])
def test_search_finds_by_number_gauge_or_serial(app: Flask, as_: SignedInAs, words: str) -> None:
    with app.app_context(), store.act("calibration:test:write"):
        write(3)
    assert shown(as_("Q").get("/calibration/", query_string={"q": words}).text) == ["CAL-2026-00002"]


@pytest.mark.parametrize("words", ["nothing like it", '"', "* OR 1", "a' --", "\N{SNOWMAN}", "x" * 5000])
def test_a_search_that_finds_nothing_says_what_to_do(app: Flask, as_: SignedInAs, words: str) -> None:
    with app.app_context(), store.act("calibration:test:write"):
        write(3)
    page = as_("Q").get("/calibration/", query_string={"q": words})
    assert page.status_code == 200
    assert shown(page.text) == [] or not re.search(r"\w", words)


def test_an_empty_list_says_what_to_do(as_: SignedInAs) -> None:
    assert "No calibrations yet. Choose a gauge" in as_("T").get("/calibration/").text
    assert "No calibrations yet. They stand here" in as_("A").get("/calibration/").text


def test_the_list_says_the_verdict_and_the_state_in_words(as_: SignedInAs) -> None:
    otto = as_("O", tablet=True)
    start(otto, "G-011")
    page = as_("Q").get("/calibration/").text
    assert "In progress" in page
    assert "Otto Lindqvist" in page


# --- statements ---


@pytest.mark.parametrize("url", ["/calibration/", "/calibration/?state=closed", "/calibration/?q=CAL&state=closed"])
def test_a_page_of_the_list_takes_at_most_three_statements(app: Flask, as_: SignedInAs, url: str) -> None:
    with app.app_context(), store.act("calibration:test:write"):
        write(PAGE + 10)
    quinn = as_("Q")
    quinn.get(url)
    with Statements(app) as statements:
        quinn.get(url)
    assert len(statements.about("record", "calibration", "search_words", "equipment", "person")) <= 3


def test_the_list_goes_by_its_index_and_sorts_nothing(app: Flask) -> None:
    with app.app_context(), store.act("calibration:test:write"):
        write(60)
        for wanted in (Wanted(), Wanted(state="closed"), Wanted(at=Cursor(True, (MOMENT, 40)).text())):
            plan = plan_of(app, wanted)
            assert "ix_record_kind" in plan
            assert "TEMP B-TREE" not in plan


def plan_of(app: Flask, wanted: Wanted) -> str:
    """Return how SQLite would read a page."""
    with Statements(app) as statements:
        lists.list_page(wanted)
    (sql,) = statements.about("record")
    if databases.of(db.session.connection()).name != "sqlite":
        pytest.skip("PostgreSQL sorts a table as small as this in memory, whatever stands beside it")
    raw = db.session.connection().connection.cursor()
    found = raw.execute("EXPLAIN QUERY PLAN " + sql, [None] * sql.count("?")).fetchall()
    return " ".join(row[3] for row in found)


# --- gauges ---


def codes(page: str) -> list[str]:
    return re.findall(r'<a href="/calibration/gauges/([^"]+)"><span class="code">', page)


def test_the_gauges_stand_in_the_order_of_their_codes_with_when_they_are_due(as_: SignedInAs) -> None:
    page = as_("T").get("/calibration/gauges").text
    assert codes(page) == [f"G-{n:03d}" for n in range(1, 22)]
    assert "15 days late" in page
    assert "in 7 days" in page


def test_gauges_are_narrowed_by_area_overdue_held_and_sent_out(app: Flask, as_: SignedInAs) -> None:
    quinn = as_("Q")
    assert set(codes(quinn.get("/calibration/gauges?status=overdue").text)) == {"G-007", "G-012"}
    assert codes(quinn.get("/calibration/gauges?status=sent+out").text) == ["G-008"]
    assert codes(quinn.get("/calibration/gauges?status=held").text) == []
    receive(quinn, as_found="fail", as_left="pass")
    assert codes(quinn.get("/calibration/gauges?status=held").text) == ["G-008"]
    with app.app_context():
        area = db.session.scalars(select(Equipment.area_id).where(Equipment.code == "G-011")).one()
    assert "G-011" in codes(quinn.get(f"/calibration/gauges?area={area}").text)
    assert "G-007" not in codes(quinn.get(f"/calibration/gauges?area={area}").text)


@pytest.mark.parametrize("query", ["area=999", "area=x", "area=1+OR+1", "status=lost+and+found", "after=" + "Z" * 90])
def test_a_filter_that_makes_no_sense_is_no_error(as_: SignedInAs, query: str) -> None:
    assert as_("Q").get(f"/calibration/gauges?{query}").status_code == 200


def test_gauges_are_searched_by_name_and_serial(as_: SignedInAs) -> None:
    quinn = as_("Q")
    assert codes(quinn.get("/calibration/gauges?q=multimeter").text) == ["G-019"]
    assert codes(quinn.get("/calibration/gauges?q=TP-10061").text) == ["G-008"]
    assert "No gauge fits" in quinn.get("/calibration/gauges?q=zeppelin").text


def test_the_list_of_gauges_takes_one_statement_beside_its_areas(app: Flask, as_: SignedInAs) -> None:
    quinn = as_("Q")
    quinn.get("/calibration/gauges")
    with Statements(app) as statements:
        quinn.get("/calibration/gauges")
    assert len(statements.about("equipment", "gauge")) == 1
    assert len(statements.about("area")) == 1


# --- who may ---


@pytest.mark.clause("ISO 9001 7.5.3.1")
@pytest.mark.parametrize("key", list("TOSIQAD"))
@pytest.mark.parametrize("url", ["/calibration/", "/calibration/gauges", "/calibration/gauges/G-011"])
def test_everybody_of_the_plant_reads_the_lists(as_: SignedInAs, key: str, url: str) -> None:
    assert as_(key).get(url).status_code == 200


@pytest.mark.parametrize("url", ["/calibration/", "/calibration/gauges", "/calibration/gauges/G-011"])
def test_a_stranger_does_not(nobody: PlantClient, url: str) -> None:
    assert nobody.get(url).status_code in {302, 303}


@pytest.mark.parametrize("url", ["/calibration/", "/calibration/gauges", "/calibration/gauges/G-011"])
def test_the_lists_are_read_only(as_: SignedInAs, url: str) -> None:
    quinn = as_("Q")
    token = quinn.hidden("/calibration/", "/display")["csrf_token"]
    assert quinn.post(url, data={"csrf_token": token}).status_code == 405


# --- narrowed ---


@pytest.fixture
def two(reach: Reach, as_: SignedInAs, clock_at: ClockAt) -> tuple[str, str]:
    """A pass of the 18th, and a fail of the 20th."""

    def made() -> tuple[str, str]:
        tara = as_("T", tablet=True)
        made = []
        for day, last in (("18", "150.10"), ("20", "150.25")):
            clock_at(f"2026-11-{day}T10:00")
            number = start(tara, "G-014")
            give_all(tara, number, "indication", ["0.00", "25.00", "50.05", "100.00", last, "25.00"])
            tara.submit(f"/calibration/{number}/adjust", {"adjusted": "no"})
            assert sign(tara, number).status_code == 303
            made.append(number)
        return made[0], made[1]

    return reach(made)


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("verdict=fail", [1]),
        ("verdict=pass", [0]),
        ("since=2026-11-19", [1]),
        ("until=2026-11-18", [0]),
        ("since=2026-11-18&until=2026-11-20", [1, 0]),
        ("since=yesterday", [1, 0]),
        ("q=fail", [1]),
        ("q=tara", [1, 0]),
        ("q=kowalski+pass", [0]),
        ("verdict=fail&until=2026-11-19", []),
    ],
)
def test_calibrations_are_found_by_verdict_day_and_person(
    two: tuple[str, str], as_: SignedInAs, query: str, wanted: list[int]
) -> None:
    assert shown(as_("Q").get(f"/calibration/?{query}").text) == [two[n] for n in wanted]


def test_calibrations_of_one_area(two: tuple[str, str], app: Flask, as_: SignedInAs) -> None:
    with app.app_context():
        area = db.session.scalars(select(Equipment.area_id).where(Equipment.code == "G-014")).one()
    quinn = as_("Q")
    assert len(shown(quinn.get(f"/calibration/?area={area}").text)) == 2
    other = next(each for each in (1, 2, 3) if each != area)
    assert shown(quinn.get(f"/calibration/?area={other}").text) == []


@pytest.mark.parametrize("typed", ["g14", "G014", "14", "g-014"])
def test_the_fields_of_the_lists_know_a_code_as_people_say_it(as_: SignedInAs, typed: str) -> None:
    tara = as_("T", tablet=True)
    number = start(tara, "G-014")
    assert codes(as_("Q").get(f"/calibration/gauges?q={typed}").text) == ["G-014"]
    assert number in tara.get(f"/calibration/?q={typed}").text
    assert "G-014" in tara.get(f"/equipment/?q={typed}").text


def test_an_outside_calibration_is_found_by_who_read_it_its_verdict_and_its_laboratory(as_: SignedInAs) -> None:
    quinn = as_("Q")
    number = entered(quinn)
    for typed in ("Quinn", "pass", "Laboratory North", "2026-008-1533"):
        assert number in quinn.get(f"/calibration/?q={typed}").text, typed
        assert number in quinn.get(f"/search?q={typed}").text, typed


def test_a_laboratory_and_a_paper_are_named_in_every_list_and_a_day_gets_no_time(as_: SignedInAs) -> None:
    quinn = as_("Q")
    outside, typed = entered(quinn), transcribed(quinn)
    laboratory = PLUG["laboratory"]
    paper = "Otto Lindqvist, from paper, entered by Quinn Bauer"
    for page in ("/calibration/", "/records?kind=calibration", "/calibration/gauges/G-014"):
        html = words(quinn.get(page).text)
        assert paper in html, page
        assert laboratory in html or page.endswith("G-014"), page
        assert "12 Nov 2026 12:00" not in html, page
    head, *rows = csv.reader(io.StringIO(quinn.get("/calibration/list.csv").get_data(as_text=True).lstrip("\ufeff")))
    assert len(set(head)) == len(head), head
    found = {row[0]: dict(zip(head, row, strict=True)) for row in rows}
    assert found[outside]["Performed by"] == laboratory
    assert found[outside]["Performed"] == "2026-11-12"
    assert found[typed]["Performed by"] == paper
    assert found[typed]["Performed"] == "2026-11-18 14:05+01:00"
    history = quinn.get("/calibration/gauges/G-014/list.csv").get_data(as_text=True).lstrip("\ufeff")
    head = next(csv.reader(io.StringIO(history)))
    assert len(set(head)) == len(head), head
