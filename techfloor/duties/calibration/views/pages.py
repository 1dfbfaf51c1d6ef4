"""The blueprint that all pages of this duty hang on."""

from techfloor.web.pages import Pages

pages = Pages("calibration", "techfloor.duties.calibration", url_prefix="/calibration")
