"""The e-signature policy that a new plant starts with, and which it may replace by its own."""

from dataclasses import dataclass

from techfloor.records import definitions
from techfloor.records.definitions import Approval
from techfloor.records.signing import POLICY

TITLE = "Electronic signatures"
TEXT = (
    "My electronic signature in techfloor means the same as my signature on paper. "
    "I sign only what I did, checked or decided myself, and what I have read. "
    "My PIN and my password are mine alone: I tell them to nobody and change them when somebody may know them. "
    "I report at once when somebody else may have signed as me."
)


@dataclass(frozen=True)
class PolicyText:
    """A policy as its reader sees it."""

    title: str
    version: int
    text: str


def put_in_force(approval: Approval, *, title: str = TITLE, text: str = TEXT) -> None:
    """Make a policy the one in force, the plant's own or the one to start with."""
    kind, code = POLICY
    definition = definitions.define(kind, code, title)
    definitions.put_in_force(definitions.draft(definition, {"title": title, "text": text}), approval)


def in_force() -> PolicyText | None:
    """Return the policy in force."""
    found = definitions.in_force(*POLICY)
    if found is None:
        return None
    body = found.body
    assert isinstance(body, dict)
    return PolicyText(str(body.get("title", TITLE)), found.version, str(body["text"]))
