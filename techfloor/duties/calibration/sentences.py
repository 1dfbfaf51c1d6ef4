"""The sentences of what this duty says in rows: exceptions, deviations, holds, tasks, each by its key."""

from flask_babel import lazy_gettext as _l

from techfloor import said

SENTENCES = {
    # why a second person must look
    "calibration.failed-as-found": _l("out of tolerance as found"),
    "calibration.failed-as-left": _l("out of tolerance as left"),
    "calibration.conditional": _l("conditional verdict"),
    "calibration.not-measured": _l("a point could not be measured"),
    "calibration.corrected": _l("a reading was corrected"),
    "calibration.room": _l("the room was outside its limits"),
    "calibration.soak": _l("it had not settled beside the standard"),
    "calibration.came-held": _l("the gauge came held as out of tolerance"),
    "calibration.slip": _l("an unlikely value was confirmed"),
    "calibration.late": _l("entered late"),
    "calibration.first-use": _l("first use of this version of the procedure"),
    "calibration.not-given": _l("as found not given"),
    "calibration.answered-no": _l("answered no: %(check)s"),
    # where the work left its procedure
    "calibration.not-settled": _l("not settled beside the standard for %(minutes)s minutes"),
    "calibration.ambient-outside": _l("%(quantity)s %(value)s %(unit)s, outside %(limits)s"),
    "calibration.point-not-measured": _l("%(run)s, %(point)s: not measured, %(reason)s"),
    "calibration.discontinued": _l("Discontinued: %(reason)s"),
    "calibration.as_found": _l("as found"),
    "calibration.as_left": _l("as left"),
    # holds, and what lifted them
    "calibration.hold-failed": _l("as found, %(number)s"),
    "calibration.hold-rejected": _l("%(number)s was rejected: %(remark)s"),
    "calibration.reading-corrected": _l("the failing reading was corrected"),
    "calibration.certificate-corrected": _l("the entry of the certificate was corrected"),
    "calibration.passed": _l("passed, reviewed"),
    "calibration.passed-as-left": _l("passed as left, reviewed"),
    # tasks
    "calibration.look-back": _l("Look back on work done with %(gauge)s since its last good calibration"),
    "calibration.look-back-first": _l("Look back on all work done with %(gauge)s: no good calibration of it is known"),
    "calibration.again": _l("Calibrate %(gauge)s again: %(remark)s"),
    "calibration.looked-back": _l("%(outcome)s Looked at: %(looked)s"),
    "calibration.unaffected": _l("Nothing was affected."),
    "calibration.affected": _l("Work was affected, and is dealt with."),
    "calibration.review": _l("Review %(number)s, %(gauge)s %(name)s"),
}

said.sentences.update(SENTENCES)
