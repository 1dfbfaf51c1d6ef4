"""The manifest of the checks in use."""

from flask_babel import lazy_gettext as _l

from techfloor.duties.in_use_checks import report
from techfloor.duties.in_use_checks import sentences as _sentences  # noqa: F401 - gives its sentences when it is loaded
from techfloor.duties.in_use_checks.home import for_code, gauge_url, offers, tiles
from techfloor.duties.in_use_checks.months import KIND, PREFIX
from techfloor.duties.in_use_checks.permissions import PERMISSIONS
from techfloor.duties.in_use_checks.views import pages
from techfloor.equipment.ledger import IN_USE_CHECK
from techfloor.web.duty import Duty

DUTY = Duty(
    key="in_use_checks",
    title=_l("Checks in use"),
    icon="check",
    pages=pages,
    home="/checks/",
    permissions=PERMISSIONS,
    tiles=tiles,
    for_code=for_code,
    record_kinds=(KIND,),
    record_prefix=PREFIX,
    on_paper=report.on_paper,
    tiled_tasks=(IN_USE_CHECK,),
    work_page=(IN_USE_CHECK, gauge_url),
    offers=offers,
    in_menu=False,
)
"""What the checks in use put on the home page, and what a scanned gauge opens; a small plant never needs them."""
