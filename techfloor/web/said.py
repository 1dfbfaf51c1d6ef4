"""What code said in a row, as a sentence in the reader's language; each room gives the sentences of its keys."""

from collections.abc import Mapping
from typing import Any

from techfloor.said import key_of, read

sentences: dict[str, Any] = {}
"""Each key with its lazy sentence; rooms and duties add their tables when they are loaded."""


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
