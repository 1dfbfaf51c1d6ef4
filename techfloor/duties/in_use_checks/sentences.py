"""The sentences of what this duty says in rows: holds, tasks, cautions, each by its key."""

from flask_babel import lazy_gettext as _l

from techfloor import said

SENTENCES = {
    "checks.failed": _l("in-use check with %(what)s: %(value)s, limits %(limits)s, tried twice"),
    "checks.corrected": _l("the value of the check was corrected: %(value)s"),
    "checks.changed": _l("check of %(at)s"),
    "checks.refrozen": _l("a value that made the limits was corrected"),
    "checks.in-error": _l("the check was entered in error"),
    "checks.look": _l("%(gauge)s failed its check in use and is held: calibrate it, or lift the hold"),
    "checks.accept": _l("%(gauge)s stays held, %(what)s: lift the hold if that holds, or calibrate it"),
    "checks.good": _l("%(value)s with %(what)s, limits %(limits)s"),
    "checks.caution.Western Electric 1": _l(
        "within its limits, but beyond what is usual for this gauge. Clean it and look at the chart."
    ),
    "checks.caution.Western Electric 4": _l(
        "within its limits, but eight values in a row lie on one side: it drifts. Tell quality."
    ),
    "checks.set-up": _l("%(what)s, %(limits)s, %(every)s"),
    "checks.ended": _l("no check in use any more"),
    "every.each shift": _l("each shift"),
    "every.each day": _l("each day"),
    "every.each week": _l("each week"),
    "every.before use": _l("before use"),
    "applied.standard": _l("a standard"),
    "applied.check piece": _l("a check piece of our own"),
    "applied.fixed point": _l("a fixed point, such as ice"),
    "check-outcome.pass": _l("Good"),
    "check-outcome.fail": _l("Outside"),
    "check-outcome.not used": _l("Not used"),
    "check-outcome.in error": _l("Entered in error"),
    "check-skipped.not in use": _l("The gauge was not in use"),
    "check-skipped.away": _l("The gauge is away: at a laboratory or in repair"),
    "check-skipped.nothing to apply": _l("What is to be applied is not here"),
    "checks.skipped.not in use": _l("skipped: the gauge was not in use"),
    "checks.skipped.away": _l("skipped: the gauge was at a laboratory or in repair"),
    "checks.skipped.nothing to apply": _l("skipped: what is to be applied was not there"),
    "check-correction.done twice": _l("Done twice"),
    "check-correction.only tried": _l("Only tried"),
    "check-correction.mistyped": _l("Mistyped"),
    "check-correction.misread": _l("Misread"),
    "check-correction.wrong piece": _l("Wrong piece"),
    "check-correction.wrong gauge": _l("Wrong gauge"),
    "event.check set up": _l("Check in use set up"),
    "event.check corrected": _l("Check in use corrected"),
    "event.check ended": _l("Check in use ended"),
}

said.sentences.update(SENTENCES)
