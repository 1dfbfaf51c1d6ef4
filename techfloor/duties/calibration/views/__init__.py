"""Pages of the calibration duty: reading and lists, the work at the bench, review, outside laboratories."""

from techfloor.duties.calibration.views import gauge, lists, outside, procedures, record, review, work
from techfloor.duties.calibration.views.pages import pages

__all__ = ["gauge", "lists", "outside", "pages", "procedures", "record", "review", "work"]
