"""The states of a piece of equipment, which deed leads from which to which, and who may do it."""

from dataclasses import dataclass
from enum import StrEnum

from techfloor.refusals import Refusal


class Kind(StrEnum):
    """What a piece of equipment is."""

    MACHINE = "machine"
    GAUGE = "gauge"
    STANDARD = "standard"


class Status(StrEnum):
    """Where a piece of equipment stands; held and overdue are no statuses, they follow from holds and dues."""

    PLANNED = "planned"
    QUALIFYING = "qualifying"
    IN_SERVICE = "in service"
    IN_USE = "in use"
    SPARE = "spare"
    SENT_OUT = "sent out"
    LIMITED_USE = "limited use"
    INDICATION_ONLY = "indication only"
    CALIBRATE_BEFORE_USE = "calibrate before use"
    LOST = "lost"
    RETIRED = "retired"


GAUGE_STATUSES = (
    Status.IN_USE,
    Status.SPARE,
    Status.SENT_OUT,
    Status.LIMITED_USE,
    Status.INDICATION_ONLY,
    Status.CALIBRATE_BEFORE_USE,
    Status.LOST,
    Status.RETIRED,
)
FALLS_DUE = (Status.IN_USE, Status.LIMITED_USE, Status.CALIBRATE_BEFORE_USE)
"""The statuses in which a gauge falls due."""
LIFECYCLES = (Status.PLANNED, Status.QUALIFYING, Status.IN_SERVICE, Status.RETIRED)


class Deed(StrEnum):
    """What changes a status, as it stands in the address of its form."""

    PUT_IN_USE = "put-in-use"
    STORE = "store"
    SEND_OUT = "send-out"
    RECEIVE = "receive"
    CALIBRATED = "calibrated"
    REJECT_CALIBRATION = "reject-calibration"
    LIMIT = "limit"
    UNLIMIT = "unlimit"
    INDICATION_ONLY = "indication-only"
    REPORT_LOST = "report-lost"
    REPORT_FOUND = "report-found"
    QUALIFY = "qualify"
    PUT_IN_SERVICE = "put-in-service"
    RETIRE = "retire"
    REINSTATE = "reinstate"


HOLD, MANAGE, MEASURE = "equipment:hold", "equipment:manage", "equipment:measure"


@dataclass(frozen=True)
class Transition:
    """One deed: from which statuses it starts, where it leads, and the permission it asks for.

    `permission` is None for what only a duty does (a calibration that passed). `asks_words` demands a reason.
    """

    deed: Deed
    before: frozenset[Status]
    after: Status
    permission: str | None
    asks_words: bool = False


def _step(deed: Deed, before: set[Status], after: Status, permission: str | None, *, words: bool = False) -> Transition:
    return Transition(deed, frozenset(before), after, permission, words)


_USABLE = {Status.IN_USE, Status.LIMITED_USE, Status.INDICATION_ONLY}
_HERE = {*_USABLE, Status.SPARE, Status.CALIBRATE_BEFORE_USE}

_GAUGE = (
    _step(Deed.PUT_IN_USE, {Status.SPARE}, Status.IN_USE, HOLD),
    _step(Deed.STORE, {Status.IN_USE}, Status.SPARE, HOLD),
    _step(Deed.SEND_OUT, _HERE, Status.SENT_OUT, MANAGE),
    # What comes back is used again when its certificate has been read: the calibration duty says so.
    _step(Deed.RECEIVE, {Status.SENT_OUT}, Status.CALIBRATE_BEFORE_USE, MANAGE),
    _step(Deed.CALIBRATED, {Status.CALIBRATE_BEFORE_USE, Status.SENT_OUT}, Status.IN_USE, None),
    # Whoever did it may have adjusted the gauge: what was known of it before counts no more.
    _step(
        Deed.REJECT_CALIBRATION,
        {Status.IN_USE, Status.LIMITED_USE, Status.SPARE},
        Status.CALIBRATE_BEFORE_USE,
        None,
    ),
    _step(Deed.LIMIT, _HERE - {Status.LIMITED_USE}, Status.LIMITED_USE, MEASURE, words=True),
    _step(Deed.UNLIMIT, {Status.LIMITED_USE}, Status.CALIBRATE_BEFORE_USE, MEASURE, words=True),
    _step(Deed.INDICATION_ONLY, _HERE - {Status.INDICATION_ONLY}, Status.INDICATION_ONLY, MEASURE, words=True),
    _step(Deed.REPORT_LOST, {*_HERE, Status.SENT_OUT}, Status.LOST, HOLD, words=True),
    # Nobody knows where it was: it may have been dropped.
    _step(Deed.REPORT_FOUND, {Status.LOST}, Status.CALIBRATE_BEFORE_USE, HOLD, words=True),
    _step(Deed.RETIRE, {*_HERE, Status.LOST}, Status.RETIRED, MEASURE, words=True),
    _step(Deed.REINSTATE, {Status.RETIRED}, Status.CALIBRATE_BEFORE_USE, MEASURE, words=True),
)
_STANDARD = (
    _step(Deed.SEND_OUT, {Status.IN_USE}, Status.SENT_OUT, MANAGE),
    _step(Deed.RECEIVE, {Status.SENT_OUT}, Status.IN_USE, MANAGE),
    _step(Deed.RETIRE, {Status.IN_USE}, Status.RETIRED, MEASURE, words=True),
    _step(Deed.REINSTATE, {Status.RETIRED}, Status.IN_USE, MEASURE, words=True),
)
_MACHINE = (
    _step(Deed.QUALIFY, {Status.PLANNED, Status.IN_SERVICE}, Status.QUALIFYING, MANAGE),
    _step(Deed.PUT_IN_SERVICE, {Status.QUALIFYING}, Status.IN_SERVICE, MANAGE, words=True),
    _step(Deed.RETIRE, {Status.PLANNED, Status.QUALIFYING, Status.IN_SERVICE}, Status.RETIRED, MANAGE, words=True),
    _step(Deed.REINSTATE, {Status.RETIRED}, Status.QUALIFYING, MANAGE, words=True),
)
TRANSITIONS: dict[Kind, dict[Deed, Transition]] = {
    Kind.GAUGE: {step.deed: step for step in _GAUGE},
    Kind.STANDARD: {step.deed: step for step in _STANDARD},
    Kind.MACHINE: {step.deed: step for step in _MACHINE},
}


def status_of(kind: str, lifecycle: str, availability: str = "", gauge_status: str | None = None) -> Status:
    """Read the one status out of the columns that hold it for each kind."""
    if kind == Kind.GAUGE:
        return Status(gauge_status or Status.IN_USE)
    if kind == Kind.MACHINE or lifecycle != Status.IN_SERVICE:
        return Status(lifecycle)
    return Status.SENT_OUT if availability == Status.SENT_OUT else Status.IN_USE


def transition(kind: str, deed: str) -> Transition | None:
    """Find the deed for a kind of equipment, None where it makes no sense."""
    return next((step for step in TRANSITIONS[Kind(kind)].values() if step.deed == deed), None)


def offered(kind: str, status: str) -> list[Transition]:
    """List what a person may do from a status, in the order of the table."""
    return [step for step in TRANSITIONS[Kind(kind)].values() if step.permission and status in step.before]


def next_status(kind: str, status: str, deed: str, code: str) -> Status:
    """Say where a deed leads; raises Refusal when it does not start from this status."""
    step = transition(kind, deed)
    if step is None or status not in step.before:
        raise Refusal(
            "%(code)s is now “%(status)s”, so this step does not fit. Look at it again.", code=code, status=str(status)
        )
    return step.after
