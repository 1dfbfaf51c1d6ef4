"""The keeping room: tables, connections, one sealed act per transaction, the trail, search and blobs."""

from techfloor.store.acts import Act, act, all_alone, alone, apart, looking_at, now_writing, quiet
from techfloor.store.base import Audit, Table, db
from techfloor.store.types import Day, ExactDecimal, JsonText, UtcTime

__all__ = [
    "Act",
    "Audit",
    "Day",
    "ExactDecimal",
    "JsonText",
    "Table",
    "UtcTime",
    "act",
    "all_alone",
    "alone",
    "apart",
    "db",
    "looking_at",
    "now_writing",
    "quiet",
]
