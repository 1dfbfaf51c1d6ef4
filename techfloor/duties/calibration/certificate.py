"""The certificate of a calibration: the paper that this duty issues."""

from techfloor.duties.calibration import report, report_dcc
from techfloor.duties.calibration.queries import KIND
from techfloor.reports.paper import Paper

CERTIFICATE = Paper(KIND, report.sheet, "calibration/sheet.html", report_dcc.attachments)
