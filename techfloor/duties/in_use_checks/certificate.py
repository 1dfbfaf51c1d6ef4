"""The paper of this duty: the sheet of a reviewed month."""

from techfloor.duties.in_use_checks.months import KIND
from techfloor.duties.in_use_checks.report import sheet
from techfloor.reports import documents
from techfloor.reports.paper import Paper

PAPER = Paper(KIND, sheet, documents.TEMPLATE)
