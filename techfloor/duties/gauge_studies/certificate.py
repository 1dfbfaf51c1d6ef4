"""The paper of this duty: the report of a signed study."""

from techfloor.duties.gauge_studies.queries import KIND
from techfloor.duties.gauge_studies.report import sheet
from techfloor.reports.paper import Paper

PAPER = Paper(KIND, sheet, "gauge_studies/sheet.html")
