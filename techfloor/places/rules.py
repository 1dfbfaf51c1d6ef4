"""Rules of the plant: names, zones, shifts, and what each setting of the profile may be. Pure."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from zoneinfo import available_timezones

from techfloor.clock import WEEKDAYS
from techfloor.refusals import Refusal

LANGUAGES = ("en",)
UNITS = ("metric", "us customary")

GATE_MODES = ("off", "warn", "block")

WHOLE_NUMBERS: Mapping[str, tuple[int, int]] = {
    "people.idle_lock_minutes": (3, 30),
    "people.pin_expires_days": (0, 3650),
    "people.access_review_months": (0, 36),
    "signatures.line_clearance_persons": (1, 2),
    "calibration.grace_days": (0, 30),
    "calibration.interval_target": (50, 99),
    "retention.records_years": (1, 100),
}
"""The smallest and largest value of each setting that is a whole number."""

_CHOICES: Mapping[str, tuple[str, ...]] = {"calibration.interval_method": ("none", "staircase", "reliability", "drift")}
"""What a setting may be besides what the profiles say."""

# Where holding the work back is what makes a record trustworthy, a plant may not turn it down to a warning.
_ALWAYS_BLOCK = frozenset({"gate.equipment_held", "gate.gauge_held_or_out_of_tolerance"})
_HOUR = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


@dataclass(frozen=True)
class PlantEntry:
    """The plant as somebody enters it."""

    name: str
    zone: str
    profile: str = "small"
    address: str = ""
    units: str = "metric"
    language: str = "en"
    demo: bool = False


@dataclass(frozen=True)
class AreaEntry:
    """An area; `line` is the name on its signs, `key` is derived from the name when empty."""

    name: str
    line: str = ""
    ambient: str = ""
    key: str = ""


@dataclass(frozen=True)
class ShiftEntry:
    """A shift in local time, HH:MM; without a day it runs no more. `areas` are keys, none for all."""

    name: str
    starts: str
    ends: str
    days: tuple[str, ...]
    key: str = ""
    areas: tuple[str, ...] = ()
    breaks: tuple[str, ...] = ()


def tidy(text: str, field: str, *, longest: int = 80) -> str:
    """Return a name with single spaces; raises Refusal when it is empty or too long."""
    words = " ".join(text.split())
    if not words or not words.isprintable():
        raise Refusal("Enter a name.", field=field)
    if len(words) > longest:
        raise Refusal("Use at most %(longest)s letters.", field=field, longest=longest)
    return words


def tidy_plant(entry: PlantEntry) -> PlantEntry:
    """Return the plant with tidy words; raises Refusal for a zone, units or a language that is not known."""
    if entry.zone not in available_timezones():
        raise Refusal("Choose a time zone from the list.", field="zone")
    if entry.units not in UNITS:
        raise Refusal("Choose the units from the list.", field="units")
    if entry.language not in LANGUAGES:
        raise Refusal("Choose a language from the list.", field="language")
    name, address = tidy(entry.name, "name"), " ".join(entry.address.split())[:200]
    return PlantEntry(name, entry.zone, entry.profile, address, entry.units, entry.language, entry.demo)


def key_of(name: str, taken: Collection[str]) -> str:
    """Return a key for a name, of small letters and dashes, that nothing else has."""
    base = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "area"
    key, number = base, 2
    while key in taken:
        key, number = f"{base}-{number}", number + 1
    return key


def check_shift(entry: ShiftEntry) -> None:
    """Raise Refusal for times that are no times of the day, or a day that is none."""
    for field, value in (("starts", entry.starts), ("ends", entry.ends)):
        if not _HOUR.fullmatch(value):
            raise Refusal("Enter a time of the day like 06:00.", field=field)
    if entry.starts == entry.ends:
        raise Refusal("A shift ends at another time than it begins.", field="ends")
    if not set(entry.days) <= set(WEEKDAYS):
        raise Refusal("Choose days from the list.", field="days")


def setting_value(key: str, typed: str, in_profiles: Collection[object]) -> object:
    """Return what was typed for a setting as its value; raises Refusal for what this setting cannot be.

    `in_profiles` are the values that the profiles have for it: they tell its kind, and for words the choices.
    """
    if key in WHOLE_NUMBERS:
        return _whole(typed, *WHOLE_NUMBERS[key])
    choices = {as_typed(value): value for value in allowed(key, in_profiles)}
    if typed not in choices:
        raise Refusal("Choose one of the values this setting can have.", field="value")
    return choices[typed]


def allowed(key: str, in_profiles: Collection[object]) -> list[object]:
    """Return the values a setting may have, in order; empty for a whole number, which has limits instead."""
    if key in WHOLE_NUMBERS:
        return []
    if all(isinstance(value, bool) for value in in_profiles):
        return [True, False]
    if key in _CHOICES:
        return list(_CHOICES[key])
    if key in _ALWAYS_BLOCK:
        return ["block"]
    if set(in_profiles) <= set(GATE_MODES):
        return list(GATE_MODES)
    return list(dict.fromkeys(in_profiles))


def as_typed(value: object) -> str:
    """Return the value of a setting as a form carries it."""
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _whole(typed: str, lowest: int, highest: int) -> int:
    text = typed.strip()
    if not (text.isascii() and text.isdigit()) or not lowest <= int(text[:6]) <= highest:
        raise Refusal(
            "Enter a whole number from %(lowest)s to %(highest)s.", field="value", lowest=lowest, highest=highest
        )
    return int(text)
