"""Every page can be used by everybody: checks 1 to 4 of the design, on every route, empty and refused.

Small targets, WCAG 2.2 AA and the contrast of AAA on the floor, sideways scrolling, colour alone, one primary button.
"""

import re

import pytest
from flask import Flask
from plant_client import SignedInAs
from playwright.sync_api import Page

from browser import steps
from browser.conftest import OpenDesk, OpenTablet
from browser.inspecting import inspect
from browser.seeding import Seeds
from browser.watching import Watch

pytestmark = pytest.mark.browser

ON_A_TABLET = (
    ("", "/sign-in"),
    ("", "/sign-in/others"),
    ("", "/sign-in/pin/1"),
    ("T", "/"),
    ("T", "/scan"),
    ("T", "/e/NO-SUCH-CODE"),
    ("T", "/more"),
    ("T", "/records"),
    ("T", "/search?q=caliper"),
    ("T", "/about"),
    ("T", "/me"),
    ("T", "/me/pin"),
    ("T", "/me/password"),
    ("T", "/me/policy"),
    ("T", "/verify"),
    ("T", "/calibration/"),
    ("T", "/calibration/?q=no-such-words"),
    ("T", "/calibration/gauges"),
    ("T", "/calibration/gauges/G-014"),
    ("T", "/calibration/start/G-014"),
    ("T", "/calibration/gauges/G-014/paper"),
    ("T", "/calibration/traceability/G-014"),
    ("T", "/calibration/traceability/S-003/picture"),
    ("T", "/calibration/traceability/S-003/values"),
    ("T", "/calibration/{begun}/as-found/2/1"),
    ("T", "/calibration/{weighed}/as-found/1/2"),
    ("T", "/calibration/{typed_twice}/as-found/1/1"),
    ("T", "/calibration/{begun}/as-found/2/1/cannot"),
    ("O", "/calibration/{begun}/take-over"),
    ("T", "/calibration/{begun}/correct/1"),
    ("T", "/calibration/{failed}/adjust"),
    ("T", "/calibration/{adjusted}/as-left/1/1"),
    ("T", "/calibration/{ready}/check"),
    ("T", "/calibration/{amending}/check"),
    ("T", "/calibration/{amending}/words"),
    ("T", "/calibration/{begun}/discontinue"),
    ("T", "/calibration/{weighed}/room"),
    ("T", "/calibration/{begun}/room/1"),
    ("T", "/calibration/{performed}"),
    ("T", "/checks/gauges/{scale}/now"),
    ("T", "/checks/gauges/{scale}"),
    ("T", "/checks/rows/{row}"),
    ("T", "/checks/rows/{row}/correct"),
    ("T", "/checks/rows/{row}/in-error"),
    ("T", "/studies/{studying}/turns/2"),
    ("T", "/studies/{studying}"),
    ("T", "/studies/{judging}/turns/2"),
    ("T", "/equipment/"),
    ("T", "/equipment/G-014"),
    ("T", "/equipment/M-01"),
    ("T", "/equipment/S-003"),
    ("T", "/equipment/G-014/hold"),
    ("T", "/equipment/G-014/label"),
    ("T", "/equipment/G-014/label?labels=status&size=tape-12"),
    ("T", "/equipment/labels?kind=gauge&size=a4-21"),
)
AT_A_DESK = (
    ("", "/sign-in"),
    ("", "/verify"),
    ("", "/verify/{code}"),
    ("Q", "/"),
    ("Q", "/records"),
    ("Q", "/calibration/"),
    ("Q", "/calibration/gauges"),
    ("Q", "/calibration/gauges/G-014"),
    ("Q", "/calibration/start/G-014"),
    ("Q", "/calibration/review"),
    ("Q", "/calibration/review?show=clean"),
    ("Q", "/calibration/{performed}/review"),
    ("Q", "/calibration/{closed}"),
    ("Q", "/calibration/{held_back}/look-back"),
    ("Q", "/calibration/{closed}/certificate"),
    ("Q", "/calibration/{closed}/amend"),
    ("Q", "/calibration/outside"),
    ("Q", "/calibration/gauges/G-020/send-out"),
    ("Q", "/calibration/gauges/G-008/certificate"),
    ("Q", "/calibration/gauges/G-008/certificate/read"),
    ("Q", "/calibration/outside/{entered}/certificate"),
    ("Q", "/calibration/outside/{entered}/checks"),
    ("Q", "/calibration/outside/{checked}/sign"),
    ("Q", "/checks/"),
    ("Q", "/checks/gauges/{scale}"),
    ("Q", "/checks/gauges/{scale}/set-up"),
    ("Q", "/checks/gauges/{scale}/months/2026-10"),
    ("Q", "/checks/{month}/1"),
    ("Q", "/studies/"),
    ("Q", "/studies/new"),
    ("Q", "/studies/gauges/G-014"),
    ("Q", "/studies/gauges/G-014/new"),
    ("Q", "/studies/gauges/G-014/new-attribute"),
    ("Q", "/studies/{studying}/appraisers/2"),
    ("Q", "/studies/{studying}/give-up"),
    ("Q", "/studies/{studied}/check"),
    ("Q", "/studies/{studied}/values"),
    ("Q", "/studies/{evaluated}"),
    ("Q", "/studies/{evaluated}/amend"),
    ("Q", "/studies/{putting_right}/amendment"),
    ("Q", "/studies/{putting_right}/amendment/set-up"),
    ("Q", "/equipment/"),
    ("Q", "/equipment/G-014"),
    ("Q", "/equipment/S-003"),
    ("Q", "/equipment/G-014/edit"),
    ("Q", "/equipment/G-014/move"),
    ("Q", "/calendar"),
    ("Q", "/equipment/labels?kind=gauge&q=no-such-words"),
    ("Q", "/equipment/G-014/status/lost"),
    ("Q", "/equipment/holds/{held}/lift"),
    ("Q", "/equipment/new/gauge"),
    ("Q", "/equipment/new/gauge/caliper"),
    ("Q", "/equipment/new/machine"),
    ("Q", "/equipment/new/standard"),
    ("Q", "/equipment/S-003/certificates/new"),
    ("Q", "/equipment/S-003/certificates/read"),
    ("Q", "/equipment/S-006/certificates/{lot}/open"),
    ("Q", "/equipment/S-006/certificates/{lot}"),
    ("Q", "/equipment/S-006/certificates/{lot}/correct"),
    ("Q", "/equipment/S-006/certificates/{lot}/withdraw"),
    ("A", "/calibration/review"),
    ("A", "/trail/people"),
    ("A", "/trail/people/1"),
    ("A", "/trail/devices"),
    ("A", "/trail/devices/1"),
    ("A", "/trail/settings"),
    ("Q", "/calibration/gauges/G-014/procedure"),
    ("Q", "/calibration/procedures"),
    ("Q", "/calibration/procedures/CAL-P-02"),
    ("Q", "/calibration/procedures/new"),
    ("Q", "/calibration/procedures/CAL-P-07/edit"),
    ("Q", "/calibration/procedures/{draft}/draft"),
    ("D", "/calibration/procedures/{draft}/approve"),
    ("Q", "/calibration/procedures/CAL-P-02/retire"),
    ("S", "/people/1/code"),
    ("S", "/devices/enrol"),
    ("S", "/devices/1"),
    ("D", "/people/"),
    ("D", "/people/1"),
    ("D", "/people/1/edit"),
    ("D", "/people/new"),
    ("D", "/people/access"),
    ("D", "/devices"),
    ("D", "/settings"),
    ("D", "/settings/plant"),
    ("D", "/settings/areas/1"),
    ("D", "/settings/areas/new"),
    ("D", "/settings/shifts/1"),
    ("D", "/settings/shifts/new"),
    ("Q", "/settings/policy"),
    ("Q", "/settings/policy/draft"),
    ("D", "/settings/policy/approve?{to_approve}"),
    ("Q", "/settings/policy/1"),
    ("Q", "/settings/retention"),
    ("Q", "/settings/retention/kinds/calibration"),
    ("Q", "/settings/retention/holds/new"),
    ("Q", "/settings/retention/holds/{legal_hold}"),
    ("D", "/settings/profile"),
    ("D", "/settings/profile/follow/regulated"),
    ("D", "/settings/profile/people.idle_lock_minutes"),
    ("D", "/me/pin"),
    ("Q", "/jobs/{job}"),
    ("Q", "/calibration/intervals"),
    ("Q", "/imports/"),
    ("Q", "/imports/gauges/check?{sheet}"),
    ("Q", "/calibration/gauges/G-014/interval"),
    ("Q", "/calibration/traceability/G-014"),
    ("Q", "/calibration/traceability/S-003/used"),
    ("Q", "/calibration/traceability/S-003/picture"),
    ("Q", "/calibration/traceability/S-006/certificates/{lot}/doubt"),
)
NOT_LOOKED_AT = {
    "static": "no page",
    "calendar.read": "a file for calendar programs",
    "calibration.calibrations_out": "a file",
    "calibration.gauges_out": "a file",
    "calibration.history_out": "a file",
    "equipment.label_pdf": "a PDF",
    "equipment.labels_pdf": "a PDF",
    "equipment.list_out": "a file",
    "gauge_studies.correct": "the pad and the reasons of a calibration's",
    "gauge_studies.go_on": "leads on",
    "gauge_studies.paper": "as the page of a certificate",
    "gauge_studies.pdf": "a PDF",
    "gauge_studies.show_version": "as the page of the study",
    "gauge_studies.version_paper": "as the page of a certificate",
    "gauge_studies.version_pdf": "a PDF",
    "gauge_studies.review": "the page of the study with the question of a review, each looked at",
    "calibration.interval_paper": "as the page of a certificate",
    "calibration.interval_pdf": "a PDF",
    "calibration.interval_shown": "facts and a signature, as those of a version of the policy",
    "calibration.blank_form": "a PDF",
    "calibration.blank_forms": "a PDF",
    "calibration.used_out": "a file",
    "calibration.old_line": "facts alone, as those of a look-back; the plant of the tests brought nothing in",
    "calibration.old_withdraw": "asks for a reason, as an entry in error does",
    "calibration.paper": "as the page of a certificate",
    "calibration.pdf": "a PDF",
    "calibration.procedure_ready": "the plant of the tests has taken over all of them",
    "calibration.procedure_version": "as the page of the procedure",
    "imports.all_there_is": "a file",
    "imports.example": "a file",
    "imports.file": "a file",
    "imports.refused": "a file",
    "imports.show": "counts and a table as those of the page before it",
    "jobs.all_pieces": "a PDF",
    "jobs.index": "a table as that of /records",
    "access.as_csv": "a file",
    "access.paper": "as the page of a certificate",
    "access.pdf": "a PDF",
    "access.show": "the tables of /people/access",
    "calibration.exported": "a file",
    "records.exported": "a file",
    "in_use_checks.paper": "as the page of a certificate",
    "in_use_checks.pdf": "a PDF",
    "in_use_checks.record": "leads on",
    "policies.paper": "as the page of a certificate",
    "policies.pdf": "a PDF",
    "retention.due": "a table as that of /records",
    "trail.exports": "as the other pages of the trail",
    "about.healthz": "no page",
    "about.parts": "tests/house looks at it in every state",
    "calibration.certificate_pdf": "a PDF",
    "calibration.certificate_xml": "an XML file",
    "calibration.file": "a file",
    "calibration.show_version": "the page of the record, of an earlier version",
    "equipment.paper_of_certificate": "a file",
    "calibration.next_step": "leads on",
    "calibration.go_on": "leads on",
    "calibration.pause": "leads on",
    "finding.open_code": "leads on; the page of an unknown code is looked at",
    "me.secret": "only with a one-time code",
    "setup.ask": "only before the plant is set up",
    "setup.after": "only before the plant is set up",
}


@pytest.mark.parametrize(("who", "path"), ON_A_TABLET)
def test_on_a_tablet(who: str, path: str, open_tablet: OpenTablet, as_: SignedInAs, watch: Watch) -> None:
    _look(open_tablet(who), path, as_, watch)


@pytest.mark.parametrize(("who", "path"), AT_A_DESK)
def test_at_a_desk(who: str, path: str, open_desk: OpenDesk, as_: SignedInAs, watch: Watch) -> None:
    _look(open_desk(who), path, as_, watch)


def _look(page: Page, path: str, as_: SignedInAs, watch: Watch) -> None:
    """Inspect the page as it opens, and once more with everything refused that its form asks for."""
    watch.expects(404, 422)
    page.goto(path.format_map(Seeds(as_)) if "{" in path else path)
    assert inspect(page) == []
    if not _sends(page):
        return
    page.evaluate("document.querySelectorAll('main .input, main [data-number]').forEach((box) => { box.value = '' })")
    steps.go_on(page)
    if page.locator("[data-error-summary], [aria-invalid=true]").count():
        assert inspect(page) == [], "with errors"


def _sends(page: Page) -> bool:
    return page.locator("main form[method=post] .button-primary:visible").count() == 1


def test_no_page_is_left_out(app: Flask) -> None:
    urls = app.url_map.bind("")
    looked_at = set()
    for _who, path in [*ON_A_TABLET, *AT_A_DESK]:
        looked_at.add(urls.match(re.sub(r"\{\w+\}", "1", path.partition("?")[0]))[0])
    pages = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert pages - looked_at - NOT_LOOKED_AT.keys() == set(), "add them above, or say why they are no page"


def test_what_is_not_looked_at_is_still_there(app: Flask) -> None:
    assert NOT_LOOKED_AT.keys() - app.view_functions.keys() == set()
