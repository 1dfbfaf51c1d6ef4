"""Pages of the gauge studies: set up, measured part by part, evaluated, signed and reviewed."""

from techfloor.duties.gauge_studies.views import amend, lists, measuring, people, review, set_up, study
from techfloor.duties.gauge_studies.views.pages import pages

__all__ = ["amend", "lists", "measuring", "pages", "people", "review", "set_up", "study"]
