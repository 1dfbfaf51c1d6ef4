"""Forms: what was typed, kept as typed, and said back in one sentence when it will not do."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from io import SEEK_END
from typing import Any, ClassVar, Generic, TypeVar

from flask import current_app, request
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import FileStorage, MultiDict
from wtforms import BooleanField, HiddenField, StringField
from wtforms.validators import ValidationError

from techfloor.measures.quantity import NumberError, NumberProblem, is_step, parse_number, plain
from techfloor.refusals import Question, Refusal, Several
from techfloor.said import parameters_in_words
from techfloor.store.acts import new_id
from techfloor.web.incoming import largest_file
from techfloor.web.plain_text import TEXT, printable
from techfloor.web.visitor import caller


def refusal_text(no: Refusal) -> str:
    """Return a refusal's sentence in the reader's language, with that of a refusal it tells of."""
    told = {name: refusal_text(value) if isinstance(value, Refusal) else value for name, value in no.parameters.items()}
    return str(gettext(no.sentence, **parameters_in_words(told)))


LONGEST_TEXT = TEXT
AFRESH = "fresh"
"""Stands in the address of a page that is begun anew."""

_OF_THE_PAGE = frozenset({"csrf_token", "entry_key", "asked_about"})
"""Hidden fields that belong to a page as it was opened: no draft fills them."""

T = TypeVar("T")


@dataclass(frozen=True)
class Done(Generic[T]):
    """A deed that was done, and what it made: a deed may make nothing, and is done all the same."""

    made: T


def _size(file: FileStorage) -> int:
    """Return the size of a file; one that was looked at and put away already has none."""
    if file.stream.closed:
        return 0
    size = file.stream.seek(0, SEEK_END)
    file.stream.seek(0)
    return size


class EntryForm(FlaskForm):  # type: ignore[misc]
    """A form whose entry arrives once: its key is made when it is opened.

    What its person typed on this page before and has not given stands in it again, but not where `drafted` is False.
    """

    entry_key = HiddenField("", default=new_id)
    longest: ClassVar[Mapping[str, int]] = {}
    """How many characters a field may have, where it is more than LONGEST_TEXT."""
    restored = False
    asks = False

    def __init__(self, *given: Any, drafted: bool = True, **named: Any) -> None:
        super().__init__(*given, **named)
        found = caller().visitor
        if drafted and request.method == "GET" and found is not None and AFRESH not in request.args:
            draft = current_app.extensions["techfloor"].draft_of(found.person_id, request.path)
            if any(draft.values()):
                self.restore(draft)
                self.restored = True

    @property
    def afresh(self) -> str:
        """Where this page begins without what was typed before, '' where nothing of it stands here."""
        return f"{request.path}?{AFRESH}=1" if self.restored else ""

    def validate(self, extra_validators: Any = None) -> bool:
        """Validate; no text may be longer than a record can carry, and signs that cannot be printed are taken out."""
        sound = bool(super().validate(extra_validators))
        for field in self:
            if isinstance(field.data, FileStorage) and _size(field.data) > largest_file():
                megabytes = largest_file() // (1024 * 1024)
                field.data.close()  # it lies in a temporary file
                said = gettext("The file is larger than %(most)s MB. Choose a smaller one.", most=megabytes)
                field.errors = [*field.errors, said]
                sound = False
            if isinstance(field, StringField) and not isinstance(field, HiddenField) and isinstance(field.data, str):
                field.data = printable(field.data)
                most = self.longest.get(field.short_name, LONGEST_TEXT)
                if len(field.data) > most:
                    said = gettext("This is too long. Keep it under %(most)s characters.", most=most)
                    field.errors = [*field.errors, said]
                    sound = False
        return sound

    def attempt(self, deed: Callable[[], T]) -> Done[T] | None:
        """Validate and run `deed`; returns what it made, None when it was refused and the reason stands."""
        if not self.validate():
            return None
        try:
            return Done(deed())
        except Refusal as no:
            for each in no.every if isinstance(no, Several) else (no,):
                self.refuse(each)
            return None

    def refuse(self, no: Refusal) -> None:
        """Put a refusal beside the field it names, or above the form; a question is one that a yes answers."""
        self.asks = isinstance(no, Question)
        if no.field and no.field in self:
            self[no.field].errors = [*self[no.field].errors, refusal_text(no)]
        else:
            self.form_errors.append(refusal_text(no))

    def restore(self, values: dict[str, str]) -> None:
        """Put back what was typed and not given, into the fields that a draft may fill."""
        for name, value in values.items():
            if name not in self or self[name].type == "PasswordField" or name in _OF_THE_PAGE:
                continue
            field = self[name]
            field.process(MultiDict([(field.name, value)]))
            field.process_errors = []  # a half typed value is no error yet

    def problems(self) -> list[tuple[str, str]]:
        """Return (field id, sentence) for the error summary, in the order of the form."""
        found = [("", str(sentence)) for sentence in self.form_errors]
        for field in self.boxes():
            found.extend((field.id, str(sentence)) for sentence in field.errors)
        return found

    def boxes(self) -> Iterable[Any]:
        """Return the boxes of the page in their order; a form of rows opens them up."""
        return self


class AskingForm(EntryForm):
    """A form that may ask before a value is kept: while `asks`, its page shows `confirmed` beside the question.

    A yes is one to what was asked about: once a number, or a field of `also_asked`, is another, it counts no more.
    """

    confirmed = BooleanField(_l("Yes, this value is right"))
    asked_about = HiddenField("")
    also_asked: ClassVar[tuple[str, ...]] = ()

    def validate(self, extra_validators: Any = None) -> bool:
        """Validate; a yes that was given to another value is taken back."""
        if self.asked_about.data and self.asked_about.data != self._values():
            self.confirmed.data = False
        return super().validate(extra_validators)

    def refuse(self, no: Refusal) -> None:
        """Put a refusal beside its field; a question is kept with the values it is about."""
        super().refuse(no)
        self.asked_about.data = self._values() if self.asks else ""

    def _values(self) -> str:
        numbers = [field.typed.strip() for field in self if isinstance(field, NumberField)]
        return "; ".join([*numbers, *(str(self[name].data or "") for name in self.also_asked if name in self)])


_SENTENCES = {
    NumberProblem.empty: _l("Enter a number."),
    NumberProblem.not_a_number: _l("Enter digits only, like 12.503."),
    NumberProblem.exponent: _l("Write the number out, without an exponent."),
    NumberProblem.not_finite: _l("Enter digits only, like 12.503."),
    NumberProblem.too_long: _l("That number is too long. Check what was typed."),
}


_BETWEEN = _l("This gauge shows steps of %(step)s. %(value)s is between two steps.")


class NumberField(StringField):  # type: ignore[misc]
    """A number kept as the Decimal that was typed; it says what is wrong, and asks where it could mean two things."""

    def __init__(self, label: str = "", *, required: bool = True, missing: str = "", **options: Any) -> None:
        super().__init__(label, **options)
        self.required = required
        self.missing = missing or _SENTENCES[NumberProblem.empty]
        self.between = _BETWEEN
        self.step: Decimal | None = None
        self.near: tuple[Decimal, Decimal] | None = None
        self.typed = ""
        self.problem = ""

    def expect(
        self, *, step: Decimal | None = None, near: tuple[Decimal, Decimal] | None = None, between: str = ""
    ) -> None:
        """Say what the gauge can show and where readings lie, and read what was typed in that light.

        `between` is the sentence about a value between two steps, where what shows them is not the gauge.
        """
        self.step, self.near, self.between = step, near, between or _BETWEEN
        if self.typed:
            self._read()

    def process_data(self, value: Decimal | None) -> None:
        """Take a value from the program."""
        self.data, self.typed = value, "" if value is None else plain(value)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take what was typed."""
        if valuelist:
            self.typed = valuelist[0]
            self._read()

    def _read(self) -> None:
        self.data, self.problem = None, ""
        if not self.typed.strip():
            return
        try:
            self.data = parse_number(self.typed, step=self.step, near=self.near)
        except NumberError as error:
            self.problem = self._sentence(error)

    def _sentence(self, error: NumberError) -> str:
        if error.kind is NumberProblem.ambiguous and error.readings:
            first, second = (plain(value) for value in error.readings)
            return str(gettext("Is it %(first)s or %(second)s? Type it with a point.", first=first, second=second))
        return str(_SENTENCES[error.kind])

    def _value(self) -> str:
        return self.typed

    def pre_validate(self, _form: Any) -> None:
        """Refuse what is no number, is missing, or what the gauge cannot show."""
        if self.problem:
            raise ValidationError(self.problem)
        if self.data is None:
            if self.required:
                raise ValidationError(str(self.missing))
        elif self.step is not None and not is_step(self.data, self.step):
            raise ValidationError(str(self.between) % {"step": plain(self.step), "value": plain(self.data)})
