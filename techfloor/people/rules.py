"""Rules of persons and devices: names, user names, initials, roles, and who may reset whom. Pure."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from techfloor.refusals import Refusal


class Ended(StrEnum):
    """Why a session ended that its person did not end there; the words are those that are kept."""

    ROLES = "roles"
    RESET = "reset"
    CHANGED = "changed"
    DEACTIVATED = "deactivated"
    DEVICE = "device"
    ELSEWHERE = "elsewhere"
    LAST_DAY = "last day"


def over(last_day: date | None, today: date) -> bool:
    """Tell whether the last day of a person lies behind: they may come in until it ends at the plant."""
    return last_day is not None and last_day < today


IDLE_MINUTES = (3, 30)
"""The shortest and the longest idle lock of a device."""

# Whoever may change settings should not also make the records, where the plant's profile says so.
_RECORD_ROLES = frozenset({"technician", "supervisor", "trainer", "quality"})
_ROLES = _RECORD_ROLES | {"auditor", "administrator"}
_USER_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")


@dataclass(frozen=True)
class PersonEntry:
    """A person as somebody enters them; empty initials are derived from the name."""

    name: str
    user_name: str
    roles: frozenset[str]
    area_id: int | None = None
    initials: str = ""
    last_day: date | None = None


_ADDRESS = re.compile(r"[^@\s<>(),;:\"\\]{1,64}@[^@\s<>(),;:\"\\]{1,189}")


def tidy_address(typed: str) -> str:
    """Return an e-mail address as it is kept, '' for none; raises Refusal."""
    address = typed.strip()
    if address and not (_ADDRESS.fullmatch(address) and address.isascii() and address.isprintable()):
        raise Refusal("Enter one e-mail address, like name@plant.example.", field="email")
    return address


@dataclass(frozen=True)
class DeviceEntry:
    """A shared tablet or PC as a supervisor enters it; without minutes the plant's profile decides."""

    name: str
    area_id: int
    idle_minutes: int | None = None


def tidy_name(text: str) -> str:
    """Return a printed name with single spaces; raises Refusal when it is empty or too long."""
    name = " ".join(text.split())
    if not name or not name.isprintable() or not any(letter.isalpha() for letter in name):
        raise Refusal("Enter the name as it is printed under a signature.", field="name")
    if len(name) > 80:
        raise Refusal("Use at most 80 letters for a name.", field="name")
    return name


def tidy_user_name(text: str) -> str:
    """Return a user name in small letters; raises Refusal for what could not be typed on every keyboard."""
    user_name = text.strip().lower()
    if not _USER_NAME.fullmatch(user_name):
        raise Refusal("Use 2 to 40 of these: a to z, 0 to 9, point, dash, underline.", field="user_name")
    return user_name


def tidy_initials(text: str, taken: Collection[str]) -> str:
    """Return initials in capitals, '' for none; raises Refusal for what is no initials, or for somebody else's."""
    short = text.strip().upper()
    if short and (len(short) > 5 or not short.isalnum()):
        raise Refusal("Use 1 to 5 letters for the initials.", field="initials")
    if short in taken:
        raise Refusal("Somebody else has these initials.", field="initials")
    return short


def initials_of(name: str, taken: Collection[str]) -> str:
    """Return initials nobody else has: TK, then TKO with one letter more of the last name, then TK2."""
    words = [word for word in re.split(r"[\s-]+", name) if word[:1].isalpha()] or [name]
    short = "".join(word[0] for word in (words[0], *words[1:][-1:])).upper()
    if short not in taken:
        return short
    longer = short + words[-1][1:2].upper()
    if longer not in taken:
        return longer
    number = 2
    while f"{short}{number}" in taken:
        number += 1
    return f"{short}{number}"


def check_roles(roles: frozenset[str], *, administrator_may_make_records: bool) -> None:
    """Raise Refusal for no role, an unknown one, or a combination that the plant's profile forbids."""
    if not roles:
        raise Refusal("Choose at least one role.", field="roles")
    if not roles <= _ROLES:
        raise Refusal("One of these roles does not exist.", field="roles")
    if "administrator" in roles and roles & _RECORD_ROLES and not administrator_may_make_records:
        raise Refusal(
            "In this plant an administrator makes no records: give the other role to another person.", field="roles"
        )


def tidy_device(entry: DeviceEntry) -> DeviceEntry:
    """Return the entry with a tidy name; raises Refusal for no name or an idle lock out of its limits."""
    name = " ".join(entry.name.split())
    if not name or not name.isprintable() or len(name) > 40:
        raise Refusal("Enter the name on the tablet's label, at most 40 letters.", field="name")
    shortest, longest = IDLE_MINUTES
    if entry.idle_minutes is not None and not shortest <= entry.idle_minutes <= longest:
        raise Refusal(
            "Enter %(shortest)s to %(longest)s minutes.", field="idle_minutes", shortest=shortest, longest=longest
        )
    return DeviceEntry(name, entry.area_id, entry.idle_minutes)


def may_reset(actor_id: int, actor_roles: Collection[str], owner_id: int, owner_roles: Collection[str]) -> bool:
    """Tell whether one person may give another a one-time code.

    An administrator may for everybody else, a supervisor for those who are technicians only; nobody for themselves,
    who can change their secrets knowing the old one.
    """
    if actor_id == owner_id:
        return False
    return "administrator" in actor_roles or ("supervisor" in actor_roles and set(owner_roles) == {"technician"})
