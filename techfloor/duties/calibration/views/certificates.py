"""Certificates in bulk: those of all calibrations that the list shows, issued in the background and printed at once."""

from flask_babel import lazy_gettext as _l

from techfloor.duties.calibration.certificate import CERTIFICATE
from techfloor.duties.calibration.queries import lists
from techfloor.duties.calibration.views.lists import asked_for, in_words, narrowed
from techfloor.duties.calibration.views.pages import pages
from techfloor.reports import jobs
from techfloor.reports.job_runner import wake_afterwards
from techfloor.web.pages import Page, see
from techfloor.web.visitor import by_whom

CERTIFICATES = jobs.declare(
    jobs.Kind(
        name="certificates",
        permission="calibration:issue",
        action="reports:pdf:issue",
        make=CERTIFICATE.made_once,
        title=_l("Calibration certificates"),
        file_name="certificates",
    )
)


@pages.act(
    "/certificates",
    permission="calibration:issue",
    action="calibration:certificates:ask",
    title=_l("Certificates asked for in bulk"),
)
def ask_certificates() -> Page:
    """Have the certificates issued of all closed calibrations that the list shows; what was issued stays as it is."""
    wanted = asked_for()
    numbers = lists.found_numbers(wanted.words) if wanted.words else None
    closed = lists.closed_ones(narrowed(wanted, numbers), jobs.MOST_LINES)
    job = jobs.ask(CERTIFICATES, closed, in_words(wanted), **by_whom())
    wake_afterwards()
    return see(f"/jobs/{job.id}")
