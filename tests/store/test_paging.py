"""Pages by key: every line once in both directions, also where columns are equal or empty; no odd cursor gets in."""

import base64
import json
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Integer, String, column, literal, select, union_all

from techfloor.refusals import NotFound
from techfloor.store import Day, UtcTime
from techfloor.store.paging import LONGEST_CURSOR, Cursor, Key, Order, Page

FIRST = date(2026, 3, 2)
DUE, NAME, ID = column("due", Day), column("name", String), column("id", Integer)
ROWS = [(None if n % 4 == 0 else FIRST + timedelta(days=n % 3), f"gauge {n % 2}", n) for n in range(1, 24)]


def order(*, descending: bool) -> Order:
    return Order(Key(DUE, date, descending, nullable=True), Key(NAME, str, descending), Key(ID, int, descending))


def page(by: Order, at: str = "") -> Page[int]:
    selects = [
        select(literal(d, Day).label("due"), literal(n).label("name"), literal(i).label("id")) for d, n, i in ROWS
    ]
    lines = union_all(*selects).subquery("line")
    bound = Order(*(Key(lines.c[key.column.name], key.kind, key.descending, key.nullable) for key in by.keys))
    return bound.page(select(lines.c.id), lambda key: key, at, size=4)


def walk(by: Order, way: str) -> list[list[int]]:
    here = page(by)
    if way == "back":
        while here.onward:
            here = page(by, here.onward)
    found = [here.lines]
    while at := getattr(here, way):
        here = page(by, at)
        found.append(here.lines)
    return found


def expected(*, descending: bool) -> list[int]:
    ordered = sorted(ROWS, key=lambda row: (row[0] is not None, row[0] or FIRST, row[1], row[2]), reverse=descending)
    return [row[2] for row in ordered]


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.usefixtures("house")
def test_every_line_stands_once_going_onward_and_empty_is_the_smallest(descending: bool) -> None:
    pages = walk(order(descending=descending), "onward")
    assert [line for lines in pages for line in lines] == expected(descending=descending)


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.usefixtures("house")
def test_every_line_stands_once_going_back(descending: bool) -> None:
    pages = walk(order(descending=descending), "back")
    assert [line for lines in reversed(pages) for line in lines] == expected(descending=descending)


def test_a_cursor_reads_back_as_it_was_written() -> None:
    by = Order(Key(column("at", UtcTime), datetime), Key(DUE, date, nullable=True), Key(NAME, str), Key(ID, int))
    for due in (None, FIRST):
        cursor = Cursor(True, (datetime(2026, 3, 2, 8, tzinfo=UTC), due, "Längenmaß 50", 7))
        assert by.read(cursor.text()) == cursor
    assert by.read("") is None


@pytest.mark.parametrize(
    "values",
    [
        [],
        [True],
        [1, "2026-03-02", "a", 1],
        [True, "2026-03-02", "a"],
        [True, "2026-03-02", "a", 1, 2],
        [True, "20260302", "a", 1],
        [True, 7, "a", 1],
        [True, "2026-03-02", None, 1],
        [True, "2026-03-02", "a\0", 1],
        [True, "2026-03-02", "\ud800", 1],
        [True, "2026-03-02", "a", True],
        [True, "2026-03-02", "a", 1.5],
        [True, "2026-03-02", "a", 2**63],
        {"a": 1},
        7,
        None,
    ],
)
def test_a_cursor_that_no_page_gave_is_not_found(values: object) -> None:
    text = base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")
    with pytest.raises(NotFound):
        order(descending=False).read(text)


@pytest.mark.parametrize("text", ["x", "é", "=" * 9, "A" * (LONGEST_CURSOR + 1), "W1td", "__", "W" * 799])
def test_what_is_no_cursor_is_not_found(text: str) -> None:
    with pytest.raises(NotFound):
        order(descending=False).read(text)


def test_a_deep_nest_in_a_cursor_is_not_found() -> None:
    with pytest.raises(NotFound):
        order(descending=False).read(base64.urlsafe_b64encode(b"[" * 500).decode().rstrip("="))
