"""Forms that change what others may change too: nobody's change is lost, and whoever comes second sees both."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import takewhile
from typing import Any, Self

from flask import current_app, request
from flask_babel import gettext as _
from wtforms import BooleanField, Field, FieldList, FileField, FormField, HiddenField, PasswordField, SelectFieldBase

from techfloor.web.forms import AFRESH, Done, EntryForm, T
from techfloor.web.show import to_the_second

CONFLICT, REFUSED = 409, 422
LONGEST_SAID = 120
"""So many letters of a box its error repeats: of more it shows where the two part."""
_DIGITS, _BEFORE = 12, 30


@dataclass(frozen=True)
class Kept:
    """Where boxes of a form are kept: the rows of a table that have a value in a column.

    `boxes` names what boxes show whose names are no columns there; of one without columns any change counts.
    """

    table: str
    column: str
    value: object
    boxes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


WhoChanged = Callable[[str], tuple[str, datetime] | None]
"""Who changed a box last, and when; None where nobody can be named."""


class EditForm(EntryForm):
    """A form over something that stands already; it carries what each of its boxes showed when it was opened.

    A view gives it what stands there now by `beside`, in the act and after `alone` on a server with many writers.
    """

    base = HiddenField()
    stale = False

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._met: dict[str, str] = {}

    def beside(self, stands: Self, *kept: Kept) -> Self:
        """Compare with the same form as it would be opened now (`drafted=False`); returns this form.

        What somebody else changed and this person did not is taken over; where both did, both stand beside each
        other. Either way nothing is kept until the person has seen it and sends it again. `kept` is where the trail
        is asked who it was.
        """
        shown, now = _read(self.base.data or ""), _sums(stands)
        sent = request.method == "POST"
        if sent or not (self.restored and shown):  # what is restored was typed over what was shown then
            self.base.data = _written(now)
        changed = [each for each in now if now[each] != shown.get(each)] if sent else []
        changed = [each for each in changed if _sum(self[each]) != now[each]]
        if changed:
            who: WhoChanged = current_app.extensions["techfloor"].who_changed(kept)
            for name in changed:
                self._meet(name, stands, untouched=_sum(self[name]) == shown.get(name), by=who(name))
        return self

    def opened(self) -> Self:
        """Take what stands in the boxes for what the page shows; returns this form."""
        self.base.data = _written(_sums(self))
        return self

    def _meet(self, name: str, stands: Self, *, untouched: bool, by: tuple[str, datetime] | None) -> None:
        """Say beside a box what stands there now, who wrote it and when, and what this person typed."""
        self.stale = True
        theirs, yours = _where_they_part(_words(stands[name]), _words(self[name]))
        said = _("It says “%(theirs)s” now.", theirs=theirs)
        if by is not None:
            said = _("%(who)s, %(at)s: “%(theirs)s”.", who=by[0], at=to_the_second(by[1]), theirs=theirs)
        if untouched:
            self._fields[name] = stands[name]
            setattr(self, name, stands[name])
        mine = _("You left it as it was.") if untouched else _("Yours: “%(yours)s”.", yours=yours)
        box = _first_box(self[name])
        self._met[box.id] = str(self[name].label.text)
        box.errors = [*box.errors, f"{said} {mine}"]

    def problems(self) -> list[tuple[str, str]]:
        """Return the errors for the summary; what somebody changed begins with the name of its box."""
        return [(box, f"{self._met[box]}: {words}" if box in self._met else words) for box, words in super().problems()]

    def attempt(self, deed: Callable[[], T]) -> Done[T] | None:
        """Validate and run `deed`, unless somebody changed the same thing meanwhile."""
        if not self.stale:
            return super().attempt(deed)
        self.form_errors.append(
            _("Somebody changed this after you opened it. Nothing of yours is saved yet: look at both, then save.")
        )
        return None

    @property
    def status(self) -> int:
        """With which status the page is shown again."""
        return CONFLICT if self.stale else REFUSED

    @property
    def theirs(self) -> str:
        """Where the page begins with what stands there now, '' where nobody changed it."""
        return f"{request.path}?{AFRESH}=1" if self.stale else ""


def _read(base: str) -> dict[str, str]:
    return {name: digits for name, _colon, digits in (part.partition(":") for part in base.split())}


def _written(sums: dict[str, str]) -> str:
    return " ".join(f"{name}:{digits}" for name, digits in sums.items())


def _sums(form: EntryForm) -> dict[str, str]:
    unlike = (HiddenField, FileField, PasswordField)
    return {each.name: _sum(each) for each in form if not isinstance(each, unlike)}


def _first_box(field: Field) -> Field:
    """Return the box that an error stands beside: of rows the first one of the first."""
    if isinstance(field, FieldList):
        return _first_box(field[0]) if len(field) else field
    return _first_box(next(iter(field.form))) if isinstance(field, FormField) else field


def _sum(field: Field) -> str:
    return hashlib.sha256(_value(field).encode()).hexdigest()[:_DIGITS]


def _value(field: Field) -> str:
    """Return what stands in a box as one text, whether it was typed or comes from the program."""
    if isinstance(field, FieldList):
        rows = [_value(row) for row in field]
        return "\n".join(row for row in rows if row.strip("\t"))
    if isinstance(field, FormField):
        return "\t".join(_value(each) for each in field.form)
    if isinstance(field, BooleanField):
        return "yes" if field.data else ""
    if isinstance(field, SelectFieldBase):
        chosen = field.data if isinstance(field.data, list | tuple | set | frozenset) else [field.data]
        return ", ".join(sorted(str(each) for each in chosen if each not in {None, ""}))
    return str(field._value() or "").replace("\r\n", "\n").strip()


def _where_they_part(theirs: str, yours: str) -> tuple[str, str]:
    """Return two texts as an error can repeat them: long ones from shortly before the first difference on."""
    if max(len(theirs), len(yours)) <= LONGEST_SAID:
        return theirs, yours
    same = len(list(takewhile(lambda pair: pair[0] == pair[1], zip(theirs, yours, strict=False))))
    begin = max(0, same - _BEFORE)

    def cut(text: str) -> str:
        end = begin + LONGEST_SAID
        return ("…" if begin else "") + text[begin:end] + ("…" if len(text) > end else "")

    return cut(theirs), cut(yours)


def _words(field: Field) -> str:
    """Return what stands in a box as its page says it."""
    if isinstance(field, SelectFieldBase):
        return ", ".join(str(label) for _value, label, chosen, *_rest in field.iter_choices() if chosen) or "–"
    if isinstance(field, BooleanField):
        return str(_("yes") if field.data else _("no"))
    return " · ".join(" ".join(row.split()) for row in _value(field).split("\n")) or "–"
