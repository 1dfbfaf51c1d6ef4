"""What a text of people may hold: signs that print, so long as its place has room, and days that can be meant.

Forms take signs out that nobody sees and say which box is too long; a sheet has no box to look at again, so that what
stands there is refused. The entries of each room ask here too, whatever the way in was.
"""

import unicodedata
from datetime import date

from techfloor.refusals import Refusal

LINE, TEXT = 200, 2000
"""How many letters a line and a text of several lines may have."""
FURTHEST = 100
"""Years: a day further off than this is mistyped."""

_LINES = "\u2028\u2029"
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""They turn the letters behind them around: what is read is not what stands there (Unicode TR 36, 3.1)."""


def printable(text: str) -> str:
    """Return a text without the signs that nobody sees and that change how the others are read."""
    for sign in _LINES:
        text = text.replace(sign, "\n")
    return "".join(sign for sign in text if sign in "\n\t" or not _unseen(sign))


def _unseen(sign: str) -> bool:
    return sign in _TURNING or unicodedata.category(sign) in {"Cc", "Cs"}


def check_text(text: str, field: str, most: int = LINE) -> None:
    """Refuse a text that is too long for its place, or holds what would be taken out of a form."""
    if len(text) > most:
        raise Refusal("This is too long. Keep it under %(most)s characters.", field=field, most=most)
    if printable(text.replace("\r", "")) != text.replace("\r", ""):
        raise Refusal("A sign in it is not seen and turns others around. Type it anew.", field=field)


def check_line(text: str, field: str, most: int = LINE) -> None:
    """Refuse what is no single line that fits its place."""
    check_text(text, field, most)
    if "\n" in text or "\r" in text:
        raise Refusal("Write it on one line.", field=field)


def check_year(day: date, field: str, this_year: int) -> None:
    """Refuse a day so far off that it is mistyped."""
    if abs(day.year - this_year) > FURTHEST:
        words = "This day is more than %(years)s years off. Check its year."
        raise Refusal(words, field=field, years=FURTHEST)
