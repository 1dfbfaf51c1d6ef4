"""Who may do what with checks in use."""

from techfloor.web.access import permission

ISSUERS = ("technician", "supervisor", "trainer", "quality", "administrator")
ALL = ("technician", "supervisor", "trainer", "quality", "auditor", "administrator")
PERMISSIONS = (
    permission("checks:read", "See the checks in use of gauges", *ALL),
    permission("checks:log", "Check gauges in use", "technician", "supervisor", "trainer", "quality"),
    permission("checks:set-up", "Set up and end the checks of gauges", "quality"),
    permission("checks:review", "Review a month of checks", "supervisor", "quality"),
    permission("checks:decide", "Look at gauges that failed a check", "quality"),
    permission("checks:issue", "Make the PDF of a month of checks", *ISSUERS),
)
