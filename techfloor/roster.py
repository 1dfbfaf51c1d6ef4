"""The list of duties, one line each, in the order of the tablet's home page; and of the rooms that have pages."""

from techfloor.duties.calibration.duty import DUTY as CALIBRATION
from techfloor.duties.gauge_studies.duty import DUTY as GAUGE_STUDIES
from techfloor.duties.in_use_checks.duty import DUTY as IN_USE_CHECKS
from techfloor.equipment.views import PERMISSIONS as EQUIPMENT_PERMISSIONS
from techfloor.equipment.views import all_pages as equipment_pages
from techfloor.house.pages import PERMISSIONS as HOUSE_PERMISSIONS
from techfloor.house.pages import all_pages as house_pages
from techfloor.imports.registry import BUILT_IN as IMPORTERS
from techfloor.imports.views import PERMISSIONS as IMPORT_PERMISSIONS
from techfloor.imports.views import pages as import_pages
from techfloor.people.views import PERMISSIONS as PEOPLE_PERMISSIONS
from techfloor.people.views import all_pages as people_pages
from techfloor.web.access import Permission
from techfloor.web.duty import Duty
from techfloor.web.importing import Importer
from techfloor.web.pages import Pages

DUTIES: tuple[Duty, ...] = (CALIBRATION, IN_USE_CHECKS, GAUGE_STUDIES)


def pages() -> list[Pages]:
    """Return every blueprint of the application."""
    return [*house_pages, *people_pages, *equipment_pages, import_pages, *(duty.pages for duty in DUTIES)]


def permissions() -> list[Permission]:
    """Return every permission that a room declares."""
    declared = [*HOUSE_PERMISSIONS, *PEOPLE_PERMISSIONS, *EQUIPMENT_PERMISSIONS, *IMPORT_PERMISSIONS]
    for duty in DUTIES:
        declared.extend(duty.permissions)
    return declared


def importers() -> tuple[Importer, ...]:
    """Return everything that can be brought in from a sheet, in the order in which it is offered."""
    return (*IMPORTERS, *(each for duty in DUTIES for each in duty.importers))


def permission_roles() -> dict[str, frozenset[str]]:
    """Return the roles that hold each permission."""
    return {permission.key: permission.roles for permission in permissions()}
