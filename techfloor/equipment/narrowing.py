"""What a list of equipment can be narrowed to on a page, and what it says when it is empty."""

from datetime import date

from flask_babel import gettext as _

from techfloor.equipment.shapes import Wanted
from techfloor.equipment.statuses import Kind
from techfloor.places.queries import areas
from techfloor.store import db
from techfloor.web.lists import Asked, Empty


def area_choices() -> list[tuple[str, str]]:
    """Return the areas to choose from."""
    return [("", _("All areas")), *((str(area.id), area.name) for area in areas(db.session()))]


def narrowed_to(kind: str, asked: Asked, today: date) -> Wanted:
    """Return what a page asks a list of one kind for."""
    area = asked["area"]
    return Wanted(kind, today, int(area) if area else None, asked["status"], asked.words, asked.at)


def no_equipment(kind: str, *, may_add: bool) -> Empty:
    """Return what an empty list says: to who may add the first one, and to everybody else."""
    icon, add, words, others = {
        Kind.MACHINE: (
            "equipment",
            _("Add a machine"),
            _("No machines yet. Add the first one, so that gauges and work can be named by it."),
            _("No machines yet. A supervisor adds the first one."),
        ),
        Kind.GAUGE: (
            "gauge",
            _("Add a gauge"),
            _("No gauges yet. Add the first one: a ready-made kind fills in most of the form."),
            _("No gauges yet. Quality or the administrator adds the first one."),
        ),
        Kind.STANDARD: (
            "calibration",
            _("Add a standard"),
            _("No standards yet. Add the one you calibrate with, then its certificate."),
            _("No standards yet. Quality or the administrator adds the first one."),
        ),
    }[Kind(kind)]
    return Empty(icon, words, add, f"/equipment/new/{kind}") if may_add else Empty(icon, others)
