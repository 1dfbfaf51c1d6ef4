"""Heads are understood as people write them, and cells as their columns mean them."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techfloor.imports import cells, matching
from techfloor.imports.gauges import GAUGES
from techfloor.imports.persons import PEOPLE
from techfloor.imports.standards import STANDARDS
from techfloor.refusals import Refusal
from techfloor.web.importing import COMMA, Importer


@pytest.mark.parametrize(
    ("importer", "head", "keys"),
    [
        (GAUGES, ("Gauge No.", "Description", "Type", "Mfr"), ("code", "name", "kind", None)),
        (GAUGES, ("ASSET_ID", "Serial-No", "Cal. Interval [months]"), ("code", "serial", "interval")),
        (GAUGES, ("Prüfmittelnummer", "Bezeichnung", "Hersteller", "Fällig"), ("code", "name", "maker", "due")),
        (GAUGES, ("Unit", "Unit 2", "Unit 99", "Name 2"), ("unit", "unit 2", None, None)),
        (GAUGES, ("Code", "ID", "", "  name "), ("code", None, None, "name")),
        (STANDARDS, ("Code", "Quantity", "Smallest step shown"), ("code", "quantity", "resolution")),
        (PEOPLE, ("Login", "Employee", "Role"), ("user_name", "name", "roles")),
    ],
)
def test_heads_are_guessed(importer: Importer, head: tuple[str, ...], keys: tuple[str | None, ...]) -> None:
    found = matching.guessed(importer, head, {})
    assert tuple(found.get(place) for place in range(len(head))) == keys


@pytest.mark.parametrize("importer", [GAUGES, STANDARDS, PEOPLE])
def test_every_column_is_found_by_its_own_title_and_no_word_means_two(importer: Importer) -> None:
    keys = importer.keys(3)
    heads = [matching.title_of(importer, key) for key in keys]
    assert list(matching.guessed(importer, heads, {}).values()) == keys
    words = [{matching.plain_word(word) for word in (each.key, *each.words)} for each in importer.columns]
    assert sum(map(len, words)) == len(set().union(*words))


def test_what_was_chosen_before_comes_first_also_that_a_column_was_left_out() -> None:
    before = {"kurzel": "code", "name": ""}
    assert matching.guessed(GAUGES, ("Name", "Kürzel", "Type"), before) == {1: "code", 2: "kind"}


@given(st.lists(st.text(max_size=12), max_size=12))
def test_no_two_columns_are_guessed_to_mean_the_same(head: list[str]) -> None:
    found = matching.guessed(GAUGES, head, {})
    assert len(set(found.values())) == len(found)


@pytest.mark.parametrize("typed", ["2026-11-18", "2026-11-18 00:00", "18.11.2026", "18/11/2026", "11/18/2026"])
def test_a_day_is_read_in_the_ways_it_is_written(typed: str) -> None:
    assert cells.day({"due": typed}, "due") == date(2026, 11, 18)


@pytest.mark.parametrize(
    "typed", ["3/4/2026", "18.11.26", "2026-13-01", "soon", "45980", "31.02.2026", "2026-11-18 07:30"]
)
def test_what_is_no_day_or_two_days_is_refused_at_its_column(typed: str) -> None:
    with pytest.raises(Refusal) as no:
        cells.day({"due": typed}, "due")
    assert no.value.field == "due"


@given(st.dates(date(1930, 1, 1), date(2120, 12, 31)))
def test_a_written_day_comes_back(day: date) -> None:
    assert cells.day({"d": day.isoformat()}, "d") == day == cells.day({"d": f"{day:%d.%m.%Y}"}, "d")


def test_numbers_keep_their_zeros_and_a_decimal_comma_is_one_where_the_file_has_them() -> None:
    assert str(cells.number({"to": "0,010"}, "to")) == "0.010"
    assert cells.number({"to": "1,234", COMMA: "yes"}, "to") == Decimal("1.234")
    with pytest.raises(Refusal):
        cells.number({"to": "1,234"}, "to")


@pytest.mark.parametrize("typed", ["12", "12 months", "12.0", "12 m", "12,00"])
def test_whole_numbers_may_have_their_unit(typed: str) -> None:
    assert cells.whole({"interval": typed}, "interval") == 12


@pytest.mark.parametrize("typed", ["12.5", "1e3", "-1", "x", "½", "9999999"])
def test_what_is_no_whole_number_is_refused(typed: str) -> None:
    with pytest.raises(Refusal):
        cells.whole({"interval": typed}, "interval")


def test_an_empty_cell_leaves_what_stands() -> None:
    nothing = {"a": ""}
    assert cells.text(nothing, "a", "x") == "x"
    assert cells.number(nothing, "a", Decimal("1.0")) == Decimal("1.0")
    assert cells.day(nothing, "a", date(2026, 1, 1)) == date(2026, 1, 1)
    assert cells.whole(nothing, "a", 3) == 3
    assert cells.yes_or_no(nothing, "a", True) is True
