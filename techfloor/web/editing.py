"""Forms that change what others may change too: nobody's change is lost, and whoever comes second sees both."""

import hashlib
from collections.abc import Callable
from typing import Self

from flask import request
from flask_babel import gettext as _
from wtforms import BooleanField, Field, FieldList, FileField, FormField, HiddenField, PasswordField, SelectFieldBase

from techfloor.web.forms import AFRESH, Done, EntryForm, T

CONFLICT, REFUSED = 409, 422
_DIGITS = 12


class EditForm(EntryForm):
    """A form over something that stands already; it carries what each of its boxes showed when it was opened.

    A view gives it what stands there now by `beside`, in the act and after `alone` on a server with many writers.
    """

    base = HiddenField()
    stale = False

    def beside(self, stands: Self) -> Self:
        """Compare with the same form as it would be opened now (`drafted=False`); returns this form.

        What somebody else changed and this person did not is taken over; where both did, both stand beside each
        other. Either way nothing is kept until the person has seen it and sends it again.
        """
        shown, now = _read(self.base.data or ""), _sums(stands)
        sent = request.method == "POST"
        if sent or not (self.restored and shown):  # what is restored was typed over what was shown then
            self.base.data = _written(now)
        if sent:
            for name in [each for each in now if now[each] != shown.get(each)]:
                self._meet(name, shown.get(name), now[name], stands)
        return self

    def opened(self) -> Self:
        """Take what stands in the boxes for what the page shows; returns this form."""
        self.base.data = _written(_sums(self))
        return self

    def _meet(self, name: str, shown: str | None, now: str, stands: Self) -> None:
        mine = _sum(self[name])
        if mine == now:
            return
        self.stale = True
        said = _("It says “%(theirs)s” now, and you typed something else.", theirs=_words(stands[name]))
        if mine == shown:
            self._fields[name] = stands[name]
            setattr(self, name, stands[name])
            said = _("Somebody changed this to “%(theirs)s”. You left it as it was.", theirs=_words(stands[name]))
        box = _first_box(self[name])
        box.errors = [*box.errors, said]

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


def _words(field: Field) -> str:
    """Return what stands in a box as its page says it."""
    if isinstance(field, SelectFieldBase):
        return ", ".join(str(label) for _value, label, chosen, *_rest in field.iter_choices() if chosen) or "–"
    if isinstance(field, BooleanField):
        return str(_("yes") if field.data else _("no"))
    return " · ".join(" ".join(row.split()) for row in _value(field).split("\n")) or "–"
