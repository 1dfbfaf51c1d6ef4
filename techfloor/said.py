"""What code says in a row that is kept: a key and its values; the sentence is made where it is shown.

Each room gives the sentences of its keys, translated when they are read.
"""

import json
from collections.abc import Mapping
from typing import Any

Said = dict[str, Any]
"""A key under "say", beside it the values of its sentence; a value may itself be something said."""

_KEY = "say"

sentences: dict[str, Any] = {}
"""Each key with its lazy sentence; rooms and duties add their tables when they are loaded."""


def say(key: str, **values: object) -> Said:
    """Say something by its key."""
    return {_KEY: key, **values}


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


def within(key: str, words: str, **values: object) -> str:
    """Say something around words that were typed or said: typed ones stay as they are, inside of a sentence."""
    return as_text(say(key, words=read(words) or words, **values))


def in_words(words: str | Mapping[str, Any]) -> str:
    """Return the sentence of what was said; what somebody typed stays as it is."""
    said = read(words) if isinstance(words, str) else words
    if said is None:
        return str(words)
    sentence = sentences.get(key_of(said))
    if sentence is None:
        return str(words)
    values = {name: in_words(v) if isinstance(v, Mapping) else v for name, v in said.items()}
    try:
        return str(sentence) % values
    except (KeyError, TypeError, ValueError):  # typed by somebody to look like it: it is words, after all
        return str(words)


def parameters_in_words(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of a sentence, what code said among them in words."""
    return {name: in_words(v) if isinstance(v, str) else v for name, v in parameters.items()}
