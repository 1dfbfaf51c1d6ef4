"""Pages of the checks in use: the value at the gauge, its gauge with chart and months, what quality sets up."""

from techfloor.duties.in_use_checks.views import checking, gauge, lists, months, set_up
from techfloor.duties.in_use_checks.views.pages import pages

__all__ = ["checking", "gauge", "lists", "months", "pages", "set_up"]
