"""The blueprint that all pages of this duty hang on, and who acts on them."""

from techfloor import clock
from techfloor.duties.gauge_studies.actions import By
from techfloor.places.here import plant
from techfloor.web.pages import Pages
from techfloor.web.visitor import visitor

pages = Pages("gauge_studies", "techfloor.duties.gauge_studies", url_prefix="/studies")


def study_url(number: str) -> str:
    """Return the page of a study."""
    return f"/studies/{number}"


def gauge_url(code: str) -> str:
    """Return the page of a gauge's studies."""
    return f"/studies/gauges/{code}"


def by() -> By:
    """Return who acts, when and where."""
    return By(visitor().person_id, clock.now(), plant(), visitor().device_id)
