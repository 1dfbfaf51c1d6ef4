"""The manifest of the calibration duty."""

from flask_babel import lazy_gettext as _l

from techfloor.duties.calibration import sentences as _sentences  # noqa: F401 - gives its sentences when it is loaded
from techfloor.duties.calibration.actions import intervals as interval_changes
from techfloor.duties.calibration.actions.doubt import follow_correction, follow_hold, follow_withdrawal
from techfloor.duties.calibration.actions.starting import PREFIX
from techfloor.duties.calibration.forms.bringing_in import HISTORY
from techfloor.duties.calibration.home import for_code, tiles
from techfloor.duties.calibration.models import PROPOSAL, REVIEW
from techfloor.duties.calibration.permissions import PERMISSIONS
from techfloor.duties.calibration.queries import records as queries
from techfloor.duties.calibration.queries.records import KIND, WORK
from techfloor.duties.calibration.queries.withdrawn import withdrawn_since
from techfloor.duties.calibration.report import interval as report_interval
from techfloor.duties.calibration.report import procedure as report_procedure
from techfloor.duties.calibration.report.on_paper import on_paper
from techfloor.duties.calibration.views import pages
from techfloor.duties.calibration.views.lists import performed_otherwise
from techfloor.web.duty import DocumentKind, Duty, FirstStep

DUTY = Duty(
    key="calibration",
    title="Calibration",
    icon="calibration",
    pages=pages,
    home="/calibration/",
    permissions=PERMISSIONS,
    tiles=tiles,
    for_code=for_code,
    record_kinds=(KIND,),
    record_prefix=PREFIX,
    performed=performed_otherwise,
    on_paper=on_paper,
    since_signed=withdrawn_since,
    tiled_tasks=(REVIEW, PROPOSAL),
    work_page=(WORK, lambda code: f"/calibration/gauges/{code}"),
    trace_page=lambda code: f"/calibration/traceability/{code}",
    certificate_withdrawn=follow_withdrawal,
    certificate_corrected=follow_correction,
    standard_wrong=follow_hold,
    first_step=FirstStep(_l("Take over a ready-made procedure."), "/calibration/procedures", queries.PROCEDURE),
    importers=(HISTORY,),
    documents=(
        DocumentKind(
            queries.PROCEDURE,
            _l("Calibration procedure"),
            lambda code: f"/calibration/procedures/{code}",
            report_procedure.on_paper,
        ),
        DocumentKind(
            queries.INTERVAL,
            _l("Change of an interval"),
            lambda number: f"/calibration/intervals/{number}",
            report_interval.on_paper,
            prefix=interval_changes.PREFIX,
        ),
    ),
)
