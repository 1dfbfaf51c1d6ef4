"""Proof of identity for one signature: made before the act begins, used once in it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Proof:
    """A person who has just proven who they are, and how."""

    person_id: int
    printed_name: str
    method: str
    at: datetime
    zone: str
    device_id: int | None = None
    session_id: int | None = None
