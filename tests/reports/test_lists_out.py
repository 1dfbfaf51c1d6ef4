"""Lists as files: what was typed stays what it was, nothing turns into a formula, a long list needs no more memory."""

import csv
import io
import tracemalloc
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from datetime import date, datetime
from typing import Any

import pypdfium2 as pdfium
import pytest
from flask import Flask, g
from openpyxl import load_workbook
from plant_client import ClockAt, PlantClient, SignedInAs
from sqlalchemy import select

from techfloor import store
from techfloor.reports import lists_long, lists_out
from techfloor.reports.job_runner import Runner
from techfloor.reports.lists_out import Column, Form, ListOut, Value, every_line, served
from techfloor.reports.models import JobLine
from techfloor.store import db
from techfloor.store.paging import Page
from techfloor.web.visitor import Caller, Visitor

Made = Callable[..., bytes]
COLUMNS = (
    Column("Code", 10, code=True),
    Column("Name", 30),
    Column("Due", 12),
    Column("Performed", 16),
    Column("n", 6),
)
ODD: tuple[Value, ...] = ("=1+1", "@SUM(A1) ü\x0b", date(2026, 12, 10), datetime.fromisoformat("2026-11-20T09:00Z"), 7)


def read(data: bytes) -> list[list[str]]:
    """Read a CSV file as a spreadsheet does, by its mark."""
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@pytest.fixture
def made(app: Flask) -> Made:
    """Write a list for Quinn Bauer."""

    def write(rows: Iterable[Sequence[Value]], form: Form, columns: tuple[Column, ...] = COLUMNS) -> bytes:
        with app.test_request_context("/"):
            with store.looking_at() as reading:
                g.plant = app.extensions["techfloor"].plant_notice.read(reading)
            g.caller = Caller(Visitor(1, 1, "Quinn Bauer", "QB", frozenset({"quality"}), frozenset()))
            answer = served(ListOut("odd", "Odd: list", columns, rows, "/"), form)
            assert not isinstance(answer, str)
            whole: Any = answer.response
            if isinstance(whole, list):
                return b"".join(whole)
            with closing(whole):
                return bytes(whole.read())

    return write


def test_a_csv_is_read_by_excel_and_holds_no_formula(made: Made) -> None:
    head, row = read(made([ODD], Form.CSV))
    assert head == ["Code", "Name", "Due", "Performed", "n"]
    assert row == ["'=1+1", "'@SUM(A1) ü\x0b", "2026-12-10", "2026-11-20 10:00+01:00", "7"]


def test_a_workbook_keeps_days_as_days_and_typed_text_as_text(made: Made) -> None:
    book = load_workbook(io.BytesIO(made([ODD, ("007", "1.50", None, None, None)], Form.XLSX)))
    sheet = book.worksheets[0]
    assert sheet.freeze_panes == "A2"
    head, first, second = list(sheet.iter_rows())
    assert head[0].font.bold
    assert [cell.data_type for cell in first] == ["s", "s", "d", "d", "n"]
    assert [cell.value for cell in first[:2]] == ["=1+1", "@SUM(A1) ü"]
    assert first[2].value == datetime(2026, 12, 10)
    assert first[2].number_format == "yyyy-mm-dd"
    assert first[3].value == datetime(2026, 11, 20, 10, 0), "on the plant's clock"
    assert [cell.value for cell in second[:2]] == ["007", "1.50"], "typed digits stay as they were typed"
    assert any("Quinn Bauer" in str(cell.value) for row in book.worksheets[1].iter_rows() for cell in row)


MEASURED = (Column("Record", 10, code=True), Column("Worst", 10, measured=True), Column("State", 10))
RESULTS = [
    ("1", "+4.82 %", "closed"),
    ("2", "\N{MINUS SIGN}0.10 mm", "closed"),
    ("3", "0.00 N·m", "closed"),
    ("4", "", "open"),
    ("5", "=2 mm", "open"),
]


def test_what_was_measured_is_a_number_beside_its_unit(made: Made) -> None:
    head, *rows = read(made(RESULTS, Form.CSV, MEASURED))
    assert head == ["Record", "Worst", "Worst, unit", "State"]
    assert [row[1:3] for row in rows] == [["4.82", "%"], ["-0.10", "mm"], ["0.00", "N·m"], ["", ""], ["'=2 mm", ""]]
    sheet = load_workbook(io.BytesIO(made(RESULTS, Form.XLSX, MEASURED))).worksheets[0]
    first, second, *_others, last = list(sheet.iter_rows(min_row=2))
    assert [(row[1].data_type, row[1].value, row[1].number_format) for row in (first, second)] == [
        ("n", 4.82, "0.00"),
        ("n", -0.1, "0.00"),
    ]
    assert last[1].data_type == "s"
    assert sheet.auto_filter.ref == "A1:D6"


def test_a_printed_list_has_its_heads_and_its_number_on_each_page(made: Made) -> None:
    rows = [(f"G-{n:03}", "Caliper <b>", date(2026, 12, 1), None, n) for n in range(1, 121)]
    document = pdfium.PdfDocument(io.BytesIO(made(rows, Form.PDF)))
    texts = [" ".join(page.get_textpage().get_text_range().split()) for page in document]
    assert len(texts) > 2
    for n, text in enumerate(texts, start=1):
        assert "Code Name Due Performed n" in text
        assert f"Page {n} of {len(texts)}" in text
        assert "Quinn Bauer, 20 Nov 2026 10:00" in text
    wide, high = document[0].get_size()
    assert wide > high
    assert "Caliper <b>" in texts[0]
    assert "G-120" in texts[-1]


LENGTHS = [(300, 3_000), pytest.param((1_000, 100_000), marks=pytest.mark.long)]


@pytest.mark.parametrize("form", [Form.CSV, Form.XLSX])
@pytest.mark.parametrize("lengths", LENGTHS, ids=["3 000", "100 000"])
def test_many_times_the_lines_need_no_more_memory(made: Made, form: Form, lengths: tuple[int, int]) -> None:
    def peak(count: int) -> int:
        tracemalloc.start()
        made_bytes = len(made(((f"G-{n}", "Caliper", date(2026, 12, 1), None, n) for n in range(count)), form))
        highest = tracemalloc.get_traced_memory()[1] - made_bytes  # the test reads it whole, a browser does not
        tracemalloc.stop()
        return highest

    short, long = lengths
    peak(10)
    assert peak(long) < peak(short) + 200_000


def test_every_line_goes_on_from_page_to_page() -> None:
    pages = {"": Page([1, 2], onward="a"), "a": Page([3], onward="b"), "b": Page([4])}
    assert list(every_line(pages.__getitem__)) == [1, 2, 3, 4]


# --- the lists of the pages ---

EACH_LIST = (
    "/equipment/list",
    "/calibration/gauges/list",
    "/calibration/list",
    "/calibration/gauges/G-014/list",
    "/calibration/traceability/S-003/used/list",
)


def got(client: PlantClient, url: str) -> bytes:
    """Return a file."""
    answer = client.get(url)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Disposition"].startswith("attachment")
    return bytes(answer.data)


@pytest.mark.pages
@pytest.mark.parametrize("path", EACH_LIST)
def test_each_list_comes_in_each_form(as_: SignedInAs, path: str) -> None:
    amal = as_("A")
    assert got(amal, f"{path}.pdf").startswith(b"%PDF")
    assert len(read(got(amal, f"{path}.csv"))) >= 1
    assert load_workbook(io.BytesIO(got(amal, f"{path}.xlsx"))).worksheets[0].freeze_panes == "A2"
    assert amal.get(f"{path}.doc").status_code == 404


def test_the_register_has_what_the_list_shows_narrowed_alike(as_: SignedInAs) -> None:
    quinn = as_("Q")
    whole = read(got(quinn, "/equipment/list.csv?kind=gauge"))
    held = read(got(quinn, "/equipment/list.csv?kind=gauge&status=limited use"))
    assert {"Code", "Serial number", "Due", "Record", "Status"} <= set(whole[0])
    assert len(whole) > len(held) > 1
    assert all("Limited use" in row[-1] for row in held[1:])
    assert "Machine" not in whole[0]
    assert [row[0] for row in whole[1:]] == sorted(row[0] for row in whole[1:])
    assert 'href="/equipment/list.csv?kind=gauge&amp;status=limited+use"' in (
        quinn.get("/equipment/?kind=gauge&status=limited use").text
    )


def test_what_is_due_soon_is_listed_with_what_is_overdue(as_: SignedInAs) -> None:
    quinn = as_("Q")
    late = {row[0] for row in read(got(quinn, "/equipment/list.csv?kind=gauge&status=overdue"))[1:]}
    due = read(got(quinn, "/equipment/list.csv?kind=gauge&status=due"))
    days = {row[0]: row[due[0].index("Days left")] for row in due[1:]}
    assert late < set(days)
    assert all(not left or int(left) <= 30 for left in days.values())
    assert any(left and int(left) >= 0 for left in days.values())


def test_the_printed_register_says_what_it_was_narrowed_to(as_: SignedInAs) -> None:
    data = got(as_("Q"), "/equipment/list.pdf?kind=gauge&status=overdue")
    text = " ".join(pdfium.PdfDocument(io.BytesIO(data))[0].get_textpage().get_text_range().split())
    assert "Narrowed to Status: Overdue" in text
    assert "DEMO" in text


# --- long for paper ---

GAUGES = "/equipment/list.pdf?kind=gauge&status=in+use"


def words_of(data: bytes) -> list[str]:
    """Return the words of each page."""
    return [" ".join(page.get_textpage().get_text_range().split()) for page in pdfium.PdfDocument(io.BytesIO(data))]


@pytest.fixture
def short_paper(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let three lines be long for paper, and four be a part."""
    monkeypatch.setattr(lists_out, "AT_ONCE_ON_PAPER", 3)
    monkeypatch.setattr(lists_long, "PART", 4)


def asked(client: PlantClient, url: str = GAUGES) -> str:
    """Ask for a long list on its page; return the address of the job."""
    answer = client.submit(url, page=url)
    assert answer.status_code == 303, answer.text
    return str(answer.location)


@pytest.mark.usefixtures("short_paper")
def test_a_list_long_for_paper_is_printed_part_by_part(app: Flask, as_: SignedInAs, clock_at: ClockAt) -> None:
    quinn = as_("Q")
    codes = [row[0] for row in read(got(quinn, GAUGES.replace(".pdf", ".csv")))[1:]]
    parts = -(-len(codes) // 4)
    page = quinn.get(GAUGES).text
    assert "This list has more than 3 lines" in page
    assert 'href="/equipment/list.csv?kind=gauge&amp;status=in+use" download' in page
    assert 'href="/equipment/?kind=gauge&amp;status=in+use"' in page
    job = asked(quinn)
    clock_at("2026-11-20 10:05")
    assert f"0 of {parts} done" in quinn.get(job).text
    assert Runner(app).run_waiting() == parts > 2
    shown = quinn.get(job).text
    assert f"{len(codes)} lines" in shown
    assert "Status: In use" in shown
    taken = quinn.submit(f"{job}/print", page=job)
    texts = words_of(got(quinn, taken.location))
    printed = [code for text in texts for code in codes if f" {code} " in f"{text} "]
    assert printed == codes, "each once, in the order of the list"
    assert f"Part 2 of {parts} · Page 1 of 1" in texts[1]
    assert f"Lines: 5 to 8 of {len(codes)}" in texts[1]
    assert all("Quinn Bauer, 20 Nov 2026 10:00" in text for text in texts), "when it was asked for"
    assert "Taken to be printed by Quinn Bauer" in quinn.get(job).text
    with app.app_context():
        assert set(db.session.scalars(select(JobLine.given))) == {None}, "the rows are not kept twice"


@pytest.mark.usefixtures("short_paper")
def test_a_long_list_is_its_owners_alone(app: Flask, as_: SignedInAs) -> None:
    amal, quinn = as_("A"), as_("Q")
    job = asked(amal)
    Runner(app).run_waiting()
    assert amal.get(job).status_code == 200
    assert quinn.get(job).status_code == quinn.get(f"{job}/all.pdf").status_code == 404
    assert quinn.post(f"{job}/print", data=quinn.hidden("/jobs", "/sign-out")).status_code == 404


@pytest.mark.usefixtures("short_paper")
def test_a_long_list_goes_on_after_a_restart_with_what_it_was_asked_with(
    app: Flask, as_: SignedInAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = asked(as_("Q"))
    real, drawn = lists_out.on_paper, []

    class Killed(BaseException):
        pass

    def die(*arguments: Any) -> bytes:
        drawn.append(arguments[2])
        if len(drawn) == 2:
            raise Killed
        return real(*arguments)

    monkeypatch.setattr(lists_long, "on_paper", die)
    with pytest.raises(Killed):
        Runner(app).run_waiting()
    Runner(app).run_waiting()
    assert drawn[1] == drawn[2]
    assert len(set(drawn)) == len(drawn) - 1
    assert "Print all" in as_("Q").get(job).text


@pytest.mark.usefixtures("short_paper")
def test_a_list_that_nobody_would_read_on_paper_is_refused(as_: SignedInAs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists_long, "MOST", 5)
    answer = as_("Q").submit(GAUGES, page=GAUGES)
    assert answer.status_code == 422
    assert "more than 5 lines, too many to be printed" in answer.text


@pytest.mark.pages
@pytest.mark.parametrize("path", EACH_LIST)
def test_each_list_can_be_long_for_paper(
    app: Flask, as_: SignedInAs, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists_out, "AT_ONCE_ON_PAPER", -1)
    amal, url = as_("A"), f"{path}.pdf"
    lines = len(read(got(amal, f"{path}.csv"))) - 1
    assert "Make the PDF" in amal.get(url).text
    assert amal.submit(url, page=url).status_code == (303 if lines else 422)
    assert Runner(app).run_waiting() == (1 if lines else 0)
