"""What code says in a row that is kept: a key and its values; the sentence is made where it is shown."""

import json
from collections.abc import Mapping
from typing import Any

Said = dict[str, Any]
"""A key under "say", beside it the values of its sentence; a value may itself be something said."""

_KEY = "say"


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
