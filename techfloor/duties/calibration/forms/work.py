"""Forms of the work at the bench."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FileField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Optional

from techfloor.duties.calibration.actions.amending import AmendEntry
from techfloor.duties.calibration.actions.work import AMBIENT_CORRECTIONS, CORRECTIONS, WordsEntry
from techfloor.duties.calibration.models import Calibration
from techfloor.duties.calibration.queries.standards import Group
from techfloor.duties.calibration.rules.limits import typed_step
from techfloor.duties.calibration.rules.procedure import Limit, PlannedPoint, Procedure
from techfloor.duties.calibration.rules.reading import ReadingEntry, typed_fields
from techfloor.records import version_pages
from techfloor.records.signing_page import SignForm
from techfloor.records.uploads import UploadForm
from techfloor.refusals import Refusal
from techfloor.said import as_text, begun, in_words, key_of, read, say, within, word
from techfloor.web.fields import DayField, WholeField
from techfloor.web.forms import AskingForm, EntryForm, NumberField

COMPLETE, DAMAGED = "complete and readable", "damaged"


_HOUR = re.compile(r"(\d{1,2})[:.]?(\d{2})", re.ASCII)
"""A time of the day as people write it on paper: 14:05, 14.05, 9:30, 0930."""


class ConditionForm(EntryForm):
    """How the gauge was before the first reading."""

    condition = RadioField(
        _l("Condition of the gauge"),
        choices=[SelectChoice(COMPLETE, _l("Complete and readable")), SelectChoice(DAMAGED, _l("Damaged"))],
        validate_choice=False,
    )
    damage = StringField(_l("What is damaged?"))
    soaked = BooleanField(_l("It stood beside the standard long enough"), default=True)

    def condition_words(self) -> str:
        """Return the condition as the record keeps it, '' where nobody said one; raises Refusal for damage unnamed."""
        said = (self.damage.data or "").strip()
        if self.condition.data and self.condition.data not in {COMPLETE, DAMAGED}:
            raise Refusal("Choose the condition of the gauge.", field="condition")
        if self.condition.data == DAMAGED and not said:
            raise Refusal("Enter what is damaged.", field="damage")
        if self.condition.data == COMPLETE and said:
            raise Refusal("Choose “Damaged”, or take these words out.", field="damage")
        if self.condition.data == DAMAGED or said:
            return within("calibration.damaged", said)
        return as_text(say("calibration.complete")) if self.condition.data == COMPLETE else ""


class StartForm(ConditionForm, AskingForm):
    """What is given before the first reading; `start_form` adds the standards and the conditions of the room."""

    confirmed = BooleanField(_l("Yes, start all the same"))
    also_asked = ("soaked", "condition")

    ambient_names: tuple[str, ...] = ()
    standard_names: tuple[str, ...] = ()

    def validate(self, extra_validators: Any = None) -> bool:
        """Validate; where something is refused, the condition that nobody said is told in the same go."""
        sound = super().validate(extra_validators)
        if not sound and not self.condition.data:
            self.condition.errors = [*self.condition.errors, gettext("Choose the condition of the gauge.")]
        return sound

    def standards(self) -> tuple[str, ...]:
        """Return the codes of the standards that were chosen."""
        return tuple(self[name].data for name in self.standard_names if self[name].data)

    def ambient(self) -> dict[str, Decimal]:
        """Return the conditions of the room that were typed."""
        return {name: self[name].data for name in self.ambient_names if self[name].data is not None}


class TranscribeForm(StartForm, UploadForm):
    """What stands on a filled paper form above its readings, with the photo of it."""

    version = WholeField(_l("Version of the procedure on the paper"), [InputRequired(_l("Enter the version."))])
    performed_by = SelectField(_l("Performed by"), validate_choice=False)
    day = DayField(_l("Performed on"), [InputRequired(_l("Enter the day that stands on the paper."))])
    hour = StringField(_l("At"), description=_l("Hours and minutes, like 14:05."))
    file = FileField(_l("Photo or scan of the paper"))

    def performer(self) -> int:
        """Return who performed it; raises Refusal for nobody of those who may."""
        if self.performed_by.data not in dict(self.performed_by.choices):
            raise Refusal("Choose who performed it.", field="performed_by")
        return int(self.performed_by.data)

    def moment(self, zone: str) -> datetime:
        """Return when it was performed; raises Refusal for what is no time of the day."""
        typed = _HOUR.fullmatch((self.hour.data or "").strip())
        try:
            at = time(int(typed[1]), int(typed[2])) if typed else None
        except ValueError:
            at = None
        if at is None:
            raise Refusal("Enter the time that stands on the paper, like 14:05.", field="hour")
        assert self.day.data is not None
        return datetime.combine(self.day.data, at, ZoneInfo(zone)).astimezone(UTC)


def transcribe_form(
    limits: Sequence[Limit], standards: Sequence[Group], people: Sequence[tuple[int, str]]
) -> TranscribeForm:
    """Return the form for a paper of a procedure, performed by one of these people."""
    made = start_form(limits, standards, TranscribeForm)
    assert isinstance(made, TranscribeForm)
    made.performed_by.choices = [(str(id_), name) for id_, name in people]
    return made


def start_form(limits: Sequence[Limit], standards: Sequence[Group], of: type[StartForm] | None = None) -> StartForm:
    """Return the form for a procedure that asks for these conditions and for one standard of each group."""
    fields = _standard_fields(standards)
    fields |= {limit.quantity: _ambient_field(limit.quantity) for limit in limits}
    fields["ambient_names"] = tuple(limit.quantity for limit in limits)
    form: StartForm = type("StartFormOf", (of or StartForm,), fields)()
    return form


def _ambient_field(quantity: str) -> NumberField:
    name = word(quantity, "quantity")
    return NumberField(begun(name), missing=gettext("Enter the %(quantity)s.", quantity=name))


def _standard_fields(standards: Sequence[Group]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for group in standards:
        label = _l("Standard for %(quantity)s", quantity=group.quantity) if len(standards) > 1 else _l("Standard")
        named = [SelectChoice(choice.code, f"{choice.code} {choice.name}") for choice in group.choices]
        fields[group.field] = RadioField(label, choices=named, validate_choice=False)
    fields["standard_names"] = tuple(group.field for group in standards)
    return fields


class ReadingForm(AskingForm):
    """One reading; only the numbers that the procedure's mode asks for are kept by `reading_form`."""

    reference = NumberField(_l("Standard reads"))
    indication = NumberField(_l("Gauge reads"))
    difference = NumberField(_l("Difference: unknown minus standard"))
    goes = RadioField(
        _l("Does it go?"),
        choices=[SelectChoice("yes", _l("Goes")), SelectChoice("no", _l("Does not go"))],
        validate_choice=False,
    )
    note = StringField(_l("Note"))
    reason = RadioField(
        _l("Why is it changed?"),
        choices=[
            SelectChoice(CORRECTIONS[0], _l("Mistyped")),
            SelectChoice(CORRECTIONS[1], _l("Misread the scale")),
            SelectChoice(CORRECTIONS[2], _l("Wrong point")),
        ],
        validate_choice=False,
    )

    def entry(self, run: str, point: int, repeat: int) -> ReadingEntry:
        """Return what was given."""
        goes = self.goes.data if "goes" in self else None
        return ReadingEntry(
            run=run,
            point=point,
            repeat=repeat,
            reference=self._number("reference"),
            indication=self._number("indication"),
            difference=self._number("difference"),
            goes={"yes": True, "no": False}.get(goes or ""),
            note=self.note.data or "",
            confirmed_slip=bool(self.confirmed.data),
        )

    def _number(self, name: str) -> Decimal | None:
        return self[name].data if name in self else None

    def number_names(self) -> list[str]:
        """Return the numbers this form asks for, in the order they are typed."""
        return [name for name in ("reference", "indication", "difference") if name in self]


def reading_form(procedure: Procedure, point: PlannedPoint, *, correcting: bool = False) -> ReadingForm:
    """Return the form for one place of the plan."""
    form = ReadingForm()
    typed = ("indication",) if point.role == "entry" else typed_fields(procedure.mode)
    for name in ("reference", "indication", "difference", "goes"):
        if name not in typed:
            del form[name]
    if not correcting:
        del form.reason
    for name in form.number_names():
        near = None if name == "difference" else _near(point)
        form[name].expect(step=typed_step(procedure, point, name), near=near, between=_STEPS.get(name, ""))
    return form


_STEPS = {
    "difference": _l("The comparator shows steps of %(step)s. %(value)s is between two steps."),
    "reference": _l("Readings of the standard have steps of %(step)s here. %(value)s is between two steps."),
}


def _near(point: PlannedPoint) -> tuple[Decimal, Decimal] | None:
    """Return where readings at a point lie, widely: it only settles whether a comma is a decimal mark."""
    if not point.nominal or point.derived == "slope":
        return None
    room = abs(point.value) / 2 + (Decimal(point.full_scale) / 10 if point.full_scale else Decimal(1))
    return point.value - room, point.value + room


class RoomForm(AskingForm):
    """Another value for a condition of the room, and why."""

    value = NumberField(_l("Value"))
    reason = RadioField(
        _l("Why is it changed?"),
        choices=[
            SelectChoice(AMBIENT_CORRECTIONS[0], _l("Mistyped")),
            SelectChoice(AMBIENT_CORRECTIONS[1], _l("Misread the scale")),
        ],
        validate_choice=False,
    )


OTHER = "other"
CANNOT_REASONS = ("gauge damaged", "function missing", "standard not available", "out of reach of the set-up", OTHER)


class CannotForm(EntryForm):
    """Why a point cannot be measured: one tap, and words where it is something else."""

    reason = RadioField(
        _l("Why can it not be measured?"),
        choices=[
            SelectChoice(CANNOT_REASONS[0], _l("Gauge damaged")),
            SelectChoice(CANNOT_REASONS[1], _l("Function missing")),
            SelectChoice(CANNOT_REASONS[2], _l("Standard not available")),
            SelectChoice(CANNOT_REASONS[3], _l("Out of reach of the set-up")),
            SelectChoice(OTHER, _l("Something else")),
        ],
        validate_choice=False,
    )
    why = StringField(_l("In words"))

    def words(self) -> str:
        """Return the reason as the record keeps it; raises Refusal where none is chosen, or no words say which."""
        said = (self.why.data or "").strip()
        if self.reason.data not in CANNOT_REASONS:
            raise Refusal("Choose why it cannot be measured.", field="reason")
        if self.reason.data == OTHER:
            if not said:
                raise Refusal("Enter why it cannot be measured.", field="why")
            return said
        reason = say(f"calibration.cannot.{self.reason.data}")
        return within("calibration.cannot-with-words", said, reason=reason) if said else as_text(reason)


class AdjustForm(EntryForm):
    """Whether the gauge was adjusted, and how."""

    adjusted = RadioField(
        _l("Was the gauge adjusted?"),
        choices=[SelectChoice("yes", _l("Yes, adjusted")), SelectChoice("no", _l("No, not adjusted"))],
        validate_choice=False,
    )
    words = TextAreaField(_l("What was adjusted?"))


class TakeOverForm(EntryForm):
    """The one button that takes a calibration over."""


class DiscontinueForm(EntryForm):
    """Why a calibration is not finished."""

    reason = StringField(_l("Why is it not finished?"))


class AmendForm(version_pages.AmendForm):
    """What is wrong with a signed calibration; `amend_form` adds the standards."""

    card = BooleanField(_l("Take what the card of the gauge says today"))

    standard_names: tuple[str, ...] = ()

    def entry(self) -> AmendEntry:
        """Return what was given."""
        standards = tuple(self[name].data for name in self.standard_names if self[name].data)
        return AmendEntry(self.kind.data or "", self.reason.data or "", standards, bool(self.card.data))


class WordsForm(ConditionForm):
    """The words of a calibration under way that are put right, and why."""

    adjustment = TextAreaField(_l("What was adjusted?"))
    reason = StringField(_l("Why is it changed?"))

    def show(self, body: Calibration) -> None:
        """Fill the boxes with what stands there."""
        said = read(body.condition)
        if said is not None:
            self.condition.data = COMPLETE if key_of(said) == "calibration.complete" else DAMAGED
            self.damage.data = in_words(said.get("words", ""))
        self.soaked.data, self.adjustment.data = body.soaked, body.adjustment

    def entry(self) -> WordsEntry:
        """Return what was given; raises Refusal for damage unnamed."""
        adjustment, reason = (self.adjustment.data or "").strip(), (self.reason.data or "").strip()
        return WordsEntry(self.condition_words(), bool(self.soaked.data), adjustment, reason)


def amend_form(standards: Sequence[Group]) -> AmendForm:
    """Return the form for a calibration that rests on one standard of each group."""
    form: AmendForm = type("AmendFormOf", (AmendForm,), _standard_fields(standards))()
    return form


class LookBackForm(EntryForm):
    """What a look-back looked at, and what came out."""

    outcome = RadioField(
        _l("What came out?"),
        choices=[
            SelectChoice("unaffected", _l("Nothing was affected")),
            SelectChoice("affected", _l("Work was affected, and is dealt with")),
        ],
        validate_choice=False,
    )
    task = HiddenField()
    looked = TextAreaField(_l("What did you look at?"))
    done = TextAreaField(_l("What was done about it?"))


class DoubtForm(EntryForm):
    """What is wrong with a certificate, and in which days it was used so."""

    why = TextAreaField(_l("What is wrong with it?"))
    since = DayField(_l("Used from"), [Optional()], description=_l("Leave the days empty for all that rested on it."))
    until = DayField(_l("Used until"), [Optional()])


class ReviewListForm(SignForm):
    """The review of several clean calibrations with one signature."""
