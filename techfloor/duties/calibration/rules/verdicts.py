"""A verdict in words: the error, and how far it lies from which limit. Pure.

static/js/verdict.js says the same while as left is typed; tests/browser/test_verdict_words.py holds the two together.
"""

from decimal import Decimal

from techfloor.measures.decision import Verdict
from techfloor.measures.quantity import plain, signed
from techfloor.measures.uncertainty import report_round
from techfloor.said import begun


def sentence(
    verdict: str,
    error: Decimal,
    lower: Decimal | None,
    upper: Decimal | None,
    unit: str,
    *,
    guard: Decimal = Decimal(0),
    whole_u: bool = False,
) -> str:
    """Return the verdict in words: "Pass: error +0.05 mm, 0.05 mm inside the limit".

    `guard` is what the decision rule took off each limit, `whole_u` whether that is U itself; all in `unit`.
    """
    words = f"{begun(verdict)}: error {signed(error)} {unit}"
    rooms = [
        m for m in (None if lower is None else error - lower, None if upper is None else upper - error) if m is not None
    ]
    if not rooms:
        return words
    room = min(rooms)
    if room < 0:
        return f"{words}, {plain(-room)} {unit} outside the limit"
    if verdict == Verdict.fail and not guard:
        return f"{words}, just outside the limit"  # by less than the words round to
    if guard:
        taken = "U" if whole_u else "the guard band"
        side = "inside" if verdict == Verdict.pass_ else "outside"
        gap = plain(report_round(abs(room - guard)))
        return f"{words}, {gap} {unit} {side} the acceptance limit (tolerance less {taken})"
    if room == 0:
        return f"{words}, exactly on the limit"
    return f"{words}, {plain(room)} {unit} inside the limit"


def is_whole(guard: Decimal, u: Decimal) -> bool:
    """Tell whether a guard band is U itself, but for the digits that dividing by k and multiplying cost."""
    return abs(guard - u) <= abs(u).scaleb(-20)
