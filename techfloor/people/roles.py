"""The six roles of a plant, and their names on a page."""

from collections.abc import Iterable
from enum import StrEnum

from flask_babel import lazy_gettext as _l


class Role(StrEnum):
    """What a person may be; one person may be several. The order is that of the lists on pages."""

    TECHNICIAN = "technician"
    SUPERVISOR = "supervisor"
    TRAINER = "trainer"
    QUALITY = "quality"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


_TITLES = {
    Role.TECHNICIAN: _l("Technician"),
    Role.SUPERVISOR: _l("Supervisor"),
    Role.TRAINER: _l("Trainer"),
    Role.QUALITY: _l("Quality"),
    Role.AUDITOR: _l("Auditor"),
    Role.ADMINISTRATOR: _l("Administrator"),
}

HINTS = {
    Role.TECHNICIAN: _l("Calibrates, sets up, inspects, reports"),
    Role.SUPERVISOR: _l("Reviews and releases, enrols tablets"),
    Role.TRAINER: _l("Writes procedures, signs off training"),
    Role.QUALITY: _l("Owns procedures, rules and look-backs"),
    Role.AUDITOR: _l("Reads everything, changes nothing"),
    Role.ADMINISTRATOR: _l("People, devices, settings and backup"),
}


def role_title(role: str) -> str:
    """Return the name of `role` in the reader's language."""
    return str(_TITLES[Role(role)])


def roles_text(roles: Iterable[str]) -> str:
    """Return the names of a person's roles on one line."""
    held = set(roles)
    return " · ".join(role_title(role) for role in Role if role in held)


def role_choices() -> list[tuple[str, str]]:
    """Return every role with its name, for a form."""
    return [(role.value, role_title(role)) for role in Role]
