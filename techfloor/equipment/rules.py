"""May this gauge be used today, is this standard valid on that day: the answers, with the way to mend each no."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from techfloor.equipment.statuses import Status
from techfloor.measures.due import days_left
from techfloor.refusals import Refusal

HOLD_REASONS = ("out of tolerance", "damaged", "missing", "safety", "other")
OUT_OF_TOLERANCE = "out of tolerance"


@dataclass(frozen=True)
class Objection:
    """A reason against using something: `message` is a whole sentence with %(name)s places that `parameters` fill.

    `wording.told` says it to people, what code said among the parameters in words too. One that does not `block` is a
    warning: the work may start, and the exception is shown. `mend_url` is the page that mends it.
    """

    message: str
    mend_url: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    blocks: bool = True

    def refusal(self, at: str | None = None) -> Refusal:
        """Turn it into a refusal for the field named `at`."""
        return Refusal(self.message, field=at, **self.parameters)


def objection(message: str, mend_url: str | None, blocks: bool = True, /, **parameters: str) -> Objection:
    """Write an objection; `message` has a %(name)s for each parameter."""
    return Objection(message, mend_url, parameters, blocks)


@dataclass(frozen=True)
class HoldFact:
    """An open hold, as a rule needs it."""

    reason: str
    words: str


@dataclass(frozen=True)
class GaugeFacts:
    """What decides whether a gauge may be used; `due` is None while it was never calibrated."""

    code: str
    status: str
    holds: tuple[HoldFact, ...] = ()
    due: date | None = None
    limited_use: str = ""
    sent_on: date | None = None
    expected_back: date | None = None


@dataclass(frozen=True)
class UsePolicy:
    """What the plant's profile says of an overdue gauge: off, warn or block, and the days of grace."""

    overdue: str = "block"
    grace_days: int = 0


def use_policy(profile: Mapping[str, object] | object) -> UsePolicy:
    """Read the policy from a plant profile, by its "section.key" names."""
    return UsePolicy(str(profile["gate.gauge_overdue"]), int(str(profile["calibration.grace_days"])))  # type: ignore[index]


def plant_day(at: datetime, zone: str) -> date:
    """Give the day it is at the plant: a due day ends at 24:00 there, not in UTC."""
    return at.astimezone(ZoneInfo(zone)).date()


def day_text(day: date) -> str:
    """Write a day as people read it: 4 Mar 2027."""
    return f"{day.day} {day:%b} {day.year}"


def usable(facts: GaugeFacts, today: date, policy: UsePolicy) -> list[Objection]:
    """List what speaks against using a gauge today, hardest first; an empty list means it may be used."""
    found = [*_of_status(facts), *(held(facts.code, hold) for hold in facts.holds), *_of_due(facts, today, policy)]
    if facts.limited_use and facts.status in {Status.IN_USE, Status.LIMITED_USE}:
        message = "%(code)s is for limited use: %(words)s."
        found.append(objection(message, None, False, code=facts.code, words=facts.limited_use.rstrip(". ")))
    return found


work_pages: dict[str, Callable[[str], str]] = {}
"""Where a kind of work on a piece of equipment is done, by its code; the duties' manifests give it."""


def gauge_page(code: str) -> str:
    """Give the address of a gauge's page where it is calibrated; its own while no duty calibrates."""
    return work_pages.get("calibration", equipment_page)(code)


TRACEABILITY = "traceability"


def trace_page(code: str) -> str:
    """Give the address of what stands behind a piece of equipment; '' while no duty traces it."""
    page = work_pages.get(TRACEABILITY)
    return page(code) if page is not None else ""


def equipment_page(code: str) -> str:
    """Give the address of a piece of equipment's page."""
    return f"/equipment/{code}"


_STATUS_WORDS: dict[str, str] = {
    Status.RETIRED: "%(code)s is retired. Choose another gauge.",
    Status.LOST: "%(code)s is reported lost. Report it found, or choose another gauge.",
    Status.SPARE: "%(code)s is a spare. Put it in use first.",
    Status.INDICATION_ONLY: "%(code)s is for indication only. Choose a calibrated gauge.",
    Status.CALIBRATE_BEFORE_USE: "%(code)s must be calibrated before use. Calibrate it now.",
}


def _of_status(facts: GaugeFacts) -> list[Objection]:
    if facts.status == Status.SENT_OUT:
        return [_sent_out(facts)]
    words = _STATUS_WORDS.get(facts.status)
    if words is None:
        return []
    to_calibration = facts.status == Status.CALIBRATE_BEFORE_USE
    page = gauge_page(facts.code) if to_calibration else equipment_page(facts.code)
    return [objection(words, page, code=facts.code)]


def _sent_out(facts: GaugeFacts) -> Objection:
    page = equipment_page(facts.code)
    if facts.expected_back is None:
        return objection("%(code)s is at the laboratory. Choose another gauge.", page, code=facts.code)
    return objection(
        "%(code)s is at the laboratory until %(day)s. Choose another gauge.",
        page,
        code=facts.code,
        day=day_text(facts.expected_back),
    )


# Whole sentences, so that each can be translated as one.
_HELD = {
    OUT_OF_TOLERANCE: "%(code)s is held: out of tolerance. It returns when it passes as left and that is reviewed.",
    "damaged": "%(code)s is held: damaged. Have it repaired, then a supervisor or quality lifts the hold.",
    "missing": "%(code)s is held: missing. Find it, then a supervisor or quality lifts the hold.",
    "safety": "%(code)s is held: safety. Make it safe, then a supervisor or quality lifts the hold.",
    "other": "%(code)s is held: other. A supervisor or quality lifts the hold.",
}
_HELD_WITH_WORDS = {
    OUT_OF_TOLERANCE: (
        "%(code)s is held: out of tolerance, %(words)s. It returns when it passes as left and that is reviewed."
    ),
    "damaged": "%(code)s is held: damaged, %(words)s. Have it repaired, then a supervisor or quality lifts the hold.",
    "missing": "%(code)s is held: missing, %(words)s. Find it, then a supervisor or quality lifts the hold.",
    "safety": "%(code)s is held: safety, %(words)s. Make it safe, then a supervisor or quality lifts the hold.",
    "other": "%(code)s is held: other, %(words)s. A supervisor or quality lifts the hold.",
}


def held(code: str, hold: HoldFact) -> Objection:
    """Say that a gauge is held, why, and what ends the hold."""
    page = gauge_page(code) if hold.reason == OUT_OF_TOLERANCE else equipment_page(code)
    if not hold.words:
        return objection(_HELD[hold.reason], page, code=code)
    return objection(_HELD_WITH_WORDS[hold.reason], page, code=code, words=hold.words.rstrip(". "))


_HELD_STANDARD = "%(code)s is held: out of tolerance. Its next certificate returns it, or quality lifts the hold."
_HELD_STANDARD_WITH_WORDS = (
    "%(code)s is held: out of tolerance, %(words)s. Its next certificate returns it, or quality lifts the hold."
)


def _held_standard(code: str, hold: HoldFact) -> Objection:
    """Say the same of a standard: it is not calibrated here, its next certificate returns it."""
    if hold.reason != OUT_OF_TOLERANCE:
        return held(code, hold)
    page = equipment_page(code)
    if not hold.words:
        return objection(_HELD_STANDARD, page, code=code)
    return objection(_HELD_STANDARD_WITH_WORDS, page, code=code, words=hold.words.rstrip(". "))


_NO_DATE = frozenset({Status.IN_USE, Status.SPARE, Status.LIMITED_USE})


def _of_due(facts: GaugeFacts, today: date, policy: UsePolicy) -> list[Objection]:
    """An indicator needs no date, and a gauge that must be calibrated first says so already."""
    if policy.overdue == "off" or facts.status not in _NO_DATE:
        return []
    page, blocks = gauge_page(facts.code), policy.overdue != "warn"
    if facts.due is None:
        words = "%(code)s has not been calibrated yet. Calibrate it now."
        return [objection(words, page, blocks, code=facts.code)]
    late = -days_left(facts.due, today)
    if late <= 0:
        return []
    last = facts.due + timedelta(days=policy.grace_days)
    if late <= policy.grace_days:
        words = "%(code)s was due on %(day)s; grace ends on %(last)s. Calibrate it soon."
        return [objection(words, page, False, code=facts.code, day=day_text(facts.due), last=day_text(last))]
    words = "%(code)s was due on %(day)s, %(late)s days ago. Calibrate it now."
    if late == 1:
        words = "%(code)s was due on %(day)s, 1 day ago. Calibrate it now."
    return [objection(words, page, blocks, code=facts.code, day=day_text(facts.due), late=str(late))]


@dataclass(frozen=True)
class StandardFacts:
    """What decides, beside its certificate, whether a standard may be used."""

    code: str
    status: str = Status.IN_USE
    reference_material: bool = False
    opened_use_days: int | None = None


@dataclass(frozen=True)
class CertificateFacts:
    """A certificate of a standard, or a lot of a reference material with the day its bottle was opened."""

    number: str
    issued: date
    valid_until: date
    opened: date | None = None


def standard_valid(
    certificate: CertificateFacts | None, standard: StandardFacts, day: date, holds: Sequence[HoldFact] = ()
) -> list[Objection]:
    """List what speaks against resting a calibration of `day` on a standard; an empty list means it is valid."""
    found = [*_standard_status(standard), *(_held_standard(standard.code, hold) for hold in holds)]
    if certificate is None:
        words = "%(code)s has no certificate for %(day)s. Add one or choose another standard."
        page = f"{equipment_page(standard.code)}/certificates/new"
        return [*found, objection(words, page, code=standard.code, day=day_text(day))]
    if standard.reference_material:
        return [*found, *_lot(certificate, standard, day)]
    return [*found, *_certificate(certificate, standard, day)]


def _standard_status(standard: StandardFacts) -> list[Objection]:
    words = {
        Status.PLANNED: "%(code)s is not in service yet. Choose another standard.",
        Status.QUALIFYING: "%(code)s is not in service yet. Choose another standard.",
        Status.RETIRED: "%(code)s is retired. Choose another standard.",
        Status.SENT_OUT: "%(code)s is at the laboratory. Receive it or choose another standard.",
    }.get(Status(standard.status))
    return [objection(words, equipment_page(standard.code), code=standard.code)] if words else []


def _certificate(certificate: CertificateFacts, standard: StandardFacts, day: date) -> list[Objection]:
    page = equipment_page(standard.code)
    named = {"code": standard.code, "number": certificate.number}
    if day < certificate.issued:
        words = "%(code)s: its certificate %(number)s holds from %(day)s only. Choose another standard."
        return [objection(words, page, day=day_text(certificate.issued), **named)]
    if day > certificate.valid_until:
        words = (
            "%(code)s: its certificate %(number)s ended on %(day)s. Send it for calibration or choose another standard."
        )
        return [objection(words, page, day=day_text(certificate.valid_until), **named)]
    return []


def _lot(lot: CertificateFacts, standard: StandardFacts, day: date) -> list[Objection]:
    page = equipment_page(standard.code)
    named = {"code": standard.code, "lot": lot.number if lot.number.startswith("lot ") else f"lot {lot.number}"}
    found = []
    if day > lot.valid_until:
        words = "%(code)s: %(lot)s expired on %(day)s. Open a new lot or choose another standard."
        found.append(objection(words, page, day=day_text(lot.valid_until), **named))
    if standard.opened_use_days is None:
        return found
    if lot.opened is None:
        words = "%(code)s: nobody has entered when %(lot)s was opened. Enter the day on its page."
        return [*found, objection(words, page, **named)]
    last = lot.opened + timedelta(days=standard.opened_use_days)
    if day > last:
        words = (
            "%(code)s: %(lot)s was opened on %(opened)s and was good until %(last)s. "
            "Open a new bottle or choose another standard."
        )
        found.append(objection(words, page, opened=day_text(lot.opened), last=day_text(last), **named))
    return found
