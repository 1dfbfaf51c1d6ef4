"""Forms of persons, devices and sign-in."""

from typing import Self

from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.validators import EqualTo, InputRequired, Length, Optional

from techfloor.people.roles import role_choices
from techfloor.people.rules import DeviceEntry, PersonEntry
from techfloor.places.models import Area
from techfloor.web.editing import EditForm
from techfloor.web.fields import DayField, options
from techfloor.web.forms import EntryForm


class SecretForm(EntryForm):
    """A form that carries a secret: it is no part of the entry, whose key each page makes anew."""

    entry_key = None


class PasswordForm(SecretForm):
    """Sign-in away from the enrolled devices."""

    user_name = StringField(_l("User name"), [InputRequired(_l("Type your user name.")), Length(max=100)])
    password = PasswordField(_l("Password"), [InputRequired(_l("Type your password.")), Length(max=400)])


class PinForm(SecretForm):
    """Sign-in on an enrolled device, once the person is chosen."""

    pin = PasswordField(_l("PIN"), [InputRequired(_l("Type your PIN.")), Length(max=40)])


class WhoPinForm(PinForm):
    """Sign-in on an enrolled device on one page."""

    who = StringField(
        _l("Badge or user name"), [InputRequired(_l("Scan your badge or type your user name.")), Length(max=100)]
    )


class BadgeForm(SecretForm):
    """A badge scanned, or a user name typed, to say who it is."""

    badge = StringField(
        _l("Badge or user name"), [InputRequired(_l("Scan your badge or type your user name.")), Length(max=100)]
    )


class OwnBadgeForm(SecretForm):
    """The badge an administrator gives to somebody; empty takes it away."""

    badge = StringField(_l("Code on the badge"), [Length(max=100)])


class OwnSecretsForm(SecretForm):
    """Password and PIN, set by their owner after a one-time code; on a tablet the password may wait."""

    password = PasswordField(_l("New password"), [Length(max=400)])
    password_again = PasswordField(_l("New password again"), [EqualTo("password", _l("The two passwords differ."))])
    pin = PasswordField(_l("New PIN"), [InputRequired(_l("Choose a PIN.")), Length(max=40)])
    pin_again = PasswordField(_l("New PIN again"), [EqualTo("pin", _l("The two PINs differ."))])

    def for_desk(self) -> "OwnSecretsForm":
        """Ask for the password too."""
        self.password.validators = [InputRequired(_l("Choose a password.")), *self.password.validators]
        self.password.flags.required = True
        self.password_again.flags.required = True
        return self


class ChangePinForm(SecretForm):
    """A new PIN, with the secret in force here."""

    secret = PasswordField(
        _l("Your secret now"), [InputRequired(_l("Type the secret you sign with here.")), Length(max=400)]
    )
    pin = PasswordField(_l("New PIN"), [InputRequired(_l("Choose a PIN.")), Length(max=40)])
    pin_again = PasswordField(_l("New PIN again"), [EqualTo("pin", _l("The two PINs differ."))])


class ChangePasswordForm(SecretForm):
    """A new password, with the secret in force here."""

    secret = PasswordField(
        _l("Your secret now"), [InputRequired(_l("Type the secret you sign with here.")), Length(max=400)]
    )
    password = PasswordField(_l("New password"), [InputRequired(_l("Choose a password.")), Length(max=400)])
    password_again = PasswordField(_l("New password again"), [EqualTo("password", _l("The two passwords differ."))])


def _whole_or_none(value: object) -> int | None:
    """Read a choice that is a whole number or ''; raises ValueError, which WTForms says beside the field."""
    return int(str(value)) if value not in {None, ""} else None


class PersonForm(EntryForm):
    """A new person."""

    name = StringField(_l("Name"), [InputRequired(_l("Enter the name as it is printed under a signature."))])
    user_name = StringField(_l("User name"), [InputRequired(_l("Enter a user name."))])
    initials = StringField(_l("Initials"))
    area_id = SelectField(_l("Area"), coerce=_whole_or_none)
    roles = SelectMultipleField(_l("Roles"))
    last_day = DayField(_l("Last day"), [Optional()])
    email = StringField(_l("E-mail"))

    def with_areas(self, areas: list[Area]) -> Self:
        """Offer the areas of the plant, and every role."""
        self.area_id.choices = [("", _l("Whole plant")), *((str(area.id), area.name) for area in areas)]
        self.roles.choices = role_choices()
        self.roles.flags.required = True
        return self

    def entry(self) -> PersonEntry:
        """Return what was entered."""
        return PersonEntry(
            name=self.name.data or "",
            user_name=self.user_name.data or "",
            roles=frozenset(self.roles.data or ()),
            area_id=self.area_id.data,
            initials=self.initials.data or "",
            last_day=self.last_day.data,
        )


class EditPersonForm(PersonForm, EditForm):
    """A person as they are; the user name stays for ever."""

    user_name = None


class MailForm(EntryForm):
    """Which list of what is due a person gets by e-mail."""

    lists = RadioField(
        _l("What is due for me and my area, by e-mail"),
        choices=options(("", _l("No")), ("weekly", _l("Once a week")), ("daily", _l("Every day"))),
        default="",
    )


class DeviceForm(EditForm):
    """A shared tablet or PC."""

    name = StringField(_l("Name"), [InputRequired(_l("Enter the name on the tablet's label."))])
    area_id = SelectField(_l("Area"), coerce=_whole_or_none)
    idle_minutes = SelectField(_l("Locks when idle"), coerce=_whole_or_none)

    def with_choices(self, areas: list[Area], minutes: list[tuple[str, str]]) -> "DeviceForm":
        """Offer the areas of the plant and the idle locks."""
        self.area_id.choices = [("", _l("Choose")), *((str(area.id), area.name) for area in areas)]
        self.area_id.flags.required = True
        self.idle_minutes.choices = minutes
        return self

    def entry(self) -> DeviceEntry:
        """Return what was entered."""
        return DeviceEntry(self.name.data or "", self.area_id.data or 0, self.idle_minutes.data)
