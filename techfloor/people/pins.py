"""What a PIN and a password must be. Pure.

Length decides, not kinds of signs (NIST SP 800-63B, section 5.1.1.2); what a guesser tries first is refused.
"""

from itertools import pairwise

from techfloor.refusals import Refusal

PIN_DIGITS = (6, 12)
PASSWORD_LENGTH = (12, 200)
_TRIED_FIRST = ("password", "passwort", "techfloor", "welcome", "qwertz", "qwerty", "letmein", "admin", "123456")


def check_pin(pin: str) -> None:
    """Raise Refusal when `pin` is no number of 6 to 12 digits, or one that is guessed first."""
    shortest, longest = PIN_DIGITS
    if not pin.isascii() or not pin.isdigit():
        raise Refusal("A PIN has digits only.", field="pin")
    if not shortest <= len(pin) <= longest:
        raise Refusal("A PIN has %(shortest)s to %(longest)s digits.", field="pin", shortest=shortest, longest=longest)
    if _is_run(pin):
        raise Refusal("This PIN is easy to guess: not one digit again and again, and no row like 123456.", field="pin")


def _is_run(digits: str) -> bool:
    """Tell whether each digit follows the one before by the same step of -1, 0 or 1, on past 9 and 0."""
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(digits)}
    return len(steps) == 1 and steps <= {0, 1, 9}


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
    rest = password.lower()
    for word in (*_TRIED_FIRST, user_name.lower()):
        rest = rest.replace(word, "")
    if len(set(password)) < 5 or len(rest) < 6:
        raise Refusal("This password is easy to guess. Use a few words that are not your name.", field="password")
