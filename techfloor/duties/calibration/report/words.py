"""How a certificate writes dates, signs, verdicts and numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from techfloor.reports.sheets import Cell, Tone
from techfloor.reports.words import PaperWords, moment, number, sentence, with_minus
from techfloor.said import in_words, word

__all__ = [
    "SIGNS",
    "Words",
    "approached",
    "limit_pair",
    "moment",
    "number",
    "sentence",
    "title_words",
    "with_minus",
    "with_sign",
]

SIGNS = {
    "pass": ("✓", Tone.PASS),
    "conditional pass": ("✓", Tone.CAUTION),
    "conditional fail": ("✕", Tone.CAUTION),
    "fail": ("✕", Tone.FAIL),
    "incomplete": ("", Tone.CAUTION),
}


@dataclass(frozen=True)
class Words(PaperWords):
    """The words of one certificate."""

    def verdict(self, verdict: str) -> str:
        """Write a verdict in words."""
        _ = self.translate
        return {
            "pass": _("pass"),
            "conditional pass": _("conditional pass"),
            "conditional fail": _("conditional fail"),
            "fail": _("fail"),
            "incomplete": _("incomplete"),
        }[verdict]

    def verdict_cell(self, verdict: str) -> Cell:
        """Write a verdict as a cell with its sign; none is an empty cell."""
        if not verdict:
            return Cell("")
        sign, tone = SIGNS[verdict]
        return Cell(self.verdict(verdict), tone, sign)

    def run(self, run: str) -> str:
        """Write a run in words."""
        _ = self.translate
        return {"as_found": _("as found"), "as_left": _("as left")}[run]


def title_words(title: str | Mapping[str, Any]) -> str:
    """Return the title of the document: one that the plant chose among its settings, or the program's own."""
    return word(title, "setting") if isinstance(title, str) else in_words(title)


def with_sign(text: str | None) -> str:
    """Write an error as it was typed, with its sign; zero has none."""
    value = number(text)
    if value is None or not value or (text or "").startswith(("+", "-")):
        return with_minus(text)
    return f"+{text}"


_NO_RISK, _ALL_RISK = Decimal("0.00"), Decimal("100.0")


def risk_words(text: str) -> str:
    """Write a risk in %; none is ever nothing or all, as rounding would make it read."""
    value = number(text)
    if value == _NO_RISK:
        return "< 0.01"
    return "> 99.9" if value == _ALL_RISK else text


def limit_pair(lower: str, upper: str) -> str:
    """Write the limits of an error: ± 0.10, −0.02 … +0.04, ≤ +0.03; "" is an open side."""
    if lower and upper:
        return f"± {upper}" if Decimal(lower) == -Decimal(upper) else f"{with_sign(lower)} … {with_sign(upper)}"
    return f"≤ {with_sign(upper)}" if upper else f"≥ {with_sign(lower)}" if lower else ""


def approached(label: str, direction: str) -> str:
    """Write a point with an arrow for the way to it, in place of the word that a name made of its value ends with."""
    if not direction:
        return label
    return f"{label.removesuffix(f' {direction}')} {'↑' if direction == 'up' else '↓'}"
