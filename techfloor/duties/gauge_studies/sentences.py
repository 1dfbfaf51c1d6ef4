"""The sentences of what this duty says in rows and in signed content, each by its key."""

from flask_babel import lazy_gettext as _l

from techfloor import said

SENTENCES = {
    "studies.review": _l("Review %(number)s: study of %(gauge)s %(name)s"),
    "studies.given-up": _l("%(number)s: %(why)s"),
    "studies.amended": _l("replaced by version %(version)s"),
    "studies.verdict.in-error": _l("Entered in error: nothing of it counts."),
    "studies.next.in-error": _l("Study the gauge again if its figures are still wanted."),
    "studies.changed.verdict": _l("verdict"),
    "studies.changed.follows": _l("follows from what was changed"),
    "studies.changed.subject": _l("what is measured"),
    "studies.changed.tolerance": _l("tolerance"),
    "studies.changed.part": _l("true verdict of part %(part)s"),
    "studies.changed.left": _l("values of %(name)s"),
    "studies.changed.counted": _l("counted"),
    "studies.changed.counts-no-more": _l("count no more"),
    "studies.changed.value": _l("%(name)s, part %(part)s, time %(repeat)s"),
    "studies.verdict.blind": _l("Not acceptable: all readings are equal, so the gauge does not tell the parts apart."),
    "studies.verdict.good.tolerance": _l("Acceptable: gauge R&R takes %(percent)s %% of the tolerance; ndc %(ndc)s."),
    "studies.verdict.good.study": _l("Acceptable: gauge R&R is %(percent)s %% of the study variation; ndc %(ndc)s."),
    "studies.verdict.few.tolerance": _l(
        "Good for sorting to the tolerance: gauge R&R takes %(percent)s %% of it. "
        "But it tells only %(ndc)s classes of these parts apart."
    ),
    "studies.verdict.few.study": _l(
        "Gauge R&R is %(percent)s %% of the study variation, but it tells only %(ndc)s classes of these parts apart."
    ),
    "studies.verdict.marginal.tolerance": _l(
        "May be acceptable for some uses: gauge R&R takes %(percent)s %% of the tolerance, between 10 and 30 %%; "
        "ndc %(ndc)s. (AIAG MSA, 4th edition, II D)"
    ),
    "studies.verdict.marginal.study": _l(
        "May be acceptable for some uses: gauge R&R is %(percent)s %% of the study variation, between 10 and 30 %%; "
        "ndc %(ndc)s. (AIAG MSA, 4th edition, II D)"
    ),
    "studies.verdict.bad.tolerance": _l(
        "Not acceptable: gauge R&R takes %(percent)s %% of the tolerance, above 30 %%; ndc %(ndc)s. "
        "(AIAG MSA, 4th edition, II D)"
    ),
    "studies.verdict.bad.study": _l(
        "Not acceptable: gauge R&R is %(percent)s %% of the study variation, above 30 %%; ndc %(ndc)s. "
        "(AIAG MSA, 4th edition, II D)"
    ),
    "studies.next.nothing": _l("Use the gauge. Study it again after a repair or when the work changes."),
    "studies.next.resolution": _l("Take a gauge that shows finer steps, or parts that differ as the process does."),
    "studies.next.repeatability": _l(
        "Most of it is repeatability, the gauge in the hand of one appraiser: clean and repair it, hold the part in a "
        "fixture, practise how it is held, or take a gauge with finer steps."
    ),
    "studies.next.reproducibility": _l(
        "Most of it is between the appraisers: agree on where and how to measure, show it, and train."
    ),
    "studies.next.interaction": _l(
        "Appraisers differ from part to part: look in the charts which parts are measured in another way, "
        "and mark where to measure them."
    ),
    "studies.next.ranges": _l("A range is outside its limit: %(where)s. Find out what happened there first."),
    "studies.next.few": _l(
        "At least %(least)s classes are wanted. Repeat it with parts that cover the whole spread of the process; "
        "if they do, the gauge is too coarse to control the process."
    ),
    "studies.agreement.good": _l("Acceptable: every appraiser finds what is right."),
    "studies.agreement.marginal": _l("May be acceptable for some uses: %(who)s."),
    "studies.agreement.bad": _l("Not acceptable: %(who)s."),
    "studies.agreement.marginal.right": _l(
        "May be acceptable for some uses: %(who)s. Every time right on %(percent)s %% of the parts at worst; "
        "acceptable is %(limit)s %% (effectiveness, AIAG MSA, 4th edition, III C)."
    ),
    "studies.agreement.marginal.misses": _l(
        "May be acceptable for some uses: %(who)s. %(percent)s %% of the bad parts passed at worst; "
        "acceptable is %(limit)s %% (misses, AIAG MSA, 4th edition, III C)."
    ),
    "studies.agreement.marginal.alarms": _l(
        "May be acceptable for some uses: %(who)s. %(percent)s %% of the good parts failed at worst; "
        "acceptable is %(limit)s %% (false alarms, AIAG MSA, 4th edition, III C)."
    ),
    "studies.agreement.bad.right": _l(
        "Not acceptable: %(who)s. Every time right on %(percent)s %% of the parts at worst; "
        "%(limit)s %% is the least (effectiveness, AIAG MSA, 4th edition, III C)."
    ),
    "studies.agreement.bad.misses": _l(
        "Not acceptable: %(who)s. %(percent)s %% of the bad parts passed at worst; "
        "%(limit)s %% is the most (misses, AIAG MSA, 4th edition, III C)."
    ),
    "studies.agreement.bad.alarms": _l(
        "Not acceptable: %(who)s. %(percent)s %% of the good parts failed at worst; "
        "%(limit)s %% is the most (false alarms, AIAG MSA, 4th edition, III C)."
    ),
    "studies.next.mixed": _l(
        "The same part was judged in two ways by %(who)s: light, time and a sample of the limit at the place help."
    ),
    "studies.next.wrong": _l("Judged alike each time, but wrong, by %(who)s: show what counts as bad, and train."),
    "studies.next.misses": _l("Bad parts were passed: until that is better, look at them twice."),
    "studies.next.border": _l("Too many good parts were failed: agree on the limit with a sample."),
    "studies.note.pooled": _l(
        "The interaction (p = %(p)s) is above the pooling alpha of %(alpha)s and counts as repeatability."
    ),
    "studies.note.negative": _l("The variance of %(source)s came out negative and counts as 0."),
    "study-source.gauge R&R": _l("Gauge R&R"),
    "study-source.repeatability": _l("Repeatability"),
    "study-source.reproducibility": _l("Reproducibility"),
    "study-source.appraiser": _l("Appraiser"),
    "study-source.appraiser x part": _l("Appraiser × part"),
    "study-source.part": _l("Part"),
    "study-source.part x appraiser": _l("Part × appraiser"),
    "study-source.part to part": _l("Part to part"),
    "study-source.total": _l("Total"),
    "study-sort.variable": _l("Gauge R&R"),
    "study-sort.attribute": _l("Attribute agreement"),
    "study-basis.product": _l("limits of the product"),
    "study-basis.card": _l("tolerance on the gauge's card"),
    "study-call.pass": _l("Pass"),
    "study-call.fail": _l("Fail"),
    "study-correction.mistyped": _l("Mistyped"),
    "study-correction.misread": _l("Misread"),
    "study-correction.wrong part": _l("Wrong part"),
    "event.gauge study": _l("Gauge study begun"),
    "event.gauge study signed": _l("Gauge study signed"),
    "event.gauge study given up": _l("Gauge study given up"),
    "event.gauge study amended": _l("Gauge study amended"),
    "event.gauge study entered in error": _l("Gauge study entered in error"),
    "event.gauge study amendment given up": _l("Amendment of a gauge study given up"),
}

said.sentences.update(SENTENCES)
