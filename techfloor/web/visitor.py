"""Who is asking: the signed-in person, and the device in their hands, as the pages need them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TypedDict

from flask import g

from techfloor import clock


@dataclass(frozen=True)
class Visitor:
    """A person who is signed in; looked up once for each request, apart from its transaction."""

    person_id: int
    session_id: int
    name: str
    initials: str
    roles: frozenset[str]
    permissions: frozenset[str]
    area_id: int | None = None
    area_name: str = ""
    line: str = ""
    device_id: int | None = None
    device_name: str = ""
    glove: bool = False
    theme: str = "light"
    idle_minutes: int = 15
    signed_once: bool = False
    must_set_secret: bool = False
    pin_expired: bool = False
    roles_text: str = ""

    @property
    def on_tablet(self) -> bool:
        """True on an enrolled device, where a PIN is enough."""
        return self.device_id is not None

    def may(self, permission: str) -> bool:
        """Tell whether one of the person's roles gives `permission`."""
        return permission in self.permissions


@dataclass(frozen=True)
class EnrolledDevice:
    """The shared tablet the request came from, signed in or not."""

    id: int
    name: str
    area_id: int
    area_name: str
    line: str = ""
    glove: bool = False
    theme: str = "light"
    idle_minutes: int | None = None


@dataclass
class Caller:
    """What the app found out about a request before its page runs."""

    visitor: Visitor | None = None
    device: EnrolledDevice | None = None
    extra: dict[str, object] = field(default_factory=dict)


def caller() -> Caller:
    """Return what is known about the one who asks."""
    found: Caller = g.caller
    return found


def visitor() -> Visitor:
    """Return the signed-in person; raises LookupError on a page that is open to all."""
    found = caller().visitor
    if found is None:
        raise LookupError("nobody is signed in")
    return found


class ByWhom(TypedDict):
    """Who acts and when, as every action asks for it."""

    actor: int
    at: datetime


def by_whom() -> ByWhom:
    """Return who acts, and that it is now; a view hands it on as `**by_whom()`."""
    return {"actor": visitor().person_id, "at": clock.now()}
