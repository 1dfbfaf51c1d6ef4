"""Permissions: each is declared by a room with the roles that have it, and named by each route."""

from dataclasses import dataclass

OPEN = "open"
SIGNED_IN = "signed in"


@dataclass(frozen=True)
class Permission:
    """A right to do one kind of thing, `room:verb`, and the roles that have it."""

    key: str
    title: str
    roles: frozenset[str]


def permission(key: str, title: str, *roles: str) -> Permission:
    """Declare a permission."""
    return Permission(key, title, frozenset(roles))
