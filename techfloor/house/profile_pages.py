"""The plant profile: every setting with its value, where this plant differs, and how it is changed, with a reason."""

from dataclasses import dataclass
from typing import Any

from flask import render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms.fields import SelectChoice

from techfloor.house import setting_words as words
from techfloor.house.running import plant
from techfloor.house.settings_forms import ChoiceForm, ProfileForm, WholeNumberForm
from techfloor.house.settings_pages import CHANGE, SEE, done
from techfloor.places import actions, rules
from techfloor.places.profile import PROFILES, Profile, keys, note
from techfloor.places.queries import read_plant
from techfloor.refusals import NotFound
from techfloor.store import db
from techfloor.web.editing import Kept
from techfloor.web.pages import Pages

pages = Pages("profile", __name__, url_prefix="/settings/profile")

View = str | Response | tuple[str, int]
SettingForm = ChoiceForm | WholeNumberForm


@dataclass(frozen=True)
class Setting:
    """A setting as the page shows it."""

    key: str
    title: str
    note: str
    value: str
    profile_value: str
    differs: bool
    used: bool


def _profile() -> Profile:
    found = plant()
    if found is None:
        raise NotFound("The plant is not set up yet.")
    return found.profile


def setting(key: str, profile: Profile) -> Setting:
    """Return one setting of the plant; raises NotFound for a key that is none."""
    if key not in keys():
        raise NotFound("There is no such setting.")
    here, usual = profile[key], Profile(profile.name, {})[key]
    return Setting(
        key=key,
        title=str(words.TITLES[key]),
        note=_sentence(note(key)),
        value=words.value_words(here),
        profile_value=words.value_words(usual),
        differs=here != usual,
        used=key not in words.NOT_USED_YET,
    )


def _sentence(words_of_file: str) -> str:
    return words_of_file[:1].upper() + words_of_file[1:]


@pages.page("", permission=SEE)
def index() -> str:
    """Show what a plant may change, theme by theme, what is never a setting, and what comes later by name."""
    profile = _profile()
    sections = [(title, [setting(key, profile) for key in found]) for title, found in words.GROUPS]
    return render_template(
        "places/profile.html",
        sections=sections,
        differing=sum(each.differs for _title, settings in sections for each in settings),
        same=[setting(key, profile) for key in words.SAME_EVERYWHERE],
        later=[words.TITLES[key] for key in keys() if key in words.NOT_USED_YET],
        never=words.NEVER_SETTINGS,
        others=[(name, words.PROFILE_TITLES[name]) for name in PROFILES if name != profile.name],
        title=words.PROFILE_TITLES[profile.name],
        hints=words.PROFILE_WORDS,
    )


@dataclass(frozen=True)
class Change:
    """A setting that becomes another with another profile; `stays` where the plant has set it itself."""

    title: str
    now: str
    then: str
    stays: bool


@pages.page("/follow/<name>", permission=CHANGE)
def follow(name: str) -> str:
    """Show what changes with another profile, and ask why."""
    return _follow_page(name, ProfileForm())


@pages.act(
    "/follow/<name>",
    permission=CHANGE,
    action="places:profile:choose",
    title=_l("Profile chosen"),
    reason="reason",
    endpoint="follow_profile",
)
def choose(name: str) -> View:
    """Follow another profile."""
    form = ProfileForm()
    if form.attempt(lambda: actions.choose_profile(name)):
        return done(_("The plant follows another profile now. Look through what differs."), "/settings/profile")
    return _follow_page(name, form), 422


def _follow_page(name: str, form: ProfileForm) -> str:
    if name not in PROFILES:
        raise NotFound("There is no such profile.")
    return render_template(
        "places/follow.html",
        name=name,
        form=form,
        title=words.PROFILE_TITLES[name],
        what=words.PROFILE_WORDS[name],
        changes=_changes(name),
        pin_days=Profile(name, _profile().changed).whole("people.pin_expires_days"),
        former_pin_days=_profile().whole("people.pin_expires_days"),
    )


def _changes(name: str) -> list[Change]:
    """Return what the other profile has otherwise, among what this version follows."""
    here = _profile()
    usual, other = Profile(here.name, {}), Profile(name, {})
    return [
        Change(
            title=str(words.TITLES[key]),
            now=words.value_words(here[key]),
            then=words.value_words(other[key]),
            stays=key in here.changed,
        )
        for key in words.in_use()
        if usual[key] != other[key]
    ]


@pages.page("/<key>", permission=CHANGE, endpoint="one")
def one(key: str) -> str:
    """Show one setting with what the profiles have for it, and the form that changes it."""
    return _setting_page(key, _as_it_stands(key).opened())


@pages.act(
    "/<key>",
    permission=CHANGE,
    action="places:setting:change",
    title=_l("Setting changed"),
    reason="reason",
    alone="setting:{key}",
    endpoint="change",
)
def change(key: str) -> View:
    """Set one setting for this plant."""
    form = _form(key).beside(_as_it_stands(key), Kept("plant_setting", "key", key))
    if form.attempt(lambda: actions.change_setting(key, form.value.data or "")):
        return done(_("The setting is changed: %(title)s.", title=words.TITLES[key]), "/settings/profile")
    return _setting_page(key, form), form.status


def _as_it_stands(key: str) -> SettingForm:
    """Return the form as it would be opened now: what the request knows of the plant is from before its act."""
    form, found = _form(key, formdata=None, drafted=False), read_plant(db.session())
    assert found is not None
    form.value.data = rules.as_typed(found.profile[key])
    return form


def _form(key: str, **how: Any) -> SettingForm:
    if key not in keys():
        raise NotFound("There is no such setting.")
    choices = rules.allowed(key, actions.in_profiles(key))
    if not choices:
        return WholeNumberForm(**how)
    form = ChoiceForm(**how)
    form.value.choices = [SelectChoice(rules.as_typed(value), words.value_words(value)) for value in choices]
    return form


def _setting_page(key: str, form: SettingForm) -> str:
    usual = [(words.PROFILE_TITLES[name], words.value_words(Profile(name, {})[key])) for name in PROFILES]
    return render_template(
        "places/setting.html",
        setting=setting(key, _profile()),
        form=form,
        usual=usual,
        limits=words.limits_words(key),
    )
