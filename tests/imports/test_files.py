"""Files are read by what they are, or refused by a sentence: nothing of them is run, and nothing grows without end."""

import codecs
import random
import tracemalloc
import zipfile
from datetime import date, datetime
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils import get_column_letter

from imports.sheets import CALIPER, HEAD, WRENCH, csv_of, repacked, xlsx_of
from techfloor.imports.files import read_file
from techfloor.imports.sheet import MOST_ROWS, Sheet, letter, number_as_shown
from techfloor.refusals import Refusal

SHEET = "xl/worksheets/sheet1.xml"


def refusal(data: bytes) -> str:
    with pytest.raises(Refusal) as no:
        read_file(data)
    assert no.value.field == "file"
    return str(no.value)


def cells(sheet: Sheet) -> list[tuple[str, ...]]:
    return [sheet.head, *(row.cells for row in sheet.rows)]


@pytest.mark.parametrize("sep", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_a_csv_is_read_in_every_encoding_and_with_every_separator(sep: str, encoding: str) -> None:
    rows = [[cell.replace(",", " ") for cell in row] for row in (HEAD, CALIPER, WRENCH)]
    assert cells(read_file(csv_of(*rows, sep=sep, encoding=encoding))) == [tuple(row) for row in rows]


def test_a_csv_of_excel_with_its_own_first_line_quotes_and_blank_lines_is_read() -> None:
    data = b'sep=;\r\n\r\nCode;Name;;\r\n"G-1";"Caliper; ""long""\r\none";;\r\n;;;\r\nG-2;Ring;;\r\n'
    sheet = read_file(data)
    assert cells(sheet) == [("Code", "Name"), ("G-1", 'Caliper; "long"\r\none'), ("G-2", "Ring")]
    assert [row.number for row in sheet.rows] == [4, 7]


def test_a_decimal_comma_is_told_from_the_whole_file() -> None:
    assert read_file(csv_of(("Code", "Max"), ("a", "0,01"), ("b", "1,234"))).decimal_comma
    assert not read_file(csv_of(("Code", "Max"), ("a", "0.01"), ("b", "1,234"))).decimal_comma
    assert not read_file(csv_of(("Code", "Max"), ("b", "1,234"))).decimal_comma


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "The file is empty"),
        (b"  \r\n \r\n", "The file is empty"),
        (b";;;\r\n;;", "The file is empty"),
        (b"Code;Name\r\n", "has no rows"),
        (b"Code;code\r\nA;B", "Two columns are called “Code”"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\0" * 30, "This is no text"),
        (b"Code;Name\r\n\x81\x8d;x", "This is no text"),
        (bytes(range(1, 128)) * 3, "This is no text"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100, "save it as XLSX"),
        (b"%PDF-1.7\n", "This is a PDF"),
        (b'Code;Name\r\n"A;B\r\nC;D\r\n', "quotation marks from line 2"),
        (b'Code;Name\r\n"A"x;B\r\n', "quotation marks from line 2"),
        (codecs.BOM_UTF16_LE + b"\x00\xd8", "This is no text"),
        (b"PK\x03\x04 and so on", "cannot be read"),
    ],
)
def test_a_file_that_is_no_table_is_refused_by_a_sentence(data: bytes, words: str) -> None:
    assert words in refusal(data)


def test_titles_above_the_head_are_said_and_left_out() -> None:
    rows = (("Gauges of line 2",), (), ("as of 2026",), ("Code", "Name", "Note"), ("A", "B", "x"), ("C", "D", ""))
    for data in (csv_of(*rows, sep=","), xlsx_of(*rows)):
        sheet = read_file(data)
        assert cells(sheet) == [("Code", "Name", "Note"), ("A", "B", "x"), ("C", "D", "")]
        assert [row.number for row in sheet.rows] == [5, 6]
        assert [str(note) for note in sheet.notes] == [
            "Row 1 is taken for a title: “Gauges of line 2”.",
            "Row 3 is taken for a title: “as of 2026”.",
        ]


def test_more_columns_than_anybody_means_are_refused() -> None:
    assert "more than 100 columns" in refusal(csv_of([f"c{n}" for n in range(101)], ["x"] * 101))


def test_what_stands_right_of_the_named_columns_refuses_its_row() -> None:
    good, bad = read_file(csv_of(("Code", "Name"), ("A", "B", ""), ("C", "D", "lost"))).rows
    assert good.problem is None
    assert bad.problem is not None
    assert "“lost”" in str(bad.problem)


def test_a_formula_refuses_its_row_alone() -> None:
    for data in (
        csv_of(("Code", "Name"), ("A", "=1+1"), ("B", "x")),
        xlsx_of(("Code", "Name"), ("A", "=1+1"), ("B", "x")),
    ):
        first, second = read_file(data).rows
        assert first.problem is not None
        assert str(first.problem) == "Column B holds a formula. Write its value there instead."
        assert second.problem is None


def test_an_apostrophe_that_kept_a_word_from_being_a_formula_is_taken_away() -> None:
    assert read_file(csv_of(("Code", "Note"), ("A", "'=x"))).rows[0].cells == ("A", "=x")
    assert read_file(csv_of(("Code", "Note"), ("A", "'til noon"))).rows[0].cells == ("A", "'til noon")


def test_numbers_days_and_truths_of_a_workbook_are_read_as_shown() -> None:
    def show(sheet: object) -> None:
        sheet["B2"].number_format = "0.00"  # type: ignore[index]

    head = ("Code", "Step", "Since", "Material", "Months", "At")
    row = ("A", 0.1, date(2026, 11, 18), True, 12.0, datetime(2026, 11, 18, 7, 30))
    assert read_file(xlsx_of(head, row, change=show)).rows[0].cells == (
        *("A", "0.10", "2026-11-18", "yes", "12", "2026-11-18 07:30"),
    )


@pytest.mark.parametrize(
    ("value", "shown_as", "words"),
    [
        (0.1, "General", "0.1"),
        (0.1, "0.000", "0.100"),
        (150, "0", "150"),
        (1e-7, "General", "0.0000001"),
        (1234.5, "#,##0.00", "1234.50"),
        (0.125, "0.0", "0.125"),
        (3.0, "0.0", "3.0"),
    ],
)
def test_a_number_keeps_the_zeros_that_its_cell_shows(value: float, shown_as: str, words: str) -> None:
    assert number_as_shown(value, shown_as) == words


def test_an_error_of_a_spreadsheet_refuses_its_row() -> None:
    first = read_file(xlsx_of(("Code", "Name"), ("A", "#REF!"))).rows[0]
    assert str(first.problem) == "Column B holds an error: #REF!."


def test_merged_cells_and_further_sheets_are_said() -> None:
    def merge(sheet: object) -> None:
        sheet.merge_cells("A3:B3")  # type: ignore[attr-defined]
        sheet.parent.create_sheet("Old")  # type: ignore[attr-defined]

    notes = read_file(xlsx_of(("Code", "Name"), ("A", "B"), ("C", "D"), change=merge)).notes
    assert [str(note) for note in notes] == [
        "Only the sheet “Sheet” is read.",
        "Cells are merged: A3:B3. Only the first of each counts.",
    ]


def test_a_workbook_that_declares_an_entity_never_reaches_a_parser() -> None:
    foreign = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    whole = xlsx_of(("Code", "Name"), ("A", "B"))
    for part in (SHEET, "xl/workbook.xml", "xl/_rels/workbook.xml.rels"):
        data = repacked(
            whole, part, lambda body: body.replace(b"?>", b"?>" + foreign, 1) if b"?>" in body else foreign + body
        )
        assert "XML that is not allowed" in refusal(data)


def test_a_workbook_that_unpacks_to_a_mountain_is_refused_before_it_does() -> None:
    whole = xlsx_of(("Code", "Name"), ("A", "B"))
    tracemalloc.start()
    try:
        assert "too large" in refusal(repacked(whole, "xl/styles.xml", lambda body: body + b" " * (3 << 20)))
        many = b"<row>" + b"<c/>" * (1 << 20) + b"</row></sheetData>"
        wide = repacked(whole, SHEET, lambda body: body.replace(b"</sheetData>", many))
        after = repacked(whole, SHEET, lambda body: body.replace(b"</worksheet>", b" " * (2 << 20) + b"</worksheet>"))
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        assert "too large" in refusal(wide)
        assert "too large" in refusal(after)
        assert tracemalloc.get_traced_memory()[1] - before < 2 << 20
        bomb = BytesIO()
        with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive, archive.open(SHEET, "w") as part:
            for _ in range(70):
                part.write(b"\0" * (1 << 20))
        tracemalloc.reset_peak()
        assert "too large" in refusal(bomb.getvalue())
        assert tracemalloc.get_traced_memory()[1] < 5 << 20
    finally:
        tracemalloc.stop()


def renamed(data: bytes, name: str, new: str, body: bytes) -> bytes:
    """Give a part of a workbook another name and other content; what names it follows."""
    old, short = name.removeprefix("xl/").encode(), new.removeprefix("xl/").encode()
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for part in before.namelist():
            if part == name:
                after.writestr(new, body)
            else:
                after.writestr(part, before.read(part).replace(old, short))
    return out.getvalue()


SPACE = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
WORDS = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"


def with_words(name: str, body: bytes) -> bytes:
    """Add the words that cells share, under a name, to a workbook that has one cell."""
    kind = b'<Override PartName="/' + name.encode() + b'" ContentType="' + WORDS + b'"/></Types>'
    cell = b'<row r="2"><c r="A2" t="s"><v>0</v></c></row></sheetData>'
    data = repacked(xlsx_of(("Code",)), SHEET, lambda old: old.replace(b"</sheetData>", cell))
    out = BytesIO(repacked(data, "[Content_Types].xml", lambda old: old.replace(b"</Types>", kind)))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, b"<sst " + SPACE + b">" + body + b"</sst>")
    return out.getvalue()


@pytest.mark.parametrize("new", ["xl/words.bin", "xl/worksheets/words.xml", "xl/words.xml"])
def test_shared_words_under_another_name_are_refused(new: str) -> None:
    word = b"<si><t>G-1</t></si>"
    assert read_file(with_words("xl/sharedStrings.xml", word)).rows[0].cells == ("G-1",)
    assert "cannot be read" in refusal(with_words(new, word))


def test_a_sheet_under_another_name_is_held_as_short_as_what_is_read_whole() -> None:
    many = b"<worksheet " + SPACE + b"><sheetData>" + b"<row/>" * 400_000 + b"</sheetData></worksheet>"
    assert "too large" in refusal(renamed(xlsx_of(HEAD, CALIPER), SHEET, "xl/sheet1.dat", many))


def test_more_shared_words_than_rows_could_hold_are_refused() -> None:
    assert "too large" in refusal(with_words("xl/sharedStrings.xml", b"<si/>" * 500_000))


def test_more_styles_than_anybody_means_are_refused() -> None:
    put = b"</cellXfs>"
    data = repacked(xlsx_of(HEAD, CALIPER), "xl/styles.xml", lambda body: body.replace(put, b"<xf/>" * 60_000 + put))
    assert "too large" in refusal(data)


def test_an_entity_is_found_behind_a_long_remark_and_in_a_part_of_any_name() -> None:
    foreign = b"<!--" + b" " * 100_000 + b'--><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    whole = xlsx_of(("Code", "Name"), ("A", "B"))
    assert "XML that is not allowed" in refusal(repacked(whole, SHEET, lambda body: foreign + body))
    with zipfile.ZipFile(BytesIO(whole)) as archive:
        sheet = foreign + archive.read(SHEET)
    assert "XML that is not allowed" in refusal(renamed(whole, SHEET, "xl/sheet1.dat", sheet))


def test_a_sheet_that_numbers_its_rows_without_end_is_refused() -> None:
    row = b'<row r="99999999999"><c t="inlineStr"><is><t>A</t></is></c></row></sheetData>'
    far = repacked(xlsx_of(("Code",), ("A",)), SHEET, lambda body: body.replace(b"</sheetData>", row))
    assert "too large" in refusal(far)


def test_pictures_in_a_workbook_do_not_count_as_what_is_read() -> None:
    whole = BytesIO(xlsx_of(("Code",), ("A",)))
    with zipfile.ZipFile(whole, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/image1.jpeg", b"\xff\xd8\xff" + b"<" * (3 << 20))
    assert read_file(whole.getvalue()).rows


@pytest.mark.parametrize("part", ["xl/workbook.xml", SHEET, "[Content_Types].xml"])
def test_a_workbook_with_a_truncated_part_is_refused(part: str) -> None:
    assert "cannot be read" in refusal(repacked(xlsx_of(HEAD, CALIPER), part, lambda body: body[: len(body) // 2]))


def test_a_million_rows_are_answered_by_a_sentence_without_being_read() -> None:
    row = csv_of(CALIPER) + b"\r\n"
    data = csv_of(HEAD) + b"\r\n" + row * (15 * (1 << 20) // len(row))
    tracemalloc.start()
    try:
        assert f"more than {MOST_ROWS} rows" in refusal(data)
        assert tracemalloc.get_traced_memory()[1] < 150 << 20
    finally:
        tracemalloc.stop()


def test_half_a_million_rows_of_a_workbook_are_not_read_to_their_end() -> None:
    whole = xlsx_of(("Code", "Name"), ("A", "B"))
    row = b'<row><c t="inlineStr"><is><t>A</t></is></c><c t="inlineStr"><is><t>B</t></is></c></row>'
    many = repacked(whole, SHEET, lambda body: body.replace(b"</sheetData>", row * 600_000 + b"</sheetData>"))
    assert len(many) < 1 << 20
    tracemalloc.start()
    try:
        assert f"Copy the rows, at most {MOST_ROWS}" in refusal(many)
        assert tracemalloc.get_traced_memory()[1] < 40 << 20
    finally:
        tracemalloc.stop()


def test_as_many_rows_as_one_act_takes_are_read() -> None:
    assert len(read_file(csv_of(("Code",), *((f"G-{n}",) for n in range(MOST_ROWS)))).rows) == MOST_ROWS


@given(st.binary(max_size=300))
def test_any_bytes_give_a_table_or_a_sentence(data: bytes) -> None:
    assert is_answered(data)


def is_answered(data: bytes) -> bool:
    """Tell whether a file gives a table, or a sentence beside its box; anything else that is raised fails the test."""
    try:
        return bool(read_file(data).rows)
    except Refusal as no:
        return no.field == "file"


def test_a_workbook_with_flipped_bytes_or_a_lost_end_gives_a_table_or_a_sentence() -> None:
    chance, whole = random.Random(4), xlsx_of(HEAD, CALIPER, WRENCH)
    for _ in range(60):
        data = bytearray(whole)
        for _flip in range(3):
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        assert is_answered(bytes(data))
        assert is_answered(whole[: chance.randrange(4, len(whole))])


def test_a_workbook_whose_xml_is_damaged_gives_a_table_or_a_sentence() -> None:
    chance, whole = random.Random(4), xlsx_of(HEAD, CALIPER, WRENCH)

    def damaged(body: bytes) -> bytes:
        data, place = bytearray(body), chance.randrange(len(body))
        if chance.random() < 0.5:
            data[place] = chance.randrange(256)
        else:
            del data[place : place + chance.randrange(1, 40)]
        return bytes(data)

    for part in (SHEET, "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml", "xl/_rels/workbook.xml.rels"):
        for _ in range(40):
            assert is_answered(repacked(whole, part, damaged))


@given(st.integers(0, 20_000))
def test_a_column_is_named_as_a_spreadsheet_names_it(place: int) -> None:
    if place < 18278:
        assert letter(place) == get_column_letter(place + 1)
