"""The manifest of the gauge studies."""

from flask_babel import lazy_gettext as _l

from techfloor.duties.gauge_studies import report
from techfloor.duties.gauge_studies import sentences as _sentences  # noqa: F401 - gives its sentences when it is loaded
from techfloor.duties.gauge_studies.home import for_code, offers, tiles
from techfloor.duties.gauge_studies.permissions import PERMISSIONS
from techfloor.duties.gauge_studies.queries import KIND, PREFIX, sealed
from techfloor.duties.gauge_studies.views import pages
from techfloor.web.duty import Duty

DUTY = Duty(
    key="gauge_studies",
    title=_l("Gauge studies"),
    icon="calibration",
    pages=pages,
    home="/studies/",
    permissions=PERMISSIONS,
    tiles=tiles,
    for_code=for_code,
    record_kinds=(KIND,),
    record_prefix=PREFIX,
    sealed=sealed,
    on_paper=report.on_paper,
    offers=offers,
    in_menu=False,
)
"""What gauge studies put on the home page; they have no place in the menu: a small plant never needs them."""
