"""Picking some codes out of a list, as people write them: "G-001, G-004 to G-009". Pure."""

import re
from collections.abc import Sequence

from techfloor.refusals import Refusal

_RANGE = re.compile(r"\s+(?:to|bis)\s+|\s*(?:–|—|…|\.\.+)\s*", re.IGNORECASE)
_APART = re.compile(r"[,;\s]+")
_TO = ".."
_NUMBERED = re.compile(r"(.*?)(\d+)")

Listed = tuple[int, str]
"""The key and the code of a piece of equipment."""


def picked(listed: Sequence[Listed], typed: str) -> list[Listed]:
    """Return those of a list whose codes were typed, in its order; all of it where nothing was typed.

    Raises Refusal at `codes` for a code or a range that the list does not have.
    """
    parts = [part for part in _APART.split(_RANGE.sub(_TO, typed.strip())) if part]
    if not parts:
        return list(listed)
    wanted = {code for part in parts for code in _codes(part, listed)}
    return [each for each in listed if each[1] in wanted]


def _codes(part: str, listed: Sequence[Listed]) -> list[str]:
    first, _to, last = part.upper().partition(_TO)
    found = [code for _id, code in listed if (_between(code, first, last) if last else code.upper() == first)]
    if not found:
        raise Refusal("There is no “%(code)s” in this list.", field="codes", code=part.replace(_TO, " – "))
    return found


def _between(code: str, first: str, last: str) -> bool:
    """Tell whether a code lies in a range: the same letters, a number from the first to the last."""
    cut = [_NUMBERED.fullmatch(each) for each in (code.upper(), first, last)]
    if not all(cut):
        return False
    (name, number), (begins, low), (ends, high) = (each.groups() for each in cut if each)
    return name == begins == ends and int(low) <= int(number) <= int(high)
