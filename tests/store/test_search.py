"""What is put in is found by its words, its code and the beginnings of them."""

import pytest
from flask import Flask

from techfloor import store
from techfloor.store import search


@pytest.fixture(autouse=True)
def three_things(house: Flask) -> None:
    with store.quiet():
        search.put("calibration", "CAL-2026-00042", "G-014 Vernier caliper", "serial 4711 Machining")
        search.put("calibration", "CAL-2026-00043", "G-011 Click torque wrench", "Assembly")
        search.put("equipment", "G-014", "Vernier caliper 0-150 mm", "Müller")


def test_by_code_and_by_the_beginning_of_a_word() -> None:
    assert [hit.key for hit in search.find("g-014")] == ["G-014", "CAL-2026-00042"]
    assert [hit.key for hit in search.find("torq")] == ["CAL-2026-00043"]
    assert [hit.key for hit in search.find("muller")] == ["G-014"]


def test_only_of_one_kind() -> None:
    assert [hit.key for hit in search.find("vernier", kind="equipment")] == ["G-014"]


_SIGNS = ["", '"', "*", "AND", "a OR b", "(", "words:", "^", "-", "NEAR(a b)", "'; DROP TABLE act"]


@pytest.mark.parametrize("typed", _SIGNS)
def test_no_sign_of_the_search_language_is_an_order(typed: str) -> None:
    assert isinstance(search.find(typed), list)


def test_what_is_put_again_is_found_by_its_new_words_only() -> None:
    with store.quiet():
        search.put("equipment", "G-014", "Vernier caliper", "Schmidt")
    assert search.find("muller") == []
    assert [hit.key for hit in search.find("schmidt")] == ["G-014"]
