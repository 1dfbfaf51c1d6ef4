"""What people type or bring in: read in as many steps as it has letters, and never kept so that it breaks a page."""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from imports.conftest import Desk
from imports.sheets import CALIPER, HEAD, csv_of
from plant_client import ClockAt, PlantClient, SignedInAs
from sqlalchemy import select

from techfloor import store
from techfloor.duties.calibration.rules import points
from techfloor.duties.in_use_checks import card
from techfloor.equipment import lists
from techfloor.equipment.deed_forms import certified_rows
from techfloor.equipment.entries import ItemEntry, check_item
from techfloor.equipment.models import Equipment, EquipmentDue
from techfloor.imports import cells, csv_files, matching, sheet, uncertainty
from techfloor.imports.persons import _roles
from techfloor.imports.sheet import LONGEST_CELL
from techfloor.measures.quantity import NumberError, parse_number
from techfloor.measures.tolerance import Tolerance, ToleranceError
from techfloor.measures.units import UnitError, canonical
from techfloor.people import rules as people_rules
from techfloor.records import retention
from techfloor.refusals import Refusal
from techfloor.reports import measured
from techfloor.store import db
from techfloor.web import show

READERS: dict[str, Callable[[str], object]] = {
    "a tolerance": lambda text: Tolerance.parse(text, "mm"),
    "an uncertainty": lambda text: uncertainty.read_uncertainty({"u": text}, "u", "mm"),
    "a number": parse_number,
    "a whole number": lambda text: cells.whole({"n": text}, "n"),
    "a day": lambda text: cells.day({"d": text}, "d"),
    "a unit": canonical,
    "the name of a column": matching.plain_word,
    "a column of several": lambda text: matching._NUMBER_BEHIND.search(matching.plain_word(text)),
    "a decimal sign": lambda text: (sheet._DECIMAL_COMMA.fullmatch(text), sheet._DECIMAL_POINT.fullmatch(text)),
    "a cell of a workbook": lambda text: sheet.number_as_shown(1.5, text),
    "a file": lambda text: csv_files.read_csv(f"{text};b\n1;2".encode()),
    "roles": lambda text: _roles({"roles": text}),
    "certified values": certified_rows,
    "points of a procedure": points.read_points,
    "functions of a procedure": points.read_entries,
    "a check on a card": lambda text: card.read_card(text, []),
    "a code that is looked for": lists._SHORT.match,
    "a user name": people_rules.tidy_user_name,
    "an address": people_rules.tidy_address,
    "codes to be held back": retention._BETWEEN.split,
    "a text that is shown": lambda text: (show._WHOLE.sub("", text), show._TAG.split(text)),
}
SECONDS = 0.25
"""Far more than as many steps as letters need, and far less than their square."""

repeated = st.builds(
    lambda begin, again, end: begin + (again * LONGEST_CELL)[:LONGEST_CELL] + end,
    st.sampled_from(["", "1", "x", "+1", "0.1 (x", "≤", "a:", "(", "value:", "0.5 mm", "U = ", "G-"]),
    st.text(" \t\n\u00a0ax0159.,;:+-/±\\()[]k=%<#µ", min_size=1, max_size=3),
    st.sampled_from(["", "!", "x", "1", "\n", "y)", "above!"]),
)


def spent(read: Callable[[str], object], text: str) -> float:
    """Return the processor time that reading takes."""
    began = time.thread_time()
    with suppress(Refusal, ToleranceError, NumberError, UnitError):
        read(text)
    return time.thread_time() - began


@pytest.mark.parametrize("name", READERS)
@settings(max_examples=40, deadline=None)
@given(text=repeated)
def test_no_reader_takes_more_steps_than_a_cell_has_letters(name: str, text: str) -> None:
    read = READERS[name]
    assert min(spent(read, text) for _try in range(2)) < SECONDS, text[:20]


def test_an_uncertainty_longer_than_any_is_not_looked_at() -> None:
    text = "x" + " " * 1500 + "y"
    assert spent(READERS["an uncertainty"], text) < SECONDS
    kept = uncertainty.read_uncertainty({"u": "0.2 µm ;  ( K=2.0 )"}, "u", "mm")
    assert kept == {"kind": "constant", "constant": "0.2", "unit": "um", "k": "2.0"}


UNFIT = {
    "too long": ("a" * 201, "Keep it under 200 characters."),
    "two lines": ("two\nlines", "Write it on one line."),
    "a line that is none": ("two\u2028lines", "A sign in it is not seen"),
    "letters turned around": ("gnp\u202eexe.", "A sign in it is not seen"),
    "letters set apart": ("a\u2066b", "A sign in it is not seen"),
}


@pytest.mark.parametrize("name", UNFIT)
def test_what_no_box_would_take_refuses_its_row(as_: SignedInAs, name: str) -> None:
    text, words = UNFIT[name]
    desk = Desk(as_("Q"))
    row = (CALIPER[0], f'"{text}"', *CALIPER[2:])
    page = desk.look("gauges", csv_of(HEAD, row, ("G-203", *CALIPER[1:])))
    assert words in page
    assert desk.confirm().status_code == 303
    with as_("Q").application.app_context():
        kept = select(Equipment.code).where(Equipment.code.in_([CALIPER[0], "G-203"]))
        assert list(db.session.scalars(kept)) == ["G-203"]


@pytest.mark.parametrize("name", UNFIT)
def test_the_entry_refuses_it_whatever_the_way_in(name: str) -> None:
    text, _words = UNFIT[name]
    for box in ("name", "maker", "serial"):
        with pytest.raises(Refusal) as no:
            check_item(replace(ItemEntry("G-1", "Caliper"), **{box: text}))  # type: ignore[arg-type]
        assert no.value.field == box
    check_item(ItemEntry("G-1", "Caliper", note="two\r\nlines"))


def test_a_text_is_cut_in_as_many_steps_as_it_has_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, width = [], measured.width

    def noting(text: str, face: measured.Face, size: float) -> float:
        asked.append(len(text))
        return width(text, face, size)

    monkeypatch.setattr(measured, "width", noting)
    cut = measured.cut("name " * 2000, measured.SANS, 2.0, 40.0)
    assert cut.endswith("…")
    assert width(cut, measured.SANS, 2.0) <= 40.0
    assert sum(asked) < 4 * 10_000


def far(desk: Desk, day: str) -> str:
    """Look through a gauge that is due on a day."""
    return desk.look("gauges", csv_of((*HEAD, "Due"), (*CALIPER, day)))


@pytest.mark.parametrize("day", ["9999-12-31", "2527-01-01", "31.12.9999", "1826-01-01"])
def test_a_day_of_another_century_refuses_its_row(as_: SignedInAs, day: str) -> None:
    assert "This day is more than 100 years off. Check its year." in far(Desk(as_("Q")), day)


def test_a_day_of_another_century_is_refused_beside_its_box(as_: SignedInAs) -> None:
    answer = as_("Q").submit("/equipment/new/machine", {"acquired": "9999-12-31"})
    assert answer.status_code == 422
    assert "This day is more than 100 years off." in answer.text


def test_the_last_day_there_is_breaks_no_feed_and_no_list(
    as_: SignedInAs, nobody: PlantClient, clock_at: ClockAt
) -> None:
    quinn = as_("Q")
    with quinn.application.app_context(), store.act("equipment:due:set"):
        db.session.scalars(select(EquipmentDue).limit(1)).one().due = date.max
    answer = quinn.submit("/calendar", {"area": ""})
    path = answer.text.partition("/calendar/")[2]
    secrets = [part.split(".ics")[0] for part in answer.text.split("/calendar/")[1:] if ".ics" in part[:60]]
    assert path
    feed = nobody.get(f"/calendar/{secrets[0]}.ics")
    assert feed.status_code == 200
    assert b"BEGIN:VEVENT" in feed.data
    for page in ("/", "/equipment/", "/calibration/", "/calibration/gauges"):
        assert quinn.get(page).status_code == 200, page
    for day in ("9999-12-31", "0001-01-01"):
        assert quinn.get(f"/calibration/?since={day}&until={day}").status_code == 200
