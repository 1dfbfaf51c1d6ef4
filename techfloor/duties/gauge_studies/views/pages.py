"""The blueprint that all pages of this duty hang on, and who acts on them."""

from techfloor import clock
from techfloor.duties.gauge_studies.actions import By
from techfloor.duties.gauge_studies.permissions import AMEND
from techfloor.duties.gauge_studies.queries import Study
from techfloor.places.here import plant
from techfloor.web.pages import NotAllowed, Pages
from techfloor.web.visitor import visitor

pages = Pages("gauge_studies", "techfloor.duties.gauge_studies", url_prefix="/studies")


def study_url(number: str) -> str:
    """Return the page of a study."""
    return f"/studies/{number}"


def gauge_url(code: str) -> str:
    """Return the page of a gauge's studies."""
    return f"/studies/gauges/{code}"


def may_change(study: Study) -> bool:
    """Tell whether the visitor may change a study: who sets them up, and of one that is amended who amends."""
    return visitor().may("studies:set-up" if study.amends is None else AMEND)


def refuse_who_may_not(study: Study) -> None:
    """Raise NotAllowed for who may not change a study."""
    if not may_change(study):
        raise NotAllowed("studies:set-up" if study.amends is None else AMEND)


def work_url(study: Study) -> str:
    """Return the page on which a study is worked on: its own, or that of its amendment."""
    return study_url(study.number) if study.amends is None else f"{study_url(study.number)}/amendment"


def by() -> By:
    """Return who acts, when and where."""
    return By(visitor().person_id, clock.now(), plant(), visitor().device_id)
