"""What code says in a row: kept as a key with values, read as a sentence; what people typed stays as it is."""

import pytest
from flask_babel import lazy_gettext as _l

from techfloor import said
from techfloor.said import as_text, read, say, within


@pytest.fixture(autouse=True)
def table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(said.sentences, "test.worn", _l("jaws worn, %(number)s"))
    monkeypatch.setitem(said.sentences, "test.why", _l("%(reason)s: %(words)s"))


def test_a_key_becomes_its_sentence_with_its_values() -> None:
    assert said.in_words(as_text(say("test.worn", number="CAL-7"))) == "jaws worn, CAL-7"


def test_what_is_said_within_a_sentence_is_put_into_words_too() -> None:
    inside = as_text(say("test.worn", number="7"))
    assert said.in_words(within("test.why", inside, reason="other")) == "other: jaws worn, 7"


@pytest.mark.parametrize("typed", ["", "jaws worn", "{", "{}", '{"say":3}', '{"say":"unknown"}', '{"say":"test.worn"}'])
def test_what_somebody_typed_stays_as_it_is(typed: str) -> None:
    assert said.in_words(typed) == typed


def test_a_row_keeps_the_key_and_no_sentence() -> None:
    assert read(as_text(say("test.worn", number="7"))) == {"say": "test.worn", "number": "7"}


@pytest.mark.parametrize(
    ("words", "begun"),
    [
        ("temperature", "Temperature"),
        ("offset at pH 7", "Offset at pH 7"),
        ("pH at 25 °C", "pH at 25 °C"),
        ("as found", "As found"),
        ("", ""),
    ],
)
def test_a_line_begins_with_a_capital_and_keeps_what_is_written_so(words: str, begun: str) -> None:
    assert said.begun(words) == begun
