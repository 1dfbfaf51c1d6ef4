"""The certificate of a calibration: the paper that this duty issues."""

from techfloor.duties.calibration.queries.records import KIND
from techfloor.duties.calibration.queries.withdrawn import withdrawn_said
from techfloor.duties.calibration.report import certificate as report
from techfloor.duties.calibration.report import digital as report_dcc
from techfloor.reports.paper import Paper

CERTIFICATE = Paper(KIND, report.sheet, "calibration/sheet.html", report_dcc.attachments, withdrawn_said)
