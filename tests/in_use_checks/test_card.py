"""The words on a gauge's card fill the form where they can mean one thing only."""

from decimal import Decimal

import pytest
from check_work import set_up
from plant_client import SignedInAs

from techfloor.duties.in_use_checks.card import OnCard, read_card
from techfloor.duties.in_use_checks.rules import Every, Function

LENGTH = Function("outside length", "mm", Decimal(25), Decimal(50), Decimal("0.001"))
WEIGHING = Function("weighing", "g", Decimal(0), Decimal(620), Decimal("0.001"))
PH = Function("pH", "pH", Decimal(0), Decimal(14), Decimal("0.01"))
VOLTAGE = Function("electrode voltage", "mV", Decimal(-500), Decimal(500))


@pytest.mark.parametrize(
    ("words", "functions", "expected"),
    [
        (
            "each shift, setting rod 25.000 mm, ± 0.002 mm",
            [LENGTH],
            OnCard(Every.SHIFT, "outside length", "setting rod 25.000 mm", Decimal("25.000"), "± 0.002 mm"),
        ),
        (
            "each day before use, 200 g, ± 0.003 g",
            [WEIGHING],
            OnCard(Every.DAY, "weighing", "200 g", Decimal(200), "± 0.003 g"),
        ),
        ("before use, buffer 7.00, ± 0.05 pH", [PH, VOLTAGE], OnCard(Every.BEFORE_USE)),
        ("daily, rod 75 mm, ± 0.002 mm", [LENGTH], OnCard(Every.DAY)),
        ("weekly, 25 mm and 50 mm, ± 0.002", [LENGTH], OnCard(Every.WEEK)),
        ("rod 25 mm, ring 30 mm", [LENGTH], OnCard()),
        ("200 g, ± a little", [WEIGHING], OnCard(None, "weighing", "200 g", Decimal(200))),
        ("200 g, about 1 g", [WEIGHING], OnCard()),
        ("each day, 200,5 g", [WEIGHING], OnCard(Every.DAY)),
        ("30 mm", [LENGTH, Function("inside", "mm")], OnCard(None, "", "30 mm", Decimal(30))),
        ("look at it", [LENGTH], OnCard()),
        ("", [LENGTH], OnCard()),
    ],
)
def test_what_is_certain_is_read_and_nothing_else(words: str, functions: list[Function], expected: OnCard) -> None:
    assert read_card(words, functions) == expected


def test_the_form_begins_with_what_the_card_says_beside_its_words(as_: SignedInAs) -> None:
    quinn = as_("Q")
    page = quinn.get("/checks/gauges/G-006/set-up").text
    assert "On its card stands:" in page
    assert "each shift, setting rod 25.000 mm, ± 0.002 mm" in page
    assert 'value="25.000"' in page
    assert 'value="± 0.002 mm"' in page
    assert set_up(quinn).status_code == 303
    page = quinn.get("/checks/gauges/G-016/set-up").text
    assert 'value="± 0.2"' in page, "what is in force stands there, not the card"
    assert "could be read" not in page
