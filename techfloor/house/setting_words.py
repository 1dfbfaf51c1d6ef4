"""The settings of the plant profile in words, and what is never a setting."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from techfloor.places.rules import WHOLE_NUMBERS
from techfloor.said import sentences, word

GROUPS = (
    (
        _l("When a gauge falls due"),
        ("calibration.due_day", "calibration.grace_days", "gate.gauge_overdue"),
    ),
    (
        _l("Intervals"),
        ("calibration.interval_method", "calibration.interval_target"),
    ),
    (
        _l("Review and release of a calibration"),
        ("signatures.calibration_review", "signatures.reviewer", "signatures.gauge_usable"),
    ),
    (
        _l("The certificate"),
        ("calibration.document_title", "calibration.certificate", "calibration.due_date_on_certificate"),
    ),
    (
        _l("Risks"),
        ("calibration.risk_of_each_result",),
    ),
    (
        _l("Retention"),
        ("retention.records_years",),
    ),
    (
        _l("People and tablets"),
        (
            "people.idle_lock_minutes",
            "people.pin_expires_days",
            "people.access_review_months",
            "people.administrator_may_hold_record_roles",
        ),
    ),
)
"""What a plant may change in this version, by theme, what it is likely to change first."""

SAME_EVERYWHERE = ("gate.equipment_held", "gate.gauge_held_or_out_of_tolerance", "calibration.live_verdict_as_found")
"""Settings with one value, in every profile."""

TITLES = {
    "people.several_roles_per_person": _l("One person may hold several roles"),
    "people.administrator_may_hold_record_roles": _l("An administrator may also make records"),
    "people.idle_lock_minutes": _l("Minutes until an unused tablet locks"),
    "people.pin_expires_days": _l("Days after which a PIN must be changed, 0 for never"),
    "people.access_review_months": _l("Months until who may come in is reviewed again, 0 for never"),
    "signatures.calibration_performed": _l("What signs a calibration as performed"),
    "signatures.calibration_review": _l("Which calibrations a second look reviews"),
    "signatures.reviewer": _l("Who reviews: the performer may, or a second person must"),
    "signatures.gauge_usable": _l("When a calibrated gauge may be used again"),
    "signatures.setup_release": _l("Who releases a set-up"),
    "signatures.line_clearance_persons": _l("Persons who clear a line"),
    "signatures.step_signatures": _l("Which steps are signed one by one"),
    "signatures.sop_approval": _l("Who approves an operating procedure"),
    "signatures.return_to_service": _l("Who returns equipment to service"),
    "reasons.correct_before_next": _l("Reason asked before Next is pressed"),
    "reasons.correct_before_signing": _l("Reason asked before the record is signed"),
    "reasons.amend_after_signing": _l("Reason asked after the record is signed"),
    "calibration.decision_rule": _l("Decision rule where a procedure names none"),
    "calibration.uncertainty": _l("Uncertainty of the results"),
    "calibration.live_verdict_as_found": _l("When the verdict of an as-found reading shows"),
    "calibration.due_day": _l("Day on which a gauge falls due"),
    "calibration.grace_days": _l("Days of grace after the due day"),
    "calibration.interval_method": _l("How another interval of a gauge is proposed"),
    "calibration.interval_target": _l("Per cent of gauges that are to be found in tolerance"),
    "calibration.certificate": _l("When the certificate is made"),
    "calibration.due_date_on_certificate": _l("The next due date stands on the certificate"),
    "calibration.risk_of_each_result": _l("The risk of a wrong verdict is said of each result, and of each procedure"),
    "calibration.document_title": _l("Title of the document"),
    "calibration.environment": _l("When the conditions of the room are asked for"),
    "gate.equipment_in_service": _l("Equipment that is not in service"),
    "gate.equipment_held": _l("Equipment on hold"),
    "gate.gauge_held_or_out_of_tolerance": _l("A gauge on hold or out of tolerance"),
    "gate.gauge_overdue": _l("A gauge overdue for calibration"),
    "gate.gauge_right_for_the_job": _l("A gauge too coarse or too short for the job"),
    "gate.document_effective": _l("A document that is not in force"),
    "gate.person_qualified": _l("A person not qualified for the work"),
    "gate.setup_current": _l("A set-up that is not current"),
    "gate.line_cleared": _l("A line that is not cleared"),
    "gate.override": _l("Who may go on in spite of a block"),
    "retention.records_years": _l("Years to keep records, as the page Retention suggests"),
}

PROFILE_TITLES = {"small": _l("Small"), "iso9001": _l("ISO 9001"), "regulated": _l("Regulated")}

PROFILE_WORDS = {
    "small": _l("One to ten people: one person may do, check and release, and the record says so."),
    "iso9001": _l("A second person releases and reviews what stands out; an overdue gauge is blocked."),
    "regulated": _l("Another person reviews every record, and an administrator makes none."),
}

NEVER_SETTINGS = (
    _l("Every change of a record is written into the trail."),
    _l("A signed record never changes; what is wrong with it is said in a new version."),
    _l("As-found readings are kept."),
    _l("A gauge found out of tolerance is held."),
    _l("A lock-out cannot be overridden."),
    _l("The secret is asked at each signature."),
)

NOT_USED_YET = frozenset(
    {
        "signatures.setup_release",
        "signatures.line_clearance_persons",
        "signatures.step_signatures",
        "signatures.sop_approval",
        "signatures.return_to_service",
        "people.several_roles_per_person",
        "signatures.calibration_performed",
        "reasons.correct_before_next",
        "reasons.correct_before_signing",
        "reasons.amend_after_signing",
        "calibration.decision_rule",
        "calibration.uncertainty",
        "calibration.environment",
        "gate.equipment_in_service",
        "gate.gauge_right_for_the_job",
        "gate.document_effective",
        "gate.person_qualified",
        "gate.setup_current",
        "gate.line_cleared",
        "gate.override",
    }
)
"""Settings of duties that this version does not have; the page says so beside them."""


sentences |= {
    "setting.staircase": _l("staircase"),
    "setting.reliability": _l("reliability"),
    "setting.drift": _l("drift"),
    "setting.after Next": _l("after Next"),
    "setting.always": _l("always"),
    "setting.at review": _l("at review"),
    "setting.author and one other": _l("author and one other"),
    "setting.author, area, quality": _l("author, area, quality"),
    "setting.block": _l("block"),
    "setting.end of month": _l("end of month"),
    "setting.every": _l("every"),
    "setting.exact day": _l("exact day"),
    "setting.exceptions": _l("exceptions"),
    "setting.from the ready-made procedure": _l("from the ready-made procedure"),
    "setting.guard band U where TUR is below 4": _l("guard band U where TUR is below 4"),
    "setting.minor: performer, major: supervisor": _l("minor: performer, major: supervisor"),
    "setting.none": _l("none"),
    "setting.off": _l("off"),
    "setting.on demand": _l("on demand"),
    "setting.one tap": _l("one tap"),
    "setting.one tap plus words for critical steps": _l("one tap plus words for critical steps"),
    "setting.one, may be the author, printed as such": _l("one, may be the author, printed as such"),
    "setting.optional": _l("optional"),
    "setting.performer": _l("performer"),
    "setting.pin": _l("pin"),
    "setting.required": _l("required"),
    "setting.second person": _l("second person"),
    "setting.second person, may sign from another device": _l("second person, may sign from another device"),
    "setting.self, with reason, reviewed next working day": _l("self, with reason, reviewed next working day"),
    "setting.simple": _l("simple"),
    "setting.supervisor and quality": _l("supervisor and quality"),
    "setting.supervisor, may sign from another device": _l("supervisor, may sign from another device"),
    "setting.warn": _l("warn"),
    "setting.when performed": _l("when performed"),
    "setting.when reviewed": _l("when reviewed"),
    "setting.when the procedure asks": _l("when the procedure asks"),
    "setting.where the template says": _l("where the template says"),
    "setting.words": _l("words"),
}


def value_words(value: object) -> str:
    """Return the value of a setting in words."""
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    return word(str(value), "setting")


def in_use() -> list[str]:
    """Return the keys of the settings that this version follows and a plant may change."""
    return [key for _title, found in GROUPS for key in found]


def limits_words(key: str) -> str:
    """Return the limits of a whole number in words, '' for a setting that has choices."""
    if key not in WHOLE_NUMBERS:
        return ""
    lowest, highest = WHOLE_NUMBERS[key]
    return str(_("A whole number from %(lowest)s to %(highest)s.", lowest=lowest, highest=highest))
