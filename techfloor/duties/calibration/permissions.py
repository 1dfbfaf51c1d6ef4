"""Who may do what with calibrations."""

from techfloor.web.access import permission

ISSUERS = ("technician", "supervisor", "trainer", "quality", "administrator")
WRITERS = ("quality", "administrator")
INTERVALS = "calibration:intervals"
ALL = ("technician", "supervisor", "trainer", "quality", "auditor", "administrator")
PERMISSIONS = (
    permission("calibration:read", "See calibrations", *ALL),
    permission("calibration:log", "Calibrate and sign as performed", "technician", "supervisor", "quality"),
    permission("calibration:amend", "Amend signed calibrations", "technician", "supervisor", "quality"),
    permission("calibration:review", "Review calibrations", "supervisor", "quality"),
    permission("calibration:see-reviews", "See what waits for a review", "supervisor", "quality", "auditor"),
    permission("calibration:look-back", "Look back on work done with a gauge that failed", "quality"),
    permission("calibration:issue", "Issue certificates", *ISSUERS),
    permission(
        "calibration:export", "Take calibrations away in bulk", "supervisor", "quality", "auditor", "administrator"
    ),
    permission("calibration:procedures", "Put calibration procedures in force", *WRITERS),
    permission(INTERVALS, "Decide on calibration intervals", "quality"),
    permission("calibration:outside", "Send gauges out and enter certificates", "supervisor", "quality"),
)
