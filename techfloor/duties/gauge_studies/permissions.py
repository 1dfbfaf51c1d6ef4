"""Who may do what with gauge studies."""

from techfloor.web.access import permission

ISSUERS = ("technician", "supervisor", "trainer", "quality", "administrator")
ALL = ("technician", "supervisor", "trainer", "quality", "auditor", "administrator")
APPRAISERS = ("technician", "supervisor", "trainer", "quality")
EVALUATORS = ("supervisor", "quality")
AMEND = "studies:amend"
PERMISSIONS = (
    permission("studies:read", "See gauge studies", *ALL),
    permission("studies:measure", "Measure in gauge studies", *APPRAISERS),
    permission("studies:set-up", "Set up, end and sign gauge studies", *EVALUATORS),
    permission(AMEND, "Amend signed gauge studies", *EVALUATORS),
    permission("studies:review", "Review gauge studies", *EVALUATORS),
    permission("studies:issue", "Make the PDF of a gauge study", *ISSUERS),
)
