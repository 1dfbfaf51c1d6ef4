"""What stands in a cell, read as what its column holds; what cannot be read is refused at the key of the column."""

import difflib
import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import TypeVar

from techfloor import clock
from techfloor.measures.quantity import NumberError, NumberProblem, parse_number, plain
from techfloor.refusals import Refusal
from techfloor.web.importing import COMMA, Values
from techfloor.web.plain_text import check_year

T = TypeVar("T")

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T]00:00(?::00)?)?")
_POINTS = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})")
_SLASHES = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_YES, _NO = frozenset({"yes", "y", "true", "x", "1", "ja"}), frozenset({"no", "n", "false", "0", "nein", "-"})


def text(values: Values, key: str, stands: str = "") -> str:
    """Return what the cell says, or what stands where it says nothing."""
    return values.get(key, "") or stands


def number(values: Values, key: str, stands: Decimal | None = None) -> Decimal | None:
    """Return the number that was typed, with its zeros."""
    typed = values.get(key, "")
    if not typed:
        return stands
    try:
        return parse_number(typed)
    except NumberError as error:
        if error.kind is not NumberProblem.ambiguous or error.readings is None:
            raise Refusal("“%(typed)s” is no number. Write it like 0.01.", field=key, typed=typed[:40]) from None
        if values.get(COMMA):
            return error.readings[0]
        first, second = (plain(value) for value in error.readings)
        raise Refusal(
            "“%(typed)s” can be %(first)s or %(second)s. Write it with a point.",
            field=key,
            typed=typed[:40],
            first=first,
            second=second,
        ) from None


def whole(values: Values, key: str, stands: int | None = None) -> int | None:
    """Return the whole number that was typed; “12 months” and “12.0” are 12."""
    typed = values.get(key, "")
    if not typed:
        return stands
    found = re.fullmatch(r"(\d{1,6})(?:[.,]0+)?(?:\s*(?:months?|days?|mon\.?|m|d))?", typed, re.IGNORECASE)
    if found is None:
        raise Refusal("“%(typed)s” is no whole number. Write it like 12.", field=key, typed=typed[:40])
    return int(found[1])


def day(values: Values, key: str, stands: date | None = None) -> date | None:
    """Return the day that was typed, as 2026-11-18, 18.11.2026, or with slashes where only one day can be meant."""
    typed = values.get(key, "")
    if not typed:
        return stands
    try:
        found = _day(typed, key)
    except ValueError:
        raise Refusal("“%(typed)s” is no day. Write it like 2026-11-18.", field=key, typed=typed[:40]) from None
    check_year(found, key, clock.now().year)
    return found


def _day(typed: str, key: str) -> date:
    if found := _ISO.fullmatch(typed):
        return date(*map(int, found.groups()))
    if found := _POINTS.fullmatch(typed):
        return date(int(found[3]), int(found[2]), int(found[1]))
    found = _SLASHES.fullmatch(typed)
    if found is None:
        raise ValueError(typed)
    one, other, year = map(int, found.groups())
    if one <= 12 and other <= 12 and one != other:
        raise Refusal("“%(typed)s” can be two days. Write it like 2026-11-18.", field=key, typed=typed)
    return date(year, other, one) if one > 12 or one == other else date(year, one, other)


def yes_or_no(values: Values, key: str, stands: bool = False) -> bool:
    """Return a yes or no."""
    typed = values.get(key, "").casefold()
    if typed and typed not in _YES | _NO:
        raise Refusal("Write yes or no.", field=key)
    return typed in _YES if typed else stands


def one_of(values: Values, key: str, known: Mapping[str, T], sentences: tuple[str, str]) -> T | None:
    """Return what a word stands for among those `known`, None for an empty cell.

    `sentences` refuse one that is %(typed)s and not known: alone, and with the %(nearest)s that is.
    """
    typed = values.get(key, "")
    if not typed:
        return None
    by_word = {word.casefold(): meant for word, meant in known.items()}
    if typed.casefold() in by_word:
        return by_word[typed.casefold()]
    raise unknown(sentences, key, typed, known)


def unknown(sentences: tuple[str, str], key: str, typed: str, known: Iterable[str]) -> Refusal:
    """Refuse a word, naming the nearest that is known."""
    near = nearest(typed, known)
    return Refusal(sentences[bool(near)], field=key, typed=typed[:40], **({"nearest": near} if near else {}))


def nearest(typed: str, known: Iterable[str]) -> str:
    """Return the known word that looks most like what was typed, '' where none does."""
    words = {word.casefold(): word for word in known}
    found = difflib.get_close_matches(typed.casefold(), list(words), 1, 0.6)
    return words[found[0]] if found else ""
