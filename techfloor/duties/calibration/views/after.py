"""What a signature has just decided, and what that means for the gauge: said once, right after it."""

from dataclasses import dataclass

from flask_babel import gettext as _

from techfloor.duties.calibration.actions import holding, outcome
from techfloor.duties.calibration.models import AGAIN
from techfloor.duties.calibration.queries import waiting
from techfloor.duties.calibration.queries.bench import Bench
from techfloor.duties.calibration.queries.records import CLOSED, REJECTED
from techfloor.places.here import plant
from techfloor.records import tasks, versions
from techfloor.web.show import day
from techfloor.web.visitor import visitor


@dataclass(frozen=True)
class Decided:
    """What was decided: its look, the one word for it, and what follows for the gauge."""

    kind: str
    title: str
    words: str


def decided(bench: Bench) -> Decided:
    """Return what the newest signature of a calibration, or of an amendment of it, means, as the gauge stands now."""
    if _amendment_rejected(bench):
        words = _("Version %(version)s stands as before. %(gauge)s", version=bench.record.version, gauge=_stands(bench))
        return Decided("fail", _("Amendment rejected."), words)
    return _withdrawn(bench) if bench.entered_in_error else _of_calibration(bench)


def _of_calibration(bench: Bench) -> Decided:
    if bench.record.state == REJECTED:
        return Decided("fail", _("Rejected."), _rejected(bench))
    failed = holding.out_of_tolerance(bench.body.as_found)
    if bench.record.state == CLOSED:
        title = _("Accepted.") if _reviewed(bench) else _("Signed.")
        return Decided("hold" if bench.gauge.held else "pass", title, _stands(bench))
    if not holding.returns(bench.body):
        words = _("Put %(code)s aside and tag it: it is held. It waits for a review.", code=bench.gauge.code)
        return Decided("fail", _("Failed."), words)
    if failed:
        words = _("%(code)s failed as found and passes as left. It stays held until a review accepts it.")
        return Decided("hold", _("Signed."), words % {"code": bench.gauge.code})
    return Decided("hold" if bench.gauge.held else "pass", _("Signed."), f"{_stands(bench)} {_('A review follows.')}")


def _amendment_rejected(bench: Bench) -> bool:
    """Tell whether the newest signature rejected an amendment of the version that is shown."""
    newest = versions.newest_signed(bench.record)
    return newest is not None and newest != bench.record.id


def _withdrawn(bench: Bench) -> Decided:
    accepted = bench.record.state == CLOSED
    what = _("Nothing of this calibration counts any more. %(gauge)s", gauge=_stands(bench))
    words = what if accepted else f"{what} {_('A review follows.')}"
    return Decided("hold" if bench.gauge.held else "info", _("Accepted.") if accepted else _("Signed."), words)


def _reviewed(bench: Bench) -> bool:
    return outcome.needs_review(bench.body.exceptions, plant())


def _rejected(bench: Bench) -> str:
    code, name = bench.gauge.code, bench.performer
    if not tasks.is_open([bench.record.id], AGAIN):
        return _stands(bench)
    if not bench.gauge.held:
        return str(_("%(name)s is asked to calibrate %(code)s again.", code=code, name=name))
    return str(_("%(code)s stays held; %(name)s is asked to calibrate it again.", code=code, name=name))


def _stands(bench: Bench) -> str:
    gauge = bench.gauge
    if gauge.held:
        return str(_("%(code)s stays held: put it aside and tag it.", code=gauge.code))
    if gauge.status == "in use" and gauge.due:
        return str(_("%(code)s is in use, next due %(day)s.", code=gauge.code, day=day(gauge.due)))
    if gauge.status == "limited use" and gauge.due:
        return str(_("%(code)s is in limited use, next due %(day)s.", code=gauge.code, day=day(gauge.due)))
    if gauge.due:
        return str(_("%(code)s is next due %(day)s.", code=gauge.code, day=day(gauge.due)))
    return str(_("%(code)s may not be used yet.", code=gauge.code))


def would_mean(bench: Bench) -> str:
    """Say what a review of a calibration that was out of tolerance does to its gauge; "" where that is not in doubt.

    An amendment is told apart, by what it changed.
    """
    gauge, body = bench.gauge, bench.body
    failed = holding.out_of_tolerance(body.as_left or body.as_found)
    if bench.amends is not None or not gauge.held or holding.passed_since(bench):
        return ""
    if failed:
        words = _("Accept: %(code)s stays held until a later calibration passes.", code=gauge.code)
    elif holding.returns(body) and not holding.failed_since(bench):
        words = _("Accept: the hold on %(code)s is lifted.", code=gauge.code)
    else:
        return ""
    again = _("Reject: it stays held, and %(name)s is asked to calibrate it again.", name=bench.performer)
    return f"{words} {again}"


def next_review() -> tuple[str, int] | None:
    """Return (address, how many wait) of the review to go on with, for who reviews: in the order of their list."""
    if not visitor().may("calibration:review"):
        return None
    lines = waiting.waiting_for_review(visitor().person_id, plant())
    if not lines:
        return None
    first = waiting.in_order(lines, waiting.uses(lines))[0]
    return f"/calibration/{first.number}/review", len(lines)
