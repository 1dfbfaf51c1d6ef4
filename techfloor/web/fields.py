"""Boxes that forms share: days, whole numbers, choices, and how long a text may be."""

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, IntegerField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from techfloor import clock
from techfloor.measures.units import spelled
from techfloor.refusals import Refusal
from techfloor.web.forms import refusal_text
from techfloor.web.plain_text import check_year


def needed(sentence: Any) -> list[Any]:
    """Validate a line of text that must be given; `sentence` says so."""
    return [InputRequired(message=sentence), Length(max=200, message=_l("Keep it below 200 letters."))]


SHORT = [Optional(), Length(max=200, message=_l("Keep it below 200 letters."))]
"""A line that may be left out."""
LONG = [Length(max=2000, message=_l("Keep it below 2000 letters."))]
_A_DAY = _l("Enter a day, like 2026-11-18.")


def options(*pairs: tuple[str, Any]) -> list[SelectChoice]:
    """Write (value, text) as the choices of a field."""
    return [SelectChoice(value, text) for value, text in pairs]


class DayField(DateField):  # type: ignore[misc]
    """A day; what is no day is said in one sentence."""

    def process_data(self, value: date | str | None) -> None:
        """Take a day from the program, or what was typed before and kept."""
        self.data = None if isinstance(value, str) else value
        if isinstance(value, str):
            self.raw_data = [value]

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take what was typed; an empty box is no day, and one of another century is mistyped."""
        self.data = None
        if not valuelist or not valuelist[0].strip():
            return
        try:
            found = date.fromisoformat(valuelist[0].strip())
        except ValueError:
            raise ValueError(str(_A_DAY)) from None
        try:
            check_year(found, self.name, clock.now().year)
        except Refusal as no:
            raise ValueError(refusal_text(no)) from None
        self.data = found


class UnitField(StringField):  # type: ignore[misc]
    """A unit; what people write for one becomes its plain name."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take what was typed."""
        if valuelist:
            self.data = spelled(valuelist[0])


class WholeField(IntegerField):  # type: ignore[misc]
    """A whole number; what is none is said in one sentence."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take what was typed."""
        self.data = None
        if not valuelist or not valuelist[0].strip():
            return
        typed = valuelist[0].strip()
        if not typed.isascii() or not typed.isdigit() or len(typed) > 6:
            raise ValueError(str(_l("Enter a whole number, like 12.")))
        self.data = int(typed)


def text_of(field: Any) -> str:
    """Return what was typed, without blanks at its ends."""
    return str(field.data or "").strip()
