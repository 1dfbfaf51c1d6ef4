"""Forms of the settings pages."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, Length

from techfloor.house.setting_words import PROFILE_TITLES
from techfloor.house.zones import zone_choices
from techfloor.places.rules import AreaEntry, PlantEntry, ShiftEntry
from techfloor.web.editing import EditForm
from techfloor.web.forms import EntryForm

UNIT_TITLES = {"metric": _l("Metric (mm, °C, bar; A4)"), "us customary": _l("US customary (in, °F, psi; Letter)")}
UNIT_CHOICES = [SelectChoice(name, words) for name, words in UNIT_TITLES.items()]
LANGUAGE_CHOICES = [SelectChoice("en", "English")]
PROFILE_CHOICES = [SelectChoice(name, words) for name, words in PROFILE_TITLES.items()]
_DAYS = [
    SelectChoice("mon", _l("Monday")),
    SelectChoice("tue", _l("Tuesday")),
    SelectChoice("wed", _l("Wednesday")),
    SelectChoice("thu", _l("Thursday")),
    SelectChoice("fri", _l("Friday")),
    SelectChoice("sat", _l("Saturday")),
    SelectChoice("sun", _l("Sunday")),
]


def reason_field() -> TextAreaField:
    """Return the field that asks why; what is typed stands in the trail."""
    return TextAreaField(
        _l("Why is this changed?"),
        validators=[DataRequired(_l("Say in a few words why.")), Length(max=500)],
        description=_l("It stands in the trail, with your name and the time."),
    )


class PlantForm(EditForm):
    """What the plant is called and where it is."""

    name = StringField(
        _l("Name of the plant"), validators=[DataRequired(_l("Enter the name of the plant.")), Length(max=80)]
    )
    address = StringField(_l("Address"), description=_l("It stands on certificates."), validators=[Length(max=200)])
    zone = SelectField(_l("Time zone"), choices=zone_choices, validators=[DataRequired(_l("Choose the time zone."))])
    units = SelectField(_l("Units"), choices=UNIT_CHOICES)
    language = SelectField(_l("Language"), choices=LANGUAGE_CHOICES)
    reason = reason_field()

    def entry(self) -> PlantEntry:
        """Return what was typed; the profile is not changed here."""
        return PlantEntry(
            name=self.name.data,
            zone=self.zone.data,
            address=self.address.data or "",
            units=self.units.data,
            language=self.language.data,
        )


class AreaForm(EditForm):
    """A part of the plant."""

    name = StringField(
        _l("Name of the area"), validators=[DataRequired(_l("Enter the name of the area.")), Length(max=40)]
    )
    line = StringField(
        _l("Line"), description=_l("As it stands on the signs, like Line 2."), validators=[Length(max=40)]
    )
    ambient = StringField(_l("Usual conditions"), description=_l("Like 20 ± 2 °C."), validators=[Length(max=80)])

    def entry(self) -> AreaEntry:
        """Return what was typed."""
        return AreaEntry(self.name.data, self.line.data or "", self.ambient.data or "")


class StationForm(EntryForm):
    """A place within an area where equipment stands."""

    code = StringField(
        _l("Code of a new station"),
        description=_l("Like 2A-01."),
        validators=[DataRequired(_l("Enter the code of the station.")), Length(max=20)],
    )


class ShiftForm(EditForm):
    """A shift."""

    name = StringField(
        _l("Name of the shift"),
        description=_l("Like Early."),
        validators=[DataRequired(_l("Enter the name of the shift.")), Length(max=40)],
    )
    starts = StringField(
        _l("Begins"),
        description=_l("Plant time, like 06:00."),
        validators=[DataRequired(_l("Enter when the shift begins."))],
    )
    ends = StringField(
        _l("Ends"),
        description=_l("Before it begins: on the next day."),
        validators=[DataRequired(_l("Enter when the shift ends."))],
    )
    days = SelectMultipleField(
        _l("Days"), choices=_DAYS, description=_l("A night shift belongs to the day it begins on.")
    )

    def entry(self) -> ShiftEntry:
        """Return what was typed."""
        return ShiftEntry(self.name.data, self.starts.data.strip(), self.ends.data.strip(), tuple(self.days.data or ()))


class ProfileForm(EntryForm):
    """Why the plant follows another profile."""

    reason = reason_field()


class ChoiceForm(EditForm):
    """A setting with a few values."""

    value = RadioField(_l("Value for this plant"), validate_choice=False)
    reason = reason_field()


class WholeNumberForm(EditForm):
    """A setting that is a whole number."""

    value = StringField(_l("Value for this plant"), validators=[DataRequired(_l("Enter a whole number."))])
    reason = reason_field()
