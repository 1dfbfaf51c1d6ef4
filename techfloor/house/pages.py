"""The pages of the house, and the permissions they ask for."""

from techfloor.house import (
    about,
    access_pages,
    drafts,
    finding,
    home,
    job_pages,
    policy,
    policy_pages,
    profile_pages,
    record_list,
    retention_pages,
    settings_pages,
    setup,
    trail_pages,
    verifying,
)
from techfloor.web.pages import Pages

PERMISSIONS = (
    *settings_pages.PERMISSIONS,
    *policy_pages.PERMISSIONS,
    *access_pages.PERMISSIONS,
    *retention_pages.PERMISSIONS,
    *record_list.PERMISSIONS,
    *trail_pages.PERMISSIONS,
    *job_pages.PERMISSIONS,
)
all_pages: list[Pages] = [
    home.pages,
    record_list.pages,
    job_pages.pages,
    policy.pages,
    policy_pages.pages,
    access_pages.pages,
    finding.pages,
    drafts.pages,
    verifying.pages,
    about.pages,
    setup.pages,
    settings_pages.pages,
    profile_pages.pages,
    retention_pages.pages,
    trail_pages.pages,
]
