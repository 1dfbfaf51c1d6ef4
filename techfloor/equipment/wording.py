"""The words and signs of equipment on the screen: a status is always a symbol, a word and a colour."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l

from techfloor.equipment.rules import Objection
from techfloor.equipment.statuses import Deed, Kind, Status
from techfloor.measures.due import days_left
from techfloor.said import in_words, parameters_in_words, read, sentences, word


@dataclass(frozen=True)
class Sign:
    """A status as the page shows it; `look` names the part: pass, fail, hold, caution, info or waiting."""

    look: str
    words: str


@dataclass(frozen=True)
class DeedWords:
    """A deed on its button, over its form, the question it asks, and what it said when done."""

    button: Any
    title: Any
    question: Any
    done: Any
    hint: Any = ""


KIND_WORDS = {
    Kind.MACHINE: (_l("Machine"), _l("Machines")),
    Kind.GAUGE: (_l("Gauge"), _l("Gauges")),
    Kind.STANDARD: (_l("Standard"), _l("Standards")),
}

STATUS_SIGNS: dict[str, tuple[str, Any]] = {
    Status.PLANNED: ("waiting", _l("Planned")),
    Status.QUALIFYING: ("info", _l("Being set up")),
    Status.IN_SERVICE: ("pass", _l("In service")),
    Status.IN_USE: ("pass", _l("In use")),
    Status.SPARE: ("info", _l("Spare")),
    Status.SENT_OUT: ("info", _l("Sent out")),
    Status.LIMITED_USE: ("caution", _l("Limited use")),
    Status.INDICATION_ONLY: ("caution", _l("Indication only")),
    Status.CALIBRATE_BEFORE_USE: ("caution", _l("Calibrate before use")),
    Status.LOST: ("fail", _l("Lost")),
    Status.RETIRED: ("waiting", _l("Retired")),
}

HOLD_WORDS = {
    "out of tolerance": _l("Held: measures wrong"),
    "damaged": _l("Held: damaged"),
    "missing": _l("Held: missing"),
    "safety": _l("Held: not safe"),
    "other": _l("Held"),
}

_WHY = _l("Why?")
_REMARK = _l("Remark")
DEED_WORDS: dict[Deed, DeedWords] = {
    Deed.PUT_IN_USE: DeedWords(_l("Put in use"), _l("Put %(code)s in use"), _REMARK, _l("%(code)s is in use.")),
    Deed.STORE: DeedWords(_l("Put in store"), _l("Put %(code)s in store"), _REMARK, _l("%(code)s is a spare now.")),
    Deed.SEND_OUT: DeedWords(
        _l("Send out"), _l("Send %(code)s to the laboratory"), _l("Laboratory and order"), _l("%(code)s is sent out.")
    ),
    Deed.RECEIVE: DeedWords(
        _l("Receive"),
        _l("Receive %(code)s from the laboratory"),
        _REMARK,
        _l("%(code)s is back. Read its certificate."),
    ),
    Deed.LIMIT: DeedWords(
        _l("Limit its use"),
        _l("Limit the use of %(code)s"),
        _l("What may it be used for?"),
        _l("%(code)s is for limited use."),
        _l("Like: saw cuts only, tolerance 1.0 mm or wider."),
    ),
    Deed.UNLIMIT: DeedWords(
        _l("End limited use"),
        _l("End the limited use of %(code)s"),
        _WHY,
        _l("%(code)s must be calibrated before it is used again."),
        _l("It must be calibrated before it is used again."),
    ),
    Deed.INDICATION_ONLY: DeedWords(
        _l("Indication only"),
        _l("Use %(code)s for indication only"),
        _WHY,
        _l("%(code)s is for indication only."),
        _l("It will not be calibrated, and no reading that decides may come from it."),
    ),
    Deed.REPORT_LOST: DeedWords(
        _l("Report lost"), _l("Report %(code)s lost"), _l("Where was it last?"), _l("%(code)s is reported lost.")
    ),
    Deed.REPORT_FOUND: DeedWords(
        _l("Report found"),
        _l("Report %(code)s found"),
        _l("Where was it, and how does it look?"),
        _l("%(code)s is found. Calibrate it before use."),
        _l("It must be calibrated before it is used again."),
    ),
    Deed.QUALIFY: DeedWords(
        _l("Start set-up"), _l("Set up and test %(code)s"), _REMARK, _l("%(code)s is being set up.")
    ),
    Deed.PUT_IN_SERVICE: DeedWords(
        _l("Put in service"),
        _l("Put %(code)s in service"),
        _l("What shows that it is ready?"),
        _l("%(code)s is in service."),
    ),
    Deed.RETIRE: DeedWords(
        _l("Retire"),
        _l("Retire %(code)s"),
        _WHY,
        _l("%(code)s is retired. Its records stay."),
        _l("Its records stay. Its code is never given again."),
    ),
    Deed.REINSTATE: DeedWords(_l("Bring back"), _l("Bring %(code)s back"), _WHY, _l("%(code)s is back.")),
}

_HOLD_REASONS = {
    "out of tolerance": _l("measures wrong"),
    "damaged": _l("damaged"),
    "missing": _l("missing"),
    "safety": _l("not safe"),
    "other": _l("other reason"),
}

# What the log of a piece of equipment says, beside words that were typed.
sentences |= {f"equipment.{status}": words for status, (_look, words) in STATUS_SIGNS.items()}
sentences |= {f"equipment.reason.{reason}": words for reason, words in _HOLD_REASONS.items()}
sentences |= {
    "equipment.why": _l("%(reason)s: %(words)s"),
    "equipment.with-words": _l("%(said)s: %(words)s"),
    "equipment.status": _l("%(before)s → %(after)s"),
    "equipment.moved": _l("%(before)s → %(after)s"),
    "equipment.no-place": _l("no fixed place"),
    "equipment.back": _l("expected back %(day)s"),
    "equipment.due": _l("%(work)s: %(day)s"),
    "equipment.work.calibration": _l("Calibration"),
    "equipment.work.in-use check": _l("In-use check"),
    "equipment.certificate": _l("%(number)s, %(laboratory)s, until %(day)s"),
    "equipment.opened": _l("%(number)s, %(day)s"),
    "equipment.corrected": _l("%(words)s (%(changed)s)"),
    "equipment.differs.value": _l("value of %(nominal)s: %(before)s → %(after)s"),
    "equipment.differs.u": _l("U of %(nominal)s: %(before)s → %(after)s"),
    "equipment.differs.uncertainty": _l("U: %(before)s → %(after)s"),
    "equipment.differs.more": _l("and %(count)s more"),
    "equipment.differs.issued": _l("issued: %(before)s → %(after)s"),
    "equipment.differs.valid-until": _l("valid until: %(before)s → %(after)s"),
    # What ended a hold by itself.
    "equipment.new-certificate": _l("certificate %(number)s"),
    "equipment.changed": _l("%(names)s"),
    "equipment.field-changed": _l("%(field)s: %(before)s → %(after)s"),
    "equipment.of-function": _l("%(function)s, %(changed)s"),
    "equipment.u-of-reading": _l("%(percent)s %% of reading (k = %(k)s)"),
    "equipment.u-by-value": _l("value by value (k = %(k)s)"),
    "equipment.field.name": _l("name"),
    "equipment.field.maker": _l("maker"),
    "equipment.field.serial": _l("serial number"),
    "equipment.field.area": _l("area"),
    "equipment.field.station": _l("station"),
    "equipment.field.part_of": _l("built into"),
    "equipment.field.acquired": _l("day it was bought"),
    "equipment.field.note": _l("note"),
    "equipment.field.availability": _l("availability"),
    "equipment.field.kind": _l("kind"),
    "equipment.field.procedure": _l("procedure"),
    "equipment.field.point_set": _l("points"),
    "equipment.field.interval_months": _l("interval (months)"),
    "equipment.field.limited_use": _l("limited use"),
    "equipment.field.in_use_check": _l("check in use"),
    "equipment.field.calibrated_by": _l("calibrated by"),
    "equipment.field.functions": _l("functions"),
    "equipment.field.reads_to": _l("steps of readings"),
    "equipment.field.tolerance": _l("tolerance"),
    "equipment.field.quantity": _l("quantity"),
    "equipment.field.unit": _l("unit"),
    "equipment.field.resolution": _l("resolution"),
    "equipment.field.low": _l("lowest value"),
    "equipment.field.high": _l("highest value"),
    "equipment.field.reference_material": _l("reference material"),
    "equipment.field.opened_use_days": _l("days of use after opening"),
}
# What happened, one word or two; a duty adds its own.
sentences |= {
    "event.entered": _l("Entered"),
    "event.changed": _l("Changed"),
    "event.changed since it was calibrated": _l("Changed since it was calibrated"),
    "event.moved": _l("Moved"),
    "event.held": _l("Held"),
    "event.hold lifted": _l("Hold lifted"),
    "event.due moved": _l("Due moved"),
    "event.due put back": _l("Due put back"),
    "event.due ended": _l("Due no more"),
    "event.certificate": _l("Certificate"),
    "event.opened": _l("Opened"),
    "event.certificate corrected": _l("Certificate corrected"),
    "event.certificate withdrawn": _l("Certificate withdrawn"),
}

_EVENT_LOOKS = {"held": "hold", "hold lifted": "pass", "entered": "info", "certificate": "pass", "due moved": "waiting"}
_EVENT_LOOKS |= {"changed since it was calibrated": "caution"}
_EVENT_LOOKS |= {"certificate corrected": "caution", "certificate withdrawn": "caution"}


def signs(status: str, hold: str, due: date | None, today: date, *, dated: bool) -> list[Sign]:
    """Say how something stands, hardest first; `dated` equipment shows that it is late or was never calibrated.

    What is held or late does not also shine green.
    """
    found = [Sign("hold", str(HOLD_WORDS[hold]))] if hold else []
    if dated and status in {Status.IN_USE, Status.LIMITED_USE, Status.SPARE}:
        found.extend(_of_due(due, today))
    look, words = STATUS_SIGNS[status]
    if not (found and look == "pass"):
        found.append(Sign(look, str(words)))
    return found


@dataclass(frozen=True)
class Standing:
    """What the label of today says: look and title of a status, whether a due day counts, and words below."""

    look: str
    title: str
    dated: bool
    words: str = ""


@dataclass(frozen=True)
class Dated:
    """The day on which something falls due, and whether it is known when it was calibrated."""

    due: date
    known: bool


_OUT_OF_SERVICE = frozenset({Status.RETIRED, Status.LOST, Status.SENT_OUT})


def standing(
    kind: str, status: str, hold: tuple[str, str] | None, dated: Dated | None, limited_use: str, today: date
) -> Standing:
    """Say how equipment stands, as its label shouts it; `hold` is (reason, words) of the hold that counts.

    A check mark stands beside a day to come alone, and where it is known when it was calibrated.
    """
    if hold:
        reason, words = str(_HOLD_REASONS[hold[0]]), in_words(hold[1])
        return Standing("hold", str(HOLD_WORDS["other"]), dated=False, words=f"{reason}: {words}" if words else reason)
    look, words = STATUS_SIGNS[status]
    if dated is not None and dated.due < today and (look == "pass" or status == Status.LIMITED_USE):
        return Standing("fail", str(gettext("Overdue")), dated=True, words=limited_use)
    if status in _OUT_OF_SERVICE:
        return Standing("fail", str(gettext("Out of service")), dated=False, words=str(words))
    if look == "caution" or kind == Kind.MACHINE:
        below = {
            Status.LIMITED_USE: limited_use,
            Status.INDICATION_ONLY: gettext("No reading decides."),
        }
        return Standing(look, str(words), dated=status == Status.LIMITED_USE, words=str(below.get(Status(status), "")))
    return _by_its_day(str(words), dated)


def _by_its_day(title: str, dated: Dated | None) -> Standing:
    """Say how something stands that may be used until it falls due."""
    if dated is None:
        calibrate = str(STATUS_SIGNS[Status.CALIBRATE_BEFORE_USE][1])
        return Standing("caution", calibrate, dated=False, words=str(gettext("Not calibrated yet")))
    if not dated.known:
        return Standing("caution", title, dated=True, words=str(gettext("No calibration is known")))
    return Standing("pass", title, dated=True)


def _of_due(due: date | None, today: date) -> list[Sign]:
    if due is None:
        return [Sign("caution", gettext("Not calibrated yet"))]
    return [Sign("fail", days_words(due, today))] if due < today else []


def days_words(due: date, today: date) -> str:
    """Say how far a day is away: today, in 5 days, 15 days late."""
    left = days_left(due, today)
    if left == 0:
        return str(gettext("today"))
    if left > 0:
        return str(ngettext("in %(num)d day", "in %(num)d days", left))
    return str(ngettext("%(num)d day late", "%(num)d days late", -left))


def look_backs_raised(many: int) -> str:
    """Say how many look-backs were raised for what rested on a standard."""
    return str(
        ngettext(
            "%(num)d look-back is raised for what rested on it.",
            "%(num)d look-backs are raised for what rested on it.",
            many,
        )
    )


def told(reason: Objection) -> str:
    """Say an objection in the reader's language."""
    return str(gettext(reason.message, **parameters_in_words(reason.parameters)))


def event_words(event: str) -> str:
    """Return what happened, in the reader's language: one of the events, or a change of status, which says itself."""
    return in_words(event) if read(event) else word(event, "event")


def event_look(event: str) -> str:
    """Say how a line of the log looks."""
    return _EVENT_LOOKS.get(event, "info")
