"""The manifest of the calibration duty."""

from techfloor.duties.calibration.home import for_code, record_url, tiles
from techfloor.duties.calibration.on_paper import on_paper
from techfloor.duties.calibration.outcome import REVIEW
from techfloor.duties.calibration.permissions import PERMISSIONS
from techfloor.duties.calibration.views import pages
from techfloor.web.duty import Duty

DUTY = Duty(
    key="calibration",
    title="Calibration",
    icon="calibration",
    pages=pages,
    home="/calibration/",
    permissions=PERMISSIONS,
    tiles=tiles,
    for_code=for_code,
    record_url=record_url,
    record_kinds=("calibration",),
    on_paper=on_paper,
    tiled_tasks=(REVIEW,),
)
