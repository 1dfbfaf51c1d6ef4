"""What code says in a row that is kept: a key and its values; the sentence is made where it is shown.

Each room gives the sentences of its keys, translated when they are read.
"""

import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

Said = dict[str, Any]
"""A key under "say", beside it the values of its sentence; a value may itself be something said."""

_KEY = "say"

sentences: dict[str, Any] = {}
"""Each key with its lazy sentence; rooms and duties add their tables when they are loaded."""


tellers: dict[str, Callable[[str], str]] = {}
"""How a fact is written where it is read: a key with its function of the fact's `value`; "day" is one."""


def say(key: str, **values: object) -> Said:
    """Say something by its key."""
    return {_KEY: key, **values}


def day_said(day: date) -> Said:
    """Say a day, which is written as its reader writes days."""
    return say("day", value=day.isoformat())


def as_text(said: Said) -> str:
    """Write it as text, for a column that also takes what people typed."""
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def key_of(said: Mapping[str, Any]) -> str:
    """Return the key."""
    return str(said[_KEY])


def read(words: str) -> Said | None:
    """Read back what `as_text` wrote; None for words that somebody typed."""
    if not words.startswith("{"):
        return None
    try:
        found = json.loads(words)
    except ValueError:
        return None
    return found if isinstance(found, dict) and isinstance(found.get(_KEY), str) else None


def kept(words: str) -> str | Said:
    """Return what was said as data, for where that stands; typed words as they are."""
    return read(words) or words


def within(key: str, words: str, **values: object) -> str:
    """Say something around words that were typed or said: typed ones stay as they are, inside of a sentence."""
    return as_text(say(key, words=kept(words), **values))


def in_words(words: str | Mapping[str, Any]) -> str:
    """Return the sentence of what was said; what somebody typed stays as it is."""
    said = read(words) if isinstance(words, str) else words
    if said is None:
        return str(words)
    tell, sentence = tellers.get(key_of(said)), sentences.get(key_of(said))
    try:
        if tell is not None:
            return tell(str(said["value"]))
        if sentence is None:
            return str(words)
        return str(sentence) % {name: _value(value) for name, value in said.items()}
    except (KeyError, TypeError, ValueError):  # typed by somebody to look like it: it is words, after all
        return str(words)


def _value(value: object) -> object:
    """Put what was said within something said into words; several of them stand with commas between."""
    if isinstance(value, list):
        return ", ".join(str(_value(each)) for each in value)
    return in_words(value) if isinstance(value, Mapping) else value


def word(kept: str, field: str) -> str:
    """Return the word of a field, kept as the code or a procedure spells it; one that no table knows stays."""
    return str(sentences.get(f"{field}.{kept}", kept))


def begun(words: str) -> str:
    """Return words as a line begins with them: a first word in small letters gets a capital, pH stays pH."""
    first, between, rest = words.partition(" ")
    return f"{first[:1].upper()}{first[1:]}{between}{rest}" if first.islower() else words


def parameters_in_words(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of a sentence, what code said among them in words."""
    return {name: in_words(v) if isinstance(v, str) else v for name, v in parameters.items()}
