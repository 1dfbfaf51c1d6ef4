"""The words of lists and of the page of a gauge: a verdict or a state is a look and its words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from techfloor.duties.calibration.queries.lists import HistoryLine, Line
from techfloor.duties.calibration.queries.records import DISCONTINUED, IN_PROGRESS, PERFORMED, REJECTED
from techfloor.duties.calibration.queries.traceability import Use
from techfloor.duties.calibration.queries.waiting import FAILED
from techfloor.equipment.ledger import IN_USE_CHECK
from techfloor.equipment.rules import OUT_OF_TOLERANCE, plant_day
from techfloor.equipment.shapes import GaugeView
from techfloor.equipment.statuses import Status
from techfloor.equipment.wording import HOLD_WORDS, STATUS_SIGNS, Sign, days_words
from techfloor.measures.due import days_left
from techfloor.records.versions import Amendment
from techfloor.records.wording import standing
from techfloor.web.show import day, plant_zone

_LOOKS = {"pass": "pass", "fail": "fail"}


@dataclass(frozen=True)
class Rejection:
    """Why a calibration does not count, who said so, and when."""

    number: str
    remark: str
    by: str
    at: datetime


def verdict_sign(line: Line | HistoryLine | Use) -> Sign:
    """Return the verdict of a calibration: "Fail → adjusted" where it was adjusted and passed as left."""
    if line.amendment == Amendment.ENTERED_IN_ERROR or line.state in (IN_PROGRESS, DISCONTINUED, REJECTED):
        return _no_verdict(line)
    found = _verdict_words(line.as_found) if line.as_found else _("Not given")
    look = _LOOKS.get(line.as_found, "conditional")
    if not line.as_left:
        return Sign(look, found)
    if line.as_left == "pass" and line.as_found:
        return Sign(look, _("%(found)s → adjusted", found=found))
    left = _verdict_words(line.as_left).lower()
    return Sign("fail" if line.as_left == "fail" else look, _("%(found)s → %(left)s", found=found, left=left))


def _no_verdict(line: Line | HistoryLine | Use) -> Sign:
    if line.amendment == Amendment.ENTERED_IN_ERROR:
        return Sign(*standing(line.state, line.amendment))
    if line.state == REJECTED:
        return Sign("fail", _("Rejected"))
    return Sign("waiting", _("In progress") if line.state == IN_PROGRESS else _("Discontinued"))


def _verdict_words(verdict: str) -> str:
    words: dict[str, str] = {
        "pass": _("Pass"),
        "fail": _("Fail"),
        "conditional pass": _("Conditional pass"),
        "conditional fail": _("Conditional fail"),
        "incomplete": _("Not finished"),
    }
    return words[verdict]


def reviewed_words(line: HistoryLine, *, for_me: bool) -> str:
    """Return what the column "Reviewed" says."""
    if line.reviewed_at is not None:
        words = f"{day(plant_day(line.reviewed_at, plant_zone().key))}, {line.reviewed_by}"
        return str(_("rejected %(words)s", words=words)) if line.state == REJECTED else words
    if line.state == PERFORMED:
        return str(_("waiting for you") if for_me else _("waiting"))
    return str(_("not asked for")) if line.state == "closed" else "–"


def due_words(due: date | None, today: date) -> str:
    """Return a due day with how far it is: "18 May 2027, in 178 days"."""
    return f"{day(due)}, {days_words(due, today)}" if due else str(_("never calibrated"))


def gauge_sign(gauge: GaugeView, newest: HistoryLine | None, today: date) -> Sign:
    """Return the one state that counts most: held, then where it is, then late, then what it may be used for."""
    if gauge.holds:
        return _held(gauge, newest)
    if gauge.item.status == Status.SENT_OUT:
        return out_sign(gauge.expected_back, today)
    due = gauge.due.due if gauge.due else None
    if gauge.item.status in {Status.IN_USE, Status.LIMITED_USE, Status.SPARE}:
        if due is None:
            return Sign("caution", _("Not calibrated yet"))
        if due < today:
            return Sign("fail", _("Overdue, %(days)s", days=days_words(due, today)))
    look, words = STATUS_SIGNS[gauge.item.status]
    return Sign(look, str(words))


def _held(gauge: GaugeView, newest: HistoryLine | None) -> Sign:
    works = {hold.work for hold in gauge.holds if hold.reason == OUT_OF_TOLERANCE}
    if not works:
        return Sign("hold", str(HOLD_WORDS[gauge.holds[0].reason]))
    return (
        Sign("fail", _("Outside in its check in use · held")) if works == {IN_USE_CHECK} else _out_of_tolerance(newest)
    )


def _out_of_tolerance(newest: HistoryLine | None) -> Sign:
    if newest is not None and newest.state == PERFORMED and newest.as_left == "pass":
        return Sign("fail", _("Out of tolerance as found, adjusted · waiting for review"))
    left = newest is not None and newest.as_left in FAILED and newest.as_found not in FAILED
    if newest is not None and newest.state == PERFORMED:
        as_left = _("Out of tolerance as left · waiting for review")
        return Sign("fail", as_left if left else _("Out of tolerance as found · waiting for review"))
    return Sign("fail", _("Out of tolerance as left · held") if left else _("Out of tolerance as found · held"))


def out_sign(expected: date | None, today: date) -> Sign:
    """Say that a gauge is at the laboratory, and how late it is."""
    if expected is None:
        return Sign("info", _("Sent out"))
    late = -days_left(expected, today)
    if late > 0:
        words = ngettext("Sent out, %(num)d day late", "Sent out, %(num)d days late", late)
        return Sign("fail", words)
    return Sign("info", _("Sent out, back %(days)s", days=days_words(expected, today)))


@dataclass(frozen=True)
class Deed:
    """A button of a page: what it says and where it leads."""

    words: str
    url: str
    primary: bool = False


def one_primary(deeds: Sequence[Deed]) -> list[Deed]:
    """Make the first deed the primary one: a page has one."""
    return [Deed(deed.words, deed.url, n == 0) for n, deed in enumerate(deeds)]
