"""The blueprint that all pages of this duty hang on."""

from techfloor.web.pages import Pages

pages = Pages("in_use_checks", "techfloor.duties.in_use_checks", url_prefix="/checks")


def gauge_url(code: str) -> str:
    """Return the page of a gauge's checks."""
    return f"/checks/gauges/{code}"
