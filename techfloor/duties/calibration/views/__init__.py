"""Pages of the calibration duty: reading and lists, the work at the bench, review, outside laboratories."""

from techfloor.duties.calibration.views import (
    amend,
    certificates,
    gauge,
    lists,
    look_back,
    outside,
    outside_digital,
    procedure_edit,
    procedure_versions,
    procedures,
    reading,
    record,
    review,
    room,
    start,
    words,
    work,
)
from techfloor.duties.calibration.views.pages import pages

__all__ = [
    "amend",
    "certificates",
    "gauge",
    "lists",
    "look_back",
    "outside",
    "outside_digital",
    "pages",
    "procedure_edit",
    "procedure_versions",
    "procedures",
    "reading",
    "record",
    "review",
    "room",
    "start",
    "words",
    "work",
]
