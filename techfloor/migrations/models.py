"""Imports every room's tables, so that the metadata is whole."""

from techfloor.duties.calibration import models as calibration
from techfloor.duties.gauge_studies import models as gauge_studies
from techfloor.duties.in_use_checks import models as in_use_checks
from techfloor.equipment import models as equipment
from techfloor.imports import models as imports
from techfloor.people import models as people
from techfloor.places import models as places
from techfloor.records import models as records
from techfloor.reports import models as reports
from techfloor.store import db, mending, restoration, search, trail

ALL = (
    calibration,
    equipment,
    gauge_studies,
    imports,
    in_use_checks,
    mending,
    people,
    places,
    records,
    reports,
    restoration,
    search,
    trail,
)
METADATA = db.metadata
