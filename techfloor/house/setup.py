"""Setting up a plant: one calm page, open only while there is no plant, and only to who can read the terminal."""

import hmac
import secrets as random_secrets
from pathlib import Path

from flask import g, redirect, render_template, request
from flask_babel import lazy_gettext as _l
from sqlalchemy import create_engine, select
from sqlalchemy.pool import NullPool
from werkzeug.wrappers import Response
from wtforms import BooleanField, PasswordField, RadioField, SelectField, StringField
from wtforms.validators import DataRequired, EqualTo, Length

from techfloor import clock, store
from techfloor.house.running import running
from techfloor.house.setting_words import PROFILE_WORDS
from techfloor.house.settings_forms import LANGUAGE_CHOICES, PROFILE_CHOICES, UNIT_CHOICES
from techfloor.house.zones import zone_choices, zone_here
from techfloor.people import actions as people
from techfloor.people import secrets
from techfloor.people.pins import check_password, check_pin
from techfloor.people.proof import Proof, by_password
from techfloor.people.rules import PersonEntry
from techfloor.places import actions as places
from techfloor.places.models import Plant
from techfloor.places.profile import Profile
from techfloor.places.queries import read_plant
from techfloor.places.rules import AreaEntry, PlantEntry
from techfloor.records import policy
from techfloor.refusals import NotFound, Refusal
from techfloor.settings import Settings
from techfloor.store import databases, db
from techfloor.web.access import OPEN
from techfloor.web.forms import EntryForm
from techfloor.web.pages import Pages

pages = Pages("setup", __name__)

# No letters that look like digits, nor the other way round: the token is typed from a terminal.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_GROUPS, _GROUP = 4, 5
_RECORD_ROLES = frozenset({"technician", "supervisor", "quality"})


def pending_token(settings: Settings) -> str | None:
    """Return the token that opens /setup, written when it is first asked for; None once there is a plant."""
    engine = create_engine(
        settings.database, poolclass=NullPool, **databases.named(settings.database).upgrade_options()
    )
    with engine.connect() as connection:
        if connection.scalar(select(Plant.id)) is not None:
            return None
    return _token(settings)


def _file(settings: Settings) -> Path:
    return settings.instance / "setup.token"


def _token(settings: Settings) -> str:
    file = _file(settings)
    if not file.exists():
        groups = ("".join(random_secrets.choice(_ALPHABET) for _ in range(_GROUP)) for _ in range(_GROUPS))
        file.touch(mode=0o600)
        file.write_text("-".join(groups), "ascii")
    return file.read_text("ascii").strip()


def _normal(token: str) -> bytes:
    return "".join(sign for sign in token.upper() if sign.isalnum()).encode()


class SetupForm(EntryForm):
    """The plant, its first area and its first administrator."""

    token = StringField(
        _l("Token"),
        validators=[DataRequired(_l("Enter the token."))],
        description=_l("The program printed it where it was started."),
    )
    plant = StringField(
        _l("Name of the plant"), validators=[DataRequired(_l("Enter the name of the plant.")), Length(max=80)]
    )
    zone = SelectField(
        _l("Time zone"), choices=zone_choices, default=zone_here, validators=[DataRequired(_l("Choose the time zone."))]
    )
    units = SelectField(_l("Units"), choices=UNIT_CHOICES)
    language = SelectField(
        _l("Language"), choices=LANGUAGE_CHOICES, description=_l("This version speaks English only.")
    )
    profile = RadioField(_l("How is work checked here?"), choices=PROFILE_CHOICES, default="small")
    area = StringField(
        _l("First area"),
        validators=[DataRequired(_l("Enter the name of an area.")), Length(max=40)],
        default=_l("Workshop"),
        description=_l("A part of the plant that people and gauges belong to. More can be added later."),
    )
    name = StringField(
        _l("Your name"),
        validators=[DataRequired(_l("Enter your name."))],
        description=_l("As it is printed under a signature."),
    )
    user_name = StringField(
        _l("User name"), validators=[DataRequired(_l("Enter a user name."))], description=_l("To sign in at a PC.")
    )
    password = PasswordField(
        _l("Password"),
        validators=[DataRequired(_l("Enter a password."))],
        description=_l("At least 12 letters: a few words you can remember."),
    )
    password_again = PasswordField(
        _l("Password again"), validators=[EqualTo("password", _l("The two passwords differ. Type both again."))]
    )
    pin = PasswordField(
        _l("PIN"), validators=[DataRequired(_l("Enter a PIN."))], description=_l("6 to 12 digits, for shared tablets.")
    )
    pin_again = PasswordField(_l("PIN again"), validators=[EqualTo("pin", _l("The two PINs differ. Type both again."))])
    also_works = BooleanField(
        _l("I also make and review records"),
        default=True,
        description=_l("Gives you the roles technician, supervisor and quality too."),
    )

    def plant_entry(self) -> PlantEntry:
        """Return the plant as it was typed."""
        return PlantEntry(
            name=self.plant.data,
            zone=self.zone.data,
            profile=self.profile.data,
            units=self.units.data,
            language=self.language.data,
        )

    def person_entry(self, area_id: int) -> PersonEntry:
        """Return the administrator as they were typed."""
        more = _RECORD_ROLES if self.also_works.data else frozenset()
        return PersonEntry(self.name.data, self.user_name.data, frozenset({"administrator"}) | more, area_id)


@pages.page("/setup", permission=OPEN)
def ask() -> str:
    """Ask for what a plant needs to begin."""
    _only_before()
    _token(running().settings)
    return _page(SetupForm(token=request.args.get("token", "")))


@pages.quiet("/setup", permission=OPEN, endpoint="set_up")
def set_up() -> Response | tuple[str, int]:
    """Write the plant, its first area and its first administrator as one act; nobody is signed in by it."""
    _only_before()
    form = SetupForm()
    if form.attempt(lambda: _write(form)):
        _file(running().settings).unlink(missing_ok=True)
        return redirect("/setup/next", code=303)
    return _page(form), 422


def _page(form: SetupForm) -> str:
    opened = request.method == "GET"
    return render_template("house/setup.html", form=form, hints=PROFILE_WORDS, opened=opened, policy=policy.TEXT)


@pages.page("/setup/next", permission=OPEN)
def after() -> str | Response:
    """Say what to do in a new plant."""
    if g.plant is None:
        return redirect("/setup", code=303)
    return render_template("house/setup_next.html")


def _only_before() -> None:
    if g.plant is not None:
        raise NotFound("This plant is set up already. Sign in instead.")


def _write(form: SetupForm) -> None:
    settings = running().settings
    if not hmac.compare_digest(_normal(form.token.data), _normal(_token(settings))):
        raise Refusal("This is not the token that the program printed. Check it sign by sign.", field="token")
    if form.also_works.data and not Profile(form.profile.data, {}).on("people.administrator_may_hold_record_roles"):
        raise Refusal(
            "In a regulated plant an administrator makes no records. Untick this; other people make them.",
            field="also_works",
        )
    check_password(form.password.data, form.user_name.data)
    check_pin(form.pin.data)
    at = clock.now()
    with store.act("house:plant:set-up", zone=form.zone.data, request=g.request_id):
        area = places.set_up_plant(form.plant_entry(), AreaEntry(form.area.data))
        person = people.create_person(at, form.person_entry(area.id))
        secrets.set_own(person.id, at, password=form.password.data, pin=form.pin.data)
        plant = read_plant(db.session())
        assert plant is not None
        proof = Proof(person.id, person.name, by_password(named=True), at, plant.zone)
        policy.put_in_force(proof, plant)
