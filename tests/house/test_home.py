"""Home: what is due, the most urgent first; and the places around it."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from flask import Flask, g

from techfloor.house import due
from techfloor.house.shell import place_line
from techfloor.records.tasks import OpenTask
from techfloor.web.duty import Tile
from techfloor.web.visitor import Visitor

from .conftest import NOON, VisitAs


def tile(title: str, urgency: str, *, order: str = "", url: str = "", code: str = "") -> Tile:
    return Tile(title, "Due", url or f"/{title}", "Start", urgency, code, order)


def task(number: str | None, words: str = "Look back", day: date | None = None) -> OpenTask:
    return OpenTask(1, "look-back", words, day, NOON, number)


def put_tiles(app: Flask, monkeypatch: pytest.MonkeyPatch, tiles: list[Tile]) -> None:
    house: Any = app.extensions["techfloor"]
    only = replace(house.duties[0], tiles=lambda _visitor: tiles)
    monkeypatch.setattr(house, "duties", (only,))


def test_overdue_comes_before_today_before_waiting_before_soon() -> None:
    mixed = [tile("a", "soon"), tile("b", "waiting"), tile("c", "today"), tile("d", "overdue")]

    assert [each.title for each in due.in_order(mixed)] == ["d", "c", "b", "a"]


def test_of_one_urgency_the_order_of_the_duty_decides() -> None:
    mixed = [tile("a", "overdue", order="2026-11-18"), tile("b", "overdue", order="2026-11-01")]

    assert [each.title for each in due.in_order(mixed)] == ["b", "a"]


def test_a_place_to_go_stands_there_once_with_its_highest_urgency() -> None:
    twice = [tile("Review", "waiting", url="/calibration/CAL-1"), tile("Resume", "overdue", url="/calibration/CAL-1")]

    assert [each.title for each in due.in_order(twice)] == ["Resume"]


def test_a_title_is_cut_around_its_code() -> None:
    line = due.line(tile("Calibrate G-014 Vernier caliper", "today", code="G-014"))

    assert (line.before, line.code, line.after) == ("Calibrate ", "G-014", " Vernier caliper")


def test_a_code_that_the_title_does_not_name_comes_first() -> None:
    line = due.line(tile("Vernier caliper", "today", code="G-014"))

    assert (line.before, line.code, line.after) == ("", "G-014", " Vernier caliper")


def test_a_task_leads_to_its_record(house_app: Flask) -> None:
    with house_app.test_request_context():
        tiles = due.task_tiles([task("CAL-2026-00042", day=date(2026, 11, 20))], lambda number: f"/c/{number}")

    assert [(each.url, each.urgency) for each in tiles] == [("/c/CAL-2026-00042", "waiting")]
    assert "20 Nov 2026" in tiles[0].detail


def test_a_task_without_a_page_makes_no_tile(house_app: Flask) -> None:
    with house_app.test_request_context():
        assert due.task_tiles([task(None)], lambda number: f"/c/{number}") == []


def test_home_shows_the_tiles_in_order_with_their_counts(
    house_app: Flask, visit: VisitAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_tiles(house_app, monkeypatch, [tile("Later", "soon"), tile("Late", "overdue"), tile("Now", "today")])

    page = visit("technician").get("/").text

    assert "3 open · 1 overdue" in page
    assert page.index(">Late<") < page.index(">Now<") < page.index(">Later<")


def test_home_without_anything_due_says_what_to_do(
    house_app: Flask, visit: VisitAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_tiles(house_app, monkeypatch, [])

    page = visit("technician").get("/").text

    assert "Nothing is due for you" in page
    assert 'href="/records"' in page


def test_a_stranger_is_sent_to_sign_in_and_back(house_app: Flask) -> None:
    assert house_app.test_client().get("/records?before=9").location == "/sign-in?next=%2Frecords%3Fbefore%3D9"


def test_the_place_line_names_line_area_and_shift(house_app: Flask, visit: VisitAs) -> None:
    page = visit("technician").get("/more").text

    assert "Line 2 · Machining · Late shift" in page


def test_somebody_of_no_area_is_in_the_plant(house_app: Flask) -> None:
    somebody = Visitor(1, 1, "Quinn Bauer", "QB", frozenset(), frozenset())
    with house_app.test_request_context():
        house_app.preprocess_request()
        assert place_line(g.plant, somebody, None) == "Plant North · Late shift"


def test_the_rail_names_only_what_the_person_may_open(visit: VisitAs) -> None:
    assert 'href="/settings"' not in visit("technician").get("/more").text


def test_the_rail_names_the_settings_for_an_administrator(visit: VisitAs) -> None:
    assert 'href="/settings"' in visit("administrator").get("/more").text


@pytest.mark.parametrize(
    ("path", "current"), [("/", "/"), ("/records", "/records"), ("/settings/profile", "/settings")]
)
def test_the_rail_marks_where_one_is(visit: VisitAs, path: str, current: str) -> None:
    page = visit("administrator").get(path).text

    assert f'<a href="{current}" aria-current="page">' in page


def test_a_technician_gets_the_larger_type_of_the_floor(visit: VisitAs) -> None:
    assert '<body class="floor"' in visit("technician").get("/more").text


def test_at_a_desk_the_type_is_smaller(visit: VisitAs) -> None:
    assert '<body class="desk"' in visit("quality").get("/more").text


def test_static_files_carry_a_hash_and_are_kept_for_a_year(visit: VisitAs) -> None:
    client = visit("technician")
    sheet = next(part for part in client.get("/more").text.split('"') if part.endswith("css/tokens.css"))

    assert "/static/v" in sheet
    with client.get(sheet) as answer:
        assert answer.status_code == 200
        assert answer.cache_control.max_age == 31_536_000


def test_a_static_file_without_its_hash_is_asked_for_anew(visit: VisitAs) -> None:
    with visit("technician").get("/static/css/tokens.css") as answer:
        assert answer.headers["Cache-Control"] == "no-cache"
