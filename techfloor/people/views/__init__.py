"""The pages of this room: sign-in, a person's own page, persons and devices."""

from techfloor.people.views import devices, me, persons, sign_in
from techfloor.people.views.sign_in import LEAVING, say_why_ended, sign_in_again
from techfloor.web.access import Permission, permission
from techfloor.web.pages import Pages

PERMISSIONS: tuple[Permission, ...] = (
    permission(
        "people:read",
        "See who works here, with which roles and devices",
        "supervisor",
        "trainer",
        "quality",
        "auditor",
        "administrator",
    ),
    permission("people:manage", "Add persons, give roles and badges", "administrator"),
    permission("people:unlock", "Reset locks and give one-time codes", "supervisor", "administrator"),
    permission("devices:enrol", "Enrol and revoke shared devices", "supervisor", "administrator"),
)

all_pages: list[Pages] = [sign_in.pages, me.pages, persons.pages, devices.pages]

__all__ = ["LEAVING", "PERMISSIONS", "all_pages", "say_why_ended", "sign_in_again"]
