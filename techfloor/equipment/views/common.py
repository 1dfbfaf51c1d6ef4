"""What the pages of equipment share: the blueprint, the permissions, the choices and the day."""

from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from techfloor.equipment import queries
from techfloor.equipment.labels import LABEL
from techfloor.equipment.rules import UsePolicy, use_policy
from techfloor.equipment.shapes import ItemView
from techfloor.equipment.statuses import MANAGE, MEASURE, Kind
from techfloor.places.here import plant
from techfloor.web.access import permission
from techfloor.web.fields import options
from techfloor.web.pages import Pages, check_permission
from techfloor.web.visitor import visitor

READ, LIFT = "equipment:read", "equipment:lift"
HOLD, FEED = "equipment:hold", "equipment:feed"
PROCEDURE = "calibration procedure"
"""The kind of definition that a gauge follows."""

pages = Pages("equipment", "techfloor.equipment.views", url_prefix="/equipment")

_EVERYBODY = ("technician", "supervisor", "trainer", "quality", "auditor", "administrator")
PERMISSIONS = (
    permission(READ, "See machines, gauges and standards", *_EVERYBODY),
    permission(HOLD, "Hold equipment, report it lost or found, take a spare", "technician", "supervisor", "quality"),
    permission(LIFT, "Lift a hold", "supervisor", "quality"),
    permission(MANAGE, "Enter machines, move, send out and receive", "supervisor", "quality", "administrator"),
    permission(
        LABEL, "Print labels of a whole list", "technician", "supervisor", "trainer", "quality", "administrator"
    ),
    permission(FEED, "Make and revoke calendar feeds of due days", "supervisor", "quality", "administrator"),
    permission(MEASURE, "Enter gauges and standards, limit and retire them", "quality", "administrator"),
)


def needed_for(kind: str) -> str:
    """Return the permission to enter or change equipment of a kind."""
    return MANAGE if kind == Kind.MACHINE else MEASURE


def check_kind(kind: str) -> None:
    """Let the request pass when the visitor may enter or change this kind; raises NotAllowed."""
    check_permission(needed_for(kind))


def may(wanted: str) -> bool:
    """Tell whether the visitor has a permission."""
    return visitor().may(wanted)


def policy() -> UsePolicy:
    """Return what the plant's profile says of an overdue gauge."""
    return use_policy(plant().profile)


def machine_choices() -> list[SelectChoice]:
    """Return the machines that a gauge can be built into."""
    return options(("", _("No machine")), *((str(key), f"{code} · {name}") for key, code, name in queries.machines()))


def page_of(item: ItemView) -> str:
    """Return the address of a piece of equipment's page."""
    return f"/equipment/{item.code}"
