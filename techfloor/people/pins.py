"""What a PIN and a password must be. Pure.

Length decides, not kinds of signs (NIST SP 800-63B, section 5.1.1.2); what a guesser tries first is refused: the
30 000 most used passwords and what is made of one of them, and PINs that are among them, repeat themselves or are days.
"""

import functools
import re
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path

from techfloor.refusals import Refusal

PIN_DIGITS = (6, 12)
PASSWORD_LENGTH = (12, 200)
_OWN_REST = 6
"""So many letters a password needs besides the words that are tried first."""
_FIRST_OF_ALL = ("password", "passwort", "techfloor", "welcome", "qwertz", "qwerty", "letmein", "admin", "123456")
"""What does not count as a word of one's own beside any other either."""
_YEAR_OR_SIGN = re.compile(r"(?:19|20)\d\d|[\W_]")
_DAYS = (
    re.compile(r"(?P<day>\d\d)(?P<month>\d\d)(?P<year>(?:19|20)\d\d)"),
    re.compile(r"(?P<month>\d\d)(?P<day>\d\d)(?P<year>(?:19|20)\d\d)"),
    re.compile(r"(?P<year>(?:19|20)\d\d)(?P<month>\d\d)(?P<day>\d\d)"),
    re.compile(r"(?P<month>\d\d)(?P<year>(?:19|20)\d\d)"),
    re.compile(r"(?P<year>(?:19|20)\d\d)(?P<month>\d\d)"),
)


@functools.cache
def tried_first() -> frozenset[str]:
    """Return the passwords that most people use, in small letters."""
    listed = Path(__file__).with_name("tried_first") / "passwords.txt"
    return frozenset((*_FIRST_OF_ALL, *listed.read_text("ascii").split()))


def check_pin(pin: str) -> None:
    """Raise Refusal when `pin` is no number of 6 to 12 digits, or one that is guessed first."""
    shortest, longest = PIN_DIGITS
    if not pin.isascii() or not pin.isdigit():
        raise Refusal("A PIN has digits only.", field="pin")
    if not shortest <= len(pin) <= longest:
        raise Refusal("A PIN has %(shortest)s to %(longest)s digits.", field="pin", shortest=shortest, longest=longest)
    if _is_run(pin) or _repeats_itself(pin) or pin in tried_first():
        raise Refusal(
            "This PIN is easy to guess: not the same digits again and again, no row like 123456.", field="pin"
        )
    if _is_day(pin):
        raise Refusal("This PIN is easy to guess: no day and no year. Take digits that mean nothing.", field="pin")


def _is_run(digits: str) -> bool:
    """Tell whether each digit follows the one before by the same step of -1, 0 or 1, on past 9 and 0."""
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(digits)}
    return len(steps) == 1 and steps <= {0, 1, 9}


def _repeats_itself(digits: str) -> bool:
    """Tell whether a PIN is up to half of its digits, again and again: 121212, 19871987."""
    return digits in (digits + digits)[1:-1]


def _is_day(digits: str) -> bool:
    """Tell whether a PIN is a day or a month with its year of four digits, in any order that people write."""
    return any(_there_is(found.groupdict()) for form in _DAYS if (found := form.fullmatch(digits)))


def _there_is(parts: dict[str, str]) -> bool:
    try:
        date(int(parts["year"]), int(parts["month"]), int(parts.get("day", "1")))
    except ValueError:
        return False
    return True


def check_password(password: str, user_name: str) -> None:
    """Raise Refusal when `password` is too short, or made of little else than what is tried first."""
    shortest, longest = PASSWORD_LENGTH
    if len(password) < shortest:
        raise Refusal(
            "Use at least %(shortest)s letters: a few words you can remember will do.",
            field="password",
            shortest=shortest,
        )
    if len(password) > longest:
        raise Refusal("Use at most %(longest)s letters.", field="password", longest=longest)
    if len(set(password)) < 5 or min(_own_rests(password.lower(), user_name.lower())) < _OWN_REST:
        raise Refusal(
            "This password is among those that are tried first, or is made of one. Use a few words that are not your "
            "name.",
            field="password",
        )


def _own_rests(typed: str, name: str) -> Iterator[int]:
    """Give how many letters are left of a password without its user name and each of the passwords tried first in it.

    Years and signs do not count where one was found.
    """
    left = typed.replace(name, "") if name else typed
    for word in _FIRST_OF_ALL:
        left = left.replace(word, "")
    yield len(left)
    for start in range(len(typed)):
        for end in range(start + 5, len(typed) + 1):
            if (part := typed[start:end]) in tried_first():
                yield min(len(_YEAR_OR_SIGN.sub("", each.replace(part, ""))) for each in (typed, left))
