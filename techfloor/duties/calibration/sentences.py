"""The sentences of what this duty says in rows: exceptions, deviations, holds, tasks, each by its key."""

from flask_babel import lazy_gettext as _l

from techfloor import said

SENTENCES = {
    # why a second person must look
    "calibration.amended": _l("amendment of version %(version)s: %(reason)s"),
    "calibration.withdrawn": _l("version %(version)s was entered in error: %(reason)s"),
    "calibration.failed-as-found": _l("out of tolerance as found"),
    "calibration.failed-as-left": _l("out of tolerance as left"),
    "calibration.conditional": _l("conditional verdict"),
    "calibration.not-measured": _l("a point could not be measured"),
    "calibration.corrected": _l("a reading was corrected"),
    "calibration.ambient-corrected": _l("a condition of the room was corrected"),
    "calibration.reworded": _l("its words were changed before it was signed"),
    "calibration.amount": _l("%(value)s %(unit)s"),
    "calibration.room": _l("the room was outside its limits"),
    "calibration.soak": _l("it had not settled beside the standard"),
    "calibration.off-nominal": _l(
        "the certificate of %(standard)s gives %(certified)s for %(nominal)s, which is not counted"
    ),
    "calibration.scatter": _l(
        "the repeats at %(point)s scatter by %(seen)s %(unit)s, more than the %(allowed)s of the budget (1 %%)"
    ),
    "calibration.came-held": _l("the gauge came held as out of tolerance"),
    "calibration.slip": _l("an unlikely value was confirmed"),
    "calibration.transcribed": _l("transcribed from paper: compare its photo with the values"),
    "calibration.late": _l("entered late"),
    "calibration.first-use": _l("first use of this version of the procedure"),
    "calibration.small-tur": _l("the TUR is %(ratio)s at %(point)s, below %(least)s"),
    "calibration.stated-otherwise": _l("%(run)s the laboratory states %(stated)s, its results come to %(computed)s"),
    "calibration.not-given": _l("as found not given"),
    "calibration.answered-no": _l("answered no: %(check)s"),
    "calibration.measured-by": _l("measured by %(names)s"),
    "calibration.certificate-withdrawn": _l(
        "certificate %(certificate)s of %(standard)s was withdrawn on %(day)s: %(why)s"
    ),
    "calibration.certificate-withdrawn-since": _l(
        "Certificate %(certificate)s of %(standard)s, on which it rests, was withdrawn on %(day)s. "
        "Ask the plant what that means for it."
    ),
    "calibration.and": _l("%(others)s and %(last)s"),
    # where the work left its procedure
    "calibration.not-settled": _l("not settled beside the standard for %(minutes)s minutes"),
    "calibration.ambient-outside": _l("%(quantity)s %(value)s %(unit)s, outside %(limits)s"),
    "calibration.point-not-measured": _l("%(run)s, %(point)s: not measured, %(reason)s"),
    "calibration.discontinued": _l("Discontinued: %(reason)s"),
    "calibration.as_found": _l("as found"),
    "calibration.as_left": _l("as left"),
    # the interval of a gauge
    "calibration.interval-proposal": _l("%(months)s → %(better)s months: %(why)s"),
    "calibration.interval-changed": _l("%(months)s → %(better)s months"),
    "calibration.interval-kept": _l("kept as it is: %(words)s"),
    "calibration.interval-overtaken": _l("newer results say something else"),
    "calibration.old": _l("%(day)s %(number)s"),
    "event.old calibration": _l("From the old records"),
    "event.old calibration withdrawn": _l("Withdrawn from the old records"),
    "calibration.interval-failed": _l("%(number)s found it out of tolerance"),
    "calibration.interval-more": _l(
        "%(count)s more in tolerance, each after about %(months)s months, would lengthen it"
    ),
    "calibration.interval-no-errors": _l("its results say pass or fail alone, and not how much reserve there is"),
    "calibration.interval-no-reserve": _l("the last ones used up to %(share)s %% of the tolerance"),
    "calibration.interval-reserve": _l("the last %(count)s were in tolerance and used at most %(share)s %% of it"),
    "calibration.interval-longest": _l(
        "the last %(count)s used at most %(share)s %% of the tolerance, and this is the longest interval"
    ),
    "calibration.interval-none-told": _l("nothing was calibrated after about %(months)s months yet"),
    "calibration.interval-agrees": _l("%(passed)s of %(count)s in tolerance agree with the target of %(target)s %%"),
    "calibration.interval-unearned": _l(
        "all %(count)s in tolerance; %(lacking)s more without a fail would show the target of %(target)s %%"
    ),
    "calibration.interval-reliable": _l(
        "%(passed)s of %(count)s in tolerance are more than the target of %(target)s %%"
    ),
    "calibration.interval-unreliable": _l(
        "%(passed)s of %(count)s in tolerance are less than the target of %(target)s %%"
    ),
    "calibration.interval-no-line": _l(
        "there is no line yet: %(count)s calibrations since the last adjustment or fail"
    ),
    "calibration.interval-drifts-in": _l("after %(months)s months every point is expected within its limits (95 %%)"),
    "calibration.interval-drifts-just": _l(
        "after %(months)s months every point is expected within its limits (95 %%), and after more it is not known"
    ),
    "calibration.interval-drifts-out": _l(
        "after %(months)s months %(low)s to %(high)s %(unit)s is expected at %(point)s (95 %%), beyond its limits"
    ),
    "calibration.interval-drift-keeps": _l(
        "%(why)s; but after %(months)s months %(low)s to %(high)s %(unit)s is expected at %(point)s (95 %%), "
        "beyond its limits"
    ),
    "calibration.interval-due-at-once": _l(
        "%(months)s months from its last calibration are over: it is due on the day of the decision, "
        "and no use until then was late"
    ),
    # holds, and what lifted them
    "calibration.hold-failed": _l("as found, %(number)s"),
    "calibration.hold-failed-left": _l("as left, %(number)s"),
    "calibration.hold-rejected": _l("%(number)s was rejected: %(remark)s"),
    "calibration.reading-corrected": _l("the failing reading was corrected"),
    "calibration.certificate-corrected": _l("the entry of the certificate was corrected"),
    "calibration.hold-again": _l("%(number)s, which had ended this hold, was entered in error"),
    "calibration.replaced": _l("version %(version)s of %(number)s, reviewed"),
    "calibration.amendment-discontinued": _l("the amendment was discontinued"),
    "calibration.amendment-rejected": _l("the amendment was rejected"),
    "calibration.passed": _l("passed, reviewed"),
    "calibration.passed-as-left": _l("passed as left, reviewed"),
    # what stands in the signed content
    "calibration.outside-title": _l("Review of an outside certificate"),
    "calibration.withdrawal-title": _l("Withdrawal of a calibration"),
    "calibration.range": _l("%(low)s to %(high)s %(unit)s"),
    "calibration.months": _l("%(months)s months"),
    "calibration.one-month": _l("%(months)s month"),
    "calibration.standard": _l("standard"),
    "calibration.verdict-of": _l("verdict %(run)s"),
    "calibration.with-note": _l("%(value)s (%(note)s)"),
    "calibration.condition": _l("condition"),
    "calibration.follows": _l("it follows from the values"),
    "calibration.settled": _l("settled beside the standard"),
    "calibration.adjusted": _l("adjusted"),
    "calibration.adjustment": _l("what was adjusted"),
    "calibration.yes": _l("yes"),
    "calibration.no": _l("no"),
    "calibration.result-at": _l("%(run)s, %(point)s"),
    "calibration.result": _l("reading %(indication)s, reference %(reference)s, U %(u)s, k %(k)s"),
    "calibration.gauge.name": _l("name of the gauge"),
    "calibration.gauge.kind": _l("kind"),
    "calibration.gauge.serial": _l("serial"),
    "calibration.gauge.maker": _l("maker"),
    "calibration.gauge.range": _l("range"),
    "calibration.gauge.resolution": _l("resolution"),
    "calibration.paper.laboratory": _l("laboratory"),
    "calibration.paper.accreditation": _l("accreditation"),
    "calibration.paper.certificate": _l("certificate"),
    "calibration.paper.sent": _l("sent"),
    "calibration.paper.performed": _l("calibrated"),
    "calibration.paper.back": _l("back"),
    "calibration.paper.as_found": _l("states as found"),
    "calibration.paper.as_left": _l("states as left"),
    "calibration.paper.rule": _l("conformity rule"),
    "calibration.paper.uncertainty": _l("uncertainty"),
    "calibration.paper.method": _l("method"),
    "calibration.paper.environment": _l("conditions"),
    "calibration.paper.cost": _l("cost"),
    "calibration.paper.files": _l("files"),
    "calibration.paper.check": _l("check: %(check)s"),
    "calibration.reading": _l("%(run)s, %(point)s, reading %(repeat)s"),
    "calibration.not-measured-why": _l("not measured (%(reason)s)"),
    "calibration.difference": _l("difference %(value)s"),
    "calibration.both": _l("standard %(standard)s, gauge %(gauge)s"),
    "calibration.mistyped": _l("mistyped"),
    "calibration.misread the scale": _l("misread the scale"),
    "calibration.wrong point": _l("wrong point"),
    "calibration.coverage": _l(
        "The reported expanded uncertainty is the standard uncertainty multiplied by k = %(k)s, "
        "for a coverage probability of about 95 %%."
    ),
    "calibration.coverage-at-points": _l(
        "The reported expanded uncertainty is the standard uncertainty multiplied by the coverage factor k stated "
        "at each point, for a coverage probability of about 95 %%."
    ),
    "calibration.risk": _l(
        "Risk is the probability that a verdict is wrong: accepted though out of tolerance, or rejected though within. "
        "It follows from the result and its U alone, taken as normal (specific risk, ILAC-G8:09/2019; JCGM 106:2012, "
        "clause 7)."
    ),
    "calibration.complete": _l("complete and readable"),
    "calibration.damaged": _l("damaged: %(words)s"),
    "calibration.cannot-with-words": _l("%(reason)s: %(words)s"),
    "calibration.cannot.gauge damaged": _l("gauge damaged"),
    "calibration.cannot.function missing": _l("function missing"),
    "calibration.cannot.standard not available": _l("standard not available"),
    "calibration.cannot.out of reach of the set-up": _l("out of reach of the set-up"),
    # tasks
    "calibration.look-back": _l("Look back on work done with %(gauge)s since its last good calibration"),
    "calibration.look-back-checked": _l("Look back on work done with %(gauge)s since the last good check on %(day)s"),
    "calibration.look-back-first": _l("Look back on all work done with %(gauge)s: no good calibration of it is known"),
    "calibration.certificate-in-doubt": _l("Certificate %(certificate)s in doubt"),
    "calibration.look-back-certificate": _l(
        "Look back on %(number)s of %(gauge)s: certificate %(certificate)s of %(standard)s is in doubt. %(why)s"
    ),
    "calibration.look-back-held": _l(
        "Look back on %(number)s of %(gauge)s: "
        "%(standard)s, used under %(certificate)s, is held as measuring wrong. %(why)s"
    ),
    "calibration.look-back-withdrawn": _l(
        "Look back on %(number)s of %(gauge)s: certificate %(certificate)s of %(standard)s was withdrawn: %(why)s"
    ),
    "calibration.look-back-corrected": _l(
        "Look back on %(number)s of %(gauge)s: certificate %(certificate)s of %(standard)s was corrected: %(why)s"
    ),
    "calibration.again": _l("Calibrate %(gauge)s again: %(remark)s"),
    "calibration.looked-back": _l("%(outcome)s Looked at: %(looked)s"),
    "calibration.unaffected": _l("Nothing was affected."),
    "calibration.affected": _l("Work was affected, and is dealt with: %(done)s."),
    "calibration.review": _l("Review %(number)s, %(gauge)s %(name)s"),
}

# words of a field, as the code and the ready-made procedures spell them
SENTENCES |= {
    "setting.Calibration certificate (in-house, not accredited)": _l(
        "Calibration certificate (in-house, not accredited)"
    ),
    "setting.Calibration record": _l("Calibration record"),
    "direction.up": _l("upwards"),
    "direction.down": _l("downwards"),
    "goes.goes": _l("goes"),
    "goes.does not go": _l("does not go"),
    "basis.constant": _l("as it stands"),
    "basis.percent": _l("% of the reading"),
    "basis.half resolution": _l("half a digit of the gauge"),
    "basis.certificate": _l("U of the standard's certificate"),
    "basis.deviation": _l("deviation on the certificate"),
    "basis.pooled": _l("pooled s of one reading"),
    "basis.repeats": _l("s of the repeats"),
    "distribution.rectangular": _l("rectangular"),
    "distribution.normal": _l("normal"),
    "distribution.triangular": _l("triangular"),
    "distribution.arcsine": _l("U-shaped (arcsine)"),
    "origin.item": _l("gauge"),
    "origin.standard": _l("standard"),
    "origin.environment": _l("room and method"),
    "quantity.temperature": _l("temperature"),
    "quantity.humidity": _l("humidity"),
    "quantity.buffer temperature": _l("buffer temperature"),
}
# what the log of its gauge says
SENTENCES |= {
    "event.calibrated": _l("Calibrated"),
    "event.calibration amended": _l("Calibration amended"),
    "event.entered in error": _l("Calibration entered in error"),
    "event.amendment discontinued": _l("Amendment discontinued"),
    "event.look-back ended": _l("Look-back ended"),
    "event.adjusted": _l("Adjusted"),
    "event.not adjusted after all": _l("Not adjusted after all"),
    "event.calibration taken over": _l("Calibration taken over"),
    "event.calibration discontinued": _l("Calibration discontinued"),
    "event.procedure chosen": _l("Procedure chosen"),
    "calibration.taken-over": _l("%(number)s, from %(name)s"),
    "calibration.verdicts": _l("%(found)s → %(left)s"),
    "calibration.verdict.": _l("not given"),
    "calibration.verdict.pass": _l("pass"),
    "calibration.verdict.fail": _l("fail"),
    "calibration.verdict.conditional pass": _l("conditional pass"),
    "calibration.verdict.conditional fail": _l("conditional fail"),
    "calibration.verdict.incomplete": _l("incomplete"),
}

said.sentences.update(SENTENCES)
said.tellers["quantity"] = lambda quantity: said.word(quantity, "quantity")
